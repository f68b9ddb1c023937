/* SPDX-License-Identifier: MIT */
/* What the core was doing last: the loop it is in, and what it reads there. */
#include "sim/watch.h"
#include "sim/watch_state.h"

static const struct watched_read *read_back(const struct watch *watch, unsigned back)
{
    if (back >= WATCHED_READS || back >= watch->read_count) {
        return NULL;
    }
    return &watch->reads[(watch->read_count - 1 - back) % WATCHED_READS];
}

/* Steps between the last read and the one before by the same instruction: once around the loop. 0: there
 * is none, or no read for longer than that. */
static uint64_t loop_length(const struct watch *watch)
{
    const struct watched_read *last = read_back(watch, 0), *before;
    for (unsigned i = 1; last != NULL && (before = read_back(watch, i)) != NULL; i++) {
        if (before->pc == last->pc) {
            const uint64_t length = last->at - before->at;
            return watch->steps - last->at <= length ? length : 0;
        }
    }
    return 0;
}

/* A register tells more than a time source, and that more than RAM. */
static unsigned rank(const struct watched_read *read)
{
    const bool is_time = read->address >= 0xE0000000u && read->address < 0xE0040000u;
    return read->is_ram ? 1 : is_time ? 2 : 3;
}

void watch_poll(const struct watch *watch, struct watch_poll *poll)
{
    const uint64_t length = loop_length(watch);
    const struct watched_read *read;
    unsigned best = 0;
    *poll = (struct watch_poll){.found = false};
    for (unsigned i = 0; length > 0 && (read = read_back(watch, i)) != NULL; i++) {
        if (watch->steps - read->at > 2 * length) {
            break;
        }
        if (rank(read) > best) {
            best = rank(read);
            *poll = (struct watch_poll){.found = true,
                                        .is_ram = read->is_ram,
                                        .pc = read->pc,
                                        .address = read->address,
                                        .value = read->value};
        }
    }
}

struct watch_range watch_loop(const struct watch *watch)
{
    struct watch_range loop = {UINT32_MAX, 0};
    const uint64_t kept = watch->steps < WATCHED_STEPS ? watch->steps : WATCHED_STEPS;
    for (uint64_t i = 0; i < kept; i++) {
        const uint32_t pc = watch->pcs[i];
        loop.start = pc < loop.start ? pc : loop.start;
        loop.end = pc > loop.end ? pc : loop.end;
    }
    return loop;
}

/* SPDX-License-Identifier: MIT */
#include "sweep/classes.h"

#include <stddef.h>

#define PERIOD_MAX 24 /* accesses of one iteration */
#define ITERATIONS 5  /* fewer are no class: nothing would be left out */

/* The first, the second, the middle and the last stay. */
static bool stays(uint32_t iteration, uint32_t iterations)
{
    return iteration < 2 || iteration == iterations / 2 || iteration + 1 >= iterations;
}

/* The next event from `at` that belongs to a kind, or `count`. */
static uint32_t next_of(const struct sweep_event *events, uint32_t count, uint32_t at,
                        enum sim_moment kind)
{
    while (at < count && events[at].kind != (uint8_t)kind) {
        at++;
    }
    return at;
}

/* Accesses from `first` on that repeat with `period`; *behind is the first event after them. */
static uint32_t repeats(const struct sweep_event *events, uint32_t count, uint32_t first,
                        unsigned period, uint32_t *behind)
{
    uint32_t window[PERIOD_MAX], length = 0, at = first;
    for (; at < count; at = next_of(events, count, at + 1, SIM_MOMENT_REGISTER)) {
        const uint32_t access = events[at].where | events[at].is_write;
        if (length >= period && access != window[length % period]) {
            break;
        }
        window[length % period] = access;
        length++;
        *behind = at + 1;
    }
    return length;
}

/* Blocks within the loop go with the iteration that they fall into; frames are classes of their
 * own. */
static void leave_out(struct sweep_event *events, uint32_t first, uint32_t behind, uint32_t length,
                      unsigned period)
{
    uint32_t iterations = (length + period - 1) / period, seen = 0;
    for (uint32_t at = first; at < behind; at++) {
        if (events[at].kind == SIM_MOMENT_FRAME) {
            continue;
        }
        events[at].left_out = !stays(seen / period, iterations);
        seen += events[at].kind == SIM_MOMENT_REGISTER;
    }
}

/* The loop that goes on longest from `at`; 0: none begins there. */
static unsigned find_period(const struct sweep_event *events, uint32_t count, uint32_t at,
                            uint32_t *length, uint32_t *behind)
{
    unsigned best = 0;
    *length = 0;
    for (unsigned period = 1; period <= PERIOD_MAX; period++) {
        uint32_t end = at + 1, now = repeats(events, count, at, period, &end);
        if (now >= ITERATIONS * period && now > *length + period) {
            *length = now;
            *behind = end;
            best = period;
        }
    }
    return best;
}

static unsigned classify_registers(struct sweep_event *events, uint32_t count)
{
    unsigned classes = 0;
    uint32_t at = next_of(events, count, 0, SIM_MOMENT_REGISTER);
    while (at < count) {
        uint32_t length = 0, behind = at + 1;
        unsigned period = find_period(events, count, at, &length, &behind);
        if (period > 0) {
            leave_out(events, at, behind, length, period);
            classes++;
        }
        at = next_of(events, count, behind, SIM_MOMENT_REGISTER);
    }
    return classes;
}

/* Status frames that the controller sends by itself: nothing was written between them. */
static uint32_t same_frames(const struct sweep_event *events, uint32_t count, uint32_t first,
                            uint32_t *behind)
{
    uint32_t frames = 0;
    for (uint32_t at = first; at < count; at++) {
        if (events[at].kind == SIM_MOMENT_FRAME && events[at].where != events[first].where) {
            break;
        }
        if (events[at].kind == SIM_MOMENT_REGISTER && events[at].is_write) {
            break;
        }
        if (events[at].kind == SIM_MOMENT_FRAME) {
            frames++;
            *behind = at + 1;
        }
    }
    return frames;
}

static unsigned classify_frames(struct sweep_event *events, uint32_t count)
{
    unsigned classes = 0;
    uint32_t at = next_of(events, count, 0, SIM_MOMENT_FRAME);
    while (at < count) {
        uint32_t behind = at + 1, frames = same_frames(events, count, at, &behind), seen = 0;
        for (uint32_t i = at; frames >= ITERATIONS && i < behind; i++) {
            if (events[i].kind == SIM_MOMENT_FRAME) {
                events[i].left_out = !stays(seen++, frames);
            }
        }
        classes += frames >= ITERATIONS;
        at = next_of(events, count, behind, SIM_MOMENT_FRAME);
    }
    return classes;
}

unsigned sweep_classify(struct sweep_event *events, uint32_t count)
{
    return classify_registers(events, count) + classify_frames(events, count);
}

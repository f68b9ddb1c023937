/* SPDX-License-Identifier: MIT */
#include "selftest/bench.h"

#include "host/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INITS       16u   /* [choice] */
#define MODE_BYTES  4096u /* that every read mode is tried on */
#define WRITE_BYTES 4096u /* of one call, which is timed; no scratch range is smaller */
#define US_PER_MS   UINT64_C(1000)

/* Bytes of which no two neighbours, lines or pages look alike: xorshift32. */
static void fill_pattern(uint8_t *bytes, uint32_t size, uint32_t seed)
{
    uint32_t x = seed * 2654435769u + 1u;
    for (uint32_t i = 0; i < size; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        bytes[i] = (uint8_t)(x >> 24);
    }
}

static void count_time(struct selftest_time *time, uint64_t us)
{
    time->least_us = time->calls == 0 || us < time->least_us ? us : time->least_us;
    time->most_us = us > time->most_us ? us : time->most_us;
    time->sum_us += us;
    time->calls++;
}

static struct selftest_time *new_time(struct bench *bench, const char *what, uint32_t bytes)
{
    struct selftest *result = bench->result;
    struct selftest_time *time = &result->times[result->time_count++];
    *time = (struct selftest_time){.what = what, .bytes = bytes};
    return time;
}

/* Of one sector, by the largest opcodes that fit it. */
static void erase_times(const struct board *board, struct selftest_time *time)
{
    uint32_t left = time->bytes;
    while (left > 0) {
        int best = -1;
        for (int i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
            const unsigned size_log2 = board->part.erase[i].size_log2;
            if (size_log2 != 0 && UINT32_C(1) << size_log2 <= left &&
                (best < 0 || size_log2 > board->part.erase[best].size_log2)) {
                best = i;
            }
        }
        if (best < 0) {
            return;
        }
        time->typical_us += board->part.erase[best].typ_ms * US_PER_MS;
        time->maximum_us += board->part.erase[best].max_ms * US_PER_MS;
        left -= UINT32_C(1) << board->part.erase[best].size_log2;
    }
}

static void program_times(const struct board *board, struct selftest_time *time)
{
    const uint32_t pages = (time->bytes + board->part.page_size - 1) / board->part.page_size;
    time->typical_us = (uint64_t)pages * board->part.page_program_typ_us;
    time->maximum_us = (uint64_t)pages * board->part.page_program_max_us;
}

/* "12.8": milliseconds. */
static const char *ms(uint64_t us, char text[24])
{
    snprintf(text, 24, "%llu.%llu", (unsigned long long)us / 1000,
             (unsigned long long)us / 100 % 10);
    return text;
}

/* A call that outlasts the chip's maximum fails by itself. */
static void tell_time(struct bench *bench, const char *name, const struct selftest_time *time)
{
    char least[24], most[24], typical[24], maximum[24];
    if (time->most_us == 0) {
        bench_step(bench, name, SELFTEST_TOLD, "done; no record tells how long it took");
        return;
    }
    bench_step(bench, name, SELFTEST_GOOD,
               "%u x %u bytes: %s to %s ms; the part's table says %s, at most %s", time->calls,
               (unsigned)time->bytes, ms(time->least_us, least), ms(time->most_us, most),
               ms(time->typical_us, typical), ms(time->maximum_us, maximum));
}

/* Each sector by a call of its own, so that each has a time. */
static bool erase_sectors(struct bench *bench, struct selftest_time *time, struct error *error)
{
    const struct selftest_plan *plan = bench->plan;
    const uint32_t sector = bench->board.sector_size;
    for (uint32_t at = 0; at < plan->scratch_size; at += sector) {
        if (!operation_erase(&bench->session, plan->scratch_address + at, sector, error)) {
            return false;
        }
        if (time != NULL) {
            count_time(time, bench_call_us(bench));
        }
    }
    return true;
}

static bool write_range(struct bench *bench, const uint8_t *bytes, struct selftest_time *time,
                        struct error *error)
{
    const struct selftest_plan *plan = bench->plan;
    const uint32_t step = WRITE_BYTES;
    for (uint32_t at = 0; at < plan->scratch_size; at += step) {
        struct image image;
        uint64_t written = 0;
        const uint32_t left = plan->scratch_size - at;
        image_init(&image);
        bool good = image_add_bytes(&image, "(scratch)", bytes + at, left < step ? left : step,
                                    IMAGE_BIN, true, plan->scratch_address + at, error) &&
                    operation_write(&bench->session, &image, &written, error);
        image_release(&image);
        if (!good) {
            return false;
        }
        if (time != NULL) {
            count_time(time, bench_call_us(bench));
        }
    }
    return true;
}

/* True if the range holds `bytes`; else *first names the place. */
static bool holds(struct bench *bench, const uint8_t *bytes, uint8_t *room, uint32_t *first,
                  bool *same, struct error *error)
{
    const struct selftest_plan *plan = bench->plan;
    *same = false;
    if (!bench_read(bench, plan->scratch_address, room, plan->scratch_size, error)) {
        return false;
    }
    for (*first = 0; *first < plan->scratch_size && room[*first] == bytes[*first]; ++*first) {
    }
    *same = *first == plan->scratch_size;
    return true;
}

/* Erase, program, read back. `timed`: the calls are steps of their own. */
static bool rewrite(struct bench *bench, const uint8_t *bytes, uint8_t *room, const char *name,
                    bool timed, struct error *error)
{
    struct selftest_time *erase = timed ? new_time(bench, "erase", bench->board.sector_size) : NULL;
    struct selftest_time *program = timed ? new_time(bench, "program", WRITE_BYTES) : NULL;
    uint32_t first = 0;
    bool same = false;
    if (!erase_sectors(bench, erase, error) || !write_range(bench, bytes, program, error) ||
        !holds(bench, bytes, room, &first, &same, error)) {
        return bench_bad(bench, name, error);
    }
    if (timed) {
        erase_times(&bench->board, erase);
        program_times(&bench->board, program);
        tell_time(bench, "erase", erase);
        tell_time(bench, "program", program);
    }
    bench_step(bench, name, same ? SELFTEST_GOOD : SELFTEST_BAD,
               same ? "%u bytes read as written" : "differs at 0x%08x",
               same ? (unsigned)bench->plan->scratch_size
                    : (unsigned)(bench->plan->scratch_address + first));
    return true;
}

static bool init_often(struct bench *bench, struct error *error)
{
    for (unsigned i = 0; i < INITS; i++) {
        if (session_cancelled(&bench->session, error)) {
            return false;
        }
        if (!bench_init(bench, error)) {
            return bench_bad(bench, "init again", error);
        }
    }
    bench_step(bench, "init again", SELFTEST_GOOD, "%u times", INITS);
    return true;
}

/* Halts the core in the middle of a call, as a user does who pulls the plug of the tool. */
static bool abandon(struct bench *bench, enum loader_function function, uint32_t after_ms,
                    bool *caught, struct error *error)
{
    const struct selftest_plan *plan = bench->plan;
    uint32_t arguments[4] = {plan->scratch_address, plan->scratch_address, 0, 0};
    uint32_t results[2];
    *caught = false;
    if (function == LOADER_WRITE) {
        arguments[1] = WRITE_BYTES;
        arguments[2] = bench->session.layout.buffer;
    }
    if (session_call(&bench->session, function, arguments, after_ms, results, error)) {
        return true;
    }
    *caught = error->code == ERROR_CALL_TIMEOUT;
    if (*caught) {
        *error = (struct error){.code = ERROR_NONE};
    }
    return *caught;
}

/* A call that is cut off, then everything anew with a fresh download. */
static bool recover(struct bench *bench, enum loader_function function, uint32_t after_ms,
                    const uint8_t *bytes, uint8_t *room, struct error *error)
{
    const char *name = function == LOADER_WRITE ? "cut-off write" : "cut-off erase";
    const struct board board = bench->board;
    bool caught = false;
    if (!abandon(bench, function, after_ms, &caught, error)) {
        return bench_bad(bench, name, error);
    }
    if (!caught) {
        bench_step(bench, name, SELFTEST_SKIPPED, "it was over before it could be halted");
        return true;
    }
    if (!bench_open(bench, &board, error)) {
        return false;
    }
    if (!bench_init(bench, error)) {
        return bench_bad(bench, name, error);
    }
    return rewrite(bench, bytes, room, name, false, error);
}

/* What the range held: into a file before anything is erased. */
static bool keep(struct bench *bench, const uint8_t *bytes, struct error *error)
{
    const struct selftest_plan *plan = bench->plan;
    struct image image;
    image_init(&image);
    bool good =
        image_add_bytes(&image, "(scratch)", bytes, plan->scratch_size, IMAGE_BIN, true,
                        plan->scratch_address, error) &&
        kept_save(&image, plan->keep_folder, bench->board.name, bench->result->kept_path, error);
    image_release(&image);
    return good;
}

static bool put_back(struct bench *bench, const uint8_t *bytes, uint8_t *room, struct error *error)
{
    const unsigned bad = bench->result->bad;
    if (!bench_init(bench, error)) {
        return bench_bad(bench, "put back", error);
    }
    if (!rewrite(bench, bytes, room, "put back", false, error)) {
        return false;
    }
    if (bench->result->bad == bad) {
        kept_discard(bench->result->kept_path);
    }
    return true;
}

static bool run(struct bench *bench, uint8_t *pattern, uint8_t *room, struct error *error)
{
    const struct selftest_plan *plan = bench->plan;
    const uint32_t size = plan->scratch_size;
    const uint32_t compared = size < MODE_BYTES ? size : MODE_BYTES;
    fill_pattern(pattern, size, plan->seed);
    /* Written twice: the erase that counts is one of cells that are not blank. */
    if (!rewrite(bench, pattern, room, "scratch", false, error)) {
        return false;
    }
    fill_pattern(pattern, size, plan->seed + 1);
    return rewrite(bench, pattern, room, "verify", true, error) &&
           reading_modes(bench, plan->scratch_address, pattern, compared, error) &&
           init_often(bench, error) &&
           recover(bench, LOADER_SECTOR_ERASE, bench->board.part.erase[0].typ_ms / 2 + 1, pattern,
                   room, error) &&
           recover(bench, LOADER_WRITE, 1, pattern, room, error);
}

bool scratch_run(struct bench *bench, struct error *error)
{
    const uint32_t size = bench->plan->scratch_size;
    uint8_t *bytes = malloc((size_t)size * 3);
    if (bytes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", (unsigned)size);
    }
    bool good = bench_read(bench, bench->plan->scratch_address, bytes, size, error) &&
                keep(bench, bytes, error);
    if (good) {
        good = run(bench, bytes + size, bytes + 2 * (size_t)size, error) &&
               put_back(bench, bytes, bytes + 2 * (size_t)size, error);
    }
    free(bytes);
    return good;
}

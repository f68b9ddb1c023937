/* SPDX-License-Identifier: MIT */
#include "sim/matrix_run.h"

#include "abi/rtt.h"
#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WRITE_AT      (MATRIX_PARK + 0x3045u)
#define WRITE_SIZE    0x2A5u
#define ERASE_AT      (MATRIX_PARK + 0x20000u)
#define READ_AT       (MATRIX_PARK + 0x5003u)
#define READ_SIZE     MATRIX_BUFFER
#define VERIFY_WORDS  0x101u
#define VERIFY_SKIPS  0x00020001u /* 1 byte at the start, 2 at the end */
#define CHECKSUM_FROM 0x1000u
#define TIMEOUT_MS    6000u       /* what is still running then has not come back */
#define HOUSEHOLD     0x00010000u /* cells that inherited operations may change: one 64 KiB block */

static struct matrix *running; /* the target's interface has no room for another context */

/* What guard.h restores: name, where it is, which bits. */
static const struct {
    const char *name;
    bool is_register;
    uint32_t where, mask;
} kept[MATRIX_SAVED] = {
    {"R4", true, CPU_R4, UINT32_MAX},         {"R5", true, CPU_R5, UINT32_MAX},
    {"R6", true, CPU_R6, UINT32_MAX},         {"R7", true, CPU_R7, UINT32_MAX},
    {"R8", true, CPU_R8, UINT32_MAX},         {"R9", true, CPU_R9, UINT32_MAX},
    {"R10", true, CPU_R10, UINT32_MAX},       {"R11", true, CPU_R11, UINT32_MAX},
    {"MSP", true, CPU_MSP, UINT32_MAX},       {"PSP", true, CPU_PSP, UINT32_MAX},
    {"MSPLIM", true, CPU_MSPLIM, UINT32_MAX}, {"PSPLIM", true, CPU_PSPLIM, UINT32_MAX},
    {"FAULTMASK", true, CPU_FAULTMASK, 1},    {"BASEPRI", true, CPU_BASEPRI, 0xFF},
    {"CONTROL", true, CPU_CONTROL, 0xE}, /* nPRIV is left 0: a caller that had it set in Handler
                                            mode would be refused the next time */
    {"VTOR", false, 0xE000ED08u, UINT32_MAX}, {"CCR", false, 0xE000ED14u, UINT32_MAX},
    {"MPU_CTRL", false, 0xE000ED94u, 7},      {"SYST_CSR", false, 0xE000E010u, 7},
    {"AIRCR", false, 0xE000ED0Cu, 0xE700},    {"SCR", false, 0xE000ED10u, 0x1E},
};

static uint32_t read_kept(struct matrix *matrix, unsigned i)
{
    struct cpu *cpu = sim_cpu(matrix->rig.sim);
    uint32_t value = 0;
    if (kept[i].is_register) {
        value = cpu_get(cpu, (enum cpu_register)kept[i].where);
    } else {
        assert_true(cpu_debug_read(cpu, kept[i].where, &value, sizeof value));
    }
    return value & kept[i].mask;
}

static void on_write(void *context, uint32_t address, unsigned size, uint32_t value)
{
    (void)value;
    struct matrix_watch *watch = context;
    uint32_t last = address + size - 1;
    watch->writes++;
    bool in_image = address >= watch->image && last < watch->image_end;
    bool in_buffer = address >= watch->buffer && last < watch->buffer_end;
    bool in_record = address >= watch->record && last < watch->record_end;
    if (address >= watch->stack && address < watch->stack_top && address < watch->lowest) {
        watch->lowest = address;
    }
    if (!in_image && !in_buffer && !in_record && watch->outside_count++ == 0) {
        watch->outside = address;
    }
}

static void start_watch(struct matrix *matrix)
{
    const struct layout *layout = &matrix->rig.session.layout;
    const struct loader_image *image = pack_loader_image();
    struct matrix_watch *watch = &matrix->watch;
    *watch = (struct matrix_watch){
        .image = layout->image,
        .image_end = layout->image + layout->size,
        .record = matrix->rig.board.record_address,
        .record_end = matrix->rig.board.record_address + RTT_END,
        .stack = layout->image + image->stack,
        .stack_top = (layout->image + image->stack + image->stack_size) & ~7u,
    };
    watch->lowest = watch->stack_top;
    if (matrix->armed->function == LOADER_READ) {
        watch->buffer = layout->buffer;
        watch->buffer_end = layout->buffer + READ_SIZE;
    }
    cpu_watch_writes(sim_cpu(matrix->rig.sim), on_write, watch);
}

/* The host lets the core run: now it is as it was inherited. */
static bool resume(void *context, bool mask_interrupts, struct error *error)
{
    struct matrix *matrix = running;
    if (matrix->armed != NULL) {
        matrix_apply(&matrix->rig, matrix->armed->states, matrix->armed->count);
        memcpy(matrix->before, matrix->rig.cells, matrix->rig.board.part.size);
        for (unsigned i = 0; i < MATRIX_SAVED; i++) {
            matrix->saved[i] = read_kept(matrix, i);
        }
        start_watch(matrix);
        matrix->armed = NULL;
        matrix->started_ps = sim_clock(matrix->rig.sim)->now_ps;
    }
    return matrix->rig.target.ops->resume(context, mask_interrupts, error);
}

void matrix_open(struct matrix *matrix, const char *host, uint32_t cpu_hz)
{
    const struct scenario scenario = {
        .host = host,
        .core = matrix->core,
        .cpu_hz = cpu_hz,
        .content = CONTENT_USED,
        .seed = 12,
        .base = matrix->base,
        .unclocked = matrix->unclocked,
        .caches = true,
        .debug_incoherent = matrix->debug_incoherent,
    };
    scenario_open(&matrix->rig, &scenario);
    matrix->host = host;
    matrix->cpu_hz = cpu_hz;
    matrix->ops = *matrix->rig.target.ops;
    matrix->ops.resume = resume;
    matrix->wrapped = (struct target){matrix->rig.target.context, &matrix->ops};
    matrix->rig.session.target = &matrix->wrapped;
    matrix->lifecycle = *matrix->rig.session.lifecycle;
    matrix->lifecycle.init_timeout_ms = TIMEOUT_MS;
    matrix->rig.session.lifecycle = &matrix->lifecycle;
    matrix->used_up = false;
    matrix->armed = NULL;
    free(matrix->before);
    matrix->before = malloc(matrix->rig.board.part.size);
    assert_non_null(matrix->before);
    running = matrix;
}

void matrix_close(struct matrix *matrix)
{
    scenario_close(&matrix->rig);
    free(matrix->before);
    matrix->before = NULL;
}

static uint32_t sum(const uint8_t *bytes, uint32_t size)
{
    uint32_t all = 0;
    while (size-- > 0) {
        all += *bytes++;
    }
    return all;
}

static void fill_buffer(struct matrix *matrix, const uint8_t *bytes, uint32_t size)
{
    assert_true(
        cpu_debug_write(sim_cpu(matrix->rig.sim), matrix->rig.session.layout.buffer, bytes, size));
}

void matrix_prepare(struct matrix *matrix, enum loader_function function, uint32_t arguments[4])
{
    struct scenario_rig *rig = &matrix->rig;
    uint32_t buffer = rig->session.layout.buffer, window = rig->board.window;
    uint8_t data[WRITE_SIZE];
    memset(arguments, 0, 4 * sizeof arguments[0]);
    switch (function) {
    case LOADER_INIT: arguments[0] = 1; break;
    case LOADER_WRITE:
        memset(rig->cells + WRITE_AT, 0xFF, WRITE_SIZE);
        for (uint32_t i = 0; i < WRITE_SIZE; i++) {
            data[i] = (uint8_t)(i * 37 + matrix->cells);
        }
        fill_buffer(matrix, data, WRITE_SIZE);
        matrix->first_byte = data[0];
        memcpy(arguments, (const uint32_t[]){window + WRITE_AT, WRITE_SIZE, buffer}, 12);
        break;
    case LOADER_SECTOR_ERASE:
        rig->cells[ERASE_AT + 5] = 0x5A;
        arguments[0] = arguments[1] = window + ERASE_AT;
        break;
    case LOADER_READ:
        memcpy(arguments, (const uint32_t[]){window + READ_AT, READ_SIZE, buffer}, 12);
        break;
    case LOADER_VERIFY:
        fill_buffer(matrix, rig->cells + READ_AT, VERIFY_WORDS * 4);
        memcpy(arguments, (const uint32_t[]){window + READ_AT, buffer, VERIFY_WORDS, VERIFY_SKIPS},
               16);
        break;
    case LOADER_CHECKSUM:
        memcpy(arguments, (const uint32_t[]){window + READ_AT, READ_SIZE, CHECKSUM_FROM}, 12);
        break;
    default: break;
    }
}

bool matrix_is_success(enum loader_function function, const uint32_t results[2])
{
    return function == LOADER_VERIFY ? results[0] == 0
                                     : function == LOADER_CHECKSUM || results[0] == 1;
}

static bool is_blank(const uint8_t *bytes, uint32_t size)
{
    return size == 0 || (bytes[0] == 0xFF && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* The flash holds what success would mean, and results say it. */
bool matrix_is_true(struct matrix *matrix, enum loader_function function,
                    const uint32_t arguments[4], const uint32_t results[2])
{
    struct scenario_rig *rig = &matrix->rig;
    struct nor_state settle;
    static uint8_t bytes[READ_SIZE];
    nor_get_state(sim_nor(rig->sim), sim_clock(rig->sim)->now_ps, &settle);
    if (!cpu_debug_read(sim_cpu(rig->sim), rig->session.layout.buffer, bytes, sizeof bytes)) {
        return false;
    }
    switch (function) {
    case LOADER_WRITE:
        return rig->cells[WRITE_AT] == matrix->first_byte &&
               memcmp(rig->cells + WRITE_AT, bytes, WRITE_SIZE) == 0;
    case LOADER_SECTOR_ERASE: return is_blank(rig->cells + ERASE_AT, rig->board.block.sector_size);
    case LOADER_MASS_ERASE: return is_blank(rig->cells, rig->board.part.size);
    case LOADER_READ: return memcmp(rig->cells + READ_AT, bytes, READ_SIZE) == 0;
    case LOADER_VERIFY:
        return memcmp(rig->cells + READ_AT, bytes, VERIFY_WORDS * 4) == 0 &&
               results[1] == sum(rig->cells + READ_AT + 1, VERIFY_WORDS * 4 - 3);
    case LOADER_CHECKSUM: return results[0] == arguments[2] + sum(rig->cells + READ_AT, READ_SIZE);
    default: return true;
    }
}

/* First cell outside the request that differs from before, or the flash's size. */
static uint32_t find_stray(struct matrix *matrix, const struct matrix_case *cell)
{
    struct scenario_rig *rig = &matrix->rig;
    uint32_t from = 0, to = 0, size = rig->board.part.size, start = 0;
    if (cell->function == LOADER_WRITE) {
        from = WRITE_AT;
        to = WRITE_AT + WRITE_SIZE;
    } else if (cell->function == LOADER_SECTOR_ERASE) {
        from = ERASE_AT & ~(rig->board.block.sector_size - 1);
        to = from + rig->board.block.sector_size;
    } else if (cell->function == LOADER_MASS_ERASE) {
        return size;
    }
    for (unsigned i = 0; i < cell->count; i++) {
        start = cell->states[i]->chip != NULL ? HOUSEHOLD : start;
    }
    if (memcmp(rig->cells + start, matrix->before + start, from > start ? from - start : 0) == 0 &&
        memcmp(rig->cells + (to > start ? to : start), matrix->before + (to > start ? to : start),
               size - (to > start ? to : start)) == 0) {
        return size;
    }
    for (uint32_t i = start; i < size; i++) {
        if ((i < from || i >= to) && rig->cells[i] != matrix->before[i]) {
            return i;
        }
    }
    return size;
}

static void complain(struct matrix *matrix, const struct matrix_case *cell, const char *format, ...)
{
    static const char *const shown = "%s, %s, CPU %u MHz%s%s:";
    char text[700];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    matrix->broken++;
    print_message(shown, loader_function_name(cell->function), matrix->host,
                  matrix->cpu_hz / 1000000u, cell->warm ? ", warm" : "",
                  cell->no_download ? ", no download" : "");
    for (unsigned i = 0; i < cell->count; i++) {
        print_message(" [%s]", cell->states[i]->name);
    }
    print_message("\n    %s\n", text);
    if (getenv("EXTLOAD_FAIL_FAST") != NULL) { /* for who asks only whether anything breaks */
        fail();
    }
}

/* What guard.h promises of the core. */
static void check_core(struct matrix *matrix, const struct matrix_case *cell)
{
    struct cpu *cpu = sim_cpu(matrix->rig.sim);
    uint32_t shcsr = 0;
    for (unsigned i = 0; i < MATRIX_SAVED; i++) {
        uint32_t now = read_kept(matrix, i);
        if (now != matrix->saved[i]) {
            complain(matrix, cell, "%s was 0x%08x and is 0x%08x", kept[i].name, matrix->saved[i],
                     now);
        }
    }
    assert_true(cpu_debug_read(cpu, 0xE000ED24u, &shcsr, sizeof shcsr));
    if ((shcsr & 0xDBFu) != 0) {
        complain(matrix, cell, "exceptions stayed active: SHCSR 0x%08x", shcsr);
    }
    if (cpu_get(cpu, CPU_PRIMASK) != 1 || (cpu_get(cpu, CPU_XPSR) & 0x1FFu) != 0) {
        complain(matrix, cell, "PRIMASK %u, xPSR 0x%08x", cpu_get(cpu, CPU_PRIMASK),
                 cpu_get(cpu, CPU_XPSR));
    }
}

/* The D-cache is empty, or what the host writes next meets lines that are then stale. */
static void check_caches(struct matrix *matrix, const struct matrix_case *cell)
{
    unsigned lines = cpu_cache_lines(sim_cpu(matrix->rig.sim), CPU_DCACHE);
    if (lines != 0) {
        complain(matrix, cell, "the D-cache keeps %u lines", lines);
    }
}

static enum matrix_layer highest_layer(const struct matrix_case *cell)
{
    enum matrix_layer layer = LAYER_CORE;
    for (unsigned i = 0; i < cell->count; i++) {
        layer = cell->states[i]->layer > layer ? cell->states[i]->layer : layer;
    }
    return layer;
}

/* Deadlines in ms. A healthy chip is given what the work takes; one that is found busy, twice the
 * longest operation that may be under way, twice over in Init. */
static uint64_t deadline_ms(const struct matrix *matrix, const struct matrix_case *cell)
{
    const struct board *board = &matrix->rig.board;
    uint64_t longest = 0;
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
        longest = board->part.erase[i].max_ms > longest ? board->part.erase[i].max_ms : longest;
    }
    uint64_t busy = highest_layer(cell) == LAYER_CHIP ? 4 * longest : 0;
    uint64_t own = cell->function == LOADER_SECTOR_ERASE ? 2 * longest
                   : cell->function == LOADER_MASS_ERASE ? 2 * board->part.chip_erase_max_ms
                                                         : 200;
    /* Slower cores need longer for the same instructions. */
    uint64_t instructions = matrix->cpu_hz != 0 ? 64000000u / matrix->cpu_hz * 100u : 0;
    return busy + own + instructions;
}

static void check_memory(struct matrix *matrix, const struct matrix_case *cell)
{
    const struct matrix_watch *watch = &matrix->watch;
    /* A chip that somebody reconfigures between Init and Write understands other addresses. */
    bool known = cell->function == LOADER_INIT || highest_layer(cell) != LAYER_CHIP;
    uint32_t stray = known ? find_stray(matrix, cell) : matrix->rig.board.part.size;
    uint32_t depth = watch->stack_top - watch->lowest;
    if (watch->outside_count != 0) {
        complain(matrix, cell, "%u writes outside image, buffer and record, the first at 0x%08x",
                 watch->outside_count, watch->outside);
    }
    if (stray != matrix->rig.board.part.size) {
        complain(matrix, cell, "cell 0x%06x changed, outside the request", stray);
    }
    matrix->deepest = depth > matrix->deepest ? depth : matrix->deepest;
}

bool matrix_call(struct matrix *matrix, const struct matrix_case *cell, const uint32_t arguments[4],
                 uint32_t results[2])
{
    struct scenario_rig *rig = &matrix->rig;
    uint32_t ms =
        cell->function == LOADER_MASS_ERASE ? 2 * rig->board.part.chip_erase_max_ms : TIMEOUT_MS;
    matrix->armed = cell;
    bool good = session_call(&rig->session, cell->function, arguments, ms, results, &rig->error);
    cpu_watch_writes(sim_cpu(rig->sim), NULL, NULL);
    matrix->armed = NULL;
    return good;
}

bool matrix_boots(struct matrix *matrix)
{
    static const uint32_t no_catch = 0; /* the catch bits of DEMCR outlive a reset */
    char why[160] = "";
    struct cpu *cpu = sim_cpu(matrix->rig.sim);
    cpu_debug_write(cpu, 0xE000EDFCu, &no_catch, sizeof no_catch);
    /* Behind the block in which an inherited erase or program may have left half-written cells. */
    bool good = sim_boot(matrix->rig.sim, HOUSEHOLD, why, sizeof why);
    if (!good) {
        print_message("boot: %s\n", why);
    }
    return good;
}

static void check_next(struct matrix *matrix, const struct matrix_case *cell)
{
    struct scenario_rig *rig = &matrix->rig;
    static const uint32_t arguments[4] = {1, 0, 0, 0};
    char text[700];
    bool good = cell->no_download ? session_call_checked(&rig->session, LOADER_INIT, arguments,
                                                         TIMEOUT_MS, &rig->error)
                                  : session_begin(&rig->session, OPERATION_ERASE, &rig->error);
    if (!good) {
        error_format(&rig->error, text, sizeof text);
        complain(matrix, cell, "the next Init: %s", text);
        matrix->used_up = true;
    }
    if (!matrix_boots(matrix)) {
        complain(matrix, cell, "does not boot");
        matrix->used_up = true;
    }
}

static void judge(struct matrix *matrix, const struct matrix_case *cell,
                  const uint32_t arguments[4], const uint32_t results[2])
{
    uint64_t ps = sim_clock(matrix->rig.sim)->now_ps - matrix->started_ps;
    bool success = matrix_is_success(cell->function, results);
    matrix->longest_ps[cell->function] =
        ps > matrix->longest_ps[cell->function] ? ps : matrix->longest_ps[cell->function];
    if (ps / PS_PER_MS > deadline_ms(matrix, cell)) {
        complain(matrix, cell, "took %llu ms", (unsigned long long)(ps / PS_PER_MS));
    }
    bool changed = highest_layer(cell) != LAYER_CORE && cell->function != LOADER_INIT;
    /* A chip that somebody reconfigures between Init and Read reads as it is configured. */
    bool knows =
        !changed || cell->function == LOADER_WRITE || cell->function == LOADER_SECTOR_ERASE;
    if (success && knows && !matrix_is_true(matrix, cell->function, arguments, results)) {
        complain(matrix, cell, "reports success, and the flash does not hold it");
    }
    if (!success && !changed) {
        session_read_record(&matrix->rig.session);
        complain(matrix, cell, "R0 = 0x%08x, reason %u (0x%x 0x%x 0x%x)", results[0],
                 matrix->rig.session.record.reason, matrix->rig.session.record.detail[0],
                 matrix->rig.session.record.detail[1], matrix->rig.session.record.detail[2]);
    }
    matrix->succeeded += success;
    matrix->refused += !success;
    check_core(matrix, cell);
    check_caches(matrix, cell);
}

void matrix_run(struct matrix *matrix, const struct matrix_case *cell)
{
    struct scenario_rig *rig = &matrix->rig;
    uint32_t arguments[4], results[2] = {0, 0};
    bool first = cell->function != LOADER_INIT || cell->warm;
    bool came_back;
    char text[700];
    matrix->cells++;
    if (first) {
        scenario_assert_good(rig, session_begin(&rig->session, OPERATION_ERASE, &rig->error));
    }
    matrix_prepare(matrix, cell->function, arguments);
    if (cell->function == LOADER_INIT && !cell->no_download) {
        matrix->armed = cell;
        results[0] = session_begin(&rig->session, OPERATION_ERASE, &rig->error);
        came_back = results[0] != 0 || rig->error.code == ERROR_INIT_FAILED;
        cpu_watch_writes(sim_cpu(rig->sim), NULL, NULL);
    } else {
        came_back = matrix_call(matrix, cell, arguments, results);
    }
    if (came_back) {
        judge(matrix, cell, arguments, results);
    } else {
        error_format(&rig->error, text, sizeof text);
        complain(matrix, cell, "did not return: %s", text);
        matrix->used_up = true;
    }
    check_memory(matrix, cell);
    check_next(matrix, cell);
    matrix->used_up |= highest_layer(cell) == LAYER_CHIP;
    if (matrix->used_up) {
        matrix_close(matrix);
        matrix_open(matrix, matrix->host, matrix->cpu_hz);
    }
}

bool matrix_agrees(const struct matrix_case *cell, const struct matrix_state *state)
{
    for (unsigned i = 0; i < cell->count; i++) {
        const struct matrix_state *other = cell->states[i];
        if (other == state || (other->group != GROUP_NONE && other->group == state->group)) {
            return false;
        }
    }
    return true;
}

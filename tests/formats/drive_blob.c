/* SPDX-License-Identifier: MIT */
/*
 * Runs a blob that another program has packed on the simulated board, as a host does that knows only
 * the blob: erases, programs a random image, verifies, reads it through the window, boots. Knows
 * nothing of extload's own writers or hosts: all that it is told stands in a plan, a line each.
 *
 *   drive_blob BOARD PLAN SEED
 *
 * Prints calls, instructions and the stack that was used; status 1 with one line if anything is wrong.
 */
#include "target/sim_target.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUFFERS_MAX = 2,
    SECTORS_MAX = 512,
    FILL = 0x56,
    FUNCTION_ERASE = 1,
    FUNCTION_PROGRAM = 2,
    FUNCTION_VERIFY = 3,
    VERIFY_MS = 30000
};

struct plan {
    char blob[512];
    uint32_t load, back, stack_bottom, stack_top, canary, static_base, msplim, primask;
    uint32_t init, uninit, erase, program, verify; /* entries; 0 = there is none */
    uint32_t page, base, size;
    uint32_t init_ms, erase_ms, program_ms;
    uint32_t
        erase_counts; /* not 0: EraseSector is given the sector's index and a number of sectors */
    uint32_t buffer[BUFFERS_MAX];
    unsigned buffers;
    struct {
        uint32_t size, start;
    } sectors[SECTORS_MAX];
    unsigned groups;
    bool has_canary, has_static_base;
};

struct run {
    struct plan plan;
    struct board board;
    struct target target;
    uint8_t *cells, *image;
    uint32_t image_at, image_size; /* offset in the flash */
    unsigned calls;
};

static void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "drive_blob: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    exit(1);
}

static void must(bool good, const struct error *error)
{
    char text[ERROR_TEXT_SIZE];
    if (!good) {
        error_format(error, text, sizeof text);
        fail("%s", text);
    }
}

/* ---- the plan ---- */

static bool take_list(struct plan *plan, const char *key, uint32_t a, uint32_t b)
{
    if (strcmp(key, "buffer") == 0 && plan->buffers < BUFFERS_MAX) {
        plan->buffer[plan->buffers++] = a;
    } else if (strcmp(key, "sectors") == 0 && plan->groups < SECTORS_MAX) {
        plan->sectors[plan->groups].size = a;
        plan->sectors[plan->groups++].start = b;
    } else if (strcmp(key, "stack") == 0) {
        plan->stack_bottom = a;
        plan->stack_top = b;
    } else if (strcmp(key, "flash") == 0) {
        plan->base = a;
        plan->size = b;
    } else {
        return false;
    }
    return true;
}

static bool take_word(struct plan *plan, const char *key, uint32_t value)
{
    const struct {
        const char *key;
        uint32_t *at;
    } words[] = {{"load", &plan->load},
                 {"return", &plan->back},
                 {"canary", &plan->canary},
                 {"static_base", &plan->static_base},
                 {"msplim", &plan->msplim},
                 {"primask", &plan->primask},
                 {"Init", &plan->init},
                 {"UnInit", &plan->uninit},
                 {"EraseSector", &plan->erase},
                 {"ProgramPage", &plan->program},
                 {"Verify", &plan->verify},
                 {"page", &plan->page},
                 {"init_ms", &plan->init_ms},
                 {"erase_ms", &plan->erase_ms},
                 {"program_ms", &plan->program_ms},
                 {"erase_counts", &plan->erase_counts}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].key, key) == 0) {
            *words[i].at = value;
            plan->has_canary = plan->has_canary || words[i].at == &plan->canary;
            plan->has_static_base = plan->has_static_base || words[i].at == &plan->static_base;
            return true;
        }
    }
    return false;
}

static void read_plan(struct plan *plan, const char *path)
{
    char line[600];
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail("cannot read %s", path);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        char key[20];
        uint32_t a = 0, b = 0;
        if (sscanf(line, "blob %511[^\n]", plan->blob) == 1) {
            continue;
        }
        if (sscanf(line, "%19s %x %x", key, &a, &b) < 2 ||
            (!take_list(plan, key, a, b) && !take_word(plan, key, a))) {
            fail("%s: what is '%s'", path, line);
        }
    }
    fclose(file);
    if (plan->init == 0 || plan->uninit == 0 || plan->erase == 0 || plan->program == 0 ||
        plan->page == 0 || plan->buffers == 0 || plan->groups == 0) {
        fail("%s: the plan is not whole", path);
    }
}

/* ---- the target ---- */

static void write_memory(struct run *run, uint32_t address, const void *bytes, size_t size)
{
    struct error error = {0};
    must(run->target.ops->write_memory(run->target.context, address, bytes, size, &error), &error);
}

static void read_memory(struct run *run, uint32_t address, void *bytes, size_t size)
{
    struct error error = {0};
    must(run->target.ops->read_memory(run->target.context, address, bytes, size, &error), &error);
}

static void set(struct run *run, enum target_register reg, uint32_t value)
{
    struct error error = {0};
    must(run->target.ops->write_register(run->target.context, reg, value, &error), &error);
}

static uint32_t get(struct run *run, enum target_register reg)
{
    uint32_t value = 0;
    struct error error = {0};
    must(run->target.ops->read_register(run->target.context, reg, &value, &error), &error);
    return value;
}

static void check_stack(struct run *run, const char *name)
{
    uint32_t word = 0;
    if (run->plan.has_canary) {
        read_memory(run, run->plan.stack_bottom, &word, sizeof word);
        if (word != run->plan.canary) {
            fail("%s: the stack overflowed: its last word is 0x%08x", name, word);
        }
    }
}

static uint32_t call(struct run *run, const char *name, uint32_t entry, const uint32_t arguments[3],
                     uint32_t ms)
{
    struct error error = {0};
    enum target_stop stop = TARGET_LOST;
    for (unsigned i = 0; i < 3; i++) {
        set(run, (enum target_register)i, arguments[i]);
    }
    set(run, TARGET_LR, run->plan.back | 1);
    set(run, TARGET_PC, entry & ~1u);
    must(run->target.ops->resume(run->target.context, false, &error), &error);
    must(run->target.ops->wait(run->target.context, (uint64_t)ms * 1000, &stop, &error), &error);
    run->calls++;
    if (stop != TARGET_HALTED || get(run, TARGET_PC) != (run->plan.back & ~1u)) {
        fail("%s(0x%x, 0x%x) did not return in %u ms: %s at 0x%08x", name, arguments[0],
             arguments[1], ms, run->target.ops->stop_text(run->target.context),
             stop == TARGET_HALTED ? get(run, TARGET_PC) : 0);
    }
    check_stack(run, name);
    return get(run, TARGET_R0);
}

static void expect(struct run *run, const char *name, uint32_t entry, const uint32_t arguments[3],
                   uint32_t ms, uint32_t expected)
{
    const uint32_t result = call(run, name, entry, arguments, ms);
    if (result != expected) {
        fail("%s(0x%x, 0x%x, 0x%x) returned 0x%x, not 0x%x", name, arguments[0], arguments[1],
             arguments[2], result, expected);
    }
}

/* ---- what a host does ---- */

static void download(struct run *run)
{
    struct plan *plan = &run->plan;
    FILE *file = fopen(plan->blob, "rb");
    if (file == NULL) {
        fail("cannot read %s", plan->blob);
    }
    static uint8_t bytes[0x40000], back[sizeof bytes];
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    write_memory(run, plan->load, bytes, size);
    read_memory(run, plan->load, back, size);
    if (size == 0 || memcmp(bytes, back, size) != 0) {
        fail("the blob of %zu bytes is not in RAM at 0x%08x", size, plan->load);
    }
    memset(bytes, FILL, plan->stack_top - plan->stack_bottom);
    write_memory(run, plan->stack_bottom, bytes, plan->stack_top - plan->stack_bottom);
    if (plan->has_canary) {
        write_memory(run, plan->stack_bottom, &plan->canary, sizeof plan->canary);
    }
}

static void begin(struct run *run, uint32_t function)
{
    set(run, TARGET_MSPLIM, run->plan.msplim);
    set(run, TARGET_PRIMASK, run->plan.primask);
    set(run, TARGET_XPSR, 0x01000000);
    set(run, TARGET_SP, run->plan.stack_top);
    if (run->plan.has_static_base) {
        set(run, (enum target_register)9, run->plan.static_base);
    }
    expect(run, "Init", run->plan.init, (const uint32_t[3]){run->plan.base, 0, function},
           run->plan.init_ms, 0);
}

static void end(struct run *run, uint32_t function)
{
    expect(run, "UnInit", run->plan.uninit, (const uint32_t[3]){function, 0, 0}, run->plan.init_ms,
           0);
}

/* The sector in which the offset lies. */
static void sector_of(const struct plan *plan, uint32_t offset, uint32_t *start, uint32_t *size)
{
    unsigned group = 0;
    while (group + 1 < plan->groups && plan->sectors[group + 1].start <= offset) {
        group++;
    }
    *size = plan->sectors[group].size;
    *start = offset - (offset - plan->sectors[group].start) % *size;
}

static void erase(struct run *run, uint8_t *expected)
{
    const uint32_t last = run->image_at + run->image_size - 1;
    uint32_t start = 0, size = 0;
    begin(run, FUNCTION_ERASE);
    for (uint32_t at = run->image_at; at <= last; at = start + size) {
        sector_of(&run->plan, at, &start, &size);
        memset(expected + start, 0xFF, size);
        const bool counts = run->plan.erase_counts != 0;
        expect(run, "EraseSector", run->plan.erase,
               (const uint32_t[3]){run->plan.base + start, counts ? start / size : 0, counts},
               run->plan.erase_ms, 0);
    }
    end(run, FUNCTION_ERASE);
}

/* Another byte is not the same; the word in which it lies is told. */
static void verify_notices(struct run *run)
{
    const uint32_t address = run->plan.base + run->image_at, buffer = run->plan.buffer[0];
    uint8_t bytes[16];
    memcpy(bytes, run->image, sizeof bytes);
    bytes[5] ^= 1;
    write_memory(run, buffer, bytes, sizeof bytes);
    const uint32_t at = call(run, "Verify", run->plan.verify,
                             (const uint32_t[3]){address, sizeof bytes, buffer}, VERIFY_MS);
    if (at > address + 5 || at + 4 <= address + 5) {
        fail("Verify says 0x%08x, the byte at 0x%08x differs", at, address + 5);
    }
}

/* Each page of the image to the buffers in turn, the last one filled up with FF. */
static void each_page(struct run *run, uint32_t function)
{
    const uint32_t page = run->plan.page;
    uint8_t *bytes = malloc(page);
    const uint32_t first = run->image_at - run->image_at % page;
    unsigned turn = 0;
    begin(run, function);
    for (uint32_t at = first; bytes != NULL && at < run->image_at + run->image_size; at += page) {
        const uint32_t buffer = run->plan.buffer[turn++ % run->plan.buffers];
        memset(bytes, 0xFF, page);
        for (uint32_t i = 0; i < page; i++) {
            const uint32_t offset = at + i - run->image_at;
            bytes[i] = offset < run->image_size ? run->image[offset] : 0xFF;
        }
        const uint32_t address = run->plan.base + at;
        write_memory(run, buffer, bytes, page);
        if (function == FUNCTION_VERIFY) {
            expect(run, "Verify", run->plan.verify, (const uint32_t[3]){address, page, buffer},
                   VERIFY_MS, address + page);
        } else {
            expect(run, "ProgramPage", run->plan.program,
                   (const uint32_t[3]){address, page, buffer}, run->plan.program_ms, 0);
        }
    }
    if (function == FUNCTION_VERIFY) {
        verify_notices(run);
    }
    free(bytes);
    end(run, function);
}

static void read_back(struct run *run)
{
    uint8_t *bytes = malloc(run->image_size);
    if (bytes == NULL) {
        fail("no memory");
    }
    read_memory(run, run->plan.base + run->image_at, bytes, run->image_size);
    if (memcmp(bytes, run->image, run->image_size) != 0) {
        fail("the window does not hold the image");
    }
    free(bytes);
}

static uint64_t random_word(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 16;
}

/* A used flash; an image with odd ends over the end of a sector. */
static uint8_t *fill(struct run *run, uint64_t seed)
{
    const uint32_t size = run->board.part.size;
    uint8_t *expected = malloc(size);
    uint32_t start = 0, sector = 0;
    sector_of(&run->plan, size / 2, &start, &sector);
    run->image_size = run->plan.page + 0x123;
    run->image_at = start + sector - run->plan.page / 2 - 0x11;
    run->image = malloc(run->image_size);
    if (expected == NULL || run->image == NULL) {
        fail("no memory");
    }
    for (uint32_t i = 0; i < size; i += 4) {
        const uint32_t word = (uint32_t)random_word(&seed);
        memcpy(run->cells + i, &word, sizeof word);
    }
    for (uint32_t i = 0; i < run->image_size; i++) {
        run->image[i] = (uint8_t)random_word(&seed);
    }
    memcpy(expected, run->cells, size);
    return expected;
}

static uint32_t stack_used(struct run *run)
{
    const uint32_t size = run->plan.stack_top - run->plan.stack_bottom;
    uint8_t *bytes = malloc(size);
    uint32_t at = run->plan.has_canary ? 4 : 0;
    if (bytes == NULL) {
        fail("no memory");
    }
    read_memory(run, run->plan.stack_bottom, bytes, size);
    while (at < size && bytes[at] == FILL) {
        at++;
    }
    free(bytes);
    return size - at;
}

static void program(struct run *run, uint64_t seed)
{
    char why[160] = "";
    uint8_t *expected = fill(run, seed);
    download(run);
    erase(run, expected);
    each_page(run, FUNCTION_PROGRAM);
    memcpy(expected + run->image_at, run->image, run->image_size);
    read_back(run);
    if (run->plan.verify != 0) {
        each_page(run, FUNCTION_VERIFY);
    }
    if (memcmp(expected, run->cells, run->board.part.size) != 0) {
        fail("the cells differ from what was asked for");
    }
    if (!sim_boot(sim_target_sim(&run->target), 0, why, sizeof why)) {
        fail("boot: %s", why);
    }
    free(expected);
}

int main(int argc, char **argv)
{
    static struct run run;
    struct error error = {0};
    if (argc != 4) {
        fail("usage: drive_blob BOARD PLAN SEED");
    }
    const uint64_t seed = strtoull(argv[3], NULL, 0);
    const struct sim_target_options options = {.link = link_find("jlink"), .seed = seed};
    read_plan(&run.plan, argv[2]);
    must(board_load(&run.board, argv[1], &error), &error);
    must(sim_target_open(&run.target, &run.board, &options, &error), &error);
    run.cells = sim_target_cells(&run.target);
    if (run.plan.base != run.board.window || run.plan.size != run.board.part.size) {
        fail("the plan's flash is 0x%08x+0x%x, the board's 0x%08x+0x%x", run.plan.base,
             run.plan.size, run.board.window, run.board.part.size);
    }
    program(&run, seed);
    printf("calls %u instructions %llu stack %u\n", run.calls,
           (unsigned long long)run.target.ops->executed(run.target.context), stack_used(&run));
    free(run.image);
    run.target.ops->close(run.target.context);
    return 0;
}

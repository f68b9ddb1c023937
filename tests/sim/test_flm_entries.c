/* SPDX-License-Identifier: MIT */
/*
 * The entries of CMSIS flash algorithms and of SEGGER's flash loaders, called as those tools call:
 * their arguments, their results, what the cells then hold. SP leads nowhere in every call, for the
 * tools' stacks are small or unknown.
 */
#include "pack/pack.h"
#include "sim/fault.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOWHERE UINT32_C(0x35000004) /* no memory there */
#define WINDOW  UINT32_C(0x70000000)
#define SECTOR  UINT32_C(0x10000)
#define FAILED  UINT32_MAX /* of the entries for SEGGER */

struct bench {
    struct scenario_rig rig;
    uint32_t buffer;  /* in RAM */
    uint8_t *before;  /* the cells */
    bool clock_stops; /* 20 ms into the next call */
};

static void open_bench(struct bench *bench, const char *board)
{
    const struct scenario scenario = {
        .board = board, .host = "cubeprogrammer-jlink", .content = CONTENT_USED, .seed = 11};
    scenario_open(&bench->rig, &scenario);
    scenario_assert_good(&bench->rig, session_download(&bench->rig.session, &bench->rig.error));
    bench->clock_stops = false;
    bench->buffer = bench->rig.session.layout.buffer;
    bench->before = malloc(bench->rig.board.part.size);
    assert_non_null(bench->before);
    memcpy(bench->before, bench->rig.cells, bench->rig.board.part.size);
}

static void close_bench(struct bench *bench)
{
    free(bench->before);
    scenario_close(&bench->rig);
}

static uint32_t find_entry(const struct bench *bench, const char *name)
{
    const struct loader_image *image = pack_loader_image();
    for (unsigned i = 0; i < image->entry_count; i++) {
        if (strcmp(image->entries[i].name, name) == 0) {
            return bench->rig.session.layout.image + image->entries[i].offset;
        }
    }
    fail_msg("no entry %s", name);
    return 0;
}

/* R0 as returned. R3 and R12 hold what nobody promised. */
static uint32_t call(struct bench *bench, const char *name, uint32_t r0, uint32_t r1, uint32_t r2)
{
    struct cpu *cpu = sim_cpu(bench->rig.sim);
    const uint32_t base = bench->rig.session.layout.base;
    const uint32_t values[4] = {r0, r1, r2, UINT32_MAX};
    for (unsigned i = 0; i < 4; i++) {
        cpu_set(cpu, (enum cpu_register)(CPU_R0 + i), values[i]);
    }
    cpu_set(cpu, CPU_SP, NOWHERE);
    cpu_set(cpu, CPU_LR, base | 1u);
    cpu_set(cpu, CPU_XPSR, 0xF9000000u);
    cpu_set(cpu, CPU_PC, find_entry(bench, name));
    if (bench->clock_stops) {
        cpu_run(cpu, sim_clock(bench->rig.sim)->now_ps + 20 * PS_PER_MS);
        soc_stop_oscillator(sim_soc(bench->rig.sim));
    }
    const enum cpu_stop stop =
        cpu_run(cpu, sim_clock(bench->rig.sim)->now_ps + 600 * PS_PER_SECOND);
    if (stop != CPU_STOP_BKPT) {
        fail_msg("%s: %s", name, cpu_stop_text(cpu));
    }
    assert_int_equal(cpu_get(cpu, CPU_PC) & ~1u, base);
    assert_int_equal(cpu_get(cpu, CPU_SP), NOWHERE);
    assert_int_equal(cpu_get(cpu, CPU_LR), base | 1u);
    return cpu_get(cpu, CPU_R0);
}

static void fill(struct bench *bench, const uint8_t *bytes, uint32_t size)
{
    assert_true(cpu_debug_write(sim_cpu(bench->rig.sim), bench->buffer, bytes, size));
}

static void assert_window_shows(struct bench *bench, uint32_t offset)
{
    uint32_t word = 0;
    assert_true(cpu_debug_read(sim_cpu(bench->rig.sim), WINDOW + offset, &word, sizeof word));
    assert_memory_equal(&word, bench->rig.cells + offset, sizeof word);
}

static void assert_reason(struct bench *bench, uint32_t function, uint32_t reason)
{
    struct record record;
    assert_true(cpu_debug_read(sim_cpu(bench->rig.sim), bench->rig.board.record_address, &record,
                               sizeof record));
    assert_int_equal(record.function, function);
    assert_int_equal(record.reason, reason);
}

/* Erase, program, verify, each between its own Init and UnInit; then a boot. */
static void a_flash_algorithm_programs(void **state)
{
    (void)state;
    struct bench bench;
    uint8_t bytes[0x1000];
    const uint32_t at = 3 * SECTOR;
    open_bench(&bench, NULL);
    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 5 + 1);
    }
    assert_int_equal(call(&bench, "flm_Init", WINDOW, 0, 1), 0);
    assert_int_equal(call(&bench, "flm_EraseSector", WINDOW + at, 0xFFFF, 0xFFFF), 0);
    assert_int_equal(call(&bench, "flm_UnInit", 1, 0, 0), 0);
    for (uint32_t i = 0; i < SECTOR; i++) {
        assert_int_equal(bench.rig.cells[at + i], 0xFF);
    }
    memset(bench.before + at, 0xFF, SECTOR);
    assert_memory_equal(bench.rig.cells, bench.before, bench.rig.board.part.size);
    assert_int_equal(call(&bench, "flm_Init", WINDOW, 0, 2), 0);
    fill(&bench, bytes, sizeof bytes);
    assert_int_equal(call(&bench, "flm_ProgramPage", WINDOW + at, sizeof bytes, bench.buffer), 0);
    /* Any address, any size, any alignment of the bytes. */
    assert_int_equal(call(&bench, "flm_ProgramPage", WINDOW + at + 0x1FFD, 0x105, bench.buffer + 3),
                     0);
    assert_int_equal(call(&bench, "flm_UnInit", 2, 0, 0), 0);
    memcpy(bench.before + at, bytes, sizeof bytes);
    memcpy(bench.before + at + 0x1FFD, bytes + 3, 0x105);
    assert_memory_equal(bench.rig.cells, bench.before, bench.rig.board.part.size);
    assert_window_shows(&bench, at);
    assert_int_equal(call(&bench, "flm_Init", WINDOW, 0, 3), 0);
    assert_window_shows(&bench, at + 0x100);
    assert_int_equal(call(&bench, "flm_Verify", WINDOW + at, sizeof bytes, bench.buffer),
                     WINDOW + at + sizeof bytes);
    assert_int_equal(call(&bench, "flm_UnInit", 3, 0, 0), 0);
    assert_window_shows(&bench, at + 0x200);
    scenario_assert_boots(&bench.rig);
    close_bench(&bench);
}

/* adr + sz if all is equal, else the first address that differs; nothing else may look like success. */
static void verify_names_the_first_difference(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, NULL);
    assert_int_equal(call(&bench, "flm_Init", WINDOW, 0, 3), 0);
    for (uint32_t size = 1; size <= 41; size += 8) {
        const uint32_t at = 0x4003;
        uint8_t bytes[64];
        memcpy(bytes, bench.rig.cells + at, sizeof bytes);
        fill(&bench, bytes, sizeof bytes);
        assert_int_equal(call(&bench, "flm_Verify", WINDOW + at, size, bench.buffer),
                         WINDOW + at + size);
        const uint32_t wrong[] = {0, size / 2, size - 1};
        for (unsigned i = 0; i < 3; i++) {
            bytes[wrong[i]] ^= 0x10;
            fill(&bench, bytes, sizeof bytes);
            bytes[wrong[i]] ^= 0x10;
            const uint32_t first = call(&bench, "flm_Verify", WINDOW + at, size, bench.buffer);
            /* of the word that differs, counted from adr */
            assert_true(first <= WINDOW + at + wrong[i]);
            assert_true(first + 4 > WINDOW + at + wrong[i]);
        }
        assert_reason(&bench, FUNCTION_FLM_VERIFY, REASON_NONE);
    }
    assert_int_equal(call(&bench, "flm_Verify", WINDOW + 5, 0, bench.buffer), WINDOW + 5);
    /* It cannot be read: an odd size at an even address is not equal by accident. */
    assert_int_equal(call(&bench, "flm_Verify", WINDOW, 1, NOWHERE), WINDOW);
    assert_reason(&bench, FUNCTION_FLM_VERIFY, REASON_FAULT);
    assert_int_equal(call(&bench, "flm_Verify", WINDOW + 0x7FFFFE, 3, bench.buffer),
                     WINDOW + 0x7FFFFE);
    assert_reason(&bench, FUNCTION_FLM_VERIFY, REASON_RANGE);
    close_bench(&bench);
}

static void verify_without_a_clock_is_not_equality(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, NULL);
    assert_int_equal(call(&bench, "flm_Init", WINDOW, 0, 3), 0);
    bench.clock_stops = true;
    assert_int_equal(call(&bench, "flm_Verify", WINDOW, 0x80000, 0x34100000), WINDOW);
    assert_reason(&bench, FUNCTION_FLM_VERIFY, REASON_KERNEL_CLOCK);
    close_bench(&bench);
    /* at address 0, where the window's base is cut off, 0 would mean that all is equal */
    open_bench(&bench, NULL);
    assert_int_equal(call(&bench, "stldr_Init", 0, 0, 0), 1);
    bench.clock_stops = true;
    assert_int_equal(call(&bench, "stldr_Verify", 0, 0x34100000, 0x20000), 1);
    assert_reason(&bench, FUNCTION_VERIFY, REASON_KERNEL_CLOCK);
    close_bench(&bench);
}

static void blank_is_what_an_erase_leaves(void **state)
{
    (void)state;
    struct bench bench;
    const uint32_t at = 5 * SECTOR, mib = 0x100000;
    static const char *const entries[] = {"flm_BlankCheck", "ofl_CheckBlank"};
    open_bench(&bench, NULL);
    memset(bench.rig.cells + at, 0xFF, SECTOR);
    memset(bench.rig.cells + mib, 0xFF, mib + 32);
    assert_int_equal(call(&bench, "flm_Init", WINDOW, 0, 1), 0);
    for (unsigned i = 0; i < 2; i++) {
        const char *const entry = entries[i];
        assert_int_equal(call(&bench, entry, WINDOW + at, SECTOR, 0xFF), 0);
        assert_int_equal(call(&bench, entry, WINDOW + at, 0, 0xFF), 0);
        assert_int_equal(call(&bench, entry, WINDOW + at + 1, 5, 0xFFFFFFFF), 0);
        assert_int_equal(call(&bench, entry, WINDOW + at, SECTOR, 0), 1);
        assert_reason(&bench, i == 0 ? FUNCTION_FLM_BLANK_CHECK : FUNCTION_OFL_CHECK_BLANK,
                      REASON_NONE);
    }
    const uint32_t places[] = {mib - 1, mib, 2 * mib - 1, 2 * mib, 2 * mib + 31};
    for (unsigned k = 0; k < 5; k++) {
        bench.rig.cells[places[k]] = 0xFE;
        assert_int_equal(call(&bench, "flm_BlankCheck", WINDOW + mib, mib + 32, 0xFF), k > 0);
        bench.rig.cells[places[k]] = 0xFF;
    }
    assert_int_equal(call(&bench, "flm_BlankCheck", WINDOW + 0x7FFFFF, 2, 0xFF), 1);
    assert_int_equal(call(&bench, "ofl_CheckBlank", WINDOW + 0x7FFFFF, 2, 0xFF), FAILED);
    sim_fault_set_in(bench.rig.sim, SIM_FAULT_POWER_LOST,
                     1); /* is not blank, whatever the lines say */
    assert_int_equal(call(&bench, "flm_BlankCheck", WINDOW + at, SECTOR, 0xFF), 1);
    assert_reason(&bench, FUNCTION_FLM_BLANK_CHECK, REASON_RESTARTED);
    close_bench(&bench);
}

/* By number of sectors; one that is too large must not wrap around to one that is not. */
static void segger_erases_by_number(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, NULL);
    assert_int_equal(call(&bench, "ofl_Prepare", 0, 0, 0), 0);
    assert_int_equal(call(&bench, "ofl_Erase", WINDOW + 0x20000, 2, 3), 0);
    memset(bench.before + 0x20000, 0xFF, 0x30000);
    assert_memory_equal(bench.rig.cells, bench.before, bench.rig.board.part.size);
    assert_int_equal(call(&bench, "ofl_Erase", WINDOW + 0x60000, 6, 0), 0);
    static const uint32_t too_many[] = {0x10001, 0x80000001, UINT32_MAX, 128};
    for (unsigned i = 0; i < sizeof too_many / sizeof too_many[0]; i++) {
        assert_int_equal(call(&bench, "ofl_Erase", WINDOW + 0x60000, 6, too_many[i]), FAILED);
        assert_reason(&bench, FUNCTION_OFL_ERASE, REASON_RANGE);
    }
    assert_memory_equal(bench.rig.cells, bench.before, bench.rig.board.part.size);
    fill(&bench, (const uint8_t *)"segger", 6);
    assert_int_equal(call(&bench, "ofl_Program", WINDOW + 0x20000, 6, bench.buffer), 0);
    assert_memory_equal(bench.rig.cells + 0x20000, "segger", 6);
    assert_int_equal(call(&bench, "ofl_Restore", 0, 0, 0), 0);
    assert_window_shows(&bench, 0x20000);
    assert_int_equal(call(&bench, "flm_EraseChip", 7, 7, 7), 0);
    memset(bench.before, 0xFF, bench.rig.board.part.size);
    assert_memory_equal(bench.rig.cells, bench.before, bench.rig.board.part.size);
    scenario_assert_boots(&bench.rig);
    close_bench(&bench);
}

/* What a call of these entries returns that failed; flm_Verify: its first argument. */
static const struct {
    const char *name;
    uint32_t function;
    uint32_t failed;
} entries[] = {
    {"stldr_Init", FUNCTION_INIT, 0},
    {"stldr_Write", FUNCTION_WRITE, 0},
    {"stldr_SectorErase", FUNCTION_SECTOR_ERASE, 0},
    {"stldr_MassErase", FUNCTION_MASS_ERASE, 0},
    {"stldr_Read", FUNCTION_READ, 0},
    {"stldr_Verify", FUNCTION_VERIFY, 1},
    {"stldr_CheckSum", FUNCTION_CHECKSUM, 0},
    {"flm_BlankCheck", FUNCTION_FLM_BLANK_CHECK, 1},
    {"flm_Init", FUNCTION_FLM_INIT, 1},
    {"flm_ProgramPage", FUNCTION_FLM_PROGRAM_PAGE, 1},
    {"flm_EraseSector", FUNCTION_FLM_ERASE_SECTOR, 1},
    {"flm_EraseChip", FUNCTION_FLM_ERASE_CHIP, 1},
    {"flm_Verify", FUNCTION_FLM_VERIFY, WINDOW},
    {"flm_UnInit", FUNCTION_FLM_UNINIT, 1},
    {"ofl_CheckBlank", FUNCTION_OFL_CHECK_BLANK, FAILED},
    {"ofl_Prepare", FUNCTION_OFL_PREPARE, FAILED},
    {"ofl_Program", FUNCTION_OFL_PROGRAM, FAILED},
    {"ofl_Erase", FUNCTION_OFL_ERASE, FAILED},
    {"ofl_EraseChip", FUNCTION_OFL_ERASE_CHIP, FAILED},
    {"ofl_Restore", FUNCTION_OFL_RESTORE, FAILED},
    {"own_Stream", FUNCTION_STREAM, FAILED},
    {"own_SectorErase", FUNCTION_OWN_SECTOR_ERASE, FAILED},
    {"own_MassErase", FUNCTION_OWN_MASS_ERASE, FAILED},
    {"own_Digest", FUNCTION_DIGEST, FAILED},
};

#define ENTRY_COUNT (sizeof entries / sizeof entries[0])

static void every_entry_is_here(void **state)
{
    (void)state;
    const struct loader_image *image = pack_loader_image();
    assert_int_equal(image->entry_count, ENTRY_COUNT);
}

static void unprivileged_callers_are_refused(void **state)
{
    (void)state;
    struct bench bench;
    struct record record;
    open_bench(&bench, NULL);
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        cpu_set(sim_cpu(bench.rig.sim), CPU_CONTROL, 1);
        assert_int_equal(call(&bench, entries[i].name, WINDOW, 16, bench.buffer),
                         entries[i].failed);
        cpu_set(sim_cpu(bench.rig.sim), CPU_CONTROL, 0);
        assert_true(cpu_debug_read(sim_cpu(bench.rig.sim), bench.rig.board.record_address, &record,
                                   sizeof record));
        assert_int_not_equal(record.magic, RECORD_MAGIC); /* nothing was touched */
    }
    close_bench(&bench);
}

/* LR and PRIMASK share a word on the way in. */
static void the_record_tells_what_was_found(void **state)
{
    (void)state;
    struct bench bench;
    struct record record;
    open_bench(&bench, NULL);
    for (uint32_t primask = 0; primask < 2; primask++) {
        cpu_set(sim_cpu(bench.rig.sim), CPU_PRIMASK, primask);
        call(&bench, "ofl_Restore", 0, 0, 0);
        assert_true(cpu_debug_read(sim_cpu(bench.rig.sim), bench.rig.board.record_address, &record,
                                   sizeof record));
        assert_int_equal(record.entry.primask, primask);
        assert_int_equal(record.entry.lr, bench.rig.session.layout.base | 1u);
        assert_int_equal(record.entry.sp, NOWHERE);
        assert_int_equal(record.image, bench.rig.session.layout.image);
    }
    close_bench(&bench);
}

static void nothing_works_before_init(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, NULL);
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        if (FUNCTION_KIND(entries[i].function) == FUNCTION_INIT) {
            continue;
        }
        const uint32_t failed =
            entries[i].function == FUNCTION_VERIFY ? WINDOW + 1 : entries[i].failed;
        assert_int_equal(call(&bench, entries[i].name, WINDOW, 16, bench.buffer), failed);
        assert_reason(&bench, entries[i].function, REASON_NOT_INITIALISED);
    }
    assert_memory_equal(bench.rig.cells, bench.before, bench.rig.board.part.size);
    close_bench(&bench);
}

/* A flash that does not answer: Init says so to each in his own way. */
static void a_silent_flash_fails_every_init(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, NULL);
    const uint32_t nowhere = 0;
    assert_true(cpu_debug_write(sim_cpu(bench.rig.sim),
                                bench.rig.session.layout.image + pack_loader_image()->board_block,
                                &nowhere, 4));
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        if (FUNCTION_KIND(entries[i].function) == FUNCTION_INIT) {
            assert_int_equal(call(&bench, entries[i].name, WINDOW, 0, 1), entries[i].failed);
        }
    }
    close_bench(&bench);
}

/* On eight lines at double rate bytes come in pairs, and requests need not. */
static void octal_parts_too(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, "data/boards/nucleo-n657x0-q.yaml");
    uint8_t bytes[7] = {1, 2, 3, 4, 5, 6, 7};
    assert_int_equal(call(&bench, "flm_Init", WINDOW, 0, 2), 0);
    assert_int_equal(call(&bench, "flm_EraseSector", WINDOW, 0, 0), 0);
    assert_int_equal(call(&bench, "flm_BlankCheck", WINDOW + 1, 0x1001, 0xFF), 0);
    fill(&bench, bytes, sizeof bytes);
    assert_int_equal(call(&bench, "flm_ProgramPage", WINDOW + 0x101, sizeof bytes, bench.buffer),
                     0);
    assert_memory_equal(bench.rig.cells + 0x101, bytes, sizeof bytes);
    assert_int_equal(call(&bench, "flm_Verify", WINDOW + 0x101, sizeof bytes, bench.buffer),
                     WINDOW + 0x101 + sizeof bytes);
    bytes[6] = 0;
    fill(&bench, bytes, sizeof bytes);
    assert_int_equal(call(&bench, "flm_Verify", WINDOW + 0x101, sizeof bytes, bench.buffer),
                     WINDOW + 0x101 + 6);
    assert_int_equal(call(&bench, "flm_UnInit", 2, 0, 0), 0);
    assert_window_shows(&bench, 0x100);
    scenario_assert_boots(&bench.rig);
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flash_algorithm_programs),
        cmocka_unit_test(verify_names_the_first_difference),
        cmocka_unit_test(verify_without_a_clock_is_not_equality),
        cmocka_unit_test(blank_is_what_an_erase_leaves),
        cmocka_unit_test(segger_erases_by_number),
        cmocka_unit_test(every_entry_is_here),
        cmocka_unit_test(unprivileged_callers_are_refused),
        cmocka_unit_test(the_record_tells_what_was_found),
        cmocka_unit_test(nothing_works_before_init),
        cmocka_unit_test(a_silent_flash_fails_every_init),
        cmocka_unit_test(octal_parts_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

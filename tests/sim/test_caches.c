/* SPDX-License-Identifier: MIT */
/* Caches that an application left on, with lines of their own: what the loader leaves in them. */
#include "sim/matrix_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define CCR          0xE000ED14u
#define CACHES       0x30000u
#define APPLICATION  0x34064000u /* AXISRAM1: its code and data */
#define CELLS        0x00700000u
#define TIMEOUT_MS   5000u
#define CELL_SIZE    0x80u
#define CHUNK_OFFSET 0x40u

static void caches_on(struct scenario_rig *rig)
{
    uint32_t ccr = 0;
    struct cpu *cpu = sim_cpu(rig->sim);
    assert_true(cpu_debug_read(cpu, CCR, &ccr, sizeof ccr));
    ccr |= CACHES;
    assert_true(cpu_debug_write(cpu, CCR, &ccr, sizeof ccr));
}

/* What an application's load gives, through the D-cache. */
static uint32_t application_reads(struct scenario_rig *rig, uint32_t address)
{
    static const uint16_t code[] = {0x6801, 0xBE00}; /* LDR R1,[R0]; BKPT */
    struct cpu *cpu = sim_cpu(rig->sim);
    assert_true(cpu_debug_write(cpu, APPLICATION, code, sizeof code));
    cpu_set(cpu, CPU_R0, address);
    cpu_set(cpu, CPU_XPSR, 0x01000000u);
    cpu_set(cpu, CPU_PC, APPLICATION);
    assert_int_equal(cpu_run(cpu, sim_clock(rig->sim)->now_ps + PS_PER_MS), CPU_STOP_BKPT);
    return cpu_get(cpu, CPU_R1);
}

static void begin(struct scenario_rig *rig, bool incoherent)
{
    const struct scenario scenario = {.host = "cubeprogrammer-jlink",
                                      .content = CONTENT_BLANK,
                                      .caches = true,
                                      .debug_incoherent = incoherent};
    scenario_open(rig, &scenario);
    caches_on(rig);
    scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
}

static void call(struct scenario_rig *rig, enum loader_function function,
                 const uint32_t arguments[4])
{
    scenario_assert_good(
        rig, session_call_checked(&rig->session, function, arguments, TIMEOUT_MS, &rig->error));
}

/* Lines of the window that were filled before an erase or a Write are gone after it. */
static void the_window_is_not_stale(void **state)
{
    (void)state;
    for (unsigned incoherent = 0; incoherent < 2; incoherent++) {
        struct scenario_rig rig;
        uint8_t data[CELL_SIZE];
        uint32_t word = 0, seen = 0;
        begin(&rig, incoherent != 0);
        uint32_t at = rig.board.window + CELLS;
        for (unsigned i = 0; i < sizeof data; i++) {
            data[i] = (uint8_t)(i + 1);
        }
        assert_true(
            cpu_debug_write(sim_cpu(rig.sim), rig.session.layout.buffer, data, sizeof data));
        assert_int_equal(application_reads(&rig, at + CHUNK_OFFSET), UINT32_MAX);
        assert_true(cpu_cache_get(sim_cpu(rig.sim), CPU_DCACHE, at + CHUNK_OFFSET, NULL, NULL));
        call(&rig, LOADER_WRITE,
             (const uint32_t[4]){at, sizeof data, rig.session.layout.buffer, 0});
        memcpy(&word, data + CHUNK_OFFSET, 4);
        assert_true(cpu_debug_read(sim_cpu(rig.sim), at + CHUNK_OFFSET, &seen, 4));
        assert_int_equal(seen, word);
        assert_int_equal(application_reads(&rig, at + CHUNK_OFFSET), word);
        call(&rig, LOADER_SECTOR_ERASE, (const uint32_t[4]){at, at, 0, 0});
        assert_int_equal(application_reads(&rig, at + CHUNK_OFFSET), UINT32_MAX);
        scenario_assert_boots(&rig);
        scenario_close(&rig);
    }
}

/* What an application has stored and the D-cache has not written yet is in the memory afterwards. */
static void an_applications_data_are_not_lost(void **state)
{
    (void)state;
    static const uint32_t at[] = {APPLICATION + 0x100u, 0x34180000u, 0x341C0000u, 0x341FFFE0u};
    struct scenario_rig rig;
    begin(&rig, true);
    for (unsigned i = 0; i < 4; i++) {
        uint32_t word = 0;
        matrix_put_lines(&rig, CPU_DCACHE, at[i], at[i] + CPU_CACHE_LINE, true);
        call(&rig, LOADER_INIT, (const uint32_t[4]){1, 0, 0, 0});
        assert_true(cpu_debug_read(sim_cpu(rig.sim), at[i], &word, sizeof word));
        assert_int_equal(word, MATRIX_OLD);
        assert_int_equal(cpu_cache_lines(sim_cpu(rig.sim), CPU_DCACHE), 0);
    }
    scenario_close(&rig);
}

/* The guard saves the found state while the D-cache is on, so into stale lines, and these are written
 * back whole. Wherever the image lies, none of them holds code. */
static void no_line_that_is_written_back_holds_code(void **state)
{
    (void)state;
    for (uint32_t offset = 0; offset < CPU_CACHE_LINE; offset += 4) {
        const struct scenario scenario = {.host = "cubeprogrammer-jlink",
                                          .base = 0x34180400u + offset,
                                          .caches = true,
                                          .debug_incoherent = true};
        struct scenario_rig rig;
        scenario_open(&rig, &scenario);
        scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_WRITE, &rig.error));
        const struct layout *layout = &rig.session.layout;
        static uint8_t before[0x4000], after[0x4000];
        scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_WRITE, &rig.error));
        assert_true(layout->size <= sizeof before);
        scenario_assert_good(&rig, session_download(&rig.session, &rig.error));
        caches_on(&rig);
        assert_true(cpu_debug_read(sim_cpu(rig.sim), layout->image, before, layout->size));
        matrix_put_lines(&rig, CPU_DCACHE, layout->image, layout->image + layout->size, false);
        call(&rig, LOADER_INIT, (const uint32_t[4]){1, 0, 0, 0});
        assert_true(cpu_debug_read(sim_cpu(rig.sim), layout->image, after, layout->size));
        /* Where a fresh image has zeros it keeps its data. */
        for (uint32_t at = 0; at < layout->size; at++) {
            if (before[at] != 0 && before[at] != after[at] && after[at] == (MATRIX_OLD & 0xFFu)) {
                fail_msg("base + 0x%x: byte 0x%x of the image was overwritten", offset, at);
            }
        }
        scenario_assert_boots(&rig);
        scenario_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_is_not_stale),
        cmocka_unit_test(an_applications_data_are_not_lost),
        cmocka_unit_test(no_line_that_is_written_back_holds_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

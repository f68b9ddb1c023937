/* SPDX-License-Identifier: MIT */
/* What may happen while a call runs, or be wrong with what it was given, and must not matter. */
#include "sim/scenario.h"

#include "board/crc32.h"
#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOWHERE    UINT32_C(0x35000004) /* no memory there */
#define NVIC_ISER0 UINT32_C(0xE000E100)
#define SYST_CSR   UINT32_C(0xE000E010)
#define SYST_RVR   UINT32_C(0xE000E014)
#define SYST_CVR   UINT32_C(0xE000E018)
#define ICSR       UINT32_C(0xE000ED04)
#define VTOR       UINT32_C(0xE000ED08)
#define CFSR       UINT32_C(0xE000ED28)
#define HFSR       UINT32_C(0xE000ED2C)
#define INTERRUPT  5u

static const uint32_t init[4] = {1, 0, 0, 0};

static void open_initialised(struct scenario_rig *rig, enum nor_timing timing)
{
    const struct scenario scenario = {
        .host = "cubeprogrammer-jlink", .timing = timing, .content = CONTENT_USED, .seed = 6};
    scenario_open(rig, &scenario);
    scenario_assert_good(rig, session_begin(&rig->session, OPERATION_WRITE, &rig->error));
}

static void put(struct scenario_rig *rig, uint32_t address, uint32_t value)
{
    assert_true(cpu_debug_write(sim_cpu(rig->sim), address, &value, sizeof value));
}

static uint32_t get(struct scenario_rig *rig, uint32_t address)
{
    uint32_t value = 0;
    assert_true(cpu_debug_read(sim_cpu(rig->sim), address, &value, sizeof value));
    return value;
}

/* A SectorErase, without interrupts masked by anybody else, until its erase is under way. */
static void run_into_erase(struct scenario_rig *rig)
{
    struct cpu *cpu = sim_cpu(rig->sim);
    cpu_set(cpu, CPU_PRIMASK, 0);
    cpu_set(cpu, CPU_R0, rig->board.window);
    cpu_set(cpu, CPU_R1, rig->board.window);
    cpu_set(cpu, CPU_LR, rig->session.layout.base | 1u);
    cpu_set(cpu, CPU_XPSR, 0x01000000u);
    cpu_set(cpu, CPU_PC,
            rig->session.layout.image + rig->loader.entry[LOADER_SECTOR_ERASE] -
                rig->loader.image_address);
    cpu_mask_interrupts(cpu, false);
    assert_int_not_equal(cpu_run(cpu, sim_clock(rig->sim)->now_ps + 5 * PS_PER_MS), CPU_STOP_BKPT);
}

static void run_to_return(struct scenario_rig *rig)
{
    struct cpu *cpu = sim_cpu(rig->sim);
    assert_int_equal(cpu_run(cpu, sim_clock(rig->sim)->now_ps + PS_PER_SECOND), CPU_STOP_BKPT);
    assert_int_equal(cpu_get(cpu, CPU_R0), 1);
    assert_int_equal(cpu_get(cpu, CPU_PC) & ~1u, rig->session.layout.base);
}

/* The loader masks interrupts; that the host does not, nor the found PRIMASK, does not matter. */
static void an_interrupt_in_a_call_is_held_back(void **state)
{
    (void)state;
    struct scenario_rig rig;
    open_initialised(&rig, NOR_TIMING_TYPICAL);
    run_into_erase(&rig);
    put(&rig, NVIC_ISER0, 1u << INTERRUPT);
    cpu_pend_interrupt(sim_cpu(rig.sim), INTERRUPT);
    run_to_return(&rig);
    scenario_close(&rig);
}

/* An NMI, which nothing masks, ends the call as a fault does: its source is not ours to serve. */
static void an_nmi_in_a_call_ends_it(void **state)
{
    (void)state;
    struct scenario_rig rig;
    open_initialised(&rig, NOR_TIMING_TYPICAL);
    run_into_erase(&rig);
    put(&rig, ICSR, UINT32_C(1) << 31);
    struct cpu *cpu = sim_cpu(rig.sim);
    assert_int_equal(cpu_run(cpu, sim_clock(rig.sim)->now_ps + PS_PER_SECOND), CPU_STOP_BKPT);
    assert_int_equal(cpu_get(cpu, CPU_PC), rig.session.layout.base);
    assert_int_equal(cpu_get(cpu, CPU_R0), 0);
    assert_true(session_read_record(&rig.session));
    assert_int_equal(rig.session.record.reason, REASON_FAULT);
    assert_int_equal(rig.session.record.fault.ipsr, 2);
    scenario_assert_good(&rig,
                         session_call_checked(&rig.session, LOADER_INIT, init, 5000, &rig.error));
    scenario_close(&rig);
}

/* What guard.h says of a call and of its return, in registers that were found otherwise. */
static void a_call_has_the_core_as_it_needs_it(void **state)
{
    (void)state;
    static const struct {
        uint32_t address, found, mask, inside;
    } rows[] = {
        {SYST_RVR, 0x00FFFFFF, 0, 0},
        {SYST_CVR, 0, 0, 0},
        {SYST_CSR, 7, 3, 0},
        {0xE000ED10, 0x16, 0x16, 0},              /* SCR */
        {0xE000ED14, 0x00010719, 0x10718, 0x200}, /* CCR: the D-cache off, no traps, STKALIGN */
        {0xE000EDFC, 0x000007F0, 0x010007F0, 0x01000000}, /* DEMCR: TRCENA alone */
    };
    struct scenario_rig rig;
    open_initialised(&rig, NOR_TIMING_TYPICAL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put(&rig, rows[i].address, rows[i].found);
    }
    run_into_erase(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(get(&rig, rows[i].address) & rows[i].mask, rows[i].inside);
    }
    run_to_return(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(get(&rig, rows[i].address) & rows[i].mask, rows[i].found & rows[i].mask);
    }
    scenario_close(&rig);
}

#define MPU_TYPE  UINT32_C(0xE000ED90)
#define MPU_CTRL  UINT32_C(0xE000ED94)
#define MPU_RNR   UINT32_C(0xE000ED98)
#define MPU_RBAR  UINT32_C(0xE000ED9C)
#define MPU_RLAR  UINT32_C(0xE000EDA0)
#define MPU_MAIR0 UINT32_C(0xE000EDC0)

/* An application's regions: odd ones are on, each elsewhere, none over the loader's RAM. */
static void put_regions(struct scenario_rig *rig)
{
    unsigned regions = get(rig, MPU_TYPE) >> 8 & 0xFFu;
    for (uint32_t i = 0; i < regions; i++) {
        put(rig, MPU_RNR, i);
        put(rig, MPU_RBAR, 0x20000000u + i * 0x100000u + 2u);
        put(rig, MPU_RLAR, 0x03000020u + i * 0x100000u + (i & 1u));
    }
    put(rig, MPU_MAIR0, 0x44FF0400u);
    put(rig, MPU_RNR, 3);
}

/* Of all regions, and what selects among them. */
static unsigned get_regions(struct scenario_rig *rig, uint32_t words[40])
{
    unsigned regions = get(rig, MPU_TYPE) >> 8 & 0xFFu, count = 0;
    words[count++] = get(rig, MPU_RNR);
    words[count++] = get(rig, MPU_CTRL);
    words[count++] = get(rig, MPU_MAIR0);
    for (uint32_t i = 0; i < regions; i++) {
        put(rig, MPU_RNR, i);
        words[count++] = get(rig, MPU_RBAR);
        words[count++] = get(rig, MPU_RLAR);
    }
    put(rig, MPU_RNR, words[0]);
    return count;
}

/* Inside a call the windows of external memories are Device and execute-never, and nothing that
 * somebody else configured counts; on return it is all there again. */
static void the_window_is_device_in_a_call(void **state)
{
    (void)state;
    static const char *const cores[] = {"cortex-m55", "cortex-m33", "cortex-m7"};
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++) {
        const bool v8m = i < 2;
        struct scenario_rig rig;
        uint32_t before[40], after[40];
        const struct scenario scenario = {.host = "cubeprogrammer-jlink",
                                          .content = CONTENT_USED,
                                          .seed = 6,
                                          .core = i == 0 ? NULL : cores[i]};
        scenario_open(&rig, &scenario);
        scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_WRITE, &rig.error));
        put_regions(&rig);
        unsigned count = get_regions(&rig, before);
        run_into_erase(&rig);
        assert_int_equal(get(&rig, MPU_CTRL), 5);
        unsigned on = 0; /* Armv7-M: two more hold the stack's lower bound */
        for (uint32_t region = 0; region < (get(&rig, MPU_TYPE) >> 8 & 0xFFu); region++) {
            put(&rig, MPU_RNR, region);
            on += get(&rig, MPU_RLAR) & 1u;
        }
        assert_int_equal(on, v8m ? 1 : 3);
        put(&rig, MPU_RNR, 0);
        assert_int_equal(get(&rig, MPU_RBAR), v8m ? 0x60000001 : 0);
        assert_int_equal(get(&rig, MPU_RLAR), v8m ? 0x9FFFFFE1 : 0x1101E73F);
        assert_int_equal(get(&rig, MPU_MAIR0) & (v8m ? 0xFFu : 0u), 0);
        run_to_return(&rig);
        assert_int_equal(get_regions(&rig, after), count);
        assert_memory_equal(after, before, count * sizeof before[0]);
        scenario_close(&rig);
    }
}

/* A frame that does not fit the stack ends the call, and what lies below the stack is as it was: by
 * MSPLIM on Armv8-M, by read-only memory on Armv7-M. The loader's largest frame has 112 bytes. */
static void a_stack_overflow_ends_the_call(void **state)
{
    (void)state;
    static const char *const cores[] = {"cortex-m33", "cortex-m7", "cortex-m3"};
    static const uint32_t left[] = {0, 8, 24, 64};
    uint8_t before[512], after[sizeof before];
    const struct loader_image *image = pack_loader_image();
    for (size_t i = 0; i < sizeof cores / sizeof cores[0] * 8; i++) {
        struct scenario_rig rig;
        struct record record;
        const struct scenario scenario = {.host = "cubeprogrammer-jlink",
                                          .content = CONTENT_USED,
                                          .seed = 6,
                                          .base = 0x34180400u + 4u * (uint32_t)i,
                                          .core = cores[i / 8]};
        scenario_open(&rig, &scenario);
        scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_WRITE, &rig.error));
        run_into_erase(&rig);
        struct cpu *cpu = sim_cpu(rig.sim);
        uint32_t bottom = (rig.session.layout.image + image->stack + 31u) & ~31u;
        uint32_t below = rig.session.layout.image + image->stack - (uint32_t)sizeof before;
        assert_true(cpu_debug_read(cpu, below, before, sizeof before));
        cpu_set(cpu, CPU_SP, bottom + left[i % 4]);
        assert_int_equal(cpu_run(cpu, sim_clock(rig.sim)->now_ps + PS_PER_SECOND), CPU_STOP_BKPT);
        assert_int_equal(cpu_get(cpu, CPU_R0), 0);
        assert_int_equal(cpu_get(cpu, CPU_PC) & ~1u, rig.session.layout.base);
        assert_true(cpu_debug_read(cpu, rig.board.record_address, &record, sizeof record));
        assert_int_equal(record.reason, REASON_FAULT);
        assert_true(cpu_debug_read(cpu, below, after, sizeof after));
        assert_memory_equal(after, before, sizeof before);
        scenario_close(&rig);
    }
}

/* STM32CubeProgrammer reads through the window between any two calls. */
static void the_window_is_there_between_calls(void **state)
{
    (void)state;
    static const enum loader_function functions[] = {LOADER_READ, LOADER_SECTOR_ERASE, LOADER_READ,
                                                     LOADER_SECTOR_ERASE};
    struct scenario_rig rig;
    open_initialised(&rig, NOR_TIMING_TYPICAL);
    for (uint32_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        uint32_t at = i << 16 | 0x100, word, results[2];
        memcpy(&word, rig.cells + at, sizeof word);
        assert_int_equal(get(&rig, rig.board.window + at), word);
        bool reads = functions[i] == LOADER_READ;
        const uint32_t arguments[4] = {rig.board.window + at, reads ? 16 : rig.board.window + at,
                                       rig.session.layout.buffer};
        scenario_assert_good(
            &rig, session_call(&rig.session, functions[i], arguments, 5000, results, &rig.error));
        assert_int_equal(results[0], 1);
        memcpy(&word, rig.cells + at, sizeof word);
        assert_int_equal(get(&rig, rig.board.window + at), word);
        assert_true(reads || word == UINT32_MAX);
    }
    scenario_close(&rig);
}

/* A fast core calls before the window's time-out has ended the last mapped access. */
static void a_call_right_after_a_window_read_works(void **state)
{
    (void)state;
    const struct scenario scenario = {
        .host = "cubeprogrammer-jlink", .cpu_hz = 800000000, .content = CONTENT_USED, .seed = 6};
    struct scenario_rig rig;
    scenario_open(&rig, &scenario);
    scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_WRITE, &rig.error));
    get(&rig, rig.board.window + 0x1000);
    run_into_erase(&rig);
    run_to_return(&rig);
    scenario_close(&rig);
}

/* A debugger halts a call and starts over: what the first one found comes back. */
static void a_second_call_restores_what_the_first_found(void **state)
{
    (void)state;
    static const uint32_t vtor = 0x34001000;
    struct scenario_rig rig;
    open_initialised(&rig, NOR_TIMING_TYPICAL);
    put(&rig, VTOR, vtor);
    run_into_erase(&rig);
    scenario_assert_good(&rig,
                         session_call_checked(&rig.session, LOADER_INIT, init, 5000, &rig.error));
    assert_int_equal(get(&rig, VTOR), vtor);
    scenario_close(&rig);
}

/* 0 would mean that all is equal. */
static void a_fault_in_verify_is_not_equality(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2] = {0, 0};
    open_initialised(&rig, NOR_TIMING_TYPICAL);
    const uint32_t arguments[4] = {rig.board.window, NOWHERE, 16, 0};
    scenario_assert_good(
        &rig, session_call(&rig.session, LOADER_VERIFY, arguments, 1000, results, &rig.error));
    assert_int_equal(results[0], rig.board.window | 1u);
    assert_true(session_read_record(&rig.session));
    assert_int_equal(rig.session.record.reason, REASON_FAULT);
    assert_int_equal(get(&rig, CFSR), 0); /* nor is the fault left for the next reader */
    assert_int_equal(get(&rig, HFSR), 0);
    scenario_close(&rig);
}

/* Downloads, and lets the board block in RAM differ from what was built; its CRC is right. */
static void download_with(struct scenario_rig *rig, void (*change)(struct board_block *))
{
    const struct scenario scenario = {
        .host = "cubeprogrammer-jlink", .content = CONTENT_USED, .seed = 6};
    const uint32_t start = (uint32_t)offsetof(struct board_block, crc) + 4;
    struct board_block block;
    scenario_open(rig, &scenario);
    scenario_assert_good(rig, session_download(&rig->session, &rig->error));
    struct cpu *cpu = sim_cpu(rig->sim);
    uint32_t at = rig->session.layout.image + pack_loader_image()->board_block;
    assert_true(cpu_debug_read(cpu, at, &block, offsetof(struct board_block, script)));
    assert_true(cpu_debug_read(cpu, at, &block, block.size));
    change(&block);
    block.crc = crc32_of((const uint8_t *)&block + start, block.size - start);
    assert_true(cpu_debug_write(cpu, at, &block, block.size));
    scenario_assert_good(rig,
                         session_call_checked(&rig->session, LOADER_INIT, init, 1000, &rig->error));
}

static void move_record(struct board_block *block)
{
    block->record_address = NOWHERE;
}

/* The image has a record of its own for that. */
static void a_record_without_ram_is_replaced(void **state)
{
    (void)state;
    struct scenario_rig rig;
    struct record record;
    download_with(&rig, move_record);
    uint32_t at = rig.session.layout.image + pack_loader_image()->own_record;
    assert_true(cpu_debug_read(sim_cpu(rig.sim), at, &record, sizeof record));
    assert_int_equal(record.magic, RECORD_MAGIC);
    assert_int_equal(record.phase, PHASE_RETURNED);
    scenario_close(&rig);
}

/* EBh of the S25FL064L: two clocks of mode byte, eight of latency as delivered [FMF]. */
static void read_by_eb(struct board_block *block)
{
    block->flash.read_fast = (struct flash_command){.opcode = 0xEB,
                                                    .command_lanes = 1,
                                                    .address_lanes = 4,
                                                    .data_lanes = 4,
                                                    .mode_clocks = 2,
                                                    .mode_value = 0,
                                                    .dummy_clocks = 8};
}

static void a_read_with_a_mode_byte_works(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2];
    uint8_t bytes[64];
    download_with(&rig, read_by_eb);
    for (unsigned n = 0; n < 2; n++) {
        const uint32_t arguments[4] = {rig.board.window + 0x321, sizeof bytes,
                                       rig.session.layout.buffer};
        struct nor_state now;
        scenario_assert_good(
            &rig, session_call(&rig.session, LOADER_READ, arguments, 1000, results, &rig.error));
        assert_int_equal(results[0], 1);
        assert_true(
            cpu_debug_read(sim_cpu(rig.sim), rig.session.layout.buffer, bytes, sizeof bytes));
        assert_memory_equal(bytes, rig.cells + 0x321, sizeof bytes);
        nor_get_state(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, &now);
        assert_false(now.continuous_read);
    }
    scenario_close(&rig);
}

static void sectors_of_4_kib(struct board_block *block)
{
    block->sector_size = 0x1000;
}

/* Larger erase types where they fit, and only there. */
static void small_sectors_keep_their_neighbours(void **state)
{
    (void)state;
    struct scenario_rig rig;
    uint32_t results[2];
    download_with(&rig, sectors_of_4_kib);
    uint32_t size = rig.board.part.size, start = 0xF000, end = 0x31000;
    uint8_t *expected = malloc(size);
    assert_non_null(expected);
    memcpy(expected, rig.cells, size);
    memset(expected + start, 0xFF, end - start);
    const uint32_t arguments[4] = {rig.board.window + start, rig.board.window + end - 1};
    scenario_assert_good(&rig, session_call(&rig.session, LOADER_SECTOR_ERASE, arguments, 20000,
                                            results, &rig.error));
    assert_int_equal(results[0], 1);
    assert_memory_equal(expected, rig.cells, size);
    free(expected);
    scenario_close(&rig);
}

/* A fast core does not outrun the chip's power-up time. */
static void a_chip_that_just_got_power_is_waited_for(void **state)
{
    (void)state;
    const struct scenario scenario = {.host = "cubeprogrammer-jlink", .cpu_hz = 800000000};
    struct scenario_rig rig;
    scenario_open(&rig, &scenario);
    scenario_assert_good(&rig, session_download(&rig.session, &rig.error));
    nor_set_power(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, false);
    nor_set_power(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, true);
    scenario_assert_good(&rig,
                         session_call_checked(&rig.session, LOADER_INIT, init, 1000, &rig.error));
    scenario_close(&rig);
}

/* With 4-byte addresses it is the longer all-ones frames that reach the mode byte; and a chip that
 * wakes up must be awake when the reset comes that takes it back to 3. */
static void long_addresses_and_another_state_are_left(void **state)
{
    (void)state;
    static const char *const others[] = {"continuous-read", "deep-power-down", "qpi"};
    const struct scenario scenario = {.host = "cubeprogrammer-jlink", .cpu_hz = 800000000};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct scenario_rig rig;
        struct nor_state found;
        scenario_open(&rig, &scenario);
        scenario_assert_good(&rig, session_download(&rig.session, &rig.error));
        uint64_t now = sim_clock(rig.sim)->now_ps;
        assert_true(nor_inherit(sim_nor(rig.sim), now, "4-byte"));
        assert_true(nor_inherit(sim_nor(rig.sim), now, others[i]));
        nor_get_state(sim_nor(rig.sim), now, &found);
        assert_true(found.continuous_read || found.deep_power_down || found.qpi);
        assert_int_equal(found.address_bytes, 4);
        scenario_assert_good(
            &rig, session_call_checked(&rig.session, LOADER_INIT, init, 1000, &rig.error));
        nor_get_state(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, &found);
        assert_false(found.continuous_read || found.deep_power_down || found.qpi);
        assert_int_equal(found.address_bytes, 3);
        scenario_close(&rig);
    }
}

/* What a reset left in RAM is not told as true: its sum is wrong, so it is made anew. */
static void a_damaged_record_is_made_anew(void **state)
{
    (void)state;
    struct scenario_rig rig;
    open_initialised(&rig, NOR_TIMING_TYPICAL);
    put(&rig, rig.board.record_address + (uint32_t)offsetof(struct record, fault.cfsr), 0xBAD);
    scenario_assert_good(&rig,
                         session_call_checked(&rig.session, LOADER_INIT, init, 1000, &rig.error));
    assert_true(session_read_record(&rig.session));
    assert_int_equal(rig.session.record.fault.cfsr, 0);
    assert_int_equal(rig.session.record.calls, 1);
    scenario_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interrupt_in_a_call_is_held_back),
        cmocka_unit_test(an_nmi_in_a_call_ends_it),
        cmocka_unit_test(a_call_has_the_core_as_it_needs_it),
        cmocka_unit_test(a_second_call_restores_what_the_first_found),
        cmocka_unit_test(the_window_is_device_in_a_call),
        cmocka_unit_test(a_stack_overflow_ends_the_call),
        cmocka_unit_test(the_window_is_there_between_calls),
        cmocka_unit_test(a_call_right_after_a_window_read_works),
        cmocka_unit_test(a_fault_in_verify_is_not_equality),
        cmocka_unit_test(a_record_without_ram_is_replaced),
        cmocka_unit_test(a_read_with_a_mode_byte_works),
        cmocka_unit_test(a_chip_that_just_got_power_is_waited_for),
        cmocka_unit_test(long_addresses_and_another_state_are_left),
        cmocka_unit_test(small_sectors_keep_their_neighbours),
        cmocka_unit_test(a_damaged_record_is_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

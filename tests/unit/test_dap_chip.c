/* SPDX-License-Identifier: MIT */
/* The debug side of the simulated board, reached by its wires as a probe reaches it. */
#include "test_dap_probe.h"

#include "serve/bitbang.h"
#include "target/sim_target.h"

#include <stdio.h>
#include <string.h>

#define DHCSR     UINT32_C(0xE000EDF0)
#define DCRSR     UINT32_C(0xE000EDF4)
#define DCRDR     UINT32_C(0xE000EDF8)
#define DEMCR     UINT32_C(0xE000EDFC)
#define DFSR      UINT32_C(0xE000ED30)
#define AIRCR     UINT32_C(0xE000ED0C)
#define KEY       UINT32_C(0xA05F0000)
#define HALTED    UINT32_C(0x00020000)
#define DBGMCU_SR UINT32_C(0x440010FC)
#define CODE      UINT32_C(0x34180000)

struct rig {
    struct board board;
    struct target target;
    struct chip chip;
    struct probe probe;
    char note[256];
};

static void on_wires(void *context, bool tck, bool tms, bool tdi)
{
    chip_wires(context, tck, tms, tdi);
}

static void on_note(void *context, const char *text)
{
    struct rig *rig = context;
    snprintf(rig->note, sizeof rig->note, "%s", text);
}

static void dp_write(struct rig *rig, unsigned address, uint32_t value)
{
    probe_access(&rig->probe, TAP_DPACC, false, address, value);
}

/* The error of the last access, which is cleared. */
static bool failed(struct rig *rig)
{
    probe_access(&rig->probe, TAP_DPACC, true, 0x4, 0);
    const uint64_t out = probe_access(&rig->probe, TAP_DPACC, true, 0xC, 0);
    dp_write(rig, 0x4, 0x50000020);
    return (out >> 3 & 0x20u) != 0;
}

static void choose(struct rig *rig, unsigned ap, uint32_t csw, uint32_t address)
{
    dp_write(rig, 0x8, (uint32_t)ap << 24);
    probe_access(&rig->probe, TAP_APACC, false, 0x0, csw);
    probe_access(&rig->probe, TAP_APACC, false, 0x4, address);
}

static uint32_t peek_by(struct rig *rig, unsigned ap, uint32_t csw, uint32_t address)
{
    choose(rig, ap, csw, address);
    probe_access(&rig->probe, TAP_APACC, true, 0xC, 0);
    return (uint32_t)(probe_access(&rig->probe, TAP_DPACC, true, 0xC, 0) >> 3);
}

static uint32_t peek(struct rig *rig, uint32_t address)
{
    return peek_by(rig, 1, 0x0B000002, address);
}

static void poke(struct rig *rig, uint32_t address, uint32_t value)
{
    choose(rig, 1, 0x0B000002, address);
    probe_access(&rig->probe, TAP_APACC, false, 0xC, value);
}

static uint32_t core_register(struct rig *rig, uint32_t number)
{
    poke(rig, DCRSR, number);
    return peek(rig, DCRDR);
}

static void set_core_register(struct rig *rig, uint32_t number, uint32_t value)
{
    poke(rig, DCRDR, value);
    poke(rig, DCRSR, UINT32_C(0x10000) | number);
}

static int open_rig(void **state)
{
    static struct rig rig;
    struct error error = {0};
    const struct sim_target_options options = {.link = link_find("jlink")};
    rig = (struct rig){0};
    assert_true(board_load(&rig.board, "stm32n655-s25fl064l", &error));
    assert_true(sim_target_open(&rig.target, &rig.board, &options, &error));
    chip_init(&rig.chip, &rig.board, sim_target_sim(&rig.target));
    rig.chip.core_port.note = on_note;
    rig.chip.core_port.note_context = &rig;
    rig.probe = (struct probe){&rig.chip, on_wires, &rig.chip.tap};
    probe_walk(&rig.probe, "111110");
    dp_write(&rig, 0x4, 0x50000000);
    *state = &rig;
    return 0;
}

static int close_rig(void **state)
{
    struct rig *rig = *state;
    rig->target.ops->close(rig->target.context);
    return 0;
}

static void halt(struct rig *rig)
{
    poke(rig, DHCSR, KEY | 3u);
    assert_true((peek(rig, DHCSR) & HALTED) != 0);
}

/* A program of halfwords at CODE, about to run, halted. */
static void load(struct rig *rig, uint32_t first, uint32_t second)
{
    halt(rig);
    poke(rig, CODE, first);
    poke(rig, CODE + 4, second);
    set_core_register(rig, 15, CODE);
    set_core_register(rig, 16, 0x01000000);
    poke(rig, DFSR, 0x1F);
}

static void test_ports(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(peek_by(rig, 0, 0x0B000002, 0x44001000), 0x6486); /* DEV_ID 0x486 */
    assert_int_equal(peek_by(rig, 0, 0x0B000002, 0x80001000), 0x6486);
    assert_int_equal(peek_by(rig, 0, 0x0B000002, DBGMCU_SR), 0x30000);
    assert_false(failed(rig));
    choose(rig, 0, 0x0B000002, 0x4400101C); /* the watchdog's freeze */
    probe_access(&rig->probe, TAP_APACC, false, 0xC, 0x40000);
    assert_int_equal(peek_by(rig, 0, 0x0B000002, 0x4400101C), 0x40000);
    peek_by(rig, 0, 0x0B000002, 0x44002000);
    assert_true(failed(rig));
    peek_by(rig, 0, 0x0B000000, 0x44001000); /* an APB has no bytes */
    assert_true(failed(rig));
    assert_int_equal(peek(rig, 0xE000ED00), 0x411FD221); /* Cortex-M55 r1p1 */
    assert_int_equal(peek_by(rig, 7, 0x0B000002, 0), 0); /* no such port */
    assert_false(failed(rig));
}

static void test_memory(void **state)
{
    struct rig *rig = *state;
    poke(rig, CODE, 0x12345678);
    assert_int_equal(peek(rig, CODE), 0x12345678);
    assert_int_equal(peek(rig, CODE - UINT32_C(0x10000000)), 0x12345678); /* Non-secure alias */
    assert_int_equal(peek_by(rig, 1, 0x0B000001, CODE + 2), 0x12340000);
    assert_false(failed(rig));
    peek_by(rig, 1, 0x4B000002,
            CODE); /* HNONSEC: Secure RAM is out of reach, its other alias is not */
    assert_true(failed(rig));
    assert_int_equal(peek_by(rig, 1, 0x4B000002, CODE - UINT32_C(0x10000000)), 0x12345678);
    assert_false(failed(rig));
}

static void test_halt_in_rom_and_run(void **state)
{
    struct rig *rig = *state;
    const uint32_t first = peek(rig, DHCSR);
    assert_int_equal(first & (HALTED | 0x02000000u), 0x02000000); /* runs; was reset, told once */
    assert_int_equal(peek(rig, DHCSR) & 0x02000000u, 0);
    halt(rig);
    assert_int_equal(core_register(rig, 15), 0x18003514);
    poke(rig, DHCSR, KEY | 1u);
    assert_int_equal(peek(rig, DHCSR) & HALTED, 0); /* waits in the ROM again */
    load(rig, 0xBE00202A, 0);                       /* MOVS R0, #42; BKPT */
    set_core_register(rig, 0, 7);
    assert_int_equal(core_register(rig, 0), 7);
    poke(rig, DHCSR, KEY | 9u); /* C_MASKINTS */
    assert_int_equal(peek(rig, DHCSR) & (HALTED | 8u), HALTED | 8u);
    assert_int_equal(core_register(rig, 0), 42);
    assert_int_equal(core_register(rig, 15), CODE + 2);
    assert_int_equal(peek(rig, DFSR), 2); /* BKPT */
    poke(rig, DFSR, 2);
    assert_int_equal(peek(rig, DFSR), 0);
}

static void test_running_core(void **state)
{
    struct rig *rig = *state;
    load(rig, 0xE7FE, 0); /* B . */
    poke(rig, DHCSR, KEY | 1u);
    const uint64_t start = sim_clock(rig->chip.sim)->now_ps;
    assert_int_equal(peek(rig, DHCSR) & HALTED, 0);
    const uint64_t once = sim_clock(rig->chip.sim)->now_ps - start;
    assert_true(once >= CORE_PORT_LOOK_PS && once < 2 * CORE_PORT_LOOK_PS);
    set_core_register(rig, 0, 0x55); /* out of reach while it runs */
    poke(rig, CODE + 8, 1);          /* memory is not */
    assert_int_equal(sim_clock(rig->chip.sim)->now_ps - start, once);
    halt(rig);
    assert_int_not_equal(core_register(rig, 0), 0x55);
    assert_int_equal(peek(rig, CODE + 8), 1);
    assert_int_equal(peek(rig, DFSR), 1); /* HALTED */
    poke(rig, DHCSR, 1);                  /* without the key */
    assert_int_equal(peek(rig, DHCSR) & HALTED, HALTED);
}

static void test_step_and_breakpoint(void **state)
{
    struct rig *rig = *state;
    load(rig, 0x30013001, 0x30013001); /* ADDS R0, #1, four times */
    set_core_register(rig, 0, 0);
    poke(rig, DHCSR, KEY | 5u); /* C_STEP */
    assert_int_equal(peek(rig, DHCSR) & HALTED, HALTED);
    assert_int_equal(core_register(rig, 15), CODE + 2);
    assert_int_equal(core_register(rig, 0), 1);
    assert_int_equal(peek(rig, 0xE0002000) & 0xF00000F0u,
                     0x10000080); /* version 2, 8 comparators */
    poke(rig, 0xE0002010, (CODE + 6) | 1u);
    poke(rig, 0xE0002000, 3);
    poke(rig, DHCSR, KEY | 1u);
    assert_int_equal(peek(rig, DHCSR) & HALTED, HALTED);
    assert_int_equal(core_register(rig, 15), CODE + 6);
    assert_int_equal(peek(rig, DFSR) & 2u, 2);
    poke(rig, DFSR, 0x1F);
    poke(rig, DHCSR, KEY | 1u); /* it stays where the breakpoint is */
    assert_int_equal(peek(rig, DFSR), 2);
    assert_int_equal(core_register(rig, 15), CODE + 6);
    poke(rig, CODE + 8, 0xBE00);
    set_core_register(rig, 15, CODE);
    poke(rig, 0xE0002000, 2); /* off */
    poke(rig, DHCSR, KEY | 1u);
    assert_int_equal(peek(rig, DHCSR) & HALTED, HALTED);
    assert_int_equal(core_register(rig, 15), CODE + 8);
    assert_int_equal(peek(rig, 0xE0001000) >> 28, 0); /* no data comparators are modelled */
}

static void test_lockup_is_told(void **state)
{
    struct rig *rig = *state;
    load(rig, 0xDE00, 0);              /* UDF, with vectors that are nowhere */
    poke(rig, 0xE000ED08, 0x20000000); /* VTOR */
    set_core_register(rig, 13, 0x10);
    poke(rig, DHCSR, KEY | 1u);
    assert_int_equal(peek(rig, DHCSR) & 0xA0000u, 0x80000); /* S_LOCKUP, not halted */
    assert_non_null(strstr(rig->note, "lockup"));
    halt(rig);
}

static void test_reset_locks_the_port(void **state)
{
    struct rig *rig = *state;
    load(rig, 0xE7FE, 0);
    poke(rig, AIRCR, UINT32_C(0x05FA0004));
    assert_false(failed(rig));
    assert_int_equal(peek_by(rig, 0, 0x0B000002, DBGMCU_SR), 0x10000);
    peek(rig, CODE);
    assert_true(failed(rig));
    for (unsigned i = 0; i < CHIP_LOCK_CLOCKS; i++) {
        probe_walk(&rig->probe, "0");
    }
    assert_int_equal(peek_by(rig, 0, 0x0B000002, DBGMCU_SR), 0x30000);
    const uint32_t dhcsr = peek(rig, DHCSR);
    assert_false(failed(rig));
    assert_int_equal(dhcsr & (HALTED | 0x02000000u), 0x02000000);
}

static void test_reset_with_catch_and_nrst(void **state)
{
    struct rig *rig = *state;
    halt(rig);
    poke(rig, DEMCR, 1); /* VC_CORERESET */
    chip_resets(&rig->chip, true, false);
    peek(rig, CODE);
    assert_true(failed(rig));
    chip_resets(&rig->chip, false, false);
    for (unsigned i = 0; i < CHIP_LOCK_CLOCKS; i++) {
        probe_walk(&rig->probe, "0");
    }
    assert_int_equal(peek(rig, DHCSR) & (HALTED | 0x02000000u), HALTED | 0x02000000u);
    assert_int_equal(peek(rig, DFSR) & 8u, 8);
    chip_resets(&rig->chip, false, true); /* TRST */
    assert_int_equal(rig->chip.tap.state, TAP_RESET);
}

/* The bytes that OpenOCD documents: reset, then IDCODE of 32 bits. */
static void test_bitbang(void **state)
{
    struct rig *rig = *state;
    char bytes[512] = "Bb262626262604260404", answers[512];
    size_t size = strlen(bytes), used = 0, count = 0;
    uint32_t idcode = 0;
    for (unsigned i = 0; i < 32; i++) {
        size += (size_t)snprintf(bytes + size, sizeof bytes - size, i == 31 ? "2R6" : "0R4");
    }
    assert_int_equal(bitbang_feed(&rig->chip, (const uint8_t *)bytes, size, &used, answers, &count),
                     BITBANG_MORE);
    assert_int_equal(used, size);
    assert_int_equal(count, 32);
    for (unsigned i = 0; i < 32; i++) {
        idcode |= (uint32_t)(answers[i] == '1') << i;
    }
    assert_int_equal(idcode, 0x6BA00477);
    /* s: NRST alone, the TAP stays where it is; t: TRST alone. */
    assert_int_equal(bitbang_feed(&rig->chip, (const uint8_t *)"s", 1, &used, answers, &count),
                     BITBANG_MORE);
    assert_true(rig->chip.in_reset);
    assert_int_not_equal(rig->chip.tap.state, TAP_RESET);
    assert_int_equal(bitbang_feed(&rig->chip, (const uint8_t *)"t", 1, &used, answers, &count),
                     BITBANG_MORE);
    assert_false(rig->chip.in_reset);
    assert_int_equal(rig->chip.tap.state, TAP_RESET);
    assert_int_equal(bitbang_feed(&rig->chip, (const uint8_t *)"tR0QR", 5, &used, answers, &count),
                     BITBANG_QUIT);
    assert_int_equal(count, 1);
    assert_int_equal(bitbang_feed(&rig->chip, (const uint8_t *)"R8R", 3, &used, answers, &count),
                     BITBANG_UNKNOWN);
    assert_int_equal(used, 1);
    assert_int_equal(count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ports),
        TEST(test_memory),
        TEST(test_halt_in_rom_and_run),
        TEST(test_running_core),
        TEST(test_step_and_breakpoint),
        TEST(test_lockup_is_told),
        TEST(test_reset_locks_the_port),
        TEST(test_reset_with_catch_and_nrst),
        TEST(test_bitbang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * The instruments: each finding is made by a loader that has that fault and no other, and no finding by
 * loaders that have none.
 */
#include "host/lifecycle.h"
#include "host/rehearse.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define JLINK  "cubeprogrammer-jlink"
#define STLINK "cubeprogrammer-stlink"
#define NATIVE "native"

struct expected {
    const char *fixture, *host;
    enum finding_id id;
    enum finding_severity severity;
    const char *call;
    const char *what[3]; /* all of them in the line, the outcome or the trace */
};

/* The first three are the seed's situations in words: fails unmasked only; erases and then fails the
 * write; fails in the second Init. */
static const struct expected table[] = {
    {"systick_unmasked",
     JLINK,
     FINDING_INTERRUPT,
     SEVERITY_ERROR,
     "Init",
     {"SysTick is taken at delay_ms", "does not mask interrupts; its vector holds 0x00000000",
      "UsageFault (INVSTATE) at 0x00000000, then lockup"}},
    {"data_under_buffer",
     STLINK,
     FINDING_DATA_UNDER_BUFFER,
     SEVERITY_ERROR,
     "",
     {"over 56 bytes of .bss", "Write returns 0"}},
    {"syscfg_gated",
     STLINK,
     FINDING_UNCLOCKED_ACCESS,
     SEVERITY_ERROR,
     "Init",
     {"SYSCFG.VDDIO3CCCR while SYSCFG has no clock",
      "hang at wait_compensation_cell+0x8 polling SYSCFG.VDDIO3CCSR.READY, which stays 0",
      "<- init+0x"}},
    {"held_in_reset",
     NATIVE,
     FINDING_UNCLOCKED_ACCESS,
     SEVERITY_ERROR,
     "Init",
     {"XSPI2.DCR1 while XSPI2 is held in reset", "polling XSPI2.SR.FTF, which stays 0"}},
    {"window_unclocked",
     NATIVE,
     FINDING_UNCLOCKED_ACCESS,
     SEVERITY_ERROR,
     "Init",
     {"init+0x", "uses 0x70000000 while its peripheral has no clock"}},
    {"abort_idle",
     JLINK,
     FINDING_HANG,
     SEVERITY_ERROR,
     "Init",
     {"hang at wait_for_flag+0x2 polling XSPI2.SR.TCF, which stays 0", "wait_for_flag+0x",
      "<- init+"}},
    /* of three things that the loop reads, the flag */
    {"no_tick",
     NATIVE,
     FINDING_HANG,
     SEVERITY_ERROR,
     "Init",
     {"hang at wait_for_flag_or_time", "polling XSPI2.SR.SMF, which stays 0"}},
    {"empty_vectors",
     JLINK,
     FINDING_FAULT,
     SEVERITY_ERROR,
     "Init",
     {"BusFault (PRECISERR) at read_before_abort+0x", "address 0x70000000, then lockup",
      "read_before_abort+0xc <- init+0x"}},
    {"wild_pointer",
     STLINK,
     FINDING_FAULT,
     SEVERITY_ERROR,
     "Write",
     {"BusFault (PRECISERR) at write+0x", "address 0x60000000; its handler does not return"}},
    {"asserts",
     NATIVE,
     FINDING_STRAY_BREAKPOINT,
     SEVERITY_ERROR,
     "Write",
     {"breakpoint at write+0x"}},
    {"sleeps", STLINK, FINDING_ASLEEP, SEVERITY_ERROR, "SectorErase", {"at sector_erase+0x"}},
    {"no_kernel_clock",
     STLINK,
     FINDING_BUS_STALL,
     SEVERITY_ERROR,
     "Init",
     {"0x5802A050", "at init+"}},
    {"system_reset",
     JLINK,
     FINDING_SYSTEM_RESET,
     SEVERITY_ERROR,
     "Init",
     {"restart_system+0x6 asks for a system reset"}},
    {"watchdog",
     STLINK,
     FINDING_WATCHDOG,
     SEVERITY_ERROR,
     "SectorErase",
     {"IWDG", "wait_while_writing"}},
    {"vector_unit", NATIVE, FINDING_NOT_MODELLED, SEVERITY_ERROR, "Init", {"MVE instruction"}},
    {"counted_timeout",
     NATIVE,
     FINDING_CALL_FAILED,
     SEVERITY_ERROR,
     "SectorErase",
     {"SectorErase returns 0"}},
    {"stack_deep",
     STLINK,
     FINDING_STACK_OVERFLOW,
     SEVERITY_ERROR,
     "Init",
     {"below the host's stack of 1020"}},
    {"stack_full",
     JLINK,
     FINDING_STACK_LOW,
     SEVERITY_WARNING,
     "Init",
     {"of the host's 1020 bytes"}},
    {"mailbox",
     NATIVE,
     FINDING_WRITE_OUTSIDE,
     SEVERITY_ERROR,
     "Init",
     {"init+0x", "writes 4 bytes from 0x34100000"}},
    {"code_on_stack",
     NATIVE,
     FINDING_EXECUTE_OUTSIDE,
     SEVERITY_ERROR,
     "Write",
     {"code runs at 0x3418"}},
    {"bss_not_zeroed",
     NATIVE,
     FINDING_UNINITIALISED_READ,
     SEVERITY_WARNING,
     "Init",
     {"init+0x", "reads 4 bytes from 0x3418"}},
    {"no_supply",
     NATIVE,
     FINDING_UNSUPPLIED_ACCESS,
     SEVERITY_ERROR,
     "Init",
     {"pad PN6 (CLK)", "Init returns 0"}},
    {"pin_forgotten",
     NATIVE,
     FINDING_FLASH_NOT_REACHED,
     SEVERITY_ERROR,
     "Init",
     {"pad PN1 (NCS) is not set to alternate function 9", "Init returns 0"}},
    {"clock_switched",
     JLINK,
     FINDING_CLOCK_SWITCHED,
     SEVERITY_ERROR,
     "Init",
     {"set_up_clock_tree+0x", "kernel clock of XSPI2 while its CR.EN is 1",
      "polling XSPI2.SR.TCF, which stays 0"}},
    {"fast_read",
     NATIVE,
     FINDING_OVER_CLOCK,
     SEVERITY_ERROR,
     "Init",
     {"command 03h at 64.0 MHz; S25FL064L allows 50 MHz"}},
    {"core_voltage", NATIVE, FINDING_DANGEROUS_WRITE, SEVERITY_WARNING, "Init", {"PWR_VOSCR"}},
    {"erase_end_exclusive",
     STLINK,
     FINDING_OVER_ERASE,
     SEVERITY_ERROR,
     "SectorErase",
     {"command D8h erases 0x020000..0x02ffff"}},
    {"padded_page",
     NATIVE,
     FINDING_OVER_PROGRAM,
     SEVERITY_ERROR,
     "Write",
     {"programs cells in 0x010eef..0x010eff"}},
    {"quad_for_good", NATIVE, FINDING_NONVOLATILE_WRITE, SEVERITY_WARNING, "Init", {"command 01h"}},
    {"forgets_06",
     NATIVE,
     FINDING_CELLS_DIFFER,
     SEVERITY_ERROR,
     "Write",
     {"success is returned, but", "the first at 0x00fcbb"}},
    {"left_in_qpi",
     STLINK,
     FINDING_LEFT_PROTOCOL,
     SEVERITY_ERROR,
     "Init",
     {"QPI", "Init returns 0"}},
    {"no_wait", NATIVE, FINDING_LEFT_BUSY, SEVERITY_ERROR, "SectorErase", {"under way on return"}},
    {"left_write_enabled", NATIVE, FINDING_LEFT_WRITE_ENABLED, SEVERITY_WARNING, "Init", {"WEL"}},
    {"not_mapped",
     STLINK,
     FINDING_WINDOW_UNMAPPED,
     SEVERITY_ERROR,
     "Init",
     {"0x70000000 is not mapped on return", "bus error reading"}},
    {"left_4byte",
     STLINK,
     FINDING_BOOT_LOST,
     SEVERITY_ERROR,
     "",
     {"the boot ROM reads by 03h", "4-byte addresses"}},
};

#define TABLE_SIZE (sizeof table / sizeof table[0])

/* Gives back what Init used of the stacks. */
static struct watch_stack rehearse_one(struct findings *findings, const char *board,
                                       const char *fixture, const char *host)
{
    struct watch_stack init_stack;
    char path[512];
    struct scenario_rig rig;
    struct instrument instrument;
    snprintf(path, sizeof path, "%s/%s.stldr", EXTLOAD_FIXTURES, fixture != NULL ? fixture : "");
    const struct scenario scenario = {.board = board,
                                      .host = host,
                                      .loader = fixture != NULL ? path : NULL,
                                      .content = CONTENT_USED,
                                      .seed = 5};
    scenario_open(&rig, &scenario);
    scenario_assert_good(
        &rig, instrument_open(&instrument, &rig.session, rig.sim, rig.cells, findings, &rig.error));
    scenario_assert_good(&rig, rehearse(&instrument, &rig.error));
    init_stack = instrument.stack[LOADER_INIT];
    instrument_close(&instrument);
    scenario_close(&rig);
    return init_stack;
}

static void assert_none(const struct findings *findings, const char *whose)
{
    if (findings->count > 0) {
        findings_print(stdout, findings);
        fail_msg("%s: %u findings", whose, findings->count);
    }
}

static bool says(const struct finding *finding, const char *text)
{
    return strstr(finding->what, text) != NULL || strstr(finding->outcome, text) != NULL ||
           strstr(finding->trace, text) != NULL;
}

static void assert_finding(const struct expected *row, const struct findings *findings)
{
    if (findings->count != 1 || findings->items[0].id != row->id) {
        findings_print(stdout, findings);
        fail_msg("%s: %u findings, not one of %s", row->fixture, findings->count,
                 finding_name(row->id));
    }
    const struct finding *finding = &findings->items[0];
    assert_int_equal(finding->severity, row->severity);
    assert_string_equal(finding->call, row->call);
    assert_string_equal(finding->hosts, row->host);
    for (int i = 0; i < 3 && row->what[i] != NULL; i++) {
        if (!says(finding, row->what[i])) {
            findings_print(stdout, findings);
            fail_msg("%s: it does not say \"%s\"", row->fixture, row->what[i]);
        }
    }
}

static void each_fault_makes_its_own_finding(void **state)
{
    (void)state;
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        struct findings findings = {0};
        rehearse_one(&findings, NULL, table[i].fixture, table[i].host);
        assert_finding(&table[i], &findings);
        findings_release(&findings);
    }
}

/* Those of a check have theirs in tests/unit/test_check.c. */
static void every_finding_has_its_loader(void **state)
{
    (void)state;
    for (int id = 0; id < FINDING_COUNT; id++) {
        bool found = finding_maker((enum finding_id)id) != MADE_BY_REHEARSAL;
        for (size_t i = 0; i < TABLE_SIZE; i++) {
            found = found || (int)table[i].id == id;
        }
        if (!found) {
            fail_msg("no loader makes %s", finding_name((enum finding_id)id));
        }
    }
}

static void our_own_loader_makes_none(void **state)
{
    (void)state;
    for (unsigned board = 0; board < scenario_board_count; board++) {
        for (unsigned i = 0; lifecycle_at(i) != NULL; i++) {
            struct findings findings = {0};
            const struct watch_stack stack =
                rehearse_one(&findings, scenario_boards[board], NULL, lifecycle_at(i)->name);
            assert_none(&findings, lifecycle_at(i)->name);
            assert_int_equal(stack.host, 0); /* the guard changes to a stack of its own */
            assert_in_range(stack.own, 200, 1024);
            findings_release(&findings);
        }
    }
}

/* What the bad loaders share has no fault, and a host that masks interrupts hides one. */
static void good_loaders_make_none(void **state)
{
    (void)state;
    for (unsigned i = 0; lifecycle_for(FORMAT_STLDR, i) != NULL; i++) {
        struct findings findings = {0};
        const struct watch_stack stack =
            rehearse_one(&findings, NULL, "plain", lifecycle_for(FORMAT_STLDR, i)->name);
        assert_none(&findings, "plain");
        assert_in_range(stack.host, 8, 200);
        assert_int_equal(stack.own, 0);
        findings_release(&findings);
    }
    struct findings findings = {0};
    rehearse_one(&findings, NULL, "systick_unmasked", STLINK);
    assert_none(&findings, "systick_unmasked, masked");
    findings_release(&findings);
}

/* The instruments change nothing: same cells, same time. */
static void looking_changes_nothing(void **state)
{
    (void)state;
    uint64_t now[2];
    for (int watched = 0; watched < 2; watched++) {
        struct scenario_rig rig;
        struct instrument instrument;
        struct image image;
        struct findings findings = {0};
        const struct scenario scenario = {.content = CONTENT_USED, .seed = 9, .host = JLINK};
        scenario_open(&rig, &scenario);
        if (watched == 1) {
            scenario_assert_good(&rig, instrument_open(&instrument, &rig.session, rig.sim,
                                                       rig.cells, &findings, &rig.error));
        }
        scenario_make_image(&image, &rig.board, 0x103, 0x4321, 3);
        scenario_assert_good(&rig, scenario_program(&rig, &image));
        now[watched] = rig.target.ops->now_ns(rig.target.context);
        if (watched == 1) {
            instrument_close(&instrument);
        }
        image_release(&image);
        scenario_close(&rig);
        assert_none(&findings, "our own");
    }
    assert_int_equal(now[0], now[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_makes_its_own_finding),
        cmocka_unit_test(every_finding_has_its_loader),
        cmocka_unit_test(our_own_loader_makes_none),
        cmocka_unit_test(good_loaders_make_none),
        cmocka_unit_test(looking_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

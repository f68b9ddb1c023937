/* SPDX-License-Identifier: MIT */
/* The rules about machine code on loaders that were not written for them: what is found there, what it
 * says, and what is not found. */
#include "check/check.h"
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct findings look(const char *name, const char *device)
{
    char path[300];
    size_t size = 0;
    struct error error = {0};
    struct findings findings = {0};
    snprintf(path, sizeof path, EXTLOAD_FIXTURES "/%s.stldr", name);
    uint8_t *bytes = image_read_whole_file(path, &size, &error);
    assert_non_null(bytes);
    assert_true(check_loader(path, bytes, size, device != NULL ? tool_device_named(device) : NULL,
                             &findings, &error));
    free(bytes);
    return findings;
}

/* NULL if there is none. */
static const struct finding *find(const struct findings *findings, enum finding_id id)
{
    for (unsigned i = 0; i < findings->count; i++) {
        if (findings->items[i].id == id) {
            return &findings->items[i];
        }
    }
    return NULL;
}

static void says(const struct findings *findings, enum finding_id id, const char *call,
                 const char *what, const char *trace)
{
    const struct finding *found = find(findings, id);
    if (found == NULL) {
        fail_msg("no %s", finding_name(id));
        return;
    }
    assert_string_equal(found->call, call);
    if (strstr(found->what, what) == NULL || strstr(found->trace, trace) == NULL) {
        fail_msg("%s: %s {%s}", finding_name(id), found->what, found->trace);
    }
}

static void a_loader_in_the_style_of_a_vendors_template(void **state)
{
    (void)state;
    struct findings findings = look("hal_style_s25fl064l", NULL);
    says(&findings, FINDING_VECTORS_ALIGN, "Init", "need a multiple of 0x400",
         "system_start < Init");
    says(&findings, FINDING_CORE_SUPPLY, "Init", "clock_run writes PWR_CR1", "clock_run < Init");
    says(&findings, FINDING_ENDLESS_LOOP, "Init", "stop_here: from the branch to itself",
         "stop_here < clock_run < Init");
    says(&findings, FINDING_ENTRY_UNMASKED, "Init",
         "Init, Write, SectorErase, MassErase, Verify, CheckSum", "");
    assert_null(find(&findings, FINDING_STACK_DEPTH));
    assert_null(find(&findings, FINDING_CORE_NEEDS));
    assert_null(find(&findings, FINDING_UNDEFINED));
    findings_release(&findings);
}

static void depth_is_told_by_the_path(void **state)
{
    (void)state;
    struct findings findings = look("stack_deep", NULL);
    says(&findings, FINDING_STACK_DEPTH, "Init",
         "of 1020 that the tool gives: Init 0 > init 1408 > ", "");
    findings_release(&findings);
    findings = look("stack_full", NULL);
    assert_null(find(&findings, FINDING_STACK_DEPTH));
    findings_release(&findings);
}

static void an_enabled_fpu_is_no_finding(void **state)
{
    (void)state;
    struct findings findings = look("vector_unit", NULL);
    assert_null(find(&findings, FINDING_FPU_OFF));
    assert_null(find(&findings, FINDING_CORE_NEEDS)); /* an N6 has it */
    findings_release(&findings);
    findings = look("vector_unit", "STM32H743ZI");
    says(&findings, FINDING_CORE_NEEDS, "Init", "MVE (Helium) instruction", "init < Init");
    findings_release(&findings);
}

static void the_device_decides_about_the_core(void **state)
{
    (void)state;
    struct findings findings = look("check/core_needs", "STM32N657X0");
    assert_null(find(&findings, FINDING_CORE_NEEDS));
    findings_release(&findings);
    findings = look("check/core_needs", "STM32H743ZI");
    assert_int_equal(find(&findings, FINDING_CORE_NEEDS)->severity, SEVERITY_ERROR);
    findings_release(&findings);
}

static void one_fault_in_many_is_found(void **state)
{
    (void)state;
    struct findings findings = look("systick_unmasked", NULL);
    says(&findings, FINDING_SYSTICK, "Init", "init sets TICKINT", "init < Init");
    assert_null(find(&findings, FINDING_TICK_STANDS)); /* nobody reads that counter */
    findings_release(&findings);
    findings = look("sleeps", NULL);
    says(&findings, FINDING_SLEEP, "SectorErase", "WFI in sector_erase",
         "sector_erase < SectorErase");
    findings_release(&findings);
    findings = look("system_reset", NULL);
    says(&findings, FINDING_RESET_REQUEST, "Init", "AIRCR.SYSRESETREQ", "restart_system < init");
    findings_release(&findings);
    findings = look("asserts", NULL);
    says(&findings, FINDING_BREAKPOINT, "Write", "BKPT 1 in write", "write < Write");
    findings_release(&findings);
    findings = look("code_on_stack", NULL);
    says(&findings, FINDING_CALL_UNKNOWN, "Write", "calls through a register", "write < Write");
    findings_release(&findings);
}

/* A plain loader has one finding about its code: it takes interrupts as they are. */
static void a_plain_loader_has_nothing_else(void **state)
{
    (void)state;
    struct findings findings = look("plain", NULL);
    assert_non_null(find(&findings, FINDING_ENTRY_UNMASKED));
    for (unsigned i = 0; i < findings.count; i++) {
        assert_int_equal(findings.items[i].severity, SEVERITY_NOTE);
    }
    findings_release(&findings);
}

static void what_only_looks_like_a_fault_is_none(void **state)
{
    (void)state;
    struct findings findings = look("check/other/careful", NULL);
    if (findings.count != 0) {
        fail_msg("%s: %s", finding_name(findings.items[0].id), findings.items[0].what);
    }
    findings_release(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loader_in_the_style_of_a_vendors_template),
        cmocka_unit_test(depth_is_told_by_the_path),
        cmocka_unit_test(an_enabled_fpu_is_no_finding),
        cmocka_unit_test(the_device_decides_about_the_core),
        cmocka_unit_test(one_fault_in_many_is_found),
        cmocka_unit_test(a_plain_loader_has_nothing_else),
        cmocka_unit_test(what_only_looks_like_a_fault_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "selftest/bench.h"

#include <stdio.h>
#include <string.h>

/* System control space [Armv8-M ARM]. */
#define CPUID    UINT32_C(0xE000ED00)
#define VTOR     UINT32_C(0xE000ED08)
#define CCR      UINT32_C(0xE000ED14)
#define CCR_DC   UINT32_C(0x00010000)
#define CCR_IC   UINT32_C(0x00020000)
#define MPU_CTRL UINT32_C(0xE000ED94)
#define SYST_CSR UINT32_C(0xE000E010)

static const struct {
    const char *name;
    enum target_register reg;
} registers[] = {
    {"PC", TARGET_PC},           {"SP", TARGET_SP},           {"xPSR", TARGET_XPSR},
    {"CONTROL", TARGET_CONTROL}, {"PRIMASK", TARGET_PRIMASK}, {"FAULTMASK", TARGET_FAULTMASK},
    {"BASEPRI", TARGET_BASEPRI}, {"MSPLIM", TARGET_MSPLIM},   {"PSPLIM", TARGET_PSPLIM}};

static const struct {
    const char *name;
    uint32_t address;
} words[] = {
    {"CPUID", CPUID}, {"VTOR", VTOR}, {"CCR", CCR}, {"MPU_CTRL", MPU_CTRL}, {"SYST_CSR", SYST_CSR}};

/* A server that does not show a register is no fault of the board. */
static void tell_registers(struct bench *bench)
{
    struct target *target = bench->plan->target;
    char text[256] = "";
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        struct error unseen = {.code = ERROR_NONE};
        uint32_t value = 0;
        const size_t used = strlen(text);
        if (target->ops->read_register(target->context, registers[i].reg, &value, &unseen)) {
            snprintf(text + used, sizeof text - used, "%s%s 0x%x", used == 0 ? "" : ", ",
                     registers[i].name, (unsigned)value);
        } else {
            snprintf(text + used, sizeof text - used, "%s%s not shown", used == 0 ? "" : ", ",
                     registers[i].name);
        }
    }
    bench_step(bench, "core found", SELFTEST_TOLD, "%s", text);
}

bool core_found(struct bench *bench, struct error *error)
{
    struct target *target = bench->plan->target;
    char text[256] = "";
    uint32_t values[sizeof words / sizeof words[0]];
    if (!target->ops->halt(target->context, error)) {
        return false;
    }
    tell_registers(bench);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const size_t used = strlen(text);
        if (!target->ops->read_memory(target->context, words[i].address, &values[i],
                                      sizeof values[i], error)) {
            return false;
        }
        snprintf(text + used, sizeof text - used, "%s%s 0x%08x", used == 0 ? "" : ", ",
                 words[i].name, (unsigned)values[i]);
        if (words[i].address == CCR && (values[i] & (CCR_DC | CCR_IC)) != 0) {
            snprintf(text + strlen(text), sizeof text - strlen(text), " (a cache is on)");
        }
    }
    bench_step(bench, "core found", SELFTEST_TOLD, "%s", text);
    return true;
}

/* SPDX-License-Identifier: MIT */
#include "cli/rig_target.h"

#include "host/silence.h"
#include "report/json_text.h"
#include "target/gdb_target.h"
#include "target/sim_target.h"

#include <stdio.h>
#include <string.h>

#define MS_PER_SECOND 1000u

static bool choose_timing(const struct options *options, enum nor_timing *timing,
                          struct error *error)
{
    static const struct {
        const char *name;
        enum nor_timing timing;
    } timings[] = {{"typical", NOR_TIMING_TYPICAL},
                   {"maximum", NOR_TIMING_MAXIMUM},
                   {"random", NOR_TIMING_RANDOM}};
    for (size_t i = 0; i < sizeof timings / sizeof timings[0]; i++) {
        if (strcmp(timings[i].name, options->timing) == 0) {
            *timing = timings[i].timing;
            return true;
        }
    }
    return error_set(error, ERROR_USAGE, NULL, 0, 0,
                     "timing '%s' is unknown; there are: typical maximum random", options->timing);
}

static bool open_simulated(struct rig *rig, const struct options *options, struct error *error)
{
    struct sim_target_options target = {
        .nor_path = options->nor,
        .link = rig->link,
        .seed = options->seed,
        .core = options->core,
        .cpu_hz = (uint32_t)options->cpu_hz,
        .no_jump = options->no_jump,
        .caches = rig->lifecycle.debug_rule != DEBUG_SAME,
        .debug_incoherent = rig->lifecycle.debug_rule == DEBUG_INCOHERENT,
    };
    return choose_timing(options, &target.timing, error) &&
           sim_target_open(&rig->target, &rig->board, &target, error);
}

/* " without MSPLIM PRIMASK": a loader without a guard takes them as it finds them. */
static void print_missing(const struct target *target)
{
    static const struct {
        enum target_register reg;
        const char *name;
    } special[] = {{TARGET_MSP, "MSP"},         {TARGET_PSP, "PSP"},
                   {TARGET_MSPLIM, "MSPLIM"},   {TARGET_PSPLIM, "PSPLIM"},
                   {TARGET_PRIMASK, "PRIMASK"}, {TARGET_FAULTMASK, "FAULTMASK"},
                   {TARGET_BASEPRI, "BASEPRI"}, {TARGET_CONTROL, "CONTROL"}};
    const char *before = ", which does not give";
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        if (!target->ops->has_register(target->context, special[i].reg)) {
            printf("%s %s", before, special[i].name);
            before = "";
        }
    }
    printf("\n");
}

static bool open_gdb(struct rig *rig, const struct options *options, struct error *error)
{
    const struct gdb_target_options target = {
        .host = rig->choice.host,
        .port = rig->choice.port,
        .timeout_ms = (unsigned)options->timeout_s * MS_PER_SECOND,
    };
    if (!gdb_target_open(&rig->target, &rig->board, &target, error)) {
        if (error->code == ERROR_TARGET) {
            const struct silence silence = {.board = &rig->board};
            silence_of_loader(&silence, &error->likely);
        }
        return false;
    }
    printf("target   %s at %s:%u", gdb_target_server(&rig->target)->name, rig->choice.host,
           rig->choice.port);
    print_missing(&rig->target);
    return true;
}

bool rig_target_open(struct rig *rig, const struct options *options, struct error *error)
{
    rig->has_target =
        rig->choice.is_gdb ? open_gdb(rig, options, error) : open_simulated(rig, options, error);
    document_set(rig->document, "target", rig_target_describe(rig));
    return rig->has_target;
}

static bool boot_simulated(struct rig *rig, struct error *error)
{
    char why[160] = "";
    if (rig->watched) {
        instrument_boot(&rig->instrument);
    }
    rig->boots = sim_boot(sim_target_sim(&rig->target), 0, why, sizeof why);
    if (rig->boots) {
        printf("boot     the ROM reads the flash by 03h and 13h\n");
        return true;
    }
    return error_set(error, ERROR_CALL_FAILED, NULL, 0, 0,
                     "the boot ROM could not read the flash: %s", why);
}

bool rig_target_finish(struct rig *rig, struct error *error)
{
    if (!rig->choice.is_gdb) {
        return boot_simulated(rig, error);
    }
    if (!rig->reset && !rig->run) {
        return true;
    }
    if (!gdb_target_reset(&rig->target, rig->run, error)) {
        return false;
    }
    printf("reset    %s\n", rig->run ? "the board runs" : "the core is halted");
    return true;
}

json_t *rig_target_describe(const struct rig *rig)
{
    char place[96];
    snprintf(place, sizeof place, "%s:%u", rig->choice.host, rig->choice.port);
    const bool is_gdb = rig->choice.is_gdb;
    return json_pack(
        "{s:s, s:o, s:o}", "kind", is_gdb ? TARGET_NAME_GDB : TARGET_NAME_SIM, "address",
        json_text(is_gdb ? place : NULL), "server",
        json_text(is_gdb && rig->has_target ? gdb_target_server(&rig->target)->name : NULL));
}

/* SPDX-License-Identifier: MIT */
#include "cli/rig.h"

#include "cli/describe.h"
#include "cli/own_loader.h"
#include "cli/progress.h"
#include "cli/rig_target.h"
#include "host/host_option.h"
#include "host/record_json.h"
#include "image/image.h"
#include "target/sim_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool load_own_loader(struct rig *rig, struct error *error)
{
    rig->own_loader = own_loader_build(&rig->loader, &rig->board, &rig->lifecycle, error);
    return rig->own_loader;
}

static bool choose_host(struct rig *rig, const struct options *options, struct error *error)
{
    const struct lifecycle *found = lifecycle_find(options->host);
    if (found == NULL) {
        error_set(error, ERROR_UNKNOWN_NAME, NULL, 0, 0, "host '%s'", options->host);
        return error_hint(error, "extload list hosts");
    }
    rig->lifecycle = *found;
    if (rig->choice.is_gdb && found->family == FAMILY_NATIVE) {
        rig->lifecycle.mask_interrupts = 0; /* PRIMASK is set instead */
    }
    for (int i = 0; options->host_options[i] != NULL; i++) {
        if (!host_option_set(&rig->lifecycle, options->host_options[i], error)) {
            return false;
        }
    }
    const char *link = options->link != NULL ? options->link : rig->lifecycle.link;
    rig->link = link_find(link);
    if (rig->link == NULL) {
        error_set(error, ERROR_UNKNOWN_NAME, NULL, 0, 0, "link '%s'", link);
        return error_hint(error, "extload list links");
    }
    return true;
}

/* What some tools do to a core, and some host options to the simulated board, no GDB server can. */
static bool suits_target(const struct rig *rig, struct error *error)
{
    if (rig->choice.is_gdb && rig->lifecycle.mask_interrupts != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0,
                  "host %s runs the core with interrupts masked (C_MASKINTS), which a GDB server "
                  "cannot",
                  rig->lifecycle.name);
        return error_hint(error, "another --host, such as native");
    }
    return !rig->choice.is_gdb || rig->lifecycle.debug_rule == DEBUG_SAME ||
           error_set(error, ERROR_USAGE, NULL, 0, 0,
                     "--host-option debug-access is about the simulated board");
}

bool rig_wants_simulated(const struct options *options, const char *command, struct error *error)
{
    struct target_choice choice;
    if (!target_choose(&choice, options->target, error)) {
        return false;
    }
    return !choice.is_gdb ||
           error_set(error, ERROR_USAGE, NULL, 0, 0,
                     "%s looks into the board, and only the simulated one can be looked into: "
                     "leave --target out",
                     command);
}

bool rig_prepare(struct rig *rig, const struct options *options, struct error *error)
{
    *rig = (struct rig){
        .boots = -1, .document = options->document, .reset = options->reset, .run = options->run};
    if (options->board == NULL) {
        return error_set(error, ERROR_USAGE, NULL, 0, 0, "--board BOARD is missing");
    }
    if (!target_choose(&rig->choice, options->target, error) ||
        !board_load(&rig->board, options->board, error)) {
        return false;
    }
    document_set(rig->document, "board", describe_board(&rig->board));
    document_set(rig->document, "target", rig_target_describe(rig));
    if (!choose_host(rig, options, error) || !suits_target(rig, error)) {
        return false;
    }
    document_set(rig->document, "host",
                 describe_host(&rig->lifecycle, rig->link, options->host_options));
    if (options->loader != NULL
            ? !loader_file_read(&rig->loader, rig->lifecycle.view, options->loader, error)
            : !load_own_loader(rig, error)) {
        return false;
    }
    document_set(rig->document, "loader", describe_loader(&rig->loader, rig->own_loader));
    return true;
}

bool rig_open(struct rig *rig, const struct options *options, struct error *error)
{
    struct session_events events = progress_events();
    if (!rig_target_open(rig, options, error) ||
        !session_open(&rig->session, &rig->target, &rig->board, &rig->lifecycle, &rig->loader,
                      &events, error)) {
        return false;
    }
    if (rig->own_loader) {
        rig->board.record_address =
            own_loader_record(&rig->loader, &rig->board, &rig->session.layout);
    }
    rig->session.leaves_record = rig->own_loader;
    rig->watched = !rig->unwatched && !rig->choice.is_gdb &&
                   (options->loader != NULL || options->json || rig->report_to != NULL);
    return !rig->watched ||
           instrument_open(&rig->instrument, &rig->session, sim_target_sim(&rig->target),
                           sim_target_cells(&rig->target),
                           rig->report_to != NULL ? rig->report_to : &rig->findings, error);
}

bool rig_boot(struct rig *rig, struct error *error)
{
    return rig_target_finish(rig, error);
}

static void document_outcome(struct rig *rig)
{
    document_set(rig->document, "findings", describe_findings(&rig->findings));
    document_set(rig->document, "run", describe_run(&rig->session, rig->boots));
    session_read_record(&rig->session);
    if (rig->session.has_record) {
        document_set(rig->document, "record",
                     record_json(&rig->session.record, &rig->board, rig->board.record_address,
                                 !rig->choice.is_gdb));
    }
}

void rig_close(struct rig *rig)
{
    progress_finish();
    if (rig->watched) {
        instrument_close(&rig->instrument);
    }
    if (rig->session.target != NULL && rig->document != NULL) {
        document_outcome(rig);
    }
    if (rig->document == NULL && rig->findings.count > 0) {
        fflush(stdout);
        findings_print(stderr, &rig->findings);
    }
    findings_release(&rig->findings);
    if (rig->has_target) {
        rig->target.ops->close(rig->target.context);
    }
    loader_file_release(&rig->loader);
    *rig = (struct rig){0};
}

static bool read_image(struct image *image, const char *argument, struct error *error)
{
    uint64_t address = 0;
    const char *at = strrchr(argument, '@');
    if (at == NULL || !options_parse_number(at + 1, &address) || address > UINT32_MAX) {
        return image_add_file(image, argument, IMAGE_BY_NAME, false, 0, error);
    }
    char path[4096];
    snprintf(path, sizeof path, "%.*s", (int)(at - argument), argument);
    return image_add_file(image, path, IMAGE_BY_NAME, true, (uint32_t)address, error);
}

bool rig_read_images(struct image *image, const struct options *options, struct error *error)
{
    image_init(image);
    if (options->argument_count == 0) {
        return error_set(error, ERROR_USAGE, NULL, 0, 0, "no image given");
    }
    for (int i = 0; i < options->argument_count; i++) {
        if (!read_image(image, options->arguments[i], error)) {
            image_release(image);
            return false;
        }
    }
    return true;
}

bool rig_clip_image(const struct rig *rig, struct image *image, const struct options *options,
                    struct error *error)
{
    struct image outside;
    image_init(&outside);
    bool good = image_clip(image, rig->loader.info.device_start_address,
                           rig->loader.info.device_size, options->only_window, &outside, error);
    for (unsigned i = 0; good && i < outside.count; i++) {
        fprintf(stderr, "left out: %s: 0x%08x..0x%08x, %u bytes\n", outside.segments[i].source,
                outside.segments[i].address,
                outside.segments[i].address + (outside.segments[i].size - 1),
                outside.segments[i].size);
    }
    if (good) {
        document_set(rig->document, "image", describe_image(image));
        document_set(rig->document, "left_out", describe_segments(&outside));
    }
    image_release(&outside);
    return good;
}

bool rig_inside(const struct rig *rig, uint32_t start, uint32_t size, const char *text,
                struct error *error)
{
    const struct storage_info *info = &rig->loader.info;
    uint32_t offset = start - info->device_start_address;
    if (offset < info->device_size && size <= info->device_size - offset) {
        return true;
    }
    return error_set(error, ERROR_IMAGE_OUTSIDE, NULL, 0, 0, "%s; the flash is 0x%08x..0x%08x",
                     text, info->device_start_address,
                     info->device_start_address + info->device_size - 1);
}

bool rig_whole_sectors(const struct rig *rig, uint32_t start, uint32_t size, struct error *error)
{
    uint32_t base = rig->loader.info.device_start_address;
    uint32_t first = 0, first_size = 0, last = 0, last_size = 0;
    loader_file_sector(&rig->loader, start - base, &first, &first_size);
    loader_file_sector(&rig->loader, start - base + size - 1, &last, &last_size);
    if (base + first == start && base + last + last_size == start + size) {
        return true;
    }
    error_set(error, ERROR_USAGE, NULL, 0, 0, "0x%08x+0x%x is not whole sectors", start, size);
    return error_hint(error, "the sectors around it are 0x%08x+0x%x", base + first,
                      last + last_size - first);
}

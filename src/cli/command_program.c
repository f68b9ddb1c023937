/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "cli/describe.h"
#include "cli/progress.h"
#include "cli/rig.h"
#include "host/boot_header.h"
#include "host/digest.h"
#include "host/loader_block.h"
#include "host/operation.h"
#include "host/program.h"

#include <stdio.h>
#include <string.h>

#define BUILD_ANEW "build the loader anew: extload build --board BOARD"

static void print_image(const struct image *image)
{
    for (unsigned i = 0; i < image->count; i++) {
        char size[24];
        progress_format_size(image->segments[i].size, size, sizeof size);
        printf("image    %s: %s at 0x%08x\n", image->segments[i].source, size,
               image->segments[i].address);
    }
}

static void print_setup(const struct rig *rig)
{
    char clock[96];
    board_describe_clock(&rig->board, clock, sizeof clock);
    printf("board    %s: %s, %s on %s, %s\n", rig->board.name, rig->board.mcu, rig->board.part.name,
           rig->board.controller, clock);
    printf("loader   %s, %u bytes at 0x%08x, driven as %s over %s\n", rig->loader.path,
           rig->loader.file_size,
           rig->session.layout.image != 0 ? rig->session.layout.image : rig->board.loader_base + 4,
           rig->lifecycle.name, rig->choice.is_gdb ? "a GDB server" : rig->link->name);
}

static void print_plan(const struct rig *rig, const struct plan *plan, bool keep)
{
    for (unsigned i = 0; i < plan->count;) {
        uint32_t start = 0, size = 0, covered = 0;
        i += plan_run(plan, i, &start, &size, &covered);
        printf("sectors  0x%08x..0x%08x: %u bytes, of which the image gives %u\n", start,
               start + (size - 1), size, covered);
    }
    if (plan->neighbour_bytes > 0) {
        printf("%s %llu bytes of these sectors that no image gives\n",
               keep ? "keeps   " : "destroys", (unsigned long long)plan->neighbour_bytes);
    }
    printf("expected %.1f s typical, %.1f s at most (part times: %s)\n",
           (double)plan->typical_ms / 1000, (double)plan->maximum_ms / 1000,
           rig->board.part.timing_source);
}

/* A tool that does not preserve loses these bytes; say which before they go. */
static void warn_destroyed(const struct plan *plan)
{
    for (unsigned i = 0; i < plan->count; i++) {
        const struct plan_sector *sector = &plan->sectors[i];
        if (sector->covered < sector->size) {
            fprintf(stderr,
                    "note: erasing 0x%08x..0x%08x destroys %u bytes there that no image gives\n",
                    sector->address, sector->address + (sector->size - 1),
                    sector->size - sector->covered);
        }
    }
}

static void warn_boot(const struct rig *rig, const struct image *image)
{
    struct boot_doubt doubt;
    if (boot_header_doubt(&rig->board, image, &doubt)) {
        fprintf(stderr, "warning: %s\n  try: %s\n", doubt.what, doubt.hint);
        document_warn(rig->document, doubt.id, doubt.what, doubt.hint);
    }
}

static void print_rate(const char *what, uint64_t bytes, uint64_t ns)
{
    char size[24], time[24];
    progress_format_size(bytes, size, sizeof size);
    progress_format_time(ns, time, sizeof time);
    printf("%-8s %-12s %10s", what, size, time);
    if (ns > 0 && bytes > 0) {
        printf("  %8.1f KB/s", (double)bytes * 1e6 / (double)ns);
    }
    printf("\n");
}

static void print_report(const struct rig *rig, const struct program_report *report)
{
    char total[24];
    if (report->compared_bytes > 0) {
        print_rate("compare", report->compared_bytes, report->compare_ns);
    }
    if (report->same_bytes > 0) {
        char same[24];
        progress_format_size(report->same_bytes, same, sizeof same);
        printf("same     %s hold what they shall, and were left alone\n", same);
    }
    print_rate("erased", report->erased_bytes, report->erase_ns);
    if (report->sectors_skipped > 0) {
        printf("skipped  %u sectors that need no erase\n", report->sectors_skipped);
    }
    print_rate("program", report->written_bytes, report->program_ns);
    if (report->proof_bytes > 0) { /* else what was compared is the proof */
        print_rate("verify", report->proof_bytes, report->verify_ns);
    }
    if (rig->lifecycle.digests) {
        printf("proof    %s\n", report->by_digest ? "digests of the flash, computed by the loader"
                                                  : "the bytes, compared");
    }
    if (report->kept_bytes > 0) {
        printf("kept     %llu bytes around the image\n", (unsigned long long)report->kept_bytes);
    }
    progress_format_time(rig->target.ops->now_ns(rig->target.context), total, sizeof total);
    printf("done     %s of the board's time, %u calls, %u downloads\n", total,
           rig->session.stats.calls, rig->session.stats.downloads);
}

/* What the user must know who finds the flash half done. */
static void print_unfinished(const struct program_report *report)
{
    fprintf(stderr, "stopped during %s: %llu bytes erased, %llu of %llu bytes written%s\n",
            report->stage, (unsigned long long)report->erased_bytes,
            (unsigned long long)report->written_bytes, (unsigned long long)report->write_bytes,
            report->written_bytes < report->write_bytes ? "; the rest is not" : "");
}

static void print_word(const char *text)
{
    fprintf(stderr, " '");
    for (; *text != '\0'; text++) {
        fprintf(stderr, *text == '\'' ? "'\\''" : "%c", *text);
    }
    fprintf(stderr, "'");
}

/* Where the bytes around the image are, and the command, for a shell, that puts them back. */
static void print_kept(const struct rig *rig, const struct program_report *report,
                       const struct options *options)
{
    if (report->kept_path[0] == '\0') {
        return;
    }
    fprintf(stderr,
            "kept: %s holds the %llu bytes around the image\n  put back: extload program --board",
            report->kept_path, (unsigned long long)report->kept_bytes);
    print_word(rig->board.path);
    if (options->loader != NULL) {
        fprintf(stderr, " --loader");
        print_word(options->loader);
    }
    if (rig->lifecycle.format == FORMAT_ALGORITHM) {
        fprintf(stderr, " --host %s", rig->lifecycle.name);
    }
    if (rig->choice.is_gdb) {
        fprintf(stderr, " --target");
        print_word(options->target);
    }
    if (options->nor != NULL) {
        fprintf(stderr, " --nor");
        print_word(options->nor);
    }
    print_word(report->kept_path);
    fprintf(stderr, "\n");
}

static bool is_full(const struct options *options)
{
    return options->proof != NULL && strcmp(options->proof, "full") == 0;
}

/* Such a loader erases more than the plan may know of: it is driven by its StorageInfo alone. */
static bool has_other_units(const struct rig *rig)
{
    return rig->lifecycle.digests && digest_exported(&rig->loader) &&
           !loader_block_has_units(&rig->loader, &rig->board);
}

static void warn_units(const struct rig *rig)
{
    char what[700];
    if (has_other_units(rig)) {
        snprintf(what, sizeof what,
                 "%s was built for a flash of other size or erase units than %s has: no digests, "
                 "and whole sectors as its StorageInfo tells them",
                 rig->loader.path, rig->board.path);
        fprintf(stderr, "warning: %s\n  try: %s\n", what, BUILD_ANEW);
        document_warn(rig->document, "loader-units", what, BUILD_ANEW);
    }
}

/* An option that cannot do anything is refused, not ignored. */
static bool check_proof(const struct rig *rig, const struct options *options, struct error *error)
{
    const char *proof = options->proof;
    const bool full = is_full(options);
    if (proof != NULL && !full && strcmp(proof, "digest") != 0) {
        return error_set(error, ERROR_USAGE, NULL, 0, 0, "--verify: '%s'; digest or full", proof);
    }
    if (options->rewrite && options->skip_blank) {
        error_set(error, ERROR_USAGE, NULL, 0, 0,
                  "--rewrite erases everything, and --skip-blank what is not blank");
        return error_hint(error, "keep one of them");
    }
    if ((proof == NULL && !options->rewrite) ||
        digest_can(&rig->lifecycle, &rig->loader, &rig->board) ||
        (full && !options->rewrite && rig->lifecycle.digests)) {
        return true;
    }
    error_set(error, ERROR_USAGE, NULL, 0, 0, "--%s is about digests, and %s",
              options->rewrite ? "rewrite" : "verify",
              has_other_units(rig)     ? "this loader was built for other erase units"
              : rig->lifecycle.digests ? "this loader has no extload_Digest"
                                       : "this host asks for none");
    return error_hint(error, has_other_units(rig) ? BUILD_ANEW : "leave it out");
}

static bool program(struct rig *rig, const struct image *image, const struct plan *plan, bool keep,
                    const struct options *options, struct error *error)
{
    struct program_report report = {0};
    if (!rig_open(rig, options, error)) {
        return false;
    }
    print_setup(rig);
    print_image(image);
    fflush(stdout);
    if (!keep) {
        warn_destroyed(plan);
    }
    const struct program_keeping keeping = {.neighbours = keep,
                                            .folder = options->keep_dir,
                                            .file_stays = options->keep_file,
                                            .skip_blank = options->skip_blank,
                                            .rewrite = options->rewrite,
                                            .verify_full = is_full(options)};
    const bool good = program_run(&rig->session, image, plan, &keeping, &report, error);
    document_set(rig->document, "progress", describe_progress(&report));
    progress_finish();
    if (!good) {
        print_unfinished(&report);
        print_kept(rig, &report, options);
        return false;
    }
    print_report(rig, &report);
    print_kept(rig, &report, options);
    return rig_boot(rig, error);
}

int command_program(const struct options *options, struct error *error)
{
    struct rig rig;
    struct image image;
    struct plan plan = {0};
    if (!rig_prepare(&rig, options, error)) {
        rig_close(&rig);
        return error_exit_status(error->code);
    }
    image_init(&image);
    bool good = check_proof(&rig, options, error) && rig_read_images(&image, options, error) &&
                rig_clip_image(&rig, &image, options, error) &&
                plan_make(&plan, &image, &rig.board, &rig.loader, &rig.lifecycle, rig.link, error);
    bool keep = good && rig.lifecycle.neighbour_rule == NEIGHBOURS_KEPT && !options->no_preserve;
    if (good) {
        document_set(rig.document, "plan", describe_plan(&plan, keep));
        document_set(rig.document, "dry_run", json_boolean(options->dry_run));
    }
    if (good) {
        warn_boot(&rig, &image);
        warn_units(&rig);
    }
    if (good && options->dry_run) {
        print_setup(&rig);
        print_image(&image);
        print_plan(&rig, &plan, keep);
    } else if (good) {
        good = program(&rig, &image, &plan, keep, options, error);
    }
    plan_release(&plan);
    image_release(&image);
    rig_close(&rig);
    return good ? 0 : error_exit_status(error->code);
}

static bool verify(struct rig *rig, const struct image *image, const struct options *options,
                   struct error *error)
{
    if (!rig_open(rig, options, error) || !operation_verify(&rig->session, image, error)) {
        return false;
    }
    progress_finish();
    document_set(rig->document, "verified_bytes", json_integer((json_int_t)image_size(image)));
    printf("verify   %llu bytes are equal\n", (unsigned long long)image_size(image));
    return rig_boot(rig, error);
}

int command_verify(const struct options *options, struct error *error)
{
    struct rig rig;
    struct image image;
    if (!rig_prepare(&rig, options, error)) {
        rig_close(&rig);
        return error_exit_status(error->code);
    }
    bool good = rig_read_images(&image, options, error) &&
                rig_clip_image(&rig, &image, options, error) &&
                verify(&rig, &image, options, error);
    image_release(&image);
    rig_close(&rig);
    return good ? 0 : error_exit_status(error->code);
}

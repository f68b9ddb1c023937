/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "cli/describe.h"
#include "cli/progress.h"
#include "cli/rig.h"
#include "host/operation.h"
#include "report/json_text.h"

#include <stdio.h>
#include <stdlib.h>

/* What the user must know who finds the flash half erased. */
static void print_unfinished(const struct session *session, json_int_t erased)
{
    progress_finish();
    if (session->stats.calls > 0) {
        fprintf(stderr,
                "stopped: the ranges before are erased, %lld bytes; this one may be in part\n",
                (long long)erased);
    }
}

static bool erase(struct rig *rig, const struct options *options, struct error *error)
{
    uint32_t start = 0, size = 0;
    document_set(rig->document, "all", json_boolean(options->all));
    if (options->all) {
        if (!rig_open(rig, options, error) || !operation_erase_all(&rig->session, error)) {
            return false;
        }
        document_set(rig->document, "erased_bytes", json_integer(rig->loader.info.device_size));
        return true;
    }
    for (int i = 0; i < options->argument_count; i++) {
        if (!options_parse_range(options->arguments[i], &start, &size, error) ||
            !rig_inside(rig, start, size, options->arguments[i], error) ||
            !rig_whole_sectors(rig, start, size, error)) {
            return false;
        }
        document_append(rig->document, "ranges", describe_range(start, size));
    }
    if (!rig_open(rig, options, error)) {
        return false;
    }
    json_int_t erased = 0;
    for (int i = 0; i < options->argument_count; i++) {
        if (!options_parse_range(options->arguments[i], &start, &size, error) ||
            !operation_erase(&rig->session, start, size, error)) {
            print_unfinished(&rig->session, erased);
            return false;
        }
        erased += size;
        document_set(rig->document, "erased_bytes", json_integer(erased));
    }
    return true;
}

int command_erase(const struct options *options, struct error *error)
{
    struct rig rig;
    if (options->all == (options->argument_count > 0)) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "erase takes ranges, or --all");
        return 2;
    }
    bool good = rig_prepare(&rig, options, error) && erase(&rig, options, error);
    if (good) {
        char time[24];
        progress_finish();
        progress_format_time(rig.target.ops->now_ns(rig.target.context), time, sizeof time);
        printf("erased   in %s of the board's time\n", time);
        good = rig_boot(&rig, error);
    }
    rig_close(&rig);
    return good ? 0 : error_exit_status(error->code);
}

static bool read_range(struct rig *rig, const struct options *options, struct error *error)
{
    uint32_t start = 0, size = 0;
    if (!options_parse_range(options->arguments[0], &start, &size, error) ||
        !rig_inside(rig, start, size, options->arguments[0], error)) {
        return false;
    }
    document_set(rig->document, "range", describe_range(start, size));
    uint8_t *bytes = malloc(size);
    if (bytes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", size);
    }
    bool good = rig_open(rig, options, error) &&
                operation_read(&rig->session, "read", start, bytes, size, error) &&
                image_write_file(options->output, start, bytes, size, error);
    free(bytes);
    if (good) {
        progress_finish();
        document_set(rig->document, "file", json_text(options->output));
        printf("read     %u bytes from 0x%08x into %s\n", size, start, options->output);
        good = rig_boot(rig, error);
    }
    return good;
}

int command_read(const struct options *options, struct error *error)
{
    struct rig rig;
    if (options->argument_count != 1 || options->output == NULL) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "read takes one range and --output FILE");
        return 2;
    }
    bool good = rig_prepare(&rig, options, error) && read_range(&rig, options, error);
    rig_close(&rig);
    return good ? 0 : error_exit_status(error->code);
}

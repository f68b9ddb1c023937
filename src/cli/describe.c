/* SPDX-License-Identifier: MIT */
#include "cli/describe.h"

#include "report/json_text.h"

#include <string.h>

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* 0 means that the place is not known. */
static json_t *place(int value)
{
    return value > 0 ? json_integer(value) : json_null();
}

json_t *describe_error(const struct error *error)
{
    json_t *where = error->file[0] != '\0'
                        ? json_pack("{s:o, s:o, s:o}", "file", json_text(error->file), "line",
                                    place(error->line), "column", place(error->column))
                        : json_null();
    return json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o, s:i}", "id", error_name(error->code), "what",
        error_what(error->code), "detail", json_text(error->detail), "where", where, "hint",
        json_text(error->hint[0] != '\0' ? error->hint : error_table_hint(error->code)), "causes",
        json_likely(&error->likely), "status", error_exit_status(error->code));
}

static json_t *describe_pins(const struct board *board)
{
    json_t *pins = json_object();
    for (unsigned i = 0; pins != NULL && i < board->pin_count; i++) {
        json_object_set_new(pins, board->pins[i].signal, json_text(board->pins[i].pad));
    }
    return pins;
}

json_t *describe_board(const struct board *board)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "file",
        json_text(board->path), "name", json_text(board->name), "mcu", json_text(board->mcu),
        "part", json_text(board->part.name), "sfdp_file",
        json_text(board->sfdp.path[0] != '\0' ? board->sfdp.path : NULL), "flash_bytes",
        number(board->part.size), "controller", json_text(board->controller), "port",
        json_text(board->port), "pins", describe_pins(board), "window", number(board->window),
        "flash_hz", number(board->flash_hz), "clock_limit_hz", number(board->clock_limit_hz),
        "sector_bytes", number(board->sector_size), "page_bytes", number(board->page_size),
        "record_address", board->record_address != 0 ? number(board->record_address) : json_null());
}

static json_t *describe_exports(const struct loader_file *loader)
{
    json_t *exports = json_object();
    for (int i = 0; exports != NULL && i < LOADER_FUNCTION_COUNT; i++) {
        if (loader->name[i] != NULL) {
            json_object_set_new(exports, loader->name[i], number(loader->entry[i]));
        }
    }
    return exports;
}

static json_t *describe_sectors(const struct storage_info *info)
{
    json_t *sectors = json_array();
    for (int i = 0; sectors != NULL && i < STORAGE_INFO_SECTOR_GROUPS; i++) {
        if (info->sectors[i].count == 0) {
            break;
        }
        json_array_append_new(sectors,
                              json_pack("{s:o, s:o}", "count", number(info->sectors[i].count),
                                        "bytes", number(info->sectors[i].size)));
    }
    return sectors;
}

json_t *describe_loader(const struct loader_file *loader, bool built)
{
    const struct storage_info *info = &loader->info;
    char name[STORAGE_INFO_NAME_SIZE + 1];
    snprintf(name, sizeof name, "%.*s", STORAGE_INFO_NAME_SIZE, info->device_name);
    return json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "file",
                     json_text(loader->path), "built", built, "image_bytes",
                     number(loader->file_size), "memory_bytes", number(loader->memory_size),
                     "device_name", json_text(name), "device_type", number(info->device_type),
                     "device_address", number(info->device_start_address), "device_bytes",
                     number(info->device_size), "page_bytes", number(info->page_size), "sectors",
                     describe_sectors(info), "exports", describe_exports(loader));
}

json_t *describe_host(const struct lifecycle *lifecycle, const struct link_model *link,
                      const char *const *options)
{
    json_t *given = json_array();
    for (; given != NULL && *options != NULL; options++) {
        json_array_append_new(given, json_text(*options));
    }
    return json_pack("{s:s, s:s, s:o}", "name", lifecycle->name, "link", link->name, "options",
                     given);
}

json_t *describe_layout(const struct layout *layout)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "breakpoint", number(layout->base), "image",
                     number(layout->image), "image_bytes", number(layout->size), "stack",
                     number(layout->stack), "buffer", number(layout->buffer), "buffer_bytes",
                     number(layout->buffer_size));
}

json_t *describe_range(uint32_t address, uint32_t size)
{
    return json_pack("{s:o, s:o}", "address", number(address), "bytes", number(size));
}

json_t *describe_segments(const struct image *image)
{
    json_t *segments = json_array();
    for (unsigned i = 0; segments != NULL && i < image->count; i++) {
        const struct image_segment *segment = &image->segments[i];
        json_t *object = describe_range(segment->address, segment->size);
        json_object_set_new(object, "file", json_text(segment->source));
        json_array_append_new(segments, object);
    }
    return segments;
}

json_t *describe_image(const struct image *image)
{
    return json_pack("{s:o, s:o}", "bytes", number(image_size(image)), "segments",
                     describe_segments(image));
}

json_t *describe_plan(const struct plan *plan, bool keep)
{
    json_t *sectors = json_array();
    for (unsigned i = 0; sectors != NULL && i < plan->count;) {
        uint32_t address = 0, size = 0, covered = 0;
        i += plan_run(plan, i, &address, &size, &covered);
        json_t *object = describe_range(address, size);
        json_object_set_new(object, "covered_bytes", number(covered));
        json_array_append_new(sectors, object);
    }
    return json_pack("{s:o, s:o, s:o, s:b, s:o, s:o}", "sectors", sectors, "pages",
                     number(plan->pages), "neighbour_bytes", number(plan->neighbour_bytes),
                     "keeps_neighbours", keep, "typical_ns", number(plan->typical_ms * 1000000),
                     "maximum_ns", number(plan->maximum_ms * 1000000));
}

json_t *describe_progress(const struct program_report *report)
{
    const char *proof = report->verified_bytes == 0 ? NULL : report->by_digest ? "digest" : "bytes";
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "stage",
        report->stage, "compared_bytes", number(report->compared_bytes), "proof_bytes",
        number(report->proof_bytes), "unchanged_bytes", number(report->same_bytes), "erased_bytes",
        number(report->erased_bytes), "skipped_sectors", number(report->sectors_skipped),
        "written_bytes", number(report->written_bytes), "verified_bytes",
        number(report->verified_bytes), "proof", json_text(proof), "kept_bytes",
        number(report->kept_bytes), "kept_file",
        json_text(report->kept_path[0] != '\0' ? report->kept_path : NULL), "compare_ns",
        number(report->compare_ns), "erase_ns", number(report->erase_ns), "program_ns",
        number(report->program_ns), "verify_ns", number(report->verify_ns));
}

json_t *describe_run(const struct session *session, int boots)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "time_ns",
                     number(session->target->ops->now_ns(session->target->context)), "calls",
                     number(session->stats.calls), "longest_call_ns",
                     number(session->stats.longest_call_ns), "downloads",
                     number(session->stats.downloads), "boots",
                     boots < 0 ? json_null() : json_boolean(boots));
}

json_t *describe_findings(const struct findings *findings)
{
    json_t *array = json_array();
    if (array != NULL && !findings_append_json(array, findings, NULL)) {
        json_decref(array);
        return NULL;
    }
    return array;
}

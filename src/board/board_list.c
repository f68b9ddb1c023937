/* SPDX-License-Identifier: MIT */
#include "board/board_file.h"
#include "board/data_files.h"
#include "board/mcu.h"
#include "board/part_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool summarize_board(const char *path, char *summary, size_t size, struct error *error)
{
    struct yaml_file file;
    struct board_file values;
    memset(&values, 0, sizeof values);
    if (!yaml_file_load(&file, path, error)) {
        return false;
    }
    bool ok =
        schema_read(&file, yaml_file_root(&file), "a board file", board_file_keys, &values, error);
    if (ok) {
        snprintf(summary, size, "%s, %s on %s, %s lines, up to %s", values.mcu.text,
                 values.flash.part.text != NULL ? values.flash.part.text : values.flash.sfdp.text,
                 values.flash.controller.text, values.flash.lanes.text, values.flash.clock.text);
    }
    yaml_file_release(&file);
    return ok;
}

static bool summarize_mcu(const char *path, char *summary, size_t size, struct error *error)
{
    struct mcu *mcu = malloc(sizeof *mcu);
    if (mcu == NULL) {
        return error_set(error, ERROR_NO_MEMORY, path, 0, 0, "listing MCUs");
    }
    bool ok = mcu_load(mcu, path, error);
    size_t used = 0;
    for (unsigned i = 0; ok && i < mcu->device_count && used < size; i++) {
        used += (size_t)snprintf(summary + used, size - used, "%s%s", i > 0 ? " " : "",
                                 mcu->devices[i].name);
    }
    if (ok) {
        mcu_release(mcu);
    }
    free(mcu);
    return ok;
}

static bool summarize_part(const char *path, char *summary, size_t size, struct error *error)
{
    struct part_file part;
    if (!part_load(&part, path, error)) {
        return false;
    }
    char clock[32];
    quantity_print_frequency(part.part.max_hz, clock, sizeof clock);
    snprintf(summary, size, "%s %s, %u KiB, up to %s", part.part.vendor, part.part.name,
             (unsigned)(part.part.size / 1024), clock);
    return true;
}

struct kind {
    const char *name;
    bool (*summarize)(const char *path, char *summary, size_t size, struct error *error);
};

static const struct kind kinds[] = {
    {"boards", summarize_board},
    {"mcus", summarize_mcu},
    {"parts", summarize_part},
};

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

bool board_list(const char *kind_name,
                void (*each)(void *context, const char *name, const char *summary), void *context,
                struct error *error)
{
    const struct kind *kind = find_kind(kind_name);
    if (kind == NULL) {
        error_set(error, ERROR_UNKNOWN_NAME, NULL, 0, 0, "list `%s`", kind_name);
        return error_hint(error, "boards, mcus or parts");
    }
    struct data_files *files = malloc(sizeof *files);
    if (files == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "listing %s", kind_name);
    }
    bool ok = data_files_list(kind_name, files, error);
    for (unsigned i = 0; ok && i < files->count; i++) {
        char path[DATA_PATH_MAX];
        char summary[512] = "";
        data_files_path(kind_name, files->stems[i], path, sizeof path);
        ok = kind->summarize(path, summary, sizeof summary, error);
        if (ok) {
            each(context, files->stems[i], summary);
        }
    }
    free(files);
    return ok;
}

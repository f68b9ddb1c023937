/* SPDX-License-Identifier: MIT */
#include "board/catalog.h"

#include "board/data_files.h"
#include "board/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What was read stands at the index of its stem. */
struct catalog {
    struct data_files mcu_files, part_files;
    bool mcus_listed, parts_listed;
    struct mcu *mcus[DATA_FILES_MAX];
    struct part_file *parts[DATA_FILES_MAX];
};

struct catalog *catalog_open(struct error *error)
{
    struct catalog *catalog = calloc(1, sizeof *catalog);
    if (catalog == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "loading a board");
    }
    return catalog;
}

void catalog_close(struct catalog *catalog)
{
    if (catalog == NULL) {
        return;
    }
    for (unsigned i = 0; i < DATA_FILES_MAX; i++) {
        if (catalog->mcus[i] != NULL) {
            mcu_release(catalog->mcus[i]);
        }
        free(catalog->mcus[i]);
        free(catalog->parts[i]);
    }
    free(catalog);
}

static bool list(const char *kind, struct data_files *files, bool *listed, struct error *error)
{
    *listed = *listed || data_files_list(kind, files, error);
    return *listed;
}

/* Reads the family at `index` unless that was done. NULL: refused. */
static const struct mcu *take_mcu(struct catalog *catalog, unsigned index, struct error *error)
{
    char path[DATA_PATH_MAX];
    if (catalog->mcus[index] != NULL) {
        return catalog->mcus[index];
    }
    struct mcu *mcu = malloc(sizeof *mcu);
    data_files_path("mcus", catalog->mcu_files.stems[index], path, sizeof path);
    if (mcu == NULL) {
        error_set(error, ERROR_NO_MEMORY, path, 0, 0, "loading an MCU");
    } else if (mcu_load(mcu, path, error)) {
        catalog->mcus[index] = mcu;
        return mcu;
    }
    free(mcu);
    return NULL;
}

bool catalog_find_mcu(struct catalog *catalog, const char *device, const struct mcu **mcu,
                      char nearest_name[CATALOG_NAME_MAX], struct error *error)
{
    struct nearest nearest = {.wanted = device};
    *mcu = NULL;
    if (!list("mcus", &catalog->mcu_files, &catalog->mcus_listed, error)) {
        return false;
    }
    for (unsigned i = 0; i < catalog->mcu_files.count; i++) {
        const struct mcu *candidate = take_mcu(catalog, i, error);
        if (candidate == NULL) {
            return false;
        }
        if (mcu_find_device(candidate, device) != NULL) {
            *mcu = candidate;
            return true;
        }
        for (unsigned j = 0; j < candidate->device_count; j++) {
            nearest_offer(&nearest, candidate->devices[j].name);
        }
    }
    snprintf(nearest_name, CATALOG_NAME_MAX, "%s", nearest.name != NULL ? nearest.name : "");
    return true;
}

/* As take_mcu(). */
static const struct part_file *take_part(struct catalog *catalog, unsigned index,
                                         struct error *error)
{
    char path[DATA_PATH_MAX];
    if (catalog->parts[index] != NULL) {
        return catalog->parts[index];
    }
    struct part_file *part = malloc(sizeof *part);
    data_files_path("parts", catalog->part_files.stems[index], path, sizeof path);
    if (part == NULL) {
        error_set(error, ERROR_NO_MEMORY, path, 0, 0, "loading a part");
    } else if (part_load(part, path, error)) {
        catalog->parts[index] = part;
        return part;
    }
    free(part);
    return NULL;
}

/* A part's file is called as the part is, in lower case; nothing but time depends on it. */
static bool find_part_by_stem(struct catalog *catalog, const char *name,
                              const struct part_file **part, struct error *error)
{
    for (unsigned i = 0; i < catalog->part_files.count; i++) {
        if (strcasecmp(catalog->part_files.stems[i], name) == 0) {
            const struct part_file *candidate = take_part(catalog, i, error);
            bool found = candidate != NULL && strcmp(candidate->part.name, name) == 0;
            *part = found ? candidate : NULL;
            return candidate != NULL;
        }
    }
    return true;
}

bool catalog_find_part(struct catalog *catalog, const char *name, const struct part_file **part,
                       char nearest_name[CATALOG_NAME_MAX], struct error *error)
{
    struct nearest nearest = {.wanted = name};
    *part = NULL;
    if (!list("parts", &catalog->part_files, &catalog->parts_listed, error) ||
        !find_part_by_stem(catalog, name, part, error)) {
        return false;
    }
    for (unsigned i = 0; *part == NULL && i < catalog->part_files.count; i++) {
        const struct part_file *candidate = take_part(catalog, i, error);
        if (candidate == NULL) {
            return false;
        }
        if (strcmp(candidate->part.name, name) == 0) {
            *part = candidate;
        } else {
            nearest_offer(&nearest, candidate->part.name);
        }
    }
    snprintf(nearest_name, CATALOG_NAME_MAX, "%s", nearest.name != NULL ? nearest.name : "");
    return true;
}

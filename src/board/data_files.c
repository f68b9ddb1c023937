/* SPDX-License-Identifier: MIT */
#include "board/data_files.h"

#include "board/board.h"
#include "board/nearest.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <unistd.h>
#endif

static char chosen[DATA_PATH_MAX - DATA_STEM_MAX - 16];

void board_set_data_directory(const char *path)
{
    snprintf(chosen, sizeof chosen, "%s", path != NULL ? path : "");
}

static bool is_data_directory(const char *path)
{
    char mcus[DATA_PATH_MAX];
    snprintf(mcus, sizeof mcus, "%s/mcus", path);
    DIR *folder = opendir(mcus);
    if (folder == NULL) {
        return false;
    }
    closedir(folder);
    return true;
}

/* The folder that the running program lies in; empty if the system does not tell. */
static void program_folder(char *folder, size_t size)
{
    folder[0] = '\0';
#ifdef __linux__
    ssize_t length = readlink("/proc/self/exe", folder, size - 1);
    folder[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
#else
    (void)size;
#endif
}

/* Looks beside the program, where a build has a link to the sources' data, then in the install
 * prefix that the program lies in. */
static void find_data(void)
{
    char folder[300];
    program_folder(folder, sizeof folder);
    static const char *const places[] = {"/data", "/../share/extload/data"};
    for (size_t i = 0; folder[0] != '\0' && i < sizeof places / sizeof places[0]; i++) {
        snprintf(chosen, sizeof chosen, "%s%s", folder, places[i]);
        if (is_data_directory(chosen)) {
            return;
        }
    }
    if (folder[0] == '\0') {
        snprintf(chosen, sizeof chosen, "data");
    }
}

const char *board_data_directory(void)
{
    if (chosen[0] == '\0') {
        const char *environment = getenv("EXTLOAD_DATA");
        if (environment != NULL && environment[0] != '\0') {
            board_set_data_directory(environment);
        } else {
            find_data();
        }
    }
    return chosen;
}

static int compare_stems(const void *a, const void *b)
{
    return strcmp(a, b);
}

bool data_files_list(const char *kind, struct data_files *files, struct error *error)
{
    char path[DATA_PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", board_data_directory(), kind);
    files->count = 0;
    DIR *folder = opendir(path);
    if (folder == NULL) {
        error_set(error, ERROR_FILE_READ, path, 0, 0, "%s", strerror(errno));
        return error_hint(error, "name the data folder with --data DIR or EXTLOAD_DATA");
    }
    const struct dirent *entry = NULL;
    while ((entry = readdir(folder)) != NULL && files->count < DATA_FILES_MAX) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || length < 6 || length - 5 >= DATA_STEM_MAX ||
            strcmp(entry->d_name + length - 5, ".yaml") != 0) {
            continue;
        }
        snprintf(files->stems[files->count++], DATA_STEM_MAX, "%.*s", (int)(length - 5),
                 entry->d_name);
    }
    closedir(folder);
    qsort(files->stems, files->count, sizeof files->stems[0], compare_stems);
    return true;
}

void data_files_path(const char *kind, const char *stem, char *path, size_t size)
{
    snprintf(path, size, "%s/%s/%s.yaml", board_data_directory(), kind, stem);
}

static bool exists(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file != NULL) {
        fclose(file);
    }
    return file != NULL || errno != ENOENT;
}

static bool refuse_stem(const char *kind, const char *text, const struct nearest *nearest,
                        struct error *error)
{
    error_set(error, ERROR_FILE_READ, text, 0, 0, "no such file, and none of the %s has this name",
              kind);
    if (nearest_is_close(nearest)) {
        return error_hint(error, "%s; extload list %s", nearest->name, kind);
    }
    return error_hint(error, "extload list %s", kind);
}

bool data_files_find(const char *kind, const char *text, char *path, size_t size,
                     struct error *error)
{
    size_t length = strlen(text);
    bool is_path = length == 0 || strchr(text, '/') != NULL || exists(text) ||
                   (length > 5 && strcmp(text + length - 5, ".yaml") == 0);
    if (is_path) {
        snprintf(path, size, "%s", text);
        return true;
    }
    struct data_files *files = malloc(sizeof *files);
    if (files == NULL) {
        return error_set(error, ERROR_NO_MEMORY, text, 0, 0, "looking for a data file");
    }
    struct nearest nearest = {.wanted = text};
    bool found = false;
    bool listed = data_files_list(kind, files, error);
    for (unsigned i = 0; listed && i < files->count && !found; i++) {
        found = strcmp(files->stems[i], text) == 0;
        nearest_offer(&nearest, files->stems[i]);
    }
    if (found) {
        data_files_path(kind, text, path, size);
    } else if (listed) {
        refuse_stem(kind, text, &nearest, error);
    }
    free(files);
    return found;
}

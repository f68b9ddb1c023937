/* SPDX-License-Identifier: MIT */
#include "host/kept.h"

#include <stdio.h>
#include <unistd.h>

#define NAMES_MAX 100

bool kept_save(const struct image *kept, const char *folder, const char *board,
               char path[KEPT_PATH_SIZE], struct error *error)
{
    unsigned number = 1;
    do {
        char suffix[16] = "";
        if (number > 1) {
            snprintf(suffix, sizeof suffix, "-%u", number);
        }
        const int length = snprintf(path, KEPT_PATH_SIZE, "%s/extload-kept-%s-0x%08x%s.hex", folder,
                                    board, kept->segments[0].address, suffix);
        if (length >= KEPT_PATH_SIZE) {
            path[0] = '\0';
            return error_set(error, ERROR_FILE_WRITE, folder, 0, 0, "the path is too long");
        }
    } while (access(path, F_OK) == 0 && ++number <= NAMES_MAX);
    if (image_save(path, kept, error)) {
        return true;
    }
    error_hint(error, "nothing was erased; --keep-dir names another folder for the bytes to keep, "
                      "--no-preserve gives them up");
    path[0] = '\0';
    return false;
}

void kept_discard(char path[KEPT_PATH_SIZE])
{
    if (path[0] != '\0') {
        remove(path);
        path[0] = '\0';
    }
}

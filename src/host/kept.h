/* SPDX-License-Identifier: MIT */
/*
 * The bytes around an image that an erase is about to take, in a file until they are back in the flash:
 * Intel HEX, so that the file knows where they belong and `program` puts them back.
 */
#ifndef EXTLOAD_HOST_KEPT_H
#define EXTLOAD_HOST_KEPT_H

#include "image/image.h"

#define KEPT_PATH_SIZE 4096

/* Writes the bytes to FOLDER/extload-kept-BOARD-ADDRESS.hex, ADDRESS being that of the first one. A file
 * that is there already holds bytes that somebody may still miss: -2, -3 and so on is appended to the
 * name. `path` gets the name, or "" with FILE_WRITE. */
bool kept_save(const struct image *kept, const char *folder, const char *board,
               char path[KEPT_PATH_SIZE], struct error *error);
/* Removes the file and empties `path`. */
void kept_discard(char path[KEPT_PATH_SIZE]);

#endif

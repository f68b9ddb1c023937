/* SPDX-License-Identifier: MIT */
#include "cli/own_loader.h"

#include "pack/format.h"

#include <stdio.h>

bool own_loader_build(struct loader_file *loader, const struct board *board,
                      const struct lifecycle *lifecycle, struct error *error)
{
    struct built_files built = {0};
    char name[BUILT_FILE_NAME];
    snprintf(name, sizeof name, "%s%s", board->name, lifecycle->own_suffix);
    bool good = format_build_list(lifecycle->own_format, board, pack_loader_image(), &built, error);
    const struct built_file *file = good ? built_files_find(&built, name) : NULL;
    good = file != NULL &&
           loader_file_parse(loader, lifecycle->view, name, file->bytes, file->size, error);
    built_files_release(&built);
    return good;
}

/* The tools of flash algorithms know no address outside of the image. */
uint32_t own_loader_record(const struct loader_file *loader, const struct board *board,
                           const struct layout *layout)
{
    return board->record_address == 0 || loader->format == FORMAT_ALGORITHM
               ? layout->image + pack_loader_image()->own_record
               : board->record_address;
}

/* SPDX-License-Identifier: MIT */
#include "sweep/own.h"

#include "host/program.h"
#include "sweep/cells.h"

#include <string.h>

#define BLOCK       UINT32_C(0x10000)
#define UNCHANGED   UINT32_C(0x10000) /* three blocks of an image, one after the other */
#define ONE_CHANGED UINT32_C(0x20000)
#define REPLACED    UINT32_C(0x30000)
#define LONG        UINT32_C(0x9000) /* more than fits into one slot of the mailbox */

bool own_exists(const struct sweep_rig *rig)
{
    return rig->session->lifecycle->family == FAMILY_NATIVE;
}

/* FF with a few pages of data: a page is many moments, FF are few. */
void own_fill(const struct sweep_rig *rig)
{
    memset(rig->cells + UNCHANGED, 0xFF, 3 * BLOCK);
    for (uint32_t i = 0; i < 0x280; i++) {
        rig->cells[UNCHANGED + 0x85 + i] = cells_old(i);
        rig->cells[ONE_CHANGED + 0x7F + i] = cells_old(i);
        rig->cells[REPLACED + 0x801 + i] = cells_old(i);
    }
    memcpy(cells_wanted + UNCHANGED, rig->cells + UNCHANGED, 2 * BLOCK);
    memset(cells_wanted + REPLACED, 0xFF, BLOCK);
    cells_wanted[ONE_CHANGED + 0x123] ^= 0x10;
    for (uint32_t i = 0; i < 0x180; i++) {
        cells_wanted[REPLACED + i] = cells_new(i);
        cells_wanted[REPLACED + LONG - 1 - i] = 0x55;
    }
}

bool own_prepare(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    const struct session *session = rig->session;
    uint32_t last = 0, sector = 0;
    if (!loader_file_sector(session->loader, UNCHANGED, &call->start, &sector) ||
        !loader_file_sector(session->loader, REPLACED + BLOCK - 1, &last, &sector)) {
        return error_set(error, ERROR_LOADER_SHAPE, session->loader->path, 0, 0,
                         "no sectors up to 0x%x", REPLACED + BLOCK);
    }
    call->end = last + sector;
    call->step_count = 0;
    call->ram[0] = (struct sweep_ram){session->layout.buffer, session->layout.buffer_size};
    return true;
}

static bool add(struct image *image, const struct sweep_rig *rig, uint32_t offset, uint32_t size,
                struct error *error)
{
    return image_add_bytes(image, "image", cells_wanted + offset, size, IMAGE_BIN, true,
                           rig->session->loader->info.device_start_address + offset, error);
}

/* Gives less than the blocks hold, so there are neighbours to keep. After a failure all of it, as with
 * the file in which the host has put them. */
static bool make_image(struct image *image, const struct sweep_rig *rig,
                       const struct sweep_call *call, struct error *error)
{
    if (call->again) {
        const uint32_t end = call->end < CELLS_USED ? call->end : CELLS_USED;
        return add(image, rig, call->start, end - call->start, error);
    }
    return add(image, rig, UNCHANGED + 0x100, 0x180, error) &&
           add(image, rig, ONE_CHANGED + 0x111, 0x99, error) &&
           add(image, rig, REPLACED, LONG, error);
}

static bool program(const struct sweep_rig *rig, const struct sweep_call *call,
                    const struct image *image, struct error *error)
{
    const struct session *session = rig->session;
    const struct program_keeping keeping = {.neighbours = !call->again};
    struct program_report report;
    struct plan plan;
    if (!plan_make(&plan, image, session->board, session->loader, session->lifecycle,
                   link_find(session->lifecycle->link), error)) {
        return false;
    }
    const bool good = program_run(rig->session, image, &plan, &keeping, &report, error);
    plan_release(&plan);
    return good;
}

bool own_program(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    struct image image;
    rig->session->events.note = NULL; /* of each of thousands of children */
    image_init(&image);
    call->succeeded = make_image(&image, rig, call, error) && program(rig, call, &image, error);
    image_release(&image);
    return call->succeeded || (error->code != ERROR_CALL_TIMEOUT &&
                               error->code != ERROR_CALL_LOCKUP && error->code != ERROR_TARGET);
}

/* SPDX-License-Identifier: MIT */
#include "host/download.h"

#include <string.h>

#define POISON     0xA5
#define TAIL_CHUNK 1024u

static bool write_memory(struct session *session, uint32_t address, const void *bytes, size_t size,
                         struct error *error)
{
    const struct target *target = session->target;
    return target->ops->write_memory(target->context, address, bytes, size, error);
}

/* Memory of a piece that has no bytes in the file. */
static bool write_tail(struct session *session, const struct loader_piece *piece, uint32_t address,
                       struct error *error)
{
    uint8_t fill[TAIL_CHUNK];
    uint32_t rule = session->lifecycle->bss_rule;
    uint32_t size =
        rule == BSS_FILE_BYTES ? piece->tail_size : piece->memory_size - piece->file_size;
    if (rule == BSS_LEFT) {
        return true;
    }
    memset(fill, rule == BSS_POISONED ? POISON : 0, sizeof fill);
    for (uint32_t done = 0; done < size;) {
        uint32_t now = size - done < TAIL_CHUNK ? size - done : TAIL_CHUNK;
        const uint8_t *bytes =
            rule == BSS_FILE_BYTES ? piece->bytes + piece->file_size + done : fill;
        if (!write_memory(session, address + piece->file_size + done, bytes, now, error)) {
            return false;
        }
        done += now;
    }
    return true;
}

static bool compare_piece(struct session *session, const struct loader_piece *piece,
                          uint32_t address, struct error *error)
{
    uint8_t bytes[TAIL_CHUNK];
    const struct target *target = session->target;
    for (uint32_t done = 0; done < piece->file_size; done += TAIL_CHUNK) {
        const uint32_t left = piece->file_size - done;
        const uint32_t now = left < TAIL_CHUNK ? left : TAIL_CHUNK;
        if (!target->ops->read_memory(target->context, address + done, bytes, now, error)) {
            return false;
        }
        for (uint32_t i = 0; i < now; i++) {
            if (bytes[i] != piece->bytes[done + i]) {
                error_set(error, ERROR_TARGET, NULL, 0, 0,
                          "0x%08x reads 0x%02x after 0x%02x of the loader was written there",
                          address + done + i, bytes[i], piece->bytes[done + i]);
                return error_hint(error, "is this RAM of the board, and is it switched on?");
            }
        }
    }
    return true;
}

/* Some debug servers hide that a write failed. */
static bool read_back_image(struct session *session, struct error *error)
{
    const struct loader_file *loader = session->loader;
    for (unsigned i = 0; session->target->ops->reads_back && i < loader->piece_count; i++) {
        const struct loader_piece *piece = &loader->pieces[i];
        if (!compare_piece(session, piece, layout_place(&session->layout, loader, piece), error)) {
            return false;
        }
    }
    return true;
}

bool download_image(struct session *session, struct error *error)
{
    const struct loader_file *loader = session->loader;
    session->stats.downloads++;
    for (unsigned i = 0; i < loader->piece_count; i++) {
        const struct loader_piece *piece = &loader->pieces[i];
        uint32_t address = layout_place(&session->layout, loader, piece);
        if ((piece->file_size > 0 &&
             !write_memory(session, address, piece->bytes, piece->file_size, error)) ||
            !write_tail(session, piece, address, error)) {
            return false;
        }
    }
    session->downloaded = true;
    return read_back_image(session, error);
}

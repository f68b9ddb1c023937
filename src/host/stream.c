/* SPDX-License-Identifier: MIT */
#include "host/stream.h"

#include "abi/mailbox.h"
#include "host/parcel.h"
#include "host/plan.h"

#include <stddef.h>

/* The mailbox lies in front of the buffers, in a piece of RAM that keeps them aligned. */
#define MAILBOX_ROOM 64u
#define AREA_ALIGN   64u
#define SLOT_MOST    UINT32_C(0x10000)
#define SLOT_LEAST   UINT32_C(0x1000)
/* The loader's time for a byte that it unpacks, by the MCU's cost model. */
#define UNPACK_CYCLES UINT64_C(24)
/* For each parcel: its bytes, its slot, and a look whether another one is free. */
#define TRANSFERS 3u

struct stream {
    struct session *session;
    struct parcels parcels;
    struct parcel_terms terms;
    unsigned filled; /* slots that were filled so far, the last one of size 0 */
    unsigned taken;  /* of these the loader has given back */
    uint32_t given[MAILBOX_SLOTS];
    bool ended;
    uint64_t *written;
    uint64_t total;
};

/* Of each slot: where its bytes are, and at the end of that where they come packed. */
static uint32_t area_size(const struct session *session)
{
    const uint32_t buffer = session->layout.buffer_size;
    return buffer < MAILBOX_ROOM
               ? 0
               : (buffer - MAILBOX_ROOM) / MAILBOX_SLOTS / AREA_ALIGN * AREA_ALIGN;
}

static uint32_t slot_size(const struct session *session)
{
    const uint32_t area = area_size(session), page = session->board->part.page_size;
    uint32_t size = area < SLOT_MOST ? area : SLOT_MOST;
    size = size / page * page;
    while (size > 0 && MAILBOX_UNPACK_ROOM(size) + sizeof(uint32_t) > area) {
        size -= page;
    }
    return size;
}

static uint32_t slot_address(const struct stream *stream, unsigned slot)
{
    return stream->session->layout.buffer + (uint32_t)offsetof(struct mailbox, slots) +
           slot * (uint32_t)sizeof(struct mailbox_slot);
}

static bool write_memory(struct stream *stream, uint32_t address, const void *bytes, size_t size,
                         struct error *error)
{
    struct target *target = stream->session->target;
    return target->ops->write_memory(target->context, address, bytes, size, error);
}

static uint64_t now_ns(const struct stream *stream)
{
    const struct target *target = stream->session->target;
    return target->ops->now_ns(target->context);
}

/* What the link takes is measured as it goes. */
static void measure(struct stream *stream, uint32_t size, uint64_t bytes_ns, uint64_t slot_ns)
{
    stream->terms.link_each_ns = TRANSFERS * slot_ns;
    if (size >= SLOT_LEAST && bytes_ns > slot_ns) {
        stream->terms.link_ns = (bytes_ns - slot_ns) * 1000 / size;
    }
}

/* Bytes first, then where they go; probes write upwards, so `full`, the last word, comes last [INF]. */
static bool fill_slot(struct stream *stream, const struct parcel *parcel, struct error *error)
{
    const unsigned index = stream->filled % MAILBOX_SLOTS;
    const uint32_t area = area_size(stream->session);
    const uint32_t start = stream->session->layout.buffer + MAILBOX_ROOM + index * area;
    const bool packed = parcel->packed_size > 0;
    const uint32_t sent = packed ? parcel->packed_size : parcel->size;
    const struct mailbox_slot slot = {.address = parcel->address,
                                      .size = parcel->size,
                                      .bytes = start,
                                      .packed = (start + area - parcel->packed_size) & ~UINT32_C(3),
                                      .packed_size = parcel->packed_size,
                                      .full = 1};
    const uint64_t begin = now_ns(stream);
    if (sent > 0 && !write_memory(stream, packed ? slot.packed : start,
                                  packed ? parcel->packed : parcel->bytes, sent, error)) {
        return false;
    }
    const uint64_t middle = now_ns(stream);
    if (!write_memory(stream, slot_address(stream, index), &slot, sizeof slot, error)) {
        return false;
    }
    measure(stream, sent, middle - begin, now_ns(stream) - middle);
    stream->given[index] = parcel->given;
    stream->filled++;
    return true;
}

static bool fill_next(struct stream *stream, struct error *error)
{
    struct parcel parcel = {0};
    if (session_cancelled(stream->session, NULL) ||
        !parcels_next(&stream->parcels, &stream->terms, &parcel)) {
        stream->ended = true;
        parcel = (struct parcel){0};
    }
    return fill_slot(stream, &parcel, error);
}

/* The slot that was filled longest ago, if the loader has given it back. */
static bool take_back(struct stream *stream, bool *taken, struct error *error)
{
    struct target *target = stream->session->target;
    const unsigned index = stream->taken % MAILBOX_SLOTS;
    uint32_t full = 0;
    *taken = false;
    if (!target->ops->read_memory(target->context,
                                  slot_address(stream, index) +
                                      (uint32_t)offsetof(struct mailbox_slot, full),
                                  &full, sizeof full, error)) {
        return false;
    }
    if (full == 0) {
        *taken = true;
        stream->taken++;
        *stream->written += stream->given[index];
        session_progress(stream->session, "program", *stream->written, stream->total);
    }
    return true;
}

/* Called again and again while the loader runs. */
static bool serve(void *context, bool *progress, struct error *error)
{
    struct stream *stream = context;
    const unsigned before = stream->taken;
    bool taken = true;
    while (taken && !stream->ended) {
        if (stream->filled - stream->taken < MAILBOX_SLOTS) {
            if (!fill_next(stream, error)) {
                return false;
            }
        } else if (!take_back(stream, &taken, error)) {
            return false;
        }
    }
    *progress = stream->taken != before;
    return true;
}

bool stream_can(const struct session *session, const struct image *image)
{
    const struct target *target = session->target;
    return session->lifecycle->streams != 0 && target->ops->reaches_running != NULL &&
           target->ops->reaches_running(target->context) &&
           loader_file_has(session->loader, LOADER_STREAM) && slot_size(session) >= SLOT_LEAST &&
           (image->count > 1 || image_size(image) > SLOT_LEAST);
}

/* Slots that the loader gave back after the last look. */
static bool count_rest(struct stream *stream, struct error *error)
{
    bool taken = true;
    while (taken && stream->taken < stream->filled) {
        if (!take_back(stream, &taken, error)) {
            return false;
        }
    }
    return true;
}

static bool stream_all(struct stream *stream, struct error *error)
{
    static const struct mailbox empty;
    struct session *session = stream->session;
    const struct session_service service = {stream, serve};
    const uint32_t arguments[4] = {session->layout.buffer, 0, 0, 0};
    if (!write_memory(stream, session->layout.buffer, &empty, sizeof empty, error) ||
        !fill_next(stream, error)) {
        return false;
    }
    session->service = &service;
    const bool good = session_call_checked(session, LOADER_STREAM, arguments,
                                           session->lifecycle->write_timeout_ms, error);
    session->service = NULL;
    return (good ? count_rest(stream, error) : (count_rest(stream, NULL), false)) &&
           !session_cancelled(session, error);
}

bool stream_write(struct session *session, const struct image *image, uint64_t *written,
                  struct error *error)
{
    const struct board *board = session->board;
    struct stream stream = {
        .session = session,
        .terms = {.most = slot_size(session),
                  .page_size = board->part.page_size,
                  .page_ns = plan_page_ns(board),
                  .unpack_ns = UNPACK_CYCLES * UINT64_C(1000000000) * 1000 / board->cost.cpu_hz},
        .written = written,
        .total = image_size(image)};
    if (!parcels_open(&stream.parcels, image, stream.terms.most, error)) {
        return false;
    }
    const bool good = stream_all(&stream, error);
    parcels_close(&stream.parcels);
    return good;
}

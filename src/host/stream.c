/* SPDX-License-Identifier: MIT */
#include "host/stream.h"

#include "abi/mailbox.h"

#include <stddef.h>

/* The mailbox lies in front of the buffers, in a piece of RAM that keeps them aligned. */
#define MAILBOX_ROOM 64u
/* Long enough that a slot's cost on the link does not count, short enough that the first one, during
 * which nothing is programmed, does not either. [choice] */
#define SLOT_SIZE UINT32_C(0x8000)

struct stream {
    struct session *session;
    const struct image *image;
    unsigned segment; /* of which bytes are sent next */
    uint32_t at;      /* in it */
    unsigned filled;  /* slots that were filled so far, the last one of size 0 */
    unsigned taken;   /* of these the loader has given back */
    uint32_t sizes[MAILBOX_SLOTS];
    bool ended;
    uint64_t *written;
    uint64_t total;
};

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

/* Bytes first, then where they go; probes write upwards, so `full`, the last word, comes last [INF]. */
static bool fill_slot(struct stream *stream, const uint8_t *bytes, uint32_t address, uint32_t size,
                      struct error *error)
{
    const unsigned index = stream->filled % MAILBOX_SLOTS;
    const uint32_t buffer = stream->session->layout.buffer + MAILBOX_ROOM + index * SLOT_SIZE;
    const struct mailbox_slot slot = {.address = address, .size = size, .bytes = buffer, .full = 1};
    if ((size > 0 && !write_memory(stream, buffer, bytes, size, error)) ||
        !write_memory(stream, slot_address(stream, index), &slot, sizeof slot, error)) {
        return false;
    }
    stream->sizes[index] = size;
    stream->filled++;
    return true;
}

static bool fill_next(struct stream *stream, struct error *error)
{
    if (stream->segment == stream->image->count || session_cancelled(stream->session, NULL)) {
        stream->ended = true;
        return fill_slot(stream, NULL, 0, 0, error);
    }
    const struct image_segment *segment = &stream->image->segments[stream->segment];
    const uint32_t left = segment->size - stream->at;
    const uint32_t size = left < SLOT_SIZE ? left : SLOT_SIZE;
    const uint32_t at = stream->at;
    stream->segment += size == left;
    stream->at = size == left ? 0 : at + size;
    return fill_slot(stream, segment->bytes + at, segment->address + at, size, error);
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
        *stream->written += stream->sizes[index];
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
           loader_file_has(session->loader, LOADER_STREAM) &&
           session->layout.buffer_size >= MAILBOX_ROOM + MAILBOX_SLOTS * SLOT_SIZE &&
           image_size(image) > SLOT_SIZE;
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

bool stream_write(struct session *session, const struct image *image, uint64_t *written,
                  struct error *error)
{
    static const struct mailbox empty;
    struct stream stream = {
        .session = session, .image = image, .written = written, .total = image_size(image)};
    const struct session_service service = {&stream, serve};
    const uint32_t arguments[4] = {session->layout.buffer, 0, 0, 0};
    if (!write_memory(&stream, session->layout.buffer, &empty, sizeof empty, error) ||
        !fill_next(&stream, error)) {
        return false;
    }
    session->service = &service;
    bool good = session_call_checked(session, LOADER_STREAM, arguments,
                                     session->lifecycle->write_timeout_ms, error);
    session->service = NULL;
    return (good ? count_rest(&stream, error) : (count_rest(&stream, NULL), false)) &&
           !session_cancelled(session, error);
}

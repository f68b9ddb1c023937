/* SPDX-License-Identifier: MIT */
#include "host/digest.h"

#include "host/loader_block.h"

/* One call digests so much at most: between two of them somebody looks at Ctrl-C. */
#define CALL_BYTES UINT32_C(0x1000000)
/* The slowest that a call may be before it is given up: a serial flash on one line at 2 MHz. [choice] */
#define SLOWEST_BYTES_PER_MS 250u
#define LEAST_MS             5000u

static void take(struct digest *digest, uint32_t word)
{
    const uint64_t product = (uint64_t)(digest->a ^ word) * DIGEST_FACTOR;
    digest->a = digest->b + (uint32_t)(product >> 32);
    digest->b = (uint32_t)product;
}

struct digest digest_begin(uint32_t offset, uint32_t size)
{
    struct digest digest = {DIGEST_A, DIGEST_B};
    take(&digest, offset);
    take(&digest, size);
    return digest;
}

struct digest digest_end(struct digest digest)
{
    for (int i = 0; i < DIGEST_LAST; i++) {
        take(&digest, 0);
    }
    return digest;
}

void digest_add(struct digest *digest, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 4) {
        take(digest, (uint32_t)bytes[i] | (uint32_t)bytes[i + 1] << 8 |
                         (uint32_t)bytes[i + 2] << 16 | (uint32_t)bytes[i + 3] << 24);
    }
}

struct digest digest_of(uint32_t offset, const uint8_t *bytes, uint32_t size)
{
    struct digest digest = digest_begin(offset, size);
    digest_add(&digest, bytes, size);
    return digest_end(digest);
}

struct digest digest_of_blank(uint32_t offset, uint32_t size)
{
    struct digest digest = digest_begin(offset, size);
    for (uint32_t i = 0; i < size; i += 4) {
        take(&digest, UINT32_MAX);
    }
    return digest_end(digest);
}

bool digest_equal(struct digest a, struct digest b)
{
    return a.a == b.a && a.b == b.b;
}

bool digest_exported(const struct loader_file *loader)
{
    return loader_file_has(loader, LOADER_DIGEST) &&
           loader_file_has(loader, LOADER_OWN_SECTOR_ERASE);
}

bool digest_can(const struct lifecycle *lifecycle, const struct loader_file *loader,
                const struct board *board)
{
    return lifecycle->digests && digest_exported(loader) && loader_block_has_units(loader, board);
}

/* As many ranges as the buffer holds and as one call may take; at least one. */
static unsigned count_for_call(const struct session *session, const struct digest_range *ranges,
                               unsigned count, uint64_t *bytes)
{
    const unsigned room = session->layout.buffer_size / (unsigned)sizeof *ranges;
    unsigned now = 0;
    for (*bytes = 0; now < count && now < room; now++) {
        if (now > 0 && *bytes + ranges[now].size > CALL_BYTES) {
            break;
        }
        *bytes += ranges[now].size;
    }
    return now;
}

static bool call(struct session *session, const struct digest_range *ranges, unsigned count,
                 uint64_t bytes, struct digest *answers, struct error *error)
{
    const struct target *target = session->target;
    const size_t size = count * sizeof *ranges;
    uint32_t list = 0;
    if (!session_fill_buffer(session, (const uint8_t *)ranges, (uint32_t)size, &list, error)) {
        return false;
    }
    const uint32_t arguments[4] = {list, count, 0, 0};
    return session_call_checked(session, LOADER_DIGEST, arguments,
                                LEAST_MS + (uint32_t)(bytes / SLOWEST_BYTES_PER_MS), error) &&
           target->ops->read_memory(target->context, list, answers, size, error);
}

bool digest_ask(struct session *session, const char *what, const struct digest_range *ranges,
                unsigned count, struct digest *answers, struct error *error)
{
    uint64_t total = 0, done = 0, bytes = 0;
    for (unsigned i = 0; i < count; i++) {
        total += ranges[i].size;
    }
    for (unsigned at = 0, now; at < count; at += now) {
        now = count_for_call(session, ranges + at, count - at, &bytes);
        if (session_cancelled(session, error) ||
            !call(session, ranges + at, now, bytes, answers + at, error)) {
            return false;
        }
        done += bytes;
        if (what != NULL) {
            session_progress(session, what, done, total);
        }
    }
    return true;
}

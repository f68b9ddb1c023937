/* SPDX-License-Identifier: MIT */
#include "host/operation.h"

#include "host/pages.h"
#include "host/stream.h"

#include <stdlib.h>
#include <string.h>

#define BLANK_LOOK    UINT32_C(1024)
#define ERASE_CHUNK   UINT32_C(0x80000) /* between two looks at Ctrl-C, under our own lifecycle */
#define CALL_SPARE_MS UINT32_C(60000)   /* for the rest of a call that erases the chip [choice] */

static uint32_t min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Milliseconds that the tool waits for a Write or SectorErase. */
static uint32_t patience(const struct session *session, enum loader_function function)
{
    const bool write = function == LOADER_WRITE;
    if (session->lifecycle->device_timeouts) {
        return write ? session->loader->program_timeout_ms : session->loader->erase_timeout_ms;
    }
    return write ? session->lifecycle->write_timeout_ms : session->lifecycle->erase_timeout_ms;
}

/* The operation is over: its phase ends too. What went wrong first is what is told. */
static bool finish(struct session *session, bool good, struct error *error)
{
    struct error ignored = {0};
    return good ? session_end(session, error) : (session_end(session, &ignored), false);
}

/* A flash algorithm erases one sector a call; SEGGER's takes a run, of which it gets one as well. */
static bool erase_one_by_one(struct session *session, uint32_t address, uint32_t size,
                             struct error *error)
{
    const uint32_t base = session->loader->info.device_start_address;
    for (uint32_t done = 0; done < size;) {
        uint32_t start = 0, sector = 0;
        if (!loader_file_sector(session->loader, address - base + done, &start, &sector)) {
            return error_set(error, ERROR_IMAGE_OUTSIDE, NULL, 0, 0,
                             "0x%08x is in no sector of the loader", address + done);
        }
        const uint32_t arguments[4] = {base + start,
                                       loader_file_sector_index(session->loader, start), 1, 0};
        if (session_cancelled(session, error) ||
            !session_call_checked(session, LOADER_SECTOR_ERASE, arguments,
                                  patience(session, LOADER_SECTOR_ERASE), error)) {
            return false;
        }
        done = start + sector - (address - base);
        session_progress(session, "erase", done < size ? done : size, size);
    }
    return true;
}

static bool erase_sectors(struct session *session, uint32_t address, uint32_t size,
                          struct error *error)
{
    uint32_t start = 0, sector = 0;
    uint32_t base = session->loader->info.device_start_address;
    if (!loader_file_sector(session->loader, address - base + size - 1, &start, &sector)) {
        return error_set(error, ERROR_IMAGE_OUTSIDE, NULL, 0, 0,
                         "0x%08x is in no sector of the loader", address + size - 1);
    }
    bool first = session->lifecycle->erase_end_rule == END_FIRST_BYTE;
    const uint32_t arguments[4] = {address, base + start + (first ? 0 : sector - 1), 0, 0};
    return session_refresh(session, OPERATION_ERASE, error) &&
           session_call_checked(session, LOADER_SECTOR_ERASE, arguments,
                                patience(session, LOADER_SECTOR_ERASE), error);
}

bool operation_erase(struct session *session, uint32_t address, uint32_t size, struct error *error)
{
    uint32_t chunk = session->lifecycle->init_rule == INIT_ONCE ? ERASE_CHUNK : size;
    if (!loader_file_needs(session->loader, LOADER_SECTOR_ERASE, error) ||
        !session_begin(session, OPERATION_ERASE, error)) {
        return false;
    }
    if (session->loader->format == FORMAT_ALGORITHM) {
        return finish(session, erase_one_by_one(session, address, size, error), error);
    }
    for (uint32_t done = 0; done < size;) {
        uint32_t now = min_u32(size - done, chunk);
        if (session_cancelled(session, error) ||
            !erase_sectors(session, address + done, now, error)) {
            return false;
        }
        done += now;
        session_progress(session, "erase", done, size);
    }
    return true;
}

/* Since 2.18 STM32CubeProgrammer compares the names, and then says "please select external loader"
 * (community.st.com 825997). */
static bool check_name(const struct session *session, struct error *error)
{
    const struct loader_file *loader = session->loader;
    if (!session->lifecycle->checks_name || loader_file_is_named(loader)) {
        return true;
    }
    error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
              "DeviceName is '%s': STM32CubeProgrammer since 2.18 refuses a mass erase if that is "
              "not the file's name",
              loader->info.device_name);
    return error_hint(error, "name the file %s.stldr", loader->info.device_name);
}

/* By the part: the loader's own deadline, then all bytes read on one line, as a tool's MassErase may. */
uint32_t operation_mass_erase_patience(const struct session *session)
{
    const struct board *board = session->board;
    const uint64_t read_ms = board->part.size * UINT64_C(8) * 1000 / board->flash_hz;
    return session->lifecycle->mass_erase_timeout_ms == PATIENCE_BY_PART
               ? (uint32_t)(board_chip_erase_deadline_ms(&board->part) + read_ms) + CALL_SPARE_MS
               : session->lifecycle->mass_erase_timeout_ms;
}

bool operation_erase_all(struct session *session, struct error *error)
{
    const struct storage_info *info = &session->loader->info;
    if (!loader_file_has(session->loader, LOADER_MASS_ERASE)) {
        return operation_erase(session, info->device_start_address, info->device_size, error);
    }
    const uint32_t arguments[4] = {0, 0, 0, 0};
    if (!check_name(session, error) || session_cancelled(session, error) ||
        !session_begin(session, OPERATION_ERASE, error) ||
        !finish(session,
                session_call_checked(session, LOADER_MASS_ERASE, arguments,
                                     operation_mass_erase_patience(session), error),
                error)) {
        return false;
    }
    session_progress(session, "erase", info->device_size, info->device_size);
    return true;
}

static bool write_chunk(struct session *session, uint32_t address, const uint8_t *bytes,
                        uint32_t size, struct error *error)
{
    uint32_t buffer = 0;
    if (!session_refresh(session, OPERATION_WRITE, error) ||
        !session_fill_buffer(session, bytes, size, &buffer, error)) {
        return false;
    }
    const uint32_t arguments[4] = {address, size, buffer, 0};
    return session_call_checked(session, LOADER_WRITE, arguments, patience(session, LOADER_WRITE),
                                error);
}

static bool write_segments(struct session *session, const struct image *image, uint64_t *written,
                           struct error *error)
{
    uint64_t total = image_size(image);
    for (unsigned i = 0; i < image->count; i++) {
        const struct image_segment *segment = &image->segments[i];
        for (uint32_t done = 0; done < segment->size;) {
            uint32_t now = min_u32(segment->size - done, session->layout.buffer_size);
            if (session_cancelled(session, error) ||
                !write_chunk(session, segment->address + done, segment->bytes + done, now, error)) {
                return false;
            }
            done += now;
            *written += now;
            session_progress(session, "program", *written, total);
        }
    }
    return true;
}

bool operation_write(struct session *session, const struct image *image, uint64_t *written,
                     struct error *error)
{
    struct image pages;
    *written = 0;
    if (!loader_file_needs(session->loader, LOADER_WRITE, error) ||
        !session_begin(session, OPERATION_WRITE, error)) {
        return false;
    }
    if (stream_can(session, image)) {
        return stream_write(session, image, written, error);
    }
    if (!session->lifecycle->writes_pages) {
        return write_segments(session, image, written, error);
    }
    image_init(&pages);
    bool good = pages_fill(&pages, image, &session->loader->info, error) &&
                write_segments(session, &pages, written, error);
    image_release(&pages);
    return finish(session, good, error);
}

static bool read_chunk(struct session *session, uint32_t address, uint8_t *bytes, uint32_t size,
                       struct error *error)
{
    const struct target *target = session->target;
    uint32_t buffer = session->layout.read_buffer;
    if (!session_refresh(session, OPERATION_READ, error)) {
        return false;
    }
    if (!loader_file_has(session->loader, LOADER_READ) ||
        session->lifecycle->read_rule == READ_WINDOW) {
        return target->ops->read_memory(target->context, address, bytes, size, error);
    }
    const uint32_t arguments[4] = {address, size, buffer, 0};
    return session_call_checked(session, LOADER_READ, arguments,
                                session->lifecycle->read_timeout_ms, error) &&
           target->ops->read_memory(target->context, buffer, bytes, size, error);
}

static bool read_chunks(struct session *session, const char *what, uint32_t address, uint8_t *bytes,
                        uint32_t size, struct error *error)
{
    for (uint32_t done = 0; done < size;) {
        uint32_t now = min_u32(size - done, session->layout.read_size);
        if (session_cancelled(session, error) ||
            !read_chunk(session, address + done, bytes + done, now, error)) {
            return false;
        }
        done += now;
        if (what != NULL) {
            session_progress(session, what, done, size);
        }
    }
    return true;
}

bool operation_read(struct session *session, const char *what, uint32_t address, uint8_t *bytes,
                    uint32_t size, struct error *error)
{
    return session_begin(session, OPERATION_READ, error) &&
           finish(session, read_chunks(session, what, address, bytes, size, error), error);
}

struct difference {
    uint64_t count;
    uint32_t first;
    uint8_t read, expected;
};

static void compare(struct difference *difference, uint32_t address, const uint8_t *read,
                    const uint8_t *expected, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (read[i] == expected[i]) {
            continue;
        }
        if (difference->count == 0) {
            difference->first = address + i;
            difference->read = read[i];
            difference->expected = expected[i];
        }
        difference->count++;
    }
}

/* What goes through one comparison: bytes of one segment. */
struct stretch {
    uint32_t address;
    const uint8_t *expected;
    uint32_t size;
};

static bool compare_stretch(struct session *session, const struct stretch *stretch, uint8_t *buffer,
                            struct difference *difference, struct error *error)
{
    if (!read_chunk(session, stretch->address, buffer, stretch->size, error)) {
        return false;
    }
    compare(difference, stretch->address, buffer, stretch->expected, stretch->size);
    return true;
}

static bool refuse_difference(const struct stretch *stretch, uint32_t result, struct error *error)
{
    return error_set(error, ERROR_VERIFY_MISMATCH, NULL, 0, 0,
                     "Verify of 0x%08x+0x%x returned 0x%08x", stretch->address, stretch->size,
                     result);
}

/* An algorithm's Verify counts bytes; it returns the address behind the last one, or that of the first
 * difference. The bytes are uploaded again for it. */
static bool call_algorithm_verify(struct session *session, const struct stretch *stretch,
                                  struct error *error)
{
    for (uint32_t done = 0; done < stretch->size;) {
        uint32_t buffer = 0, results[2] = {0, 0};
        const uint32_t now = min_u32(stretch->size - done, session->layout.buffer_size);
        if (!session_fill_buffer(session, stretch->expected + done, now, &buffer, error)) {
            return false;
        }
        const uint32_t arguments[4] = {stretch->address + done, now, buffer, 0};
        if (!session_call(session, LOADER_VERIFY, arguments, session->lifecycle->read_timeout_ms,
                          results, error)) {
            return false;
        }
        if (!loader_file_succeeded(session->loader, LOADER_VERIFY, arguments, results[0])) {
            return refuse_difference(stretch, results[0], error);
        }
        done += now;
    }
    return true;
}

/* Verify counts words; it returns 0, or the address of the first difference. */
static bool call_verify(struct session *session, const struct stretch *stretch, struct error *error)
{
    uint32_t buffer = 0, results[2] = {0, 0};
    if (!session_refresh(session, OPERATION_READ, error) ||
        !session_fill_buffer(session, stretch->expected, stretch->size, &buffer, error)) {
        return false;
    }
    const uint32_t arguments[4] = {stretch->address, buffer, stretch->size / 4, 0};
    if (!session_call(session, LOADER_VERIFY, arguments, session->lifecycle->read_timeout_ms,
                      results, error)) {
        return false;
    }
    return results[0] == 0 || refuse_difference(stretch, results[0], error);
}

static bool calls_verify(const struct session *session)
{
    return session->lifecycle->verify_rule != VERIFY_COMPARE &&
           loader_file_has(session->loader, LOADER_VERIFY);
}

/* An algorithm's Verify takes what its buffer holds; what is read is bounded by where it is read to. */
static uint32_t verify_chunk(const struct session *session)
{
    return session->loader->format == FORMAT_ALGORITHM && calls_verify(session)
               ? session->layout.buffer_size
               : session->layout.read_size;
}

/* Whole words by Verify if the tool and the loader have it; odd bytes at either end are compared.
 */
static bool verify_stretch(struct session *session, const struct stretch *stretch, uint8_t *buffer,
                           struct difference *difference, struct error *error)
{
    if (!calls_verify(session)) {
        return compare_stretch(session, stretch, buffer, difference, error);
    }
    if (session->loader->format == FORMAT_ALGORITHM) {
        return call_algorithm_verify(session, stretch, error);
    }
    uint32_t head = min_u32((0u - stretch->address) & 3u, stretch->size);
    uint32_t body = (stretch->size - head) & ~3u, tail = stretch->size - head - body;
    const struct stretch parts[] = {
        {stretch->address, stretch->expected, head},
        {stretch->address + head, stretch->expected + head, body},
        {stretch->address + head + body, stretch->expected + head + body, tail},
    };
    return (head == 0 || compare_stretch(session, &parts[0], buffer, difference, error)) &&
           (body == 0 || call_verify(session, &parts[1], error)) &&
           (tail == 0 || compare_stretch(session, &parts[2], buffer, difference, error));
}

static bool verify_segment(struct session *session, const struct image_segment *segment,
                           uint8_t *buffer, uint64_t *done, uint64_t total,
                           struct difference *difference, struct error *error)
{
    for (uint32_t at = 0; at < segment->size;) {
        uint32_t now = min_u32(segment->size - at, verify_chunk(session));
        const struct stretch stretch = {segment->address + at, segment->bytes + at, now};
        if (session_cancelled(session, error) ||
            !verify_stretch(session, &stretch, buffer, difference, error)) {
            return false;
        }
        at += now;
        *done += now;
        session_progress(session, "verify", *done, total);
    }
    return true;
}

bool operation_verify(struct session *session, const struct image *image, struct error *error)
{
    uint64_t done = 0, total = image_size(image);
    struct difference difference = {0};
    uint8_t *buffer = malloc(session->layout.read_size);
    if (buffer == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a buffer to read back");
    }
    bool good = session_begin(session, OPERATION_READ, error);
    for (unsigned i = 0; good && i < image->count; i++) {
        good =
            verify_segment(session, &image->segments[i], buffer, &done, total, &difference, error);
    }
    free(buffer);
    good = finish(session, good, error);
    if (good && difference.count > 0) {
        return error_set(error, ERROR_VERIFY_MISMATCH, NULL, 0, 0,
                         "%llu bytes differ, the first at 0x%08x: 0x%02x for 0x%02x",
                         (unsigned long long)difference.count, difference.first, difference.read,
                         difference.expected);
    }
    return good;
}

static bool sum_is_all_ff(struct session *session, uint32_t address, uint32_t size, bool *blank,
                          struct error *error)
{
    const uint32_t arguments[4] = {address, size, 0, 0};
    uint32_t results[2] = {0, 0};
    bool good = session_call(session, LOADER_CHECKSUM, arguments,
                             session->lifecycle->read_timeout_ms, results, error);
    *blank = good && results[0] == size * 0xFFu;
    return good;
}

/* 0 is blank, 1 is not; anything else is a failure. */
static bool blank_check(struct session *session, uint32_t address, uint32_t size, bool *blank,
                        struct error *error)
{
    const uint32_t arguments[4] = {address, size, session->loader->info.erase_value, 0};
    uint32_t results[2] = {0, 0};
    if (!loader_file_has(session->loader, LOADER_BLANK_CHECK)) {
        return true;
    }
    if (!session_begin(session, OPERATION_ERASE, error) ||
        !session_call(session, LOADER_BLANK_CHECK, arguments, session->lifecycle->read_timeout_ms,
                      results, error)) {
        return false;
    }
    *blank = results[0] == 0;
    return loader_file_succeeded(session->loader, LOADER_BLANK_CHECK, arguments, results[0]) ||
           error_set(error, ERROR_CALL_FAILED, NULL, 0, 0, "%s returned 0x%08x",
                     session->loader->name[LOADER_BLANK_CHECK], results[0]);
}

/* A used block mostly shows it in its first bytes. */
bool operation_is_blank(struct session *session, uint32_t address, uint32_t size, bool *blank,
                        struct error *error)
{
    *blank = false;
    if (session->loader->format == FORMAT_ALGORITHM) {
        return blank_check(session, address, size, blank, error);
    }
    if (!loader_file_has(session->loader, LOADER_CHECKSUM) || size > UINT32_MAX / 0xFF) {
        return true;
    }
    return sum_is_all_ff(session, address, min_u32(size, BLANK_LOOK), blank, error) &&
           (!*blank || sum_is_all_ff(session, address, size, blank, error));
}

/* SPDX-License-Identifier: MIT */
#include "sweep/own.h"

#include "abi/mailbox.h"
#include "host/digest.h"
#include "host/program.h"
#include "sweep/cells.h"

#include <stddef.h>
#include <string.h>

#define BLOCK        UINT32_C(0x10000)
#define UNCHANGED    UINT32_C(0x10000) /* three blocks of an image, one after the other */
#define ONE_CHANGED  UINT32_C(0x20000)
#define REPLACED     UINT32_C(0x30000)
#define LONG         UINT32_C(0x9000) /* more than fits into one slot of the mailbox */
#define ERASED       UINT32_C(0x20000)
#define PLAIN_AT     UINT32_C(0x20345) /* the first buffer of a stream, in the block that was erased */
#define PLAIN_SIZE   UINT32_C(0x2F3)
#define PACKED_AT    UINT32_C(0x28003) /* the second */
#define PACKED_TAIL  UINT32_C(0x6)     /* bytes of it behind the last repetition */
#define PACKED_TWICE UINT32_C(0x181)   /* bytes of it that come three times */
#define PACKED_SIZE  (3 * PACKED_TWICE + PACKED_TAIL)

/* In the host's buffer. */
#define MAILBOX     UINT32_C(0)
#define LIST        UINT32_C(0x80)
#define PLAIN       UINT32_C(0x101)
#define UNPACKED    UINT32_C(0x1000)
#define UNPACK_ROOM UINT32_C(0x1000)

/* What of the flash an operation changes, in units in which our host erases: the chip's smallest, or
 * without digests the sectors of StorageInfo. False if it is more than the sweep knows of. */
static bool find_range(const struct sweep_rig *rig, enum sweep_op op, uint32_t *start,
                       uint32_t *end)
{
    const struct session *session = rig->session;
    const uint32_t first = op == SWEEP_PROGRAM ? UNCHANGED : ERASED;
    const uint32_t last = (op == SWEEP_PROGRAM ? REPLACED : ERASED) + BLOCK - 1;
    if (digest_can(session->lifecycle, session->loader, session->board)) {
        const uint32_t unit = UINT32_C(1) << session->board->part.erase[0].size_log2;
        *start = first / unit * unit;
        *end = last / unit * unit + unit;
    } else {
        uint32_t sector = 0;
        if (!loader_file_sector(session->loader, first, start, &sector) ||
            !loader_file_sector(session->loader, last, end, &sector)) {
            return false;
        }
        *end += sector;
    }
    return *end <= CELLS_USED;
}

bool own_exists(const struct sweep_rig *rig, enum sweep_op op)
{
    const struct session *session = rig->session;
    uint32_t start = 0, end = 0;
    return session->lifecycle->family == FAMILY_NATIVE &&
           session->layout.buffer_size >= UNPACKED + UNPACK_ROOM &&
           find_range(rig, op, &start, &end) &&
           (op == SWEEP_PROGRAM || digest_can(session->lifecycle, session->loader, session->board));
}

/* FF with a few pages of data: a page is many moments, FF are few. */
static void fill_for_program(const struct sweep_rig *rig)
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

void own_fill(const struct sweep_rig *rig, enum sweep_op op)
{
    if (op == SWEEP_PROGRAM) {
        fill_for_program(rig);
    }
}

static uint32_t window(const struct sweep_rig *rig)
{
    return rig->session->loader->info.device_start_address;
}

static bool write_memory(const struct sweep_rig *rig, uint32_t at, const void *bytes, size_t size,
                         struct error *error)
{
    const struct target *target = rig->session->target;
    return target->ops->write_memory(target->context, rig->session->layout.buffer + at, bytes, size,
                                     error);
}

static struct sweep_step *add_step(const struct sweep_rig *rig, struct sweep_call *call,
                                   enum loader_function function)
{
    struct sweep_step *step = &call->steps[call->step_count++];
    step->function = function;
    step->timeout_ms = rig->session->lifecycle->read_timeout_ms;
    return step;
}

static void add_erase(const struct sweep_rig *rig, struct sweep_call *call)
{
    struct sweep_step *step = add_step(rig, call, LOADER_OWN_SECTOR_ERASE);
    cells_want_blank(call->start, call->end);
    step->timeout_ms = rig->session->lifecycle->erase_timeout_ms;
    step->arguments[0] = window(rig) + call->start;
    step->arguments[1] = window(rig) + call->end - 1;
}

static bool add_digest(const struct sweep_rig *rig, struct sweep_call *call,
                       const struct digest_range *ranges, unsigned count, struct error *error)
{
    struct digest_range list[SWEEP_RANGES];
    struct sweep_step *step = add_step(rig, call, LOADER_DIGEST);
    for (unsigned i = 0; i < count; i++) {
        const uint32_t offset = ranges[i].address, size = ranges[i].size;
        list[i] = (struct digest_range){window(rig) + offset, size};
        call->wanted[i] = digest_of(offset, cells_wanted + offset, size);
    }
    call->wanted_count = count;
    call->list = rig->session->layout.buffer + LIST;
    call->ram[0] = (struct sweep_ram){call->list, count * (uint32_t)sizeof *list};
    step->arguments[0] = call->list;
    step->arguments[1] = count;
    return write_memory(rig, LIST, list, count * sizeof *list, error);
}

/* What was erased, as a whole and where it begins, as the host asks for it. */
static bool add_digest_of_all(const struct sweep_rig *rig, struct sweep_call *call,
                              struct error *error)
{
    const struct digest_range ranges[] = {{call->start, 256},
                                          {call->start, call->end - call->start}};
    return add_digest(rig, call, ranges, 2, error);
}

bool own_digests_match(const struct sweep_rig *rig, const struct sweep_call *call)
{
    struct digest found[SWEEP_RANGES];
    const struct target *target = rig->session->target;
    const size_t size = call->wanted_count * sizeof *found;
    return size == 0 || (target->ops->read_memory(target->context, call->list, found, size, NULL) &&
                         memcmp(found, call->wanted, size) == 0);
}

/* --- a stream --- */

/* One LZ4 block by hand: bytes that come three times, and a tail. Returns its size. */
static uint32_t pack(uint8_t *block, const uint8_t *bytes)
{
    const uint32_t match = 2 * PACKED_TWICE - 4;
    uint8_t *at = block;
    uint32_t left = PACKED_TWICE - 15;
    *at++ = 0xFF; /* both lengths go on */
    for (; left >= 0xFF; left -= 0xFF) {
        *at++ = 0xFF;
    }
    *at++ = (uint8_t)left;
    memcpy(at, bytes, PACKED_TWICE);
    at += PACKED_TWICE;
    *at++ = (uint8_t)PACKED_TWICE;
    *at++ = (uint8_t)(PACKED_TWICE >> 8);
    for (left = match - 15; left >= 0xFF; left -= 0xFF) {
        *at++ = 0xFF;
    }
    *at++ = (uint8_t)left;
    *at++ = PACKED_TAIL << 4;
    memcpy(at, bytes + 3 * PACKED_TWICE, PACKED_TAIL);
    return (uint32_t)(at - block) + PACKED_TAIL;
}

static bool add_stream(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    const uint32_t buffer = rig->session->layout.buffer;
    uint8_t block[PACKED_SIZE];
    for (uint32_t i = 0; i < PLAIN_SIZE; i++) {
        cells_wanted[PLAIN_AT + i] = cells_new(i);
    }
    for (uint32_t i = 0; i < PACKED_SIZE; i++) {
        cells_wanted[PACKED_AT + i] = cells_new(i % PACKED_TWICE);
    }
    const uint32_t size = pack(block, cells_wanted + PACKED_AT);
    const uint32_t packed = UNPACKED + UNPACK_ROOM - size;
    const struct mailbox mailbox = {{{.address = window(rig) + PLAIN_AT,
                                      .size = PLAIN_SIZE,
                                      .bytes = buffer + PLAIN,
                                      .full = 1},
                                     {.address = PACKED_AT, /* by an offset, as it may be */
                                      .size = PACKED_SIZE,
                                      .bytes = buffer + UNPACKED,
                                      .packed = buffer + packed,
                                      .packed_size = size,
                                      .full = 1}}};
    struct sweep_step *step = add_step(rig, call, LOADER_STREAM);
    step->timeout_ms = rig->session->lifecycle->write_timeout_ms;
    step->arguments[0] = call->mailbox = buffer + MAILBOX;
    call->ram[1] = (struct sweep_ram){buffer + MAILBOX, sizeof mailbox};
    call->ram[2] = (struct sweep_ram){buffer + UNPACKED, PACKED_SIZE};
    return write_memory(rig, MAILBOX, &mailbox, sizeof mailbox, error) &&
           write_memory(rig, PLAIN, cells_wanted + PLAIN_AT, PLAIN_SIZE, error) &&
           write_memory(rig, packed, block, size, error);
}

bool own_serve(void *context, bool *progress, struct error *error)
{
    struct own_mailbox *mailbox = context;
    const struct target *target = mailbox->rig->session->target;
    const struct mailbox_slot last = {.full = 1};
    uint32_t full = 1;
    *progress = false;
    if (!mailbox->ended &&
        !target->ops->read_memory(target->context,
                                  mailbox->address + (uint32_t)offsetof(struct mailbox_slot, full),
                                  &full, sizeof full, error)) {
        return false;
    }
    if (full != 0) {
        return true;
    }
    *progress = mailbox->ended = true;
    return target->ops->write_memory(target->context, mailbox->address, &last, sizeof last, error);
}

bool own_prepare(const struct sweep_rig *rig, struct sweep_call *call, struct error *error)
{
    static const struct digest_range ranges[] = {
        {0x35010, 0x1000}, {0x10000, 256}, {0x23450, DIGEST_STEP}};
    call->step_count = 0;
    if (call->op == SWEEP_DIGEST) {
        return add_digest(rig, call, ranges, 3, error);
    }
    find_range(rig, call->op, &call->start,
               &call->end); /* it does, or there is no such operation */
    if (call->op == SWEEP_PROGRAM) {
        call->ram[0] =
            (struct sweep_ram){rig->session->layout.buffer, rig->session->layout.buffer_size};
        return true;
    }
    add_erase(rig, call);
    return (call->op == SWEEP_OWN_ERASE || add_stream(rig, call, error)) &&
           add_digest_of_all(rig, call, error);
}

/* --- all that the host does --- */

static bool add(struct image *image, const struct sweep_rig *rig, uint32_t offset, uint32_t size,
                struct error *error)
{
    return image_add_bytes(image, "image", cells_wanted + offset, size, IMAGE_BIN, true,
                           window(rig) + offset, error);
}

/* Gives less than the blocks hold, so there are neighbours to keep. After a failure all of it, as with
 * the file in which the host has put them. */
static bool make_image(struct image *image, const struct sweep_rig *rig,
                       const struct sweep_call *call, struct error *error)
{
    if (call->again) {
        return add(image, rig, call->start, call->end - call->start, error);
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

/* SPDX-License-Identifier: MIT */
#include "host/plan.h"

#include "host/digest.h"
#include "host/pages.h"
#include "host/wanted.h"

#include <stdlib.h>

/* From `make bench`: 34.5 s to program 8 MiB less 14.7 s of page times and 8.4 s of link; 10.8 s to read
 * them back less 8.4 s of link; at 64 MHz. */
#define WRITE_CYCLES_PER_BYTE UINT64_C(87)
#define READ_CYCLES_PER_BYTE  UINT64_C(18)
/* And where only what differs is changed: 16.1 s less 15.2 s of pages and bus, 0.7 s for the digests. */
#define PAGE_CYCLES_PER_BYTE   UINT64_C(7)
#define DIGEST_CYCLES_PER_BYTE UINT64_C(5)

static bool add_sector(struct plan *plan, uint32_t address, uint32_t size, uint32_t covered,
                       struct error *error)
{
    for (unsigned i = plan->count; i > 0 && plan->sectors[i - 1].address >= address; i--) {
        if (plan->sectors[i - 1].address == address) {
            plan->sectors[i - 1].covered += covered;
            return true;
        }
    }
    struct plan_sector *grown = realloc(plan->sectors, (plan->count + 1) * sizeof *grown);
    if (grown == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a plan");
    }
    plan->sectors = grown;
    plan->sectors[plan->count++] =
        (struct plan_sector){.address = address, .size = size, .covered = covered};
    return true;
}

/* Bytes that both ranges hold. */
static uint32_t common(uint32_t a, uint32_t a_size, uint32_t b, uint32_t b_size)
{
    uint64_t start = a > b ? a : b;
    uint64_t a_end = (uint64_t)a + a_size, b_end = (uint64_t)b + b_size;
    uint64_t end = a_end < b_end ? a_end : b_end;
    return end > start ? (uint32_t)(end - start) : 0;
}

/* What a sector is to the tool: StorageInfo's, or where only what differs is changed the smallest that the
 * chip can erase. */
static bool find_sector(const struct loader_file *loader, uint32_t unit, uint32_t offset,
                        uint32_t *start, uint32_t *size)
{
    if (!loader_file_sector(loader, offset, start, size)) {
        return false;
    }
    if (unit != 0) {
        *start = offset / unit * unit;
        *size = unit;
    }
    return true;
}

static bool add_segment(struct plan *plan, const struct image_segment *segment,
                        const struct loader_file *loader, bool pages, uint32_t unit,
                        struct error *error)
{
    uint32_t base = loader->info.device_start_address;
    uint32_t from = segment->address, length = segment->size;
    if (pages) {
        pages_around(&loader->info, segment->address, segment->size, &from, &length);
    }
    for (uint32_t done = 0; done < length;) {
        uint32_t offset = from - base + done;
        uint32_t start = 0, size = 0;
        if (!find_sector(loader, unit, offset, &start, &size)) {
            return error_set(error, ERROR_IMAGE_OUTSIDE, segment->source, 0, 0,
                             "0x%08x is in no sector of the loader", from + done);
        }
        uint32_t left_in_sector = start + size - offset;
        uint32_t left = length - done;
        uint32_t covered = common(base + start, size, segment->address, segment->size);
        if (!add_sector(plan, base + start, size, covered, error)) {
            return false;
        }
        done += left < left_in_sector ? left : left_in_sector;
    }
    return true;
}

static uint64_t count_pages(const struct image_segment *segment, uint32_t page)
{
    uint64_t pages = 0;
    for (uint32_t done = 0; done < segment->size;) {
        uint32_t left_in_page = page - (segment->address + done) % page;
        uint32_t left = segment->size - done;
        uint32_t now = left < left_in_page ? left : left_in_page;
        pages += !bytes_are_blank(segment->bytes + done, now);
        done += now;
    }
    return pages;
}

static void units_time(const struct part *part, uint32_t offset, uint32_t size,
                       uint64_t *typical_ms, uint64_t *maximum_ms)
{
    *typical_ms = 0;
    *maximum_ms = 0;
    while (size > 0) {
        int fitting = -1;
        for (int i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
            uint32_t unit =
                part->erase[i].size_log2 != 0 ? UINT32_C(1) << part->erase[i].size_log2 : 0;
            if (unit != 0 && unit <= size && offset % unit == 0 &&
                (fitting < 0 || part->erase[i].size_log2 > part->erase[fitting].size_log2)) {
                fitting = i;
            }
        }
        if (fitting < 0) {
            return;
        }
        *typical_ms += part->erase[fitting].typ_ms;
        *maximum_ms += part->erase[fitting].max_ms;
        offset += UINT32_C(1) << part->erase[fitting].size_log2;
        size -= UINT32_C(1) << part->erase[fitting].size_log2;
    }
}

/* The whole chip by its own command: where our loader takes it for SectorErase, and where our host does. */
static void erase_time(const struct board *board, uint32_t offset, uint32_t size, bool digests,
                       uint64_t *typical_ms, uint64_t *maximum_ms)
{
    const struct part *part = &board->part;
    const bool pays = (board->block.flash.flags & FLASH_CHIP_ERASE_PAYS) != 0;
    units_time(part, offset, size, typical_ms, maximum_ms);
    if (size == part->size && (digests ? part->chip_erase_typ_ms < *typical_ms : pays)) {
        *typical_ms = part->chip_erase_typ_ms;
        *maximum_ms = part->chip_erase_max_ms;
    }
}

uint64_t plan_page_ns(const struct board *board)
{
    const struct flash_command *program = &board->block.flash.program;
    const uint64_t edges = (program->flags & FLASH_COMMAND_DTR) != 0 ? 2 : 1;
    const uint64_t lanes = program->data_lanes != 0 ? program->data_lanes : 1;
    const uint64_t clocks = UINT64_C(8) * board->part.page_size / (lanes * edges);
    return board->part.page_program_typ_us * UINT64_C(1000) +
           clocks * UINT64_C(1000000000) / board->flash_hz;
}

static void add_erases(struct plan *plan, const struct board *board, bool digests)
{
    for (unsigned i = 0; i < plan->count;) {
        uint32_t start = plan->sectors[i].address, end = start;
        for (; i < plan->count && plan->sectors[i].address == end; i++) {
            end += plan->sectors[i].size;
        }
        uint64_t typical = 0, maximum = 0;
        erase_time(board, start - board->window, end - start, digests, &typical, &maximum);
        plan->typical_ms += typical;
        plan->maximum_ms += maximum;
    }
}

static uint64_t cycles_ms(const struct board *board, uint64_t cycles)
{
    return cycles * 1000 / board->cost.cpu_hz;
}

/* Page times, and every byte over the link three ways at most: down, back for the compare, and the
 * neighbours that are kept. */
static void add_writes(struct plan *plan, const struct board *board,
                       const struct lifecycle *lifecycle, const struct link_model *link)
{
    uint64_t linked = 2 * plan->image_bytes;
    if (lifecycle->neighbour_rule == NEIGHBOURS_KEPT) {
        linked += 3 * plan->neighbour_bytes;
    }
    /* What our own loader spends beside the chip and the link, by the MCU's cost model. */
    const uint64_t fixed_ms =
        linked * 1000 / link->bytes_per_second +
        cycles_ms(board, plan->image_bytes * (WRITE_CYCLES_PER_BYTE + READ_CYCLES_PER_BYTE));
    plan->typical_ms += plan->pages * board->part.page_program_typ_us / 1000 + fixed_ms;
    plan->maximum_ms += plan->pages * board->part.page_program_max_us / 1000 + fixed_ms;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* All differs. The link works beside the chip, neighbours come before, digests behind. */
static void add_changes(struct plan *plan, const struct board *board, const struct link_model *link)
{
    const uint64_t touched = plan->image_bytes + plan->neighbour_bytes;
    const uint64_t pages = plan->pages + plan->neighbour_bytes / board->part.page_size;
    const uint64_t more_us = board->part.page_program_max_us - board->part.page_program_typ_us;
    const uint64_t loader_ms = cycles_ms(board, touched * PAGE_CYCLES_PER_BYTE);
    const uint64_t typical_ms = pages * plan_page_ns(board) / 1000000 + loader_ms;
    const uint64_t link_ms = touched * 1000 / link->bytes_per_second;
    const uint64_t fixed_ms = plan->neighbour_bytes * 1000 / link->bytes_per_second +
                              cycles_ms(board, touched * DIGEST_CYCLES_PER_BYTE);
    plan->typical_ms += max_u64(typical_ms, link_ms) + fixed_ms;
    plan->maximum_ms += max_u64(typical_ms + pages * more_us / 1000, link_ms) + fixed_ms;
}

bool plan_make(struct plan *plan, const struct image *image, const struct board *board,
               const struct loader_file *loader, const struct lifecycle *lifecycle,
               const struct link_model *link, struct error *error)
{
    const bool digests = digest_can(lifecycle, loader, board);
    const uint32_t unit = digests ? UINT32_C(1) << board->part.erase[0].size_log2 : 0;
    *plan = (struct plan){.image_bytes = image_size(image)};
    for (unsigned i = 0; i < image->count; i++) {
        if (!add_segment(plan, &image->segments[i], loader, lifecycle->writes_pages, unit, error)) {
            plan_release(plan);
            return false;
        }
        plan->pages += count_pages(&image->segments[i], board->part.page_size);
    }
    for (unsigned i = 0; i < plan->count; i++) {
        plan->neighbour_bytes += plan->sectors[i].size - plan->sectors[i].covered;
    }
    add_erases(plan, board, digests);
    if (digests) {
        add_changes(plan, board, link);
    } else {
        add_writes(plan, board, lifecycle, link);
    }
    return true;
}

void plan_release(struct plan *plan)
{
    free(plan->sectors);
    plan->sectors = NULL;
    plan->count = 0;
}

unsigned plan_run(const struct plan *plan, unsigned index, uint32_t *address, uint32_t *size,
                  uint32_t *covered)
{
    unsigned next = index;
    *address = plan->sectors[index].address;
    *size = *covered = 0;
    for (; next < plan->count && plan->sectors[next].address == *address + *size; next++) {
        *covered += plan->sectors[next].covered;
        *size += plan->sectors[next].size;
    }
    return next - index;
}

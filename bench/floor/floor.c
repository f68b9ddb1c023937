/* SPDX-License-Identifier: MIT */
#include "floor.h"

#include <string.h>

#define NS_PER_US 1000u
#define NS_PER_MS 1000000u
#define NS_PER_S  1e9

/* Registers of a call, see struct lifecycle: R0 to R12, SP, LR, PC, xPSR, MSP, PSP; then PC, R0 and R1
 * are read. Parking takes PC, MSP and xPSR. */
#define CALL_REGISTERS 22u
#define PARK_REGISTERS 3u

/* Of a flash algorithm: R0 to R3, R9, SP, LR, PC, xPSR; then PC, R0 and R1 are read. */
#define ALGORITHM_REGISTERS 12u

static double phase_ns(unsigned bits, unsigned lanes, uint32_t hz, bool dtr)
{
    return lanes == 0 ? 0 : (double)bits / lanes / (dtr ? 2 : 1) * NS_PER_S / hz;
}

/* WREN, then the command with `size` bytes of data. CS# high times are left out. */
static double program_bus_ns(const struct flash_block *block, uint32_t hz, uint32_t size)
{
    const struct flash_command *command = &block->program;
    const bool dtr = (command->flags & FLASH_COMMAND_DTR) != 0;
    const unsigned opcode = command->command_lanes == 8 ? 16 : 8; /* octal opcodes have two bytes */
    return 2 * phase_ns(opcode, command->command_lanes, hz, dtr) +
           phase_ns(8u * block->address_bytes, command->address_lanes, hz, dtr) +
           phase_ns(8u * size, command->data_lanes, hz, dtr);
}

static void take_erases(struct floor_flash *flash, const struct part *part, bool maximum)
{
    unsigned count = 0;
    for (unsigned size_log2 = 0; size_log2 < 32; size_log2++) {
        for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
            if (part->erase[i].size_log2 == size_log2 && size_log2 != 0) {
                const uint32_t ms = maximum ? part->erase[i].max_ms : part->erase[i].typ_ms;
                flash->erase[count].size = UINT32_C(1) << size_log2;
                flash->erase[count++].ns = (uint64_t)ms * NS_PER_MS;
            }
        }
    }
}

void floor_flash_of(struct floor_flash *flash, const struct board *board, bool maximum)
{
    const struct part *part = &board->part;
    const struct flash_block *block = &board->block.flash;
    const struct flash_command *read = &block->read_fast;
    const uint64_t page_us = maximum ? part->page_program_max_us : part->page_program_typ_us;
    *flash = (struct floor_flash){.size = part->size, .page_size = part->page_size};
    flash->page_ns =
        page_us * NS_PER_US + (uint64_t)program_bus_ns(block, board->flash_hz, part->page_size);
    flash->chip_erase_ns =
        (uint64_t)(maximum ? part->chip_erase_max_ms : part->chip_erase_typ_ms) * NS_PER_MS;
    flash->read_ns_per_byte =
        phase_ns(8, read->data_lanes, board->flash_hz, (read->flags & FLASH_COMMAND_DTR) != 0);
    take_erases(flash, part, maximum);
}

/* --- erase and program --- */

struct work {
    uint64_t erase_ns, program_ns;
};

static uint64_t total_of(const struct work *work)
{
    return work->erase_ns + work->program_ns;
}

static bool is_blank(const uint8_t *bytes, uint32_t size)
{
    return size == 0 || (bytes[0] == 0xFF && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* After an erase all pages that are not FF, else those that differ. */
static uint64_t pages_ns(const struct floor_flash *flash, const struct floor_job *job,
                         uint32_t offset, uint32_t size, bool erased)
{
    uint64_t ns = 0;
    for (uint32_t at = offset; at < offset + size; at += flash->page_size) {
        const bool program = erased
                                 ? !is_blank(job->after + at, flash->page_size)
                                 : memcmp(job->before + at, job->after + at, flash->page_size) != 0;
        ns += program ? flash->page_ns : 0;
    }
    return ns;
}

/* A program takes bits from 1 to 0 only. */
static bool needs_erase(const struct floor_job *job, uint32_t offset, uint32_t size)
{
    for (uint32_t i = offset; i < offset + size; i++) {
        if ((job->before[i] & job->after[i]) != job->after[i]) {
            return true;
        }
    }
    return false;
}

static struct work least_of_unit(const struct floor_flash *flash, const struct floor_job *job,
                                 unsigned type, uint32_t offset)
{
    const uint32_t size = flash->erase[type].size;
    const struct work whole = {flash->erase[type].ns, pages_ns(flash, job, offset, size, true)};
    struct work parts = {0, 0};
    if (type == 0) {
        if (needs_erase(job, offset, size)) {
            return whole;
        }
        parts.program_ns = pages_ns(flash, job, offset, size, false);
        return parts;
    }
    for (uint32_t at = offset; at < offset + size; at += flash->erase[type - 1].size) {
        const struct work part = least_of_unit(flash, job, type - 1, at);
        parts.erase_ns += part.erase_ns;
        parts.program_ns += part.program_ns;
    }
    return total_of(&whole) < total_of(&parts) ? whole : parts;
}

static unsigned largest_type(const struct floor_flash *flash)
{
    unsigned type = 0;
    while (type + 1 < BOARD_BLOCK_ERASE_TYPES && flash->erase[type + 1].size != 0) {
        type++;
    }
    return type;
}

static struct work least_of_chip(const struct floor_flash *flash, const struct floor_job *job)
{
    const unsigned type = largest_type(flash);
    const struct work whole = {flash->chip_erase_ns, pages_ns(flash, job, 0, flash->size, true)};
    struct work parts = {0, 0};
    for (uint32_t at = 0; at < flash->size; at += flash->erase[type].size) {
        const struct work part = least_of_unit(flash, job, type, at);
        parts.erase_ns += part.erase_ns;
        parts.program_ns += part.program_ns;
    }
    return total_of(&whole) < total_of(&parts) ? whole : parts;
}

static uint64_t link_ns(const struct link_model *link, uint64_t bytes)
{
    return (uint64_t)((double)bytes * NS_PER_S / link->bytes_per_second);
}

void floor_native(struct floor_time *time, const struct floor_flash *flash,
                  const struct floor_job *job, const struct link_model *link)
{
    const struct work work = least_of_chip(flash, job);
    *time = (struct floor_time){
        .erase_ns = work.erase_ns,
        .program_ns = work.program_ns,
        .read_ns = (uint64_t)(flash->read_ns_per_byte * job->image_size),
        .link_ns = link_ns(link, job->image_size),
    };
    const uint64_t flash_ns = time->erase_ns + time->program_ns + time->read_ns;
    time->total_ns = flash_ns > time->link_ns ? flash_ns : time->link_ns;
}

/* --- a tool's own sequence --- */

/* By the largest units that fit. */
static uint64_t units_ns(const struct floor_flash *flash, uint32_t start, uint32_t end)
{
    uint64_t ns = 0;
    for (uint32_t at = start; at < end;) {
        unsigned type = largest_type(flash);
        while (type > 0 &&
               (at % flash->erase[type].size != 0 || flash->erase[type].size > end - at)) {
            type--;
        }
        ns += flash->erase[type].ns;
        at += flash->erase[type].size;
    }
    return ns;
}

/* Or with the whole chip, where that is named. */
static uint64_t erase_range_ns(const struct floor_flash *flash, uint32_t start, uint32_t end)
{
    const uint64_t ns = units_ns(flash, start, end);
    return start == 0 && end == flash->size && flash->chip_erase_ns < ns ? flash->chip_erase_ns
                                                                         : ns;
}

static uint64_t registers_ns(const struct link_model *link, unsigned count)
{
    return (uint64_t)count * link->register_us * NS_PER_US;
}

static uint64_t call_ns(const struct link_model *link, unsigned registers)
{
    return registers_ns(link, registers) + (uint64_t)(link->run_us + link->poll_us) * NS_PER_US;
}

static uint64_t transfers_ns(const struct link_model *link, uint64_t count, uint64_t bytes)
{
    return count * link->transfer_us * NS_PER_US + link_ns(link, bytes);
}

/* Halts, parks, zeroes the buffer, writes the BKPT; then Init. */
static uint64_t begin_ns(const struct link_model *link, const struct lifecycle *lifecycle)
{
    return (uint64_t)(link->run_us + 2u * link->transfer_us) * NS_PER_US +
           registers_ns(link, PARK_REGISTERS) + link_ns(link, lifecycle->buffer_zeroed) +
           call_ns(link, CALL_REGISTERS);
}

void floor_lifecycle(struct floor_time *time, const struct floor_flash *flash,
                     const struct floor_job *job, const struct link_model *link,
                     const struct lifecycle *lifecycle, uint32_t sector_size, uint32_t buffer_size)
{
    const uint32_t start = job->image_start / sector_size * sector_size;
    const uint32_t last = job->image_start + job->image_size - 1;
    const uint32_t end = last / sector_size * sector_size + sector_size;
    const uint64_t chunks = (job->image_size + buffer_size - 1) / buffer_size;
    *time = (struct floor_time){
        .erase_ns = erase_range_ns(flash, start, end),
        .read_ns = (uint64_t)(flash->read_ns_per_byte * job->image_size),
        .link_ns = 2 * transfers_ns(link, chunks, job->image_size),
        .calls_ns =
            3 * begin_ns(link, lifecycle) + (1 + 2 * chunks) * call_ns(link, CALL_REGISTERS),
    };
    const uint32_t first_page = job->image_start / flash->page_size * flash->page_size;
    time->program_ns =
        pages_ns(flash, job, first_page,
                 (last / flash->page_size + 1) * flash->page_size - first_page, true);
    time->total_ns =
        time->erase_ns + time->program_ns + time->read_ns + time->link_ns + time->calls_ns;
}

/* Pages that the image touches, and what else lies in an erased sector and is not FF. */
static uint32_t sent_bytes(const struct floor_flash *flash, const struct floor_job *job,
                           uint32_t offset, uint32_t size)
{
    const uint32_t image_end = job->image_start + job->image_size;
    uint32_t bytes = 0;
    for (uint32_t at = offset; at < offset + size; at += flash->page_size) {
        const bool touched = at < image_end && at + flash->page_size > job->image_start;
        if (touched || !is_blank(job->after + at, flash->page_size)) {
            bytes += flash->page_size;
        }
    }
    return bytes;
}

void floor_algorithm(struct floor_time *time, const struct floor_flash *flash,
                     const struct floor_job *job, const struct link_model *link,
                     uint32_t sector_size, uint32_t buffer_size)
{
    const uint64_t step_ns = (uint64_t)(link->run_us + link->transfer_us) * NS_PER_US +
                             2 * call_ns(link, ALGORITHM_REGISTERS);
    const uint32_t image_end = job->image_start + job->image_size;
    uint64_t sectors = 0, differing = 0, erased = 0, sent = 0, blank_bytes = 0;
    *time = (struct floor_time){0};
    for (uint32_t at = job->image_start / sector_size * sector_size; at < image_end;
         at += sector_size) {
        sectors++;
        if (memcmp(job->before + at, job->after + at, sector_size) == 0) {
            continue;
        }
        differing++;
        sent += sent_bytes(flash, job, at, sector_size);
        time->program_ns += pages_ns(flash, job, at, sector_size, true);
        if (is_blank(job->before + at, sector_size)) {
            blank_bytes += sector_size;
        } else {
            erased++;
            time->erase_ns += units_ns(flash, at, at + sector_size);
        }
    }
    const uint64_t chunks = (sent + buffer_size - 1) / buffer_size;
    time->read_ns = (uint64_t)(flash->read_ns_per_byte * (double)(blank_bytes + sent));
    time->link_ns =
        transfers_ns(link, sectors, sectors * sector_size) + 2 * transfers_ns(link, chunks, sent);
    time->calls_ns = (differing > 0 ? 4 : 1) * step_ns +
                     (differing + erased + 2 * chunks) * call_ns(link, ALGORITHM_REGISTERS);
    time->total_ns =
        time->erase_ns + time->program_ns + time->read_ns + time->link_ns + time->calls_ns;
}

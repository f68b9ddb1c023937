/* SPDX-License-Identifier: MIT */
#include "board/sfdp_part.h"

#include <stdio.h>
#include <string.h>

#define KIB            (UINT32_C(1) << 10)
#define MIB            (UINT32_C(1) << 20)

#define SIZE_MIN       (64 * KIB)
#define SIZE_MAX_BYTES (256 * MIB)
#define REACH_3_BYTES  (16 * MIB)

/* No SFDP holds these [choice]; each is slower or longer than any public figure for such parts. */
#define FAST_HZ           UINT32_C(50000000) /* SFDP itself must be readable at it, JESD216 */
#define SLOW_HZ           UINT32_C(20000000) /* 03h; the slowest public limit is 33 MHz */
#define PAGE_MIN          16u
#define PAGE_MAX          256u
#define PAGE_LIMIT_US     UINT32_C(10000)
#define REGISTER_WRITE_MS 1500
#define RESET_US          1000
#define RESET_BUSY_US     UINT32_C(120000) /* ST's drivers wait 100 ms after a reset in an erase */
#define WAKE_US           UINT32_C(500)
#define POWER_UP_US       UINT32_C(10000)
#define SUPPLY_MIN_MV     1650
#define SUPPLY_MAX_MV     3600
#define CHIP_LIMIT_MS     UINT32_C(250000)
#define CHIP_MS_PER_MIB   UINT32_C(8000)
#define TIME_MAX_MS       UINT32_C(2147000) /* twice that in microseconds fits 32 bits */
#define PROTECT_SR1       0x3C /* BP0 to BP2, and bit 5: BP3, or TB, which only says which end */
#define PROTECT_SR2       0x40 /* CMP, where 35h reads SR2 */
#define ONCE_SR2                                                                                   \
    0x3D /* LB bits and SRP1 of the families known; 0 is written to others in vain [INF] */
#define CHIP_ERASE      0xC7
#define EXIT_4BYTE      0xE9
#define LEAVES_4BYTE_E9 0x03 /* E9h, with or without 06h before it */
#define TYPICAL_PART    10u  /* of a limit, where no typical time is told [INF] */

const char *const sfdp_part_assumptions[] = {
    "clock: 50 MHz at most, 20 MHz by 03h; 0Bh has 8 dummy clocks; a chip erase is C7h",
    "protection: SR1 bits 2 to 5, and SR2 bit 6 where 35h reads SR2, must be 0",
    "errors: none are reported; a read-back tells",
    "waits: register write 1.5 s, power-up 10 ms, reset 1 ms, in an erase 120 ms",
    "supply: 1.65 V to 3.6 V; whether `supply:` is the chip's nobody checks",
    NULL};

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t twice(uint32_t told_ms)
{
    return told_ms > TIME_MAX_MS / 2 ? TIME_MAX_MS : 2 * told_ms;
}

uint32_t sfdp_part_erase_ms(uint32_t bytes, uint32_t told_ms)
{
    static const struct {
        uint32_t bytes, ms;
    } limits[] = {{4 * KIB, 1000}, {32 * KIB, 3000}, {64 * KIB, 6500}, {256 * KIB, 7000}};
    uint32_t limit = CHIP_LIMIT_MS;
    for (size_t i = sizeof limits / sizeof limits[0]; i > 0; i--) {
        limit = bytes <= limits[i - 1].bytes ? limits[i - 1].ms : limit;
    }
    return larger(limit, twice(told_ms));
}

uint32_t sfdp_part_chip_erase_ms(uint32_t size, uint32_t told_ms)
{
    uint32_t limit = larger(CHIP_LIMIT_MS, size / MIB * CHIP_MS_PER_MIB);
    return smaller(TIME_MAX_MS, larger(limit, twice(told_ms)));
}

static bool refuse(struct sfdp_refusal *refusal, const char *why, const char *hint)
{
    *refusal = (struct sfdp_refusal){why, hint};
    return false;
}

static bool check_shape(const struct sfdp *sfdp, struct sfdp_refusal *refusal)
{
    uint64_t size = sfdp->basic.geometry.size;
    if (sfdp->header.access < 0xFD) {
        return refuse(refusal, "its SFDP is read in another protocol than SPI: no 1-1-1",
                      "read the dump in SPI mode, after a reset");
    }
    if (size == 0 || (size & (size - 1)) != 0) {
        return refuse(refusal, "the density is no power of two", NULL);
    }
    if (size < SIZE_MIN || size > SIZE_MAX_BYTES) {
        return refuse(refusal, "the density is not in 64 KiB to 256 MiB", NULL);
    }
    if (sfdp->basic.program.known && sfdp->basic.program.page < PAGE_MIN) {
        return refuse(refusal, "the page is smaller than 16 bytes", NULL);
    }
    return true;
}

/* Beyond 16 MiB every opcode must be one that always takes four address bytes. */
static bool needs_4_bytes(const struct sfdp *sfdp)
{
    return sfdp->basic.geometry.size > REACH_3_BYTES || sfdp->basic.geometry.address_bytes == 4;
}

static bool check_address(const struct sfdp *sfdp, struct sfdp_refusal *refusal)
{
    const uint32_t least = SFDP_A4_READ_13 | SFDP_A4_PROGRAM_12;
    if (!needs_4_bytes(sfdp)) {
        return true;
    }
    if (!sfdp->address4.known) {
        return refuse(
            refusal,
            "it needs 4-byte addresses, and the dump has no table of their opcodes (FF84h)",
            "dump it whole; a chip without that table needs a part file");
    }
    if ((sfdp->address4.supports & least) != least) {
        return refuse(refusal, "it needs 4-byte addresses, but has not 13h and 12h",
                      "such a chip needs a part file");
    }
    return true;
}

static void take_command(struct part_command *list, unsigned *count, uint8_t opcode, uint8_t lanes,
                         unsigned dummy_clocks)
{
    list[(*count)++] = (struct part_command){.command = {.opcode = opcode,
                                                         .command_lanes = 1,
                                                         .address_lanes = 1,
                                                         .data_lanes = lanes,
                                                         .dummy_clocks = (uint8_t)dummy_clocks},
                                             .max_hz = FAST_HZ};
}

/* Reads whose address goes on one line: they have no mode byte that could leave the chip in
 * continuous read. What a chip calls mode clocks there are dummy clocks. */
static void take_reads(struct part_file *part, const struct sfdp *sfdp)
{
    static const struct {
        enum sfdp_read_kind kind;
        uint8_t lanes, opcode4;
        uint32_t flag;
    } kinds[] = {{SFDP_READ_1_1_4, 4, 0x6C, SFDP_A4_READ_6C},
                 {SFDP_READ_1_1_2, 2, 0x3C, SFDP_A4_READ_3C}};
    bool four = needs_4_bytes(sfdp);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct sfdp_read *read = &sfdp->basic.reads[kinds[i].kind];
        bool quad = kinds[i].lanes == 4;
        if (read->opcode != 0 && (!quad || sfdp->basic.quad.known) &&
            (!four || (sfdp->address4.supports & kinds[i].flag) != 0)) {
            take_command(part->reads, &part->read_count, four ? kinds[i].opcode4 : read->opcode,
                         kinds[i].lanes, (unsigned)read->mode_clocks + read->wait_clocks);
        }
    }
    if (!four || (sfdp->address4.supports & SFDP_A4_READ_0C) != 0) {
        take_command(part->reads, &part->read_count, four ? 0x0C : 0x0B, 1, 8);
    } else {
        take_command(part->reads, &part->read_count, 0x13, 1, 0);
        part->reads[part->read_count - 1].max_hz = SLOW_HZ;
    }
}

/* A 1-1-4 program is told by its 4-byte form only: 34h goes with 32h. */
static void take_programs(struct part_file *part, const struct sfdp *sfdp)
{
    bool four = needs_4_bytes(sfdp);
    if (sfdp->basic.quad.known && (sfdp->address4.supports & SFDP_A4_PROGRAM_34) != 0) {
        take_command(part->programs, &part->program_count, four ? 0x34 : 0x32, 4, 0);
    }
    take_command(part->programs, &part->program_count, four ? 0x12 : 0x02, 1, 0);
}

/* A type is used if it erases the same number of bytes wherever it is sent. */
static bool is_uniform(const struct sfdp *sfdp, unsigned index)
{
    const struct sfdp_erase *erase = &sfdp->basic.erases[index];
    if (erase->size_log2 < 12 || erase->shared || (needs_4_bytes(sfdp) && erase->opcode4 == 0)) {
        return false;
    }
    if (sfdp->sector_map.known) {
        return (sfdp->sector_map.types >> index & 1) != 0;
    }
    return erase->size_log2 != 12 || sfdp->basic.geometry.erase4k_opcode != 0;
}

static void take_erase(struct part_file *part, unsigned slot, const struct sfdp_erase *erase,
                       bool four)
{
    uint32_t maximum = sfdp_part_erase_ms(UINT32_C(1) << erase->size_log2, erase->maximum_ms);
    part->part.erase[slot].opcode = erase->opcode;
    part->part.erase[slot].opcode_4byte = erase->opcode4;
    part->part.erase[slot].size_log2 = erase->size_log2;
    part->part.erase[slot].typ_ms =
        erase->typical_ms != 0 ? erase->typical_ms : maximum / TYPICAL_PART;
    part->part.erase[slot].max_ms = maximum;
    part->flash.erase[slot] = (struct flash_erase){.opcode = four ? erase->opcode4 : erase->opcode,
                                                   .size_log2 = erase->size_log2,
                                                   .max_ms = maximum};
}

/* Ascending by size, as the loader wants them. */
static bool take_erases(struct part_file *part, const struct sfdp *sfdp,
                        struct sfdp_refusal *refusal)
{
    unsigned count = 0;
    for (unsigned size = 12; size < 32; size++) {
        for (unsigned i = 0; i < SFDP_ERASE_TYPES; i++) {
            const struct sfdp_erase *erase = &sfdp->basic.erases[i];
            bool again = count > 0 && part->part.erase[count - 1].size_log2 == size;
            if (erase->size_log2 == size && !again && is_uniform(sfdp, i)) {
                take_erase(part, count++, erase, needs_4_bytes(sfdp));
            }
        }
    }
    return count > 0 || refuse(refusal, "no erase command works alike on the whole chip",
                               "`extload info --sfdp` shows what there is; write a part file");
}

static void take_program_times(struct part_file *part, const struct sfdp_program *program)
{
    uint32_t size = part->part.size;
    uint32_t chip_ms = sfdp_part_chip_erase_ms(size, program->chip_erase_maximum_ms);
    uint32_t page_us = larger(PAGE_LIMIT_US, 2 * program->page_maximum_us);
    part->part.page_size = program->known ? smaller(program->page, PAGE_MAX) : PAGE_MAX;
    part->part.page_program_max_us = page_us;
    part->part.chip_erase_max_ms = chip_ms;
    part->part.page_program_typ_us =
        program->known ? program->page_typical_us : page_us / TYPICAL_PART;
    part->part.chip_erase_typ_ms =
        program->known ? program->chip_erase_typical_ms : chip_ms / TYPICAL_PART;
    part->part.times_from_memory = !program->known;
    snprintf(part->part.timing_source, sizeof part->part.timing_source,
             program->known
                 ? "typical: the chip's SFDP; maximum: twice SFDP's, and not below fixed "
                   "limits"
                 : "fixed limits and a tenth of them [INF]: the SFDP tells no times");
}

static enum quad_enable quad_of(const struct sfdp_quad *quad)
{
    bool reserved = quad->enable > QUAD_ENABLE_SR2B1_READ_35_WRITE_31;
    return !quad->known || reserved ? QUAD_ENABLE_NONE : (enum quad_enable)quad->enable;
}

static bool has_table(const struct sfdp_header *header, uint16_t id)
{
    for (unsigned i = 0; i < header->count; i++) {
        if (header->tables[i].id == id) {
            return true;
        }
    }
    return false;
}

/* Blocks of the SST26 are locked at power-up; no other maker has that vendor table. */
static void take_setup(struct part_setup *setup, const struct sfdp *sfdp)
{
    const struct sfdp_modes *modes = &sfdp->basic.modes;
    enum quad_enable quad = quad_of(&sfdp->basic.quad);
    bool reads_sr2 = quad == QUAD_ENABLE_SR2B1_DUAL_CLEARING ||
                     quad == QUAD_ENABLE_SR2B1_READ_35_WRITE_01 ||
                     quad == QUAD_ENABLE_SR2B1_READ_35_WRITE_31;
    *setup = (struct part_setup){
        .quad_enable = quad,
        .global_unlock =
            has_table(&sfdp->header, SFDP_SST) ? GLOBAL_UNLOCK_ALWAYS : GLOBAL_UNLOCK_NEVER,
        .volatile_status = (modes->status_write & SFDP_STATUS_VOLATILE_50) != 0,
        .protect_mask = PROTECT_SR1,
        .protect_mask_sr2 = reads_sr2 ? PROTECT_SR2 : 0,
        .once_mask_sr2 = reads_sr2 ? ONCE_SR2 : 0,
        .exit_4byte = (modes->leave4 & LEAVES_4BYTE_E9) != 0 ? EXIT_4BYTE : 0,
    };
}

static void take_flash(struct part_file *part, const struct sfdp *sfdp)
{
    const struct sfdp_power_down *down = &sfdp->basic.power_down;
    struct flash_block *flash = &part->flash;
    flash->size = part->part.size;
    flash->page_size = (uint16_t)part->part.page_size;
    flash->address_bytes = needs_4_bytes(sfdp) ? 4 : 3;
    flash->chip_erase = CHIP_ERASE;
    flash->reset_us = RESET_US;
    flash->reset_busy_us = RESET_BUSY_US;
    flash->wake_us = (uint16_t)larger(WAKE_US, down->leave_ns / 1000 + 1);
    flash->register_write_ms = REGISTER_WRITE_MS;
    flash->power_up_us = POWER_UP_US;
    flash->page_program_us = part->part.page_program_max_us;
    flash->chip_erase_ms = part->part.chip_erase_max_ms;
    flash->read_slow = (struct flash_command){.opcode = needs_4_bytes(sfdp) ? 0x13 : 0x03,
                                              .command_lanes = 1,
                                              .address_lanes = 1,
                                              .data_lanes = 1};
}

bool sfdp_part_make(struct part_file *part, const struct sfdp *sfdp, struct sfdp_refusal *refusal)
{
    memset(part, 0, sizeof *part);
    if (!check_shape(sfdp, refusal) || !check_address(sfdp, refusal)) {
        return false;
    }
    part->part.size = (uint32_t)sfdp->basic.geometry.size;
    part->part.max_hz = FAST_HZ;
    part->part.read_slow_max_hz = SLOW_HZ;
    part->supply_min_mv = SUPPLY_MIN_MV;
    part->supply_max_mv = SUPPLY_MAX_MV;
    take_program_times(part, &sfdp->basic.program);
    take_reads(part, sfdp);
    take_programs(part, sfdp);
    take_setup(&part->setup, sfdp);
    take_flash(part, sfdp);
    return take_erases(part, sfdp, refusal);
}

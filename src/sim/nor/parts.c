/* SPDX-License-Identifier: MIT */
/*
 * The modelled parts, one row each; those of Macronix' octal family stand in mx_octal_parts.c.
 *
 * S25FL064L: typical times are those of its SFDP tables, except the register write time [memory].
 * Maximum times, identity, default registers and interface times are those of the FMF S25FL064L
 * model (Free Model Foundry, s25fl064l.v).
 */
#include "sim/clock.h"
#include "sim/nor/chip.h"

#include <string.h>

/* Header and parameter headers at 000h; basic table (16 words) at 300h; 4-byte address instruction
 * table (2 words) at 340h [FMF]. Wrong in the chip's own tables: erase type 2 of the second says
 * 52h where the chip has 53h; its bit 2 denies 3Ch. */
static const uint8_t s25fl064l_headers[] = {
    0x53, 0x46, 0x44, 0x50, 0x06, 0x01, 0x01, 0xFF, 0x00, 0x06, 0x01, 0x10,
    0x00, 0x03, 0x00, 0xFF, 0x84, 0x00, 0x01, 0x02, 0x40, 0x03, 0x00, 0xFF,
};
static const uint8_t s25fl064l_tables[] = {
    0xE5, 0x20, 0xFB, 0xFF, 0xFF, 0xFF, 0xFF, 0x03, 0x48, 0xEB, 0x08, 0x6B, 0x08, 0x3B, 0x88,
    0xBB, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x48, 0xEB, 0x0C, 0x20,
    0x0F, 0x52, 0x10, 0xD8, 0x00, 0xFF, 0x31, 0x92, 0x0D, 0xFF, 0x81, 0x66, 0x4E, 0xCD, 0xCC,
    0x83, 0x18, 0x44, 0x7A, 0x75, 0x7A, 0x75, 0xF7, 0xA2, 0xD5, 0x5C, 0x22, 0xF6, 0x5D, 0xFF,
    0xE8, 0x50, 0xF8, 0xA1, 0xFB, 0x8E, 0xF3, 0xFF, 0x21, 0x52, 0xDC, 0xFF,
};

static const struct nor_part nor_part_s25fl064l = {
    .name = "S25FL064L",
    .id = {0x01, 0x60, 0x17},
    .release_id = {0x60, 0x17},
    .size = 8u << 20,
    .page = 256,
    .clock_hz = 108000000,
    .cr2_default = 0x60,
    .cr3_default = 0x78,
    .sfdp = {{0x000, sizeof(s25fl064l_headers), s25fl064l_headers},
             {0x300, sizeof(s25fl064l_tables), s25fl064l_tables}},
    .times =
        {
            [NOR_TIME_PAGE] = {448 * PS_PER_US, 1350 * PS_PER_US},
            [NOR_TIME_BYTE_FIRST] = {80 * PS_PER_US, 90 * PS_PER_US},
            [NOR_TIME_BYTE_NEXT] = {10 * PS_PER_US, 30 * PS_PER_US},
            [NOR_TIME_ERASE_4K] = {64 * PS_PER_MS, 320 * PS_PER_MS},
            [NOR_TIME_ERASE_32K] = {304 * PS_PER_MS, 600 * PS_PER_MS},
            [NOR_TIME_ERASE_64K] = {512 * PS_PER_MS, 1150 * PS_PER_MS},
            [NOR_TIME_ERASE_CHIP] = {56 * PS_PER_SECOND, 150 * PS_PER_SECOND},
            [NOR_TIME_REGISTER] = {220 * PS_PER_MS, 1200 * PS_PER_MS},
            [NOR_TIME_PASSWORD] = {100 * PS_PER_US, 100 * PS_PER_US},
            [NOR_TIME_POWER_UP] = {300 * PS_PER_US, 300 * PS_PER_US},
            [NOR_TIME_RESET] = {100 * PS_PER_US, 100 * PS_PER_US},
            [NOR_TIME_SUSPEND] = {40 * PS_PER_US, 40 * PS_PER_US},
            [NOR_TIME_RESUME_TO_SUSPEND] = {100 * PS_PER_US, 100 * PS_PER_US},
            [NOR_TIME_DPD_ENTER] = {3 * PS_PER_US, 3 * PS_PER_US},
            [NOR_TIME_DPD_EXIT] = {5 * PS_PER_US, 5 * PS_PER_US},
            [NOR_TIME_QPI_ENTER] = {1500 * PS_PER_NS, 1500 * PS_PER_NS},
            [NOR_TIME_QPI_EXIT] = {1000 * PS_PER_NS, 1000 * PS_PER_NS},
            [NOR_TIME_CS_HIGH] = {50 * PS_PER_NS, 50 * PS_PER_NS},
        },
    .family = &nor_family_s25fl_l,
};

static const struct nor_part *const parts[] = {&nor_part_s25fl064l, &nor_part_mx66uw1g45g,
                                               &nor_part_mx25um51245g};

const struct nor_part *nor_part_at(unsigned index)
{
    return index < sizeof(parts) / sizeof(parts[0]) ? parts[index] : NULL;
}

const struct nor_part *nor_part_find(const char *name)
{
    for (unsigned i = 0; name != NULL && nor_part_at(i) != NULL; i++) {
        if (strcmp(parts[i]->name, name) == 0) {
            return parts[i];
        }
    }
    return NULL;
}

uint8_t nor_sfdp_byte(const struct nor_part *part, uint32_t address)
{
    for (unsigned i = 0; i < sizeof(part->sfdp) / sizeof(part->sfdp[0]); i++) {
        const struct nor_sfdp *run = &part->sfdp[i];
        if (address >= run->at && address - run->at < run->size) {
            return run->bytes[address - run->at];
        }
    }
    return 0xFF;
}

/* SPDX-License-Identifier: MIT */
/*
 * What may be changed: legacy block protection or individual block locks (CR2V.WPS), the pointer
 * region beside either, security region locks, register lock-down.
 * Sources: FMF S25FL064L model; FMF FL-L test bench for the direction of the pointer region.
 */
#include "sim/nor/chip.h"

#include <string.h>

enum {
    PRPR_TOP = 1u << 9, /* the unprotected sectors are those from the pointer up */
    PRPR_DISABLED = 1u << 10,
    PRPR_ALL = 1u << 11,
    LOCK_BLOCK = 65536
};

uint8_t nor_protection_bits(const struct nor_part *part)
{
    return part->protection == NOR_PROTECTION_BP4 ? SR1_BP4 : SR1_BP;
}

static uint32_t blocks_size(const struct nor_part *part, unsigned bp)
{
    uint64_t size = bp == 0 ? 0 : (uint64_t)LOCK_BLOCK << (bp - 1);
    return size > part->size ? part->size : (uint32_t)size;
}

/* Bytes that BP protects before CMP. BP2..BP0: with SEC = 0 halves of halves of the array, with
 * SEC = 1 4 KiB doubling up to 32 KiB. BP3..BP0: 64 KiB doubling up to all [memory]. */
static uint32_t legacy_size(const struct nor *nor)
{
    bool four = nor->part->protection == NOR_PROTECTION_BP4;
    unsigned bp = (nor->now.sr1 & nor_protection_bits(nor->part)) >> 2;
    if (four || bp == 0) {
        return blocks_size(nor->part, bp);
    }
    if (bp == 7) {
        return nor->part->size;
    }
    if ((nor->now.sr1 & SR1_SEC) == 0) {
        return nor->part->size >> (7 - bp);
    }
    return bp >= 4 ? 32768 : (uint32_t)NOR_SECTOR << (bp - 1);
}

static bool legacy_protected(const struct nor *nor, uint32_t address)
{
    uint32_t size = legacy_size(nor);
    bool four = nor->part->protection == NOR_PROTECTION_BP4;
    bool bottom = (nor->now.sr1 & (four ? SR1_TB4 : SR1_TBPROT)) != 0;
    bool inside = bottom ? address < size : address >= nor->part->size - size;
    return inside != ((nor->now.cr1 & CR1_CMP) != 0);
}

static bool pointer_protected(const struct nor *nor, uint32_t address)
{
    uint32_t prpr = nor->nv.prpr;
    if ((prpr & PRPR_DISABLED) != 0) {
        return false;
    }
    if ((prpr & PRPR_ALL) != 0) {
        return true;
    }
    uint32_t sector = address / NOR_SECTOR;
    uint32_t pointer = (prpr & (nor->part->size - 1)) / NOR_SECTOR;
    return (prpr & PRPR_TOP) != 0 ? sector < pointer : sector > pointer;
}

bool nor_is_protected(const struct nor *nor, uint32_t address, uint32_t length)
{
    uint32_t first = address / NOR_SECTOR * NOR_SECTOR;
    bool individual = (nor->now.cr2 & CR2_WPS) != 0;
    if (nor->failure == NOR_FAILURE_PROTECTED) {
        return true;
    }
    for (uint32_t at = first; at < address + length; at += NOR_SECTOR) {
        bool locked = individual ? nor->locked[at / NOR_SECTOR] : legacy_protected(nor, at);
        if (locked || pointer_protected(nor, at)) {
            return true;
        }
    }
    return false;
}

bool nor_blocks_protected(const struct nor *nor, unsigned bp, bool bottom, uint32_t address,
                          uint32_t length)
{
    uint32_t size = blocks_size(nor->part, bp);
    return bottom ? address < size : (uint64_t)address + length > nor->part->size - size;
}

/* One lock per 4 KiB in the first and the last 64 KiB, one per 64 KiB elsewhere. */
void nor_lock_set(struct nor *nor, uint32_t address, bool locked)
{
    bool fine = address < LOCK_BLOCK || address >= nor->part->size - LOCK_BLOCK;
    uint32_t unit = fine ? NOR_SECTOR : LOCK_BLOCK;
    memset(nor->locked + address / unit * unit / NOR_SECTOR, locked, unit / NOR_SECTOR);
}

void nor_lock_all(struct nor *nor, bool locked)
{
    memset(nor->locked, locked, sizeof(nor->locked));
}

/* LB3..LB0 lock one region each for good; NVLOCK = 0 locks regions 2 and 3 for now. */
bool nor_security_is_locked(const struct nor *nor, uint32_t address)
{
    unsigned region = address / NOR_PAGE_MAX;
    if (((nor->nv.registers.cr1 >> (2 + region)) & 1) != 0) {
        return true;
    }
    return region >= 2 && (nor->pr & PR_NVLOCK) == 0;
}

void nor_password_checked(struct nor *nor, const struct nor_operation *operation)
{
    if (memcmp(operation->nv.password, nor->nv.password, sizeof(nor->nv.password)) == 0) {
        nor->pr |= PR_NVLOCK;
    } else {
        nor_operation_fail(nor, SR2_P_ERR); /* [memory] */
    }
}

/* WP# is IO2, and only while the chip uses one or two lines; its level is that of the frame's last
 * clock. */
bool nor_registers_are_locked(const struct nor *nor)
{
    if ((nor->now.cr1 & CR1_SRP1) != 0) {
        return true;
    }
    bool pin = (nor->now.cr1 & CR1_QUAD) == 0 && !nor_in_qpi(nor);
    return (nor->now.sr1 & SR1_SRP0) != 0 && pin && (nor->frame.level & 0x04) == 0;
}

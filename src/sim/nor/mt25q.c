/* SPDX-License-Identifier: MIT */
/*
 * What the commands of Micron's MT25Q do.
 *
 * Sources: the part's rows in U-Boot, OpenOCD, flashrom and ufprog; the SFDP table of the MT25QU256
 * [SFDP]: no quad-enable bit, flag status, 06h before B7h and E9h, QPI by 35h or EVCR, continuous
 * read ("XIP") by VCR bit 3. Bits of the flag status register: U-Boot's and Linux' drivers. Other
 * bits, the clock table, that WEL stays set after a refusal: [memory] unless marked otherwise.
 */
#include "sim/nor/mt25q.h"

/* Flag status register; protocols are EVCR's, see mt25q.h. */
enum {
    FLAG_READY = 0x80,
    FLAG_ERASE_SUSPENDED = 0x40,
    FLAG_ERASE_ERR = 0x20,
    FLAG_PROGRAM_ERR = 0x10,
    FLAG_PROGRAM_SUSPENDED = 0x04,
    FLAG_PROT_ERR = 0x02,
    FLAG_4_BYTE = 0x01,
    SR_WRITABLE = MT25Q_SR_SRWD | MT25Q_SR_BP3 | MT25Q_SR_BOTTOM | MT25Q_SR_BP
};

/* Non-volatile configuration register. */
enum {
    NVCR_4_BYTE_OFF = 0x0001,
    NVCR_SEGMENT_LOW = 0x0002,
    NVCR_NO_DUAL = 0x0004,
    NVCR_NO_QUAD = 0x0008,
    NVCR_XIP_Pos = 9,
    NVCR_NO_XIP = 7,
    NVCR_DUMMY_Pos = 12,
    EVCR_FACTORY = 0xFF,
    LOCK_BLOCK = 65536,
    SEGMENT = 16 << 20
};

enum {
    CLOCK_CODES = 12,
    SLOW_READ_HZ = 54000000
};

/* Highest clock in MHz by dummy clocks, 0 (taken as 1) to 11 and above. */
static const uint8_t clock_table[][CLOCK_CODES] = {
    [NOR_SPEED_1_1_1] = {94, 94, 112, 129, 133, 133, 133, 133, 133, 133, 133, 133},
    [NOR_SPEED_1_1_2] = {79, 79, 97, 106, 115, 125, 133, 133, 133, 133, 133, 133},
    [NOR_SPEED_1_2_2] = {60, 60, 77, 86, 97, 106, 115, 125, 133, 133, 133, 133},
    [NOR_SPEED_QUAD] = {39, 39, 48, 58, 69, 78, 86, 97, 106, 115, 125, 133},
};

static enum nor_protocol protocol(const struct nor *nor)
{
    if ((nor->now.cr3 & MT25Q_EVCR_NO_QUAD) == 0) {
        return NOR_QPI;
    }
    return (nor->now.cr3 & MT25Q_EVCR_NO_DUAL) == 0 ? NOR_DPI : NOR_SPI;
}

/* Codes 0 and 15 are each command's own number: 10 with the address on four lines, else 8. */
static unsigned dummy_clocks(const struct nor *nor, const struct nor_command *command)
{
    unsigned code = nor->now.cr1 >> MT25Q_VCR_DUMMY_Pos;
    if (code != 0 && code != 15) {
        return code;
    }
    return command->address_lanes == 4 || protocol(nor) == NOR_QPI ? 10 : 8;
}

/* The first one carries the bit that confirms continuous read. */
static unsigned latency(const struct nor *nor, const struct nor_command *command)
{
    return dummy_clocks(nor, command) - 1;
}

static uint32_t clock_limit(const struct nor *nor, const struct nor_command *command)
{
    if (command->speed == NOR_SPEED_ANY) {
        return nor->part->clock_hz;
    }
    if (command->speed == NOR_SPEED_SLOW_READ) {
        return SLOW_READ_HZ;
    }
    unsigned speed = protocol(nor) == NOR_QPI ? NOR_SPEED_QUAD : command->speed;
    unsigned clocks = dummy_clocks(nor, command);
    unsigned column = clocks < CLOCK_CODES ? clocks : CLOCK_CODES - 1;
    return clock_table[speed][column] * UINT32_C(1000000);
}

/* DQ0 low in the first clock after the address, and VCR must allow it. */
static bool continues(const struct nor *nor, const struct nor_command *command, uint8_t mode)
{
    (void)command;
    return (nor->now.cr1 & MT25Q_VCR_NO_XIP) == 0 && (mode & 1) == 0;
}

static bool accepts(struct nor *nor, const struct nor_command *command)
{
    return nor_hears(nor, command);
}

/* Bursts of 16, 32, 64 bytes, or none. */
static void begin(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    unsigned wrap = nor->now.cr1 & MT25Q_VCR_WRAP;
    nor_begin_array(nor);
    if ((frame->command->flags & NOR_ARRAY_READ) != 0 && wrap != MT25Q_VCR_WRAP) {
        frame->wrap_mask = (16u << wrap) - 1;
    }
}

/* A read of it counts as a status read. */
static uint8_t flag_status(struct nor *nor)
{
    uint8_t suspended = nor_suspend_bits(nor);
    bool busy = nor_is_busy(nor);
    nor->shown = true;
    nor->linger = false;
    return (uint8_t)((busy ? 0 : FLAG_READY) |
                     ((suspended & SR2_ES) != 0 ? FLAG_ERASE_SUSPENDED : 0) |
                     ((suspended & SR2_PS) != 0 ? FLAG_PROGRAM_SUSPENDED : 0) |
                     ((nor->sr2 & SR2_E_ERR) != 0 ? FLAG_ERASE_ERR : 0) |
                     ((nor->sr2 & SR2_P_ERR) != 0 ? FLAG_PROGRAM_ERR : 0) |
                     ((nor->sr2 & MT25Q_PROT_ERR) != 0 ? FLAG_PROT_ERR : 0) |
                     (nor_long_address(nor) ? FLAG_4_BYTE : 0));
}

/* In SPI what discriminates the part follows; in the wide protocols the three bytes come again. */
static uint8_t id_byte(const struct nor *nor)
{
    uint32_t index = nor->frame.data_count;
    if (protocol(nor) != NOR_SPI) {
        return nor->part->id[index % 3];
    }
    if (index < 3) {
        return nor->part->id[index];
    }
    return index < 6 ? nor->part->more_id[index - 3] : 0;
}

static bool sector_is_locked(const struct nor *nor)
{
    return nor->locked[(nor->frame.address & (nor->part->size - 1)) / NOR_SECTOR];
}

static uint8_t next_byte(struct nor *nor, uint64_t now_ps)
{
    struct nor_frame *frame = &nor->frame;
    nor_settle(nor, now_ps);
    switch (frame->command->action) {
    case NOR_READ_SR1: return nor_status1_show(nor);
    case NOR_READ_FLAGS: return flag_status(nor);
    case NOR_READ_VCR: return nor->now.cr1;
    case NOR_READ_EVCR: return nor->now.cr3;
    case NOR_READ_NVCR: return (uint8_t)(nor->nv.nvcr >> (8 * (frame->data_count % 2)));
    case NOR_READ_EAR: return nor->now.ear;
    case NOR_READ_BLOCK_LOCK: return sector_is_locked(nor) ? 1 : 0;
    case NOR_READ_ID: return id_byte(nor);
    case NOR_READ_SFDP: return nor_sfdp_byte(nor->part, frame->address++);
    default: return 0xFF;
    }
}

static bool is_protected(const struct nor *nor, uint32_t address, uint32_t length)
{
    for (uint32_t at = address; at < address + length; at += NOR_SECTOR) {
        if (nor->locked[at / NOR_SECTOR]) {
            return true;
        }
    }
    unsigned bp = (nor->now.sr1 & MT25Q_SR_BP) >> 2 | (nor->now.sr1 & MT25Q_SR_BP3) >> 3;
    return nor_blocks_protected(nor, bp, (nor->now.sr1 & MT25Q_SR_BOTTOM) != 0, address, length);
}

/* The flags stay until 50h or a reset; WIP never rises, WEL stays. */
static void refuse(struct nor *nor, uint8_t flag)
{
    nor->sr2 |= flag | MT25Q_PROT_ERR;
}

static const struct nor_guard guard = {is_protected, refuse};

static void execute_erase(struct nor *nor, uint64_t now_ps, uint32_t unit, enum nor_time time)
{
    nor_erase_unit(nor, now_ps, &guard, unit, time);
}

/* WP# is IO2 in SPI; its level is that of the frame's last clock. */
static void write_status(struct nor *nor, uint64_t now_ps)
{
    bool low = protocol(nor) == NOR_SPI && (nor->frame.level & 0x04) == 0;
    if (nor->frame.data_count != 1 || ((nor->now.sr1 & MT25Q_SR_SRWD) != 0 && low)) {
        nor_frame_reject(nor);
        return;
    }
    struct nor_nv nv = nor->nv;
    nv.registers.sr1 = nor->frame.first[0] & SR_WRITABLE;
    nor->operation.volatiles = nor->now;
    nor->operation.volatiles.sr1 = nv.registers.sr1;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

/* What the next power-up or reset begins with; nothing changes now. */
static void write_nvcr(struct nor *nor, uint64_t now_ps)
{
    const uint8_t *data = nor->frame.first;
    if (nor->frame.data_count != 2) {
        nor_frame_reject(nor);
        return;
    }
    struct nor_nv nv = nor->nv;
    nv.nvcr = (uint16_t)(data[0] | data[1] << 8);
    nor->operation.volatiles = nor->now;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

static void write_volatile(struct nor *nor)
{
    uint8_t value = nor->frame.first[0];
    if (nor->frame.data_count != 1) {
        nor_frame_reject(nor);
        return;
    }
    switch (nor->frame.command->action) {
    case NOR_WRITE_VCR: nor->now.cr1 = value; break;
    case NOR_WRITE_EVCR: nor->now.cr3 = value; break;
    default: nor->now.ear = (uint8_t)(value & (nor->part->size / SEGMENT - 1)); break;
    }
    nor->wel = false;
}

/* One lock per 64 KiB; that it can be made to hold until power-off is not modelled. */
static void write_lock(struct nor *nor)
{
    uint32_t block = nor->frame.address & (nor->part->size - 1) & ~(uint32_t)(LOCK_BLOCK - 1);
    if (nor->frame.data_count != 1) {
        nor_frame_reject(nor);
        return;
    }
    for (uint32_t at = block; at < block + LOCK_BLOCK; at += NOR_SECTOR) {
        nor->locked[at / NOR_SECTOR] = (nor->frame.first[0] & 1) != 0;
    }
    nor->wel = false;
}

static void execute_mode(struct nor *nor, uint64_t now_ps)
{
    switch (nor->frame.command->action) {
    case NOR_QPI_ENTER: nor->now.cr3 &= (uint8_t)~MT25Q_EVCR_NO_QUAD; break;
    case NOR_QPI_EXIT: nor->now.cr3 |= MT25Q_EVCR_NO_QUAD; break;
    case NOR_ADDRESS_4B_ENTER:
    case NOR_ADDRESS_4B_EXIT:
        nor_execute_mode(nor, now_ps);
        nor->wel = false;
        break;
    default: nor_execute_mode(nor, now_ps); break;
    }
}

static void execute(struct nor *nor, uint64_t now_ps)
{
    switch (nor->frame.command->action) {
    case NOR_PROGRAM: nor_program_page(nor, now_ps, &guard); break;
    case NOR_ERASE_4K: execute_erase(nor, now_ps, NOR_SECTOR, NOR_TIME_ERASE_4K); break;
    case NOR_ERASE_32K: execute_erase(nor, now_ps, 32768, NOR_TIME_ERASE_32K); break;
    case NOR_ERASE_64K: execute_erase(nor, now_ps, 65536, NOR_TIME_ERASE_64K); break;
    case NOR_ERASE_CHIP: execute_erase(nor, now_ps, nor->part->size, NOR_TIME_ERASE_CHIP); break;
    case NOR_WRITE_REGISTERS: write_status(nor, now_ps); break;
    case NOR_WRITE_NVCR: write_nvcr(nor, now_ps); break;
    case NOR_WRITE_VCR:
    case NOR_WRITE_EVCR:
    case NOR_WRITE_EAR: write_volatile(nor); break;
    case NOR_WRITE_BLOCK_LOCK: write_lock(nor); break;
    case NOR_CLEAR_STATUS: nor->sr2 = 0; break;
    default: execute_mode(nor, now_ps); break;
    }
}

/* By the XIP field of NVCR. */
static const uint8_t xip_reads[NVCR_NO_XIP] = {0x0B, 0x3B, 0xBB, 0x6B, 0xEB};

/* What NVCR says. The sector locks are open [INF: after a reset as after power-up]. */
static void restore(struct nor *nor)
{
    unsigned nvcr = nor->nv.nvcr;
    unsigned xip = nvcr >> NVCR_XIP_Pos & NVCR_NO_XIP;
    bool no_xip = xip == NVCR_NO_XIP || xip_reads[xip] == 0;
    nor->now.cr1 = (uint8_t)(nvcr >> NVCR_DUMMY_Pos << MT25Q_VCR_DUMMY_Pos |
                             (no_xip ? MT25Q_VCR_NO_XIP : 0) | MT25Q_VCR_WRAP);
    nor->now.cr3 = EVCR_FACTORY;
    if ((nvcr & NVCR_NO_QUAD) == 0) {
        nor->now.cr3 &= (uint8_t)~MT25Q_EVCR_NO_QUAD;
    }
    if ((nvcr & NVCR_NO_DUAL) == 0) {
        nor->now.cr3 &= (uint8_t)~MT25Q_EVCR_NO_DUAL;
    }
    nor->now.cr2 = (nvcr & NVCR_4_BYTE_OFF) == 0 ? CR2_ADS : 0;
    nor->now.ear = (uint8_t)((nvcr & NVCR_SEGMENT_LOW) == 0 ? nor->part->size / SEGMENT - 1 : 0);
    nor->continuous = no_xip ? NULL : nor->by_opcode[0][xip_reads[xip]];
    nor_lock_all(nor, false);
}

static bool reset(struct nor *nor, uint64_t now_ps, bool hard)
{
    nor_reset_all(nor, now_ps, hard);
    restore(nor);
    return true;
}

static void power_on(struct nor *nor, uint64_t now_ps)
{
    nor_power_up(nor, now_ps);
    restore(nor);
}

const struct nor_family nor_family_mt25q = {
    .commands = mt25q_commands,
    .protocol = protocol,
    .long_address = nor_long_address,
    .latency = latency,
    .strobes = nor_never_strobes,
    .power_on = power_on,
    .reset = reset,
    .accepts = accepts,
    .begin = begin,
    .next_byte = next_byte,
    .execute = execute,
    .continues = continues,
    .clock_limit = clock_limit,
    .inherit = mt25q_inherit,
    .inheritable = mt25q_inheritable,
};

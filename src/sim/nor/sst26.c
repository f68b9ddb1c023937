/* SPDX-License-Identifier: MIT */
/*
 * What the commands of Microchip's SST26VF064B do, and its row.
 *
 * Sources: the part's rows in U-Boot, ufprog and flashrom: everything is locked at power-up and 98h
 * opens it. Its SFDP table [SFDP]: reads, times, the map of the erase sizes behind D8h, suspend, QPI.
 * Bits of the registers, layout of the block protection register, how long a cut erase deafens, what
 * a refusal looks like but the lost WEL: [memory]. That a reset leaves the locks: [INF].
 *
 * Header and places of the SFDP tables are made up [INF]; the map is the table FF81h.
 */
#include "sim/nor/sst26.h"

#include "sim/clock.h"
#include "sim/nor/sfdp_words.h"

#include <string.h>

enum {
    SR_BUSY_TOO = 0x80,
    SR_WPLD = 0x10,
    SR_WSP = 0x08,
    SR_WSE = 0x04,
    BPR_BITS = 8 * NOR_BPR_SIZE,
    BPR_TOP_8K = 136,    /* four blocks; bit 136 + 2n locks writes, the next one reads */
    BPR_BOTTOM_8K = 128, /* likewise */
    BPR_TOP_32K = 127,
    BPR_BOTTOM_32K = 126, /* below: the blocks of 64 KiB, from the second one on */
    SIZE_8K = 0x2000,
    SIZE_32K = 0x8000,
    SIZE_64K = 0x10000,
    SLOW_READ_HZ = 40000000,
    DUAL_READ_HZ = 80000000
};

static enum nor_protocol protocol(const struct nor *nor)
{
    return (nor->now.cr2 & CR2_QPI) != 0 ? NOR_QPI : NOR_SPI;
}

static bool long_address(const struct nor *nor)
{
    (void)nor;
    return false;
}

/* In QPI a register read has one dummy byte; reads have 2 mode and 4 dummy clocks [SFDP]. */
static unsigned latency(const struct nor *nor, const struct nor_command *command)
{
    bool array = (command->flags & NOR_ARRAY_READ) != 0;
    if (protocol(nor) == NOR_QPI) {
        return array ? 4 : 2;
    }
    return array ? 8 : 0;
}

static uint32_t clock_limit(const struct nor *nor, const struct nor_command *command)
{
    switch (command->speed) {
    case NOR_SPEED_SLOW_READ: return SLOW_READ_HZ;
    case NOR_SPEED_1_1_2:
    case NOR_SPEED_1_2_2: return DUAL_READ_HZ;
    default: return nor->part->clock_hz;
    }
}

/* [SFDP]: Axh. */
static bool continues(const struct nor *nor, const struct nor_command *command, uint8_t mode)
{
    (void)nor;
    (void)command;
    return (mode >> 4) == 0x0A;
}

static bool has_quad(const struct nor *nor)
{
    return (nor->now.cr1 & SST26_CR_IOC) != 0 || protocol(nor) == NOR_QPI;
}

static bool accepts(struct nor *nor, const struct nor_command *command)
{
    bool quad = (command->flags & NOR_NEEDS_QUAD) != 0;
    return (!quad || has_quad(nor)) && nor_hears(nor, command);
}

/* The block protection register is longer than what a frame keeps of other registers. */
static void begin(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    nor_begin_array(nor);
    if ((frame->command->flags & NOR_WRAPS) != 0) {
        frame->wrap_mask = (8u << (nor->now.read_parameters & SST26_WRAP_LENGTH)) - 1;
    }
    if (frame->command->action == NOR_WRITE_BPR) {
        frame->to_page = true;
        memset(nor->page, 0, sizeof(nor->page));
    }
}

static uint8_t status(struct nor *nor)
{
    uint8_t suspended = nor_suspend_bits(nor), shown = nor_status1_show(nor);
    return (uint8_t)(shown | ((shown & SR1_WIP) != 0 ? SR_BUSY_TOO : 0) |
                     ((suspended & SR2_ES) != 0 ? SR_WSE : 0) |
                     ((suspended & SR2_PS) != 0 ? SR_WSP : 0) | (nor->bpr_locked ? SR_WPLD : 0));
}

static uint8_t next_byte(struct nor *nor, uint64_t now_ps)
{
    struct nor_frame *frame = &nor->frame;
    nor_settle(nor, now_ps);
    switch (frame->command->action) {
    case NOR_READ_SR1: return status(nor);
    case NOR_READ_CR1: return nor->now.cr1;
    case NOR_READ_BPR: return nor->bpr[frame->data_count % NOR_BPR_SIZE];
    case NOR_READ_ID: return nor->part->id[frame->data_count % 3];
    case NOR_READ_SFDP: return nor_sfdp_byte(nor->part, frame->address++);
    default: return 0xFF;
    }
}

/* [SFDP], table FF81h: four blocks of 8 KiB and one of 32 at either end, 64 KiB between. */
static uint32_t block_size(const struct nor *nor, uint32_t address)
{
    uint32_t mirrored = nor->part->size - 1 - address;
    uint32_t from_end = address < mirrored ? address : mirrored;
    if (from_end < SIZE_32K) {
        return SIZE_8K;
    }
    return from_end < SIZE_64K ? SIZE_32K : SIZE_64K;
}

static unsigned lock_bit(const struct nor *nor, uint32_t address)
{
    bool top = address >= nor->part->size / 2;
    switch (block_size(nor, address)) {
    case SIZE_8K: return (top ? BPR_TOP_8K : BPR_BOTTOM_8K) + 2 * (address % SIZE_32K / SIZE_8K);
    case SIZE_32K: return top ? BPR_TOP_32K : BPR_BOTTOM_32K;
    default: return address / SIZE_64K - 1;
    }
}

static bool is_protected(const struct nor *nor, uint32_t address, uint32_t length)
{
    for (uint32_t at = address; at < address + length; at += NOR_SECTOR) {
        unsigned bit = lock_bit(nor, at);
        if ((nor->bpr[(BPR_BITS - 1 - bit) / 8] >> (bit % 8) & 1) != 0) {
            return true;
        }
    }
    return false;
}

/* Nothing but that WEL is gone. */
static void refuse(struct nor *nor, uint8_t flag)
{
    (void)flag;
    nor->wel = false;
}

static const struct nor_guard guard = {is_protected, refuse};

/* D8h: the size depends on where. */
static void erase_block(struct nor *nor, uint64_t now_ps)
{
    uint32_t size = block_size(nor, nor->frame.address & (nor->part->size - 1));
    nor_erase_unit(nor, now_ps, &guard, size, NOR_TIME_ERASE_64K);
}

/* WPEN with WP# (IO2) low locks the register; its level is that of the frame's last clock. */
static bool configuration_is_locked(const struct nor *nor)
{
    bool low = !has_quad(nor) && (nor->frame.level & 0x04) == 0;
    return (nor->now.cr1 & SST26_CR_WPEN) != 0 && low;
}

/* Two bytes: the first one, for the status register, changes nothing. IOC is volatile and changes at
 * once, WPEN is not. */
static void write_configuration(struct nor *nor, uint64_t now_ps)
{
    if (nor->frame.data_count != 2 || configuration_is_locked(nor)) {
        nor_frame_reject(nor);
        return;
    }
    uint8_t value = nor->frame.first[1];
    struct nor_nv nv = nor->nv;
    struct nor_registers now = nor->now;
    nv.registers.cr1 = (uint8_t)((nv.registers.cr1 & ~SST26_CR_WPEN) | (value & SST26_CR_WPEN));
    now.cr1 = (uint8_t)(nv.registers.cr1 | (value & SST26_CR_IOC));
    if (nv.registers.cr1 == nor->nv.registers.cr1) {
        nor->now = now;
        nor->wel = false;
        return;
    }
    nor->operation.volatiles = now;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

static void write_locks(struct nor *nor)
{
    bool unlock = nor->frame.command->action == NOR_GLOBAL_UNLOCK;
    if (nor->bpr_locked || (!unlock && nor->frame.data_count != NOR_BPR_SIZE)) {
        nor_frame_reject(nor);
    } else if (unlock) {
        memset(nor->bpr, 0, sizeof(nor->bpr));
    } else {
        memcpy(nor->bpr, nor->page, sizeof(nor->bpr));
    }
    nor->wel = false;
}

static void set_burst(struct nor *nor)
{
    if (nor->frame.data_count == 1) {
        nor->now.read_parameters = nor->frame.first[0] & SST26_WRAP_LENGTH;
    } else {
        nor_frame_reject(nor);
    }
}

static void execute(struct nor *nor, uint64_t now_ps)
{
    switch (nor->frame.command->action) {
    case NOR_PROGRAM: nor_program_page(nor, now_ps, &guard); break;
    case NOR_ERASE_4K: nor_erase_unit(nor, now_ps, &guard, NOR_SECTOR, NOR_TIME_ERASE_4K); break;
    case NOR_ERASE_TYPE: erase_block(nor, now_ps); break;
    case NOR_ERASE_CHIP:
        nor_erase_unit(nor, now_ps, &guard, nor->part->size, NOR_TIME_ERASE_CHIP);
        break;
    case NOR_WRITE_REGISTERS: write_configuration(nor, now_ps); break;
    case NOR_WRITE_BPR:
    case NOR_GLOBAL_UNLOCK: write_locks(nor); break;
    case NOR_LOCK_BPR:
        nor->bpr_locked = true;
        nor->wel = false;
        break;
    case NOR_SET_BURST: set_burst(nor); break;
    default: nor_execute_mode(nor, now_ps); break;
    }
}

/* Every write lock set, no read lock. */
static void power_on(struct nor *nor, uint64_t now_ps)
{
    nor_power_up(nor, now_ps);
    memset(nor->bpr, 0xFF, sizeof(nor->bpr));
    nor->bpr[0] = 0x55;
    nor->bpr[1] = 0x55;
    nor->bpr_locked = false;
}

const struct nor_family nor_family_sst26 = {
    .commands = sst26_commands,
    .protocol = protocol,
    .long_address = long_address,
    .latency = latency,
    .strobes = nor_never_strobes,
    .power_on = power_on,
    .reset = nor_reset_all,
    .accepts = accepts,
    .begin = begin,
    .next_byte = next_byte,
    .execute = execute,
    .continues = continues,
    .clock_limit = clock_limit,
    .inherit = sst26_inherit,
    .inheritable = sst26_inheritable,
};

enum {
    AT_BASIC = 0x30,
    AT_MAP = AT_BASIC + 64
};

static const uint8_t sst26vf064b_sfdp[] = {
    HEADER(6, 2, 0xFF),
    TABLE(0x00, 6, 16, AT_BASIC),
    TABLE(0x81, 0, 6, AT_MAP),
};
static const uint8_t sst26vf064b_tables[] = {
    WORD(0xFFF120FD), WORD(0x03FFFFFF), WORD(0x6B08EB44), WORD(0xBB803B08), WORD(0xFFFFFFFE),
    WORD(0xFF00FFFF), WORD(0x0B44FFFF), WORD(0xD80D200C), WORD(0xD810D80F), WORD(0x24489120),
    WORD(0x811D6F80), WORD(0x38770FED), WORD(0xB030B030), WORD(0xFFFFFFF7), WORD(0xFF5CC229),
    WORD(0x80C030F0), WORD(0xFF0400FF), WORD(0x00007FF3), WORD(0x00007FF5), WORD(0x007DFFF9),
    WORD(0x00007FF5), WORD(0x00007FF3),
};

const struct nor_part nor_part_sst26vf064b = {
    .name = "SST26VF064B",
    .id = {0xBF, 0x26, 0x43},
    .size = 8u << 20,
    .page = 256,
    .clock_hz = 104000000,
    .cr1_default = SST26_CR_BPNV,
    .sfdp = {{0, sizeof(sst26vf064b_sfdp), sst26vf064b_sfdp},
             {AT_BASIC, sizeof(sst26vf064b_tables), sst26vf064b_tables}},
    .times =
        {
            [NOR_TIME_PAGE] = {1024 * PS_PER_US, 2048 * PS_PER_US},
            [NOR_TIME_BYTE_FIRST] = {48 * PS_PER_US, 96 * PS_PER_US},
            [NOR_TIME_BYTE_NEXT] = {4 * PS_PER_US, 8 * PS_PER_US},
            [NOR_TIME_ERASE_4K] = {19 * PS_PER_MS, 38 * PS_PER_MS},
            [NOR_TIME_ERASE_64K] = {19 * PS_PER_MS, 38 * PS_PER_MS},
            [NOR_TIME_ERASE_CHIP] = {32 * PS_PER_MS, 64 * PS_PER_MS},
            [NOR_TIME_REGISTER] = {25 * PS_PER_MS, 25 * PS_PER_MS},
            [NOR_TIME_POWER_UP] = {100 * PS_PER_US, 100 * PS_PER_US},
            [NOR_TIME_RESET] = {1 * PS_PER_US, 1 * PS_PER_US},
            [NOR_TIME_RESET_BUSY] = {500 * PS_PER_US, 500 * PS_PER_US},
            [NOR_TIME_SUSPEND] = {25 * PS_PER_US, 25 * PS_PER_US},
            [NOR_TIME_RESUME_TO_SUSPEND] = {512 * PS_PER_US, 512 * PS_PER_US},
            [NOR_TIME_CS_HIGH] = {12 * PS_PER_NS, 12 * PS_PER_NS},
        },
    .family = &nor_family_sst26,
    .features = NOR_KEEPS_CONTINUOUS,
};

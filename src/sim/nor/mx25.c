/* SPDX-License-Identifier: MIT */
/*
 * What the commands of Macronix' MX25L and MX25R and of ISSI's IS25LP do.
 *
 * Sources: the parts' rows in U-Boot, OpenOCD, flashrom and ufprog; SFDP tables of MX25L25635F,
 * MX25U25645G, MX25R6435F, IS25WP256 and SK25LP128 [SFDP]. What a refused program looks like, the
 * bits of the configuration, security, function and read registers, which of them are volatile, what
 * a reset takes: [memory] unless marked otherwise.
 */
#include "sim/nor/mx25.h"

/* Configuration register and security register of Macronix. */
enum {
    CR_ODS = 0x07,
    CR_4BYTE = 0x20,
    SCUR_WPSEL = 0x80,
    SCUR_ESB = 0x08,
    SCUR_PSB = 0x04,
    SR_WRITABLE = MX25_SR_SRWD | MX25_SR_QE | MX25_SR_BP,
    SR_BP_Pos = 2,
    CODE_Pos = 6,
    ULTRA_LOW_POWER_HZ = 33000000,
    SLOW_READ_HZ = 50000000
};

const struct mx25_traits *mx25_traits(const struct nor *nor)
{
    return nor->part->traits;
}

static enum nor_protocol protocol(const struct nor *nor)
{
    return (nor->now.cr2 & CR2_QPI) != 0 ? NOR_QPI : NOR_SPI;
}

static unsigned clocks_after_address(const struct nor *nor, const struct nor_command *command)
{
    const struct mx25_traits *traits = mx25_traits(nor);
    unsigned given = nor->now.read_parameters >> IS25_DUMMY_Pos & 0x0F;
    if (traits->issi && given != 0) {
        return given;
    }
    return traits->clocks[command->speed][(nor->now.cr1 & traits->code_mask) >> CODE_Pos];
}

/* The mode bits are among the clocks that the registers count. */
static unsigned latency(const struct nor *nor, const struct nor_command *command)
{
    unsigned clocks = clocks_after_address(nor, command);
    unsigned mode = (command->flags & NOR_MODE_BYTE) != 0 ? 8u / command->address_lanes : 0;
    return clocks > mode ? clocks - mode : 0;
}

static uint32_t clock_limit(const struct nor *nor, const struct nor_command *command)
{
    const struct mx25_traits *traits = mx25_traits(nor);
    uint32_t hz = nor->part->clock_hz;
    if (traits->ultra_low_power && (nor->now.cr3 & MX25_CR2_HIGH) == 0) {
        hz = ULTRA_LOW_POWER_HZ;
    }
    if (command->speed == NOR_SPEED_SLOW_READ) {
        return hz < SLOW_READ_HZ ? hz : SLOW_READ_HZ;
    }
    if (command->speed == NOR_SPEED_ANY || traits->limits == NULL) {
        return hz;
    }
    uint32_t limit = traits->limits[command->speed][clocks_after_address(nor, command)];
    return limit * 1000000 < hz ? limit * 1000000 : hz;
}

/* Macronix: every bit of the upper half is the inverse of that of the lower one, as in A5h and 5Ah. */
static bool toggles(const struct nor *nor, const struct nor_command *command, uint8_t mode)
{
    (void)nor;
    (void)command;
    return (mode >> 4) == (~mode & 0x0F);
}

/* ISSI [SFDP]: Axh. */
static bool is_axh(const struct nor *nor, const struct nor_command *command, uint8_t mode)
{
    (void)nor;
    (void)command;
    return (mode >> 4) == 0x0A;
}

static bool has_quad(const struct nor *nor)
{
    return (nor->now.sr1 & MX25_SR_QE) != 0 || protocol(nor) == NOR_QPI;
}

static bool accepts(struct nor *nor, const struct nor_command *command)
{
    bool quad = (command->flags & NOR_NEEDS_QUAD) != 0;
    return (!quad || has_quad(nor)) && nor_hears(nor, command);
}

static void begin(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    uint8_t given = nor->now.read_parameters;
    bool on = mx25_traits(nor)->issi ? (given & IS25_WRAP_ON) != 0 : (given & MX25_WRAP_OFF) == 0;
    nor_begin_array(nor);
    if ((frame->command->flags & NOR_WRAPS) != 0 && on) {
        frame->wrap_mask = (8u << (given & IS25_WRAP_LENGTH)) - 1;
    }
}

static uint8_t configuration(const struct nor *nor)
{
    if (mx25_traits(nor)->ultra_low_power && nor->frame.data_count % 2 == 1) {
        return nor->now.cr3;
    }
    bool shown = (nor->part->features & NOR_IF_4B_MODE) != 0 && nor_long_address(nor);
    return (uint8_t)(nor->now.cr1 | (shown ? CR_4BYTE : 0));
}

static uint8_t security_register(const struct nor *nor)
{
    uint8_t suspended = nor_suspend_bits(nor);
    return (uint8_t)(nor->sr2 | ((nor->now.cr2 & CR2_WPS) != 0 ? SCUR_WPSEL : 0) |
                     ((suspended & SR2_ES) != 0 ? SCUR_ESB : 0) |
                     ((suspended & SR2_PS) != 0 ? SCUR_PSB : 0));
}

static uint8_t next_byte(struct nor *nor, uint64_t now_ps)
{
    struct nor_frame *frame = &nor->frame;
    nor_settle(nor, now_ps);
    switch (frame->command->action) {
    case NOR_READ_SR1: return nor_status1_show(nor);
    case NOR_READ_CR1: return configuration(nor);
    case NOR_READ_SCUR: return security_register(nor);
    case NOR_READ_EAR: return nor->now.ear;
    case NOR_READ_ID: return nor->part->id[frame->data_count % 3];
    case NOR_RELEASE: return nor->part->release_id[0];
    case NOR_READ_SFDP: return nor_sfdp_byte(nor->part, frame->address++);
    default: return is25_next_byte(nor);
    }
}

static bool is_locked(const struct nor *nor, uint32_t address, uint32_t length)
{
    for (uint32_t at = address; at < address + length; at += NOR_SECTOR) {
        if (nor->locked[at / NOR_SECTOR]) {
            return true;
        }
    }
    return false;
}

static bool is_protected(const struct nor *nor, uint32_t address, uint32_t length)
{
    if ((nor->now.cr2 & CR2_WPS) != 0) {
        return is_locked(nor, address, length);
    }
    unsigned bp = (nor->now.sr1 & MX25_SR_BP) >> SR_BP_Pos;
    bool bottom = (nor->now.cr1 & mx25_traits(nor)->bottom) != 0;
    return nor_blocks_protected(nor, bp, bottom, address, length);
}

/* WIP never rises and WEL is gone: that nothing was done shows in the security register, or ISSI's
 * extended read register, only. */
static void refuse(struct nor *nor, uint8_t flag)
{
    nor->sr2 |= flag;
    if (mx25_traits(nor)->issi) {
        nor->sr2 |= IS25_PROT_ERR;
    }
    nor->wel = false;
}

static const struct nor_guard guard = {is_protected, refuse};

/* Macronix: the next one that is taken up clears the flag of the one before. */
static void taken_up(struct nor *nor, uint8_t flag)
{
    if (nor->operation.kind != NOR_IDLE && !mx25_traits(nor)->issi) {
        nor->sr2 &= (uint8_t)~flag;
    }
}

static void execute_program(struct nor *nor, uint64_t now_ps)
{
    nor_program_page(nor, now_ps, &guard);
    taken_up(nor, SR2_P_ERR);
}

static void execute_erase(struct nor *nor, uint64_t now_ps, uint32_t unit, enum nor_time time)
{
    nor_erase_unit(nor, now_ps, &guard, unit, time);
    taken_up(nor, SR2_E_ERR);
}

/* WP# is IO2 while the chip is not quad; its level is that of the frame's last clock. */
static bool status_is_locked(const struct nor *nor)
{
    bool low = !has_quad(nor) && (nor->frame.level & 0x04) == 0;
    return (nor->now.sr1 & MX25_SR_SRWD) != 0 && low;
}

/* WRSR: the status register is non-volatile; of Macronix' configuration register, which may follow,
 * only TB is, and that is once only. A shorter frame leaves the rest as it is. */
static void write_registers(struct nor *nor, uint64_t now_ps)
{
    const struct nor_frame *frame = &nor->frame;
    const struct mx25_traits *traits = mx25_traits(nor);
    if (frame->data_count > traits->status_bytes || status_is_locked(nor)) {
        nor_frame_reject(nor);
        return;
    }
    struct nor_nv nv = nor->nv;
    struct nor_registers now = nor->now;
    nv.registers.sr1 = frame->first[0] & SR_WRITABLE;
    now.sr1 = nv.registers.sr1;
    if (frame->data_count >= 2) {
        uint8_t once = (frame->first[1] | nv.registers.cr1) & traits->bottom;
        uint8_t ods = nor->part->cr1_default & CR_ODS;
        nv.registers.cr1 = (uint8_t)(nv.registers.cr1 | once);
        now.cr1 = (uint8_t)((frame->first[1] & (traits->code_mask | ods)) | once);
    }
    if (frame->data_count == 3) {
        now.cr3 = frame->first[2] & MX25_CR2_HIGH;
    }
    nor->operation.volatiles = now;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

/* WPSEL: for good; all blocks are locked from then on, and at each power-up. */
static void protect_select(struct nor *nor, uint64_t now_ps)
{
    struct nor_nv nv = nor->nv;
    nv.registers.cr2 |= CR2_WPS;
    nor->operation.volatiles = nor->now;
    nor->operation.volatiles.cr2 |= CR2_WPS;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

static void lock_all(struct nor *nor, bool locked)
{
    if ((nor->now.cr2 & CR2_WPS) == 0) {
        nor_frame_reject(nor);
        return;
    }
    nor_lock_all(nor, locked);
    nor->wel = false;
}

static void write_byte(struct nor *nor, uint8_t *to)
{
    if (nor->frame.data_count != 1) {
        nor_frame_reject(nor);
        return;
    }
    *to = nor->frame.first[0];
}

static void execute(struct nor *nor, uint64_t now_ps)
{
    switch (nor->frame.command->action) {
    case NOR_PROGRAM: execute_program(nor, now_ps); break;
    case NOR_ERASE_4K: execute_erase(nor, now_ps, NOR_SECTOR, NOR_TIME_ERASE_4K); break;
    case NOR_ERASE_32K: execute_erase(nor, now_ps, 32768, NOR_TIME_ERASE_32K); break;
    case NOR_ERASE_64K: execute_erase(nor, now_ps, 65536, NOR_TIME_ERASE_64K); break;
    case NOR_ERASE_CHIP: execute_erase(nor, now_ps, nor->part->size, NOR_TIME_ERASE_CHIP); break;
    case NOR_WRITE_REGISTERS: write_registers(nor, now_ps); break;
    case NOR_PROTECT_SELECT: protect_select(nor, now_ps); break;
    case NOR_GLOBAL_LOCK: lock_all(nor, true); break;
    case NOR_GLOBAL_UNLOCK: lock_all(nor, false); break;
    case NOR_WRITE_EAR:
        write_byte(nor, &nor->now.ear);
        nor->wel = false;
        break;
    case NOR_SET_READ_PARAMETERS: write_byte(nor, &nor->now.read_parameters); break;
    default:
        is25_execute(nor, now_ps);
        nor_execute_mode(nor, now_ps);
        break;
    }
}

/* Macronix' bursts do not wrap until they are told to. */
static void restore_wrap(struct nor *nor)
{
    if (!mx25_traits(nor)->issi) {
        nor->now.read_parameters = MX25_WRAP_OFF;
    }
}

static bool reset(struct nor *nor, uint64_t now_ps, bool hard)
{
    nor_reset_all(nor, now_ps, hard);
    restore_wrap(nor);
    return true;
}

static void power_on(struct nor *nor, uint64_t now_ps)
{
    nor_power_up(nor, now_ps);
    restore_wrap(nor);
}

const struct nor_family nor_family_mx25 = {
    .commands = mx25_commands,
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
    .continues = toggles,
    .clock_limit = clock_limit,
    .inherit = mx25_inherit,
    .inheritable = mx25_inheritable,
    .inheritable_if = mx25_inheritable_if,
};

const struct nor_family nor_family_is25 = {
    .commands = is25_commands,
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
    .continues = is_axh,
    .clock_limit = clock_limit,
    .inherit = mx25_inherit,
    .inheritable = mx25_inheritable,
    .inheritable_if = mx25_inheritable_if,
};

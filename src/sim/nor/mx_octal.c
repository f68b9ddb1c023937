/* SPDX-License-Identifier: MIT */
/*
 * What the commands of Macronix' octal parts do.
 *
 * Sources: ST's component drivers mx66uw1g45g and mx25lm51245g [BSP], Linux' macronix.c [Linux],
 * the MX66UW1G45G's SFDP [SFDP]. Bits of CR and of the security register, protection, what a reset
 * takes: [memory] unless marked otherwise.
 */
#include "sim/nor/chip.h"

/* Status register, configuration register, security register. */
enum {
    MX_SR_BP = 0x3C,
    MX_SR_BP_Pos = 2,
    MX_CR_WRITABLE = 0x17, /* output driver strength, preamble */
    MX_CR_TB = 0x08,       /* one-time: BP counts from the bottom */
    MX_SCUR_ESB = 0x08,
    MX_SCUR_PSB = 0x04
};

/* Configuration register 2. */
enum {
    MODE_SOPI = 0x01,
    MODE_DOPI = 0x02,
    DQS_WRITABLE = 0x03,
    DQS_ON_STR = 0x02,
    DUMMY_WRITABLE = 0x07,
    BLOCK = 65536
};

static const struct {
    uint32_t address;
    uint8_t writable;
} cr2_map[NOR_OCTAL_REGISTERS] = {
    [NOR_OCTAL_MODE] = {0x000, MODE_SOPI | MODE_DOPI},
    [NOR_OCTAL_DQS] = {0x200, DQS_WRITABLE},
    [NOR_OCTAL_DUMMY] = {0x300, DUMMY_WRITABLE},
};

static enum nor_protocol protocol(const struct nor *nor)
{
    switch (nor->now.octal[NOR_OCTAL_MODE]) {
    case MODE_SOPI: return NOR_SOPI;
    case MODE_DOPI: return NOR_DOPI;
    default: return NOR_SPI;
    }
}

/* Codes 0 to 7 are 20, 18, ... 6 clocks [BSP: CR2_DC_20_CYCLES is 0, CR2_DC_6_CYCLES is 7]. */
static unsigned latency(const struct nor *nor, const struct nor_command *command)
{
    (void)command;
    return 20 - 2 * (unsigned)nor->now.octal[NOR_OCTAL_DUMMY];
}

static bool strobes(const struct nor *nor)
{
    enum nor_protocol now = protocol(nor);
    bool on_str = (nor->now.octal[NOR_OCTAL_DQS] & DQS_ON_STR) != 0;
    return now == NOR_DOPI || (now == NOR_SOPI && on_str);
}

/* Highest clock in MHz of the octal reads by dummy code; of the 1.8 V parts [memory]. */
static const uint8_t octal_clocks[DUMMY_WRITABLE + 1] = {200, 173, 166, 155, 133, 104, 84, 66};

static uint32_t clock_limit(const struct nor *nor, const struct nor_command *command)
{
    if (command->speed == NOR_SPEED_1_1_1) {
        return octal_clocks[nor->now.octal[NOR_OCTAL_DUMMY]] * UINT32_C(1000000);
    }
    if (command->speed == NOR_SPEED_SLOW_READ) {
        return 66000000; /* [memory] */
    }
    return protocol(nor) == NOR_SPI ? 133000000 : nor->part->clock_hz; /* SPI: [memory] */
}

/* There is no continuous read. */
static bool continues(const struct nor *nor, const struct nor_command *command, uint8_t mode)
{
    (void)nor;
    (void)command;
    (void)mode;
    return false;
}

static bool accepts(struct nor *nor, const struct nor_command *command)
{
    return nor_hears(nor, command);
}

/* On both edges address bit 0 does not count [INF]: pairs begin at even addresses. */
static void begin(struct nor *nor)
{
    struct nor_frame *frame = &nor->frame;
    nor_begin_array(nor);
    bool array = (frame->command->flags & NOR_ARRAY_READ) != 0;
    if (frame->protocol == NOR_DOPI && (array || frame->to_page)) {
        frame->address &= ~UINT32_C(1);
    }
}

static int cr2_index(uint32_t address)
{
    for (int i = 0; i < NOR_OCTAL_REGISTERS; i++) {
        if (cr2_map[i].address == address) {
            return i;
        }
    }
    return -1;
}

static uint8_t cr2_value(const struct nor *nor)
{
    int index = cr2_index(nor->frame.address);
    return index < 0 ? 0 : nor->now.octal[index]; /* of an address without a register [INF] */
}

static uint8_t security_register(const struct nor *nor)
{
    bool erase = nor->suspended.kind == NOR_OPERATION_ERASE;
    bool program = nor->suspended.kind == NOR_OPERATION_PROGRAM;
    return (uint8_t)(nor->sr2 | (erase ? MX_SCUR_ESB : 0) | (program ? MX_SCUR_PSB : 0));
}

/* On both edges a register's byte comes twice: an ID reads A A B B C C [Linux]. Whether 4 or 5
 * dummy clocks come before it, the sources disagree; the first byte is held through the clock
 * between, so that a status reads right after either, and an ID after 5. */
static uint32_t register_index(const struct nor_frame *frame)
{
    uint32_t count = frame->data_count;
    if (frame->protocol != NOR_DOPI) {
        return count;
    }
    return count < 4 ? 0 : count / 2 - 1;
}

static uint8_t next_byte(struct nor *nor, uint64_t now_ps)
{
    struct nor_frame *frame = &nor->frame;
    nor_settle(nor, now_ps);
    switch (frame->command->action) {
    case NOR_READ_SR1: return nor_status1_show(nor);
    case NOR_READ_CR1: return nor->now.cr1;
    case NOR_READ_SCUR: return security_register(nor);
    case NOR_READ_ANY_REGISTER: return cr2_value(nor);
    case NOR_READ_ID: return nor->part->id[register_index(frame) % 3];
    case NOR_READ_SFDP: return nor_sfdp_byte(nor->part, frame->address++ ^ frame->pair_swap);
    default: return 0xFF;
    }
}

/* BP = n protects 2^(n-1) blocks of 64 KiB, from the top or (TB) from the bottom. */
static bool is_protected(const struct nor *nor, uint32_t address, uint32_t length)
{
    unsigned bp = (nor->now.sr1 & MX_SR_BP) >> MX_SR_BP_Pos;
    return nor_blocks_protected(nor, bp, (nor->now.cr1 & MX_CR_TB) != 0, address, length);
}

/* A refused program or erase is over at once and shows in the security register. */
static void refuse(struct nor *nor, uint8_t flag)
{
    nor->sr2 |= flag;
    nor->wel = false;
}

static const struct nor_guard guard = {is_protected, refuse};

/* The next one that is taken up clears the flag of the one before. */
static void execute_program(struct nor *nor, uint64_t now_ps)
{
    nor_program_page(nor, now_ps, &guard);
    if (nor->operation.kind != NOR_IDLE) {
        nor->sr2 &= (uint8_t)~SR2_P_ERR;
    }
}

static void execute_erase(struct nor *nor, uint64_t now_ps, uint32_t unit, enum nor_time time)
{
    nor_erase_unit(nor, now_ps, &guard, unit, time);
    if (nor->operation.kind != NOR_IDLE) {
        nor->sr2 &= (uint8_t)~SR2_E_ERR;
    }
}

/* WRSR is non-volatile. SPI: one byte for SR, a second one for CR. Octal: the address says which of
 * the two, and on both edges the byte of the rising edge counts [INF]. */
static void write_registers(struct nor *nor, uint64_t now_ps)
{
    const struct nor_frame *frame = &nor->frame;
    bool octal = frame->protocol != NOR_SPI;
    uint32_t most = frame->protocol == NOR_SOPI ? 1 : 2;
    if (frame->data_count > most || (octal && frame->address > 1)) {
        nor_frame_reject(nor);
        return;
    }
    struct nor_nv nv = nor->nv;
    bool sr = !octal || frame->address == 0;
    bool cr = octal ? frame->address == 1 : frame->data_count == 2;
    uint8_t cr_value = frame->first[octal ? 0 : 1];
    if (sr) {
        nv.registers.sr1 = frame->first[0] & MX_SR_BP;
    }
    if (cr) {
        nv.registers.cr1 =
            (uint8_t)((cr_value & MX_CR_WRITABLE) | ((cr_value | nv.registers.cr1) & MX_CR_TB));
    }
    nor->operation.volatiles = nor->now;
    nor->operation.volatiles.sr1 = nv.registers.sr1;
    nor->operation.volatiles.cr1 = nv.registers.cr1;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, &nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

/* WRCR2 is volatile and takes effect at CS# rising. SOPI and DOPI together mean nothing [INF]. */
static void write_cr2(struct nor *nor)
{
    const struct nor_frame *frame = &nor->frame;
    int index = cr2_index(frame->address);
    uint8_t value = frame->first[0];
    uint32_t count = frame->protocol == NOR_DOPI ? 2 : 1;
    if (index < 0 || frame->data_count != count || (value & ~cr2_map[index].writable) != 0 ||
        (index == NOR_OCTAL_MODE && value == (MODE_SOPI | MODE_DOPI))) {
        nor_frame_reject(nor);
        return;
    }
    nor->now.octal[index] = value;
    nor->wel = false;
}

static void execute(struct nor *nor, uint64_t now_ps)
{
    switch (nor->frame.command->action) {
    case NOR_PROGRAM: execute_program(nor, now_ps); break;
    case NOR_ERASE_4K: execute_erase(nor, now_ps, NOR_SECTOR, NOR_TIME_ERASE_4K); break;
    case NOR_ERASE_64K: execute_erase(nor, now_ps, BLOCK, NOR_TIME_ERASE_64K); break;
    case NOR_ERASE_CHIP: execute_erase(nor, now_ps, nor->part->size, NOR_TIME_ERASE_CHIP); break;
    case NOR_WRITE_REGISTERS: write_registers(nor, now_ps); break;
    case NOR_WRITE_ANY_REGISTER: write_cr2(nor); break;
    default: nor_execute_mode(nor, now_ps); break;
    }
}

const struct nor_family nor_family_mx_octal = {
    .commands = mx_octal_commands,
    .protocol = protocol,
    .long_address = nor_long_address,
    .latency = latency,
    .strobes = strobes,
    .power_on = nor_power_up,
    .reset = nor_reset_all, /* deaf after a cut erase [BSP: RESET_MAX_TIME] */
    .accepts = accepts,
    .begin = begin,
    .next_byte = next_byte,
    .execute = execute,
    .continues = continues,
    .clock_limit = clock_limit,
    .inherit = mx_octal_inherit,
    .inheritable = mx_octal_inheritable,
};

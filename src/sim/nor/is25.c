/* SPDX-License-Identifier: MIT */
/*
 * Registers of ISSI's parts that Macronix' do not have: function register, read register, extended
 * read register, bank address register. Their opcodes C0h, 81h and 17h are in public part tables;
 * bits, and the other opcodes: [memory].
 */
#include "sim/nor/mx25.h"

enum {
    FUNCTION_PSUS = 0x04,
    FUNCTION_ESUS = 0x08,
    DRIVER = 0xE0, /* of the extended read register; always the factory's value here */
    ERRORS_E = 0x08,
    ERRORS_P = 0x04,
    ERRORS_PROT = 0x02
};

static uint8_t function_register(const struct nor *nor)
{
    uint8_t suspended = nor_suspend_bits(nor);
    return (uint8_t)(nor->now.cr1 | ((suspended & SR2_ES) != 0 ? FUNCTION_ESUS : 0) |
                     ((suspended & SR2_PS) != 0 ? FUNCTION_PSUS : 0));
}

static uint8_t errors(const struct nor *nor)
{
    return (uint8_t)(DRIVER | ((nor->sr2 & SR2_E_ERR) != 0 ? ERRORS_E : 0) |
                     ((nor->sr2 & SR2_P_ERR) != 0 ? ERRORS_P : 0) |
                     ((nor->sr2 & IS25_PROT_ERR) != 0 ? ERRORS_PROT : 0) |
                     (nor_is_busy(nor) ? SR1_WIP : 0));
}

uint8_t is25_next_byte(struct nor *nor)
{
    switch (nor->frame.command->action) {
    case NOR_READ_FUNCTION: return function_register(nor);
    case NOR_READ_READ_PARAMETERS: return nor->now.read_parameters;
    case NOR_READ_ERRORS: return errors(nor);
    case NOR_READ_BANK:
        return (uint8_t)(nor->now.ear | ((nor->now.cr2 & CR2_ADS) != 0 ? IS25_BANK_EXTADD : 0));
    default: return 0xFF;
    }
}

/* `volatiles`: what the register becomes now. */
static void write_nonvolatile(struct nor *nor, uint64_t now_ps, const struct nor_nv *nv,
                              const struct nor_registers *volatiles)
{
    nor->operation.volatiles = *volatiles;
    nor_write_nv(nor, now_ps, NOR_OPERATION_REGISTERS, nv, nor_time_draw(nor, NOR_TIME_REGISTER));
}

/* Top or bottom is once only; the locks of the security rows are not modelled. */
static void write_function(struct nor *nor, uint64_t now_ps, uint8_t value)
{
    struct nor_nv nv = nor->nv;
    struct nor_registers now = nor->now;
    nv.registers.cr1 = (uint8_t)(nv.registers.cr1 | (value & IS25_TBS));
    now.cr1 = nv.registers.cr1;
    write_nonvolatile(nor, now_ps, &nv, &now);
}

static void set_read_parameters(struct nor *nor, uint64_t now_ps, uint8_t value)
{
    struct nor_nv nv = nor->nv;
    struct nor_registers now = nor->now;
    nv.registers.read_parameters = value;
    now.read_parameters = value;
    write_nonvolatile(nor, now_ps, &nv, &now);
}

/* EXTADD is the address mode; below it, what a 3-byte address lacks. */
static void write_bank(struct nor *nor, uint8_t value)
{
    bool four = (value & IS25_BANK_EXTADD) != 0;
    nor->now.ear = value & 0x01;
    nor->now.cr2 = (uint8_t)(four ? nor->now.cr2 | CR2_ADS : nor->now.cr2 & ~CR2_ADS);
}

/* What the next power-up or reset begins with. */
static void write_bank_nonvolatile(struct nor *nor, uint64_t now_ps, uint8_t value)
{
    struct nor_nv nv = nor->nv;
    bool four = (value & IS25_BANK_EXTADD) != 0;
    nv.registers.ear = value & 0x01;
    nv.registers.cr2 = (uint8_t)(four ? nv.registers.cr2 | CR2_ADP : nv.registers.cr2 & ~CR2_ADP);
    write_nonvolatile(nor, now_ps, &nv, &nor->now);
}

void is25_execute(struct nor *nor, uint64_t now_ps)
{
    const struct nor_frame *frame = &nor->frame;
    if (frame->command->direction == NOR_DATA_IN && frame->data_count != 1) {
        nor_frame_reject(nor);
        return;
    }
    switch (frame->command->action) {
    case NOR_WRITE_FUNCTION: write_function(nor, now_ps, frame->first[0]); break;
    case NOR_SET_READ_PARAMETERS_NV: set_read_parameters(nor, now_ps, frame->first[0]); break;
    case NOR_WRITE_BANK: write_bank(nor, frame->first[0]); break;
    case NOR_WRITE_BANK_NV: write_bank_nonvolatile(nor, now_ps, frame->first[0]); break;
    case NOR_CLEAR_STATUS: nor->sr2 = 0; break;
    default: break;
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * A JTAG test access port: the state machine of IEEE 1149.1 with the registers of an Arm JTAG-DP (Arm Debug
 * Interface ADIv5, IHI 0031, "JTAG Debug Port"): 4 instruction bits. Bits in, bits out; what the registers
 * mean is the port's behind it.
 */
#ifndef EXTLOAD_DAP_TAP_H
#define EXTLOAD_DAP_TAP_H

#include <stdbool.h>
#include <stdint.h>

#define TAP_IR_LENGTH 4u

/* Instructions of a JTAG-DP; all others select BYPASS [ARM]. */
enum tap_instruction {
    TAP_ABORT = 0x8,
    TAP_DPACC = 0xA,
    TAP_APACC = 0xB,
    TAP_IDCODE = 0xE,
    TAP_BYPASS = 0xF
};

enum tap_state {
    TAP_RESET,
    TAP_IDLE,
    TAP_SELECT_DR,
    TAP_CAPTURE_DR,
    TAP_SHIFT_DR,
    TAP_EXIT1_DR,
    TAP_PAUSE_DR,
    TAP_EXIT2_DR,
    TAP_UPDATE_DR,
    TAP_SELECT_IR,
    TAP_CAPTURE_IR,
    TAP_SHIFT_IR,
    TAP_EXIT1_IR,
    TAP_PAUSE_IR,
    TAP_EXIT2_IR,
    TAP_UPDATE_IR
};

/* The registers of 35 bits: ABORT, DPACC, APACC. */
struct tap_port {
    void *context;
    uint64_t (*capture)(void *context, enum tap_instruction instruction);
    void (*update)(void *context, enum tap_instruction instruction, uint64_t value);
};

struct tap {
    struct tap_port port;
    uint32_t idcode;
    enum tap_state state;
    uint8_t ir; /* the instruction in effect */
    uint64_t shift;
    bool tck, tdo;
    uint64_t clocks; /* rising edges so far */
};

void tap_init(struct tap *tap, uint32_t idcode, const struct tap_port *port);
/* TRST: as five clocks with TMS = 1. */
void tap_reset(struct tap *tap);
/* The wires as they are now. TMS and TDI are taken on a rising edge of TCK, TDO changes on a falling one. */
void tap_wires(struct tap *tap, bool tck, bool tms, bool tdi);

#endif

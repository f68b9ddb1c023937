/* SPDX-License-Identifier: MIT */
/*
 * The RTT control block and its one up-buffer, behind the flight record: a line of text per event of
 * a call, for a viewer that looks while the call runs. Layout as SEGGER's SEGGER_RTT.h has it.
 *
 * Little endian. Lies at `record address + RTT_OFFSET`, only if the record lies at an address (not
 * inside the image). Kept over downloads, so that a viewer need not look for it again.
 */
#ifndef EXTLOAD_ABI_RTT_H
#define EXTLOAD_ABI_RTT_H

#include <stdint.h>

#define RTT_OFFSET UINT32_C(0x160)
#define RTT_ID     "SEGGER RTT"
#define RTT_TEXT   512         /* bytes of the ring, a power of two; one of them stays free */
#define RTT_SKIP   UINT32_C(0) /* up.flags: what does not fit is left out */

struct rtt_up {
    uint32_t name;   /* address of a string */
    uint32_t buffer; /* address of the ring */
    uint32_t size;   /* bytes of the ring */
    uint32_t write;  /* offset of the next byte that the loader writes */
    uint32_t read;   /* offset of the next byte that the viewer reads; equal: empty */
    uint32_t flags;
};

struct rtt_area {
    uint8_t id[16];         /* 0x00 RTT_ID and zeros; written last */
    uint32_t up_count;      /* 0x10 */
    uint32_t down_count;    /* 0x14 */
    struct rtt_up up;       /* 0x18 */
    uint8_t name[8];        /* 0x30 "extload" */
    uint8_t text[RTT_TEXT]; /* 0x38 */
};

/*
 * A line is an event of the record: what began, its detail, CPU cycles since the call's entry, both
 * in hex. A line that does not fit is left out whole.
 *
 *     eras 001000 0003a2f1
 */
#define RTT_LINE  21 /* bytes, the line feed included */
#define RTT_NAMES "idleentrbrngctrlrecoidenconfproverasprogrdbkreadmap retn"

/* From the record's address: record and RTT together. */
#define RTT_END (RTT_OFFSET + (uint32_t)sizeof(struct rtt_area))

_Static_assert(sizeof(struct rtt_area) == 0x38 + RTT_TEXT, "documented offsets");

#endif

/* SPDX-License-Identifier: MIT */
/* A probe made of wires: clocks by hand, scans of a JTAG-DP as ADIv5 draws them. */
#ifndef TEST_DAP_PROBE_H
#define TEST_DAP_PROBE_H

#include "dap/tap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct probe {
    void *context;
    void (*wires)(void *context, bool tck, bool tms, bool tdi);
    const struct tap *tap;
};

/* TCK falls, TDO is looked at, TCK rises. */
static bool probe_clock(const struct probe *probe, bool tms, bool tdi)
{
    probe->wires(probe->context, false, tms, tdi);
    const bool tdo = probe->tap->tdo;
    probe->wires(probe->context, true, tms, tdi);
    return tdo;
}

/* A string of TMS values, with TDI low. */
static void probe_walk(const struct probe *probe, const char *tms)
{
    for (; *tms != '\0'; tms++) {
        probe_clock(probe, *tms == '1', false);
    }
}

/* From Shift-xR to Run-Test/Idle; what came out, first bit lowest. */
static uint64_t probe_shift(const struct probe *probe, uint64_t bits, unsigned count)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < count; i++) {
        const bool last = i + 1 == count;
        out |= (uint64_t)probe_clock(probe, last, (bits >> i & 1u) != 0) << i;
    }
    probe_walk(probe, "10");
    return out;
}

/* Both start and end in Run-Test/Idle. */
static inline uint64_t probe_ir(const struct probe *probe, uint64_t instruction)
{
    probe_walk(probe, "1100");
    return probe_shift(probe, instruction, 4);
}

static inline uint64_t probe_dr(const struct probe *probe, uint64_t bits, unsigned count)
{
    probe_walk(probe, "100");
    return probe_shift(probe, bits, count);
}

/* One access of 35 bits; what the scan brought of the access before it. */
static inline uint64_t probe_access(const struct probe *probe, enum tap_instruction instruction,
                                    bool read, unsigned address, uint32_t value)
{
    probe_ir(probe, instruction);
    return probe_dr(probe, (uint64_t)value << 3 | (uint64_t)(address >> 1 & 6u) | read, 35);
}

#endif

/* SPDX-License-Identifier: MIT */
#include "sim/fault.h"

#include <stddef.h>

/* XSPI_SR [HDR] */
#define SR_TCF      (1u << 1)
#define SR_FTF      (1u << 2)
#define SR_SMF      (1u << 3)
#define SR_BUSY     (1u << 5)
#define IRQ         9u /* any external one */

#define AT_FRAME    (1u << SIM_MOMENT_FRAME)
#define AT_REGISTER (1u << SIM_MOMENT_REGISTER)
#define AT_BLOCK    (1u << SIM_MOMENT_BLOCK)
#define AT_ANY      (AT_FRAME | AT_REGISTER | AT_BLOCK)

static const struct {
    const char *name, *words;
    uint8_t moments; /* a bit each */
} faults[SIM_FAULT_COUNT] = {
    [SIM_FAULT_FLIP_ONCE] = {"flip-once", "a bit that the flash sends arrives wrong", AT_FRAME},
    [SIM_FAULT_FLIP_ALWAYS] = {"flip-always", "from then on a bit of every byte arrives wrong",
                               AT_FRAME},
    [SIM_FAULT_LINES_HIGH] = {"lines-high", "from then on all that is read is FF", AT_FRAME},
    [SIM_FAULT_LINES_LOW] = {"lines-low", "from then on all that is read is 00", AT_FRAME},
    [SIM_FAULT_WIP_STUCK] = {"wip-stuck", "the operation never ends: WIP stays 1 until a reset",
                             AT_FRAME},
    [SIM_FAULT_WRITE_NOTHING] = {"write-nothing", "a program or erase ends and has changed nothing",
                                 AT_FRAME},
    [SIM_FAULT_WRITE_PARTLY] = {"write-partly", "a program or erase ends half done", AT_FRAME},
    [SIM_FAULT_WRITE_ASTRAY] = {"write-astray", "a program or erase changes one bit more",
                                AT_FRAME},
    [SIM_FAULT_PROTECTED] = {"protected", "from then on the flash refuses programs and erases",
                             AT_FRAME},
    [SIM_FAULT_POWER_DIP] = {"power-dip", "the flash loses its supply for a moment", AT_ANY},
    [SIM_FAULT_POWER_LOST] = {"power-lost", "from then on the flash has no supply", AT_ANY},
    [SIM_FAULT_BUS_ERROR] = {"bus-error", "a register access ends in a bus error", AT_REGISTER},
    [SIM_FAULT_FLAG_NEVER] = {"flag-never", "from then on TCF, FTF or SMF is never set",
                              AT_REGISTER},
    [SIM_FAULT_BUSY_STUCK] = {"busy-stuck", "from then on the controller is BUSY", AT_REGISTER},
    [SIM_FAULT_CLOCK_STOPPED] = {"clock-stopped", "from then on the controller has no kernel clock",
                                 AT_REGISTER},
    [SIM_FAULT_INTERRUPT] = {"interrupt", "an enabled interrupt is pending", AT_BLOCK},
    [SIM_FAULT_HALT] = {"halt", "the host halts the core and starts over", AT_BLOCK},
};

const char *sim_fault_name(enum sim_fault fault)
{
    return fault < SIM_FAULT_COUNT ? faults[fault].name : NULL;
}

const char *sim_fault_words(enum sim_fault fault)
{
    return faults[fault].words;
}

bool sim_fault_fits(enum sim_fault fault, enum sim_moment moment)
{
    return (faults[fault].moments >> moment & 1u) != 0;
}

static bool fail_chip(struct sim *sim, enum sim_fault fault)
{
    static const enum nor_failure failures[SIM_FAULT_COUNT] = {
        [SIM_FAULT_WIP_STUCK] = NOR_FAILURE_NEVER_ENDS,
        [SIM_FAULT_WRITE_NOTHING] = NOR_FAILURE_NOTHING,
        [SIM_FAULT_WRITE_PARTLY] = NOR_FAILURE_PARTLY,
        [SIM_FAULT_WRITE_ASTRAY] = NOR_FAILURE_ASTRAY,
        [SIM_FAULT_PROTECTED] = NOR_FAILURE_PROTECTED,
    };
    if (failures[fault] == NOR_FAILURE_NONE) {
        return false;
    }
    soc_fail_chip(sim_soc(sim), failures[fault]);
    return true;
}

static bool spoil_lines(struct sim *sim, enum sim_fault fault, uint64_t seed)
{
    static const enum soc_lines lines[SIM_FAULT_COUNT] = {
        [SIM_FAULT_FLIP_ONCE] = SOC_LINES_FLIP_ONCE,
        [SIM_FAULT_FLIP_ALWAYS] = SOC_LINES_FLIP_ALWAYS,
        [SIM_FAULT_LINES_HIGH] = SOC_LINES_HIGH,
        [SIM_FAULT_LINES_LOW] = SOC_LINES_LOW,
    };
    if (lines[fault] == SOC_LINES_GOOD) {
        return false;
    }
    soc_spoil_lines(sim_soc(sim), lines[fault], seed);
    return true;
}

void sim_fault_set_in(struct sim *sim, enum sim_fault fault, uint64_t seed)
{
    static const uint32_t flags[] = {SR_TCF, SR_FTF, SR_SMF};
    if (fail_chip(sim, fault) || spoil_lines(sim, fault, seed)) {
        return;
    }
    if (fault == SIM_FAULT_POWER_DIP || fault == SIM_FAULT_POWER_LOST) {
        soc_advance_chip(sim_soc(sim), (uint8_t)(seed >> 8)); /* a wait is few moments, but long */
    }
    switch (fault) {
    case SIM_FAULT_POWER_DIP: soc_dip_power(sim_soc(sim)); break;
    case SIM_FAULT_POWER_LOST: soc_lose_power(sim_soc(sim), true); break;
    case SIM_FAULT_BUS_ERROR: sim_fail_access(sim, true); break;
    case SIM_FAULT_FLAG_NEVER: soc_stick_status(sim_soc(sim), flags[seed % 3], 0); break;
    case SIM_FAULT_BUSY_STUCK: soc_stick_status(sim_soc(sim), SR_BUSY, SR_BUSY); break;
    case SIM_FAULT_CLOCK_STOPPED: soc_stop_kernel_clocks(sim_soc(sim), true); break;
    case SIM_FAULT_INTERRUPT: cpu_raise_interrupt(sim_cpu(sim), IRQ, true); break;
    case SIM_FAULT_HALT: cpu_halt_soon(sim_cpu(sim)); break;
    default: break;
    }
}

void sim_fault_heal(struct sim *sim)
{
    struct soc *soc = sim_soc(sim);
    soc_fail_chip(soc, NOR_FAILURE_NONE);
    soc_spoil_lines(soc, SOC_LINES_GOOD, 0);
    soc_release_stuck(soc);
    soc_stop_kernel_clocks(soc, false);
    soc_lose_power(soc, false);
    sim_fail_access(sim, false);
    cpu_raise_interrupt(sim_cpu(sim), IRQ, false);
}

/* SPDX-License-Identifier: MIT */
#include "dap/core_port.h"

#include <string.h>

/* Armv8-M ARM, B and D chapters on debug [ARM]. */
#define FP_CTRL       UINT32_C(0xE0002000)
#define FP_COMP0      UINT32_C(0xE0002008)
#define DWT_CTRL      UINT32_C(0xE0001000)
#define AIRCR         UINT32_C(0xE000ED0C)
#define DFSR          UINT32_C(0xE000ED30)
#define DHCSR         UINT32_C(0xE000EDF0)
#define DCRSR         UINT32_C(0xE000EDF4)
#define DEMCR         UINT32_C(0xE000EDFC)

#define DBGKEY        UINT32_C(0xA05F)
#define C_DEBUGEN     UINT32_C(0x00000001)
#define C_HALT        UINT32_C(0x00000002)
#define C_STEP        UINT32_C(0x00000004)
#define C_MASKINTS    UINT32_C(0x00000008)
#define S_REGRDY      UINT32_C(0x00010000)
#define S_HALT        UINT32_C(0x00020000)
#define S_SLEEP       UINT32_C(0x00040000)
#define S_LOCKUP      UINT32_C(0x00080000)
#define S_SDE         UINT32_C(0x00100000)
#define S_RETIRE_ST   UINT32_C(0x01000000)
#define S_RESET_ST    UINT32_C(0x02000000)

#define DFSR_HALTED   UINT32_C(0x01)
#define DFSR_BKPT     UINT32_C(0x02)
#define DFSR_VCATCH   UINT32_C(0x08)
#define DFSR_EXTERNAL UINT32_C(0x10)
#define DFSR_ALL      UINT32_C(0x1F)

#define VECTKEY       UINT32_C(0x05FA)
#define SYSRESETREQ   UINT32_C(0x00000004)
#define VC_CORERESET  UINT32_C(0x00000001)
#define FP_REVISION_2 UINT32_C(0x10000000)
#define FP_KEY        UINT32_C(0x00000002)
#define FP_ENABLE     UINT32_C(0x00000001)
/* No data comparator is modelled, so none is shown: a debugger then refuses a watchpoint. */
#define DWT_COMPARATORS UINT32_C(0xF0000000)

/* Secure alias below this address: bit 28 [INF]. */
#define SECURE_ALIAS UINT32_C(0x10000000)
#define ALIASES_END  UINT32_C(0x60000000)
/* Boot ROM, both aliases [HDR]; its size [INF]. */
#define ROM_BASE UINT32_C(0x08000000)
#define ROM_SIZE UINT32_C(0x00040000)

void core_port_init(struct core_port *port, struct sim *sim)
{
    *port = (struct core_port){
        .sim = sim, .state = CORE_IN_ROM, .look_ps = CORE_PORT_LOOK_PS, .was_reset = true};
}

static uint32_t debug_word(struct core_port *port, uint32_t address)
{
    uint32_t word = 0;
    cpu_debug_read(sim_cpu(port->sim), address, &word, sizeof word);
    return word;
}

static void halt(struct core_port *port, uint32_t why)
{
    port->state = CORE_HALTED;
    port->asleep = false;
    port->dfsr |= why;
}

void core_port_was_reset(struct core_port *port)
{
    port->was_reset = true;
    port->asleep = false;
    port->state = CORE_IN_ROM;
    if (port->debug_enabled && (debug_word(port, DEMCR) & VC_CORERESET) != 0) {
        halt(port, DFSR_VCATCH);
    }
}

static bool is_in_rom(const struct core_port *port)
{
    const uint32_t pc = cpu_get(sim_cpu(port->sim), CPU_PC) & ~SECURE_ALIAS;
    return pc - ROM_BASE < ROM_SIZE;
}

static void take_stop(struct core_port *port, enum cpu_stop stop)
{
    port->asleep = stop == CPU_STOP_SLEEP;
    switch (stop) {
    case CPU_STOP_TIME:
    case CPU_STOP_SLEEP: break;
    case CPU_STOP_BKPT:
    case CPU_STOP_BREAKPOINT: halt(port, DFSR_BKPT); break;
    case CPU_STOP_CATCH: halt(port, DFSR_VCATCH); break;
    case CPU_STOP_LOCKUP: port->state = CORE_LOCKED_UP; break;
    case CPU_STOP_STALL: port->state = CORE_STALLED; break;
    case CPU_STOP_UNSUPPORTED: halt(port, DFSR_EXTERNAL); break;
    }
    const bool odd =
        stop == CPU_STOP_LOCKUP || stop == CPU_STOP_STALL || stop == CPU_STOP_UNSUPPORTED;
    if (odd && port->note != NULL) {
        port->note(port->note_context, cpu_stop_text(sim_cpu(port->sim)));
    }
}

/* A running core goes on for as long as a look lasts. */
static void look(struct core_port *port)
{
    if (port->state == CORE_RUNNING) {
        const struct sim_clock *clock = sim_clock(port->sim);
        port->retired = true;
        take_stop(port, cpu_run(sim_cpu(port->sim), clock->now_ps + port->look_ps));
    }
}

static uint32_t read_dhcsr(struct core_port *port)
{
    look(port);
    const bool halted = port->state == CORE_HALTED;
    uint32_t value = port->control | S_SDE;
    value |= port->debug_enabled ? C_DEBUGEN : 0;
    value |= port->step ? C_STEP : 0;
    value |= halted ? C_HALT | S_HALT | S_REGRDY : 0;
    value |= port->asleep ? S_SLEEP : 0;
    value |= port->state == CORE_LOCKED_UP ? S_LOCKUP : 0;
    value |= port->retired || port->state == CORE_IN_ROM ? S_RETIRE_ST : 0;
    value |= port->was_reset ? S_RESET_ST : 0;
    port->retired = false;
    port->was_reset = false;
    return value;
}

/* The comparators replace the instruction by a breakpoint, the one at which the core goes on too. */
static bool is_at_break(const struct core_port *port)
{
    const uint32_t pc = cpu_get(sim_cpu(port->sim), CPU_PC);
    for (unsigned i = 0; port->breaks_enabled && i < CORE_PORT_BREAKS; i++) {
        if (port->breaks[i] == (pc | 1u)) {
            return true;
        }
    }
    return false;
}

static void resume(struct core_port *port)
{
    port->dfsr &= ~DFSR_HALTED;
    if (is_at_break(port)) {
        halt(port, DFSR_BKPT);
    } else if (is_in_rom(port)) {
        port->state = CORE_IN_ROM;
    } else if (port->step) {
        take_stop(port, cpu_step(sim_cpu(port->sim)));
        port->retired = true;
        if (port->state == CORE_HALTED || port->state == CORE_RUNNING) {
            halt(port, DFSR_HALTED);
        }
    } else {
        port->state = CORE_RUNNING;
    }
}

static void write_dhcsr(struct core_port *port, uint32_t value)
{
    if (value >> 16 != DBGKEY) {
        return;
    }
    port->debug_enabled = (value & C_DEBUGEN) != 0;
    port->step = (value & C_STEP) != 0;
    port->control = value & C_MASKINTS;
    cpu_mask_interrupts(sim_cpu(port->sim), port->control != 0);
    if (port->debug_enabled && (value & C_HALT) != 0) {
        if (port->state != CORE_HALTED && port->state != CORE_STALLED) {
            halt(port, DFSR_HALTED);
        }
    } else if (port->state == CORE_HALTED) {
        resume(port);
    }
}

/* The core's breakpoints are those of the comparators, and no others. */
static void arm_breaks(struct core_port *port, bool set)
{
    for (unsigned i = 0; i < CORE_PORT_BREAKS; i++) {
        if ((port->breaks[i] & 1u) != 0 && port->breaks_enabled) {
            cpu_set_breakpoint(sim_cpu(port->sim), port->breaks[i] & ~1u, set);
        }
    }
}

static bool is_break(uint32_t address, unsigned *index)
{
    *index = (address - FP_COMP0) / 4;
    return address >= FP_COMP0 && *index < CORE_PORT_BREAKS;
}

static uint32_t read_fp_ctrl(const struct core_port *port)
{
    return FP_REVISION_2 | CORE_PORT_BREAKS << 4 | (port->breaks_enabled ? FP_ENABLE : 0);
}

static void write_break_unit(struct core_port *port, uint32_t address, uint32_t value)
{
    unsigned index = 0;
    arm_breaks(port, false);
    if (is_break(address, &index)) {
        port->breaks[index] = value;
    } else if (address == FP_CTRL && (value & FP_KEY) != 0) {
        port->breaks_enabled = (value & FP_ENABLE) != 0;
    }
    arm_breaks(port, true);
}

static bool allows(uint32_t address, bool secure)
{
    return secure || address >= ALIASES_END || (address & SECURE_ALIAS) == 0;
}

/* Words of the core's that this port makes itself. */
static bool read_own(struct core_port *port, uint32_t address, uint32_t *value)
{
    unsigned index = 0;
    if (is_break(address, &index)) {
        *value = port->breaks[index];
        return true;
    }
    switch (address) {
    case DHCSR: *value = read_dhcsr(port); return true;
    case DFSR: *value = port->dfsr; return true;
    case FP_CTRL: *value = read_fp_ctrl(port); return true;
    case DWT_CTRL: *value = debug_word(port, address) & ~DWT_COMPARATORS; return true;
    default: return false;
    }
}

bool core_port_read(void *context, uint32_t address, unsigned size, bool secure, uint32_t *value)
{
    struct core_port *port = context;
    *value = 0;
    if (size == 4 && read_own(port, address, value)) {
        return true;
    }
    return allows(address, secure) && cpu_debug_read(sim_cpu(port->sim), address, value, size);
}

static bool write_own(struct core_port *port, uint32_t address, uint32_t value)
{
    unsigned index = 0;
    if (address == FP_CTRL || is_break(address, &index)) {
        write_break_unit(port, address, value);
        return true;
    }
    switch (address) {
    case DHCSR: write_dhcsr(port, value); return true;
    case DFSR: port->dfsr &= ~(value & DFSR_ALL); return true;
    case DCRSR:
        return port->state != CORE_HALTED; /* registers of a running core stay out of reach */
    case AIRCR:
        port->reset_wanted = value >> 16 == VECTKEY && (value & SYSRESETREQ) != 0;
        return port->reset_wanted;
    default: return false;
    }
}

bool core_port_write(void *context, uint32_t address, unsigned size, bool secure, uint32_t value)
{
    struct core_port *port = context;
    if (size == 4 && write_own(port, address, value)) {
        return true;
    }
    return allows(address, secure) && cpu_debug_write(sim_cpu(port->sim), address, &value, size);
}

/* SPDX-License-Identifier: MIT */
/*
 * What a probe reaches by the core's access port: memory, and the core's debug registers (Armv8-M
 * Architecture Reference Manual, "Debug" [ARM]): DHCSR, DCRSR, DCRDR, DEMCR, DFSR, DSCSR, FPB, DWT, AIRCR. Run
 * control is made of them.
 *
 * Time: it stands still while the core is halted. A running core goes on when a probe looks at DHCSR, each
 * time until it stops, at most CORE_PORT_LOOK_PS: else a debugger that polls would wait for ever.
 */
#ifndef EXTLOAD_DAP_CORE_PORT_H
#define EXTLOAD_DAP_CORE_PORT_H

#include "sim/sim.h"

#define CORE_PORT_LOOK_PS (50 * PS_PER_MS) /* [choice] */
#define CORE_PORT_BREAKS  8                /* code comparators of an M55 [INF] */

enum core_state {
    CORE_HALTED,
    CORE_RUNNING,
    CORE_IN_ROM,    /* the boot ROM's idle loop, which is not executed */
    CORE_LOCKED_UP, /* runs until it is halted */
    CORE_STALLED    /* in a bus access that never ends; not even a debugger halts it */
};

struct core_port {
    struct sim *sim;
    enum core_state state;
    uint64_t look_ps;   /* CORE_PORT_LOOK_PS after core_port_init() */
    bool debug_enabled; /* C_DEBUGEN */
    bool was_reset;     /* S_RESET_ST */
    bool retired;       /* S_RETIRE_ST */
    bool asleep;        /* S_SLEEP */
    bool step;          /* C_STEP */
    uint32_t control;   /* C_MASKINTS, as written */
    uint32_t dfsr;
    bool breaks_enabled; /* FP_CTRL.ENABLE */
    uint32_t breaks[CORE_PORT_BREAKS];
    /* A reset was asked for by AIRCR; the chip carries it out and clears this. */
    bool reset_wanted;
    /* What the user should hear, such as why the simulator cannot go on; NULL = nobody listens. */
    void (*note)(void *context, const char *text);
    void *note_context;
};

/* The core waits in its boot ROM, as after power-on in development boot. */
void core_port_init(struct core_port *port, struct sim *sim);
/* After sim_reset(): in the ROM again, or halted if DEMCR.VC_CORERESET says so. */
void core_port_was_reset(struct core_port *port);

/* As struct mem_ap_bus wants them; `context` is a struct core_port. */
bool core_port_read(void *context, uint32_t address, unsigned size, bool secure, uint32_t *value);
bool core_port_write(void *context, uint32_t address, unsigned size, bool secure, uint32_t value);

#endif

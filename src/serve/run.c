/* SPDX-License-Identifier: MIT */
#include "serve/stub.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Virtual time between two looks at the socket: as much as fits these bounds of real time. */
#define SLICE_FIRST_PS (UINT64_C(1) * 1000 * 1000 * 1000)
#define SLICE_LAST_PS  (UINT64_C(1000) * 1000 * 1000 * 1000)
#define LOOK_SOON_NS   UINT64_C(10000000)
#define LOOK_LATE_NS   UINT64_C(50000000)

/* GDB's own signal numbers. */
enum signal_number {
    STOPPED_BY_INTERRUPT = 2,
    STOPPED_UNKNOWN_CODE = 4,
    STOPPED_BY_TRAP = 5,
    STOPPED_ON_BUS = 10,
    STOPPED_BY_FAULT = 11
};

static uint64_t real_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool cancelled(const struct stub *stub)
{
    const volatile sig_atomic_t *cancel = stub->session->events.cancel;
    return cancel != NULL && *cancel != 0;
}

/* True if the user wants the core to halt. */
static bool look(struct stub *stub)
{
    connection_receive(stub->connection);
    return connection_interrupt(stub->connection) || !stub->connection->open || cancelled(stub);
}

static enum cpu_stop run(struct stub *stub, bool *interrupted)
{
    struct cpu *cpu = sim_cpu(stub->sim);
    const struct sim_clock *clock = sim_clock(stub->sim);
    uint64_t slice = SLICE_FIRST_PS;
    for (;;) {
        uint64_t start = real_ns();
        enum cpu_stop stop = cpu_run(cpu, clock->now_ps + slice);
        *interrupted = look(stub);
        if (stop != CPU_STOP_TIME || *interrupted) {
            return stop;
        }
        uint64_t took = real_ns() - start;
        if (took < LOOK_SOON_NS && slice < SLICE_LAST_PS) {
            slice *= 2;
        } else if (took > LOOK_LATE_NS && slice > SLICE_FIRST_PS) {
            slice /= 2;
        }
    }
}

static enum signal_number signal_of(enum cpu_stop stop, bool interrupted)
{
    switch (stop) {
    case CPU_STOP_TIME: return interrupted ? STOPPED_BY_INTERRUPT : STOPPED_BY_TRAP;
    case CPU_STOP_BKPT:
    case CPU_STOP_BREAKPOINT: return STOPPED_BY_TRAP;
    case CPU_STOP_SLEEP: return STOPPED_BY_INTERRUPT;
    case CPU_STOP_STALL: return STOPPED_ON_BUS;
    case CPU_STOP_UNSUPPORTED: return STOPPED_UNKNOWN_CODE;
    case CPU_STOP_LOCKUP:
    case CPU_STOP_CATCH: return STOPPED_BY_FAULT;
    }
    return STOPPED_BY_TRAP;
}

void stub_run(struct stub *stub, bool step)
{
    bool interrupted = false;
    stub->stops.watch_hit = false;
    enum cpu_stop stop = step ? cpu_step(sim_cpu(stub->sim)) : run(stub, &interrupted);
    enum signal_number number = signal_of(stop, interrupted);
    char watch[24] = "";
    if (stub->stops.watch_hit) {
        snprintf(watch, sizeof watch, "watch:%x;", stub->stops.watch_address);
    }
    snprintf(stub->stop_reply, sizeof stub->stop_reply, "T%02x%sthread:01;", (unsigned)number,
             watch);
    if (number != STOPPED_BY_TRAP && stop != CPU_STOP_TIME) {
        char text[256];
        snprintf(text, sizeof text, "extload: %s\n", cpu_stop_text(sim_cpu(stub->sim)));
        stub_print(stub, text, strlen(text));
    }
    connection_send_text(stub->connection, stub->stop_reply);
}

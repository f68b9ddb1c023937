/* SPDX-License-Identifier: MIT */
/*
 * A Cortex-M core: libunicorn executes the instructions; exceptions, the System Control Space,
 * SysTick, DWT, MPU and cache registers are ours (libunicorn 2.0.1 has none of them).
 */
#ifndef EXTLOAD_SIM_CPU_CPU_H
#define EXTLOAD_SIM_CPU_CPU_H

#include "report/error.h"
#include "sim/clock.h"

enum cpu_model {
    CPU_M3,
    CPU_M4,
    CPU_M7,
    CPU_M33,
    CPU_M55
};

enum cpu_access {
    CPU_ACCESS_OK,
    CPU_ACCESS_FAULT,
    CPU_ACCESS_STALL
};

/* libunicorn exports names like cpu_reset() and calls them through the dynamic linker: ours must
 * not be found there. */
#pragma GCC visibility push(hidden)

/* Everything outside the core that is not RAM. */
struct cpu_bus {
    void *context;
    enum cpu_access (*read)(void *context, uint32_t address, unsigned size, uint32_t *value);
    enum cpu_access (*write)(void *context, uint32_t address, unsigned size, uint32_t value);
    /* An access in a window costs window_access, any other register_access. */
    bool (*is_window)(void *context, uint32_t address);
    /* Reading has no side effect and depends on nothing but time; needed for the jump rule. */
    bool (*is_pure)(void *context, uint32_t address);
    uint64_t (*next_event)(void *context);
    uint32_t (*cpu_hz)(void *context);
};

struct cpu_config {
    enum cpu_model model;
    struct cost_model cost;
    bool no_jump;         /* execute every poll instead of jumping to the next event */
    uint32_t hz_override; /* CPU frequency whatever the SoC says; 0 = ask the SoC */
    /* M7 and M55: the caches hold lines of their own. False: the core's view and the memory are
     * the same bytes at all times. */
    bool caches;
    bool debug_incoherent; /* with caches: a debugger reaches the memory behind the D-cache */
    uint64_t cache_seed;   /* which lines are evicted, and when */
};

/* Registers a debugger can reach; banked ones are the Secure bank. */
enum cpu_register {
    CPU_R0,
    CPU_R1,
    CPU_R2,
    CPU_R3,
    CPU_R4,
    CPU_R5,
    CPU_R6,
    CPU_R7,
    CPU_R8,
    CPU_R9,
    CPU_R10,
    CPU_R11,
    CPU_R12,
    CPU_SP,
    CPU_LR,
    CPU_PC,
    CPU_XPSR,
    CPU_MSP,
    CPU_PSP,
    CPU_MSPLIM,
    CPU_PSPLIM,
    CPU_PRIMASK,
    CPU_FAULTMASK,
    CPU_BASEPRI,
    CPU_CONTROL,
    CPU_REGISTER_COUNT
};

enum cpu_stop {
    CPU_STOP_TIME,       /* the given time is reached; the core could go on */
    CPU_STOP_BKPT,       /* halted on a BKPT; PC is its address */
    CPU_STOP_BREAKPOINT, /* halted before an address set by cpu_set_breakpoint() */
    CPU_STOP_LOCKUP,
    CPU_STOP_SLEEP,      /* WFI or WFE with nothing that could wake it */
    CPU_STOP_STALL,      /* a bus access that never completes */
    CPU_STOP_CATCH,      /* DEMCR vector catch */
    CPU_STOP_UNSUPPORTED /* what the emulator cannot do, a system reset that the core asked for
                            (AIRCR.SYSRESETREQ) included; see cpu_stop_text() */
};

struct cpu;

struct cpu *cpu_create(const struct cpu_config *config, const struct cpu_bus *bus,
                       struct sim_clock *clock, struct error *error);
void cpu_destroy(struct cpu *cpu);
/* Maps RAM; the same bytes may be mapped, whole, at several addresses. Bytes are not owned. Addresses and sizes
 * are multiples of 1 KiB. */
bool cpu_map_ram(struct cpu *cpu, uint32_t address, uint32_t size, uint8_t *bytes,
                 struct error *error);
/* As by a system reset, then as the boot ROM leaves the core in development boot (MSPLIM set, VTOR
 * in ROM). The core is halted. */
void cpu_reset(struct cpu *cpu);

/* Runs until it stops or the clock reaches until_ps. */
enum cpu_stop cpu_run(struct cpu *cpu, uint64_t until_ps);
/* One instruction. */
enum cpu_stop cpu_step(struct cpu *cpu);
/* Why the last run stopped, in words: "lockup: BusFault at 0x... while HardFault was active". */
const char *cpu_stop_text(const struct cpu *cpu);

uint32_t cpu_get(struct cpu *cpu, enum cpu_register reg);
void cpu_set(struct cpu *cpu, enum cpu_register reg, uint32_t value);
/* A debugger's memory access: RAM, core registers, and the bus. False on a bus error. */
bool cpu_debug_read(struct cpu *cpu, uint32_t address, void *bytes, size_t size);
bool cpu_debug_write(struct cpu *cpu, uint32_t address, const void *bytes, size_t size);
bool cpu_set_breakpoint(struct cpu *cpu, uint32_t address, bool set);
/* C_MASKINTS: PendSV, SysTick and external interrupts are not taken while running under debug. */
void cpu_mask_interrupts(struct cpu *cpu, bool mask);
/* Armv8-M: the halted core goes on in Non-secure state, until a reset. Its registers, banked or not,
 * keep their values. Memory below 0x60000000 whose address has bit 28 set is Secure. */
void cpu_set_non_secure(struct cpu *cpu, bool non_secure);
/* A core whose implementer wired fewer bits of VTOR: it keeps multiples of `alignment` (a power of two,
 * 128 if never called) [ARM]. */
void cpu_set_vtor_alignment(struct cpu *cpu, uint32_t alignment);
/* Pends external interrupt `number` (0 = first external). */
void cpu_pend_interrupt(struct cpu *cpu, unsigned number);
/* Enables and pends it, or neither; from within an access or an instruction, too. */
void cpu_raise_interrupt(struct cpu *cpu, unsigned number, bool on);
/* What runs now will be undone: a trial of the jump rule. */
bool cpu_is_trying(const struct cpu *cpu);

struct cpu_stats {
    uint64_t instructions; /* executed or skipped by a jump, so the same with and without jumps */
    uint64_t register_reads, register_writes; /* peripheral accesses, jumped ones counted */
    uint64_t window_reads;
    uint64_t jumps, jumped_ps;
    uint64_t jumped_instructions, jumped_reads; /* of those above, the skipped ones */
    uint64_t exceptions;
};
const struct cpu_stats *cpu_stats(const struct cpu *cpu);

#define CPU_CACHE_LINE 32u /* bytes */

enum cpu_cache {
    CPU_DCACHE,
    CPU_ICACHE
};

/*
 * An inherited line: what the cache holds of the 32 bytes at `address`, whatever lies there. Only an
 * enabled cache (CCR.DC, CCR.IC) shows it. A dirty line of the D-cache is written to RAM when it is
 * cleaned or evicted. False: the core has no modelled caches, they are full, or the line cannot be
 * (not aligned; dirty or of the I-cache where no RAM is).
 */
bool cpu_cache_put(struct cpu *cpu, enum cpu_cache cache, uint32_t address,
                   const uint8_t bytes[CPU_CACHE_LINE], bool dirty);
/* False: no such line. `bytes` and `dirty` may be NULL. */
bool cpu_cache_get(const struct cpu *cpu, enum cpu_cache cache, uint32_t address,
                   uint8_t bytes[CPU_CACHE_LINE], bool *dirty);
unsigned cpu_cache_lines(const struct cpu *cpu, enum cpu_cache cache);

/* Called for every RAM write of the core, for the instruments; NULL = none. */
void cpu_watch_writes(struct cpu *cpu,
                      void (*hook)(void *context, uint32_t address, unsigned size, uint32_t value),
                      void *context);
/* Before each instruction that counts; NULL = none. */
void cpu_watch_steps(struct cpu *cpu, void (*hook)(void *context, uint32_t pc), void *context);
/* From within such a hook: the core halts after the instruction, with CPU_STOP_BREAKPOINT. Time that
 * the jump rule skips is no instruction: a loop's stores are seen when they are carried out. */
void cpu_halt_soon(struct cpu *cpu);

/* What the core does, told as it does it, for the instruments. Trials of the jump rule are not told:
 * what a jump leaves out repeats what was told before. From within, the core may only be asked. */
struct cpu_probe {
    void *context;
    void (*step)(void *context, uint32_t pc); /* before each instruction */
    /* By an instruction or by the core itself (stacking, vectors). */
    void (*ram)(void *context, bool write, uint32_t address, unsigned size);
    void (*read)(void *context, uint32_t address, uint32_t value); /* a register or a window */
    /* A fault, before it is taken: exception number, bits of CFSR, MMFAR or BFAR. */
    void (*fault)(void *context, int exception, uint32_t cfsr, uint32_t address);
    /* PendSV, SysTick or an external interrupt, with the vector that was fetched. */
    void (*interrupt)(void *context, int exception, uint32_t vector);
    void (*reset)(void *context); /* AIRCR.SYSRESETREQ */
    void (*debug_write)(void *context, uint32_t address, size_t size);
};
/* NULL = none, the default: then nothing is spent on it. Not copied. */
void cpu_set_probe(struct cpu *cpu, const struct cpu_probe *probe);

#pragma GCC visibility pop

#endif

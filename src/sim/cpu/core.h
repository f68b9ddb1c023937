/* SPDX-License-Identifier: MIT */
/*
 * What the files of the core share: its state, and who offers what to whom.
 *
 * Costs are kept in hundredths of a CPU cycle. `cost` only grows while the core is not halted, so
 * every counter of the core (CYCCNT, SysTick) is a difference of two costs and nothing ticks.
 */
#ifndef EXTLOAD_SIM_CPU_CORE_H
#define EXTLOAD_SIM_CPU_CORE_H

#include "sim/cpu/cpu.h"

#include <unicorn/unicorn.h>

#pragma GCC visibility push(hidden) /* as in cpu.h */

enum {
    EXC_NMI = 2,
    EXC_HARDFAULT = 3,
    EXC_MEMMANAGE = 4,
    EXC_BUSFAULT = 5,
    EXC_USAGEFAULT = 6,
    EXC_SECUREFAULT = 7,
    EXC_SVCALL = 11,
    EXC_DEBUGMON = 12,
    EXC_PENDSV = 14,
    EXC_SYSTICK = 15,
    EXC_EXTERNAL = 16,
    EXTERNAL_COUNT = 256,
    EXC_COUNT = EXC_EXTERNAL + EXTERNAL_COUNT
};

/* CFSR, as the Armv7-M and Armv8-M ARM name its bits. */
enum {
    CFSR_IACCVIOL = 1u << 0,
    CFSR_DACCVIOL = 1u << 1,
    CFSR_MUNSTKERR = 1u << 3,
    CFSR_MSTKERR = 1u << 4,
    CFSR_MMARVALID = 1u << 7,
    CFSR_IBUSERR = 1u << 8,
    CFSR_PRECISERR = 1u << 9,
    CFSR_UNSTKERR = 1u << 11,
    CFSR_STKERR = 1u << 12,
    CFSR_BFARVALID = 1u << 15,
    CFSR_UNDEFINSTR = 1u << 16,
    CFSR_INVSTATE = 1u << 17,
    CFSR_INVPC = 1u << 18,
    CFSR_NOCP = 1u << 19,
    CFSR_STKOF = 1u << 20,
    CFSR_UNALIGNED = 1u << 24,
    CFSR_DIVBYZERO = 1u << 25,

    HFSR_VECTTBL = 1u << 1,
    HFSR_FORCED = 1u << 30,

    CCR_NONBASETHRDENA = 1u << 0,
    CCR_UNALIGN_TRP = 1u << 3,
    CCR_DIV_0_TRP = 1u << 4,
    CCR_BFHFNMIGN = 1u << 8,
    CCR_STKALIGN = 1u << 9,
    CCR_STKOFHFNMIGN = 1u << 10,
    CCR_DC = 1u << 16,
    CCR_IC = 1u << 17,

    CONTROL_NPRIV = 1u << 0,
    CONTROL_SPSEL = 1u << 1,
    CONTROL_FPCA = 1u << 2,

    XPSR_T = 1u << 24,
    XPSR_IPSR = 0x1FFu,
    XPSR_IT = 0x0600FC00u,

    DEMCR_TRCENA = 1u << 24
};

#define RAM_GRANULE                                                                                \
    1024u /* the page of the emulator: regions and code marks are multiples of it                  \
           */
#define RING        8
#define NO_PAGE     UINT32_MAX
#define RAM_REGIONS 64
#define BREAKPOINTS 64
#define MPU_REGIONS 16
#define SCRATCH     0x3FFFFC00u /* executable by the default map, and no STM32 has memory there */

struct ram_region {
    uint32_t base, size;
    uint8_t *bytes;
    uint8_t
        *code; /* one flag per granule: instructions were fetched from it, here or at an alias */
    bool owns_code; /* the first region of these bytes; its aliases share the flags */
};

/* Why a slice of execution ended. */
enum event {
    EVENT_NONE,
    EVENT_LIMIT, /* time to look around: `until`, an interrupt, a poll loop's head */
    EVENT_BREAKPOINT,
    EVENT_STEP,
    EVENT_FAULT,   /* cpu->fault describes it */
    EVENT_INTR,    /* cpu->intr is the emulator's interrupt number */
    EVENT_INVALID, /* not an instruction for the emulator */
    EVENT_WAIT,    /* WFI or WFE executed */
    EVENT_STALL,
    EVENT_UNSUPPORTED,
    EVENT_TRIAL_END /* the jump rule's iteration is over */
};

struct fault {
    int exception;
    uint32_t cfsr;
    uint32_t address; /* for MMFAR or BFAR when cfsr says it is valid */
};

/* All that changes with time; copied whole to go back to an earlier instant. */
struct timeline {
    uint64_t cost;         /* since reset, hundredths of a CPU cycle */
    uint64_t flushed;      /* part of cost that is in the clock */
    uint64_t remainder;    /* of cost, not yet a picosecond: units of 1/hz ps */
    uint64_t ps_remainder; /* of the bus's time, not yet a hundredth of a cycle: 1e-10 units */
    uint64_t now_ps;
    struct cpu_stats stats;
    uint32_t systick_value;
    uint64_t systick_since; /* SysTick clocks when systick_value was true */
    bool systick_countflag;
};

struct dwt {
    uint32_t ctrl;
    uint32_t cyccnt;
    uint64_t since; /* cost when cyccnt was true */
    bool unlocked;  /* M7: DWT_LAR */
};

struct mpu {
    uint32_t ctrl, rnr;
    uint32_t rbar[MPU_REGIONS], rlar[MPU_REGIONS]; /* rlar: RASR on Armv7-M */
    uint32_t mair[2];
    uint32_t allowed[3]; /* per kind: last 32-byte line found allowed, bit 0 = for unprivileged */
};

struct journal_entry {
    uint32_t address;
    unsigned size;
    uint8_t before[8], after[8];
};

struct jump;
struct cache;
struct coverage;

struct cpu {
    uc_engine *uc;
    struct cpu_config config;
    struct cpu_bus bus;
    struct sim_clock *clock;
    struct timeline t;

    struct ram_region ram[RAM_REGIONS];
    unsigned ram_count, ram_last;
    struct {
        uint32_t base;
        uint64_t size;
    } gap[RAM_REGIONS + 2];
    unsigned gap_count;
    bool mapped;
    uint8_t *scratch;

    /* looked at before every instruction */
    uint64_t limit; /* cost at which the slow path is wanted */
    uint32_t fetch_cost;
    uint16_t special_mask;     /* M55: finds 0xEA5n among first halfwords; 0 elsewhere: never */
    uint32_t code_page;        /* page number that needs no slow path */
    const uint8_t *code_bytes; /* of that page, or of the last one looked at */
    uint32_t ring[RING];       /* addresses of the last instructions */
    uint32_t ring_next;
    /* Instructions that were translated anew because bytes beside them changed, at most; the
     * emulator never gives that room back. */
    uint64_t retranslated, forgotten_at;

    uint32_t hz;
    uint64_t until_ps;
    enum event event;
    struct fault fault;
    uint32_t intr;
    bool in_snippet;
    bool non_secure;
    bool rewind; /* the slice ended inside an IT block, at rewind_pc: see hooks.c */
    uint32_t rewind_pc, rewind_it;
    uc_context *rewind_context;
    bool step;
    bool attention;   /* an exception may be taken now */
    bool irq_waiting; /* an exception is pending but masked */
    bool trace;       /* every instruction takes the slow path */
    bool skip_break;  /* run on from a breakpoint */
    bool halt_soon;   /* cpu_halt_soon() */
    uint64_t slice_start;
    uint32_t slice_it, slice_pc;
    uint32_t split_low, split_high; /* an unaligned access that the emulator takes apart */
    uint64_t split_at;
    uint64_t read_value;
    uint32_t read_address;
    bool event_register; /* WFE */
    uint32_t vtor_alignment;
    bool mask_interrupts;
    bool catch_pending;
    bool sleep_on_exit;
    bool sleeping, waits_for_event;
    bool locked_up;
    bool halted;

    /* exceptions */
    uint8_t pending[EXC_COUNT], active[EXC_COUNT], enabled[EXC_COUNT], priority[EXC_COUNT];
    unsigned pending_count, active_count, external_enabled;
    uint32_t vtor, aircr, scr, ccr, shcsr_enables, cfsr, hfsr, dfsr, mmfar, bfar;
    uint32_t systick_ctrl, systick_load;
    uint32_t demcr, dcrdr;
    uint32_t cpacr, csselr;
    struct dwt dwt;
    struct mpu mpu;
    uint32_t plain[1024];    /* System Control Space registers that only store */
    uint32_t plain_ns[1024]; /* the Non-secure bank: stores, has no effect */

    uint32_t breakpoint[BREAKPOINTS];
    unsigned breakpoint_count;
    void (*watch)(void *context, uint32_t address, unsigned size, uint32_t value);
    void *watch_context;
    void (*stepped)(void *context, uint32_t pc);
    void *stepped_context;
    const struct cpu_probe *probe;
    struct jump *jump;
    struct cache *cache;       /* NULL: not modelled */
    struct coverage *coverage; /* NULL: not asked for */
    char text[200];
};

/* cpu.c */
bool model_is_v8m(const struct cpu *cpu);
bool model_has_cache(const struct cpu *cpu);
bool model_has_fpu(const struct cpu *cpu);
struct ram_region *ram_at(struct cpu *cpu, uint32_t address, unsigned size);
void ram_forget_code(struct cpu *cpu, const struct ram_region *written, uint32_t offset,
                     unsigned size);
bool ram_map_rest(struct cpu *cpu, struct error *error);

/* hooks.c: what the emulator calls */
bool hooks_add(struct cpu *cpu);
void stop_slice(struct cpu *cpu, enum event event);

/* ram.c */
/* A load by the running instruction, which the emulator does next, or a store, which is done here.
 * False: refused, a trial of the jump rule is over. */
bool ram_load(struct cpu *cpu, struct ram_region *r, uint32_t address, unsigned size);
bool ram_store(struct cpu *cpu, struct ram_region *r, uint32_t address, unsigned size,
               uint64_t value);
/* The core's own access outside an instruction: stacking, vector fetch. False on a bus error. */
bool word_read(struct cpu *cpu, uint32_t address, uint32_t *value);
bool word_write(struct cpu *cpu, uint32_t address, uint32_t value);

/* coverage.c: executed instructions of the code that a map in the environment names, if one does. */
bool coverage_create(struct cpu *cpu, struct error *error);
void coverage_destroy(struct cpu *cpu);
/* The rest needs cpu->coverage. An instruction at `pc` was let pass. */
void coverage_note(struct cpu *cpu, uint32_t pc);
/* The core starts; RAM may hold something else than before. */
void coverage_restart(struct cpu *cpu);

/* lines.c: what the caches hold. Without caches in the model, cpu->cache is NULL. */
bool lines_create(struct cpu *cpu);
void lines_reset(struct cpu *cpu);
/* Whether an access of the running core may see or make something else than what RAM holds. */
bool lines_matter(const struct cpu *cpu);
void lines_load(struct cpu *cpu, uint32_t address, uint8_t *bytes, unsigned size);
void lines_store(struct cpu *cpu, uint32_t address, const uint8_t *bytes, unsigned size);
/* The emulator loads from RAM itself: puts what the core shall see there, until lines_repay(). */
void lines_lend(struct cpu *cpu, uint8_t *at, const uint8_t *bytes, unsigned size);
void lines_repay(struct cpu *cpu);
/* A read or write outside RAM, up to 4 bytes; false: the caches have no part in it. */
bool lines_window(struct cpu *cpu, bool write, uint32_t address, unsigned size, uint32_t *value,
                  enum cpu_access *access);
/* A debugger's part in the lines, after its access to the memory behind; of 4 bytes at most it can be asked
 * before whether they come from a line. True: the last byte met one. */
bool lines_debug(struct cpu *cpu, uint32_t address, uint8_t *bytes, size_t size, bool write);
/* CCR.IC may have changed, or the core starts or stops. */
void lines_follow(struct cpu *cpu);
enum lines_action {
    LINES_CLEAN = 1,
    LINES_INVALIDATE = 2
};
void lines_by_address(struct cpu *cpu, uint32_t address, unsigned actions);
void lines_by_set_way(struct cpu *cpu, uint32_t operand, unsigned actions);
void lines_invalidate_code(struct cpu *cpu);
void lines_invalidate_code_at(struct cpu *cpu, uint32_t address);

/* probe.c: tells the instruments; nothing of a trial is told */
void probe_ram(const struct cpu *cpu, bool write, uint32_t address, unsigned size, uint64_t value);
void probe_fault(const struct cpu *cpu, const struct fault *fault);
void probe_interrupt(const struct cpu *cpu, int exception, uint32_t vector);

/* device.c: everything that is not RAM */
uint64_t hook_mmio_read(uc_engine *uc, uint64_t offset, unsigned size, void *context);
void hook_mmio_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *context);
enum cpu_access device_read(struct cpu *cpu, uint32_t address, unsigned size, uint32_t *value);
enum cpu_access device_write(struct cpu *cpu, uint32_t address, unsigned size, uint32_t value);
bool is_private_peripheral(uint32_t address);
enum cpu_access private_read(struct cpu *cpu, uint32_t address, unsigned size, bool debug,
                             uint32_t *value);
enum cpu_access private_write(struct cpu *cpu, uint32_t address, unsigned size, bool debug,
                              uint32_t value);

/* registers.c */
uint32_t reg_get(struct cpu *cpu, int id);
void reg_set(struct cpu *cpu, int id, uint32_t value);
/* PRIMASK, BASEPRI, FAULTMASK, CONTROL, MSP, PSP whatever the privilege. */
uint32_t special_get(struct cpu *cpu, int id);
void special_set(struct cpu *cpu, int id, uint32_t value);
void control_set(struct cpu *cpu, uint32_t value);
uint32_t limit_get(struct cpu *cpu, bool process);
void limit_set(struct cpu *cpu, bool process, uint32_t value);
void pc_set(struct cpu *cpu, uint32_t pc);
bool is_privileged(struct cpu *cpu);
bool is_handler(struct cpu *cpu);

/* decode.c: the few instructions that must be recognised */
bool code_halfword(struct cpu *cpu, uint32_t address, uint16_t *halfword);
/* ITSTATE with which the instruction at `pc`, next to be executed, runs. */
uint32_t it_state(struct cpu *cpu, uint32_t pc);
bool must_be_aligned(struct cpu *cpu, uint32_t pc);
bool divides_by_zero(struct cpu *cpu, uint32_t pc);
bool writes_masks(struct cpu *cpu, uint32_t pc);
bool is_wait(struct cpu *cpu, uint32_t pc, bool *for_event);
bool is_fp_or_coprocessor(uint16_t first);
unsigned coprocessor_number(uint16_t first, uint16_t second);
bool is_vector_shift(uint16_t first, uint16_t second);

/* time.c */
uint64_t cycles_now(const struct cpu *cpu);
void time_flush(struct cpu *cpu);
void time_absorb(struct cpu *cpu, uint64_t before_ps);
uint64_t cost_until(const struct cpu *cpu, uint64_t ps);
void time_rearm(struct cpu *cpu);
void time_new_frequency(struct cpu *cpu);
/* Skips `count` times `each`, as if executed. */
void time_skip(struct cpu *cpu, uint64_t count, uint64_t each);

/* exception.c */
int priority_running(struct cpu *cpu);
int priority_of(const struct cpu *cpu, int exception);
void exception_pend(struct cpu *cpu, int exception, bool pend);
void exception_activate(struct cpu *cpu, int exception, bool active);
/* The pending exception that would be taken now if the masks allowed, or 0. */
int exception_best(struct cpu *cpu);
bool exception_can_preempt(struct cpu *cpu);
/* Decides anew whether the core must stop for an exception. */
void exception_review(struct cpu *cpu);
void exception_take_pending(struct cpu *cpu);
/* A synchronous exception at the present PC: taken, escalated, or lockup. */
void exception_raise(struct cpu *cpu, const struct fault *fault);
void lockup(struct cpu *cpu, const char *why);
const char *exception_name(int exception, char buffer[16]);
bool exception_enabled(const struct cpu *cpu, int exception);
/* A fault during return, with the frame still on the stack. */
void exception_chain(struct cpu *cpu, const struct fault *fault, uint32_t exc_return);
bool exception_clears_faultmask(const struct cpu *cpu, int returning);

/* security.c */
/* False, and the run ends, if a Non-secure core may not reach `address`. */
bool security_allows(struct cpu *cpu, uint32_t address);
/* True, and the run ends, if `exception` is handled in the other security state. */
bool security_leaves(struct cpu *cpu, int exception);
/* TT, TTT, TTA, TTAT. */
bool is_test_target(uint16_t first, uint16_t second);
/* Executes TT or TTT at `pc` as a Non-secure core does, which the emulator cannot be. */
bool security_test_target(struct cpu *cpu, uint32_t pc);

/* return.c */
void exception_return(struct cpu *cpu, uint32_t exc_return);

/* frame.c */
bool frame_push(struct cpu *cpu, uint32_t *exc_return, struct fault *fault);
bool frame_pop(struct cpu *cpu, uint32_t exc_return, struct fault *fault);

/* scs.c, nvic.c, cache.c, debug.c, systick.c, dwt.c, mpu.c: one register each time, word by word.
 * Return false for an offset that is not theirs. */
bool scs_read(struct cpu *cpu, uint32_t offset, uint32_t *value);
bool scs_write(struct cpu *cpu, uint32_t offset, bool debug, uint32_t value);
void scs_reset(struct cpu *cpu);
bool nvic_read(struct cpu *cpu, uint32_t offset, uint32_t *value);
bool nvic_write(struct cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes);
bool cache_read(struct cpu *cpu, uint32_t offset, uint32_t *value);
bool cache_write(struct cpu *cpu, uint32_t offset, uint32_t value);
bool debug_read(struct cpu *cpu, uint32_t offset, uint32_t *value);
bool debug_write(struct cpu *cpu, uint32_t offset, bool debug, uint32_t value);
bool systick_read(struct cpu *cpu, uint32_t offset, bool debug, uint32_t *value);
bool systick_write(struct cpu *cpu, uint32_t offset, uint32_t value);
void systick_sync(struct cpu *cpu);
void systick_reset(struct cpu *cpu);
/* Cost at which the counter next reaches zero; UINT64_MAX if it does not run. */
uint64_t systick_next(const struct cpu *cpu);
uint32_t dwt_read(struct cpu *cpu, uint32_t offset);
void dwt_write(struct cpu *cpu, uint32_t offset, uint32_t value, bool debug);
void dwt_sync(struct cpu *cpu);
void dwt_reset(struct cpu *cpu);
bool mpu_read(struct cpu *cpu, uint32_t offset, uint32_t *value);
bool mpu_write(struct cpu *cpu, uint32_t offset, uint32_t value);
enum mpu_kind {
    MPU_READ,
    MPU_WRITE,
    MPU_EXECUTE
};
bool mpu_allows(struct cpu *cpu, uint32_t address, unsigned size, enum mpu_kind kind,
                bool privileged);
bool mpu_is_on(const struct cpu *cpu);
/* Every instruction of this 1 KiB page may be executed with this privilege, by any handler too. */
bool mpu_allows_page(struct cpu *cpu, uint32_t address, bool privileged);
/* Device or Strongly-ordered memory, by MPU or default map. */
bool memory_is_device(struct cpu *cpu, uint32_t address);
bool memory_is_execute_never(uint32_t address);
enum memory_cached {
    MEMORY_UNCACHED,
    MEMORY_WRITE_THROUGH,
    MEMORY_WRITE_BACK
};
/* Inner cacheability, by MPU or default map. */
enum memory_cached memory_is_cached(struct cpu *cpu, uint32_t address);

/* insn81.c: Armv8.1-M instructions that the emulator lacks. */
enum insn81 {
    INSN81_NOT,    /* not one of them */
    INSN81_DONE,   /* executed, PC moved on */
    INSN81_REFUSED /* known, not modelled; cpu->text names it */
};
enum insn81 insn81_execute(struct cpu *cpu, uint32_t pc);

/* run.c */
enum event run_slice(struct cpu *cpu);

/* jump.c */
struct jump *jump_create(void);
void jump_destroy(struct jump *jump);
void jump_forget(struct cpu *cpu);
/* A read that depends on time only. Returns the value to use in *value when replaying. */
void jump_pure_read(struct cpu *cpu, uint32_t address, uint32_t *value);
/* Any other access outside RAM. False: do not perform it, a trial is running. */
bool jump_impure_access(struct cpu *cpu);
/* False, and the trial is over, if one runs that has come to the next event of the bus or of
 * SysTick: what a look there would set going could not be undone. */
bool jump_may_look(struct cpu *cpu);
bool jump_in_trial(const struct cpu *cpu);
bool jump_ram_write(struct cpu *cpu, uint32_t address, const uint8_t *bytes, unsigned size);
/* Before each instruction of the slow path: false = stop here. */
bool jump_at(struct cpu *cpu, uint32_t address);
bool jump_wants_trace(const struct cpu *cpu);
bool jump_is_armed_at_head(const struct cpu *cpu);
/* Called between slices: skips time if the loop at this PC allows it. */
void jump_try(struct cpu *cpu);

#pragma GCC visibility pop

#endif

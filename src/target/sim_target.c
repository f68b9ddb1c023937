/* SPDX-License-Identifier: MIT */
#include "target/sim_target.h"

#include "target/nor_file.h"
#include "target/sfdp_chip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In instructions, of the PC's time: measured, a loop of SVCs. */
#define EXCEPTION_COST 200u

struct sim_target {
    struct sim *sim;
    struct nor_file cells;
    struct sfdp_chip chip; /* of a board with `sfdp:` */
    const struct link_model *link;
    bool running, no_jump;
    enum cpu_stop stop;
};

static const struct {
    const char *name;
    enum cpu_model model;
} cores[] = {
    {"cortex-m3", CPU_M3},   {"cortex-m4", CPU_M4},   {"cortex-m7", CPU_M7},
    {"cortex-m33", CPU_M33}, {"cortex-m55", CPU_M55},
};

static const enum cpu_register registers[TARGET_REGISTER_COUNT] = {
    CPU_R0,      CPU_R1,        CPU_R2,      CPU_R3,     CPU_R4,  CPU_R5,     CPU_R6,
    CPU_R7,      CPU_R8,        CPU_R9,      CPU_R10,    CPU_R11, CPU_R12,    CPU_SP,
    CPU_LR,      CPU_PC,        CPU_XPSR,    CPU_MSP,    CPU_PSP, CPU_MSPLIM, CPU_PSPLIM,
    CPU_PRIMASK, CPU_FAULTMASK, CPU_BASEPRI, CPU_CONTROL};

static void spend(struct sim_target *target, uint64_t us)
{
    sim_clock(target->sim)->now_ps += us * PS_PER_US;
}

/* Time that passes on the board while the probe is busy. */
static void pass(struct sim_target *target, uint64_t us)
{
    struct sim_clock *clock = sim_clock(target->sim);
    const uint64_t until = clock->now_ps + us * PS_PER_US;
    if (target->running && target->stop == CPU_STOP_TIME) {
        target->stop = cpu_run(sim_cpu(target->sim), until);
    }
    if (clock->now_ps < until) {
        clock->now_ps = until;
    }
}

static void spend_transfer(struct sim_target *target, size_t size)
{
    pass(target,
         target->link->transfer_us + (uint64_t)size * 1000000u / target->link->bytes_per_second);
}

static bool read_memory(void *context, uint32_t address, void *bytes, size_t size,
                        struct error *error)
{
    struct sim_target *target = context;
    spend_transfer(target, size);
    if (!cpu_debug_read(sim_cpu(target->sim), address, bytes, size)) {
        return error_set(error, ERROR_TARGET, NULL, 0, 0, "bus error reading %zu bytes at 0x%08x",
                         size, address);
    }
    return true;
}

static bool write_memory(void *context, uint32_t address, const void *bytes, size_t size,
                         struct error *error)
{
    struct sim_target *target = context;
    spend_transfer(target, size);
    if (!cpu_debug_write(sim_cpu(target->sim), address, bytes, size)) {
        return error_set(error, ERROR_TARGET, NULL, 0, 0, "bus error writing %zu bytes at 0x%08x",
                         size, address);
    }
    return true;
}

static bool refuse_if_running(const struct sim_target *target, struct error *error)
{
    if (target->running) {
        return error_set(error, ERROR_TARGET, NULL, 0, 0,
                         "cannot access a core register while the core is running");
    }
    return true;
}

static bool read_register(void *context, enum target_register reg, uint32_t *value,
                          struct error *error)
{
    struct sim_target *target = context;
    spend(target, target->link->register_us);
    if (!refuse_if_running(target, error)) {
        return false;
    }
    *value = cpu_get(sim_cpu(target->sim), registers[reg]);
    return true;
}

static bool write_register(void *context, enum target_register reg, uint32_t value,
                           struct error *error)
{
    struct sim_target *target = context;
    spend(target, target->link->register_us);
    if (!refuse_if_running(target, error)) {
        return false;
    }
    cpu_set(sim_cpu(target->sim), registers[reg], value);
    return true;
}

static bool halt(void *context, struct error *error)
{
    (void)error;
    struct sim_target *target = context;
    uint64_t until = sim_clock(target->sim)->now_ps + target->link->run_us * PS_PER_US;
    if (target->running && target->stop == CPU_STOP_TIME) {
        target->stop = cpu_run(sim_cpu(target->sim), until);
    }
    target->running = false;
    if (sim_clock(target->sim)->now_ps < until) {
        sim_clock(target->sim)->now_ps = until;
    }
    return true;
}

static bool reset(void *context, struct error *error)
{
    (void)error;
    struct sim_target *target = context;
    spend(target, target->link->run_us);
    sim_reset(target->sim);
    target->running = false;
    target->stop = CPU_STOP_BREAKPOINT;
    return true;
}

static bool resume(void *context, bool mask_interrupts, struct error *error)
{
    struct sim_target *target = context;
    if (!refuse_if_running(target, error)) {
        return false;
    }
    spend(target, target->link->run_us);
    cpu_mask_interrupts(sim_cpu(target->sim), mask_interrupts);
    target->running = true;
    target->stop = CPU_STOP_TIME;
    return true;
}

/* The simulator records that the watchdog would have reset the system, and runs on. */
static const char *watchdog_reset(const struct sim_target *target)
{
    uint32_t findings = soc_stats(sim_soc(target->sim))->findings;
    if ((findings & SOC_FINDING_IWDG_EARLY) != 0) {
        return "IWDG was fed while its window was closed; on silicon the system is reset at that "
               "moment";
    }
    return (findings & SOC_FINDING_IWDG_EXPIRED) != 0
               ? "IWDG has expired; on silicon the system is reset at that moment"
               : NULL;
}

/* The host sees a stop only when it next looks. */
static void round_up_to_poll(struct sim_target *target, uint64_t start)
{
    uint64_t poll = target->link->poll_us * PS_PER_US;
    struct sim_clock *clock = sim_clock(target->sim);
    uint64_t looks = (clock->now_ps - start + poll - 1) / poll;
    clock->now_ps = start + (looks == 0 ? 1 : looks) * poll;
}

static bool wait_stop(void *context, uint64_t timeout_us, enum target_stop *stop,
                      struct error *error)
{
    (void)error;
    struct sim_target *target = context;
    uint64_t start = sim_clock(target->sim)->now_ps;
    if (target->running && target->stop == CPU_STOP_TIME) {
        target->stop = cpu_run(sim_cpu(target->sim), start + timeout_us * PS_PER_US);
    }
    if (watchdog_reset(target) != NULL) {
        target->stop = CPU_STOP_UNSUPPORTED;
    }
    switch (target->stop) {
    case CPU_STOP_TIME: *stop = TARGET_RUNNING; return true;
    case CPU_STOP_BKPT:
    case CPU_STOP_BREAKPOINT:
    case CPU_STOP_CATCH: *stop = TARGET_HALTED; break;
    case CPU_STOP_LOCKUP: *stop = TARGET_LOCKUP; break;
    case CPU_STOP_SLEEP:
    case CPU_STOP_STALL:
    case CPU_STOP_UNSUPPORTED: *stop = TARGET_LOST; break;
    }
    target->running = false;
    round_up_to_poll(target, start);
    return true;
}

static bool reaches_running(void *context)
{
    (void)context;
    return true;
}

static uint64_t now_ns(void *context)
{
    struct sim_target *target = context;
    return sim_clock(target->sim)->now_ps / PS_PER_NS;
}

static uint64_t executed(void *context)
{
    struct sim_target *target = context;
    const struct cpu_stats *stats = cpu_stats(sim_cpu(target->sim));
    return target->no_jump ? 0
                           : stats->instructions - stats->jumped_instructions +
                                 stats->exceptions * EXCEPTION_COST;
}

static const char *stop_text(void *context)
{
    struct sim_target *target = context;
    const char *reset = watchdog_reset(target);
    return reset != NULL ? reset : cpu_stop_text(sim_cpu(target->sim));
}

static void close_target(void *context)
{
    struct sim_target *target = context;
    sim_destroy(target->sim);
    nor_file_close(&target->cells);
    free(target);
}

static const struct target_ops sim_ops = {
    .name = TARGET_NAME_SIM,
    .reaches_running = reaches_running,
    .read_memory = read_memory,
    .write_memory = write_memory,
    .read_register = read_register,
    .write_register = write_register,
    .halt = halt,
    .reset = reset,
    .resume = resume,
    .wait = wait_stop,
    .now_ns = now_ns,
    .executed = executed,
    .stop_text = stop_text,
    .close = close_target,
};

struct cost_model sim_target_cost(const struct board *board)
{
    return (struct cost_model){
        .cpu_hz = board->cost.cpu_hz,
        .fetch_uncached_x100 = board->cost.fetch_uncached_x100,
        .fetch_cached_x100 = board->cost.fetch_cached_x100,
        .ram_access_x100 = board->cost.ram_access_x100,
        .register_access_x100 = board->cost.register_access_x100,
        .window_access_x100 = board->cost.window_access_x100,
    };
}

static bool find_core(const char *name, enum cpu_model *model, struct error *error)
{
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++) {
        if (strcmp(cores[i].name, name) == 0) {
            *model = cores[i].model;
            return true;
        }
    }
    return error_set(error, ERROR_UNKNOWN_NAME, NULL, 0, 0, "core '%s' has no model", name);
}

static void add_wire(struct soc_config *soc, const char *pad, const char *signal)
{
    struct soc_wire *wire = &soc->wires[soc->wire_count++];
    snprintf(wire->pad, sizeof wire->pad, "%s", pad);
    snprintf(wire->signal, sizeof wire->signal, "%s", signal);
}

static void describe_soc(struct soc_config *soc, const struct board *board, uint64_t seed)
{
    *soc = (struct soc_config){.mcu = board->mcu, .seed = seed};
    for (unsigned i = 0; i < board->pin_count && soc->wire_count < SOC_WIRES_MAX - 2; i++) {
        add_wire(soc, board->pins[i].pad, board->pins[i].signal);
    }
    if (board->reset_pad[0] != '\0') {
        add_wire(soc, board->reset_pad, "RESET");
    }
    if (board->power_switch[0] != '\0') {
        add_wire(soc, board->power_switch, "POWER");
        soc->power_switched = true;
    }
}

bool sim_target_open(struct target *target, const struct board *board,
                     const struct sim_target_options *options, struct error *error)
{
    struct sim_config config = {
        .cpu = {.cost = sim_target_cost(board),
                .no_jump = options->no_jump,
                .hz_override = options->cpu_hz,
                .caches = options->caches,
                .debug_incoherent = options->debug_incoherent,
                .cache_seed = options->seed},
        .nor = {.part = board->part.name, .timing = options->timing, .seed = options->seed},
    };
    describe_soc(&config.soc, board, options->seed);
    config.soc.unclocked = options->unclocked;
    config.soc.fuse_word_124 = options->fuse_word_124;
    const char *core = options->core != NULL ? options->core : board->core;
    bool described = board->sfdp.path[0] != '\0';
    size_t size = described ? board->part.size : nor_part_size(board->part.name);
    if (size == 0) {
        return error_set(error, ERROR_UNKNOWN_PART, NULL, 0, 0, "no model of %s", board->part.name);
    }
    struct sim_target *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a simulated board");
    }
    made->cells.descriptor = -1;
    made->link = options->link;
    made->no_jump = options->no_jump;
    made->stop = CPU_STOP_BREAKPOINT;
    if (!find_core(core, &config.cpu.model, error) ||
        (described && !sfdp_chip_make(&made->chip, board, error)) ||
        !nor_file_open(&made->cells, options->nor_path, size, error)) {
        free(made);
        return false;
    }
    config.nor.array = made->cells.bytes;
    config.nor.row = described ? &made->chip.row : NULL;
    made->sim = sim_create(&config, error);
    if (made->sim == NULL) {
        nor_file_close(&made->cells);
        free(made);
        return false;
    }
    *target = (struct target){.context = made, .ops = &sim_ops};
    return true;
}

struct sim *sim_target_sim(const struct target *target)
{
    const struct sim_target *made = target->context;
    return made->sim;
}

enum cpu_stop sim_target_stop(const struct target *target)
{
    const struct sim_target *made = target->context;
    return made->stop;
}

uint8_t *sim_target_cells(const struct target *target)
{
    const struct sim_target *made = target->context;
    return made->cells.bytes;
}

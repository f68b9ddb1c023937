/* SPDX-License-Identifier: MIT */
#include "sweep/sweep.h"

#include "sweep/classes.h"
#include "sweep/trace.h"
#include "sweep/verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define EVENTS_MAX    UINT32_C(0x400000)
#define CHILD_SECONDS 120u /* of the PC; a simulator that hangs is a fault of ours */
#define EXIT_GOOD     0
#define EXIT_BAD      1

enum mode {
    IDLE,
    RECORDING,
    FORKING,
    DISTURBED /* in a child: the fault has set in */
};

struct log {
    uint32_t count;
    struct sweep_event event[EVENTS_MAX];
};

/* State of one operation. Log and injections are shared with the children. */
struct sweep {
    const struct sweep_rig *rig;
    const struct sweep_options *options;
    struct sweep_totals *totals;
    enum mode mode;
    struct sweep_call call;
    struct verdict verdict;
    struct trace trace;
    struct log *log;
    struct sweep_injection *injections;
    uint32_t injection_count, next_injection, reported, event;
    unsigned running;
    struct sweep_injection *mine; /* of a child */
};

static void *share(size_t size, struct error *error)
{
    void *bytes =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "the list of a sweep's events");
        return NULL;
    }
    return bytes;
}

static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
}

static uint64_t seed_of(const struct sweep *sweep, const struct sweep_injection *injection)
{
    return mix(
        sweep->options->seed * UINT64_C(0x9E3779B97F4A7C15) +
        ((uint64_t)injection->event << 16 | (uint64_t)injection->fault << 8 | injection->op));
}

static void wait_for_child(struct sweep *sweep)
{
    while (waitpid(-1, NULL, 0) < 0 && errno == EINTR) {
    }
    sweep->running--;
}

/* True in the child. */
static bool fork_off(struct sweep *sweep, struct sweep_injection *injection)
{
    while (sweep->running >= sweep->options->jobs) {
        wait_for_child(sweep);
    }
    if (sweep->trace.out != NULL) {
        fflush(sweep->trace.out); /* or parent and child would both write it */
    }
    const pid_t child = fork();
    if (child != 0) {
        sweep->running += child > 0;
        trace_drop(&sweep->trace);
        return false;
    }
    alarm(CHILD_SECONDS);
    sweep->mode = DISTURBED;
    sweep->mine = injection;
    sim_watch_moments(sweep->rig->sim, NULL);
    verdict_watch(&sweep->verdict, sweep->rig, &sweep->call);
    sim_fault_set_in(sweep->rig->sim, (enum sim_fault)injection->fault, seed_of(sweep, injection));
    return true;
}

static void record(struct sweep *sweep, enum sim_moment kind, uint32_t where, bool write)
{
    struct log *log = sweep->log;
    if (log->count < EVENTS_MAX) {
        log->event[log->count++] =
            (struct sweep_event){.where = where, .kind = (uint8_t)kind, .is_write = write};
    }
}

static void on_moment(void *context, enum sim_moment kind, uint32_t where, bool write)
{
    struct sweep *sweep = context;
    if (sweep->mode == RECORDING) {
        record(sweep, kind, where, write);
        return;
    }
    while (sweep->mode == FORKING && sweep->next_injection < sweep->injection_count &&
           sweep->injections[sweep->next_injection].event == sweep->event) {
        struct sweep_injection *injection = &sweep->injections[sweep->next_injection++];
        trace_fault(&sweep->trace, injection, kind, where, write);
        if (fork_off(sweep, injection)) {
            return;
        }
    }
    sweep->event++;
}

/* Moments count within the functions that are swept. */
static void before_call(void *context, enum loader_function function, const uint32_t arguments[4])
{
    struct sweep *sweep = context;
    if (sweep->mode != RECORDING) {
        trace_call(&sweep->trace, function, arguments);
    }
    if (sweep_call_uses(&sweep->call, function) &&
        (sweep->mode == RECORDING || sweep->mode == FORKING)) {
        const struct sim_moments moments = {sweep, on_moment};
        sim_watch_moments(sweep->rig->sim, &moments);
    }
}

static void after_call(void *context, enum target_stop stop, bool returned, uint32_t result)
{
    struct sweep *sweep = context;
    if (sweep->mode != RECORDING) {
        trace_return(&sweep->trace, stop, returned, result);
    }
    sim_watch_moments(sweep->rig->sim, NULL);
}

/* The call, undisturbed or, in a child, not; a child ends here. */
static bool run(struct sweep *sweep, enum mode mode, struct error *error)
{
    sweep->mode = mode;
    sweep->event = 0;
    sweep->next_injection = 0;
    sweep->rig->session->observer = (struct session_observer){sweep, before_call, after_call};
    const bool returned = sweep_call_run(sweep->rig, &sweep->call, error);
    sweep->rig->session->observer = (struct session_observer){NULL, NULL, NULL};
    sim_watch_moments(sweep->rig->sim, NULL);
    if (sweep->mode == DISTURBED) {
        trace_finish(&sweep->trace);
        verdict_judge(&sweep->verdict, returned, error, sweep->mine);
        _exit(EXIT_GOOD);
    }
    if (!returned) {
        return false;
    }
    if (!sweep->call.succeeded || !sweep_call_is_true(sweep->rig, &sweep->call)) {
        return error_set(error, ERROR_CALL_FAILED, NULL, 0, 0, "%s fails without any fault",
                         sweep_op_name(sweep->call.op));
    }
    return true;
}

/* In a process of its own, so that the board is as it was. */
static bool scout(struct sweep *sweep, struct error *error)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        alarm(CHILD_SECONDS);
        _exit(run(sweep, RECORDING, error) ? EXIT_GOOD : EXIT_BAD);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 ? true
                     : error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a process for a sweep");
}

static bool is_wanted(const struct sweep *sweep, const struct sweep_event *event, uint32_t index,
                      enum sim_fault fault)
{
    const struct sweep_options *options = sweep->options;
    const bool chosen = options->at >= 0 ? options->at == (int64_t)index : !event->left_out;
    return chosen && sim_fault_fits(fault, (enum sim_moment)event->kind) &&
           (options->faults == 0 || (options->faults >> fault & 1) != 0);
}

static void choose(struct sweep *sweep)
{
    sweep->injection_count = 0;
    for (uint32_t i = 0; i < sweep->log->count; i++) {
        for (unsigned fault = 0; fault < SIM_FAULT_COUNT; fault++) {
            if (is_wanted(sweep, &sweep->log->event[i], i, (enum sim_fault)fault)) {
                sweep->injections[sweep->injection_count++] =
                    (struct sweep_injection){.op = (uint8_t)sweep->call.op,
                                             .fault = (uint8_t)fault,
                                             .outcome = SWEEP_DIED,
                                             .event = i};
            }
        }
    }
}

/* As many as a share of all operations' injections, spread by the seed. */
static void take_sample(struct sweep *sweep)
{
    const uint64_t wanted = sweep->options->sample, all = sweep->injection_count;
    uint32_t kept = 0;
    if (wanted == 0 || wanted >= all) {
        return;
    }
    for (uint32_t i = 0; i < all; i++) {
        if (seed_of(sweep, &sweep->injections[i]) % all < wanted) {
            sweep->injections[kept++] = sweep->injections[i];
        }
    }
    sweep->injection_count = kept;
}

static const char *moment_name(enum sim_moment moment)
{
    static const char *const names[] = {[SIM_MOMENT_FRAME] = "a frame",
                                        [SIM_MOMENT_REGISTER] = "a register access",
                                        [SIM_MOMENT_BLOCK] = "a block of instructions"};
    return names[moment];
}

/* The first event from `at` on at which the fault can set in; -1: none. */
static int64_t next_fit(const struct sweep *sweep, int64_t at, enum sim_fault fault)
{
    for (int64_t i = at; i < (int64_t)sweep->log->count; i++) {
        if (sim_fault_fits(fault, (enum sim_moment)sweep->log->event[i].kind)) {
            return i;
        }
    }
    return -1;
}

/* Of one that is to be repeated and cannot be: why. */
static bool refuse(const struct sweep *sweep, struct error *error)
{
    const char *op = sweep_op_name(sweep->call.op);
    const int64_t at = sweep->options->at;
    const enum sim_fault fault = (enum sim_fault)__builtin_ctz(sweep->options->faults);
    if (at < 0 || at >= (int64_t)sweep->log->count) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "%s has no event %" PRId64, op, at);
        return error_hint(error, "its events are 0 to %" PRIu32, sweep->log->count - 1);
    }
    error_set(error, ERROR_USAGE, NULL, 0, 0,
              "event %" PRId64 " of %s is %s, where %s cannot set in", at, op,
              moment_name((enum sim_moment)sweep->log->event[at].kind), sim_fault_name(fault));
    const int64_t next = next_fit(sweep, at, fault);
    return next < 0 ? error_hint(error, "a smaller --at: none after it is one either")
                    : error_hint(error, "the next where it can is event %" PRId64, next);
}

static void count(struct sweep *sweep)
{
    struct sweep_totals *totals = sweep->totals;
    for (uint32_t i = 0; i < sweep->next_injection; i++) {
        const struct sweep_injection *injection = &sweep->injections[i];
        totals->count[injection->fault][injection->outcome]++;
        totals->injections++;
        totals->broken += sweep_is_broken((enum sweep_outcome)injection->outcome);
        if (sweep->options->each != NULL) {
            sweep->options->each(sweep->options->context, injection);
        }
    }
}

static bool sweep_op(struct sweep *sweep, enum sweep_op op, struct error *error)
{
    const struct sweep_rig *rig = sweep->rig;
    sweep_call_fill(rig, op);
    if ((op != SWEEP_INIT && !sweep_call_begin(rig, error)) ||
        !sweep_call_prepare(rig, op, &sweep->call, error)) {
        return false;
    }
    sweep->log->count = 0;
    if (!scout(sweep, error)) {
        return false;
    }
    sweep->totals->events[op] = sweep->log->count;
    sweep->totals->classes[op] = sweep_classify(sweep->log->event, sweep->log->count);
    choose(sweep);
    sweep->totals->possible[op] = sweep->injection_count;
    if (sweep->options->replay != NULL && sweep->injection_count == 0) {
        return refuse(sweep, error);
    }
    take_sample(sweep);
    sweep->totals->chosen[op] = sweep->injection_count;
    const bool good = run(sweep, FORKING, error);
    while (sweep->running > 0) {
        wait_for_child(sweep);
    }
    if (good) {
        count(sweep);
    }
    return good;
}

static bool is_cancelled(const struct sweep_options *options, struct error *error)
{
    return options->cancel != NULL && *options->cancel != 0 &&
           !error_set(error, ERROR_INTERRUPTED, NULL, 0, 0, "the sweep is not complete");
}

/* What was asked for by name must be there. */
static bool check_ops(const struct sweep_rig *rig, uint32_t ops, struct error *error)
{
    char all[300] = "";
    int missing = -1;
    for (unsigned op = 0; op < SWEEP_OPS; op++) {
        if (sweep_call_exists(rig, (enum sweep_op)op)) {
            const size_t used = strlen(all);
            snprintf(all + used, sizeof all - used, " %s", sweep_op_name((enum sweep_op)op));
        } else if ((ops >> op & 1) != 0 && missing < 0) {
            missing = (int)op;
        }
    }
    if (missing < 0) {
        return true;
    }
    error_set(error, ERROR_USAGE, NULL, 0, 0, "--op %s: host %s does not do that with this loader",
              sweep_op_name((enum sweep_op)missing), rig->session->lifecycle->name);
    return error_hint(error, "one of:%s", all);
}

/* The account of a repetition is the child's to fill in. */
static bool share_replay(struct sweep *sweep, struct error *error)
{
    if (sweep->options->replay == NULL) {
        return true;
    }
    sweep->trace.replay = share(sizeof *sweep->trace.replay, error);
    return sweep->trace.replay != NULL;
}

bool sweep_run(const struct sweep_rig *rig, const struct sweep_options *options,
               struct sweep_totals *totals, struct error *error)
{
    struct sweep sweep = {
        .rig = rig,
        .options = options,
        .totals = totals,
        .trace = {.rig = rig, .out = options->trace, .registers = options->trace_registers}};
    const size_t room = (size_t)EVENTS_MAX * 4 * sizeof *sweep.injections;
    *totals = (struct sweep_totals){.injections = 0};
    if (!check_ops(rig, options->ops, error)) {
        return false;
    }
    sweep.log = share(sizeof *sweep.log, error);
    sweep.injections = sweep.log != NULL ? share(room, error) : NULL;
    bool good = sweep.injections != NULL && share_replay(&sweep, error);
    struct sweep_replay *const replay = sweep.trace.replay;
    fflush(NULL); /* or every child would have it to say, too */
    for (unsigned op = 0; good && op < SWEEP_OPS; op++) {
        if ((options->ops == 0 || (options->ops >> op & 1) != 0) &&
            sweep_call_exists(rig, (enum sweep_op)op)) {
            good = !is_cancelled(options, error) && sweep_op(&sweep, (enum sweep_op)op, error);
        }
    }
    if (sweep.log != NULL) {
        munmap(sweep.log, sizeof *sweep.log);
    }
    if (sweep.injections != NULL) {
        munmap(sweep.injections, room);
    }
    if (replay != NULL) {
        *options->replay = *replay;
        munmap(replay, sizeof *replay);
    }
    return good;
}

/* SPDX-License-Identifier: MIT */
#include "target/gdb_target.h"

#include "rsp/memory.h"
#include "rsp/registers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US_PER_MS     1000u
#define STOP_MOST_MS  60000u /* of one wait */
#define LOOK_MS       1000u
#define LOCKUP_PC     UINT32_C(0xEFFFFFFE) /* Armv7-M and Armv8-M ARM, "Lockup" */
#define SCB_CPUID     UINT32_C(0xE000ED00)
#define CPUID_PART(x) ((x) >> 4 & 0xFFFu)
#define NO_RETURN     UINT32_C(1) /* is no address of an instruction */

struct gdb_target {
    struct rsp_client client;
    struct rsp_registers registers;
    struct rsp_memory memory;
    uint16_t port;
    uint64_t start_ns;
    bool running;
    uint32_t returns_to; /* NO_RETURN: not known */
    bool has_breakpoint; /* there */
    char stop[96];
};

/* As servers name them; those of the Secure state where a core has both. */
static const char *const names[TARGET_REGISTER_COUNT] = {"r0",
                                                         "r1",
                                                         "r2",
                                                         "r3",
                                                         "r4",
                                                         "r5",
                                                         "r6",
                                                         "r7",
                                                         "r8",
                                                         "r9",
                                                         "r10",
                                                         "r11",
                                                         "r12",
                                                         "sp|r13",
                                                         "lr|r14",
                                                         "pc|r15",
                                                         "xpsr|cpsr",
                                                         "msp|msp_s",
                                                         "psp|psp_s",
                                                         "msplim|msplim_s",
                                                         "psplim|psplim_s",
                                                         "primask|primask_s",
                                                         "faultmask|faultmask_s",
                                                         "basepri|basepri_s",
                                                         "control|control_s"};

/* CPUID.PARTNO, Arm's technical reference manuals. */
static const struct {
    const char *name;
    uint32_t part;
} cores[] = {{"cortex-m0", 0xC20},  {"cortex-m0+", 0xC60}, {"cortex-m3", 0xC23},
             {"cortex-m4", 0xC24},  {"cortex-m7", 0xC27},  {"cortex-m23", 0xD20},
             {"cortex-m33", 0xD21}, {"cortex-m55", 0xD22}, {"cortex-m85", 0xD23}};

static bool has_register(void *context, enum target_register reg)
{
    const struct gdb_target *target = context;
    return rsp_registers_find(&target->registers, names[reg]) != NULL;
}

/* Servers answer what they like while the core runs. */
static bool refuse_if_running(const struct gdb_target *target, struct error *error)
{
    return !target->running || error_set(error, ERROR_TARGET, NULL, 0, 0,
                                         "the core is running; it must be halted for this");
}

static bool find_register(const struct gdb_target *target, enum target_register reg,
                          const struct rsp_register **found, struct error *error)
{
    *found = rsp_registers_find(&target->registers, names[reg]);
    return *found != NULL ||
           error_set(error, ERROR_SERVER_REFUSED, NULL, 0, 0, "%s: it does not give register %.*s",
                     target->client.place, (int)strcspn(names[reg], "|"), names[reg]);
}

static bool read_register(void *context, enum target_register reg, uint32_t *value,
                          struct error *error)
{
    struct gdb_target *target = context;
    const struct rsp_register *found = NULL;
    return refuse_if_running(target, error) && find_register(target, reg, &found, error) &&
           rsp_register_read(&target->client, &target->registers, found, value, error);
}

static bool write_register(void *context, enum target_register reg, uint32_t value,
                           struct error *error)
{
    struct gdb_target *target = context;
    const struct rsp_register *found = NULL;
    return refuse_if_running(target, error) && find_register(target, reg, &found, error) &&
           rsp_register_write(&target->client, &target->registers, found, value, error);
}

static bool read_memory(void *context, uint32_t address, void *bytes, size_t size,
                        struct error *error)
{
    struct gdb_target *target = context;
    return refuse_if_running(target, error) &&
           rsp_memory_read(&target->client, &target->memory, address, bytes, size, error);
}

static bool write_memory(void *context, uint32_t address, const void *bytes, size_t size,
                         struct error *error)
{
    struct gdb_target *target = context;
    return refuse_if_running(target, error) &&
           rsp_memory_write(&target->client, &target->memory, address, bytes, size, error);
}

static bool returns_to(void *context, uint32_t address, struct error *error)
{
    (void)error;
    struct gdb_target *target = context;
    target->returns_to = address;
    return true;
}

static bool set_breakpoint(struct gdb_target *target, bool set, struct error *error)
{
    if (!target->memory.server->runs_over_bkpt || target->returns_to == NO_RETURN ||
        target->has_breakpoint == set) {
        return true;
    }
    target->has_breakpoint = set;
    return rsp_breakpoint(&target->client, target->returns_to, set, error);
}

static bool resume(void *context, bool mask_interrupts, struct error *error)
{
    struct gdb_target *target = context;
    if (mask_interrupts) {
        return error_set(error, ERROR_TARGET, NULL, 0, 0,
                         "no GDB server lets the core run with interrupts masked (C_MASKINTS)");
    }
    if (!refuse_if_running(target, error) || !set_breakpoint(target, true, error) ||
        !rsp_continue(&target->client, error)) {
        return false;
    }
    target->running = true;
    target->stop[0] = '\0';
    return true;
}

/* The core has stopped; the answer tells with which of GDB's signals. */
static bool look(struct gdb_target *target, enum target_stop *stop, struct error *error)
{
    uint32_t pc = 0;
    snprintf(target->stop, sizeof target->stop, "the server says '%.60s'",
             rsp_answer(&target->client));
    target->running = false;
    if (!set_breakpoint(target, false, error) || !read_register(target, TARGET_PC, &pc, error)) {
        return false;
    }
    *stop = pc == LOCKUP_PC ? TARGET_LOCKUP : TARGET_HALTED;
    return true;
}

static bool wait_stop(void *context, uint64_t timeout_us, enum target_stop *stop,
                      struct error *error)
{
    struct gdb_target *target = context;
    enum rsp_stop answer = RSP_RUNNING;
    const uint64_t ms = timeout_us / US_PER_MS;
    if (!rsp_wait(&target->client, ms < STOP_MOST_MS ? (unsigned)ms : STOP_MOST_MS, &answer,
                  error)) {
        return false;
    }
    switch (answer) {
    case RSP_RUNNING: *stop = TARGET_RUNNING; return true;
    case RSP_STOPPED: return look(target, stop, error);
    case RSP_ENDED: break;
    }
    target->running = false;
    *stop = TARGET_LOST;
    snprintf(target->stop, sizeof target->stop, "the server says '%.60s': nothing is left to run",
             rsp_answer(&target->client));
    return true;
}

static bool does_not_halt(const struct gdb_target *target, struct error *error)
{
    return error_set(error, ERROR_TARGET, NULL, 0, 0, "%s: the core does not halt",
                     target->client.place);
}

static bool halt(void *context, struct error *error)
{
    struct gdb_target *target = context;
    enum target_stop stop = TARGET_RUNNING;
    if (!target->running) {
        return true;
    }
    if (!rsp_interrupt(&target->client, error) ||
        !wait_stop(target, (uint64_t)target->client.timeout_ms * US_PER_MS, &stop, error)) {
        return false;
    }
    return stop != TARGET_RUNNING || error_set(error, ERROR_TARGET, NULL, 0, 0,
                                               "%s: the core does not halt", target->client.place);
}

static uint64_t now_ns(void *context)
{
    const struct gdb_target *target = context;
    return wire_now_ns() - target->start_ns;
}

static const char *stop_text(void *context)
{
    const struct gdb_target *target = context;
    return target->stop;
}

static void close_target(void *context)
{
    struct gdb_target *target = context;
    rsp_close(&target->client);
    free(target);
}

static const struct target_ops gdb_ops = {
    .name = TARGET_NAME_GDB,
    .reads_back = true,
    .has_register = has_register,
    .read_memory = read_memory,
    .write_memory = write_memory,
    .read_register = read_register,
    .write_register = write_register,
    .halt = halt,
    .returns_to = returns_to,
    .resume = resume,
    .wait = wait_stop,
    .now_ns = now_ns,
    .stop_text = stop_text,
    .close = close_target,
};

const struct rsp_server *gdb_target_server(const struct target *target)
{
    return ((const struct gdb_target *)target->context)->memory.server;
}

/* Most servers halt the core when a client comes; where it runs, "?" is answered late or not. */
static bool find_halted(struct gdb_target *target, struct error *error)
{
    bool got = false;
    enum rsp_stop stop = RSP_RUNNING;
    struct rsp_client *client = &target->client;
    const unsigned look_ms = client->timeout_ms < LOOK_MS ? client->timeout_ms : LOOK_MS;
    if (!rsp_send(client, "?", 1, error) || !rsp_receive(client, look_ms, &got, error)) {
        return false;
    }
    if (got && (rsp_answer(client)[0] == 'S' || rsp_answer(client)[0] == 'T')) {
        return true;
    }
    if (!rsp_interrupt(client, error) || !rsp_wait(client, client->timeout_ms, &stop, error)) {
        return false;
    }
    return stop == RSP_STOPPED || does_not_halt(target, error);
}

static const char *core_name(uint32_t cpuid)
{
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++) {
        if (cores[i].part == CPUID_PART(cpuid)) {
            return cores[i].name;
        }
    }
    return "no Cortex-M that is known";
}

static bool check_core(struct gdb_target *target, const struct board *board, struct error *error)
{
    uint32_t cpuid = 0;
    if (!read_memory(target, SCB_CPUID, &cpuid, sizeof cpuid, error)) {
        return false;
    }
    if (cpuid == 0 || cpuid == UINT32_MAX) {
        return error_set(error, ERROR_TARGET, NULL, 0, 0,
                         "%s: CPUID reads 0x%08x: the server does not reach the core",
                         target->client.place, cpuid);
    }
    const char *name = core_name(cpuid);
    return strcmp(name, board->core) == 0 ||
           error_set(error, ERROR_WRONG_TARGET, NULL, 0, 0,
                     "CPUID 0x%08x is %s, the core of an %s is %s", cpuid, name, board->mcu,
                     board->core);
}

/* Where it does not answer, or by zeros, it tells nothing: it may be closed. */
static bool check_mcu(struct gdb_target *target, const struct board *board, struct error *error)
{
    uint32_t id = 0;
    const struct board_debug_id *wanted = &board->debug_id;
    struct error unread = {0};
    if (wanted->address == 0) {
        return true;
    }
    if (!read_memory(target, wanted->address, &id, sizeof id, &unread) || id == 0 ||
        id == UINT32_MAX) {
        return !target->client.lost ||
               error_set(error, unread.code, NULL, 0, 0, "%s", unread.detail);
    }
    return (id & wanted->mask) == wanted->value ||
           error_set(error, ERROR_WRONG_TARGET, NULL, 0, 0,
                     "DBGMCU_IDCODE at 0x%08x is device 0x%03x, an %s is 0x%03x", wanted->address,
                     id & wanted->mask, board->mcu, wanted->value);
}

static bool check_registers(const struct gdb_target *target, struct error *error)
{
    const struct rsp_register *found = NULL;
    for (int i = TARGET_R0; i <= TARGET_XPSR; i++) {
        if (!find_register(target, (enum target_register)i, &found, error)) {
            return false;
        }
    }
    return true;
}

static bool open_target(struct gdb_target *own, struct target *target, const struct board *board,
                        struct error *error)
{
    own->returns_to = NO_RETURN;
    own->start_ns = wire_now_ns();
    if (rsp_recognise(&own->client, own->port, &own->memory.server, error) &&
        rsp_prepare(&own->client, own->memory.server, error) && find_halted(own, error) &&
        rsp_registers_open(&own->client, &own->registers, error) && check_registers(own, error) &&
        check_core(own, board, error) && check_mcu(own, board, error)) {
        *target = (struct target){.context = own, .ops = &gdb_ops};
        return true;
    }
    close_target(own);
    return false;
}

static struct gdb_target *new_target(struct error *error)
{
    struct gdb_target *own = calloc(1, sizeof *own);
    if (own == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a connection to a GDB server");
    }
    return own;
}

bool gdb_target_open(struct target *target, const struct board *board,
                     const struct gdb_target_options *options, struct error *error)
{
    struct gdb_target *own = new_target(error);
    if (own == NULL) {
        return false;
    }
    own->port = options->port;
    if (!rsp_open(&own->client, options->host, options->port, options->timeout_ms, error)) {
        close_target(own);
        return false;
    }
    return open_target(own, target, board, error);
}

bool gdb_target_open_socket(struct target *target, const struct board *board, int socket,
                            unsigned timeout_ms, struct error *error)
{
    struct gdb_target *own = new_target(error);
    if (own == NULL) {
        return false;
    }
    if (!rsp_open_socket(&own->client, socket, timeout_ms, error)) {
        close_target(own);
        return false;
    }
    return open_target(own, target, board, error);
}

bool gdb_target_reset(struct target *target, bool run, struct error *error)
{
    struct gdb_target *own = target->context;
    const struct rsp_server *server = own->memory.server;
    const char *const *commands = run ? server->reset_run : server->reset_halt;
    if (commands[0] == NULL) {
        return error_set(error, ERROR_SERVER_REFUSED, NULL, 0, 0,
                         "%s: of %s no command is known that resets the board and %s it",
                         own->client.place, server->name, run ? "runs" : "halts");
    }
    return halt(own, error) && rsp_command(&own->client, commands, error);
}

/* SPDX-License-Identifier: MIT */
/*
 * The loader's very code bytes on a core that nobody here wrote, through a debug server that nobody
 * here wrote: QEMU's Cortex-M55 and Cortex-M33. It has no XSPI, no RCC and no CYCCNT; so every function
 * must come back with 0 and the bus fault in its record, from every state in which the core is found.
 */
#include "host/explain.h"
#include "host/session.h"
#include "pack/pack.h"
#include "target/gdb_target.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define BOARD       "data/boards/stm32n655-s25fl064l.yaml"
#define TIMEOUT_MS  20000u
#define CALL_US     UINT64_C(20000000)
#define TRIES       400
#define PAUSE_NS    25000000
#define XPSR_THUMB  UINT32_C(0x01000000)
#define PRECISE     UINT32_C(0x00008200) /* CFSR: BFARVALID, PRECISERR */
#define DWT_CYCCNT  UINT32_C(0xE0001004)
#define SVC_VECTOR  11
#define VECTORS     UINT32_C(0x400) /* room of a table, and of the stub before it */
#define UNREACHABLE UINT32_C(0xFFFFFFF8)

static const struct machine {
    const char *name, *core;
    uint32_t base; /* of Secure RAM */
} machines[] = {{"mps3-an547", "cortex-m55", 0x31000000}, {"mps2-an505", "cortex-m33", 0x10000400}};

/* How the core is found; what a call leaves as it was stays for those that follow. R4 holds `value`, R5 the entry, R6 VTOR's address, R7 the return address. */
static const struct state {
    const char *name;
    uint16_t code[8];
    uint32_t value;
    bool in_handler; /* SVC leads to the code; `value` is the vector table's address */
} states[] = {
    {"as after a reset", {0x4728}, 0, false},           /* bx r5 */
    {"in a handler", {0x46BE, 0x4728}, 0, true},        /* mov lr, r7 */
    {"PRIMASK", {0xF384, 0x8810, 0x4728}, 1, false},    /* msr primask, r4 */
    {"FAULTMASK", {0xF384, 0x8813, 0x4728}, 1, false},  /* msr faultmask, r4 */
    {"BASEPRI", {0xF384, 0x8811, 0x4728}, 0x20, false}, /* msr basepri, r4 */
    {"MSPLIM above every stack", {0xF384, 0x880A, 0x4728}, UNREACHABLE, false},
    {"PSPLIM above, on a PSP of 0", /* msr psplim; control = 2 */
     {0xF384, 0x880B, 0x2402, 0xF384, 0x8814, 0xF3BF, 0x8F6F, 0x4728},
     UNREACHABLE,
     false},
};

struct rig {
    struct board board;
    struct loader_file loader;
    struct lifecycle lifecycle;
    struct target target;
    struct session session;
    pid_t qemu;
    char folder[32], path[64];
    struct error error;
};

static void assert_good(struct rig *rig, bool good)
{
    char text[ERROR_TEXT_SIZE];
    if (!good) {
        error_format(&rig->error, text, sizeof text);
        fail_msg("%s", text);
    }
}

static void start_qemu(struct rig *rig, const struct machine *machine)
{
    char gdb[96];
    snprintf(rig->folder, sizeof rig->folder, "/tmp/extload-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    snprintf(rig->path, sizeof rig->path, "%s/gdb", rig->folder);
    snprintf(gdb, sizeof gdb, "unix:%s,server=on,wait=off", rig->path);
    rig->qemu = fork();
    assert_true(rig->qemu >= 0);
    if (rig->qemu == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves none behind */
        execlp("qemu-system-arm", "qemu-system-arm", "-M", machine->name, "-S", "-gdb", gdb,
               "-display", "none", "-monitor", "none", "-serial", "none", (char *)NULL);
        _exit(127);
    }
}

static int connect_qemu(const struct rig *rig)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", rig->path);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    for (int i = 0; i < TRIES; i++) {
        if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
            return fd;
        }
        assert_int_equal(waitpid(rig->qemu, NULL, WNOHANG), 0); /* it is installed, and runs */
        nanosleep(&pause, NULL);
    }
    fail_msg("QEMU does not listen: %s", strerror(errno));
    return -1;
}

static uint8_t *stamp(const struct board *board, uint32_t *size)
{
    uint8_t *bytes = pack_stamp_image(board, pack_loader_image(), size);
    assert_non_null(bytes);
    return bytes;
}

/* What runs here is what a user's board runs: the board block alone is another. */
static void assert_same_code(const struct board *board)
{
    struct board shipped;
    struct error error = {0};
    uint32_t size = 0, shipped_size = 0;
    const struct loader_image *image = pack_loader_image();
    assert_true(board_load(&shipped, BOARD, &error));
    uint8_t *bytes = stamp(board, &size), *other = stamp(&shipped, &shipped_size);
    assert_int_equal(size, shipped_size);
    const uint32_t end = image->board_block + board->block.size;
    assert_memory_equal(bytes, other, image->board_block);
    assert_memory_not_equal(bytes + image->board_block, other + image->board_block,
                            board->block.size);
    assert_memory_equal(bytes + end, other + end, size - end);
    free(bytes);
    free(other);
}

/* The shipped board with its record in the image, in RAM that QEMU has. */
static void load_board(struct rig *rig, const struct machine *machine)
{
    char text[8192], path[64];
    FILE *file = fopen(BOARD, "r");
    assert_non_null(file);
    const size_t size = fread(text, 1, sizeof text, file);
    fclose(file);
    snprintf(path, sizeof path, "%s/board.yaml", rig->folder);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    fprintf(file, "record: image\n");
    fclose(file);
    assert_good(rig, board_load(&rig->board, path, &rig->error));
    unlink(path);
    assert_same_code(&rig->board);
    snprintf(rig->board.core, sizeof rig->board.core, "%s", machine->core);
    rig->board.loader_base = machine->base;
    rig->board.loader_size = 0x20000;
    rig->board.debug_id.address = 0;
}

static void open_rig(struct rig *rig, const struct machine *machine)
{
    size_t size = 0;
    const struct session_events events = {0};
    memset(rig, 0, sizeof *rig);
    rig->lifecycle = *lifecycle_find("native");
    rig->lifecycle.mask_interrupts = 0; /* by no GDB server */
    start_qemu(rig, machine);
    load_board(rig, machine);
    uint8_t *bytes = pack_stldr(&rig->board, pack_loader_image(), &size, &rig->error);
    assert_good(rig, bytes != NULL);
    assert_good(rig, loader_file_parse(&rig->loader, rig->lifecycle.view, "qemu.stldr", bytes, size,
                                       &rig->error));
    free(bytes);
    assert_good(rig, gdb_target_open_socket(&rig->target, &rig->board, connect_qemu(rig),
                                            TIMEOUT_MS, &rig->error));
    assert_good(rig, session_open(&rig->session, &rig->target, &rig->board, &rig->lifecycle,
                                  &rig->loader, &events, &rig->error));
    rig->board.record_address = rig->session.layout.image + pack_loader_image()->own_record;
}

static void close_rig(struct rig *rig)
{
    kill(rig->qemu, SIGKILL); /* before the client lets go: QEMU would run on, into nothing */
    waitpid(rig->qemu, NULL, 0);
    rig->target.ops->close(rig->target.context);
    loader_file_release(&rig->loader);
    unlink(rig->path);
    rmdir(rig->folder);
}

static void set(struct rig *rig, int reg, uint32_t value)
{
    assert_good(rig, rig->target.ops->write_register(rig->target.context, (enum target_register)reg,
                                                     value, &rig->error));
}

static void put(struct rig *rig, uint32_t address, const void *bytes, size_t size)
{
    assert_good(
        rig, rig->target.ops->write_memory(rig->target.context, address, bytes, size, &rig->error));
}

static uint32_t get(struct rig *rig, uint32_t address)
{
    uint32_t value = 0;
    assert_good(rig, rig->target.ops->read_memory(rig->target.context, address, &value,
                                                  sizeof value, &rig->error));
    return value;
}

/* A table of vectors is aligned to its size. */
static uint32_t vectors_behind(uint32_t stub)
{
    return (stub + VECTORS) / VECTORS * VECTORS;
}

/* Puts the code that makes the state into RAM, and returns where it begins. */
static uint32_t put_stub(struct rig *rig, const struct state *state)
{
    static const uint16_t enter[] = {0xB662, 0x6034, 0xDF00}; /* cpsie i; str r4, [r6]; svc 0 */
    const uint32_t at = rig->session.layout.buffer, vectors = vectors_behind(at);
    const uint32_t handler = (at + sizeof enter) | 1u;
    if (!state->in_handler) {
        put(rig, at, state->code, sizeof state->code);
        return at;
    }
    put(rig, at, enter, sizeof enter);
    put(rig, at + sizeof enter, state->code, sizeof state->code);
    put(rig, vectors + 4 * SVC_VECTOR, &handler, sizeof handler);
    return at;
}

/* R0 of a call from that state. */
static uint32_t call(struct rig *rig, const struct state *state, enum loader_function function)
{
    uint32_t result = UINT32_MAX, pc = 0;
    enum target_stop stop = TARGET_RUNNING;
    const struct layout *layout = &rig->session.layout;
    const struct target_ops *ops = rig->target.ops;
    const uint32_t stub = put_stub(rig, state);
    /* Each function gets what it would accept: 64 bytes of the flash, and a buffer. */
    set(rig, 0, rig->board.window);
    set(rig, 1, function == LOADER_SECTOR_ERASE ? rig->board.window : 64);
    set(rig, 2, layout->buffer + 2 * VECTORS);
    set(rig, 3, 0);
    set(rig, 4, state->in_handler ? vectors_behind(stub) : state->value);
    set(rig, 5, (rig->loader.entry[function] + layout->entry_shift) | 1u);
    set(rig, 6, 0xE000ED08);
    set(rig, 7, layout->base | 1u);
    set(rig, TARGET_SP, layout->stack);
    set(rig, TARGET_LR, layout->base | 1u);
    set(rig, TARGET_XPSR, XPSR_THUMB);
    set(rig, TARGET_PC, stub);
    assert_good(rig, ops->returns_to(rig->target.context, layout->base, &rig->error) &&
                         ops->resume(rig->target.context, false, &rig->error) &&
                         ops->wait(rig->target.context, CALL_US, &stop, &rig->error));
    assert_int_equal(stop, TARGET_HALTED);
    assert_good(rig, ops->read_register(rig->target.context, TARGET_PC, &pc, &rig->error) &&
                         ops->read_register(rig->target.context, TARGET_R0, &result, &rig->error));
    assert_int_equal(pc, layout->base);
    return result;
}

/* Init meets the first peripheral that is not there; the others know that it did not succeed. */
static void assert_record(struct rig *rig, enum loader_function function, uint32_t calls)
{
    const bool is_init = function == LOADER_INIT;
    session_read_record(&rig->session);
    const struct record *record = &rig->session.record;
    assert_true(rig->session.has_record);
    assert_int_equal(record->calls, calls);
    assert_int_equal(record->phase, PHASE_RETURNED);
    assert_string_equal(explain_function_name(record->function), loader_function_name(function));
    assert_string_equal(explain_reason_name(record->reason), is_init ? "FAULT" : "NOT_INITIALISED");
    assert_int_equal(record->fault.cfsr, PRECISE);
    assert_in_range(record->fault.bfar, 0x44000000, 0x5FFFFFFF);
    assert_int_equal(record->fault.frame_valid, 1);
    assert_true(record->cycles > 0); /* counted by SysTick */
}

static void every_function_comes_back(const struct machine *machine)
{
    struct rig rig;
    open_rig(&rig, machine);
    assert_string_equal(gdb_target_server(&rig.target)->name, "QEMU");
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        for (int function = 0; function < LOADER_FUNCTION_COUNT; function++) {
            if (rig.loader.entry[function] == 0) {
                continue; /* of other formats */
            }
            print_message("%s, %s, %s\n", machine->name, states[i].name,
                          loader_function_name((enum loader_function)function));
            /* Anew each time: what the host finds is what this call left. */
            assert_good(&rig, session_download(&rig.session, &rig.error));
            if (function != LOADER_INIT) {
                assert_int_equal(call(&rig, &states[i], LOADER_INIT), 0);
            }
            const uint32_t result = call(&rig, &states[i], (enum loader_function)function);
            assert_record(&rig, (enum loader_function)function, function == LOADER_INIT ? 1 : 2);
            assert_int_equal(rig.session.record.result, result);
            /* of Verify where the first byte differs; of our own a failure */
            assert_int_equal(result != 0, function >= LOADER_VERIFY && function != LOADER_CHECKSUM);
        }
    }
    assert_int_equal(get(&rig, DWT_CYCCNT), get(&rig, DWT_CYCCNT)); /* so it was SysTick */
    close_rig(&rig);
}

static void on_an_m55(void **state)
{
    (void)state;
    every_function_comes_back(&machines[0]);
}

static void on_an_m33(void **state)
{
    (void)state;
    every_function_comes_back(&machines[1]);
}

/* The whole way of the host: Init fails, and the message has the fault. */
static void the_host_tells_the_fault(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, &machines[0]);
    rig.session.leaves_record = true;
    assert_false(session_begin(&rig.session, OPERATION_WRITE, &rig.error));
    assert_int_equal(rig.error.code, ERROR_INIT_FAILED);
    assert_non_null(strstr(rig.error.detail, "exception 3 inside the loader (CFSR 0x00008200"));
    close_rig(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_an_m55),
        cmocka_unit_test(on_an_m33),
        cmocka_unit_test(the_host_tells_the_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

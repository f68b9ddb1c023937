/* SPDX-License-Identifier: MIT */
/*
 * Something drops out in the middle of a call: a clock of the controller, or the flash's supply. At
 * whatever frame that is, the call returns in time, reports no success that is not true, and leaves
 * all cells outside the request alone; once it is back, the next Init and an erase succeed, and the
 * board boots.
 */
#include "abi/mailbox.h"
#include "host/digest.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RCC_MISCENR   UINT32_C(0x56028248) /* CMSIS header cmsis-device-n6 [HDR] */
#define MISCENR_PEREN UINT32_C(0x40)
#define RCC_AHB5ENR   UINT32_C(0x56028260)
#define AHB5ENR_XSPI2 UINT32_C(0x1000)
#define SECTOR        UINT32_C(0x10000)
#define AT            (SECTOR + 0x2F3u) /* odd, and across a page's end */
#define SIZE          UINT32_C(0x131)
#define CALL_MS       400000u
#define FRAMES_MAX    1000u
#define DIGEST_FROM   (SECTOR + 0x2F0u)
#define DIGEST_SIZE   UINT32_C(0x140)
#define BEHIND        UINT32_C(0x100) /* in the buffer: what a stream programs */
#define FIRST_MOMENTS 8u              /* before the first frame */
#define CHIP_MOMENTS  16u

enum kind {
    KERNEL_CLOCK,
    REGISTER_CLOCK,
    SUPPLY,
    KINDS
};

static struct {
    struct scenario_rig rig;
    struct target target;
    struct target_ops ops;
    uint8_t *before;
    enum kind kind;
    bool armed, listening;
    uint64_t after_us;           /* from the call's start to the dropout */
    uint64_t frames[FRAMES_MAX]; /* of the undisturbed call: us from its start */
    unsigned frame_count, tried, succeeded, stalled;
} test;

static uint64_t now_us(void)
{
    return sim_clock(test.rig.sim)->now_ps / PS_PER_US;
}

static void clear_bit(uint32_t address, uint32_t bit)
{
    uint32_t value;
    struct cpu *cpu = sim_cpu(test.rig.sim);
    assert_true(cpu_debug_read(cpu, address, &value, sizeof value));
    value &= ~bit;
    assert_true(cpu_debug_write(cpu, address, &value, sizeof value));
}

static void drop_out(void)
{
    switch (test.kind) {
    case KERNEL_CLOCK: clear_bit(RCC_MISCENR, MISCENR_PEREN); break;
    case REGISTER_CLOCK: clear_bit(RCC_AHB5ENR, AHB5ENR_XSPI2); break;
    default: nor_set_power(sim_nor(test.rig.sim), sim_clock(test.rig.sim)->now_ps, false); break;
    }
}

/* Clocks come back with Init. */
static void come_back(void)
{
    nor_set_power(sim_nor(test.rig.sim), sim_clock(test.rig.sim)->now_ps, true);
}

/* When the frames of the call begin: to the microsecond, but for those after a long pause. */
static bool listen(void *context, uint64_t timeout_us, enum target_stop *stop, struct error *error)
{
    const struct nor_stats *stats = nor_stats(sim_nor(test.rig.sim));
    uint64_t start = now_us(), heard = start, seen = stats->frames;
    *stop = TARGET_RUNNING;
    while (*stop == TARGET_RUNNING && now_us() - start < timeout_us) {
        uint64_t quiet = now_us() - heard;
        if (!test.rig.target.ops->wait(context, 1 + quiet / 64, stop, error)) {
            return false;
        }
        if (stats->frames != seen && test.frame_count < FRAMES_MAX) {
            heard = now_us();
            test.frames[test.frame_count++] = heard - start;
            seen = stats->frames;
        }
    }
    return true;
}

static bool wait_disturbed(void *context, uint64_t timeout_us, enum target_stop *stop,
                           struct error *error)
{
    const struct target_ops *ops = test.rig.target.ops;
    if (test.listening) {
        return listen(context, timeout_us, stop, error);
    }
    if (test.armed) {
        test.armed = false;
        bool good = ops->wait(context, test.after_us, stop, error);
        if (!good || *stop != TARGET_RUNNING) {
            return good;
        }
        drop_out();
    }
    return ops->wait(context, timeout_us, stop, error);
}

static void open_board(const struct scenario *scenario)
{
    struct scenario used = *scenario;
    used.host = "cubeprogrammer-jlink";
    used.content = CONTENT_USED;
    used.seed = 9;
    scenario_open(&test.rig, &used);
    test.ops = *test.rig.target.ops;
    test.ops.wait = wait_disturbed;
    test.target = (struct target){test.rig.target.context, &test.ops};
    test.rig.session.target = &test.target;
    test.before = malloc(test.rig.board.part.size);
    assert_non_null(test.before);
}

static void close_board(void)
{
    free(test.before);
    scenario_close(&test.rig);
}

static bool writes(enum loader_function function)
{
    return function == LOADER_WRITE || function == LOADER_STREAM;
}

/* The range that a call may change. */
static void range_of(enum loader_function function, uint32_t *offset, uint32_t *size)
{
    *offset = AT;
    *size = writes(function) ? SIZE : 0;
    if (function == LOADER_SECTOR_ERASE || function == LOADER_OWN_SECTOR_ERASE) {
        *offset = SECTOR;
        *size = SECTOR;
    }
}

static void arguments_of(enum loader_function function, uint32_t arguments[4])
{
    uint32_t address = test.rig.board.window + AT, buffer = test.rig.session.layout.buffer;
    memset(arguments, 0, 4 * sizeof arguments[0]);
    switch (function) {
    case LOADER_INIT: arguments[0] = 1; return;
    case LOADER_SECTOR_ERASE:
    case LOADER_OWN_SECTOR_ERASE:
        arguments[0] = address;
        arguments[1] = address;
        return;
    case LOADER_STREAM:
    case LOADER_DIGEST:
        arguments[0] = buffer;
        arguments[1] = function == LOADER_DIGEST ? 1 : 0;
        return;
    case LOADER_VERIFY:
        arguments[0] = address;
        arguments[1] = buffer;
        arguments[2] = SIZE / 4;
        return;
    case LOADER_CHECKSUM:
        arguments[0] = address;
        arguments[1] = SIZE;
        return;
    default:
        arguments[0] = address;
        arguments[1] = SIZE;
        arguments[2] = buffer;
    }
}

static void fill_buffer(uint32_t at, const void *bytes, size_t size)
{
    struct session *session = &test.rig.session;
    scenario_assert_good(&test.rig, session->target->ops->write_memory(
                                        session->target->context, session->layout.buffer + at,
                                        bytes, size, &test.rig.error));
}

/* What the function finds in the buffer. Verify's differs from the cells in its last word: no call may
 * say that they are equal. */
static void fill_for(enum loader_function function, uint8_t data[SIZE])
{
    const uint32_t window = test.rig.board.window;
    const uint32_t bytes = test.rig.session.layout.buffer + BEHIND;
    const struct digest_range range = {window + DIGEST_FROM, DIGEST_SIZE};
    const struct mailbox mailbox = {{{window + AT, SIZE, bytes, 0, 0, 1}, {.full = 1}}};
    for (uint32_t i = 0; i < SIZE; i++) {
        /* over used cells: what can be programmed */
        data[i] =
            writes(function) ? test.rig.cells[AT + i] & (uint8_t)(i * 37) : test.rig.cells[AT + i];
    }
    switch (function) {
    case LOADER_DIGEST: fill_buffer(0, &range, sizeof range); return;
    case LOADER_STREAM:
        fill_buffer(0, &mailbox, sizeof mailbox);
        fill_buffer(BEHIND, data, SIZE);
        return;
    case LOADER_VERIFY: data[(SIZE & ~3u) - 1] ^= 1; break;
    default: break;
    }
    fill_buffer(0, data, SIZE);
}

/* Init has succeeded, the buffer holds what the function wants. */
static void make_ready(enum loader_function function, uint8_t data[SIZE])
{
    struct session *session = &test.rig.session;
    static const uint32_t init[4] = {1, 0, 0, 0};
    scenario_assert_good(&test.rig, session_download(session, &test.rig.error));
    if (function != LOADER_INIT) {
        scenario_assert_good(
            &test.rig, session_call_checked(session, LOADER_INIT, init, 5000, &test.rig.error));
    }
    fill_for(function, data);
    memcpy(test.before, test.rig.cells, test.rig.board.part.size);
}

static bool is_success(enum loader_function function, const uint32_t results[2])
{
    if (function == LOADER_CHECKSUM) {
        return false; /* it has no value for failure */
    }
    return results[0] == (function == LOADER_VERIFY || function >= LOADER_STREAM ? 0 : 1);
}

static void read_buffer(void *bytes, uint32_t size)
{
    assert_true(cpu_debug_read(sim_cpu(test.rig.sim), test.rig.session.layout.buffer, bytes, size));
}

static void assert_true_success(enum loader_function function, const uint8_t data[SIZE])
{
    uint32_t offset, size;
    uint8_t bytes[SIZE];
    struct digest digest;
    range_of(function, &offset, &size);
    for (uint32_t i = 0; i < size && !writes(function); i++) {
        assert_int_equal(test.rig.cells[offset + i], 0xFF);
    }
    if (function == LOADER_READ) {
        read_buffer(bytes, sizeof bytes);
        assert_memory_equal(bytes, test.rig.cells + AT, SIZE);
    } else if (function == LOADER_DIGEST) {
        read_buffer(&digest, sizeof digest);
        assert_true(digest_equal(
            digest, digest_of(DIGEST_FROM, test.rig.cells + DIGEST_FROM, DIGEST_SIZE)));
    } else if (writes(function) || function == LOADER_VERIFY) {
        assert_memory_equal(data, test.rig.cells + AT, SIZE);
    }
}

static void assert_nothing_outside(enum loader_function function)
{
    uint32_t offset, size;
    range_of(function, &offset, &size);
    assert_memory_equal(test.before, test.rig.cells, offset);
    assert_memory_equal(test.before + offset + size, test.rig.cells + offset + size,
                        test.rig.board.part.size - offset - size);
}

/* What was torn must be erased before anything can be said of it. */
static void assert_works_again(enum loader_function function)
{
    uint32_t arguments[4], results[2];
    uint8_t data[SIZE];
    come_back();
    make_ready(LOADER_READ, data);
    range_of(function, &arguments[0], &arguments[1]);
    if (arguments[1] > 0) {
        arguments_of(LOADER_SECTOR_ERASE, arguments);
        scenario_assert_good(&test.rig, session_call(&test.rig.session, LOADER_SECTOR_ERASE,
                                                     arguments, CALL_MS, results, &test.rig.error));
        assert_int_equal(results[0], 1);
    }
    scenario_assert_boots(&test.rig);
}

/* False: the core waits for ever for DR of a controller that has lost its clock, which is class B. */
static bool call(enum loader_function function, uint32_t results[2])
{
    uint32_t arguments[4];
    arguments_of(function, arguments);
    if (session_call(&test.rig.session, function, arguments, CALL_MS, results, &test.rig.error)) {
        return true;
    }
    scenario_assert_good(&test.rig, test.kind == KERNEL_CLOCK &&
                                        strstr(test.rig.error.detail, "bus stall") != NULL);
    test.rig.error = (struct error){0};
    sim_reset(test.rig.sim);
    return false;
}

static void listen_to(enum loader_function function)
{
    uint32_t results[2];
    uint8_t data[SIZE];
    make_ready(function, data);
    test.frame_count = 0;
    test.listening = true;
    assert_true(call(function, results));
    test.listening = false;
    assert_int_equal(is_success(function, results),
                     function != LOADER_CHECKSUM && function != LOADER_VERIFY);
    assert_true(test.frame_count > 0 && test.frame_count < FRAMES_MAX);
}

static void disturb(enum loader_function function, enum kind kind, uint64_t after_us)
{
    uint32_t results[2];
    uint8_t data[SIZE];
    make_ready(function, data);
    test.kind = kind;
    test.after_us = after_us;
    test.armed = true;
    test.tried++;
    if (!call(function, results)) {
        test.stalled++;
    } else if (is_success(function, results)) {
        test.succeeded++;
        assert_true_success(function, data);
    }
    assert_nothing_outside(function);
    assert_works_again(function);
}

/* Moments of the undisturbed call, by number: some before its first frame, then the beginning and the
 * middle of each frame. */
static uint64_t moment(unsigned index)
{
    if (index < FIRST_MOMENTS) {
        return test.frames[0] * index / FIRST_MOMENTS;
    }
    unsigned frame = (index - FIRST_MOMENTS) / 2;
    uint64_t start = test.frames[frame];
    uint64_t end = frame + 1 < test.frame_count ? test.frames[frame + 1] : start + 20;
    return index % 2 == 0 ? start : start + (end - start) / 2;
}

/* Tries one moment in `step`, from another one on for each kind. */
static void sweep(enum loader_function function, unsigned step, enum kind first, enum kind last)
{
    listen_to(function);
    test.tried = test.succeeded = test.stalled = 0;
    for (unsigned kind = first; kind <= last; kind++) {
        for (unsigned i = kind; i < FIRST_MOMENTS + 2 * test.frame_count; i += step) {
            disturb(function, (enum kind)kind, moment(i));
        }
    }
    print_message("%-11s %u frames, %u tried, %u succeeded all the same, %u stalled\n",
                  loader_function_name(function), test.frame_count, test.tried, test.succeeded,
                  test.stalled);
}

/* A mass erase is an erase like the other, but of the whole chip again and again. */
static void sweep_all(const struct scenario *scenario, unsigned step)
{
    for (unsigned function = 0; function <= LOADER_DIGEST; function++) {
        if (function != LOADER_MASS_ERASE && function != LOADER_OWN_MASS_ERASE) {
            open_board(scenario);
            sweep((enum loader_function)function, step, KERNEL_CLOCK, SUPPLY);
            close_board();
        }
    }
}

/* Without supply the lines show what nobody drives: neither all 0 nor all 1 passes for data. */
static void a_read_notices_that_the_chip_went(void **state)
{
    static const uint8_t undriven[] = {0x00, 0xFF};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        uint32_t results[2];
        uint8_t data[SIZE];
        open_board(&(struct scenario){.unclocked = SOC_UNCLOCKED_IGNORED});
        soc_set_undriven(sim_soc(test.rig.sim), undriven[i]);
        listen_to(LOADER_READ);
        make_ready(LOADER_READ, data);
        test.kind = SUPPLY;
        test.after_us = test.frames[test.frame_count / 2];
        test.armed = true;
        assert_true(call(LOADER_READ, results));
        assert_int_equal(results[0], 0);
        assert_true(session_read_record(&test.rig.session));
        assert_int_equal(test.rig.session.record.reason, REASON_RESTARTED);
        assert_works_again(LOADER_READ);
        close_board();
    }
}

static void a_call_survives_what_drops_out(void **state)
{
    (void)state;
    sweep_all(&(struct scenario){.unclocked = SOC_UNCLOCKED_IGNORED}, 4);
}

/* Between any two frames: what the chip said of itself may be half of it, or none. */
static void so_does_an_init_at_any_frame(void **state)
{
    (void)state;
    open_board(&(struct scenario){.unclocked = SOC_UNCLOCKED_IGNORED});
    sweep(LOADER_INIT, 1, SUPPLY, SUPPLY);
    sweep(LOADER_INIT, 1, KERNEL_CLOCK, KERNEL_CLOCK);
    close_board();
}

/* Without its clock the controller faults, while the fault is being reported too. */
static void so_does_one_that_speaks_octal(void **state)
{
    (void)state;
    sweep_all(&(struct scenario){.board = "data/boards/nucleo-n657x0-q.yaml",
                                 .unclocked = SOC_UNCLOCKED_FAULT},
              11);
}

/* A fast core is ahead of the bus and waits for room in the FIFO when its clock stops. */
static void so_does_one_that_waits_for_room(void **state)
{
    (void)state;
    open_board(&(struct scenario){.cpu_hz = 800000000});
    sweep(LOADER_WRITE, 1, KERNEL_CLOCK, KERNEL_CLOCK);
    close_board();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_survives_what_drops_out),
        cmocka_unit_test(a_read_notices_that_the_chip_went),
        cmocka_unit_test(so_does_an_init_at_any_frame),
        cmocka_unit_test(so_does_one_that_speaks_octal),
        cmocka_unit_test(so_does_one_that_waits_for_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

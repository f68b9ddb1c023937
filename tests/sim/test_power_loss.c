/* SPDX-License-Identifier: MIT */
/*
 * The flash loses its supply while it erases or programs, and a tool comes back: whatever the record in
 * RAM says by then, true, lost or forged, the block is erased again before it is programmed. A cell that
 * reads blank tells nothing: the model knows which are torn.
 */
#include "host/explain.h"
#include "sim/nor/chip.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SECTOR     UINT32_C(0x1000)
#define AT         UINT32_C(0x21000) /* where it happens: a sector, and a page of it */
#define PAGE       UINT32_C(0x100)
#define IMAGE_AT   (AT + 0x145u)
#define IMAGE_SIZE UINT32_C(0xA01)
#define MOMENTS    40u /* in one operation */
#define CALL_MS    10000u
#define SEED       20261122u

/* How it goes on from the moment at which the supply fails. */
enum ending {
    DIP,      /* the flash is back at once: the call goes on */
    STOPPED,  /* the flash stays off until the host has stopped the call */
    TOGETHER, /* the MCU goes, too */
    ENDINGS
};

/* Of a process that tried one. */
#define TORN   1
#define BLANK  2 /* torn, and reads blank */
#define BROKEN 4 /* and programmed all the same */
#define FAILED 8

enum memory {
    KEPT,
    LOST,           /* noise */
    FORGED_EARLIER, /* as it was before the call: all had gone well */
    FORGED_SUCCESS, /* this very call returned 1 */
    FORGED_OTHER,   /* a sound one, by a loader elsewhere */
    FORGED_EMPTY,   /* just made */
    MEMORIES
};

struct tool {
    const char *host;
    bool skip_blank;
};

static struct {
    struct scenario_rig rig;
    struct target target;
    struct target_ops ops;
    uint8_t *before;
    struct record earlier;
    enum loader_function function;
    uint64_t begins_us, ends_us; /* of the chip's operation, from the call's start */
    uint64_t fails_us;           /* from the call's start; 0: never */
    enum ending ending;
    unsigned tried, torn, blank, broken;
} test;

static const char *const memory_names[] = {
    "kept", "lost", "forged, earlier", "forged, success", "forged, other", "forged, empty"};

/* In a process of its own nobody would hear cmocka. */
static void need(bool good, const char *what)
{
    char text[1400] = "";
    if (!good) {
        error_format(&test.rig.error, text, sizeof text);
        fprintf(stderr, "%s: %s\n", what, text);
        _exit(FAILED);
    }
}

static struct nor *chip(void)
{
    return sim_nor(test.rig.sim);
}

static uint64_t now_ps(void)
{
    return sim_clock(test.rig.sim)->now_ps;
}

static bool is_busy(void)
{
    struct nor_state state;
    nor_get_state(chip(), now_ps(), &state);
    return state.busy;
}

/* The first look at a call: when its operation is under way, to the microsecond. */
static bool listen(void *context, enum target_stop *stop, struct error *error)
{
    const uint64_t start = now_ps() / PS_PER_US;
    *stop = TARGET_RUNNING;
    while (*stop == TARGET_RUNNING) {
        if (!test.rig.target.ops->wait(context, test.begins_us == 0 ? 5 : 100, stop, error)) {
            return false;
        }
        const uint64_t now = now_ps() / PS_PER_US - start;
        if (test.begins_us == 0 && is_busy()) {
            test.begins_us = now;
        } else if (test.begins_us != 0 && test.ends_us == 0 && !is_busy()) {
            test.ends_us = now;
        }
    }
    return true;
}

static bool wait_for_power(void *context, uint64_t timeout_us, enum target_stop *stop,
                           struct error *error)
{
    const struct target_ops *ops = test.rig.target.ops;
    if (test.ends_us == 0) {
        return listen(context, stop, error);
    }
    if (test.fails_us != 0) {
        const uint64_t after = test.fails_us;
        test.fails_us = 0;
        if (!ops->wait(context, after, stop, error) || *stop != TARGET_RUNNING) {
            return true;
        }
        if (test.ending == DIP) {
            soc_dip_power(sim_soc(test.rig.sim));
        } else {
            soc_lose_power(sim_soc(test.rig.sim), true);
            *stop = TARGET_RUNNING;
            return ops->wait(context, 1000, stop, error) && ops->halt(context, error) &&
                   error_set(error, ERROR_INTERRUPTED, NULL, 0, 0, "stopped");
        }
    }
    return ops->wait(context, timeout_us, stop, error);
}

static void open_board(enum loader_function function)
{
    scenario_open(&test.rig,
                  &(struct scenario){.content = CONTENT_USED, .seed = SEED, .sector_size = SECTOR});
    test.ops = *test.rig.target.ops;
    test.ops.wait = wait_for_power;
    test.target = (struct target){test.rig.target.context, &test.ops};
    test.function = function;
    test.before = malloc(test.rig.board.part.size);
    assert_non_null(test.before);
}

static void close_board(void)
{
    free(test.before);
    scenario_close(&test.rig);
}

static void write_record(const struct record *record)
{
    need(cpu_debug_write(sim_cpu(test.rig.sim), test.rig.board.record_address, record,
                         sizeof *record),
         "record");
}

/* The sector is used before an erase, and as that leaves it before a program. */
static void fill_sector(uint64_t seed)
{
    nor_cells_erase(chip(), AT, SECTOR);
    for (uint32_t i = AT; i < AT + SECTOR && test.function != LOADER_WRITE; i++) {
        test.rig.cells[i] = (uint8_t)scenario_random(&seed);
    }
    memcpy(test.before, test.rig.cells, test.rig.board.part.size);
}

static void open_session(const char *host)
{
    struct scenario_rig *rig = &test.rig;
    const struct session_events events = {0};
    scenario_assert_good(rig,
                         session_open(&rig->session, &rig->target, &rig->board,
                                      lifecycle_find(host), &rig->loader, &events, &rig->error));
}

/* Init, and the call; the supply fails `us` after its start. True if the call reports success. */
static bool disturb(uint64_t us, enum ending ending, uint64_t seed)
{
    struct scenario_rig *rig = &test.rig;
    struct session *session = &rig->session;
    uint8_t page[PAGE];
    uint32_t buffer = 0, results[2];
    open_session("native");
    fill_sector(seed);
    need(session_begin(session, OPERATION_ERASE, &rig->error), "Init");
    need(session_read_record(session), "record");
    test.earlier = session->record;
    for (uint32_t i = 0; i < PAGE; i++) {
        page[i] = (uint8_t)scenario_random(&seed);
    }
    need(session_fill_buffer(session, page, PAGE, &buffer, &rig->error), "buffer");
    const uint32_t address = rig->board.window + AT;
    const uint32_t arguments[4] = {
        address, test.function == LOADER_WRITE ? PAGE : address + SECTOR - 1, buffer, 0};
    test.fails_us = us;
    test.ending = ending;
    session->target = &test.target;
    const bool success =
        session_call(session, test.function, arguments, CALL_MS, results, &rig->error) &&
        results[0] == 1;
    session->target = &rig->target;
    soc_lose_power(sim_soc(rig->sim), false);
    if (ending == TOGETHER) {
        sim_reset(rig->sim);
    }
    rig->error = (struct error){0};
    return success;
}

/* What RAM holds by the time that the tool comes back. */
static void leave_record(enum memory memory, uint64_t seed)
{
    struct record record = test.earlier;
    switch (memory) {
    case KEPT: return;
    case LOST:
        for (size_t i = 0; i < sizeof record; i++) {
            ((uint8_t *)&record)[i] = (uint8_t)scenario_random(&seed);
        }
        write_record(&record);
        return;
    case FORGED_SUCCESS:
        record.function = test.function == LOADER_WRITE ? FUNCTION_WRITE : FUNCTION_SECTOR_ERASE;
        record.arguments[0] = test.rig.board.window + AT;
        record.calls++;
        break;
    case FORGED_OTHER:
        record.image += 0x4000;
        record.calls = 1000;
        break;
    case FORGED_EMPTY:
        memset(&record.calls, 0, sizeof record - offsetof(struct record, calls));
        break;
    default: break;
    }
    record.result = memory == FORGED_EMPTY ? 0 : 1;
    record.checksum = explain_record_checksum(&record);
    write_record(&record);
}

static bool is_blank(void)
{
    return test.rig.cells[AT] == 0xFF &&
           memcmp(test.rig.cells + AT, test.rig.cells + AT + 1, SECTOR - 1) == 0;
}

static bool holds_image(const struct image *image)
{
    const struct image_segment *segment = &image->segments[0];
    return memcmp(test.rig.cells + IMAGE_AT, segment->bytes, segment->size) == 0 &&
           memcmp(test.rig.cells, test.before, AT) == 0 &&
           memcmp(test.rig.cells + AT + SECTOR, test.before + AT + SECTOR,
                  test.rig.board.part.size - AT - SECTOR) == 0;
}

/* Torn cells beside the image read as they like. Our host says so and erases nothing; its user gives them
 * up, as the hint says. */
static bool program(struct scenario_rig *rig, const struct image *image)
{
    if (scenario_program(rig, image)) {
        return true;
    }
    rig->drop_neighbours = rig->error.code == ERROR_UNSTEADY;
    rig->error.code = ERROR_NONE;
    return rig->drop_neighbours && scenario_program(rig, image);
}

/* False if a cell is left that will not hold. */
static bool come_back(const struct tool *tool)
{
    struct scenario_rig *rig = &test.rig;
    struct image image;
    open_session(tool->host);
    scenario_make_image(&image, &rig->board, IMAGE_AT, IMAGE_SIZE, SEED);
    rig->skip_blank = tool->skip_blank;
    need(program(rig, &image), "program");
    const bool sound = nor_torn_cells(chip(), AT, SECTOR) == 0;
    if (sound) {
        char why[96] = "";
        need(holds_image(&image), "cells");
        nor_age(chip());
        need(operation_verify(&rig->session, &image, &rig->error), "verify, later");
        need(sim_boot(rig->sim, 0, why, sizeof why), "boot");
    }
    image_release(&image);
    return sound;
}

/* Before the operation, all over it, and behind it while the loader reads back. */
static uint64_t moment(unsigned index)
{
    const uint64_t takes = test.ends_us - test.begins_us;
    if (index < 2) {
        return test.begins_us * (index + 1) / 3;
    }
    return test.begins_us + (takes + takes / 8) * (index - 2) / (MOMENTS - 2);
}

/* In a process, for the emulator bears few downloads. */
static int try_one(unsigned index, enum ending ending, enum memory memory, const struct tool *tool)
{
    int seen = 0, status = 0;
    const pid_t child = fork();
    if (child == 0) {
        need(!disturb(moment(index), ending, index) || nor_torn_cells(chip(), AT, SECTOR) == 0,
             "success over torn cells");
        seen = nor_torn_cells(chip(), AT, SECTOR) == 0 ? 0 : is_blank() ? TORN | BLANK : TORN;
        leave_record(memory, index);
        _exit(seen | (come_back(tool) ? 0 : BROKEN));
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    seen = WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
    if (seen >= FAILED || (seen >= BROKEN && !tool->skip_blank)) {
        fail_msg("%s, moment %u, ending %d, record %s, %s: %s", loader_function_name(test.function),
                 index, (int)ending, memory_names[memory], tool->host,
                 seen >= FAILED ? "failed" : "torn cells were programmed over");
    }
    return seen;
}

static void count(int seen)
{
    test.tried++;
    test.torn += (seen & TORN) != 0;
    test.blank += (seen & BLANK) != 0;
    test.broken += (seen & BROKEN) != 0;
}

struct trial {
    enum memory first, last; /* what may be in RAM */
    const struct tool *tools;
    unsigned tool_count;
    unsigned
        step; /* one of so many combinations, with "all" each; prime to what they are made of */
};

static bool all;

static void try_all(enum loader_function function, const struct trial *trial)
{
    const unsigned memories = trial->last - trial->first + 1, tools = trial->tool_count;
    open_board(function);
    test.begins_us = test.ends_us = 0;
    test.tried = test.torn = test.blank = test.broken = 0;
    disturb(0, DIP, 0); /* listens */
    assert_true(test.ends_us > test.begins_us);
    for (unsigned i = 0; i < MOMENTS * ENDINGS * memories * tools; i += all ? 1 : trial->step) {
        const unsigned memory = trial->first + i / tools % memories;
        const unsigned rest = i / tools / memories;
        count(try_one(rest / ENDINGS, (enum ending)(rest % ENDINGS), (enum memory)memory,
                      &trial->tools[i % tools]));
    }
    print_message("%-11s %u tried, cells torn in %u, of which %u read blank, broken %u\n",
                  loader_function_name(function), test.tried, test.torn, test.blank, test.broken);
    close_board();
}

static void a_torn_sector_is_erased_again(void **state)
{
    static const struct tool tools[] = {{.host = "native"}, {.host = "cubeprogrammer-jlink"}};
    static const struct trial trial = {KEPT, FORGED_EMPTY, tools, 2, 59};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        try_all(i == 0 ? LOADER_SECTOR_ERASE : LOADER_WRITE, &trial);
        assert_true(test.torn > 0 && test.blank > 0 && test.broken == 0);
    }
}

static const struct tool believer = {.host = "native", .skip_blank = true};

/* The user answers for the flash, but a record that was kept knows better. */
static void a_kept_record_forbids_to_skip(void **state)
{
    static const struct trial trial = {KEPT, KEPT, &believer, 1, 11};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        try_all(i == 0 ? LOADER_SECTOR_ERASE : LOADER_WRITE, &trial);
        assert_true(test.torn > 0 && test.blank > 0 && test.broken == 0);
    }
}

/* What the default is for: without a true record nothing shows that the sector is not sound. */
static void to_skip_would_leave_torn_cells(void **state)
{
    static const struct trial trial = {LOST, FORGED_EMPTY, &believer, 1, 37};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        try_all(i == 0 ? LOADER_SECTOR_ERASE : LOADER_WRITE, &trial);
        assert_true(test.broken > 0 && test.broken <= test.torn);
    }
}

/* Where undriven lines are high, a chip that starts anew shows WIP until it is idle, and then FF for
 * whatever is asked on four lines, for its quad bit is gone. */
static void an_erase_notices_that_the_chip_started_anew(void **state)
{
    (void)state;
    open_board(LOADER_SECTOR_ERASE);
    test.begins_us = test.ends_us = 0;
    soc_set_undriven(sim_soc(test.rig.sim), 0xFF);
    assert_true(disturb(0, DIP, 0)); /* listens */
    for (unsigned i = 10; i < MOMENTS; i += 8) {
        assert_false(disturb(moment(i), DIP, i));
        assert_true(session_read_record(&test.rig.session));
        assert_int_equal(test.rig.session.record.reason, REASON_RESTARTED);
    }
    scenario_assert_boots(&test.rig);
    close_board();
}

/* Class B: with a quad bit that is set for good, nothing that the chip shows differs. */
static void where_nothing_differs_it_cannot(void **state)
{
    unsigned deceived = 0;
    (void)state;
    open_board(LOADER_SECTOR_ERASE);
    test.begins_us = test.ends_us = 0;
    soc_set_undriven(sim_soc(test.rig.sim), 0xFF);
    chip()->nv.registers.cr1 |= CR1_QUAD;
    nor_registers_restore(chip(), true);
    assert_true(disturb(0, DIP, 0)); /* listens */
    for (unsigned i = 4; i < MOMENTS - 4; i += 3) {
        if (disturb(moment(i), DIP, i)) {
            assert_true(is_blank());
            deceived += nor_torn_cells(chip(), AT, SECTOR) > 0;
        }
    }
    assert_true(deceived > 0);
    close_board();
}

/* Every moment with every record with "all"; another argument names one of the tests. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_torn_sector_is_erased_again),
        cmocka_unit_test(a_kept_record_forbids_to_skip),
        cmocka_unit_test(to_skip_would_leave_torn_cells),
        cmocka_unit_test(an_erase_notices_that_the_chip_started_anew),
        cmocka_unit_test(where_nothing_differs_it_cannot),
    };
    all = argc > 1 && strcmp(argv[1], "all") == 0;
    if (argc > 1 && !all) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

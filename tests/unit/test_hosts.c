/* SPDX-License-Identifier: MIT */
/* What each host does to a target, seen by a target that only takes notes; and the table of what is
 * not known of them: each row does something. */
#include "host/host_option.h"
#include "host/program.h"
#include "sim/link.h"
#include "test_hosts_notes.h"

/* Everything once; an operation that fails does not keep the next from being tried. */
static void do_everything(struct notes *notes)
{
    static uint8_t bytes[0x21001], read[0x3001];
    struct image image;
    uint64_t written = 0;
    memset(bytes, 0xFF, sizeof bytes);
    image_init(&image);
    assert_true(image_add_bytes(&image, "ff", bytes, sizeof bytes, IMAGE_BIN, true,
                                WINDOW + 0x10123, &notes->error));
    operation_erase(&notes->session, WINDOW + 0x10000, 0x30000, &notes->error);
    operation_erase_all(&notes->session, &notes->error);
    operation_write(&notes->session, &image, &written, &notes->error);
    operation_verify(&notes->session, &image, &notes->error);
    operation_read(&notes->session, NULL, WINDOW + 0x20, read, sizeof read, &notes->error);
    image_release(&image);
}

/* All of it as one job: what a flash algorithm's host does before it erases. */
static void program_a_little(struct notes *notes)
{
    static const uint8_t bytes[] = {1, 2, 3};
    const struct program_keeping keeping = {.neighbours = true};
    struct program_report report;
    struct image image;
    struct plan plan;
    image_init(&image);
    assert_true(image_add_bytes(&image, "little", bytes, sizeof bytes, IMAGE_BIN, true,
                                WINDOW + 0x123, &notes->error));
    assert_true(plan_make(&plan, &image, &notes->board, &notes->loader, &notes->lifecycle,
                          link_find(notes->lifecycle.link), &notes->error));
    program_run(&notes->session, &image, &plan, &keeping, &report, &notes->error);
    plan_release(&plan);
    image_release(&image);
}

static uint64_t hash_with(const struct lifecycle *lifecycle, bool limits, const char *file)
{
    static struct notes notes;
    open_notes_of(&notes, lifecycle, file);
    for (unsigned function = limits ? 0 : NONE; function <= NONE; function++) {
        for (int works = 0; works <= (limits ? 1 : 0); works++) {
            notes.hangs = function;
            notes.works = works;
            notes.call_count = 0;
            do_everything(&notes);
            notes.error = (struct error){0};
            if (file != NULL) {
                notes.used = true;
                program_a_little(&notes);
                notes.used = false;
                notes.error = (struct error){0};
            }
        }
    }
    uint64_t hash = notes.hash;
    close_notes(&notes);
    return hash;
}

/* Of algorithms two: what a tool does depends on what they export. */
static uint64_t hash_of(const struct lifecycle *lifecycle, bool limits)
{
    if (lifecycle->format == FORMAT_STLDR) {
        return hash_with(lifecycle, limits, NULL);
    }
    if (lifecycle->family == FAMILY_JLINK) {
        return hash_with(lifecycle, limits, "linked_ofl.FLM");
    }
    return hash_with(lifecycle, limits, "full_flm.FLM") * 31 +
           hash_with(lifecycle, limits, "plain_flm.FLM");
}

static void every_row_is_whole(void **state)
{
    (void)state;
    unsigned rows = 0, values = 0;
    for (; host_option_at(rows) != NULL; rows++) {
        const struct host_option *option = host_option_at(rows);
        assert_ptr_equal(host_option_find(option->name), option);
        assert_true(strlen(option->summary) > 10 && strlen(option->evidence) > 10);
        assert_true(option->families != 0 && option->values[0].name != NULL);
        assert_int_equal(option->field % sizeof(uint32_t), 0);
        assert_true(option->field + sizeof(uint32_t) <= sizeof(struct lifecycle));
        assert_true((option->maximum != 0) == (option->unit != NULL));
        for (unsigned i = 0; i < rows; i++) {
            assert_true(host_option_at(i)->field != option->field ||
                        (host_option_at(i)->families & option->families) == 0);
        }
        for (unsigned i = 0; option->values[i].name != NULL; i++, values++) {
            for (unsigned k = 0; k < i; k++) {
                assert_true(option->values[k].value != option->values[i].value);
            }
        }
    }
    print_message("%u options, %u values\n", rows, values);
}

/* By its name every value changes that field and no other; the default is one that can be given. */
static void every_value_can_be_given(void **state)
{
    (void)state;
    for (unsigned host = 0; lifecycle_at(host) != NULL; host++) {
        for (unsigned row = 0; host_option_at(row) != NULL; row++) {
            const struct host_option *option = host_option_at(row);
            struct error error = {0};
            struct lifecycle set = *lifecycle_at(host), put = set;
            char text[128], value[32];
            host_option_format(option, host_option_get(option, &set), value, sizeof value);
            snprintf(text, sizeof text, "%s=%s", option->name, value);
            assert_int_equal(host_option_set(&set, text, &error),
                             host_option_is_open(option, &set));
            assert_memory_equal(&set, &put, sizeof set);
            for (unsigned i = 0; option->values[i].name != NULL; i++) {
                snprintf(text, sizeof text, "%s=%s", option->name, option->values[i].name);
                error = (struct error){0};
                if (host_option_is_open(option, &set)) {
                    assert_true(host_option_set(&set, text, &error));
                    host_option_put(option, &put, option->values[i].value);
                } else {
                    assert_false(host_option_set(&set, text, &error));
                    assert_int_equal(error_exit_status(error.code), 2);
                    assert_non_null(strstr(error.detail, "is not open for host"));
                }
                assert_memory_equal(&set, &put, sizeof set);
            }
        }
    }
}

static void numbers_are_taken_within_their_range(void **state)
{
    (void)state;
    struct lifecycle lifecycle = *lifecycle_find("cubeprogrammer");
    struct error error = {0};
    assert_true(host_option_set(&lifecycle, "buffer-size=12K", &error));
    assert_int_equal(lifecycle.buffer_max, 12 * 1024);
    assert_true(host_option_set(&lifecycle, "write-timeout=0x10", &error));
    assert_int_equal(lifecycle.write_timeout_ms, 16);
    static const char *const bad[] = {"buffer-size=255", "buffer-size=257K",
                                      "buffer-size=1M",  "buffer-size=",
                                      "buffer-size=-1",  "write-timeout=0",
                                      "buffers=3",       "write-timeout=9e9",
                                      "bss=zero",        "bss",
                                      "=zeroed",         ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct lifecycle before = lifecycle;
        error = (struct error){0};
        assert_false(host_option_set(&lifecycle, bad[i], &error));
        assert_int_equal(error_exit_status(error.code), 2);
        assert_true(error.hint[0] != '\0');
        assert_memory_equal(&before, &lifecycle, sizeof before);
    }
}

/* No knob is wired to nothing, under any host for which it is open. */
static void every_value_of_every_option_is_seen_by_the_target(void **state)
{
    (void)state;
    unsigned compared = 0;
    for (unsigned host = 0; lifecycle_at(host) != NULL; host++) {
        for (unsigned row = 0; host_option_at(row) != NULL; row++) {
            const struct host_option *option = host_option_at(row);
            uint64_t hashes[8];
            unsigned count = 0;
            struct lifecycle lifecycle = *lifecycle_at(host);
            /* debug-access changes the board, not what is done to it: see test_any_loader.c */
            if (!host_option_is_open(option, &lifecycle) ||
                option->field == offsetof(struct lifecycle, debug_rule)) {
                continue;
            }
            for (; option->values[count].name != NULL; count++) {
                host_option_put(option, &lifecycle, option->values[count].value);
                hashes[count] = hash_of(&lifecycle, option->is_limit);
            }
            host_option_put(option, &lifecycle, option->values[0].value + 200);
            if (count == 1) { /* a limit of which only one value is listed */
                hashes[count++] = hash_of(&lifecycle, option->is_limit);
            }
            for (unsigned i = 0; i < count; i++) {
                for (unsigned k = 0; k < i; k++, compared++) {
                    if (hashes[i] == hashes[k]) {
                        fail_msg("%s: %s has no effect", lifecycle.name, option->name);
                    }
                }
            }
        }
    }
    print_message("%u pairs of values told apart\n", compared);
}

static const struct call *first_call(const struct notes *notes, enum loader_function function)
{
    for (unsigned i = 0; i < notes->call_count; i++) {
        if (notes->calls[i].function == function) {
            return &notes->calls[i];
        }
    }
    return NULL;
}

/* The five logs: base + 4, SP, buffer, what is zeroed, what is not written. */
static void cubeprogrammer_does_as_its_logs_show(void **state)
{
    (void)state;
    static const char *const hosts[] = {"cubeprogrammer-stlink", "cubeprogrammer-jlink"};
    for (unsigned i = 0; i < 2; i++) {
        static struct notes notes;
        open_notes(&notes, lifecycle_find(hosts[i]));
        do_everything(&notes);
        const uint32_t size = notes.loader.file_size, sp = BASE + size + 0x400;
        const uint32_t buffer = (sp + 0x20 + 31) & ~UINT32_C(31);
        assert_int_equal(notes.lowest, BASE + 4);
        assert_int_equal(notes.zeroed_at, buffer);
        assert_int_equal(notes.session.stats.downloads, 5);
        assert_int_equal(notes.zeroed, 5);
        assert_int_equal(notes.bkpts, 5);
        for (unsigned k = 0; k < notes.call_count; k++) {
            const struct call *call = &notes.calls[k];
            assert_int_equal(call->registers[TARGET_MSP], sp);
            assert_int_equal(call->registers[TARGET_SP], sp);
            assert_int_equal(call->registers[TARGET_PSP], 0);
            assert_int_equal(call->registers[TARGET_LR], BASE | 1);
            assert_int_equal(call->registers[12], 0);
            assert_int_equal(call->registers[TARGET_CONTROL], 3);
            assert_int_equal(call->masked, i == 0);
            assert_int_not_equal(call->function, LOADER_VERIFY);
        }
        assert_int_equal(notes.calls[0].function, LOADER_INIT);
        assert_int_equal(notes.calls[0].registers[TARGET_R0], 1);
        const struct call *erase = first_call(&notes, LOADER_SECTOR_ERASE);
        assert_int_equal(erase->registers[TARGET_R0], WINDOW + 0x10000);
        assert_int_equal(erase->registers[1], WINDOW + 0x30000);
        assert_int_equal(first_call(&notes, LOADER_WRITE)->registers[2], buffer);
        close_notes(&notes);
    }
}

/* stldr_driver.c: where it is linked, whole pages, Read into the work area, PRIMASK and nPRIV. */
static void openocd_does_as_its_driver(void **state)
{
    (void)state;
    static struct notes notes;
    open_notes(&notes, lifecycle_find("openocd-stldr"));
    do_everything(&notes);
    const uint32_t end = LINKED_AT + 4 + notes.loader.file_size;
    const uint32_t sp = (end + 0x400 + 7) & ~UINT32_C(7);
    const uint32_t buffer = (end + 0x408 + 7) & ~UINT32_C(7);
    unsigned writes = 0, reads = 0;
    assert_int_equal(notes.lowest, LINKED_AT + 4);
    assert_int_equal(notes.session.stats.downloads, 5);
    assert_int_equal(notes.zeroed, 0);
    assert_int_equal(notes.bkpts, notes.call_count); /* lent for each call, and taken back */
    assert_int_equal(notes.at_return, 0xFFFF);
    for (unsigned i = 0; i < notes.call_count; i++) {
        const struct call *call = &notes.calls[i];
        const uint32_t *r = call->registers;
        assert_int_equal(r[TARGET_LR], LINKED_AT | 1);
        assert_int_equal(call->at_return, 0xBE00);
        assert_int_equal(r[TARGET_SP], sp);
        assert_int_equal(r[TARGET_PRIMASK], 1);
        assert_int_equal(r[TARGET_CONTROL], 2); /* SPSEL as found */
        assert_false(call->masked);
        if (call->function == LOADER_INIT) {
            assert_int_equal(r[0] | r[1] | r[2] | r[3], 0);
        } else if (call->function == LOADER_WRITE) {
            writes++;
            assert_int_equal(r[0] % 0x1000, 0);
            assert_int_equal(r[1] % 0x1000, 0);
            assert_int_equal(r[2], buffer);
        } else if (call->function == LOADER_READ) {
            reads++;
            assert_true(r[1] <= 0x1000);
            assert_int_equal(r[2], 0x34000000);
        } else {
            assert_true(call->function == LOADER_SECTOR_ERASE ||
                        call->function == LOADER_MASS_ERASE);
        }
    }
    assert_int_equal(writes, 3);
    assert_int_equal(reads, 0x22 + 4);
    close_notes(&notes);
}

/* Init and UnInit around every phase, numbers as the specification has them. */
static void assert_phases(const struct notes *notes)
{
    uint32_t phase = 0;
    for (unsigned i = 0; i < notes->call_count; i++) {
        const struct call *call = &notes->calls[i];
        const uint32_t *r = call->registers;
        switch (call->function) {
        case LOADER_INIT:
            assert_int_equal(phase, 0);
            assert_int_equal(r[0], WINDOW);
            assert_int_equal(r[1], 0);
            assert_in_range(r[2], 1, 3);
            phase = r[2];
            break;
        case LOADER_UNINIT:
            assert_int_equal(r[0], phase);
            phase = 0;
            break;
        case LOADER_SECTOR_ERASE:
        case LOADER_MASS_ERASE:
        case LOADER_BLANK_CHECK: assert_int_equal(phase, 1); break;
        case LOADER_WRITE:
            assert_int_equal(phase, 2);
            assert_int_equal(r[0] % 0x1000, 0);
            assert_int_equal(r[1], 0x1000);
            break;
        default: assert_int_equal(phase, 3); break;
        }
        assert_int_equal(r[TARGET_LR], notes->session.layout.base | 1);
        assert_int_equal(r[TARGET_CONTROL], notes->resets > 0 ? 0 : 3);
    }
    assert_int_equal(phase, 0);
}

/* flash_algo.py, flash.py: from the end of the RAM downwards; registers on Init only. */
static void pyocd_does_as_its_source(void **state)
{
    (void)state;
    static struct notes notes;
    open_notes_of(&notes, lifecycle_find("flm"), "plain_flm.FLM");
    const struct layout *layout = &notes.session.layout;
    const uint32_t end = notes.board.loader_base + notes.board.loader_size;
    const uint32_t size = (notes.loader.file_size + 3) & ~UINT32_C(3);
    assert_int_equal(layout->base, (end - size - 4) & ~UINT32_C(3));
    assert_int_equal(layout->image, layout->base + 4);
    assert_int_equal(layout->buffer_count, 2);
    assert_int_equal((layout->buffer + layout->buffer_size) % 16, 0);
    assert_in_range(layout->base - layout->buffer, 0x2000, 0x201F);
    assert_int_equal(layout->stack, layout->buffer);
    assert_int_equal(layout->static_base, layout->image + notes.loader.data_offset);
    do_everything(&notes);
    program_a_little(&notes);
    assert_true(session_begin(&notes.session, OPERATION_ERASE, &notes.error));
    assert_true(session_begin(&notes.session, OPERATION_ERASE, &notes.error)); /* the same one */
    assert_true(session_begin(&notes.session, OPERATION_WRITE, &notes.error)); /* UnInit first */
    assert_true(session_end(&notes.session, &notes.error));
    assert_phases(&notes);
    assert_int_equal(notes.guard, 0xDEADF00D);
    assert_int_equal(notes.session.stats.downloads, 1);
    assert_int_equal(notes.resets, 0);
    assert_int_equal(notes.calls[0].registers[9], layout->static_base);
    assert_int_equal(notes.calls[0].registers[TARGET_SP], layout->stack);
    assert_false(notes.calls[0].masked);
    const uint32_t first = first_call(&notes, LOADER_WRITE)->registers[2];
    assert_true(first == layout->buffer || first == layout->buffer + layout->buffer_size);
    close_notes(&notes);
}

/* flash_algorithm.rs, flasher.rs, stm32n6.rs: from the start; the core is cleaned before. */
static void probe_rs_does_as_its_source(void **state)
{
    (void)state;
    static struct notes notes;
    open_notes_of(&notes, lifecycle_find("probe-rs"), "full_flm.FLM");
    const struct layout *layout = &notes.session.layout;
    assert_int_equal(layout->base, notes.board.loader_base);
    assert_int_equal(layout->image, layout->base + 4);
    assert_int_equal(layout->buffer,
                     (layout->image + 4 + notes.loader.file_size + 7) & ~UINT32_C(7));
    assert_int_equal(layout->stack_bottom, layout->buffer + 2 * 0x1000);
    assert_int_equal(layout->stack, layout->stack_bottom + 512);
    do_everything(&notes);
    assert_phases(&notes);
    assert_int_equal(notes.resets, 1);
    assert_int_equal(notes.guard, 0x56565656);
    assert_int_equal(notes.calls[0].registers[TARGET_MSPLIM], 0);
    assert_int_equal(notes.calls[0].registers[TARGET_PRIMASK], 1);
    assert_string_equal(notes.loader.name[LOADER_READ], "ReadFlash");
    assert_non_null(first_call(&notes, LOADER_VERIFY));
    assert_null(first_call(&notes, LOADER_BLANK_CHECK));
    close_notes(&notes);
}

/* The knowledge base: compare, check blank, erase, program, verify; SEGGER's entries if they are there.
 */
static void jlink_does_as_its_pages_say(void **state)
{
    (void)state;
    static struct notes notes;
    static const unsigned order[] = {LOADER_READ, LOADER_BLANK_CHECK, LOADER_WRITE, LOADER_VERIFY};
    unsigned at = 0;
    open_notes_of(&notes, lifecycle_find("jlink-ofl"), "full_flm.FLM");
    const struct layout *layout = &notes.session.layout;
    assert_int_equal(layout->image, notes.board.loader_base);
    assert_string_equal(notes.loader.name[LOADER_READ], "SEGGER_OPEN_Read");
    assert_string_equal(notes.loader.name[LOADER_WRITE], "SEGGER_OPEN_Program");
    assert_true(notes.loader.erases_many);
    program_a_little(&notes); /* the chip is blank: nothing is erased */
    assert_phases(&notes);
    for (unsigned i = 0; i < notes.call_count; i++) {
        assert_true(notes.calls[i].masked);
        assert_int_equal(notes.calls[i].registers[TARGET_SP], layout->stack);
        assert_int_not_equal(notes.calls[i].function, LOADER_SECTOR_ERASE);
        at += at < 4 && notes.calls[i].function == order[at];
    }
    assert_int_equal(at, 4);
    operation_erase(&notes.session, WINDOW + 0x20000, 0x10000, &notes.error);
    assert_int_equal(first_call(&notes, LOADER_SECTOR_ERASE)->registers[1], 2);
    close_notes(&notes);
}

/* Of whole buffers, also where the algorithm has no Read and the window is read in less. */
static void an_algorithm_verifies_what_its_buffer_holds(void **state)
{
    (void)state;
    static const char *const hosts[] = {"probe-rs", "jlink-ofl"};
    for (unsigned i = 0; i < 2; i++) {
        static struct notes notes;
        static const uint8_t bytes[0x10000];
        struct image image;
        open_notes_of(&notes, lifecycle_find(hosts[i]), "full_flm.FLM");
        notes.loader.name[LOADER_READ] = NULL;
        notes.loader.info.page_size = 0x4000;
        assert_true(layout_make(&notes.session.layout, &notes.board, &notes.lifecycle,
                                &notes.loader, &notes.error));
        image_init(&image);
        assert_true(image_add_bytes(&image, "zeros", bytes, sizeof bytes, IMAGE_BIN, true, WINDOW,
                                    &notes.error));
        assert_true(operation_verify(&notes.session, &image, &notes.error));
        unsigned calls = 0;
        for (unsigned j = 0; j < notes.call_count; j++) {
            if (notes.calls[j].function == LOADER_VERIFY) {
                assert_int_equal(notes.calls[j].registers[1], 0x4000);
                calls++;
            }
        }
        assert_int_equal(calls, 4);
        image_release(&image);
        close_notes(&notes);
    }
}

/* Of our own host: the loader waits for twice the part's maximum before it tells. */
static void a_mass_erase_gets_the_time_that_the_part_may_take(void **state)
{
    (void)state;
    static const uint32_t maxima_ms[] = {150000, 1024000, 1152000};
    for (unsigned i = 0; i < 3; i++) {
        static struct notes notes;
        open_notes(&notes, lifecycle_find("native"));
        notes.board.part.chip_erase_max_ms = maxima_ms[i];
        notes.hangs = LOADER_MASS_ERASE;
        assert_false(operation_erase_all(&notes.session, &notes.error));
        assert_int_equal(notes.error.code, ERROR_CALL_TIMEOUT);
        assert_true(notes.now_ns / 1000000 > board_chip_erase_deadline_ms(&notes.board.part));
        close_notes(&notes);
    }
}

/* A DeviceName that is not the file's keeps STM32CubeProgrammer from a mass erase, and nobody else.
 */
static void only_cubeprogrammer_compares_the_names(void **state)
{
    (void)state;
    for (unsigned host = 0; lifecycle_for(FORMAT_STLDR, host) != NULL; host++) {
        static struct notes notes;
        open_notes(&notes, lifecycle_for(FORMAT_STLDR, host));
        snprintf(notes.loader.path, sizeof notes.loader.path, "folder/renamed.stldr");
        bool good = operation_erase_all(&notes.session, &notes.error);
        assert_int_equal(good, lifecycle_for(FORMAT_STLDR, host)->family != FAMILY_CUBEPROGRAMMER);
        if (!good) {
            assert_int_equal(notes.call_count, 0);
            assert_non_null(strstr(notes.error.hint, "stm32n655-s25fl064l.stldr"));
        }
        close_notes(&notes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(every_value_can_be_given),
        cmocka_unit_test(numbers_are_taken_within_their_range),
        cmocka_unit_test(every_value_of_every_option_is_seen_by_the_target),
        cmocka_unit_test(cubeprogrammer_does_as_its_logs_show),
        cmocka_unit_test(openocd_does_as_its_driver),
        cmocka_unit_test(pyocd_does_as_its_source),
        cmocka_unit_test(probe_rs_does_as_its_source),
        cmocka_unit_test(jlink_does_as_its_pages_say),
        cmocka_unit_test(an_algorithm_verifies_what_its_buffer_holds),
        cmocka_unit_test(a_mass_erase_gets_the_time_that_the_part_may_take),
        cmocka_unit_test(only_cubeprogrammer_compares_the_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

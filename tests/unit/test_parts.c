/* SPDX-License-Identifier: MIT */
/*
 * Every row of data/parts is checked; and rows that are broken on purpose are refused.
 */
#include "board/data_files.h"

#include "unit/test_parts_rows.h"
#include "unit/test_parts_tags.h"

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#define TEXT_MAX 16384

static char *read_text(const char *path)
{
    static char text[TEXT_MAX];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    assert_true(size < sizeof text - 1);
    text[size] = '\0';
    fclose(file);
    return text;
}

static void load_rows(struct data_files *files, struct part_file *parts)
{
    struct error error = {0};
    assert_true(data_files_list("parts", files, &error));
    for (unsigned i = 0; i < files->count; i++) {
        char path[DATA_PATH_MAX];
        data_files_path("parts", files->stems[i], path, sizeof path);
        if (!part_load(&parts[i], path, &error)) {
            fail_msg("%s:%d: %s", error.file, error.line, error.detail);
        }
    }
}

static void every_row_holds(void **state)
{
    (void)state;
    static struct data_files files;
    static struct part_file parts[DATA_FILES_MAX];
    load_rows(&files, parts);
    assert_true(files.count >= 18);
    for (unsigned i = 0; i < files.count; i++) {
        char path[DATA_PATH_MAX];
        data_files_path("parts", files.stems[i], path, sizeof path);
        const char *wrong = check_part(&parts[i]);
        wrong = wrong != NULL ? wrong : check_tags(&parts[i], read_text(path));
        if (wrong != NULL) {
            fail_msg("%s: %s", files.stems[i], wrong);
        }
        for (unsigned k = 0; files.stems[i][k] != '\0'; k++) {
            assert_int_equal(files.stems[i][k], tolower(parts[i].part.name[k]));
        }
    }
}

/* Parts that share an ID cannot be told apart by it; none of ours do. */
static void every_id_is_one_part(void **state)
{
    (void)state;
    static struct data_files files;
    static struct part_file parts[DATA_FILES_MAX];
    load_rows(&files, parts);
    for (unsigned i = 0; i < files.count; i++) {
        for (unsigned k = 0; k < i; k++) {
            if (memcmp(parts[i].part.id, parts[k].part.id, 3) == 0) {
                fail_msg("%s and %s have one ID", files.stems[i], files.stems[k]);
            }
        }
    }
}

struct broken {
    const char *stem, *text, *with, *wrong;
};

/* One value of a copy is changed. */
static const struct broken broken[] = {
    {"w25q64jv", "id: \"EF", "id: \"C8", "another vendor's"},
    {"w25q64jv", "vendor: Winbond", "vendor: Nobody", "does not know"},
    {"w25q64jv", "quad_enable: 6", "quad_enable: 1", "enables quad in another way"},
    {"at25ql128a", "quad_enable: 1", "quad_enable: 6", "enables quad in another way"},
    {"mx25l12833f", "quad_enable: 2", "quad_enable: 5", "enables quad in another way"},
    {"mt25ql512abb", "error_scheme: fsr_70_b5b4", "error_scheme: none", "shows or clears errors"},
    {"mt25ql512abb", "clear_status: 0x50", "clear_status: 0x30", "shows or clears errors"},
    {"mt25ql512abb", "volatile_status_50h: no", "volatile_status_50h: yes", "50h cannot"},
    {"is25lp256", "exit_4byte: 0x29", "exit_4byte: 0xE9", "leaves 4-byte addresses"},
    {"is25lp128", "error_scheme: none", "error_scheme: none\nsuspend_status: sr2_35_b7",
     "35h enters QPI"},
    {"w25q64jv", "size: 8M", "size: 12M", "no power of two"},
    {"w25q64jv", "page_size: 256", "page_size: 512", "a size that no part has"},
    {"w25q64jv", "supply_min: 2.7V", "supply_min: 3.6V", "no supply range"},
    {"sst26vf064b", ", edge_to: 32K", "", "does not cover the chip once"},
    {"sst26vf064b", "edge_from: 32K, edge_to: 64K", "edge_from: 32K",
     "does not cover the chip once"},
    {"sst26vf064b", "edge_from: 64K", "edge_from: 128K", "does not cover the chip once"},
    {"sst26vf064b", "edge_from: 64K", "edge_from: 1K", "no multiple of 4K"},
    {"s25fl256l", "address_bytes: 4", "address_bytes: 3", "3 address bytes reach 16 MiB"},
    {"s25fl128l", "address_bytes: 3", "address_bytes: 4", "belong together"},
    {"s25fl256l", "opcode: 0x53", "opcode: 0x5C", "takes 3 address bytes"},
    {"mx25l25645g", "opcode: 0x5C", "opcode: 0x52", "takes 3 address bytes"},
    {"mx25l25645g", "opcode: 0x13", "opcode: 0x03", "takes 3 address bytes"},
    {"w25q512jv", "opcode: 0x6C", "opcode: 0x6B", "takes 3 address bytes"},
    {"w25q512jv", "opcode: 0x34", "opcode: 0x32", "takes 3 address bytes"},
    {"w25q128jv", "opcode: 0xD8", "opcode: 0xDC", "takes 4 address bytes"},
    {"s25fl128l", "opcode_4byte: 0x53", "opcode_4byte: 0x52", "are no pair"},
    {"w25q64jv", "opcode: 0x32", "opcode: 0x38", "38h enters QPI"},
    {"mx25r6435f", "opcode: 0x38", "opcode: 0x32", "has no 32h"},
    {"w25q64jv", "mode_value: 0xFF", "mode_value: 0xA5", "stay in continuous read"},
    {"w25q64jv", "mode_value: 0xFF", "mode_value: 0x22", "stay in continuous read"},
    {"w25q64jv", "lanes: 1-1-4, dummy_clocks: 8", "lanes: 1-1-4, mode_clocks: 8, dummy_clocks: 8",
     "has a mode byte"},
    {"w25q64jv", "max_clock: 133MHz", "max_clock: 100MHz", "a read is faster than the part"},
    {"w25q64jv", "0x03, clock: 50MHz", "0x03, clock: 133MHz", "the slow read is too fast"},
    {"w25q64jv", "typical: 45ms, maximum: 1s", "typical: 45ms, maximum: 40ms", "maximum below"},
    {"w25q64jv", "typical: 150ms", "typical: 1500ms", "slower than its small ones"},
    {"w25q64jv", "typical: 20s", "typical: 200s", "slower than all its blocks"},
    {"w25q64jv", "reset_busy: 120ms", "reset_busy: 20us", "a busy chip resets faster"},
    {"w25q64jv", "maximum: 10ms", "maximum: 3ms", "a limit below"},
    {"w25q64jv", "maximum: 250s", "maximum: 200s", "a limit below"},
    {"mt25ql512abb", "maximum: 512s", "maximum: 460s", "a limit below"},
    {"w25q64jv", "maximum: 6500ms", "maximum: 2s", "a limit below"},
    {"w25q64jv", "register_write: 1500ms", "register_write: 15ms", "a limit below"},
    {"w25q64jv", "from_memory: yes", "from_memory: no", "does not say what the tags say"},
    {"s25fl064l", "from_memory: no", "from_memory: yes", "does not say what the tags say"},
    {"w25q64jv", "supply_min: 2.7V # [memory]", "supply_min: 2.7V", "a value without a source"},
    {"w25q64jv", "supply_min: 2.7V # [memory]", "supply_min: 2.7V # [memory][hearsay]",
     "does not explain"},
    {"w25q64jv", "supply_min: 2.7V # [memory]", "supply_min: 2.7V # [FMF]", "does not explain"},
    {"mt25ql512abb", "quad_enable: 0", "protect_mask_sr2: 0x40\nquad_enable: 0",
     "needs `quad_enable`"},
    {"s25fl064l", "protect_mask_sr2", "suspend_status: sr2_35_b7\nprotect_mask_sr2", "beside an"},
    {"w25q64jv", "latency: 8", "low_power_clock: 33MHz\nlatency: 8", "needs `quad_enable: 2`"},
};

/* The first message about a part file, "" if there is none. */
static void complain(const char *path, char *text, char *message, size_t size)
{
    struct error error = {0};
    struct part_file part;
    message[0] = '\0';
    if (!part_load(&part, path, &error)) {
        snprintf(message, size, "%s", error.detail);
        return;
    }
    const char *wrong = check_part(&part);
    wrong = wrong != NULL ? wrong : check_tags(&part, text);
    snprintf(message, size, "%s", wrong != NULL ? wrong : "");
}

static void broken_rows_are_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        static char copy[TEXT_MAX + 256];
        char path[DATA_PATH_MAX], temporary[] = "/tmp/extload-part-XXXXXX.yaml", message[600];
        data_files_path("parts", broken[i].stem, path, sizeof path);
        const char *text = read_text(path);
        const char *at = strstr(text, broken[i].text);
        if (at == NULL) {
            fail_msg("%s has no `%s`", broken[i].stem, broken[i].text);
        }
        snprintf(copy, sizeof copy, "%.*s%s%s", (int)(at - text), text, broken[i].with,
                 at + strlen(broken[i].text));
        int file = mkstemps(temporary, 5);
        assert_true(file >= 0);
        assert_int_equal(write(file, copy, strlen(copy)), strlen(copy));
        close(file);
        complain(temporary, copy, message, sizeof message);
        unlink(temporary);
        if (strstr(message, broken[i].wrong) == NULL) {
            fail_msg("%s with `%s`: `%s`, not `%s`", broken[i].stem, broken[i].with, message,
                     broken[i].wrong);
        }
    }
}

/* Longer than the loader's deadlines reach: refused, with the place in the file. */
static void times_beyond_a_deadline_are_refused(void **state)
{
    static const struct {
        const char *text, *with;
        bool good;
    } cases[] = {
        {"maximum: 1350us}", "maximum: 1000ms}", true},
        {"maximum: 1350us}", "maximum: 1000001us}", false},
        {"{typical: 448us, maximum: 1350us}", "{typical: 1001ms, maximum: 1001ms}", false},
        {"reset: 100us", "reset: 100us\n  reset_busy: 1000ms", true},
        {"reset: 100us", "reset_busy: 1000001us\n  reset: 100us", false},
        {"maximum: 150s}", "maximum: 2147s}", true},
        {"maximum: 150s}", "maximum: 2148s}", false},
    };
    (void)state;
    char path[DATA_PATH_MAX];
    data_files_path("parts", "s25fl064l", path, sizeof path);
    const char *text = read_text(path);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static char copy[TEXT_MAX + 256];
        struct error error = {0};
        struct part_file part;
        const char *at = strstr(text, cases[i].text);
        assert_non_null(at);
        int size = snprintf(copy, sizeof copy, "%.*s%s%s", (int)(at - text), text, cases[i].with,
                            at + strlen(cases[i].text));
        bool good = part_parse(&part, "part.yaml", (const uint8_t *)copy, (size_t)size, &error);
        if (good != cases[i].good) {
            fail_msg("%s: %s", cases[i].with, error.detail);
        }
        if (!good) {
            int line = 1;
            for (const char *c = text; c < at; c++) {
                line += *c == '\n';
            }
            assert_int_equal(error.code, ERROR_BAD_VALUE);
            assert_string_equal(error.file, "part.yaml");
            assert_int_equal(error.line, line);
            assert_true(error.column > 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_holds),
        cmocka_unit_test(every_id_is_one_part),
        cmocka_unit_test(broken_rows_are_noticed),
        cmocka_unit_test(times_beyond_a_deadline_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

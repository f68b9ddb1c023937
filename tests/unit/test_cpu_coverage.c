/* SPDX-License-Identifier: MIT */
/* EXTLOAD_LOADER_COVERAGE: the map of executed instructions; its form stands in coverage.c. */
#include "test_cpu_rig.h"

#include <stdio.h>
#include <unistd.h>

#define MAGIC "XLDCOV1"

/* CMP r0, #0; IT eq; MOVEQ r1, #1; MOV.W r2, #1; B past the data; a word of data; BKPT; MOVS r3, #1 */
static const uint16_t CODE[10] = {0x2800, 0xBF08, 0x2101, 0xF04F, 0x0201,
                                  0xE001, 0x0000, 0x0000, 0xBE00, 0x2301};
static const char FRESH[] = "iiii-i..ii";
static const char *path;

static void write_map(const char *marks)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(MAGIC, 1, sizeof MAGIC, file), sizeof MAGIC);
    assert_int_equal(fwrite(CODE, 1, sizeof CODE, file), sizeof CODE);
    assert_int_equal(fwrite(marks, 1, strlen(marks), file), strlen(marks));
    assert_int_equal(fclose(file), 0);
}

static void assert_marks(const char *expected)
{
    char marks[sizeof FRESH] = {0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, sizeof MAGIC + sizeof CODE, SEEK_SET), 0);
    assert_int_equal(fread(marks, 1, sizeof FRESH - 1, file), sizeof FRESH - 1);
    fclose(file);
    assert_string_equal(marks, expected);
}

static void run_at(struct rig *rig, uint32_t address, uint32_t r0)
{
    rig_code(rig, address, CODE, sizeof CODE);
    cpu_set(rig->cpu, CPU_PC, address);
    cpu_set(rig->cpu, CPU_R0, r0);
    assert_int_equal(rig_run(rig), CPU_STOP_BKPT);
}

static void an_instruction_counts_if_its_condition_holds(void **state)
{
    (void)state;
    struct rig rig;
    write_map(FRESH);
    rig_open(&rig, CPU_M33, false);
    run_at(&rig, RIG_CODE, 1);
    assert_marks("XXiX-X..Xi");
    run_at(&rig, RIG_CODE, 0);
    assert_marks("XXXX-X..Xi");
    rig_close(&rig);
}

static void the_code_is_found_where_it_lies(void **state)
{
    (void)state;
    struct rig rig;
    write_map(FRESH);
    rig_open(&rig, CPU_M33, false);
    run_at(&rig, RIG_CODE, 1);
    run_at(&rig, RIG_ALIAS + 0x2404, 0);
    assert_marks("XXXX-X..Xi");
    rig_close(&rig);
}

static void data_may_change(void **state)
{
    (void)state;
    struct rig rig;
    write_map(FRESH);
    rig_open(&rig, CPU_M33, false);
    run_at(&rig, RIG_CODE, 1);
    rig_put32(&rig, RIG_CODE + 12, 0x12345678);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    cpu_set(rig.cpu, CPU_R0, 0);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_marks("XXXX-X..Xi");
    rig_close(&rig);
}

/* Another program at the same place, equal but for the last instruction, which is not executed. */
static void other_code_does_not_count(void **state)
{
    (void)state;
    struct rig rig;
    write_map(FRESH);
    rig_open(&rig, CPU_M33, false);
    run_at(&rig, RIG_CODE, 1);
    RIG_CODE_AT(&rig, RIG_CODE + 18, 0x2302);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    cpu_set(rig.cpu, CPU_R0, 0);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R1), 1);
    assert_marks("XXiX-X..Xi");
    rig_close(&rig);
}

static void what_is_no_map_is_refused(void **state)
{
    (void)state;
    struct cpu_bus bus = {0};
    struct sim_clock clock = {0};
    struct error error = {0};
    write_map("iiiii");
    assert_null(cpu_create(&(struct cpu_config){.model = CPU_M33}, &bus, &clock, &error));
    assert_int_equal(error.code, ERROR_FILE_READ);
    write_map(FRESH);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fputc('Y', file);
    fclose(file);
    assert_null(cpu_create(&(struct cpu_config){.model = CPU_M33}, &bus, &clock, &error));
    unlink(path);
    assert_null(cpu_create(&(struct cpu_config){.model = CPU_M33}, &bus, &clock, &error));
}

int main(void)
{
    char name[] = "/tmp/extload-coverage-XXXXXX";
    int file = mkstemp(name);
    if (file < 0) {
        return 1;
    }
    close(file);
    path = name;
    setenv("EXTLOAD_LOADER_COVERAGE", name, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instruction_counts_if_its_condition_holds),
        cmocka_unit_test(the_code_is_found_where_it_lies),
        cmocka_unit_test(data_may_change),
        cmocka_unit_test(other_code_does_not_count),
        cmocka_unit_test(what_is_no_map_is_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(name);
    return failed;
}

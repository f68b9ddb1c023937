/* SPDX-License-Identifier: MIT */
/*
 * Each further part on both boards: erase, program an odd range, verify, read, boot as the ROM does.
 * Once as it comes out of the box, once from the worst that an earlier owner may leave it in. The
 * verdict comes from the cells.
 */
#include "pack/pack.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define STATES_MAX 6
#define MIB16      0x1000000u
#define EDGE       0x1D0000u /* of both ends: where the tests work */

/* The worst states, which may hold together: what has to be left in SPI comes first. */
struct row {
    const char *part, *supply;
    const char *clocks[2]; /* of the two boards */
    const char *worst[2][STATES_MAX];
};

static const struct row rows[] = {
    {"S25FL128L",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"protected", "wrap", "other-latency", "error-latched", "qpi"},
      {"wps-locked", "4-byte", "erase-suspended", "deep-power-down"}}},
    {"S25FL256L",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"protected", "4-byte", "other-latency", "error-latched", "continuous-read"},
      {"wps-locked", "4-byte", "erase-suspended", "qpi", "deep-power-down"}}},
    {"W25Q64JV",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"protected", "quad-disabled", "erase-suspended"},
      {"complement-protected", "wrap", "continuous-read"}}},
    {"W25Q128JV",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"complement-protected", "dual-continuous-read"},
      {"wps-locked", "quad-disabled", "erase-in-progress"}}},
    {"W25Q512JV",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"protected", "extended-address", "4-byte", "4-byte-continuous-read"},
      {"wps-locked", "extended-address", "4-byte", "erase-suspended", "deep-power-down"}}},
    {"GD25Q64",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"protected", "quad-disabled", "erase-suspended"}, {"wrap", "deep-power-down"}}},
    {"GD25Q128",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"protected", "program-suspended"}, {"complement-protected", "continuous-read"}}},
    {"AT25QL128A",
     "1.8V",
     {"50MHz", "100MHz"},
     {{"protected", "quad-disabled", "deep-power-down"},
      {"complement-protected", "wps-locked", "erase-suspended"}}},
    {"MX25L12833F",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"protected", "other-latency", "error-latched", "erase-suspended"},
      {"locked", "wrap", "deep-power-down"}}},
    {"MX25L25645G",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"protected", "4-byte", "other-latency", "qpi-continuous-read"},
      {"locked", "4-byte", "bank", "erase-suspended", "qpi"}}},
    {"MX25R6435F",
     "3.3V",
     {"33MHz", "80MHz"},
     {{"protected", "wrap", "erase-suspended"}, {"protected", "deep-power-down"}}},
    {"IS25LP128",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"protected", "other-latency", "erase-suspended"}, {"wrap", "qpi-continuous-read"}}},
    {"IS25LP256",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"protected", "4-byte", "bank", "other-latency", "qpi"},
      {"4-byte", "erase-in-progress", "wrap"}}},
    {"MT25QL512ABB",
     "3.3V",
     {"50MHz", "90MHz"},
     {{"protected", "bank", "4-byte", "other-latency", "continuous-read"},
      {"locked", "4-byte", "error-latched", "erase-suspended", "dual-protocol"}}},
    {"SST26VF064B",
     "3.3V",
     {"50MHz", "100MHz"},
     {{"wrap", "erase-suspended", "qpi"}, {"program-suspended", "qpi-continuous-read"}}},
};

#define ROWS (sizeof rows / sizeof rows[0])

/* The board file with another part, supply and clock; on the second board small sectors. */
static void write_board(const struct row *row, unsigned index, char *path, size_t size)
{
    char text[4096], line[256];
    size_t used = 0;
    FILE *from = fopen(scenario_boards[index], "r");
    assert_non_null(from);
    while (fgets(line, sizeof line, from) != NULL) {
        if (strncmp(line, "  part:", 7) == 0) {
            snprintf(line, sizeof line, "  part: %s\n", row->part);
        } else if (strncmp(line, "  supply:", 9) == 0) {
            snprintf(line, sizeof line, "  supply: %s\n", row->supply);
        } else if (strncmp(line, "  clock:", 8) == 0) {
            snprintf(line, sizeof line, "  clock: %s\n", row->clocks[index]);
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "%s", line);
    }
    fclose(from);
    snprintf(text + used, sizeof text - used, "\n%s", index == 1 ? "sector_size: 4K\n" : "");
    snprintf(path, size, "/tmp/extload-part-matrix-XXXXXX.yaml");
    int file = mkstemps(path, 5);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
}

struct range {
    uint32_t offset, size;
};

/* Across 16 MiB where the part is larger; else in the middle. And the last page, from an odd byte. */
static void odd_ranges(uint32_t size, struct range ranges[2])
{
    uint32_t middle = size > MIB16 ? MIB16 : size / 2;
    ranges[0] = (struct range){middle - 0x1F3, 0x523};
    ranges[1] = (struct range){size - 0x1FD, 0x1FD};
}

/* Cells that are neither blank nor alike, at both ends and around the middle. */
static void use_cells(struct scenario_rig *rig, const struct range *middle)
{
    uint32_t size = rig->board.part.size;
    const uint32_t starts[] = {0, (middle->offset & ~0xFFFFu) - 0x20000, size - EDGE};
    uint64_t seed = 5;
    for (unsigned i = 0; i < 3; i++) {
        for (uint32_t at = 0; at < EDGE; at += 8) {
            uint64_t word = scenario_random(&seed);
            memcpy(rig->cells + starts[i] + at, &word, sizeof word);
        }
    }
}

static void inherit(struct scenario_rig *rig, const char *const *states)
{
    for (unsigned i = 0; i < STATES_MAX && states[i] != NULL; i++) {
        if (!nor_inherit(sim_nor(rig->sim), sim_clock(rig->sim)->now_ps, states[i])) {
            fail_msg("no state `%s`", states[i]);
        }
    }
}

static void make_image(struct image *image, const struct board *board, const struct range ranges[2])
{
    static uint8_t bytes[0x800];
    struct error error = {0};
    uint64_t seed = 11;
    image_init(image);
    for (unsigned i = 0; i < 2; i++) {
        for (uint32_t k = 0; k < ranges[i].size; k++) {
            bytes[k] = (uint8_t)scenario_random(&seed);
        }
        assert_true(image_add_bytes(image, "random", bytes, ranges[i].size, IMAGE_BIN, true,
                                    board->window + ranges[i].offset, &error));
    }
}

static bool has_erase(const struct board *board, unsigned size_log2)
{
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
        if (board->part.erase[i].size_log2 == size_log2) {
            return true;
        }
    }
    return false;
}

/* The range of erase() needs each size that the part has: with small sectors a 64 KiB block does not
 * fit, with large ones nothing else is needed. */
static void assert_sizes_used(const struct scenario_rig *rig, const struct nor_stats *before)
{
    const struct nor_stats *now = nor_stats(sim_nor(rig->sim));
    bool small = rig->board.sector_size < 0x10000;
    assert_int_equal(now->erases_4k != before->erases_4k, small);
    assert_int_equal(now->erases_8k != before->erases_8k, small && has_erase(&rig->board, 13));
    assert_int_equal(now->erases_32k != before->erases_32k, small && has_erase(&rig->board, 15));
    assert_int_equal(now->erases_64k != before->erases_64k, !small);
}

/* With small sectors the range has bounds that only small erases reach, and room for large ones. An
 * interrupted operation has torn the first block: it goes as a whole. */
static void erase(struct scenario_rig *rig, uint8_t *before, bool torn)
{
    uint32_t sector = rig->board.sector_size, start = torn ? 0 : sector;
    uint32_t size = 0x20000 - sector - start;
    const struct nor_stats stats = *nor_stats(sim_nor(rig->sim));
    size = size == 0 ? sector : size;
    scenario_assert_good(
        rig, operation_erase(&rig->session, rig->board.window + start, size, &rig->error));
    memset(before + start, 0xFF, size);
    assert_memory_equal(rig->cells, before, 0x40000);
    if (!torn) {
        assert_sizes_used(rig, &stats);
    }
}

static void read_back(struct scenario_rig *rig, const struct image *image)
{
    static uint8_t bytes[0x800];
    for (unsigned i = 0; i < image->count; i++) {
        const struct image_segment *segment = &image->segments[i];
        scenario_assert_good(rig, operation_read(&rig->session, "read", segment->address, bytes,
                                                 segment->size, &rig->error));
        assert_memory_equal(bytes, segment->bytes, segment->size);
    }
}

static void run(const struct row *row, unsigned board, bool worst)
{
    char path[64];
    struct scenario_rig rig;
    struct image image;
    struct range ranges[2];
    write_board(row, board, path, sizeof path);
    const struct scenario scenario = {.board = path, .seed = 3};
    scenario_open(&rig, &scenario);
    unlink(path);
    odd_ranges(rig.board.part.size, ranges);
    use_cells(&rig, &ranges[0]);
    if (worst) {
        inherit(&rig, row->worst[board]);
    }
    scenario_assert_good(&rig, session_begin(&rig.session, OPERATION_ERASE, &rig.error));
    /* an interrupted operation has left marks in its block */
    uint8_t *before = malloc(rig.board.part.size);
    assert_non_null(before);
    memcpy(before, rig.cells, rig.board.part.size);
    make_image(&image, &rig.board, ranges);
    erase(&rig, before, worst);
    scenario_assert_good(&rig, scenario_program(&rig, &image));
    scenario_assert_cells(&rig, &image, before);
    scenario_assert_good(&rig, operation_verify(&rig.session, &image, &rig.error));
    read_back(&rig, &image);
    scenario_assert_boots(&rig);
    image_release(&image);
    free(before);
    scenario_close(&rig);
}

static void each_part(bool worst)
{
    const char *only = getenv("PART");
    for (size_t i = 0; i < ROWS; i++) {
        for (unsigned board = 0; board < 2; board++) {
            if (only == NULL || strcmp(only, rows[i].part) == 0) {
                print_message("%s on board %u\n", rows[i].part, board);
                run(&rows[i], board, worst);
            }
        }
    }
}

static bool is_among(const char *name, const char *const *names)
{
    for (unsigned i = 0; i < STATES_MAX && names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* A state alone that is not among the worst: the block that it may have torn is erased and written to,
 * the board boots. False past the last. */
static bool run_state(const struct row *row, const char *board, unsigned index)
{
    struct scenario_rig rig;
    struct image image;
    const struct scenario scenario = {.board = board, .seed = 3 + index};
    scenario_open(&rig, &scenario);
    const char *const states[STATES_MAX] = {nor_inheritable_of(sim_nor(rig.sim), index)};
    if (states[0] != NULL && !is_among(states[0], row->worst[0]) &&
        !is_among(states[0], row->worst[1])) {
        print_message("%s: %s\n", rig.board.part.name, states[0]);
        inherit(&rig, states);
        scenario_make_image(&image, &rig.board, 0x11, 0x211, index);
        scenario_assert_good(&rig,
                             operation_erase(&rig.session, rig.board.window, 0x10000, &rig.error));
        scenario_assert_good(&rig, scenario_program(&rig, &image));
        scenario_assert_cells(&rig, &image, NULL);
        scenario_assert_boots(&rig);
        image_release(&image);
    }
    scenario_close(&rig);
    return states[0] != NULL;
}

static void each_other_state_alone(void **state)
{
    (void)state;
    const char *only = getenv("PART");
    for (size_t i = 0; i < ROWS; i++) {
        char path[64];
        if (only != NULL && strcmp(only, rows[i].part) != 0) {
            continue;
        }
        write_board(&rows[i], 0, path, sizeof path);
        for (unsigned k = 0; run_state(&rows[i], path, k); k++) {
        }
        unlink(path);
    }
}

/* One frame on one line, from an earlier owner. */
static void owner_sends(struct scenario_rig *rig, const uint8_t *bytes, unsigned size)
{
    struct nor *nor = sim_nor(rig->sim);
    uint64_t *now = &sim_clock(rig->sim)->now_ps;
    nor_select(nor, *now += PS_PER_US, PS_PER_US);
    for (unsigned i = 0; i < 8 * size; i++) {
        bool one = (bytes[i / 8] >> (7 - i % 8) & 1) != 0;
        const struct nor_lines in = {.level = (uint8_t)(0x0C | one), .driven = 0x0D};
        nor_clock(nor, *now += PS_PER_US, NOR_EDGE_PERIOD, in);
    }
    nor_deselect(nor, *now += PS_PER_US);
}

/* An earlier owner has made 4-byte addresses the default, for good: no reset leaves them, but the ROM
 * must read by 03h. */
static void long_addresses_for_good(void **state)
{
    (void)state;
    static const struct {
        const char *part;
        uint8_t bytes[4];
        unsigned size;
    } owners[] = {
        {"S25FL128L", {0x01, 0x00, 0x00, 0x62}, 4}, /* CR2 ADP */
        {"S25FL256L", {0x01, 0x00, 0x00, 0x62}, 4},
        {"W25Q512JV", {0x11, 0x62}, 2},          /* SR3 ADP */
        {"IS25LP256", {0x18, 0x80}, 2},          /* bank register */
        {"MT25QL512ABB", {0xB1, 0xFE, 0xFF}, 3}, /* NVCR */
    };
    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++) {
        static const uint8_t enable[] = {0x06}, reset[] = {0x66}, now[] = {0x99};
        char path[64];
        struct scenario_rig rig;
        struct image image;
        struct nor_state chip;
        const struct row *row = rows;
        while (strcmp(row->part, owners[i].part) != 0) {
            row++;
        }
        write_board(row, 0, path, sizeof path);
        const struct scenario scenario = {.board = path, .seed = 8};
        scenario_open(&rig, &scenario);
        unlink(path);
        sim_clock(rig.sim)->now_ps += 10 * PS_PER_MS; /* powered up */
        owner_sends(&rig, enable, 1);
        owner_sends(&rig, owners[i].bytes, owners[i].size);
        sim_clock(rig.sim)->now_ps += 3 * PS_PER_SECOND;
        owner_sends(&rig, reset, 1);
        owner_sends(&rig, now, 1);
        sim_clock(rig.sim)->now_ps += PS_PER_SECOND;
        nor_get_state(sim_nor(rig.sim), sim_clock(rig.sim)->now_ps, &chip);
        print_message("%s\n", row->part);
        assert_int_equal(chip.address_bytes, 4);
        scenario_make_image(&image, &rig.board, 0x11, 0x211, i);
        scenario_assert_good(&rig, scenario_program(&rig, &image));
        scenario_assert_cells(&rig, &image, NULL);
        scenario_assert_boots(&rig);
        image_release(&image);
        scenario_close(&rig);
    }
}

/* Another part than the board file says: named by its ID, touched by nothing, and left in SPI. What is
 * a register to one vendor is the way into QPI to the next. */
static void another_part_is_left_alone(const struct row *row, const struct row *other)
{
    char paths[2][64];
    struct board board, soldered;
    struct target target;
    struct loader_file loader;
    struct session session;
    struct error error = {0};
    const struct session_events events = {0};
    const struct lifecycle *native = lifecycle_find("native");
    size_t size = 0;
    write_board(row, 0, paths[0], sizeof paths[0]);
    write_board(other, 0, paths[1], sizeof paths[1]);
    assert_true(board_load(&board, paths[0], &error) && board_load(&soldered, paths[1], &error));
    unlink(paths[0]);
    unlink(paths[1]);
    uint8_t *bytes = pack_stldr(&board, pack_loader_image(), &size, &error);
    assert_non_null(bytes);
    assert_true(loader_file_parse(&loader, native->view, board.name, bytes, size, &error));
    const struct sim_target_options options = {.link = link_find(native->link), .seed = 1};
    assert_true(sim_target_open(&target, &soldered, &options, &error));
    assert_true(session_open(&session, &target, &board, native, &loader, &events, &error));
    print_message("%s where %s is meant\n", soldered.part.name, board.part.name);
    assert_false(session_begin(&session, OPERATION_WRITE, &error));
    assert_true(session.has_record);
    assert_int_equal(session.record.reason, REASON_FLASH_WRONG_ID);
    assert_int_equal(session.record.detail[0],
                     soldered.part.id[0] | soldered.part.id[1] << 8 | soldered.part.id[2] << 16);
    struct nor_state state;
    struct sim *sim = sim_target_sim(&target);
    nor_get_state(sim_nor(sim), sim_clock(sim)->now_ps, &state);
    assert_false(state.qpi || state.write_enabled || state.busy);
    for (uint32_t i = 0; i < 0x10000; i++) {
        assert_int_equal(sim_target_cells(&target)[i], 0xFF);
    }
    target.ops->close(target.context);
    loader_file_release(&loader);
    free(bytes);
}

static void each_part_for_another(void **state)
{
    (void)state;
    const char *only = getenv("PART");
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = 1; k < ROWS; k += 3) {
            const struct row *other = &rows[(i + k) % ROWS];
            bool wanted = only == NULL || strcmp(only, rows[i].part) == 0;
            if (wanted && strcmp(rows[i].supply, other->supply) == 0) {
                another_part_is_left_alone(&rows[i], other);
            }
        }
    }
}

static void each_part_as_delivered(void **state)
{
    (void)state;
    each_part(false);
}

static void each_part_at_its_worst(void **state)
{
    (void)state;
    each_part(true);
}

/* An argument is the only test to run; $PART the only part. */
int main(int argc, char **argv)
{
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_for_another),   cmocka_unit_test(each_part_as_delivered),
        cmocka_unit_test(each_part_at_its_worst),  cmocka_unit_test(each_other_state_alone),
        cmocka_unit_test(long_addresses_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

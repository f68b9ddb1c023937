/* SPDX-License-Identifier: MIT */
/* Modes of the W25Q family: QPI, continuous read, wrap, power-down, reset, power-up address mode.
 * */
#include "unit/test_w25q_bench.h"

/* 38h needs the quad-enable bit; in QPI all goes over four lines; FFh and 66h 99h leave it. */
static void qpi(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        write_byte(&b, 0x50, 0x31, 0x00);
        op(&b, 0x38);
        assert_false(state_of(&b).qpi);
        enter_quad(&b);
        assert_int_equal(state_of(&b).qpi, sheet->qpi_clocks != 0);
        if (sheet->qpi_clocks != 0) {
            assert_true(answers(&b, sheet));
            assert_int_equal(read_register(&b, 0x15), 0x60); /* shows nothing of it */
            assert_true(programs(&b, 0x1000));
            erase(&b, 0x20, 0x1000);
            wait_idle(&b);
            assert_int_equal(b.array[0x1000], 0xFF);
            b.op_lanes = 1;
            assert_false(answers(&b, sheet));
            b.op_lanes = 4;
            leave_quad(&b);
            assert_true(answers(&b, sheet));
            enter_quad(&b);
            op(&b, 0x66);
            op(&b, 0x99);
            wait_us(&b, 30);
            b.op_lanes = 1;
            assert_true(answers(&b, sheet));
        }
        bench_close(&b);
    }
}

/* Clocks before the data: as the factory left them, and 4, 6, 8 by C0h; mode bits are among them.
 * */
static void qpi_reads(void **state)
{
    (void)state;
    static const struct read_row fast = {0x0B, 3, 4, 4, false, true},
                                 quad_io = {0xEB, 3, 4, 4, true, true};
    FOR_EACH_SHEET(sheet)
    {
        if (sheet->qpi_clocks == 0) {
            continue;
        }
        struct bench b = open_sheet(sheet);
        fill_pattern(&b, 0x100, 16);
        enter_quad(&b);
        for (unsigned code = 0; code < 4; code++) {
            unsigned clocks = code == 0 ? sheet->qpi_clocks : 2 + 2 * code;
            uint8_t got[16], parameters = (uint8_t)(code << 4);
            b.period = 50000;
            write_frame(&b, 0xC0, 0, 0, &parameters, 1);
            array_read(&b, &fast, 0x100, clocks, 0, got, 16);
            assert_memory_equal(got, b.array + 0x100, 16);
            array_read(&b, &quad_io, 0x100, clocks - 2, 0xFF, got, 16);
            assert_memory_equal(got, b.array + 0x100, 16);
            array_read(&b, &fast, 0x100, clocks + 2, 0, got, 15);
            assert_memory_equal(got, b.array + 0x101, 15);
        }
        write_frame(&b, 0xC0, 0, 0, (const uint8_t[]){0x10}, 1);
        for (unsigned good = 0; good < 2; good++) { /* four clocks: 55 MHz */
            uint8_t got[16];
            b.period = PS_PER_SECOND / (good ? 50000000u : 80000000u);
            array_read(&b, &fast, 0x100, 4, 0, got, 16);
            assert_int_equal(memcmp(got, b.array + 0x100, 16) == 0, good);
        }
        bench_close(&b);
    }
}

/* A frame that begins with the address, as after a read with mode Axh. */
static uint8_t opcodeless(struct bench *b, unsigned lanes, unsigned dummy, uint32_t address,
                          uint8_t mode)
{
    cs_low(b);
    put_bits(b, lanes, address, 24);
    put_bits(b, lanes, mode, 8);
    idle_clocks(b, dummy);
    uint8_t got = get_byte(b, lanes);
    cs_high(b);
    return got;
}

static void all_ones(struct bench *b, unsigned clocks)
{
    cs_low(b);
    for (unsigned i = 0; i < clocks; i++) {
        tick(b, NOR_EDGE_PERIOD, (struct nor_lines){0x0F, 0x0F});
    }
    cs_high(b);
}

/* Mode Axh: the next frame has no opcode, until a mode byte ends it. A frame that is cut off before
 * its mode byte ends nothing. */
static void continuous_read(void **state)
{
    (void)state;
    static const struct {
        struct read_row row;
        unsigned dummy, exit_clocks; /* to the end of the mode bits */
    } rows[] = {{{0xEB, 3, 4, 4, true, true}, 4, 8}, {{0xBB, 3, 2, 2, true, true}, 0, 16}};
    FOR_EACH_SHEET(sheet)
    {
        for (unsigned i = 0; i < 2; i++) {
            struct bench b = open_sheet(sheet);
            unsigned lanes = rows[i].row.data_lanes, dummy = rows[i].dummy;
            uint8_t got;
            b.array[0x10] = 0x42;
            b.array[0x20] = 0x24;
            quad_on(&b);
            array_read(&b, &rows[i].row, 0x10, dummy, 0xA5, &got, 1);
            assert_int_equal(got, 0x42);
            assert_true(state_of(&b).continuous_read);
            assert_int_equal(opcodeless(&b, lanes, dummy, 0x20, 0xA0), 0x24);
            assert_false(answers(&b, sheet)); /* its clocks end with another mode byte */
            assert_false(state_of(&b).continuous_read);
            array_read(&b, &rows[i].row, 0x10, dummy, 0xAF, &got, 1);
            assert_int_equal(opcodeless(&b, lanes, dummy, 0x20, 0xA0), 0x24);
            all_ones(&b, rows[i].exit_clocks - 1);
            assert_true(state_of(&b).continuous_read);
            all_ones(&b, rows[i].exit_clocks);
            assert_false(state_of(&b).continuous_read);
            array_read(&b, &rows[i].row, 0x10, dummy, 0xA0, &got, 1);
            assert_int_equal(opcodeless(&b, lanes, dummy, 0x20, 0x00), 0x24);
            assert_true(answers(&b, sheet));
            array_read(&b, &rows[i].row, 0x10, dummy, 0x20, &got, 1); /* M5, M4 alone decide */
            assert_true(state_of(&b).continuous_read);
            bench_close(&b);
        }
    }
}

/* 77h: three bytes that do not count, then W6:W5 the length, W4 = 0 to wrap; quad I/O reads alone
 * obey it, and not in QPI. */
static void wrap(void **state)
{
    (void)state;
    static const struct read_row quad_io = {0xEB, 3, 4, 4, true, true},
                                 quad_out = {0x6B, 3, 1, 4, false, true};
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        fill_pattern(&b, 0x100, 256);
        quad_on(&b);
        for (unsigned code = 0; code < 4; code++) {
            uint32_t length = 8u << code;
            uint8_t got[4];
            cs_low(&b);
            put_op(&b, 0x77);
            put_bits(&b, 4, code << 5, 32);
            cs_high(&b);
            array_read(&b, &quad_io, 0x100 + length - 2, 4, 0, got, 4);
            assert_int_equal(got[1], b.array[0x100 + length - 1]);
            assert_int_equal(got[2], b.array[0x100]);
            array_read(&b, &quad_out, 0x100 + length - 2, 8, 0, got, 4);
            assert_int_equal(got[2], b.array[0x100 + length]);
        }
        uint8_t got[4];
        if (sheet->qpi_clocks != 0) {
            enter_quad(&b);
            array_read(&b, &quad_io, 0x13E, sheet->qpi_clocks - 2, 0, got, 4);
            assert_int_equal(got[2], b.array[0x140]);
            leave_quad(&b);
        }
        soft_reset(&b);
        quad_on(&b);
        array_read(&b, &quad_io, 0x106, 4, 0, got, 4);
        assert_memory_equal(got, b.array + 0x106, 4);
        bench_close(&b);
    }
}

/* Only ABh is heard, 66h 99h are not; then tRES. RESET# is another way out. */
static void deep_power_down(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        op(&b, 0xB9);
        wait_us(&b, 50);
        assert_false(answers(&b, sheet));
        soft_reset(&b);
        assert_false(answers(&b, sheet));
        op(&b, 0xAB);
        assert_false(answers(&b, sheet));
        wait_us(&b, 50);
        assert_true(answers(&b, sheet));
        op(&b, 0xB9);
        wait_us(&b, 50);
        nor_set_reset_pin(b.nor, b.now, false);
        wait_us(&b, 50);
        nor_set_reset_pin(b.nor, b.now, true);
        assert_true(answers(&b, sheet));
        bench_close(&b);
    }
}

/* 99h only right after 66h. It ends what is volatile, and tears an erase. */
static void soft_reset_pair(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        write_volatile(&b, (const uint8_t[]){0x1C}, 1);
        op(&b, 0x06);
        op(&b, 0xB7);
        op(&b, 0x99);
        op(&b, 0x66);
        op(&b, 0x05);
        op(&b, 0x99);
        assert_int_equal(read_register(&b, 0x05), 0x1E);
        op(&b, 0x66);
        op(&b, 0x99);
        assert_false(answers(&b, sheet)); /* tRST */
        wait_us(&b, 30);
        assert_int_equal(read_register(&b, 0x05), 0x00);
        assert_int_equal(state_of(&b).address_bytes, 3);
        memset(b.array, 0x55, 0x10000);
        erase(&b, 0xD8, 0);
        wait_us(&b, sheet->erase_64k_ms * 500);
        op(&b, 0x66);
        op(&b, 0x99);
        wait_us(&b, 12000);
        assert_false(is_busy(&b));
        bool blank = true, old = true;
        for (unsigned i = 0; i < 0x10000; i++) {
            blank = blank && b.array[i] == 0xFF;
            old = old && b.array[i] == 0x55;
        }
        assert_false(blank || old);
        bench_close(&b);
    }
}

/* ADP for good: the chip starts with 4-byte addresses, and SR3 bit 0 says so. */
static void power_up_address_mode(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        write_byte(&b, 0x50, 0x11, 0x62);
        assert_int_equal(read_register(&b, 0x15), 0x60); /* not by a volatile write */
        write_byte(&b, 0x06, 0x11, 0x62);
        wait_idle(&b);
        assert_int_equal(state_of(&b).address_bytes, 3);
        nor_set_power(b.nor, b.now, false);
        nor_set_power(b.nor, b.now, true);
        wait_us(&b, 100);
        assert_false(answers(&b, sheet)); /* still powering up */
        wait_us(&b, POWER_UP_MS * 1000);
        assert_int_equal(read_register(&b, 0x15), sheet->four ? 0x63 : 0x60);
        assert_int_equal(state_of(&b).address_bytes, sheet->four ? 4 : 3);
        op(&b, 0xE9);
        assert_int_equal(state_of(&b).address_bytes, 3);
        bench_close(&b);
    }
}

/* SR3 bit 7: IO3 is RESET# instead of HOLD#, while QE = 0. */
static void reset_pin(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        struct bench b = open_sheet(sheet);
        write_volatile(&b, (const uint8_t[]){0x1C, 0x00}, 2);
        write_byte(&b, 0x06, 0x31, 0x00);
        wait_idle(&b);
        write_byte(&b, 0x50, 0x11, 0xE0);
        b.idle_high = 0x04;
        op(&b, 0x05);
        b.idle_high = 0x0C;
        wait_us(&b, 30);
        assert_int_equal(read_register(&b, 0x05), 0x00);
        assert_int_equal(read_register(&b, 0x15), 0x60);
        bench_close(&b);
    }
}

static bool has(const char *name, const char *part)
{
    return strstr(name, part) != NULL;
}

static bool is(const char *name, const char *other)
{
    return strcmp(name, other) == 0;
}

/* Each state is what its name says. */
static void check_inherited(struct bench *b, const struct sheet *sheet, const char *name)
{
    struct nor_state s = state_of(b);
    uint8_t bp = sheet->bp4 ? 0x3C : 0x1C;
    bool running = has(name, "in-progress");
    bool sets_quad = has(name, "qpi") || has(name, "continuous-read");
    uint8_t quad = is(name, "quad-disabled") ? 0 : sets_quad ? 0x02 : sheet->sr2;
    assert_true(s.powered);
    assert_int_equal(s.qpi, has(name, "qpi"));
    assert_int_equal(s.continuous_read, has(name, "continuous-read"));
    assert_int_equal(s.deep_power_down, has(name, "deep-power-down"));
    assert_int_equal(s.address_bytes, is(name, "4-byte") ? 4 : 3);
    assert_int_equal(s.suspended, has(name, "suspended"));
    assert_int_equal(s.busy, running);
    assert_int_equal(s.write_enabled, running || is(name, "write-enabled"));
    assert_int_equal(s.status1 & bp, !strncmp(name, "protected", 9) ? bp : 0);
    assert_int_equal(s.config1 & 0x40, is(name, "complement-protected") ? 0x40 : 0);
    assert_int_equal(s.config1 & 0x02, quad);
    assert_int_equal(s.config2 & 0x04, is(name, "wps-locked") ? 0x04 : 0);
    assert_int_equal(s.config3 & 0x10, is(name, "wrap") ? 0 : 0x10);
    op(b, 0x99);
    wait_us(b, 1);
    bool deaf = nor_next_event(b->nor, b->now) != PS_NEVER;
    assert_int_equal(deaf, running || is(name, "reset-armed"));
}

/* Those of features that a part lacks are not there. */
static void inherited_states(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        unsigned count = 0, qpi_states = 0, four_states = 0;
        struct bench cells = open_sheet(sheet);
        const struct nor_config config = {.part = sheet->part, .array = cells.array};
        for (const char *name; (name = nor_inheritable(sheet->part, count)) != NULL; count++) {
            struct bench b = bench_with(&config, POWER_UP_MS * PS_PER_MS);
            assert_string_equal(nor_inheritable_of(b.nor, count), name);
            assert_true(nor_inherit(b.nor, b.now, name));
            check_inherited(&b, sheet, name);
            qpi_states += has(name, "qpi");
            four_states += has(name, "4-byte") || has(name, "extended");
            nor_destroy(b.nor);
        }
        bench_close(&cells);
        assert_int_equal(qpi_states, sheet->qpi_clocks != 0 ? 5 : 0);
        assert_int_equal(four_states, sheet->four ? 3 : 0);
        assert_int_equal(count, 16 + qpi_states + four_states);
    }
}

/* In QPI: array data without an opcode; a busy chip does not hear FFh, but 66h 99h; deep power-down
 * ends by ABh on four lines. */
static void inherited_in_qpi(void **state)
{
    (void)state;
    FOR_EACH_SHEET(sheet)
    {
        if (sheet->qpi_clocks == 0) {
            continue;
        }
        struct bench b = open_sheet(sheet);
        b.array[0x20] = 0x24;
        b.period = 50000;
        assert_true(nor_inherit(b.nor, b.now, "qpi-continuous-read"));
        assert_int_equal(opcodeless(&b, 4, sheet->qpi_clocks - 2, 0x20, 0xA0), 0x24);
        all_ones(&b, 8);
        b.op_lanes = 4;
        assert_true(answers(&b, sheet));
        assert_true(nor_inherit(b.nor, b.now, "qpi-erase-in-progress"));
        op(&b, 0xFF);
        assert_true(state_of(&b).qpi);
        op(&b, 0x66);
        op(&b, 0x99);
        wait_us(&b, 12000);
        b.op_lanes = 1;
        assert_true(answers(&b, sheet));
        assert_true(nor_inherit(b.nor, b.now, "qpi-deep-power-down"));
        op(&b, 0xAB);
        assert_true(state_of(&b).deep_power_down);
        b.op_lanes = 4;
        op(&b, 0xAB);
        wait_us(&b, 50);
        assert_true(answers(&b, sheet));
        bench_close(&b);
    }
}

/* What some of them mean at the pins. */
static void inherited_protection(void **state)
{
    (void)state;
    static const char *const names[] = {"protected", "protected-volatile", "complement-protected",
                                        "wps-locked"};
    FOR_EACH_SHEET(sheet)
    {
        for (unsigned i = 0; i < 4; i++) {
            struct bench b = open_sheet(sheet);
            assert_true(nor_inherit(b.nor, b.now, names[i]));
            assert_false(programs(&b, 0));
            assert_false(programs(&b, 0xFFF000));
            soft_reset(&b);
            assert_int_equal(programs(&b, 0), i == 1);
            bench_close(&b);
        }
    }
    struct bench b = open_sheet(sheet_of("W25Q512JV"));
    assert_true(nor_inherit(b.nor, b.now, "extended-address"));
    b.array[0x01000000] = 0x42;
    uint8_t got;
    read_frame(&b, 0x03, 0, 3, 0, &got, 1);
    assert_int_equal(got, 0x42);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qpi),
        cmocka_unit_test(qpi_reads),
        cmocka_unit_test(continuous_read),
        cmocka_unit_test(wrap),
        cmocka_unit_test(deep_power_down),
        cmocka_unit_test(soft_reset_pair),
        cmocka_unit_test(power_up_address_mode),
        cmocka_unit_test(reset_pin),
        cmocka_unit_test(inherited_states),
        cmocka_unit_test(inherited_in_qpi),
        cmocka_unit_test(inherited_protection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Registers, reset, power-down and inherited states of the S25FL064L. */
#include "unit/test_nor_bench.h"

/* Factory values, by opcode and by 65h at both addresses. */
static void factory_registers(void **state)
{
    (void)state;
    static const struct {
        uint8_t opcode;
        uint32_t index;
        uint8_t value;
    } rows[] = {{0x05, 0, 0x00}, {0x35, 2, 0x00}, {0x15, 3, 0x60}, {0x33, 4, 0x78}};
    struct bench b = bench_open();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(read_register(&b, rows[i].opcode), rows[i].value);
        assert_int_equal(read_any(&b, rows[i].index), rows[i].value);
        assert_int_equal(read_any(&b, 0x800000 + rows[i].index), rows[i].value);
    }
    assert_int_equal(read_register(&b, 0x07), 0x00);
    assert_int_equal(read_any(&b, 0x800001), 0x00);
    assert_int_equal(read_any(&b, 0x800005), 0x00);
    bench_close(&b);
}

/* 50h and 01h: volatile at once, WEL stays 0, lost at reset; 50h is used up. */
static void volatile_write(void **state)
{
    (void)state;
    struct bench b = bench_open();
    op(&b, 0x50);
    assert_false(state_of(&b).write_enabled);
    write_frame(&b, 0x01, 0, 0, (const uint8_t[]){0x1C, 0x02, 0xE0, 0x75}, 4);
    assert_int_equal(read_register(&b, 0x05), 0x1C);
    assert_int_equal(read_register(&b, 0x35), 0x02);
    assert_int_equal(read_register(&b, 0x15), 0xE0);
    assert_int_equal(read_register(&b, 0x33), 0x75);
    write_frame(&b, 0x01, 0, 0, (const uint8_t[]){0}, 1);
    assert_int_equal(read_register(&b, 0x05), 0x1C);
    soft_reset(&b);
    assert_int_equal(read_register(&b, 0x05), 0x00);
    assert_int_equal(read_register(&b, 0x35), 0x00);
    assert_int_equal(read_register(&b, 0x15), 0x60);
    assert_int_equal(read_register(&b, 0x33), 0x78);
    bench_close(&b);
}

/* 06h and 01h: both copies, tW 220 ms typical, 1200 ms at most; a 1-byte write leaves CR1 alone. */
static void nonvolatile_write(void **state)
{
    (void)state;
    for (unsigned maximum = 0; maximum < 2; maximum++) {
        struct bench b = bench_make(maximum ? NOR_TIMING_MAXIMUM : NOR_TIMING_TYPICAL, 1, true);
        op(&b, 0x06);
        write_frame(&b, 0x01, 0, 0, (const uint8_t[]){0x04, 0x02}, 2);
        assert_int_equal(read_register(&b, 0x05), 0x03);
        assert_int_equal(read_register(&b, 0x35), 0x00);
        uint64_t left = nor_next_event(b.nor, b.now) - b.now;
        assert_in_range(left, (maximum ? 1199 : 219) * PS_PER_MS,
                        (maximum ? 1200 : 220) * PS_PER_MS);
        b.now += left;
        assert_int_equal(read_register(&b, 0x05), 0x04);
        assert_int_equal(read_register(&b, 0x35), 0x02);
        write_nonvolatile(&b, (const uint8_t[]){0x00}, 1);
        assert_int_equal(read_register(&b, 0x35), 0x02);
        soft_reset(&b);
        assert_int_equal(read_register(&b, 0x35), 0x02);
        assert_int_equal(read_any(&b, 0x000002), 0x02);
        bench_close(&b);
    }
}

/* 01h takes 1 to 4 whole bytes and needs 06h or 50h. */
static void write_registers_frame(void **state)
{
    (void)state;
    static const uint8_t data[5] = {0x1C, 0, 0x60, 0x78, 0};
    struct bench b = bench_open();
    write_frame(&b, 0x01, 0, 0, data, 1);
    assert_false(is_busy(&b));
    for (size_t count = 0; count <= 5; count++) {
        soft_reset(&b);
        op(&b, 0x50);
        write_frame(&b, 0x01, 0, 0, data, count);
        bool taken = count >= 1 && count <= 4;
        assert_int_equal(state_of(&b).status1, taken ? 0x1C : 0x00);
    }
    op(&b, 0x50);
    cs_low(&b);
    put_op(&b, 0x01);
    put_bits(&b, 1, 0, 7);
    cs_high(&b);
    assert_int_equal(state_of(&b).status1, 0x00);
    bench_close(&b);
}

/* 71h needs WEL even for a volatile address, which is written at once; the other takes tW. */
static void write_any_register(void **state)
{
    (void)state;
    struct bench b = bench_open();
    write_frame(&b, 0x71, 0x800004, 3, (const uint8_t[]){0x75}, 1);
    assert_int_equal(read_register(&b, 0x33), 0x78);
    write_any(&b, 0x800004, 0x75);
    assert_false(is_busy(&b));
    assert_int_equal(state_of(&b).config3, 0x75);
    read_frame(&b, 0x65, 0x000004, 3, 5, (uint8_t[1]){0}, 1);
    write_any(&b, 0x000004, 0x76);
    wait_idle(&b);
    assert_int_equal(state_of(&b).config3, 0x76);
    soft_reset(&b);
    assert_int_equal(state_of(&b).config3, 0x76);
    write_any(&b, 0x800001, 0xFF); /* SR2 cannot be written */
    assert_int_equal(state_of(&b).status2, 0);
    bench_close(&b);
}

/* NV bits: ADP sets the address mode at power-on, QPI the protocol, SRP1 and LB stay set. */
static void nonvolatile_defaults(void **state)
{
    (void)state;
    struct bench b = bench_open();
    write_any(&b, 0x000003, 0x6A); /* QPI, ADP */
    wait_idle(&b);
    assert_int_equal(state_of(&b).address_bytes, 3);
    nor_set_power(b.nor, b.now, false);
    nor_set_power(b.nor, b.now, true);
    wait_us(&b, 300);
    assert_true(state_of(&b).qpi);
    assert_int_equal(state_of(&b).address_bytes, 4);
    b.op_lanes = 4;
    assert_id(&b);
    op(&b, 0xF5);
    wait_us(&b, 1);
    assert_false(state_of(&b).qpi);
    b.op_lanes = 1;
    soft_reset(&b); /* back in QPI */
    assert_true(state_of(&b).qpi);
    bench_close(&b);
}

/* 66h and 99h are ignored while a non-volatile register write runs; so is RESET#. */
static void register_write_is_immune(void **state)
{
    (void)state;
    struct bench b = bench_open();
    op(&b, 0x06);
    write_frame(&b, 0x01, 0, 0, (const uint8_t[]){0x1C}, 1);
    soft_reset(&b);
    assert_true(is_busy(&b));
    nor_set_reset_pin(b.nor, b.now, false);
    nor_set_reset_pin(b.nor, b.now, true);
    assert_true(is_busy(&b));
    assert_int_equal(read_register(&b, 0x05), 0x03);
    wait_idle(&b);
    assert_int_equal(read_register(&b, 0x05), 0x1C);
    bench_close(&b);
}

/* A power cut in it leaves the old, the new or the factory value. */
static void register_write_torn(void **state)
{
    (void)state;
    unsigned seen_old = 0, seen_new = 0, seen_factory = 0;
    for (uint64_t seed = 0; seed < 32; seed++) {
        struct bench b = bench_make(NOR_TIMING_TYPICAL, seed * 977 + 1, true);
        write_any(&b, 0x000004, 0x76);
        wait_idle(&b);
        op(&b, 0x06);
        cs_low(&b);
        put_op(&b, 0x71);
        put_bits(&b, 1, 0x000004, 24);
        put_bits(&b, 1, 0x75, 8);
        cs_high(&b);
        wait_us(&b, 1000);
        nor_set_power(b.nor, b.now, false);
        nor_set_power(b.nor, b.now, true);
        wait_us(&b, 300);
        uint8_t value = state_of(&b).config3;
        seen_old += value == 0x76;
        seen_new += value == 0x75;
        seen_factory += value == 0x78;
        bench_close(&b);
    }
    assert_int_equal(seen_old + seen_new + seen_factory, 32);
    assert_true(seen_old > 0 && seen_new > 0 && seen_factory > 0);
}

/* 99h works only in the frame after 66h; any frame between disarms. */
static void reset_needs_arming(void **state)
{
    (void)state;
    static const uint8_t between[] = {0x99, 0x06, 0x05, 0x9F, 0xFF};
    struct bench b = bench_open();
    op(&b, 0xB7);
    op(&b, 0x99);
    assert_int_equal(state_of(&b).address_bytes, 4);
    for (size_t i = 1; i < sizeof(between); i++) {
        op(&b, 0x66);
        op(&b, between[i]);
        op(&b, 0x99);
        wait_us(&b, 100);
        assert_int_equal(state_of(&b).address_bytes, 4);
    }
    op(&b, 0x66);
    op(&b, 0x66);
    op(&b, 0x99);
    wait_us(&b, 100);
    assert_int_equal(state_of(&b).address_bytes, 3);
    enter_qpi(&b);
    op(&b, 0x66);
    op(&b, 0x99);
    wait_us(&b, 100);
    b.op_lanes = 1;
    assert_id(&b);
    bench_close(&b);
}

/* In deep power-down only ABh is heard; 66h 99h are not; tRES 5 us. */
static void deep_power_down(void **state)
{
    (void)state;
    struct bench b = bench_open();
    uint8_t id[3];
    op(&b, 0xB9);
    assert_true(state_of(&b).deep_power_down);
    wait_us(&b, 3);
    read_frame(&b, 0x9F, 0, 0, 0, id, 3);
    assert_int_equal(b.driven, 0);
    op(&b, 0x66);
    op(&b, 0x99);
    wait_us(&b, 100);
    assert_true(state_of(&b).deep_power_down);
    op(&b, 0xAB);
    assert_false(state_of(&b).deep_power_down);
    read_frame(&b, 0x9F, 0, 0, 0, id, 3);
    assert_int_equal(b.driven, 0);
    wait_us(&b, 5);
    assert_id(&b);
    op(&b, 0xB9);
    wait_us(&b, 3);
    read_frame(&b, 0xAB, 0, 0, 24, id, 2); /* reads the ID and wakes */
    assert_memory_equal(id, ((uint8_t[]){0x60, 0x17}), 2);
    wait_us(&b, 5);
    assert_id(&b);
    bench_close(&b);
}

/* Each state is what its name says. */
static void inherited_states(void **state)
{
    (void)state;
    for (unsigned i = 0; nor_inheritable("S25FL064L", i) != NULL; i++) {
        const char *name = nor_inheritable("S25FL064L", i);
        struct bench b = bench_make(NOR_TIMING_TYPICAL, 1, false);
        assert_true(nor_inherit(b.nor, b.now, name));
        struct nor_state s = state_of(&b);
        bool running = strstr(name, "in-progress") != NULL;
        bool suspended = strstr(name, "suspended") != NULL;
        assert_true(s.powered);
        assert_int_equal(s.qpi, strcmp(name, "qpi") == 0);
        assert_int_equal(s.continuous_read, strcmp(name, "continuous-read") == 0);
        assert_int_equal(s.deep_power_down, strcmp(name, "deep-power-down") == 0);
        assert_int_equal(s.address_bytes, strcmp(name, "4-byte") == 0 ? 4 : 3);
        assert_int_equal(s.suspended, suspended);
        assert_int_equal(s.busy, running || strcmp(name, "error-latched") == 0);
        assert_int_equal(s.write_enabled, s.busy || strcmp(name, "write-enabled") == 0);
        assert_int_equal(s.status1 & 0x1C, strcmp(name, "protected") == 0 ? 0x1C : 0);
        assert_int_equal(s.status2 & 0x20, strcmp(name, "error-latched") == 0 ? 0x20 : 0);
        assert_int_equal(s.config3 & 0x0F, strcmp(name, "other-latency") == 0 ? 5 : 8);
        assert_int_equal(s.config3 & 0x10, strcmp(name, "wrap") == 0 ? 0 : 0x10);
        assert_int_equal(s.config2 & 0x04, strcmp(name, "wps-locked") == 0 ? 4 : 0);
        op(&b, 0x99);
        wait_us(&b, 1);
        assert_int_equal(nor_next_event(b.nor, b.now) != PS_NEVER,
                         running || strcmp(name, "reset-armed") == 0);
        bench_close(&b);
    }
    struct bench b = bench_open();
    assert_int_equal(nor_inherit(b.nor, b.now, "on fire"), false);
    bench_close(&b);
}

/* A suspended operation that was inherited can be resumed and ends. */
static void inherited_suspend_resumes(void **state)
{
    (void)state;
    struct bench b = bench_open();
    assert_true(nor_inherit(b.nor, b.now, "erase-suspended"));
    assert_int_equal(read_register(&b, 0x07), 0x02);
    memset(b.array, 0, 65536);
    op(&b, 0x7A);
    wait_idle(&b);
    assert_int_equal(b.array[65535], 0xFF);
    assert_true(nor_inherit(b.nor, b.now, "program-suspended"));
    assert_int_equal(read_register(&b, 0x07), 0x01);
    op(&b, 0x7A);
    wait_idle(&b);
    assert_int_equal(b.array[255], 0x00);
    assert_int_equal(b.array[256], 0xFF);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factory_registers),        cmocka_unit_test(volatile_write),
        cmocka_unit_test(nonvolatile_write),        cmocka_unit_test(write_registers_frame),
        cmocka_unit_test(write_any_register),       cmocka_unit_test(nonvolatile_defaults),
        cmocka_unit_test(register_write_is_immune), cmocka_unit_test(register_write_torn),
        cmocka_unit_test(reset_needs_arming),       cmocka_unit_test(deep_power_down),
        cmocka_unit_test(inherited_states),         cmocka_unit_test(inherited_suspend_resumes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

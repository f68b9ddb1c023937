/* SPDX-License-Identifier: MIT */
/* Macronix' MX25L and MX25R and ISSI's IS25LP: protection, suspension, resets, inherited states. */
#include "unit/test_mx25_bench.h"

/* BP3:0 = n protects 2^(n-1) blocks of 64 KiB at the top. What is refused: WIP never rises, WEL is
 * gone; a chip erase too. */
static void protection(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        uint32_t top = p->mib * MIB - 65536;
        uint8_t program = p->four_byte ? 0x12 : 0x02, erase64 = p->four_byte ? 0xDC : 0xD8;
        unsigned bytes = p->four_byte ? 4 : 3;
        write_register_byte(&b, 0x01, 0x04);
        assert_false(takes_program(&b, program, top, bytes));
        assert_int_equal(read_register(&b, 0x05), 0x04);
        assert_int_equal(b.array[top], 0xFF);
        assert_true(takes_program(&b, program, top - 256, bytes));
        op(&b, 0x06);
        op_address(&b, erase64, top, bytes);
        assert_int_equal(read_register(&b, 0x05), 0x04);
        op(&b, 0x06);
        op(&b, 0xC7);
        assert_int_equal(read_register(&b, 0x05), 0x04);
        write_register_byte(&b, 0x01, 0x08);
        assert_false(takes_program(&b, program, top - 65536, bytes));
        write_register_byte(&b, 0x01, 0x3C);
        assert_false(takes_program(&b, program, 0, bytes));
        power_cycle(&b);
        assert_int_equal(read_register(&b, 0x05), 0x3C);
        write_register_byte(&b, 0x01, 0x00);
        assert_true(takes_program(&b, program, top, bytes));
        bench_close(&b);
    }
}

/* SRWD with WP# (IO2) low: 01h is not heard. */
static void hardware_protection(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        write_register_byte(&b, 0x01, 0x80);
        b.idle_high = 0x08;
        write_register_byte(&b, 0x01, 0x00);
        assert_int_equal(read_register(&b, 0x05) & 0x80, 0x80);
        b.idle_high = 0x0C;
        write_register_byte(&b, 0x01, 0x00);
        assert_int_equal(read_register(&b, 0x05), 0);
        bench_close(&b);
    }
}

/* B0h and 30h suspend and resume; 30h is no clear of errors, as it is elsewhere. ISSI also 75h and
 * 7Ah. */
static void suspend(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        for (unsigned pass = 0; pass < (p->issi ? 2u : 1u); pass++) {
            struct bench b = open_part(p);
            uint8_t byte, bits = p->issi ? 0x48 : 0x2B;
            memset(b.array + 0x20000, 0x12, 2);
            op(&b, 0x06);
            op_address(&b, 0xD8, 0, 3);
            wait_us(&b, 1000);
            op(&b, pass == 0 ? 0xB0 : 0x75);
            assert_true(is_busy(&b));
            wait_us(&b, 56);
            assert_int_equal(read_register(&b, 0x05) & WIP, 0);
            assert_int_equal(read_register(&b, bits) & 0x08, 0x08);
            read_frame(&b, 0x03, 0x20001, 3, 0, &byte, 1);
            assert_int_equal(byte, 0x12);
            assert_false(takes_program(&b, 0x02, 0x100, 3)); /* in what is suspended */
            assert_true(takes_program(&b, 0x02, 0x20001, 3));
            op(&b, pass == 0 ? 0x30 : 0x7A);
            assert_true(is_busy(&b));
            wait_idle(&b);
            assert_int_equal(read_register(&b, bits) & 0x08, 0);
            uint8_t before = error_register(&b, p);
            op(&b, 0x30);
            assert_int_equal(error_register(&b, p), before);
            bench_close(&b);
        }
    }
}

/* Program and page suspend: bit 2. */
static void suspend_program(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        static const uint8_t page[256];
        op(&b, 0x06);
        write_frame(&b, 0x02, 0, 3, page, 256);
        op(&b, 0xB0);
        wait_us(&b, 60);
        assert_false(is_busy(&b));
        assert_int_equal(read_register(&b, p->issi ? 0x48 : 0x2B) & 0x0C, 0x04);
        op(&b, 0x30);
        wait_idle(&b);
        assert_int_equal(b.array[255], 0);
        bench_close(&b);
    }
}

/* Only ABh is heard. */
static void deep_power_down(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        op(&b, 0xB9);
        wait_us(&b, 20);
        assert_false(has_id(&b, 0x9F, p->id, 3));
        reset_chip(&b);
        assert_false(has_id(&b, 0x9F, p->id, 3));
        op(&b, 0xAB);
        wait_us(&b, 50);
        assert_true(has_id(&b, 0x9F, p->id, 3));
        bench_close(&b);
    }
}

/* 99h right after 66h. A register write goes on to its end; after a cut erase the chip is deaf for
 * 100 ms and some cells are neither old nor new. */
static void reset(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        op(&b, 0x06);
        op(&b, 0x66);
        op(&b, 0x04);
        op(&b, 0x06);
        op(&b, 0x99);
        assert_int_equal(read_register(&b, 0x05), WEL);
        reset_chip(&b);
        assert_int_equal(read_register(&b, 0x05), 0);
        op(&b, 0x06);
        write_frame(&b, 0x01, 0, 0, (const uint8_t[]){0x44}, 1); /* typically 10 ms */
        wait_us(&b, 1000);
        reset_chip(&b);
        assert_false(has_id(&b, 0x9F, p->id, 3));
        wait_us(&b, 9000);
        assert_int_equal(read_register(&b, 0x05), 0x44);
        memset(b.array, 0x5A, 4096);
        op(&b, 0x06);
        op_address(&b, 0x20, 0, 3);
        wait_us(&b, 15000);
        reset_chip(&b);
        wait_us(&b, 99000);
        assert_false(has_id(&b, 0x9F, p->id, 3));
        wait_us(&b, 1000);
        assert_true(has_id(&b, 0x9F, p->id, 3));
        bench_close(&b);
    }
}

/* While busy nothing but status, error register, suspend and reset. */
static void busy(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        op(&b, 0x06);
        op_address(&b, 0xD8, 0, 3);
        assert_int_equal(read_register(&b, 0x05), WIP | WEL);
        assert_false(has_id(&b, 0x9F, p->id, 3));
        assert_true(error_register(&b, p) != 0xFF);
        op_address(&b, 0x20, 0x20000, 3);
        op(&b, 0xB9);
        assert_false(state_of(&b).deep_power_down);
        wait_idle(&b);
        assert_int_equal(nor_stats(b.nor)->erases_4k, 0);
        bench_close(&b);
    }
}

/* For 800 us after power-up nothing is heard. */
static void power_up(void **state)
{
    (void)state;
    FOR_EACH_PART(p)
    {
        struct bench b = open_part(p);
        nor_set_power(b.nor, b.now, false);
        nor_set_power(b.nor, b.now, true);
        wait_us(&b, 790);
        assert_false(has_id(&b, 0x9F, p->id, 3));
        wait_us(&b, 10);
        assert_true(has_id(&b, 0x9F, p->id, 3));
        bench_close(&b);
    }
}

static bool answers_9f(struct bench *b)
{
    uint8_t id[3];
    read_frame(b, 0x9F, 0, 0, 0, id, 3);
    return id[0] == 0xC2 || id[0] == 0x9D;
}

static void inheritable(void **state)
{
    (void)state;
    static const char *const names[] = {
        "qpi",
        "qpi-continuous-read",
        "continuous-read",
        "deep-power-down",
        "4-byte",
        "bank",
        "write-enabled",
        "erase-in-progress",
        "program-in-progress",
        "erase-suspended",
        "program-suspended",
        "protected",
        "locked",
        "error-latched",
        "other-latency",
        "wrap",
        "nv-write-in-progress",
        "reset-armed",
        "quad-enabled",
    };
    FOR_EACH_PART(p)
    {
        const char *want[sizeof(names) / sizeof(names[0]) + 1] = {NULL};
        unsigned count = 0;
        for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            bool is_qpi = strncmp(names[i], "qpi", 3) == 0;
            bool is_four = strcmp(names[i], "4-byte") == 0 || strcmp(names[i], "bank") == 0;
            bool is_locked = strcmp(names[i], "locked") == 0;
            bool locks = strncmp(p->name, "MX25L", 5) == 0;
            if ((!is_qpi || p->qpi) && (!is_four || p->four_byte) && (!is_locked || locks)) {
                want[count++] = names[i];
            }
        }
        check_inheritable(p->name, want, answers_9f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(protection),
        cmocka_unit_test(hardware_protection),
        cmocka_unit_test(suspend),
        cmocka_unit_test(suspend_program),
        cmocka_unit_test(deep_power_down),
        cmocka_unit_test(reset),
        cmocka_unit_test(busy),
        cmocka_unit_test(inheritable),
        cmocka_unit_test(power_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

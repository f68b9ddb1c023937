/* SPDX-License-Identifier: MIT */
/*
 * Macronix octal parts in 8S-8S-8S and 8D-8D-8D. Sources as in src/sim/nor/mx_octal.c; that pairs
 * are swapped: bit 31 of DW18 of the MX66UW1G45G's SFDP.
 */
#include "unit/test_mx_octal_bench.h"

static void fill(struct octal *o, uint32_t address, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        o->array[address + i] = (uint8_t)(0x35 + 0x4D * i + (i >> 8));
    }
}

/* WREN; 72h with address 0 and 01h or 02h; from there on only frames of that width are heard. */
static void entry(void **state)
{
    (void)state;
    for (enum width width = W8S; width <= W8D; width++) {
        struct octal o = octal_open();
        out_frame(&o, 0x72, 4, 0, (const uint8_t[]){2}, 1);
        assert_false(look(&o).octal); /* no WEL */
        enter(&o, width);
        assert_true(look(&o).octal);
        assert_int_equal(look(&o).octal_dtr, width == W8D);
        assert_false(look(&o).write_enabled);
        for (enum width tried = W1; tried <= W8D; tried++) {
            o.width = tried;
            assert_int_equal(answers(&o), tried == width);
        }
        octal_close(&o);
    }
}

/* 03h and 13h on one line, as a boot ROM reads: nothing comes. */
static void boot_is_lost(void **state)
{
    (void)state;
    for (enum width width = W8S; width <= W8D; width++) {
        struct octal o = octal_open();
        uint8_t data[16];
        fill(&o, 0, 16);
        enter(&o, width);
        o.width = W1;
        for (unsigned i = 0; i < 2; i++) {
            in_frame(&o, i == 0 ? 0x03 : 0x13, i == 0 ? 3 : 4, 0, 0, data, 16);
            assert_memory_not_equal(data, o.array, 16);
            assert_int_equal(o.driven, 0);
        }
        octal_close(&o);
    }
}

/* The second opcode byte is the inverse of the first; with any other the frame is not heard. */
static void wrong_extension(void **state)
{
    (void)state;
    for (enum width width = W8S; width <= W8D; width++) {
        struct octal o = octal_open();
        enter(&o, width);
        for (unsigned second = 0; second < 256; second++) {
            low(&o);
            send(&o, 0x06);
            send(&o, (uint8_t)second);
            high(&o);
            assert_int_equal(look(&o).write_enabled, second == 0xF9);
            command(&o, 0x04);
        }
        octal_close(&o);
    }
}

/* STR: A B C. DTR: A A B B C C after 5 dummy clocks. A status comes again and again, so any number
 * of dummy clocks from 4 on reads it. */
static void register_reads(void **state)
{
    (void)state;
    struct octal o = octal_open();
    uint8_t id[6];
    enter(&o, W8S);
    in_frame(&o, 0x9F, 4, 0, 4, id, 3);
    assert_memory_equal(id, ((uint8_t[]){0xC2, 0x81, 0x3B}), 3);
    enter(&o, W8D);
    in_frame(&o, 0x9F, 4, 0, 5, id, 6);
    assert_memory_equal(id, ((uint8_t[]){0xC2, 0xC2, 0x81, 0x81, 0x3B, 0x3B}), 6);
    in_frame(&o, 0x9F, 4, 0, 8, id, 6); /* three clocks later: the same again */
    assert_memory_equal(id, ((uint8_t[]){0xC2, 0xC2, 0x81, 0x81, 0x3B, 0x3B}), 6);
    command(&o, 0x06);
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned dummy = 0; dummy < 32; dummy++) {
            uint8_t value[2];
            in_frame(&o, 0x05, 4, 0, dummy, value, 2);
            assert_int_equal(value[0], dummy < 4 ? 0 : SR_WEL);
            assert_int_equal(value[1], dummy < (o.width == W8D ? 4 : 3) ? 0 : SR_WEL);
        }
        enter(&o, W8S);
        command(&o, 0x06);
    }
    octal_close(&o);
}

/* CR2: 000h protocol, 200h DQS, 300h dummy code; volatile; other addresses have no register. */
static void configuration(void **state)
{
    (void)state;
    struct octal o = octal_open();
    assert_int_equal(read_cr2(&o, 0x300), 0);
    write_cr2(&o, 0x300, 5);
    assert_int_equal(read_cr2(&o, 0x300), 5);
    write_cr2(&o, 0x100, 1);
    assert_int_equal(read_cr2(&o, 0x100), 0);
    assert_true(look(&o).write_enabled); /* refused */
    write_cr2(&o, 0, 3);
    assert_false(look(&o).octal);
    assert_false(nor_strobes(o.nor));
    enter(&o, W8S);
    assert_int_equal(read_cr2(&o, 0), 1);
    assert_false(nor_strobes(o.nor));
    write_cr2(&o, 0x200, 2);
    assert_true(nor_strobes(o.nor));
    enter(&o, W8D);
    assert_int_equal(read_cr2(&o, 0), 2);
    assert_int_equal(read_cr2(&o, 0x300), 5);
    assert_true(nor_strobes(o.nor));
    out_frame(&o, 0x06, 0, 0, NULL, 0);
    out_frame(&o, 0x72, 4, 0, (const uint8_t[]){0}, 1); /* half a clock */
    assert_true(look(&o).octal_dtr);
    write_cr2(&o, 0, 0);
    o.width = W1;
    assert_true(answers(&o));
    octal_close(&o);
}

/* ECh (STR) and EEh (DTR): codes 0 to 7 mean 20, 18, ... 6 dummy clocks; with another number data
 * come early or late, by one byte a clock in STR and two in DTR. */
static void dummy_codes(void **state)
{
    (void)state;
    struct octal o = octal_open();
    uint8_t data[8];
    fill(&o, 0x1000, 256);
    o.period = 20000; /* 50 MHz: enough for every code */
    for (enum width width = W8S; width <= W8D; width++) {
        unsigned each = width == W8D ? 2 : 1;
        uint8_t opcode = width == W8D ? 0xEE : 0xEC;
        enter(&o, width);
        for (unsigned code = 0; code < 8; code++) {
            unsigned clocks = 20 - 2 * code;
            write_cr2(&o, 0x300, (uint8_t)code);
            for (unsigned late = 0; late < 4; late++) {
                in_frame(&o, opcode, 4, 0x1000, clocks + late, data, 8);
                for (unsigned i = 0; i < 8; i++) {
                    assert_int_equal(data[i],
                                     o.array[0x1000 + ((i + each * late) ^ (width == W8D))]);
                }
            }
            in_frame(&o, opcode, 4, 0x1000, clocks - 1, data, 8);
            assert_int_equal(data[0], 0); /* undriven */
        }
    }
    octal_close(&o);
}

/* A read faster than the dummy code allows is corrupt. */
static void clock_limits(void **state)
{
    (void)state;
    static const struct {
        unsigned code;
        uint64_t period;
        bool good;
    } cases[] = {{0, 5000, true}, {0, 4800, false}, {7, 15200, true}, {7, 14000, false}};
    for (unsigned i = 0; i < 4; i++) {
        struct octal o = octal_open();
        uint8_t data[256];
        enter(&o, W8S);
        write_cr2(&o, 0x300, (uint8_t)cases[i].code);
        o.period = cases[i].period;
        in_frame(&o, 0xEC, 4, 0x1000, 20 - 2 * cases[i].code, data, 256);
        assert_int_equal(memcmp(data, o.array + 0x1000, 256) == 0, cases[i].good);
        octal_close(&o);
    }
}

/* What was programmed on one line reads pair-swapped in 8D and the other way round; not in 8S. Bit
 * 0 of an address in 8D does not count. */
static void byte_order(void **state)
{
    (void)state;
    static const uint8_t page[6] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66};
    struct octal o = octal_open();
    uint8_t data[6];
    command(&o, 0x06);
    out_frame(&o, 0x12, 4, 0x3000, page, 6);
    busy_for(&o);
    assert_memory_equal(o.array + 0x3000, page, 6);
    enter(&o, W8D);
    for (uint32_t odd = 0; odd < 2; odd++) {
        in_frame(&o, 0xEE, 4, 0x3000 + odd, 20, data, 6);
        assert_memory_equal(data, ((uint8_t[]){0x22, 0x11, 0x44, 0x33, 0x66, 0x55}), 6);
    }
    command(&o, 0x06);
    out_frame(&o, 0x12, 4, 0x4001, page, 6);
    busy_for(&o);
    assert_memory_equal(o.array + 0x4000, ((uint8_t[]){0x22, 0x11, 0x44, 0x33, 0x66, 0x55, 0xFF}),
                        7);
    in_frame(&o, 0xEE, 4, 0x4000, 20, data, 6);
    assert_memory_equal(data, page, 6);
    write_cr2(&o, 0, 1);
    o.width = W8S;
    in_frame(&o, 0xEC, 4, 0x3000, 20, data, 6);
    assert_memory_equal(data, page, 6);
    octal_close(&o);
}

/* RDSFDP in the octal protocols: 5AA5h, 4 address bytes, 20 dummy clocks. In 8D its pairs are
 * swapped too: "FSPD". */
static void sfdp(void **state)
{
    (void)state;
    struct octal o = octal_open();
    uint8_t data[4];
    enter(&o, W8S);
    in_frame(&o, 0x5A, 4, 0, 20, data, 4);
    assert_memory_equal(data, "SFDP", 4);
    enter(&o, W8D);
    in_frame(&o, 0x5A, 4, 0, 20, data, 4);
    assert_memory_equal(data, "FSPD", 4);
    octal_close(&o);
}

/* 12EDh programs, an odd number of bytes in 8D is void and leaves WEL; 21DEh and DC23h erase, 609Fh
 * and C738h everything. */
static void program_and_erase(void **state)
{
    (void)state;
    uint8_t page[256];
    memset(page, 0xA5, sizeof(page));
    for (enum width width = W8S; width <= W8D; width++) {
        struct octal o = octal_open();
        enter(&o, width);
        command(&o, 0x06);
        out_frame(&o, 0x12, 4, 0x5000, page, 3);
        assert_int_equal(look(&o).busy, width == W8S);
        if (width == W8S) {
            busy_for(&o);
            command(&o, 0x06);
        }
        assert_int_equal(sr(&o), SR_WEL);
        out_frame(&o, 0x12, 4, 0x5100, page, 256);
        assert_int_equal(sr(&o), SR_WEL | SR_WIP);
        busy_for(&o);
        assert_memory_equal(o.array + 0x5100, page, 256);
        command(&o, 0x06);
        out_frame(&o, 0x21, 4, 0x5FFF, NULL, 0);
        assert_true(busy_for(&o) > 24 * PS_PER_MS);
        assert_int_equal(o.array[0x5100], 0xFF);
        o.array[0x6000] = 0;
        command(&o, 0x06);
        out_frame(&o, 0xDC, 4, 0, NULL, 0);
        assert_true(busy_for(&o) > 255 * PS_PER_MS);
        assert_int_equal(o.array[0x6000], 0xFF);
        command(&o, 0x06);
        command(&o, width == W8S ? 0x60 : 0xC7);
        busy_for(&o);
        assert_int_equal(nor_stats(o.nor)->erases_chip, 1);
        octal_close(&o);
    }
}

/* WRSR in the octal protocols: address 0 is SR, address 1 is CR [memory]. */
static void register_writes(void **state)
{
    (void)state;
    for (enum width width = W8S; width <= W8D; width++) {
        struct octal o = octal_open();
        size_t count = width == W8D ? 2 : 1;
        enter(&o, width);
        command(&o, 0x06);
        out_frame(&o, 0x01, 4, 0, (const uint8_t[]){0x08, 0x08}, count);
        busy_for(&o);
        assert_int_equal(sr(&o), 0x08);
        assert_int_equal(status_by(&o, 0x15), 0x07);
        command(&o, 0x06);
        out_frame(&o, 0x01, 4, 1, (const uint8_t[]){0x06, 0x06}, count);
        busy_for(&o);
        assert_int_equal(sr(&o), 0x08);
        assert_int_equal(status_by(&o, 0x15), 0x06);
        command(&o, 0x06);
        out_frame(&o, 0x01, 4, 2, (const uint8_t[]){0, 0}, count);
        assert_false(look(&o).busy);
        octal_close(&o);
    }
}

/* 66h 99h is heard in the chip's own width only, wherever the two come from. */
static void reset_in_every_width(void **state)
{
    (void)state;
    for (enum width chip = W1; chip <= W8D; chip++) {
        for (enum width host = W1; host <= W8D; host++) {
            struct octal o = octal_open();
            if (chip != W1) {
                enter(&o, chip);
            }
            command(&o, 0x06);
            o.width = host;
            soft_reset(&o);
            pass_us(&o, 40);
            o.width = chip;
            assert_int_equal(look(&o).write_enabled, host != chip);
            assert_int_equal(look(&o).octal, chip != W1 && host != chip);
            o.width = host == chip ? W1 : chip;
            assert_true(answers(&o));
            octal_close(&o);
        }
    }
}

/* 99h must be the next frame after 66h; a reset during an erase tears it, and the chip is deaf for
 * 100 ms. */
static void reset_details(void **state)
{
    (void)state;
    struct octal o = octal_open();
    memset(o.array, 0, 65536);
    enter(&o, W8D);
    command(&o, 0x66);
    sr(&o);
    command(&o, 0x99);
    assert_true(look(&o).octal);
    command(&o, 0x06);
    out_frame(&o, 0xDC, 4, 0, NULL, 0);
    pass_us(&o, 200000);
    soft_reset(&o);
    o.width = W1;
    pass_us(&o, 99900);
    assert_false(answers(&o));
    pass_us(&o, 110);
    assert_true(answers(&o));
    assert_int_equal(sr(&o), 0);
    octal_close(&o);
}

/* Each name gives a chip that a recovery in all widths brings back. */
static void inherited_states(void **state)
{
    (void)state;
    for (unsigned i = 0; nor_inheritable("MX66UW1G45G", i) != NULL; i++) {
        const char *name = nor_inheritable("MX66UW1G45G", i);
        struct octal o = octal_open();
        assert_true(nor_inherit(o.nor, o.now, name));
        struct nor_state found = look(&o);
        assert_int_equal(found.octal, strncmp(name, "octal", 5) == 0);
        assert_int_equal(found.octal_dtr, strncmp(name, "octal-dtr", 9) == 0);
        assert_int_equal(found.busy, strstr(name, "in-progress") != NULL);
        assert_int_equal(found.suspended, strstr(name, "suspended") != NULL);
        assert_int_equal(found.deep_power_down, strstr(name, "power-down") != NULL);
        for (enum width width = W8D; width <= W8D; width--) {
            o.width = width;
            command(&o, 0xAB);
            pass_us(&o, 30);
            soft_reset(&o);
        }
        pass_us(&o, 140000);
        o.width = W1;
        assert_true(answers(&o));
        assert_int_equal(sr(&o) & (SR_WIP | SR_WEL), 0);
        octal_close(&o);
    }
    struct octal o = octal_open();
    assert_false(nor_inherit(o.nor, o.now, "qpi"));
    octal_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entry),
        cmocka_unit_test(boot_is_lost),
        cmocka_unit_test(wrong_extension),
        cmocka_unit_test(register_reads),
        cmocka_unit_test(configuration),
        cmocka_unit_test(dummy_codes),
        cmocka_unit_test(clock_limits),
        cmocka_unit_test(byte_order),
        cmocka_unit_test(sfdp),
        cmocka_unit_test(program_and_erase),
        cmocka_unit_test(register_writes),
        cmocka_unit_test(reset_in_every_width),
        cmocka_unit_test(reset_details),
        cmocka_unit_test(inherited_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Macronix octal parts in the 1-line protocol, in which they power up and the boot ROM reads. */
#include "unit/test_mx_octal_bench.h"

static const char *const parts[] = {"MX66UW1G45G", "MX25UM51245G"};

/* JEDEC IDs as U-Boot and ufprog know them; sizes 128 and 64 MiB. */
static void identity(void **state)
{
    (void)state;
    static const uint8_t ids[2][6] = {{0xC2, 0x81, 0x3B, 0xC2, 0x81, 0x3B},
                                      {0xC2, 0x80, 0x3A, 0xC2, 0x80, 0x3A}};
    for (unsigned i = 0; i < 2; i++) {
        struct octal o = octal_make(parts[i], NOR_TIMING_TYPICAL, true);
        uint8_t id[6];
        in_frame(&o, 0x9F, 0, 0, 0, id, 6);
        assert_memory_equal(id, ids[i], 6);
        assert_int_equal(o.size, i == 0 ? 128u << 20 : 64u << 20);
        octal_close(&o);
    }
}

/* tVSL: nothing is heard before 3 ms [memory]. */
static void power_up(void **state)
{
    (void)state;
    struct octal o = octal_make("MX25UM51245G", NOR_TIMING_TYPICAL, false);
    nor_set_power(o.nor, 0, true);
    o.now = 2990 * PS_PER_US;
    assert_false(answers(&o));
    o.now = 3000 * PS_PER_US;
    assert_true(answers(&o));
    octal_close(&o);
}

static uint32_t word_at(struct octal *o, uint32_t address)
{
    uint8_t bytes[4];
    in_frame(o, 0x5A, 3, address, 8, bytes, 4);
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* Where the table with this ID lies. */
static uint32_t find_table(struct octal *o, uint32_t id)
{
    for (uint32_t at = 8; at <= 0x28; at += 8) {
        uint32_t first = word_at(o, at), second = word_at(o, at + 4);
        if ((first & 0xFF) == (id & 0xFF) && second >> 24 == id >> 8) {
            return second & 0xFFFFFF;
        }
    }
    return 0;
}

/* The basic table and the 4-byte address table as a public dump of the MX66UW1G45G gives them. */
static void sfdp(void **state)
{
    (void)state;
    static const uint32_t basic[20] = {0xFF8A20E5, 0x3FFFFFFF, 0xFF00FF00, 0xFF00FF00, 0xFFFFFFEE,
                                       0xFF00FFFF, 0xFF00FFFF, 0xD810200C, 0xFF00FF00, 0x0001798B,
                                       0xE200128F, 0x466704CC, 0xB030B030, 0x5CD5BDF4, 0xFF000000,
                                       0x20001010, 0x00000000, 0xA37C0000, 0x00000048, 0x88880000};
    for (unsigned p = 0; p < 2; p++) {
        struct octal o = octal_make(parts[p], NOR_TIMING_TYPICAL, true);
        assert_int_equal(word_at(&o, 0), 0x50444653); /* "SFDP" */
        assert_int_equal(word_at(&o, 4), 0xFD040107); /* 8D with 20 dummy clocks, five tables */
        uint32_t at = find_table(&o, 0xFF00);
        for (uint32_t i = 0; i < 20; i++) {
            uint32_t want = i == 1 && p == 1 ? 0x1FFFFFFF : basic[i];
            assert_int_equal(word_at(&o, at + 4 * i), want);
        }
        at = find_table(&o, 0xFF84);
        assert_int_equal(word_at(&o, at), 0x00000F43);
        assert_int_equal(word_at(&o, at + 4), 0xFFFFDC21);
        at = find_table(&o, 0xFF05); /* 8D read opcode; status with address and 8 dummy clocks */
        assert_int_equal(word_at(&o, at) >> 8 & 0xFF, 0xEE);
        assert_int_equal(word_at(&o, at) >> 28 & 3, 3);
        at = find_table(&o, 0xFF0A);
        assert_int_equal(word_at(&o, at), 0x01060000);
        assert_int_equal(word_at(&o, at + 8), 0x06720000);
        assert_int_equal(word_at(&o, at + 12), 0x00000200);
        assert_true(find_table(&o, 0xFF87) != 0);
        octal_close(&o);
    }
}

/* 03h and 0Bh take 3 bytes, 13h and 0Ch always 4, all 4 after B7h. 0Bh and 0Ch: 8 dummy clocks. */
static void reads(void **state)
{
    (void)state;
    struct octal o = octal_open();
    static const uint8_t low_bytes[4] = {1, 2, 3, 4}, high_bytes[4] = {5, 6, 7, 8};
    memcpy(o.array + 0x2345, low_bytes, 4);
    memcpy(o.array + 0x7002345, high_bytes, 4);
    uint8_t data[4];
    in_frame(&o, 0x03, 3, 0x2345, 0, data, 4);
    assert_memory_equal(data, low_bytes, 4);
    in_frame(&o, 0x0B, 3, 0x2345, 8, data, 4);
    assert_memory_equal(data, low_bytes, 4);
    in_frame(&o, 0x13, 4, 0x7002345, 0, data, 4);
    assert_memory_equal(data, high_bytes, 4);
    in_frame(&o, 0x0C, 4, 0x7002345, 8, data, 4);
    assert_memory_equal(data, high_bytes, 4);
    command(&o, 0xB7);
    assert_int_equal(look(&o).address_bytes, 4);
    in_frame(&o, 0x03, 4, 0x7002345, 0, data, 4);
    assert_memory_equal(data, high_bytes, 4);
    in_frame(&o, 0x03, 3, 0x2345, 0, data, 4);
    assert_memory_not_equal(data, low_bytes, 4);
    assert_int_equal(word_at(&o, 0), 0x50444653); /* 5Ah keeps its 3 bytes */
    command(&o, 0xE9);
    in_frame(&o, 0x03, 3, 0x2345, 0, data, 4);
    assert_memory_equal(data, low_bytes, 4);
    octal_close(&o);
}

/* Programs by 02h and 12h, erases by 20h 21h D8h DCh; typical times of the SFDP table. */
static void program_and_erase(void **state)
{
    (void)state;
    static const struct {
        uint8_t opcode, address_bytes;
        uint32_t size;
        uint64_t ms;
    } erases[] = {
        {0x20, 3, 4096, 25}, {0x21, 4, 4096, 25}, {0xD8, 3, 65536, 256}, {0xDC, 4, 65536, 256}};
    struct octal o = octal_open();
    uint8_t page[256];
    for (unsigned i = 0; i < sizeof(page); i++) {
        page[i] = (uint8_t)(3 * i + 1);
    }
    for (unsigned i = 0; i < 4; i++) {
        command(&o, 0x06);
        assert_int_equal(sr(&o), SR_WEL);
        out_frame(&o, i % 2 == 0 ? 0x02 : 0x12, i % 2 == 0 ? 3 : 4, 0x10000, page, 256);
        assert_int_equal(sr(&o), SR_WEL | SR_WIP);
        uint64_t start = o.now;
        assert_true(busy_for(&o) <= 152 * PS_PER_US && o.now - start > 140 * PS_PER_US);
        assert_memory_equal(o.array + 0x10000, page, 256);
        assert_int_equal(sr(&o), 0);
        out_frame(&o, erases[i].opcode, erases[i].address_bytes, 0x10123, NULL, 0);
        assert_false(look(&o).busy); /* no WEL */
        command(&o, 0x06);
        out_frame(&o, erases[i].opcode, erases[i].address_bytes, 0x10123, NULL, 0);
        assert_int_equal(busy_for(&o) / PS_PER_MS, erases[i].ms);
        assert_int_equal(o.array[0x10000], 0xFF);
        assert_int_equal(scur(&o), 0);
    }
    assert_int_equal(nor_stats(o.nor)->erases_4k, 2);
    assert_int_equal(nor_stats(o.nor)->erases_64k, 2);
    octal_close(&o);
}

/* 60h and C7h: 192 s by the SFDP table. */
static void chip_erase(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct octal o = octal_open();
        command(&o, 0x06);
        command(&o, i == 0 ? 0x60 : 0xC7);
        assert_int_equal(busy_for(&o) / PS_PER_SECOND, 192);
        assert_int_equal(o.array[o.size / 2], 0xFF);
        octal_close(&o);
    }
}

/* BP3:0 = n protects 2^(n-1) blocks from the top; a refused operation shows in the security
 * register (2Bh), WIP never rises, WEL is gone. WRSR takes up to 40 ms. */
static void protection(void **state)
{
    (void)state;
    struct octal o = octal_make("MX25UM51245G", NOR_TIMING_MAXIMUM, true);
    uint32_t top = (64u << 20) - 65536;
    command(&o, 0x06);
    out_frame(&o, 0x01, 0, 0, (const uint8_t[]){0x04}, 1);
    assert_int_equal(busy_for(&o) / PS_PER_MS, 40);
    assert_int_equal(sr(&o), 0x04);
    command(&o, 0x06);
    out_frame(&o, 0x12, 4, top, (const uint8_t[]){0}, 1);
    assert_int_equal(sr(&o), 0x04);
    assert_int_equal(scur(&o), P_FAIL);
    command(&o, 0x06);
    out_frame(&o, 0xDC, 4, top, NULL, 0);
    assert_int_equal(scur(&o), P_FAIL | E_FAIL);
    command(&o, 0x06);
    command(&o, 0x60);
    assert_false(look(&o).busy);
    command(&o, 0x06);
    out_frame(&o, 0x12, 4, top - 256, (const uint8_t[]){0}, 1); /* unprotected */
    busy_for(&o);
    assert_int_equal(scur(&o), E_FAIL);
    soft_reset(&o);
    pass_us(&o, 40);
    assert_int_equal(sr(&o), 0x04); /* non-volatile */
    assert_int_equal(scur(&o), 0);
    octal_close(&o);
}

/* Only ABh is decoded; then tRES of 30 us (SFDP). */
static void deep_power_down(void **state)
{
    (void)state;
    struct octal o = octal_open();
    command(&o, 0xB9);
    pass_us(&o, 10);
    assert_false(answers(&o));
    soft_reset(&o);
    pass_us(&o, 40);
    assert_false(answers(&o));
    command(&o, 0xAB);
    pass_us(&o, 29);
    assert_false(answers(&o));
    pass_us(&o, 2);
    assert_true(answers(&o));
    octal_close(&o);
}

/* B0h, 30h: after 56 us WIP is 0 and the security register says so; a page elsewhere may be
 * programmed. */
static void suspend(void **state)
{
    (void)state;
    struct octal o = octal_open();
    o.array[0x20000] = 0x12;
    command(&o, 0x06);
    out_frame(&o, 0xDC, 4, 0, NULL, 0);
    pass_us(&o, 1000);
    command(&o, 0xB0);
    pass_us(&o, 56);
    assert_int_equal(sr(&o) & SR_WIP, 0);
    assert_int_equal(scur(&o), 0x08);
    uint8_t byte;
    in_frame(&o, 0x13, 4, 0x20000, 0, &byte, 1);
    assert_int_equal(byte, 0x12);
    command(&o, 0x06);
    out_frame(&o, 0x12, 4, 0xFF00, (const uint8_t[]){0}, 1); /* in what is suspended */
    assert_int_equal(scur(&o), 0x08 | P_FAIL);
    command(&o, 0x06);
    out_frame(&o, 0x12, 4, 0x20000, (const uint8_t[]){0}, 1);
    busy_for(&o);
    assert_int_equal(o.array[0x20000], 0);
    command(&o, 0x30);
    assert_true(busy_for(&o) > 250 * PS_PER_MS);
    assert_int_equal(scur(&o), 0);
    octal_close(&o);
}

/* While busy: status and security register, suspend, reset; the ID, the array and a second erase
 * are not heard. */
static void busy(void **state)
{
    (void)state;
    struct octal o = octal_open();
    uint8_t byte;
    command(&o, 0x06);
    out_frame(&o, 0xDC, 4, 0, NULL, 0);
    assert_int_equal(sr(&o), SR_WEL | SR_WIP);
    assert_false(answers(&o));
    in_frame(&o, 0x13, 4, 0x20000, 0, &byte, 1);
    assert_int_equal(o.driven, 0);
    out_frame(&o, 0x21, 4, 0x20000, NULL, 0);
    command(&o, 0xB9);
    assert_false(look(&o).deep_power_down);
    busy_for(&o);
    assert_int_equal(nor_stats(o.nor)->erases_4k, 0);
    octal_close(&o);
}

/* A reset does not cut a register write off: it waits for its end. */
static void reset_in_a_register_write(void **state)
{
    (void)state;
    struct octal o = octal_open();
    command(&o, 0x06);
    out_frame(&o, 0x01, 0, 0, (const uint8_t[]){0x08}, 1); /* typically 10 ms */
    pass_us(&o, 1000);
    soft_reset(&o);
    pass_us(&o, 8900);
    assert_false(answers(&o));
    pass_us(&o, 200);
    assert_true(answers(&o));
    assert_int_equal(sr(&o), 0x08);
    octal_close(&o);
}

/* WRSR with a second byte writes CR: driver strength, and TB, which turns the protection to the
 * bottom and cannot be taken back. RDCR is 15h. */
static void configuration_register(void **state)
{
    (void)state;
    struct octal o = octal_open();
    assert_int_equal(status_by(&o, 0x15), 0x07);
    command(&o, 0x06);
    out_frame(&o, 0x01, 0, 0, (const uint8_t[]){0x04, 0x0E}, 2);
    busy_for(&o);
    assert_int_equal(status_by(&o, 0x15), 0x0E);
    command(&o, 0x06);
    out_frame(&o, 0x12, 4, 0, (const uint8_t[]){0}, 1);
    assert_int_equal(scur(&o), P_FAIL);
    command(&o, 0x06);
    out_frame(&o, 0x01, 0, 0, (const uint8_t[]){0x00, 0x07}, 2);
    busy_for(&o);
    assert_int_equal(status_by(&o, 0x15), 0x0F);
    octal_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity),
        cmocka_unit_test(power_up),
        cmocka_unit_test(sfdp),
        cmocka_unit_test(reads),
        cmocka_unit_test(program_and_erase),
        cmocka_unit_test(chip_erase),
        cmocka_unit_test(protection),
        cmocka_unit_test(deep_power_down),
        cmocka_unit_test(suspend),
        cmocka_unit_test(busy),
        cmocka_unit_test(reset_in_a_register_write),
        cmocka_unit_test(configuration_register),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

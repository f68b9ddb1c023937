/* SPDX-License-Identifier: MIT */
/*
 * The XSPI and an MX66UW1G45G on its eight lines. The long transaction is what ST's shipped loader
 * for the STM32N6570-DK puts on the pins of a cold flash [BIN]; its dummy clocks are those that the
 * modelled chip asks for.
 */
#include "unit/test_xspi_octal_rig.h"

static void enter_dopi(struct rig *r)
{
    command(r, SPI, 0x06);
    transmit(r, SPI | SPI_DATA, 0x72, 0, (const uint8_t[]){0, 0, 0, 0, 2}, 5);
    assert_true(look(r).octal_dtr);
}

static void probe_sfdp(struct rig *r)
{
    static const uint8_t wanted[8] = {'S', 'F', 'D', 'P', 7, 1, 4, 0xFD};
    uint8_t bytes[8];
    receive(r, SPI | SPI_24 | SPI_DATA, 0x5A, 0, 8, bytes, 8);
    assert_memory_equal(bytes, wanted, 8);
}

static void to_octal(struct rig *r)
{
    uint8_t bytes[4];
    command(r, SPI, 0x06);
    poll_spi(r, WEL, WEL);
    transmit(r, SPI | SPI_DATA, 0x72, 0, (const uint8_t[]){0, 0, 0, 0, 2}, 5);
    poll_spi(r, WIP, 0); /* on one line, to a chip that is mute now: reads 0 */
    receive(r, DOPI_ALL, 0x718E, 0x300, 8, bytes, 2);
    assert_memory_equal(bytes, ((uint8_t[]){0, 0}), 2);
}

/* A command has no data phase, but DHQC wants CCR.DDTR. */
static void command_dopi(struct rig *r, uint32_t ir)
{
    command(r, DOPI | XSPI_CCR_DDTR, ir);
}

static void configure_octal(struct rig *r)
{
    uint8_t bytes[8];
    command_dopi(r, 0x06F9);
    poll_dopi(r, WEL, WEL);
    transmit(r, DOPI_ALL, 0x728D, 0x300, (const uint8_t[]){0, 0}, 2);
    poll_dopi(r, WIP | WEL, 0);
    receive(r, DOPI_ALL | STROBE, 0x5AA5, 0, 8, bytes, 8); /* too early: the chip is silent */
    assert_memory_equal(bytes, "\0\0\0\0\0\0\0\0", 8);
    receive(r, DOPI_ALL | STROBE, 0x5AA5, 0, 20, bytes, 8);
    assert_memory_equal(bytes, "SFDP", 4);
    receive(r, DOPI_ALL | STROBE, 0x9F60, 0, 8, bytes, 4);
    assert_memory_equal(bytes, ((uint8_t[]){0xC2, 0xC2, 0x81, 0x81}), 4);
}

static void erase_and_program(struct rig *r)
{
    uint8_t page[256], back[256];
    for (unsigned i = 0; i < sizeof page; i++) {
        page[i] = (uint8_t)(7 * i + 3);
    }
    memset(r->cells + 0x10000, 0, 0x10000);
    poll_dopi(r, WIP, 0);
    command_dopi(r, 0x06F9);
    poll_dopi(r, WEL, WEL);
    command_at(r, DOPI | DOPI_32 | XSPI_CCR_DDTR, 0xDC23, 0x10000);
    assert_true(look(r).busy);
    poll_dopi(r, WIP, 0);
    assert_int_equal(r->cells[0x1FFFF], 0xFF);
    command_dopi(r, 0x06F9);
    poll_dopi(r, WEL, WEL);
    transmit(r, DOPI_ALL, 0x12ED, 0x10100, page, 256);
    poll_dopi(r, WIP, 0);
    receive(r, DOPI_ALL | STROBE, 0xEE11, 0x10100, 20, back, 256);
    assert_memory_equal(back, page, 256);
    assert_memory_equal(r->cells + 0x10100, page, 256); /* MTYP 1 undoes the chip's swap */
}

static void replays_the_vendors_loader(void **state)
{
    struct rig *r = *state;
    uint8_t id[4], headers[40];
    probe_sfdp(r);
    command(r, SPI, 0x66);
    command(r, SPI, 0x99);
    r->clock.now_ps += 10 * PS_PER_MS;
    probe_sfdp(r);
    receive(r, SPI | SPI_DATA, 0x9F, 0, 0, id, 4);
    assert_memory_equal(id, ((uint8_t[]){0xC2, 0x81, 0x3B, 0xC2}), 4);
    for (uint32_t at = 0; at < 40; at += 8) {
        receive(r, SPI | SPI_24 | SPI_DATA, 0x5A, 8 + at, 8, headers + at, 8);
        assert_int_equal(headers[at + 7], 0xFF);
    }
    to_octal(r);
    configure_octal(r);
    erase_and_program(r);
}

/* The signature of a read in 8D tells whether the controller undoes the swap: 0x50444653 "SFDP",
 * else 0x44505346. On one line MTYP changes nothing. */
static void byte_order_by_memory_type(void **state)
{
    struct rig *r = *state;
    static const uint8_t page[4] = {0x11, 0x22, 0x33, 0x44};
    static const uint8_t swapped[4] = {0x22, 0x11, 0x44, 0x33};
    uint32_t signature;
    uint8_t bytes[4];
    memcpy(r->cells + 0x2000, page, 4);
    for (uint32_t type = 0; type < 2; type++) {
        set_type(r, type << XSPI_DCR1_MTYP_Pos);
        receive(r, SPI | SPI_24 | SPI_DATA, 0x5A, 0, 8, &signature, 4);
        assert_int_equal(signature, 0x50444653);
        enter_dopi(r);
        receive(r, DOPI_ALL | STROBE, 0x5AA5, 0, 20, &signature, 4);
        assert_int_equal(signature, type == 1 ? 0x50444653 : 0x44505346);
        receive(r, DOPI_ALL | STROBE, 0xEE11, 0x2000, 20, bytes, 4);
        assert_memory_equal(bytes, type == 1 ? page : swapped, 4);
        command_dopi(r, 0x06F9);
        transmit(r, DOPI_ALL, 0x12ED, 0x3000 + 0x100 * type, page, 4);
        poll_dopi(r, WIP, 0);
        assert_memory_equal(r->cells + 0x3000 + 0x100 * type, type == 1 ? page : swapped, 4);
        command_dopi(r, 0x6699);
        command_dopi(r, 0x9966);
        r->clock.now_ps += PS_PER_MS;
    }
}

/* 66h 99h of one width does nothing to a chip in another one. */
static void resets_in_every_width(void **state)
{
    struct rig *r = *state;
    static const struct {
        uint32_t ccr, enable, reset;
    } frames[] = {
        {SPI, 0x66, 0x99}, {SOPI, 0x6699, 0x9966}, {DOPI | XSPI_CCR_DDTR, 0x6699, 0x9966}};
    for (uint8_t chip = 0; chip < 3; chip++) {
        for (unsigned host = 0; host < 3; host++) {
            if (chip != 0) {
                command(r, SPI, 0x06);
                transmit(r, SPI | SPI_DATA, 0x72, 0, (const uint8_t[]){0, 0, 0, 0, chip}, 5);
            } else {
                command(r, SPI, 0xB7);
            }
            command(r, frames[host].ccr, frames[host].enable);
            command(r, frames[host].ccr, frames[host].reset);
            r->clock.now_ps += PS_PER_MS;
            bool kept = look(r).octal || look(r).address_bytes == 4;
            assert_int_equal(kept, host != chip);
            command(r, frames[chip].ccr, frames[chip].enable);
            command(r, frames[chip].ccr, frames[chip].reset);
            r->clock.now_ps += PS_PER_MS;
        }
    }
}

/* A repeated or a missing extension is not heard. */
static void wrong_extension(void **state)
{
    struct rig *r = *state;
    enter_dopi(r);
    command_dopi(r, 0x0606);
    assert_false(look(r).write_enabled);
    command(r, (DOPI & ~0x10u) | XSPI_CCR_DDTR, 0x06); /* 8-bit opcode: half a clock of nothing */
    assert_false(look(r).write_enabled);
    command_dopi(r, 0x06F9);
    assert_true(look(r).write_enabled);
}

/* An odd length: the clock carries a pair, so the neighbour is programmed with 0. An odd address:
 * the chip takes the even one. */
static void odd_programs(void **state)
{
    struct rig *r = *state;
    enter_dopi(r);
    command_dopi(r, 0x06F9);
    transmit(r, DOPI_ALL, 0x12ED, 0x4000, (const uint8_t[]){1, 2, 3}, 3);
    poll_dopi(r, WIP, 0);
    assert_memory_equal(r->cells + 0x4000, ((uint8_t[]){1, 2, 3, 0, 0xFF}), 5);
    command_dopi(r, 0x06F9);
    transmit(r, DOPI_ALL, 0x12ED, 0x5001, (const uint8_t[]){1, 2}, 2);
    poll_dopi(r, WIP, 0);
    assert_memory_equal(r->cells + 0x5000, ((uint8_t[]){1, 2, 0xFF}), 3);
}

/* The window in 8D: any size at any address, an odd one too. */
static void window_in_8d(void **state)
{
    struct rig *r = *state;
    for (unsigned i = 0; i < 256; i++) {
        r->cells[0x6000 + i] = (uint8_t)(5 * i + 1);
    }
    enter_dopi(r);
    until(r, XSPI_SR_BUSY, 0);
    put(r, XSPI_CCR, DOPI_ALL | STROBE);
    put(r, XSPI_TCR, 20);
    put(r, XSPI_IR, 0xEE11);
    mode(r, XSPI_MEMORY_MAPPED);
    for (uint32_t i = 0; i < 200; i = i * 3 + 1) {
        for (unsigned size = 1; size <= 4; size *= 2) {
            uint32_t value, wanted = 0;
            for (unsigned k = 0; k < size; k++) {
                wanted |= (uint32_t)r->cells[0x6000 + i + k] << (8 * k);
            }
            r->clock.now_ps += 100 * PS_PER_NS;
            assert_int_equal(xspi_window_read(r->xspi, 0x6000 + i, size, &value), XSPI_OK);
            assert_int_equal(value, wanted);
        }
    }
}

/* 256 ms of WIP: one byte of status in 8D, polled by the controller. */
static void polls_in_8d(void **state)
{
    struct rig *r = *state;
    enter_dopi(r);
    command_dopi(r, 0x06F9);
    command_at(r, DOPI | DOPI_32 | XSPI_CCR_DDTR, 0xDC23, 0);
    uint64_t start = r->clock.now_ps;
    poll_dopi(r, WIP, 0);
    assert_in_range((r->clock.now_ps - start) / PS_PER_MS, 255, 256);
    assert_true(xspi_stats(r->xspi)->polls > 100000);
}

/* Data that are to be sampled by a strobe which does not come are not data; without a strobe both
 * edges are good for 50 MHz at most; TCR.SSHIFT spoils them. */
static void strobe(void **state)
{
    struct rig *r = *state;
    uint8_t bytes[4];
    static const uint8_t none[4] = {0, 0, 0, 0};
    memcpy(r->cells + 0x7000, "\x12\x34\x56\x78", 4);
    enter_dopi(r);
    receive(r, DOPI_ALL, 0xEE11, 0x7000, 20, bytes, 4);
    assert_memory_equal(bytes, r->cells + 0x7000, 4);
    receive(r, DOPI_ALL, 0xEE11, 0x7000, 20 | XSPI_TCR_SSHIFT, bytes, 4);
    assert_memory_not_equal(bytes, r->cells + 0x7000, 4);
    r->no_strobe = true;
    receive(r, DOPI_ALL | STROBE, 0xEE11, 0x7000, 20, bytes, 4);
    assert_memory_equal(bytes, none, 4);
    r->no_strobe = false;
    put(r, XSPI_DCR2, 0); /* 100 MHz */
    until(r, XSPI_SR_BUSY, 0);
    receive(r, DOPI_ALL, 0xEE11, 0x7000, 20, bytes, 4);
    assert_memory_not_equal(bytes, r->cells + 0x7000, 4);
    receive(r, DOPI_ALL | STROBE, 0xEE11, 0x7000, 20, bytes, 4);
    assert_memory_equal(bytes, r->cells + 0x7000, 4);
    transmit(r, DOPI | DOPI_32 | DOPI_IN, 0x728D, 0, (const uint8_t[]){0, 0}, 2); /* no WEL */
    command_dopi(r, 0x06F9);
    transmit(r, DOPI_ALL, 0x728D, 0, (const uint8_t[]){1, 1}, 2);
    receive(r, SOPI | SOPI_32 | SOPI_IN | STROBE, 0xEC13, 0x7000, 20, bytes, 4);
    assert_memory_equal(bytes, none, 4); /* in STR the chip drives no strobe unless CR2 says so */
    receive(r, SOPI | SOPI_32 | SOPI_IN, 0xEC13, 0x7000, 20, bytes, 4);
    assert_memory_equal(bytes, r->cells + 0x7000, 4);
}

#define OCTAL_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OCTAL_TEST(replays_the_vendors_loader),
        OCTAL_TEST(byte_order_by_memory_type),
        OCTAL_TEST(resets_in_every_width),
        OCTAL_TEST(wrong_extension),
        OCTAL_TEST(odd_programs),
        OCTAL_TEST(window_in_8d),
        OCTAL_TEST(polls_in_8d),
        OCTAL_TEST(strobe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What the readers of board files measure with: numbers with a unit, and the block's CRC. */
#include "board/crc32.h"
#include "board/quantity.h"
#include "unit/test_board_script.h"

static void reads_quantities(void **state)
{
    (void)state;
    static const struct {
        enum quantity_kind kind;
        const char *text;
        bool good;
        uint64_t value;
    } cases[] = {
        {QUANTITY_FREQUENCY, "50MHz", true, 50000000},
        {QUANTITY_FREQUENCY, "50 MHz", true, 50000000},
        {QUANTITY_FREQUENCY, "0.5kHz", true, 500},
        {QUANTITY_FREQUENCY, "1.5Hz", false, 0},
        {QUANTITY_FREQUENCY, "50mhz", false, 0},
        {QUANTITY_FREQUENCY, "MHz", false, 0},
        {QUANTITY_FREQUENCY, "-5MHz", false, 0},
        {QUANTITY_FREQUENCY, "5.MHz", false, 0},
        {QUANTITY_FREQUENCY, "0x10MHz", false, 0},
        {QUANTITY_TIME, "1ms", true, 1000},
        {QUANTITY_TIME, "2.5us", false, 0},
        {QUANTITY_TIME, "150s", true, 150000000},
        {QUANTITY_TIME, "1", false, 0},
        {QUANTITY_SIZE, "64K", true, 65536},
        {QUANTITY_SIZE, "0x3FC00", true, 0x3FC00},
        {QUANTITY_SIZE, "8M", true, 8u << 20},
        {QUANTITY_SIZE, "1.5K", false, 0},
        {QUANTITY_SIZE, "64KB", false, 0},
        {QUANTITY_NUMBER, "0x34180400", true, 0x34180400},
        {QUANTITY_NUMBER, "0x", false, 0},
        {QUANTITY_NUMBER, "12 ", false, 0},
        {QUANTITY_NUMBER, "99999999999999999999999", false, 0},
        {QUANTITY_VOLTAGE, "3.3V", true, 3300},
        {QUANTITY_CYCLES, "4.25", true, 425},
        {QUANTITY_CYCLES, "4.255", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t value = 0;
        bool good = quantity_parse(cases[i].kind, cases[i].text, &value);
        if (good != cases[i].good || (good && value != cases[i].value)) {
            fail_msg("%s", cases[i].text);
        }
    }
}

/* The check value of CRC-32/ISO-HDLC. */
static void computes_the_crc(void **state)
{
    (void)state;
    assert_int_equal(crc32_of((const uint8_t *)"123456789", 9), 0xCBF43926);
    assert_int_equal(crc32_of((const uint8_t *)"", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_quantities),
        cmocka_unit_test(computes_the_crc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

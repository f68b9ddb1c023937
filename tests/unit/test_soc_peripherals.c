/* SPDX-License-Identifier: MIT */
/*
 * PWR, SYSCFG, BSEC, GPIO and the other banks, driven by hand. Facts: ST SVD STM32N655 and the
 * CMSIS header of cmsis-device-n6, unless a test names another source.
 */
#include "test_soc_rig.h"

static void supply_monitor(void **state)
{
    wr(*state, PWR + 0x3C, 1 << 9);
    assert_int_equal(rd(*state, PWR + 0x3C), 1 << 9);
    wr(*state, PWR + 0x3C, 1 << 9 | 1 << 1); /* VDDIO3VMEN -> VDDIO3RDY bit 17 */
    assert_int_equal(rd(*state, PWR + 0x3C), 1 << 9 | 1 << 1 | 1 << 17);
    wr(*state, PWR + 0x34, 1); /* VDDIO4VMEN -> VDDIO4RDY bit 16 */
    assert_int_equal(rd(*state, PWR + 0x34), 1 | 1 << 16);
    assert_int_equal(soc_stats(*state)->findings, 0);
    wr(*state, PWR + 0x3C, 1 << 26); /* VDDIO3VRSEL = 1.8 V */
    assert_int_equal(soc_stats(*state)->findings, SOC_FINDING_VRSEL);
}

/* PWR.CR1.SDEN is write-once after power-on; a system reset does not give it back. */
static void sden_is_write_once(void **state)
{
    wr(*state, PWR, 0x20);
    assert_int_equal(rd(*state, PWR), 0x20);
    wr(*state, PWR, 0x24);
    assert_int_equal(rd(*state, PWR), 0x20);
    soc_reset(*state);
    assert_int_equal(rd(*state, PWR), 0x20);
    assert_true(soc_stats(*state)->findings & SOC_FINDING_PWR_CR1);
}

static void compensation_cells(void **state)
{
    wr(*state, RCC + 0xA78, 1);
    wr(*state, SYSCFG + 0x5C, 0x100); /* VDDIO3CCCR.EN while VDDIO3SV = 0: not accessible */
    assert_int_equal(rd(*state, SYSCFG + 0x5C), 0);
    wr(*state, PWR + 0x3C, 1 << 9);
    wr(*state, SYSCFG + 0x5C, 0x287);
    assert_int_equal(rd(*state, SYSCFG + 0x5C), 0x287);
    assert_int_equal(rd(*state, SYSCFG + 0x60), 0); /* READY */
    wr(*state, SYSCFG + 0x5C, 0x100);
    assert_int_equal(rd(*state, SYSCFG + 0x60), 0x100);
}

/* What ST's HAL polls of BSEC. */
static void fuses(void **state)
{
    assert_int_equal(rd(*state, BSEC + 0x88C) >> 28 & 1, 0); /* SRLOCK3 */
    wr(*state, BSEC + 0xC04, 0x7C);
    assert_int_equal(rd(*state, BSEC + 0xC04), 0x7C);
    assert_int_equal(rd(*state, BSEC + 0xE44), 0); /* OTPSR: BUSY, DISTURBF, DEDF, AMEF */
    assert_int_equal(rd(*state, BSEC + 0x1F0), 0); /* FVR124: HSLV bits not burnt */
    assert_int_not_equal(rd(*state, BSEC + 0x14), rd(*state, BSEC + 0x18)); /* UID */
    wr(*state, BSEC + 0x1F0, 0xFFFFFFFF);
    assert_int_equal(rd(*state, BSEC + 0x1F0), 0);
    wr(*state, BSEC + 0xC04, 0x207C); /* PROG */
    assert_int_equal(soc_stats(*state)->findings, SOC_FINDING_OTP_PROGRAM);
}

static void gpio_output_and_input(void **state)
{
    struct soc *soc = *state;
    wr(soc, RCC + 0xA5C, 1 << 1);
    wr(soc, GPIOB + 0x00, 0xFFFFFF7F); /* PB3 output */
    wr(soc, GPIOB + 0x18, 1 << 3);
    assert_int_equal(rd(soc, GPIOB + 0x14), 1 << 3);
    assert_int_equal(rd(soc, GPIOB + 0x10), 1 << 3);
    wr(soc, GPIOB + 0x18, 1 << 19 | 1 << 3); /* set wins over reset */
    assert_int_equal(rd(soc, GPIOB + 0x14), 1 << 3);
    wr(soc, GPIOB + 0x18, 1 << 19);
    assert_int_equal(rd(soc, GPIOB + 0x10), 0);
    wr(soc, GPIOB + 0x14, 0xFFFFFFFF);
    assert_int_equal(rd(soc, GPIOB + 0x14), 0xFFFF);
    wr(soc, GPIOB + 0x28, 0x00F7);
    assert_int_equal(rd(soc, GPIOB + 0x14), 0xFF08);
    assert_int_equal(soc_write(soc, GPIOB + 0x15, 1, 0x12), SOC_OK); /* one byte of ODR */
    assert_int_equal(rd(soc, GPIOB + 0x14), 0x1208);
    uint32_t value;
    assert_int_equal(soc_read(soc, GPIOB + 0x15, 1, &value), SOC_OK);
    assert_int_equal(value, 0x12);
    wr(soc, GPIOB + 0x00, 0xFFFFFF3F); /* PB3 input */
    assert_int_equal(rd(soc, GPIOB + 0x10), 0);
    wr(soc, GPIOB + 0x0C, 1 << 6); /* pull-up */
    assert_int_equal(rd(soc, GPIOB + 0x10), 1 << 3);
    wr(soc, GPIOB + 0x04, 1 << 3); /* open drain, high: the pull-up decides */
    wr(soc, GPIOB + 0x00, 0xFFFFFF7F);
    wr(soc, GPIOB + 0x0C, 0);
    wr(soc, GPIOB + 0x18, 1 << 3);
    assert_int_equal(rd(soc, GPIOB + 0x10), 0);
}

static void gpio_lock(void **state)
{
    wr(*state, RCC + 0xA5C, 1 << 1);
    wr(*state, GPIOB + 0x1C, 0x10008);
    wr(*state, GPIOB + 0x1C, 0x00008);
    wr(*state, GPIOB + 0x1C, 0x10008);
    assert_int_equal(rd(*state, GPIOB + 0x1C), 0x10008);
    wr(*state, GPIOB + 0x00, 0);
    assert_int_equal(rd(*state, GPIOB + 0x00), 3 << 6);
    wr(*state, GPIOB + 0x20, 0xFFFFFFFF);
    assert_int_equal(rd(*state, GPIOB + 0x20), 0xFFFF0FFF);
}

/* Wrong keys do not lock. */
static void gpio_lock_needs_its_sequence(void **state)
{
    wr(*state, RCC + 0xA5C, 1 << 1);
    wr(*state, GPIOB + 0x1C, 0x10008);
    wr(*state, GPIOB + 0x1C, 0x00004);
    wr(*state, GPIOB + 0x1C, 0x10008);
    wr(*state, GPIOB + 0x00, 0);
    assert_int_equal(rd(*state, GPIOB + 0x00), 0);
}

/* XSPIM.CR holds while XSPI1 or XSPI2 is enabled (wolfBoot, ST's HAL). */
static void xspim_needs_disabled_controllers(void **state)
{
    static const uint32_t controllers[] = {XSPI1, XSPI2};
    wr(*state, RCC + 0xA60, 1 << 5 | 1 << 12 | 1 << 13);
    for (unsigned i = 0; i < 2; i++) {
        wr(*state, controllers[i], 1);
        wr(*state, XSPIM, 2);
        assert_int_equal(rd(*state, XSPIM), 0);
        wr(*state, controllers[i], 0);
    }
    wr(*state, XSPIM, 2);
    assert_int_equal(rd(*state, XSPIM), 2);
}

/* Check value of CRC-32 over "123456789" with REV_IN by byte and REV_OUT, complemented. */
static void crc_unit(void **state)
{
    static const char digits[] = "123456789";
    wr(*state, RCC + 0xA5C, 1 << 19);
    wr(*state, CRC + 0x08, 1 << 0 | 1 << 5 | 1 << 7);
    assert_int_equal(rd(*state, CRC + 0x08), 1 << 5 | 1 << 7);
    for (unsigned i = 0; i < 9; i++) {
        assert_int_equal(soc_write(*state, CRC, 1, (uint8_t)digits[i]), SOC_OK);
    }
    assert_int_equal(rd(*state, CRC) ^ 0xFFFFFFFF, 0xCBF43926);
    wr(*state, CRC + 0x08, 1 << 0 | 3 << 5 | 1 << 7); /* the same by words: REV_IN by word */
    wr(*state, CRC, 0x34333231);
    wr(*state, CRC, 0x38373635);
    assert_int_equal(soc_write(*state, CRC, 1, '9'), SOC_OK);
    assert_int_equal(rd(*state, CRC) ^ 0xFFFFFFFF, 0xCBF43926);
}

static void random_numbers(void **state)
{
    assert_int_equal(rd(*state, RNG + 4), 0);
    wr(*state, RNG, 1 << 2);
    assert_int_equal(rd(*state, RNG + 4), 1);
    assert_int_not_equal(rd(*state, RNG + 8), rd(*state, RNG + 8));
    assert_false(soc_read_is_pure(*state, RNG + 8));
    assert_true(soc_read_is_pure(*state, RNG + 4));
}

static void tim2_counts(void **state)
{
    struct soc *soc = *state;
    wr(soc, TIM2 + 0x28, 63); /* 64 MHz / 64 */
    wr(soc, TIM2 + 0x2C, 999);
    wr(soc, TIM2, 1);
    sim_time.now_ps += 250 * PS_PER_US;
    assert_int_equal(rd(soc, TIM2 + 0x24), 250);
    assert_int_equal(rd(soc, TIM2 + 0x24), 250);
    assert_int_equal(rd(soc, TIM2 + 0x10) & 1, 0);
    sim_time.now_ps += 800 * PS_PER_US;
    assert_int_equal(rd(soc, TIM2 + 0x24), 50);
    assert_int_equal(rd(soc, TIM2 + 0x10) & 1, 1);
    wr(soc, TIM2 + 0x10, 0);
    assert_int_equal(rd(soc, TIM2 + 0x10) & 1, 0);
    wr(soc, TIM2, 0);
    sim_time.now_ps += 100 * PS_PER_US;
    assert_int_equal(rd(soc, TIM2 + 0x24), 50);
    assert_false(soc_read_is_pure(soc, TIM2 + 0x24));
}

/* KR: 0xCCCC starts, 0x5555 unlocks, 0xAAAA refreshes; 32 kHz / 4, RLR 0xFFF: 512 ms. */
static void watchdog(void **state)
{
    wr(*state, IWDG + 0x08, 5);
    assert_int_equal(rd(*state, IWDG + 0x08), 0xFFF); /* locked */
    wr(*state, IWDG, 0xCCCC);
    sim_time.now_ps += 500 * PS_PER_MS;
    wr(*state, IWDG, 0xAAAA);
    sim_time.now_ps += 500 * PS_PER_MS;
    rd(*state, RCC);
    assert_int_equal(soc_stats(*state)->findings, 0);
    sim_time.now_ps += 13 * PS_PER_MS;
    rd(*state, RCC);
    assert_int_equal(soc_stats(*state)->findings, SOC_FINDING_IWDG_EXPIRED);
    wr(*state, IWDG, 0x5555);
    wr(*state, IWDG + 0x08, 5);
    assert_int_equal(rd(*state, IWDG + 0x08), 5);
}

/* SR: ONF is bit 8, WVU bit 2, RVU bit 1, PVU bit 0 [HDR]. An update takes 5 periods of LSI, 32 kHz,
 * and one of the prescaled clock [HAL]. */
static void watchdog_registers_cross_slowly(void **state)
{
    wr(*state, IWDG, 0x5555);
    wr(*state, IWDG + 0x04, 3); /* LSI / 32: 1 ms */
    wr(*state, IWDG + 0x08, 99);
    sim_time.now_ps += PS_PER_SECOND;
    assert_int_equal(rd(*state, IWDG + 0x0C), 3); /* without LSI they never arrive */
    wr(*state, IWDG, 0xCCCC);
    assert_int_equal(rd(*state, IWDG + 0x0C), 0x103);
    sim_time.now_ps += 2 * PS_PER_MS;
    assert_int_equal(rd(*state, IWDG + 0x0C), 0x100);
    wr(*state, IWDG + 0x10, 50); /* closed by 0xCCCC */
    assert_int_equal(rd(*state, IWDG + 0x10), 0xFFF);
    wr(*state, IWDG, 0x5555);
    wr(*state, IWDG + 0x10, 50);
    wr(*state, IWDG + 0x10, 60); /* lost: the first is still under way */
    assert_int_equal(rd(*state, IWDG + 0x10), 50);
    assert_int_equal(rd(*state, IWDG + 0x0C), 0x104);
    const uint64_t next = soc_next_event(*state);
    assert_true(next > sim_time.now_ps && next <= sim_time.now_ps + 2 * PS_PER_MS);
    sim_time.now_ps = next;
    assert_int_equal(rd(*state, IWDG + 0x0C), 0x100);
    wr(*state, IWDG, 0xAAAA);
    wr(*state, IWDG + 0x10, 70); /* closed by 0xAAAA */
    assert_int_equal(rd(*state, IWDG + 0x10), 50);
}

/* 100 ms, of which the first `closed` ms forbid feeding. */
static void start_window(struct soc *soc, uint32_t closed)
{
    wr(soc, IWDG, 0x5555);
    wr(soc, IWDG + 0x04, 3);
    wr(soc, IWDG + 0x08, 99);
    wr(soc, IWDG + 0x10, 99 - closed);
    wr(soc, IWDG, 0xCCCC);
    sim_time.now_ps += 2 * PS_PER_MS; /* the update crosses, and reloads */
    rd(soc, IWDG + 0x0C);
}

static void watchdog_window(void **state)
{
    start_window(*state, 20);
    for (unsigned n = 0; n < 5; n++) {
        sim_time.now_ps += 21 * PS_PER_MS;
        wr(*state, IWDG, 0xAAAA);
    }
    assert_int_equal(soc_stats(*state)->findings, 0);
    sim_time.now_ps += 18 * PS_PER_MS;
    wr(*state, IWDG, 0xAAAA);
    assert_int_equal(soc_stats(*state)->findings, SOC_FINDING_IWDG_EARLY);
}

/* A write to WINR reloads the counter [HAL] and is no feeding; but a refresh meets the old window
 * until the new one is there. */
static void watchdog_window_can_be_opened(void **state)
{
    start_window(*state, 90);
    wr(*state, IWDG, 0x5555);
    wr(*state, IWDG + 0x10, 0xFFF);
    sim_time.now_ps += 2 * PS_PER_MS;
    for (unsigned n = 0; n < 20; n++) {
        sim_time.now_ps += PS_PER_MS;
        wr(*state, IWDG, 0xAAAA);
    }
    sim_time.now_ps += 90 * PS_PER_MS;
    wr(*state, IWDG, 0x5555);
    wr(*state, IWDG + 0x10, 0xFFE);
    sim_time.now_ps += 90 * PS_PER_MS; /* 180 ms without a feed */
    rd(*state, IWDG + 0x0C);
    assert_int_equal(soc_stats(*state)->findings, 0);
}

static void watchdog_window_opens_late(void **state)
{
    start_window(*state, 90);
    wr(*state, IWDG, 0x5555);
    wr(*state, IWDG + 0x10, 0xFFF);
    wr(*state, IWDG, 0xAAAA);
    assert_int_equal(soc_stats(*state)->findings, SOC_FINDING_IWDG_EARLY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(supply_monitor),
        TEST(sden_is_write_once),
        TEST(compensation_cells),
        TEST(fuses),
        TEST(gpio_output_and_input),
        TEST(gpio_lock),
        TEST(gpio_lock_needs_its_sequence),
        TEST(xspim_needs_disabled_controllers),
        TEST(crc_unit),
        TEST(random_numbers),
        TEST(tim2_counts),
        TEST(watchdog),
        TEST(watchdog_registers_cross_slowly),
        TEST(watchdog_window),
        TEST(watchdog_window_can_be_opened),
        TEST(watchdog_window_opens_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * What loaders over ST's driver layer touch and wait for, in the order of such a loader's Init:
 * start-up code, clocks, fuses, supply, pins, controller. Facts: stm32n6xx-hal-driver v1.1.0 and its
 * templates [HAL], as run by ST's shipped loaders [BIN]; offsets: ST SVD STM32N655 and CMSIS header of
 * cmsis-device-n6. Waits that other suites hold: PLL1RDY and CPUSWS in test_soc.c; SR of the XSPI in
 * test_xspi*.c; COUNTFLAG in test_cpu_interrupt.c.
 */
#include "test_soc_rig.h"

#define EXTI          0x56025000U
#define XSPI2_CR      (XSPI2 + 0x00)
#define XSPI2_DCR1    (XSPI2 + 0x08)
#define XSPI2_DCR2    (XSPI2 + 0x0C)
#define XSPI2_SR      (XSPI2 + 0x20)
#define XSPI2_FCR     (XSPI2 + 0x24)
#define WORD_124      (BSEC + 0x1F0)
#define PLL1_READY_US 100 /* more than the model takes */

static void modify(struct soc *soc, uint32_t address, uint32_t clear, uint32_t set)
{
    wr(soc, address, (rd(soc, address) & ~clear) | set);
}

/* RNG, TIM2, GPIOG that the ROM left on; the analogue supply; XSPI2 and XSPIM in reset; SYSCFG on, and
 * off at the end. */
static void start_up_code(struct soc *soc)
{
    wr(soc, RCC + 0xA18, 1); /* AHB3RSTSR: RNG */
    wr(soc, RCC + 0x1218, 1);
    wr(soc, RCC + 0x1258, 1); /* AHB3ENCR */
    wr(soc, RCC + 0xA78, 1);  /* APB4ENSR2: SYSCFG */
    rd(soc, RCC + 0x278);
    wr(soc, SYSCFG + 0x10, 0x34180600); /* INITSVTORCR */
    modify(soc, PWR + 0x3C, 0, 0x1000); /* SVMCR3.ASV */
    modify(soc, PWR + 0x3C, 0, 0x10);   /* AVMEN */
    modify(soc, RCC + 0x274, 0, 0x8000);
    modify(soc, RCC + 0x278, 0, 0x10);
    modify(soc, RCC + 0x278, 0x10, 0);
    wr(soc, RCC + 0xA20, 0x3000); /* AHB5RSTSR: XSPI2, XSPIM */
    wr(soc, RCC + 0x1220, 0x3000);
    wr(soc, RCC + 0xA24, 1); /* APB1RSTSR1: TIM2 */
    wr(soc, RCC + 0x1224, 1);
    wr(soc, RCC + 0x1264, 1); /* APB1ENCR1 */
    wr(soc, RCC + 0x125C, 0x40);
    assert_int_equal(rd(soc, SYSCFG + 0x10), 0x34180600);
    wr(soc, RCC + 0x1278, 1); /* APB4ENCR2: SYSCFG */
}

static void start_pll1(struct soc *soc)
{
    wr(soc, RCC + 0x1000, 0x100);
    wr(soc, RCC + 0x088, 0x49000005);
    wr(soc, RCC + 0x080, 0x00404B00); /* 64 MHz / 4 * 75 */
    wr(soc, RCC + 0x084, 0);
    wr(soc, RCC + 0x800, 0x100);
    sim_time.now_ps += PLL1_READY_US * PS_PER_US;
    assert_int_equal(rd(soc, RCC + 0x04) & 0x100, 0x100);
}

static void switch_to_pll1(struct soc *soc)
{
    wr(soc, RCC + 0x024, 0x00100000); /* HPRE / 2 */
    wr(soc, RCC + 0x0C4, 0x00010000); /* IC1: 600 MHz */
    wr(soc, RCC + 0x0C8, 0x00020000); /* IC2: 400 MHz */
    wr(soc, RCC + 0xA40, 0x3);
    wr(soc, RCC + 0x020, 0x03030000);
    assert_int_equal(rd(soc, RCC + 0x020), 0x33330000);
}

static void start_up_touches_nothing_unknown(void **state)
{
    start_up_code(*state);
    assert_int_equal(soc_stats(*state)->unmodelled_accesses, 0);
    assert_int_equal(soc_stats(*state)->unclocked_accesses, 0);
    assert_int_equal(rd(*state, PWR + 0x3C), 0x00101010); /* ASVRDY with its monitor on */
    assert_int_equal(rd(*state, RCC + 0x278), 2);         /* BSEC stays on */
    assert_int_equal(rd(*state, SYSCFG + 0x10), 0);       /* gated */
}

/* VOSCR: VOS 0, VOSRDY 1, ACTVOS 16, ACTVOSRDY 17; HAL waits a second for the last and then hangs. */
static void voltage_scaling_is_ready(void **state)
{
    assert_int_equal(rd(*state, PWR + 0x20), 0x00020002);
    modify(*state, PWR + 0x20, 0, 1);
    assert_int_equal(rd(*state, PWR + 0x20), 0x00030003);
    assert_int_equal(rd(*state, RCC + 0x04) & 8, 8); /* HSIRDY */
}

/* The second Init finds the CPU on PLL1: it must leave it before the PLL goes off. */
static void a_pll_in_use_stays_on(void **state)
{
    struct soc *soc = *state;
    start_pll1(soc);
    switch_to_pll1(soc);
    assert_int_equal(soc_cpu_hz(soc), 600000000);
    wr(soc, RCC + 0x1000, 0x108); /* PLL1 and HSI */
    assert_int_equal(rd(soc, RCC + 0x04) & 0x108, 0x108);
    assert_int_equal(soc_cpu_hz(soc), 600000000);
    modify(soc, RCC + 0x020, 3 << 16, 0); /* CPU to HSI; the buses still need it */
    wr(soc, RCC + 0x1000, 0x100);
    assert_int_equal(rd(soc, RCC + 0x04) & 0x100, 0x100);
    modify(soc, RCC + 0x020, 3 << 24, 0);
    wr(soc, RCC + 0x1000, 0x100);
    assert_int_equal(rd(soc, RCC + 0x04) & 0x100, 0);
    start_pll1(soc);
    switch_to_pll1(soc);
    assert_int_equal(soc_cpu_hz(soc), 600000000);
}

/* HSLV of VDDIO3 is bit 15 of fuse word 124: burnt, the kernel clock is 300 MHz, else 75 MHz. */
static void fuse_word_124_as_burnt(void **state)
{
    (void)state;
    for (uint32_t burnt = 0; burnt < 2; burnt++) {
        struct soc_config config = {.mcu = "STM32N657X0", .fuse_word_124 = burnt << 15};
        struct error error = {0};
        struct soc *soc = soc_create(&config, &sim_time, NULL, &error);
        assert_non_null(soc);
        wr(soc, RCC + 0xA78, 2); /* BSEC */
        assert_int_equal(rd(soc, BSEC + 0x88C) & 1U << 28, 0);
        wr(soc, BSEC + 0xC04, 124);
        assert_int_equal(rd(soc, BSEC + 0xE44), 0);
        assert_int_equal(rd(soc, WORD_124), burnt << 15);
        wr(soc, WORD_124, 0xFFFFFFFF);
        soc_reset(soc);
        assert_int_equal(rd(soc, WORD_124), burnt << 15);
        wr(soc, RCC + 0x1278, 2);
        assert_int_equal(rd(soc, WORD_124), 0); /* gated */
        soc_destroy(soc);
    }
}

/* Bit 0 of the same word: the watchdog runs from reset on; 512 ms. */
static void fuse_word_124_starts_the_watchdog(void **state)
{
    (void)state;
    struct soc_config config = {.mcu = "STM32N657X0", .fuse_word_124 = 1};
    struct error error = {0};
    struct soc *soc = soc_create(&config, &sim_time, NULL, &error);
    assert_non_null(soc);
    sim_time.now_ps += 600 * PS_PER_MS;
    rd(soc, RCC);
    assert_int_equal(soc_stats(soc)->findings, SOC_FINDING_IWDG_EXPIRED);
    soc_destroy(soc);
}

/* The kernel clock's frequency is computed from what reads back of IC3, DIVENR and CCIPR6. */
static void kernel_clock_by_ic3(void **state)
{
    struct soc *soc = *state;
    start_pll1(soc);
    wr(soc, RCC + 0x0CC, 0x000F0000);
    wr(soc, RCC + 0xA40, 4);
    wr(soc, RCC + 0x158, 0x20);
    wr(soc, RCC + 0xA60, 1 << 12);
    assert_int_equal(rd(soc, RCC + 0x0CC), 0x000F0000);
    assert_int_equal(rd(soc, RCC + 0x240), 4);
    assert_int_equal(rd(soc, RCC + 0x158), 0x20);
    wr(soc, XSPI2_DCR2, 0); /* calibrates for 256 clocks: 3.41 us at 75 MHz */
    sim_time.now_ps += 3300 * PS_PER_NS;
    assert_int_equal(rd(soc, XSPI2_SR) & 0x20, 0x20);
    sim_time.now_ps += 200 * PS_PER_NS;
    assert_int_equal(rd(soc, XSPI2_SR) & 0x20, 0);
    wr(soc, RCC + 0x0CC, 0x00030000);
    wr(soc, XSPI2_DCR2, 0); /* 0.85 us at 300 MHz */
    sim_time.now_ps += 900 * PS_PER_NS;
    assert_int_equal(rd(soc, XSPI2_SR) & 0x20, 0);
    wr(soc, RCC + 0x1240, 4); /* IC3 off */
    wr(soc, XSPI2_DCR2, 0);
    sim_time.now_ps += PS_PER_SECOND;
    assert_int_equal(rd(soc, XSPI2_SR) & 0x20, 0x20);
}

/* Pin by pin, each register read, changed and written; de-initialisation writes four more. */
static void pin_registers_keep_what_is_written(void **state)
{
    static const uint32_t port_n[] = {0x00, 0x08, 0x0C, 0x20, 0x24, 0x40, 0x44, 0x48, 0x4C};
    struct soc *soc = *state;
    wr(soc, RCC + 0xA5C, 1 << 13);
    for (size_t i = 0; i < sizeof port_n / sizeof port_n[0]; i++) {
        for (uint32_t nibble = 0; nibble < 32; nibble += 4) {
            modify(soc, GPION + port_n[i], 0xFU << nibble, 9U << nibble);
        }
        assert_int_equal(rd(soc, GPION + port_n[i]), 0x99999999);
        wr(soc, GPION + port_n[i], 0);
        assert_int_equal(rd(soc, GPION + port_n[i]), 0);
    }
    wr(soc, GPION + 0x04, 0xFFFFFFFF);
    assert_int_equal(rd(soc, GPION + 0x04), 0xFFFF);
    for (uint32_t n = 0; n < 4; n++) {
        wr(soc, EXTI + 0x60 + 4 * n, 0x08080808 + n);
    }
    for (uint32_t n = 0; n < 4; n++) {
        assert_int_equal(rd(soc, EXTI + 0x60 + 4 * n), 0x08080808 + n);
    }
    assert_int_equal(soc_stats(soc)->unmodelled_accesses, 0);
    assert_int_equal(soc_stats(soc)->unclocked_accesses, 0);
}

/* De-initialisation comes before the clock: tolerated, without effect. */
static void controller_without_clock(void **state)
{
    struct soc *soc = *state;
    modify(soc, XSPI2_CR, 1, 0);
    wr(soc, XSPI2_DCR1, 0);
    modify(soc, XSPI2_CR, 0, 0x301);
    wr(soc, XSPI2_DCR1, 0x011F0100);
    assert_int_equal(soc_stats(soc)->unclocked_accesses, 6);
    wr(soc, RCC + 0xA60, 1 << 12);
    assert_int_equal(rd(soc, XSPI2_CR), 0);
    assert_int_equal(rd(soc, XSPI2_DCR1), 0);
    assert_int_equal(rd(soc, XSPI2_SR), 0);
}

/* HAL sets a new divider, does not wait, and aborts: BUSY is the calibration's, TCF must come. */
static void abort_during_calibration(void **state)
{
    struct soc *soc = *state;
    wr(soc, RCC + 0xA60, 1 << 12);
    wr(soc, XSPI2_DCR1, 0x011F0100);
    wr(soc, XSPI2_CR, 0x301);
    wr(soc, XSPI2_DCR2, 1);
    assert_int_equal(rd(soc, XSPI2_SR) & 0x22, 0x20);
    modify(soc, XSPI2_CR, 0, 2);
    assert_int_equal(rd(soc, XSPI2_SR) & 0x22, 2);
    wr(soc, XSPI2_FCR, 2);
    assert_int_equal(rd(soc, XSPI2_SR) & 0x22, 0);
    assert_int_equal(rd(soc, XSPI2_CR), 0x301);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(start_up_touches_nothing_unknown),
        TEST(voltage_scaling_is_ready),
        TEST(a_pll_in_use_stays_on),
        TEST(fuse_word_124_as_burnt),
        TEST(fuse_word_124_starts_the_watchdog),
        TEST(kernel_clock_by_ic3),
        TEST(pin_registers_keep_what_is_written),
        TEST(controller_without_clock),
        TEST(abort_during_calibration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

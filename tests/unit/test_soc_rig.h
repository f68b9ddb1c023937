/* SPDX-License-Identifier: MIT */
/*
 * An STM32N655X0 alone, no flash on its pins, and its registers by bank. Addresses: ST SVD STM32N655
 * and the CMSIS header of cmsis-device-n6.
 */
#ifndef TEST_SOC_RIG_H
#define TEST_SOC_RIG_H

#include "sim/soc/soc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BSEC   0x56009000U
#define CRC    0x56024C00U
#define GPIOB  0x56020400U
#define GPIOG  0x56021800U
#define GPION  0x56023400U
#define IWDG   0x56004800U
#define PWR    0x56024800U
#define RCC    0x56028000U
#define RNG    0x54020000U
#define SYSCFG 0x56008000U
#define TIM2   0x50000000U
#define XSPI1  0x58025000U
#define XSPI2  0x5802A000U
#define XSPIM  0x5802B400U

static struct sim_clock sim_time;

static int setup(void **state)
{
    struct soc_config config = {.mcu = "STM32N655X0", .seed = 1};
    struct error error = {0};
    sim_time.now_ps = 0;
    *state = soc_create(&config, &sim_time, NULL, &error);
    return *state == NULL;
}

static int teardown(void **state)
{
    soc_destroy(*state);
    return 0;
}

static uint32_t rd(struct soc *soc, uint32_t address)
{
    uint32_t value = 0xDEADBEEF;
    assert_int_equal(soc_read(soc, address, 4, &value), SOC_OK);
    return value;
}

static void wr(struct soc *soc, uint32_t address, uint32_t value)
{
    assert_int_equal(soc_write(soc, address, 4, value), SOC_OK);
}

#endif

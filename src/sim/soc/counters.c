/* SPDX-License-Identifier: MIT */
/*
 * TIM2, derived from the virtual clock. It counts up; its other modes are kept as register values
 * only. Registers: CMSIS header of cmsis-device-n6 [HDR].
 */
#include "sim/soc/model.h"

enum {
    TIM2_CR1 = 0x00,
    TIM2_SR = 0x10,
    TIM2_EGR = 0x14,
    TIM2_CNT = 0x24,
    TIM2_PSC = 0x28,
    TIM2_ARR = 0x2C
};

/* Ticks since `counter` was set; the timers' clock is taken as the buses' [INF]. */
static uint64_t tim2_ticks(const struct soc *soc)
{
    const uint64_t hz = soc->clocks.sys_hz;
    const uint64_t divider = UINT64_C(1) + (soc_word(soc, BANK_TIM2, TIM2_PSC) & 0xFFFFU);
    const uint64_t elapsed = soc->clock->now_ps - soc->tim2.since_ps;
    if (!soc->tim2.running) {
        return soc->tim2.base;
    }
    const uint64_t seconds = elapsed / PS_PER_SECOND;
    const uint64_t rest = elapsed % PS_PER_SECOND / 1000 * hz / (PS_PER_SECOND / 1000);
    return soc->tim2.base + (seconds * hz + rest) / divider;
}

static void tim2_settle(struct soc *soc)
{
    const uint64_t period = UINT64_C(1) + soc_word(soc, BANK_TIM2, TIM2_ARR);
    const uint64_t ticks = tim2_ticks(soc);
    if (ticks >= period) {
        soc_put_word(soc, BANK_TIM2, TIM2_SR, soc_word(soc, BANK_TIM2, TIM2_SR) | 1U); /* UIF */
    }
    soc->tim2.base = (uint32_t)(ticks % period);
    soc->tim2.since_ps = soc->clock->now_ps;
    soc_put_word(soc, BANK_TIM2, TIM2_CNT, soc->tim2.base);
}

uint32_t soc_tim2_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored)
{
    (void)stored;
    /* The remainder of a tick must not be lost by looking. */
    const struct counter before = soc->tim2;
    const uint32_t status = soc_word(soc, bank, TIM2_SR);
    tim2_settle(soc);
    const uint32_t value = soc_word(soc, bank, offset);
    soc->tim2 = before;
    soc_put_word(soc, bank, TIM2_SR, status);
    return value;
}

void soc_tim2_written(struct soc *soc, enum bank bank, const struct soc_write *write)
{
    const uint32_t after = soc_word(soc, bank, write->offset);
    switch (write->offset) {
    case TIM2_SR:
        soc_put_word(soc, bank, TIM2_SR, write->before);
        tim2_settle(soc);
        soc_put_word(soc, bank, TIM2_SR, soc_word(soc, bank, TIM2_SR) & write->value); /* w0c */
        return;
    case TIM2_EGR:
        if ((write->value & 1U) == 0) {
            return;
        }
        soc->tim2.base = 0; /* UG */
        soc_put_word(soc, bank, TIM2_SR, soc_word(soc, bank, TIM2_SR) | 1U);
        break;
    case TIM2_CNT: soc->tim2.base = after; break;
    case TIM2_CR1:
    case TIM2_PSC:
    case TIM2_ARR:
        soc_put_word(soc, bank, write->offset, write->before);
        tim2_settle(soc);
        soc_put_word(soc, bank, write->offset, after);
        break;
    default: return;
    }
    soc->tim2.since_ps = soc->clock->now_ps;
    soc->tim2.running = (soc_word(soc, bank, TIM2_CR1) & 1U) != 0; /* CEN */
}

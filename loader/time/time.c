/* SPDX-License-Identifier: MIT */
#include "time/time.h"

#include "state.h"

#include <stddef.h>

/* Armv7-M and Armv8-M Architecture Reference Manuals */
#define SYST_CSR           (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR           (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR           (*(volatile uint32_t *)0xE000E018u)
#define DWT_CTRL           (*(volatile uint32_t *)0xE0001000u)
#define DWT_CYCCNT         (*(volatile uint32_t *)0xE0001004u)

#define DWT_CTRL_CYCCNTENA UINT32_C(1)
#define SYST_RUN           UINT32_C(5) /* processor clock, no interrupt */
#define SYST_MAX           UINT32_C(0x00FFFFFF)
#define CYCCNT_LOOKS       16u     /* before a counter is taken for one that stands */
#define SYSTICK_LOOKS      300000u /* it loads on its first tick; QEMU's begins late */
#define SLOWEST_HZ         UINT32_C(1000000)
#define IWDG_REFRESH       UINT32_C(0xAAAA)
#define IWDG_ACCESS        UINT32_C(0x5555)
#define IWDG_OPEN          UINT32_C(0xFFF) /* WINR: no window */
#define IWDG_SR_WVU        UINT32_C(4)     /* WINR is being taken over */
#define IWDG_FEED_US       UINT32_C(16000)

#define clock              (state->time)

static uint32_t counter(void)
{
    return clock.from_systick ? 0u - SYST_CVR : DWT_CYCCNT;
}

static bool advances(uint32_t looks)
{
    const uint32_t first = counter();
    while (looks-- > 0) {
        if (counter() != first) {
            return true;
        }
    }
    return false;
}

void time_forget(void)
{
    clock.calibrated = false;
}

bool time_start(uint32_t fastest_hz)
{
    clock.fastest_hz = fastest_hz;
    if (!clock.calibrated) {
        clock.hz = fastest_hz;
    }
    clock.total = 0;
    clock.feed_at = 0;
    clock.from_systick = false;
    DWT_CTRL |= DWT_CTRL_CYCCNTENA;
    if (!advances(CYCCNT_LOOKS)) {
        clock.from_systick = true;
        SYST_RVR = SYST_MAX;
        SYST_CVR = 0;
        SYST_CSR = SYST_RUN;
        if (!advances(SYSTICK_LOOKS)) {
            return false;
        }
    }
    clock.last = counter();
    return true;
}

uint32_t time_now(void)
{
    uint32_t now = counter();
    uint32_t passed = now - clock.last;
    clock.last = now;
    clock.total += clock.from_systick ? passed & SYST_MAX : passed;
    return clock.total;
}

static uint32_t cycles_per_us(void)
{
    return (clock.hz + 999999u) / 1000000u;
}

uint32_t time_after_us(uint32_t us)
{
    return time_now() + us * cycles_per_us();
}

/* Cycle counts wrap; what lies ahead is less than half of their range away. */
static bool has_come(uint32_t now, uint32_t instant)
{
    return (int32_t)(now - instant) >= 0;
}

struct iwdg {
    volatile uint32_t kr, pr, rlr, sr, winr;
};

/* An independent watchdog that somebody started must not reset the chip in mid-erase. Feeding one
 * that never ran does nothing. With a window, feeding too early resets the chip as well: the window
 * is opened, which reloads the counter, and fed is only once that has come into force. Where no WINR
 * is, WVU reads 0 and feeding goes on. The window is not closed again on return: the next call could
 * only open it anew, and an application that feeds inside its window feeds in time without one. Keys
 * and registers: [HDR], and the driver stm32n6xx_hal_iwdg.c [HAL]; what a window does: [memory]. */
static void feed(uint32_t now)
{
    struct iwdg *iwdg = (struct iwdg *)state->board->iwdg_key;
    if (iwdg == NULL || !has_come(now, clock.feed_at)) {
        return;
    }
    if (iwdg->winr != IWDG_OPEN) {
        iwdg->kr = IWDG_ACCESS;
        iwdg->winr = IWDG_OPEN;
    }
    if ((iwdg->sr & IWDG_SR_WVU) == 0) {
        iwdg->kr = IWDG_REFRESH;
    }
    clock.feed_at = now + IWDG_FEED_US * cycles_per_us();
}

void time_feed(void)
{
    feed(time_now());
}

bool time_is_over(uint32_t deadline)
{
    uint32_t now = time_now();
    feed(now);
    return has_come(now, deadline);
}

void time_delay_us(uint32_t us)
{
    uint32_t end = time_after_us(us);
    while (!time_is_over(end)) {
    }
}

void time_calibrate(uint32_t cycles, uint32_t us)
{
    if (us == 0 || cycles > UINT32_MAX / 16) {
        return;
    }
    uint32_t hz = cycles * 16 / us * 62500; /* sixteenths of a MHz */
    if (hz < SLOWEST_HZ || hz > clock.fastest_hz + clock.fastest_hz / 8) {
        return;
    }
    clock.hz = hz;
    clock.calibrated = true;
}

uint32_t time_hz(void)
{
    return clock.hz;
}

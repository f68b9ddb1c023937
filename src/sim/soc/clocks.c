/* SPDX-License-Identifier: MIT */
/*
 * The clock tree: oscillators, PLLs, IC dividers, the switches of CPU and buses, and the kernel
 * clocks of the XSPI controllers.
 *
 * Fields and reset values: ST SVD STM32N655 and CMSIS header of cmsis-device-n6 [SVD][HDR].
 * Start-up times are not published where they could be read here; those below are plausible [INF].
 */
#include "sim/soc/model.h"

enum {
    CR = 0x000,
    CFGR1 = 0x020,
    CFGR2 = 0x024,
    MSICFGR = 0x044,
    HSICFGR = 0x048,
    PLL1CFGR1 = 0x080,
    IC1CFGR = 0x0C4,
    CCIPR6 = 0x158,
    CCIPR7 = 0x15C,
    DIVENR = 0x240,
    MISCENR = 0x248
};

enum clock_switch { /* CFGR1.CPUSW and SYSSW */
    SWITCH_HSI,
    SWITCH_MSI,
    SWITCH_HSE,
    SWITCH_IC
};

#define HSI_HZ     UINT32_C(64000000)
#define VCO_MAX_HZ UINT32_C(3200000000) /* does not lock beyond [memory] */

/* How long from the enable bit to the ready bit. No crystal is described by a board: HSE and LSE
 * never start. */
static const uint64_t startup_ps[OSC_COUNT] = {
    [OSC_LSI] = 100 * PS_PER_US,
    [OSC_LSE] = PS_NEVER,
    [OSC_MSI] = 5 * PS_PER_US,
    [OSC_HSI] = 4 * PS_PER_US,
    [OSC_HSE] = PS_NEVER,
    [OSC_PLL1] = 50 * PS_PER_US,
    [OSC_PLL1 + 1] = 50 * PS_PER_US,
    [OSC_PLL1 + 2] = 50 * PS_PER_US,
    [OSC_PLL4] = 50 * PS_PER_US,
};

static uint32_t field(const struct soc *soc, uint32_t offset, unsigned low, unsigned width)
{
    return soc_word(soc, BANK_RCC, offset) >> low & ((UINT32_C(1) << width) - 1);
}

static bool is_running(const struct soc *soc, unsigned oscillator)
{
    return (soc->clocks.running >> oscillator & 1U) != 0;
}

static uint32_t hsi_hz(const struct soc *soc)
{
    return is_running(soc, OSC_HSI) ? HSI_HZ >> field(soc, HSICFGR, 7, 2) : 0;
}

static uint32_t msi_hz(const struct soc *soc)
{
    /* MSIFREQSEL: 4 or 16 MHz [memory]. */
    const uint32_t hz = field(soc, MSICFGR, 9, 1) != 0 ? 16000000U : 4000000U;
    return is_running(soc, OSC_MSI) ? hz : 0;
}

static uint32_t pll_source_hz(const struct soc *soc, unsigned pll)
{
    switch (field(soc, PLL1CFGR1 + 16 * pll, 28, 3)) {
    case 0: return hsi_hz(soc);
    case 1: return msi_hz(soc);
    default: return 0;
    }
}

static uint32_t pll_hz(const struct soc *soc, unsigned pll)
{
    const uint32_t base = PLL1CFGR1 + 16 * pll;
    const uint32_t source = pll_source_hz(soc, pll);
    if (field(soc, base, 27, 1) != 0) {
        return source; /* BYP */
    }
    const uint32_t m = field(soc, base, 20, 6);
    const uint64_t n = (uint64_t)field(soc, base, 8, 12) << 24 | field(soc, base + 4, 0, 24);
    const uint32_t p = field(soc, base + 8, 27, 3) * field(soc, base + 8, 24, 3);
    if (!is_running(soc, OSC_PLL1 + pll) || m == 0 || p == 0 || field(soc, base + 8, 30, 1) == 0) {
        return 0;
    }
    const uint64_t vco = source / m * n >> 24;
    return vco > VCO_MAX_HZ ? 0 : (uint32_t)vco / p;
}

/* Output of divider ICn, from 1. */
static uint32_t ic_hz(const struct soc *soc, unsigned n)
{
    const uint32_t offset = IC1CFGR + 4 * (n - 1);
    return pll_hz(soc, field(soc, offset, 28, 2)) / (field(soc, offset, 16, 8) + 1);
}

static uint32_t enabled_ic_hz(const struct soc *soc, unsigned n)
{
    return field(soc, DIVENR, n - 1, 1) != 0 ? ic_hz(soc, n) : 0;
}

static uint32_t switch_hz(const struct soc *soc, uint32_t source, unsigned ic)
{
    switch (source) {
    case SWITCH_HSI: return hsi_hz(soc);
    case SWITCH_MSI: return msi_hz(soc);
    case SWITCH_IC: return enabled_ic_hz(soc, ic);
    default: return 0;
    }
}

static uint32_t per_ck_hz(const struct soc *soc)
{
    static const uint8_t ic_of[8] = {0, 0, 0, 19, 5, 10, 15, 20}; /* [memory] */
    const uint32_t source = field(soc, CCIPR7, 0, 3);
    if (field(soc, MISCENR, 6, 1) == 0) {
        return 0; /* PEREN */
    }
    return source < SWITCH_IC ? switch_hz(soc, source, 0) : enabled_ic_hz(soc, ic_of[source]);
}

uint32_t soc_clocks_kernel_hz(const struct soc *soc, unsigned xspi)
{
    switch (field(soc, CCIPR6, 4 * xspi, 2)) {
    case 0: return soc->clocks.hclk_hz;
    case 1: return per_ck_hz(soc);
    case 2: return enabled_ic_hz(soc, 3);
    default: return enabled_ic_hz(soc, 4);
    }
}

static uint32_t oscillator_bit(uint32_t source)
{
    switch (source) {
    case SWITCH_HSI: return 1U << OSC_HSI;
    case SWITCH_MSI: return 1U << OSC_MSI;
    default: return 0;
    }
}

/* PLL and source behind divider ICn. */
static uint32_t needed_by_ic(const struct soc *soc, unsigned n)
{
    const uint32_t pll = field(soc, IC1CFGR + 4 * (n - 1), 28, 2);
    const bool bypassed = field(soc, PLL1CFGR1 + 16 * pll, 27, 1) != 0;
    return (bypassed ? 0 : 1U << (OSC_PLL1 + pll)) |
           oscillator_bit(field(soc, PLL1CFGR1 + 16 * pll, 28, 3));
}

/* What CPU and buses run on cannot be switched off [memory: of the STM32 families]. */
static uint32_t needed_oscillators(const struct soc *soc)
{
    const uint32_t cpu = field(soc, CFGR1, 20, 2), bus = field(soc, CFGR1, 28, 2);
    return (cpu == SWITCH_IC ? needed_by_ic(soc, 1) : oscillator_bit(cpu)) |
           (bus == SWITCH_IC ? needed_by_ic(soc, 2) : oscillator_bit(bus));
}

static void update_oscillators(struct soc *soc)
{
    struct clock_state *clocks = &soc->clocks;
    const uint64_t now = soc->clock->now_ps;
    const uint32_t on = (soc_word(soc, BANK_RCC, CR) | needed_oscillators(soc)) & ~clocks->stopped;
    soc_put_word(soc, BANK_RCC, CR, soc_word(soc, BANK_RCC, CR) | needed_oscillators(soc));
    clocks->next_change = PS_NEVER;
    for (unsigned i = 0; i < OSC_COUNT; i++) {
        const uint32_t bit = UINT32_C(1) << i;
        const bool sourced = i < OSC_PLL1 || pll_source_hz(soc, i - OSC_PLL1) != 0;
        if ((on & bit) == 0 || !sourced) {
            clocks->ready_at[i] = PS_NEVER;
            clocks->running &= ~bit;
        } else if (clocks->ready_at[i] == PS_NEVER && startup_ps[i] != PS_NEVER) {
            clocks->ready_at[i] = now + startup_ps[i];
        }
        if (clocks->ready_at[i] <= now) {
            clocks->running |= bit;
        } else if (clocks->ready_at[i] < clocks->next_change) {
            clocks->next_change = clocks->ready_at[i];
        }
    }
}

/* CPUSWS and SYSSWS follow CPUSW and SYSSW as soon as the chosen clock runs. */
static void update_switch(struct soc *soc, unsigned low, unsigned ic)
{
    const uint32_t wanted = field(soc, CFGR1, low, 2);
    if (switch_hz(soc, wanted, ic) != 0) {
        const uint32_t cleared = soc_word(soc, BANK_RCC, CFGR1) & ~(UINT32_C(3) << (low + 4));
        soc_put_word(soc, BANK_RCC, CFGR1, cleared | wanted << (low + 4));
    }
}

void soc_clocks_update(struct soc *soc)
{
    struct clock_state *clocks = &soc->clocks;
    update_oscillators(soc);
    update_switch(soc, 16, 1);
    update_switch(soc, 24, 2);
    clocks->cpu_hz = switch_hz(soc, field(soc, CFGR1, 20, 2), 1);
    clocks->sys_hz = switch_hz(soc, field(soc, CFGR1, 28, 2), 2);
    clocks->hclk_hz = clocks->sys_hz >> field(soc, CFGR2, 20, 3);
    for (unsigned i = 0; i < XSPI_COUNT; i++) {
        if (xspi_set_kernel_clock(soc->xspi[i], soc_clocks_kernel_hz(soc, i))) {
            soc_tell(soc, SOC_NOTICE_WEDGED, 0, xspi_name(soc->xspi[i]));
        }
    }
}

void soc_clocks_reset(struct soc *soc)
{
    struct clock_state *clocks = &soc->clocks;
    clocks->running = 0;
    for (unsigned i = 0; i < OSC_COUNT; i++) {
        clocks->ready_at[i] = PS_NEVER;
    }
    if ((clocks->stopped >> OSC_HSI & 1U) == 0) {
        clocks->ready_at[OSC_HSI] = soc->clock->now_ps; /* RCC.SR resets to HSIRDY */
        clocks->running = 1U << OSC_HSI;
    }
    soc_clocks_update(soc);
}

/* SPDX-License-Identifier: MIT */
/*
 * A firmware that runs from the flash and proves it: it walks the asset table through the
 * memory-mapped window, checks every sum, then blinks; fast if all is well, slowly if not.
 *
 * The result is also in `report`, for a debugger. LED and clock are board matters: LED_PIN of GPIOG
 * is the green LED of ST's NUCLEO-N657X0-Q [memory]; change it for yours.
 */
#include "asset.h"

#include <stdbool.h>

/* Secure aliases, from the CMSIS header cmsis-device-n6 and the ST SVD. */
#define RCC_AHB4ENSR (*(volatile uint32_t *)0x56028A5Cu) /* set alias of AHB4ENR */
#define GPIOG_MODER  (*(volatile uint32_t *)0x56021800u)
#define GPIOG_BSRR   (*(volatile uint32_t *)0x56021818u)

/* SysTick, Armv8-M ARM. */
#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)

enum {
    LED_PIN = 0,
    AHB4_GPIOG = 6,
    TICK_CYCLES = 640000, /* 10 ms at the 64 MHz that the core runs at after reset */
    TICKS_GOOD = 10,
    TICKS_BAD = 100
};

extern const struct asset_table assets;

struct asset_report {
    uint32_t checked;
    uint32_t wrong;
};

static volatile uint32_t ticks;
struct asset_report report;

void SysTick_Handler(void);
int main(void);

void SysTick_Handler(void)
{
    ticks++;
}

static bool asset_is_whole(const struct asset_entry *entry)
{
    const uint8_t *bytes = (const uint8_t *)&assets + entry->offset;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < entry->size; i++) {
        sum += bytes[i];
    }
    return sum == entry->sum;
}

static void walk_assets(void)
{
    if (assets.magic != ASSET_MAGIC || assets.count != ASSET_COUNT) {
        report.wrong = ASSET_COUNT;
        return;
    }
    for (uint32_t i = 0; i < ASSET_COUNT; i++) {
        report.checked++;
        report.wrong += !asset_is_whole(&assets.entries[i]);
    }
}

static void wait_ticks(uint32_t count)
{
    const uint32_t start = ticks;
    while (ticks - start < count) {
        __asm volatile("wfi");
    }
}

int main(void)
{
    RCC_AHB4ENSR = 1u << AHB4_GPIOG;
    GPIOG_MODER = (GPIOG_MODER & ~(3u << 2 * LED_PIN)) | 1u << 2 * LED_PIN;
    SYST_RVR = TICK_CYCLES - 1;
    SYST_CVR = 0;
    SYST_CSR = 7; /* CLKSOURCE, TICKINT, ENABLE */
    __asm volatile("cpsie i");

    walk_assets();
    for (;;) {
        const uint32_t pause = report.wrong == 0 ? TICKS_GOOD : TICKS_BAD;
        GPIOG_BSRR = 1u << LED_PIN;
        wait_ticks(pause);
        GPIOG_BSRR = 1u << (LED_PIN + 16);
        wait_ticks(pause);
    }
}

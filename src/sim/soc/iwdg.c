/* SPDX-License-Identifier: MIT */
/*
 * The independent watchdog, derived from the virtual clock; its resets are recorded, not carried out.
 * The early wake-up interrupt is not modelled.
 *
 * Registers and keys: CMSIS header of cmsis-device-n6 [HDR]. What the driver stm32n6xx_hal_iwdg.c
 * says of them [HAL]: the counter starts from FFFh; a write to WINR reloads it; a register's flag in
 * SR is 1 for up to 5 periods of the LSI and to the next edge of the prescaled clock. Only a
 * watchdog that runs completes an update: a driver of ST's for older ones tells by that whether it
 * runs [comm].
 * [memory]: AAAAh resets while the counter is above WINR; AAAAh and CCCCh close the registers again.
 * [INF]: until an update has crossed the old value holds, and another write is lost; a start takes
 * what was written before.
 */
#include "sim/soc/model.h"

enum {
    IWDG_KR = 0x00,
    IWDG_PR = 0x04,
    IWDG_RLR = 0x08,
    IWDG_SR = 0x0C,
    IWDG_WINR = 0x10,
    IWDG_EWCR = 0x14,
    KEY_REFRESH = 0xAAAA,
    KEY_ACCESS = 0x5555,
    KEY_START = 0xCCCC,
    SR_ONF = 1 << 8,
    COUNTER_MAX = 0xFFF,
    PRESCALER_MAX = 8 /* LSI / 1024 */
};

#define LSI_PERIOD_PS  (PS_PER_SECOND / 32000)
#define CROSSING_LSI   5
#define RESET_FINDINGS (SOC_FINDING_IWDG_EXPIRED | SOC_FINDING_IWDG_EARLY)

static uint64_t tick_ps(const struct iwdg *iwdg)
{
    const uint32_t pr = iwdg->pr > PRESCALER_MAX ? PRESCALER_MAX : iwdg->pr;
    return (UINT64_C(4) << pr) * LSI_PERIOD_PS;
}

static uint32_t counter_at(const struct iwdg *iwdg, uint64_t ps)
{
    const uint64_t ticks = (ps - iwdg->since_ps) / tick_ps(iwdg);
    return ticks >= iwdg->loaded ? 0 : iwdg->loaded - (uint32_t)ticks;
}

static uint64_t expiry_ps(const struct iwdg *iwdg)
{
    return iwdg->since_ps + (iwdg->loaded + UINT64_C(1)) * tick_ps(iwdg);
}

static void load(struct iwdg *iwdg, uint32_t value, uint64_t ps)
{
    iwdg->loaded = value;
    iwdg->since_ps = ps;
}

/* The update that crosses first, or IWDG_UPDATES. */
static unsigned first_update(const struct iwdg *iwdg)
{
    unsigned first = IWDG_UPDATES;
    for (unsigned i = 0; i < IWDG_UPDATES; i++) {
        if (iwdg->updating[i] &&
            (first == IWDG_UPDATES || iwdg->crosses_ps[i] < iwdg->crosses_ps[first])) {
            first = i;
        }
    }
    return first;
}

static void take_over(struct soc *soc, unsigned update, uint64_t ps)
{
    struct iwdg *iwdg = &soc->iwdg;
    switch (update) {
    case IWDG_UPDATE_PR:
        load(iwdg, counter_at(iwdg, ps), ps);
        iwdg->pr = soc_word(soc, BANK_IWDG, IWDG_PR);
        break;
    case IWDG_UPDATE_RLR: iwdg->rlr = soc_word(soc, BANK_IWDG, IWDG_RLR); break;
    case IWDG_UPDATE_WINR:
        iwdg->winr = soc_word(soc, BANK_IWDG, IWDG_WINR);
        load(iwdg, iwdg->rlr, ps);
        break;
    default: break;
    }
    iwdg->updating[update] = false;
}

static bool expires_before(const struct iwdg *iwdg, uint64_t ps)
{
    return iwdg->running && ps > expiry_ps(iwdg);
}

/* Lets updates cross in their order, and records that the watchdog would have reset the system. */
void soc_iwdg_watch(struct soc *soc)
{
    struct iwdg *iwdg = &soc->iwdg;
    const uint64_t now = soc->clock->now_ps;
    unsigned update = first_update(iwdg);
    while (update != IWDG_UPDATES && iwdg->crosses_ps[update] <= now &&
           !expires_before(iwdg, iwdg->crosses_ps[update])) {
        take_over(soc, update, iwdg->crosses_ps[update]);
        update = first_update(iwdg);
    }
    if (expires_before(iwdg, now)) {
        soc->stats.findings |= SOC_FINDING_IWDG_EXPIRED;
    }
}

uint64_t soc_iwdg_next(const struct soc *soc)
{
    const struct iwdg *iwdg = &soc->iwdg;
    if (!iwdg->running || (soc->stats.findings & RESET_FINDINGS) != 0) {
        return PS_NEVER;
    }
    const unsigned update = first_update(iwdg);
    const uint64_t expiry = expiry_ps(iwdg) + 1;
    return update != IWDG_UPDATES && iwdg->crosses_ps[update] < expiry ? iwdg->crosses_ps[update]
                                                                       : expiry;
}

static uint64_t crossing_ps(const struct soc *soc)
{
    const struct iwdg *iwdg = &soc->iwdg;
    return iwdg->running ? soc->clock->now_ps + CROSSING_LSI * LSI_PERIOD_PS + tick_ps(iwdg)
                         : PS_NEVER;
}

void soc_iwdg_reset(struct soc *soc)
{
    soc->iwdg = (struct iwdg){.loaded = COUNTER_MAX, .rlr = COUNTER_MAX, .winr = COUNTER_MAX};
}

void soc_iwdg_start(struct soc *soc)
{
    struct iwdg *iwdg = &soc->iwdg;
    if (iwdg->running) {
        return;
    }
    iwdg->running = true;
    for (unsigned i = 0; i < IWDG_UPDATES; i++) {
        if (iwdg->updating[i]) {
            take_over(soc, i, soc->clock->now_ps);
            iwdg->updating[i] = true; /* the flag stays for as long as ever */
            iwdg->crosses_ps[i] = crossing_ps(soc);
        }
    }
    load(iwdg, iwdg->rlr, soc->clock->now_ps);
}

uint32_t soc_iwdg_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored)
{
    (void)bank;
    (void)offset;
    (void)stored;
    uint32_t value = soc->iwdg.running ? SR_ONF : 0;
    for (unsigned i = 0; i < IWDG_UPDATES; i++) {
        value |= soc->iwdg.updating[i] ? UINT32_C(1) << i : 0;
    }
    return value;
}

static void refresh(struct soc *soc)
{
    struct iwdg *iwdg = &soc->iwdg;
    const uint64_t now = soc->clock->now_ps;
    if (iwdg->running && counter_at(iwdg, now) > iwdg->winr) {
        soc->stats.findings |= SOC_FINDING_IWDG_EARLY;
    }
    load(iwdg, iwdg->rlr, now);
}

static unsigned update_of(uint32_t offset)
{
    switch (offset) {
    case IWDG_PR: return IWDG_UPDATE_PR;
    case IWDG_RLR: return IWDG_UPDATE_RLR;
    case IWDG_WINR: return IWDG_UPDATE_WINR;
    case IWDG_EWCR: return IWDG_UPDATE_EWCR;
    default: return IWDG_UPDATES;
    }
}

static void change(struct soc *soc, const struct soc_write *write)
{
    struct iwdg *iwdg = &soc->iwdg;
    const unsigned update = update_of(write->offset);
    if (update == IWDG_UPDATES) {
        return;
    }
    if (!iwdg->unlocked || iwdg->updating[update]) {
        soc_put_word(soc, BANK_IWDG, write->offset, write->before);
        return;
    }
    iwdg->updating[update] = true;
    iwdg->crosses_ps[update] = crossing_ps(soc);
}

void soc_iwdg_written(struct soc *soc, enum bank bank, const struct soc_write *write)
{
    (void)bank;
    if (write->offset != IWDG_KR) {
        change(soc, write);
        return;
    }
    const uint32_t key = write->value & 0xFFFFU;
    soc->iwdg.unlocked = key == KEY_ACCESS;
    switch (key) {
    case KEY_START: soc_iwdg_start(soc); break;
    case KEY_REFRESH: refresh(soc); break;
    default: break;
    }
}

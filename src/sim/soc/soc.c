/* SPDX-License-Identifier: MIT */
/* Life and reset of the SoC, and the dispatch of an access to a bank or a window. */
#include "sim/soc/soc.h"

#include "sim/soc/model.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW_MASK UINT32_C(0x0FFFFFFF)
#define PERIPHERALS UINT32_C(0x40000000)
#define ALIAS_STEP  UINT32_C(0x800)

static bool create_controllers(struct soc *soc)
{
    static const char *const names[XSPI_COUNT] = {"XSPI1", "XSPI2", "XSPI3"};
    for (unsigned i = 0; i < XSPI_COUNT; i++) {
        soc->pins[i] = soc_route_pins;
        soc->pins[i].context = &soc->routes[i];
        soc->xspi[i] = xspi_create(names[i], &soc->pins[i], soc->clock);
        if (soc->xspi[i] == NULL) {
            return false;
        }
    }
    return true;
}

struct soc *soc_create(const struct soc_config *config, struct sim_clock *clock, struct nor *chip,
                       struct error *error)
{
    if (config->mcu == NULL || strncmp(config->mcu, "STM32N6", 7) != 0) {
        error_set(error, ERROR_UNKNOWN_MCU, NULL, 0, 0, "no model of '%s'",
                  config->mcu == NULL ? "" : config->mcu);
        return NULL;
    }
    struct soc *soc = calloc(1, sizeof *soc);
    if (soc == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "SoC model");
        return NULL;
    }
    soc->config = *config;
    soc->clock = clock;
    soc->chip = chip;
    soc->random = config->seed;
    soc->chip_reset_released = true;
    if (!soc_route_create(soc, error)) {
        soc_destroy(soc);
        return NULL;
    }
    if (!soc_banks_create(soc) || !soc_ram_create(soc) || !create_controllers(soc)) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "SoC model");
        soc_destroy(soc);
        return NULL;
    }
    soc_reset(soc);
    return soc;
}

void soc_destroy(struct soc *soc)
{
    if (soc == NULL) {
        return;
    }
    for (unsigned i = 0; i < XSPI_COUNT; i++) {
        if (soc->xspi[i] != NULL) {
            xspi_destroy(soc->xspi[i]);
        }
    }
    soc_banks_destroy(soc);
    soc_ram_destroy(soc);
    free(soc);
}

/* What the boot ROM leaves in development boot: PG10 low (its LED), some clocks on. */
static void boot_rom_leavings(struct soc *soc)
{
    const enum bank gpiog = (enum bank)(BANK_GPIOA + 6);
    const uint32_t moder = 0, pin = 10;
    soc_rcc_boot_rom(soc);
    soc_put_word(soc, gpiog, moder,
                 (soc_word(soc, gpiog, moder) & ~(UINT32_C(3) << (2 * pin))) | (uint32_t)PAD_OUTPUT
                                                                                   << (2 * pin));
    soc_ram_boot_rom(soc);
}

void soc_reset(struct soc *soc)
{
    const uint32_t cr1 = soc_word(soc, BANK_PWR, 0);
    const uint32_t sden = UINT32_C(1) << 2;
    soc_route_settle(soc);
    for (unsigned bank = BANK_NONE + 1; bank < BANK_COUNT; bank++) {
        soc_bank_reset(soc, (enum bank)bank);
        soc->banks[bank].in_reset = false;
    }
    if (soc->sden_written) { /* only a power-on reset gives SDEN back */
        soc_put_word(soc, BANK_PWR, 0, (soc_word(soc, BANK_PWR, 0) & ~sden) | (cr1 & sden));
    }
    soc_put_word(soc, BANK_BSEC, 4 * 124, soc->config.fuse_word_124);
    soc_iwdg_reset(soc);
    if ((soc_word(soc, BANK_BSEC, 4 * 124) & 1U) != 0) {
        soc_iwdg_start(soc); /* IWDG_HW */
    }
    boot_rom_leavings(soc);
    soc_clocks_reset(soc);
    soc_route_update(soc);
}

const struct soc_ram *soc_ram(const struct soc *soc, unsigned index)
{
    return index < RAM_COUNT && soc->rams[index].bytes != NULL ? &soc->rams[index] : NULL;
}

/* XSPI1 at 0x90000000, XSPI2 at 0x70000000, XSPI3 at 0x80000000, 256 MB each [HDR]; -1 = none. */
static int window_of(uint32_t address)
{
    switch (address >> 28) {
    case 0x7: return 1;
    case 0x8: return 2;
    case 0x9: return 0;
    default: return -1;
    }
}

bool soc_is_window(const struct soc *soc, uint32_t address)
{
    (void)soc;
    return window_of(address) >= 0;
}

bool soc_window_is_mapped(const struct soc *soc, uint32_t address)
{
    const int index = window_of(address);
    const enum bank bank = (enum bank)(BANK_XSPI1 + index);
    return index >= 0 && soc_bank_is_clocked(soc, bank) && !soc->banks[bank].in_reset &&
           xspi_is_mapped(soc->xspi[index]);
}

static enum soc_access from_xspi(enum xspi_access access)
{
    switch (access) {
    case XSPI_OK: return SOC_OK;
    case XSPI_STALL: return SOC_STALL;
    default: return SOC_FAULT;
    }
}

/* Lets what time alone has changed take effect. */
static void settle(struct soc *soc)
{
    if (soc->clock->now_ps >= soc->clocks.next_change) {
        soc_clocks_update(soc);
    }
    soc_iwdg_watch(soc);
}

static enum soc_access unclocked(struct soc *soc, uint32_t address)
{
    soc->stats.unclocked_accesses++;
    soc->stats.last_unclocked = address;
    soc_tell(soc, SOC_NOTICE_UNCLOCKED, address, "");
    switch (soc->config.unclocked) {
    case SOC_UNCLOCKED_FAULT: return SOC_FAULT;
    case SOC_UNCLOCKED_STALL: return SOC_STALL;
    default: return SOC_OK;
    }
}

static enum soc_access window_access(struct soc *soc, uint32_t address, unsigned size, bool write,
                                     uint32_t *value)
{
    const int index = window_of(address);
    const enum bank bank = (enum bank)(BANK_XSPI1 + index);
    const uint32_t offset = address & WINDOW_MASK;
    if (!soc_bank_is_clocked(soc, bank)) {
        return unclocked(soc, address);
    }
    if (soc->banks[bank].in_reset) {
        soc_tell(soc, SOC_NOTICE_IN_RESET, address, "");
        return SOC_FAULT;
    }
    return from_xspi(write ? xspi_window_write(soc->xspi[index], offset, size, *value)
                           : xspi_window_read(soc->xspi[index], offset, size, value));
}

static void unmodelled(struct soc *soc, uint32_t address)
{
    soc->stats.unmodelled_accesses++;
    soc->stats.last_unmodelled = address;
}

/* Bits of the 32-bit register that the access covers. */
static uint32_t lanes_of(uint32_t address, unsigned size)
{
    const uint32_t mask = size == 4 ? UINT32_MAX : (UINT32_C(1) << (8 * size)) - 1;
    return mask << (8 * (address & 3U));
}

static bool is_peripheral(uint32_t address)
{
    return (address & ~(ALIAS_NS_S | WINDOW_MASK)) == PERIPHERALS;
}

static enum soc_access read_xspi(struct soc *soc, enum bank bank, uint32_t offset, unsigned size,
                                 uint32_t *value)
{
    if (soc->banks[bank].in_reset) {
        soc_tell(soc, SOC_NOTICE_IN_RESET, soc_banks[bank].base + offset, "");
        return SOC_OK;
    }
    const enum xspi_access access = xspi_read(soc->xspi[bank - BANK_XSPI1], offset, size, value);
    if (soc->stuck_count > 0) {
        const unsigned shift = 8 * (offset & 3U);
        const uint32_t word = soc_banks[bank].base + (offset & ~UINT32_C(3));
        *value = (soc_unstuck(soc, word, *value << shift) & lanes_of(offset, size)) >> shift;
    }
    return from_xspi(access);
}

enum soc_access soc_read(struct soc *soc, uint32_t address, unsigned size, uint32_t *value)
{
    *value = 0;
    if (address % size != 0) {
        return SOC_FAULT;
    }
    settle(soc);
    if (window_of(address) >= 0) {
        soc->stats.window_reads++;
        return window_access(soc, address, size, false, value);
    }
    if (!is_peripheral(address)) {
        return SOC_FAULT;
    }
    soc->stats.register_reads++;
    uint32_t offset = 0;
    const enum bank bank = soc_bank_at(soc, address, &offset);
    if (bank != BANK_NONE && !soc_bank_is_clocked(soc, bank)) {
        return unclocked(soc, address);
    }
    if (bank >= BANK_XSPI1 && bank <= BANK_XSPI3) {
        return read_xspi(soc, bank, offset, size, value);
    }
    const struct soc_register *reg =
        bank == BANK_NONE ? NULL : soc->banks[bank].registers[offset / 4];
    if (reg == NULL) {
        unmodelled(soc, address);
        return SOC_OK;
    }
    const uint32_t word = offset & ~UINT32_C(3);
    uint32_t result = soc_word(soc, bank, offset);
    if ((reg->flags & REGISTER_COMPUTED) != 0) {
        result = soc_banks[bank].read(soc, bank, word, result);
        result = soc_unstuck(soc, soc_banks[bank].base + word, result);
    }
    *value = (result & lanes_of(address, size)) >> (8 * (address & 3U));
    return SOC_OK;
}

/* Stores by mask, or by a set or clear alias, and lets the bank act on it. */
static void store(struct soc *soc, enum bank bank, const struct soc_register *reg, unsigned alias,
                  struct soc_write *write)
{
    const bool on_the_way = bank == BANK_RCC || bank == BANK_PWR || bank == BANK_XSPIM ||
                            (bank >= BANK_GPIOA && bank <= BANK_GPIO_LAST);
    const uint32_t mask = reg->mask & write->lanes;
    if (on_the_way) {
        soc_route_settle(soc);
    }
    uint32_t word = soc_word(soc, bank, write->offset);
    write->before = word;
    if ((reg->flags & REGISTER_COMMAND) == 0) {
        switch (alias) {
        case 1: word |= write->value & mask; break;
        case 2: word &= ~(write->value & mask); break;
        default: word = (word & ~mask) | (write->value & mask); break;
        }
        soc_put_word(soc, bank, write->offset, word);
    }
    if (soc_banks[bank].written != NULL) {
        soc_banks[bank].written(soc, bank, write);
    }
    if (bank == BANK_RCC) {
        soc_clocks_update(soc);
    }
    if (on_the_way) {
        soc_route_update(soc);
    }
}

static enum soc_access write_register(struct soc *soc, enum bank bank, uint32_t address,
                                      uint32_t offset, unsigned size, uint32_t value)
{
    unsigned alias = 0;
    if (bank == BANK_RCC) {
        alias = offset / ALIAS_STEP;
        offset %= ALIAS_STEP;
    }
    const struct soc_register *reg = soc->banks[bank].registers[offset / 4];
    if (reg == NULL || alias > 2 || (alias != 0 && (reg->flags & REGISTER_ALIASED) == 0)) {
        unmodelled(soc, address);
        return SOC_OK;
    }
    if (soc->banks[bank].in_reset) {
        soc_tell(soc, SOC_NOTICE_IN_RESET, address, "");
        return SOC_OK;
    }
    struct soc_write write = {.offset = offset & ~UINT32_C(3),
                              .value = value << (8 * (address & 3U)),
                              .lanes = lanes_of(address, size),
                              .size = size};
    store(soc, bank, reg, alias, &write);
    return SOC_OK;
}

enum soc_access soc_write(struct soc *soc, uint32_t address, unsigned size, uint32_t value)
{
    if (address % size != 0) {
        return SOC_FAULT;
    }
    settle(soc);
    if (window_of(address) >= 0) {
        return window_access(soc, address, size, true, &value);
    }
    if (!is_peripheral(address)) {
        return SOC_FAULT;
    }
    soc->stats.register_writes++;
    uint32_t offset = 0;
    const enum bank bank = soc_bank_at(soc, address, &offset);
    if (bank == BANK_NONE) {
        unmodelled(soc, address);
        return SOC_OK;
    }
    if (!soc_bank_is_clocked(soc, bank)) {
        return unclocked(soc, address);
    }
    if (bank < BANK_XSPI1 || bank > BANK_XSPI3) {
        return write_register(soc, bank, address, offset, size, value);
    }
    if (soc->banks[bank].in_reset) {
        soc_tell(soc, SOC_NOTICE_IN_RESET, address, "");
        return SOC_OK;
    }
    const unsigned shift = 8 * (address & 3U);
    const uint32_t word = soc_banks[bank].base + (offset & ~UINT32_C(3));
    const uint32_t kept = (soc_unstuck(soc, word, value << shift) & lanes_of(address, size));
    return from_xspi(xspi_write(soc->xspi[bank - BANK_XSPI1], offset, size, kept >> shift));
}

bool soc_read_is_pure(const struct soc *soc, uint32_t address)
{
    uint32_t offset = 0;
    if (!is_peripheral(address)) {
        return false;
    }
    const enum bank bank = soc_bank_at(soc, address, &offset);
    const struct soc_register *reg =
        bank == BANK_NONE ? NULL : soc->banks[bank].registers[offset / 4];
    if (reg == NULL) {
        return false;
    }
    /* A bank without clock reads 0 for ever. */
    return (reg->flags & REGISTER_IMPURE) == 0 || !soc_bank_is_clocked(soc, bank);
}

uint64_t soc_next_event(struct soc *soc)
{
    settle(soc);
    uint64_t next = soc->clocks.next_change;
    const uint64_t watchdog = soc_iwdg_next(soc);
    next = watchdog < next ? watchdog : next;
    for (unsigned i = 0; i < XSPI_COUNT; i++) {
        const uint64_t event = xspi_next_event(soc->xspi[i]);
        next = event < next ? event : next;
    }
    return next;
}

uint32_t soc_cpu_hz(const struct soc *soc)
{
    return soc->clocks.cpu_hz;
}

void soc_stick(struct soc *soc, uint32_t address, uint32_t mask, uint32_t value)
{
    const uint32_t plain = address & ~(ALIAS_NS_S | UINT32_C(3));
    uint32_t offset = 0;
    const enum bank bank = soc_bank_at(soc, plain, &offset);
    if (soc->stuck_count == STUCK_MAX || bank == BANK_NONE) {
        return;
    }
    soc_route_settle(soc);
    soc->stuck[soc->stuck_count++] = (struct stuck){plain, mask, value};
    soc_put_word(soc, bank, offset, soc_word(soc, bank, offset));
    soc_clocks_update(soc);
    soc_route_update(soc);
}

void soc_stop_oscillator(struct soc *soc)
{
    soc->clocks.stopped |= UINT32_C(1) << OSC_HSI;
    soc_clocks_update(soc);
}

static struct wire *find_wire(struct soc *soc, const char *signal)
{
    for (unsigned i = 0; i < soc->config.wire_count; i++) {
        if (strcmp(soc->config.wires[i].signal, signal) == 0) {
            return &soc->wires[i];
        }
    }
    return NULL;
}

bool soc_cut_wire(struct soc *soc, const char *signal)
{
    struct wire *wire = find_wire(soc, signal);
    if (wire == NULL) {
        return false;
    }
    soc_route_settle(soc);
    wire->cut = true;
    soc_route_update(soc);
    return true;
}

void soc_set_undriven(struct soc *soc, uint8_t level)
{
    soc->config.undriven = level;
}

bool soc_swap_wires(struct soc *soc, const char *one, const char *other)
{
    struct wire *first = find_wire(soc, one), *second = find_wire(soc, other);
    if (first == NULL || second == NULL) {
        return false;
    }
    soc_route_settle(soc);
    enum signal chip = first->chip;
    first->chip = second->chip;
    second->chip = chip;
    soc_route_update(soc);
    return true;
}

const struct soc_stats *soc_stats(const struct soc *soc)
{
    return &soc->stats;
}

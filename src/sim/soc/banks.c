/* SPDX-License-Identifier: MIT */
/* From the tables of the banks to stored words: lookup, reset, bits that are stuck, names. */
#include "sim/soc/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERIPHERALS UINT32_C(0x40000000)
#define UNIT_SHIFT  10
#define UNITS       (UINT32_C(0x10000000) >> UNIT_SHIFT)
#define ALIAS_STEP  UINT32_C(0x800)

static bool create_bank(struct soc *soc, enum bank bank)
{
    const struct soc_bank *data = &soc_banks[bank];
    struct bank_state *state = &soc->banks[bank];
    state->words = calloc(data->size / 4, sizeof *state->words);
    state->registers = calloc(data->size / 4, sizeof *state->registers);
    if (state->words == NULL || state->registers == NULL) {
        return false;
    }
    for (const struct soc_register *reg = data->registers; reg->name != NULL; reg++) {
        for (unsigned i = 0; i < reg->count; i++) {
            state->registers[reg->offset / 4 + i] = reg;
        }
    }
    const uint32_t unit = (data->base - PERIPHERALS) >> UNIT_SHIFT;
    memset(soc->bank_of + unit, (int)bank, data->size >> UNIT_SHIFT);
    return true;
}

bool soc_banks_create(struct soc *soc)
{
    _Static_assert(BANK_COUNT <= UINT8_MAX, "a bank's number is one byte");
    soc->bank_of = calloc(UNITS, 1);
    if (soc->bank_of == NULL) {
        return false;
    }
    for (unsigned bank = BANK_NONE + 1; bank < BANK_COUNT; bank++) {
        if (!create_bank(soc, (enum bank)bank)) {
            return false;
        }
    }
    return true;
}

void soc_banks_destroy(struct soc *soc)
{
    for (unsigned bank = 0; bank < BANK_COUNT; bank++) {
        free(soc->banks[bank].words);
        free(soc->banks[bank].registers);
    }
    free(soc->bank_of);
}

enum bank soc_bank_at(const struct soc *soc, uint32_t address, uint32_t *offset)
{
    const uint32_t plain = address & ~ALIAS_NS_S;
    if (plain - PERIPHERALS >= UNITS << UNIT_SHIFT) {
        return BANK_NONE;
    }
    const enum bank bank = (enum bank)soc->bank_of[(plain - PERIPHERALS) >> UNIT_SHIFT];
    *offset = plain - soc_banks[bank].base;
    return bank;
}

bool soc_bank_is_clocked(const struct soc *soc, enum bank bank)
{
    const struct rcc_bit enable = soc_banks[bank].enable;
    return enable.offset == 0 || soc_rcc_bit(soc, enable);
}

void soc_put_word(struct soc *soc, enum bank bank, uint32_t offset, uint32_t value)
{
    const uint32_t address = soc_banks[bank].base + (offset & ~UINT32_C(3));
    soc->banks[bank].words[offset / 4] = soc_unstuck(soc, address, value);
}

uint32_t soc_unstuck(const struct soc *soc, uint32_t address, uint32_t value)
{
    for (unsigned i = 0; i < soc->stuck_count; i++) {
        const struct stuck *stuck = &soc->stuck[i];
        if (stuck->address == address) {
            value = (value & ~stuck->mask) | (stuck->value & stuck->mask);
        }
    }
    return value;
}

void soc_bank_reset(struct soc *soc, enum bank bank)
{
    for (const struct soc_register *reg = soc_banks[bank].registers; reg->name != NULL; reg++) {
        for (unsigned i = 0; i < reg->count; i++) {
            soc_put_word(soc, bank, reg->offset + 4 * i, reg->reset);
        }
    }
    if (bank >= BANK_GPIOA && bank <= BANK_GPIO_LAST) {
        soc_gpio_reset(soc, bank);
    } else if (bank >= BANK_XSPI1 && bank <= BANK_XSPI3) {
        xspi_reset(soc->xspi[bank - BANK_XSPI1]);
    } else if (bank == BANK_TIM2) {
        soc->tim2 = (struct counter){0};
    }
}

/* "AHB5ENR" -> "AHB5ENSR": the vendor puts S or C before the last R. */
static void alias_name(char *name, size_t size, char letter)
{
    char *last = strrchr(name, 'R');
    if (last != NULL && strlen(name) + 2 <= size) {
        memmove(last + 1, last, strlen(last) + 1);
        *last = letter;
    }
}

/* The core's own registers that software polls [ARM]. */
static void core_register_name(uint32_t address, char *buffer, size_t size)
{
    switch (address) {
    case 0xE000E010: snprintf(buffer, size, "SYST.CSR"); break;
    case 0xE000E018: snprintf(buffer, size, "SYST.CVR"); break;
    case 0xE0001004: snprintf(buffer, size, "DWT.CYCCNT"); break;
    default: break;
    }
}

void soc_register_name(const struct soc *soc, uint32_t address, char *buffer, size_t size)
{
    uint32_t offset = 0;
    const enum bank bank = soc_bank_at(soc, address, &offset);
    uint32_t alias = 0;
    if (size > 0) {
        buffer[0] = '\0';
    }
    if (bank == BANK_NONE) {
        core_register_name(address, buffer, size);
        return;
    }
    if (bank == BANK_RCC) {
        alias = offset / ALIAS_STEP;
        offset %= ALIAS_STEP;
    }
    const struct soc_register *reg = soc->banks[bank].registers[offset / 4];
    if (reg == NULL || alias > 2 || (alias != 0 && (reg->flags & REGISTER_ALIASED) == 0)) {
        return;
    }
    char name[32];
    snprintf(name, sizeof name, "%s", reg->name);
    if (reg->count > 1 || reg->first > 0) {
        snprintf(name, sizeof name, "%s%u", reg->name,
                 reg->first + (unsigned)(offset - reg->offset) / 4);
    }
    if (alias != 0) {
        alias_name(name, sizeof name, alias == 1 ? 'S' : 'C');
    }
    snprintf(buffer, size, "%s.%s", soc_banks[bank].name, name);
}

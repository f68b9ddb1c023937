/* SPDX-License-Identifier: MIT */
/*
 * The random number generator (deterministic from the seed) and the CRC unit. Registers: CMSIS
 * header of cmsis-device-n6 [HDR]; the CRC unit as in every STM32 with programmable polynomial
 * [KNOW].
 */
#include "sim/soc/model.h"

enum {
    RNG_CR = 0x00,
    RNG_SR = 0x04,
    RNG_DR = 0x08,
    RNG_RNGEN = 1 << 2,
    CRC_DR = 0x00,
    CRC_CR = 0x08,
    CRC_INIT = 0x10,
    CRC_POL = 0x14
};

/* splitmix64 */
uint64_t soc_random(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

uint32_t soc_rng_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored)
{
    const bool enabled = (soc_word(soc, bank, RNG_CR) & RNG_RNGEN) != 0;
    switch (offset) {
    case RNG_SR: return enabled ? 1 : 0; /* DRDY */
    case RNG_DR: return enabled ? (uint32_t)soc_random(&soc->random) : 0;
    default: return stored;
    }
}

static uint32_t reverse(uint32_t value, unsigned bits)
{
    uint32_t result = 0;
    for (unsigned i = 0; i < bits; i++) {
        result |= (value >> i & 1U) << (bits - 1 - i);
    }
    return result;
}

static unsigned polynomial_bits(const struct soc *soc)
{
    static const uint8_t bits[] = {32, 16, 8, 7}; /* POLYSIZE */
    return bits[soc_word(soc, BANK_CRC, CRC_CR) >> 3 & 3U];
}

/* REV_IN: 0 as is, 1 by byte, 2 by half-word, 3 by word. */
static uint32_t reversed_input(uint32_t value, unsigned bits, unsigned rev_in)
{
    const unsigned unit = rev_in == 0 ? 0 : 8U << (rev_in - 1);
    if (unit == 0) {
        return value;
    }
    const unsigned step = unit < bits ? unit : bits;
    uint32_t result = 0;
    for (unsigned low = 0; low < bits; low += step) {
        const uint32_t mask = step == 32 ? UINT32_MAX : (UINT32_C(1) << step) - 1;
        result |= reverse(value >> low & mask, step) << low;
    }
    return result;
}

static void feed(struct soc *soc, uint32_t value, unsigned bits)
{
    const unsigned width = polynomial_bits(soc);
    const uint32_t top = UINT32_C(1) << (width - 1);
    const uint32_t polynomial = soc_word(soc, BANK_CRC, CRC_POL);
    const unsigned rev_in = soc_word(soc, BANK_CRC, CRC_CR) >> 5 & 3U;
    const uint32_t input = reversed_input(value, bits, rev_in);
    uint32_t crc = soc_word(soc, BANK_CRC, CRC_DR);
    for (unsigned i = bits; i-- > 0;) {
        const bool feedback = ((crc & top) != 0) != ((input >> i & 1U) != 0);
        crc = crc << 1 ^ (feedback ? polynomial : 0);
    }
    soc_put_word(soc, BANK_CRC, CRC_DR, crc & (top | (top - 1)));
}

uint32_t soc_crc_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored)
{
    (void)offset;
    const bool rev_out = (soc_word(soc, bank, CRC_CR) >> 7 & 1U) != 0;
    return rev_out ? reverse(stored, polynomial_bits(soc)) : stored;
}

void soc_crc_written(struct soc *soc, enum bank bank, const struct soc_write *write)
{
    const unsigned bits = 8 * write->size;
    if (write->offset == CRC_DR) {
        const uint32_t mask = bits == 32 ? UINT32_MAX : (UINT32_C(1) << bits) - 1;
        feed(soc, write->value & mask, bits);
    } else if (write->offset == CRC_CR && (soc_word(soc, bank, CRC_CR) & 1U) != 0) {
        soc_put_word(soc, bank, CRC_DR, soc_word(soc, bank, CRC_INIT)); /* RESET */
        soc_put_word(soc, bank, CRC_CR, soc_word(soc, bank, CRC_CR) & ~UINT32_C(1));
    } else if (write->offset == CRC_INIT) {
        soc_put_word(soc, bank, CRC_DR, soc_word(soc, bank, CRC_INIT));
    }
}

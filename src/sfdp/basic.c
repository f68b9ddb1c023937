/* SPDX-License-Identifier: MIT */
/* The basic flash parameter table, a group of words at a time. */
#include "sfdp/words.h"

#include <string.h>

#define DENSITY_EXPONENT_MAX 43u /* bits: 1 TiB; no flash is larger for a while */
#define BITS_PER_BYTE_LOG2   3u
#define ENTER4_ALL           0x7Fu

static uint64_t density(uint32_t word)
{
    if (word >> 31 == 0) {
        return ((uint64_t)word + 1) >> BITS_PER_BYTE_LOG2;
    }
    uint32_t exponent = word & INT32_MAX;
    if (exponent < BITS_PER_BYTE_LOG2 || exponent > DENSITY_EXPONENT_MAX) {
        return 0;
    }
    return UINT64_C(1) << (exponent - BITS_PER_BYTE_LOG2);
}

static void decode_geometry(struct sfdp *sfdp, const struct sfdp_words *words)
{
    static const uint8_t address_bytes[] = {3, 34, 4, 3};
    struct sfdp_geometry *geometry = &sfdp->basic.geometry;
    uint32_t word = sfdp_word(words, 1);
    uint8_t opcode = (uint8_t)sfdp_bits(word, 15, 8);
    geometry->size = density(sfdp_word(words, 2));
    geometry->erase4k_opcode = sfdp_bits(word, 1, 0) == 1 && sfdp_is_opcode(opcode) ? opcode : 0;
    geometry->page_buffer = sfdp_bits(word, 2, 2) != 0;
    geometry->volatile_status = sfdp_bits(word, 3, 3) != 0;
    geometry->volatile_enable = sfdp_bits(word, 4, 4) != 0 ? 0x06 : 0x50;
    geometry->address_bytes = address_bytes[sfdp_bits(word, 18, 17)];
    geometry->some_dtr = sfdp_bits(word, 19, 19) != 0;
    if (geometry->address_bytes == 3 && geometry->size > UINT32_C(1) << 24) {
        sfdp_needs(sfdp, SFDP_RULE_ADDRESS_3_ONLY);
    }
}

/* Where the bit that says "supported" and the half word that describes a read lie. */
struct read_place {
    uint8_t flag_word, flag_bit; /* flag_word 0: supported if the opcode is one */
    uint8_t word, low;
};

static const struct read_place read_places[SFDP_READ_KINDS] = {
    [SFDP_READ_1_1_2] = {1, 16, 4, 0},     [SFDP_READ_1_2_2] = {1, 20, 4, 16},
    [SFDP_READ_1_1_4] = {1, 22, 3, 16},    [SFDP_READ_1_4_4] = {1, 21, 3, 0},
    [SFDP_READ_2_2_2] = {5, 0, 6, 16},     [SFDP_READ_4_4_4] = {5, 4, 7, 16},
    [SFDP_READ_1_1_8] = {0, 0, 17, 16},    [SFDP_READ_1_8_8] = {0, 0, 17, 0},
    [SFDP_READ_1S_1D_1D] = {21, 0, 22, 0}, [SFDP_READ_1S_2D_2D] = {21, 1, 22, 16},
    [SFDP_READ_1S_4D_4D] = {21, 2, 23, 0}, [SFDP_READ_4S_4D_4D] = {21, 3, 23, 16},
};

/* Half words of reads that a chip does not have are zeros, ones, or look like a read. */
static void decode_reads(struct sfdp *sfdp, const struct sfdp_words *words)
{
    for (unsigned i = 0; i < SFDP_READ_KINDS; i++) {
        const struct read_place *place = &read_places[i];
        uint32_t half = sfdp_word(words, place->word) >> place->low & 0xFFFFu;
        uint8_t opcode = (uint8_t)(half >> 8);
        bool said = place->flag_word == 0 ||
                    (sfdp_word(words, place->flag_word) >> place->flag_bit & 1u) != 0;
        if (said && sfdp_is_opcode(opcode)) {
            sfdp->basic.reads[i] = (struct sfdp_read){.opcode = opcode,
                                                      .mode_clocks = (uint8_t)(half >> 5 & 7u),
                                                      .wait_clocks = (uint8_t)(half & 0x1Fu)};
        } else if (said && place->flag_word != 0) {
            sfdp_needs(sfdp, SFDP_RULE_READ_OPCODE);
        } else if (half != 0) {
            sfdp_needs(sfdp, SFDP_RULE_UNUSED_READ);
        }
    }
}

/* Types of two sizes on one opcode: which size it erases depends on the address or on a setting. */
static void find_shared(struct sfdp *sfdp)
{
    struct sfdp_erase *erases = sfdp->basic.erases;
    for (unsigned i = 0; i < SFDP_ERASE_TYPES; i++) {
        for (unsigned j = 0; j < SFDP_ERASE_TYPES; j++) {
            if (erases[i].size_log2 != 0 && erases[j].size_log2 != 0 &&
                erases[i].opcode == erases[j].opcode &&
                erases[i].size_log2 != erases[j].size_log2) {
                erases[i].shared = true;
                sfdp_needs(sfdp, SFDP_RULE_ERASE_SHARED);
            }
        }
    }
}

static void decode_erases(struct sfdp *sfdp, const struct sfdp_words *words)
{
    static const uint32_t units_ms[] = {1, 16, 128, 1000};
    uint32_t times = sfdp_word(words, 10);
    uint32_t multiplier = 2 * (sfdp_bits(times, 3, 0) + 1);
    for (unsigned i = 0; i < SFDP_ERASE_TYPES; i++) {
        struct sfdp_erase *erase = &sfdp->basic.erases[i];
        uint32_t half = sfdp_word(words, 8 + i / 2) >> 16 * (i % 2) & 0xFFFFu;
        uint8_t size_log2 = (uint8_t)half;
        if (size_log2 == 0 || !sfdp_is_opcode(half >> 8)) {
            continue;
        }
        if (size_log2 > 31 || UINT64_C(1) << size_log2 > sfdp->basic.geometry.size) {
            sfdp_needs(sfdp, SFDP_RULE_ERASE_SIZE);
            continue;
        }
        if (size_log2 == 12 && sfdp->basic.geometry.erase4k_opcode == 0) {
            sfdp_needs(sfdp, SFDP_RULE_ERASE_4K);
        }
        erase->size_log2 = size_log2;
        erase->opcode = (uint8_t)(half >> 8);
        if (words->count >= 10) {
            uint32_t field = times >> (4 + 7 * i) & 0x7Fu;
            erase->typical_ms = (sfdp_bits(field, 4, 0) + 1) * units_ms[field >> 5];
            erase->maximum_ms = erase->typical_ms * multiplier;
        }
    }
    find_shared(sfdp);
}

static void decode_program(struct sfdp *sfdp, const struct sfdp_words *words)
{
    static const uint32_t chip_units_ms[] = {16, 256, 4000, 64000};
    struct sfdp_program *program = &sfdp->basic.program;
    program->known = words->count >= 11;
    if (!program->known) {
        sfdp_needs(sfdp, SFDP_RULE_NO_TIMES);
        sfdp_needs(sfdp, SFDP_RULE_PAGE_UNKNOWN);
        return;
    }
    uint32_t word = sfdp_word(words, 11);
    uint32_t multiplier = 2 * (sfdp_bits(word, 3, 0) + 1);
    program->page = UINT32_C(1) << sfdp_bits(word, 7, 4);
    program->page_typical_us = (sfdp_bits(word, 12, 8) + 1) * (sfdp_bits(word, 13, 13) ? 64 : 8);
    program->page_maximum_us = program->page_typical_us * multiplier;
    program->first_byte_us = (sfdp_bits(word, 17, 14) + 1) * (sfdp_bits(word, 18, 18) ? 8 : 1);
    program->next_byte_us = (sfdp_bits(word, 22, 19) + 1) * (sfdp_bits(word, 23, 23) ? 8 : 1);
    program->chip_erase_typical_ms =
        (sfdp_bits(word, 28, 24) + 1) * chip_units_ms[sfdp_bits(word, 30, 29)];
    program->chip_erase_maximum_ms = program->chip_erase_typical_ms * multiplier;
    if (program->page < 256) {
        sfdp_needs(sfdp, SFDP_RULE_PAGE_SMALL);
    } else if (program->page > 256) {
        sfdp_needs(sfdp, SFDP_RULE_PAGE_LARGE);
    }
}

/* Count - 1 in bits 4:0, unit in 6:5. */
static uint32_t delay_ns(uint32_t field)
{
    static const uint32_t units_ns[] = {128, 1000, 8000, 64000};
    return (sfdp_bits(field, 4, 0) + 1) * units_ns[sfdp_bits(field, 6, 5)];
}

static void decode_suspend(struct sfdp_suspend *suspend, const struct sfdp_words *words)
{
    uint32_t word = sfdp_word(words, 12), opcodes = sfdp_word(words, 13);
    suspend->known = words->count >= 13;
    suspend->supported = suspend->known && word >> 31 == 0;
    if (!suspend->supported) {
        return;
    }
    suspend->prohibited_in_program = (uint8_t)sfdp_bits(word, 3, 0);
    suspend->prohibited_in_erase = (uint8_t)sfdp_bits(word, 7, 4);
    suspend->program_interval_us = (sfdp_bits(word, 12, 9) + 1) * 64;
    suspend->program_latency_ns = delay_ns(word >> 13);
    suspend->erase_interval_us = (sfdp_bits(word, 23, 20) + 1) * 64;
    suspend->erase_latency_ns = delay_ns(word >> 24);
    suspend->program_resume = (uint8_t)opcodes;
    suspend->program_suspend = (uint8_t)(opcodes >> 8);
    suspend->resume = (uint8_t)(opcodes >> 16);
    suspend->suspend = (uint8_t)(opcodes >> 24);
}

static void decode_power_down(struct sfdp *sfdp, const struct sfdp_words *words)
{
    struct sfdp_power_down *down = &sfdp->basic.power_down;
    uint32_t word = sfdp_word(words, 14);
    down->known = words->count >= 14;
    down->supported = down->known && word >> 31 == 0;
    down->poll_05 = sfdp_bits(word, 2, 2) != 0;
    down->poll_70 = sfdp_bits(word, 3, 3) != 0;
    if (down->poll_70 && !down->poll_05) {
        sfdp_needs(sfdp, SFDP_RULE_BUSY_70);
    }
    if (!down->supported) {
        return;
    }
    uint32_t leave = sfdp_bits(word, 22, 15);
    down->enter = (uint8_t)sfdp_bits(word, 30, 23);
    down->leave_ns = delay_ns(word >> 8);
    down->leave = sfdp_is_opcode(leave) ? (uint8_t)leave : 0;
    if (down->leave == 0) {
        sfdp_needs(sfdp, SFDP_RULE_POWER_DOWN_FF);
    }
}

static void decode_quad(struct sfdp *sfdp, const struct sfdp_words *words)
{
    struct sfdp_quad *quad = &sfdp->basic.quad;
    uint32_t word = sfdp_word(words, 15);
    quad->known = words->count >= 15;
    quad->leave_444 = (uint8_t)sfdp_bits(word, 3, 0);
    quad->enter_444 = (uint8_t)sfdp_bits(word, 8, 4);
    quad->continuous = sfdp_bits(word, 9, 9) != 0;
    quad->leave_044 = (uint8_t)sfdp_bits(word, 15, 10);
    quad->enter_044 = (uint8_t)sfdp_bits(word, 19, 16);
    quad->enable = (uint8_t)sfdp_bits(word, 22, 20);
    quad->hold_disable = sfdp_bits(word, 23, 23) != 0;
    if (quad->enable == 7) {
        sfdp_needs(sfdp, SFDP_RULE_QUAD_RESERVED);
    }
}

static void decode_modes(struct sfdp *sfdp, const struct sfdp_words *words)
{
    struct sfdp_modes *modes = &sfdp->basic.modes;
    uint32_t word = sfdp_word(words, 16);
    modes->known = words->count >= 16;
    modes->status_write = (uint8_t)sfdp_bits(word, 6, 0);
    modes->reset = (uint8_t)sfdp_bits(word, 13, 8);
    modes->leave4 = (uint8_t)sfdp_bits(word, 21, 14);
    modes->enter4 = (uint8_t)sfdp_bits(word, 30, 24);
    if (modes->enter4 == ENTER4_ALL) {
        modes->enter4 = 0;
        modes->leave4 = 0;
        sfdp_needs(sfdp, SFDP_RULE_MODE_ONES);
    }
}

static void decode_octal(struct sfdp_octal *octal, const struct sfdp_words *words)
{
    uint32_t shape = sfdp_word(words, 18), modes = sfdp_word(words, 19);
    octal->known = words->count >= 20;
    if (!octal->known) {
        return;
    }
    octal->extension = (uint8_t)sfdp_bits(shape, 30, 29);
    octal->swaps_pairs = shape >> 31 != 0;
    octal->leave_888 = (uint8_t)sfdp_bits(modes, 3, 0);
    octal->enter_888 = (uint8_t)sfdp_bits(modes, 8, 4);
    octal->enable = (uint8_t)sfdp_bits(modes, 22, 20);
    for (unsigned i = 0; i < sizeof octal->speeds; i++) {
        octal->speeds[i] = (uint8_t)(sfdp_word(words, 20) >> 4 * i & 0xFu);
    }
}

void sfdp_decode_basic(struct sfdp *sfdp, const struct sfdp_words *words)
{
    struct sfdp_basic *basic = &sfdp->basic;
    const struct sfdp_words known = {
        words->bytes, words->count < SFDP_BASIC_WORDS ? words->count : SFDP_BASIC_WORDS};
    memset(basic, 0, sizeof *basic);
    basic->words = known.count;
    decode_geometry(sfdp, &known);
    decode_reads(sfdp, &known);
    decode_erases(sfdp, &known);
    decode_program(sfdp, &known);
    decode_suspend(&basic->suspend, &known);
    decode_power_down(sfdp, &known);
    decode_quad(sfdp, &known);
    decode_modes(sfdp, &known);
    decode_octal(&basic->octal, &known);
}

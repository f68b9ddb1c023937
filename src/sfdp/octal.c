/* SPDX-License-Identifier: MIT */
/* Tables of parts with eight lines: shown, not driven. Layouts: U-Boot's macros. */
#include "sfdp/words.h"

void sfdp_decode_xspi(struct sfdp_xspi *xspi, const struct sfdp_words *words)
{
    uint32_t first = sfdp_word(words, 1), fifth = sfdp_word(words, 5);
    uint8_t opcode = (uint8_t)sfdp_bits(first, 15, 8);
    xspi->known = words->count >= 5;
    if (!xspi->known) {
        return;
    }
    xspi->read_opcode = sfdp_is_opcode(opcode) ? opcode : 0;
    xspi->status_dummy = sfdp_bits(first, 28, 28) != 0 ? 8 : 4;
    xspi->status_address_bytes = sfdp_bits(first, 29, 29) != 0 ? 4 : 0;
    xspi->dummy_200 = (uint8_t)sfdp_bits(sfdp_word(words, 4), 11, 7);
    xspi->dummy_166 = (uint8_t)sfdp_bits(fifth, 31, 27);
    xspi->dummy_133 = (uint8_t)sfdp_bits(fifth, 21, 17);
    xspi->dummy_100 = (uint8_t)sfdp_bits(fifth, 11, 7);
}

static struct sfdp_register_bit register_bit(uint32_t word)
{
    return (struct sfdp_register_bit){
        .valid = word >> 31 != 0,
        .write = (uint8_t)sfdp_bits(word, 7, 0),
        .read = (uint8_t)sfdp_bits(word, 15, 8),
        .address = (uint8_t)sfdp_bits(word, 23, 16),
        .bit = (uint8_t)sfdp_bits(word, 26, 24),
        .addressed = sfdp_bits(word, 28, 28) != 0,
        .inverted = sfdp_bits(word, 30, 30) != 0,
    };
}

void sfdp_decode_registers(struct sfdp_registers *registers, const struct sfdp_words *words)
{
    registers->known = words->count >= 8;
    if (!registers->known) {
        return;
    }
    registers->volatile_base = sfdp_word(words, 1);
    registers->lasting_base = sfdp_word(words, 2);
    registers->wip = register_bit(sfdp_word(words, 5));
    registers->wel = register_bit(sfdp_word(words, 6));
    registers->program_error = register_bit(sfdp_word(words, 7));
    registers->erase_error = register_bit(sfdp_word(words, 8));
    registers->octal_dtr_volatile = sfdp_word(words, 22) >> 31 != 0;
}

/* Two words a step: its length in the highest byte of the first, its bytes behind that. */
void sfdp_decode_octal_sequence(struct sfdp_octal_sequence *sequence,
                                const struct sfdp_words *words)
{
    sequence->known = words->count >= 2;
    for (unsigned i = 0; i < SFDP_SEQUENCES_MAX && 2 * i + 2 <= words->count; i++) {
        struct sfdp_sequence *step = &sequence->steps[i];
        uint32_t high = sfdp_word(words, 2 * i + 1), low = sfdp_word(words, 2 * i + 2);
        uint64_t both = (uint64_t)high << 32 | low;
        unsigned length = (unsigned)(both >> 56);
        step->length = length <= sizeof step->bytes ? length : 0;
        for (unsigned j = 0; j < step->length; j++) {
            step->bytes[j] = (uint8_t)(both >> (48 - 8 * j));
        }
    }
}

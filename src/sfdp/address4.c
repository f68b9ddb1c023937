/* SPDX-License-Identifier: MIT */
/* The table of commands with a 4-byte address of their own. */
#include "sfdp/words.h"

#define OCTAL_BASIC_WORDS 17u /* a basic table with octal reads has at least these */

/* Bits that a table means. Those of octal commands came with the longer basic table; older chips
 * fill them with ones. */
static uint32_t meant(struct sfdp *sfdp, uint32_t word)
{
    uint32_t allowed = sfdp->basic.words >= OCTAL_BASIC_WORDS ? SFDP_A4_BITS : SFDP_A4_BEFORE_OCTAL;
    if ((word & ~allowed) != 0) {
        sfdp_needs(sfdp, SFDP_RULE_RESERVED_ONES);
    }
    return word & allowed;
}

/* A 4-byte erase that has the 3-byte opcode is a slip of the table: 20h and D8h always mean 21h and
 * DCh; the one chip known to list 52h has 53h. */
static uint8_t erase_opcode(struct sfdp *sfdp, uint8_t opcode)
{
    switch (opcode) {
    case 0x20: sfdp_needs(sfdp, SFDP_RULE_ERASE4_3BYTE); return 0x21;
    case 0xD8: sfdp_needs(sfdp, SFDP_RULE_ERASE4_3BYTE); return 0xDC;
    case 0x52: sfdp_needs(sfdp, SFDP_RULE_ERASE4_52); return 0x53;
    default: return sfdp_is_opcode(opcode) ? opcode : 0;
    }
}

void sfdp_decode_address4(struct sfdp *sfdp, const struct sfdp_words *words)
{
    struct sfdp_address4 *address4 = &sfdp->address4;
    address4->known = words->count >= 2;
    if (!address4->known) {
        return;
    }
    address4->supports = meant(sfdp, sfdp_word(words, 1));
    for (unsigned i = 0; i < SFDP_ERASE_TYPES; i++) {
        struct sfdp_erase *erase = &sfdp->basic.erases[i];
        if (erase->size_log2 != 0 && (address4->supports & SFDP_A4_ERASE(i)) != 0) {
            erase->opcode4 = erase_opcode(sfdp, (uint8_t)(sfdp_word(words, 2) >> 8 * i));
        }
    }
}

/* SPDX-License-Identifier: MIT */
/* The headers, and which table is where. */
#include "sfdp/sfdp.h"

#include "sfdp/words.h"

#include <string.h>

#define HEADER_SIZE     8u
#define SIGNATURE       UINT32_C(0x50444653) /* "SFDP" */
#define MAJOR           1
#define BASIC_WORDS_MIN 9u /* JESD216 of 2011 */

static struct sfdp_table take_header(const uint8_t *at, size_t size)
{
    struct sfdp_table table = {
        .id = (uint16_t)(at[0] | at[7] << 8),
        .minor = at[1],
        .major = at[2],
        .length = at[3],
        .address = sfdp_little32(at + 4) & SFDP_ADDRESS_MASK,
    };
    size_t room = table.address < size ? (size - table.address) / SFDP_WORD_SIZE : 0;
    table.words = table.length < room ? table.length : (unsigned)room;
    return table;
}

static enum sfdp_problem take_headers(struct sfdp *sfdp, const uint8_t *bytes, size_t size)
{
    struct sfdp_header *header = &sfdp->header;
    if (size < 2 * HEADER_SIZE) {
        return SFDP_TOO_SHORT;
    }
    if (sfdp_little32(bytes) != SIGNATURE) {
        return SFDP_NO_SIGNATURE;
    }
    header->minor = bytes[4];
    header->major = bytes[5];
    header->announced = bytes[6] + 1u;
    header->access = bytes[7];
    if (header->major != MAJOR) {
        return SFDP_WRONG_MAJOR;
    }
    size_t room = size / HEADER_SIZE - 1;
    for (; header->count < header->announced && header->count < room &&
           header->count < SFDP_TABLES_MAX;
         header->count++) {
        struct sfdp_table *table = &header->tables[header->count];
        *table = take_header(bytes + HEADER_SIZE * (header->count + 1), size);
        if (table->words < table->length) {
            sfdp_needs(sfdp, SFDP_RULE_CUT_OFF);
        }
    }
    if (header->count < header->announced) {
        sfdp_needs(sfdp, SFDP_RULE_CUT_OFF);
    }
    return SFDP_GOOD;
}

/* Of several tables with one ID the one of the highest minor; NULL if there is none. */
static const struct sfdp_table *newest(const struct sfdp_header *header, uint16_t id,
                                       unsigned words, unsigned *found)
{
    const struct sfdp_table *best = NULL;
    *found = 0;
    for (unsigned i = 0; i < header->count; i++) {
        const struct sfdp_table *table = &header->tables[i];
        if (table->id == id && table->major == MAJOR && table->words >= words) {
            best = best == NULL || table->minor > best->minor ? table : best;
            ++*found;
        }
    }
    return best;
}

static struct sfdp_words words_of(const struct sfdp_header *header, uint16_t id,
                                  const uint8_t *bytes)
{
    unsigned found = 0;
    const struct sfdp_table *table = newest(header, id, 1, &found);
    return table != NULL ? (struct sfdp_words){bytes + table->address, table->words}
                         : (struct sfdp_words){bytes, 0};
}

enum sfdp_problem sfdp_decode(struct sfdp *sfdp, const uint8_t *bytes, size_t size)
{
    memset(sfdp, 0, sizeof *sfdp);
    enum sfdp_problem problem = take_headers(sfdp, bytes, size);
    if (problem != SFDP_GOOD) {
        return problem;
    }
    unsigned found = 0;
    const struct sfdp_header *header = &sfdp->header;
    const struct sfdp_table *basic = newest(header, SFDP_BASIC, BASIC_WORDS_MIN, &found);
    if (basic == NULL) {
        return SFDP_NO_BASIC;
    }
    sfdp->basic_table = *basic;
    if (found > 1) {
        sfdp_needs(sfdp, SFDP_RULE_NEWEST_BASIC);
    }
    struct sfdp_words words = {bytes + basic->address, basic->words};
    sfdp_decode_basic(sfdp, &words);
    words = words_of(header, SFDP_ADDRESS4, bytes);
    sfdp_decode_address4(sfdp, &words);
    words = words_of(header, SFDP_SECTOR_MAP, bytes);
    sfdp_decode_sector_map(sfdp, &words);
    words = words_of(header, SFDP_XSPI1, bytes);
    sfdp_decode_xspi(&sfdp->xspi, &words);
    words = words_of(header, SFDP_REGISTERS, bytes);
    sfdp_decode_registers(&sfdp->registers, &words);
    words = words_of(header, SFDP_OCTAL_SEQUENCE, bytes);
    sfdp_decode_octal_sequence(&sfdp->octal_sequence, &words);
    return SFDP_GOOD;
}

const char *sfdp_problem_text(enum sfdp_problem problem)
{
    switch (problem) {
    case SFDP_GOOD: return "good";
    case SFDP_TOO_SHORT: return "16 bytes are the least: the header and one parameter header";
    case SFDP_NO_SIGNATURE: return "the first four bytes are not \"SFDP\" (53 46 44 50)";
    case SFDP_WRONG_MAJOR: return "the header's major revision is not 1";
    case SFDP_NO_BASIC:
        return "no basic flash parameter table of major revision 1 with its first nine words";
    }
    return "?";
}

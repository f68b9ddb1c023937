/* SPDX-License-Identifier: MIT */
/* The sector map: where which erase type works. */
#include "sfdp/words.h"

#define END_OF_MAP       UINT32_C(1)
#define IS_MAP           UINT32_C(2)
#define WRONG_REGION     UINT32_C(0x3FFFFFF4) /* S25FL512S [UF] */
#define CORRECTED_REGION UINT32_C(0x03FFFFF4)
#define ALL_TYPES        UINT8_C(0x0F)

static struct sfdp_region region_of(struct sfdp *sfdp, uint32_t word)
{
    if (word == WRONG_REGION) {
        sfdp_needs(sfdp, SFDP_RULE_REGION_SIZE);
        word = CORRECTED_REGION;
    }
    uint64_t size = ((uint64_t)(word >> 8) + 1) * 256;
    return (struct sfdp_region){.size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size,
                                .types = (uint8_t)(word & ALL_TYPES)};
}

/* Takes the map at word `at`; returns the word behind it, or 0 if it is cut off. */
static unsigned take_map(struct sfdp *sfdp, const struct sfdp_words *words, unsigned at)
{
    struct sfdp_sector_map *map = &sfdp->sector_map;
    uint32_t head = sfdp_word(words, at);
    unsigned count = sfdp_bits(head, 23, 16) + 1;
    if (count > words->count - at) {
        return 0;
    }
    for (unsigned i = 0; i < count; i++) {
        struct sfdp_region region = region_of(sfdp, sfdp_word(words, at + 1 + i));
        map->types &= region.types;
        if (map->maps == 0 && i < SFDP_REGIONS_MAX) {
            map->first.regions[i] = region;
        }
    }
    if (map->maps == 0) {
        map->first.configuration = (uint8_t)sfdp_bits(head, 15, 8);
        map->first.count = count < SFDP_REGIONS_MAX ? count : SFDP_REGIONS_MAX;
    }
    map->maps++;
    return at + 1 + count;
}

void sfdp_decode_sector_map(struct sfdp *sfdp, const struct sfdp_words *words)
{
    struct sfdp_sector_map *map = &sfdp->sector_map;
    map->types = ALL_TYPES;
    map->known = words->count > 0;
    for (unsigned at = 1; at != 0 && at <= words->count;) {
        uint32_t head = sfdp_word(words, at);
        if ((head & IS_MAP) != 0) {
            at = take_map(sfdp, words, at);
        } else {
            map->commands++;
            at += 2;
        }
        if ((head & (END_OF_MAP | IS_MAP)) == (END_OF_MAP | IS_MAP)) {
            break;
        }
    }
    if (map->maps == 0) { /* nothing that could be relied on */
        map->types = 0;
    }
}

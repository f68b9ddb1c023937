/* SPDX-License-Identifier: MIT */
#include "host/cover.h"

#include <stdlib.h>

#define EDGE_UNIT UINT32_C(4096) /* in which struct flash_erase counts */
#define NS_PER_MS UINT64_C(1000000)

void cover_chip_of(struct cover_chip *chip, const struct board *board, bool own_chip_erase)
{
    const struct part *part = &board->part;
    *chip = (struct cover_chip){
        .size = part->size,
        .chip_erase_ns = own_chip_erase ? part->chip_erase_typ_ms * NS_PER_MS : UINT64_MAX};
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
        const struct flash_erase *type = &board->block.flash.erase[i];
        if (type->size_log2 != 0) {
            chip->erase[i].size = UINT32_C(1) << type->size_log2;
            chip->erase[i].edge_from = type->edge_from * EDGE_UNIT;
            chip->erase[i].edge_to = type->edge_to != 0 ? type->edge_to * EDGE_UNIT : UINT32_MAX;
            chip->erase[i].ns = part->erase[i].typ_ms * NS_PER_MS;
        }
    }
}

static unsigned count_types(const struct cover_chip *chip)
{
    unsigned count = 0;
    while (count < BOARD_BLOCK_ERASE_TYPES && chip->erase[count].size != 0) {
        count++;
    }
    return count;
}

uint32_t cover_largest(const struct cover_chip *chip)
{
    return chip->erase[count_types(chip) - 1].size;
}

/* There is such a unit at this place. */
static bool fits(const struct cover_chip *chip, unsigned type, uint32_t offset)
{
    const uint32_t size = chip->erase[type].size;
    if (offset % size != 0 || size > chip->size - offset) {
        return false;
    }
    const uint32_t behind = chip->size - size - offset;
    const uint32_t edge = behind < offset ? behind : offset;
    return edge >= chip->erase[type].edge_from && edge < chip->erase[type].edge_to;
}

/* What the loader erases first of a range, as its erase chooses. */
static uint32_t first_of(const struct cover_chip *chip, uint32_t offset, uint32_t size)
{
    for (unsigned type = count_types(chip); type-- > 1;) {
        if (chip->erase[type].size <= size && fits(chip, type, offset)) {
            return chip->erase[type].size;
        }
    }
    return chip->erase[0].size;
}

struct price {
    uint64_t erase_ns, program_ns;
};

struct search {
    const struct cover_chip *chip;
    struct cover_unit *units;
    unsigned count;
    uint32_t *chosen; /* of each unit: the size of the erase that begins with it, or 0 */
};

static uint64_t total(struct price price)
{
    return price.erase_ns + price.program_ns;
}

/* Units from index `first` on whose offset is below `end`. */
static unsigned count_below(const struct search *search, unsigned first, uint64_t end)
{
    unsigned next = first;
    while (next < search->count && search->units[next].offset < end) {
        next++;
    }
    return next - first;
}

static struct price price_of_one(const struct search *search, unsigned index)
{
    const struct cover_unit *unit = &search->units[index];
    search->chosen[index] = unit->erase ? search->chip->erase[0].size : 0;
    return unit->erase ? (struct price){search->chip->erase[0].ns, unit->program_ns}
                       : (struct price){0, unit->unerased_ns};
}

static void choose_whole(const struct search *search, unsigned first, unsigned count, uint32_t size)
{
    for (unsigned i = 0; i < count; i++) {
        search->chosen[first + i] = i == 0 ? size : 0;
    }
}

static uint64_t programs(const struct search *search, unsigned first, unsigned count)
{
    uint64_t ns = 0;
    for (unsigned i = 0; i < count; i++) {
        ns += search->units[first + i].program_ns;
    }
    return ns;
}

static bool any_must(const struct search *search, unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (search->units[first + i].erase) {
            return true;
        }
    }
    return false;
}

/* The least for those `count` units that lie in the unit of `type` at `offset`. */
static struct price least(const struct search *search, unsigned type, uint32_t offset,
                          unsigned first, unsigned count)
{
    const uint32_t size = search->chip->erase[type].size;
    struct price parts = {0, 0};
    if (type == 0) {
        return count > 0 ? price_of_one(search, first) : parts;
    }
    const uint32_t smaller = search->chip->erase[type - 1].size;
    for (unsigned at = first, left = count; left > 0;) {
        const uint32_t start = search->units[at].offset / smaller * smaller;
        unsigned now = count_below(search, at, (uint64_t)start + smaller);
        now = now < left ? now : left;
        const struct price part = least(search, type - 1, start, at, now);
        parts.erase_ns += part.erase_ns;
        parts.program_ns += part.program_ns;
        at += now;
        left -= now;
    }
    if (count != size / search->chip->erase[0].size || !fits(search->chip, type, offset) ||
        !any_must(search, first, count)) {
        return parts;
    }
    const struct price whole = {search->chip->erase[type].ns, programs(search, first, count)};
    if (total(whole) > total(parts)) {
        return parts;
    }
    choose_whole(search, first, count, size);
    return whole;
}

static struct price least_by_units(const struct search *search)
{
    const unsigned type = count_types(search->chip) - 1;
    const uint32_t size = search->chip->erase[type].size;
    struct price sum = {0, 0};
    for (unsigned at = 0; at < search->count;) {
        const uint32_t start = search->units[at].offset / size * size;
        const unsigned now = count_below(search, at, (uint64_t)start + size);
        const struct price price = least(search, type, start, at, now);
        sum.erase_ns += price.erase_ns;
        sum.program_ns += price.program_ns;
        at += now;
    }
    return sum;
}

/* Would the loader, asked for the range as a whole, take the units that were chosen? */
static bool is_taken_so(const struct search *search, unsigned first, uint32_t size)
{
    const uint32_t start = search->units[first].offset, unit = search->chip->erase[0].size;
    for (uint32_t at = 0; at < size;) {
        const uint32_t taken = first_of(search->chip, start + at, size - at);
        if (search->chosen[first + at / unit] != taken) {
            return false;
        }
        at += taken;
    }
    return true;
}

/* The longest run of chosen units from `first` on that can be one call. */
static uint32_t run_size(const struct search *search, unsigned first, uint32_t most)
{
    const uint32_t start = search->units[first].offset, unit = search->chip->erase[0].size;
    uint32_t size = search->chosen[first], best = size;
    for (;;) {
        const unsigned next = first + size / unit;
        if (size >= most || next >= search->count || search->chosen[next] == 0 ||
            search->units[next].offset != start + size || search->chosen[next] > most - size) {
            return best;
        }
        size += search->chosen[next];
        best = is_taken_so(search, first, size) ? size : best;
    }
}

static void take_ranges(struct cover *cover, const struct search *search, uint32_t most)
{
    const uint32_t unit = search->chip->erase[0].size;
    for (unsigned i = 0; i < search->count;) {
        if (search->chosen[i] == 0) {
            i++;
            continue;
        }
        const uint32_t size = run_size(search, i, most);
        cover->ranges[cover->count++] = (struct cover_range){search->units[i].offset, size};
        for (const unsigned end = i + size / unit; i < end; i++) {
            search->units[i].erased = true;
        }
    }
}

/* Whether the chip erase costs less; it takes everything, so all of it must be known. */
static bool take_whole(struct cover *cover, const struct search *search, struct price parts)
{
    const struct cover_chip *chip = search->chip;
    const struct price whole = {chip->chip_erase_ns, programs(search, 0, search->count)};
    if (chip->chip_erase_ns == UINT64_MAX || search->count != chip->size / chip->erase[0].size ||
        parts.erase_ns == 0 || total(whole) >= total(parts)) {
        return false;
    }
    cover->whole = true;
    cover->ranges[cover->count++] = (struct cover_range){0, chip->size};
    cover->erase_ns = whole.erase_ns;
    cover->program_ns = whole.program_ns;
    for (unsigned i = 0; i < search->count; i++) {
        search->units[i].erased = true;
    }
    return true;
}

bool cover_make(struct cover *cover, const struct cover_chip *chip, struct cover_unit *units,
                unsigned count, uint32_t most, struct error *error)
{
    *cover = (struct cover){0};
    struct search search = {chip, units, count, calloc(count + 1u, sizeof *search.chosen)};
    cover->ranges = calloc(count + 1u, sizeof *cover->ranges);
    if (search.chosen == NULL || cover->ranges == NULL) {
        free(search.chosen);
        cover_release(cover);
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a list of %u units to erase", count);
    }
    for (unsigned i = 0; i < count; i++) {
        units[i].erased = false;
    }
    const struct price parts = least_by_units(&search);
    if (!take_whole(cover, &search, parts)) {
        cover->erase_ns = parts.erase_ns;
        cover->program_ns = parts.program_ns;
        take_ranges(cover, &search, most);
    }
    free(search.chosen);
    return true;
}

void cover_release(struct cover *cover)
{
    free(cover->ranges);
    *cover = (struct cover){0};
}

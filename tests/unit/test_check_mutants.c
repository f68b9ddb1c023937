/* SPDX-License-Identifier: MIT */
/*
 * 1,000 damaged loader files: the checker neither crashes nor hangs, and never says that there is
 * nothing to find where StorageInfo or an export was destroyed. What is destroyed is decided here,
 * from the headers of the file, not by the checker's reader.
 */
#include "check/check.h"
#include "host/loader_file.h"
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MUTANTS 1000

static const char *const good[] = {
    EXTLOAD_FIXTURES "/check/good/st.stldr", EXTLOAD_FIXTURES "/check/good/gcc.stldr",
    EXTLOAD_FIXTURES "/check/good/iar.stldr", EXTLOAD_FIXTURES "/check/good/keil.stldr"};
#define GOOD_COUNT (sizeof good / sizeof good[0])

struct mutant {
    uint8_t *data;
    size_t size;
    char what[120];
    bool destroyed; /* StorageInfo or an export is gone for good */
};

static uint64_t seed_state;

static uint32_t random_below(uint32_t limit)
{
    seed_state = seed_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed_state >> 33) % limit;
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)(at[0] | at[1] << 8 | at[2] << 16) | (uint32_t)at[3] << 24;
}

static void put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

static uint8_t *section_header(const struct mutant *mutant, unsigned index)
{
    return mutant->data + get32(mutant->data + 32) + index * 40;
}

/* The entry of a symbol in the only symbol table. */
static uint8_t *symbol(const struct mutant *mutant, const char *name)
{
    for (unsigned i = 0; i < mutant->data[48]; i++) {
        const uint8_t *header = section_header(mutant, i);
        if (get32(header + 4) != 2) {
            continue;
        }
        const uint8_t *strings =
            mutant->data + get32(section_header(mutant, get32(header + 24)) + 16);
        for (uint32_t at = 0; at < get32(header + 20); at += 16) {
            uint8_t *entry = mutant->data + get32(header + 16) + at;
            if (strcmp((const char *)strings + get32(entry), name) == 0) {
                return entry;
            }
        }
    }
    fail_msg("no %s", name);
    return NULL;
}

static uint8_t *storage_info(const struct mutant *mutant)
{
    const uint32_t address = get32(symbol(mutant, "StorageInfo") + 4);
    for (unsigned i = 0; i < mutant->data[44]; i++) {
        const uint8_t *header = mutant->data + get32(mutant->data + 28) + i * 32;
        if (get32(header + 8) == address && get32(header + 16) == 200) {
            return mutant->data + get32(header + 4);
        }
    }
    fail_msg("no StorageInfo");
    return NULL;
}

static const char *an_export(void)
{
    static const char *const names[] = {"Init", "Write", "SectorErase"};
    return names[random_below(3)];
}

static void destroy_symbol(struct mutant *mutant)
{
    const char *name = random_below(2) == 0 ? "StorageInfo" : an_export();
    uint8_t *entry = symbol(mutant, name);
    const unsigned way = random_below(3);
    snprintf(mutant->what, sizeof mutant->what, "symbol %s, way %u", name, way);
    switch (way) {
    case 0: put32(entry, get32(entry) + 1); break;                            /* "torageInfo" */
    case 1: entry[14] = entry[15] = 0; break;                                 /* undefined */
    default: put32(entry + 4, 0x50000001 + random_below(0x10000) * 2); break; /* elsewhere */
    }
}

static void destroy_export(struct mutant *mutant)
{
    const char *name = an_export();
    uint8_t *entry = symbol(mutant, name);
    const unsigned way = random_below(2);
    snprintf(mutant->what, sizeof mutant->what, "export %s, way %u", name, way);
    if (way == 0) {
        entry[4] &= 0xFE; /* no Thumb function */
    } else {
        entry[12] = 0x11; /* a variable */
    }
}

/* Each field gets what it cannot hold. */
static void destroy_info(struct mutant *mutant)
{
    uint8_t *info = storage_info(mutant);
    const unsigned way = random_below(8);
    snprintf(mutant->what, sizeof mutant->what, "StorageInfo, way %u", way);
    switch (way) {
    case 0: memset(info, 0, 200); break;
    case 1: memset(info, 0xFF, 200); break;
    case 2: info[random_below(2)] = (uint8_t)(1 + random_below(31)); break;
    case 3: memset(info, 'A', 100); break;
    case 4: put32(info + 108, get32(info + 108) + 1 + random_below(0x7FFFFF)); break;
    case 5: put32(info + 112, 0); break;
    case 6: put32(info + 120, get32(info + 120) ^ (1u << random_below(7))); break;
    default: put32(info + 104, random_below(0x60000000)); break;
    }
}

/* Whole StorageInfo as random bytes. */
static void scramble_info(struct mutant *mutant)
{
    uint8_t *info = storage_info(mutant);
    snprintf(mutant->what, sizeof mutant->what, "random StorageInfo");
    for (unsigned i = 0; i < 200; i++) {
        info[i] = (uint8_t)random_below(256);
    }
}

static void cut(struct mutant *mutant)
{
    mutant->size = random_below((uint32_t)mutant->size);
    snprintf(mutant->what, sizeof mutant->what, "cut to %zu", mutant->size);
}

/* Anything, headers more often than the rest. What that destroys, the host's reader says below. */
static void flip(struct mutant *mutant)
{
    mutant->destroyed = false;
    for (unsigned n = 1 + random_below(6); n > 0; n--) {
        const unsigned where = random_below(4);
        const uint32_t sections = get32(mutant->data + 32);
        const uint32_t at = where == 0   ? random_below(52 + 2 * 32)
                            : where == 1 ? sections + random_below(mutant->data[48] * 40u)
                                         : random_below((uint32_t)mutant->size);
        if (at < mutant->size) {
            mutant->data[at] = (uint8_t)random_below(256);
        }
    }
    snprintf(mutant->what, sizeof mutant->what, "bytes");
}

static void mutate(struct mutant *mutant)
{
    static void (*const ways[])(struct mutant *) = {
        destroy_symbol, destroy_export, destroy_info, scramble_info, cut, flip, flip, flip};
    mutant->destroyed = true;
    ways[random_below(sizeof ways / sizeof ways[0])](mutant);
}

/* The host refuses it: something that it needs is gone. */
static bool host_refuses(const char *path, const struct mutant *mutant)
{
    struct error error = {0};
    struct loader_file loader;
    if (!loader_file_parse(&loader, VIEW_SEGMENTS, path, mutant->data, mutant->size, &error)) {
        return true;
    }
    loader_file_release(&loader);
    return false;
}

static void no_mutant_is_clean_that_lost_what_the_tool_needs(void **state)
{
    (void)state;
    unsigned destroyed = 0;
    for (unsigned i = 0; i < MUTANTS; i++) {
        struct error error = {0};
        struct mutant mutant = {0};
        struct findings findings = {0};
        const char *path = good[i % GOOD_COUNT];
        seed_state = i + 1;
        mutant.data = image_read_whole_file(path, &mutant.size, &error);
        assert_non_null(mutant.data);
        mutate(&mutant);
        /* exactly as large as the file says, so that a sanitizer sees what lies behind */
        mutant.data = realloc(mutant.data, mutant.size + (mutant.size == 0));
        const bool lost = mutant.destroyed || host_refuses(path, &mutant);
        const bool loader = check_loader(path, mutant.data, mutant.size, NULL, &findings, &error);
        if (lost && loader && findings.count == 0) {
            fail_msg("mutant %u of %s (%s): nothing found", i, path, mutant.what);
        }
        destroyed += lost;
        findings_release(&findings);
        free(mutant.data);
    }
    assert_true(destroyed > MUTANTS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_mutant_is_clean_that_lost_what_the_tool_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

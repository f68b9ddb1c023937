/* SPDX-License-Identifier: MIT */
/*
 * Damaged dumps: whatever the bytes, the decoder stays inside them, and every figure that it yields
 * is one that a flash could have. Buffers have the exact size, so that AddressSanitizer sees a
 * byte too far.
 */
#include "board/sfdp_part.h"
#include "sfdp/text.h"

#include "unit/test_sfdp_space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ROUNDS     10000u
#define SEED       UINT64_C(0x5FD9)
#define CORPUS     (TABLES_EXPECTED + 2)
#define LONGEST_MS 70000000u /* 32 x 64 s x 32 */

static uint64_t seed_state;

static uint32_t draw(uint32_t below)
{
    seed_state = seed_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed_state >> 33) % below;
}

static bool is_opcode(uint8_t opcode)
{
    return opcode != 0x00 && opcode != 0xFF;
}

static void check_reads(const struct sfdp_basic *basic)
{
    for (unsigned i = 0; i < SFDP_READ_KINDS; i++) {
        const struct sfdp_read *read = &basic->reads[i];
        if (read->opcode == 0) {
            assert_int_equal(read->mode_clocks + read->wait_clocks, 0);
        } else {
            assert_true(is_opcode(read->opcode));
            assert_in_range(read->mode_clocks, 0, 7);
            assert_in_range(read->wait_clocks, 0, 31);
        }
    }
}

static void check_erases(const struct sfdp_basic *basic)
{
    for (unsigned i = 0; i < SFDP_ERASE_TYPES; i++) {
        const struct sfdp_erase *erase = &basic->erases[i];
        if (erase->size_log2 == 0) {
            assert_int_equal(erase->opcode + erase->opcode4, 0);
            continue;
        }
        assert_in_range(erase->size_log2, 1, 31);
        assert_true(UINT64_C(1) << erase->size_log2 <= basic->geometry.size);
        assert_true(is_opcode(erase->opcode));
        assert_true(erase->opcode4 == 0 || is_opcode(erase->opcode4));
        assert_true(erase->opcode4 != 0x20 && erase->opcode4 != 0xD8 && erase->opcode4 != 0x52);
        assert_in_range(erase->typical_ms, 0, 32000);
        assert_true(erase->maximum_ms >= erase->typical_ms && erase->maximum_ms <= 32 * 32000);
    }
}

static void check_times(const struct sfdp_basic *basic)
{
    const struct sfdp_program *program = &basic->program;
    if (program->known) {
        assert_in_range(program->page, 1, 32768);
        assert_in_range(program->page_typical_us, 8, 2048);
        assert_in_range(program->page_maximum_us, program->page_typical_us * 2, 65536);
        assert_in_range(program->first_byte_us, 1, 128);
        assert_in_range(program->next_byte_us, 1, 128);
        assert_in_range(program->chip_erase_typical_ms, 16, 2048000);
        assert_in_range(program->chip_erase_maximum_ms, 32, LONGEST_MS);
    }
    if (basic->suspend.supported) {
        assert_in_range(basic->suspend.program_latency_ns, 128, 2048000);
        assert_in_range(basic->suspend.erase_latency_ns, 128, 2048000);
        assert_in_range(basic->suspend.program_interval_us, 64, 1024);
        assert_in_range(basic->suspend.erase_interval_us, 64, 1024);
    }
    if (basic->power_down.supported) {
        assert_in_range(basic->power_down.leave_ns, 128, 2048000);
        assert_int_not_equal(basic->power_down.leave, 0xFF);
    }
}

static void check(const struct sfdp *sfdp, size_t size)
{
    const struct sfdp_basic *basic = &sfdp->basic;
    assert_in_range(sfdp->header.count, 1, SFDP_TABLES_MAX);
    for (unsigned i = 0; i < sfdp->header.count; i++) {
        const struct sfdp_table *table = &sfdp->header.tables[i];
        assert_true(table->words <= table->length);
        assert_true(table->words == 0 || table->address + 4ull * table->words <= size);
    }
    assert_in_range(basic->words, 9, SFDP_BASIC_WORDS);
    assert_true(basic->geometry.size <= UINT64_C(1) << 40);
    assert_true(basic->geometry.address_bytes == 3 || basic->geometry.address_bytes == 4 ||
                basic->geometry.address_bytes == 34);
    assert_in_range(basic->quad.enable, 0, 7);
    assert_int_equal(sfdp->address4.supports & ~SFDP_A4_BITS, 0);
    assert_in_range(sfdp->sector_map.first.count, 0, SFDP_REGIONS_MAX);
    assert_in_range(sfdp->sector_map.types, 0, 15);
    for (unsigned i = 0; i < SFDP_SEQUENCES_MAX; i++) {
        assert_in_range(sfdp->octal_sequence.steps[i].length, 0, 7);
    }
    assert_int_equal(sfdp->rules >> SFDP_RULE_COUNT, 0);
    check_reads(basic);
    check_erases(basic);
    check_times(basic);
}

/* What the loader would be given. */
static void check_part(const struct sfdp *sfdp, unsigned *driven)
{
    struct part_file part;
    struct sfdp_refusal refusal = {NULL, NULL};
    uint8_t before = 11;
    if (!sfdp_part_make(&part, sfdp, &refusal)) {
        assert_non_null(refusal.why);
        return;
    }
    ++*driven;
    assert_in_range(part.part.size, 64 << 10, 256 << 20);
    assert_in_range(part.flash.page_size, 16, 256);
    assert_true(part.flash.address_bytes == 4 || part.part.size <= 16 << 20);
    assert_in_range(part.flash.page_program_us, 10000, 200000);
    assert_in_range(part.flash.chip_erase_ms, 250000, 2147000);
    assert_in_range(part.flash.wake_us, 500, 2100);
    assert_in_range(part.read_count, 1, PART_COMMANDS_MAX);
    assert_in_range(part.program_count, 1, PART_COMMANDS_MAX);
    for (unsigned i = 0; i < BOARD_BLOCK_ERASE_TYPES; i++) {
        const struct flash_erase *erase = &part.flash.erase[i];
        if (erase->size_log2 == 0) {
            assert_int_not_equal(i, 0);
            break;
        }
        assert_true(erase->size_log2 > before && UINT32_C(1) << erase->size_log2 <= part.part.size);
        assert_true(is_opcode(erase->opcode));
        assert_in_range(erase->max_ms, 1000, 2147000);
        before = erase->size_log2;
    }
    struct flash_block block;
    assert_true(part_setup_fill(&part.setup, 4, UINT32_MAX, &block));
}

static void decode(const uint8_t *bytes, size_t size, FILE *nowhere, unsigned *good,
                   unsigned *driven)
{
    struct sfdp sfdp;
    uint8_t *exact = malloc(size != 0 ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    if (sfdp_decode(&sfdp, exact, size) == SFDP_GOOD) {
        check(&sfdp, size);
        check_part(&sfdp, driven);
        sfdp_print(nowhere, &sfdp);
        ++*good;
    }
    free(exact);
}

static size_t make_corpus(uint8_t corpus[CORPUS][SFDP_DUMP_MAX], size_t *sizes)
{
    static const char *const whole[] = {"tests/fixtures/sfdp/s25fl064l.hex",
                                        "tests/fixtures/sfdp/sst26vf032b.hex"};
    struct space spaces[TABLES_EXPECTED];
    size_t count = space_load(spaces, TABLES_EXPECTED);
    for (size_t i = 0; i < count; i++) {
        memcpy(corpus[i], spaces[i].bytes, spaces[i].size);
        sizes[i] = spaces[i].size;
    }
    for (size_t i = 0; i < 2; i++, count++) {
        struct sfdp_dump dump;
        struct error error = {0};
        assert_true(sfdp_dump_read(&dump, whole[i], &error));
        memcpy(corpus[count], dump.bytes, dump.size);
        sizes[count] = dump.size;
    }
    return count;
}

/* Headers are damaged more often than chance would have it: they lead the decoder. */
static void damage(uint8_t *bytes, size_t *size)
{
    for (uint32_t i = draw(8) + 1; i > 0; i--) {
        uint32_t at = draw(draw(2) == 0 && *size > 48 ? 48 : (uint32_t)*size);
        switch (draw(5)) {
        case 0: bytes[at] ^= (uint8_t)(1u << draw(8)); break;
        case 1: bytes[at] = (uint8_t)draw(256); break;
        case 2: bytes[at] = draw(2) != 0 ? 0xFF : 0x00; break;
        case 3: bytes[at] = bytes[draw((uint32_t)*size)]; break;
        default: /* another table ID */
            bytes[at % 3 * 8 + 8] = (uint8_t[]){0, 0x81, 0x84, 5, 10, 0x87}[draw(6)];
            break;
        }
    }
    if (draw(3) == 0) {
        *size = draw((uint32_t)*size + 1);
    }
    if (draw(8) != 0) { /* else most would end at the signature */
        memcpy(bytes, "SFDP", 4);
        bytes[5] = 1;
    }
}

static void damaged_dumps_do_no_harm(void **state)
{
    (void)state;
    static uint8_t corpus[CORPUS][SFDP_DUMP_MAX];
    static uint8_t bytes[SFDP_DUMP_MAX];
    size_t sizes[CORPUS];
    unsigned good = 0, driven = 0;
    FILE *nowhere = fopen("/dev/null", "w");
    assert_non_null(nowhere);
    assert_int_equal(make_corpus(corpus, sizes), CORPUS);
    seed_state = SEED;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint32_t which = draw(CORPUS);
        size_t size = sizes[which];
        memcpy(bytes, corpus[which], size);
        damage(bytes, &size);
        decode(bytes, size, nowhere, &good, &driven);
    }
    fclose(nowhere);
    print_message("%u of %u damaged dumps were still decoded, %u driven\n", good, ROUNDS, driven);
    assert_in_range(driven, ROUNDS / 20, good);
    assert_in_range(good, ROUNDS / 4, ROUNDS - ROUNDS / 10); /* both ways were tried */
}

/* Text is read before anything is decoded; it is as foreign. */
static void damaged_text_does_no_harm(void **state)
{
    (void)state;
    char text[4096];
    FILE *file = fopen("tests/fixtures/sfdp/s25fl064l.hex", "r");
    assert_non_null(file);
    size_t whole = fread(text, 1, sizeof text, file);
    fclose(file);
    seed_state = SEED;
    for (unsigned round = 0; round < ROUNDS / 4; round++) {
        struct sfdp_dump dump;
        struct sfdp sfdp;
        struct error error = {0};
        size_t size = draw((uint32_t)whole) + 1;
        uint8_t *exact = malloc(size);
        assert_non_null(exact);
        memcpy(exact, text, size);
        for (uint32_t i = draw(4); i > 0; i--) {
            exact[draw((uint32_t)size)] = (uint8_t)draw(256);
        }
        if (sfdp_dump_parse(&dump, "x", exact, size, &error)) {
            assert_in_range(dump.size, 0, SFDP_DUMP_MAX);
            sfdp_dump_decode(&sfdp, &dump, "x", &error);
        } else {
            assert_int_equal(error.code, ERROR_SFDP_SYNTAX);
            assert_true(error.line > 0 && error.column > 0);
        }
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_dumps_do_no_harm),
        cmocka_unit_test(damaged_text_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

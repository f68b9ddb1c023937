/* SPDX-License-Identifier: MIT */
/* What goes into one slot: every byte once, no page by halves, packed only where that is sooner. */
#include "host/parcel.h"

#include <lz4.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MOST UINT32_C(0xFE00)
#define SIZE UINT32_C(0x100000)
#define BASE UINT32_C(0x70000000)

static struct {
    uint8_t *bytes, *got;
    struct image image;
    struct parcels parcels;
    unsigned count, packed;
    uint64_t sent;
    struct error error;
} work;

/* A page in 465 us; a byte over the link in 1 us, or not known. */
static const struct parcel_terms fast_chip = {.most = MOST,
                                              .page_size = 256,
                                              .page_ns = 165000,
                                              .unpack_ns = 100000,
                                              .link_ns = 1000000,
                                              .link_each_ns = 1500000};
static struct parcel_terms slow_chip, unknown;

static int begin(void **state)
{
    (void)state;
    memset(&work, 0, sizeof work);
    slow_chip = unknown = fast_chip;
    slow_chip.page_ns = 465000;
    unknown.link_ns = 0;
    work.bytes = malloc(SIZE);
    work.got = malloc(SIZE);
    assert_non_null(work.bytes);
    assert_non_null(work.got);
    memset(work.got, 0xFF, SIZE);
    image_init(&work.image);
    return 0;
}

static int end(void **state)
{
    (void)state;
    image_release(&work.image);
    free(work.bytes);
    free(work.got);
    return 0;
}

static void fill_random(void)
{
    uint32_t word = 7;
    for (uint32_t i = 0; i < SIZE; i++) {
        word = word * 1664525u + 1013904223u;
        work.bytes[i] = (uint8_t)(word >> 24);
    }
}

static void add(uint32_t offset, uint32_t size)
{
    assert_true(image_add_bytes(&work.image, "image", work.bytes + offset, size, IMAGE_BIN, true,
                                BASE + offset, &work.error));
}

static void take(const struct parcel *parcel, const struct parcel_terms *terms)
{
    static uint8_t content[MOST];
    assert_in_range(parcel->size, 1, terms->most);
    const uint8_t *bytes = parcel->bytes;
    if (parcel->packed_size > 0) {
        assert_int_equal(LZ4_decompress_safe((const char *)parcel->packed, (char *)content,
                                             (int)parcel->packed_size, sizeof content),
                         (int)parcel->size);
        bytes = content;
        work.packed++;
    }
    for (uint32_t i = 0; i < parcel->size; i++) {
        work.got[parcel->address - BASE + i] &= bytes[i]; /* as the flash does */
    }
    work.sent += parcel->packed_size > 0 ? parcel->packed_size : parcel->size;
    work.count++;
}

/* All of it, and nothing else. */
static void cut(const struct parcel_terms *terms)
{
    struct parcel parcel;
    uint64_t given = 0;
    uint32_t end_of_last = 0;
    assert_true(parcels_open(&work.parcels, &work.image, terms->most, &work.error));
    while (parcels_next(&work.parcels, terms, &parcel)) {
        assert_true(parcel.address >= end_of_last);
        end_of_last = parcel.address + parcel.size;
        given += parcel.given;
        take(&parcel, terms);
    }
    parcels_close(&work.parcels);
    assert_int_equal(given, image_size(&work.image));
    for (unsigned i = 0; i < work.image.count; i++) {
        const struct image_segment *segment = &work.image.segments[i];
        assert_memory_equal(work.got + (segment->address - BASE), segment->bytes, segment->size);
        memset(work.got + (segment->address - BASE), 0xFF, segment->size);
    }
    for (uint32_t i = 0; i < SIZE; i++) {
        assert_int_equal(work.got[i], 0xFF);
    }
}

static void nothing_to_send_is_no_parcel(void **state)
{
    struct parcel parcel;
    (void)state;
    assert_true(parcels_open(&work.parcels, &work.image, MOST, &work.error));
    assert_false(parcels_next(&work.parcels, &fast_chip, &parcel));
    parcels_close(&work.parcels);
}

/* What does not get shorter goes as it is, in about as many parcels as it needs. */
static void noise_is_not_packed(void **state)
{
    (void)state;
    fill_random();
    add(0, SIZE);
    cut(&fast_chip);
    assert_int_equal(work.packed, 0);
    assert_int_equal(work.sent, SIZE);
    assert_in_range(work.count, SIZE / MOST, SIZE / MOST + 10);
}

/* The first is short, and each has whole pages, though the image begins in one. */
static void parcels_end_with_a_page(void **state)
{
    struct parcel parcel;
    (void)state;
    fill_random();
    add(0x1234, 0x40000);
    assert_true(parcels_open(&work.parcels, &work.image, MOST, &work.error));
    for (uint32_t at = 0x1234; at < 0x41234; at += parcel.size) {
        assert_true(parcels_next(&work.parcels, &unknown, &parcel));
        assert_int_equal(parcel.address, BASE + at);
        assert_true(parcel.address + parcel.size == BASE + 0x41234 ||
                    (parcel.address + parcel.size) % 256 == 0);
        assert_true(at > 0x1234 || parcel.size <= 0x1000);
    }
    parcels_close(&work.parcels);
}

static void fill_text(void)
{
    static const char text[] = "as said before, ";
    fill_random();
    for (uint32_t i = 0; i < SIZE; i++) {
        work.bytes[i] = i % 64 < 8 ? work.bytes[i] : (uint8_t)text[i % 16];
    }
}

/* Where the link is slower than the chip what gets shorter is packed; elsewhere it only costs time. */
static void what_gets_shorter_is_packed_for_a_slow_link(void **state)
{
    (void)state;
    fill_text();
    add(0, SIZE);
    cut(&fast_chip);
    assert_true(work.packed > 10);
    assert_true(work.sent < SIZE / 2);
    work.packed = work.count = 0;
    cut(&slow_chip); /* 1.8 us a byte: the link is faster, but for a rest that is all overhead */
    assert_in_range(work.packed, 0, 1);
    work.packed = 0;
    cut(&unknown);
    assert_int_equal(work.packed, 0);
}

/* A page here and there: one parcel goes over the gaps. */
static void gaps_are_gone_over(void **state)
{
    (void)state;
    fill_random();
    for (uint32_t at = 0; at < SIZE; at += 0x1000) {
        add(at, 0x100);
    }
    struct parcel_terms quick = slow_chip;
    quick.unpack_ns = 10000;
    cut(&quick);
    assert_in_range(work.count, SIZE / 0x10000, SIZE / 0x10000 + 10);
    work.count = work.packed = 0;
    quick.unpack_ns = 10000000; /* a loader that is slow at that: each page by itself */
    cut(&quick);
    assert_int_equal(work.packed, 0);
    assert_int_equal(work.count, SIZE / 0x1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_to_send_is_no_parcel), TEST(noise_is_not_packed),
        TEST(parcels_end_with_a_page),      TEST(what_gets_shorter_is_packed_for_a_slow_link),
        TEST(gaps_are_gone_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

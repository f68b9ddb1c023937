/* SPDX-License-Identifier: MIT */
/*
 * The host's reading of abi/digest.h. The expected values are of these lines of Python, a third one:
 *
 *   def digest(offset, data):
 *       a, b = 0x9E3779B9, 0x7F4A7C15
 *       words = [int.from_bytes(data[i:i + 4], "little") for i in range(0, len(data), 4)]
 *       for word in [offset, len(data)] + words + [0] * 4:
 *           product = (a ^ word) * 0xB7E15163
 *           a, b = (b + (product >> 32)) & 0xFFFFFFFF, product & 0xFFFFFFFF
 *       return hex(a), hex(b)
 */
#include "host/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void assert_digest(struct digest digest, uint32_t a, uint32_t b)
{
    assert_int_equal(digest.a, a);
    assert_int_equal(digest.b, b);
}

static void known_values(void **state)
{
    uint8_t bytes[16] = {0};
    (void)state;
    assert_digest(digest_of(0, bytes, 4), 0x086ba5f5, 0x8fe3dfd5);
    for (uint8_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = i;
    }
    assert_digest(digest_of(0x1000, bytes, sizeof bytes), 0xe3b2d3a9, 0x7b52cade);
}

static void what_is_blank(void **state)
{
    static uint8_t blank[0x10000];
    (void)state;
    memset(blank, 0xFF, sizeof blank);
    assert_digest(digest_of_blank(0x7ff000, 0x1000), 0xeb9511cb, 0xd651322e);
    assert_digest(digest_of_blank(0x1000, 256), 0x911b8bbd, 0x260fab68);
    assert_digest(digest_of(0, blank, sizeof blank), 0x9830e7c3, 0x428632c9);
    assert_true(digest_equal(digest_of(0, blank, sizeof blank), digest_of_blank(0, sizeof blank)));
}

/* Each bit, the place and the size count; and each half of the digest. */
static void every_bit_counts(void **state)
{
    uint8_t bytes[64] = {0};
    const struct digest first = digest_of(0x100, bytes, sizeof bytes);
    (void)state;
    for (unsigned bit = 0; bit < 8 * sizeof bytes; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(digest_equal(digest_of(0x100, bytes, sizeof bytes), first));
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_false(digest_equal(digest_of(0x104, bytes, sizeof bytes), first));
    assert_false(digest_equal(digest_of(0x100, bytes, sizeof bytes - 4), first));
    assert_true(digest_equal(digest_of(0x100, bytes, sizeof bytes), first));
    assert_false(digest_equal((struct digest){first.a, first.b + 1}, first));
    assert_false(digest_equal((struct digest){first.a + 1, first.b}, first));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(what_is_blank),
        cmocka_unit_test(every_bit_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What units shall hold is looked at piece by piece: no byte behind the scratch is written. */
#include "host/wanted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BASE  UINT32_C(0x70000000)
#define PIECE 256u
#define RANGE 4096u

static struct {
    uint8_t bytes[RANGE];
    uint8_t scratch[2 * RANGE]; /* room for what must not be written */
    struct image image;
    struct wanted wanted;
    struct error error;
} work;

static int begin(void **state)
{
    (void)state;
    memset(&work, 0, sizeof work);
    for (uint32_t i = 0; i < RANGE; i++) {
        work.bytes[i] = (uint8_t)(i < RANGE / 2 ? 0xFF : i * 7);
    }
    image_init(&work.image);
    return image_add_bytes(&work.image, "image", work.bytes, RANGE, IMAGE_BIN, true, BASE + RANGE,
                           &work.error) &&
                   wanted_open(&work.wanted, &work.image, BASE, PIECE, &work.error)
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    wanted_close(&work.wanted);
    image_release(&work.image);
    return 0;
}

static void in_pieces(void **state)
{
    (void)state;
    uint8_t *own = work.wanted.scratch;
    work.wanted.scratch = work.scratch;
    const bool blank = wanted_is_blank(&work.wanted, BASE + RANGE, RANGE / 2);
    const bool used = !wanted_is_blank(&work.wanted, BASE + RANGE, RANGE / 2 + 4);
    const struct digest digest = wanted_digest(&work.wanted, BASE + RANGE, RANGE);
    work.wanted.scratch = own;
    assert_true(blank && used);
    assert_true(digest_equal(digest, digest_of(RANGE, work.bytes, RANGE)));
    for (uint32_t i = PIECE; i < sizeof work.scratch; i++) {
        assert_int_equal(work.scratch[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(in_pieces, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

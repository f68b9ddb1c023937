/* SPDX-License-Identifier: MIT */
/* Which bits a loop waits for: encodings as GCC 12 gives them for `while ((REG & MASK) ...)`, and some by
 * hand from the Armv8-M ARM. */
#include "host/poll_bit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define BIT(n) (UINT32_C(1) << (n))

struct loop {
    uint16_t code[8]; /* 0 ends it */
    uint32_t registers[13];
    uint32_t mask;
};

static const struct loop loops[] = {
    /* ldr r3,[r2,#32]; lsls r1,r3,#26; bmi */
    {{0x6A13, 0x0699, 0xD4FC}, {0}, BIT(5)},
    /* ldr r3,[r2,#32]; lsls r3,r3,#30; bpl */
    {{0x6A13, 0x079B, 0xD5FC}, {0}, BIT(1)},
    /* ldr r3,[r2]; lsls r3,r3,#24; bne: any of the low eight */
    {{0x6813, 0x061B, 0xD1FC}, {0}, 0xFF},
    /* ldr r3,[r2]; lsrs r3,r3,#6; bcs */
    {{0x6813, 0x099B, 0xD2FC}, {0}, BIT(5)},
    /* ldr r3,[r2]; tst r3,r0; beq */
    {{0x6813, 0x4203, 0xD0FC}, {BIT(8)}, BIT(8)},
    /* the same with the operands changed */
    {{0x6813, 0x4218, 0xD0FC}, {BIT(9)}, BIT(9)},
    /* ldr r3,[r2]; ands r3,r1; beq */
    {{0x6813, 0x400B, 0xD0FC}, {0, BIT(4)}, BIT(4)},
    /* ldr.w r3,[r2,#0x20]; tst.w r3,#0x20; bne */
    {{0xF8D2, 0x3020, 0xF013, 0x0F20, 0xD1FA}, {0}, BIT(5)},
    /* ldr r3,[r2]; tst.w r3,#0x20000 (rotated) */
    {{0x6813, 0xF413, 0x3F00, 0xD0FA}, {0}, BIT(17)},
    /* ldr r3,[r2]; and.w r3,r3,#0x101; cmp r3,#0 */
    {{0x6813, 0xF003, 0x1301, 0x2B00}, {0}, 0x00010001},
    /* ldr r3,[r2]; ubfx r3,r3,#5,#1 */
    {{0x6813, 0xF3C3, 0x1340, 0x2B00}, {0}, BIT(5)},
    /* ldrb r3,[r2]; ands.w r1,r3,r8 */
    {{0x7813, 0xEA13, 0x0108, 0xD0FA}, {[8] = BIT(3)}, BIT(3)},
    /* ldr r3,[r2]; bics.w r1,r0,r3: until all of r0 are set */
    {{0x6813, 0xEA30, 0x0103, 0xD1FA}, {BIT(11)}, BIT(11)},
    /* other instructions in between do not matter */
    {{0x6813, 0x3401, 0xBF00, 0x0699, 0xD4FA}, {0}, BIT(5)},
    /* ldr r3,[r2]; cmp r3,r0: a comparison tells no bit */
    {{0x6813, 0x4283, 0xD1FC}, {BIT(2)}, 0},
    /* what is tested is another register */
    {{0x6813, 0x4222, 0xD1FC}, {BIT(2)}, 0},
    /* no load at all */
    {{0x4218, 0xD1FD}, {BIT(2)}, 0},
};

static void bits_are_found_from_the_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        uint8_t code[16];
        size_t size = 0;
        for (size_t k = 0; k < 8 && loops[i].code[k] != 0; k++) {
            code[size++] = (uint8_t)loops[i].code[k];
            code[size++] = (uint8_t)(loops[i].code[k] >> 8);
        }
        const uint32_t mask = poll_bit_mask(code, size, loops[i].registers);
        if (mask != loops[i].mask) {
            fail_msg("loop %zu: 0x%08x, not 0x%08x", i, mask, loops[i].mask);
        }
        for (size_t cut = 0; cut < size; cut++) { /* no look behind the end */
            poll_bit_mask(code, cut, loops[i].registers);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bits_are_found_from_the_code)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

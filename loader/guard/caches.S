/* SPDX-License-Identifier: MIT */
    .syntax unified
    .cpu    cortex-m3
    .thumb

#include "guard/offsets.h"

    .section .guard.caches, "awx", %progbits

/* Caches, where the core has them: dirty lines written back and the D-cache off, no memory access
 * in between; then the I-cache forgets what lay here before, and is on for the time of the call.
 * In: R5 = CCR, R11 = the System Control Space. Clobbers R0 to R7. */
    .global guard_clean_caches
    .type   guard_clean_caches, %function
    .thumb_func
guard_clean_caches:
    tst     r5, #0x10000        /* DC */
    beq     4f
    movs    r0, #0
    str     r0, [r11, #CSSELR]
    dsb
    ldr     r6, [r11, #CCSIDR]
    bic     r5, r5, #0x10000
    str     r5, [r11, #CCR]
    dsb
    isb
    ubfx    r0, r6, #13, #15    /* sets - 1 */
    ubfx    r1, r6, #3, #10     /* ways - 1 */
    and     r2, r6, #7
    adds    r2, r2, #4          /* log2 of the line's bytes */
    clz     r3, r1              /* position of the way field */
    add     r4, r11, #DCCISW
5:  mov     r5, r1
6:  lsl     r6, r5, r3
    lsl     r7, r0, r2
    orrs    r6, r6, r7
    str     r6, [r4]
    subs    r5, r5, #1
    bpl     6b
    subs    r0, r0, #1
    bpl     5b
    dsb
4:  ldr     r0, [r11, #CLIDR]
    lsrs    r0, r0, #1          /* an I-cache, level 1; 0 on a core without caches */
    bcc     7f
    str     r11, [r11, #ICIALLU]
    dsb
    isb
    ldr     r5, [r11, #CCR]
    orr     r5, r5, #0x20000    /* IC */
    str     r5, [r11, #CCR]
    dsb
7:  isb
    bx      lr
    .size   guard_clean_caches, . - guard_clean_caches

/* SPDX-License-Identifier: MIT */
    .syntax unified
    .cpu    cortex-m3
    .thumb

#include "guard/offsets.h"

    .section .guard.regions, "awx", %progbits

/* The windows of external memories, 0x60000000 to 0x9FFFFFFF, are Normal memory by default, and a read
 * that the core makes up by itself while the controller is indirect could hang it. A call makes them
 * Device and execute-never, by region 0; every other region is switched off. In: R10 = where the found state
 * goes, R11 = the System Control Space, R12 = the guard's state. Clobbers R0 to R4 and R9. */
    .global guard_take_regions
    .type   guard_take_regions, %function
    .thumb_func
guard_take_regions:
    mov     r9, lr
    ldr     r0, [r11, #MPU_TYPE]
    ubfx    r0, r0, #8, #8      /* DREGION */
    movs    r2, #0
    cmp     r0, #0
    beq     9f
    ldr     r1, [r11, #MPU_RNR]
    str     r1, [r10, #E_RNR]
8:  subs    r0, r0, #1
    str     r0, [r11, #MPU_RNR]
    ldr     r1, [r11, #MPU_RLAR]
    lsrs    r3, r1, #1
    adcs    r2, r2, r2          /* one bit a region, region 0 lowest */
    lsls    r3, r3, #1
    str     r3, [r11, #MPU_RLAR]
    ldr     r1, [r11, #MPU_RBAR]
    and     r4, r0, #3          /* the last to write a slot are regions 3 to 0 */
    add     r4, r10, r4, lsl #3
    strd    r1, r3, [r4, #E_REGION]
    cmp     r0, #0
    bne     8b
    ldr     r1, [r11, #MPU_MAIR0]
    str     r1, [r10, #E_MAIR0]
    str     r0, [r11, #MPU_MAIR0] /* attribute 0: Device-nGnRnE; not there on v7-M */
    ldr     r1, [r12, #IS_V8M]
    movw    r3, #0xE73F         /* v7-M: all 4 GiB, of which the subregions 3 and 4 */
    movt    r3, #0x1101         /* XN, privileged read and write, Device */
    cbz     r1, 8f
    mov     r0, #0x60000000
    adds    r0, r0, #1          /* XN, privileged read and write */
    mvn     r3, #0x60000000
    bic     r3, r3, #0x1E       /* limit 0x9FFFFFE0, attribute 0, on */
8:  str     r0, [r11, #MPU_RBAR]
    str     r3, [r11, #MPU_RLAR]
    cbnz    r1, 8f
    /* v7-M has no stack limit: the code below the stack is read-only, 256 bytes of it at least, which
     * no frame of ours steps over. In subregions of 32 bytes up to the stack, and the 256 before. */
    bl      guard_stack_bottom
    subs    r0, r0, #1
    ubfx    r3, r0, #5, #3
    movs    r1, #0xFE
    lsls    r1, r1, r3
    uxtb    r1, r1              /* the subregions that are stack */
    movw    r3, #0x000F         /* 256 bytes, on */
    movt    r3, #0x0502         /* privileged read only, Normal memory */
    orr     r1, r3, r1, lsl #8
    bic     r0, r0, #0xFF
    adds    r0, r0, #0x11       /* VALID, region 1 */
    str     r0, [r11, #MPU_RBAR]
    str     r1, [r11, #MPU_RLAR]
    subs    r0, r0, #0xFF       /* the 256 before, region 2 */
    str     r0, [r11, #MPU_RBAR]
    str     r3, [r11, #MPU_RLAR]
8:  movs    r0, #5              /* PRIVDEFENA, ENABLE; not in faults */
    str     r0, [r11, #MPU_CTRL]
9:  str     r2, [r10, #E_REGIONS]
    mov     lr, r9
    bx      lr
    .size   guard_take_regions, . - guard_take_regions

/* MPU off, its regions as found; R0 and R1 stay. Without an MPU all of it is ignored. In: R9 = 0, R10 = the found
 * state, R11 = the System Control Space. Clobbers R2 to R6. */
    .global guard_restore_regions
    .type   guard_restore_regions, %function
    .thumb_func
guard_restore_regions:
    str     r9, [r11, #MPU_CTRL]
    ldr     r2, [r10, #E_REGIONS]
    ldr     r6, [r11, #MPU_TYPE]
    ubfx    r6, r6, #8, #8
    movs    r5, #0
    b       3f
1:  str     r5, [r11, #MPU_RNR]
    ldr     r4, [r11, #MPU_RLAR]
    cmp     r5, #4
    bhs     2f
    add     r3, r10, r5, lsl #3
    ldrd    r3, r4, [r3, #E_REGION]
    str     r3, [r11, #MPU_RBAR]
2:  lsrs    r2, r2, #1
    it      cs
    addcs   r4, r4, #1          /* the enable bit, 0 until now */
    str     r4, [r11, #MPU_RLAR]
    adds    r5, r5, #1
3:  cmp     r5, r6
    blo     1b
    ldr     r2, [r10, #E_MAIR0]
    str     r2, [r11, #MPU_MAIR0]
    ldr     r2, [r10, #E_RNR]
    str     r2, [r11, #MPU_RNR]
    bx      lr
    .size   guard_restore_regions, . - guard_restore_regions

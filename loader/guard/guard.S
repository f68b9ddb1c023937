/* SPDX-License-Identifier: MIT */
/*
 * Entry, exit and fault path of every exported function; see guard.h for what is saved and restored.
 *
 * Armv7-M instructions only; the few Armv8-M ones stand as .inst.w behind a check of CPUID.
 */
    .syntax unified
    .cpu    cortex-m3
    .thumb

#include "abi/function.h"
#include "guard/offsets.h"

    .section .guard, "awx", %progbits
    .type   guard_code, %function
guard_code:
    .size   guard_code, guard_code_end - guard_code

/* Phase A: nothing may be stored in RAM before the MPU is off. The number of the function is told to the
 * common path in the flags, which therefore no instruction may set until it is saved. */
    .macro entry name, function
    .global \name
    .type   \name, %function
    .thumb_func
\name:
    mov.w   r12, #(\function << 27)
    b       guard_common
    .size   \name, . - \name
    .endm

    entry   stldr_Init, FUNCTION_INIT
    entry   stldr_Write, FUNCTION_WRITE
    entry   stldr_SectorErase, FUNCTION_SECTOR_ERASE
    entry   stldr_MassErase, FUNCTION_MASS_ERASE
    entry   stldr_Read, FUNCTION_READ
    entry   stldr_Verify, FUNCTION_VERIFY
    entry   stldr_CheckSum, FUNCTION_CHECKSUM

    entry   flm_BlankCheck, FUNCTION_FLM_BLANK_CHECK
    entry   flm_Init, FUNCTION_FLM_INIT
    entry   flm_ProgramPage, FUNCTION_FLM_PROGRAM_PAGE
    entry   flm_EraseSector, FUNCTION_FLM_ERASE_SECTOR
    entry   flm_EraseChip, FUNCTION_FLM_ERASE_CHIP
    entry   flm_Verify, FUNCTION_FLM_VERIFY
    entry   flm_UnInit, FUNCTION_FLM_UNINIT

    entry   ofl_CheckBlank, FUNCTION_OFL_CHECK_BLANK
    entry   ofl_Prepare, FUNCTION_OFL_PREPARE
    entry   ofl_Program, FUNCTION_OFL_PROGRAM
    entry   ofl_Erase, FUNCTION_OFL_ERASE
    entry   ofl_EraseChip, FUNCTION_OFL_ERASE_CHIP
    entry   ofl_Restore, FUNCTION_OFL_RESTORE

    entry   own_Stream, FUNCTION_STREAM
    entry   own_SectorErase, FUNCTION_OWN_SECTOR_ERASE
    entry   own_MassErase, FUNCTION_OWN_MASS_ERASE
    entry   own_Digest, FUNCTION_DIGEST

/* An unprivileged caller is refused before anything privileged is touched; in Handler mode nPRIV means
 * nothing. */
    .thumb_func
guard_common:
    msr     apsr_nzcvq, r12
    mov     r12, r0
    mrs     r0, ipsr
    cbnz    r0, 1f
    mrs     r0, control
    lsl.w   r0, r0, #31
    cbz     r0, 1f
    mrs     r0, apsr            /* refused: what a call that failed returns, see failure() */
    lsrs    r0, r0, #27
    movs    r1, #0
    cmp     r0, #FUNCTION_FLM_VERIFY
    beq     2f
    cmp     r0, #FUNCTION_VERIFY
    it      eq
    moveq   r0, #FUNCTION_FLM
    lsrs    r0, r0, #3          /* 0 for .stldr, 1 for FLM */
    cmp     r0, #2
    it      hs
    mvnhs   r0, r1
    bx      lr
2:  mov     r0, r12
    bx      lr
/* LR goes by way of MMFAR, whose content means nothing while CFSR.MMARVALID is 0, with PRIMASK in the place
 * of its Thumb bit; MPU_CTRL joins the function's number. */
1:  mov     r0, r12
    mrs     r12, primask
    cpsid   i
    bfi     lr, r12, #0, #1
    mov     r12, #0xE000E000
    str     lr, [r12, #MMFAR]
    mrs     lr, apsr
    ldr     r12, [r12, #MPU_CTRL]
    bfi     lr, r12, #0, #3
    mov     r12, #0xE000E000    /* as a value it has ENABLE = HFNMIENA = 0 */
    str     r12, [r12, #MPU_CTRL]
    dsb
    isb

/* Phase B: save. R12 = state, R11 = the System Control Space, R10 = where the system state goes. */
    adr.w   r12, guard_state
    stmia   r12, {r0-r11}
    mov     r3, lr
    mrs     r4, msp
    mrs     r5, psp
    mov     r11, #0xE000E000
    ldr     r2, [r11, #MMFAR]
    lsrs    r0, r3, #27         /* the function's number */
    movs    r6, #0
    movs    r7, #0
    orr     r8, r2, #1          /* LR as called */
    strd    r8, r2, [r12, #LR_SLOT]
    str     r0, [r12, #FUNCTION]
    ldr     r1, [r12, #STATUS]
    add     r9, r12, #MSP_SLOT
    stmia   r9, {r4-r7}         /* MSP, PSP, FLAGS, IS_V8M */
    strd    r6, r7, [r12, #PROBING]
    /* A call that a debugger abandoned left the true state here; this round's would be our own. */
    add     r10, r12, #ENTRY
    movw    r2, #(IN_BODY & 0xFFFF)
    movt    r2, #(IN_BODY >> 16)
    cmp     r1, r2
    bne     1f
    bl      guard_stack_bottom  /* a copy to discard; the stack is not in use yet, LR is saved */
    mov     r10, r0
1:  mov     r0, sp
    mov     r1, r8
    strd    r0, r1, [r10, #E_SP]
    strd    r4, r5, [r10, #E_MSP]
    strd    r6, r7, [r10, #E_MSPLIM]
    and     r3, r3, #7
    str     r3, [r10, #E_MPU]
    ldr     r0, [r12, #PARKED]
    and     r0, r0, #1
    mrs     r1, faultmask
    strd    r0, r1, [r10, #E_PRIMASK]
    cpsie   f                   /* with FAULTMASK set a fault is a lockup */
    mrs     r0, ipsr
    mrs     r1, control
    strd    r0, r1, [r10, #E_IPSR]
    mrs     r0, basepri
    str     r0, [r10, #E_BASEPRI]

    /* CPUID.ARCHITECTURE is 0xF for v7-M and v8-M Mainline alike; PARTNO 0xDxx tells v8-M. */
    ldr     r5, [r11, #CPUID]
    ubfx    r5, r5, #12, #4
    cmp     r5, #0xD
    bne     2f
    movs    r0, #1
    str     r0, [r12, #IS_V8M]
    .inst.w 0xf3ef800a          /* mrs r0, msplim */
    .inst.w 0xf3ef810b          /* mrs r1, psplim */
    strd    r0, r1, [r10, #E_MSPLIM]
    .inst.w 0xf386880a          /* msr msplim, r6 (0) */
    .inst.w 0xf386880b          /* msr psplim, r6 (0) */
    adr     r1, guard_common
    .inst.w 0xe841f000          /* tt r0, r1: bit 22 = Secure */
    lsls    r0, r0, #9
    bmi     2f
    movs    r0, #1              /* GUARD_NON_SECURE */
    str     r0, [r12, #FLAGS]

2:  ldr     r5, [r11, #CCR]
    ldr     r0, [r11, #SHCSR]
    strd    r5, r0, [r10, #E_CCR]
    bic     r5, r5, #0x118      /* BFHFNMIGN, DIV_0_TRP, UNALIGN_TRP */
    bic     r5, r5, #0x400      /* STKOFHFNMIGN */
    orr     r5, r5, #0x200      /* STKALIGN */
    orr     r5, r5, #1          /* NONBASETHRDENA */
    str     r5, [r11, #CCR]
    ldr     r0, [r11, #VTOR]
    str     r0, [r10, #E_VTOR]
    ldr     r0, [r11, #SYST_CSR]
    str     r0, [r10, #E_SYSTICK]
    bic     r0, r0, #3
    str     r0, [r11, #SYST_CSR]
    /* With SLEEPONEXIT the return from a handler, ours too, would put the core to sleep. */
    ldr     r0, [r11, #SCR]
    str     r0, [r10, #E_SCR]
    str     r6, [r11, #SCR]
    /* What an earlier fault left in CFSR and HFSR would be told of ours. */
    add     r2, r11, #CFSR
    ldmia   r2, {r0, r1}
    stmia   r2!, {r0, r1}
    ldr     r1, [r11, #DEMCR]
    ldr     r0, [r11, #AIRCR]
    strd    r0, r1, [r10, #E_AIRCR]
    bfc     r1, #0, #11         /* no vector catch: it would halt on our handlers */
    orr     r1, r1, #0x01000000 /* TRCENA */
    str     r1, [r11, #DEMCR]
    /* With BFHFNMINS a BusFault in Secure state would go to the Non-secure HardFault vector. */
    mov     r1, #0x2000
    bl      write_bfhfnmins

    bl      guard_clean_caches
    bl      guard_take_regions

/* Own vectors, up to HardFault, at the first 128-byte boundary of the reserve. Configurable exceptions cannot
 * occur with PRIMASK set: everything escalates to HardFault. */
    bl      stack_top
    mov     r7, r0              /* R7 = stack top from here on */
    bl      vector_table
    mov     r6, r0
    str     r7, [r6]
    adr.w   r5, guard_handler
    orr     r5, r5, #1
    strd    r5, r5, [r0, #4]
    str     r5, [r0, #12]
    dsb
    str     r6, [r11, #VTOR]
    dsb
    isb
    ldr     r5, [r11, #VTOR]
    cmp     r5, r6
    beq     9f
    ldr     r4, [r12, #FLAGS]
    orr     r4, r4, #2          /* GUARD_VTOR_REFUSED */
    str     r4, [r12, #FLAGS]
9:

/* Phase C: Thread mode on the own stack. The debugger overwrote LR, so the EXC_RETURN that retires a
 * found exception is made up. CONTROL comes first: with nPRIV found in Handler mode Thread mode would be
 * unprivileged, and with SPSEL the NMI below would be stacked elsewhere than where its handler looks. */
    .thumb_func
guard_retire:
    movs    r4, #0
    msr     control, r4
    isb
    adr.w   r12, guard_state
    mrs     r5, ipsr
    cbz     r5, guard_thread
    sub     r5, r7, #32
    mov     sp, r5
    adr.w   r4, guard_thread
    bic     r4, r4, #1
    str     r4, [r5, #24]
    mov     r4, #0x01000000
    str     r4, [r5, #28]
    mvn     lr, #6              /* 0xFFFFFFF9: Thread, MSP, basic frame; Secure on v8-M */
    ldr     r4, [r12, #FLAGS]
    tst     r4, #1
    it      ne
    mvnne   lr, #0x47           /* 0xFFFFFFB8: the same for the Non-secure state */
    dsb
    bx      lr

    .thumb_func
guard_thread:
    adr.w   r12, guard_state
    mov     r11, #0xE000E000
    bl      stack_top
    mov     r7, r0
    mov     sp, r7
    movs    r9, #0
    ldr     r5, [r11, #SHCSR]
    movw    r6, #0xD9B          /* the active bits that can be written */
    bics    r5, r5, r6
    str     r5, [r11, #SHCSR]
    /* HARDFAULTACT cannot be written. A debugger that zeroes IPSR leaves it set, and the next fault locks
     * up. v8-M shows the bit; v7-M must ask through an NMI, whose RETTOBASE tells. */
    ldr     r6, [r12, #IS_V8M]
    cbz     r6, 1f
    tst     r5, #4
    beq     guard_enter
    b       3f
1:  movs    r5, #16             /* NVIC_IABR0..15: an active interrupt would be taken for HardFault */
    add     r6, r11, #NVIC_IABR
2:  ldr     r4, [r6], #4
    cmp     r4, #0
    bne     guard_enter
    subs    r5, r5, #1
    bne     2b
3:  bl      vector_table
    ldr     r6, [r0, #8]
    adr.w   r5, guard_nmi
    orr     r5, r5, #1
    str     r5, [r0, #8]
    mov     r5, #0x80000000     /* NMIPENDSET */
    dsb
    str     r5, [r11, #ICSR]
    dsb
    isb
    bl      vector_table
    adr.w   r6, guard_handler
    orr     r6, r6, #1
    str     r6, [r0, #8]
    dsb

    .thumb_func
guard_enter:
    bl      stack_top
    mov     sp, r0
    adr.w   r12, guard_state
    ldr     r5, [r12, #IS_V8M]
    cbz     r5, 1f
    bl      guard_stack_bottom
    .inst.w 0xf380880a          /* msr msplim, r0 */
1:  dsb
    isb
    movw    r6, #(IN_BODY & 0xFFFF)
    movt    r6, #(IN_BODY >> 16)
    str     r6, [r12, #STATUS]
    bl      state_base
    mov     r1, r12
    ldr     r0, [r12, #FUNCTION]
    bl      guard_body

/* Phase D: leave. R0 and R1 are the result. */
    .thumb_func
guard_exit:
    dsb                         /* a late store faults while the vectors are still ours */
    cpsid   i
    adr.w   r12, guard_state
    add     r10, r12, #ENTRY
    mov     r11, #0xE000E000
    ldr     r8, [r12, #IS_V8M]
    movs    r9, #0
    str     r9, [r12, #STATUS]
    bl      guard_restore_regions
    cmp     r8, #0
    beq     1f
    .inst.w 0xf389880a          /* msr msplim, r9 */
    .inst.w 0xf389880b          /* msr psplim, r9 */
    ldr     r2, [r10, #E_AIRCR]
    ands    r2, r2, #0x2000
    it      ne
    blne    restore_bfhfnmins
1:  ldr     r2, [r10, #E_VTOR]
    str     r2, [r11, #VTOR]
    ldr     r2, [r10, #E_DEMCR]
    str     r2, [r11, #DEMCR]
    ldr     r2, [r10, #E_SCR]
    str     r2, [r11, #SCR]
    ldr     r2, [r10, #E_SYSTICK]
    bic     r2, r2, #0x10000    /* COUNTFLAG is no control bit */
    str     r2, [r11, #SYST_CSR]
    ldrd    r2, r3, [r12, #MSP_SLOT]
    msr     msp, r2
    msr     psp, r3
    ldr     r2, [r10, #E_CONTROL]
    bic     r2, r2, #1          /* what remains to be done needs privilege, and so does the next call */
    msr     control, r2
    isb
    cmp     r8, #0
    beq     2f
    ldrd    r2, r3, [r10, #E_MSPLIM]
    .inst.w 0xf382880a          /* msr msplim, r2 */
    .inst.w 0xf383880b          /* msr psplim, r3 */
2:  ldr     r2, [r10, #E_BASEPRI]
    msr     basepri, r2
    ldr     lr, [r12, #LR_SLOT]
    ldr     r2, [r10, #E_FAULTMASK]
    msr     faultmask, r2
    ldr     r2, [r10, #E_MPU]
    ldr     r3, [r10, #E_CCR]
    add     r12, r12, #16
    ldmia   r12, {r4-r11}
    mov     r12, #0xE000E000
    str     r2, [r12, #MPU_CTRL]
    str     r3, [r12, #CCR]     /* no load after it: the D-cache stays empty */
    dsb
    isb
    bx      lr

/* Every exception of a call ends here: in registers, from PC-relative addresses only. */
    .thumb_func
guard_handler:
    adr.w   r12, guard_state
    mov     r11, #0xE000E000
    ldr     r0, [r12, #PROBING]
    cmp     r0, #0
    bne     guard_probe_fault
    add     r1, r12, #FAULT
    mov     r3, lr
    mrs     r4, ipsr
    add     r2, r11, #CFSR
    ldmia   r2, {r5-r9}         /* CFSR HFSR DFSR MMFAR BFAR */
    stmia   r2, {r5, r6}        /* write one to clear */
    mov     r2, r5
    mov     r7, r8
    mov     r8, r9
    stmia   r1, {r3-r8}
    /* The frame is worth reading only if it was stacked whole onto the own stack. */
    movs    r0, #0
    str     r0, [r1, #24]
    movw    r0, #0x1010         /* MSTKERR, STKERR */
    movt    r0, #0x0010         /* STKOF */
    tst     r2, r0
    bne     1f
    mov     r3, lr
    bl      guard_stack_bottom
    mov     r2, sp
    cmp     r2, r0
    blo     1f
    add     r0, r0, #(STACK_SIZE - 40)
    cmp     r2, r0
    bhi     1f
    movs    r0, #1
    str     r0, [r1, #24]
    ldmia   r2, {r4-r11}
    add     r1, r1, #28
    stmia   r1, {r4-r11}
1:  ldr     lr, [r12, #FAULT]
    /* A new complete frame at the stack's top: after STKOF or with a wild SP there is no valid one. */
    ldr     r0, [r12, #IS_V8M]
    movs    r9, #0
    cbz     r0, 2f
    .inst.w 0xf389880a          /* msr msplim, r9 */
2:  mov     r3, lr
    bl      stack_top
    mov     lr, r3
    subs    r0, r0, #32
    adr.w   r1, guard_fault_exit
    bic     r1, r1, #1
    str     r1, [r0, #24]
    mov     r1, #0x01000000
    str     r1, [r0, #28]
    msr     msp, r0
    orr     lr, lr, #0x10       /* basic frame */
    bx      lr

guard_probe_fault:
    movs    r0, #0
    str     r0, [r12, #PROBING]
    ldr     r2, [r11, #CFSR]
    str     r2, [r11, #CFSR]
    ldr     r2, [r11, #HFSR]
    str     r2, [r11, #HFSR]
    adr.w   r0, 1f
    str     r0, [sp, #24]
    bx      lr
1:  movs    r0, #0              /* guard_probe() gives this */
    bx      lr

    .thumb_func
guard_fault_exit:
    adr.w   r12, guard_state
    ldr     r1, [r12, #FAULTED]
    movs    r0, #1
    str     r0, [r12, #FAULTED]
    bl      stack_top
    mov     sp, r0
    bl      state_base
    mov     r0, r12
    bl      guard_fault_body
    movs    r1, #0
    b       guard_exit

/* Taken through an NMI that guard_thread pends: is HardFault active below? Then return into it and retire
 * it the usual way. */
    .thumb_func
guard_nmi:
    mov     r0, #0xE000E000
    ldr     r1, [r0, #ICSR]
    tst     r1, #0x800          /* RETTOBASE */
    bne     1f
    adr.w   r1, guard_retire
    bic     r1, r1, #1
    str     r1, [sp, #24]
    movw    r1, #3
    movt    r1, #0x0100
    str     r1, [sp, #28]
    bic     lr, lr, #8          /* return to Handler mode */
1:  bx      lr

/* bool guard_probe(uint32_t address, uint32_t value) */
    .global guard_probe
    .type   guard_probe, %function
    .thumb_func
guard_probe:
    adr.w   r12, guard_state
    movs    r2, #1
    str     r2, [r12, #PROBING]
    dsb
    str     r1, [r0]
    dsb
    ldr     r2, [r0]
    dsb
    movs    r3, #0
    str     r3, [r12, #PROBING]
    cmp     r1, r2
    ite     eq
    moveq   r0, #1
    movne   r0, #0
    bx      lr
    .size   guard_probe, . - guard_probe

/* Clears AIRCR.BFHFNMINS if it is set and we may (v8-M, Secure). R0 = AIRCR; clobbers R0-R2. */
    .thumb_func
write_bfhfnmins:
    movs    r2, #0
    tst     r0, r1
    it      eq
    bxeq    lr
    .thumb_func
restore_bfhfnmins:              /* R2 = the bit as it shall be; nothing to do if it was never set */
    ldr     r3, [r12, #FLAGS]
    cbnz    r3, 1f
    ldr     r3, [r12, #IS_V8M]
    cbz     r3, 1f
    ldrh    r3, [r11, #AIRCR]
    movw    r4, #0xDFF8
    ands    r3, r3, r4
    orrs    r3, r3, r2
    movt    r3, #0x05FA
    str     r3, [r11, #AIRCR]
1:  bx      lr

/* These clobber R0 and LR only. */
    .global guard_stack_bottom
    .type   guard_stack_bottom, %function
    .thumb_func
guard_stack_bottom:
    movw    r0, #:lower16:(guard_stack - (1f + 4))
    movt    r0, #:upper16:(guard_stack - (1f + 4))
1:  add     r0, pc
    adds    r0, r0, #31
    bic     r0, r0, #31
    bx      lr

    .thumb_func
stack_top:
    movw    r0, #:lower16:(guard_stack + STACK_SIZE - (1f + 4))
    movt    r0, #:upper16:(guard_stack + STACK_SIZE - (1f + 4))
1:  add     r0, pc
    bic     r0, r0, #7
    bx      lr

    .thumb_func
state_base:                     /* R9 = struct loader_state, for all C code */
    movw    r9, #:lower16:(loader_state - (1f + 4))
    movt    r9, #:upper16:(loader_state - (1f + 4))
1:  add     r9, pc
    bx      lr

    .thumb_func
vector_table:
    movw    r0, #:lower16:(guard_vectors + 127 - (1f + 4))
    movt    r0, #:upper16:(guard_vectors + 127 - (1f + 4))
1:  add     r0, pc
    bic     r0, r0, #127
    bx      lr

    .balign 4
guard_code_end:

/* From here on the image is written. What overflows the stack meets the code in front of it. The state
 * is near, where ADR reaches it, and far from code: the D-cache is on when it is saved, and a line that
 * held both would be written back over code. */
    .type   guard_stack, %object
guard_stack:
    .space  STACK_SIZE
    .size   guard_stack, STACK_SIZE
    .type   guard_state, %object
guard_state:
    .space  STATE_SIZE
    .size   guard_state, STATE_SIZE

    .section .vectors, "aw", %progbits
    .balign 4
    .type   guard_vectors, %object
guard_vectors:
    .space  16 + 124
    .size   guard_vectors, 16 + 124

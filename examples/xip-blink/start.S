/* SPDX-License-Identifier: MIT */
/* Vectors, the way into main, and the asset file that make_asset.c writes. */
    .syntax unified
    .thumb

    .section .vectors, "a"
    .global vectors
vectors:
    .word stack_top
    .word Reset_Handler
    .word Fault_Handler             /* NMI */
    .word Fault_Handler             /* HardFault */
    .word Fault_Handler             /* MemManage */
    .word Fault_Handler             /* BusFault */
    .word Fault_Handler             /* UsageFault */
    .word Fault_Handler             /* SecureFault */
    .word 0, 0, 0
    .word Fault_Handler             /* SVCall */
    .word Fault_Handler             /* DebugMonitor */
    .word 0
    .word Fault_Handler             /* PendSV */
    .word SysTick_Handler
    .size vectors, . - vectors

    .section .text.Reset_Handler, "ax"
    .global Reset_Handler
    .type Reset_Handler, %function
    .thumb_func
Reset_Handler:
    ldr r0, =stack_top
    msr msp, r0
    ldr r0, =vectors
    ldr r1, =0xE000ED08             /* SCB VTOR (Armv8-M ARM) */
    str r0, [r1]
    dsb
    isb

    ldr r0, =data_load
    ldr r1, =data_start
    ldr r2, =data_end
1:  cmp r1, r2
    bhs 2f
    ldr r3, [r0], #4
    str r3, [r1], #4
    b 1b

2:  ldr r1, =bss_start
    ldr r2, =bss_end
    movs r3, #0
3:  cmp r1, r2
    bhs 4f
    str r3, [r1], #4
    b 3b

4:  bl main
    b .
    .size Reset_Handler, . - Reset_Handler

    .section .text.Fault_Handler, "ax"
    .global Fault_Handler
    .type Fault_Handler, %function
    .thumb_func
Fault_Handler:
    b .
    .size Fault_Handler, . - Fault_Handler

    .section .assets, "a"
    .balign 4
    .global assets
assets:
    .incbin "asset.bin"             /* found by the assembler's -I */
    .size assets, . - assets

/* SPDX-License-Identifier: MIT */
/* What the guard's assembly files share: offsets in struct guard_state, registers of the core. */
#ifndef LOADER_GUARD_OFFSETS_H
#define LOADER_GUARD_OFFSETS_H

#define LR_SLOT     0x30
#define PARKED      0x34
#define FUNCTION    0x38
#define STATUS      0x3C
#define MSP_SLOT    0x40
#define PSP_SLOT    0x44
#define FLAGS       0x48
#define IS_V8M      0x4C
#define PROBING     0x50
#define FAULTED     0x54
#define ENTRY       0x58 /* the system state as found; the offsets below count from here */
#define E_SP        0x00
#define E_LR        0x04
#define E_IPSR      0x08
#define E_CONTROL   0x0C
#define E_PRIMASK   0x10
#define E_FAULTMASK 0x14
#define E_BASEPRI   0x18
#define E_MSP       0x1C
#define E_PSP       0x20
#define E_MSPLIM    0x24
#define E_PSPLIM    0x28
#define E_VTOR      0x2C
#define E_CCR       0x30
#define E_SHCSR     0x34
#define E_MPU       0x38
#define E_SYSTICK   0x3C
#define E_AIRCR     0x40
#define E_DEMCR     0x44
#define E_SCR       0x48
#define E_REGIONS   0x4C
#define E_RNR       0x50
#define E_MAIR0     0x54
#define E_REGION    0x58 /* RBAR and RLAR of regions 0 to 3 */
#define FAULT       0xD0
#define STATE_SIZE  0x10C

#define IN_BODY     0x594C4F42
#define STACK_SIZE  640 /* the deepest path of the body, a fault's frame on it, and alignment */

/* System Control Space, from 0xE000E000, which is an immediate */
#define SYST_CSR  0x010
#define NVIC_IABR 0x300
#define CPUID     0xD00
#define ICSR      0xD04
#define VTOR      0xD08
#define AIRCR     0xD0C
#define SCR       0xD10
#define CCR       0xD14
#define SHCSR     0xD24
#define CFSR      0xD28
#define HFSR      0xD2C
#define MMFAR     0xD34
#define CLIDR     0xD78
#define CCSIDR    0xD80
#define CSSELR    0xD84
#define ICIALLU   0xF50
#define DCCISW    0xF74
#define MPU_TYPE  0xD90
#define MPU_CTRL  0xD94
#define MPU_RNR   0xD98
#define MPU_RBAR  0xD9C
#define MPU_RLAR  0xDA0 /* RASR on v7-M; either has its enable in bit 0 */
#define MPU_MAIR0 0xDC0
#define DEMCR     0xDFC

#endif

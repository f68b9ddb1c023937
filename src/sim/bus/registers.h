/* SPDX-License-Identifier: MIT */
/*
 * Registers of the XSPI of STM32N6: offsets and bits by the vendor's names [SVD: ST's
 * STM32N655.svd v1r0; CMSIS header of cmsis-device-n6 v1.1.0]. All reset to 0 [SVD].
 */
#ifndef EXTLOAD_SIM_BUS_REGISTERS_H
#define EXTLOAD_SIM_BUS_REGISTERS_H

#include <stdint.h>

enum xspi_offset {
    XSPI_CR = 0x000,
    XSPI_DCR1 = 0x008,
    XSPI_DCR2 = 0x00C,
    XSPI_DCR3 = 0x010,
    XSPI_DCR4 = 0x014,
    XSPI_SR = 0x020,
    XSPI_FCR = 0x024,
    XSPI_DLR = 0x040,
    XSPI_AR = 0x048,
    XSPI_DR = 0x050,
    XSPI_PSMKR = 0x080,
    XSPI_PSMAR = 0x088,
    XSPI_PIR = 0x090,
    XSPI_CCR = 0x100,
    XSPI_TCR = 0x108,
    XSPI_IR = 0x110,
    XSPI_ABR = 0x120,
    XSPI_LPTR = 0x130,
    XSPI_WPCCR = 0x140,
    XSPI_WPTCR = 0x148,
    XSPI_WPIR = 0x150,
    XSPI_WPABR = 0x160,
    XSPI_WCCR = 0x180,
    XSPI_WTCR = 0x188,
    XSPI_WIR = 0x190,
    XSPI_WABR = 0x1A0,
    XSPI_HLCR = 0x200,
    XSPI_CALFCR = 0x210,
    XSPI_CALMR = 0x218,
    XSPI_CALSOR = 0x220,
    XSPI_CALSIR = 0x228,
    XSPI_BANK_SIZE = 0x400
};

#define XSPI_CR_EN         UINT32_C(0x00000001)
#define XSPI_CR_ABORT      UINT32_C(0x00000002)
#define XSPI_CR_DMAEN      UINT32_C(0x00000004)
#define XSPI_CR_TCEN       UINT32_C(0x00000008)
#define XSPI_CR_DMM        UINT32_C(0x00000040)
#define XSPI_CR_FTHRES_Pos 8
#define XSPI_CR_FTHRES     UINT32_C(0x00003F00)
#define XSPI_CR_TEIE       UINT32_C(0x00010000)
#define XSPI_CR_TCIE       UINT32_C(0x00020000)
#define XSPI_CR_FTIE       UINT32_C(0x00040000)
#define XSPI_CR_SMIE       UINT32_C(0x00080000)
#define XSPI_CR_TOIE       UINT32_C(0x00100000)
#define XSPI_CR_APMS       UINT32_C(0x00400000)
#define XSPI_CR_PMM        UINT32_C(0x00800000)
#define XSPI_CR_CSSEL      UINT32_C(0x01000000)
#define XSPI_CR_NOPREF     UINT32_C(0x02000000)
#define XSPI_CR_NOPREF_AXI UINT32_C(0x04000000)
#define XSPI_CR_FMODE_Pos  28
#define XSPI_CR_FMODE      UINT32_C(0x30000000)
#define XSPI_CR_MSEL_Pos   30
#define XSPI_CR_MSEL       UINT32_C(0xC0000000)

enum xspi_fmode {
    XSPI_INDIRECT_WRITE = 0,
    XSPI_INDIRECT_READ = 1,
    XSPI_AUTO_POLLING = 2,
    XSPI_MEMORY_MAPPED = 3
};

#define XSPI_DCR1_CSHT_Pos      8
#define XSPI_DCR1_CSHT          UINT32_C(0x00003F00)
#define XSPI_DCR1_DEVSIZE_Pos   16
#define XSPI_DCR1_DEVSIZE       UINT32_C(0x001F0000)
#define XSPI_DCR1_MTYP_Pos      24
#define XSPI_DCR1_MTYP          UINT32_C(0x07000000)
#define XSPI_DCR1_MTYP_MACRONIX 1
#define XSPI_DCR1_MTYP_MXIC_RAM 3
#define XSPI_DCR1_MTYP_HYPERBUS 4 /* and above: protocols of RAMs */

#define XSPI_DCR2_PRESCALER     UINT32_C(0x000000FF)

#define XSPI_SR_TEF             UINT32_C(0x00000001)
#define XSPI_SR_TCF             UINT32_C(0x00000002)
#define XSPI_SR_FTF             UINT32_C(0x00000004)
#define XSPI_SR_SMF             UINT32_C(0x00000008)
#define XSPI_SR_TOF             UINT32_C(0x00000010)
#define XSPI_SR_BUSY            UINT32_C(0x00000020)
#define XSPI_SR_FLEVEL_Pos      8

#define XSPI_CCR_IMODE_Pos      0
#define XSPI_CCR_IDTR           UINT32_C(0x00000008)
#define XSPI_CCR_ISIZE_Pos      4
#define XSPI_CCR_ADMODE_Pos     8
#define XSPI_CCR_ADMODE         UINT32_C(0x00000700)
#define XSPI_CCR_ADDTR          UINT32_C(0x00000800)
#define XSPI_CCR_ADSIZE_Pos     12
#define XSPI_CCR_ABMODE_Pos     16
#define XSPI_CCR_ABDTR          UINT32_C(0x00080000)
#define XSPI_CCR_ABSIZE_Pos     20
#define XSPI_CCR_DMODE_Pos      24
#define XSPI_CCR_DMODE          UINT32_C(0x07000000)
#define XSPI_CCR_DDTR           UINT32_C(0x08000000)

#define XSPI_CCR_DQSE           UINT32_C(0x20000000)

#define XSPI_TCR_DCYC           UINT32_C(0x0000001F)
#define XSPI_TCR_SSHIFT         UINT32_C(0x40000000)

#endif

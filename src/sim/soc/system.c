/* SPDX-License-Identifier: MIT */
/*
 * What tables cannot say of PWR, SYSCFG, BSEC and XSPIM. Fields: ST SVD STM32N655 and CMSIS header
 * of cmsis-device-n6 [SVD][HDR]; rules as ST's HAL relies on them [HAL].
 */
#include "sim/soc/model.h"

enum {
    PWR_CR1 = 0x00,
    PWR_VOSCR = 0x20,
    PWR_SVMCR1 = 0x34,
    PWR_SVMCR2 = 0x38,
    PWR_SVMCR3 = 0x3C,
    SYSCFG_VDDIO4CCCR = 0x44,
    SYSCFG_VDDIO5CCCR = 0x4C,
    SYSCFG_VDDIO2CCCR = 0x54,
    SYSCFG_VDDIO3CCCR = 0x5C,
    SYSCFG_VDDCCCR = 0x64,
    BSEC_OTPCR = 0xC04,
    CCCR_EN = 1 << 8,
    OTPCR_PROG = 1 << 13
};

#define SDEN (UINT32_C(1) << 2)

/* A supply is there as the board is powered; RDY says so only while the monitor is on. */
uint32_t soc_pwr_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored)
{
    (void)soc;
    (void)bank;
    if (offset == PWR_VOSCR) {
        return (stored & 1U) | 2U | (stored & 1U) << 16 | 1U << 17; /* VOSRDY, ACTVOS, ACTVOSRDY */
    }
    return stored | (stored & 0x17U) << 16; /* SVMCR1..3: VMEN -> RDY */
}

void soc_pwr_written(struct soc *soc, enum bank bank, const struct soc_write *write)
{
    const uint32_t word = soc_word(soc, bank, write->offset);
    switch (write->offset) {
    case PWR_CR1:
        soc->stats.findings |= SOC_FINDING_PWR_CR1;
        if (soc->sden_written) {
            soc_put_word(soc, bank, PWR_CR1, (word & ~SDEN) | (write->before & SDEN));
        }
        soc->sden_written = true; /* write-once after power-on */
        break;
    case PWR_VOSCR: soc->stats.findings |= SOC_FINDING_PWR_VOSCR; break;
    case PWR_SVMCR1:
    case PWR_SVMCR2:
    case PWR_SVMCR3:
        if ((word & ~write->before & UINT32_C(0x07000000)) != 0) {
            soc->stats.findings |= SOC_FINDING_VRSEL;
        }
        break;
    default: break;
    }
}

/* Compensation cells cannot be reached while their supply is not declared valid. */
static bool cell_is_supplied(const struct soc *soc, uint32_t control)
{
    switch (control) {
    case SYSCFG_VDDIO4CCCR: return (soc_word(soc, BANK_PWR, PWR_SVMCR1) >> 8 & 1U) != 0;
    case SYSCFG_VDDIO5CCCR: return (soc_word(soc, BANK_PWR, PWR_SVMCR2) >> 8 & 1U) != 0;
    case SYSCFG_VDDIO2CCCR: return (soc_word(soc, BANK_PWR, PWR_SVMCR3) >> 8 & 1U) != 0;
    case SYSCFG_VDDIO3CCCR: return (soc_word(soc, BANK_PWR, PWR_SVMCR3) >> 9 & 1U) != 0;
    default: return true;
    }
}

uint32_t soc_syscfg_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored)
{
    const bool is_status = (offset - SYSCFG_VDDIO4CCCR) % 8 == 4;
    const uint32_t control = is_status ? offset - 4 : offset;
    if (!cell_is_supplied(soc, control)) {
        soc_tell(soc, SOC_NOTICE_UNSUPPLIED, soc_banks[bank].base + offset, "");
        return 0;
    }
    return is_status ? soc_word(soc, bank, control) & CCCR_EN : stored; /* EN -> READY */
}

void soc_syscfg_written(struct soc *soc, enum bank bank, const struct soc_write *write)
{
    const bool is_control = write->offset >= SYSCFG_VDDIO4CCCR && write->offset <= SYSCFG_VDDCCCR;
    if (is_control && !cell_is_supplied(soc, write->offset)) {
        soc_tell(soc, SOC_NOTICE_UNSUPPLIED, soc_banks[bank].base + write->offset, "");
        soc_put_word(soc, bank, write->offset, write->before);
    }
}

/* A request to burn a fuse is recorded and not carried out. */
void soc_bsec_written(struct soc *soc, enum bank bank, const struct soc_write *write)
{
    (void)bank;
    if (write->offset == BSEC_OTPCR && (write->value & OTPCR_PROG) != 0) {
        soc->stats.findings |= SOC_FINDING_OTP_PROGRAM;
    }
}

/* CR holds while XSPI1 or XSPI2 is enabled (as wolfBoot found; ST's HAL disables both first). */
void soc_xspim_written(struct soc *soc, enum bank bank, const struct soc_write *write)
{
    if (xspi_is_enabled(soc->xspi[0]) || xspi_is_enabled(soc->xspi[1])) {
        soc_put_word(soc, bank, write->offset, write->before);
    }
}

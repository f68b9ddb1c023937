/* SPDX-License-Identifier: MIT */
/*
 * The register banks: bases, gates and registers.
 *
 * Bases, offsets and gate bits: CMSIS header of cmsis-device-n6 and ST SVD STM32N655 [HDR][SVD].
 * Security and isolation units (RIFSC, IAC, RISAF) only keep what is written. SYSCFG's compensation
 * cells are labelled as the header does it; the SVD labels the same offsets VDDIO1 to VDDIO4.
 */
#include "sim/soc/model.h"

#define STORE(offset, name, reset, mask)                                                           \
    {                                                                                              \
        offset, 1, 0, 0, name, reset, mask                                                         \
    }
#define STORES(offset, count, first, name, reset)                                                  \
    {                                                                                              \
        offset, count, 0, first, name, reset, 0xFFFFFFFF                                           \
    }
#define FIXED(offset, name, value)                                                                 \
    {                                                                                              \
        offset, 1, 0, 0, name, value, 0                                                            \
    }
#define COMPUTED(offset, name, reset, mask)                                                        \
    {                                                                                              \
        offset, 1, REGISTER_COMPUTED, 0, name, reset, mask                                         \
    }
#define COMMAND(offset, name)                                                                      \
    {                                                                                              \
        offset, 1, REGISTER_COMMAND, 0, name, 0, 0                                                 \
    }
#define END                                                                                        \
    {                                                                                              \
        0                                                                                          \
    }
#define TICKING(offset, name, reset, mask)                                                         \
    {                                                                                              \
        offset, 1, REGISTER_COMPUTED | REGISTER_IMPURE, 0, name, reset, mask                       \
    }

static const struct soc_register pwr[] = {
    STORE(0x00, "CR1", 0x00000024, 0x001F0034),
    STORE(0x04, "CR2", 0, 0x00000001),
    STORE(0x08, "CR3", 0, 0x00000011),
    STORE(0x0C, "CR4", 0, 0x00000011),
    COMPUTED(0x20, "VOSCR", 0x00020002, 0x00000001),
    STORE(0x24, "BDCR1", 0, 0x00000001),
    STORE(0x28, "BDCR2", 0, 0x00000001),
    STORE(0x2C, "DBPCR", 0, 0x00000001),
    STORE(0x30, "CPUCR", 0, 0x00010001),
    COMPUTED(0x34, "SVMCR1", 0, 0x03000101),
    COMPUTED(0x38, "SVMCR2", 0, 0x03000101),
    COMPUTED(0x3C, "SVMCR3", 0, 0x07001717),
    COMMAND(0x50, "WKUPCR"),
    FIXED(0x54, "WKUPSR", 0),
    STORE(0x58, "WKUPEPR", 0, 0x00FF0F0F),
    STORE(0x70, "SECCFGR", 0, 0x000F00FF),
    STORE(0x74, "PRIVCFGR", 0, 0x000F00FF),
    END,
};

static const struct soc_register syscfg[] = {
    STORE(0x000, "BOOTCR", 0, 0x00000003),
    STORE(0x004, "CM55CR", 0, 0x003F003F),
    STORE(0x008, "CM55TCMCR", 0x00000087, 0x018700FF),
    STORE(0x00C, "CM55RWMCR", 0, 0x00003FFF),
    STORE(0x010, "INITSVTORCR", 0x18000000, 0xFFFFFF80),
    STORE(0x014, "INITNSVTORCR", 0x08000000, 0xFFFFFF80),
    STORE(0x018, "CM55RSTCR", 0, 0x00000007),
    STORE(0x01C, "CM55PAHBWPR", 0, 0x00000001),
    STORE(0x020, "VENCRAMCR", 0, 0x00000001),
    STORE(0x024, "POTTAMPRSTCR", 0, 0x00000001),
    STORE(0x034, "ICNEWRCR", 0, 0x0000000F),
    STORE(0x038, "ICNCGCR", 0, 0xFFFFFFFF),
    STORE(0x03C, "ICNBWRCR", 0, 0xFFFFFFFF),
    STORE(0x040, "IOCR", 0, 0xFFFFFFFF),
    COMPUTED(0x044, "VDDIO4CCCR", 0, 0x000003FF),
    COMPUTED(0x048, "VDDIO4CCSR", 0, 0),
    COMPUTED(0x04C, "VDDIO5CCCR", 0, 0x000003FF),
    COMPUTED(0x050, "VDDIO5CCSR", 0, 0),
    COMPUTED(0x054, "VDDIO2CCCR", 0, 0x000003FF),
    COMPUTED(0x058, "VDDIO2CCSR", 0, 0),
    COMPUTED(0x05C, "VDDIO3CCCR", 0, 0x000003FF),
    COMPUTED(0x060, "VDDIO3CCSR", 0, 0),
    COMPUTED(0x064, "VDDCCCR", 0, 0x000003FF),
    COMPUTED(0x068, "VDDCCSR", 0, 0),
    STORE(0x06C, "CBR", 0, 0x0000006D),
    STORE(0x070, "SEC_AIDCR", 0, 0x00000007),
    STORE(0x074, "FMC_RETIMECR", 0, 0x00000007),
    STORE(0x078, "NPU_ICNCR", 0, 0x00000001),
    FIXED(0x100, "BOOTSR", 0x00000002), /* BOOT1 = 1: development boot */
    FIXED(0x104, "AHBWP_ERROR_SR", 0),
    STORE(0x400, "SMPSHDPCR", 0, 0x0000000F),
    STORE(0x800, "NONSEC_AIDCR", 0, 0x00000007),
    END,
};

/* Fuse words as of a part with nothing burnt; word 124 (HSLV bits, IWDG_HW) as configured. */
static const struct soc_register bsec[] = {
    {0x000, 5, 0, 0, "FVR", 0, 0},
    FIXED(0x014, "FVR5", 0x00200030), /* unique ID, three words; this one is made up */
    FIXED(0x018, "FVR6", 0x3532500D),
    FIXED(0x01C, "FVR7", 0x20383357),
    {0x020, 116, 0, 8, "FVR", 0, 0},
    FIXED(0x1F0, "FVR124", 0),
    {0x1F4, 251, 0, 125, "FVR", 0, 0},
    STORES(0x800, 12, 0, "SPLOCK", 0),
    STORES(0x840, 12, 0, "SWLOCK", 0),
    STORES(0x880, 12, 0, "SRLOCK", 0),
    {0x8C0, 12, 0, 0, "OTPVLDR", 0xFFFFFFFF, 0},
    STORE(0xC04, "OTPCR", 0, 0x000061FF),
    STORE(0xC08, "WDR", 0, 0xFFFFFFFF),
    STORES(0xE00, 4, 0, "SCRATCHR", 0),
    STORE(0xE10, "LOCKR", 0, 0x00000007),
    FIXED(0xE44, "OTPSR", 0),
    STORE(0xE8C, "DBGCR", 0, 0xFFFFFFFF),
    STORE(0xE90, "AP_UNLOCK", 0, 0xFFFFFFFF),
    END,
};

static const struct soc_register xspim[] = {
    STORE(0x00, "CR", 0, 0x00FF0073),
    END,
};

/* Names only: xspi.c answers. DR's reading takes from the FIFO. */
static const struct soc_register xspi[] = {
    STORE(0x000, "CR", 0, 0),     STORE(0x008, "DCR1", 0, 0),
    STORE(0x00C, "DCR2", 0, 0),   STORE(0x010, "DCR3", 0, 0),
    STORE(0x014, "DCR4", 0, 0),   STORE(0x020, "SR", 0, 0),
    COMMAND(0x024, "FCR"),        STORE(0x040, "DLR", 0, 0),
    STORE(0x048, "AR", 0, 0),     {0x050, 1, REGISTER_IMPURE, 0, "DR", 0, 0},
    STORE(0x080, "PSMKR", 0, 0),  STORE(0x088, "PSMAR", 0, 0),
    STORE(0x090, "PIR", 0, 0),    STORE(0x100, "CCR", 0, 0),
    STORE(0x108, "TCR", 0, 0),    STORE(0x110, "IR", 0, 0),
    STORE(0x120, "ABR", 0, 0),    STORE(0x130, "LPTR", 0, 0),
    STORE(0x140, "WPCCR", 0, 0),  STORE(0x148, "WPTCR", 0, 0),
    STORE(0x150, "WPIR", 0, 0),   STORE(0x160, "WPABR", 0, 0),
    STORE(0x180, "WCCR", 0, 0),   STORE(0x188, "WTCR", 0, 0),
    STORE(0x190, "WIR", 0, 0),    STORE(0x1A0, "WABR", 0, 0),
    STORE(0x200, "HLCR", 0, 0),   STORE(0x210, "CALFCR", 0, 0),
    STORE(0x218, "CALMR", 0, 0),  STORE(0x220, "CALSOR", 0, 0),
    STORE(0x228, "CALSIR", 0, 0), END,
};

static const struct soc_register iwdg[] = {
    COMMAND(0x00, "KR"),
    STORE(0x04, "PR", 0, 0x0000000F),
    STORE(0x08, "RLR", 0x00000FFF, 0x00000FFF),
    COMPUTED(0x0C, "SR", 0, 0),
    STORE(0x10, "WINR", 0x00000FFF, 0x00000FFF),
    STORE(0x14, "EWCR", 0, 0x0000CFFF),
    END,
};

static const struct soc_register wwdg[] = {
    STORE(0x00, "CR", 0x0000007F, 0x000000FF),
    STORE(0x04, "CFR", 0x0000007F, 0x00003A7F),
    FIXED(0x08, "SR", 0),
    END,
};

static const struct soc_register rng[] = {
    STORE(0x00, "CR", 0x00800D00, 0xFFFFFFEC),
    COMPUTED(0x04, "SR", 0, 0),
    {0x08, 1, REGISTER_COMPUTED | REGISTER_IMPURE, 0, "DR", 0, 0},
    STORE(0x0C, "NSCR", 0, 0x0003FFFF),
    STORE(0x10, "HTCR", 0, 0xFFFFFFFF),
    END,
};

static const struct soc_register tim2[] = {
    STORE(0x00, "CR1", 0, 0x00001BFF),   STORE(0x04, "CR2", 0, 0x020000F8),
    STORE(0x08, "SMCR", 0, 0x0371FFF7),  STORE(0x0C, "DIER", 0, 0x00F05F5F),
    TICKING(0x10, "SR", 0, 0x00F01E5F),  COMMAND(0x14, "EGR"),
    STORE(0x18, "CCMR1", 0, 0x0101FFFF), STORE(0x1C, "CCMR2", 0, 0x0101FFFF),
    STORE(0x20, "CCER", 0, 0x0000BBBB),  TICKING(0x24, "CNT", 0, 0xFFFFFFFF),
    STORE(0x28, "PSC", 0, 0x0000FFFF),   STORE(0x2C, "ARR", 0xFFFFFFFF, 0xFFFFFFFF),
    STORES(0x34, 4, 1, "CCR", 0),        STORE(0x58, "ECR", 0, 0x070300FF),
    STORE(0x5C, "TISEL", 0, 0x0F0F0F0F), STORE(0x60, "AF1", 0, 0x0003C000),
    STORE(0x64, "AF2", 0, 0x00070000),   END,
};

static const struct soc_register exti[] = {
    STORE(0x00, "RTSR1", 0, 0xFFFFFFFF),
    STORE(0x04, "FTSR1", 0, 0xFFFFFFFF),
    COMMAND(0x08, "SWIER1"),
    COMMAND(0x0C, "RPR1"),
    COMMAND(0x10, "FPR1"),
    STORE(0x14, "SECCFGR1", 0, 0xFFFFFFFF),
    STORE(0x18, "PRIVCFGR1", 0, 0xFFFFFFFF),
    STORE(0x20, "RTSR2", 0, 0xFFFFFFFF),
    STORE(0x24, "FTSR2", 0, 0xFFFFFFFF),
    COMMAND(0x28, "SWIER2"),
    COMMAND(0x2C, "RPR2"),
    COMMAND(0x30, "FPR2"),
    STORE(0x34, "SECCFGR2", 0, 0xFFFFFFFF),
    STORE(0x38, "PRIVCFGR2", 0, 0xFFFFFFFF),
    STORE(0x40, "RTSR3", 0, 0xFFFFFFFF),
    STORE(0x44, "FTSR3", 0, 0xFFFFFFFF),
    COMMAND(0x48, "SWIER3"),
    COMMAND(0x4C, "RPR3"),
    COMMAND(0x50, "FPR3"),
    STORE(0x54, "SECCFGR3", 0, 0xFFFFFFFF),
    STORE(0x58, "PRIVCFGR3", 0, 0xFFFFFFFF),
    STORES(0x60, 4, 1, "EXTICR", 0),
    STORE(0x70, "LOCKR", 0, 0x00000001),
    STORE(0x80, "IMR1", 0, 0xFFFFFFFF),
    STORE(0x84, "EMR1", 0, 0xFFFFFFFF),
    STORE(0x90, "IMR2", 0, 0xFFFFFFFF),
    STORE(0x94, "EMR2", 0, 0xFFFFFFFF),
    STORE(0xA0, "IMR3", 0, 0xFFFFFFFF),
    STORE(0xA4, "EMR3", 0, 0xFFFFFFFF),
    END,
};

static const struct soc_register crc[] = {
    /* A write to DR is computed with, not stored. */
    {0x00, 1, REGISTER_COMPUTED | REGISTER_COMMAND, 0, "DR", 0xFFFFFFFF, 0},
    STORE(0x04, "IDR", 0, 0xFFFFFFFF),
    STORE(0x08, "CR", 0, 0x000000F9),
    STORE(0x10, "INIT", 0xFFFFFFFF, 0xFFFFFFFF),
    STORE(0x14, "POL", 0x04C11DB7, 0xFFFFFFFF),
    END,
};

/* SRAMSD of AXISRAM3 to 6 is set: shut down after boot until cleared (as probe-rs relies on). */
static const struct soc_register ramcfg[] = {
    STORE(0x000, "AXISRAM1CR", 0, 0x00000111),
    STORE(0x080, "AXISRAM2CR", 0, 0x00100111),
    STORE(0x100, "AXISRAM3CR", 0x00100000, 0x00100111),
    STORE(0x180, "AXISRAM4CR", 0x00100000, 0x00100111),
    STORE(0x200, "AXISRAM5CR", 0x00100000, 0x00100111),
    STORE(0x280, "AXISRAM6CR", 0x00100000, 0x00100111),
    STORE(0x500, "FLEXRAMCR", 0, 0x00100111),
    END,
};

static const struct soc_register rifsc[] = {
    STORE(0x000, "RISC_CR", 0, 0x00000001),
    STORES(0x010, 6, 0, "RISC_SECCFGR", 0),
    STORES(0x030, 6, 0, "RISC_PRIVCFGR", 0),
    STORES(0x050, 6, 0, "RISC_RCFGLOCKR", 0),
    STORE(0xC00, "RIMC_CR", 0, 0xFFFFFFFF),
    STORES(0xC10, 16, 0, "RIMC_ATTR", 0),
    END,
};

static const struct soc_register iac[] = {
    STORES(0x000, 6, 0, "IER", 0),
    {0x080, 6, 0, 0, "ISR", 0, 0},
    {0x100, 6, REGISTER_COMMAND, 0, "ICR", 0, 0},
    END,
};

/* REGn_CFGR, STARTR, ENDR, CIDCFGR and the subregions, 16 words for each of 15 regions. */
static const struct soc_register risaf[] = {
    STORE(0x000, "CR", 0, 0x00000001),
    FIXED(0x008, "IASR", 0),
    COMMAND(0x00C, "IACR"),
    FIXED(0x020, "IAESR", 0),
    FIXED(0x024, "IADDR", 0),
    STORES(0x040, 240, 0, "REG_WORD", 0),
    END,
};

static const struct soc_register dbgmcu[] = {
    FIXED(0x000, "IDCODE", 0x00006486),
    STORE(0x004, "CR", 0, 0x00300007),
    STORE(0x010, "APB1LFZ1", 0, 0xFFFFFFFF),
    STORE(0x014, "APB1HFZ1", 0, 0xFFFFFFFF),
    STORE(0x018, "APB2FZ1", 0, 0xFFFFFFFF),
    STORE(0x01C, "APB4FZ1", 0, 0xFFFFFFFF),
    FIXED(0x0FC, "SR", 0x00030000), /* AP1_ENABLE, AP0_ENABLE: development boot has opened both */
    STORE(0x100, "DBG_AUTH_HOST", 0, 0xFFFFFFFF),
    STORE(0x104, "DBG_AUTH_DEV", 0, 0xFFFFFFFF),
    STORE(0x108, "DBG_AUTH_ACK", 0, 0xFFFFFFFF),
    END,
};

enum { /* RCC */
    AHB2RSTR = 0x214,
    AHB3RSTR = 0x218,
    AHB4RSTR = 0x21C,
    AHB5RSTR = 0x220,
    APB1RSTR1 = 0x224,
    APB4RSTR2 = 0x238,
    AHB2ENR = 0x254,
    AHB3ENR = 0x258,
    AHB4ENR = 0x25C,
    AHB5ENR = 0x260,
    APB1ENR1 = 0x264,
    APB4ENR2 = 0x278
};

#define GPIO(letter, base, bit)                                                                    \
    {                                                                                              \
        "GPIO" letter, base, 0x400, {AHB4ENR, bit}, {AHB4RSTR, bit}, soc_gpio_registers,           \
            soc_gpio_read, soc_gpio_written                                                        \
    }
#define XSPI(name, base, bit)                                                                      \
    {                                                                                              \
        name, base, 0x400, {AHB5ENR, bit}, {AHB5RSTR, bit}, xspi, NULL, NULL                       \
    }
#define RISAF(name, base)                                                                          \
    {                                                                                              \
        name, base, 0x1000, {AHB3ENR, 14}, {0, 0}, risaf, NULL, NULL                               \
    }

const struct soc_bank soc_banks[BANK_COUNT] = {
    [BANK_RCC] = {"RCC",
                  0x46028000,
                  0x2000,
                  {0, 0},
                  {0, 0},
                  soc_rcc_registers,
                  soc_rcc_read,
                  soc_rcc_written},
    [BANK_PWR] = {"PWR",
                  0x46024800,
                  0x400,
                  {AHB4ENR, 18},
                  {AHB4RSTR, 18},
                  pwr,
                  soc_pwr_read,
                  soc_pwr_written},
    [BANK_SYSCFG] = {"SYSCFG",
                     0x46008000,
                     0x1000,
                     {APB4ENR2, 0},
                     {APB4RSTR2, 0},
                     syscfg,
                     soc_syscfg_read,
                     soc_syscfg_written},
    [BANK_BSEC] = {"BSEC", 0x46009000, 0x1000, {APB4ENR2, 1}, {0, 0}, bsec, NULL, soc_bsec_written},
    [BANK_GPIOA] = GPIO("A", 0x46020000, 0),
    [BANK_GPIOA + 1] = GPIO("B", 0x46020400, 1),
    [BANK_GPIOA + 2] = GPIO("C", 0x46020800, 2),
    [BANK_GPIOA + 3] = GPIO("D", 0x46020C00, 3),
    [BANK_GPIOA + 4] = GPIO("E", 0x46021000, 4),
    [BANK_GPIOA + 5] = GPIO("F", 0x46021400, 5),
    [BANK_GPIOA + 6] = GPIO("G", 0x46021800, 6),
    [BANK_GPIOA + 7] = GPIO("H", 0x46021C00, 7),
    [BANK_GPIOA + 8] = GPIO("N", 0x46023400, 13),
    [BANK_GPIOA + 9] = GPIO("O", 0x46023800, 14),
    [BANK_GPIOA + 10] = GPIO("P", 0x46023C00, 15),
    [BANK_GPIOA + 11] = GPIO("Q", 0x46024000, 16),
    [BANK_XSPIM] =
        {"XSPIM", 0x4802B400, 0x400, {AHB5ENR, 13}, {AHB5RSTR, 13}, xspim, NULL, soc_xspim_written},
    [BANK_XSPI1] = XSPI("XSPI1", 0x48025000, 5),
    [BANK_XSPI1 + 1] = XSPI("XSPI2", 0x4802A000, 12),
    [BANK_XSPI1 + 2] = XSPI("XSPI3", 0x4802D000, 17),
    [BANK_IWDG] =
        {"IWDG", 0x46004800, 0x400, {0, 0}, {0, 0}, iwdg, soc_iwdg_read, soc_iwdg_written},
    [BANK_WWDG] = {"WWDG", 0x40002C00, 0x400, {APB1ENR1, 11}, {APB1RSTR1, 11}, wwdg, NULL, NULL},
    [BANK_RNG] = {"RNG", 0x44020000, 0x400, {AHB3ENR, 0}, {AHB3RSTR, 0}, rng, soc_rng_read, NULL},
    [BANK_TIM2] = {"TIM2",
                   0x40000000,
                   0x400,
                   {APB1ENR1, 0},
                   {APB1RSTR1, 0},
                   tim2,
                   soc_tim2_read,
                   soc_tim2_written},
    [BANK_EXTI] = {"EXTI", 0x46025000, 0x400, {0, 0}, {0, 0}, exti, NULL, NULL},
    [BANK_CRC] = {"CRC",
                  0x46024C00,
                  0x400,
                  {AHB4ENR, 19},
                  {AHB4RSTR, 19},
                  crc,
                  soc_crc_read,
                  soc_crc_written},
    [BANK_RAMCFG] =
        {"RAMCFG", 0x42023000, 0x1000, {AHB2ENR, 12}, {AHB2RSTR, 12}, ramcfg, NULL, NULL},
    [BANK_RIFSC] = {"RIFSC", 0x44024000, 0x1000, {AHB3ENR, 9}, {AHB3RSTR, 9}, rifsc, NULL, NULL},
    [BANK_IAC] = {"IAC", 0x44025000, 0x1000, {AHB3ENR, 10}, {AHB3RSTR, 10}, iac, NULL, NULL},
    [BANK_RISAF] = RISAF("RISAF2", 0x44027000),
    [BANK_RISAF + 1] = RISAF("RISAF3", 0x44028000),
    [BANK_RISAF + 2] = RISAF("RISAF6", 0x4402B000),
    [BANK_RISAF + 3] = RISAF("RISAF7", 0x4402C000),
    [BANK_RISAF + 4] = RISAF("RISAF8", 0x4402D000),
    [BANK_RISAF + 5] = RISAF("RISAF9", 0x4402E000),
    [BANK_RISAF + 6] = RISAF("RISAF11", 0x44030000),
    [BANK_RISAF + 7] = RISAF("RISAF12", 0x44031000),
    [BANK_RISAF + 8] = RISAF("RISAF13", 0x44032000),
    [BANK_RISAF + 9] = RISAF("RISAF14", 0x44033000),
    [BANK_RISAF + 10] = RISAF("RISAF21", 0x44035000),
    [BANK_RISAF + 11] = RISAF("RISAF22", 0x44036000),
    [BANK_RISAF + 12] = RISAF("RISAF23", 0x44037000),
    [BANK_DBGMCU] = {"DBGMCU", 0x44001000, 0x1000, {0, 0}, {0, 0}, dbgmcu, NULL, NULL},
};

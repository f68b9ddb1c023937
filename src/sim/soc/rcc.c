/* SPDX-License-Identifier: MIT */
/*
 * RCC: registers, resets of the other banks, and what the boot ROM leaves.
 *
 * Offsets, set and clear aliases: ST SVD STM32N655 [SVD]; names as in the CMSIS header of
 * cmsis-device-n6 (the SVD says APB4LENR where the header says APB4ENR1). Enable bits: CMSIS header
 * for AHB3..AHB5, APB4 and MEMENR, [memory] for the other buses. Reset values that are not
 * published where they could be read here are 0 [INF].
 */
#include "sim/soc/model.h"

enum {
    RSTR_FIRST = 0x204,
    RSTR_LAST = 0x23C,
    AHB3ENR = 0x258,
    AHB4ENR = 0x25C,
    APB1ENR1 = 0x264
};

#define STORE(offset, name, reset, mask)                                                           \
    {                                                                                              \
        offset, 1, 0, 0, name, reset, mask                                                         \
    }
#define ALIASED(offset, name, reset, mask)                                                         \
    {                                                                                              \
        offset, 1, REGISTER_ALIASED, 0, name, reset, mask                                          \
    }
#define PLL(offset, n, cfgr1, cfgr2, cfgr3)                                                        \
    STORE(offset, "PLL" n "CFGR1", cfgr1, 0x7BFFFF00),                                             \
        STORE((offset) + 4, "PLL" n "CFGR2", cfgr2, 0x00FFFFFF),                                   \
        STORE((offset) + 8, "PLL" n "CFGR3", cfgr3, 0x7FFFFFFF)
#define IC(n, reset) STORE(0x0C4 + 4 * ((n)-1), "IC" #n "CFGR", reset, 0x30FF0000)
/* The bus enables come three times: reset, enable, enable in Sleep. */
#define BUS_AHB1   0x00000030U /* ADC12, GPDMA1 */
#define BUS_AHB2   0x00031000U /* ADF1, MDF1, RAMCFG */
#define BUS_AHB3   0x00004717U /* RISAF, IAC, RIFSC, PKA, SAES, CRYP, HASH, RNG */
#define BUS_AHB4   0x000DE0FFU /* CRC, PWR, GPIOQ..N, GPIOH..A */
#define BUS_AHB5   0xFFDFF1FBU
#define BUS_APB1_1 0xC3FFFBFFU
#define BUS_APB1_2 0x00040120U
#define BUS_APB2   0x007BB0F3U
#define BUS_APB4_1 0x00039EACU
#define BUS_APB4_2 0x00000007U /* DTS, BSEC, SYSCFG */
#define BUS_APB5   0x00000076U

const struct soc_register soc_rcc_registers[] = {
    ALIASED(0x000, "CR", 0x00000008, 0x00000F1F),
    {0x004, 1, REGISTER_COMPUTED, 0, "SR", 0x00000008, 0},
    ALIASED(0x008, "STOPCR", 0, 0x0000000F),
    STORE(0x020, "CFGR1", 0, 0x03030001),
    STORE(0x024, "CFGR2", 0, 0x03777777),
    STORE(0x028, "CKPROTR", 0, 0xFFFFFFFF),
    STORE(0x02C, "BDCR", 0, 0x00010000),
    STORE(0x030, "HWRSR", 0, 0),
    STORE(0x034, "RSR", 0, 0x00010000),
    STORE(0x040, "LSECFGR", 0, 0xFFFFFFFF),
    STORE(0x044, "MSICFGR", 0, 0x001F0200),
    STORE(0x048, "HSICFGR", 0, 0x007F0180),
    STORE(0x04C, "HSIMCR", 0, 0xFFFFFFFF),
    STORE(0x050, "HSIMSR", 0, 0),
    STORE(0x054, "HSECFGR", 0, 0xFFFFFFFF),
    PLL(0x080, "1", 0x08202500, 0x00800000, 0x4900000D),
    PLL(0x090, "2", 0x08000000, 0, 0x49000005),
    PLL(0x0A0, "3", 0x08000000, 0, 0x49000005),
    PLL(0x0B0, "4", 0x08000000, 0, 0x49000005),
    IC(1, 0x00020000),
    IC(2, 0x00030000),
    IC(3, 0),
    IC(4, 0),
    IC(5, 0),
    IC(6, 0x00030000),
    IC(7, 0),
    IC(8, 0),
    IC(9, 0),
    IC(10, 0),
    IC(11, 0x00030000),
    IC(12, 0),
    IC(13, 0),
    IC(14, 0),
    IC(15, 0),
    IC(16, 0),
    IC(17, 0),
    IC(18, 0),
    IC(19, 0),
    IC(20, 0),
    STORE(0x124, "CIER", 0, 0xFFFFFFFF),
    STORE(0x128, "CIFR", 0, 0),
    {0x12C, 1, REGISTER_COMMAND, 0, "CICR", 0, 0},
    {0x144, 9, 0, 1, "CCIPR", 0, 0xFFFFFFFF},
    {0x170, 3, 0, 12, "CCIPR", 0, 0xFFFFFFFF},
    ALIASED(0x204, "BUSRSTR", 0, 0x00001FFF),
    ALIASED(0x208, "MISCRSTR", 0, 0x000001B1),
    ALIASED(0x20C, "MEMRSTR", 0, 0x00001FFF),
    ALIASED(0x210, "AHB1RSTR", 0, BUS_AHB1),
    ALIASED(0x214, "AHB2RSTR", 0, BUS_AHB2),
    ALIASED(0x218, "AHB3RSTR", 0, BUS_AHB3),
    ALIASED(0x21C, "AHB4RSTR", 0, BUS_AHB4),
    ALIASED(0x220, "AHB5RSTR", 0, BUS_AHB5),
    ALIASED(0x224, "APB1RSTR1", 0, BUS_APB1_1),
    ALIASED(0x228, "APB1RSTR2", 0, BUS_APB1_2),
    ALIASED(0x22C, "APB2RSTR", 0, BUS_APB2),
    ALIASED(0x234, "APB4RSTR1", 0, BUS_APB4_1),
    ALIASED(0x238, "APB4RSTR2", 0, BUS_APB4_2),
    ALIASED(0x23C, "APB5RSTR", 0, BUS_APB5),
    ALIASED(0x240, "DIVENR", 0, 0x000FFFFF),
    ALIASED(0x244, "BUSENR", 0x00000003, 0x00001FFF),
    ALIASED(0x248, "MISCENR", 0, 0x0000004F),
    ALIASED(0x24C, "MEMENR", 0x000013FF, 0x00001FFF),
    ALIASED(0x250, "AHB1ENR", 0, BUS_AHB1),
    /* probe-rs writes RAMCFG after a reset without enabling it: on by reset [INF]. */
    ALIASED(0x254, "AHB2ENR", 0x00001000, BUS_AHB2),
    ALIASED(0x258, "AHB3ENR", 0x00004600, BUS_AHB3),
    ALIASED(0x25C, "AHB4ENR", 0x00040000, BUS_AHB4),
    ALIASED(0x260, "AHB5ENR", 0, BUS_AHB5),
    ALIASED(0x264, "APB1ENR1", 0, BUS_APB1_1),
    ALIASED(0x268, "APB1ENR2", 0, BUS_APB1_2),
    ALIASED(0x26C, "APB2ENR", 0, BUS_APB2),
    ALIASED(0x270, "APB3ENR", 0, 0x00000004),
    ALIASED(0x274, "APB4ENR1", 0, BUS_APB4_1),
    ALIASED(0x278, "APB4ENR2", 0x00000002, BUS_APB4_2),
    ALIASED(0x27C, "APB5ENR", 0, BUS_APB5),
    ALIASED(0x280, "DIVLPENR", 0, 0x000FFFFF),
    ALIASED(0x284, "BUSLPENR", 0, 0x00001FFF),
    ALIASED(0x288, "MISCLPENR", 0, 0x0000004F),
    ALIASED(0x28C, "MEMLPENR", 0, 0x00001FFF),
    ALIASED(0x290, "AHB1LPENR", 0, BUS_AHB1),
    ALIASED(0x294, "AHB2LPENR", 0, BUS_AHB2),
    ALIASED(0x298, "AHB3LPENR", 0, BUS_AHB3),
    ALIASED(0x29C, "AHB4LPENR", 0, BUS_AHB4),
    ALIASED(0x2A0, "AHB5LPENR", 0, BUS_AHB5),
    ALIASED(0x2A4, "APB1LPENR1", 0, BUS_APB1_1),
    ALIASED(0x2A8, "APB1LPENR2", 0, BUS_APB1_2),
    ALIASED(0x2AC, "APB2LPENR", 0, BUS_APB2),
    ALIASED(0x2B0, "APB3LPENR", 0, 0x00000004),
    ALIASED(0x2B4, "APB4LPENR1", 0, BUS_APB4_1),
    ALIASED(0x2B8, "APB4LPENR2", 0, BUS_APB4_2),
    ALIASED(0x2BC, "APB5LPENR", 0, BUS_APB5),
    STORE(0x44C, "RDCR", 0, 0x000F1F00),
    ALIASED(0x780, "SECCFGR0", 0, 0x0000001F),
    ALIASED(0x784, "PRIVCFGR0", 0, 0x0000001F),
    ALIASED(0x788, "LOCKCFGR0", 0, 0x0000001F),
    ALIASED(0x78C, "PUBCFGR0", 0, 0x0000001F),
    ALIASED(0x790, "SECCFGR1", 0, 0x0000000F),
    ALIASED(0x794, "PRIVCFGR1", 0, 0x0000000F),
    ALIASED(0x798, "LOCKCFGR1", 0, 0x0000000F),
    ALIASED(0x79C, "PUBCFGR1", 0, 0x0000000F),
    ALIASED(0x7A0, "SECCFGR2", 0, 0x000FFFFF),
    ALIASED(0x7A4, "PRIVCFGR2", 0, 0x000FFFFF),
    ALIASED(0x7A8, "LOCKCFGR2", 0, 0x000FFFFF),
    ALIASED(0x7AC, "PUBCFGR2", 0, 0x000FFFFF),
    ALIASED(0x7B0, "SECCFGR3", 0, 0x0000007F),
    ALIASED(0x7B4, "PRIVCFGR3", 0, 0x0000007F),
    ALIASED(0x7B8, "LOCKCFGR3", 0, 0x0000007F),
    ALIASED(0x7BC, "PUBCFGR3", 0, 0x0000007F),
    ALIASED(0x7C0, "SECCFGR4", 0, 0x00001FFF),
    ALIASED(0x7C4, "PRIVCFGR4", 0, 0x00001FFF),
    ALIASED(0x7C8, "LOCKCFGR4", 0, 0x00001FFF),
    ALIASED(0x7CC, "PUBCFGR4", 0, 0x00001FFF),
    ALIASED(0x7D0, "PUBCFGR5", 0, 0x000007FF),
    {0},
};

static void apply_resets(struct soc *soc)
{
    for (unsigned bank = BANK_NONE + 1; bank < BANK_COUNT; bank++) {
        const struct rcc_bit reset = soc_banks[bank].reset;
        const bool asserted = reset.offset != 0 && soc_rcc_bit(soc, reset);
        if (asserted && !soc->banks[bank].in_reset) {
            soc_bank_reset(soc, (enum bank)bank);
        }
        soc->banks[bank].in_reset = asserted;
    }
}

uint32_t soc_rcc_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored)
{
    (void)bank;
    (void)offset;
    (void)stored;
    return soc->clocks.running;
}

void soc_rcc_written(struct soc *soc, enum bank bank, const struct soc_write *write)
{
    (void)bank;
    if (write->offset >= RSTR_FIRST && write->offset <= RSTR_LAST) {
        apply_resets(soc);
    }
}

void soc_rcc_boot_rom(struct soc *soc)
{
    /* Left clocked after development boot: RNG, TIM2, GPIOG (ST's SystemInit gates exactly these;
     * second-hand). */
    soc_put_word(soc, BANK_RCC, AHB3ENR, soc_word(soc, BANK_RCC, AHB3ENR) | 1U);
    soc_put_word(soc, BANK_RCC, APB1ENR1, soc_word(soc, BANK_RCC, APB1ENR1) | 1U);
    soc_put_word(soc, BANK_RCC, AHB4ENR, soc_word(soc, BANK_RCC, AHB4ENR) | 1U << 6);
}

/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the SoC model share: register banks as data, their state, and the wiring.
 *
 * A bank is a table of registers with reset values and writable bits, and at most two functions for
 * what a table cannot say. Registers are addressed by bank and offset from its base.
 */
#ifndef EXTLOAD_SIM_SOC_MODEL_H
#define EXTLOAD_SIM_SOC_MODEL_H

#include "sim/bus/xspi.h"
#include "sim/soc/soc.h"

#define XSPI_COUNT  3
#define GPIO_COUNT  12 /* A to H, N to Q */
#define RISAF_COUNT 13
#define RAM_COUNT   16
#define STUCK_MAX   32
#define ALIAS_NS_S  UINT32_C(0x10000000) /* CMSIS header: Secure alias = Non-secure | this */

enum bank {
    BANK_NONE, /* index 0 of the address table: nothing modelled there */
    BANK_RCC,
    BANK_PWR,
    BANK_SYSCFG,
    BANK_BSEC,
    BANK_GPIOA,
    BANK_GPIO_LAST = BANK_GPIOA + GPIO_COUNT - 1, /* in the order A to H, N to Q */
    BANK_XSPIM,
    BANK_XSPI1,
    BANK_XSPI3 = BANK_XSPI1 + XSPI_COUNT - 1,
    BANK_IWDG,
    BANK_WWDG,
    BANK_RNG,
    BANK_TIM2,
    BANK_EXTI,
    BANK_CRC,
    BANK_RAMCFG,
    BANK_RIFSC,
    BANK_IAC,
    BANK_RISAF,
    BANK_RISAF_LAST = BANK_RISAF + RISAF_COUNT - 1,
    BANK_DBGMCU,
    BANK_COUNT
};

enum register_flag {
    REGISTER_ALIASED = 1,  /* set alias at +0x800, clear alias at +0x1000 (RCC) */
    REGISTER_COMPUTED = 2, /* a read asks the bank's function */
    REGISTER_COMMAND = 4,  /* a write is not stored, only told to the bank's function */
    REGISTER_IMPURE = 8    /* a read has a side effect, or changes with every tick of a counter */
};

struct soc_register {
    uint16_t offset;
    uint16_t count; /* of equal registers, 4 bytes apart; their names carry a number */
    uint8_t flags;  /* enum register_flag */
    uint8_t first;  /* number of the first of them */
    const char *name;
    uint32_t reset, mask; /* mask: bits that a write changes */
};

struct soc_write {
    uint32_t offset;
    uint32_t value; /* shifted to the bits of the 32-bit register */
    uint32_t lanes; /* bits that the access covers */
    uint32_t before;
    unsigned size;
};

/* A bit of a register of RCC. Offset 0 = none: CR gates nothing. */
struct rcc_bit {
    uint16_t offset;
    uint8_t bit;
};

struct soc_bank {
    const char *name;
    uint32_t base; /* Non-secure alias */
    uint32_t size;
    struct rcc_bit enable, reset;
    const struct soc_register *registers; /* the last has no name */
    uint32_t (*read)(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored);
    void (*written)(struct soc *soc, enum bank bank, const struct soc_write *write);
};

struct bank_state {
    uint32_t *words;                       /* by offset / 4 */
    const struct soc_register **registers; /* by offset / 4; NULL where there is none */
    bool in_reset;
};

enum oscillator { /* numbers are the bits of RCC.CR and RCC.SR [SVD] */
    OSC_LSI = 0,
    OSC_LSE = 1,
    OSC_MSI = 2,
    OSC_HSI = 3,
    OSC_HSE = 4,
    OSC_PLL1 = 8,
    OSC_PLL4 = 11,
    OSC_COUNT = 12
};

struct clock_state {
    uint64_t ready_at[OSC_COUNT]; /* PS_NEVER while off */
    uint32_t running;             /* RCC.SR */
    uint32_t stopped;             /* oscillators that have failed, as bits of RCC.CR */
    uint32_t cpu_hz, sys_hz, hclk_hz;
    uint64_t next_change;
};

enum signal { /* of the chip, and of a port of XSPIM */
    SIGNAL_IO0,
    SIGNAL_IO7 = 7,
    SIGNAL_IO15 = 15,
    SIGNAL_CLK,
    SIGNAL_NCLK,
    SIGNAL_NCS1,
    SIGNAL_NCS2,
    SIGNAL_DQS0,
    SIGNAL_DQS1,
    SIGNAL_RESET,
    SIGNAL_POWER,
    SIGNAL_NONE
};

struct wire {
    enum bank port; /* of the pad */
    uint8_t pin;
    enum signal chip;   /* NCS1 for NCS, DQS0 for DQS */
    uint8_t xspim_port; /* 1 or 2 if the pad carries an XSPIM signal, else 0 */
    enum signal xspim;
    bool cut;
};

/* The way from one controller to the chip, as registers and copper are now. */
struct route {
    struct soc *soc;
    bool select[2]; /* NCS1, NCS2 lead to the chip's CS# */
    bool clock, identity;
    uint8_t lanes;         /* controller's lines that lead to the chip */
    bool strobe;           /* the chip's DQS leads to the controller */
    uint8_t to_chip[8];    /* line of the controller -> mask of lines of the chip */
    const char *broken_by; /* first thing that is missing, NULL if none */
};

struct stuck {
    uint32_t address, mask, value;
};

struct counter { /* TIM2 */
    uint64_t since_ps;
    uint32_t base;
    bool running;
};

enum iwdg_update { /* in the order of the flags in SR */
    IWDG_UPDATE_PR,
    IWDG_UPDATE_RLR,
    IWDG_UPDATE_WINR,
    IWDG_UPDATE_EWCR,
    IWDG_UPDATES
};

struct iwdg {
    uint64_t since_ps;                 /* when the counter held `loaded` */
    uint64_t crosses_ps[IWDG_UPDATES]; /* PS_NEVER: waits for a watchdog that does not run */
    bool updating[IWDG_UPDATES];
    uint32_t loaded, pr, rlr, winr; /* as they are on the LSI's side */
    bool running;
    bool unlocked; /* PR, RLR, WINR and EWCR may be written */
};

struct soc_faults {
    bool power_lost;
    bool selecting; /* a frame begins, at frame_ps of the bus */
    uint64_t frame_ps;
    enum soc_lines lines;
    uint32_t
        lines_count; /* of clocks in which the chip drove something; SOC_LINES_FLIP_ONCE: left */
    uint32_t lines_seed;
    void (*frame)(void *context, uint8_t opcode);
    void *frame_context;
};

struct soc {
    struct soc_config config;
    struct sim_clock *clock;
    struct nor *chip;
    struct soc_ram rams[RAM_COUNT];
    struct bank_state banks[BANK_COUNT];
    uint8_t *bank_of; /* by (Non-secure address - 0x40000000) / 1 KiB */
    struct xspi *xspi[XSPI_COUNT];
    struct xspi_pins pins[XSPI_COUNT];
    struct clock_state clocks;
    struct wire wires[SOC_WIRES_MAX];
    struct route routes[XSPI_COUNT];
    int selected_by; /* controller whose CS# holds the chip selected, or -1 */
    bool chip_powered, chip_reset_released, sden_written;
    bool fed; /* by soc_feed_chip() */
    uint8_t lock_step[GPIO_COUNT];
    bool pins_locked[GPIO_COUNT];
    struct counter tim2;
    struct iwdg iwdg;
    uint64_t random;
    struct stuck stuck[STUCK_MAX];
    unsigned stuck_count;
    struct soc_faults faults;
    struct soc_stats stats;
    void (*notice)(void *context, enum soc_notice notice, uint32_t address, const char *what);
    void *notice_context;
};

extern const struct soc_bank soc_banks[BANK_COUNT];

/* The stored word, without a read's side effects. */
static inline uint32_t soc_word(const struct soc *soc, enum bank bank, uint32_t offset)
{
    return soc->banks[bank].words[offset / 4];
}

static inline bool soc_rcc_bit(const struct soc *soc, struct rcc_bit which)
{
    return (soc_word(soc, BANK_RCC, which.offset) >> which.bit & 1U) != 0;
}

/* Changes the stored word; bits that are stuck stay. */
void soc_put_word(struct soc *soc, enum bank bank, uint32_t offset, uint32_t value);
/* What is read of `value` at a word's Non-secure address once stuck bits have their way. */
uint32_t soc_unstuck(const struct soc *soc, uint32_t address, uint32_t value);
void soc_bank_reset(struct soc *soc, enum bank bank);
bool soc_bank_is_clocked(const struct soc *soc, enum bank bank);

/* banks.c: reset values and the address tables of all banks. */
bool soc_banks_create(struct soc *soc);
void soc_banks_destroy(struct soc *soc);
/* Looks up a peripheral address of either alias; BANK_NONE if nothing is modelled there. */
enum bank soc_bank_at(const struct soc *soc, uint32_t address, uint32_t *offset);

/* rcc.c, clocks.c */
extern const struct soc_register soc_rcc_registers[];
uint32_t soc_rcc_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored);
void soc_rcc_written(struct soc *soc, enum bank bank, const struct soc_write *write);
void soc_rcc_boot_rom(struct soc *soc);
void soc_clocks_reset(struct soc *soc);
void soc_clocks_update(struct soc *soc);
uint32_t soc_clocks_kernel_hz(const struct soc *soc, unsigned xspi);

/* gpio.c */
extern const struct soc_register soc_gpio_registers[];
uint32_t soc_gpio_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored);
void soc_gpio_written(struct soc *soc, enum bank bank, const struct soc_write *write);
void soc_gpio_reset(struct soc *soc, enum bank bank);

enum pad_mode {
    PAD_INPUT = 0,
    PAD_OUTPUT = 1,
    PAD_ALTERNATE = 2,
    PAD_ANALOG = 3
};
enum pad_mode soc_pad_mode(const struct soc *soc, enum bank port, unsigned pin);
unsigned soc_pad_alternate(const struct soc *soc, enum bank port, unsigned pin);
bool soc_pad_output(const struct soc *soc, enum bank port, unsigned pin);

/* notice.c */
static inline bool soc_is_observed(const struct soc *soc)
{
    return soc->notice != NULL;
}
/* Tells the observer, if there is one. */
void soc_tell(const struct soc *soc, enum soc_notice notice, uint32_t address, const char *what);
/* A frame of a controller begins: tells if it cannot be heard, or answered, by the chip. */
void soc_tell_frame(const struct soc *soc, const struct route *route, unsigned chip_select);

/* fault.c: what the chip drives, as it arrives; a frame begins. */
struct nor_lines soc_faults_lines(struct soc *soc, struct nor_lines from_chip);
void soc_faults_frame(struct soc *soc, uint8_t opcode, uint64_t now_ps);

/* pads.c */
bool soc_pad_parse(const char *pad, enum bank *port, uint8_t *pin);
void soc_pad_signal(enum bank port, unsigned pin, uint8_t *xspim_port, enum signal *signal);
bool soc_pad_supplied(const struct soc *soc, enum bank port, unsigned pin);

/* route.c */
extern const struct xspi_pins soc_route_pins;
bool soc_route_create(struct soc *soc, struct error *error);
/* Before anything on the way changes: what is already past met the old pins. */
void soc_route_settle(struct soc *soc);
void soc_route_update(struct soc *soc);
/* Port of XSPIM that controller `index` (0 = XSPI1) is led to, or 0. */
unsigned soc_route_port(const struct soc *soc, unsigned index);

/* system.c */
uint32_t soc_pwr_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored);
void soc_pwr_written(struct soc *soc, enum bank bank, const struct soc_write *write);
uint32_t soc_syscfg_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored);
void soc_syscfg_written(struct soc *soc, enum bank bank, const struct soc_write *write);
void soc_bsec_written(struct soc *soc, enum bank bank, const struct soc_write *write);
void soc_xspim_written(struct soc *soc, enum bank bank, const struct soc_write *write);

/* counters.c */
uint32_t soc_tim2_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored);
void soc_tim2_written(struct soc *soc, enum bank bank, const struct soc_write *write);

/* iwdg.c */
uint32_t soc_iwdg_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored);
void soc_iwdg_written(struct soc *soc, enum bank bank, const struct soc_write *write);
void soc_iwdg_reset(struct soc *soc);
void soc_iwdg_start(struct soc *soc);
void soc_iwdg_watch(struct soc *soc);
/* When the watchdog will expire, or an update of its registers will have crossed; PS_NEVER if it
 * does not run. */
uint64_t soc_iwdg_next(const struct soc *soc);

/* compute.c */
uint32_t soc_rng_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored);
uint32_t soc_crc_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored);
void soc_crc_written(struct soc *soc, enum bank bank, const struct soc_write *write);
uint64_t soc_random(uint64_t *state);

/* ram.c */
bool soc_ram_create(struct soc *soc);
void soc_ram_destroy(struct soc *soc);
void soc_ram_boot_rom(struct soc *soc);

#endif

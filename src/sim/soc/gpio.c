/* SPDX-License-Identifier: MIT */
/*
 * GPIO ports. Registers: ST SVD STM32N655 and CMSIS header of cmsis-device-n6 [SVD][HDR]. Pins are
 * Secure by reset; whether a Non-secure access to them is dropped is disputed between public
 * sources, and both aliases work here.
 */
#include "sim/soc/model.h"

enum {
    MODER = 0x00,
    OTYPER = 0x04,
    OSPEEDR = 0x08,
    PUPDR = 0x0C,
    IDR = 0x10,
    ODR = 0x14,
    BSRR = 0x18,
    LCKR = 0x1C,
    AFRL = 0x20,
    AFRH = 0x24,
    BRR = 0x28
};

#define PINS UINT32_C(0x0000FFFF)
#define LCKK UINT32_C(0x00010000)

const struct soc_register soc_gpio_registers[] = {
    {MODER, 1, 0, 0, "MODER", 0xFFFFFFFF, 0xFFFFFFFF},
    {OTYPER, 1, 0, 0, "OTYPER", 0, PINS},
    {OSPEEDR, 1, 0, 0, "OSPEEDR", 0, 0xFFFFFFFF},
    {PUPDR, 1, 0, 0, "PUPDR", 0, 0xFFFFFFFF},
    {IDR, 1, REGISTER_COMPUTED, 0, "IDR", 0, 0},
    {ODR, 1, 0, 0, "ODR", 0, PINS},
    {BSRR, 1, REGISTER_COMMAND, 0, "BSRR", 0, 0},
    {LCKR, 1, 0, 0, "LCKR", 0, PINS | LCKK},
    {AFRL, 1, 0, 0, "AFRL", 0, 0xFFFFFFFF},
    {AFRH, 1, 0, 0, "AFRH", 0, 0xFFFFFFFF},
    {BRR, 1, REGISTER_COMMAND, 0, "BRR", 0, 0},
    {0x30, 1, 0, 0, "SECCFGR", PINS, PINS},
    {0x34, 1, 0, 0, "PRIVCFGR", PINS, PINS},
    {0x38, 1, 0, 0, "RCFGLOCKR", 0, PINS},
    {0x40, 1, 0, 0, "DELAYRL", 0, 0xFFFFFFFF},
    {0x44, 1, 0, 0, "DELAYRH", 0, 0xFFFFFFFF},
    {0x48, 1, 0, 0, "PIOCFGRL", 0, 0xFFFFFFFF},
    {0x4C, 1, 0, 0, "PIOCFGRH", 0, 0xFFFFFFFF},
    {0},
};

static uint32_t pin_field(const struct soc *soc, enum bank port, uint32_t offset, unsigned pin,
                          unsigned width)
{
    const uint32_t mask = (UINT32_C(1) << width) - 1;
    return soc_word(soc, port, offset) >> (pin * width) & mask;
}

enum pad_mode soc_pad_mode(const struct soc *soc, enum bank port, unsigned pin)
{
    return (enum pad_mode)pin_field(soc, port, MODER, pin, 2);
}

unsigned soc_pad_alternate(const struct soc *soc, enum bank port, unsigned pin)
{
    return (unsigned)pin_field(soc, port, pin < 8 ? AFRL : AFRH, pin % 8, 4);
}

bool soc_pad_output(const struct soc *soc, enum bank port, unsigned pin)
{
    return pin_field(soc, port, ODR, pin, 1) != 0;
}

/* What a wire puts on a pad that the SoC does not drive: the flash pulls RESET# up itself
 * ([memory]), the board pulls chip select up. */
static bool pulled_up_outside(const struct soc *soc, enum bank port, unsigned pin)
{
    for (unsigned i = 0; i < soc->config.wire_count; i++) {
        const struct wire *wire = &soc->wires[i];
        if (wire->port == port && wire->pin == pin && !wire->cut) {
            return wire->chip == SIGNAL_RESET || wire->chip == SIGNAL_NCS1;
        }
    }
    return false;
}

/* An XSPI pad between frames: chip select high, clock low, data released. */
static bool idle_level(enum bank port, unsigned pin)
{
    uint8_t xspim_port;
    enum signal signal;
    soc_pad_signal(port, pin, &xspim_port, &signal);
    return xspim_port != 0 &&
           (signal == SIGNAL_NCS1 || signal == SIGNAL_NCS2 || signal == SIGNAL_NCLK);
}

static bool pad_level(const struct soc *soc, enum bank port, unsigned pin)
{
    const enum pad_mode mode = soc_pad_mode(soc, port, pin);
    if (mode == PAD_ANALOG || !soc_pad_supplied(soc, port, pin)) {
        return false;
    }
    const bool open_drain = pin_field(soc, port, OTYPER, pin, 1) != 0;
    const bool high = soc_pad_output(soc, port, pin);
    if (mode == PAD_OUTPUT && !(open_drain && high)) {
        return high;
    }
    if (mode == PAD_ALTERNATE && soc_pad_alternate(soc, port, pin) == 9 && idle_level(port, pin)) {
        return true;
    }
    const uint32_t pull = pin_field(soc, port, PUPDR, pin, 2);
    return pull == 1 || (pull != 2 && pulled_up_outside(soc, port, pin));
}

uint32_t soc_gpio_read(struct soc *soc, enum bank bank, uint32_t offset, uint32_t stored)
{
    (void)offset;
    (void)stored;
    uint32_t levels = 0;
    for (unsigned pin = 0; pin < 16; pin++) {
        levels |= (uint32_t)pad_level(soc, bank, pin) << pin;
    }
    return levels;
}

/* LCKR takes effect by writing 1, 0, 1 to LCKK with the same pins [KNOW]. */
static void lock_sequence(struct soc *soc, enum bank bank, const struct soc_write *write)
{
    const unsigned port = bank - BANK_GPIOA;
    uint8_t *step = &soc->lock_step[port];
    const bool key = (write->value & LCKK) != 0;
    const bool same = *step == 0 || (write->before & PINS) == (write->value & PINS);
    if (soc->pins_locked[port]) {
        soc_put_word(soc, bank, LCKR, write->before);
        return;
    }
    *step = same && key == (*step != 1) ? (uint8_t)(*step + 1) : 0;
    soc->pins_locked[port] = *step == 3;
    const uint32_t pins = write->value & PINS;
    soc_put_word(soc, bank, LCKR, pins | (soc->pins_locked[port] ? LCKK : 0));
}

static uint32_t locked_bits(const struct soc *soc, enum bank bank, unsigned first_pin,
                            unsigned width)
{
    const uint32_t pins = soc_word(soc, bank, LCKR) & PINS;
    uint32_t bits = 0;
    for (unsigned pin = first_pin; pin < 16 && (pin - first_pin) * width < 32; pin++) {
        if ((pins >> pin & 1U) != 0) {
            bits |= ((UINT32_C(1) << width) - 1) << ((pin - first_pin) * width);
        }
    }
    return bits;
}

static void keep_locked(struct soc *soc, enum bank bank, const struct soc_write *write)
{
    uint32_t kept;
    switch (write->offset) {
    case MODER:
    case OSPEEDR:
    case PUPDR: kept = locked_bits(soc, bank, 0, 2); break;
    case OTYPER: kept = locked_bits(soc, bank, 0, 1); break;
    case AFRL: kept = locked_bits(soc, bank, 0, 4); break;
    case AFRH: kept = locked_bits(soc, bank, 8, 4); break;
    default: return;
    }
    const uint32_t after = soc_word(soc, bank, write->offset);
    soc_put_word(soc, bank, write->offset, (after & ~kept) | (write->before & kept));
}

void soc_gpio_written(struct soc *soc, enum bank bank, const struct soc_write *write)
{
    const uint32_t output = soc_word(soc, bank, ODR);
    const uint32_t value = write->value & write->lanes;
    switch (write->offset) {
    case BSRR:
        soc_put_word(soc, bank, ODR, (output & ~(value >> 16)) | (value & PINS)); /* set wins */
        break;
    case BRR: soc_put_word(soc, bank, ODR, output & ~(value & PINS)); break;
    case LCKR: lock_sequence(soc, bank, write); break;
    default:
        if (soc->pins_locked[bank - BANK_GPIOA]) {
            keep_locked(soc, bank, write);
        }
    }
}

void soc_gpio_reset(struct soc *soc, enum bank bank)
{
    const unsigned port = bank - BANK_GPIOA;
    soc->lock_step[port] = 0;
    soc->pins_locked[port] = false;
    if (port == 0) {
        soc_put_word(soc, bank, MODER, 0xABFFFFFF); /* PA13, PA14, PA15: debug port */
    }
}

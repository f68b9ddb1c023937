/* SPDX-License-Identifier: MIT */
/*
 * Pads: their names, the XSPIM signal that alternate function 9 puts on them, and their supply.
 *
 * Signals: STM32_open_pin_data, GPIO-STM32N6 modes [PIN]. Supplies: ST's HAL for PWR [HAL]; the pin
 * list of VDDIO5 is not established, those pads count as fed.
 */
#include "sim/soc/model.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ALL_PINS UINT16_C(0xFFFF)

enum {
    SVMCR1 = 0x34,
    SVMCR3 = 0x3C,
    PORT_N = BANK_GPIOA + 8,
    PORT_O,
    PORT_P
};

bool soc_pad_parse(const char *pad, enum bank *port, uint8_t *pin)
{
    static const char letters[] = "ABCDEFGHNOPQ";
    if (pad[0] != 'P' || pad[1] == '\0') {
        return false;
    }
    const char *letter = strchr(letters, pad[1]);
    if (letter == NULL || !isdigit((unsigned char)pad[2])) {
        return false;
    }
    char *end;
    const unsigned long number = strtoul(pad + 2, &end, 10);
    if (*end != '\0' || number > 15) {
        return false;
    }
    *port = (enum bank)(BANK_GPIOA + (letter - letters));
    *pin = (uint8_t)number;
    return true;
}

void soc_pad_signal(enum bank port, unsigned pin, uint8_t *xspim_port, enum signal *signal)
{
    static const uint8_t port_o[] = {SIGNAL_NCS1, SIGNAL_NCS2, SIGNAL_DQS0,
                                     SIGNAL_DQS1, SIGNAL_CLK,  SIGNAL_NCLK};
    static const uint8_t port_n[] = {SIGNAL_DQS0,    SIGNAL_NCS1,    SIGNAL_IO0,     SIGNAL_IO0 + 1,
                                     SIGNAL_IO0 + 2, SIGNAL_IO0 + 3, SIGNAL_CLK,     SIGNAL_NCLK,
                                     SIGNAL_IO0 + 4, SIGNAL_IO0 + 5, SIGNAL_IO0 + 6, SIGNAL_IO0 + 7,
                                     SIGNAL_NCS2};
    *xspim_port = 0;
    *signal = SIGNAL_NONE;
    if ((unsigned)port == PORT_N && pin < sizeof port_n) {
        *xspim_port = 2;
        *signal = (enum signal)port_n[pin];
    } else if ((unsigned)port == PORT_O && pin < sizeof port_o) {
        *xspim_port = 1;
        *signal = (enum signal)port_o[pin];
    } else if ((unsigned)port == PORT_P) {
        *xspim_port = 1;
        *signal = (enum signal)(SIGNAL_IO0 + pin);
    }
}

bool soc_pad_supplied(const struct soc *soc, enum bank port, unsigned pin)
{
    static const struct {
        enum bank port;
        uint16_t pins;
        uint8_t offset, bit; /* of PWR's supply-valid bit */
    } supplies[] = {
        {(enum bank)PORT_O, ALL_PINS, SVMCR3, 8},         /* VDDIO2SV */
        {(enum bank)PORT_P, ALL_PINS, SVMCR3, 8},         /* VDDIO2SV */
        {(enum bank)PORT_N, ALL_PINS, SVMCR3, 9},         /* VDDIO3SV */
        {(enum bank)(BANK_GPIOA + 1), 0x0300, SVMCR1, 8}, /* VDDIO4SV: PB8, PB9 */
        {(enum bank)(BANK_GPIOA + 2), 0x1FC0, SVMCR1, 8}, /* PC6 to PC12 */
        {(enum bank)(BANK_GPIOA + 3), 0x0004, SVMCR1, 8}, /* PD2 */
    };
    for (unsigned i = 0; i < sizeof supplies / sizeof supplies[0]; i++) {
        if (supplies[i].port == port && (supplies[i].pins >> pin & 1U) != 0) {
            return (soc_word(soc, BANK_PWR, supplies[i].offset) >> supplies[i].bit & 1U) != 0;
        }
    }
    return true;
}

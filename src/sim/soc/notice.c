/* SPDX-License-Identifier: MIT */
/* What the instruments are told of the SoC, and the names of bits that software waits for. */
#include "sim/soc/model.h"

#include <stdio.h>
#include <string.h>

void soc_observe(struct soc *soc,
                 void (*notice)(void *context, enum soc_notice notice, uint32_t address,
                                const char *what),
                 void *context)
{
    soc->notice = notice;
    soc->notice_context = context;
}

void soc_tell(const struct soc *soc, enum soc_notice notice, uint32_t address, const char *what)
{
    if (soc->notice != NULL) {
        soc->notice(soc->notice_context, notice, address, what);
    }
}

static bool is_needed(enum signal chip)
{
    return chip == SIGNAL_NCS1 || chip == SIGNAL_CLK || chip == SIGNAL_IO0 ||
           (unsigned)chip == (unsigned)SIGNAL_IO0 + 1;
}

/* The first pad that 1-line SPI needs and that does not carry its signal. */
static bool tell_pad(const struct soc *soc, unsigned index)
{
    for (unsigned i = 0; i < soc->config.wire_count; i++) {
        const struct wire *wire = &soc->wires[i];
        char text[64];
        if (!is_needed(wire->chip) || wire->cut || wire->xspim_port == 0 ||
            wire->xspim_port != soc_route_port(soc, index)) {
            continue;
        }
        const char *pad = soc->config.wires[i].pad, *signal = soc->config.wires[i].signal;
        if (!soc_pad_supplied(soc, wire->port, wire->pin)) {
            snprintf(text, sizeof text, "pad %s (%s)", pad, signal);
            soc_tell(soc, SOC_NOTICE_UNSUPPLIED, 0, text);
            return true;
        }
        if (soc_pad_mode(soc, wire->port, wire->pin) != PAD_ALTERNATE ||
            soc_pad_alternate(soc, wire->port, wire->pin) != 9) {
            snprintf(text, sizeof text, "pad %s (%s) is not set to alternate function 9", pad,
                     signal);
            soc_tell(soc, SOC_NOTICE_UNREACHED, 0, text);
            return true;
        }
    }
    return false;
}

void soc_tell_frame(const struct soc *soc, const struct route *route, unsigned chip_select)
{
    const unsigned index = (unsigned)(route - soc->routes);
    const bool elsewhere = route->broken_by == NULL && !route->select[chip_select];
    if (elsewhere || tell_pad(soc, index) || route->broken_by == NULL) {
        return; /* a frame to the other chip select is no mistake */
    }
    char text[64];
    if (strcmp(route->broken_by, "NCS") == 0 || strcmp(route->broken_by, "CLK") == 0) {
        snprintf(text, sizeof text, "XSPIM leads %s to port %u, where no flash is",
                 xspi_name(soc->xspi[index]), soc_route_port(soc, index));
    } else {
        snprintf(text, sizeof text, "%s", route->broken_by);
    }
    soc_tell(soc, SOC_NOTICE_UNREACHED, 0, text);
}

/* Bits: CMSIS header of cmsis-device-n6 and ST SVD [HDR][SVD]; SysTick: Armv8-M ARM [ARM]. */
static const struct {
    const char *reg;
    uint8_t bit;
    const char *name;
} bits[] = {
    {"XSPI.SR", 0, "TEF"},       {"XSPI.SR", 1, "TCF"},          {"XSPI.SR", 2, "FTF"},
    {"XSPI.SR", 3, "SMF"},       {"XSPI.SR", 4, "TOF"},          {"XSPI.SR", 5, "BUSY"},
    {"XSPI.CR", 0, "EN"},        {"XSPI.CR", 1, "ABORT"},        {"RCC.SR", 0, "LSIRDY"},
    {"RCC.SR", 1, "LSERDY"},     {"RCC.SR", 2, "MSIRDY"},        {"RCC.SR", 3, "HSIRDY"},
    {"RCC.SR", 4, "HSERDY"},     {"RCC.SR", 8, "PLL1RDY"},       {"RCC.SR", 9, "PLL2RDY"},
    {"RCC.SR", 10, "PLL3RDY"},   {"RCC.SR", 11, "PLL4RDY"},      {"PWR.VOSCR", 1, "VOSRDY"},
    {"PWR.VOSCR", 16, "ACTVOS"}, {"PWR.VOSCR", 17, "ACTVOSRDY"}, {"SYSCFG.CCSR", 8, "READY"},
    {"RNG.SR", 0, "DRDY"},       {"SYST.CSR", 16, "COUNTFLAG"},
};

/* "XSPI2.SR" -> "XSPI.SR", "SYSCFG.VDDIO3CCSR" -> "SYSCFG.CCSR" */
static void class_of(const char *name, char *buffer, size_t size)
{
    const char *dot = strchr(name, '.');
    snprintf(buffer, size, "%s", name);
    if (dot != NULL && strncmp(name, "XSPI", 4) == 0) {
        snprintf(buffer, size, "XSPI%s", dot);
    } else if (strncmp(name, "SYSCFG.VDD", 10) == 0 && strlen(name) > 4) {
        snprintf(buffer, size, "SYSCFG.%s", name + strlen(name) - 4);
    }
}

void soc_bit_name(const struct soc *soc, uint32_t address, unsigned bit, char *buffer, size_t size)
{
    char name[48], kind[48];
    soc_register_name(soc, address, name, sizeof name);
    class_of(name, kind, sizeof kind);
    if (size > 0) {
        buffer[0] = '\0';
    }
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        if (bits[i].bit == bit && strcmp(bits[i].reg, kind) == 0) {
            snprintf(buffer, size, "%s", bits[i].name);
        }
    }
}

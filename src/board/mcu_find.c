/* SPDX-License-Identifier: MIT */
#include "board/mcu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct mcu_device *mcu_find_device(const struct mcu *mcu, const char *name)
{
    for (unsigned i = 0; i < mcu->device_count; i++) {
        if (strcmp(mcu->devices[i].name, name) == 0) {
            return &mcu->devices[i];
        }
    }
    return NULL;
}

const struct mcu_controller *mcu_find_controller(const struct mcu *mcu, const char *name)
{
    for (unsigned i = 0; i < mcu->controller_count; i++) {
        if (strcmp(mcu->controllers[i].name, name) == 0) {
            return &mcu->controllers[i];
        }
    }
    return NULL;
}

const struct mcu_port *mcu_find_port(const struct mcu *mcu, const char *name)
{
    for (unsigned i = 0; i < mcu->port_count; i++) {
        if (strcmp(mcu->ports[i].name, name) == 0) {
            return &mcu->ports[i];
        }
    }
    return NULL;
}

const char *mcu_port_pad(const struct mcu_port *port, const char *signal)
{
    for (unsigned i = 0; i < port->signal_count; i++) {
        if (strcmp(port->signals[i].signal, signal) == 0) {
            return port->signals[i].pad;
        }
    }
    return NULL;
}

const struct mcu_ram *mcu_find_ram(const struct mcu *mcu, uint32_t address, uint32_t size)
{
    for (unsigned i = 0; i < mcu->ram_count; i++) {
        const struct mcu_ram *ram = &mcu->rams[i];
        if (address >= ram->base && address - ram->base < ram->size &&
            size <= ram->size - (address - ram->base)) {
            return ram;
        }
    }
    return NULL;
}

const struct mcu_supply *mcu_find_supply(const struct mcu *mcu, const char *pad)
{
    for (unsigned i = 0; i < mcu->supply_count; i++) {
        if (pad_in_list(mcu->supplies[i].pads, pad)) {
            return &mcu->supplies[i];
        }
    }
    return NULL;
}

/* A number of one or two digits; returns what follows it, or NULL. */
static const char *read_pin_number(const char *text, unsigned *number)
{
    *number = 0;
    unsigned digits = 0;
    while (text[digits] >= '0' && text[digits] <= '9' && digits < 2) {
        *number = *number * 10 + (unsigned)(text[digits] - '0');
        digits++;
    }
    return digits > 0 && *number < 16 ? text + digits : NULL;
}

bool pad_parse(const char *text, char *port, unsigned *number)
{
    if (text[0] != 'P' || text[1] < 'A' || text[1] > 'Z') {
        return false;
    }
    *port = text[1];
    const char *rest = read_pin_number(text + 2, number);
    return rest != NULL && *rest == '\0' && (text[2] != '0' || text[3] == '\0');
}

/* One item of a pad list; returns what follows it, or NULL at the end or at a fault. */
static const char *next_item(const char *list, char *port, unsigned *first, unsigned *last)
{
    list += strspn(list, " ");
    if (list[0] != 'P' || list[1] == '\0') {
        return NULL;
    }
    *port = list[1];
    list = read_pin_number(list + 2, first);
    *last = *first;
    if (list != NULL && *list == '-') {
        list = read_pin_number(list + 1, last);
    }
    return list;
}

bool pad_in_list(const char *list, const char *pad)
{
    char port = 0;
    unsigned number = 0;
    if (!pad_parse(pad, &port, &number)) {
        return false;
    }
    char item_port = 0;
    unsigned first = 0;
    unsigned last = 0;
    while ((list = next_item(list, &item_port, &first, &last)) != NULL) {
        if (item_port == port && number >= first && number <= last) {
            return true;
        }
    }
    return false;
}

void pad_list_of_port(const char *list, char port, char *buffer, size_t size)
{
    buffer[0] = '\0';
    size_t used = 0;
    char item_port = 0;
    unsigned first = 0;
    unsigned last = 0;
    while ((list = next_item(list, &item_port, &first, &last)) != NULL) {
        if (item_port != port || used + 12 > size) {
            continue;
        }
        int length =
            snprintf(buffer + used, size - used, "%sP%c%u", used > 0 ? " " : "", port, first);
        used += length > 0 ? (size_t)length : 0;
        if (last > first && used + 4 < size) {
            length = snprintf(buffer + used, size - used, "-%u", last);
            used += length > 0 ? (size_t)length : 0;
        }
    }
}

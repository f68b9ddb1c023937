/* SPDX-License-Identifier: MIT */
#include "board/quantity.h"

#include <stdio.h>
#include <string.h>

struct unit {
    const char *name;
    uint64_t factor;
};

struct kind {
    const char *form;
    bool hexadecimal; /* 0x is allowed */
    bool fraction;    /* a decimal point is allowed */
    struct unit units[5];
};

static const struct kind kinds[] = {
    [QUANTITY_NUMBER] = {"a number such as 12 or 0x1F", true, false, {{"", 1}}},
    [QUANTITY_SIZE] = {"a size in bytes such as 4096, 0x1000 or 64K",
                       true,
                       false,
                       {{"", 1}, {"K", 1u << 10}, {"M", 1u << 20}, {"G", 1u << 30}}},
    [QUANTITY_FREQUENCY] = {"a frequency with its unit such as 50MHz",
                            false,
                            true,
                            {{"Hz", 1}, {"kHz", 1000}, {"MHz", 1000000}, {"GHz", 1000000000}}},
    [QUANTITY_TIME] = {"a time with its unit such as 5ms",
                       false,
                       true,
                       {{"us", 1}, {"ms", 1000}, {"s", 1000000}}},
    [QUANTITY_VOLTAGE] = {"a voltage with its unit such as 3.3V",
                          false,
                          true,
                          {{"V", 1000}, {"mV", 1}}},
    [QUANTITY_CYCLES] = {"a number of cycles such as 4.25", false, true, {{"", 100}}},
};

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return 16;
}

/* Digits of one base; returns the first character after them, or NULL if there are none or too
 * many for 48 bits. */
static const char *read_digits(const char *text, unsigned base, uint64_t *value, unsigned *count)
{
    *value = 0;
    *count = 0;
    while (digit_value(text[*count]) < (int)base) {
        *value = *value * base + (unsigned)digit_value(text[*count]);
        *count += 1;
        if (*value >> 48 != 0) {
            return NULL;
        }
    }
    return *count > 0 ? text + *count : NULL;
}

static const struct unit *find_unit(const struct kind *kind, const char *name)
{
    for (size_t i = 0; i < sizeof kind->units / sizeof kind->units[0]; i++) {
        if (kind->units[i].name != NULL && strcmp(kind->units[i].name, name) == 0) {
            return &kind->units[i];
        }
    }
    return NULL;
}

bool quantity_parse(enum quantity_kind kind_code, const char *text, uint64_t *value)
{
    const struct kind *kind = &kinds[kind_code];
    bool hex = kind->hexadecimal && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    uint64_t whole = 0;
    unsigned digits = 0;
    const char *rest = read_digits(hex ? text + 2 : text, hex ? 16 : 10, &whole, &digits);
    if (rest == NULL) {
        return false;
    }
    uint64_t fraction = 0;
    uint64_t scale = 1;
    if (kind->fraction && *rest == '.') {
        rest = read_digits(rest + 1, 10, &fraction, &digits);
        if (rest == NULL || digits > 9) {
            return false;
        }
        for (unsigned i = 0; i < digits; i++) {
            scale *= 10;
        }
    }
    if (*rest == ' ' && rest[1] != '\0') {
        rest++;
    }
    const struct unit *unit = find_unit(kind, rest);
    if (unit == NULL || whole > UINT64_MAX / 2 / unit->factor) {
        return false;
    }
    if (fraction * unit->factor % scale != 0) {
        return false;
    }
    *value = whole * unit->factor + fraction * unit->factor / scale;
    return true;
}

const char *quantity_form(enum quantity_kind kind)
{
    return kinds[kind].form;
}

void quantity_print_frequency(uint64_t hz, char *buffer, size_t size)
{
    const char *unit = hz >= 1000000 ? "MHz" : hz >= 1000 ? "kHz" : "Hz";
    double divisor = hz >= 1000000 ? 1e6 : hz >= 1000 ? 1e3 : 1.0;
    char number[32];
    snprintf(number, sizeof number, "%.3f", (double)hz / divisor);
    size_t length = strlen(number);
    while (number[length - 1] == '0') {
        number[--length] = '\0';
    }
    if (number[length - 1] == '.') {
        number[--length] = '\0';
    }
    snprintf(buffer, size, "%s %s", number, unit);
}

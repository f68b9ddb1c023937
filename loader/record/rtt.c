/* SPDX-License-Identifier: MIT */
#include "record/rtt.h"

#include <stdbool.h>
#include <stddef.h>

#define ID_WORDS 3

/* Inverted, or a viewer that searches the RAM would take the image for a control block. */
static const uint32_t inverted_id[ID_WORDS] = {~UINT32_C(0x47474553), ~UINT32_C(0x52205245),
                                               ~UINT32_C(0x00005454)};
static const char names[] = RTT_NAMES;

void rtt_open(struct rtt_area *rtt)
{
    volatile uint32_t *words = (volatile uint32_t *)rtt;
    volatile struct rtt_up *up = &rtt->up;
    if (words[0] == ~inverted_id[0] && up->buffer == (uint32_t)rtt->text && up->size == RTT_TEXT &&
        up->write < RTT_TEXT) {
        return;
    }
    words[0] = 0; /* no viewer may follow what is half made */
    words[3] = 0;
    rtt->up_count = 1;
    rtt->down_count = 0;
    up->name = (uint32_t)rtt->name;
    up->buffer = (uint32_t)rtt->text;
    up->size = RTT_TEXT;
    up->write = 0;
    up->read = 0;
    up->flags = RTT_SKIP;
    *(uint32_t *)&rtt->name[0] = UINT32_C(0x6C747865);
    *(uint32_t *)&rtt->name[4] = UINT32_C(0x0064616F);
    for (unsigned i = ID_WORDS; i-- > 0;) {
        words[i] = ~inverted_id[i];
    }
}

static uint32_t put(struct rtt_area *rtt, uint32_t at, uint32_t byte)
{
    rtt->text[at] = (uint8_t)byte;
    return (at + 1) % RTT_TEXT;
}

/* The highest `digits` of `value`, after a space. */
static uint32_t put_hex(struct rtt_area *rtt, uint32_t at, uint32_t value, unsigned digits)
{
    at = put(rtt, at, ' ');
    for (; digits > 0; digits--, value <<= 4) {
        uint32_t digit = value >> 28;
        at = put(rtt, at, digit + (digit < 10 ? '0' : 'a' - 10));
    }
    return at;
}

void rtt_event(struct rtt_area *rtt, uint32_t phase, uint32_t detail, uint32_t cycles)
{
    volatile struct rtt_up *up = &rtt->up;
    uint32_t at = up->write;
    uint32_t room = (up->read - at - 1) % RTT_TEXT;
    if (room < RTT_LINE || at >= RTT_TEXT) {
        return;
    }
    for (unsigned i = 0; i < 4; i++) {
        at = put(rtt, at, (uint8_t)names[4 * phase + i]);
    }
    at = put_hex(rtt, at, detail << 8, 6);
    at = put_hex(rtt, at, cycles, 8);
    at = put(rtt, at, '\n');
    __asm__ volatile("dmb" ::: "memory"); /* the text before the offset that tells of it */
    up->write = at;
}

/* SPDX-License-Identifier: MIT */
#include "host/backtrace.h"

#include "host/stop.h"

#include <stdio.h>
#include <string.h>

#define FRAMES_MAX 6

static uint32_t halfword_before(const struct session *session, uint32_t address, uint32_t back)
{
    const struct loader_file *loader = session->loader;
    const uint32_t linked = address - back - session->layout.image + loader->image_address;
    const uint8_t *bytes = loader_file_bytes(loader, linked, 2);
    return bytes == NULL ? 0 : (uint32_t)(bytes[0] | bytes[1] << 8);
}

/* Does `value` point, in Thumb state, behind a call? */
static bool is_return(const struct session *session, uint32_t value)
{
    const uint32_t at = value - 1;
    if ((value & 1u) == 0 || at - session->layout.image >= session->loader->file_size) {
        return false;
    }
    const uint32_t second = halfword_before(session, at, 2);
    const uint32_t first = halfword_before(session, at, 4);
    const bool bl = (first & 0xF800u) == 0xF000u && (second & 0xD000u) == 0xD000u;
    return bl || (second & 0xFF87u) == 0x4780u; /* BLX Rm */
}

/* LR is stale if the function has made a call of its own and come back. */
static bool same_function(const struct session *session, uint32_t a, uint32_t b)
{
    const uint32_t shift = session->layout.image - session->loader->image_address;
    const struct loader_symbol *symbol = loader_file_symbol(session->loader, a - shift);
    return symbol != NULL && symbol == loader_file_symbol(session->loader, b - shift);
}

static bool add(const struct session *session, uint32_t address, unsigned *frames, char *buffer,
                size_t size)
{
    char place[64];
    const size_t used = strlen(buffer);
    if (*frames == FRAMES_MAX) {
        return false;
    }
    stop_place(session, address, place, sizeof place);
    snprintf(buffer + used, size - used, "%s%s", *frames > 0 ? " <- " : "", place);
    (*frames)++;
    return true;
}

void backtrace_describe(const struct session *session, uint32_t pc, uint32_t lr,
                        const uint32_t *words, unsigned word_count, char *buffer, size_t size)
{
    unsigned frames = 0;
    uint32_t last = lr;
    buffer[0] = '\0';
    add(session, pc, &frames, buffer, size);
    if (is_return(session, lr) && !same_function(session, pc, lr - 1)) {
        add(session, lr - 1, &frames, buffer, size);
    }
    for (unsigned i = 0; i < word_count; i++) {
        if (is_return(session, words[i]) && words[i] != last) {
            last = words[i];
            if (!add(session, words[i] - 1, &frames, buffer, size)) {
                break;
            }
        }
    }
    if (frames == 1) {
        buffer[0] = '\0'; /* the place alone says nothing new */
    }
}

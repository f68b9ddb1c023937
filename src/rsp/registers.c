/* SPDX-License-Identifier: MIT */
#include "rsp/registers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOCUMENT_MOST 0x20000u /* bytes; OpenOCD's for an M55 has 10 KB */
#define OLD_FPA       16u      /* f0 to f7, 12 bytes each, then fps */
#define OLD_XPSR      25u      /* where cpsr was */
#define OLD_BYTES     168u     /* of g: 16 of 4 bytes, 8 of 12, fps, cpsr */
#define SHORT_XPSR    16u
#define ALL_MOST      1024u /* bytes of g that are looked at */
#define VALUE_MOST    16u   /* bytes of a register that is written back as it was */

static char *fetch(void *context, const char *name, size_t *size, struct error *error)
{
    struct rsp_client *client = context;
    char packet[160], *text = NULL;
    *size = 0;
    for (;;) {
        /* "m" or "l" and the bytes come back. */
        const size_t piece = client->packet_size - 4 < 0x800 ? client->packet_size - 4 : 0x800;
        snprintf(packet, sizeof packet, "qXfer:features:read:%.96s:%zx,%zx", name, *size, piece);
        if (!rsp_ask(client, packet, error)) {
            break;
        }
        const char *answer = rsp_answer(client);
        const size_t got = client->reader.size > 0 ? client->reader.size - 1 : 0;
        if ((answer[0] != 'm' && answer[0] != 'l') || got > piece || *size + got > DOCUMENT_MOST ||
            (answer[0] == 'm' && got == 0)) {
            break;
        }
        char *larger = realloc(text, *size + got + 1);
        if (larger == NULL) {
            error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "target.xml");
            break;
        }
        text = larger;
        memcpy(text + *size, answer + 1, got);
        *size += got;
        if (answer[0] == 'l') {
            return text;
        }
    }
    free(text);
    return NULL;
}

static void add(struct rsp_description *description, const char *name, unsigned at, unsigned bytes)
{
    struct rsp_register *reg = &description->registers[description->count++];
    *reg = (struct rsp_register){.number = (uint16_t)at, .bytes = (uint16_t)bytes};
    snprintf(reg->name, sizeof reg->name, "%s", name);
}

/* Where xpsr is, nobody says: under the number of cpsr, or behind pc. */
static bool find_xpsr(struct rsp_client *client, unsigned *number, struct error *error)
{
    if (!rsp_ask(client, "p19", error)) {
        return false;
    }
    *number = rsp_is_refusal(client) ? SHORT_XPSR : OLD_XPSR;
    return true;
}

/* What GDB takes for granted of a server without a description; some leave the old float registers
 * out of g. */
static bool take_old_layout(struct rsp_client *client, struct rsp_registers *registers,
                            struct error *error)
{
    static const char *const named[] = {"sp", "lr", "pc"};
    struct rsp_description *description = &registers->description;
    char name[16];
    unsigned xpsr = OLD_XPSR;
    if (!rsp_ask(client, "g", error)) {
        return false;
    }
    const bool has_floats = client->reader.size == 2 * OLD_BYTES;
    if (!find_xpsr(client, &xpsr, error)) {
        return false;
    }
    description->count = 0;
    for (unsigned i = 0; i < 16; i++) {
        snprintf(name, sizeof name, "r%u", i);
        add(description, i < 13 ? name : named[i - 13], i, 4);
    }
    for (unsigned i = OLD_FPA; has_floats && i < OLD_XPSR; i++) {
        snprintf(name, sizeof name, i < OLD_XPSR - 1 ? "f%u" : "fps", i - OLD_FPA);
        add(description, name, i, i < OLD_XPSR - 1 ? 12 : 4);
    }
    add(description, "xpsr", xpsr, 4);
    return true;
}

bool rsp_registers_open(struct rsp_client *client, struct rsp_registers *registers,
                        struct error *error)
{
    *registers = (struct rsp_registers){0};
    if (rsp_has_feature(client, "qXfer:features:read+") &&
        !description_read(&registers->description, fetch, client, error)) {
        return false;
    }
    return (rsp_registers_find(registers, "r0") != NULL &&
            rsp_registers_find(registers, "pc|r15") != NULL) ||
           take_old_layout(client, registers, error);
}

const struct rsp_register *rsp_registers_find(const struct rsp_registers *registers,
                                              const char *names)
{
    char name[16];
    for (const char *at = names; *at != '\0'; at += strspn(at, "|")) {
        const size_t length = strcspn(at, "|");
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        const struct rsp_register *found = description_find(&registers->description, name);
        if (found != NULL) {
            return found;
        }
        at += length;
    }
    return NULL;
}

/* Where a register begins in g: behind all of lower number. */
static size_t offset_of(const struct rsp_registers *registers, const struct rsp_register *reg)
{
    size_t offset = 0;
    for (unsigned i = 0; i < registers->description.count; i++) {
        const struct rsp_register *other = &registers->description.registers[i];
        offset += other->number < reg->number ? other->bytes : 0;
    }
    return offset;
}

static bool unreadable(const struct rsp_client *client, const struct rsp_register *reg,
                       struct error *error)
{
    char what[48];
    snprintf(what, sizeof what, "a read of register %s", reg->name);
    return rsp_refused(client, what, error);
}

/* Little endian; a short register has fewer digits. */
static bool value_of(const char *digits, unsigned bytes, uint32_t *value)
{
    uint8_t low[4] = {0};
    if (bytes == 0 || !packet_unhex(digits, low, bytes < 4 ? bytes : 4)) {
        return false;
    }
    *value =
        (uint32_t)low[0] | (uint32_t)low[1] << 8 | (uint32_t)low[2] << 16 | (uint32_t)low[3] << 24;
    return true;
}

static bool read_all(struct rsp_client *client, const struct rsp_registers *registers,
                     const struct rsp_register *reg, uint32_t *value, struct error *error)
{
    const size_t offset = offset_of(registers, reg);
    return rsp_ask(client, "g", error) &&
           ((client->reader.size >= 2 * (offset + reg->bytes) &&
             value_of(rsp_answer(client) + 2 * offset, reg->bytes, value)) ||
            unreadable(client, reg, error));
}

bool rsp_register_read(struct rsp_client *client, struct rsp_registers *registers,
                       const struct rsp_register *reg, uint32_t *value, struct error *error)
{
    char packet[16];
    snprintf(packet, sizeof packet, "p%x", reg->number);
    if (!registers->reads_all) {
        if (!rsp_ask(client, packet, error)) {
            return false;
        }
        registers->reads_all = rsp_is_unknown(client);
    }
    if (registers->reads_all) {
        return read_all(client, registers, reg, value, error);
    }
    return (client->reader.size % 2 == 0 && client->reader.size <= 2 * VALUE_MOST &&
            value_of(rsp_answer(client), (unsigned)client->reader.size / 2, value)) ||
           unreadable(client, reg, error);
}

static void put_value(uint32_t value, unsigned bytes, char *digits)
{
    uint8_t all[VALUE_MOST] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                               (uint8_t)(value >> 24)};
    packet_hex(all, bytes, digits);
}

/* All others go back as they were. */
static bool write_all(struct rsp_client *client, const struct rsp_registers *registers,
                      const struct rsp_register *reg, uint32_t value, struct error *error)
{
    char packet[2 + 2 * ALL_MOST], digits[2 * VALUE_MOST + 1];
    const size_t at = 2 * offset_of(registers, reg), length = (size_t)2 * reg->bytes;
    if (!rsp_ask(client, "g", error)) {
        return false;
    }
    if (client->reader.size < at + length || client->reader.size > 2 * ALL_MOST) {
        return unreadable(client, reg, error);
    }
    snprintf(packet, sizeof packet, "G%s", rsp_answer(client));
    put_value(value, reg->bytes, digits);
    memcpy(packet + 1 + at, digits, length);
    return rsp_ask(client, packet, error) &&
           (rsp_is_ok(client) || rsp_refused(client, "a write of all registers", error));
}

bool rsp_register_write(struct rsp_client *client, struct rsp_registers *registers,
                        const struct rsp_register *reg, uint32_t value, struct error *error)
{
    char packet[16 + 2 * VALUE_MOST], digits[2 * VALUE_MOST + 1], what[48];
    if (reg->bytes > VALUE_MOST) {
        return unreadable(client, reg, error);
    }
    if (!registers->writes_all) {
        put_value(value, reg->bytes, digits);
        snprintf(packet, sizeof packet, "P%x=%s", reg->number, digits);
        if (!rsp_ask(client, packet, error)) {
            return false;
        }
        registers->writes_all = rsp_is_unknown(client);
    }
    if (registers->writes_all) {
        return write_all(client, registers, reg, value, error);
    }
    snprintf(what, sizeof what, "a write of register %s", reg->name);
    return rsp_is_ok(client) || rsp_refused(client, what, error);
}

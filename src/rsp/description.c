/* SPDX-License-Identifier: MIT */
#include "rsp/description.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MOST  4
#define BITS_MOST   1024
#define NUMBER_MOST 0xFFFFu

struct reading {
    struct rsp_description *description;
    description_fetch fetch;
    void *context;
    struct error *error;
    XML_Parser parser;
    unsigned next; /* number of a register that tells none */
    unsigned depth;
    bool failed;
};

static bool read_document(struct reading *reading, const char *name);

static const char *attribute(const char **attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2) {
        if (strcmp(attributes[0], name) == 0) {
            return attributes[1];
        }
    }
    return NULL;
}

/* Decimal; `most` + 1 if it is none or larger. */
static unsigned number(const char *text, unsigned most)
{
    char *end = NULL;
    const unsigned long value = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 0) : 0;
    return end != NULL && *end == '\0' && value <= most ? (unsigned)value : most + 1;
}

static void take_register(struct reading *reading, const char **attributes)
{
    struct rsp_description *description = reading->description;
    const char *name = attribute(attributes, "name");
    const char *bits = attribute(attributes, "bitsize");
    const char *own = attribute(attributes, "regnum");
    const unsigned at = own != NULL ? number(own, NUMBER_MOST) : reading->next;
    const unsigned size = bits != NULL ? number(bits, BITS_MOST) : 0;
    if (at > NUMBER_MOST) {
        return;
    }
    reading->next = at + 1;
    if (name == NULL || size == 0 || size > BITS_MOST ||
        description->count == DESCRIPTION_REGISTERS ||
        strlen(name) >= sizeof description->registers[0].name) {
        return;
    }
    struct rsp_register *reg = &description->registers[description->count++];
    *reg = (struct rsp_register){.number = (uint16_t)at, .bytes = (uint16_t)((size + 7) / 8)};
    snprintf(reg->name, sizeof reg->name, "%s", name);
}

static void XMLCALL on_element(void *data, const char *name, const char **attributes)
{
    struct reading *reading = data;
    if (strcmp(name, "reg") == 0) {
        take_register(reading, attributes);
        return;
    }
    const char *href = attribute(attributes, "href");
    if (strcmp(name, "xi:include") != 0 || href == NULL || reading->depth == DEPTH_MOST) {
        return;
    }
    XML_Parser outer = reading->parser;
    if (!read_document(reading, href)) {
        reading->failed = true;
        XML_StopParser(outer, XML_FALSE);
    }
    reading->parser = outer;
}

/* No server declares entities, and they can grow without end. */
static void XMLCALL on_entity(void *data, const char *name, int is_parameter, const char *value,
                              int length, const char *base, const char *system,
                              const char *public_id, const char *notation)
{
    (void)name, (void)is_parameter, (void)value, (void)length, (void)base, (void)system;
    (void)public_id, (void)notation;
    XML_StopParser(((struct reading *)data)->parser, XML_FALSE);
}

static bool read_document(struct reading *reading, const char *name)
{
    size_t size = 0;
    if (reading->description->documents == DESCRIPTION_DOCUMENTS) {
        return true;
    }
    reading->description->documents++;
    char *text = reading->fetch(reading->context, name, &size, reading->error);
    if (text == NULL) {
        return reading->error == NULL || reading->error->code == ERROR_NONE;
    }
    reading->parser = XML_ParserCreate(NULL);
    if (reading->parser == NULL) {
        free(text);
        return error_set(reading->error, ERROR_NO_MEMORY, NULL, 0, 0, "target.xml");
    }
    XML_Parser parser = reading->parser;
    reading->depth++;
    XML_SetUserData(parser, reading);
    XML_SetStartElementHandler(parser, on_element);
    XML_SetEntityDeclHandler(parser, on_entity);
    XML_Parse(parser, text, (int)size, XML_TRUE);
    XML_ParserFree(parser);
    reading->depth--;
    free(text);
    return !reading->failed;
}

bool description_read(struct rsp_description *description, description_fetch fetch, void *context,
                      struct error *error)
{
    struct error own = {0};
    struct reading reading = {
        .description = description, .fetch = fetch, .context = context, .error = &own};
    *description = (struct rsp_description){0};
    if (read_document(&reading, "target.xml")) {
        return true;
    }
    if (error != NULL && error->code == ERROR_NONE) {
        *error = own;
    }
    return false;
}

const struct rsp_register *description_find(const struct rsp_description *description,
                                            const char *name)
{
    for (unsigned i = 0; i < description->count; i++) {
        if (strcasecmp(description->registers[i].name, name) == 0) {
            return &description->registers[i];
        }
    }
    return NULL;
}

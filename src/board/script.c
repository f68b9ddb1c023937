/* SPDX-License-Identifier: MIT */
#include "board/script.h"

#include "board/nearest.h"
#include "board/script_names.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TOKEN_MAX 64

/* The line while it is read: one token is looked at, the rest follows. */
struct reader {
    const struct mcu *mcu;
    const char *text;
    size_t next;  /* first character that was not read */
    size_t start; /* of the current token */
    char token[TOKEN_MAX];
    bool whole; /* the token fits */
    struct script_fault *fault;
};

static bool fail(struct reader *reader, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(struct reader *reader, enum error_code code, const char *format, ...)
{
    struct script_fault *fault = reader->fault;
    fault->code = code;
    fault->offset = reader->start;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->detail, sizeof fault->detail, format, arguments);
    va_end(arguments);
    return false;
}

static bool hint(struct reader *reader, const char *text)
{
    snprintf(reader->fault->hint, sizeof reader->fault->hint, "%s", text);
    return false;
}

static bool is_operator(char c)
{
    return c == '=' || c == '&' || c == '|';
}

/* Reads the next word or operator; an empty token is the end. */
static void advance(struct reader *reader)
{
    const char *text = reader->text;
    size_t at = reader->next + strspn(text + reader->next, " \t");
    size_t length = is_operator(text[at]) ? (text[at] == '=' && text[at + 1] == '=' ? 2 : 1)
                                          : strcspn(text + at, " \t=&|");
    reader->start = at;
    reader->next = at + length;
    reader->whole = length < TOKEN_MAX;
    snprintf(reader->token, sizeof reader->token, "%.*s",
             (int)(reader->whole ? length : TOKEN_MAX - 1), text + at);
}

static bool at(const struct reader *reader, const char *token)
{
    return reader->whole && strcmp(reader->token, token) == 0;
}

static bool take(struct reader *reader, const char *token)
{
    if (!at(reader, token)) {
        return fail(reader, ERROR_BAD_VALUE, "`%s` expected, `%s` found", token,
                    reader->token[0] != '\0' ? reader->token : "the end of the line");
    }
    advance(reader);
    return true;
}

static bool read_reference(struct reader *reader, struct register_reference *reference)
{
    char nearest[160] = "";
    if (!reader->whole ||
        !register_resolve(reader->mcu, reader->token, reference, nearest, sizeof nearest)) {
        fail(reader, ERROR_UNKNOWN_NAME, "register `%s`", reader->token);
        return hint(reader, nearest);
    }
    advance(reader);
    return true;
}

/* NUMBER or BIT|BIT... of the register. */
static bool read_value(struct reader *reader, const struct register_reference *reference,
                       uint32_t *value)
{
    *value = 0;
    for (;;) {
        uint64_t number = 0;
        char nearest[160] = "";
        const struct mcu_bits *bits = NULL;
        if (quantity_parse(QUANTITY_NUMBER, reader->token, &number)) {
            if (number > UINT32_MAX) {
                return fail(reader, ERROR_BAD_VALUE, "`%s` does not fit 32 bits", reader->token);
            }
            *value |= (uint32_t)number;
        } else if ((bits = register_find_bits(reader->mcu, reference, reader->token, nearest,
                                              sizeof nearest)) != NULL) {
            *value |= register_bits_mask(bits);
        } else {
            fail(reader, ERROR_UNKNOWN_NAME, "value `%s`", reader->token);
            return hint(reader, nearest);
        }
        advance(reader);
        if (!at(reader, "|")) {
            return true;
        }
        advance(reader);
    }
}

/* `OP N` behind a field, or `& MASK OP VALUE` behind a register. */
static bool read_condition(struct reader *reader, const struct register_reference *reference,
                           const char *operator_token, struct script_line *line)
{
    if (reference->field == NULL) {
        if (!take(reader, "&") || !read_value(reader, reference, &line->mask) ||
            !take(reader, operator_token)) {
            return false;
        }
        size_t start = reader->start;
        if (!read_value(reader, reference, &line->value)) {
            return false;
        }
        if ((line->value & ~line->mask) != 0) {
            reader->start = start;
            return fail(reader, ERROR_BAD_VALUE, "value 0x%08X has bits outside mask 0x%08X",
                        (unsigned)line->value, (unsigned)line->mask);
        }
        return true;
    }
    line->mask = register_bits_mask(reference->field);
    if (!take(reader, operator_token)) {
        return false;
    }
    uint64_t number = 0;
    if (!quantity_parse(QUANTITY_NUMBER, reader->token, &number)) {
        return fail(reader, ERROR_WRONG_TYPE, "`%s` is no number", reader->token);
    }
    if (number >> reference->field->width != 0) {
        return fail(reader, ERROR_BAD_VALUE, "`%s` does not fit the %u bits of %s", reader->token,
                    reference->field->width, reference->field->name);
    }
    line->value = (uint32_t)(number << reference->field->low);
    advance(reader);
    return true;
}

static bool read_time(struct reader *reader, struct script_line *line)
{
    if (!quantity_parse(QUANTITY_TIME, reader->token, &line->time)) {
        fail(reader, ERROR_WRONG_TYPE, "`%s` is no time", reader->token);
        return hint(reader, "write a time with its unit such as 5ms");
    }
    if (line->time == 0 || line->time > SCRIPT_TIME_MAX) {
        fail(reader, ERROR_BAD_VALUE, "time `%s`", reader->token);
        return hint(reader, "1us to 32767ms");
    }
    advance(reader);
    return true;
}

static bool parse_gpio(struct reader *reader, struct script_line *line)
{
    char port = 0;
    unsigned number = 0;
    if (!reader->whole || !pad_parse(reader->token, &port, &number)) {
        fail(reader, ERROR_BAD_VALUE, "`%s` is no pad", reader->token);
        return hint(reader, "write a pad such as PB3");
    }
    snprintf(line->pad, sizeof line->pad, "%.7s", reader->token);
    advance(reader);
    line->high = at(reader, "high");
    if (!line->high && !at(reader, "low")) {
        fail(reader, ERROR_BAD_VALUE, "`%s` is no level", reader->token);
        return hint(reader, "gpio PAD high, or gpio PAD low");
    }
    advance(reader);
    return true;
}

static bool parse_delay(struct reader *reader, struct script_line *line)
{
    return read_time(reader, line);
}

static bool parse_write(struct reader *reader, struct script_line *line)
{
    struct register_reference reference;
    if (!read_reference(reader, &reference)) {
        return false;
    }
    if (reference.field != NULL) {
        fail(reader, ERROR_BAD_VALUE, "write sets a whole register, not a field");
        return hint(reader, "use: modify REG.FIELD = N");
    }
    line->address = reference.address;
    return take(reader, "=") && read_value(reader, &reference, &line->value);
}

/* set and clear: one bit. */
static bool parse_bit(struct reader *reader, struct script_line *line, bool set)
{
    size_t start = reader->start;
    struct register_reference reference;
    if (!read_reference(reader, &reference)) {
        return false;
    }
    if (reference.field == NULL || reference.alias != ALIAS_NONE) {
        reader->start = start;
        fail(reader, ERROR_BAD_VALUE, "a bit of a register is needed");
        return hint(reader, "write REG.BIT, such as RCC.AHB4ENR.GPIOBEN");
    }
    line->address = reference.address;
    line->mask = register_bits_mask(reference.field);
    line->value = set ? line->mask : 0;
    return true;
}

static bool parse_set(struct reader *reader, struct script_line *line)
{
    return parse_bit(reader, line, true);
}

static bool parse_clear(struct reader *reader, struct script_line *line)
{
    return parse_bit(reader, line, false);
}

static bool parse_modify(struct reader *reader, struct script_line *line)
{
    struct register_reference reference;
    if (!read_reference(reader, &reference)) {
        return false;
    }
    line->address = reference.address;
    return read_condition(reader, &reference, "=", line);
}

static bool parse_expect(struct reader *reader, struct script_line *line)
{
    struct register_reference reference;
    if (!read_reference(reader, &reference)) {
        return false;
    }
    line->address = reference.address;
    return read_condition(reader, &reference, "==", line);
}

static bool parse_wait(struct reader *reader, struct script_line *line)
{
    return parse_expect(reader, line) && take(reader, "within") && read_time(reader, line);
}

/* enable and reset: bits of one register that has aliases. */
static bool parse_aliased(struct reader *reader, struct script_line *line)
{
    while (reader->token[0] != '\0') {
        size_t start = reader->start;
        struct register_reference reference;
        if (!read_reference(reader, &reference)) {
            return false;
        }
        if (reference.field == NULL || reference.alias != ALIAS_NONE ||
            reference.reg->set_name == NULL || reference.reg->clear_name == NULL ||
            (line->mask != 0 && line->address != reference.address)) {
            reader->start = start;
            return fail(reader, ERROR_BAD_VALUE, "bits of one register with aliases are needed");
        }
        line->address = reference.address;
        line->set = reference.address + REGISTER_SET_OFFSET;
        line->clear = reference.address + REGISTER_CLEAR_OFFSET;
        line->mask |= register_bits_mask(reference.field);
        line->value = line->mask;
        snprintf(line->set_name, sizeof line->set_name, "%s.%s", reference.peripheral->name,
                 reference.reg->set_name);
    }
    return line->mask != 0 || fail(reader, ERROR_BAD_VALUE, "a bit is needed");
}

struct verb {
    struct script_command command;
    enum script_verb verb;
    bool (*parse)(struct reader *reader, struct script_line *line);
};

static const struct verb verbs[] = {
    {{"gpio", "gpio PAD high`, `gpio PAD low", false,
      "makes the pad a push-pull output of this level; its port's clock is switched on"},
     SCRIPT_GPIO,
     parse_gpio},
    {{"delay", "delay TIME", false, "waits; 1us to 32767ms"}, SCRIPT_DELAY, parse_delay},
    {{"write", "write REG = VALUE", false, "writes the whole register, never reads it back"},
     SCRIPT_WRITE,
     parse_write},
    {{"set", "set REG.BIT", false, "sets one bit, which must then hold"}, SCRIPT_MODIFY, parse_set},
    {{"clear", "clear REG.BIT", false, "clears one bit, which must then hold"},
     SCRIPT_MODIFY,
     parse_clear},
    {{"modify", "modify REG.FIELD = N`, `modify REG & MASK = VALUE", false,
      "changes a field, or the bits of a mask, which must then hold"},
     SCRIPT_MODIFY,
     parse_modify},
    {{"expect", "expect REG.FIELD == N`, `expect REG & MASK == VALUE", false, "must be so now"},
     SCRIPT_EXPECT,
     parse_expect},
    {{"wait", "wait REG.FIELD == N within TIME`, `wait REG & MASK == VALUE within TIME", false,
      "must become so in that time"},
     SCRIPT_WAIT,
     parse_wait},
    {{"enable", "enable REG.BIT...", true, "sets bits by the set alias; they must then hold"},
     SCRIPT_ENABLE,
     parse_aliased},
    {{"reset", "reset REG.BIT...", true, "sets bits by the set alias, then clears them"},
     SCRIPT_RESET,
     parse_aliased},
};

const struct script_command *script_command_at(unsigned index)
{
    return index < sizeof verbs / sizeof verbs[0] ? &verbs[index].command : NULL;
}

static const struct verb *find_verb(struct reader *reader, bool steps)
{
    struct nearest nearest = {.wanted = reader->token};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (verbs[i].command.steps_only && !steps) {
            continue;
        }
        if (at(reader, verbs[i].command.name)) {
            return &verbs[i];
        }
        nearest_offer(&nearest, verbs[i].command.name);
    }
    fail(reader, ERROR_UNKNOWN_NAME, "command `%s`", reader->token);
    snprintf(reader->fault->hint, sizeof reader->fault->hint,
             "%s%s%sgpio, delay, write, set, clear, modify, expect, wait",
             nearest_is_close(&nearest) ? "did you mean `" : "",
             nearest_is_close(&nearest) ? nearest.name : "",
             nearest_is_close(&nearest) ? "`? commands: " : "commands: ");
    return NULL;
}

bool script_parse(const struct mcu *mcu, const char *text, bool steps, struct script_line *line,
                  struct script_fault *fault)
{
    struct reader reader = {.mcu = mcu, .text = text, .fault = fault};
    *line = (struct script_line){.verb = SCRIPT_GPIO};
    *fault = (struct script_fault){.code = ERROR_NONE};
    advance(&reader);
    const struct verb *verb = find_verb(&reader, steps);
    if (verb == NULL) {
        return false;
    }
    line->verb = verb->verb;
    advance(&reader);
    snprintf(line->name, sizeof line->name, "%.47s", reader.token);
    if (!verb->parse(&reader, line)) {
        return false;
    }
    if (reader.token[0] != '\0') {
        fail(&reader, ERROR_BAD_VALUE, "`%s` follows a complete command", reader.token);
        return hint(&reader, "one command per line");
    }
    return true;
}

bool script_register(const struct mcu *mcu, const char *name, uint32_t *address)
{
    struct register_reference reference;
    char nearest[160];
    if (!register_resolve(mcu, name, &reference, nearest, sizeof nearest)) {
        return false;
    }
    *address = reference.address;
    return true;
}

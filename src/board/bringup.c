/* SPDX-License-Identifier: MIT */
#include "board/bringup.h"

#include <stdio.h>
#include <string.h>

#define ENABLES_MAX     16
#define MODER_OUTPUT    1u
#define MODER_ALTERNATE 2u
#define OSPEEDR_HIGHEST 3u

/* `enable` steps that follow each other and name one register: one write, then a look per bit. */
struct enables {
    struct script_line lines[ENABLES_MAX];
    char hints[ENABLES_MAX][sizeof((struct board_wire *)0)->hint];
    unsigned count;
};

struct builder {
    const struct mcu *mcu;
    const struct mcu_controller *controller;
    const struct init_lines *init;
    struct board *board;
    struct error *error;
    unsigned wires_wanted; /* more than fit are counted, not kept */
    struct enables enables;
};

static uint8_t add_wire(struct builder *builder, const char *name, const char *hint)
{
    struct board *board = builder->board;
    for (unsigned i = 1; i < board->wire_count; i++) {
        if (strcmp(board->wires[i].name, name) == 0) {
            return (uint8_t)i;
        }
    }
    builder->wires_wanted++;
    if (board->wire_count == BOARD_WIRES_MAX) {
        return 0;
    }
    struct board_wire *wire = &board->wires[board->wire_count];
    snprintf(wire->name, sizeof wire->name, "%s", name);
    snprintf(wire->hint, sizeof wire->hint, "%s", hint);
    return (uint8_t)board->wire_count++;
}

static void add_op(struct builder *builder, enum board_op_code code, uint8_t wire,
                   const struct script_line *line)
{
    struct board *board = builder->board;
    if (board->op_count < BOARD_OPS_MAX) {
        board->ops[board->op_count] = (struct board_op){.code = code,
                                                        .wire = wire,
                                                        .time_us = (uint32_t)line->time,
                                                        .address = line->address,
                                                        .mask = line->mask,
                                                        .value = line->value};
    }
    board->op_count++;
}

static void add_modify(struct builder *builder, uint8_t wire, uint32_t address, uint32_t mask,
                       uint32_t value)
{
    struct script_line line = {.address = address, .mask = mask, .value = value};
    add_op(builder, BOARD_OP_MODIFY, wire, &line);
}

/* The field of a pad in a register with `width` bits per pad. */
static uint32_t pad_field(unsigned number, unsigned width, uint32_t value)
{
    return value << (number * width);
}

static bool gpio_register(struct builder *builder, char port, const char *name, uint32_t *address)
{
    char full[24];
    snprintf(full, sizeof full, "GPIO%c.%s", port, name);
    if (script_register(builder->mcu, full, address)) {
        return true;
    }
    return error_set(builder->error, ERROR_UNKNOWN_NAME, builder->mcu->file.path, 0, 0,
                     "register `%s`", full);
}

/* The level stands before the pad drives it. */
static bool add_gpio(struct builder *builder, const struct script_line *line, uint8_t wire)
{
    char port = 0;
    unsigned number = 0;
    uint32_t odr = 0;
    uint32_t otyper = 0;
    uint32_t moder = 0;
    if (!pad_parse(line->pad, &port, &number) || !gpio_register(builder, port, "ODR", &odr) ||
        !gpio_register(builder, port, "OTYPER", &otyper) ||
        !gpio_register(builder, port, "MODER", &moder)) {
        return false;
    }
    add_modify(builder, wire, odr, pad_field(number, 1, 1), pad_field(number, 1, line->high));
    add_modify(builder, wire, otyper, pad_field(number, 1, 1), 0);
    add_modify(builder, wire, moder, pad_field(number, 2, 3), pad_field(number, 2, MODER_OUTPUT));
    return true;
}

/* A pulse, and a look that the bits follow. */
static void add_reset(struct builder *builder, const struct script_line *line, uint8_t wire)
{
    struct script_line set = {.address = line->set, .value = line->mask};
    struct script_line clear = {.address = line->clear, .value = line->mask};
    struct script_line released = {.address = line->address, .mask = line->mask, .value = 0};
    add_op(builder, BOARD_OP_WRITE, wire, &set);
    add_op(builder, BOARD_OP_EXPECT, wire, line);
    add_op(builder, BOARD_OP_WRITE, wire, &clear);
    add_op(builder, BOARD_OP_EXPECT, wire, &released);
}

static void flush_enables(struct builder *builder)
{
    struct enables *enables = &builder->enables;
    if (enables->count == 0) {
        return;
    }
    struct script_line all = {.address = enables->lines[0].set, .value = 0};
    for (unsigned i = 0; i < enables->count; i++) {
        all.value |= enables->lines[i].mask;
    }
    add_op(builder, BOARD_OP_WRITE,
           add_wire(builder, enables->lines[0].set_name, enables->hints[0]), &all);
    for (unsigned i = 0; i < enables->count; i++) {
        add_op(builder, BOARD_OP_EXPECT,
               add_wire(builder, enables->lines[i].name, enables->hints[i]), &enables->lines[i]);
    }
    enables->count = 0;
}

static void add_enable(struct builder *builder, const struct script_line *line, const char *hint)
{
    struct enables *enables = &builder->enables;
    if (enables->count == ENABLES_MAX ||
        (enables->count > 0 && enables->lines[0].set != line->set)) {
        flush_enables(builder);
    }
    enables->lines[enables->count] = *line;
    snprintf(enables->hints[enables->count], sizeof enables->hints[0], "%s", hint);
    enables->count++;
}

static bool add_line(struct builder *builder, const struct script_line *line, const char *name,
                     const char *hint)
{
    if (line->verb == SCRIPT_ENABLE) {
        add_enable(builder, line, hint);
        return true;
    }
    flush_enables(builder);
    uint8_t wire = add_wire(builder, name, hint);
    switch (line->verb) {
    case SCRIPT_GPIO: return add_gpio(builder, line, wire);
    case SCRIPT_RESET: add_reset(builder, line, wire); return true;
    case SCRIPT_DELAY: add_op(builder, BOARD_OP_DELAY, wire, line); return true;
    case SCRIPT_WRITE: add_op(builder, BOARD_OP_WRITE, wire, line); return true;
    case SCRIPT_EXPECT: add_op(builder, BOARD_OP_EXPECT, wire, line); return true;
    case SCRIPT_WAIT: add_op(builder, BOARD_OP_WAIT, wire, line); return true;
    default: add_op(builder, BOARD_OP_MODIFY, wire, line); return true;
    }
}

static bool add_init(struct builder *builder)
{
    for (unsigned i = 0; i < builder->init->count; i++) {
        const struct init_line *line = &builder->init->lines[i];
        char name[sizeof((struct board_wire *)0)->name];
        char hint[sizeof((struct board_wire *)0)->hint];
        snprintf(name, sizeof name, "init: %.41s", yaml_text(line->node));
        snprintf(hint, sizeof hint, "line %d of the board file",
                 (int)line->node->start_mark.line + 1);
        if (!add_line(builder, &line->line, name, hint)) {
            return false;
        }
    }
    return true;
}

/* What one register of a port gets for all pins of the flash. */
struct port_setting {
    const char *reg;
    const char *what;
    unsigned width; /* bits per pad */
    unsigned first; /* lowest pad of the register */
    unsigned pads;
    int value; /* -1 = the pin's alternate function */
};

static const struct port_setting port_settings[] = {
    {"AFRL", "alternate function of", 4, 0, 8, -1},
    {"AFRH", "alternate function of", 4, 8, 8, -1},
    {"OSPEEDR", "speed of", 2, 0, 16, OSPEEDR_HIGHEST},
    {"PUPDR", "no pull at", 2, 0, 16, 0},
    {"OTYPER", "push-pull of", 1, 0, 16, 0},
};

static bool add_port_setting(struct builder *builder, char letter,
                             const struct port_setting *setting)
{
    char name[sizeof((struct board_wire *)0)->name];
    char hint[sizeof((struct board_wire *)0)->hint];
    size_t used = (size_t)snprintf(hint, sizeof hint, "%s", setting->what);
    uint32_t mask = 0;
    uint32_t value = 0;
    for (unsigned i = 0; i < builder->board->pin_count; i++) {
        const struct board_pin *pin = &builder->board->pins[i];
        char port = 0;
        unsigned number = 0;
        if (!pad_parse(pin->pad, &port, &number) || port != letter || number < setting->first ||
            number >= setting->first + setting->pads) {
            continue;
        }
        unsigned place = number - setting->first;
        mask |= pad_field(place, setting->width, (1u << setting->width) - 1u);
        value |= pad_field(place, setting->width,
                           setting->value < 0 ? pin->alternate_function : (uint32_t)setting->value);
        if (used < sizeof hint) {
            used += (size_t)snprintf(hint + used, sizeof hint - used, " %s", pin->pad);
        }
    }
    uint32_t address = 0;
    if (mask == 0) {
        return true;
    }
    if (!gpio_register(builder, letter, setting->reg, &address)) {
        return false;
    }
    snprintf(name, sizeof name, "GPIO%c.%s", letter, setting->reg);
    add_modify(builder, add_wire(builder, name, hint), address, mask, value);
    return true;
}

/* Everything else of a pad stands before its mode connects it. */
static bool add_pins(struct builder *builder)
{
    flush_enables(builder);
    for (char letter = 'A'; letter <= 'Z'; letter++) {
        for (size_t i = 0; i < sizeof port_settings / sizeof port_settings[0]; i++) {
            if (!add_port_setting(builder, letter, &port_settings[i])) {
                return false;
            }
        }
    }
    for (unsigned i = 0; i < builder->board->pin_count; i++) {
        const struct board_pin *pin = &builder->board->pins[i];
        char name[sizeof((struct board_wire *)0)->name];
        char hint[sizeof((struct board_wire *)0)->hint];
        char port = 0;
        unsigned number = 0;
        uint32_t address = 0;
        if (!pad_parse(pin->pad, &port, &number) ||
            !gpio_register(builder, port, "MODER", &address)) {
            return false;
        }
        snprintf(name, sizeof name, "%s (%s)", pin->pad, pin->signal);
        snprintf(hint, sizeof hint, "GPIO%c.MODER does not take: locked by LCKR, or kept by RIFSC",
                 port);
        add_modify(builder, add_wire(builder, name, hint), address, pad_field(number, 2, 3),
                   pad_field(number, 2, MODER_ALTERNATE));
    }
    return true;
}

struct placeholder {
    const char *name; /* "{gpio}" */
    const char *text;
};

static void expand(const char *text, const struct placeholder *placeholders, size_t count,
                   char *buffer, size_t size)
{
    size_t used = 0;
    while (*text != '\0' && used + 1 < size) {
        const struct placeholder *match = NULL;
        for (size_t i = 0; i < count; i++) {
            if (strncmp(text, placeholders[i].name, strlen(placeholders[i].name)) == 0) {
                match = &placeholders[i];
            }
        }
        if (match == NULL) {
            buffer[used++] = *text++;
            continue;
        }
        int length = snprintf(buffer + used, size - used, "%s", match->text);
        used += (size_t)length < size - used ? (size_t)length : size - used - 1;
        text += strlen(match->name);
    }
    buffer[used] = '\0';
}

static bool add_step(struct builder *builder, const struct mcu_step *step, char letter,
                     const struct mcu_supply *supply)
{
    char gpio[2] = {letter, '\0'};
    const struct placeholder placeholders[] = {
        {"{controller}", builder->controller->name},
        {"{gpio}", gpio},
        {"{supply}", supply != NULL ? supply->name : ""},
        {"{valid}", supply != NULL ? supply->valid : ""},
    };
    size_t count = sizeof placeholders / sizeof placeholders[0];
    char action[256];
    char hint[sizeof((struct board_wire *)0)->hint];
    expand(step->action, placeholders, count, action, sizeof action);
    expand(step->hint, placeholders, count, hint, sizeof hint);
    struct script_line line;
    struct script_fault fault;
    if (!script_parse(builder->mcu, action, true, &line, &fault)) {
        error_set(builder->error, fault.code, builder->mcu->file.path,
                  (int)step->node->start_mark.line + 1, yaml_text_column(step->node, fault.offset),
                  "%s in `%.120s`", fault.detail, action);
        return error_hint(builder->error, "%s", fault.hint);
    }
    return add_line(builder, &line, line.name, hint);
}

/* True if the board uses a pad for which `wanted` holds. */
static bool board_uses(const struct builder *builder,
                       bool (*wanted)(const struct builder *builder, const char *pad,
                                      const void *what),
                       const void *what)
{
    for (unsigned i = 0; i < builder->board->pin_count; i++) {
        if (wanted(builder, builder->board->pins[i].pad, what)) {
            return true;
        }
    }
    for (unsigned i = 0; i < builder->init->count; i++) {
        const struct script_line *line = &builder->init->lines[i].line;
        if (line->verb == SCRIPT_GPIO && wanted(builder, line->pad, what)) {
            return true;
        }
    }
    return false;
}

static bool is_of_port(const struct builder *builder, const char *pad, const void *what)
{
    (void)builder;
    const char *letter = what;
    return pad[1] == *letter;
}

static bool is_of_supply(const struct builder *builder, const char *pad, const void *what)
{
    return mcu_find_supply(builder->mcu, pad) == what;
}

static bool add_repeated_step(struct builder *builder, const struct mcu_step *step)
{
    if (step->repeat == STEP_FOR_GPIO) {
        for (char letter = 'A'; letter <= 'Z'; letter++) {
            if (board_uses(builder, is_of_port, &letter) &&
                !add_step(builder, step, letter, NULL)) {
                return false;
            }
        }
        return true;
    }
    for (unsigned i = 0; i < builder->mcu->supply_count; i++) {
        const struct mcu_supply *supply = &builder->mcu->supplies[i];
        if (board_uses(builder, is_of_supply, supply) && !add_step(builder, step, '-', supply)) {
            return false;
        }
    }
    return true;
}

static bool add_all_steps(struct builder *builder)
{
    for (unsigned i = 0; i < builder->mcu->step_count; i++) {
        const struct mcu_step *step = &builder->mcu->steps[i];
        bool ok = false;
        if (strcmp(step->action, "init") == 0) {
            flush_enables(builder);
            ok = add_init(builder);
        } else if (strcmp(step->action, "pins") == 0) {
            ok = add_pins(builder);
        } else if (step->repeat != STEP_ONCE) {
            ok = add_repeated_step(builder, step);
        } else {
            ok = add_step(builder, step, '-', NULL);
        }
        if (!ok) {
            return false;
        }
    }
    flush_enables(builder);
    return true;
}

bool bringup_build(struct board *board, const struct mcu *mcu,
                   const struct mcu_controller *controller, const struct init_lines *init,
                   const struct yaml_file *file, const yaml_node_t *list, struct error *error)
{
    struct builder builder;
    memset(&builder, 0, sizeof builder);
    builder.mcu = mcu;
    builder.controller = controller;
    builder.init = init;
    builder.board = board;
    builder.error = error;
    board->wire_count = 1;
    if (!add_all_steps(&builder)) {
        return false;
    }
    if (board->op_count > BOARD_OPS_MAX || builder.wires_wanted >= BOARD_WIRES_MAX ||
        !bringup_pack(board)) {
        return yaml_error(
            file, list, ERROR_BOARD_TOO_LARGE, error,
            "%u script ops of %d in %d words, %u names of %d; a gpio line takes 3 ops, "
            "others 1",
            board->op_count, BOARD_OPS_MAX, BOARD_BLOCK_SCRIPT_MAX, builder.wires_wanted,
            BOARD_WIRES_MAX - 1);
    }
    return true;
}

bool bringup_read_init(const struct mcu *mcu, struct yaml_file *file, const yaml_node_t *list,
                       struct init_lines *init, struct error *error)
{
    init->count = 0;
    yaml_node_t *item = NULL;
    for (unsigned i = 0; (item = yaml_list_item(file, list, i)) != NULL; i++) {
        const char *text = yaml_text(item);
        if (text == NULL || text[0] == '\0') {
            yaml_error(file, item, ERROR_WRONG_TYPE, error, "a line of `init` must be one text");
            return error_hint(error, "write a command such as `gpio PB3 high` or `delay 5ms`");
        }
        if (i == INIT_LINES_MAX) {
            return yaml_error(file, item, ERROR_BOARD_TOO_LARGE, error,
                              "`init` has more than %d lines", INIT_LINES_MAX);
        }
        struct script_fault fault;
        if (!script_parse(mcu, text, false, &init->lines[i].line, &fault)) {
            error_set(error, fault.code, file->path, (int)item->start_mark.line + 1,
                      yaml_text_column(item, fault.offset), "%s", fault.detail);
            if (fault.hint[0] != '\0') {
                error_hint(error, "%s", fault.hint);
            }
            return false;
        }
        init->lines[i].node = item;
        init->count = i + 1;
    }
    return true;
}

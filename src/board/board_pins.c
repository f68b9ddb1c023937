/* SPDX-License-Identifier: MIT */
#include "board/board_load.h"

#include "board/nearest.h"

#include <stdio.h>
#include <string.h>

/* Names of the packages that have a pad: "X0 L0 B0". */
static void list_packages(const struct mcu *mcu, const char *pad, char *buffer, size_t size)
{
    size_t used = 0;
    buffer[0] = '\0';
    for (unsigned i = 0; i < mcu->package_count && used < size; i++) {
        if (pad_in_list(mcu->packages[i].pads, pad)) {
            used += (size_t)snprintf(buffer + used, size - used, "%s%s", used > 0 ? " " : "",
                                     mcu->packages[i].name);
        }
    }
}

bool board_check_package(struct loading *loading, const struct schema_value *place, const char *pad,
                         const char *what)
{
    char letter = 0;
    unsigned number = 0;
    if (!pad_parse(pad, &letter, &number)) {
        schema_error(&loading->file, place, ERROR_BAD_VALUE, loading->error, "`%s` of %s is no pad",
                     pad, what);
        return error_hint(loading->error, "write a pad such as PB3");
    }
    if (pad_in_list(loading->package->pads, pad)) {
        return true;
    }
    char packages[96];
    char pads[96];
    list_packages(loading->mcu, pad, packages, sizeof packages);
    pad_list_of_port(loading->package->pads, letter, pads, sizeof pads);
    schema_error(&loading->file, place, ERROR_PIN_NOT_ON_PACKAGE, loading->error,
                 "%s of %s; %s has %s", pad, what, loading->values.mcu.text,
                 pads[0] != '\0' ? pads : "no pad of that port");
    return error_hint(loading->error, "packages with %s: %s", pad,
                      packages[0] != '\0' ? packages : "none");
}

/* The port's name of a board's signal: NCS is NCS1 or NCS2. */
static const char *port_signal(const struct loading *loading, const char *signal)
{
    static const char *const selects[] = {"NCS1", "NCS2"};
    if (strcmp(signal, "DQS") == 0) {
        return "DQS0";
    }
    return strcmp(signal, "NCS") == 0 ? selects[loading->values.flash.chip_select.number] : signal;
}

/* Least lanes with which a signal is used; one lane needs IO0 out and IO1 in. */
static unsigned lanes_for(unsigned signal)
{
    if (signal < 4) {
        return 1;
    }
    return signal < 6 ? 4 : 8;
}

static bool is_wired(const struct loading *loading, unsigned signal)
{
    return lanes_for(signal) <= loading->lanes;
}

/* Eight lines work without a strobe, at single rate. */
static bool is_needed(const struct loading *loading, unsigned signal)
{
    return is_wired(loading, signal) && strcmp(board_file_signals[signal], "DQS") != 0;
}

static bool add_pin(struct loading *loading, const struct schema_value *place, const char *signal,
                    const char *pad)
{
    struct board *board = &loading->board;
    char what[48];
    snprintf(what, sizeof what, "%s of %s", signal, loading->controller->name);
    if (!board_check_package(loading, place, pad, what)) {
        return false;
    }
    for (unsigned i = 0; i < board->pin_count; i++) {
        if (strcmp(board->pins[i].pad, pad) == 0) {
            return schema_error(&loading->file, place, ERROR_PIN_USED_TWICE, loading->error,
                                "%s carries %s and %s", pad, board->pins[i].signal, signal);
        }
    }
    const char *right = mcu_port_pad(loading->port, port_signal(loading, signal));
    if (right == NULL || strcmp(right, pad) != 0) {
        schema_error(&loading->file, place, ERROR_PIN_WRONG_SIGNAL, loading->error,
                     "%s does not carry %s of %s", pad, port_signal(loading, signal),
                     loading->controller->name);
        return error_hint(loading->error, "%s of %s is %s", port_signal(loading, signal),
                          loading->controller->name, right != NULL ? right : "on no pad");
    }
    struct board_pin *pin = &board->pins[board->pin_count++];
    snprintf(pin->signal, sizeof pin->signal, "%s", signal);
    snprintf(pin->pad, sizeof pin->pad, "%.7s", pad);
    pin->alternate_function = loading->port->alternate_function;
    return true;
}

static bool add_pins_of_port(struct loading *loading)
{
    const struct schema_value *place = &loading->values.flash.port;
    for (unsigned i = 0; i < BOARD_FILE_SIGNALS; i++) {
        const char *pad = mcu_port_pad(loading->port, port_signal(loading, board_file_signals[i]));
        if (is_wired(loading, i) && pad != NULL &&
            !add_pin(loading, place, board_file_signals[i], pad)) {
            return false;
        }
    }
    return true;
}

static bool add_written_pins(struct loading *loading)
{
    const struct board_file_flash *flash = &loading->values.flash;
    for (unsigned i = 0; i < BOARD_FILE_SIGNALS; i++) {
        const struct schema_value *value = &flash->pins.signals[i];
        if (!is_wired(loading, i) && value->node != NULL) {
            schema_error(&loading->file, value, ERROR_BAD_VALUE, loading->error,
                         "`%s` is given, but `lanes: %u` does not use it", board_file_signals[i],
                         loading->lanes);
            return error_hint(loading->error, "remove it, or write `lanes: %u`", lanes_for(i));
        }
        if (is_needed(loading, i) && value->node == NULL) {
            schema_error(&loading->file, &flash->pins.self, ERROR_MISSING_KEY, loading->error,
                         "`%s` in pins; `lanes: %u` needs it", board_file_signals[i],
                         loading->lanes);
            return error_hint(
                loading->error, "add `%s: %s`", board_file_signals[i],
                mcu_port_pad(loading->port, port_signal(loading, board_file_signals[i])));
        }
        if (value->node != NULL && !add_pin(loading, value, board_file_signals[i], value->text)) {
            return false;
        }
    }
    return true;
}

/* Exactly one of `port` and `pins`; a port must be the one that the controller reaches. */
static bool check_port(struct loading *loading)
{
    const struct board_file_flash *flash = &loading->values.flash;
    loading->port = mcu_find_port(loading->mcu, loading->controller->port);
    if (flash->port.node == NULL && flash->pins.self.node == NULL) {
        schema_error(&loading->file, &flash->self, ERROR_MISSING_KEY, loading->error,
                     "`port` or `pins` in flash");
        return error_hint(loading->error, "add `port: %s`", loading->controller->port);
    }
    if (flash->port.node != NULL && flash->pins.self.node != NULL) {
        schema_error(&loading->file, &flash->pins.self, ERROR_BAD_VALUE, loading->error,
                     "`pins` and `port` are both given");
        return error_hint(loading->error, "keep one of the two");
    }
    if (flash->port.node == NULL || strcmp(flash->port.text, loading->controller->port) == 0) {
        return true;
    }
    if (mcu_find_port(loading->mcu, flash->port.text) == NULL) {
        schema_error(&loading->file, &flash->port, ERROR_UNKNOWN_NAME, loading->error, "port `%s`",
                     flash->port.text);
    } else {
        schema_error(&loading->file, &flash->port, ERROR_BAD_VALUE, loading->error,
                     "%s does not reach port %s", loading->controller->name, flash->port.text);
    }
    return error_hint(loading->error, "port of %s: %s", loading->controller->name,
                      loading->controller->port);
}

static const struct board_pin *find_pin(const struct board *board, const char *pad)
{
    for (unsigned i = 0; i < board->pin_count; i++) {
        if (strcmp(board->pins[i].pad, pad) == 0) {
            return &board->pins[i];
        }
    }
    return NULL;
}

static bool check_free_pad(struct loading *loading, const struct schema_value *place,
                           const char *pad, const char *what)
{
    if (!board_check_package(loading, place, pad, what)) {
        return false;
    }
    const struct board_pin *pin = find_pin(&loading->board, pad);
    if (pin != NULL) {
        schema_error(&loading->file, place, ERROR_PIN_USED_TWICE, loading->error,
                     "%s of %s is the flash's %s", pad, what, pin->signal);
        return error_hint(loading->error, "use a pad that the flash does not use");
    }
    return true;
}

static bool check_init_pads(struct loading *loading)
{
    for (unsigned i = 0; i < loading->init.count; i++) {
        const struct init_line *line = &loading->init.lines[i];
        struct schema_value place = {.node = (yaml_node_t *)line->node};
        if (line->line.verb == SCRIPT_GPIO &&
            !check_free_pad(loading, &place, line->line.pad, "`init`")) {
            return false;
        }
    }
    return true;
}

static bool check_reset(struct loading *loading)
{
    const struct schema_value *value = &loading->values.flash.reset;
    if (value->node == NULL) {
        return true;
    }
    if (!check_free_pad(loading, value, value->text, "`reset`")) {
        return false;
    }
    snprintf(loading->board.reset_pad, sizeof loading->board.reset_pad, "%.7s", value->text);
    return true;
}

static bool check_power_switch(struct loading *loading)
{
    const struct schema_value *value = &loading->values.power_switch;
    if (value->node == NULL) {
        return true;
    }
    if (!check_free_pad(loading, value, value->text, "`power_switch`")) {
        return false;
    }
    for (unsigned i = 0; i < loading->init.count; i++) {
        const struct script_line *line = &loading->init.lines[i].line;
        if (line->verb == SCRIPT_GPIO && strcmp(line->pad, value->text) == 0) {
            snprintf(loading->board.power_switch, sizeof loading->board.power_switch, "%.7s",
                     value->text);
            return true;
        }
    }
    schema_error(&loading->file, value, ERROR_BAD_VALUE, loading->error, "`init` does not drive %s",
                 value->text);
    return error_hint(loading->error, "add `- gpio %s high` to `init`", value->text);
}

bool board_check_pins(struct loading *loading)
{
    if (!check_port(loading)) {
        return false;
    }
    bool ok = loading->values.flash.port.node != NULL ? add_pins_of_port(loading)
                                                      : add_written_pins(loading);
    return ok && check_init_pads(loading) && check_reset(loading) && check_power_switch(loading);
}

/* SPDX-License-Identifier: MIT */
/*
 * An MCU family as its data file describes it: devices, packages, registers, pins, controllers and
 * the order of bring-up. All text points into the file and lives as long as it.
 */
#ifndef EXTLOAD_BOARD_MCU_H
#define EXTLOAD_BOARD_MCU_H

#include "board/board.h"
#include "board/schema.h"

#define MCU_DEVICES_MAX     64
#define MCU_PACKAGES_MAX    16
#define MCU_BITS_MAX        256
#define MCU_REGISTERS_MAX   128
#define MCU_PERIPHERALS_MAX 48
#define MCU_RAMS_MAX        16
#define MCU_SUPPLIES_MAX    8
#define MCU_PORTS_MAX       4
#define MCU_SIGNALS_MAX     24
#define MCU_CONTROLLERS_MAX 4
#define MCU_STEPS_MAX       40

/* A bit or field of a register, named as the vendor names it. */
struct mcu_bits {
    const char *name;
    uint8_t low, width;
};

/* A register of a layout that one or more peripherals share. A register with aliases can be
 * written by set and clear addresses of its own, whose bits are named with S and C appended. */
struct mcu_register {
    const char *name;
    uint32_t offset;
    const char *set_name, *clear_name; /* NULL = no such alias */
    unsigned first_bits, bits_count;   /* in struct mcu */
};

struct mcu_peripheral {
    const char *name;
    uint32_t base;                           /* secure alias */
    unsigned first_register, register_count; /* in struct mcu */
};

struct mcu_device {
    const char *name;
    unsigned package; /* index */
};

struct mcu_package {
    const char *name;
    const char *pads; /* "PA0-15 PB3" */
};

struct mcu_ram {
    const char *name;
    uint32_t base, size;
};

/* A supply of pads that must be declared valid before the pads work. */
struct mcu_supply {
    const char *name;
    const char *pads;
    const char *valid; /* "PWR.SVMCR3.VDDIO3SV" */
};

/* A port of the I/O manager: which pad carries which signal. */
struct mcu_port {
    const char *name;
    uint8_t alternate_function;
    struct {
        const char *signal, *pad;
    } signals[MCU_SIGNALS_MAX];
    unsigned signal_count;
};

struct mcu_controller {
    const char *name;
    enum controller_kind kind;
    uint32_t registers, window, window_size;
    const char *port; /* the port that it reaches in the route that bring-up selects */
};

/* How often a step of the bring-up is made. */
enum mcu_step_for {
    STEP_ONCE,
    STEP_FOR_GPIO,  /* for each GPIO port in use; {gpio} is its letter */
    STEP_FOR_SUPPLY /* for each pad supply in use; {supply} is its name, {valid} its bit */
};

struct mcu_step {
    yaml_node_t *node;
    const char *action; /* a script line, or "init" or "pins" */
    enum mcu_step_for repeat;
    const char *hint;
};

struct mcu {
    struct yaml_file file;
    const char *family, *core;
    const char *kernel_clock; /* name of the source */
    uint32_t kernel_hz;
    uint32_t loader_base, loader_size;
    uint32_t work_base, work_size; /* OpenOCD's work area */
    uint32_t record_address;
    uint32_t iwdg_key;
    struct board_cost cost;
    struct board_boot_rom boot;
    struct board_debug debug;
    struct board_debug_id debug_id;
    struct mcu_device devices[MCU_DEVICES_MAX];
    struct mcu_package packages[MCU_PACKAGES_MAX];
    struct mcu_bits bits[MCU_BITS_MAX];
    struct mcu_register registers[MCU_REGISTERS_MAX];
    struct mcu_peripheral peripherals[MCU_PERIPHERALS_MAX];
    struct mcu_ram rams[MCU_RAMS_MAX];
    struct mcu_supply supplies[MCU_SUPPLIES_MAX];
    struct mcu_port ports[MCU_PORTS_MAX];
    struct mcu_controller controllers[MCU_CONTROLLERS_MAX];
    struct mcu_step steps[MCU_STEPS_MAX];
    unsigned device_count, package_count, bits_count, register_count, peripheral_count, ram_count;
    unsigned supply_count, port_count, controller_count, step_count;
};

extern const struct schema_key mcu_file_keys[], mcu_register_keys[], mcu_peripheral_keys[];

/* Reads a family file. The caller releases *mcu after success. */
bool mcu_load(struct mcu *mcu, const char *path, struct error *error);
void mcu_release(struct mcu *mcu);

/* Reads the register layouts and the peripherals that have them. Part of mcu_load(). */
bool mcu_read_registers(struct mcu *mcu, const yaml_node_t *layouts, const yaml_node_t *peripherals,
                        struct error *error);

const struct mcu_device *mcu_find_device(const struct mcu *mcu, const char *name);
const struct mcu_controller *mcu_find_controller(const struct mcu *mcu, const char *name);
const struct mcu_port *mcu_find_port(const struct mcu *mcu, const char *name);
/* The pad that carries a signal, or NULL. */
const char *mcu_port_pad(const struct mcu_port *port, const char *signal);
/* The RAM that holds all of the range, or NULL. */
const struct mcu_ram *mcu_find_ram(const struct mcu *mcu, uint32_t address, uint32_t size);
/* The supply of a pad that needs a valid bit, or NULL. */
const struct mcu_supply *mcu_find_supply(const struct mcu *mcu, const char *pad);

/* "PN6" -> 'N', 6. */
bool pad_parse(const char *text, char *port, unsigned *number);
/* True if a pad is in a list such as "PA0-15 PB3". */
bool pad_in_list(const char *list, const char *pad);
/* The part of a list that is about one port: "PB0 PB4-7". */
void pad_list_of_port(const char *list, char port, char *buffer, size_t size);

#endif

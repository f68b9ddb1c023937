/* SPDX-License-Identifier: MIT */
#include "board/mcu.h"

#include <stdio.h>
#include <string.h>

#define ADDRESS_MAX UINT64_C(0xFFFFFFFF)

/* A named range of addresses. */
struct range_values {
    struct schema_value self, name, base, size;
};
static const struct schema_key ram_keys[] = {
    TEXT_KEY(range_values, name, "name", true, 16, "the vendor's name of the RAM"),
    NUMBER_KEY(range_values, base, "base", QUANTITY_NUMBER, true, 0, ADDRESS_MAX,
               "first address, secure alias"),
    NUMBER_KEY(range_values, size, "size", QUANTITY_SIZE, true, 1, ADDRESS_MAX, "bytes"),
    END_OF_KEYS,
};
static const struct schema_key loader_keys[] = {
    NUMBER_KEY(range_values, base, "base", QUANTITY_NUMBER, true, 0, ADDRESS_MAX,
               "first address; the host tool puts a BKPT there and the image behind it"),
    NUMBER_KEY(range_values, size, "size", QUANTITY_SIZE, true, 1, ADDRESS_MAX, "bytes"),
    END_OF_KEYS,
};

static const struct schema_key work_keys[] = {
    NUMBER_KEY(range_values, base, "base", QUANTITY_NUMBER, true, 0, ADDRESS_MAX, "first address"),
    NUMBER_KEY(range_values, size, "size", QUANTITY_SIZE, true, 4096, ADDRESS_MAX, "bytes"),
    END_OF_KEYS,
};

struct clock_values {
    struct schema_value self, source, hz;
};
static const struct schema_key clock_keys[] = {
    TEXT_KEY(clock_values, source, "source", true, 32, "name of the clock that bring-up selects"),
    NUMBER_KEY(clock_values, hz, "frequency", QUANTITY_FREQUENCY, true, 1000000, 1000000000,
               "its exact frequency after bring-up"),
    END_OF_KEYS,
};

struct cost_values {
    struct schema_value self, cpu, fastest, uncached, cached, ram, reg, window, trust;
};
static const struct schema_key cost_keys[] = {
    NUMBER_KEY(cost_values, cpu, "cpu_clock", QUANTITY_FREQUENCY, true, 1000000, 2000000000,
               "CPU clock as a loader finds it"),
    NUMBER_KEY(cost_values, fastest, "fastest_cpu_clock", QUANTITY_FREQUENCY, true, 1000000,
               2000000000, "fastest CPU clock of the family"),
    NUMBER_KEY(cost_values, uncached, "fetch_uncached", QUANTITY_CYCLES, true, 100, 100000,
               "cycles of an instruction with the I-cache off"),
    NUMBER_KEY(cost_values, cached, "fetch_cached", QUANTITY_CYCLES, true, 25, 100000,
               "cycles of an instruction with the I-cache on"),
    NUMBER_KEY(cost_values, ram, "ram_access", QUANTITY_CYCLES, true, 0, 100000,
               "further cycles of a load or store to RAM"),
    NUMBER_KEY(cost_values, reg, "register_access", QUANTITY_CYCLES, true, 0, 100000,
               "further cycles of an access to a peripheral register"),
    NUMBER_KEY(cost_values, window, "window_access", QUANTITY_CYCLES, true, 0, 100000,
               "further cycles of a window read, without the time on the serial bus"),
    TEXT_KEY(cost_values, trust, "trust", true, BOARD_CPU_COST_TAG - 1,
             "where the figures come from"),
    END_OF_KEYS,
};

struct boot_values {
    struct schema_value self, port, version, header, code, limit;
};
static const struct schema_key boot_keys[] = {
    TEXT_KEY(boot_values, port, "port", true, 7, "the port whose flash the ROM starts from"),
    NUMBER_KEY(boot_values, version, "header_version", QUANTITY_NUMBER, true, 0, ADDRESS_MAX,
               "version word of the header that it takes"),
    NUMBER_KEY(boot_values, header, "header_size", QUANTITY_SIZE, true, 0x80, 0x10000,
               "bytes of that header"),
    NUMBER_KEY(boot_values, code, "code_offset", QUANTITY_NUMBER, true, 0x80, 0x10000,
               "where the code's vectors lie, from the header on"),
    NUMBER_KEY(boot_values, limit, "image_limit", QUANTITY_SIZE, true, 1024, ADDRESS_MAX,
               "largest image, with its header"),
    END_OF_KEYS,
};

struct debug_values {
    struct schema_value self, jtag_id, swd_id, core_ap, system_ap, opened, opened_bits, setup;
};
struct debug_setup_values {
    struct schema_value address, bits, hint;
};
static const struct schema_key debug_setup_keys[] = {
    NUMBER_KEY(debug_setup_values, address, "address", QUANTITY_NUMBER, true, 0, ADDRESS_MAX,
               "a register, as the system's access port sees it"),
    NUMBER_KEY(debug_setup_values, bits, "set", QUANTITY_NUMBER, true, 1, ADDRESS_MAX,
               "bits to set in it"),
    TEXT_KEY(debug_setup_values, hint, "hint", true, 90, "what they do, in words"),
    END_OF_KEYS,
};
static const struct schema_key debug_keys[] = {
    NUMBER_KEY(debug_values, jtag_id, "jtag_id", QUANTITY_NUMBER, true, 1, ADDRESS_MAX,
               "IDCODE of the core's TAP, whose instructions have 4 bits"),
    NUMBER_KEY(debug_values, swd_id, "swd_id", QUANTITY_NUMBER, true, 1, ADDRESS_MAX,
               "DPIDR over SWD"),
    NUMBER_KEY(debug_values, core_ap, "core_ap", QUANTITY_NUMBER, true, 0, 255,
               "number of the access port of core and memory"),
    NUMBER_KEY(debug_values, system_ap, "system_ap", QUANTITY_NUMBER, true, 0, 255,
               "number of the access port that is open in every state"),
    NUMBER_KEY(debug_values, opened, "opened", QUANTITY_NUMBER, true, 0, ADDRESS_MAX,
               "register on the system's port that tells whether the core's port is open"),
    NUMBER_KEY(debug_values, opened_bits, "opened_bits", QUANTITY_NUMBER, true, 1, ADDRESS_MAX,
               "bits of it that are then set"),
    ITEMS_KEY(debug_values, setup, "setup", true, BOARD_DEBUG_SETUP_MAX, debug_setup_keys,
              "what a debugger sets on the system's port when it connects"),
    END_OF_KEYS,
};

struct debug_id_values {
    struct schema_value self, address, mask, value;
};
static const struct schema_key debug_id_keys[] = {
    NUMBER_KEY(debug_id_values, address, "address", QUANTITY_NUMBER, true, 1, ADDRESS_MAX,
               "of the word that tells the device"),
    NUMBER_KEY(debug_id_values, mask, "mask", QUANTITY_NUMBER, true, 1, ADDRESS_MAX,
               "bits of it that do"),
    NUMBER_KEY(debug_id_values, value, "value", QUANTITY_NUMBER, true, 1, ADDRESS_MAX,
               "what they read on this family"),
    END_OF_KEYS,
};

struct package_values {
    struct schema_value name, pads;
};
static const struct schema_key package_keys[] = {
    TEXT_KEY(package_values, name, "name", true, 31, "the vendor's package letter and digit"),
    TEXT_KEY(package_values, pads, "pads", true, 255, "GPIO pads, as `PA0-15 PB3`"),
    END_OF_KEYS,
};

struct device_values {
    struct schema_value name, package;
};
static const struct schema_key device_keys[] = {
    TEXT_KEY(device_values, name, "name", true, 31, "the name that boards use"),
    TEXT_KEY(device_values, package, "package", true, 31, "one of the packages"),
    END_OF_KEYS,
};

struct supply_values {
    struct schema_value name, pads, valid;
};
static const struct schema_key supply_keys[] = {
    TEXT_KEY(supply_values, name, "name", true, 15, "the vendor's name of the supply"),
    TEXT_KEY(supply_values, pads, "pads", true, 255, "pads that it feeds"),
    TEXT_KEY(supply_values, valid, "valid", true, 63, "bit that declares it valid"),
    END_OF_KEYS,
};

struct port_values {
    struct schema_value name, function, signals;
};
static const struct schema_key port_keys[] = {
    TEXT_KEY(port_values, name, "name", true, 7, "the name that boards use"),
    NUMBER_KEY(port_values, function, "alternate_function", QUANTITY_NUMBER, true, 0, 15,
               "alternate function that leads to the I/O manager"),
    MAPPING_KEY(port_values, signals, "signals", true, NULL, "per signal its pad"),
    END_OF_KEYS,
};

struct controller_values {
    struct schema_value name, kind, registers, window, window_size, port;
};
static const struct schema_key controller_keys[] = {
    TEXT_KEY(controller_values, name, "name", true, 15, "the vendor's name"),
    CHOICE_KEY(controller_values, kind, "kind", true, "xspi", "which driver of the loader fits"),
    NUMBER_KEY(controller_values, registers, "registers", QUANTITY_NUMBER, true, 0, ADDRESS_MAX,
               "base of the registers, secure alias"),
    NUMBER_KEY(controller_values, window, "window", QUANTITY_NUMBER, true, 0, ADDRESS_MAX,
               "first address of the memory-mapped window"),
    NUMBER_KEY(controller_values, window_size, "window_size", QUANTITY_SIZE, true, 1, ADDRESS_MAX,
               "bytes"),
    TEXT_KEY(controller_values, port, "port", true, 7, "port that it reaches"),
    END_OF_KEYS,
};

struct step_values {
    struct schema_value action, repeat, hint;
};
static const struct schema_key step_keys[] = {
    TEXT_KEY(step_values, action, "do", true, 160, "a script line, `init` or `pins`"),
    CHOICE_KEY(step_values, repeat, "for", false, "once gpio supply",
               "repeat for each GPIO port or pad supply in use"),
    TEXT_KEY(step_values, hint, "hint", false, 90, "what fails without it, in words"),
    END_OF_KEYS,
};

struct mcu_values {
    struct schema_value family, core, devices, packages, rams;
    struct range_values loader, work;
    struct schema_value record, iwdg_key;
    struct clock_values kernel_clock;
    struct cost_values cost;
    struct boot_values boot;
    struct debug_values debug;
    struct debug_id_values debug_id;
    struct schema_value registers, peripherals, supplies, ports, controllers, bringup;
};

const struct schema_key mcu_file_keys[] = {
    TEXT_KEY(mcu_values, family, "family", true, 31, "name of the family"),
    TEXT_KEY(mcu_values, core, "core", true, 15, "the core, as GCC's -mcpu names it"),
    ITEMS_KEY(mcu_values, devices, "devices", true, MCU_DEVICES_MAX, device_keys,
              "devices and their packages"),
    ITEMS_KEY(mcu_values, packages, "packages", true, MCU_PACKAGES_MAX, package_keys,
              "packages and their pads"),
    ITEMS_KEY(mcu_values, rams, "rams", true, MCU_RAMS_MAX, ram_keys,
              "RAMs in which a record may lie"),
    MAPPING_KEY(mcu_values, loader, "loader_ram", true, loader_keys,
                "the RAM that the host tool uses for a loader, its stack and its buffer"),
    MAPPING_KEY(mcu_values, work, "openocd_work_area", true, work_keys,
                "the RAM that OpenOCD is configured to work in"),
    NUMBER_KEY(mcu_values, record, "record", QUANTITY_NUMBER, true, 0, ADDRESS_MAX,
               "where the flight record lies unless a board says otherwise"),
    NUMBER_KEY(mcu_values, iwdg_key, "iwdg_key", QUANTITY_NUMBER, false, 0, ADDRESS_MAX,
               "address of IWDG_KR, fed in long waits"),
    MAPPING_KEY(mcu_values, kernel_clock, "kernel_clock", true, clock_keys,
                "the controllers' clock after bring-up"),
    MAPPING_KEY(mcu_values, cost, "cost", true, cost_keys, "what instructions and accesses cost"),
    MAPPING_KEY(mcu_values, boot, "boot_rom", false, boot_keys,
                "what the boot ROM starts from a flash"),
    MAPPING_KEY(mcu_values, debug, "debug", false, debug_keys,
                "how a debugger reaches the core; formats for open debug servers need it"),
    MAPPING_KEY(mcu_values, debug_id, "debug_id", false, debug_id_keys,
                "by what a debugger tells the device"),
    LISTS_KEY(mcu_values, registers, "registers", true, mcu_register_keys,
              "register layouts: per layout a list of registers"),
    ITEMS_KEY(mcu_values, peripherals, "peripherals", true, MCU_PERIPHERALS_MAX,
              mcu_peripheral_keys, "peripherals, their addresses and layouts"),
    ITEMS_KEY(mcu_values, supplies, "supplies", false, MCU_SUPPLIES_MAX, supply_keys,
              "pad supplies that software must declare valid"),
    ITEMS_KEY(mcu_values, ports, "ports", true, MCU_PORTS_MAX, port_keys,
              "ports of the I/O manager"),
    ITEMS_KEY(mcu_values, controllers, "controllers", true, MCU_CONTROLLERS_MAX, controller_keys,
              "controllers that can drive a flash"),
    ITEMS_KEY(mcu_values, bringup, "bringup", true, MCU_STEPS_MAX, step_keys,
              "steps, in this order"),
    END_OF_KEYS,
};

static bool read_packages(struct mcu *mcu, const struct schema_value *list, struct error *error)
{
    yaml_node_t *item = NULL;
    for (unsigned i = 0; (item = yaml_list_item(&mcu->file, list->node, i)) != NULL; i++) {
        struct package_values values = {.name = {.node = NULL}};
        if (!schema_read(&mcu->file, item, "a package", package_keys, &values, error)) {
            return false;
        }
        mcu->packages[mcu->package_count++] =
            (struct mcu_package){.name = values.name.text, .pads = values.pads.text};
    }
    return true;
}

static bool read_devices(struct mcu *mcu, const struct schema_value *list, struct error *error)
{
    yaml_node_t *item = NULL;
    for (unsigned i = 0; (item = yaml_list_item(&mcu->file, list->node, i)) != NULL; i++) {
        struct device_values values = {.name = {.node = NULL}};
        if (!schema_read(&mcu->file, item, "a device", device_keys, &values, error)) {
            return false;
        }
        unsigned package = 0;
        while (package < mcu->package_count &&
               strcmp(mcu->packages[package].name, values.package.text) != 0) {
            package++;
        }
        if (package == mcu->package_count) {
            return schema_error(&mcu->file, &values.package, ERROR_UNKNOWN_NAME, error,
                                "package `%s`", values.package.text);
        }
        mcu->devices[mcu->device_count++] =
            (struct mcu_device){.name = values.name.text, .package = package};
    }
    return true;
}

static bool read_rams(struct mcu *mcu, const struct schema_value *list, struct error *error)
{
    yaml_node_t *item = NULL;
    for (unsigned i = 0; (item = yaml_list_item(&mcu->file, list->node, i)) != NULL; i++) {
        struct range_values values = {.self = {.node = NULL}};
        if (!schema_read(&mcu->file, item, "a RAM", ram_keys, &values, error)) {
            return false;
        }
        mcu->rams[mcu->ram_count++] = (struct mcu_ram){.name = values.name.text,
                                                       .base = (uint32_t)values.base.number,
                                                       .size = (uint32_t)values.size.number};
    }
    return true;
}

static bool read_supplies(struct mcu *mcu, const struct schema_value *list, struct error *error)
{
    yaml_node_t *item = NULL;
    for (unsigned i = 0; (item = yaml_list_item(&mcu->file, list->node, i)) != NULL; i++) {
        struct supply_values values = {.name = {.node = NULL}};
        if (!schema_read(&mcu->file, item, "a supply", supply_keys, &values, error)) {
            return false;
        }
        mcu->supplies[mcu->supply_count++] = (struct mcu_supply){
            .name = values.name.text, .pads = values.pads.text, .valid = values.valid.text};
    }
    return true;
}

static bool read_signals(struct mcu *mcu, struct mcu_port *port, const yaml_node_t *signals,
                         struct error *error)
{
    yaml_node_t *name = NULL;
    yaml_node_t *pad = NULL;
    for (unsigned i = 0; yaml_mapping_pair(&mcu->file, signals, i, &name, &pad); i++) {
        char letter = 0;
        unsigned number = 0;
        if (i == MCU_SIGNALS_MAX || yaml_text(name) == NULL || strlen(yaml_text(name)) > 7 ||
            yaml_text(pad) == NULL || !pad_parse(yaml_text(pad), &letter, &number)) {
            return yaml_error(&mcu->file, name, ERROR_BAD_VALUE, error, "a signal and its pad");
        }
        port->signals[i].signal = yaml_text(name);
        port->signals[i].pad = yaml_text(pad);
        port->signal_count = i + 1;
    }
    return true;
}

static bool read_ports(struct mcu *mcu, const struct schema_value *list, struct error *error)
{
    yaml_node_t *item = NULL;
    for (unsigned i = 0; (item = yaml_list_item(&mcu->file, list->node, i)) != NULL; i++) {
        struct port_values values = {.name = {.node = NULL}};
        if (!schema_read(&mcu->file, item, "a port", port_keys, &values, error)) {
            return false;
        }
        struct mcu_port *port = &mcu->ports[mcu->port_count++];
        port->name = values.name.text;
        port->alternate_function = (uint8_t)values.function.number;
        if (!read_signals(mcu, port, values.signals.node, error)) {
            return false;
        }
    }
    return true;
}

static bool read_controllers(struct mcu *mcu, const struct schema_value *list, struct error *error)
{
    static const enum controller_kind kinds[] = {CONTROLLER_XSPI};
    yaml_node_t *item = NULL;
    for (unsigned i = 0; (item = yaml_list_item(&mcu->file, list->node, i)) != NULL; i++) {
        struct controller_values values = {.name = {.node = NULL}};
        if (!schema_read(&mcu->file, item, "a controller", controller_keys, &values, error)) {
            return false;
        }
        if (mcu_find_port(mcu, values.port.text) == NULL) {
            return schema_error(&mcu->file, &values.port, ERROR_UNKNOWN_NAME, error, "port `%s`",
                                values.port.text);
        }
        mcu->controllers[mcu->controller_count++] =
            (struct mcu_controller){.name = values.name.text,
                                    .kind = kinds[values.kind.number],
                                    .registers = (uint32_t)values.registers.number,
                                    .window = (uint32_t)values.window.number,
                                    .window_size = (uint32_t)values.window_size.number,
                                    .port = values.port.text};
    }
    return true;
}

static bool read_steps(struct mcu *mcu, const struct schema_value *list, struct error *error)
{
    yaml_node_t *item = NULL;
    for (unsigned i = 0; (item = yaml_list_item(&mcu->file, list->node, i)) != NULL; i++) {
        struct step_values values = {.action = {.node = NULL}};
        if (!schema_read(&mcu->file, item, "a step", step_keys, &values, error)) {
            return false;
        }
        mcu->steps[mcu->step_count++] =
            (struct mcu_step){.node = values.action.node,
                              .action = values.action.text,
                              .repeat = (enum mcu_step_for)values.repeat.number,
                              .hint = values.hint.text != NULL ? values.hint.text : ""};
    }
    return true;
}

static bool read_debug(struct mcu *mcu, const struct debug_values *values, struct error *error)
{
    yaml_node_t *item = NULL;
    mcu->debug = (struct board_debug){
        .jtag_id = (uint32_t)values->jtag_id.number,
        .swd_id = (uint32_t)values->swd_id.number,
        .core_ap = (uint8_t)values->core_ap.number,
        .system_ap = (uint8_t)values->system_ap.number,
        .opened = (uint32_t)values->opened.number,
        .opened_bits = (uint32_t)values->opened_bits.number,
    };
    if (values->setup.node == NULL) {
        return true; /* no `debug:` */
    }
    for (unsigned i = 0; (item = yaml_list_item(&mcu->file, values->setup.node, i)) != NULL; i++) {
        struct debug_setup_values setup = {.address = {.node = NULL}};
        if (!schema_read(&mcu->file, item, "a setting", debug_setup_keys, &setup, error)) {
            return false;
        }
        struct board_debug_setup *row = &mcu->debug.setup[mcu->debug.setup_count++];
        row->address = (uint32_t)setup.address.number;
        row->bits = (uint32_t)setup.bits.number;
        snprintf(row->hint, sizeof row->hint, "%s", setup.hint.text);
    }
    return true;
}

static void take_values(struct mcu *mcu, const struct mcu_values *values)
{
    mcu->family = values->family.text;
    mcu->core = values->core.text;
    mcu->kernel_clock = values->kernel_clock.source.text;
    mcu->kernel_hz = (uint32_t)values->kernel_clock.hz.number;
    mcu->loader_base = (uint32_t)values->loader.base.number;
    mcu->loader_size = (uint32_t)values->loader.size.number;
    mcu->work_base = (uint32_t)values->work.base.number;
    mcu->work_size = (uint32_t)values->work.size.number;
    mcu->record_address = (uint32_t)values->record.number;
    mcu->iwdg_key = (uint32_t)values->iwdg_key.number;
    mcu->cost = (struct board_cost){
        .cpu_hz = (uint32_t)values->cost.cpu.number,
        .fastest_cpu_hz = (uint32_t)values->cost.fastest.number,
        .fetch_uncached_x100 = (uint32_t)values->cost.uncached.number,
        .fetch_cached_x100 = (uint32_t)values->cost.cached.number,
        .ram_access_x100 = (uint32_t)values->cost.ram.number,
        .register_access_x100 = (uint32_t)values->cost.reg.number,
        .window_access_x100 = (uint32_t)values->cost.window.number,
    };
    mcu->boot = (struct board_boot_rom){
        .header_version = (uint32_t)values->boot.version.number,
        .header_size = (uint32_t)values->boot.header.number,
        .code_offset = (uint32_t)values->boot.code.number,
        .image_limit = (uint32_t)values->boot.limit.number,
    };
    mcu->debug_id = (struct board_debug_id){
        .address = (uint32_t)values->debug_id.address.number,
        .mask = (uint32_t)values->debug_id.mask.number,
        .value = (uint32_t)values->debug_id.value.number,
    };
    if (values->boot.port.text != NULL) {
        snprintf(mcu->boot.port, sizeof mcu->boot.port, "%s", values->boot.port.text);
    }
    snprintf(mcu->cost.trust, sizeof mcu->cost.trust, "%s", values->cost.trust.text);
}

bool mcu_load(struct mcu *mcu, const char *path, struct error *error)
{
    memset(mcu, 0, sizeof *mcu);
    if (!yaml_file_load(&mcu->file, path, error)) {
        return false;
    }
    struct mcu_values values;
    memset(&values, 0, sizeof values);
    bool ok = schema_read(&mcu->file, yaml_file_root(&mcu->file), "an MCU file", mcu_file_keys,
                          &values, error) &&
              read_packages(mcu, &values.packages, error) &&
              read_devices(mcu, &values.devices, error) && read_rams(mcu, &values.rams, error) &&
              mcu_read_registers(mcu, values.registers.node, values.peripherals.node, error) &&
              read_supplies(mcu, &values.supplies, error) &&
              read_ports(mcu, &values.ports, error) &&
              read_controllers(mcu, &values.controllers, error) &&
              read_steps(mcu, &values.bringup, error) && read_debug(mcu, &values.debug, error);
    if (!ok) {
        mcu_release(mcu);
        return false;
    }
    take_values(mcu, &values);
    return true;
}

void mcu_release(struct mcu *mcu)
{
    yaml_file_release(&mcu->file);
}

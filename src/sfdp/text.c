/* SPDX-License-Identifier: MIT */
#include "sfdp/text.h"

#include <inttypes.h>

#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)

static const char *size_text(uint64_t bytes, char buffer[24])
{
    if (bytes >= MIB && bytes % MIB == 0) {
        snprintf(buffer, 24, "%" PRIu64 " MiB", bytes / MIB);
    } else if (bytes >= KIB && bytes % KIB == 0) {
        snprintf(buffer, 24, "%" PRIu64 " KiB", bytes / KIB);
    } else {
        snprintf(buffer, 24, "%" PRIu64 " bytes", bytes);
    }
    return buffer;
}

/* A time with the largest unit that needs no fraction. */
static const char *time_text(uint64_t ns, char buffer[24])
{
    static const struct {
        uint64_t ns;
        const char *name;
    } units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (ns >= units[i].ns && ns % units[i].ns == 0) {
            snprintf(buffer, 24, "%" PRIu64 " %s", ns / units[i].ns, units[i].name);
            return buffer;
        }
    }
    snprintf(buffer, 24, "0");
    return buffer;
}

static const char *ms_text(uint64_t ms, char buffer[24])
{
    return time_text(ms * 1000000, buffer);
}

static const char *us_text(uint64_t us, char buffer[24])
{
    return time_text(us * 1000, buffer);
}

static void print_header(FILE *out, const struct sfdp_header *header)
{
    static const char *const letters[] = {"", "", "", "", "", "A", "B", "C", "D", "E", "F"};
    bool known = header->minor == 0 || (header->minor >= 5 && header->minor <= 10);
    fprintf(out, "header   revision %u.%u%s%s, %u parameter header%s, access protocol %02xh\n",
            header->major, header->minor, known ? ": JESD216" : "",
            known ? letters[header->minor] : "", header->announced,
            header->announced == 1 ? "" : "s", header->access);
    for (unsigned i = 0; i < header->count; i++) {
        const struct sfdp_table *table = &header->tables[i];
        fprintf(out, "table    %04x %s, revision %u.%u, %u words at 0x%03x", table->id,
                sfdp_table_name(table->id), table->major, table->minor, table->length,
                (unsigned)table->address);
        if (table->words < table->length) {
            fprintf(out, ", of which the dump has %u", table->words);
        }
        fputc('\n', out);
    }
}

static void print_geometry(FILE *out, const struct sfdp *sfdp)
{
    const struct sfdp_geometry *geometry = &sfdp->basic.geometry;
    char size[24], page[24];
    const char *address = geometry->address_bytes == 34  ? "3 or 4 address bytes"
                          : geometry->address_bytes == 4 ? "4 address bytes"
                                                         : "3 address bytes";
    fprintf(out, "size     %s, %s", geometry->size != 0 ? size_text(geometry->size, size) : "?",
            address);
    if (sfdp->basic.program.known) {
        fprintf(out, ", page %s", size_text(sfdp->basic.program.page, page));
    }
    fputc('\n', out);
}

static void print_reads(FILE *out, const struct sfdp *sfdp)
{
    fprintf(out, "reads    1-1-1 03h, 0Bh with 8 dummy clocks (not told, always there)\n");
    for (unsigned i = 0; i < SFDP_READ_KINDS; i++) {
        const struct sfdp_read *read = &sfdp->basic.reads[i];
        if (read->opcode != 0) {
            fprintf(out, "         %s %02Xh, %u mode and %u dummy clocks\n",
                    sfdp_read_name((enum sfdp_read_kind)i), read->opcode, read->mode_clocks,
                    read->wait_clocks);
        }
    }
}

static void print_programs(FILE *out, const struct sfdp *sfdp)
{
    const struct sfdp_program *program = &sfdp->basic.program;
    char typical[24], maximum[24], first[24], next[24];
    fprintf(out, "program  1-1-1 02h");
    if ((sfdp->address4.supports & SFDP_A4_PROGRAM_34) != 0) {
        fprintf(out, ", 1-1-4 32h (its 4-byte form is listed)");
    }
    if (program->known) {
        fprintf(out, "; page %s typical, %s maximum; bytes %s, then %s",
                us_text(program->page_typical_us, typical),
                us_text(program->page_maximum_us, maximum), us_text(program->first_byte_us, first),
                us_text(program->next_byte_us, next));
    }
    fputc('\n', out);
}

static void print_erases(FILE *out, const struct sfdp *sfdp)
{
    const struct sfdp_program *program = &sfdp->basic.program;
    char size[24], typical[24], maximum[24];
    for (unsigned i = 0; i < SFDP_ERASE_TYPES; i++) {
        const struct sfdp_erase *erase = &sfdp->basic.erases[i];
        if (erase->size_log2 == 0) {
            continue;
        }
        fprintf(out, "erase    type %u: %s %02Xh", i + 1,
                size_text(UINT64_C(1) << erase->size_log2, size), erase->opcode);
        if (erase->opcode4 != 0) {
            fprintf(out, ", %02Xh with 4-byte addresses", erase->opcode4);
        }
        if (erase->typical_ms != 0) {
            fprintf(out, "; %s typical, %s maximum", ms_text(erase->typical_ms, typical),
                    ms_text(erase->maximum_ms, maximum));
        }
        fprintf(out, "%s\n", erase->shared ? "; not used: its opcode has other sizes, too" : "");
    }
    if (program->known) {
        fprintf(out, "erase    chip: %s typical, %s maximum\n",
                ms_text(program->chip_erase_typical_ms, typical),
                ms_text(program->chip_erase_maximum_ms, maximum));
    }
}

static void print_sector_map(FILE *out, const struct sfdp_sector_map *map)
{
    char size[24];
    if (!map->known) {
        return;
    }
    fprintf(out,
            "map      %u configuration%s, %u command%s to tell which; in all regions:", map->maps,
            map->maps == 1 ? "" : "s", map->commands, map->commands == 1 ? "" : "s");
    for (unsigned i = 0; i < SFDP_ERASE_TYPES; i++) {
        if ((map->types >> i & 1) != 0) {
            fprintf(out, " type %u", i + 1);
        }
    }
    fprintf(out, "%s\n", map->types == 0 ? " none" : "");
    for (unsigned i = 0; i < map->first.count; i++) {
        fprintf(out, "         %s: types", size_text(map->first.regions[i].size, size));
        for (unsigned j = 0; j < SFDP_ERASE_TYPES; j++) {
            if ((map->first.regions[i].types >> j & 1) != 0) {
                fprintf(out, " %u", j + 1);
            }
        }
        fputc('\n', out);
    }
}

static void print_names(FILE *out, uint32_t bits, const char *const *names, unsigned count)
{
    const char *separator = "";
    for (unsigned i = 0; i < count; i++) {
        if ((bits >> i & 1) != 0 && names[i] != NULL) {
            fprintf(out, "%s%s", separator, names[i]);
            separator = ", ";
        }
    }
    fprintf(out, "%s\n", separator[0] == '\0' ? "none told" : "");
}

static void print_quad(FILE *out, const struct sfdp_quad *quad)
{
    static const char *const enables[] = {
        "no quad enable bit, or none needed",
        "SR2 bit 1, written with SR1 by 01h; 01h with one byte clears it",
        "SR1 bit 6",
        "SR2 bit 7, read by 3Fh, written by 3Eh",
        "SR2 bit 1, written with SR1 by 01h; cannot be read",
        "SR2 bit 1, read by 35h, written with SR1 by 01h",
        "SR2 bit 1, read by 35h, written by 31h",
        "reserved"};
    static const char *const enters[] = {"quad enable, then 38h", "38h", "35h",
                                         "65h and 71h at 800003h", "61h"};
    static const char *const leaves[] = {"FFh", "F5h", "65h and 71h at 800003h", "66h 99h"};
    if (!quad->known) {
        fprintf(out, "quad     how it is enabled is not told\n");
        return;
    }
    fprintf(out, "quad     enable %u%u%u: %s\n", quad->enable >> 2, quad->enable >> 1 & 1,
            quad->enable & 1, enables[quad->enable]);
    if (quad->enter_444 != 0) {
        fprintf(out, "4-4-4    entered by ");
        print_names(out, quad->enter_444, enters, sizeof enters / sizeof enters[0]);
        fprintf(out, "         left by ");
        print_names(out, quad->leave_444, leaves, sizeof leaves / sizeof leaves[0]);
    }
    if (quad->continuous) {
        fprintf(out, "0-4-4    continuous read: entry %xh, exit %02xh\n", quad->enter_044,
                quad->leave_044);
    }
}

static void print_address4(FILE *out, const struct sfdp *sfdp)
{
    static const char *const enters[] = {
        "B7h", "06h B7h", "C5h", "17h", "B1h", "opcodes of their own", "always"};
    static const char *const leaves[] = {"E9h", "06h E9h",        "C5h",        "17h",
                                         "B1h", "hardware reset", "soft reset", "power cycle"};
    static const char *const commands[] = {
        "13h",    "0Ch",    "3Ch",    "BCh",    "6Ch", "ECh", "12h", "34h", "3Eh",
        "type 1", "type 2", "type 3", "type 4", "0Eh", "BEh", "EEh", "E0h", "E1h",
        "E2h",    "E3h",    "7Ch",    "CCh",    "FDh", "84h", "8Eh"};
    const struct sfdp_modes *modes = &sfdp->basic.modes;
    if (modes->enter4 != 0) {
        fprintf(out, "4-byte   entered by ");
        print_names(out, modes->enter4, enters, sizeof enters / sizeof enters[0]);
        fprintf(out, "         left by ");
        print_names(out, modes->leave4, leaves, sizeof leaves / sizeof leaves[0]);
    }
    if (sfdp->address4.known) {
        fprintf(out, modes->enter4 != 0 ? "         opcodes " : "4-byte   opcodes ");
        print_names(out, sfdp->address4.supports, commands, sizeof commands / sizeof commands[0]);
    }
}

static void print_resets(FILE *out, const struct sfdp *sfdp)
{
    static const char *const resets[] = {"Fh for 8 clocks",  "Fh for 10 clocks",
                                         "Fh for 16 clocks", "F0h",
                                         "66h 99h",          "leave 0-4-4 first"};
    const struct sfdp_modes *modes = &sfdp->basic.modes;
    if (!modes->known) {
        return;
    }
    fprintf(out, "reset    ");
    print_names(out, modes->reset, resets, sizeof resets / sizeof resets[0]);
    fprintf(out, "status   written%s%s\n",
            (modes->status_write & SFDP_STATUS_VOLATILE_50) != 0 ? " volatile after 50h"
                                                                 : " for good after 06h",
            (modes->status_write & SFDP_STATUS_VOLATILE_50) != 0 ? ", for good after 06h" : "");
}

static void print_waits(FILE *out, const struct sfdp_basic *basic)
{
    const struct sfdp_suspend *suspend = &basic->suspend;
    const struct sfdp_power_down *down = &basic->power_down;
    char program[24], erase[24], between[24], leave[24];
    if (suspend->supported) {
        fprintf(out,
                "suspend  %02Xh, resume %02Xh; within %s of a program, %s of an erase; %s apart\n",
                suspend->suspend, suspend->resume, time_text(suspend->program_latency_ns, program),
                time_text(suspend->erase_latency_ns, erase),
                us_text(suspend->erase_interval_us, between));
    } else if (suspend->known) {
        fprintf(out, "suspend  unsupported\n");
    }
    if (!down->known) {
        return;
    }
    fprintf(out, "busy     %s%s\n", down->poll_05 ? "05h bit 0" : "",
            down->poll_70 ? (down->poll_05 ? " or 70h bit 7" : "70h bit 7") : "");
    if (down->supported) {
        fprintf(out, "sleep    deep power-down by %02Xh, left by %02Xh within %s\n", down->enter,
                down->leave != 0 ? down->leave : 0xAB, time_text(down->leave_ns, leave));
    }
}

static void print_octal(FILE *out, const struct sfdp *sfdp)
{
    static const char *const extensions[] = {"repeated", "inverse", "reserved", "of its own"};
    static const char *const modes[] = {
        "4S-4S-4S", "4S-4S-4S with strobe", "4D-4D-4D", "4D-4D-4D with strobe",
        "8S-8S-8S", "8S-8S-8S with strobe", "8D-8D-8D", "8D-8D-8D with strobe"};
    const struct sfdp_octal *octal = &sfdp->basic.octal;
    if (octal->known) {
        fprintf(out, "octal    second opcode byte %s%s\n", extensions[octal->extension],
                octal->swaps_pairs ? ", bytes of a pair swapped in 8D-8D-8D" : "");
        for (unsigned i = 0; i < sizeof octal->speeds; i++) {
            if (sfdp_speed_mhz(octal->speeds[i]) != 0) {
                fprintf(out, "         %s up to %u MHz\n", modes[i],
                        sfdp_speed_mhz(octal->speeds[i]));
            }
        }
    }
    if (sfdp->xspi.known) {
        const struct sfdp_xspi *xspi = &sfdp->xspi;
        fprintf(out,
                "xSPI     read %02Xh; dummy clocks %u at 200 MHz, %u at 166, %u at 133, %u at 100; "
                "status with %u address bytes, %u dummy clocks\n",
                xspi->read_opcode, xspi->dummy_200, xspi->dummy_166, xspi->dummy_133,
                xspi->dummy_100, xspi->status_address_bytes, xspi->status_dummy);
    }
    for (unsigned i = 0; i < SFDP_SEQUENCES_MAX; i++) {
        const struct sfdp_sequence *step = &sfdp->octal_sequence.steps[i];
        if (step->length != 0) {
            fprintf(out, "         to 8D-8D-8D:");
            for (unsigned j = 0; j < step->length; j++) {
                fprintf(out, " %02x", step->bytes[j]);
            }
            fputc('\n', out);
        }
    }
}

static void print_register(FILE *out, const char *name, const struct sfdp_register_bit *bit)
{
    if (bit->valid) {
        fprintf(out, "         %s: bit %u%s, read by %02Xh\n", name, bit->bit,
                bit->inverted ? " inverted" : "", bit->read);
    }
}

static void print_registers(FILE *out, const struct sfdp_registers *registers)
{
    if (!registers->known) {
        return;
    }
    fprintf(out, "register volatile from 0x%08x, lasting from 0x%08x\n",
            (unsigned)registers->volatile_base, (unsigned)registers->lasting_base);
    print_register(out, "busy", &registers->wip);
    print_register(out, "write enable", &registers->wel);
    print_register(out, "program error", &registers->program_error);
    print_register(out, "erase error", &registers->erase_error);
}

void sfdp_print_rules(FILE *out, uint32_t rules)
{
    for (unsigned i = 0; i < SFDP_RULE_COUNT; i++) {
        if ((rules >> i & 1) != 0) {
            fprintf(out, "rule     %s: %s\n", sfdp_rule_name((enum sfdp_rule)i),
                    sfdp_rule_text((enum sfdp_rule)i));
        }
    }
}

void sfdp_print(FILE *out, const struct sfdp *sfdp)
{
    print_header(out, &sfdp->header);
    print_geometry(out, sfdp);
    print_reads(out, sfdp);
    print_programs(out, sfdp);
    print_erases(out, sfdp);
    print_sector_map(out, &sfdp->sector_map);
    print_quad(out, &sfdp->basic.quad);
    print_address4(out, sfdp);
    print_resets(out, sfdp);
    print_waits(out, &sfdp->basic);
    print_octal(out, sfdp);
    print_registers(out, &sfdp->registers);
    sfdp_print_rules(out, sfdp->rules);
}

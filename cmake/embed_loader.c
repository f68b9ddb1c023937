/* SPDX-License-Identifier: MIT */
/*
 * Turns the linked loader image into a C source for the host tool, and refuses an image that could
 * not run elsewhere than where it was linked.
 *
 * embed_loader LOADER.elf SYMBOLS.txt OUT.c BUDGET
 */
#include "elf/elf32.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 16

struct size_part {
    char name[24];
    uint32_t bytes;
};

struct breakdown {
    struct size_part parts[PARTS_MAX];
    unsigned count;
};

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    uint8_t *bytes = length >= 0 ? malloc((size_t)length + 1) : NULL;
    if (bytes != NULL && fread(bytes, 1, (size_t)length, file) == (size_t)length) {
        bytes[length] = 0;
        *size = (size_t)length;
    } else {
        free(bytes);
        bytes = NULL;
    }
    fclose(file);
    return bytes;
}

/* Relocations whose result does not depend on where the image lies (AAELF32 numbers). */
static bool is_position_independent(unsigned type)
{
    switch (type) {
    case 0:   /* R_ARM_NONE */
    case 3:   /* R_ARM_REL32 */
    case 10:  /* R_ARM_THM_CALL */
    case 11:  /* R_ARM_THM_PC8 */
    case 24:  /* R_ARM_GOTOFF32: relative to the image's own anchor */
    case 25:  /* R_ARM_BASE_PREL */
    case 30:  /* R_ARM_THM_JUMP24 */
    case 49:  /* R_ARM_THM_MOVW_PREL_NC */
    case 50:  /* R_ARM_THM_MOVT_PREL */
    case 51:  /* R_ARM_THM_JUMP19 */
    case 53:  /* R_ARM_THM_ALU_PREL_11_0 */
    case 54:  /* R_ARM_THM_PC12 */
    case 102: /* R_ARM_THM_JUMP11 */
    case 103: /* R_ARM_THM_JUMP8 */ return true;
    default: return false;
    }
}

static uint32_t word_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static bool check_relocations(const struct elf_file *elf)
{
    bool good = true;
    for (unsigned i = 0; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];
        if (section->type != ELF_SHT_REL || section->info >= elf->section_count ||
            (elf->sections[section->info].flags & ELF_SHF_ALLOC) == 0) {
            continue;
        }
        for (uint32_t at = 0; at + 8 <= section->size; at += 8) {
            unsigned type = word_at(section->bytes + at + 4) & 0xFFu;
            if (!is_position_independent(type)) {
                fprintf(stderr,
                        "%s: relocation type %u at 0x%x in %s depends on the load address\n"
                        "  try: no static pointer, no table of pointers; use a switch\n",
                        elf->name, type, word_at(section->bytes + at), section->name);
                good = false;
            }
        }
    }
    return good;
}

static void add_to_part(struct breakdown *sizes, const char *name, uint32_t bytes)
{
    unsigned i = 0;
    while (i < sizes->count && strcmp(sizes->parts[i].name, name) != 0) {
        i++;
    }
    if (i == PARTS_MAX) {
        return;
    }
    if (i == sizes->count) {
        snprintf(sizes->parts[i].name, sizeof sizes->parts[i].name, "%s", name);
        sizes->count++;
    }
    sizes->parts[i].bytes += bytes;
}

/* The folder of loader/ in whose object `name` is defined, by what `readelf -sW` prints of the
 * objects: "File: OBJECT", then a line per symbol that ends in its section's index and its name. */
static bool find_folder(const char *symbols, const char *name, char *folder, size_t size)
{
    char pattern[160];
    int length = snprintf(pattern, sizeof pattern, " %.*s", (int)strcspn(name, "."), name);
    const char *at = strstr(symbols, pattern);
    while (at != NULL && (strncmp(at - 3, "UND", 3) == 0 || strcspn(at + length, ".\n") != 0)) {
        at = strstr(at + length, pattern);
    }
    const char *file = at;
    while (file != NULL && file > symbols && strncmp(file, "File: ", 6) != 0) {
        file--;
    }
    const char *found = NULL;
    for (const char *next = file; next != NULL && *next != '\n'; next++) {
        if (strncmp(next, "loader/", 7) == 0) {
            found = next + 7;
        }
    }
    if (found == NULL) {
        return false;
    }
    snprintf(folder, size, "%.*s", (int)strcspn(found, "/."), found);
    return true;
}

/* Reserves count by what they are, the guard as a whole, other code and constants by folder. */
static void count_symbol(struct breakdown *sizes, const char *symbols,
                         const struct elf_symbol *symbol)
{
    static const char *const wholes[][2] = {
        {"board_block", "board block"},  {"guard_stack", "stack"},
        {"guard_vectors", "vectors"},    {"guard_code", "guard"},
        {"guard_state", "guard state"},  {"guard_clean_caches", "guard"},
        {"guard_take_regions", "guard"}, {"guard_restore_regions", "guard"},
        {"own_record", "own record"},
    };
    char folder[24];
    for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++) {
        if (strcmp(symbol->name, wholes[i][0]) == 0) {
            add_to_part(sizes, wholes[i][1], symbol->size);
            return;
        }
    }
    if (find_folder(symbols, symbol->name, folder, sizeof folder) && strcmp(folder, "guard") != 0) {
        add_to_part(sizes, folder, symbol->size);
    }
}

static void count_symbols(struct breakdown *sizes, const char *symbols, const struct elf_file *elf)
{
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        if (elf->symbols[i].size > 0) {
            count_symbol(sizes, symbols, &elf->symbols[i]);
        }
    }
}

/* Flattens the PT_LOADs, which must start at 0, follow one another and hold only file bytes. */
static uint8_t *flatten(const struct elf_file *elf, uint32_t *size)
{
    uint32_t end = 0;
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (segment->type != ELF_PT_LOAD) {
            continue;
        }
        if (segment->file_size != segment->memory_size || segment->vaddr < end ||
            segment->vaddr > end + 64) {
            fprintf(stderr, "%s: segment %u is not contiguous file bytes\n", elf->name, i);
            return NULL;
        }
        end = segment->vaddr + segment->file_size;
    }
    *size = (end + 7u) & ~7u;
    uint8_t *image = calloc(1, *size + 1u);
    for (unsigned i = 0; image != NULL && i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (segment->type == ELF_PT_LOAD) {
            memcpy(image + segment->vaddr, segment->bytes, segment->file_size);
        }
    }
    return image;
}

/* Two symbols start at the same byte and are of one kind. */
static bool is_same_place(const struct elf_symbol *a, const struct elf_symbol *b)
{
    return a->type == b->type && a->value == b->value;
}

/* Functions and objects, one line each, their names without the suffixes of link-time optimisation. Of
 * those that start at the same byte the smallest counts, then the first: some only mark where a group
 * of functions begins. */
static unsigned write_symbols(FILE *out, const struct elf_file *elf)
{
    unsigned count = 0;
    fprintf(out, "static const struct image_symbol symbols[] = {\n");
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];
        bool known = symbol->type != 1 && symbol->type != 2; /* neither STT_OBJECT nor STT_FUNC */
        for (unsigned j = 0; j < elf->symbol_count && !known; j++) {
            const struct elf_symbol *other = &elf->symbols[j];
            known = is_same_place(other, symbol) &&
                    (other->size < symbol->size || (other->size == symbol->size && j < i));
        }
        if (!known) {
            fprintf(out, "    {\"%.*s\", %u, %u, %d},\n", (int)strcspn(symbol->name, "."),
                    symbol->name, symbol->type == 2 ? symbol->value & ~1u : symbol->value,
                    symbol->size, symbol->type == 2);
            count++;
        }
    }
    fprintf(out, "};\n\n");
    return count;
}

static bool is_entry(const char *name)
{
    return strncmp(name, "stldr_", 6) == 0 || strncmp(name, "flm_", 4) == 0 ||
           strncmp(name, "ofl_", 4) == 0 || strncmp(name, "own_", 4) == 0;
}

static bool write_source(FILE *out, const struct elf_file *elf, const uint8_t *image, uint32_t size,
                         const struct breakdown *sizes)
{
    const struct elf_symbol *block = elf_find_symbol(elf, "board_block");
    const struct elf_symbol *record = elf_find_symbol(elf, "own_record");
    const struct elf_symbol *stack = elf_find_symbol(elf, "guard_stack");
    if (block == NULL || record == NULL || stack == NULL) {
        fprintf(stderr, "%s: no symbol board_block, own_record or guard_stack\n", elf->name);
        return false;
    }
    fprintf(out, "/* Made by embed_loader from the linked loader image. */\n"
                 "#include \"pack/pack.h\"\n\nstatic const uint8_t bytes[] = {");
    for (uint32_t i = 0; i < size; i++) {
        fprintf(out, "%s0x%02x,", i % 16 == 0 ? "\n    " : " ", image[i]);
    }
    fprintf(out, "\n};\n\n");
    const unsigned symbols = write_symbols(out, elf);
    fprintf(
        out,
        "static const struct loader_image image = {\n    .bytes = bytes,\n    .size = %u,\n"
        "    .board_block = %u,\n    .board_block_size = %u,\n    .own_record = %u,\n    .stack = "
        "%u,\n"
        "    .stack_size = %u,\n    .entries = {\n",
        size, block->value, block->size, record->value, stack->value, stack->size);
    unsigned entries = 0;
    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];
        if (is_entry(symbol->name) && symbol->binding == 1) {
            fprintf(out, "        {\"%s\", %u, %u},\n", symbol->name, symbol->value & ~1u,
                    symbol->size);
            entries++;
        }
    }
    fprintf(out, "    },\n    .entry_count = %u,\n    .parts = {\n", entries);
    for (unsigned i = 0; i < sizes->count; i++) {
        fprintf(out, "        {\"%s\", %u},\n", sizes->parts[i].name, sizes->parts[i].bytes);
    }
    fprintf(out,
            "    },\n    .part_count = %u,\n    .symbols = symbols,\n    .symbol_count = "
            "%u,\n};\n\nconst struct loader_image *pack_loader_image(void)\n"
            "{\n    return &image;\n}\n",
            sizes->count, symbols);
    return true;
}

/* Bytes that count: all but the record's own copy and the board block, which is cut to what a board
 * uses. */
static uint32_t print_breakdown(struct breakdown *sizes, uint32_t size)
{
    uint32_t sum = 0, apart = 0;
    for (unsigned i = 0; i < sizes->count; i++) {
        sum += sizes->parts[i].bytes;
        if (strcmp(sizes->parts[i].name, "board block") == 0 ||
            strcmp(sizes->parts[i].name, "own record") == 0) {
            apart += sizes->parts[i].bytes;
        }
    }
    if (size > sum) {
        add_to_part(sizes, "padding", size - sum);
    }
    printf("loader image: %u bytes beside board block and record\n", size - apart);
    for (unsigned i = 0; i < sizes->count; i++) {
        printf("  %-12s %5u\n", sizes->parts[i].name, sizes->parts[i].bytes);
    }
    return size - apart;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: embed_loader LOADER.elf SYMBOLS.txt OUT.c BUDGET\n");
        return 2;
    }
    size_t elf_size = 0, symbols_size = 0;
    uint8_t *elf_bytes = read_file(argv[1], &elf_size);
    uint8_t *symbols = read_file(argv[2], &symbols_size);
    struct elf_file elf = {0};
    struct error error = {0};
    struct breakdown sizes = {0};
    uint32_t size = 0, budget = (uint32_t)strtoul(argv[4], NULL, 0);
    uint8_t *image = NULL;
    int status = 1;
    if (elf_bytes == NULL || symbols == NULL) {
        fprintf(stderr, "cannot read %s or %s\n", argv[1], argv[2]);
    } else if (!elf_parse(&elf, argv[1], elf_bytes, elf_size, &error)) {
        fprintf(stderr, "%s: %s\n", argv[1], error.detail);
    } else if (check_relocations(&elf) && (image = flatten(&elf, &size)) != NULL) {
        count_symbols(&sizes, (const char *)symbols, &elf);
        uint32_t counted = print_breakdown(&sizes, size);
        FILE *out = fopen(argv[3], "w");
        if (counted > budget) {
            fprintf(stderr, "loader image: %u bytes are over the budget of %u\n", counted, budget);
        } else if (out != NULL && write_source(out, &elf, image, size, &sizes)) {
            status = 0;
        }
        if (out != NULL) {
            fclose(out);
        }
        if (status != 0) {
            remove(argv[3]);
        }
    }
    elf_release(&elf);
    free(image);
    free(symbols);
    free(elf_bytes);
    return status;
}

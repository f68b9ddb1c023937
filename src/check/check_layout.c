/* SPDX-License-Identifier: MIT */
/* Rules about the image's place in the tool's RAM. */
#include "check/check.h"

#include "check/absolute.h"

#define BASE_STEP    0x100u   /* every known base is a multiple of it */
#define SMALLEST_RAM 0x10000u /* of the devices whose RAM size is known */
#define BUFFER_STEP  32u
#define STACK_ROOM   (TOOL_STACK_SIZE - TOOL_BKPT_SIZE)

/* "0x20003000 (2.15 to 2.18), 0x20000000 (...)" */
static const char *bases_of(const struct tool_device *device, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < TOOL_BASES_MAX && device->bases[i].address != 0; i++) {
        const struct tool_base *base = &device->bases[i];
        const int length = snprintf(text + used, size - used, "%s0x%08x%s%s", i > 0 ? ", " : "",
                                    base->address, base->releases != NULL ? " in releases " : "",
                                    base->releases != NULL ? base->releases : "");
        used += length > 0 && (size_t)length < size - used ? (size_t)length : 0;
    }
    return text;
}

static const struct tool_base *base_of(const struct tool_device *device, uint32_t link)
{
    for (unsigned i = 0; i < TOOL_BASES_MAX && device->bases[i].address != 0; i++) {
        if (device->bases[i].address + TOOL_BKPT_SIZE == link) {
            return &device->bases[i];
        }
    }
    return NULL;
}

/* Linked where no release of the tool loads. */
static void say_misplaced(const struct check_file *file, const char *reason,
                          struct findings *findings)
{
    struct absolute_word word;
    const uint32_t link = file->code->vaddr;
    const unsigned words = absolute_words(file->code, &word);
    if (words == 0) {
        check_add(findings, FINDING_LINK_ADDRESS, 0, "", "the code is linked at 0x%08x; %s", link,
                  reason);
        return;
    }
    check_add(findings, FINDING_POSITION_DEPENDENT, 0, "",
              "the code is linked at 0x%08x; %s; %u of its loads name such addresses, at 0x%08x "
              "first: 0x%08x",
              link, reason, words, word.instruction, word.value);
}

static void check_release(const struct check_file *file, const struct tool_base *base,
                          struct findings *findings)
{
    char bases[160];
    struct absolute_word word;
    if (base->releases == NULL) {
        return;
    }
    bases_of(file->device, bases, sizeof bases);
    if (absolute_words(file->code, &word) == 0) {
        check_add_milder(findings, FINDING_LINK_RELEASE, SEVERITY_NOTE, 0, "",
                         "linked at 0x%08x; the tool's base is %s; the code names no address of "
                         "itself, so it may do elsewhere too",
                         file->code->vaddr, bases);
        return;
    }
    check_add(findings, FINDING_LINK_RELEASE, 0, "",
              "linked at 0x%08x, and needs to be there; the tool's base is %s", file->code->vaddr,
              bases);
}

static void check_link_address(const struct check_file *file, struct findings *findings)
{
    char reason[260], bases[160];
    const uint32_t link = file->code->vaddr;
    if (file->device == NULL) {
        if (link % BASE_STEP != TOOL_BKPT_SIZE) {
            say_misplaced(file, "no known RAM base lies one word before that", findings);
        }
        return;
    }
    const struct tool_base *base = base_of(file->device, link);
    if (base != NULL) {
        check_release(file, base, findings);
        return;
    }
    snprintf(reason, sizeof reason, "for %s the tool's base is %s", file->device->names,
             bases_of(file->device, bases, sizeof bases));
    say_misplaced(file, reason, findings);
}

static void check_size(const struct check_file *file, struct findings *findings)
{
    const bool known = file->device != NULL && file->device->size != 0;
    const uint32_t room = known ? file->device->size : SMALLEST_RAM;
    const uint32_t page = file->info != NULL ? file->info->page_size : 0;
    uint64_t end = (uint64_t)file->code->file_size + TOOL_STACK_SIZE + TOOL_BUFFER_GAP;
    end = (end + BUFFER_STEP - 1) / BUFFER_STEP * BUFFER_STEP;
    if (known && end + page > room) {
        check_add(findings, FINDING_IMAGE_TOO_LARGE, 0, "",
                  "image 0x%x, stack 0x%x and a page of 0x%x need 0x%llx bytes of the tool's 0x%x",
                  file->code->file_size, TOOL_STACK_SIZE, page, (unsigned long long)end + page,
                  room);
    } else if (!known && end > room) {
        check_add_milder(findings, FINDING_IMAGE_TOO_LARGE, SEVERITY_WARNING, 0, "",
                         "the image has 0x%x bytes; some devices give loaders 0x%x in all, and "
                         "--mcu was not given or is not known",
                         file->code->file_size, room);
    }
}

/* Bytes behind the image's file bytes that .bss claims, as far as they are stack or buffer. */
static uint32_t tail_of(const struct check_file *file)
{
    const struct elf_segment *code = file->code;
    const uint32_t end = code->vaddr + code->file_size;
    const uint32_t room = file->device != NULL && file->device->size > code->file_size
                              ? file->device->size - code->file_size
                              : SMALLEST_RAM;
    uint32_t tail = code->memory_size - code->file_size;
    for (unsigned i = 0; i < file->elf->section_count; i++) {
        const struct elf_section *section = &file->elf->sections[i];
        const uint32_t at = section->address - end;
        if (section->type == ELF_SHT_NOBITS && (section->flags & ELF_SHF_ALLOC) != 0 &&
            section->size > 0 && at < room && at + section->size > tail) {
            tail = at + section->size;
        }
    }
    return tail;
}

/* How far the last variable behind the image reaches; 0 if the tail is only a reserve. */
static uint32_t used_of(const struct check_file *file, uint32_t end, uint32_t tail)
{
    uint32_t used = 0;
    for (unsigned i = 0; i < file->elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &file->elf->symbols[i];
        const uint32_t at = symbol->value - end;
        if (symbol->type == ELF_STT_OBJECT && symbol->section != 0 && at < tail &&
            symbol->size <= tail - at && at + symbol->size > used) {
            used = at + symbol->size;
        }
    }
    return used;
}

static void check_tail(const struct check_file *file, struct findings *findings)
{
    const uint32_t tail = tail_of(file);
    const uint32_t end = file->code->vaddr + file->code->file_size;
    const uint32_t used = used_of(file, end, tail);
    if (used > STACK_ROOM) {
        check_add(
            findings, FINDING_NOBITS_TAIL, 0, "",
            "%u bytes without file bytes behind the image (0x%08x), variables up to +%u: under "
            "stack and buffer",
            tail, end, used);
    } else if (tail > 0) {
        check_add_milder(findings, FINDING_NOBITS_TAIL, SEVERITY_WARNING, 0, "",
                         "%u bytes without file bytes behind the image (0x%08x)%s", tail, end,
                         used > 0 ? ", variables among them: under the stack"
                                  : ", in which no variable lies");
    }
}

static void check_alignment(const struct check_file *file, struct findings *findings)
{
    if (file->code->file_size % 8 != 0) {
        check_add(findings, FINDING_STACK_MISALIGNED, 0, "",
                  "the image has 0x%x bytes, so SP is %u modulo 8", file->code->file_size,
                  file->code->file_size % 8);
    }
}

void check_layout(const struct check_file *file, struct findings *findings)
{
    if (file->code == NULL || file->code == file->info_segment) {
        return;
    }
    check_link_address(file, findings);
    check_size(file, findings);
    check_tail(file, findings);
    check_alignment(file, findings);
}

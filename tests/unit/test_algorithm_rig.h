/* SPDX-License-Identifier: MIT */
/* A flash algorithm of the fixtures, to be changed before it is read. */
#ifndef EXTLOAD_TESTS_UNIT_ALGORITHM_RIG_H
#define EXTLOAD_TESTS_UNIT_ALGORITHM_RIG_H

#include "board/board.h"
#include "elf/elf32.h"
#include "host/layout.h"
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOARD     "data/boards/stm32n655-s25fl064l.yaml"
#define HEADER    40u /* bytes of a section header */
#define NAME      0u  /* fields of it */
#define TYPE      4u
#define ADDRESS   12u
#define SIZE      20u
#define DEVICE_AT 0xA0u

struct file {
    uint8_t *bytes;
    size_t size;
    struct error error;
};

static void open_file(struct file *file, const char *name)
{
    char path[512];
    *file = (struct file){0};
    snprintf(path, sizeof path, "%s/%s", EXTLOAD_FIXTURES, name);
    file->bytes = image_read_whole_file(path, &file->size, &file->error);
    assert_non_null(file->bytes);
}

static uint32_t get(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

static uint8_t *header_of(struct file *file, const char *section)
{
    struct elf_file elf;
    uint8_t *found = NULL;
    assert_true(elf_parse(&elf, "fixture", file->bytes, file->size, &file->error));
    for (unsigned i = 0; i < elf.section_count; i++) {
        if (strcmp(elf.sections[i].name, section) == 0) {
            found = file->bytes + get(file->bytes + 32) + i * HEADER;
        }
    }
    elf_release(&elf);
    assert_non_null(found);
    return found;
}

static uint8_t *contents_of(struct file *file, const char *section)
{
    return file->bytes + get(header_of(file, section) + 16);
}

static bool parse(struct file *file, enum loader_view view, struct loader_file *loader)
{
    return loader_file_parse(loader, view, "some.FLM", file->bytes, file->size, &file->error);
}

#endif

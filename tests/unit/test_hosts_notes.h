/* SPDX-License-Identifier: MIT */
/* A target that takes notes of what a host does to it, and does as it is asked at once. */
#ifndef EXTLOAD_TESTS_UNIT_HOSTS_NOTES_H
#define EXTLOAD_TESTS_UNIT_HOSTS_NOTES_H

#include "host/operation.h"
#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOARD     "data/boards/stm32n655-s25fl064l.yaml"
#define LINKED_AT UINT32_C(0x34188400) /* elsewhere than the tool's base */
#define BASE      UINT32_C(0x34180400)
#define WINDOW    UINT32_C(0x70000000)
#define NOBITS    0x100u
#define CALLS_MAX 2048
#define MHZ_100   UINT64_C(100000000)
#define NONE      LOADER_FUNCTION_COUNT

struct call {
    unsigned function; /* NONE if PC is at none */
    uint32_t registers[TARGET_REGISTER_COUNT];
    bool masked;
    uint16_t at_return; /* what lies at the address in LR */
};

/* Takes notes of everything; a hash of them all tells two runs apart. */
struct notes {
    struct board board;
    struct loader_file loader;
    struct lifecycle lifecycle;
    struct target target;
    struct session session;
    struct error error;
    uint32_t registers[TARGET_REGISTER_COUNT];
    struct call calls[CALLS_MAX];
    unsigned call_count;
    unsigned hangs; /* the function that never returns */
    bool works;     /* a hanging one executes instructions */
    uint64_t executed, now_ns, hash;
    uint16_t at_return;
    uint32_t last_write, last_size; /* of memory */
    unsigned zeroed, bkpts;
    uint32_t zeroed_at;
    uint32_t lowest, highest; /* of the downloaded image */
    uint32_t guard;           /* what the tool wrote under its stack */
    unsigned resets;
    bool used; /* the flash does not read blank */
};

static void note(struct notes *notes, uint64_t what)
{
    notes->hash = (notes->hash ^ what) * UINT64_C(0x100000001B3);
    notes->hash ^= notes->hash >> 29;
}

static bool read_memory(void *context, uint32_t address, void *bytes, size_t size,
                        struct error *error)
{
    struct notes *notes = context;
    (void)error;
    note(notes, (uint64_t)address << 24 | size);
    memset(bytes, notes->used ? 0xA7 : 0xFF, size);
    if (address == notes->session.layout.stack_bottom && size == sizeof notes->guard) {
        memcpy(bytes, &notes->guard, sizeof notes->guard);
    }
    return true;
}

static bool write_memory(void *context, uint32_t address, const void *bytes, size_t size,
                         struct error *error)
{
    struct notes *notes = context;
    const uint8_t *at = bytes;
    uint32_t sum = 0;
    (void)error;
    for (size_t i = 0; i < size; i++) {
        sum = sum * 31 + at[i];
    }
    note(notes, (uint64_t)address << 32 | sum);
    note(notes, size);
    if (size == 0x200 && sum == 0) {
        notes->zeroed++;
        notes->zeroed_at = address;
    }
    if (address == notes->session.layout.stack_bottom && size >= sizeof notes->guard) {
        memcpy(&notes->guard, bytes, sizeof notes->guard);
    }
    if (size == 2 || size == 4) {
        memcpy(&notes->at_return, bytes, sizeof notes->at_return);
        notes->bkpts += notes->at_return == 0xBE00;
    } else if (size == notes->loader.file_size) {
        notes->lowest = address;
        notes->highest = address + (uint32_t)size;
    }
    return true;
}

static bool read_register(void *context, enum target_register reg, uint32_t *value,
                          struct error *error)
{
    const struct notes *notes = context;
    (void)error;
    *value = notes->registers[reg];
    return true;
}

static bool write_register(void *context, enum target_register reg, uint32_t value,
                           struct error *error)
{
    struct notes *notes = context;
    (void)error;
    note(notes, (uint64_t)reg << 32 | value);
    notes->registers[reg] = value;
    return true;
}

static bool halt(void *context, struct error *error)
{
    (void)context;
    (void)error;
    return true;
}

static unsigned function_at(const struct notes *notes, uint32_t pc)
{
    for (unsigned i = 0; i < NONE; i++) {
        if (notes->loader.name[i] != NULL &&
            notes->loader.entry[i] + notes->session.layout.entry_shift == pc) {
            return i;
        }
    }
    return NONE;
}

static bool resume(void *context, bool mask_interrupts, struct error *error)
{
    struct notes *notes = context;
    (void)error;
    note(notes, mask_interrupts);
    assert_true(notes->call_count < CALLS_MAX);
    struct call *call = &notes->calls[notes->call_count++];
    call->function = function_at(notes, notes->registers[TARGET_PC]);
    call->masked = mask_interrupts;
    call->at_return = notes->at_return;
    memcpy(call->registers, notes->registers, sizeof call->registers);
    return true;
}

/* Every function does as asked, at once. */
static bool wait_stop(void *context, uint64_t timeout_us, enum target_stop *stop,
                      struct error *error)
{
    struct notes *notes = context;
    unsigned function = function_at(notes, notes->registers[TARGET_PC]);
    (void)error;
    if (function == notes->hangs) {
        note(notes, timeout_us);
        notes->now_ns += timeout_us * 1000;
        notes->executed += notes->works ? MHZ_100 : 0;
        *stop = TARGET_RUNNING;
        return true;
    }
    *stop = TARGET_HALTED;
    notes->registers[TARGET_PC] = notes->registers[TARGET_LR] & ~UINT32_C(1);
    const uint32_t *r = notes->registers;
    if (notes->loader.format == FORMAT_STLDR) {
        notes->registers[TARGET_R0] = function == LOADER_VERIFY ? 0 : 1;
    } else {
        notes->registers[TARGET_R0] = function == LOADER_VERIFY ? r[0] + r[1] : 0;
    }
    return true;
}

static uint64_t now_ns(void *context)
{
    const struct notes *notes = context;
    return notes->now_ns;
}

static uint64_t executed(void *context)
{
    const struct notes *notes = context;
    return notes->executed;
}

static const char *stop_text(void *context)
{
    (void)context;
    return "";
}

static bool reset(void *context, struct error *error)
{
    struct notes *notes = context;
    (void)error;
    note(notes, 0x5E5E7);
    notes->resets++;
    return true;
}

static const struct target_ops ops = {
    .name = "notes",
    .read_memory = read_memory,
    .write_memory = write_memory,
    .read_register = read_register,
    .write_register = write_register,
    .halt = halt,
    .reset = reset,
    .resume = resume,
    .wait = wait_stop,
    .now_ns = now_ns,
    .executed = executed,
    .stop_text = stop_text,
};

static void put32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
}

/* Our own loader, linked elsewhere, with memory behind its file bytes: so that every option can
 * matter. */
static void load_stldr(struct notes *notes)
{
    size_t size = 0;
    struct board board = notes->board;
    board.loader_base = LINKED_AT;
    board.page_size = 0x1000; /* more than one buffer is filled and fetched */
    uint8_t *bytes = pack_stldr(&board, pack_loader_image(), &size, &notes->error);
    assert_non_null(bytes);
    uint8_t *code = bytes + 52 + 32; /* the second program header */
    uint32_t file_size = (uint32_t)(code[16] | code[17] << 8);
    put32(code + 20, file_size + NOBITS);
    char name[128];
    snprintf(name, sizeof name, "folder.d/%s.stldr", notes->board.name);
    assert_true(
        loader_file_parse(&notes->loader, notes->lifecycle.view, name, bytes, size, &notes->error));
    free(bytes);
}

/* `file` is a fixture; NULL: a loader of ours, in a format that the host takes. */
static void open_notes_of(struct notes *notes, const struct lifecycle *lifecycle, const char *file)
{
    const struct session_events events = {0};
    *notes = (struct notes){.hangs = NONE, .lifecycle = *lifecycle, .hash = 1};
    assert_true(board_load(&notes->board, BOARD, &notes->error));
    if (file != NULL) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", EXTLOAD_FIXTURES, file);
        assert_true(loader_file_read(&notes->loader, lifecycle->view, path, &notes->error));
    } else {
        load_stldr(notes);
    }
    notes->registers[TARGET_CONTROL] = 3;
    notes->target = (struct target){.context = notes, .ops = &ops};
    assert_true(session_open(&notes->session, &notes->target, &notes->board, &notes->lifecycle,
                             &notes->loader, &events, &notes->error));
}

static void open_notes(struct notes *notes, const struct lifecycle *lifecycle)
{
    open_notes_of(notes, lifecycle, NULL);
}

static void close_notes(struct notes *notes)
{
    loader_file_release(&notes->loader);
}

#endif

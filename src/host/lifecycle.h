/* SPDX-License-Identifier: MIT */
/*
 * How a tool drives a loader, as data. What differs between tools stands in a row; session.c and
 * operation.c replay it. What is not known of a tool is a host option (host_option.h), which
 * changes one field of a copy of the row; those fields are uint32_t, whatever they hold.
 */
#ifndef EXTLOAD_HOST_LIFECYCLE_H
#define EXTLOAD_HOST_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

/* Which tool a row stands for; a bit each, so that a set of them is a number. */
enum host_family {
    FAMILY_NATIVE = 1,
    FAMILY_CUBEPROGRAMMER = 2,
    FAMILY_OPENOCD = 4
};

/* By which headers of the ELF file the tool finds what it downloads. */
enum loader_view {
    VIEW_SEGMENTS,
    VIEW_SECTIONS
};

/* What counts as the image's size, from which stack and buffer are placed. */
enum size_rule {
    SIZE_FILE,
    SIZE_MEMORY
};

/* What the tool writes to memory of the image that has no bytes in the file. */
enum bss_rule {
    BSS_LEFT, /* nothing: RAM keeps what it held */
    BSS_POISONED,
    BSS_ZEROED,
    BSS_FILE_BYTES /* the bytes that follow in the file */
};

/* What SectorErase's second argument names in the last sector. */
enum erase_end_rule {
    END_FIRST_BYTE,
    END_LAST_BYTE
};

enum load_rule {
    LOAD_AT_BASE,  /* behind the tool's BKPT word */
    LOAD_MOVED,    /* the same, the base being 0x4000 higher than listed */
    LOAD_AS_LINKED /* where the file says */
};

enum entry_rule {
    ENTRY_REBASED,  /* moved with the image */
    ENTRY_AS_LINKED /* called where the file says */
};

enum download_rule {
    DOWNLOAD_EACH_OPERATION,
    DOWNLOAD_ONCE
};

enum init_rule {
    INIT_EACH_OPERATION,
    INIT_EACH_CALL, /* before every further Write, Read, SectorErase and Verify too */
    INIT_ONCE
};

enum verify_rule {
    VERIFY_COMPARE, /* read back, compared on the host */
    VERIFY_CALL     /* Verify, where the loader has it */
};

enum read_rule {
    READ_CALL, /* Read, where the loader has it, else through the window */
    READ_WINDOW
};

/* What the probe's accesses see while a cache is on. */
enum debug_rule {
    DEBUG_SAME,      /* the simulated core has no caches: the same bytes for all */
    DEBUG_COHERENT,  /* it has; the probe sees what the core sees */
    DEBUG_INCOHERENT /* it has; the probe sees the memory behind the D-cache */
};

/* What a call writes to the core beside its arguments. */
enum call_rule {
    CALL_ALL_REGISTERS, /* R4..R12 and PSP zeroed, MSP as SP */
    CALL_CLEAN_CORE,    /* and CONTROL, PRIMASK, FAULTMASK, BASEPRI and the stack limits */
    CALL_OPENOCD        /* SP, LR, PC, xPSR; PRIMASK = 1; CONTROL.nPRIV = 0 */
};

struct lifecycle {
    const char *name;
    const char *summary;
    const char *link; /* the probe it usually sits on; see sim/link.h */
    enum host_family family;
    enum loader_view view;
    enum call_rule call;
    bool keeps_neighbours; /* rewrites the bytes of a touched sector that no image covers */
    bool checks_name;      /* no mass erase if DeviceName is not the file's stem */
    bool writes_pages;     /* fills what it writes up to whole pages of StorageInfo with FF */
    bool reads_aside;      /* reads into OpenOCD's work area, not into the buffer */
    bool lends_bkpt;       /* puts the BKPT there for the time of a call only */
    uint32_t init_r0;      /* R0 of Init before an operation that changes the flash */
    uint32_t stack_gap;    /* SP = end of the image + this, bytes, rounded up to stack_align */
    uint32_t stack_align;
    uint32_t buffer_from_end; /* buffer = align(end of the image + this) */
    uint32_t buffer_align;
    uint32_t
        buffer_zeroed; /* bytes of the buffer that are zero-filled when parking; 0x200 at most */
    /* From here on: what a host option may change. */
    uint32_t size_rule, bss_rule, erase_end_rule, load_rule, entry_rule;
    uint32_t download_rule, init_rule, verify_rule, read_rule;
    uint32_t debug_rule;      /* how the simulated board is made; nothing that the host does */
    uint32_t mask_interrupts; /* 1: C_MASKINTS while the core runs */
    uint32_t buffer_max;      /* largest chunk of one Write or Read; 0: StorageInfo's PageSize */
    uint32_t buffer_count;    /* 1 or 2, one behind the other, used in turn */
    uint32_t init_timeout_ms, write_timeout_ms, read_timeout_ms;
    uint32_t erase_timeout_ms, mass_erase_timeout_ms;
    uint32_t budget; /* millions of instructions that one call may execute on the simulator */
    const char *evidence;
};

/* By name or alias ("cubeprogrammer" is the J-Link one); NULL if unknown. */
const struct lifecycle *lifecycle_find(const char *name);
const struct lifecycle *lifecycle_at(unsigned index); /* NULL past the end */

#endif

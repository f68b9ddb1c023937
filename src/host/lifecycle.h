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
    FAMILY_OPENOCD = 4,
    FAMILY_FLM = 8,
    FAMILY_PROBE_RS = 16,
    FAMILY_JLINK = 32
};

/* What the functions of a loader are called, take and return. */
enum loader_format {
    FORMAT_STLDR,
    FORMAT_ALGORITHM /* a CMSIS flash algorithm (.FLM), or SEGGER's Open Flashloader */
};

/* By which headers of the ELF file the tool finds what it downloads. */
enum loader_view {
    VIEW_SEGMENTS,
    VIEW_SECTIONS,
    VIEW_PACK,       /* of an algorithm: PrgCode and PrgData, checked */
    VIEW_TARGET_GEN, /* the same, joined as they are */
    VIEW_WORK_RAM    /* all of it */
};

/* Where image, stack and buffers of a flash algorithm go in the tool's RAM. */
enum place_rule {
    PLACE_END,     /* from the end downwards: word and image, buffers, stack */
    PLACE_START,   /* from the start: word, image, buffers, stack */
    PLACE_KEIL,    /* word and image from the start, buffers behind, stack at the end */
    PLACE_WORK,    /* image at the very start, word, stack, buffers */
    PLACE_WORK_END /* the same, the stack at the end of the RAM */
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

/* How a tool notices that a loader used more stack than it was given. */
enum stack_check {
    STACK_NOT_CHECKED,
    STACK_CANARY, /* a word at its lowest end */
    STACK_FILLED  /* all of it is filled, and its lowest byte looked at */
};

/* What a tool does to the core before it downloads a flash algorithm. */
enum reset_rule {
    RESET_NONE, /* it halts the core, no more */
    RESET_CLEAN /* it resets the board, and then puts the core's registers into order */
};

/* What becomes of bytes in a sector that is erased, but that no image gives. */
enum neighbour_rule {
    NEIGHBOURS_LOST,
    NEIGHBOURS_KEPT /* read before, written back */
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
    CALL_OPENOCD,       /* SP, LR, PC, xPSR; PRIMASK = 1; CONTROL.nPRIV = 0 */
    CALL_ALGORITHM,     /* LR, PC and the arguments that there are; for Init R9, SP, xPSR as well */
    CALL_ALGORITHM_ALL  /* R0..R3, R9, SP, LR, PC, xPSR for each function */
};

/* Of MassErase: longer than our own loader waits for a chip erase of the board's part. */
#define PATIENCE_BY_PART UINT32_MAX

struct lifecycle {
    const char *name;
    const char *summary;
    const char *link;       /* the probe it usually sits on; see sim/link.h */
    const char *own_format; /* of `build`, that makes our own loader for it */
    const char *own_suffix; /* of that file, behind the board's name */
    enum host_family family;
    enum loader_format format;
    enum loader_view view;
    enum call_rule call;
    enum stack_check stack_check;
    enum reset_rule reset;
    bool skips_same;      /* reads first, and leaves sectors alone that hold what they shall */
    bool checks_blank;    /* asks whether a sector is blank before it erases it */
    bool verify_unreads;  /* reads nothing before an erase if the loader exports Verify */
    bool device_timeouts; /* of a page and a sector: those in FlashDevice */
    uint32_t return_word; /* what a flash algorithm returns to: BKPT and what stands behind it */
    bool checks_name;     /* no mass erase if DeviceName is not the file's stem */
    bool writes_pages;    /* fills what it writes up to whole pages of StorageInfo with FF */
    bool reads_aside;     /* reads into OpenOCD's work area, not into the buffer */
    bool streams;         /* fills one buffer while the loader programs another */
    bool digests;         /* has the loader digest what the flash holds: abi/digest.h */
    bool lends_bkpt;      /* puts the BKPT there for the time of a call only */
    uint32_t init_r0;     /* R0 of Init before an operation that changes the flash */
    uint32_t stack_gap;   /* SP = end of the image + this, bytes, rounded up to stack_align */
    uint32_t stack_align;
    uint32_t buffer_from_end; /* buffer = align(end of the image + this) */
    uint32_t buffer_align;
    uint32_t
        buffer_zeroed; /* bytes of the buffer that are zero-filled when parking; 0x200 at most */
    /* From here on: what a host option may change. */
    uint32_t size_rule, bss_rule, erase_end_rule, load_rule, entry_rule;
    uint32_t download_rule, init_rule, verify_rule, read_rule;
    uint32_t neighbour_rule;
    uint32_t place_rule, ram_shift; /* of a flash algorithm; bytes of RAM left out at either end */
    uint32_t stack_size;            /* that an algorithm gets */
    uint32_t init_clock;            /* second argument of its Init, Hz */
    uint32_t static_base;           /* 1: R9 points at PrgData */
    uint32_t debug_rule;      /* how the simulated board is made; nothing that the host does */
    uint32_t mask_interrupts; /* 1: C_MASKINTS while the core runs */
    uint32_t buffer_max;      /* largest chunk of one Write or Read; 0: StorageInfo's PageSize */
    uint32_t buffer_count;    /* 1 or 2, one behind the other, used in turn */
    uint32_t init_timeout_ms, write_timeout_ms, read_timeout_ms;
    uint32_t erase_timeout_ms;
    uint32_t mass_erase_timeout_ms; /* or PATIENCE_BY_PART */
    uint32_t budget; /* millions of instructions that one call may execute on the simulator */
    const char *evidence;
};

/* By name or alias ("cubeprogrammer" is the J-Link one); NULL if unknown. */
const struct lifecycle *lifecycle_find(const char *name);
const struct lifecycle *lifecycle_at(unsigned index); /* NULL past the end */
/* The same, counting only those that take loaders of this format. */
const struct lifecycle *lifecycle_for(enum loader_format format, unsigned index);

#endif

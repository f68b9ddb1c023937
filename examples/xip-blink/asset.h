/* SPDX-License-Identifier: MIT */
/*
 * The asset file: a table of contents, then the assets. Little-endian words throughout.
 *
 * The host program make_asset.c writes it, the firmware walks it.
 */
#ifndef XIP_BLINK_ASSET_H
#define XIP_BLINK_ASSET_H

#include <stdint.h>

#define ASSET_MAGIC 0x54455341u /* "ASET" */

enum {
    ASSET_COUNT = 3,
    ASSET_ALIGN = 4096, /* each asset begins at a multiple of this; 0xFF fills the gap */
    PICTURE_WIDTH = 320,
    PICTURE_HEIGHT = 240,
    SINE_POINTS = 4096
};

enum asset_kind {
    ASSET_PICTURE = 1, /* RGB565, PICTURE_WIDTH x PICTURE_HEIGHT, row by row */
    ASSET_SINE = 2,    /* one period, SINE_POINTS signed 16-bit values, peak 32767 */
    ASSET_SETTINGS = 3 /* erased storage for the firmware to fill: 0xFF throughout */
};

struct asset_entry {
    uint32_t kind;   /* enum asset_kind */
    uint32_t offset; /* from the start of the table */
    uint32_t size;   /* bytes */
    uint32_t sum;    /* of the bytes, modulo 2^32 */
};

struct asset_table {
    uint32_t magic;
    uint32_t count;
    struct asset_entry entries[ASSET_COUNT];
};

#endif

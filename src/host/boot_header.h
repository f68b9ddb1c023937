/* SPDX-License-Identifier: MIT */
/*
 * Would the boot ROM start what is about to be programmed? Told from the image alone, so that the user
 * knows before the old content is gone. A doubt is no error: who boots in another way may be right.
 *
 * The header of ST's signing tool, version 2.3, little endian, by offset: 0 "STM2"; 0x04 signature, 96
 * bytes; 0x64 checksum; 0x68 version; 0x6C bytes behind the header; 0x70 entry point; 0x78 load address;
 * 0x84 flags, bit 1 = encrypted. From struct stm32_header_v23 of STMicroelectronics/stm32wrapper4dbg,
 * which is for the STM32MP21x; 0x6C and 0x70 are quoted from UM3234, the manual of the N6's ROM, in
 * threads 883496 and 880268 of ST's community [comm]. The checksum is not compared: that tool sums up
 * all bytes behind the header, but a user changed some of them and the ROM started the image
 * nevertheless (883496) [comm].
 */
#ifndef EXTLOAD_HOST_BOOT_HEADER_H
#define EXTLOAD_HOST_BOOT_HEADER_H

#include "board/board.h"
#include "image/image.h"

struct boot_doubt {
    const char *id; /* "boot-header-missing" ... */
    char what[400]; /* what is there, and what the ROM will do */
    char hint[256];
};

/* True, with *doubt set, if the image holds the start of a flash from which the board's MCU boots and
 * the ROM would not start it, by what is known. */
bool boot_header_doubt(const struct board *board, const struct image *image,
                       struct boot_doubt *doubt);

#endif

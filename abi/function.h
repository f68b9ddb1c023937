/* SPDX-License-Identifier: MIT */
/*
 * The exported functions by number, as the flight record names them. Read by assembly, too.
 *
 * Bits 2:0 say what is done; bits 4:3 whose contract it is, which is a matter of arguments and results:
 * .stldr, CMSIS flash algorithm (FLM), SEGGER flash loader where that differs from FLM, or our own host.
 */
#ifndef EXTLOAD_ABI_FUNCTION_H
#define EXTLOAD_ABI_FUNCTION_H

#define FUNCTION_NONE             0
#define FUNCTION_INIT             1
#define FUNCTION_WRITE            2
#define FUNCTION_SECTOR_ERASE     3
#define FUNCTION_MASS_ERASE       4
#define FUNCTION_READ             5
#define FUNCTION_VERIFY           6
#define FUNCTION_CHECKSUM         7

#define FUNCTION_FLM              8
#define FUNCTION_FLM_BLANK_CHECK  8
#define FUNCTION_FLM_INIT         9
#define FUNCTION_FLM_PROGRAM_PAGE 10
#define FUNCTION_FLM_ERASE_SECTOR 11
#define FUNCTION_FLM_ERASE_CHIP   12
#define FUNCTION_FLM_VERIFY       14
#define FUNCTION_FLM_UNINIT       15

#define FUNCTION_OFL_CHECK_BLANK  16
#define FUNCTION_OFL_PREPARE      17
#define FUNCTION_OFL_PROGRAM      18
#define FUNCTION_OFL_ERASE        19
#define FUNCTION_OFL_ERASE_CHIP   20
#define FUNCTION_OFL_RESTORE      23

#define FUNCTION_OWN              24
#define FUNCTION_STREAM           26
#define FUNCTION_OWN_SECTOR_ERASE 27 /* whose caller digests what it erased: nothing is read back */
#define FUNCTION_OWN_MASS_ERASE   28 /* the same */
#define FUNCTION_DIGEST           30

/* What is done, whoever asks: FUNCTION_INIT to FUNCTION_VERIFY, and of FLM and SEGGER also: */
#define FUNCTION_KIND(function) ((function)&7u)
#define KIND_BLANK_CHECK        0

#endif

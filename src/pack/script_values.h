/* SPDX-License-Identifier: MIT */
/*
 * What scripts for several tools say alike.
 */
#ifndef EXTLOAD_PACK_SCRIPT_VALUES_H
#define EXTLOAD_PACK_SCRIPT_VALUES_H

#include "abi/record.h"
#include "pack/pack.h"
#include "report/record_words.h"

#define SCRIPT_RECORD_WORDS   (sizeof(struct record) / 4)
#define SCRIPT_RECORD_VERSION (RECORD_VERSION | (uint32_t)sizeof(struct record) << 16)
#define SCRIPT_REASON_LAST    255u /* numbers above are not asked for */
#define SCRIPT_LOADER_SUFFIX  "-loader.elf"

/* Where the record lies while the loader runs where the tools put it. */
uint32_t script_record_address(const struct board *board, const struct loader_image *image);
/* A reason's sentence, also where it would need the board's names. */
const char *script_sentence(const struct reason_words *words);

#endif

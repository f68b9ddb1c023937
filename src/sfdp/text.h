/* SPDX-License-Identifier: MIT */
/*
 * A decoded SFDP space in words, for `extload info --sfdp`.
 */
#ifndef EXTLOAD_SFDP_TEXT_H
#define EXTLOAD_SFDP_TEXT_H

#include "sfdp/sfdp.h"

#include <stdio.h>

void sfdp_print(FILE *out, const struct sfdp *sfdp);

/* A line for each rule in `rules` of struct sfdp. */
void sfdp_print_rules(FILE *out, uint32_t rules);

#endif

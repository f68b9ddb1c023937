/* SPDX-License-Identifier: MIT */
/*
 * NAME.pdsc.xml: the <algorithm> element for a pack's .pdsc, inside its <device> (Open-CMSIS-Pack-Spec)
 * [comm], and NAME.FLM that it names. No pack of its own: that would be a second description of the MCU.
 */
#ifndef EXTLOAD_PACK_PDSC_H
#define EXTLOAD_PACK_PDSC_H

#include "pack/format.h"

bool pdsc_build(const struct board *board, const struct loader_image *image,
                struct built_files *built, struct error *error);

#endif

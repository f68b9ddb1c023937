/* SPDX-License-Identifier: MIT */
/*
 * NAME.FLM, a flash algorithm of CMSIS-Pack (Open-CMSIS-Pack-Spec) [comm], for Keil and for J-Link, which
 * takes it as an Open Flashloader [comm]. All optional functions but ReadFlash: the window is mapped
 * after Init and UnInit, so that a tool reads it as memory.
 */
#ifndef EXTLOAD_PACK_FLM_H
#define EXTLOAD_PACK_FLM_H

#include "pack/format.h"

bool flm_build(const struct board *board, const struct loader_image *image,
               struct built_files *built, struct error *error);

#endif

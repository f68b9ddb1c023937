/* SPDX-License-Identifier: MIT */
/*
 * NAME.pyocd.py, a user script that gives pyOCD the flash as a memory region, and NAME.pyocd.FLM, which it
 * loads. Hooks, classes and what becomes of an FLM: pyOCD's documentation and sources, 0.45 [comm].
 *
 * Without Verify: pyOCD never calls it, and where it is there pyOCD takes erased sectors for unreadable,
 * which turns off what keeps their other contents [comm]. pyOCD's stock targets have no STM32N6; the
 * script works with the generic target and with one from a pack.
 */
#ifndef EXTLOAD_PACK_PYOCD_H
#define EXTLOAD_PACK_PYOCD_H

#include "pack/format.h"

bool pyocd_build(const struct board *board, const struct loader_image *image,
                 struct built_files *built, struct error *error);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * NAME.probe-rs.yaml, for `probe-rs ... --chip-description-path`: a chip whose only flash is the board's, with the
 * algorithm packed in. Fields, defaults and limits: sources of probe-rs, 0.32-dev [comm].
 *
 * Without EraseChip where the chip may take longer than the 40 s that probe-rs gives it: sectors are then
 * erased one by one.
 */
#ifndef EXTLOAD_PACK_PROBE_RS_H
#define EXTLOAD_PACK_PROBE_RS_H

#include "pack/format.h"

bool probe_rs_build(const struct board *board, const struct loader_image *image,
                    struct built_files *built, struct error *error);

#endif

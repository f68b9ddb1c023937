/* SPDX-License-Identifier: MIT */
/*
 * What lies beside an image in units that are erased with it. It is read and goes back into the flash, so a
 * bit that arrived wrong would be wrong for good: what was read has to be confirmed.
 */
#ifndef EXTLOAD_HOST_NEIGHBOURS_H
#define EXTLOAD_HOST_NEIGHBOURS_H

#include "host/session.h"

/* Reads [address, address + size) into `content`, until the loader's digest (`digests`, see digest_can())
 * or a second reading agrees. UNSTEADY if none of a few does: wires, or cells that an erase or a program
 * left torn; else as from any call. */
bool neighbours_read(struct session *session, uint32_t address, uint8_t *content, uint32_t size,
                     bool digests, struct error *error);

#endif

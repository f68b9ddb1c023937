/* SPDX-License-Identifier: MIT */
/*
 * Writes in whole pages of StorageInfo: what a tool adds around an image that is not.
 */
#ifndef EXTLOAD_HOST_PAGES_H
#define EXTLOAD_HOST_PAGES_H

#include "abi/storage_info.h"
#include "image/image.h"

/* The whole pages that hold [address, address + size), cut to the device. */
void pages_around(const struct storage_info *info, uint32_t address, uint32_t size, uint32_t *start,
                  uint32_t *length);
/* Copies an image (its segments ascend) into an empty one, in whole pages, filled with FF. */
bool pages_fill(struct image *pages, const struct image *image, const struct storage_info *info,
                struct error *error);

#endif

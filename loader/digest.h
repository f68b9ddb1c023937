/* SPDX-License-Identifier: MIT */
#ifndef LOADER_DIGEST_H
#define LOADER_DIGEST_H

#include "abi/digest.h"

#include <stdbool.h>

/* Puts the digest of each range in its place. False, with the reason, if one lies outside the flash
 * or is not made of steps of DIGEST_STEP, or if the flash does not answer. */
bool digest_run(struct digest_range *ranges, uint32_t count);

#endif

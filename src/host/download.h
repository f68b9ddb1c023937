/* SPDX-License-Identifier: MIT */
/*
 * The loader's image into the target's RAM.
 */
#ifndef EXTLOAD_HOST_DOWNLOAD_H
#define EXTLOAD_HOST_DOWNLOAD_H

#include "host/session.h"

/* Writes all pieces where the lifecycle has them, and what it writes where the file has no bytes. On a
 * target that may fail unseen the image is read back: TARGET if the memory holds something else. The
 * core must be halted. */
bool download_image(struct session *session, struct error *error);

#endif

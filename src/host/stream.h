/* SPDX-License-Identifier: MIT */
/*
 * Bytes handed to the loader while it programs those before (abi/mailbox.h): for a probe that reaches
 * memory while the core runs, and a loader of ours.
 */
#ifndef EXTLOAD_HOST_STREAM_H
#define EXTLOAD_HOST_STREAM_H

#include "host/session.h"
#include "image/image.h"

/* True if lifecycle, target and loader can, and the image is worth it. */
bool stream_can(const struct session *session, const struct image *image);
/* Writes the image's segments in order. *written gets the bytes that the loader confirmed. */
bool stream_write(struct session *session, const struct image *image, uint64_t *written,
                  struct error *error);

#endif

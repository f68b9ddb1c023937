/* SPDX-License-Identifier: MIT */
/*
 * Erase, write, read and compare through a loader. Ranges are absolute addresses in the window;
 * each function does what the session's lifecycle does for such an operation.
 */
#ifndef EXTLOAD_HOST_OPERATION_H
#define EXTLOAD_HOST_OPERATION_H

#include "host/session.h"
#include "image/image.h"

/* Erases whole sectors, both ends on sector bounds. */
bool operation_erase(struct session *session, uint32_t address, uint32_t size, struct error *error);
/* MassErase if the loader has it, else all sectors. */
bool operation_erase_all(struct session *session, struct error *error);
/* Milliseconds that the tool waits for a MassErase. */
uint32_t operation_mass_erase_patience(const struct session *session);
/* Writes the image's segments in order. *written gets the bytes that the loader confirmed. */
bool operation_write(struct session *session, const struct image *image, uint64_t *written,
                     struct error *error);
/* By Read if the loader has it, else through the mapped window. */
bool operation_read(struct session *session, const char *what, uint32_t address, uint8_t *bytes,
                    uint32_t size, struct error *error);
/* Reads back and compares; VERIFY_MISMATCH names the first difference and how many bytes differ. */
bool operation_verify(struct session *session, const struct image *image, struct error *error);
/* True if CheckSum, run on the target, shows that every byte is FF: the largest byte sum has one
 * cause; of a flash algorithm if BlankCheck says so. *blank is false if the loader has neither. */
bool operation_is_blank(struct session *session, uint32_t address, uint32_t size, bool *blank,
                        struct error *error);

#endif

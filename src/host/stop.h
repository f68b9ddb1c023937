/* SPDX-License-Identifier: MIT */
/*
 * Where and in what state a call stopped that did not return, in words: function and offset by the
 * loader's symbols, the exception, the fault registers.
 */
#ifndef EXTLOAD_HOST_STOP_H
#define EXTLOAD_HOST_STOP_H

#include "host/session.h"

/* The core must be halted. "at wait_for_flag+0x4, Thread mode" or, in a lockup or a handler, also
 * what was interrupted and CFSR with BFAR or MMFAR. */
void stop_describe(const struct session *session, char *buffer, size_t size);
/* "Write+0x1a4"; the bare address outside the loader's functions. */
void stop_place(const struct session *session, uint32_t address, char *buffer, size_t size);

#endif

/* SPDX-License-Identifier: MIT */
/* The functions that were active at an instant, found without debug information. */
#ifndef EXTLOAD_HOST_BACKTRACE_H
#define EXTLOAD_HOST_BACKTRACE_H

#include "host/session.h"

/* "wait_for_flag+0x4 <- abort_mapping+0x12 <- init+0x1a": the place, then each word of LR and of the stack
 * that is a return address, that is points behind a BL or BLX of the image. What a dead function left on the
 * stack can show up as well. Empty if `pc` is in no function of the loader and nothing led there. */
void backtrace_describe(const struct session *session, uint32_t pc, uint32_t lr,
                        const uint32_t *words, unsigned word_count, char *buffer, size_t size);

#endif

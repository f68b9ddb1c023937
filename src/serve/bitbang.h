/* SPDX-License-Identifier: MIT */
/*
 * OpenOCD's protocol "remote_bitbang", JTAG part: one byte for each change of the wires (OpenOCD's
 * doc/manual/jtag/drivers/remote_bitbang.txt). Bytes in, answers out; no input or output here.
 */
#ifndef EXTLOAD_SERVE_BITBANG_H
#define EXTLOAD_SERVE_BITBANG_H

#include "dap/chip.h"

#include <stddef.h>

enum bitbang_end {
    BITBANG_MORE,   /* everything was taken */
    BITBANG_QUIT,   /* the client said good-bye */
    BITBANG_UNKNOWN /* a byte that means nothing, at *used */
};

/* Takes bytes until they are used up or something ends it. Of each byte at most one answer comes, so that
 * `answers` needs room for `size`. */
enum bitbang_end bitbang_feed(struct chip *chip, const uint8_t *bytes, size_t size, size_t *used,
                              char *answers, size_t *answer_count);

#endif

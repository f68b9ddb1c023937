/* SPDX-License-Identifier: MIT */
/*
 * A harness feeds arbitrary bytes to what reads files or packets; none may crash it, hang it or make
 * it give what breaks its own promises. libFuzzer calls the function in `make fuzz`; replay.c calls
 * it with the kept cases in `make test`.
 */
#ifndef EXTLOAD_TESTS_FUZZ_FUZZ_H
#define EXTLOAD_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((visibility("default"))) int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the bytes are. */
#define FUZZ_ASSERT(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif

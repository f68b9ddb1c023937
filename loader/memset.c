/* SPDX-License-Identifier: MIT */
/* GCC calls memset for initialisers even in freestanding code. */
#include <stddef.h>
#include <stdint.h>

void *memset(void *start, int value, size_t size);

__attribute__((used, optimize("no-tree-loop-distribute-patterns"))) void *memset(void *start,
                                                                                 int value,
                                                                                 size_t size)
{
    uint8_t *at = start;
    while (size-- > 0) {
        *at++ = (uint8_t)value;
    }
    return start;
}

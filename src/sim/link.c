/* SPDX-License-Identifier: MIT */
#include "sim/link.h"

#include <stddef.h>
#include <string.h>

static const struct link_model links[] = {
    {.name = "jlink",
     .bytes_per_second = 1000000,
     .transfer_us = 500,
     .register_us = 50,
     .run_us = 500,
     .poll_us = 1000,
     .evidence =
         "SWD at 15 MHz carries at most 1.30 MB/s (4 bytes in 46 clocks) [computed]; SEGGER staff "
         "speak of up to 1 MB/s into RAM [thread]; latencies of one USB micro-transaction [INF]"},
    {.name = "stlink-v3",
     .bytes_per_second = 800000,
     .transfer_us = 1000,
     .register_us = 250,
     .run_us = 1000,
     .poll_us = 1000,
     .evidence =
         "SWD at 24 MHz carries at most 2.09 MB/s [computed]; no published RAM rate found, so the "
         "sustained rate and the latencies are [INF]"},
    {.name = "slow-swd",
     .bytes_per_second = 90000,
     .transfer_us = 2000,
     .register_us = 1000,
     .run_us = 2000,
     .poll_us = 2000,
     .evidence =
         "SWD at 1 MHz carries 87 kB/s [computed]; CMSIS-DAP full speed reaches 90 to 100 kB/s"},
};

const struct link_model *link_find(const char *name)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (strcmp(links[i].name, name) == 0) {
            return &links[i];
        }
    }
    return NULL;
}

const struct link_model *link_at(unsigned index)
{
    return index < sizeof links / sizeof links[0] ? &links[index] : NULL;
}

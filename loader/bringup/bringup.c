/* SPDX-License-Identifier: MIT */
#include "bringup/bringup.h"

#include "record/flight.h"
#include "time/time.h"

#define SETTLE_US 10u /* a clock enable or a written bit may take a few cycles to show */

static bool reaches(const volatile uint32_t *reg, uint32_t mask, uint32_t value, uint32_t us)
{
    uint32_t piece = us % TIME_PIECE_US; /* long times in pieces, the odd one first */
    bool over;
    for (;; us -= piece = TIME_PIECE_US) {
        uint32_t deadline = time_after_us(piece);
        do {
            over = time_is_over(deadline);
            if ((*reg & mask) == value) {
                return true;
            }
        } while (!over);
        if (us < TIME_PIECE_US) {
            return false;
        }
    }
}

bool bringup_run(const struct board_block *block)
{
    const uint32_t *script = block->script;
    uint32_t limit = SETTLE_US;
    for (uint32_t at = 0; at < block->script_words;) {
        uint32_t op = at, head = script[at++];
        uint32_t code = head & BRINGUP_CODE, us = head >> BRINGUP_TIME_SHIFT;
        volatile uint32_t *reg = (volatile uint32_t *)(head & ~BRINGUP_CODE);
        if (code == BRINGUP_WRITE) {
            *reg = script[at++];
            continue;
        }
        if (code == BRINGUP_TIME) {
            if ((head & BRINGUP_LIMIT) != 0) {
                limit = us;
            } else {
                reaches(script, 0, 1, us); /* never */
            }
            continue;
        }
        uint32_t mask = script[at++], value = script[at++];
        if (code == BRINGUP_MODIFY) {
            *reg = (*reg & ~mask) | value;
        }
        if (!reaches(reg, mask, value, limit)) {
            return flight_fail(REASON_BRINGUP, op, (uint32_t)reg, *reg);
        }
        limit = SETTLE_US;
    }
    return true;
}

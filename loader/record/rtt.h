/* SPDX-License-Identifier: MIT */
/* The record's events as text for an RTT viewer; see abi/rtt.h. Never waits for a reader. */
#ifndef LOADER_RECORD_RTT_H
#define LOADER_RECORD_RTT_H

#include "abi/rtt.h"

/* Makes the control block, unless a sound one lies there. */
void rtt_open(struct rtt_area *rtt);
void rtt_event(struct rtt_area *rtt, uint32_t phase, uint32_t detail, uint32_t cycles);

#endif

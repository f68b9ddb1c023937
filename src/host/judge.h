/* SPDX-License-Identifier: MIT */
/* From what the instruments have seen to findings; the parts of instrument.c. */
#ifndef EXTLOAD_HOST_JUDGE_H
#define EXTLOAD_HOST_JUDGE_H

#include "host/instrument.h"

/* Adds a finding of the present call. */
struct finding *judge_add(struct instrument *instrument, enum finding_id id,
                          enum finding_severity severity, uint32_t key, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* `text` came of the present call: the outcome of what explains it (cause.h), else a finding. */
void judge_outcome(struct instrument *instrument, enum finding_id id, uint32_t key,
                   const char *trace, const char *text);

/* judge.c: what happened on the way */
void judge_events(struct instrument *instrument, bool returned);
void judge_stack(struct instrument *instrument);
/* At the end: a register without clock of which nothing came is a warning. Whether silicon ignores such
 * an access is not known, but many loaders make one and work. */
void judge_soften(struct findings *findings);
/* judge_end.c: how the call ended, and how it left flash and window */
void judge_end(struct instrument *instrument, enum target_stop stop, bool returned,
               uint32_t result);
void judge_flash(struct instrument *instrument, uint32_t result);

/* An address in the window as an offset in the flash. */
uint32_t judge_offset(const struct instrument *instrument, uint32_t address);
/* What SectorErase was asked for, whole sectors; empty if it lies outside the flash. */
struct watch_range judge_erase_request(const struct instrument *instrument);
uint32_t judge_flash_size(const struct instrument *instrument);

#endif

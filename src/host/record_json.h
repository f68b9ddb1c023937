/* SPDX-License-Identifier: MIT */
/*
 * The flight record in fields, for programs; record_text.h is for people.
 */
#ifndef EXTLOAD_HOST_RECORD_JSON_H
#define EXTLOAD_HOST_RECORD_JSON_H

#include "abi/record.h"
#include "board/board.h"

#include <jansson.h>

/* A sound record that lies at `address`. Registers are numbers; phases, functions and reasons have
 * their names. `board` names pins and wires in the explanation. A new reference; NULL if memory is
 * out. */
json_t *record_json(const struct record *record, const struct board *board, uint32_t address,
                    bool simulated);

#endif

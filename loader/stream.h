/* SPDX-License-Identifier: MIT */
/*
 * Programs what the host hands over while the loader runs (abi/mailbox.h).
 */
#ifndef LOADER_STREAM_H
#define LOADER_STREAM_H

#include "abi/mailbox.h"

#include <stdbool.h>

/* Takes slots until one of size 0. False: the record has the reason, and the slot stays full. */
bool stream_run(volatile struct mailbox *mailbox);

#endif

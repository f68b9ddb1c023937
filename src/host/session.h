/* SPDX-License-Identifier: MIT */
/*
 * One loader on one target, driven as one lifecycle says: where things lie in RAM, when the image
 * is downloaded, what a call looks like to the core.
 */
#ifndef EXTLOAD_HOST_SESSION_H
#define EXTLOAD_HOST_SESSION_H

#include "abi/record.h"
#include "board/board.h"
#include "host/layout.h"
#include "host/lifecycle.h"
#include "host/loader_file.h"
#include "target/target.h"

#include <signal.h>

/* What the user is told while it runs; any member may be NULL. */
struct session_events {
    void *context;
    /* `what` is "erase", "program", "verify" or "read"; bytes of that step, target time in ns. */
    void (*progress)(void *context, const char *what, uint64_t done, uint64_t total,
                     uint64_t now_ns);
    /* One line worth knowing, without newline. */
    void (*note)(void *context, const char *text);
    /* Set by a signal handler: stop after the call that is under way. */
    const volatile sig_atomic_t *cancel;
};

/* Who looks at each call from outside; either may be NULL. */
struct session_observer {
    void *context;
    /* The registers are set, the core has not started. */
    void (*before)(void *context, enum loader_function function, const uint32_t arguments[4]);
    /* The call is over; `returned`: halted at the return address, with R0 in `result`. */
    void (*after)(void *context, enum target_stop stop, bool returned, uint32_t result);
};

/* What the host does while a call runs, for a target whose memory it reaches then. */
struct session_service {
    void *context;
    /* Called every SESSION_SERVICE_US or so until the core stops. *progress: the call's time begins
     * anew. False ends the call with *error. */
    bool (*serve)(void *context, bool *progress, struct error *error);
};

#define SESSION_SERVICE_US 2000u

struct session_stats {
    unsigned downloads, calls;
    uint64_t longest_call_ns;
};

struct session {
    struct target *target;
    const struct board *board;
    const struct lifecycle *lifecycle;
    const struct loader_file *loader;
    struct session_events events;
    struct session_observer observer;
    const struct session_service *service; /* NULL: the host only waits */
    struct layout layout;
    struct session_stats stats;
    struct record record; /* as last read; valid if has_record */
    bool has_record;
    bool leaves_record; /* set by the caller after session_open(): this loader writes one */
    bool downloaded;    /* at least once */
    bool prepared;      /* Init has succeeded for the operation that is under way */
    bool called;        /* something else was called since Init */
    uint32_t phase;     /* of a flash algorithm: 1, 2 or 3 between its Init and UnInit; else 0 */
    unsigned buffers;   /* that were filled so far; with two they are used in turn */
};

/* The kinds of operation that a tool prepares for; Init gets 1 in R0 before the writing ones. */
enum operation {
    OPERATION_ERASE,
    OPERATION_WRITE,
    OPERATION_READ
};

/* Computes the layout. Nothing on the target is touched. LOADER_SHAPE if the image leaves no room.
 * What the session is given must outlive it; the loader must have been read by the lifecycle's
 * view. */
bool session_open(struct session *session, struct target *target, const struct board *board,
                  const struct lifecycle *lifecycle, const struct loader_file *loader,
                  const struct session_events *events, struct error *error);

/* Parks the core and downloads the loader, as before a call of Init, whatever came before. TARGET if
 * the memory then holds something else. */
bool session_download(struct session *session, struct error *error);

/* Parks the core, downloads and calls Init, as far as the lifecycle does so for a new operation. */
bool session_begin(struct session *session, enum operation operation, struct error *error);

/* The operation is over, well or not: UnInit, under a lifecycle that does so. */
bool session_end(struct session *session, struct error *error);

/* Before a call of Write, Read, SectorErase or Verify: Init again, under a lifecycle that does so. */
bool session_refresh(struct session *session, enum operation operation, struct error *error);

/* Writes `size` bytes, buffer_size at most, to the buffer that is next in turn. */
bool session_fill_buffer(struct session *session, const uint8_t *bytes, uint32_t size,
                         uint32_t *buffer, struct error *error);

/* Calls an exported function with R0..R3; R0 and R1 come back. CALL_TIMEOUT, CALL_LOCKUP or TARGET
 * if it did not return, STACK_OVERFLOW if the tool's own check says so; what it returned is the
 * caller's to judge. */
bool session_call(struct session *session, enum loader_function function,
                  const uint32_t arguments[4], uint32_t timeout_ms, uint32_t results[2],
                  struct error *error);

/* session_call(), and what the loader's format calls a failure becomes CALL_FAILED (INIT_FAILED for
 * the Init of a .stldr) with the reason from the flight record, where there is one. NOT_RUN if Init
 * succeeded on a real target and left no new record, though this loader writes one. */
bool session_call_checked(struct session *session, enum loader_function function,
                          const uint32_t arguments[4], uint32_t timeout_ms, struct error *error);

/* Reads the flight record; false if there is none that holds together. */
bool session_read_record(struct session *session);

/* True, with INTERRUPTED set, once the user asked to stop. */
bool session_cancelled(const struct session *session, struct error *error);

void session_progress(const struct session *session, const char *what, uint64_t done,
                      uint64_t total);
void session_note(const struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif

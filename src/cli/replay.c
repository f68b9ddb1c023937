/* SPDX-License-Identifier: MIT */
#include "cli/replay.h"

#include "cli/document.h"
#include "host/record_json.h"
#include "host/record_text.h"
#include "host/stop.h"
#include "report/json_text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define TEXT_MAX 320

static const char *const moments[] = {
    [SIM_MOMENT_FRAME] = "frame", [SIM_MOMENT_REGISTER] = "register", [SIM_MOMENT_BLOCK] = "block"};

static bool is_one(const char *const *texts)
{
    return texts[0] != NULL && texts[1] == NULL;
}

bool replay_prepare(struct replay *replay, const struct options *options, struct error *error)
{
    *replay = (struct replay){.wanted = is_one(options->ops) && is_one(options->kinds) &&
                                        options->at != OPTIONS_NO_ADDRESS,
                              .path = options->trace};
    if (options->trace == NULL || replay->wanted) {
        return true;
    }
    error_set(error, ERROR_USAGE, NULL, 0, 0,
              "--trace is the trace of one injection, and more than one is asked for");
    return error_hint(error, "--op, --kind and --at, each once, as a broken promise prints them");
}

bool replay_begin(struct replay *replay, const struct options *options, struct sweep_options *sweep,
                  struct error *error)
{
    if (!replay->wanted) {
        return true;
    }
    sweep->replay = &replay->account;
    if (replay->path == NULL) {
        return true;
    }
    /* The child that is forked off goes on in the same file. */
    replay->lines = tmpfile();
    sweep->trace = replay->lines;
    sweep->trace_registers = options->verbose;
    return replay->lines != NULL ||
           error_set(error, ERROR_FILE_WRITE, "a temporary file", 0, 0, "%s", strerror(errno));
}

static bool copy(FILE *from, FILE *to)
{
    char bytes[4096];
    size_t count;
    rewind(from);
    while ((count = fread(bytes, 1, sizeof bytes, from)) > 0) {
        if (fwrite(bytes, 1, count, to) != count) {
            return false;
        }
    }
    return ferror(from) == 0;
}

static bool write_trace(const struct replay *replay, struct error *error)
{
    if (replay->lines == NULL) {
        return true;
    }
    FILE *out = fopen(replay->path, "w");
    bool good = out != NULL && copy(replay->lines, out);
    const int cause = errno;
    if (out != NULL && fclose(out) != 0 && good) {
        return error_set(error, ERROR_FILE_WRITE, replay->path, 0, 0, "%s", strerror(errno));
    }
    return good || error_set(error, ERROR_FILE_WRITE, replay->path, 0, 0, "%s", strerror(cause));
}

/* --- in words --- */

/* What was on the bus, on a register, or next to be executed, when the fault set in. */
static void describe_moment(const struct sweep_replay *account, const struct sweep_rig *given,
                            char *buffer, size_t size)
{
    switch (account->moment) {
    case SIM_MOMENT_FRAME: sweep_frame_text(&account->frame, buffer, size); break;
    case SIM_MOMENT_REGISTER: sweep_access_text(given, &account->access, buffer, size); break;
    case SIM_MOMENT_BLOCK: snprintf(buffer, size, "%u instructions more", SIM_BLOCK); break;
    }
}

static void print_account(const struct replay *replay, const struct rig *rig,
                          const struct sweep_rig *given)
{
    const enum sim_fault fault = replay->account.fault;
    const struct sweep_replay *account = &replay->account;
    char text[TEXT_MAX], place[64];
    const char *name = rig->loader.name[account->function];
    describe_moment(account, given, text, sizeof text);
    stop_place(&rig->session, account->pc, place, sizeof place);
    printf("\nmoment   %" PRIu64 " ns after the call began, core at %s\n",
           account->at_ps / PS_PER_NS, place);
    printf("%-8s %s\n", moments[account->moment], text);
    printf("fault    %s: %s\n", sim_fault_name(fault), sim_fault_words(fault));
    printf("call     %s(0x%08x, 0x%08x, 0x%08x, 0x%08x), ", name, account->arguments[0],
           account->arguments[1], account->arguments[2], account->arguments[3]);
    if (account->returned) {
        printf("R0 = 0x%08x", account->result);
    } else {
        stop_place(&rig->session, account->stop_pc, place, sizeof place);
        printf("%s at %s", sweep_stop_name(account->stop), place);
    }
    printf(" after %" PRIu64 " ns\n", account->end_ps / PS_PER_NS);
    printf("traced   %" PRIu32 " calls, %" PRIu32 " frames, %" PRIu32 " register accesses%s%s\n\n",
           account->calls, account->frames, account->accesses, replay->path != NULL ? ": " : "",
           replay->path != NULL ? replay->path : "");
    if (account->has_record) {
        record_text_print(stdout, &account->record, &rig->board, rig->board.record_address,
                          RECORD_FULL, true);
    } else {
        printf("record   none\n");
    }
    printf("\n");
}

/* --- as JSON --- */

static json_t *optional_u32(bool given, uint32_t value)
{
    return given ? json_integer((json_int_t)value) : json_null();
}

static json_t *describe_account(const struct replay *replay, const struct rig *rig,
                                const struct sweep_rig *given)
{
    const struct sweep_replay *account = &replay->account;
    char what[TEXT_MAX], place[64], stop_at[64];
    const struct xspi_seen *frame = &account->frame;
    const bool is_frame = account->moment == SIM_MOMENT_FRAME;
    describe_moment(account, given, what, sizeof what);
    stop_place(&rig->session, account->pc, place, sizeof place);
    stop_place(&rig->session, account->stop_pc, stop_at, sizeof stop_at);
    json_t *moment = json_pack(
        "{s:s, s:I, s:I, s:s, s:s, s:o, s:o, s:o}", "kind", moments[account->moment], "time_ns",
        (json_int_t)(account->at_ps / PS_PER_NS), "pc", (json_int_t)account->pc, "place", place,
        "what", what, "opcode",
        optional_u32(is_frame && frame->instruction.lanes > 0, frame->instruction.value),
        "flash_address", optional_u32(is_frame && frame->address.lanes > 0, frame->address.value),
        "register", optional_u32(account->moment == SIM_MOMENT_REGISTER, account->access.address));
    json_t *call = json_pack(
        "{s:s, s:[I,I,I,I], s:b, s:o, s:o, s:I}", "function", rig->loader.name[account->function],
        "arguments", (json_int_t)account->arguments[0], (json_int_t)account->arguments[1],
        (json_int_t)account->arguments[2], (json_int_t)account->arguments[3], "returned",
        account->returned, "result", optional_u32(account->returned, account->result), "stopped_at",
        account->returned ? json_null() : json_text(stop_at), "time_ns",
        (json_int_t)(account->end_ps / PS_PER_NS));
    return json_pack("{s:o, s:o, s:I, s:I, s:I, s:o, s:o}", "moment", moment, "call", call, "calls",
                     (json_int_t)account->calls, "frames", (json_int_t)account->frames,
                     "register_accesses", (json_int_t)account->accesses, "trace",
                     json_text(replay->path), "record",
                     account->has_record ? record_json(&account->record, &rig->board,
                                                       rig->board.record_address, true)
                                         : json_null());
}

bool replay_finish(struct replay *replay, const struct rig *rig, const struct sweep_rig *given,
                   struct error *error)
{
    if (!replay->wanted || !replay->account.set_in) {
        return true;
    }
    if (!write_trace(replay, error)) {
        return false;
    }
    document_set(rig->document, "replay", describe_account(replay, rig, given));
    print_account(replay, rig, given);
    return true;
}

void replay_release(struct replay *replay)
{
    if (replay->lines != NULL) {
        fclose(replay->lines);
    }
    *replay = (struct replay){0};
}

/* SPDX-License-Identifier: MIT */
#include "selftest/bench.h"

#include "host/operation.h"
#include "pack/pack.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define US_PER_S UINT64_C(1000000)

bool bench_open(struct bench *bench, const struct board *board, struct error *error)
{
    const struct selftest_plan *plan = bench->plan;
    char name[112];
    size_t size = 0;
    bench_close(bench);
    bench->board = *board;
    snprintf(name, sizeof name, "%s.stldr", board->name);
    uint8_t *bytes = pack_stldr(&bench->board, pack_loader_image(), &size, error);
    if (bytes == NULL) {
        return false;
    }
    bench->open =
        loader_file_parse(&bench->loader, plan->lifecycle->view, name, bytes, size, error);
    free(bytes);
    if (!bench->open || !session_open(&bench->session, plan->target, &bench->board, plan->lifecycle,
                                      &bench->loader, &plan->events, error)) {
        return false;
    }
    if (bench->board.record_address == 0) {
        bench->board.record_address = bench->session.layout.image + pack_loader_image()->own_record;
    }
    return true;
}

void bench_close(struct bench *bench)
{
    if (bench->open) {
        loader_file_release(&bench->loader);
        bench->open = false;
    }
}

bool bench_init(struct bench *bench, struct error *error)
{
    bench->session.prepared = false;
    return session_begin(&bench->session, OPERATION_WRITE, error);
}

void bench_step(struct bench *bench, const char *name, enum selftest_verdict verdict,
                const char *format, ...)
{
    struct selftest *result = bench->result;
    if (result->count == SELFTEST_STEPS_MAX) {
        return;
    }
    struct selftest_step *step = &result->steps[result->count++];
    *step = (struct selftest_step){.name = name, .verdict = verdict};
    result->bad += verdict == SELFTEST_BAD ? 1 : 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(step->text, sizeof step->text, format, arguments);
    va_end(arguments);
}

/* A board that cannot be reached at all ends the test; what a loader reports does not. */
static bool goes_on(enum error_code code)
{
    switch (code) {
    case ERROR_INIT_FAILED:
    case ERROR_CALL_FAILED:
    case ERROR_CALL_TIMEOUT:
    case ERROR_CALL_LOCKUP: return true;
    default: return false;
    }
}

bool bench_bad(struct bench *bench, const char *name, struct error *error)
{
    bench_step(bench, name, SELFTEST_BAD, "%s%s%s", error->detail,
               error->hint[0] != '\0' ? "; " : "", error->hint);
    for (unsigned i = 0; i < error->likely.count; i++) {
        bench_step(bench, "likely", SELFTEST_TOLD, "%s", error->likely.causes[i]);
    }
    if (!goes_on(error->code)) {
        return false;
    }
    *error = (struct error){.code = ERROR_NONE};
    return true;
}

uint64_t bench_call_us(struct bench *bench)
{
    session_read_record(&bench->session);
    const struct record *record = &bench->session.record;
    return bench->session.has_record && record->cpu_hz != 0
               ? record->cycles * US_PER_S / record->cpu_hz
               : 0;
}

bool bench_read(struct bench *bench, uint32_t address, uint8_t *bytes, uint32_t size,
                struct error *error)
{
    return operation_read(&bench->session, NULL, address, bytes, size, error);
}

const char *selftest_verdict_name(enum selftest_verdict verdict)
{
    switch (verdict) {
    case SELFTEST_GOOD: return "good";
    case SELFTEST_BAD: return "bad";
    case SELFTEST_TOLD: return "told";
    case SELFTEST_SKIPPED: break;
    }
    return "skipped";
}

bool selftest_run(struct selftest *result, const struct selftest_plan *plan, struct error *error)
{
    struct bench bench = {.plan = plan, .result = result};
    struct board board;
    *result = (struct selftest){.count = 0};
    bool good = board_load(&board, plan->board, error) && bench_open(&bench, &board, error) &&
                core_found(&bench, error);
    if (good && bench_init(&bench, error)) {
        good =
            reading_run(&bench, error) && (plan->scratch_size == 0 || scratch_run(&bench, error));
    } else if (good) {
        good = bench_bad(&bench, "init", error);
    }
    bench_close(&bench);
    return good;
}

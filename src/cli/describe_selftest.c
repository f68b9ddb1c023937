/* SPDX-License-Identifier: MIT */
#include "cli/describe_selftest.h"

#include "report/json_text.h"

#include <stdio.h>

#define NS_PER_US UINT64_C(1000)

static json_t *ns(uint64_t us)
{
    return json_integer((json_int_t)(us * NS_PER_US));
}

/* As hex text, a byte a pair: `info --sfdp` reads it. */
static json_t *describe_dump(const struct sfdp_dump *dump)
{
    char text[2 * SFDP_DUMP_MAX + 1];
    if (dump->size == 0) {
        return json_null();
    }
    for (uint32_t i = 0; i < dump->size; i++) {
        snprintf(text + (size_t)2 * i, 3, "%02x", dump->bytes[i]);
    }
    return json_string(text);
}

static json_t *describe_steps(const struct selftest *result)
{
    json_t *steps = json_array();
    for (unsigned i = 0; i < result->count; i++) {
        const struct selftest_step *step = &result->steps[i];
        json_array_append_new(steps, json_pack("{s:s, s:s, s:o}", "name", step->name, "verdict",
                                               selftest_verdict_name(step->verdict), "text",
                                               json_text(step->text)));
    }
    return steps;
}

static json_t *describe_times(const struct selftest *result)
{
    json_t *times = json_array();
    for (unsigned i = 0; i < result->time_count; i++) {
        const struct selftest_time *time = &result->times[i];
        json_array_append_new(
            times,
            json_pack("{s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "what", time->what, "bytes",
                      (json_int_t)time->bytes, "calls", (json_int_t)time->calls, "least_ns",
                      ns(time->least_us), "most_ns", ns(time->most_us), "sum_ns", ns(time->sum_us),
                      "typical_ns", ns(time->typical_us), "maximum_ns", ns(time->maximum_us)));
    }
    return times;
}

json_t *describe_selftest(const struct selftest *result)
{
    return json_pack("{s:o, s:o, s:o, s:I}", "steps", describe_steps(result), "times",
                     describe_times(result), "sfdp_hex", describe_dump(&result->sfdp), "bad",
                     (json_int_t)result->bad);
}

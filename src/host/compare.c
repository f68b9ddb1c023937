/* SPDX-License-Identifier: MIT */
#include "host/compare.h"

#include <stdlib.h>

#define HEAD UINT32_C(256) /* where other content mostly shows itself */

struct comparison {
    struct session *session;
    const struct plan *plan;
    const struct wanted *wanted;
    bool ask_blank;
    enum unit_state *states;
    uint64_t digested;
    /* One of each unit at most. */
    struct unit_span *spans;
    enum unit_state *found; /* of each span */
    struct digest_range *ranges;
    struct digest *answers;
    unsigned *asked; /* the span of each range */
};

struct unit_span unit_span_at(const struct plan *plan, uint32_t base, uint32_t block,
                              unsigned first)
{
    const struct plan_sector *units = plan->sectors;
    struct unit_span span = {units[first].address, units[first].size, first, 1};
    const uint32_t number = (span.address - base) / block;
    for (unsigned i = first + 1; i < plan->count && units[i].address == span.address + span.size &&
                                 (units[i].address - base) / block == number;
         i++) {
        span.size += units[i].size;
        span.count++;
    }
    return span;
}

static bool open_lists(struct comparison *comparison, struct error *error)
{
    const size_t count = comparison->plan->count;
    comparison->spans = calloc(count, sizeof *comparison->spans);
    comparison->found = calloc(count, sizeof *comparison->found);
    comparison->ranges = calloc(count, sizeof *comparison->ranges);
    comparison->answers = calloc(count, sizeof *comparison->answers);
    comparison->asked = calloc(count, sizeof *comparison->asked);
    return (comparison->spans != NULL && comparison->found != NULL && comparison->ranges != NULL &&
            comparison->answers != NULL && comparison->asked != NULL) ||
           error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a list of %zu units", count);
}

static void close_lists(struct comparison *comparison)
{
    free(comparison->spans);
    free(comparison->found);
    free(comparison->ranges);
    free(comparison->answers);
    free(comparison->asked);
}

/* What a range holds by its digest. Shall it be blank, it is the same. */
static enum unit_state judge(const struct comparison *comparison, const struct digest_range *range,
                             struct digest answer)
{
    const struct wanted *wanted = comparison->wanted;
    if (digest_equal(answer, wanted_digest(wanted, range->address, range->size))) {
        return UNIT_SAME;
    }
    return digest_equal(answer, digest_of_blank(range->address - wanted->base, range->size))
               ? UNIT_BLANK
               : UNIT_DIFFERS;
}

static bool ask(struct comparison *comparison, unsigned count, struct error *error)
{
    if (!digest_ask(comparison->session, "compare", comparison->ranges, count, comparison->answers,
                    error)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        comparison->digested += comparison->ranges[i].size;
    }
    return true;
}

/* Heads first: content that is quite another is told by a small part of the bytes. */
static bool look_at_heads(struct comparison *comparison, unsigned count, struct error *error)
{
    for (unsigned i = 0; i < count; i++) {
        const struct unit_span *span = &comparison->spans[i];
        const uint32_t size = span->size < HEAD ? span->size : HEAD;
        comparison->ranges[i] = (struct digest_range){span->address, size};
    }
    if (!ask(comparison, count, error)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        const enum unit_state head =
            judge(comparison, &comparison->ranges[i], comparison->answers[i]);
        comparison->found[i] = head == UNIT_BLANK ? UNIT_SEEMS_BLANK : head;
    }
    return true;
}

static bool look_at_whole(struct comparison *comparison, unsigned count, struct error *error)
{
    unsigned asked = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct unit_span *span = &comparison->spans[i];
        if (comparison->found[i] == UNIT_SAME ||
            (comparison->found[i] == UNIT_SEEMS_BLANK && comparison->ask_blank)) {
            comparison->ranges[asked] = (struct digest_range){span->address, span->size};
            comparison->asked[asked++] = i;
        }
    }
    if (asked == 0) {
        return true;
    }
    if (!ask(comparison, asked, error)) {
        return false;
    }
    for (unsigned i = 0; i < asked; i++) {
        enum unit_state *found = &comparison->found[comparison->asked[i]];
        const enum unit_state whole =
            judge(comparison, &comparison->ranges[i], comparison->answers[i]);
        *found = whole == UNIT_DIFFERS && *found == UNIT_SEEMS_BLANK ? *found : whole;
    }
    return true;
}

static bool look_at_spans(struct comparison *comparison, unsigned count, struct error *error)
{
    return count == 0 ||
           (look_at_heads(comparison, count, error) && look_at_whole(comparison, count, error));
}

/* What is known of a span is known of its units; true if that settles them. A block that is blank holds
 * units that shall be. */
static bool settle(struct comparison *comparison, unsigned index)
{
    const struct unit_span span = comparison->spans[index];
    const enum unit_state found = comparison->found[index];
    if (span.count > 1 && found != UNIT_SAME && found != UNIT_BLANK) {
        return false;
    }
    for (unsigned i = span.first; i < span.first + span.count; i++) {
        const struct plan_sector *unit = &comparison->plan->sectors[i];
        comparison->states[i] =
            found == UNIT_BLANK && wanted_is_blank(comparison->wanted, unit->address, unit->size)
                ? UNIT_SAME
                : found;
    }
    return true;
}

/* The units of those blocks that are not settled become the spans. */
static unsigned split(struct comparison *comparison, uint32_t block)
{
    unsigned count = 0, blocks = 0;
    for (unsigned i = 0; i < comparison->plan->count; blocks++) {
        const struct unit_span span =
            unit_span_at(comparison->plan, comparison->wanted->base, block, i);
        if (!settle(comparison, blocks)) {
            for (unsigned k = i; k < i + span.count; k++) {
                comparison->asked[count++] = k;
            }
        }
        i += span.count;
    }
    for (unsigned i = 0; i < count; i++) {
        const struct plan_sector *unit = &comparison->plan->sectors[comparison->asked[i]];
        comparison->spans[i] =
            (struct unit_span){unit->address, unit->size, comparison->asked[i], 1};
    }
    return count;
}

static unsigned take_blocks(struct comparison *comparison, uint32_t block)
{
    unsigned count = 0;
    for (unsigned i = 0; i < comparison->plan->count;
         i += comparison->spans[count].count, count++) {
        comparison->spans[count] =
            unit_span_at(comparison->plan, comparison->wanted->base, block, i);
    }
    return count;
}

static bool compare_all(struct comparison *comparison, uint32_t block, struct error *error)
{
    if (!look_at_spans(comparison, take_blocks(comparison, block), error)) {
        return false;
    }
    const unsigned units = split(comparison, block);
    if (!look_at_spans(comparison, units, error)) {
        return false;
    }
    for (unsigned i = 0; i < units; i++) {
        settle(comparison, i);
    }
    return true;
}

bool compare_units(struct session *session, const struct plan *plan, const struct wanted *wanted,
                   uint32_t block, bool ask_blank, enum unit_state *states, uint64_t *digested,
                   struct error *error)
{
    struct comparison comparison = {.session = session,
                                    .plan = plan,
                                    .wanted = wanted,
                                    .ask_blank = ask_blank,
                                    .states = states};
    const bool good = open_lists(&comparison, error) && compare_all(&comparison, block, error);
    close_lists(&comparison);
    *digested = comparison.digested;
    return good;
}

static bool ask_spans(struct session *session, const struct wanted *wanted,
                      const struct unit_span *spans, unsigned count, struct digest_range *ranges,
                      struct digest *answers, unsigned *wrong, struct error *error)
{
    for (unsigned i = 0; i < count; i++) {
        ranges[i] = (struct digest_range){spans[i].address, spans[i].size};
    }
    if (!digest_ask(session, "verify", ranges, count, answers, error)) {
        return false;
    }
    *wrong = 0;
    while (*wrong < count &&
           digest_equal(answers[*wrong],
                        wanted_digest(wanted, spans[*wrong].address, spans[*wrong].size))) {
        ++*wrong;
    }
    return true;
}

bool compare_spans(struct session *session, const struct wanted *wanted,
                   const struct unit_span *spans, unsigned count, unsigned *wrong,
                   struct error *error)
{
    struct digest_range *ranges = calloc(count + 1u, sizeof *ranges);
    struct digest *answers = calloc(count + 1u, sizeof *answers);
    const bool good =
        ranges != NULL && answers != NULL
            ? ask_spans(session, wanted, spans, count, ranges, answers, wrong, error)
            : error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a list of %u blocks", count);
    free(ranges);
    free(answers);
    return good;
}

/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include "limits.h"

/* How the cells that a limit is about stand against it. */
struct verdict {
    unsigned about, over;
    double worst;
};

static struct verdict judge(const struct limit *limit, const struct cell *cells,
                            const struct figures *figures, unsigned count)
{
    struct verdict verdict = {0};
    for (unsigned i = 0; i < count; i++) {
        if (limit_is_about(limit, &cells[i])) {
            const double value = limit->value(&figures[i]);
            verdict.about++;
            verdict.over += value > limit->most;
            verdict.worst = value > verdict.worst ? value : verdict.worst;
        }
    }
    return verdict;
}

static const char *word_of(const struct verdict *verdict)
{
    return verdict->about == 0 ? "not run" : verdict->over > 0 ? "BROKEN" : "held";
}

static void print_cell(FILE *to, const struct cell *cell)
{
    for (int i = 0; i < BY_LOADER; i++) {
        if (i != BY_BUFFER || cell_buffer(cell) != 0) {
            fprintf(to, "%s%s", i > 0 ? ", " : "", cell_value(cell, (enum dimension)i));
        }
    }
    fprintf(to, "\n");
}

bool judge_print(FILE *to, const struct cell *cells, const struct figures *figures, unsigned count)
{
    bool held = true;
    fprintf(to, "\nlimits\n");
    for (unsigned i = 0; i < limit_count; i++) {
        const struct limit *limit = &limits[i];
        const struct verdict verdict = judge(limit, cells, figures, count);
        fprintf(to, "%-8s %7.3f of at most %.3f %s: %s (%u cells)\n", word_of(&verdict),
                verdict.worst, limit->most, limit->unit, limit->text, verdict.about);
        for (unsigned j = 0; verdict.over > 0 && j < count; j++) {
            if (limit_is_about(limit, &cells[j]) && limit->value(&figures[j]) > limit->most) {
                fprintf(to, "         %7.3f: ", limit->value(&figures[j]));
                print_cell(to, &cells[j]);
            }
        }
        held = held && verdict.over == 0;
    }
    return held;
}

void judge_write_csv(FILE *to, const struct cell *cells, const struct figures *figures,
                     unsigned count)
{
    fprintf(to, "what|worst|most|unit|cells|verdict\n");
    for (unsigned i = 0; i < limit_count; i++) {
        const struct limit *limit = &limits[i];
        const struct verdict verdict = judge(limit, cells, figures, count);
        fprintf(to, "%s|%.3f|%.3f|%s|%u|%s\n", limit->text, verdict.worst, limit->most, limit->unit,
                verdict.about, word_of(&verdict));
    }
}

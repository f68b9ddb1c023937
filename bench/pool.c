/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a process writes, at once: less than a pipe holds. */
struct answer {
    bool good;
    struct figures figures;
    struct error error;
};

struct worker {
    pid_t process; /* 0: none */
    int from;      /* read end of its pipe */
    unsigned cell;
};

static const char *name_of(const struct cell *cell, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; i < DIMENSIONS && length < size; i++) {
        length += (size_t)snprintf(text + length, size - length, "%s%s", i > 0 ? ", " : "",
                                   cell_value(cell, (enum dimension)i));
    }
    return text;
}

static void work(const struct pool_job *job, unsigned cell, int to)
{
    struct answer answer = {.error = {.code = ERROR_NONE}};
    const struct cell *which = &job->cells[cell];
    answer.good = measure(&answer.figures, which, &job->boards[which->at[BY_BOARD]],
                          job->plain_folder, &answer.error);
    _exit(write(to, &answer, sizeof answer) == (ssize_t)sizeof answer ? 0 : 1);
}

static bool start(const struct pool_job *job, struct worker *worker, unsigned cell,
                  struct error *error)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a pipe: %s", strerror(errno));
    }
    const pid_t process = fork();
    if (process == 0) {
        close(ends[0]);
        work(job, cell, ends[1]);
    }
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a process: %s", strerror(errno));
    }
    *worker = (struct worker){.process = process, .from = ends[0], .cell = cell};
    return true;
}

static bool collect(const struct pool_job *job, struct worker *worker, unsigned done,
                    struct error *error)
{
    static struct answer answer;
    char name[256];
    const ssize_t got = read(worker->from, &answer, sizeof answer);
    close(worker->from);
    worker->process = 0;
    name_of(&job->cells[worker->cell], name, sizeof name);
    if (got != (ssize_t)sizeof answer) {
        return error_set(error, ERROR_SIMULATOR, name, 0, 0, "its process ended without an answer");
    }
    if (!answer.good) {
        *error = answer.error;
        snprintf(error->file, sizeof error->file, "%s", name);
        return false;
    }
    job->figures[worker->cell] = answer.figures;
    fprintf(stderr, "%4u of %u: %6.1f s of CPU: %s\n", done, job->count, answer.figures.cpu_s,
            name);
    return true;
}

/* Waits until one has ended. */
static struct worker *next_done(struct worker *workers, unsigned count)
{
    for (;;) {
        const pid_t ended = waitpid(-1, NULL, 0);
        for (unsigned i = 0; i < count; i++) {
            if (ended > 0 && workers[i].process == ended) {
                return &workers[i];
            }
        }
        if (ended < 0 && errno != EINTR) {
            return NULL;
        }
    }
}

static void stop_all(struct worker *workers, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (workers[i].process > 0) {
            close(workers[i].from);
            waitpid(workers[i].process, NULL, 0);
        }
    }
}

/* The whole flash first: what takes longest shall not be what is waited for in the end. */
static unsigned *make_order(const struct pool_job *job)
{
    unsigned *order = malloc((job->count + 1u) * sizeof *order);
    unsigned made = 0;
    for (int size = SIZE_FULL; order != NULL && size >= SIZE_64K; size--) {
        for (int board = BOARD_OCTAL; board >= BOARD_QUAD; board--) {
            for (unsigned i = 0; i < job->count; i++) {
                const uint8_t *at = job->cells[i].at;
                if (at[BY_SIZE] == size && at[BY_BOARD] == board) {
                    order[made++] = i;
                }
            }
        }
    }
    return order;
}

bool pool_run(const struct pool_job *job, struct error *error)
{
    struct worker *workers = calloc(job->processes, sizeof *workers);
    unsigned *order = make_order(job);
    unsigned started = 0, done = 0;
    bool good = workers != NULL && order != NULL;
    if (!good) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u cells", job->count);
    }
    fflush(stdout);
    while (good && done < job->count) {
        for (unsigned i = 0; good && i < job->processes && started < job->count; i++) {
            if (workers[i].process == 0) {
                good = start(job, &workers[i], order[started++], error);
            }
        }
        struct worker *worker = good ? next_done(workers, job->processes) : NULL;
        good = worker != NULL && collect(job, worker, ++done, error);
    }
    if (workers != NULL) {
        stop_all(workers, job->processes);
    }
    free(workers);
    free(order);
    return good;
}

/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 28

static volatile sig_atomic_t interrupted;

static struct {
    const char *what;
    uint64_t start_ns;
    uint64_t start_done;
    bool drawing;
} bar;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

void progress_format_size(uint64_t bytes, char *buffer, size_t size)
{
    if (bytes >= 1048576 && bytes % 1048576 == 0) {
        snprintf(buffer, size, "%" PRIu64 " MiB", bytes / 1048576);
    } else if (bytes >= 1048576) {
        snprintf(buffer, size, "%.2f MiB", (double)bytes / 1048576);
    } else if (bytes >= 1024) {
        snprintf(buffer, size, bytes % 1024 == 0 ? "%.0f KiB" : "%.1f KiB", (double)bytes / 1024);
    } else {
        snprintf(buffer, size, "%" PRIu64 " bytes", bytes);
    }
}

void progress_format_time(uint64_t ns, char *buffer, size_t size)
{
    if (ns >= 1000000000) {
        snprintf(buffer, size, "%.2f s", (double)ns / 1e9);
    } else if (ns >= 1000000) {
        snprintf(buffer, size, "%.0f ms", (double)ns / 1e6);
    } else {
        snprintf(buffer, size, "%.0f us", (double)ns / 1e3);
    }
}

static void draw(uint64_t done, uint64_t total, uint64_t now_ns)
{
    char cells[BAR_WIDTH + 1], amount[24], left[24] = "?";
    uint64_t elapsed = now_ns - bar.start_ns;
    uint64_t moved = done - bar.start_done;
    unsigned filled = total > 0 ? (unsigned)(done * BAR_WIDTH / total) : 0;
    memset(cells, '-', BAR_WIDTH);
    memset(cells, '#', filled);
    cells[BAR_WIDTH] = '\0';
    progress_format_size(done, amount, sizeof amount);
    if (moved > 0) {
        progress_format_time((uint64_t)((double)elapsed * (double)(total - done) / (double)moved),
                             left, sizeof left);
    }
    double rate = elapsed > 0 ? (double)moved * 1e6 / (double)elapsed : 0;
    fprintf(stderr, "\r%-8s [%s] %3u%%  %s  %.0f KB/s  %s left   ", bar.what, cells,
            total > 0 ? (unsigned)(done * 100 / total) : 0, amount, rate, left);
}

static void progress(void *context, const char *what, uint64_t done, uint64_t total,
                     uint64_t now_ns)
{
    (void)context;
    if (isatty(STDERR_FILENO) == 0) {
        return;
    }
    if (bar.what == NULL || strcmp(bar.what, what) != 0) {
        progress_finish();
        bar.what = what;
        bar.start_ns = now_ns;
        bar.start_done = done;
    }
    bar.drawing = true;
    draw(done, total, now_ns);
}

static void note(void *context, const char *text)
{
    (void)context;
    progress_finish();
    fprintf(stderr, "%s\n", text);
}

void progress_finish(void)
{
    if (bar.drawing) {
        fprintf(stderr, "\r\033[K");
    }
    bar.drawing = false;
    bar.what = NULL;
}

bool progress_interrupted(void)
{
    return interrupted != 0;
}

struct session_events progress_events(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return (struct session_events){.progress = progress, .note = note, .cancel = &interrupted};
}

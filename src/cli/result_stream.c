/* SPDX-License-Identifier: MIT */
#include "cli/result_stream.h"

#include <unistd.h>

FILE *result_stream_open(void)
{
    fflush(stdout);
    const int kept = dup(STDOUT_FILENO);
    FILE *stream = kept >= 0 ? fdopen(kept, "w") : NULL;
    if (stream == NULL || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
        return NULL;
    }
    return stream;
}

void result_stream_close(FILE *stream)
{
    if (stream == NULL) {
        return;
    }
    fflush(stdout);
    fflush(stream);
    dup2(fileno(stream), STDOUT_FILENO);
    fclose(stream);
}

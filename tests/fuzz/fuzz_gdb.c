/* SPDX-License-Identifier: MIT */
/*
 * Packets of a GDB client. The first byte chooses: '$', the bytes as they come from the wire; anything
 * else, payloads of a line each, framed here, for few random frames have a right sum.
 */
#include "fuzz/fuzz.h"

#include "host/lifecycle.h"
#include "pack/pack.h"
#include "serve/stub.h"
#include "target/sim_target.h"

#include <sys/socket.h>

#define RUNS_PER_RESET 64u /* a reset and a download take longer than all else */
#define SOCKET         -1

static struct {
    struct board board;
    struct loader_file loader;
    struct target target;
    struct session session;
    struct connection connection;
    struct stub stub;
    unsigned runs;
} fuzz;

ssize_t __wrap_send(int socket, const void *bytes, size_t size, int flags);
ssize_t __wrap_recv(int socket, void *bytes, size_t size, int flags);

/* The client takes every answer. */
ssize_t __wrap_send(int socket, const void *bytes, size_t size, int flags)
{
    static char taken[PACKET_FRAME_SIZE];
    FUZZ_ASSERT(socket == SOCKET && size > 0 && size <= sizeof taken && flags == MSG_NOSIGNAL);
    memcpy(taken, bytes, size);
    return (ssize_t)size;
}

/* It has closed its way to us: what runs looks here and halts. */
ssize_t __wrap_recv(int socket, void *bytes, size_t size, int flags)
{
    (void)bytes;
    FUZZ_ASSERT(socket == SOCKET && size > 0 && flags == MSG_DONTWAIT);
    return 0;
}

static void open_board(void)
{
    struct error error = {0};
    const struct session_events events = {0};
    const struct lifecycle *lifecycle = lifecycle_find("native");
    const struct sim_target_options options = {.link = link_find(lifecycle->link)};
    size_t size;
    board_set_data_directory(FUZZ_DATA);
    FUZZ_ASSERT(board_load(&fuzz.board, "stm32n655-s25fl064l", &error));
    uint8_t *file = pack_stldr(&fuzz.board, pack_loader_image(), &size, &error);
    FUZZ_ASSERT(file != NULL &&
                loader_file_parse(&fuzz.loader, lifecycle->view, "own.stldr", file, size, &error));
    free(file);
    FUZZ_ASSERT(sim_target_open(&fuzz.target, &fuzz.board, &options, &error));
    FUZZ_ASSERT(session_open(&fuzz.session, &fuzz.target, &fuzz.board, lifecycle, &fuzz.loader,
                             &events, &error));
    stub_init(&fuzz.stub, &fuzz.session);
}

static void feed(const uint8_t *bytes, size_t size)
{
    struct connection *connection = &fuzz.connection;
    while (size > 0) {
        size_t now = size < sizeof connection->input ? size : sizeof connection->input;
        memcpy(connection->input, bytes, now);
        connection->input_at = 0;
        connection->input_size = now;
        connection->open = true;
        while (connection_next(connection)) {
            stub_command(&fuzz.stub);
            connection->open = true;
        }
        bytes += now;
        size -= now;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char frame[PACKET_FRAME_SIZE];
    struct error error = {0};
    if (fuzz.session.target == NULL) {
        open_board();
    }
    if (fuzz.runs++ % RUNS_PER_RESET == 0) {
        sim_reset(sim_target_sim(&fuzz.target));
        FUZZ_ASSERT(session_download(&fuzz.session, &error));
    }
    connection_init(&fuzz.connection, SOCKET);
    stub_attach(&fuzz.stub, &fuzz.connection);
    if (size > 0 && data[0] == '$') {
        feed(data, size);
        return 0;
    }
    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t length = end != NULL ? (size_t)(end - data) : size;
        size_t wire = packet_frame(data, length, frame);
        feed((const uint8_t *)frame, wire);
        data += length + (end != NULL);
        size -= length + (end != NULL);
    }
    return 0;
}

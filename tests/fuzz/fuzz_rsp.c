/* SPDX-License-Identifier: MIT */
/*
 * What a GDB server sends to the client. The first byte chooses: '$', the bytes as they come from the
 * wire; anything else, answers of a line each, framed here, for few random frames have a right sum.
 */
#include "fuzz/fuzz.h"

#include "rsp/packet.h"
#include "target/gdb_target.h"

#include <sys/socket.h>
#include <unistd.h>

#define WIRE_MOST  0x10000u
#define TIMEOUT_MS 20u

/* What the host does to a board, as far as the answers let it. */
static void drive(struct target *target)
{
    struct error error = {0};
    uint8_t bytes[700];
    uint32_t value = 0;
    enum target_stop stop = TARGET_RUNNING;
    const struct target_ops *ops = target->ops;
    void *context = target->context;
    memset(bytes, '#', sizeof bytes);
    for (int i = 0; i < TARGET_REGISTER_COUNT; i++) {
        if (ops->has_register(context, (enum target_register)i)) {
            ops->write_register(context, (enum target_register)i, 1, &error);
        }
    }
    ops->write_memory(context, 0x34180400, bytes, sizeof bytes, &error);
    ops->read_memory(context, 0x34180400, bytes, sizeof bytes, &error);
    ops->returns_to(context, 0x34180400, &error);
    if (ops->resume(context, false, &error)) {
        ops->wait(context, 1000, &stop, &error);
        ops->halt(context, &error);
    }
    ops->read_register(context, TARGET_R0, &value, &error);
    gdb_target_reset(target, false, &error);
    FUZZ_ASSERT(ops->stop_text(context) != NULL);
}

static size_t make_wire(const uint8_t *data, size_t size, uint8_t *wire)
{
    static char frame[PACKET_FRAME_SIZE];
    size_t used = 0;
    if (size > 0 && data[0] == '$') {
        used = size < WIRE_MOST ? size : WIRE_MOST;
        memcpy(wire, data, used);
        return used;
    }
    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        const size_t length = end != NULL ? (size_t)(end - data) : size;
        const size_t framed = packet_frame(data, length, frame);
        if (used + framed > WIRE_MOST) {
            break;
        }
        memcpy(wire + used, frame, framed);
        used += framed;
        data += length + (end != NULL);
        size -= length + (end != NULL);
    }
    return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t wire[WIRE_MOST];
    static struct board board;
    struct target target;
    struct error error = {0};
    int sockets[2];
    if (board.core[0] == '\0') {
        board_set_data_directory(FUZZ_DATA);
        FUZZ_ASSERT(board_load(&board, "stm32n655-s25fl064l", &error));
    }
    const size_t used = make_wire(data, size, wire);
    FUZZ_ASSERT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets) == 0);
    FUZZ_ASSERT(send(sockets[1], wire, used, 0) == (ssize_t)used);
    FUZZ_ASSERT(shutdown(sockets[1], SHUT_WR) == 0);
    if (gdb_target_open_socket(&target, &board, sockets[0], TIMEOUT_MS, &error)) {
        drive(&target);
        target.ops->close(target.context);
    } else {
        FUZZ_ASSERT(error.code != ERROR_NONE);
    }
    close(sockets[1]);
    return 0;
}

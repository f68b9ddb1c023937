/* SPDX-License-Identifier: MIT */
#include "serve/jtag.h"

#include "serve/bitbang.h"
#include "target/sim_target.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOK_MS 200
#define CHUNK   65536u

struct client {
    int socket;
    bool open;
    uint8_t bytes[CHUNK];
    char answers[CHUNK];
};

static void tell(void *context, const char *text)
{
    session_note(context, "the core stopped: %s", text);
}

static void send_answers(struct client *client, size_t size)
{
    for (size_t sent = 0; client->open && sent < size;) {
        const ssize_t now = send(client->socket, client->answers + sent, size - sent, MSG_NOSIGNAL);
        client->open = now > 0; /* gone, or too slow for the socket's time limit */
        sent += now > 0 ? (size_t)now : 0;
    }
}

/* All that has arrived. */
static void take(struct client *client, struct chip *chip, const struct session *session)
{
    const ssize_t got = recv(client->socket, client->bytes, sizeof client->bytes, MSG_DONTWAIT);
    size_t used = 0, answers = 0;
    if (got <= 0) {
        client->open = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
        return;
    }
    const enum bitbang_end end =
        bitbang_feed(chip, client->bytes, (size_t)got, &used, client->answers, &answers);
    send_answers(client, answers);
    if (end == BITBANG_UNKNOWN) {
        session_note(session,
                     "the client is hung up on: byte 0x%02x is not of remote_bitbang's JTAG part",
                     client->bytes[used]);
    }
    client->open = client->open && end == BITBANG_MORE;
}

static bool is_cancelled(const struct session *session)
{
    return session->events.cancel != NULL && *session->events.cancel != 0;
}

static void serve(const struct server *server, struct client *client, struct chip *chip,
                  const struct session *session)
{
    while (client->open && !is_cancelled(session)) {
        struct pollfd waits[2] = {{.fd = client->socket, .events = POLLIN},
                                  {.fd = server->socket, .events = POLLIN}};
        if (poll(waits, 2, LOOK_MS) <= 0) {
            continue;
        }
        if (waits[0].revents != 0) {
            take(client, chip, session);
        }
        if (client->open && waits[1].revents != 0) {
            server_turn_away(server);
        }
    }
}

bool jtag_run(struct server *server, struct session *session, struct error *error)
{
    static struct client client;
    static struct chip chip;
    chip_init(&chip, session->board, sim_target_sim(session->target));
    chip.core_port.note = tell;
    chip.core_port.note_context = session;
    while ((client.socket = server_accept(server, session->events.cancel, error)) >= 0) {
        client.open = true;
        tap_reset(&chip.tap);
        serve(server, &client, &chip, session);
        chip_resets(&chip, false, false);
        close(client.socket);
    }
    return error->code == ERROR_NONE;
}

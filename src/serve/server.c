/* SPDX-License-Identifier: MIT */
#include "serve/server.h"

#include "serve/stub.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define LOOK_MS        200 /* a signal that comes just before poll() is noticed after this */
#define SEND_SECONDS   10  /* a client that takes no bytes for so long is dropped */
#define LISTEN_BACKLOG 4

bool server_open(struct server *server, uint16_t port, struct error *error)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t size = sizeof address;
    const int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->socket >= 0 &&
        setsockopt(server->socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(server->socket, (struct sockaddr *)&address, size) == 0 &&
        listen(server->socket, LISTEN_BACKLOG) == 0 &&
        getsockname(server->socket, (struct sockaddr *)&address, &size) == 0) {
        server->port = ntohs(address.sin_port);
        return true;
    }
    error_set(error, ERROR_PORT, NULL, 0, 0, "127.0.0.1:%u: %s", port, strerror(errno));
    server_close(server);
    return false;
}

void server_close(struct server *server)
{
    if (server->socket >= 0) {
        close(server->socket);
    }
    server->socket = -1;
}

static void prepare(int client)
{
    const int on = 1;
    const struct timeval limit = {.tv_sec = SEND_SECONDS};
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

void server_turn_away(const struct server *server)
{
    int other = accept4(server->socket, NULL, NULL, SOCK_CLOEXEC);
    if (other >= 0) {
        close(other);
    }
}

static bool is_set(const volatile sig_atomic_t *cancel)
{
    return cancel != NULL && *cancel != 0;
}

static void serve(const struct server *server, struct stub *stub, struct connection *connection)
{
    stub_attach(stub, connection);
    while (connection->open && !is_set(stub->session->events.cancel)) {
        struct pollfd waits[2] = {{.fd = connection->socket, .events = POLLIN},
                                  {.fd = server->socket, .events = POLLIN}};
        if (poll(waits, 2, LOOK_MS) <= 0) {
            continue;
        }
        /* First the client, to its end: who comes after it has hung up is not turned away. */
        while (connection->open && connection_receive(connection)) {
            while (connection->open && connection_next(connection)) {
                stub_command(stub);
            }
        }
        if (connection->open && waits[1].revents != 0) {
            server_turn_away(server);
        }
    }
}

int server_accept(struct server *server, const volatile sig_atomic_t *cancel, struct error *error)
{
    while (!is_set(cancel)) {
        struct pollfd wait = {.fd = server->socket, .events = POLLIN};
        if (poll(&wait, 1, LOOK_MS) <= 0) {
            continue;
        }
        int client = accept4(server->socket, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0) {
            prepare(client);
            return client;
        }
        if (errno != EINTR && errno != EAGAIN && errno != ECONNABORTED) {
            error_set(error, ERROR_PORT, NULL, 0, 0, "accepting a client: %s", strerror(errno));
            return -1;
        }
    }
    return -1;
}

bool server_run(struct server *server, struct session *session, struct error *error)
{
    static struct connection connection;
    struct stub stub;
    int client;
    stub_init(&stub, session);
    while ((client = server_accept(server, session->events.cancel, error)) >= 0) {
        connection_init(&connection, client);
        serve(server, &stub, &connection);
        close(client);
    }
    return error->code == ERROR_NONE;
}

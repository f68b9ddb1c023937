/* SPDX-License-Identifier: MIT */
#include "rsp/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)

uint64_t wire_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 * NS_PER_MS + (uint64_t)now.tv_nsec;
}

/* Until the socket is ready, or it is too late. A signal makes no difference. */
static bool wait_for(int socket, short events, uint64_t deadline_ns)
{
    for (;;) {
        const uint64_t now = wire_now_ns();
        const uint64_t left_ms = now < deadline_ns ? (deadline_ns - now) / NS_PER_MS + 1 : 0;
        struct pollfd wait = {.fd = socket, .events = events};
        const int ready = poll(&wait, 1, left_ms < 1000 ? (int)left_ms : 1000);
        if (ready > 0) {
            return true;
        }
        if (left_ms == 0 || (ready < 0 && errno != EINTR)) {
            return false;
        }
    }
}

void wire_take(struct wire *wire, int socket)
{
    const int on = 1;
    *wire = (struct wire){.socket = socket};
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void wire_close(struct wire *wire)
{
    if (wire->socket >= 0) {
        close(wire->socket);
    }
    wire->socket = -1;
}

/* 0, or the system's number of what went wrong. */
static int try_address(struct wire *wire, const struct addrinfo *address, uint64_t deadline_ns)
{
    int problem = 0;
    socklen_t size = sizeof problem;
    const int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return errno;
    }
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        problem = errno;
        if (problem == EINPROGRESS) {
            problem = wait_for(fd, POLLOUT, deadline_ns) ? 0 : ETIMEDOUT;
        }
        if (problem == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) != 0) {
            problem = errno;
        }
    }
    if (problem != 0) {
        close(fd);
        return problem;
    }
    wire_take(wire, fd);
    return 0;
}

bool wire_connect(struct wire *wire, const char *host, uint16_t port, unsigned timeout_ms,
                  struct error *error)
{
    const struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses = NULL;
    char service[8];
    int problem = ETIMEDOUT;
    *wire = (struct wire){.socket = -1};
    snprintf(service, sizeof service, "%u", port);
    const int unknown = getaddrinfo(host, service, &wanted, &addresses);
    if (unknown != 0) {
        return error_set(error, ERROR_SERVER_CONNECT, NULL, 0, 0, "%s: %s", host,
                         gai_strerror(unknown));
    }
    const uint64_t deadline_ns = wire_now_ns() + timeout_ms * NS_PER_MS;
    for (const struct addrinfo *each = addresses; each != NULL && problem != 0;
         each = each->ai_next) {
        problem = try_address(wire, each, deadline_ns);
    }
    freeaddrinfo(addresses);
    return problem == 0 || error_set(error, ERROR_SERVER_CONNECT, NULL, 0, 0, "%s:%u: %s", host,
                                     port, strerror(problem));
}

static bool may_wait(int problem)
{
    return problem == EAGAIN || problem == EWOULDBLOCK || problem == EINTR;
}

enum wire_event wire_send(struct wire *wire, const void *bytes, size_t size, uint64_t deadline_ns)
{
    const char *from = bytes;
    while (size > 0) {
        const ssize_t sent = send(wire->socket, from, size, MSG_NOSIGNAL);
        if (sent > 0) {
            from += sent;
            size -= (size_t)sent;
        } else if (sent < 0 && !may_wait(errno)) {
            return WIRE_GONE;
        } else if (!wait_for(wire->socket, POLLOUT, deadline_ns)) {
            return WIRE_LATE;
        }
    }
    return WIRE_BYTE;
}

enum wire_event wire_receive(struct wire *wire, uint8_t *byte, uint64_t deadline_ns)
{
    while (wire->input_at == wire->input_size) {
        const ssize_t got = recv(wire->socket, wire->input, sizeof wire->input, 0);
        if (got > 0) {
            wire->input_at = 0;
            wire->input_size = (size_t)got;
        } else if (got == 0 || !may_wait(errno)) {
            return WIRE_GONE;
        } else if (!wait_for(wire->socket, POLLIN, deadline_ns)) {
            return WIRE_LATE;
        }
    }
    if (wire_now_ns() > deadline_ns) {
        return WIRE_LATE;
    }
    *byte = wire->input[wire->input_at++];
    return WIRE_BYTE;
}

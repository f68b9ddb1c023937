/* SPDX-License-Identifier: MIT */
#include "rsp/servers.h"

#include <stdio.h>
#include <string.h>

#define SPELLING_MOST 96

static const struct rsp_server servers[] = {
    {.name = "extload",
     .monitor = "help",
     .answer = "the loader's flight record",
     .reset_halt = {"reset"},
     .evidence = "src/serve"},
    {.name = "QEMU",
     .packet = "qqemu.sstepbits",
     .answer = "ENABLE=",
     .runs_over_bkpt = true,
     .reset_halt = {"system_reset"},
     .reset_run = {"system_reset"},
     .evidence = "QEMU's docs/system/gdb.rst; that BKPT does not halt was seen with 7.2"},
    {.name = "OpenOCD",
     .monitor = "version",
     .answer = "Open On-Chip Debugger",
     .prepare = {"gdb report_data_abort enable|gdb_report_data_abort enable",
                 "gdb report_register_access_error enable|gdb_report_register_access_error enable"},
     .reset_halt = {"reset halt"},
     .reset_run = {"reset run"},
     .evidence = "OpenOCD's gdb_server.c: else a failed m gives zeros and a failed P says OK"},
    {.name = "st-util",
     .feature = "PacketSize=3fff",
     .no_binary = true,
     .read_most = 0x400,
     .reset_halt = {"reset"},
     .reset_run = {"reset", "resume"},
     .evidence = "stlink-org/stlink, src/st-util/gdb-server.c: no QStartNoAckMode, no X"},
    {.name = "pyOCD",
     .feature = "QNonStop+",
     .reset_halt = {"reset halt"},
     .reset_run = {"reset"},
     .evidence = "pyOCD's gdbserver.py: PacketSize 800h, each client halts the core"},
    {.name = "J-Link GDB Server",
     .port = 2331,
     .reset_halt = {"reset"},
     .reset_run = {"reset", "go"},
     .evidence = "[memory]: commands of SEGGER's UM08001"},
    {.name = "ST-LINK_gdbserver", .port = 61234, .reset_halt = {"reset"}, .evidence = "[memory]"},
    {.name = "probe-rs",
     .port = 1337,
     .reset_halt = {"reset halt"},
     .reset_run = {"reset"},
     .evidence = "probe-rs' gdb_server: monitor info, reset, reset halt"},
};

#define SERVER_COUNT (sizeof servers / sizeof servers[0])

static const struct rsp_server unknown = {.name = "a GDB server that is not known",
                                          .evidence = "none"};

const struct rsp_server *rsp_server_at(unsigned index)
{
    return index < SERVER_COUNT ? &servers[index] : NULL;
}

/* Whether it is this one, by what it says. */
static bool ask(struct rsp_client *client, const struct rsp_server *server, bool *is,
                struct error *error)
{
    bool done = false;
    *is = false;
    if (server->packet != NULL) {
        if (!rsp_ask(client, server->packet, error)) {
            return false;
        }
        *is = strstr(rsp_answer(client), server->answer) != NULL;
    } else if (server->monitor != NULL) {
        if (!rsp_monitor(client, server->monitor, &done, error)) {
            return false;
        }
        *is = strstr(client->console, server->answer) != NULL;
    } else if (server->feature != NULL) {
        *is = rsp_has_feature(client, server->feature);
    }
    return true;
}

bool rsp_recognise(struct rsp_client *client, uint16_t port, const struct rsp_server **server,
                   struct error *error)
{
    bool is = false;
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        if (!ask(client, &servers[i], &is, error)) {
            return false;
        }
        if (is) {
            *server = &servers[i];
            return true;
        }
    }
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        if (servers[i].port != 0 && servers[i].port == port) {
            *server = &servers[i];
            return true;
        }
    }
    *server = &unknown;
    return true;
}

/* One after the other of "NEW|OLD", until one is taken. */
static bool spell(struct rsp_client *client, const char *spellings, bool *done, struct error *error)
{
    char text[SPELLING_MOST];
    *done = false;
    for (const char *at = spellings; !*done && *at != '\0'; at += strspn(at, "|")) {
        const size_t length = strcspn(at, "|");
        snprintf(text, sizeof text, "%.*s", (int)length, at);
        if (!rsp_monitor(client, text, done, error)) {
            return false;
        }
        at += length;
    }
    return true;
}

/* A server of another release may do without; what it hides then is found by reading back. */
bool rsp_prepare(struct rsp_client *client, const struct rsp_server *server, struct error *error)
{
    bool done = false;
    for (size_t i = 0; i < 2 && server->prepare[i] != NULL; i++) {
        if (!spell(client, server->prepare[i], &done, error)) {
            return false;
        }
    }
    return true;
}

bool rsp_command(struct rsp_client *client, const char *const commands[2], struct error *error)
{
    bool done = false;
    char what[SPELLING_MOST + 16];
    for (size_t i = 0; i < 2 && commands[i] != NULL; i++) {
        if (!spell(client, commands[i], &done, error)) {
            return false;
        }
        if (!done) {
            snprintf(what, sizeof what, "`monitor %s`", commands[i]);
            return rsp_refused(client, what, error);
        }
    }
    return true;
}

/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "cli/describe.h"
#include "cli/rig.h"
#include "serve/server.h"

#include <stdio.h>

static void print_served(const struct rig *rig, const struct server *server)
{
    const struct layout *layout = &rig->session.layout;
    printf("loader   %s at 0x%08x, core parked at the BKPT at 0x%08x\n", rig->loader.path,
           layout->image, layout->base);
    printf("layout   SP 0x%08x, buffer 0x%08x+0x%x, record 0x%08x\n", layout->stack, layout->buffer,
           layout->buffer_size, rig->board.record_address);
    printf("gdb      127.0.0.1:%u\n", server->port);
    fflush(stdout);
}

static bool serve(struct rig *rig, struct server *server, const struct options *options,
                  struct error *error)
{
    if (!rig_wants_simulated(options, "serve", error) || !rig_prepare(rig, options, error) ||
        !server_open(server, (uint16_t)options->gdb_port, error)) {
        return false;
    }
    if (!rig_open(rig, options, error) || !session_download(&rig->session, error)) {
        return false;
    }
    print_served(rig, server);
    document_set(rig->document, "layout", describe_layout(&rig->session.layout));
    document_set(rig->document, "port", json_integer(server->port));
    if (!document_publish(rig->document, error)) {
        return false;
    }
    return server_run(server, &rig->session, error);
}

int command_serve(const struct options *options, struct error *error)
{
    struct rig rig = {0};
    struct server server = {.socket = -1};
    if (options->argument_count != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "serve takes no arguments");
        return error_exit_status(error->code);
    }
    if (options->gdb_port > UINT16_MAX) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "--gdb: %llu is no port; 0 to 65535",
                  (unsigned long long)options->gdb_port);
        return error_exit_status(error->code);
    }
    bool good = serve(&rig, &server, options, error);
    server_close(&server);
    rig_close(&rig);
    return good ? 0 : error_exit_status(error->code);
}

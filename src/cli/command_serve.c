/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "cli/describe.h"
#include "cli/rig.h"
#include "serve/jtag.h"
#include "serve/server.h"

#include <stdio.h>

#define GDB_PORT 3333u

static void print_layout(const struct rig *rig)
{
    const struct layout *layout = &rig->session.layout;
    printf("loader   %s at 0x%08x, core parked at the BKPT at 0x%08x\n", rig->loader.path,
           layout->image, layout->base);
    printf("layout   SP 0x%08x, buffer 0x%08x+0x%x, record 0x%08x\n", layout->stack, layout->buffer,
           layout->buffer_size, rig->board.record_address);
}

/* A debugger by JTAG finds the board as after power-on, one by GDB the loader ready to be called. */
static bool prepare(struct rig *rig, bool jtag, const struct options *options, struct error *error)
{
    if (!rig_open(rig, options, error)) {
        return false;
    }
    if (jtag) {
        printf("board    %s: development boot, the core waits in its boot ROM\n", rig->board.name);
        return true;
    }
    if (!session_download(&rig->session, error)) {
        return false;
    }
    print_layout(rig);
    document_set(rig->document, "layout", describe_layout(&rig->session.layout));
    return true;
}

static bool serve(struct rig *rig, struct server *server, const struct options *options,
                  struct error *error)
{
    const bool jtag = options->jtag_port != OPTIONS_NO_PORT;
    const uint64_t gdb = options->gdb_port != OPTIONS_NO_PORT ? options->gdb_port : GDB_PORT;
    if (!rig_wants_simulated(options, "serve", error) || !rig_prepare(rig, options, error)) {
        return false;
    }
    if (jtag && rig->board.debug.jtag_id == 0) {
        return error_set(error, ERROR_NO_DEBUG_FACTS, NULL, 0, 0, "%s", rig->board.mcu);
    }
    if (!server_open(server, (uint16_t)(jtag ? options->jtag_port : gdb), error) ||
        !prepare(rig, jtag, options, error)) {
        return false;
    }
    printf("%s 127.0.0.1:%u\n", jtag ? "jtag    " : "gdb     ", server->port);
    fflush(stdout);
    document_set(rig->document, "port", json_integer(server->port));
    if (!document_publish(rig->document, error)) {
        return false;
    }
    return jtag ? jtag_run(server, &rig->session, error) : server_run(server, &rig->session, error);
}

static bool check_ports(const struct options *options, struct error *error)
{
    const struct {
        const char *name;
        uint64_t port;
    } ports[] = {{"--gdb", options->gdb_port}, {"--jtag", options->jtag_port}};
    for (size_t i = 0; i < 2; i++) {
        if (ports[i].port != OPTIONS_NO_PORT && ports[i].port > UINT16_MAX) {
            return error_set(error, ERROR_USAGE, NULL, 0, 0, "%s: %llu is no port; 0 to 65535",
                             ports[i].name, (unsigned long long)ports[i].port);
        }
    }
    if (options->gdb_port != OPTIONS_NO_PORT && options->jtag_port != OPTIONS_NO_PORT) {
        return error_set(error, ERROR_USAGE, NULL, 0, 0,
                         "serve takes --gdb or --jtag, not both: one debugger at a time");
    }
    return true;
}

int command_serve(const struct options *options, struct error *error)
{
    struct rig rig = {0};
    struct server server = {.socket = -1};
    if (options->argument_count != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "serve takes no arguments");
        return error_exit_status(error->code);
    }
    if (!check_ports(options, error)) {
        return error_exit_status(error->code);
    }
    bool good = serve(&rig, &server, options, error);
    server_close(&server);
    rig_close(&rig);
    return good ? 0 : error_exit_status(error->code);
}

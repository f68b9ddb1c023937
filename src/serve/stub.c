/* SPDX-License-Identifier: MIT */
#include "serve/stub.h"

#include "serve/registers.h"
#include "target/sim_target.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define REFUSED     "E01"
#define MEMORY_MAX  (PACKET_SIZE / 2) /* bytes of an m reply */
#define CONSOLE_MAX 2048              /* bytes of text in one O packet */

void stub_init(struct stub *stub, struct session *session)
{
    *stub = (struct stub){.session = session, .sim = sim_target_sim(session->target)};
    stops_init(&stub->stops, stub->sim);
    cpu_mask_interrupts(sim_cpu(stub->sim), session->lifecycle->mask_interrupts);
    snprintf(stub->stop_reply, sizeof stub->stop_reply, "T05thread:01;");
}

void stub_attach(struct stub *stub, struct connection *connection)
{
    stub->connection = connection;
    stops_clear(&stub->stops);
}

static void reply(struct stub *stub, const char *text)
{
    connection_send_text(stub->connection, text);
}

static void reply_done(struct stub *stub, bool good)
{
    reply(stub, good ? "OK" : REFUSED);
}

void stub_print(struct stub *stub, const char *text, size_t size)
{
    char packet[1 + 2 * CONSOLE_MAX + 1] = "O";
    while (size > 0) {
        size_t part = size < CONSOLE_MAX ? size : CONSOLE_MAX;
        packet_hex(text, part, packet + 1);
        reply(stub, packet);
        text += part;
        size -= part;
    }
}

static void put_register(struct stub *stub, enum cpu_register reg, char *text)
{
    uint32_t value = cpu_get(sim_cpu(stub->sim), reg);
    packet_hex(&value, sizeof value, text);
}

static void read_registers(struct stub *stub, const char *arguments)
{
    (void)arguments;
    char text[8 * REGISTERS_COUNT + 1];
    for (unsigned i = 0; i < REGISTERS_COUNT; i++) {
        put_register(stub, registers_at(i), text + (size_t)8 * i);
    }
    reply(stub, text);
}

static void write_registers(struct stub *stub, const char *arguments)
{
    uint32_t values[REGISTERS_COUNT];
    bool good = strlen(arguments) == (size_t)8 * REGISTERS_COUNT &&
                packet_unhex(arguments, values, sizeof values);
    for (unsigned i = 0; good && i < REGISTERS_COUNT; i++) {
        cpu_set(sim_cpu(stub->sim), registers_at(i), values[i]);
    }
    reply_done(stub, good);
}

static void read_register(struct stub *stub, const char *arguments)
{
    char text[9];
    uint32_t number;
    enum cpu_register reg;
    if (!packet_number(&arguments, &number) || *arguments != '\0' ||
        !registers_find(number, &reg)) {
        reply(stub, REFUSED);
        return;
    }
    put_register(stub, reg, text);
    reply(stub, text);
}

static void write_register(struct stub *stub, const char *arguments)
{
    uint32_t number, value = 0;
    enum cpu_register reg = CPU_R0;
    bool good = packet_number(&arguments, &number) && *arguments == '=' &&
                registers_find(number, &reg) && strlen(arguments + 1) == 8 &&
                packet_unhex(arguments + 1, &value, sizeof value);
    if (good) {
        cpu_set(sim_cpu(stub->sim), reg, value);
    }
    reply_done(stub, good);
}

/* "ADDRESS,SIZE", and what follows. */
static bool parse_range(const char **arguments, uint32_t *address, uint32_t *size)
{
    return packet_number(arguments, address) && *(*arguments)++ == ',' &&
           packet_number(arguments, size);
}

/* By the probe, whose accesses take time: what the hardware does by itself goes on meanwhile. */
static bool stub_read(struct stub *stub, uint32_t address, void *bytes, size_t size)
{
    struct target *target = stub->session->target;
    struct error refused = {.code = ERROR_NONE};
    return target->ops->read_memory(target->context, address, bytes, size, &refused);
}

static bool stub_write(struct stub *stub, uint32_t address, const void *bytes, size_t size)
{
    struct target *target = stub->session->target;
    struct error refused = {.code = ERROR_NONE};
    return target->ops->write_memory(target->context, address, bytes, size, &refused);
}

static void read_memory(struct stub *stub, const char *arguments)
{
    static uint8_t bytes[MEMORY_MAX];
    static char text[2 * MEMORY_MAX + 1];
    uint32_t address, size;
    if (!parse_range(&arguments, &address, &size) || *arguments != '\0' || size == 0) {
        reply(stub, REFUSED);
        return;
    }
    size = size < MEMORY_MAX ? size : MEMORY_MAX; /* a shorter answer is allowed */
    if (!stub_read(stub, address, bytes, size)) {
        reply(stub, REFUSED);
        return;
    }
    packet_hex(bytes, size, text);
    reply(stub, text);
}

static void write_memory(struct stub *stub, const char *arguments)
{
    static uint8_t bytes[MEMORY_MAX];
    uint32_t address, size = 0;
    bool good = parse_range(&arguments, &address, &size) && *arguments == ':' &&
                size <= MEMORY_MAX && strlen(arguments + 1) == (size_t)2 * size &&
                packet_unhex(arguments + 1, bytes, size) && stub_write(stub, address, bytes, size);
    reply_done(stub, good);
}

/* The bytes follow the colon as they are. */
static void write_binary(struct stub *stub, const char *arguments)
{
    const struct packet_reader *reader = &stub->connection->reader;
    const char *end = (const char *)reader->payload + reader->size;
    uint32_t address, size = 0;
    bool good = parse_range(&arguments, &address, &size) && *arguments == ':' &&
                (size_t)(end - (arguments + 1)) == size &&
                stub_write(stub, address, arguments + 1, size);
    reply_done(stub, good);
}

/* `c` and `s` may give an address to go on at, `C` and `S` a signal before it. */
static void resume(struct stub *stub, const char *arguments)
{
    uint8_t command = stub->connection->reader.payload[0];
    uint32_t value;
    bool has_signal = isupper(command) != 0;
    if (has_signal &&
        (!packet_number(&arguments, &value) || (*arguments != '\0' && *arguments++ != ';'))) {
        reply(stub, REFUSED);
        return;
    }
    if (*arguments != '\0') {
        if (!packet_number(&arguments, &value) || *arguments != '\0') {
            reply(stub, REFUSED);
            return;
        }
        cpu_set(sim_cpu(stub->sim), CPU_PC, value);
    }
    stub_run(stub, tolower(command) == 's');
}

/* There is one thread, so the first action is the one that applies. */
static void resume_threads(struct stub *stub, const char *arguments)
{
    switch (arguments[0]) {
    case 'c':
    case 'C': stub_run(stub, false); break;
    case 's':
    case 'S': stub_run(stub, true); break;
    default: reply(stub, REFUSED); break;
    }
}

/* Read and access watchpoints (Z3, Z4) are answered as not supported: by nothing. */
static void set_stop(struct stub *stub, const char *arguments)
{
    bool set = stub->connection->reader.payload[0] == 'Z';
    char kind = *arguments != '\0' ? *arguments++ : '\0';
    uint32_t address, size;
    if (kind < '0' || kind > '2') {
        reply(stub, "");
        return;
    }
    bool good =
        *arguments++ == ',' && parse_range(&arguments, &address, &size) &&
        (kind == '2' ? stops_set_watch(&stub->stops, address, size, set)
                     : stops_set_breakpoint(&stub->stops, (unsigned)(kind - '0'), address, set));
    reply_done(stub, good);
}

static void say_stop(struct stub *stub, const char *arguments)
{
    (void)arguments;
    reply(stub, stub->stop_reply);
}

static void say_ok(struct stub *stub, const char *arguments)
{
    (void)arguments;
    reply(stub, "OK");
}

static void say_attached(struct stub *stub, const char *arguments)
{
    (void)arguments;
    reply(stub, "1"); /* so that GDB detaches when it quits */
}

static void say_thread(struct stub *stub, const char *arguments)
{
    (void)arguments;
    reply(stub, "QC1");
}

static void say_first_thread(struct stub *stub, const char *arguments)
{
    (void)arguments;
    reply(stub, "m1");
}

static void say_no_more_threads(struct stub *stub, const char *arguments)
{
    (void)arguments;
    reply(stub, "l");
}

static void say_features(struct stub *stub, const char *arguments)
{
    (void)arguments;
    char text[128];
    snprintf(text, sizeof text,
             "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;vContSupported+", PACKET_SIZE);
    reply(stub, text);
}

static void say_resumptions(struct stub *stub, const char *arguments)
{
    (void)arguments;
    reply(stub, "vCont;c;C;s;S");
}

static void stop_acknowledging(struct stub *stub, const char *arguments)
{
    (void)arguments;
    reply(stub, "OK");
    stub->connection->no_ack = true;
}

/* "m" or "l" (the last part), then the bytes. */
static void send_description(struct stub *stub, const char *arguments)
{
    uint8_t packet[PACKET_SIZE];
    const char *text = registers_description();
    uint32_t offset, size;
    if (!parse_range(&arguments, &offset, &size) || *arguments != '\0' || offset > strlen(text)) {
        reply(stub, REFUSED);
        return;
    }
    const uint8_t *from = (const uint8_t *)text + offset;
    size_t left = strlen(text + offset);
    size_t part = packet_fitting(from, left < size ? left : size, 1);
    packet[0] = part < left ? 'm' : 'l';
    memcpy(packet + 1, from, part);
    connection_send(stub->connection, packet, part + 1);
}

static void monitor(struct stub *stub, const char *arguments)
{
    char text[256];
    size_t size = strlen(arguments) / 2;
    if (strlen(arguments) % 2 != 0 || size >= sizeof text || !packet_unhex(arguments, text, size)) {
        reply(stub, REFUSED);
        return;
    }
    text[size] = '\0';
    stub_monitor(stub, text);
}

static void detach(struct stub *stub, const char *arguments)
{
    (void)arguments;
    reply(stub, "OK");
    stub->connection->open = false;
}

static void kill_board(struct stub *stub, const char *arguments)
{
    (void)arguments;
    stub->connection->open = false; /* has no answer; the board stays for the next client */
}

struct command {
    const char *prefix;
    bool whole; /* nothing may follow */
    void (*run)(struct stub *stub, const char *arguments);
};

/* The first that fits is taken, so longer prefixes stand before shorter ones. */
static const struct command commands[] = {
    {"?", true, say_stop},
    {"g", true, read_registers},
    {"G", false, write_registers},
    {"p", false, read_register},
    {"P", false, write_register},
    {"m", false, read_memory},
    {"M", false, write_memory},
    {"X", false, write_binary},
    {"c", false, resume},
    {"C", false, resume},
    {"s", false, resume},
    {"S", false, resume},
    {"Z", false, set_stop},
    {"z", false, set_stop},
    {"H", false, say_ok},
    {"T", false, say_ok},
    {"D", false, detach},
    {"k", true, kill_board},
    {"vCont?", true, say_resumptions},
    {"vCont;", false, resume_threads},
    {"vKill;", false, detach},
    {"qSupported", false, say_features},
    {"QStartNoAckMode", true, stop_acknowledging},
    {"qXfer:features:read:target.xml:", false, send_description},
    {"qRcmd,", false, monitor},
    {"qAttached", false, say_attached},
    {"qfThreadInfo", true, say_first_thread},
    {"qsThreadInfo", true, say_no_more_threads},
    {"qC", true, say_thread},
};

void stub_command(struct stub *stub)
{
    const char *packet = (const char *)stub->connection->reader.payload;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        size_t length = strlen(commands[i].prefix);
        if (strncmp(packet, commands[i].prefix, length) == 0 &&
            (!commands[i].whole || packet[length] == '\0')) {
            commands[i].run(stub, packet + length);
            return;
        }
    }
    reply(stub, "");
}

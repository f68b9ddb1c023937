/* SPDX-License-Identifier: MIT */
#include "dap/debug_port.h"

/* Registers by address bits 3:2; which lies at 4 depends on SELECT.DPBANKSEL [ARM]. */
enum {
    DP_DPIDR = 0x0,
    DP_CTRL_STAT = 0x4,
    DP_SELECT = 0x8,
    DP_RDBUFF = 0xC
};

#define ACK_OK_FAULT UINT64_C(2)

#define ORUNDETECT   UINT32_C(0x00000001)
#define STICKY_ORUN  UINT32_C(0x00000002)
#define STICKY_CMP   UINT32_C(0x00000010)
#define READ_OK      UINT32_C(0x00000040)
#define WRITE_ERROR  UINT32_C(0x00000080)
#define CDBGRSTREQ   UINT32_C(0x04000000)
#define CDBGPWRUPREQ UINT32_C(0x10000000)
#define CSYSPWRUPREQ UINT32_C(0x40000000)
#define REQUESTS     (CDBGRSTREQ | CDBGPWRUPREQ | CSYSPWRUPREQ)
#define POWERED      (CDBGPWRUPREQ | CSYSPWRUPREQ)
#define STICKY       (STICKY_ORUN | STICKY_CMP | DP_STICKY_ERROR | WRITE_ERROR)

#define BANK         UINT32_C(0xF) /* SELECT.DPBANKSEL */
/* TARGETID of bank 2: ST's designer number; the part is not published [INF]. */
#define TARGETID UINT32_C(0x00000041)

void debug_port_init(struct debug_port *port, uint32_t dpidr, const struct debug_port_bus *bus)
{
    *port = (struct debug_port){.bus = *bus, .dpidr = dpidr};
}

/* Each request is acknowledged by the bit above it, at once. */
static uint32_t status(const struct debug_port *port)
{
    return port->control | (port->control & REQUESTS) << 1;
}

static uint32_t read_bank(const struct debug_port *port)
{
    switch (port->select & BANK) {
    case 0: return status(port);
    case 2: return TARGETID;
    default: return 0;
    }
}

static void read_register(struct debug_port *port, uint8_t address)
{
    switch (address) {
    case DP_DPIDR: port->result = port->dpidr; break;
    case DP_CTRL_STAT: port->result = read_bank(port); break;
    case DP_SELECT: port->result = port->select; break;
    default: port->result = 0; break; /* RDBUFF: its scan showed the result before */
    }
}

static void write_register(struct debug_port *port, uint8_t address, uint32_t value)
{
    const uint32_t kept = REQUESTS | ORUNDETECT;
    if (address == DP_SELECT) {
        port->select = value;
    } else if (address == DP_CTRL_STAT && (port->select & BANK) == 0) {
        port->control = (port->control & STICKY & ~value) | (value & kept);
    }
}

/* After an error nothing goes through until the debugger has cleared it, nor without power. */
static bool is_blocked(struct debug_port *port)
{
    if ((port->control & POWERED) != POWERED) {
        port->control |= DP_STICKY_ERROR;
    }
    return (port->control & DP_STICKY_ERROR) != 0;
}

static void access_port(struct debug_port *port, bool read, uint8_t address, uint32_t value)
{
    const uint8_t ap = (uint8_t)(port->select >> 24);
    const uint8_t where = (uint8_t)((port->select & 0xF0u) | address);
    port->result = 0;
    if (is_blocked(port)) {
        return;
    }
    const bool good = read ? port->bus.read(port->bus.context, ap, where, &port->result)
                           : port->bus.write(port->bus.context, ap, where, value);
    if (!good) {
        port->control |= DP_STICKY_ERROR;
    }
}

uint64_t debug_port_capture(struct debug_port *port, enum tap_instruction instruction)
{
    return instruction == TAP_ABORT ? 0 : (uint64_t)port->result << 3 | ACK_OK_FAULT;
}

void debug_port_update(struct debug_port *port, enum tap_instruction instruction, uint64_t value)
{
    const bool read = (value & 1u) != 0;
    const uint8_t address = (uint8_t)((value >> 1 & 3u) << 2);
    const uint32_t data = (uint32_t)(value >> 3);
    if (instruction == TAP_APACC) {
        access_port(port, read, address, data);
    } else if (instruction == TAP_DPACC && read) {
        read_register(port, address);
    } else if (instruction == TAP_DPACC) {
        write_register(port, address, data);
    }
    /* ABORT: no access is ever under way. */
}

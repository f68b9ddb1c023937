/* SPDX-License-Identifier: MIT */
#include "selftest/frame.h"

/* XSPI, by offset. */
#define CR            0x000u
#define CR_ABORT      UINT32_C(0x00000002)
#define CR_APMS       UINT32_C(0x00400000)
#define CR_FMODE      UINT32_C(0x30000000)
#define CR_FMODE_READ UINT32_C(0x10000000) /* indirect */
#define SR            0x020u
#define SR_TEF        UINT32_C(0x00000001)
#define SR_TCF        UINT32_C(0x00000002)
#define SR_BUSY       UINT32_C(0x00000020)
#define FCR           0x024u
#define FCR_ALL       UINT32_C(0x0000001B)
#define DLR           0x040u
#define AR            0x048u
#define DR            0x050u
#define CCR           0x100u
#define CCR_IMODE_1   UINT32_C(0x00000001)
#define CCR_ADMODE_1  UINT32_C(0x00000100)
#define CCR_ADSIZE_24 UINT32_C(0x00002000)
#define CCR_DMODE_1   UINT32_C(0x01000000)
#define TCR           0x108u
#define IR            0x110u

/* A frame takes microseconds; each look takes a debugger at least some. [choice] */
#define LOOKS 1000u

struct port {
    struct target *target;
    uint32_t registers;
    struct error *error;
};

static bool get(const struct port *port, uint32_t offset, uint32_t *value)
{
    return port->target->ops->read_memory(port->target->context, port->registers + offset, value,
                                          sizeof *value, port->error);
}

static bool put(const struct port *port, uint32_t offset, uint32_t value)
{
    return port->target->ops->write_memory(port->target->context, port->registers + offset, &value,
                                           sizeof value, port->error);
}

static bool wait_for(const struct port *port, uint32_t mask, uint32_t wanted)
{
    uint32_t status = 0;
    for (unsigned i = 0; i < LOOKS; i++) {
        if (!get(port, SR, &status)) {
            return false;
        }
        if ((status & mask) == wanted) {
            return true;
        }
    }
    return error_set(port->error, ERROR_TARGET, NULL, 0, 0,
                     "the controller does not end a transfer that the debugger began: SR is 0x%08x",
                     (unsigned)status);
}

/* A mapped window keeps NCS low; ABORT without a transfer would set no flag. */
static bool stop_transfer(const struct port *port)
{
    uint32_t control = 0, status = 0;
    if (!get(port, SR, &status) || !get(port, CR, &control)) {
        return false;
    }
    if ((status & SR_BUSY) != 0 && !put(port, CR, control | CR_ABORT)) {
        return false;
    }
    return wait_for(port, SR_BUSY, 0) && put(port, FCR, FCR_ALL);
}

static bool send(const struct port *port, const struct frame *frame, uint32_t control)
{
    uint32_t phases = CCR_IMODE_1 | CCR_DMODE_1;
    if (frame->has_address) {
        phases |= CCR_ADMODE_1 | CCR_ADSIZE_24;
    }
    return put(port, CR, (control & ~(CR_FMODE | CR_APMS)) | CR_FMODE_READ) &&
           put(port, DLR, frame->size - 1) && put(port, TCR, frame->dummy_clocks) &&
           put(port, CCR, phases) && put(port, IR, frame->opcode) &&
           (!frame->has_address || put(port, AR, frame->address)) &&
           wait_for(port, SR_TCF | SR_TEF, SR_TCF);
}

/* Whole words, then byte by byte: a read of more than the FIFO holds stalls the bus. */
static bool take(const struct port *port, uint8_t *bytes, uint32_t size)
{
    for (uint32_t done = 0, step = 0; done < size; done += step) {
        step = size - done >= 4 ? 4 : 1;
        if (!port->target->ops->read_memory(port->target->context, port->registers + DR,
                                            bytes + done, step, port->error)) {
            return false;
        }
    }
    return true;
}

bool frame_can(const struct board *board)
{
    return board->block.controller.kind == CONTROLLER_XSPI;
}

bool frame_read(struct target *target, const struct board *board, const struct frame *frame,
                uint8_t *bytes, struct error *error)
{
    static const uint32_t kept[] = {TCR, CCR, IR, DLR, CR};
    uint32_t saved[sizeof kept / sizeof kept[0]];
    const struct port port = {target, board->block.controller.registers, error};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (!get(&port, kept[i], &saved[i])) {
            return false;
        }
    }
    if (!stop_transfer(&port)) {
        return false;
    }
    const uint32_t control = saved[sizeof kept / sizeof kept[0] - 1] & ~CR_ABORT;
    bool good = send(&port, frame, control) && take(&port, bytes, frame->size);
    good = stop_transfer(&port) && good;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        good = put(&port, kept[i], kept[i] == CR ? control : saved[i]) && good;
    }
    return good;
}

/* SPDX-License-Identifier: MIT */
#include "host/stop.h"

#include "host/record_text.h"

#include <stdio.h>
#include <string.h>

enum {
    XPSR_EXCEPTION = 0x1FF,
    EXC_RETURN_SPSEL = 1 << 2,
    CFSR_MMARVALID = 1 << 7,
    CFSR_BFARVALID = 1 << 15
};

#define SCB_CFSR   UINT32_C(0xE000ED28)
#define SCB_MMFAR  UINT32_C(0xE000ED34)
#define SCB_BFAR   UINT32_C(0xE000ED38)
#define EXC_RETURN UINT32_C(0xFF000000) /* bits 31:24, Armv8-M ARM; Armv7-M has ones to bit 5 */

/* The words that exception entry stacks, Armv7-M and Armv8-M ARM. */
struct frame {
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

static uint32_t get_register(const struct session *session, enum target_register reg)
{
    uint32_t value = 0;
    session->target->ops->read_register(session->target->context, reg, &value, NULL);
    return value;
}

static uint32_t get_word(const struct session *session, uint32_t address)
{
    uint32_t value = 0;
    session->target->ops->read_memory(session->target->context, address, &value, sizeof value,
                                      NULL);
    return value;
}

void stop_place(const struct session *session, uint32_t address, char *buffer, size_t size)
{
    uint32_t linked = address - session->layout.image + session->loader->image_address;
    const struct loader_symbol *symbol = loader_file_symbol(session->loader, linked);
    if (address == session->layout.base) {
        snprintf(buffer, size, "the return address");
    } else if (symbol != NULL) {
        snprintf(buffer, size, "%s+0x%x", symbol->name, linked - symbol->address);
    } else {
        snprintf(buffer, size, "0x%08x", address);
    }
}

/* What the exception that is running interrupted; nothing if LR tells of no frame. */
static size_t describe_interrupted(const struct session *session, char *buffer, size_t size)
{
    char place[64], exception[16];
    struct frame frame;
    uint32_t lr = get_register(session, TARGET_LR);
    if ((lr & EXC_RETURN) != EXC_RETURN) {
        return 0;
    }
    uint32_t sp = get_register(session, (lr & EXC_RETURN_SPSEL) != 0 ? TARGET_PSP : TARGET_MSP);
    if (!session->target->ops->read_memory(session->target->context, sp, &frame, sizeof frame,
                                           NULL)) {
        return 0;
    }
    stop_place(session, frame.pc, place, sizeof place);
    int wrote = snprintf(buffer, size, ", entered from %s in %s", place,
                         record_text_exception(frame.xpsr & XPSR_EXCEPTION, exception));
    return wrote > 0 && (size_t)wrote < size ? (size_t)wrote : 0;
}

static void describe_faults(const struct session *session, char *buffer, size_t size)
{
    uint32_t cfsr = get_word(session, SCB_CFSR);
    char bits[160], address[32] = "";
    if (cfsr == 0) {
        return;
    }
    record_text_cfsr(cfsr, bits, sizeof bits);
    if ((cfsr & CFSR_BFARVALID) != 0) {
        snprintf(address, sizeof address, ", BFAR 0x%08x", get_word(session, SCB_BFAR));
    } else if ((cfsr & CFSR_MMARVALID) != 0) {
        snprintf(address, sizeof address, ", MMFAR 0x%08x", get_word(session, SCB_MMFAR));
    }
    snprintf(buffer, size, "; CFSR 0x%08x %s%s", cfsr, bits, address);
}

void stop_describe(const struct session *session, char *buffer, size_t size)
{
    char place[64], exception[16];
    uint32_t number = get_register(session, TARGET_XPSR) & XPSR_EXCEPTION;
    stop_place(session, get_register(session, TARGET_PC), place, sizeof place);
    int wrote =
        snprintf(buffer, size, "at %s, %s", place, record_text_exception(number, exception));
    size_t used = wrote > 0 && (size_t)wrote < size ? (size_t)wrote : 0;
    if (number != 0) {
        used += describe_interrupted(session, buffer + used, size - used);
        describe_faults(session, buffer + used, size - used);
    }
}

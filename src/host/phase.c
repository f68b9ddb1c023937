/* SPDX-License-Identifier: MIT */
#include "host/phase.h"

#include <string.h>

#define CANARY     UINT32_C(0xDEADF00D) /* pyOCD [seen] */
#define FILL       0x56                 /* probe-rs [seen] */
#define FILL_CHUNK 1024u

/* N6, probe-rs/src/vendor/st/sequences/stm32n6.rs [seen]: what its reset catch does. */
#define XPSR_THUMB    UINT32_C(0x01000000)
#define SCB_FPCCR     UINT32_C(0xE000EF34)
#define SCB_CCR       UINT32_C(0xE000ED14)
#define SCB_ICIALLU   UINT32_C(0xE000EF50)
#define RCC_MEMENR    UINT32_C(0x4602824C)
#define RAMCFG_AXI3CR UINT32_C(0x42023100)
#define RAMCFG_STEP   UINT32_C(0x80)
#define FPCCR_RESET   UINT32_C(0xC0000000)
#define CCR_CACHELESS UINT32_C(0x00000201)
#define AXISRAM3_TO_6 UINT32_C(0x0000000F)

static bool write_word(struct session *session, uint32_t address, uint32_t value,
                       struct error *error)
{
    return session->target->ops->write_memory(session->target->context, address, &value,
                                              sizeof value, error);
}

static bool clean_registers(struct session *session, struct error *error)
{
    static const struct {
        enum target_register reg;
        uint32_t value;
    } special[] = {{TARGET_MSP, 0},          {TARGET_PSP, 0},     {TARGET_MSPLIM, 0},
                   {TARGET_PSPLIM, 0},       {TARGET_CONTROL, 0}, {TARGET_FAULTMASK, 0},
                   {TARGET_BASEPRI, 0},      {TARGET_PRIMASK, 1}, {TARGET_LR, 0},
                   {TARGET_XPSR, XPSR_THUMB}};
    const struct target *target = session->target;
    for (int i = 0; i <= 12; i++) {
        if (!target->ops->write_register(target->context, (enum target_register)i, 0, error)) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        if (!target->ops->write_register(target->context, special[i].reg, special[i].value,
                                         error)) {
            return false;
        }
    }
    return true;
}

/* RAM blocks 3 to 6 get a clock and are woken up. */
static bool wake_ram(struct session *session, struct error *error)
{
    const struct target *target = session->target;
    uint32_t enabled = 0;
    if (!target->ops->read_memory(target->context, RCC_MEMENR, &enabled, sizeof enabled, error) ||
        !write_word(session, RCC_MEMENR, enabled | AXISRAM3_TO_6, error)) {
        return false;
    }
    for (uint32_t i = 0; i < 4; i++) {
        if (!write_word(session, RAMCFG_AXI3CR + i * RAMCFG_STEP, 0, error)) {
            return false;
        }
    }
    return true;
}

static bool reset_and_clean(struct session *session, struct error *error)
{
    const struct target *target = session->target;
    if (target->ops->reset == NULL) {
        return error_set(error, ERROR_TARGET, NULL, 0, 0,
                         "host %s resets the board first, which target %s cannot do",
                         session->lifecycle->name, target->ops->name);
    }
    return target->ops->reset(target->context, error) && clean_registers(session, error) &&
           write_word(session, SCB_FPCCR, FPCCR_RESET, error) &&
           write_word(session, SCB_CCR, CCR_CACHELESS, error) &&
           write_word(session, SCB_ICIALLU, 0, error) && wake_ram(session, error);
}

static bool fill_stack(struct session *session, struct error *error)
{
    const struct layout *layout = &session->layout;
    uint8_t fill[FILL_CHUNK];
    memset(fill, FILL, sizeof fill);
    for (uint32_t at = layout->stack_bottom; at < layout->stack;) {
        const uint32_t left = layout->stack - at;
        const uint32_t now = left < FILL_CHUNK ? left : FILL_CHUNK;
        if (!session->target->ops->write_memory(session->target->context, at, fill, now, error)) {
            return false;
        }
        at += now;
    }
    return true;
}

bool phase_prepare_ram(struct session *session, struct error *error)
{
    const struct lifecycle *lifecycle = session->lifecycle;
    const struct layout *layout = &session->layout;
    if (!session->target->ops->halt(session->target->context, error) ||
        (lifecycle->reset == RESET_CLEAN && !reset_and_clean(session, error)) ||
        !write_word(session, layout->base, lifecycle->return_word, error)) {
        return false;
    }
    switch (lifecycle->stack_check) {
    case STACK_CANARY: return write_word(session, layout->stack_bottom, CANARY, error);
    case STACK_FILLED: return fill_stack(session, error);
    case STACK_NOT_CHECKED: break;
    }
    return true;
}

bool phase_check_stack(struct session *session, enum loader_function function, struct error *error)
{
    const struct layout *layout = &session->layout;
    const enum stack_check check = session->lifecycle->stack_check;
    uint32_t lowest = 0;
    if (check == STACK_NOT_CHECKED) {
        return true;
    }
    if (!session->target->ops->read_memory(session->target->context, layout->stack_bottom, &lowest,
                                           sizeof lowest, error)) {
        return false;
    }
    if (check == STACK_CANARY ? lowest == CANARY : (lowest & 0xFF) == FILL) {
        return true;
    }
    error_set(error, ERROR_STACK_OVERFLOW, session->loader->path, 0, 0,
              "after %s the lowest word of the stack at 0x%08x holds 0x%08x; %s put 0x%08x there, "
              "%u bytes below the initial SP",
              session->loader->name[function], layout->stack_bottom, lowest,
              session->lifecycle->name, check == STACK_CANARY ? CANARY : FILL * 0x01010101u,
              layout->stack - layout->stack_bottom);
    return false;
}

/* What Init and UnInit are told: 1 erase, 2 program, 3 verify or read. */
static uint32_t number_of(enum operation operation)
{
    return operation == OPERATION_ERASE ? 1 : operation == OPERATION_WRITE ? 2 : 3;
}

static bool load(struct session *session, struct error *error)
{
    if (session->downloaded && session->lifecycle->download_rule == DOWNLOAD_ONCE) {
        return session->target->ops->halt(session->target->context, error);
    }
    return session_download(session, error);
}

bool phase_begin(struct session *session, enum operation operation, struct error *error)
{
    const uint32_t number = number_of(operation);
    const struct lifecycle *lifecycle = session->lifecycle;
    const uint32_t arguments[4] = {session->loader->info.device_start_address,
                                   lifecycle->init_clock, number, 0};
    if (session->phase == number) {
        return true;
    }
    if (!phase_end(session, error) || !load(session, error)) {
        return false;
    }
    if (loader_file_has(session->loader, LOADER_INIT) &&
        !session_call_checked(session, LOADER_INIT, arguments, lifecycle->init_timeout_ms, error)) {
        return false;
    }
    session->phase = number;
    session->prepared = true;
    return true;
}

bool phase_end(struct session *session, struct error *error)
{
    const uint32_t arguments[4] = {session->phase, 0, 0, 0};
    if (session->phase == 0) {
        return true;
    }
    session->phase = 0;
    session->prepared = false;
    return !loader_file_has(session->loader, LOADER_UNINIT) ||
           session_call_checked(session, LOADER_UNINIT, arguments,
                                session->lifecycle->init_timeout_ms, error);
}

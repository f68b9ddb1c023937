/* SPDX-License-Identifier: MIT */
#include "host/call.h"

#define XPSR_THUMB  UINT32_C(0x01000000)
#define STATIC_BASE ((enum target_register)(TARGET_R0 + 9))

static bool set_register(struct session *session, enum target_register reg, uint32_t value,
                         struct error *error)
{
    return session->target->ops->write_register(session->target->context, reg, value, error);
}

bool call_set_if_there(struct session *session, enum target_register reg, uint32_t value,
                       struct error *error)
{
    const struct target *target = session->target;
    return (target->ops->has_register != NULL &&
            !target->ops->has_register(target->context, reg)) ||
           set_register(session, reg, value, error);
}

static bool clean_core(struct session *session, struct error *error)
{
    return call_set_if_there(session, TARGET_CONTROL, 0, error) &&
           call_set_if_there(session, TARGET_PRIMASK, 1, error) &&
           call_set_if_there(session, TARGET_FAULTMASK, 0, error) &&
           call_set_if_there(session, TARGET_BASEPRI, 0, error) &&
           call_set_if_there(session, TARGET_MSPLIM, 0, error) &&
           call_set_if_there(session, TARGET_PSPLIM, 0, error);
}

/* target_run_algorithm(): privileged Thread mode, SPSEL as found, interrupts off by PRIMASK. It
 * puts all registers back afterwards, which nobody sees before the next call. */
static bool prepare_as_openocd(struct session *session, struct error *error)
{
    uint32_t control = 0;
    const struct target *target = session->target;
    const bool given = target->ops->has_register == NULL ||
                       target->ops->has_register(target->context, TARGET_CONTROL);
    return (!given ||
            target->ops->read_register(target->context, TARGET_CONTROL, &control, error)) &&
           call_set_if_there(session, TARGET_CONTROL, control & ~UINT32_C(1), error) &&
           call_set_if_there(session, TARGET_PRIMASK, 1, error);
}

static bool set_stldr(struct session *session, uint32_t entry, const uint32_t arguments[4],
                      struct error *error)
{
    const struct layout *layout = &session->layout;
    uint32_t call = session->lifecycle->call;
    int zeroed = call == CALL_OPENOCD ? 3 : 12;
    for (int i = 0; i <= zeroed; i++) {
        uint32_t value = i < 4 ? arguments[i] : 0;
        if (!set_register(session, (enum target_register)(TARGET_R0 + i), value, error)) {
            return false;
        }
    }
    if ((call == CALL_CLEAN_CORE && !clean_core(session, error)) ||
        (call == CALL_OPENOCD && !prepare_as_openocd(session, error))) {
        return false;
    }
    return set_register(session, TARGET_SP, layout->stack, error) &&
           set_register(session, TARGET_LR, layout->base | 1u, error) &&
           set_register(session, TARGET_PC, entry, error) &&
           set_register(session, TARGET_XPSR, XPSR_THUMB, error) &&
           (call == CALL_OPENOCD || (call_set_if_there(session, TARGET_MSP, layout->stack, error) &&
                                     call_set_if_there(session, TARGET_PSP, 0, error)));
}

/* How many arguments a tool passes: it writes no register for the others. */
static int arguments_of(const struct session *session, enum loader_function function)
{
    switch (function) {
    case LOADER_MASS_ERASE: return 0;
    case LOADER_UNINIT: return 1;
    case LOADER_SECTOR_ERASE: return session->loader->erases_many ? 3 : 1;
    default: return 3;
    }
}

/* What Init got in R9 and SP is what the algorithm itself has left there since. */
static bool set_algorithm(struct session *session, enum loader_function function, uint32_t entry,
                          const uint32_t arguments[4], struct error *error)
{
    const struct layout *layout = &session->layout;
    const bool all = session->lifecycle->call == CALL_ALGORITHM_ALL;
    const int count = all ? 4 : arguments_of(session, function);
    if (!set_register(session, TARGET_PC, entry, error)) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (!set_register(session, (enum target_register)(TARGET_R0 + i), arguments[i], error)) {
            return false;
        }
    }
    if ((all || function == LOADER_INIT) &&
        ((session->lifecycle->static_base != 0 &&
          !set_register(session, STATIC_BASE, layout->static_base, error)) ||
         !set_register(session, TARGET_SP, layout->stack, error) ||
         !set_register(session, TARGET_XPSR, XPSR_THUMB, error))) {
        return false;
    }
    return set_register(session, TARGET_LR, layout->base | 1u, error);
}

bool call_set_registers(struct session *session, enum loader_function function, uint32_t entry,
                        const uint32_t arguments[4], struct error *error)
{
    return session->loader->format == FORMAT_ALGORITHM
               ? set_algorithm(session, function, entry, arguments, error)
               : set_stldr(session, entry, arguments, error);
}

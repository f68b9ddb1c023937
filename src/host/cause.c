/* SPDX-License-Identifier: MIT */
#include "host/cause.h"

/* What a finding can lead to. What only tells of bad habits leads to nothing here. */
enum effect {
    STOPS = 1,       /* hang, fault, lockup in the same call */
    STOPS_LATER = 2, /* and in a later one */
    SPOILS = 4,      /* failure returned, cells or reads wrong, then or later */
    LOSES_BOOT = 8
};

static unsigned effects_of(enum finding_id id)
{
    switch (id) {
    case FINDING_INTERRUPT: return STOPS | SPOILS;
    case FINDING_STACK_OVERFLOW:
    case FINDING_DATA_UNDER_BUFFER:
    case FINDING_CLOCK_SWITCHED:
    case FINDING_WINDOW_UNMAPPED: return STOPS | STOPS_LATER | SPOILS;
    case FINDING_EXECUTE_OUTSIDE:
    case FINDING_UNCLOCKED_ACCESS: return STOPS;
    case FINDING_UNSUPPLIED_ACCESS:
    case FINDING_FLASH_NOT_REACHED: return STOPS | SPOILS;
    case FINDING_OVER_CLOCK:
    case FINDING_OVER_ERASE:
    case FINDING_OVER_PROGRAM: return SPOILS;
    case FINDING_LEFT_PROTOCOL:
    case FINDING_LEFT_BUSY: return STOPS | STOPS_LATER | SPOILS | LOSES_BOOT;
    case FINDING_HANG:
    case FINDING_FAULT:
    case FINDING_STRAY_BREAKPOINT:
    case FINDING_ASLEEP:
    case FINDING_BUS_STALL:
    case FINDING_SYSTEM_RESET:
    case FINDING_WATCHDOG:
    case FINDING_NOT_MODELLED:
    case FINDING_CALL_FAILED:
    case FINDING_CELLS_DIFFER: return SPOILS | LOSES_BOOT; /* the operation was cut off */
    default: return 0;
    }
}

void causes_begin(struct causes *causes)
{
    causes->call = causes->now;
}

void causes_note(struct causes *causes, unsigned index)
{
    if (index < CAUSES_MAX) {
        causes->seen[index] = ++causes->now;
    }
}

static bool can_cause(const struct causes *causes, uint32_t seen, enum finding_id id,
                      enum finding_id outcome)
{
    const unsigned effects = effects_of(id);
    switch (outcome) {
    case FINDING_CALL_FAILED:
    case FINDING_CELLS_DIFFER: return (effects & SPOILS) != 0;
    case FINDING_BOOT_LOST: return (effects & LOSES_BOOT) != 0;
    default: return (effects & (seen > causes->call ? STOPS : STOPS_LATER)) != 0;
    }
}

int causes_find(const struct causes *causes, const struct findings *findings,
                enum finding_id outcome)
{
    int found = NO_CAUSE;
    uint32_t latest = 0;
    for (unsigned i = 0; i < findings->count && i < CAUSES_MAX; i++) {
        const uint32_t seen = causes->seen[i];
        if (seen > latest && can_cause(causes, seen, findings->items[i].id, outcome)) {
            latest = seen;
            found = (int)i;
        }
    }
    return found;
}

bool causes_in_call(const struct causes *causes, const struct findings *findings,
                    enum finding_id id)
{
    for (unsigned i = 0; i < findings->count && i < CAUSES_MAX; i++) {
        if (causes->seen[i] > causes->call && findings->items[i].id == id) {
            return true;
        }
    }
    return false;
}

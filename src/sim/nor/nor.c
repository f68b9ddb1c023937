/* SPDX-License-Identifier: MIT */
/*
 * The chip as a whole: making one, power, the RESET# pin, questions about it from outside.
 */
#include "sim/nor/chip.h"

#include <stdlib.h>
#include <string.h>

size_t nor_part_size(const char *name)
{
    const struct nor_part *part = nor_part_find(name);
    return part == NULL ? 0 : part->size;
}

const char *nor_part_name(unsigned index)
{
    const struct nor_part *part = nor_part_at(index);
    return part == NULL ? NULL : part->name;
}

struct nor *nor_create(const struct nor_config *config, struct error *error)
{
    const struct nor_part *part = config->row != NULL ? config->row : nor_part_find(config->part);
    if (part == NULL) {
        error_set(error, ERROR_UNKNOWN_PART, NULL, 0, 0, "there is no model of %s", config->part);
        return NULL;
    }
    struct nor *nor = calloc(1, sizeof(*nor));
    if (nor == NULL) {
        error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "model of %s", part->name);
        return NULL;
    }
    nor->part = part;
    nor->timing = config->timing;
    nor->seed = config->seed;
    nor->random = config->seed;
    nor->array = config->array;
    nor_commands_make(nor);
    memset(nor->security, 0xFF, sizeof(nor->security));
    nor_registers_factory(nor);
    return nor;
}

void nor_destroy(struct nor *nor)
{
    if (nor != NULL) {
        free(nor->marginal);
        free(nor->weak);
        free(nor);
    }
}

size_t nor_size(const struct nor *nor)
{
    return nor->part->size;
}

void nor_set_power(struct nor *nor, uint64_t now_ps, bool on)
{
    if (nor->powered == on) {
        return;
    }
    nor_frame_drop(nor); /* a frame that is under way goes on unheard */
    nor_operation_abort(nor, now_ps);
    nor->powered = on;
    nor->part->family->power_on(nor, now_ps);
}

void nor_set_reset_pin(struct nor *nor, uint64_t now_ps, bool released)
{
    bool falls = !released && !nor->reset_low;
    nor->reset_low = !released;
    if (falls && nor->powered) {
        nor_frame_drop(nor);
        nor->part->family->reset(nor, now_ps, true);
    }
}

static uint64_t earlier(uint64_t best, uint64_t candidate, uint64_t now_ps)
{
    return candidate > now_ps && candidate < best ? candidate : best;
}

uint64_t nor_next_event(const struct nor *nor, uint64_t now_ps)
{
    if (!nor->powered) {
        return PS_NEVER;
    }
    if (nor->linger) { /* the next status read itself changes what is seen */
        return now_ps + 1;
    }
    uint64_t best = earlier(PS_NEVER, nor->deaf_until_ps, now_ps);
    if (nor->operation.kind != NOR_IDLE) {
        best = earlier(best, nor->operation.end_ps, now_ps);
        best = earlier(best, nor->operation.suspend_ps, now_ps);
    }
    return best;
}

void nor_get_state(struct nor *nor, uint64_t now_ps, struct nor_state *state)
{
    nor_settle(nor, now_ps);
    state->powered = nor->powered;
    state->busy = nor_is_busy(nor);
    state->write_enabled = (nor_status1(nor) & SR1_WEL) != 0;
    state->suspended = nor_suspend_bits(nor) != 0;
    state->deep_power_down = nor->deep_power_down;
    state->qpi = nor->part->family->protocol(nor) == NOR_QPI;
    state->octal = (nor->part->family->protocol(nor) & NOR_OCTAL) != 0;
    state->octal_dtr = nor->part->family->protocol(nor) == NOR_DOPI;
    state->continuous_read = nor->continuous != NULL;
    state->address_bytes = nor->part->family->long_address(nor) ? 4 : 3;
    state->status1 = nor_status1(nor);
    state->status2 = nor_status2(nor);
    state->config1 = nor_config1(nor);
    state->config2 = nor->now.cr2;
    state->config3 = nor->now.cr3;
    state->last_opcode = nor->last_opcode;
}

static bool can_inherit(const struct nor_part *part, unsigned index)
{
    const uint32_t *needs = part->family->inheritable_if;
    return needs == NULL || (needs[index] & ~part->features) == 0;
}

bool nor_inherit(struct nor *nor, uint64_t now_ps, const char *state)
{
    const struct nor_family *family = nor->part->family;
    for (unsigned i = 0; family->inheritable[i] != NULL; i++) {
        if (strcmp(family->inheritable[i], state) != 0 || !can_inherit(nor->part, i)) {
            continue;
        }
        nor_set_power(nor, now_ps, true);
        nor->deaf_until_ps = nor->deaf_until_ps < now_ps ? nor->deaf_until_ps : now_ps;
        nor_settle(nor, now_ps);
        family->inherit(nor, now_ps, i);
        return true;
    }
    return false;
}

bool nor_strobes(const struct nor *nor)
{
    return nor->part->family->strobes(nor);
}

static const char *inheritable(const struct nor_part *part, unsigned index)
{
    for (unsigned i = 0; part != NULL && part->family->inheritable[i] != NULL; i++) {
        if (can_inherit(part, i) && index-- == 0) {
            return part->family->inheritable[i];
        }
    }
    return NULL;
}

const char *nor_inheritable(const char *name, unsigned index)
{
    return inheritable(nor_part_find(name), index);
}

const char *nor_inheritable_of(const struct nor *nor, unsigned index)
{
    return inheritable(nor->part, index);
}

const struct nor_stats *nor_stats(const struct nor *nor)
{
    return &nor->stats;
}

void nor_observe(struct nor *nor,
                 void (*notice)(void *context, enum nor_notice notice, uint8_t opcode,
                                uint32_t address, uint32_t length),
                 void *context)
{
    nor->notice = notice;
    nor->notice_context = context;
}

void nor_tell(const struct nor *nor, enum nor_notice notice, uint32_t address, uint32_t length)
{
    if (nor->notice != NULL) {
        nor->notice(nor->notice_context, notice, (uint8_t)nor->last_opcode, address, length);
    }
}

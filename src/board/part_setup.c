/* SPDX-License-Identifier: MIT */
#include "board/part_setup.h"

#include <string.h>

#define SR1_QUAD  0x40 /* QER 010 */
#define SR2_QUAD  0x02 /* QER 001, 100, 101, 110 */
#define SR2_QUAD7 0x80 /* QER 011 */
#define CR2_SPEED 0x02 /* MX25R: the L/H bit */

/* Steps of one part; `room` false once one did not fit. */
struct step_list {
    struct flash_step *steps;
    unsigned count;
    bool room;
};

static void add(struct step_list *list, struct flash_step step)
{
    list->room = list->room && list->count < BOARD_BLOCK_FLASH_STEPS;
    if (list->room) {
        list->steps[list->count++] = step;
    }
}

/* The address mode that a reset may leave: non-volatile settings survive it. */
static void add_address_mode(struct step_list *list, const struct part_setup *setup)
{
    if (setup->exit_4byte != 0) {
        add(list, (struct flash_step){.opcode = setup->exit_4byte});
    }
    if (setup->extended_address) {
        add(list, (struct flash_step){.opcode = 0xC5, .flags = FLASH_STEP_DATA});
    }
}

/* SR1, and what one frame has to carry beside it. */
static void add_status_write(struct step_list *list, const struct part_setup *setup, bool quad,
                             bool fast, uint8_t flags)
{
    bool two = setup->quad_enable == QUAD_ENABLE_SR2B1_DUAL_CLEARING ||
               setup->quad_enable == QUAD_ENABLE_SR2B1_READ_35_WRITE_01;
    bool blind = setup->quad_enable == QUAD_ENABLE_SR2B1_NO_READ && quad;
    bool sr1 = setup->quad_enable == QUAD_ENABLE_SR1B6 && quad;
    bool joined = two || blind || fast;
    add(list, (struct flash_step){.opcode = 0x01,
                                  .read = 0x05,
                                  .clear = setup->protect_mask,
                                  .set = sr1 ? SR1_QUAD : 0,
                                  .flags = flags | (joined ? FLASH_STEP_JOIN : 0)});
    if (two || blind) {
        add(list, (struct flash_step){.opcode = 0x01,
                                      .read = two ? 0x35 : 0,
                                      .clear = setup->protect_mask_sr2,
                                      .set = quad ? SR2_QUAD : 0,
                                      .flags = flags,
                                      .once = setup->once_mask_sr2});
    } else if (fast) {
        add(list,
            (struct flash_step){.opcode = 0x01, .read = 0x15, .flags = flags | FLASH_STEP_JOIN});
        add(list, (struct flash_step){.opcode = 0x01,
                                      .read = 0x15,
                                      .set = CR2_SPEED,
                                      .flags = flags | FLASH_STEP_SECOND});
    }
}

/* SR2 where it has an opcode of its own. */
static void add_second_write(struct step_list *list, const struct part_setup *setup, bool quad,
                             uint8_t flags)
{
    if (setup->quad_enable == QUAD_ENABLE_SR2B7 && quad) {
        add(list,
            (struct flash_step){.opcode = 0x3E, .read = 0x3F, .set = SR2_QUAD7, .flags = flags});
    } else if (setup->quad_enable == QUAD_ENABLE_SR2B1_READ_35_WRITE_31) {
        add(list, (struct flash_step){.opcode = 0x31,
                                      .read = 0x35,
                                      .clear = setup->protect_mask_sr2,
                                      .set = quad ? SR2_QUAD : 0,
                                      .flags = flags,
                                      .once = setup->once_mask_sr2});
    }
}

static void add_unlock(struct step_list *list, enum global_unlock unlock)
{
    static const uint8_t conditions[][2] = {
        [GLOBAL_UNLOCK_IF_15_B2] = {0x15, 0x04}, [GLOBAL_UNLOCK_IF_2B_B7] = {0x2B, 0x80}};
    if (unlock != GLOBAL_UNLOCK_NEVER) {
        add(list, (struct flash_step){.opcode = 0x98,
                                      .read = conditions[unlock][0],
                                      .clear = conditions[unlock][1]});
    }
}

static struct flash_status status_of(const struct part_setup *setup)
{
    static const struct flash_status schemes[] = {
        [ERROR_SCHEME_SR2_07_B6B5] = {0x07, 0x40, 0x20, 0x02, 0x01},
        [ERROR_SCHEME_SCUR_2B_B6B5] = {0x2B, 0x40, 0x20, 0x08, 0x04},
        [ERROR_SCHEME_FSR_70_B5B4] = {0x70, 0x20, 0x10, 0x40, 0x04},
    };
    static const struct flash_status suspensions[] = {
        [SUSPEND_STATUS_NONE] = {0},
        [SUSPEND_STATUS_SR2_35_B7] = {0x35, 0, 0, 0x80, 0},
        [SUSPEND_STATUS_SR2_35_B7B2] = {0x35, 0, 0, 0x80, 0x04},
        [SUSPEND_STATUS_SR1_05_B2B3] = {0x05, 0, 0, 0x04, 0x08},
    };
    return setup->error_scheme != ERROR_SCHEME_NONE ? schemes[setup->error_scheme]
                                                    : suspensions[setup->suspend_status];
}

bool part_setup_fill(const struct part_setup *setup, unsigned lanes, uint32_t clock_hz,
                     struct flash_block *flash)
{
    static const uint8_t config[] = {[QUAD_ENABLE_SR2B1_DUAL_CLEARING] = 0x35,
                                     [QUAD_ENABLE_SR2B7] = 0x3F,
                                     [QUAD_ENABLE_SR2B1_READ_35_WRITE_01] = 0x35,
                                     [QUAD_ENABLE_SR2B1_READ_35_WRITE_31] = 0x35};
    struct step_list list = {.steps = flash->steps, .room = true};
    bool quad = lanes == 4;
    bool fast = setup->low_power_hz != 0 && clock_hz > setup->low_power_hz;
    uint8_t flags = (uint8_t)(FLASH_STEP_DATA | (setup->volatile_status ? FLASH_STEP_VOLATILE : 0));
    memset(flash->steps, 0, sizeof flash->steps);
    add_address_mode(&list, setup);
    add_status_write(&list, setup, quad, fast, flags);
    add_second_write(&list, setup, quad, flags);
    add_unlock(&list, setup->global_unlock);
    flash->status = status_of(setup);
    flash->read_config = config[setup->quad_enable];
    return list.room;
}

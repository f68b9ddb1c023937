/* SPDX-License-Identifier: MIT */
#include "dap/chip.h"

/* DBGMCU: offsets and bits [SVD][HDR]; the address by which port 0 shows it: OpenOCD's and probe-rs' [comm]. */
#define SYSTEM_BASE   UINT32_C(0x44001000)
#define SYSTEM_ALIAS  UINT32_C(0x80001000)
#define DBGMCU_IDCODE 0x00u
#define DBGMCU_SR     0xFCu
#define IDCODE_VALUE  UINT32_C(0x00006486)
#define SR_AP0_ENABLE UINT32_C(0x00010000)
#define SR_AP1_ENABLE UINT32_C(0x00020000)

/* An APB-AP and an AHB5-AP as other chips of the vendor have them; those of an N6 are not published [INF]. */
#define SYSTEM_IDR UINT32_C(0x54770002)
#define CORE_IDR   UINT32_C(0x14770015)
/* BASE: no ROM table is shown. The real ones are not published. [choice] */
#define NO_TABLE UINT32_C(0x00000002)

static bool is_locked(const struct chip *chip)
{
    return chip->in_reset || chip->tap.clocks < chip->opens_at;
}

static bool find_word(uint32_t address, unsigned *index)
{
    const uint32_t offset = address - (address < SYSTEM_ALIAS ? SYSTEM_BASE : SYSTEM_ALIAS);
    *index = offset / 4;
    return *index < CHIP_SYSTEM_WORDS;
}

/* An APB carries words only [ARM]. */
static bool system_read(void *context, uint32_t address, unsigned size, bool secure,
                        uint32_t *value)
{
    (void)secure;
    const struct chip *chip = context;
    unsigned index = 0;
    if (size != 4 || !find_word(address, &index)) {
        return false;
    }
    *value = chip->system_words[index];
    if (index == DBGMCU_SR / 4) {
        *value = SR_AP0_ENABLE | (is_locked(chip) ? 0 : SR_AP1_ENABLE);
    }
    return true;
}

static bool system_write(void *context, uint32_t address, unsigned size, bool secure,
                         uint32_t value)
{
    (void)secure;
    struct chip *chip = context;
    unsigned index = 0;
    if (size != 4 || !find_word(address, &index)) {
        return false;
    }
    if (index != DBGMCU_IDCODE / 4) {
        chip->system_words[index] = value;
    }
    return true;
}

/* A number without a port reads 0 [ARM]. */
static struct mem_ap *find_port(struct chip *chip, uint8_t number)
{
    if (number == chip->facts.core_ap) {
        chip->core.locked = is_locked(chip);
        return &chip->core;
    }
    return number == chip->facts.system_ap ? &chip->system : NULL;
}

static void reset(struct chip *chip)
{
    sim_reset(chip->sim);
    chip->opens_at = chip->tap.clocks + CHIP_LOCK_CLOCKS;
    core_port_was_reset(&chip->core_port);
}

static bool ap_read(void *context, uint8_t ap, uint8_t address, uint32_t *value)
{
    struct mem_ap *port = find_port(context, ap);
    *value = 0;
    return port == NULL || mem_ap_read(port, address, value);
}

static bool ap_write(void *context, uint8_t ap, uint8_t address, uint32_t value)
{
    struct chip *chip = context;
    struct mem_ap *port = find_port(chip, ap);
    const bool good = port == NULL || mem_ap_write(port, address, value);
    if (chip->core_port.reset_wanted) {
        chip->core_port.reset_wanted = false;
        reset(chip);
    }
    return good;
}

static uint64_t capture(void *context, enum tap_instruction instruction)
{
    struct chip *chip = context;
    return debug_port_capture(&chip->port, instruction);
}

static void update(void *context, enum tap_instruction instruction, uint64_t value)
{
    struct chip *chip = context;
    debug_port_update(&chip->port, instruction, value);
}

void chip_init(struct chip *chip, const struct board *board, struct sim *sim)
{
    *chip = (struct chip){.sim = sim, .facts = board->debug};
    const struct tap_port tap_port = {chip, capture, update};
    const struct debug_port_bus port_bus = {chip, ap_read, ap_write};
    const struct mem_ap_bus system_bus = {chip, system_read, system_write};
    const struct mem_ap_bus core_bus = {&chip->core_port, core_port_read, core_port_write};
    tap_init(&chip->tap, board->debug.jtag_id, &tap_port);
    debug_port_init(&chip->port, board->debug.swd_id, &port_bus);
    mem_ap_init(&chip->system, SYSTEM_IDR, NO_TABLE, &system_bus);
    mem_ap_init(&chip->core, CORE_IDR, NO_TABLE, &core_bus);
    core_port_init(&chip->core_port, sim);
    chip->system_words[DBGMCU_IDCODE / 4] = IDCODE_VALUE;
}

void chip_wires(struct chip *chip, bool tck, bool tms, bool tdi)
{
    tap_wires(&chip->tap, tck, tms, tdi);
}

/* The reset takes place when NRST is let go. */
void chip_resets(struct chip *chip, bool nrst, bool trst)
{
    if (trst) {
        tap_reset(&chip->tap);
    }
    if (chip->in_reset && !nrst) {
        reset(chip);
    }
    chip->in_reset = nrst;
}

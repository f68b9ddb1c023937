/* SPDX-License-Identifier: MIT */
#include "target/sfdp_chip.h"

#include "sim/clock.h"

#include <stdio.h>
#include <string.h>

#define CHIP_HZ UINT32_C(104000000) /* no SFDP tells it; what most chips reach [INF] */

/* What chip would have it? None; so nobody takes it for one. */
static const uint8_t made_up_id[3] = {0x70, 0x53, 0x44};

static const struct nor_part *find_model(const struct board *board)
{
    const struct nor_part *part = NULL;
    for (unsigned i = 0; (part = nor_part_at(i)) != NULL; i++) {
        if (board->block.flash.id_length != 0 && part->size == board->part.size &&
            memcmp(part->id, board->part.id, sizeof part->id) == 0) {
            return part;
        }
    }
    return NULL;
}

static struct nor_time_range range(uint64_t typical, uint64_t maximum, uint64_t unit_ps)
{
    return (struct nor_time_range){typical * unit_ps, maximum * unit_ps};
}

/* Twice SFDP's maximum is what the loader expects at most; the chip keeps to SFDP's. Without times
 * the board's guesses hold, which are a tenth of its limits. */
static void take_times(struct nor_part *row, const struct sfdp_basic *basic,
                       const struct board *board)
{
    const struct sfdp_program *program = &basic->program;
    const struct sfdp_suspend *suspend = &basic->suspend;
    uint64_t page_us = board->part.page_program_typ_us, chip_ms = board->part.chip_erase_typ_ms;
    struct nor_time_range *times = row->times;
    times[NOR_TIME_PAGE] =
        range(page_us, program->known ? program->page_maximum_us : 2 * page_us, PS_PER_US);
    times[NOR_TIME_BYTE_FIRST] =
        program->known ? range(program->first_byte_us, program->first_byte_us, PS_PER_US)
                       : times[NOR_TIME_PAGE];
    times[NOR_TIME_BYTE_NEXT] = range(program->next_byte_us, program->next_byte_us, PS_PER_US);
    times[NOR_TIME_ERASE_CHIP] =
        range(chip_ms, program->known ? program->chip_erase_maximum_ms : 2 * chip_ms, PS_PER_MS);
    times[NOR_TIME_REGISTER] = range(10, 15, PS_PER_MS); /* [memory] of W25Q */
    times[NOR_TIME_POWER_UP] = range(5, 5, PS_PER_MS);
    times[NOR_TIME_RESET] = range(30, 30, PS_PER_US);
    times[NOR_TIME_SUSPEND] =
        range(suspend->supported ? suspend->erase_latency_ns : 20000,
              suspend->supported ? suspend->erase_latency_ns : 20000, PS_PER_NS);
    times[NOR_TIME_RESUME_TO_SUSPEND] = range(128, 128, PS_PER_US);
    times[NOR_TIME_DPD_ENTER] = range(3, 3, PS_PER_US);
    uint64_t wake_ns = basic->power_down.supported ? basic->power_down.leave_ns : 3000;
    times[NOR_TIME_DPD_EXIT] = range(wake_ns, wake_ns, PS_PER_NS);
    times[NOR_TIME_CS_HIGH] = range(50, 50, PS_PER_NS);
}

/* Erase types as the chip lists them, whether the loader uses them or not; of several sizes on one
 * opcode the last one counts in the model. */
static void take_erases(struct nor_part *row, const struct sfdp_basic *basic)
{
    unsigned count = 0;
    for (unsigned i = 0; i < SFDP_ERASE_TYPES && count < NOR_ERASE_TYPES; i++) {
        const struct sfdp_erase *erase = &basic->erases[i];
        uint64_t typical = erase->typical_ms != 0 ? erase->typical_ms : 100; /* [INF] */
        uint64_t maximum = erase->maximum_ms != 0 ? erase->maximum_ms : 200;
        if (erase->size_log2 != 0) {
            row->erases[count++] =
                (struct nor_erase_type){.opcode = erase->opcode,
                                        .opcode_4b = erase->opcode4,
                                        .size = UINT32_C(1) << erase->size_log2,
                                        .time = range(typical, maximum, PS_PER_MS)};
        }
    }
}

static void add_read(struct nor_part *row, unsigned *count, struct nor_read_type read)
{
    row->reads[(*count)++] = read;
}

static void take_reads(struct nor_part *row, const struct sfdp *sfdp)
{
    static const struct {
        enum sfdp_read_kind kind;
        uint8_t address_lanes, data_lanes, opcode_4b;
        uint32_t flag;
    } kinds[] = {{SFDP_READ_1_1_2, 1, 2, 0x3C, SFDP_A4_READ_3C},
                 {SFDP_READ_1_2_2, 2, 2, 0xBC, SFDP_A4_READ_BC},
                 {SFDP_READ_1_1_4, 1, 4, 0x6C, SFDP_A4_READ_6C},
                 {SFDP_READ_1_4_4, 4, 4, 0xEC, SFDP_A4_READ_EC}};
    uint32_t supports = sfdp->address4.supports;
    unsigned count = 0;
    add_read(
        row, &count,
        (struct nor_read_type){0x03, (supports & SFDP_A4_READ_13) != 0 ? 0x13 : 0, 1, 1, 0, 0});
    add_read(
        row, &count,
        (struct nor_read_type){0x0B, (supports & SFDP_A4_READ_0C) != 0 ? 0x0C : 0, 1, 1, 0, 8});
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct sfdp_read *read = &sfdp->basic.reads[kinds[i].kind];
        if (read->opcode != 0) {
            add_read(row, &count,
                     (struct nor_read_type){
                         .opcode = read->opcode,
                         .opcode_4b = (supports & kinds[i].flag) != 0 ? kinds[i].opcode_4b : 0,
                         .address_lanes = kinds[i].address_lanes,
                         .data_lanes = kinds[i].data_lanes,
                         .mode_clocks = read->mode_clocks,
                         .wait_clocks = read->wait_clocks});
        }
    }
}

static uint32_t features_of(const struct sfdp *sfdp)
{
    static const uint32_t by_quad[] = {[NOR_QE_SR2_BIT1_SHORT_CLEARS] =
                                           NOR_TAKES_SR2 | NOR_IF_SR2_READ,
                                       [NOR_QE_SR2_BIT7] = NOR_IF_SR2_3EH,
                                       [NOR_QE_SR2_BIT1_UNREADABLE] = NOR_TAKES_SR2,
                                       [NOR_QE_SR2_BIT1] = NOR_TAKES_SR2 | NOR_IF_SR2_READ,
                                       [NOR_QE_SR2_BIT1_31H] = NOR_IF_SR2_READ | NOR_IF_SR2_WRITE,
                                       [NOR_QE_RESERVED] = 0};
    const struct sfdp_basic *basic = &sfdp->basic;
    bool both = basic->geometry.address_bytes == 34;
    return by_quad[basic->quad.enable] | (both ? NOR_IF_4B_MODE : 0u) |
           (sfdp->address4.known ? NOR_IF_4B_OPCODES : 0u);
}

static void describe(struct nor_part *row, const struct sfdp *sfdp, const struct board *board)
{
    bool known = board->block.flash.id_length != 0;
    *row = (struct nor_part){
        .size = board->part.size,
        .page = sfdp->basic.program.known ? sfdp->basic.program.page : 256,
        .clock_hz = CHIP_HZ,
        .family = &nor_family_w25q,
        .features = features_of(sfdp),
        .quad_enable = sfdp->basic.quad.enable,
    };
    memcpy(row->id, known ? board->part.id : made_up_id, sizeof row->id);
    take_times(row, &sfdp->basic, board);
    take_erases(row, &sfdp->basic);
    take_reads(row, sfdp);
}

bool sfdp_chip_make(struct sfdp_chip *chip, const struct board *board, struct error *error)
{
    const struct nor_part *model = find_model(board);
    struct sfdp sfdp;
    if (!sfdp_dump_decode(&sfdp, &board->sfdp.dump, board->sfdp.path, error)) {
        return false;
    }
    if (model != NULL) {
        chip->row = *model;
    } else {
        describe(&chip->row, &sfdp, board);
    }
    snprintf(chip->name, sizeof chip->name, "%s", board->part.name);
    chip->dump = board->sfdp.dump;
    chip->row.name = chip->name;
    chip->row.sfdp[0] = (struct nor_sfdp){0, chip->dump.size, chip->dump.bytes};
    chip->row.sfdp[1] = (struct nor_sfdp){0, 0, NULL};
    return true;
}

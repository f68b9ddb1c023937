/* SPDX-License-Identifier: MIT */
/*
 * A client of remote_bitbang. The first byte chooses: 'B', the bytes as they come from the wire; anything else,
 * scans of six bytes each, for few random walks reach a register: what is scanned, the register, its value.
 */
#include "fuzz/fuzz.h"

#include "serve/bitbang.h"
#include "target/sim_target.h"

#define RUNS_PER_RESET 64u
#define LOOK_PS        (10 * PS_PER_US) /* random code shall not run for long */
#define FP_CTRL        UINT32_C(0xE0002000)
#define CHUNK          4096u

static struct {
    struct board board;
    struct target target;
    struct sim *sim;
    struct chip chip;
    unsigned runs;
} fuzz;

static void open_board(void)
{
    struct error error = {0};
    const struct sim_target_options options = {.link = link_find("jlink")};
    board_set_data_directory(FUZZ_DATA);
    FUZZ_ASSERT(board_load(&fuzz.board, "stm32n655-s25fl064l", &error));
    FUZZ_ASSERT(sim_target_open(&fuzz.target, &fuzz.board, &options, &error));
    fuzz.sim = sim_target_sim(&fuzz.target);
    chip_init(&fuzz.chip, &fuzz.board, fuzz.sim);
}

/* A new chip before the same core: its breakpoints are taken out, and ports are open. */
static void begin(void)
{
    core_port_write(&fuzz.chip.core_port, FP_CTRL, 4, true, 2);
    if (fuzz.runs++ % RUNS_PER_RESET == 0) {
        sim_reset(fuzz.sim);
    }
    chip_init(&fuzz.chip, &fuzz.board, fuzz.sim);
    fuzz.chip.core_port.look_ps = LOOK_PS;
}

static void feed_wire(const uint8_t *bytes, size_t size)
{
    static char answers[CHUNK];
    while (size > 0) {
        const size_t now = size < CHUNK ? size : CHUNK;
        size_t used = 0, count = 0;
        const enum bitbang_end end = bitbang_feed(&fuzz.chip, bytes, now, &used, answers, &count);
        FUZZ_ASSERT(used <= now && count <= used);
        FUZZ_ASSERT(end != BITBANG_MORE || used == now);
        if (end != BITBANG_MORE) {
            return;
        }
        bytes += now;
        size -= now;
    }
}

static void clock_in(uint64_t bits, unsigned count, bool tms)
{
    for (unsigned i = 0; i < count; i++) {
        const bool last = tms && i + 1 == count;
        chip_wires(&fuzz.chip, false, last, (bits >> i & 1u) != 0);
        chip_wires(&fuzz.chip, true, last, (bits >> i & 1u) != 0);
    }
}

static void walk(const char *tms)
{
    for (; *tms != '\0'; tms++) {
        chip_wires(&fuzz.chip, false, *tms == '1', false);
        chip_wires(&fuzz.chip, true, *tms == '1', false);
    }
}

static void feed_scans(const uint8_t *bytes, size_t size)
{
    static const uint8_t instructions[] = {TAP_APACC, TAP_DPACC, TAP_APACC, TAP_ABORT};
    walk("111110");
    for (; size >= 6; bytes += 6, size -= 6) {
        uint32_t value;
        memcpy(&value, bytes + 2, sizeof value);
        walk("1100");
        clock_in(instructions[bytes[0] & 3u], TAP_IR_LENGTH, true);
        walk("10100");
        clock_in((uint64_t)value << 3 | (bytes[1] & 7u), 35, true);
        walk("10");
        FUZZ_ASSERT(fuzz.chip.tap.state == TAP_IDLE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (fuzz.sim == NULL) {
        open_board();
    }
    begin();
    if (size > 0 && data[0] == 'B') {
        feed_wire(data, size);
    } else {
        feed_scans(data, size);
    }
    return 0;
}

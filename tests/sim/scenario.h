/* SPDX-License-Identifier: MIT */
/*
 * A scenario: a board, a host, a core, a flash content and an image, run through the very loader
 * that `build` writes. The verdict comes from the cells of the flash, not from the loader's word.
 */
#ifndef EXTLOAD_TESTS_SIM_SCENARIO_H
#define EXTLOAD_TESTS_SIM_SCENARIO_H

#include "host/operation.h"
#include "host/program.h"
#include "pack/pack.h"
#include "target/sim_target.h"

#define BOARD_P2 "data/boards/stm32n655-s25fl064l.yaml"

enum scenario_content {
    CONTENT_BLANK,
    CONTENT_USED
};

struct scenario {
    const char *board;                 /* NULL: BOARD_P2 */
    const char *host;                  /* NULL: native */
    const char *core;                  /* NULL: the MCU's */
    const char *loader;                /* NULL: our own */
    const struct loader_image *image;  /* of our own; NULL: the one built with this */
    const struct lifecycle *lifecycle; /* instead of host's; NULL: as it is */
    uint32_t base;                     /* of the tool's RAM; 0: the MCU's */
    uint32_t linked_at;                /* base that our own loader is linked for; 0: that one */
    uint32_t sector_size;              /* of the loader; 0: the board's */
    uint32_t cpu_hz;
    enum nor_timing timing;
    enum scenario_content content;
    uint64_t seed;
    bool no_jump;
    enum soc_unclocked unclocked;
    bool caches, debug_incoherent; /* as in sim_target_options */
    uint32_t fuse_word_124;        /* BSEC: HSLV and IWDG_HW as burnt */
};

struct scenario_rig {
    struct board board;
    struct loader_file loader;
    struct target target;
    struct session session;
    struct sim *sim;
    uint8_t *cells;
    bool debug_coherent;
    bool skip_blank;      /* scenario_program() does, where the host looks */
    bool drop_neighbours; /* it keeps nothing beside the image */
    struct error error;
};

/* The second board of data/boards, which hangs on the other controller and a power switch. */
extern const char *const scenario_boards[];
extern const unsigned scenario_board_count;

/* Fails the test with the error's text if anything is refused. */
void scenario_open(struct scenario_rig *rig, const struct scenario *scenario);
void scenario_close(struct scenario_rig *rig);
/* Ends every scenario: the ROM must read the cells. */
void scenario_assert_boots(struct scenario_rig *rig);
/* Fails the test, printing the error, unless `good`. */
void scenario_assert_good(struct scenario_rig *rig, bool good);

/* A seeded image: `size` bytes at an offset from the window, with runs of FF among random bytes. */
void scenario_make_image(struct image *image, const struct board *board, uint32_t offset,
                         uint32_t size, uint64_t seed);
/* Programs the image (plan, erase, write, verify). */
bool scenario_program(struct scenario_rig *rig, const struct image *image);
/* The cells equal the image where it lies, and `before` (or FF) elsewhere. */
void scenario_assert_cells(const struct scenario_rig *rig, const struct image *image,
                           const uint8_t *before);

uint64_t scenario_random(uint64_t *state);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The least time in which a flash can be given a content: what the part's table, the bus and the debug
 * link allow, with nothing for a loader, a host or a poll. Calculated from data/, the rows of sim/link.h
 * and host/lifecycle.h, and how many registers a tool touches in a call (floor.c); nothing of the simulator
 * or the loader is run. docs/performance.md works an example.
 */
#ifndef EXTLOAD_BENCH_FLOOR_FLOOR_H
#define EXTLOAD_BENCH_FLOOR_FLOOR_H

#include "board/board.h"
#include "host/lifecycle.h"
#include "sim/link.h"

/* Times of one part on one board, nanoseconds. */
struct floor_flash {
    uint32_t size, page_size;
    uint64_t page_ns; /* write enable, the command with a whole page of data, the chip's time */
    struct {
        uint32_t size; /* 0 = not used; ascending, each a multiple of the one before */
        uint64_t ns;
    } erase[BOARD_BLOCK_ERASE_TYPES];
    uint64_t chip_erase_ns;
    double read_ns_per_byte; /* at the board's clock, the command left out */
};

/* The work and its time. */
struct floor_time {
    uint64_t erase_ns, program_ns, read_ns;
    uint64_t link_ns;  /* the image over the link once, or what the host sends and fetches */
    uint64_t calls_ns; /* what the host does around calls, where it has a say */
    uint64_t total_ns;
};

struct floor_job {
    const uint8_t *before; /* flash->size bytes: what the cells hold */
    const uint8_t *after;  /* what they shall hold: the image, elsewhere as before */
    uint32_t image_size;   /* bytes of the image, from image_start */
    uint32_t image_start;
};

/* `maximum`: the table's longest times instead of its typical ones. */
void floor_flash_of(struct floor_flash *flash, const struct board *board, bool maximum);

/*
 * A host of our own, which knows both contents:
 *
 *   max( erase + program + read, link )
 *
 * erase and program together are the least sum over all ways to cover the flash with aligned erases
 * that each go by a table's time: a unit is left alone where only bits fall, or is erased by its own
 * opcode, or with the larger unit around it, or with the whole chip. Programmed are the pages that are
 * not FF after an erase, and those that differ where none was. `read` is the image once, `link` the
 * image once: it may cross while the flash works.
 */
void floor_native(struct floor_time *time, const struct floor_flash *flash,
                  const struct floor_job *job, const struct link_model *link);

/*
 * A tool that erases, writes and reads back one after the other, as its row says: every touched
 * sector is erased; each call costs the registers that the tool writes and reads, a resume and one
 * look; each buffer is filled, and each is fetched to be compared. The loader has no bytes to be
 * downloaded and Init no work.
 */
void floor_lifecycle(struct floor_time *time, const struct floor_flash *flash,
                     const struct floor_job *job, const struct link_model *link,
                     const struct lifecycle *lifecycle, uint32_t sector_size, uint32_t buffer_size);

/*
 * A tool that looks first, with a flash algorithm, in the order that SEGGER gives for J-Link
 * (kb.segger.com, J-Link flash programming): each touched sector is fetched through the window and
 * compared; each that differs is asked by a call whether it is blank, and erased by one if it is not;
 * then each buffer of pages is sent and programmed, and sent again for Verify to compare. Each of the
 * four steps begins with Init and ends with UnInit. How many registers a call costs is that of our
 * model of this tool [INF]. The loader has no bytes here either, and the step in which nothing but the
 * window is looked at begins once, not for each sector.
 */
void floor_algorithm(struct floor_time *time, const struct floor_flash *flash,
                     const struct floor_job *job, const struct link_model *link,
                     uint32_t sector_size, uint32_t buffer_size);

#endif

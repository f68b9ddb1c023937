/* SPDX-License-Identifier: MIT */
/*
 * Which cells there are. The first rows are measured on every run and hold all limits; the whole product
 * would take days, so the rest is what differs by more than a factor.
 */
#include "cell.h"

#define B(value)   (UINT16_C(1) << (value))
#define QUAD       B(BOARD_QUAD)
#define OCTAL      B(BOARD_OCTAL)
#define BOTH       (QUAD | OCTAL)
#define NATIVE     B(HOST_NATIVE)
#define CUBE       B(HOST_CUBE_JLINK)
#define STORED     (CUBE | B(HOST_CUBE_STLINK))
#define OFL        B(HOST_JLINK_OFL)
#define HOSTS      (NATIVE | STORED | OFL)
#define OWN        B(BUFFER_OWN)
#define SIXTEEN    B(BUFFER_16K)
#define SIXTY_FOUR B(BUFFER_64K)
#define BUFFERS    (B(BUFFER_4K) | SIXTEEN | SIXTY_FOUR)
#define JLINK      B(LINK_JLINK)
#define LINKS      (JLINK | B(LINK_STLINK) | B(LINK_SLOW))
#define MIB        B(SIZE_1M)
#define PARTS      (B(SIZE_64K) | MIB)
#define FULL       B(SIZE_FULL)
#define BLANK      B(STATE_BLANK)
#define NEW        B(STATE_NEW)
#define USED       B(STATE_USED)
#define SAME       (B(STATE_CHANGED) | B(STATE_UNCHANGED))
#define RANDOM     B(STATE_RANDOM)
#define STATES     (BLANK | NEW | USED | SAME | RANDOM | B(STATE_SPARSE))
#define TYPICAL    B(TIMES_TYPICAL)
#define TIMES      (TYPICAL | B(TIMES_MAXIMUM))
#define HALF       B(CPU_HALF)
#define ROM        B(CPU_ROM)
#define CPUS       (HALF | ROM | B(CPU_FAST))
#define OURS       B(LOADER_OURS)
#define PLAIN      B(LOADER_PLAIN)

/* board, host, buffer, link, size, flash, times, CPU, loader */
const struct cell_row cell_rows[] = {
    /* What the limits are about. */
    {true, {QUAD, NATIVE, OWN, JLINK, FULL, USED, TIMES, HALF | ROM, OURS}},
    {true, {QUAD, CUBE, BUFFERS, JLINK, FULL, USED, TIMES, HALF | ROM, OURS}},
    {true, {BOTH, NATIVE, OWN, JLINK, FULL, SAME, TYPICAL, HALF | ROM, OURS}},
    {true, {OCTAL, NATIVE, OWN, JLINK, MIB, BLANK | NEW | RANDOM, TYPICAL, HALF | ROM, OURS}},
    {true, {QUAD, CUBE, BUFFERS, JLINK, MIB, USED, TIMES, HALF | ROM, OURS}},
    /* Each state, ours beside plain. */
    {true, {QUAD, NATIVE | CUBE, OWN | SIXTY_FOUR, JLINK, MIB, STATES, TYPICAL, ROM, OURS | PLAIN}},
    {true, {QUAD, OFL, OWN, JLINK, MIB, STATES, TYPICAL, ROM, OURS}},
    {true, {OCTAL, NATIVE, OWN, JLINK, MIB, STATES, TYPICAL, ROM, OURS}},
    {true, {OCTAL, NATIVE, OWN, JLINK, MIB, USED, TYPICAL, ROM, PLAIN}},
    /* Links and sizes; clocks of the CPU. */
    {true, {QUAD, NATIVE, OWN, LINKS, PARTS, NEW | USED | RANDOM, TYPICAL, ROM, OURS}},
    {true, {QUAD, NATIVE, OWN, LINKS, FULL, NEW, TYPICAL, ROM, OURS}},
    {true, {QUAD, NATIVE, OWN, JLINK, MIB, USED | NEW, TIMES, CPUS, OURS}},
    {true, {QUAD, STORED | OFL, OWN | SIXTY_FOUR, LINKS, MIB, USED, TYPICAL, ROM, OURS}},
    /* BENCH=all: hours. */
    {false, {BOTH, HOSTS, OWN | BUFFERS, LINKS, PARTS, STATES, TIMES, CPUS, OURS | PLAIN}},
    {false, {QUAD, HOSTS, OWN | BUFFERS, LINKS, FULL, STATES, TIMES, ROM, OURS}},
    {false, {QUAD, NATIVE | CUBE, OWN | BUFFERS, JLINK, FULL, STATES, TIMES, CPUS, OURS | PLAIN}},
    {false, {OCTAL, NATIVE, OWN, JLINK, FULL, STATES, TYPICAL, HALF | ROM, OURS}},
};

const unsigned cell_row_count = sizeof cell_rows / sizeof cell_rows[0];

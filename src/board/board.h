/* SPDX-License-Identifier: MIT */
/*
 * A board file, checked against its MCU and its flash part.
 *
 * The data files are YAML; each value keeps its file:line:column until the board has been checked,
 * so that every refusal names the place. Plain C17 and libyaml, no POSIX call beyond reading files.
 */
#ifndef EXTLOAD_BOARD_BOARD_H
#define EXTLOAD_BOARD_BOARD_H

#include "abi/board_block.h"
#include "report/error.h"
#include "sfdp/dump.h"

#define BOARD_WIRES_MAX    64
#define BOARD_PINS_MAX     24
#define BOARD_OPS_MAX      60
#define BOARD_CPU_COST_TAG 64

/* What a script op was for, in words; index 0 is unused. */
struct board_wire {
    char name[48]; /* "PWR.SVMCR3.VDDIO3SV", "PN6 alternate function" */
    char hint[96]; /* "VDDIO3 feeds the pads of port P2" */
};

/* One op of the bring-up script, before it is packed into the board block (abi/board_block.h). */
enum board_op_code {
    BOARD_OP_WRITE,
    BOARD_OP_MODIFY,
    BOARD_OP_WAIT,   /* at most time_us */
    BOARD_OP_EXPECT, /* now */
    BOARD_OP_DELAY   /* time_us */
};

struct board_op {
    enum board_op_code code;
    uint8_t wire; /* what it is for; index into the board's wires */
    uint32_t time_us;
    uint32_t address, mask, value;
};

/* One pin of the flash as it is wired. */
struct board_pin {
    char signal[8]; /* "CLK" "NCS" "IO0".. "DQS" */
    char pad[8];    /* "PN6" */
    uint8_t alternate_function;
};

/* A part's row, times typical and maximum in microseconds unless named otherwise. */
struct part {
    char name[32];
    char vendor[32];
    uint8_t id[3];
    uint32_t size, page_size;
    uint32_t page_program_typ_us, page_program_max_us;
    struct {
        uint8_t opcode, opcode_4byte;
        uint8_t size_log2;
        uint32_t typ_ms, max_ms;
    } erase[BOARD_BLOCK_ERASE_TYPES];
    uint32_t chip_erase_typ_ms, chip_erase_max_ms;
    uint32_t max_hz;           /* fastest SDR clock */
    uint32_t read_slow_max_hz; /* of 03h */
    bool times_from_memory;    /* some times are tagged [memory] */
    char timing_source[160];
};

/* The dump that the board's flash comes from. */
struct board_sfdp {
    char path[256]; /* "" = the flash comes from a part file, and nothing below counts */
    struct sfdp_dump dump;
    uint32_t rules; /* as in struct sfdp */
    uint32_t table; /* address of the basic table in the dump */
    uint32_t words; /* of it that were decoded; all are in the dump */
};

/* What an instruction and an access cost on this MCU, hundredths of CPU cycles, each with its
 * trust. */
struct board_cost {
    uint32_t cpu_hz, fastest_cpu_hz;
    uint32_t fetch_uncached_x100, fetch_cached_x100;
    uint32_t ram_access_x100, register_access_x100, window_access_x100;
    char trust[BOARD_CPU_COST_TAG]; /* "[INF] ..." */
};

/* What the MCU's boot ROM starts from a flash; all zero if it starts from none. */
struct board_boot_rom {
    char port[8];            /* the port of that flash */
    uint32_t header_version; /* word that the header must hold */
    uint32_t header_size;    /* bytes */
    uint32_t code_offset;    /* of the vectors, from the header's start */
    uint32_t image_limit;    /* bytes, header included */
};

/* How a debugger reaches the core of this MCU; all zero if its file does not say. */
#define BOARD_DEBUG_SETUP_MAX 8
struct board_debug_setup {
    uint32_t address, bits; /* bits to set, by the system's access port */
    char hint[96];          /* "IWDG stands still while the core is halted" */
};
struct board_debug {
    uint32_t jtag_id, swd_id;   /* IDCODE of the TAP, DPIDR over SWD */
    uint8_t core_ap, system_ap; /* access ports: of core and memory; the one that is always open */
    uint32_t opened,
        opened_bits; /* register on the system's port and its bits: the core's is open */
    struct board_debug_setup setup[BOARD_DEBUG_SETUP_MAX];
    unsigned setup_count;
};

/* Where a debugger reads which device this is; address 0: not known. */
struct board_debug_id {
    uint32_t address, mask, value;
};

struct board {
    char path[256];
    char name[100]; /* file stem and DeviceName, at most 99 characters */
    char mcu[32];
    char package[32];
    char core[16]; /* "cortex-m55" */
    char controller[16];
    char port[8];
    struct part part;
    struct board_sfdp sfdp;
    struct board_cost cost;
    struct board_boot_rom boot;
    struct board_debug debug;
    struct board_debug_id debug_id;
    uint32_t work_base, work_size;     /* OpenOCD's work area */
    uint32_t loader_base, loader_size; /* the host tool's RAM for loaders: first word is its BKPT */
    uint32_t record_address;           /* 0 = inside the image */
    uint32_t window, window_size;
    uint32_t flash_hz;               /* reached: kernel clock / prescaler */
    uint32_t clock_limit_hz;         /* `clock:` of the board file */
    uint32_t sector_size, page_size; /* for StorageInfo */
    struct board_pin pins[BOARD_PINS_MAX];
    unsigned pin_count;
    struct board_wire wires[BOARD_WIRES_MAX];
    unsigned wire_count; /* index of the last wire, plus 1 */
    struct board_op ops[BOARD_OPS_MAX];
    unsigned op_count;
    char reset_pad[8];    /* pad that leads to the flash's RESET# on the real board; "" = none */
    char power_switch[8]; /* pad that switches the flash's supply on the real board; "" = none */
    struct board_block block; /* ready to stamp, CRC set */
};

/* Where data/ lies: --data DIR, else $EXTLOAD_DATA, else next to the program, else in the install
 * prefix, PREFIX/share/extload/data for PREFIX/bin/extload. */
void board_set_data_directory(const char *path);
const char *board_data_directory(void);

/* Reads and checks a board file, given by its path or by the name of one in data/boards. *board is
 * complete or untouched. */
bool board_load(struct board *board, const char *path_or_name, struct error *error);

/* The same board, reading with the index-th read command of its part instead of the one that it would
 * choose; its clock is lowered to what that command allows. *board is untouched unless *how is FITS. */
enum board_reading {
    BOARD_READING_FITS,
    BOARD_READING_LINES, /* the board has not the lines for it, or no program command goes with it */
    BOARD_READING_PAST   /* the part has no more */
};
bool board_load_reading(struct board *board, const char *path_or_name, unsigned index,
                        enum board_reading *how, struct error *error);
/* The same from memory, with what the catalog has read before (board/catalog.h); `path` is for
 * messages, and names the folder from which a path in it counts. */
struct catalog;
bool board_parse(struct board *board, struct catalog *catalog, const char *path,
                 const uint8_t *bytes, size_t size, struct error *error);

/* The op that failed at `word` of the packed script, where its register reads `read`: ops that
 * concern other bits of one register share their words. NULL if no op lies there. */
const struct board_op *board_op_at(const struct board *board, uint32_t word, uint32_t read);

/* "32 MHz: 64 MHz / 2", as `build` prints it. */
void board_describe_clock(const struct board *board, char *buffer, size_t size);

/* When our own loader has told at the latest that a chip erase does not end: it waits for twice the part's
 * maximum, by a clock that may be an eighth slow. Milliseconds. */
uint64_t board_chip_erase_deadline_ms(const struct part *part);

/* The files of data/boards, data/mcus or data/parts: calls back with each stem and a one-line
 * summary. */
bool board_list(const char *kind,
                void (*each)(void *context, const char *name, const char *summary), void *context,
                struct error *error);

#endif

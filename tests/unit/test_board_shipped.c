/* SPDX-License-Identifier: MIT */
/*
 * The shipped boards, MCUs and parts: what the board block holds and what its script leaves in the
 * registers. Wanted values are those that the vendor's documents give for each use.
 */
#include "abi/rtt.h"
#include "board/board.h"
#include "board/crc32.h"
#include "board/data_files.h"
#include "board/mcu.h"

#include "unit/test_board_script.h"

#define BOARD_P2 "data/boards/stm32n655-s25fl064l.yaml"
#define BOARD_P1 "data/boards/stm32n657-xspi1-power-switch.yaml"

/* Quad on port P2: PN1-6 at AF9, very high speed; other pads of the port untouched. */
static void brings_up_port_p2(void **state)
{
    (void)state;
    static const struct wanted wanted[] = {
        {0x56023400, 0xFFFFEAAB}, /* GPION_MODER */
        {0x56023408, 0x00003FFC}, /* GPION_OSPEEDR */
        {0x56023420, 0x09999990}, /* GPION_AFRL */
        {0x56023424, 0x00000000}, /* GPION_AFRH */
        {0x5602340C, 0x00000000}, /* GPION_PUPDR */
        {0x5602825C, 0x00042000}, /* RCC_AHB4ENR: PWR 18, GPION 13 */
        {0x56028278, 0x00000003}, /* RCC_APB4ENR2: SYSCFG 0, BSEC 1 */
        {0x56028260, 0x00003000}, /* RCC_AHB5ENR: XSPI2 12, XSPIM 13 */
        {0x56028220, 0x00000000}, /* RCC_AHB5RSTR: released */
        {0x56028248, 0x00000048}, /* RCC_MISCENR: XSPIPHYCOMP 3, PER 6 */
        {0x56028158, 0x00000010}, /* RCC_CCIPR6: XSPI2SEL 5:4 = per_ck */
        {0x5602815C, 0x00000000}, /* RCC_CCIPR7: PERSEL = HSI */
        {0x5602483C, 0x00000200}, /* PWR_SVMCR3: VDDIO3SV 9; VRSEL untouched */
        {0x5802B400, 0x00000000}, /* XSPIM_CR */
    };
    check_registers(BOARD_P2, wanted, sizeof wanted / sizeof wanted[0]);
}

/* Quad on port P1: PO0, PO4 and PP0-3, and PB3 as output for the power switch. */
static void brings_up_port_p1(void **state)
{
    (void)state;
    static const struct wanted wanted[] = {
        {0x56023800, 0xFFFFFEFE}, /* GPIOO_MODER */
        {0x56023808, 0x00000303}, /* GPIOO_OSPEEDR */
        {0x56023820, 0x00090009}, /* GPIOO_AFRL */
        {0x56023C00, 0xFFFFFFAA}, /* GPIOP_MODER */
        {0x56023C08, 0x000000FF}, /* GPIOP_OSPEEDR */
        {0x56023C20, 0x00009999}, /* GPIOP_AFRL */
        {0x5602825C, 0x0004C002}, /* RCC_AHB4ENR: PWR 18, GPIOP 15, GPIOO 14, GPIOB 1 */
        {0x56028260, 0x00002020}, /* RCC_AHB5ENR: XSPI1 5, XSPIM 13 */
        {0x56028158, 0x00000001}, /* RCC_CCIPR6: XSPI1SEL 1:0 = per_ck */
        {0x5602483C, 0x00000100}, /* PWR_SVMCR3: VDDIO2SV 8 */
        {0x56020414, 0x00000008}, /* GPIOB_ODR: PB3 high */
        {0x56020400, 0x00000040}, /* GPIOB_MODER: PB3 output */
    };
    check_registers(BOARD_P1, wanted, sizeof wanted / sizeof wanted[0]);
}

/* The order that field reports ask for: clocks, reset before the kernel clock is switched, supply,
 * the board's own script, kernel clock, route, pads with their mode last. */
static void keeps_the_order(void **state)
{
    (void)state;
    static struct board board;
    load(&board, BOARD_P1);
    static const struct {
        uint32_t address;
        enum board_op_code code;
    } order[] = {
        {0x56028A5C, BOARD_OP_WRITE},  /* AHB4ENSR */
        {0x56028A78, BOARD_OP_WRITE},  /* APB4ENSR2 */
        {0x56028A60, BOARD_OP_WRITE},  /* AHB5ENSR */
        {0x56028A48, BOARD_OP_WRITE},  /* MISCENSR */
        {0x56028800, BOARD_OP_WRITE},  /* CSR: HSIONS */
        {0x56028004, BOARD_OP_WAIT},   /* SR: HSIRDY */
        {0x56028048, BOARD_OP_MODIFY}, /* HSICFGR: HSIDIV */
        {0x56028A20, BOARD_OP_WRITE},  /* AHB5RSTSR */
        {0x56029220, BOARD_OP_WRITE},  /* AHB5RSTCR */
        {0x5602483C, BOARD_OP_MODIFY}, /* SVMCR3 */
        {0x56020414, BOARD_OP_MODIFY}, /* GPIOB_ODR: init */
        {0x56020400, BOARD_OP_MODIFY}, /* GPIOB_MODER */
        {0x00000000, BOARD_OP_DELAY},  /* init */
        {0x56028158, BOARD_OP_MODIFY}, /* CCIPR6 */
        {0x5802B400, BOARD_OP_MODIFY}, /* XSPIM_CR */
        {0x56023820, BOARD_OP_MODIFY}, /* GPIOO_AFRL */
        {0x56023800, BOARD_OP_MODIFY}, /* GPIOO_MODER */
    };
    int before = -1;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        int at = op_position(&board, order[i].address, order[i].code);
        if (at <= before) {
            fail_msg("0x%08X is op %d, after op %d", (unsigned)order[i].address, at, before);
        }
        before = at;
    }
    /* Never cleared: gating SYSCFG or BSEC hangs a later Init. Never touched: PWR_CR1, PWR_VOSCR.
     */
    assert_int_equal(op_position(&board, 0x56029278, BOARD_OP_WRITE), -1);
    for (unsigned i = 0; i < board.op_count; i++) {
        uint32_t address = board.ops[i].address;
        assert_true(address < 0x56024800 || address > 0x56024830);
    }
}

/* Whatever register refuses, the op that notices has a name that says which. */
static void names_every_wire(void **state)
{
    (void)state;
    static const char *const paths[] = {BOARD_P2, BOARD_P1};
    static struct board board;
    for (size_t i = 0; i < 2; i++) {
        load(&board, paths[i]);
        for (unsigned j = 0; j < board.op_count; j++) {
            const struct board_op *op = &board.ops[j];
            assert_in_range(op->wire, 1, board.wire_count - 1);
            assert_true(strlen(board.wires[op->wire].name) > 4);
            assert_true(strlen(board.wires[op->wire].hint) > 10);
            if (op->code == BOARD_OP_MODIFY && op->value != 0) {
                struct registers registers = {.count = 0};
                unsigned failed = run_script(&board, &registers, op->address);
                assert_true(failed <= j);
                assert_int_equal(board.ops[failed].address, op->address);
            }
        }
    }
    struct registers registers = {.count = 0};
    unsigned failed = run_script(&board, &registers, 0x5602483C);
    assert_string_equal(board.wires[board.ops[failed].wire].name, "PWR.SVMCR3.VDDIO2SV");
    assert_non_null(strstr(board.wires[board.ops[failed].wire].hint, "VDDIO2"));
    unsigned clock = 0;
    while (strcmp(board.wires[clock].name, "PO4 (CLK)") != 0) {
        clock++;
        assert_true(clock < board.wire_count);
    }
}

static void fills_the_block(void **state)
{
    (void)state;
    static struct board board;
    load(&board, BOARD_P2);
    const struct board_block *block = &board.block;
    assert_int_equal(block->magic, BOARD_BLOCK_MAGIC);
    assert_int_equal(block->version, BOARD_BLOCK_VERSION);
    assert_int_equal(block->size, offsetof(struct board_block, script) + 4u * block->script_words);
    assert_int_equal(block->crc, crc32_of((const uint8_t *)block + 12, block->size - 12u));
    /* AXISRAM2 above 0x341C0000, where the host tool's RAM ends. */
    assert_int_equal(block->record_address, 0x341FE000);
    assert_int_equal(block->sector_size, 0x10000);
    assert_int_equal(block->iwdg_key, 0x56004800); /* IWDG_KR, secure alias */
    assert_int_equal(block->fastest_cpu_hz, 800000000);
    assert_int_equal(block->controller.kind, CONTROLLER_XSPI);
    assert_int_equal(block->controller.registers, 0x5802A000);
    assert_int_equal(block->controller.window, 0x70000000);
    assert_int_equal(block->controller.window_size, 0x10000000);
    assert_int_equal(block->controller.kernel_hz, 64000000); /* HSI */
    assert_int_equal(block->controller.chip_select, 0);
    assert_int_equal(block->controller.lane_group, 0);
    assert_string_equal(board.core, "cortex-m55");
    assert_string_equal(board.package, "X0");
    assert_string_equal(board.port, "P2");
    assert_int_equal(board.loader_base, 0x34180400);
    assert_int_equal(board.loader_size, 0x3FC00);
    assert_int_equal(board.page_size, 0x10000); /* 256 pages of 1.35 ms: 0.35 s */
    assert_int_equal(board.pin_count, 6);
    assert_int_equal(board.cost.cpu_hz, 64000000);
    assert_true(board.cost.fetch_uncached_x100 > board.cost.fetch_cached_x100);
    assert_true(strncmp(board.cost.trust, "[INF]", 5) == 0);
    load(&board, BOARD_P1);
    assert_int_equal(board.block.controller.registers, 0x58025000);
    assert_int_equal(board.window, 0x90000000);
    assert_string_equal(board.power_switch, "PB3");
}

/* S25FL064L: identity, opcodes, limits and times from the FMF model and its SFDP. */
static void fills_the_flash(void **state)
{
    (void)state;
    static struct board board;
    load(&board, BOARD_P2);
    const struct flash_block *flash = &board.block.flash;
    static const uint8_t id[3] = {0x01, 0x60, 0x17};
    /* BEX4; SR1 BP2:0 and CR1 CMP off, QUAD on, in one volatile write; GBUL if CR2 has WPS. */
    static const struct flash_step steps[BOARD_BLOCK_FLASH_STEPS] = {
        {0xE9, 0, 0, 0, 0, 0},
        {0x01, 0x05, 0x1C, 0, FLASH_STEP_VOLATILE | FLASH_STEP_DATA | FLASH_STEP_JOIN, 0},
        {0x01, 0x35, 0x40, 0x02, FLASH_STEP_VOLATILE | FLASH_STEP_DATA, 0x3D},
        {0x98, 0x15, 0x04, 0, 0, 0}};
    static const struct flash_status status = {0x07, 0x40, 0x20, 0x02, 0x01};
    assert_memory_equal(flash->id, id, 3);
    assert_int_equal(flash->id_length, 3);
    assert_int_equal(flash->size, 8u << 20);
    assert_int_equal(flash->page_size, 256);
    assert_int_equal(flash->address_bytes, 3);
    assert_int_equal(flash->lanes, 4);
    assert_memory_equal(flash->steps, steps, sizeof steps);
    assert_memory_equal(&flash->status, &status, sizeof status);
    assert_int_equal(flash->clear_status, 0x30);
    assert_int_equal(flash->flags, FLASH_CHIP_ERASE_PAYS); /* 56 s, not 128 times 512 ms */
    assert_int_equal(flash->read_id_quad, 0xAF);
    assert_int_equal(flash->read_config, 0x35);
    assert_int_equal(flash->reset_us, 100);
    assert_int_equal(flash->reset_busy_us, 100);
    assert_int_equal(flash->wake_us, 5);
    assert_int_equal(flash->register_write_ms, 1200);
    assert_int_equal(flash->power_up_us, 300);
    assert_int_equal(flash->page_program_us, 1350);
    assert_int_equal(flash->chip_erase_ms, 150000);
    static const struct flash_erase erase[3] = {
        {0x20, 12, 0, 0, 320}, {0x52, 15, 0, 0, 600}, {0xD8, 16, 0, 0, 1150}};
    assert_memory_equal(flash->erase, erase, sizeof erase);
    assert_int_equal(flash->erase[3].size_log2, 0);
    assert_int_equal(flash->read_slow.opcode, 0x03);
    assert_int_equal(flash->read_slow.dummy_clocks, 0);
    static const struct flash_command quad_read = {0x6B, 1, 1, 4, 0, 0, 8, 0};
    static const struct flash_command quad_program = {0x32, 1, 1, 4, 0, 0, 0, 0};
    assert_memory_equal(&flash->read_fast, &quad_read, sizeof quad_read);
    assert_memory_equal(&flash->program, &quad_program, sizeof quad_program);
    assert_int_equal(board.part.erase[0].typ_ms, 64);
    assert_int_equal(board.part.erase[1].opcode_4byte, 0x53);
    assert_int_equal(board.part.page_program_typ_us, 448);
    assert_int_equal(board.part.chip_erase_typ_ms, 56000);
    assert_int_equal(board.part.max_hz, 108000000);
    assert_int_equal(board.part.read_slow_max_hz, 50000000);
    assert_false(board.part.times_from_memory);
}

/* SectorErase of all takes the chip erase where that is quicker, by the typical times, and where a chip that
 * stays busy is told of within the 1000 s of ST's OpenOCD: twice the maximum, and an eighth for the clock. */
static void the_chip_erase_pays_where_it_may(void **state)
{
    (void)state;
    static const struct {
        const char *part, *supply;
        bool pays;
    } rows[] = {
        {"AT25QL128A", "1.8V", false},   /* 60 s, not 90.112; at most 600 s */
        {"GD25Q128", "3.3V", false},     /* 64 s, not 64; at most 250 s */
        {"GD25Q64", "3.3V", false},      /* 32 s, not 32; at most 250 s */
        {"IS25LP128", "3.3V", true},     /* 30 s, not 38.4; at most 250 s */
        {"IS25LP256", "3.3V", true},     /* 60 s, not 155.648; at most 360 s */
        {"MT25QL512ABB", "3.3V", false}, /* 153 s, not 153.6; at most 512 s */
        {"MX25L12833F", "3.3V", true},   /* 55 s, not 97.28; at most 250 s */
        {"MX25L25645G", "3.3V", true},   /* 110 s, not 194.56; at most 256 s */
        {"MX25R6435F", "3.3V", true},    /* 52 s, not 61.44; at most 312 s */
        {"MX25UM51245G", "1.8V", true},  /* 150 s, not 225.28; at most 300 s */
        {"MX66UW1G45G", "1.8V", false},  /* 192 s, not 524.288; at most 1024 s */
        {"S25FL064L", "3.3V", true},     /* 56 s, not 65.536; at most 150 s */
        {"S25FL128L", "3.3V", false},    /* 70 s, not 69.12; at most 250 s */
        {"S25FL256L", "3.3V", false},    /* 140 s, not 138.24; at most 360 s */
        {"SST26VF064B", "3.3V", false},  /* its blocks are of several sizes */
        {"W25Q128JV", "3.3V", false},    /* 40 s, not 38.4; at most 250 s */
        {"W25Q512JV", "3.3V", false},    /* 192 s, not 163.84; at most 1152 s */
        {"W25Q64JV", "3.3V", false},     /* 20 s, not 19.2; at most 250 s */
    };
    static struct data_files files;
    static struct board board;
    struct error error = {0};
    assert_true(data_files_list("parts", &files, &error));
    assert_int_equal(files.count, sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "name: t\nmcu: STM32N655X0\nflash:\n  part: %s\n  controller: XSPI2\n  port: P2\n"
                 "  lanes: 1\n  clock: 10MHz\n  supply: %s\n",
                 rows[i].part, rows[i].supply);
        load_text(&board, text);
        const bool pays = (board.block.flash.flags & FLASH_CHIP_ERASE_PAYS) != 0;
        if (pays != rows[i].pays) {
            fail_msg("%s: %d", rows[i].part, pays);
        }
    }
}

/* Kernel clock 64 MHz; slow at most 10 MHz, the mapped window by 03h at most 50 MHz. */
static void divides_the_clock(void **state)
{
    (void)state;
    static const struct {
        const char *clock;
        uint32_t hz;
        unsigned fast, slow, map;
        const char *words;
    } cases[] = {
        {"108MHz", 64000000, 0, 6, 1, "64 MHz"},
        {"64MHz", 64000000, 0, 6, 1, "64 MHz"},
        {"63.9MHz", 32000000, 1, 6, 1, "32 MHz: 64 MHz / 2"},
        {"50MHz", 32000000, 1, 6, 1, "32 MHz: 64 MHz / 2"},
        {"32MHz", 32000000, 1, 6, 1, "32 MHz: 64 MHz / 2"},
        {"30MHz", 21333333, 2, 6, 2, "21.333 MHz: 64 MHz / 3"},
        {"9MHz", 8000000, 7, 7, 7, "8 MHz: 64 MHz / 8"},
        {"250kHz", 250000, 255, 255, 255, "250 kHz: 64 MHz / 256"},
    };
    static struct board board;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        char words[64];
        snprintf(text, sizeof text, HEAD "  lanes: 4\n  clock: %s\n  supply: 3.0V\n",
                 cases[i].clock);
        load_text(&board, text);
        board_describe_clock(&board, words, sizeof words);
        assert_int_equal(board.flash_hz, cases[i].hz);
        assert_int_equal(board.block.controller.prescaler_fast, cases[i].fast);
        assert_int_equal(board.block.controller.prescaler_slow, cases[i].slow);
        assert_int_equal(board.block.controller.prescaler_map, cases[i].map);
        assert_string_equal(words, cases[i].words);
    }
}

/* Fewer lanes: fast read 3Bh or 0Bh with 8 dummy clocks, program 02h, and IO2, IO3 left alone. */
static void serves_fewer_lanes(void **state)
{
    (void)state;
    static struct board board;
    load_text(&board, HEAD "  lanes: 2\n  clock: 50MHz\n  supply: 3.3V\n");
    assert_int_equal(board.block.flash.read_fast.opcode, 0x3B);
    assert_int_equal(board.block.flash.read_fast.data_lanes, 2);
    assert_int_equal(board.block.flash.read_fast.dummy_clocks, 8);
    assert_int_equal(board.block.flash.program.opcode, 0x02);
    assert_int_equal(board.pin_count, 4);
    load_text(&board, HEAD "  lanes: 1\n  clock: 50MHz\n  supply: 3.3V\n");
    assert_int_equal(board.block.flash.read_fast.opcode, 0x0B);
    assert_int_equal(board.block.flash.lanes, 1);
}

/* NCS2 of port P2 is PN12, in AFRH and the upper half of MODER. */
static void serves_the_second_chip_select(void **state)
{
    (void)state;
    static struct board board;
    struct registers registers = {.count = 0};
    load_text(&board, HEAD "  lanes: 4\n  clock: 50MHz\n  supply: 3.3V\n  chip_select: NCS2\n");
    assert_int_equal(board.block.controller.chip_select, 1);
    assert_int_equal(run_script(&board, &registers, 0), board.op_count);
    assert_int_equal(*cell_at(&registers, 0x56023424), 0x00090000); /* GPION_AFRH */
    assert_int_equal(*cell_at(&registers, 0x56023420), 0x09999900); /* GPION_AFRL */
    assert_int_equal(*cell_at(&registers, 0x56023400), 0xFEFFEAAF); /* GPION_MODER */
}

/* The same file gives the same bytes. */
static void is_deterministic(void **state)
{
    (void)state;
    static struct board first;
    static struct board second;
    load(&first, BOARD_P1);
    load(&second, BOARD_P1);
    assert_memory_equal(&first, &second, sizeof first);
}

struct listing {
    unsigned count;
    char text[4096];
};

static void collect(void *context, const char *name, const char *summary)
{
    struct listing *listing = context;
    size_t used = strlen(listing->text);
    listing->count++;
    snprintf(listing->text + used, sizeof listing->text - used, "%s|%s\n", name, summary);
}

/* Every data file loads; every shipped board compiles. */
static void lists_and_checks_all_data(void **state)
{
    (void)state;
    struct error error = {.code = ERROR_NONE};
    struct listing parts = {.count = 0};
    struct listing mcus = {.count = 0};
    struct listing boards = {.count = 0};
    assert_true(board_list("parts", collect, &parts, &error));
    assert_true(board_list("mcus", collect, &mcus, &error));
    assert_true(board_list("boards", collect, &boards, &error));
    assert_non_null(strstr(parts.text, "s25fl064l|Infineon S25FL064L, 8192 KiB, up to 108 MHz"));
    assert_non_null(strstr(mcus.text, "stm32n6|STM32N655X0 "));
    assert_non_null(strstr(mcus.text, "STM32N657Z0"));
    assert_true(boards.count >= 2);
    char *rest = boards.text;
    for (unsigned i = 0; i < boards.count; i++) {
        static struct board board;
        char path[256];
        size_t length = strcspn(rest, "|");
        snprintf(path, sizeof path, "data/boards/%.*s.yaml", (int)length, rest);
        load(&board, path);
        assert_int_equal(strncmp(board.name, rest, length), 0); /* name and file agree */
        rest = strchr(rest, '\n') + 1;
    }
    assert_false(board_list("bords", collect, &boards, &error));
    assert_int_equal(error.code, ERROR_UNKNOWN_NAME);
}

/* Which packages have the ports: P1 with 16 lines on X0, L0, with 8 on B0, none on the others. */
static void knows_the_packages(void **state)
{
    (void)state;
    static struct mcu mcu;
    struct error error = {.code = ERROR_NONE};
    assert_true(mcu_load(&mcu, "data/mcus/stm32n6.yaml", &error));
    static const struct {
        const char *package, *has, *lacks;
    } cases[] = {
        {"X0", "PP15", "PR0"}, {"L0", "PP15", "PQ0"}, {"B0", "PP7", "PP8"},
        {"I0", "PN12", "PO4"}, {"A0", "PN12", "PO0"}, {"Z0", "PN12", "PB3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(mcu.packages[i].name, cases[i].package);
        assert_true(pad_in_list(mcu.packages[i].pads, cases[i].has));
        assert_false(pad_in_list(mcu.packages[i].pads, cases[i].lacks));
        const struct mcu_port *port = mcu_find_port(&mcu, "P2");
        for (unsigned j = 0; j < port->signal_count; j++) {
            assert_true(pad_in_list(mcu.packages[i].pads, port->signals[j].pad));
        }
    }
    /* 165 I/O on X0 [PIN]. */
    unsigned pads = 0;
    for (char letter = 'A'; letter <= 'Z'; letter++) {
        for (unsigned number = 0; number < 16; number++) {
            char pad[8];
            snprintf(pad, sizeof pad, "P%c%u", letter, number);
            pads += pad_in_list(mcu.packages[0].pads, pad) ? 1 : 0;
        }
    }
    assert_int_equal(pads, 165);
    assert_non_null(mcu_find_ram(&mcu, mcu.record_address, RTT_END));
    mcu_release(&mcu);
}

static int set_up(void **state)
{
    (void)state;
    board_set_data_directory("data");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brings_up_port_p2),
        cmocka_unit_test(brings_up_port_p1),
        cmocka_unit_test(keeps_the_order),
        cmocka_unit_test(names_every_wire),
        cmocka_unit_test(fills_the_block),
        cmocka_unit_test(fills_the_flash),
        cmocka_unit_test(the_chip_erase_pays_where_it_may),
        cmocka_unit_test(divides_the_clock),
        cmocka_unit_test(serves_fewer_lanes),
        cmocka_unit_test(serves_the_second_chip_select),
        cmocka_unit_test(is_deterministic),
        cmocka_unit_test(lists_and_checks_all_data),
        cmocka_unit_test(knows_the_packages),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * RCC, the clock tree, gates, resets, aliases and RAMs, driven by hand. Facts: ST SVD STM32N655 and
 * the CMSIS header of cmsis-device-n6, unless a test names another source.
 */
#include "test_soc_rig.h"

static void reset_values(void **state)
{
    static const struct {
        uint32_t address, value;
    } rows[] = {
        {RCC + 0x000, 0x00000008}, /* CR */
        {RCC + 0x004, 0x00000008}, /* SR */
        {RCC + 0x020, 0},          /* CFGR1: CPU and buses on HSI */
        {RCC + 0x080, 0x08202500}, /* PLL1CFGR1 */
        {RCC + 0x084, 0x00800000},  {RCC + 0x088, 0x4900000D}, {RCC + 0x090, 0x08000000},
        {RCC + 0x0A8, 0x49000005},  {RCC + 0x0B0, 0x08000000},                   /* PLL2..4 */
        {RCC + 0x0C4, 0x00020000},  {RCC + 0x0C8, 0x00030000}, {RCC + 0x0CC, 0}, /* IC1..3 */
        {RCC + 0x0D8, 0x00030000},  {RCC + 0x0EC, 0x00030000},                   /* IC6, IC11 */
        {RCC + 0x244, 0x00000003},                                               /* BUSENR */
        {RCC + 0x24C, 0x000013FF},                                               /* MEMENR */
        {RCC + 0x258, 0x00004601}, /* AHB3ENR 0x4600, and RNG left on by the boot ROM */
        {RCC + 0x25C, 0x00040040}, /* AHB4ENR 0x40000, and GPIOG left on */
        {RCC + 0x260, 0},          /* AHB5ENR */
        {RCC + 0x264, 0x00000001}, /* APB1ENR1: TIM2 left on */
        {RCC + 0x278, 0x00000002}, /* APB4ENR2: BSEC */
        {PWR + 0x00, 0x00000024},   {PWR + 0x20, 0x00020002},  {PWR + 0x3C, 0},
        {0x54001000, 0x00006486},   /* DBGMCU.IDCODE, DEV_ID 0x486 */
        {GPIOG + 0x00, 0xFFDFFFFF}, /* PG10 an output, low: the boot ROM's LED */
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(rd(*state, rows[i].address), rows[i].value);
        /* Secure alias = Non-secure alias | 0x10000000. */
        assert_int_equal(rd(*state, rows[i].address & ~0x10000000U), rows[i].value);
    }
}

static void gpio_reset_values(void **state)
{
    wr(*state, RCC + 0xA5C, 1 << 0 | 1 << 13);
    assert_int_equal(rd(*state, 0x56020000), 0xABFFFFFF); /* GPIOA.MODER */
    assert_int_equal(rd(*state, GPION), 0xFFFFFFFF);
    assert_int_equal(rd(*state, GPION + 0x30), 0xFFFF); /* SECCFGR: pins Secure by reset */
}

/* Write 1 to set at +0x800, write 1 to clear at +0x1000, both reflected in the base register. */
static void set_and_clear_aliases(void **state)
{
    static const struct {
        uint32_t offset, bit;
    } rows[] = {{0x220, 12}, {0x240, 2}, {0x248, 6},  {0x24C, 11}, {0x25C, 13}, {0x260, 12},
                {0x260, 13}, {0x278, 0}, {0x264, 11}, {0x2A0, 12}, {0x000, 8}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint32_t address = RCC + rows[i].offset, mask = UINT32_C(1) << rows[i].bit;
        const uint32_t before = rd(*state, address);
        wr(*state, address + 0x800, mask);
        assert_int_equal(rd(*state, address), before | mask);
        wr(*state, address + 0x800, 0); /* zeros change nothing */
        assert_int_equal(rd(*state, address), before | mask);
        wr(*state, address + 0x1000, mask);
        assert_int_equal(rd(*state, address), before & ~mask);
    }
    assert_int_equal(soc_stats(*state)->unmodelled_accesses, 0);
}

static void gated_bank_ignores_accesses(void **state)
{
    wr(*state, XSPI2 + 0x08, 0x001F0000); /* DCR1, clock off: AHB5ENR bit 12 */
    assert_int_equal(rd(*state, XSPI2 + 0x08), 0);
    assert_int_equal(soc_stats(*state)->unclocked_accesses, 2);
    assert_int_equal(soc_stats(*state)->last_unclocked, XSPI2 + 0x08);
    wr(*state, RCC + 0xA60, 1 << 12);
    assert_int_equal(rd(*state, XSPI2 + 0x08), 0);
    wr(*state, XSPI2 + 0x08, 0x001F0000);
    assert_int_equal(rd(*state, XSPI2 + 0x08), 0x001F0000);
    /* Gating keeps the configuration. */
    wr(*state, RCC + 0x1260, 1 << 12);
    assert_int_equal(rd(*state, XSPI2 + 0x08), 0);
    wr(*state, RCC + 0xA60, 1 << 12);
    assert_int_equal(rd(*state, XSPI2 + 0x08), 0x001F0000);
}

static void gates_of_banks(void **state)
{
    /* enable register, bit, a register that then holds what is written */
    static const struct {
        uint32_t enable, bit, address, mask;
    } rows[] = {
        {0x25C, 1, GPIOB + 0x14, 0xFFFF},     {0x25C, 13, GPION + 0x20, 0xFFFFFFFF},
        {0x25C, 14, 0x56023820, 0xFFFFFFFF},  {0x25C, 15, 0x56023C24, 0xFFFFFFFF},
        {0x25C, 16, 0x56024020, 0xFFFFFFFF},  {0x25C, 19, CRC + 0x04, 0xFFFFFFFF},
        {0x260, 5, XSPI1 + 0x08, 0x001F3F00}, {0x260, 13, XSPIM, 0x00FF0073},
        {0x260, 17, 0x5802D048, 0xFFFFFFFF},  {0x278, 0, SYSCFG + 0x10, 0xFFFFFF80},
        {0x264, 11, 0x50002C04, 0x00003A7F},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint32_t before = rd(*state, RCC + rows[i].enable);
        assert_int_equal(before >> rows[i].bit & 1, 0);
        wr(*state, rows[i].address, rows[i].mask);
        assert_int_equal(rd(*state, rows[i].address), 0);
        wr(*state, RCC + rows[i].enable + 0x800, UINT32_C(1) << rows[i].bit);
        wr(*state, rows[i].address, rows[i].mask);
        assert_int_equal(rd(*state, rows[i].address), rows[i].mask);
    }
}

static void unclocked_knob(void **state)
{
    (void)state;
    static const struct {
        enum soc_unclocked knob;
        enum soc_access access;
    } rows[] = {{SOC_UNCLOCKED_IGNORED, SOC_OK},
                {SOC_UNCLOCKED_FAULT, SOC_FAULT},
                {SOC_UNCLOCKED_STALL, SOC_STALL}};
    for (unsigned i = 0; i < 3; i++) {
        struct soc_config config = {.mcu = "STM32N657X0", .unclocked = rows[i].knob};
        struct sim_clock clock = {0};
        struct error error = {0};
        struct soc *soc = soc_create(&config, &clock, NULL, &error);
        uint32_t value;
        assert_non_null(soc);
        assert_int_equal(soc_read(soc, XSPI2 + 0x20, 4, &value), rows[i].access);
        assert_int_equal(soc_write(soc, XSPI2 + 0x20, 4, 0), rows[i].access);
        assert_int_equal(soc_read(soc, 0x70000000, 4, &value), rows[i].access);
        soc_destroy(soc);
    }
}

static void reset_bits(void **state)
{
    wr(*state, RCC + 0xA60, 1 << 12 | 1 << 13);
    wr(*state, XSPI2 + 0x08, 0x001F0000);
    wr(*state, XSPIM, 2);
    wr(*state, RCC + 0xA20, 1 << 12); /* AHB5RSTSR.XSPI2 */
    wr(*state, XSPI2 + 0x08, 0x00050000);
    assert_int_equal(rd(*state, XSPI2 + 0x08), 0);
    wr(*state, RCC + 0x1220, 1 << 12);
    assert_int_equal(rd(*state, XSPI2 + 0x08), 0);
    assert_int_equal(rd(*state, XSPIM), 2); /* not reset by XSPI2's bit */
    wr(*state, RCC + 0xA20, 1 << 13);
    wr(*state, XSPIM, 2); /* lost */
    wr(*state, RCC + 0x1220, 1 << 13);
    assert_int_equal(rd(*state, XSPIM), 0);
    wr(*state, XSPI2 + 0x08, 0x00050000);
    assert_int_equal(rd(*state, XSPI2 + 0x08), 0x00050000);
}

/* Step d of ST's SystemClock_Config: PLL1 = 64/4*75 = 1200 MHz, CPU 600, buses 400 (HAL trace). */
static void clock_tree(void **state)
{
    struct soc *soc = *state;
    assert_int_equal(soc_cpu_hz(soc), 64000000);
    wr(soc, RCC + 0x1000, 0x100); /* PLL1 off */
    assert_int_equal(rd(soc, RCC + 0x04) & 0x100, 0);
    wr(soc, RCC + 0x088, 0x49000005);
    wr(soc, RCC + 0x080, 0x00404B00);
    wr(soc, RCC + 0x084, 0);
    wr(soc, RCC + 0x800, 0x100);
    assert_int_equal(rd(soc, RCC + 0x04) & 0x100, 0); /* not at once */
    const uint64_t ready = soc_next_event(soc);
    assert_true(ready > sim_time.now_ps && ready < PS_PER_MS); /* HAL waits 1 ms */
    sim_time.now_ps = ready;
    assert_int_equal(rd(soc, RCC + 0x04) & 0x100, 0x100);
    wr(soc, RCC + 0x024, 0x00100000); /* HPRE /2 */
    wr(soc, RCC + 0x0C4, 0x00010000);
    wr(soc, RCC + 0xA40, 1);
    wr(soc, RCC + 0x020, 0x00030000);
    assert_int_equal(rd(soc, RCC + 0x020), 0x00330000); /* CPUSWS follows */
    assert_int_equal(soc_cpu_hz(soc), 600000000);
    wr(soc, RCC + 0x0C8, 0x00020000);
    wr(soc, RCC + 0xA40, 0x422);
    wr(soc, RCC + 0x020, 0x03330000);
    assert_int_equal(rd(soc, RCC + 0x020), 0x33330000);
    assert_int_equal(rd(soc, RCC + 0x240), 0x423);
    wr(soc, RCC + 0x020, 0);
    assert_int_equal(rd(soc, RCC + 0x020), 0);
    assert_int_equal(soc_cpu_hz(soc), 64000000);
}

static void switch_waits_for_its_clock(void **state)
{
    wr(*state, RCC + 0x020, 0x00020000); /* HSE: no crystal */
    assert_int_equal(rd(*state, RCC + 0x020), 0x00020000);
    assert_int_equal(soc_cpu_hz(*state), 64000000);
    wr(*state, RCC + 0x048, 1 << 7); /* HSIDIV /2 */
    assert_int_equal(soc_cpu_hz(*state), 32000000);
}

static void hsi_in_use_stays_on(void **state)
{
    wr(*state, RCC + 0x1000, 8); /* HSION: CPU runs on it */
    assert_int_equal(rd(*state, RCC + 0x04) & 8, 8);
    soc_stop_oscillator(*state);
    assert_int_equal(rd(*state, RCC + 0x04) & 8, 0);
    assert_int_equal(soc_cpu_hz(*state), 0);
    assert_int_equal(soc_next_event(*state), PS_NEVER);
}

static void register_names(void **state)
{
    static const struct {
        uint32_t address;
        const char *name;
    } rows[] = {{XSPI2 + 0x20, "XSPI2.SR"},
                {0x4802A050, "XSPI2.DR"},
                {RCC + 0x260, "RCC.AHB5ENR"},
                {RCC + 0xA60, "RCC.AHB5ENSR"},
                {RCC + 0x1260, "RCC.AHB5ENCR"},
                {RCC + 0xA78, "RCC.APB4ENSR2"},
                {RCC + 0x800, "RCC.CSR"},
                {RCC + 0x158, "RCC.CCIPR6"},
                {RCC + 0x15C, "RCC.CCIPR7"},
                {RCC + 0x178, "RCC.CCIPR14"},
                {PWR + 0x3C, "PWR.SVMCR3"},
                {GPION, "GPION.MODER"},
                {BSEC + 0x1F0, "BSEC.FVR124"},
                {BSEC + 0x88C, "BSEC.SRLOCK3"},
                {XSPIM, "XSPIM.CR"},
                {SYSCFG + 0x5C, "SYSCFG.VDDIO3CCCR"},
                {0x56025060, "EXTI.EXTICR1"},
                {RCC + 0x820, ""},
                {0x48000000, ""},
                {0x34180400, ""},
                {0x56009014, "BSEC.FVR5"},
                {0x54001000, "DBGMCU.IDCODE"}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char name[40];
        soc_register_name(*state, rows[i].address, name, sizeof name);
        assert_string_equal(name, rows[i].name);
    }
}

static void pure_reads(void **state)
{
    static const struct {
        uint32_t address;
        bool pure;
    } rows[] = {{XSPI2 + 0x20, true}, {RCC + 0x04, true},  {GPIOB + 0x10, true},
                {PWR + 0x20, true},   {0x70000000, false}, {0x58000000, false}};
    wr(*state, RCC + 0xA60, 1 << 12);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(soc_read_is_pure(*state, rows[i].address), rows[i].pure);
    }
    assert_false(soc_read_is_pure(*state, XSPI2 + 0x50)); /* DR takes from the FIFO */
}

static void address_space(void **state)
{
    uint32_t value;
    assert_true(soc_is_window(*state, 0x70000000));
    assert_true(soc_is_window(*state, 0x8FFFFFFF));
    assert_true(soc_is_window(*state, 0x90000000));
    assert_false(soc_is_window(*state, 0x60000000));
    assert_false(soc_is_window(*state, 0xA0000000));
    assert_int_equal(soc_read(*state, 0x60000000, 4, &value), SOC_FAULT);
    assert_int_equal(soc_write(*state, 0xE0100000, 4, 0), SOC_FAULT);
    assert_int_equal(soc_read(*state, RCC + 2, 4, &value), SOC_FAULT); /* not aligned */
    assert_int_equal(soc_stats(*state)->unmodelled_accesses, 0);
    assert_int_equal(rd(*state, 0x58000000), 0);
    wr(*state, RCC + 0x820, 1); /* CFGR1 has no set alias */
    assert_int_equal(soc_stats(*state)->unmodelled_accesses, 2);
    assert_int_equal(soc_stats(*state)->last_unmodelled, RCC + 0x820);
}

static void stuck_bits(void **state)
{
    soc_stick(*state, RCC + 0x260, 1 << 12, 0); /* XSPI2's clock never comes */
    wr(*state, RCC + 0xA60, 1 << 12 | 1 << 13);
    assert_int_equal(rd(*state, RCC + 0x260), 1 << 13);
    wr(*state, XSPI2 + 0x08, 0x001F0000);
    assert_int_equal(rd(*state, XSPI2 + 0x08), 0);
    soc_stick(*state, RCC + 0x04, 1 << 3, 0); /* HSIRDY */
    assert_int_equal(rd(*state, RCC + 0x04) & 8, 0);
    soc_stick(*state, XSPI1 + 0x20, 1 << 5, 1 << 5); /* BUSY */
    wr(*state, RCC + 0xA60, 1 << 5);
    assert_int_equal(rd(*state, XSPI1 + 0x20) & 0x20, 0x20);
    soc_reset(*state);
    wr(*state, RCC + 0x260, 0xFFFFFFFF);
    assert_int_equal(rd(*state, RCC + 0x260) & 1 << 12, 0);
}

static void rams(void **state)
{
    static const struct {
        const char *name;
        uint32_t base_ns, base_s, size;
    } rows[] = {{"ITCM", 0, 0x10000000, 64 << 10},
                {"DTCM", 0x20000000, 0x30000000, 128 << 10},
                {"FLEXRAM", 0x24000000, 0x34000000, 400 << 10},
                {"AXISRAM1", 0x24064000, 0x34064000, 624 << 10},
                {"AXISRAM2", 0x24100000, 0x34100000, 1 << 20},
                {"AXISRAM6", 0x24350000, 0x34350000, 448 << 10},
                {"VENCRAM", 0x24400000, 0x34400000, 128 << 10},
                {"AHBSRAM1", 0x28000000, 0x38000000, 16 << 10},
                {"AHBSRAM2", 0x28004000, 0x38004000, 16 << 10},
                {"BKPSRAM", 0x2C000000, 0x3C000000, 8 << 10}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct soc_ram *ram = NULL;
        for (unsigned j = 0; (ram = soc_ram(*state, j)) != NULL; j++) {
            if (strcmp(ram->name, rows[i].name) == 0) {
                break;
            }
        }
        assert_non_null(ram);
        assert_int_equal(ram->base_ns, rows[i].base_ns);
        assert_int_equal(ram->base_s, rows[i].base_s);
        assert_int_equal(ram->size, rows[i].size);
        assert_int_equal(ram->size % 1024, 0);
        ram->bytes[5] = 0x5A;
        soc_reset(*state);
        assert_int_equal(ram->bytes[5], 0x5A); /* NRST keeps RAM */
    }
}

static void poison_is_seeded(void **state)
{
    (void)state;
    const struct soc_ram *ram[3];
    struct soc *soc[3];
    struct sim_clock clock = {0};
    for (unsigned i = 0; i < 3; i++) {
        struct soc_config config = {.mcu = "STM32N655X0", .seed = i / 2};
        soc[i] = soc_create(&config, &clock, NULL, NULL);
        ram[i] = soc_ram(soc[i], 5);
    }
    assert_memory_equal(ram[0]->bytes, ram[1]->bytes, ram[0]->size);
    assert_memory_not_equal(ram[0]->bytes, ram[2]->bytes, ram[0]->size);
    for (unsigned i = 0; i < 3; i++) {
        soc_destroy(soc[i]);
    }
}

static void refuses_what_it_does_not_know(void **state)
{
    (void)state;
    static const struct {
        struct soc_config config;
        enum error_code code;
    } rows[] = {
        {{.mcu = "STM32F429ZI"}, ERROR_UNKNOWN_MCU},
        {{.mcu = "STM32N655X0", .wires = {{"PZ1", "CLK", false}}, .wire_count = 1},
         ERROR_UNKNOWN_NAME},
        {{.mcu = "STM32N655X0", .wires = {{"PN16", "CLK", false}}, .wire_count = 1},
         ERROR_UNKNOWN_NAME},
        {{.mcu = "STM32N655X0", .wires = {{"PN6", "SCK", false}}, .wire_count = 1},
         ERROR_UNKNOWN_NAME},
        {{.mcu = "STM32N655X0", .wire_count = SOC_WIRES_MAX + 1}, ERROR_BAD_VALUE},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sim_clock clock = {0};
        struct error error = {0};
        assert_null(soc_create(&rows[i].config, &clock, NULL, &error));
        assert_int_equal(error.code, rows[i].code);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reset_values),
        TEST(gpio_reset_values),
        TEST(set_and_clear_aliases),
        TEST(gated_bank_ignores_accesses),
        TEST(gates_of_banks),
        cmocka_unit_test(unclocked_knob),
        TEST(reset_bits),
        TEST(clock_tree),
        TEST(switch_waits_for_its_clock),
        TEST(hsi_in_use_stays_on),
        TEST(register_names),
        TEST(pure_reads),
        TEST(address_space),
        TEST(stuck_bits),
        TEST(rams),
        cmocka_unit_test(poison_is_seeded),
        cmocka_unit_test(refuses_what_it_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* A core as its users see it: reset state, registers, memory, time, caches of translated code. */
#include "test_cpu_rig.h"

#define DEMCR      0xE000EDFCu
#define DWT_CTRL   0xE0001000u
#define DWT_CYCCNT 0xE0001004u

/* CPUID part numbers: M3 0xC23, M4 0xC24, M7 0xC27, M33 0xD21, M55 0xD22. */
static void identity(void **state)
{
    (void)state;
    static const uint32_t parts[] = {0xC23, 0xC24, 0xC27, 0xD21, 0xD22};
    for (int model = CPU_M3; model <= CPU_M55; model++) {
        struct rig rig;
        rig_open(&rig, (enum cpu_model)model, false);
        uint32_t cpuid = rig_get32(&rig, 0xE000ED00u);
        assert_int_equal(cpuid >> 24, 0x41);
        assert_int_equal((cpuid >> 4) & 0xFFF, parts[model]);
        assert_int_equal((cpuid >> 16) & 0xF, 0xF);
        rig_close(&rig);
    }
}

/* Development boot of the STM32N6: Secure privileged, stack limits not zero, VTOR in ROM. */
static void development_boot(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M55, false);
    cpu_set(rig.cpu, CPU_CONTROL, 3);
    cpu_set(rig.cpu, CPU_FAULTMASK, 1);
    cpu_set(rig.cpu, CPU_R5, 0);
    cpu_reset(rig.cpu);
    assert_int_equal(REG(&rig, CONTROL), 0);
    assert_int_equal(REG(&rig, FAULTMASK), 0);
    assert_int_not_equal(REG(&rig, MSPLIM), 0);
    assert_int_not_equal(REG(&rig, PSPLIM), 0);
    assert_int_not_equal(REG(&rig, R5), 0);
    assert_int_equal(rig_get32(&rig, 0xE000ED08u), 0x18000000);
    assert_int_equal(rig_get32(&rig, 0xE000ED14u), 0x201); /* CCR */
    /* The inherited limit bites a stack that lies lower. */
    RIG_CODE_AT(&rig, RIG_CODE, 0xB510); /* push {r4, lr} */
    rig_put32(&rig, 0xE000ED08u, RIG_VECTORS);
    cpu_set(rig.cpu, CPU_SP, RIG_STACK);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(rig_get32(&rig, 0xE000ED28u), 1u << 20);
    rig_close(&rig);
}

/* Every register keeps what a debugger wrote, in every mode, unprivileged Thread mode included. */
static void registers(void **state)
{
    (void)state;
    for (int model = CPU_M3; model <= CPU_M55; model++) {
        for (uint32_t mode = 0; mode < 3; mode++) {
            struct rig rig;
            rig_open(&rig, (enum cpu_model)model, false);
            bool limits = model >= CPU_M33;
            for (int i = CPU_R0; i <= CPU_R12; i++) {
                cpu_set(rig.cpu, (enum cpu_register)i, 0x1000u + (uint32_t)i);
            }
            cpu_set(rig.cpu, CPU_CONTROL, mode == 1 ? 3 : 0);
            cpu_set(rig.cpu, CPU_XPSR, mode == 2 ? 0x0100000Bu : 0x01000000u);
            cpu_set(rig.cpu, CPU_MSP, 0x20001238u);
            cpu_set(rig.cpu, CPU_PSP, 0x20002340u);
            cpu_set(rig.cpu, CPU_MSPLIM, 0x20001000u);
            cpu_set(rig.cpu, CPU_PSPLIM, 0x20002000u);
            cpu_set(rig.cpu, CPU_PRIMASK, 1);
            cpu_set(rig.cpu, CPU_FAULTMASK, 1);
            cpu_set(rig.cpu, CPU_BASEPRI, 0x40);
            cpu_set(rig.cpu, CPU_PC, 0x20003456u);
            for (int i = CPU_R0; i <= CPU_R12; i++) {
                assert_int_equal(cpu_get(rig.cpu, (enum cpu_register)i), 0x1000 + i);
            }
            assert_int_equal(REG(&rig, MSP), 0x20001238);
            assert_int_equal(REG(&rig, PSP), 0x20002340);
            assert_int_equal(REG(&rig, SP), mode == 1 ? 0x20002340 : 0x20001238);
            assert_int_equal(REG(&rig, MSPLIM), limits ? 0x20001000 : 0);
            assert_int_equal(REG(&rig, PSPLIM), limits ? 0x20002000 : 0);
            assert_int_equal(REG(&rig, PRIMASK), 1);
            assert_int_equal(REG(&rig, FAULTMASK), 1);
            assert_int_equal(REG(&rig, BASEPRI), 0x40);
            assert_int_equal(REG(&rig, CONTROL), mode == 1 ? 3 : 0);
            assert_int_equal(REG(&rig, PC), 0x20003456);
            assert_int_equal(REG(&rig, XPSR) & 0x010001FF, mode == 2 ? 0x0100000B : 0x01000000);
            rig_close(&rig);
        }
    }
}

/* New code at either alias is seen, whether a debugger or the core wrote it. */
static void changed_code(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    uint32_t alias = RIG_ALIAS + (RIG_CODE - RIG_RAM);
    RIG_CODE_AT(&rig, RIG_CODE, 0x2001, 0xBE00);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    RIG_CODE_AT(&rig, alias, 0x2002); /* the debugger, elsewhere */
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R0), 2);
    RIG_CODE_AT(&rig, RIG_CODE + 0x800, 0x8011, 0x4718); /* strh r1, [r2]; bx r3 */
    cpu_set(rig.cpu, CPU_R1, 0x2003);                    /* movs r0, #3 */
    cpu_set(rig.cpu, CPU_R2, alias);
    cpu_set(rig.cpu, CPU_R3, RIG_CODE | 1u);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE + 0x800);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R0), 3);
    cpu_set(rig.cpu, CPU_R1, 0x2004);
    cpu_set(rig.cpu, CPU_R2, RIG_CODE);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE + 0x800);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R0), 4);
    rig_close(&rig);
}

/* The cost model: 2 cycles an instruction uncached, 1 cached; RAM +0.5, register +10, window +20
 * and the bus's own microsecond. CYCCNT counts the same cycles. */
static void costs(void **state)
{
    (void)state;
    static const struct {
        uint32_t address, ccr;
        uint64_t cost_x100, bus_ps;
    } cases[] = {
        {RIG_DATA, 0, 200 + 50, 0},
        {RIG_STORE, 0, 200 + 1000, 0},
        {RIG_WINDOW, 0, 200 + 2000, PS_PER_US},
        {RIG_DATA, 1u << 17, 100 + 50, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig rig;
        rig_open(&rig, CPU_M7, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0x6801, 0xBF00);
        rig_put32(&rig, 0xE000ED14u, 0x200u | cases[i].ccr);
        rig_put32(&rig, DEMCR, 1u << 24);
        rig_put32(&rig, DWT_CTRL, 1);
        cpu_set(rig.cpu, CPU_R0, cases[i].address);
        assert_int_equal(cpu_step(rig.cpu), CPU_STOP_TIME);
        uint64_t expected = cases[i].cost_x100 * 10000 / 64 + cases[i].bus_ps;
        assert_in_range(rig.clock.now_ps, expected, expected + 20000);
        assert_in_range(rig_get32(&rig, DWT_CYCCNT), expected * 64 / 1000000,
                        expected * 64 / 1000000 + 2);
        rig_close(&rig);
    }
}

/* CYCCNT needs DEMCR.TRCENA and DWT_CTRL.CYCCNTENA, and stands while the core is halted. */
static void cycle_counter(void **state)
{
    (void)state;
    static const struct {
        uint32_t demcr, ctrl;
        bool counts;
    } cases[] = {{0, 1, false}, {1u << 24, 0, false}, {1u << 24, 1, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig rig;
        rig_open(&rig, CPU_M33, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0xBF00, 0xBF00, 0xBF00, 0xBE00);
        rig_put32(&rig, DEMCR, cases[i].demcr);
        rig_put32(&rig, DWT_CTRL, cases[i].ctrl);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        uint32_t count = rig_get32(&rig, DWT_CYCCNT);
        assert_int_equal(count, cases[i].counts ? 8 : 0);
        rig.clock.now_ps += PS_PER_MS;
        assert_int_equal(rig_get32(&rig, DWT_CYCCNT), count);
        rig_put32(&rig, DEMCR, 0);
        cpu_set(rig.cpu, CPU_PC, RIG_CODE);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(rig_get32(&rig, DWT_CYCCNT), count);
        rig_close(&rig);
    }
}

static void byte_lanes(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    uint8_t priority = 0x7F;
    assert_true(cpu_debug_write(rig.cpu, 0xE000ED1Fu, &priority, 1)); /* SHPR2: SVCall */
    assert_int_equal(rig_get32(&rig, 0xE000ED1Cu), 0x70000000);       /* 4 bits are wired */
    uint8_t bytes[6] = {1, 2, 3, 4, 5, 6}, back[6];
    assert_true(cpu_debug_write(rig.cpu, RIG_DATA + 3, bytes, 6));
    assert_true(cpu_debug_read(rig.cpu, RIG_ALIAS + (RIG_DATA - RIG_RAM) + 3, back, 6));
    assert_memory_equal(bytes, back, 6);
    assert_false(cpu_debug_read(rig.cpu, RIG_BROKEN, back, 4));
    assert_false(cpu_debug_write(rig.cpu, RIG_BROKEN, back, 4));
    rig_close(&rig);
}

/* Register access by DCRSR and DCRDR, as a debug port does it. */
static void core_register_transfer(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    rig_put32(&rig, 0xE000EDF8u, 0xCAFE0000u);
    rig_put32(&rig, 0xE000EDF4u, 0x10004u); /* R4 := DCRDR */
    assert_int_equal(REG(&rig, R4), 0xCAFE0000u);
    cpu_set(rig.cpu, CPU_MSPLIM, 0x20000100u);
    rig_put32(&rig, 0xE000EDF4u, 28); /* MSPLIM_S */
    assert_int_equal(rig_get32(&rig, 0xE000EDF8u), 0x20000100);
    cpu_set(rig.cpu, CPU_PRIMASK, 1);
    rig_put32(&rig, 0xE000EDF4u, 20);
    assert_int_equal(rig_get32(&rig, 0xE000EDF8u), 1);
    rig_close(&rig);
}

struct seen {
    unsigned count;
    uint32_t address, value, sum;
};

static void see(void *context, uint32_t address, unsigned size, uint32_t value)
{
    struct seen *seen = context;
    seen->count++;
    seen->address = address;
    seen->value = value;
    seen->sum += size;
}

/* Every store is told once, an unaligned one across a page too. */
static void watched_writes(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    struct seen seen = {0};
    cpu_watch_writes(rig.cpu, see, &seen);
    RIG_CODE_AT(&rig, RIG_CODE, 0x6001, 0x7001, 0x6011, 0x6813, 0xBE00);
    cpu_set(rig.cpu, CPU_R0, RIG_DATA);
    cpu_set(rig.cpu, CPU_R1, 0x11223344u);
    cpu_set(rig.cpu, CPU_R2, RIG_DATA + 0x3FE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.sum, 4 + 1 + 4);
    assert_int_equal(seen.address, RIG_DATA + 0x3FE);
    assert_int_equal(seen.value, 0x11223344);
    assert_int_equal(rig_get32(&rig, RIG_DATA + 0x3FE), 0x11223344);
    assert_int_equal(REG(&rig, R3), 0x11223344);
    rig_close(&rig);
}

/* LDRD, LDM and an 8-byte VLDR of a peripheral: two accesses each, both values right; an unaligned
 * load from the window, which is Normal memory, reads both words. */
static void wide_device_reads(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xE9D0, 0x1200, 0xED90, 0x0B00, 0xEC54, 0x3B10, 0xF8D0, 0x5002,
                0xBE00);
    rig_put32(&rig, 0xE000ED88u, 0x00F00000u);
    cpu_set(rig.cpu, CPU_R0, RIG_WINDOW);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R1), RIG_WINDOW);
    assert_int_equal(REG(&rig, R2), RIG_WINDOW + 4);
    assert_int_equal(REG(&rig, R3), RIG_WINDOW);
    assert_int_equal(REG(&rig, R4), RIG_WINDOW + 4);
    assert_int_equal(REG(&rig, R5), 0x00047000);
    assert_int_equal(rig.window_reads, 6);
    assert_int_equal(cpu_stats(rig.cpu)->window_reads, 6);
    rig_close(&rig);
}

static void stops_at_time(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M33, true);
    RIG_CODE_AT(&rig, RIG_CODE, 0x3001, 0xE7FD); /* adds r0, #1; b */
    cpu_set(rig.cpu, CPU_R0, 0);
    assert_int_equal(cpu_run(rig.cpu, PS_PER_MS), CPU_STOP_TIME);
    assert_in_range(rig.clock.now_ps, PS_PER_MS, PS_PER_MS + 31250);
    assert_in_range(REG(&rig, R0), 15999, 16001); /* 64000 cycles, 4 a turn */
    assert_int_equal(cpu_run(rig.cpu, 2 * PS_PER_MS), CPU_STOP_TIME);
    assert_in_range(REG(&rig, R0), 31999, 32001);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity),       cmocka_unit_test(development_boot),
        cmocka_unit_test(registers),      cmocka_unit_test(changed_code),
        cmocka_unit_test(costs),          cmocka_unit_test(cycle_counter),
        cmocka_unit_test(byte_lanes),     cmocka_unit_test(core_register_transfer),
        cmocka_unit_test(watched_writes), cmocka_unit_test(wide_device_reads),
        cmocka_unit_test(stops_at_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

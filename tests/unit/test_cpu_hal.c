/* SPDX-License-Identifier: MIT */
/*
 * What loaders over a vendor's driver layer do to an M55's core registers before they touch a
 * peripheral: caches, floating point, vector table, MPU and SAU off. Armv8-M ARM; geometry of the M55's caches:
 * as the model states it.
 */
#include "test_cpu_rig.h"

#define AIRCR    0xE000ED0Cu
#define CCR      0xE000ED14u
#define SHCSR    0xE000ED24u
#define CFSR     0xE000ED28u
#define HFSR     0xE000ED2Cu
#define CCSIDR   0xE000ED80u
#define CSSELR   0xE000ED84u
#define CPACR    0xE000ED88u
#define MPU_CTRL 0xE000ED94u
#define ICIALLU  0xE000EF50u
#define DCISW    0xE000EF60u
#define DCCISW   0xE000EF74u
#define CPACR_NS 0xE002ED88u

/* 32 KiB in 4 ways of 32-byte lines, 256 sets; the I-cache by CSSELR.InD. Without a cache: 0. */
static void cache_geometry(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M55, false);
    rig_put32(&rig, CSSELR, 0);
    uint32_t data = rig_get32(&rig, CCSIDR);
    assert_int_equal(data & 7, 1); /* 2^(1 + 4) bytes a line */
    assert_int_equal(data >> 3 & 0x3FF, 3);
    assert_int_equal(data >> 13 & 0x7FFF, 255);
    rig_put32(&rig, CSSELR, 1);
    assert_int_not_equal(rig_get32(&rig, CCSIDR), data);
    rig_close(&rig);
    rig_open(&rig, CPU_M33, false);
    assert_int_equal(rig_get32(&rig, CCSIDR), 0);
    rig_put32(&rig, CCR, rig_get32(&rig, CCR) | 3u << 16);
    assert_int_equal(rig_get32(&rig, CCR) & 3u << 16, 0);
    rig_close(&rig);
}

/* By set and way, as CMSIS does it: 1024 writes, then DC and IC read back as set; RAM is as before. */
static void cache_is_invalidated_and_switched_on(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M55, false);
    /* str r1, [r0]: DCISW, way in 31:30, set in 12:5; adds r1, #32; subs r2; bne; bkpt */
    RIG_CODE_AT(&rig, RIG_CODE, 0x6001, 0x3120, 0x3A01, 0xD1FB, 0xBE00);
    rig_put32(&rig, RIG_DATA, 0x12345678);
    cpu_set(rig.cpu, CPU_R0, DCISW);
    for (uint32_t way = 0; way < 4; way++) {
        cpu_set(rig.cpu, CPU_PC, RIG_CODE);
        cpu_set(rig.cpu, CPU_R1, way << 30);
        cpu_set(rig.cpu, CPU_R2, 256);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, PC), RIG_CODE + 8);
    }
    assert_int_equal(cpu_stats(rig.cpu)->instructions, 4 * (256 * 4 + 1)); /* BKPT too */
    rig_put32(&rig, ICIALLU, 0);
    rig_put32(&rig, DCCISW, 0);
    rig_put32(&rig, CCR, rig_get32(&rig, CCR) | 3u << 16);
    assert_int_equal(rig_get32(&rig, CCR) & 3u << 16, 3u << 16);
    assert_int_equal(rig_get32(&rig, RIG_DATA), 0x12345678);
    rig_close(&rig);
}

static void control_registers_keep_what_is_written(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M55, false);
    rig_put32(&rig, AIRCR, 0x05FA0300); /* PRIGROUP 3 */
    assert_int_equal(rig_get32(&rig, AIRCR), 0xFA050300);
    rig_put32(&rig, AIRCR, 0x00000700); /* no key */
    assert_int_equal(rig_get32(&rig, AIRCR), 0xFA050300);
    rig_put32(&rig, SHCSR, 1u << 16);
    rig_put32(&rig, MPU_CTRL, 5);
    rig_put32(&rig, SHCSR, rig_get32(&rig, SHCSR) & ~(1u << 16));
    rig_put32(&rig, MPU_CTRL, 0);
    assert_int_equal(rig_get32(&rig, SHCSR), 0);
    assert_int_equal(rig_get32(&rig, MPU_CTRL), 0);
    for (uint32_t region = 0; region < 8; region++) { /* SAU: RNR, RBAR, RLAR */
        rig_put32(&rig, 0xE000EDD8u, region);
        rig_put32(&rig, 0xE000EDDCu, 0);
        rig_put32(&rig, 0xE000EDE0u, 0);
    }
    rig_put32(&rig, CPACR_NS, 0x00F00000);
    assert_int_equal(rig_get32(&rig, CPACR_NS), 0x00F00000);
    assert_int_equal(rig_get32(&rig, CPACR), 0);
    rig_close(&rig);
}

/* vmov.f32 s0, #1; s1, #0.5; vdiv s2, s1, s0; vmul s2, s0, s1; vmov r1, s2: what ST's fuse loader uses. */
static const uint16_t floating[] = {0xEEB7, 0x0A00, 0xEEF6, 0x0A00, 0xEE80, 0x1A80,
                                    0xEE20, 0x1A20, 0xEE11, 0x1A10, 0xBE00};

static void open_floating(struct rig *rig, uint32_t cpacr)
{
    rig_open(rig, CPU_M55, false);
    rig_code(rig, RIG_CODE, floating, sizeof floating);
    rig_put32(rig, CPACR, cpacr);
}

static void assert_refused(struct rig *rig, unsigned exception)
{
    assert_int_equal(rig_run(rig), CPU_STOP_BKPT);
    assert_int_equal(REG(rig, PC), RIG_HANDLER + 0x40 * exception);
    assert_int_equal(rig_get32(rig, CFSR), 1u << 19); /* NOCP */
    assert_int_equal(rig_get32(rig, HFSR), exception == 3 ? 1u << 30 : 0);
    assert_int_equal(rig_get32(rig, REG(rig, SP) + 24), RIG_CODE); /* at the first of them */
}

/* CPACR decides: 3 for all, 1 for privileged code, 0 for nobody; NOCP is a UsageFault, and a
 * HardFault if that is not enabled or is masked. */
static void floating_point_by_cpacr(void **state)
{
    (void)state;
    struct rig rig;
    for (uint32_t access = 1; access <= 3; access += 2) {
        open_floating(&rig, access << 20 | access << 22);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, R1), 0x3F000000); /* 0.5 */
        assert_int_equal(REG(&rig, PC), RIG_CODE + 20);
        rig_close(&rig);
    }
    open_floating(&rig, 5u << 20);
    cpu_set(rig.cpu, CPU_CONTROL, 1); /* unprivileged */
    assert_refused(&rig, 3);
    rig_close(&rig);

    open_floating(&rig, 0);
    assert_refused(&rig, 3);
    rig_close(&rig);

    open_floating(&rig, 0);
    rig_put32(&rig, SHCSR, 1u << 18); /* USGFAULTENA */
    assert_refused(&rig, 6);
    rig_close(&rig);

    open_floating(&rig, 0);
    rig_put32(&rig, SHCSR, 1u << 18);
    cpu_set(rig.cpu, CPU_PRIMASK, 1);
    assert_refused(&rig, 3);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cache_geometry),
        cmocka_unit_test(cache_is_invalidated_and_switched_on),
        cmocka_unit_test(control_registers_keep_what_is_written),
        cmocka_unit_test(floating_point_by_cpacr),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

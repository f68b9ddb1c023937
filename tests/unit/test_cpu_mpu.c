/* SPDX-License-Identifier: MIT */
/* Memory protection, PMSAv7 and PMSAv8 (Armv7-M ARM, Armv8-M ARM). */
#include "test_cpu_rig.h"

#define CFSR     0xE000ED28u
#define MMFAR    0xE000ED34u
#define MPU_CTRL 0xE000ED94u
#define MPU_RNR  0xE000ED98u
#define MPU_RBAR 0xE000ED9Cu
#define MPU_RLAR 0xE000EDA0u

enum {
    DACCVIOL = 0x82,
    IACCVIOL = 1,
    MSTKERR = 0x10
};

struct region_case {
    const char *what;
    enum cpu_model model;
    uint32_t rbar, rlar; /* of region 1; region 0 covers all RAM read/write for any */
    uint32_t ctrl;
    uint32_t control; /* CONTROL of the core */
    bool store, execute;
    uint32_t address;
    uint32_t cfsr;
};

/* PMSAv7 RASR: AP in 26:24, size 2^(n+1) in 5:1, SRD in 15:8. PMSAv8 RBAR: AP in 2:1, XN in 0. */
static const struct region_case cases[] = {
    {"v7 read-only, load", CPU_M7, RIG_DATA, 0x06000013, 5, 0, false, false, RIG_DATA, 0},
    {"v7 read-only, store", CPU_M7, RIG_DATA, 0x06000013, 5, 0, true, false, RIG_DATA, DACCVIOL},
    {"v7 privileged only, from below", CPU_M3, RIG_DATA, 0x01000013, 5, 1, false, false, RIG_DATA,
     DACCVIOL},
    {"v7 privileged only, privileged", CPU_M3, RIG_DATA, 0x01000013, 5, 0, true, false, RIG_DATA,
     0},
    {"v7 execute-never", CPU_M7, RIG_DATA, 0x13000013, 5, 0, false, true, RIG_DATA, IACCVIOL},
    {"v7 subregion 0 off: region 0 counts", CPU_M7, RIG_DATA, 0x06000113, 5, 0, true, false,
     RIG_DATA, 0},
    {"v7 subregion 1 still counts", CPU_M7, RIG_DATA, 0x06000113, 5, 0, true, false,
     RIG_DATA + 0x80, DACCVIOL},
    {"v7 outside", CPU_M7, RIG_DATA, 0x06000013, 5, 0, true, false, RIG_DATA + 0x400, 0},
    {"v7 no background map", CPU_M7, RIG_DATA, 0x06000013, 1, 0, false, false, RIG_STATUS,
     DACCVIOL},
    {"v7 background map, privileged", CPU_M7, RIG_DATA, 0x06000013, 5, 0, false, false, RIG_STATUS,
     0},
    {"v7 background map, unprivileged", CPU_M7, RIG_DATA, 0x06000013, 5, 1, false, false,
     RIG_STATUS, DACCVIOL},
    {"v8 read-only, store", CPU_M33, RIG_STATUS | 4, RIG_STATUS | 0x61, 5, 0, true, false,
     RIG_STORE, DACCVIOL},
    {"v8 read-only, load", CPU_M33, RIG_STATUS | 4, RIG_STATUS | 0x61, 5, 0, false, false,
     RIG_STORE, 0},
    {"v8 two regions overlap", CPU_M55, RIG_DATA | 2, RIG_DATA | 0x61, 5, 0, false, false, RIG_DATA,
     DACCVIOL},
    {"v8 privileged only, from below", CPU_M55, RIG_STATUS, RIG_STATUS | 0x61, 5, 1, false, false,
     RIG_STATUS, DACCVIOL},
    {"v8 limit is inclusive", CPU_M33, RIG_STATUS | 4, RIG_STATUS | 1, 5, 0, true, false, RIG_STORE,
     DACCVIOL},
};

static void regions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct region_case *c = &cases[i];
        struct rig rig;
        rig_open(&rig, c->model, false);
        bool v8 = c->model >= CPU_M33;
        RIG_CODE_AT(&rig, RIG_CODE, c->execute ? 0x4700 : c->store ? 0x6001 : 0x6801, 0xBE01);
        RIG_CODE_AT(&rig, RIG_DATA, 0xBE01);
        rig_put32(&rig, MPU_RNR, 0);
        rig_put32(&rig, MPU_RBAR, v8 ? RIG_RAM | 2 : RIG_RAM);
        rig_put32(&rig, MPU_RLAR, v8 ? (RIG_RAM + RIG_SIZE - 32) | 1 : 0x03000023);
        rig_put32(&rig, MPU_RNR, 1);
        rig_put32(&rig, MPU_RBAR, c->rbar);
        rig_put32(&rig, MPU_RLAR, c->rlar);
        rig_put32(&rig, MPU_CTRL, c->ctrl);
        cpu_set(rig.cpu, CPU_R0, c->address | (c->execute ? 1 : 0));
        cpu_set(rig.cpu, CPU_CONTROL, c->control);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        if (rig_get32(&rig, CFSR) != c->cfsr) {
            fail_msg("%s: CFSR 0x%X", c->what, rig_get32(&rig, CFSR));
        }
        if (c->cfsr == DACCVIOL) {
            assert_int_equal(rig_get32(&rig, MMFAR), c->address);
        }
        assert_int_equal((REG(&rig, XPSR) & 0x1FF) != 0, c->cfsr != 0);
        rig_close(&rig);
    }
}

/* HFNMIENA=0: the HardFault handler itself runs without the MPU. */
static void handlers_are_exempt(void **state)
{
    (void)state;
    for (uint32_t hfnmiena = 0; hfnmiena < 2; hfnmiena++) {
        struct rig rig;
        rig_open(&rig, CPU_M7, false);
        RIG_CODE_AT(&rig, RIG_CODE, 0xDE00);
        RIG_CODE_AT(&rig, RIG_HANDLER + 0xC0, 0x6001, 0xBE01);
        rig_put32(&rig, MPU_RBAR, RIG_DATA);
        rig_put32(&rig, MPU_RLAR, 0x06000013);
        rig_put32(&rig, MPU_CTRL, 5 | hfnmiena << 1);
        cpu_set(rig.cpu, CPU_R0, RIG_DATA);
        assert_int_equal(rig_run(&rig), hfnmiena != 0 ? CPU_STOP_LOCKUP : CPU_STOP_BKPT);
        rig_close(&rig);
    }
}

/* A stack that runs into a read-only band: the push faults, then stacking does (MSTKERR). */
static void stack_guard_band(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, CPU_M3, false);
    RIG_CODE_AT(&rig, RIG_CODE, 0xB5FF, 0xE7FD); /* push {r0-r7, lr}; b */
    rig_put32(&rig, MPU_RBAR, RIG_STACK - 0x400);
    rig_put32(&rig, MPU_RLAR, 0x1500000F); /* 256 bytes, privileged read-only, execute-never */
    rig_put32(&rig, MPU_CTRL, 5);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), RIG_HANDLER + 0xC0);
    assert_int_equal(rig_get32(&rig, CFSR), DACCVIOL | MSTKERR);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions),
        cmocka_unit_test(handlers_are_exempt),
        cmocka_unit_test(stack_guard_band),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

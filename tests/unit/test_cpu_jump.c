/* SPDX-License-Identifier: MIT */
/*
 * The jump rule: a loop may skip time only if two successive iterations differ in nothing but what
 * was loaded from a time source and what is computed from it. Every program here is run with and
 * without jumps; registers, RAM, clock and counts must be the same.
 */
#include "test_cpu_rig.h"

#define SYST_CSR   0xE000E010u
#define SYST_RVR   0xE000E014u
#define SYST_CVR   0xE000E018u
#define DEMCR      0xE000EDFCu
#define DWT_CTRL   0xE0001000u
#define DWT_CYCCNT 0xE0001004u

struct result {
    uint32_t registers[CPU_REGISTER_COUNT];
    uint8_t data[64];
    uint32_t cyccnt, systick, csr;
    uint64_t now_ps;
    enum cpu_stop stop;
    struct cpu_stats stats;
};

struct program {
    const char *what;
    uint16_t code[32];
    uint32_t r[8];
    uint64_t ready_ps;
    uint64_t until_ps;
    uint32_t systick_load; /* 0: off */
    bool jumps;            /* must be skipped, or must not */
};

static void run(const struct program *p, enum cpu_model model, bool no_jump, struct result *result)
{
    struct rig rig;
    rig_open(&rig, model, no_jump);
    rig_code(&rig, RIG_CODE, p->code, sizeof p->code);
    for (int i = 0; i < 8; i++) {
        cpu_set(rig.cpu, (enum cpu_register)(CPU_R0 + i), p->r[i]);
    }
    rig_put32(&rig, DEMCR, 1u << 24);
    rig_put32(&rig, DWT_CTRL, 1);
    if (p->systick_load != 0) {
        rig_put32(&rig, SYST_RVR, p->systick_load);
        rig_put32(&rig, SYST_CVR, 0);
        rig_put32(&rig, SYST_CSR, 5);
    }
    rig.ready_ps = p->ready_ps;
    result->stop = cpu_run(rig.cpu, p->until_ps);
    for (int i = 0; i < CPU_REGISTER_COUNT; i++) {
        result->registers[i] = cpu_get(rig.cpu, (enum cpu_register)i);
    }
    assert_true(cpu_debug_read(rig.cpu, RIG_DATA, result->data, sizeof result->data));
    result->cyccnt = rig_get32(&rig, DWT_CYCCNT);
    result->systick = rig_get32(&rig, SYST_CVR);
    result->csr = rig_get32(&rig, SYST_CSR);
    result->now_ps = rig.clock.now_ps;
    result->stats = *cpu_stats(rig.cpu);
    rig_close(&rig);
}

static void compare(const struct program *p, const struct result *with,
                    const struct result *without)
{
    for (int i = 0; i < CPU_REGISTER_COUNT; i++) {
        if (with->registers[i] != without->registers[i]) {
            fail_msg("%s: register %d is 0x%X with jumps, 0x%X without", p->what, i,
                     with->registers[i], without->registers[i]);
        }
    }
    assert_memory_equal(with->data, without->data, sizeof with->data);
    assert_int_equal(with->stop, without->stop);
    assert_int_equal(with->cyccnt, without->cyccnt);
    assert_int_equal(with->systick, without->systick);
    assert_int_equal(with->csr, without->csr);
    assert_int_equal(with->now_ps, without->now_ps);
    assert_int_equal(with->stats.instructions, without->stats.instructions);
    assert_int_equal(with->stats.register_reads, without->stats.register_reads);
    assert_int_equal(without->stats.jumps, 0);
    if ((with->stats.jumps != 0) != p->jumps) {
        fail_msg("%s: %s", p->what, p->jumps ? "was not skipped" : "was skipped");
    }
    if (p->jumps) {
        /* Skipping must be worth it: most of the time, in few jumps. */
        assert_true(with->stats.jumped_ps > with->now_ps / 2);
        assert_true(with->stats.jumps < 200);
    }
}

static const struct program programs[] = {
    {"poll a status bit until it is set",
     {0x6801, 0x07C9, 0xD0FC, 0xBE00}, /* ldr r1, [r0]; lsls r1, #31; beq; bkpt */
     {RIG_STATUS},
     7 * PS_PER_MS + 12345,
     PS_PER_SECOND,
     0,
     true},
    {"the run ends before the status bit",
     {0x6801, 0x07C9, 0xD0FC, 0xBE00},
     {RIG_STATUS},
     7 * PS_PER_MS,
     3 * PS_PER_MS + 777,
     0,
     true},
    {"a deadline by CYCCNT before the event: status, then now - start >= limit",
     /* ldr r1, [r0]; lsls r1, #31; bne end; ldr r3, [r2]; subs r3, r3, r4; cmp r3, r5; blo; bkpt */
     {0x6801, 0x07C9, 0xD103, 0x6813, 0x1B1B, 0x42AB, 0xD3F8, 0xBE00},
     {RIG_STATUS, 0, DWT_CYCCNT, 0, 0, 100001, 0, 0},
     70 * PS_PER_MS,
     PS_PER_SECOND,
     0,
     true},
    {"a deadline by SysTick VAL kept in 64 bits in RAM: acc += (last - now) & mask; last = now",
     /* ldr r1, [r0]; ldr r2, [r7]; subs r3, r2, r1; lsls r3, #8; lsrs r3, #8; str r1, [r7];
      * ldrd r4, r5, [r7, #8]; adds r4, r4, r3; adc r5, #0; strd r4, r5, [r7, #8]; cmp r4, r6;
      * blo; bkpt. LOAD is 0xFFFFFF, so the mask is exact. */
     {0x6801, 0x683A, 0x1A53, 0x021B, 0x0A1B, 0x6039, 0xE9D7, 0x4502, 0x18E4, 0xF145, 0x0500,
      0xE9C7, 0x4502, 0x42B4, 0xD3F0, 0xBE00},
     {SYST_CVR, 0, 0, 0, 0, 0, 50000000, RIG_DATA},
     0,
     2 * PS_PER_SECOND,
     0xFFFFFF,
     true},
    {"an iteration counter must be counted",
     /* ldr r1, [r0]; adds r2, #1; lsls r1, #31; beq; bkpt */
     {0x6801, 0x3201, 0x07C9, 0xD0FB, 0xBE00},
     {RIG_STATUS},
     2 * PS_PER_MS,
     PS_PER_SECOND,
     0,
     false},
    {"an iteration counter in RAM",
     /* ldr r1, [r0]; ldr r2, [r7]; adds r2, #1; str r2, [r7]; movs r2, #0; lsls r1, #31; beq; bkpt
      */
     {0x6801, 0x683A, 0x3201, 0x603A, 0x2200, 0x07C9, 0xD0F8, 0xBE00},
     {RIG_STATUS, 0, 0, 0, 0, 0, 0, RIG_DATA},
     2 * PS_PER_MS,
     PS_PER_SECOND,
     0,
     false},
    {"a counted timeout gives up after its count",
     /* ldr r1, [r0]; lsls r1, #31; bne; subs r2, #1; bne; bkpt */
     {0x6801, 0x07C9, 0xD101, 0x3A01, 0xD1FA, 0xBE00},
     {RIG_STATUS, 0, 30000},
     20 * PS_PER_MS,
     PS_PER_SECOND,
     0,
     false},
    {"a read with a side effect is executed",
     /* ldr r1, [r0]; ldr r3, [r2]; lsls r1, #31; beq; bkpt */
     {0x6801, 0x6813, 0x07C9, 0xD0FB, 0xBE00},
     {RIG_STATUS, 0, RIG_POP},
     2 * PS_PER_MS,
     PS_PER_SECOND,
     0,
     false},
    {"a register write in the loop is executed",
     {0x6801, 0x6011, 0x07C9, 0xD0FB, 0xBE00}, /* ldr r1, [r0]; str r1, [r2]; ... */
     {RIG_STATUS, 0, RIG_STORE},
     2 * PS_PER_MS,
     PS_PER_SECOND,
     0,
     false},
    {"the longest gap between two readings of CYCCNT depends on every iteration",
     /* ldr r1, [r0]; ldr r3, [r2]; subs r4, r3, r5; mov r5, r3; cmp r4, r6; it hi; movhi r6, r4;
      * lsls r1, #31; beq; bkpt */
     {0x6801, 0x6813, 0x1B5C, 0x461D, 0x42B4, 0xBF88, 0x4626, 0x07C9, 0xD0F6, 0xBE00},
     {RIG_STATUS, 0, DWT_CYCCNT},
     2 * PS_PER_MS,
     PS_PER_SECOND,
     0,
     false},
    {"all gaps between two readings of CYCCNT are collected: a gap must not grow",
     /* ldr r1, [r0]; ldr r3, [r2]; subs r4, r3, r5; mov r5, r3; orrs r6, r4; lsls r1, #31; beq;
      * bkpt */
     {0x6801, 0x6813, 0x1B5C, 0x461D, 0x4326, 0x07C9, 0xD0F8, 0xBE00},
     {RIG_STATUS, 0, DWT_CYCCNT},
     2 * PS_PER_MS,
     PS_PER_SECOND,
     0,
     false},
    {"the reading before the last one is kept: two iterations deep",
     /* mov r4, r5; ldr r5, [r2]; ldr r1, [r0]; lsls r1, #31; beq; bkpt */
     {0x462C, 0x6815, 0x6801, 0x07C9, 0xD0FA, 0xBE00},
     {RIG_STATUS, 0, DWT_CYCCNT},
     2 * PS_PER_MS,
     PS_PER_SECOND,
     0,
     true},
    {"COUNTFLAG polled by a function with a frame: bl f; lsls; bpl; bkpt; f: push; ldr; pop",
     /* bl f; lsls r1, #15; bpl; bkpt; f: push {r4, lr}; ldr r1, [r0]; pop {r4, pc} */
     {0xF000, 0xF803, 0x03C9, 0xD5FB, 0xBE00, 0xB510, 0x6801, 0xBD10},
     {SYST_CSR},
     0,
     PS_PER_SECOND,
     1000000,
     true},
    {"branch to itself until the time is up", {0xE7FE}, {0}, 0, 300 * PS_PER_MS + 1, 0, true},
};

static void same_with_and_without(void **state)
{
    (void)state;
    static const enum cpu_model models[] = {CPU_M3, CPU_M33, CPU_M55};
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        for (size_t m = 0; m < sizeof models / sizeof models[0]; m++) {
            struct result with, without;
            run(&programs[i], models[m], false, &with);
            run(&programs[i], models[m], true, &without);
            compare(&programs[i], &with, &without);
        }
    }
}

/* Loops that are closed by LE, and a deadline that is tested by CSET (Armv8.1-M). */
static void loops_of_armv81m(void **state)
{
    (void)state;
    static const struct program rows[] = {
        {"poll closed by LE without a count",
         {0x6801, 0x07C9, 0xD101, 0xF02F, 0xC805, 0xBE00}, /* ldr; lsls; bne end; le; bkpt */
         {RIG_STATUS},
         7 * PS_PER_MS + 12345,
         PS_PER_SECOND,
         0,
         true},
        {"LE counts its loop down: a timeout of 3000 turns gives up",
         {0xF042, 0xE001, 0x6801, 0x07C9, 0xD101, 0xF00F, 0xC805, 0xBE00}, /* dls lr, r2; ... */
         {RIG_STATUS, 0, 3000},
         20 * PS_PER_MS,
         PS_PER_SECOND,
         0,
         false},
        {"a deadline by CYCCNT through CSET",
         /* ldr r3, [r2]; subs r3, r3, r4; cmp r3, r5; cset r6, hs; cmp r6, #0; beq; bkpt */
         {0x6813, 0x1B1B, 0x42AB, 0xEA5F, 0x963F, 0x2E00, 0xD0F8, 0xBE00},
         {0, 0, DWT_CYCCNT, 0, 0, 100001},
         0,
         PS_PER_SECOND,
         0,
         true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct result with, without;
        run(&rows[i], CPU_M55, false, &with);
        run(&rows[i], CPU_M55, true, &without);
        compare(&rows[i], &with, &without);
        assert_int_equal(with.stop, CPU_STOP_BKPT);
        /* Behind the last instruction: no fault has led elsewhere. */
        assert_in_range(with.registers[CPU_PC], RIG_CODE + 10, RIG_CODE + 14);
    }
}

/* One iteration per read: the poll that first sees the bit comes within one iteration of it. */
static void exits_at_the_same_poll(void **state)
{
    (void)state;
    for (uint64_t ready = PS_PER_MS; ready < PS_PER_MS + 40 * 31250; ready += 9999) {
        struct program p = programs[0];
        struct result with, without;
        p.ready_ps = ready;
        run(&p, CPU_M33, false, &with);
        run(&p, CPU_M33, true, &without);
        compare(&p, &with, &without);
    }
}

/* A wait of 10 s (640 million cycles) must not cost the time of executing it. */
static void long_wait_is_cheap(void **state)
{
    (void)state;
    struct program p = programs[0];
    struct result with;
    p.ready_ps = 10 * PS_PER_SECOND;
    p.until_ps = 20 * PS_PER_SECOND;
    run(&p, CPU_M33, false, &with);
    assert_int_equal(with.stop, CPU_STOP_BKPT);
    assert_true(with.stats.jumps < 10);
    assert_true(with.stats.jumped_ps > 9 * PS_PER_SECOND);
    assert_in_range(with.now_ps, 10 * PS_PER_SECOND, 10 * PS_PER_SECOND + PS_PER_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_with_and_without),
        cmocka_unit_test(loops_of_armv81m),
        cmocka_unit_test(exits_at_the_same_poll),
        cmocka_unit_test(long_wait_is_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

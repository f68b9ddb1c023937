/* SPDX-License-Identifier: MIT */
/* Caches whose lines hold other bytes than the memory: Armv7-M and Armv8-M ARM, cache maintenance. */
#include "test_cpu_rig.h"

#define CCR       0xE000ED14u
#define CCR_BASE  0x201u
#define CCR_DC    0x10000u
#define CCR_IC    0x20000u
#define ICIALLU   0xE000EF50u
#define ICIMVAU   0xE000EF58u
#define DCIMVAC   0xE000EF5Cu
#define DCISW     0xE000EF60u
#define DCCMVAU   0xE000EF64u
#define DCCMVAC   0xE000EF68u
#define DCCSW     0xE000EF6Cu
#define DCCIMVAC  0xE000EF70u
#define DCCISW    0xE000EF74u
#define OLD       0x0DDBA115u
#define NEW       0x900DCAFEu
#define WAYS      4u
#define EVICTIONS 3000u

static void open_with(struct rig *rig, enum rig_caches caches, uint32_t ccr)
{
    rig_open_cached(rig, CPU_M55, false, caches);
    rig_put32(rig, CCR, CCR_BASE | ccr);
    rig_put32(rig, RIG_DATA, NEW);
}

static void put(struct rig *rig, enum cpu_cache cache, uint32_t address, uint32_t word, bool dirty)
{
    uint8_t bytes[CPU_CACHE_LINE];
    for (unsigned i = 0; i < CPU_CACHE_LINE; i += 4) {
        memcpy(bytes + i, &word, 4);
    }
    assert_true(cpu_cache_put(rig->cpu, cache, address, bytes, dirty));
}

/* What is in the memory, whatever a debugger sees: the rig owns it. */
static uint32_t memory(const struct rig *rig, uint32_t address)
{
    uint32_t word;
    memcpy(&word, rig->ram + (address - RIG_RAM), 4);
    return word;
}

static uint32_t core_load(struct rig *rig, uint32_t address)
{
    RIG_CODE_AT(rig, RIG_CODE, 0x6801, 0xBE00); /* LDR R1,[R0] */
    cpu_set(rig->cpu, CPU_R0, address);
    cpu_set(rig->cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(rig), CPU_STOP_BKPT);
    return REG(rig, R1);
}

static void core_store(struct rig *rig, uint32_t address, uint32_t value)
{
    RIG_CODE_AT(rig, RIG_CODE, 0x6001, 0xBE00); /* STR R1,[R0] */
    cpu_set(rig->cpu, CPU_R0, address);
    cpu_set(rig->cpu, CPU_R1, value);
    cpu_set(rig->cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(rig), CPU_STOP_BKPT);
}

static void a_load_hits_a_stale_line(void **state)
{
    (void)state;
    struct rig rig;
    open_with(&rig, RIG_INCOHERENT, CCR_DC);
    put(&rig, CPU_DCACHE, RIG_DATA, OLD, false);
    assert_int_equal(core_load(&rig, RIG_DATA), OLD);
    assert_int_equal(core_load(&rig, RIG_DATA + 28), OLD);
    assert_int_equal(memory(&rig, RIG_DATA), NEW);
    /* Disabled: the memory; enabled again: the line is still there. */
    rig_put32(&rig, CCR, CCR_BASE);
    assert_int_equal(core_load(&rig, RIG_DATA), NEW);
    rig_put32(&rig, CCR, CCR_BASE | CCR_DC);
    assert_int_equal(core_load(&rig, RIG_DATA), OLD);
    rig_put32(&rig, DCIMVAC, RIG_DATA + 8);
    assert_int_equal(core_load(&rig, RIG_DATA), NEW);
    rig_close(&rig);
}

/* A load of more than one line, not aligned; a load of many words. */
static void loads_may_touch_two_lines(void **state)
{
    (void)state;
    struct rig rig;
    open_with(&rig, RIG_INCOHERENT, CCR_DC);
    rig_put32(&rig, RIG_DATA + 32, NEW);
    rig_put32(&rig, RIG_DATA + 36, NEW);
    put(&rig, CPU_DCACHE, RIG_DATA, OLD, false);
    assert_int_equal(core_load(&rig, RIG_DATA + 30), (NEW << 16) | (OLD >> 16));
    RIG_CODE_AT(&rig, RIG_CODE, 0xC81E, 0xBE00); /* LDM R0!,{R1-R4} */
    cpu_set(rig.cpu, CPU_R0, RIG_DATA + 24);
    cpu_set(rig.cpu, CPU_PC, RIG_CODE);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R1), OLD);
    assert_int_equal(REG(&rig, R2), OLD);
    assert_int_equal(REG(&rig, R3), NEW);
    assert_int_equal(REG(&rig, R4), NEW);
    assert_int_equal(memory(&rig, RIG_DATA + 28), 0);
    rig_close(&rig);
}

static void a_store_stays_in_the_cache_until_cleaned(void **state)
{
    (void)state;
    static const uint32_t cleaning[] = {DCCMVAC, DCCMVAU, DCCIMVAC};
    for (unsigned i = 0; i < 3; i++) {
        struct rig rig;
        bool dirty = false;
        open_with(&rig, RIG_INCOHERENT, CCR_DC);
        core_store(&rig, RIG_DATA + 4, OLD);
        assert_int_equal(memory(&rig, RIG_DATA + 4), 0);
        assert_int_equal(rig_get32(&rig, RIG_DATA + 4), 0);
        assert_int_equal(core_load(&rig, RIG_DATA + 4), OLD);
        assert_int_equal(core_load(&rig, RIG_DATA), NEW); /* allocated with what was around it */
        assert_true(cpu_cache_get(rig.cpu, CPU_DCACHE, RIG_DATA, NULL, &dirty) && dirty);
        rig_put32(&rig, cleaning[i], RIG_DATA);
        assert_int_equal(memory(&rig, RIG_DATA + 4), OLD);
        assert_int_equal(cpu_cache_get(rig.cpu, CPU_DCACHE, RIG_DATA, NULL, &dirty),
                         cleaning[i] != DCCIMVAC);
        assert_true(!dirty || cleaning[i] == DCCIMVAC);
        rig_close(&rig);
    }
}

static void invalidating_loses_what_is_dirty(void **state)
{
    (void)state;
    struct rig rig;
    open_with(&rig, RIG_INCOHERENT, CCR_DC);
    put(&rig, CPU_DCACHE, RIG_DATA, OLD, true);
    rig_put32(&rig, DCIMVAC, RIG_DATA);
    assert_int_equal(memory(&rig, RIG_DATA), NEW);
    assert_int_equal(core_load(&rig, RIG_DATA), NEW);
    rig_close(&rig);
}

/* Way in the highest bits, set above the line's offset: 4 ways, 256 sets of 32 bytes. */
static void maintenance_by_set_and_way(void **state)
{
    (void)state;
    static const uint32_t operations[] = {DCISW, DCCSW, DCCISW};
    for (unsigned i = 0; i < 3; i++) {
        struct rig rig;
        open_with(&rig, RIG_INCOHERENT, CCR_DC);
        put(&rig, CPU_DCACHE, RIG_DATA + 0x40, OLD, true);
        uint32_t set = (RIG_DATA + 0x40) & 0x1FE0u;
        for (uint32_t way = 0; way < WAYS; way++) {
            rig_put32(&rig, operations[i], way << 30 | (set ^ 0x20u)); /* another set */
        }
        assert_int_equal(memory(&rig, RIG_DATA + 0x40), 0);
        assert_int_equal(cpu_cache_lines(rig.cpu, CPU_DCACHE), 1);
        for (uint32_t way = 0; way < WAYS; way++) {
            rig_put32(&rig, operations[i], way << 30 | set);
        }
        assert_int_equal(memory(&rig, RIG_DATA + 0x40), operations[i] == DCISW ? 0 : OLD);
        assert_int_equal(cpu_cache_lines(rig.cpu, CPU_DCACHE), operations[i] == DCCSW);
        rig_close(&rig);
    }
}

/* What is dirty when the cache is switched off waits there, and overwrites what came later. */
static void dirty_lines_outlive_a_disabled_cache(void **state)
{
    (void)state;
    struct rig rig;
    open_with(&rig, RIG_INCOHERENT, 0);
    put(&rig, CPU_DCACHE, RIG_DATA, OLD, true);
    assert_int_equal(core_load(&rig, RIG_DATA), NEW);
    core_store(&rig, RIG_DATA, 5);
    assert_int_equal(memory(&rig, RIG_DATA), 5);
    rig_put32(&rig, DCCMVAC, RIG_DATA);
    assert_int_equal(memory(&rig, RIG_DATA), OLD);
    rig_close(&rig);
}

static void a_debugger_may_be_coherent_or_not(void **state)
{
    (void)state;
    struct rig rig;
    open_with(&rig, RIG_COHERENT, CCR_DC);
    put(&rig, CPU_DCACHE, RIG_DATA, OLD, true);
    assert_int_equal(rig_get32(&rig, RIG_DATA + 4), OLD);
    rig_put32(&rig, RIG_DATA, 7);
    assert_int_equal(memory(&rig, RIG_DATA), 7);
    assert_int_equal(core_load(&rig, RIG_DATA), 7);
    assert_int_equal(core_load(&rig, RIG_DATA + 4), OLD);
    rig_close(&rig);

    open_with(&rig, RIG_INCOHERENT, CCR_DC);
    put(&rig, CPU_DCACHE, RIG_DATA, OLD, false);
    assert_int_equal(rig_get32(&rig, RIG_DATA), NEW);
    rig_put32(&rig, RIG_DATA, 7);
    assert_int_equal(memory(&rig, RIG_DATA), 7);
    assert_int_equal(core_load(&rig, RIG_DATA), OLD);
    rig_close(&rig);
}

/* Old code: MOVS R2,#1. New code: MOVS R2,#2; LDR R1,[PC,#4] of a word in the same line. */
static void code_is_fetched_from_a_stale_line(void **state)
{
    (void)state;
    const uint8_t old[CPU_CACHE_LINE] = {0x01, 0x22, 0x01, 0x49, 0x00, 0xBE};
    for (unsigned how = 0; how < 3; how++) {
        struct rig rig;
        open_with(&rig, RIG_COHERENT, CCR_IC);
        RIG_CODE_AT(&rig, RIG_CODE, 0x2202, 0x4901, 0xBE00, 0xBF00, 0xCAFE, 0x900D);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, R2), 2); /* nothing stale yet, and nothing is kept */
        assert_true(cpu_cache_put(rig.cpu, CPU_ICACHE, RIG_CODE, old, false));
        cpu_set(rig.cpu, CPU_PC, RIG_CODE);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, R2), 1);
        assert_int_equal(REG(&rig, R1), NEW); /* data do not come from the I-cache */
        assert_int_equal(memory(&rig, RIG_CODE) & 0xFFFFu, 0x2202);
        if (how == 0) {
            rig_put32(&rig, ICIALLU, 0);
        } else if (how == 1) {
            rig_put32(&rig, ICIMVAU, RIG_CODE);
        } else {
            rig_put32(&rig, CCR, CCR_BASE);
        }
        cpu_set(rig.cpu, CPU_PC, RIG_CODE);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, R2), 2);
        rig_close(&rig);
    }
}

/* Code that invalidates by itself: what follows the barrier is fetched anew. Stores to a line that is
 * shown reach the memory. */
static void code_invalidates_its_own_lines(void **state)
{
    (void)state;
    const uint8_t old[CPU_CACHE_LINE] = {0x01, 0x22, 0x00, 0xBE};
    struct rig rig;
    open_with(&rig, RIG_INCOHERENT, CCR_IC);
    /* STR R1,[R0] (ICIALLU); STR R1,[R3]; ISB; NOP ... up to the next line, which is stale */
    RIG_CODE_AT(&rig, RIG_CODE, 0x6019, 0x6001, 0xF3BF, 0x8F6F, 0xBF00, 0xBF00, 0xBF00, 0xBF00,
                0xBF00, 0xBF00, 0xBF00, 0xBF00, 0xBF00, 0xBF00, 0xBF00, 0xBF00, 0x2202, 0xBE00);
    assert_true(cpu_cache_put(rig.cpu, CPU_ICACHE, RIG_CODE + 32, old, false));
    cpu_set(rig.cpu, CPU_R0, ICIALLU);
    cpu_set(rig.cpu, CPU_R1, NEW);
    cpu_set(rig.cpu, CPU_R3, RIG_CODE + 0x3C);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, R2), 2);
    assert_int_equal(memory(&rig, RIG_CODE + 0x3C), NEW);
    assert_int_equal(cpu_cache_lines(rig.cpu, CPU_ICACHE), 0);
    rig_close(&rig);
}

/* New code lies in a dirty line. Cleaned first and invalidated then, it is fetched; the other way
 * round the core may have fetched the old one meanwhile. */
static void clean_comes_before_invalidate(void **state)
{
    (void)state;
    const uint8_t new[CPU_CACHE_LINE] = {0x02, 0x22, 0x00, 0xBE}; /* MOVS R2,#2; BKPT */
    for (unsigned clean_first = 0; clean_first < 2; clean_first++) {
        struct rig rig;
        open_with(&rig, RIG_INCOHERENT, CCR_DC | CCR_IC);
        /* STR R0,[R0]; STR R1,[R3]; or the other way round; ISB; BX R4: MOVS R2,#1; BKPT */
        RIG_CODE_AT(&rig, RIG_CODE, clean_first != 0 ? 0x6019 : 0x6000,
                    clean_first != 0 ? 0x6000 : 0x6019, 0xF3BF, 0x8F6F, 0x4720);
        RIG_CODE_AT(&rig, RIG_CODE + 0x40, 0x2201, 0xBE00);
        assert_true(cpu_cache_put(rig.cpu, CPU_DCACHE, RIG_CODE + 0x40, new, true));
        cpu_set(rig.cpu, CPU_R0, ICIALLU);
        cpu_set(rig.cpu, CPU_R1, RIG_CODE + 0x40);
        cpu_set(rig.cpu, CPU_R3, DCCMVAC);
        cpu_set(rig.cpu, CPU_R4, RIG_CODE + 0x41);
        assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
        assert_int_equal(REG(&rig, R2), clean_first != 0 ? 2 : 1);
        assert_int_equal(memory(&rig, RIG_CODE + 0x40) & 0xFFFFu, 0x2202);
        rig_close(&rig);
    }
}

static void the_window_is_read_once(void **state)
{
    (void)state;
    struct rig rig;
    open_with(&rig, RIG_COHERENT, CCR_DC);
    put(&rig, CPU_DCACHE, RIG_WINDOW, OLD, false);
    assert_int_equal(core_load(&rig, RIG_WINDOW + 4), OLD);
    assert_int_equal(rig_get32(&rig, RIG_WINDOW), OLD); /* a coherent probe is deceived too */
    assert_int_equal(rig.window_reads, 0);
    assert_int_equal(core_load(&rig, RIG_WINDOW + 0x44), RIG_WINDOW + 0x44);
    assert_int_equal(rig.window_reads, 8);
    assert_int_equal(core_load(&rig, RIG_WINDOW + 0x48), RIG_WINDOW + 0x48);
    assert_int_equal(rig.window_reads, 8);
    rig_put32(&rig, DCCIMVAC, RIG_WINDOW);
    assert_int_equal(core_load(&rig, RIG_WINDOW + 4), RIG_WINDOW + 4);
    rig_close(&rig);
}

/* PMSAv8, MAIR: Device, Normal non-cacheable, write-through, write-back. */
static void attributes_decide(void **state)
{
    (void)state;
    static const uint32_t attribute[] = {0x00, 0x44, 0xAA, 0xFF};
    for (unsigned i = 0; i < 4; i++) {
        struct rig rig;
        bool dirty = false;
        open_with(&rig, RIG_INCOHERENT, CCR_DC);
        rig_put32(&rig, 0xE000EDC0u, attribute[i]);            /* MAIR0 */
        rig_put32(&rig, 0xE000ED9Cu, RIG_DATA | 3u);           /* RBAR: read-write, XN */
        rig_put32(&rig, 0xE000EDA0u, (RIG_DATA + 0xFE0u) | 1); /* RLAR */
        rig_put32(&rig, 0xE000ED94u, 5);                       /* ENABLE, PRIVDEFENA */
        put(&rig, CPU_DCACHE, RIG_DATA, OLD, false);
        assert_int_equal(core_load(&rig, RIG_DATA), i < 2 ? NEW : OLD);
        core_store(&rig, RIG_DATA, 3);
        assert_int_equal(memory(&rig, RIG_DATA), i == 3 ? NEW : 3);
        assert_true(cpu_cache_get(rig.cpu, CPU_DCACHE, RIG_DATA, NULL, &dirty));
        assert_int_equal(dirty, i == 3);
        rig_close(&rig);
    }
}

/* Any line may go at any time: a dirty one comes to the memory then. */
static void dirty_lines_come_out_by_themselves(void **state)
{
    (void)state;
    struct rig rig;
    open_with(&rig, RIG_INCOHERENT, CCR_DC);
    for (uint32_t at = 0; at < 0x8000u; at += CPU_CACHE_LINE) {
        put(&rig, CPU_DCACHE, RIG_DATA + at, OLD, true);
    }
    assert_int_equal(cpu_cache_lines(rig.cpu, CPU_DCACHE), 1024);
    /* LDR R1,[R0]; SUBS R2,#1; BNE; BKPT */
    RIG_CODE_AT(&rig, RIG_CODE, 0x6801, 0x3A01, 0xD1FC, 0xBE00);
    cpu_set(rig.cpu, CPU_R0, RIG_DATA);
    cpu_set(rig.cpu, CPU_R2, EVICTIONS);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    unsigned written = 0;
    for (uint32_t at = 0; at < 0x8000u; at += CPU_CACHE_LINE) {
        written += memory(&rig, RIG_DATA + at) == OLD;
    }
    assert_in_range(written, 10, 1000);
    rig_close(&rig);
}

/* Stacking and unstacking are the core's data accesses. */
static void exceptions_go_through_the_cache(void **state)
{
    (void)state;
    struct rig rig;
    open_with(&rig, RIG_INCOHERENT, CCR_DC);
    RIG_CODE_AT(&rig, RIG_CODE, 0xDF00, 0xBE00);        /* SVC */
    RIG_CODE_AT(&rig, RIG_HANDLER + 0x40 * 11, 0x4770); /* BX LR */
    cpu_set(rig.cpu, CPU_R0, NEW);
    assert_int_equal(rig_run(&rig), CPU_STOP_BKPT);
    assert_int_equal(REG(&rig, PC), RIG_CODE + 2);
    assert_int_equal(memory(&rig, RIG_STACK - 32), 0);
    rig_put32(&rig, DCCMVAC, RIG_STACK - 32);
    assert_int_equal(memory(&rig, RIG_STACK - 32), NEW);
    rig_close(&rig);
}

static void a_system_reset_empties_the_caches_of_an_m55(void **state)
{
    (void)state;
    static const enum cpu_model models[] = {CPU_M55, CPU_M7};
    for (unsigned i = 0; i < 2; i++) {
        struct rig rig;
        rig_open_cached(&rig, models[i], false, RIG_INCOHERENT);
        put(&rig, CPU_DCACHE, RIG_DATA, OLD, true);
        put(&rig, CPU_ICACHE, RIG_CODE, OLD, false);
        cpu_reset(rig.cpu);
        assert_int_equal(cpu_cache_lines(rig.cpu, CPU_DCACHE), i);
        assert_int_equal(cpu_cache_lines(rig.cpu, CPU_ICACHE), i);
        assert_int_equal(memory(&rig, RIG_DATA), 0);
        rig_close(&rig);
    }
}

static void lines_are_for_cores_that_have_them(void **state)
{
    (void)state;
    const uint8_t bytes[CPU_CACHE_LINE] = {0};
    struct rig rig;
    rig_open_cached(&rig, CPU_M33, false, RIG_INCOHERENT);
    assert_false(cpu_cache_put(rig.cpu, CPU_DCACHE, RIG_DATA, bytes, false));
    rig_close(&rig);
    rig_open(&rig, CPU_M55, false); /* not switched on */
    assert_false(cpu_cache_put(rig.cpu, CPU_DCACHE, RIG_DATA, bytes, false));
    rig_put32(&rig, CCR, CCR_BASE | CCR_DC);
    core_store(&rig, RIG_DATA, OLD);
    assert_int_equal(memory(&rig, RIG_DATA), OLD);
    rig_close(&rig);
    rig_open_cached(&rig, CPU_M55, false, RIG_INCOHERENT);
    assert_false(cpu_cache_put(rig.cpu, CPU_DCACHE, RIG_DATA + 4, bytes, false));
    assert_false(cpu_cache_put(rig.cpu, CPU_DCACHE, RIG_WINDOW, bytes, true));
    assert_false(cpu_cache_put(rig.cpu, CPU_ICACHE, RIG_WINDOW, bytes, false));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_hits_a_stale_line),
        cmocka_unit_test(loads_may_touch_two_lines),
        cmocka_unit_test(a_store_stays_in_the_cache_until_cleaned),
        cmocka_unit_test(invalidating_loses_what_is_dirty),
        cmocka_unit_test(maintenance_by_set_and_way),
        cmocka_unit_test(dirty_lines_outlive_a_disabled_cache),
        cmocka_unit_test(a_debugger_may_be_coherent_or_not),
        cmocka_unit_test(code_is_fetched_from_a_stale_line),
        cmocka_unit_test(code_invalidates_its_own_lines),
        cmocka_unit_test(clean_comes_before_invalidate),
        cmocka_unit_test(the_window_is_read_once),
        cmocka_unit_test(attributes_decide),
        cmocka_unit_test(dirty_lines_come_out_by_themselves),
        cmocka_unit_test(exceptions_go_through_the_cache),
        cmocka_unit_test(a_system_reset_empties_the_caches_of_an_m55),
        cmocka_unit_test(lines_are_for_cores_that_have_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

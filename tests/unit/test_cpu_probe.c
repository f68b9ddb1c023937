/* SPDX-License-Identifier: MIT */
/* What the instruments are told of the core: everything once, nothing of a trial. */
#include "test_cpu_rig.h"

#define AIRCR    0xE000ED0Cu
#define SYST_CSR 0xE000E010u
#define SYST_RVR 0xE000E014u

struct told {
    uint64_t steps, reads, ram_reads, ram_writes;
    unsigned faults, interrupts, resets, debug_writes;
    uint32_t pc, address, value, write_address, read_address;
    uint32_t vector, cfsr, fault_address;
    unsigned size;
    int exception;
};

static void on_step(void *context, uint32_t pc)
{
    struct told *told = context;
    told->steps++;
    told->pc = pc;
}

static void on_ram(void *context, bool write, uint32_t address, unsigned size)
{
    struct told *told = context;
    if (write) {
        told->ram_writes++;
        told->write_address = address;
    } else {
        told->ram_reads++;
        told->read_address = address;
    }
    told->size = size;
}

static void on_read(void *context, uint32_t address, uint32_t value)
{
    struct told *told = context;
    told->reads++;
    told->address = address;
    told->value = value;
}

static void on_fault(void *context, int exception, uint32_t cfsr, uint32_t address)
{
    struct told *told = context;
    told->faults++;
    told->exception = exception;
    told->cfsr = cfsr;
    told->fault_address = address;
}

static void on_interrupt(void *context, int exception, uint32_t vector)
{
    struct told *told = context;
    told->interrupts++;
    told->exception = exception;
    told->vector = vector;
}

static void on_reset(void *context)
{
    ((struct told *)context)->resets++;
}

static void on_debug_write(void *context, uint32_t address, size_t size)
{
    struct told *told = context;
    told->debug_writes++;
    told->write_address = address;
    told->size = (unsigned)size;
}

/* Code at RIG_CODE with R0 to R3, run until it stops. */
static enum cpu_stop run(struct rig *rig, struct cpu_probe *probe, struct told *told,
                         const uint16_t *code, size_t size, const uint32_t r[4])
{
    *told = (struct told){0};
    *probe = (struct cpu_probe){told,     on_step,      on_ram,   on_read,
                                on_fault, on_interrupt, on_reset, on_debug_write};
    rig_code(rig, RIG_CODE, code, size);
    for (int i = 0; i < 4; i++) {
        cpu_set(rig->cpu, (enum cpu_register)(CPU_R0 + i), r[i]);
    }
    cpu_set_probe(rig->cpu, probe);
    return rig_run(rig);
}

static void accesses_are_told_as_they_are(void **state)
{
    (void)state;
    struct rig rig;
    struct told told;
    struct cpu_probe probe;
    rig_open(&rig, CPU_M33, false);
    /* ldr r4,[r0]; strb r4,[r1,#2]; ldrh r5,[r1,#4]; bkpt */
    const uint16_t code[] = {0x6804, 0x708C, 0x888D, 0xBE00};
    rig.store = 0x1234;
    run(&rig, &probe, &told, code, sizeof code, (uint32_t[4]){RIG_STORE, RIG_DATA, 0, 0});
    assert_int_equal(told.steps, 4);
    assert_int_equal(told.pc, RIG_CODE + 6);
    assert_int_equal(told.reads, 1);
    assert_int_equal(told.address, RIG_STORE);
    assert_int_equal(told.value, 0x1234);
    assert_int_equal(told.ram_writes, 1);
    assert_int_equal(told.write_address, RIG_DATA + 2);
    assert_int_equal(told.ram_reads, 1);
    assert_int_equal(told.read_address, RIG_DATA + 4);
    assert_int_equal(told.size, 2);
    rig_put32(&rig, RIG_DATA, 7);
    assert_int_equal(told.debug_writes, 1);
    assert_int_equal(told.write_address, RIG_DATA);
    cpu_set_probe(rig.cpu, NULL);
    rig_put32(&rig, RIG_DATA, 8);
    assert_int_equal(told.debug_writes, 1);
    rig_close(&rig);
}

/* Also what the core stacks and fetches by itself. */
static void a_fault_is_told_before_it_is_taken(void **state)
{
    (void)state;
    struct rig rig;
    struct told told;
    struct cpu_probe probe;
    rig_open(&rig, CPU_M33, false);
    const uint16_t code[] = {0x6804, 0xBE00}; /* ldr r4,[r0] */
    run(&rig, &probe, &told, code, sizeof code, (uint32_t[4]){RIG_BROKEN, 0, 0, 0});
    assert_int_equal(told.faults, 1);
    assert_int_equal(told.exception, 5);
    assert_int_equal(told.cfsr, 0x8200);
    assert_int_equal(told.fault_address, RIG_BROKEN);
    assert_int_equal(told.ram_writes, 8);
    assert_int_equal(told.read_address, RIG_VECTORS + 4 * 3); /* escalated to HardFault */
    rig_close(&rig);
}

static void an_interrupt_is_told_with_its_vector(void **state)
{
    (void)state;
    struct rig rig;
    struct told told;
    struct cpu_probe probe;
    rig_open(&rig, CPU_M33, false);
    rig_put32(&rig, SYST_RVR, 100);
    rig_put32(&rig, SYST_CSR, 7);
    const uint16_t code[] = {0xE7FE};
    run(&rig, &probe, &told, code, sizeof code, (uint32_t[4]){0, 0, 0, 0});
    assert_int_equal(told.interrupts, 1);
    assert_int_equal(told.exception, 15);
    assert_int_equal(told.vector, (RIG_HANDLER + 0x40 * 15) | 1u);
    assert_int_equal(told.faults, 0);
    rig_close(&rig);
}

static void a_wish_for_a_reset_is_told(void **state)
{
    (void)state;
    struct rig rig;
    struct told told;
    struct cpu_probe probe;
    rig_open(&rig, CPU_M33, false);
    const uint16_t code[] = {0x6001, 0xBE00}; /* str r1,[r0] */
    assert_int_equal(
        run(&rig, &probe, &told, code, sizeof code, (uint32_t[4]){AIRCR, 0x05FA0004, 0, 0}),
        CPU_STOP_UNSUPPORTED);
    assert_int_equal(told.resets, 1);
    rig_close(&rig);
}

/* A poll that is skipped: its trials are undone and nobody hears of them. */
static void trials_are_not_told(void **state)
{
    (void)state;
    struct rig rig;
    struct told told;
    struct cpu_probe probe;
    rig_open(&rig, CPU_M33, false);
    rig.ready_ps = 50 * PS_PER_MS;
    /* ldr r4,[r0]; str r4,[r1]; lsls r4,r4,#31; beq; bkpt */
    const uint16_t code[] = {0x6804, 0x600C, 0x07E4, 0xD0FB, 0xBE00};
    run(&rig, &probe, &told, code, sizeof code, (uint32_t[4]){RIG_STATUS, RIG_DATA, 0, 0});
    const struct cpu_stats *stats = cpu_stats(rig.cpu);
    assert_true(stats->jumps > 0);
    assert_true(told.steps <= stats->instructions - stats->jumped_instructions);
    assert_true(told.reads <= stats->register_reads - stats->jumped_reads);
    assert_true(told.ram_writes <= told.reads + 1);
    assert_true(told.reads >= 3);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accesses_are_told_as_they_are),
        cmocka_unit_test(a_fault_is_told_before_it_is_taken),
        cmocka_unit_test(an_interrupt_is_told_with_its_vector),
        cmocka_unit_test(a_wish_for_a_reset_is_told),
        cmocka_unit_test(trials_are_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

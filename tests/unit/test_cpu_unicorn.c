/* SPDX-License-Identifier: MIT */
/*
 * What the CPU model relies on in libunicorn 2.0.1, measured: a library that behaves otherwise must
 * be noticed here, not in a loader's rehearsal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>
#include <unicorn/unicorn.h>

#define CODE 0x20001000u
#define DATA 0x20004000u
#define MMIO 0x50000000u
#define SIZE 0x8000u

struct engine {
    uc_engine *uc;
    uint8_t *ram;
    uint32_t last; /* address of the last instruction hook */
    unsigned instructions, intr_count, invalid_count, reads, writes, fetches;
    uint32_t intr, intr_pc, invalid_pc, access;
    uint32_t stop_at;
    bool refuse;
};

static uint32_t get(const struct engine *e, int id)
{
    uint32_t value = 0;
    uc_reg_read(e->uc, id, &value);
    return value;
}

static void set(const struct engine *e, int id, uint32_t value)
{
    uc_reg_write(e->uc, id, &value);
}

static void on_code(uc_engine *uc, uint64_t address, uint32_t size, void *context)
{
    struct engine *e = context;
    (void)size;
    e->last = (uint32_t)address;
    e->instructions++;
    if (address == e->stop_at) {
        uc_emu_stop(uc);
    }
}

static bool on_memory(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                      void *context)
{
    struct engine *e = context;
    (void)uc;
    (void)size;
    (void)value;
    e->access = (uint32_t)address;
    e->reads += type == UC_MEM_READ_PROT;
    e->writes += type == UC_MEM_WRITE_PROT;
    e->fetches += type == UC_MEM_FETCH_PROT || type == UC_MEM_FETCH_UNMAPPED;
    return !e->refuse && e->fetches == 0;
}

static void on_read(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                    void *context)
{
    (void)uc;
    (void)type;
    (void)address;
    (void)size;
    (void)value;
    (void)context;
}

static void on_intr(uc_engine *uc, uint32_t number, void *context)
{
    struct engine *e = context;
    e->intr = number;
    e->intr_pc = get(e, UC_ARM_REG_PC);
    e->intr_count++;
    uc_emu_stop(uc);
}

static bool on_invalid(uc_engine *uc, void *context)
{
    struct engine *e = context;
    (void)uc;
    e->invalid_pc = get(e, UC_ARM_REG_PC);
    e->invalid_count++;
    return false;
}

static uint64_t mmio_read(uc_engine *uc, uint64_t offset, unsigned size, void *context)
{
    (void)uc;
    (void)size;
    (void)context;
    return 0xC0DE0000u + offset;
}

static void mmio_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *context)
{
    (void)uc;
    (void)offset;
    (void)size;
    (void)value;
    (void)context;
}

static void hook(struct engine *e, int type, void *callback)
{
    uc_hook handle;
    assert_int_equal(uc_hook_add(e->uc, &handle, type, callback, e, (uint64_t)1, (uint64_t)0), 0);
}

static void open_engine(struct engine *e, int model)
{
    memset(e, 0, sizeof *e);
    assert_int_equal(uc_open(UC_ARCH_ARM, (uc_mode)(UC_MODE_THUMB | UC_MODE_MCLASS), &e->uc), 0);
    assert_int_equal(uc_ctl_set_cpu_model(e->uc, model), 0);
    e->ram = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(e->ram, MAP_FAILED);
    assert_int_equal(uc_mem_map_ptr(e->uc, 0x20000000u, SIZE, UC_PROT_ALL, e->ram), 0);
    assert_int_equal(uc_mem_protect(e->uc, 0x20000000u, SIZE, UC_PROT_EXEC), 0);
    assert_int_equal(uc_mmio_map(e->uc, MMIO, 0x1000, mmio_read, e, mmio_write, e), 0);
    assert_int_equal(uc_mem_protect(e->uc, MMIO, 0x1000, UC_PROT_NONE), 0);
    union {
        uc_cb_hookcode_t code;
        uc_cb_eventmem_t memory;
        uc_cb_hookmem_t read;
        uc_cb_hookintr_t intr;
        uc_cb_hookinsn_invalid_t invalid;
        void *pointer;
    } u;
    u.code = on_code;
    hook(e, UC_HOOK_CODE, u.pointer);
    u.memory = on_memory;
    hook(e, UC_HOOK_MEM_PROT | UC_HOOK_MEM_UNMAPPED, u.pointer);
    u.read = on_read;
    hook(e, UC_HOOK_MEM_READ, u.pointer);
    u.intr = on_intr;
    hook(e, UC_HOOK_INTR, u.pointer);
    u.invalid = on_invalid;
    hook(e, UC_HOOK_INSN_INVALID, u.pointer);
    set(e, UC_ARM_REG_SP, 0x20003000u);
    set(e, UC_ARM_REG_XPSR, 0x01000000u);
}

static void close_engine(struct engine *e)
{
    uc_close(e->uc);
    munmap(e->ram, SIZE);
}

static uc_err run(struct engine *e, const uint16_t *code, size_t size)
{
    memcpy(e->ram + (CODE - 0x20000000u), code, size);
    uc_ctl_remove_cache(e->uc, (uint64_t)CODE, (uint64_t)CODE + 0x400);
    return uc_emu_start(e->uc, CODE | 1u, 1, 0, 0);
}
#define RUN(e, ...) run(e, (const uint16_t[]){__VA_ARGS__}, sizeof((const uint16_t[]){__VA_ARGS__}))

/* BKPT 7 at itself, SVC 2 at the next instruction, EXC_RETURN 8 at the value without bit 0. */
static void interrupts(void **state)
{
    (void)state;
    static const int models[] = {UC_CPU_ARM_CORTEX_M3, UC_CPU_ARM_CORTEX_M4, UC_CPU_ARM_CORTEX_M7,
                                 UC_CPU_ARM_CORTEX_M33};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        struct engine e;
        open_engine(&e, models[i]);
        RUN(&e, 0xBF00, 0xBE00);
        assert_int_equal(e.intr, 7);
        assert_int_equal(e.intr_pc, CODE + 2);
        RUN(&e, 0xBF00, 0xDF00);
        assert_int_equal(e.intr, 2);
        assert_int_equal(e.intr_pc, CODE + 4);
        set(&e, UC_ARM_REG_R0, 0xFFFFFFF9u);
        RUN(&e, 0xBF00, 0x4700);
        assert_int_equal(e.intr, 8);
        assert_int_equal(e.intr_pc, 0xFFFFFFF8u);
        close_engine(&e);
    }
}

/* UDF reaches the invalid-instruction hook, as does an even branch target, with T clear. */
static void invalid(void **state)
{
    (void)state;
    struct engine e;
    open_engine(&e, UC_CPU_ARM_CORTEX_M33);
    RUN(&e, 0xBF00, 0xDE00);
    assert_int_equal(e.invalid_count, 1);
    assert_int_equal(e.invalid_pc, CODE + 2);
    assert_int_equal(e.last, CODE + 2); /* it was counted */
    set(&e, UC_ARM_REG_R0, CODE + 8);
    RUN(&e, 0x4700);
    assert_int_equal(e.invalid_pc, CODE + 8);
    assert_int_equal(get(&e, UC_ARM_REG_XPSR) & (1u << 24), 0);
    close_engine(&e);
}

/* Limits have no register id: set by an instruction; a violation is 19, nothing written. */
static void stack_limit(void **state)
{
    (void)state;
    struct engine e;
    open_engine(&e, UC_CPU_ARM_CORTEX_M33);
    set(&e, UC_ARM_REG_R0, 0x20003000u);
    RUN(&e, 0xF380, 0x880A, 0xBF00, 0xB510, 0xBE00); /* msr msplim, r0; nop; push {r4, lr} */
    assert_int_equal(e.intr, 19);
    assert_int_equal(e.intr_pc, CODE + 6);
    assert_int_equal(get(&e, UC_ARM_REG_SP), 0x20003000u);
    assert_int_equal(e.writes, 0);
    close_engine(&e);
}

/* RAM without permissions: each access asks; reads are done by the emulator, writes are not. */
static void every_access_asks(void **state)
{
    (void)state;
    struct engine e;
    open_engine(&e, UC_CPU_ARM_CORTEX_M33);
    uint32_t word = 0x12345678;
    memcpy(e.ram + (DATA - 0x20000000u), &word, 4);
    set(&e, UC_ARM_REG_R0, DATA);
    RUN(&e, 0x6801, 0x6802, 0x6803, 0x6041, 0x6041, 0xBE00);
    assert_int_equal(e.reads, 3);
    assert_int_equal(e.writes, 2);
    assert_int_equal(get(&e, UC_ARM_REG_R3), 0x12345678);
    memcpy(&word, e.ram + (DATA + 4 - 0x20000000u), 4);
    assert_int_equal(word, 0);
    set(&e, UC_ARM_REG_R0, MMIO + 8);
    RUN(&e, 0x6801, 0x6001, 0xBE00);
    assert_int_equal(get(&e, UC_ARM_REG_R1), 0xC0DE0008u);
    assert_int_equal(e.reads, 4);
    assert_int_equal(e.writes, 3);
    close_engine(&e);
}

/* A refused access leaves every register and shows the instruction's own address. */
static void refused_access(void **state)
{
    (void)state;
    static const uint16_t code[][4] = {
        {0xBF00, 0xF850, 0x1B04, 0xBE00}, /* nop; ldr r1, [r0], #4 */
        {0xBF00, 0xE8B0, 0x0006, 0xBE00}, /* nop; ldmia r0!, {r1, r2} */
        {0xBF00, 0xE8A0, 0x0006, 0xBE00}, /* nop; stmia r0!, {r1, r2} */
    };
    for (size_t i = 0; i < sizeof code / sizeof code[0]; i++) {
        for (unsigned where = 0; where < 2; where++) {
            struct engine e;
            open_engine(&e, UC_CPU_ARM_CORTEX_M33);
            e.refuse = true;
            uint32_t base = where == 0 ? DATA : MMIO;
            set(&e, UC_ARM_REG_R0, base);
            set(&e, UC_ARM_REG_R1, 11);
            assert_int_not_equal(run(&e, code[i], sizeof code[i]), UC_ERR_OK);
            assert_int_equal(get(&e, UC_ARM_REG_PC), CODE + 2);
            assert_int_equal(get(&e, UC_ARM_REG_R0), base);
            assert_int_equal(get(&e, UC_ARM_REG_R1), 11);
            close_engine(&e);
        }
    }
}

/* A branch to where nothing may be executed: the fetch hook, PC at the target. */
static void fetch(void **state)
{
    (void)state;
    struct engine e;
    open_engine(&e, UC_CPU_ARM_CORTEX_M33);
    set(&e, UC_ARM_REG_R0, 0x10000001u);
    RUN(&e, 0x4700);
    assert_int_equal(e.fetches + (e.intr == 3), 1);
    assert_int_equal(get(&e, UC_ARM_REG_PC), 0x10000000u);
    close_engine(&e);
}

/* WFI ends a run without a word; WFE goes through the invalid-instruction hook; PC is past both. */
static void waiting(void **state)
{
    (void)state;
    struct engine e;
    open_engine(&e, UC_CPU_ARM_CORTEX_M33);
    assert_int_equal(RUN(&e, 0xBF30, 0xBE00), UC_ERR_OK);
    assert_int_equal(e.intr_count + e.invalid_count, 0);
    assert_int_equal(get(&e, UC_ARM_REG_PC), CODE + 2);
    RUN(&e, 0xBF20, 0xBE00);
    assert_int_equal(e.invalid_count, 1);
    assert_int_equal(e.invalid_pc, CODE + 2);
    close_engine(&e);
}

/* A stop asked for before an instruction is obeyed before it, except inside an IT block. */
static void stopping(void **state)
{
    (void)state;
    struct engine e;
    open_engine(&e, UC_CPU_ARM_CORTEX_M33);
    e.stop_at = CODE + 2;
    RUN(&e, 0x2001, 0x2002, 0x2003, 0xBE00);
    assert_int_equal(get(&e, UC_ARM_REG_PC), CODE + 2);
    assert_int_equal(get(&e, UC_ARM_REG_R0), 1);
    e.stop_at = CODE + 4; /* cmp r0, r0; itt eq; moveq r0, #2; moveq r0, #3; mov r0, #4 */
    RUN(&e, 0x4280, 0xBF04, 0x2002, 0x2003, 0x2004, 0xBE00);
    assert_int_equal(get(&e, UC_ARM_REG_PC), CODE + 8);
    assert_int_equal(get(&e, UC_ARM_REG_R0), 3);
    e.stop_at = 0;
    unsigned before = e.instructions; /* skipped instructions pass no hook */
    RUN(&e, 0x4280, 0xBF1C, 0x2002, 0x2003, 0x2004, 0xBE00);
    assert_int_equal(e.instructions - before, 4);
    /* ITSTATE can be written: EQ, last of its block, with Z clear: skipped. */
    set(&e, UC_ARM_REG_XPSR, 0x01000800u);
    RUN(&e, 0x2055, 0xBE00);
    assert_int_equal(get(&e, UC_ARM_REG_R0), 4);
    close_engine(&e);
}

/* IPSR can be written and gives the privilege that unprivileged Thread mode denies even the host.
 */
static void privilege(void **state)
{
    (void)state;
    struct engine e;
    open_engine(&e, UC_CPU_ARM_CORTEX_M33);
    set(&e, UC_ARM_REG_CONTROL, 1);
    set(&e, UC_ARM_REG_PRIMASK, 1);
    set(&e, UC_ARM_REG_IPSR, 3);
    assert_int_equal(get(&e, UC_ARM_REG_PRIMASK), 0);
    set(&e, UC_ARM_REG_PRIMASK, 1);
    assert_int_equal(get(&e, UC_ARM_REG_PRIMASK), 1);
    set(&e, UC_ARM_REG_IPSR, 0);
    assert_int_equal(get(&e, UC_ARM_REG_PRIMASK), 0);
    close_engine(&e);
}

/* A saved context brings back registers and special registers alike. */
static void contexts(void **state)
{
    (void)state;
    struct engine e;
    open_engine(&e, UC_CPU_ARM_CORTEX_M33);
    uc_context *context;
    assert_int_equal(uc_context_alloc(e.uc, &context), 0);
    set(&e, UC_ARM_REG_R0, 5);
    set(&e, UC_ARM_REG_PRIMASK, 1);
    assert_int_equal(uc_context_save(e.uc, context), 0);
    RUN(&e, 0xB662, 0x2007, 0xBE00); /* cpsie i; movs r0, #7 */
    assert_int_equal(get(&e, UC_ARM_REG_PRIMASK), 0);
    assert_int_equal(uc_context_restore(e.uc, context), 0);
    assert_int_equal(get(&e, UC_ARM_REG_R0), 5);
    assert_int_equal(get(&e, UC_ARM_REG_PRIMASK), 1);
    uc_context_free(context);
    close_engine(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interrupts),     cmocka_unit_test(invalid),
        cmocka_unit_test(stack_limit),    cmocka_unit_test(every_access_asks),
        cmocka_unit_test(refused_access), cmocka_unit_test(fetch),
        cmocka_unit_test(waiting),        cmocka_unit_test(stopping),
        cmocka_unit_test(privilege),      cmocka_unit_test(contexts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Debug port and memory access port, by scans and registers as ADIv5 has them. */
#include "test_dap_probe.h"

#include "dap/debug_port.h"
#include "dap/mem_ap.h"

#include <string.h>

#define DPIDR UINT32_C(0x6BA02477)
#define CTRL  0x4u
#define SEL   0x8u
#define RDBUF 0xCu
#define POWER UINT32_C(0x50000000)

struct port_rig {
    struct debug_port port;
    struct tap tap;
    struct probe probe;
    uint8_t ap, address;
    uint32_t value; /* written last, or what a read gives */
    unsigned reads, writes;
    bool fails;
};

static bool bus_read(void *context, uint8_t ap, uint8_t address, uint32_t *value)
{
    struct port_rig *rig = context;
    rig->ap = ap;
    rig->address = address;
    rig->reads++;
    *value = rig->value;
    return !rig->fails;
}

static bool bus_write(void *context, uint8_t ap, uint8_t address, uint32_t value)
{
    struct port_rig *rig = context;
    rig->ap = ap;
    rig->address = address;
    rig->value = value;
    rig->writes++;
    return !rig->fails;
}

static uint64_t on_capture(void *context, enum tap_instruction instruction)
{
    return debug_port_capture(context, instruction);
}

static void on_update(void *context, enum tap_instruction instruction, uint64_t value)
{
    debug_port_update(context, instruction, value);
}

static void on_wires(void *context, bool tck, bool tms, bool tdi)
{
    tap_wires(context, tck, tms, tdi);
}

static void attach(struct port_rig *rig)
{
    *rig = (struct port_rig){0};
    const struct debug_port_bus bus = {rig, bus_read, bus_write};
    const struct tap_port tap_port = {&rig->port, on_capture, on_update};
    debug_port_init(&rig->port, DPIDR, &bus);
    tap_init(&rig->tap, 1, &tap_port);
    rig->probe = (struct probe){&rig->tap, on_wires, &rig->tap};
    probe_walk(&rig->probe, "0");
}

/* A read takes two scans: the second brings what the first asked for, and the acknowledge. */
static uint32_t dp_read(struct port_rig *rig, unsigned address)
{
    probe_access(&rig->probe, TAP_DPACC, true, address, 0);
    const uint64_t out = probe_access(&rig->probe, TAP_DPACC, true, RDBUF, 0);
    assert_int_equal(out & 7u, 2);
    return (uint32_t)(out >> 3);
}

static void dp_write(struct port_rig *rig, unsigned address, uint32_t value)
{
    probe_access(&rig->probe, TAP_DPACC, false, address, value);
}

static void test_identity_and_power(void **state)
{
    (void)state;
    struct port_rig rig;
    attach(&rig);
    assert_int_equal(dp_read(&rig, 0), DPIDR);
    assert_int_equal(dp_read(&rig, CTRL), 0);
    dp_write(&rig, CTRL, POWER | 1u);
    assert_int_equal(dp_read(&rig, CTRL),
                     UINT32_C(0xF0000001)); /* requests, acknowledges, ORUNDETECT */
    dp_write(&rig, CTRL, UINT32_C(0x10000000));
    assert_int_equal(dp_read(&rig, CTRL), UINT32_C(0x30000000));
    dp_write(&rig, SEL, UINT32_C(0x010000F2));
    assert_int_equal(dp_read(&rig, SEL), UINT32_C(0x010000F2));
    assert_int_equal(dp_read(&rig, CTRL) & 0xFFFu, 0x041); /* bank 2: TARGETID, ST's number */
    dp_write(&rig, CTRL, POWER);                           /* which is read-only */
    dp_write(&rig, SEL, 0);
    assert_int_equal(dp_read(&rig, CTRL), UINT32_C(0x30000000));
}

static void test_access_port(void **state)
{
    (void)state;
    struct port_rig rig;
    attach(&rig);
    dp_write(&rig, CTRL, POWER);
    dp_write(&rig, SEL, UINT32_C(0x070000F0));
    rig.value = 0xCAFE0123;
    probe_access(&rig.probe, TAP_APACC, true, 0xC, 0);
    assert_int_equal(rig.ap, 7);
    assert_int_equal(rig.address, 0xFC);
    rig.value = 0x11112222;
    /* The next scan brings the first result and starts another read. */
    uint64_t out = probe_access(&rig.probe, TAP_APACC, true, 0x8, 0);
    assert_int_equal(out, UINT64_C(0xCAFE0123) << 3 | 2);
    assert_int_equal(rig.address, 0xF8);
    out = probe_access(&rig.probe, TAP_DPACC, true, RDBUF, 0);
    assert_int_equal(out >> 3, 0x11112222);
    assert_int_equal(rig.reads, 2);
    probe_access(&rig.probe, TAP_APACC, false, 0x4, 0x87654321);
    assert_int_equal(rig.address, 0xF4);
    assert_int_equal(rig.value, 0x87654321);
    assert_int_equal(rig.writes, 1);
    probe_access(&rig.probe, TAP_ABORT, false, 0, 1); /* nothing to abort */
    assert_int_equal(rig.reads + rig.writes, 3);
}

static void test_errors_stick(void **state)
{
    (void)state;
    struct port_rig rig;
    attach(&rig);
    probe_access(&rig.probe, TAP_APACC, true, 0xC, 0); /* without power */
    assert_int_equal(rig.reads, 0);
    assert_int_equal(dp_read(&rig, CTRL), DP_STICKY_ERROR);
    dp_write(&rig, CTRL, POWER | DP_STICKY_ERROR); /* a 1 clears it */
    assert_int_equal(dp_read(&rig, CTRL), UINT32_C(0xF0000000));
    rig.fails = true;
    probe_access(&rig.probe, TAP_APACC, false, 0xC, 1);
    assert_int_equal(rig.writes, 1);
    rig.fails = false;
    probe_access(&rig.probe, TAP_APACC, false, 0xC, 2); /* is dropped */
    probe_access(&rig.probe, TAP_APACC, true, 0xC, 0);
    assert_int_equal(rig.writes, 1);
    assert_int_equal(rig.reads, 0);
    dp_write(&rig, CTRL, POWER); /* a 0 leaves it */
    assert_int_equal(dp_read(&rig, CTRL), UINT32_C(0xF0000020));
    dp_write(&rig, CTRL, POWER | DP_STICKY_ERROR);
    probe_access(&rig.probe, TAP_APACC, false, 0xC, 3);
    assert_int_equal(rig.writes, 2);
}

struct memory {
    uint8_t bytes[0x1000];
    bool secure;
    unsigned accesses;
};

static bool memory_read(void *context, uint32_t address, unsigned size, bool secure,
                        uint32_t *value)
{
    struct memory *memory = context;
    memory->secure = secure;
    memory->accesses++;
    *value = 0;
    if (address >= sizeof memory->bytes) {
        return false;
    }
    memcpy(value, memory->bytes + address, size);
    return true;
}

static bool memory_write(void *context, uint32_t address, unsigned size, bool secure,
                         uint32_t value)
{
    struct memory *memory = context;
    memory->secure = secure;
    memory->accesses++;
    if (address >= sizeof memory->bytes) {
        return false;
    }
    memcpy(memory->bytes + address, &value, size);
    return true;
}

static struct mem_ap open_ap(struct memory *memory)
{
    struct mem_ap ap;
    const struct mem_ap_bus bus = {memory, memory_read, memory_write};
    *memory = (struct memory){0};
    mem_ap_init(&ap, 0x14770015, 2, &bus);
    return ap;
}

static uint32_t ap_read(struct mem_ap *ap, uint8_t address)
{
    uint32_t value;
    assert_true(mem_ap_read(ap, address, &value));
    return value;
}

static void set_up(struct mem_ap *ap, uint32_t csw, uint32_t tar)
{
    assert_true(mem_ap_write(ap, 0x00, csw));
    assert_true(mem_ap_write(ap, 0x04, tar));
}

static void test_words_and_wrap(void **state)
{
    (void)state;
    struct memory memory;
    struct mem_ap ap = open_ap(&memory);
    set_up(&ap, 0x03000012, 0x7F8); /* words, single increment */
    assert_true(mem_ap_write(&ap, 0x0C, 0x04030201));
    assert_int_equal(ap_read(&ap, 0x04), 0x7FC);
    assert_true(mem_ap_write(&ap, 0x0C, 0x08070605));
    assert_int_equal(ap_read(&ap, 0x04), 0x400); /* not 0x800 */
    assert_memory_equal(memory.bytes + 0x7F8, "\1\2\3\4\5\6\7\10", 8);
    assert_true(memory.secure);
    set_up(&ap, 0x43000002, 0x7F8); /* HNONSEC, no increment */
    assert_int_equal(ap_read(&ap, 0x0C), 0x04030201);
    assert_int_equal(ap_read(&ap, 0x0C), 0x04030201);
    assert_false(memory.secure);
    assert_int_equal(ap_read(&ap, 0x1C), 0x08070605); /* BD3: TAR's 16 bytes */
    assert_true(mem_ap_write(&ap, 0x10, 0x0D0C0B0A));
    assert_int_equal(memory.bytes[0x7F0], 0x0A);
}

static void test_lanes(void **state)
{
    (void)state;
    struct memory memory;
    struct mem_ap ap = open_ap(&memory);
    set_up(&ap, 0x03000010, 0x101); /* bytes, each on the lane of its address */
    assert_true(mem_ap_write(&ap, 0x0C, 0x00005500));
    assert_true(mem_ap_write(&ap, 0x0C, 0x00660000));
    assert_memory_equal(memory.bytes + 0x100, "\0\x55\x66\0", 4);
    set_up(&ap, 0x03000011, 0x102); /* halfwords */
    assert_int_equal(ap_read(&ap, 0x0C), 0x00660000);
    assert_int_equal(ap_read(&ap, 0x04), 0x104);
    memory.accesses = 0;
    set_up(&ap, 0x03000020, 0x200); /* bytes, packed: four at once */
    assert_true(mem_ap_write(&ap, 0x0C, 0x44332211));
    assert_int_equal(memory.accesses, 4);
    assert_memory_equal(memory.bytes + 0x200, "\x11\x22\x33\x44", 4);
    assert_int_equal(ap_read(&ap, 0x04), 0x204);
    set_up(&ap, 0x03000021, 0x202); /* halfwords, packed, from the middle: one */
    assert_int_equal(ap_read(&ap, 0x0C), 0x44330000);
    assert_int_equal(ap_read(&ap, 0x04), 0x204);
}

static void test_refusals(void **state)
{
    (void)state;
    struct memory memory;
    struct mem_ap ap = open_ap(&memory);
    uint32_t value;
    assert_int_equal(ap_read(&ap, 0xFC), 0x14770015);
    assert_int_equal(ap_read(&ap, 0xF8), 2);
    assert_int_equal(ap_read(&ap, 0xF4), 0); /* CFG: 32-bit addresses, little endian */
    assert_int_equal(ap_read(&ap, 0x00) & 0x40u, 0x40);
    set_up(&ap, 0x03000012, 0x102);
    assert_false(mem_ap_read(&ap, 0x0C, &value)); /* not aligned */
    assert_int_equal(memory.accesses, 0);
    assert_int_equal(ap_read(&ap, 0x04), 0x102);
    set_up(&ap, 0x03000012, 0x2000);
    assert_false(mem_ap_write(&ap, 0x0C, 0));
    assert_int_equal(ap_read(&ap, 0x04), 0x2000); /* a failed access does not advance */
    set_up(&ap, 0x03000003, 0x100);               /* 64 bits: there are none */
    assert_int_equal(ap_read(&ap, 0x00) & 7u, 2);
    ap.locked = true;
    memory.accesses = 0;
    assert_int_equal(ap_read(&ap, 0x00) & 0x40u, 0);
    assert_false(mem_ap_read(&ap, 0x0C, &value));
    assert_false(mem_ap_write(&ap, 0x14, 0));
    assert_int_equal(memory.accesses, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity_and_power),
        cmocka_unit_test(test_access_port),
        cmocka_unit_test(test_errors_stick),
        cmocka_unit_test(test_words_and_wrap),
        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * The XSPI of STM32N6 and STM32H7RS. Registers and bits as CMSIS header cmsis-device-n6 names them
 * [HDR]; start conditions and flags as general OCTOSPI knowledge, in accordance with ST's HAL.
 */
#include "bus/bus.h"

#include "digest_word.h"
#include "record/flight.h"
#include "state.h"
#include "time/time.h"

#include <stddef.h>

struct xspi_registers {
    uint32_t CR, reserved04, DCR1, DCR2, DCR3, DCR4, reserved18[2];       /* 0x00 */
    uint32_t SR, FCR, reserved28[6];                                      /* 0x20 */
    uint32_t DLR, reserved44, AR, reserved4c, DR, reserved54[11];         /* 0x40 */
    uint32_t PSMKR, reserved84, PSMAR, reserved8c, PIR, reserved94[27];   /* 0x80 */
    uint32_t CCR, reserved104, TCR, reserved10c, IR, reserved114[3], ABR; /* 0x100 */
    uint32_t reserved124[3], LPTR;                                        /* 0x124 */
};

_Static_assert(offsetof(struct xspi_registers, LPTR) == 0x130, "as in the register map");

#define CR_EN           UINT32_C(0x00000001)
#define CR_ABORT        UINT32_C(0x00000002)
#define CR_TCEN         UINT32_C(0x00000008)
#define CR_APMS         UINT32_C(0x00400000)
#define CR_CSSEL        UINT32_C(0x01000000)
#define CR_MSEL_POS     30
#define CR_FMODE_READ   UINT32_C(0x10000000)
#define CR_FMODE_POLL   UINT32_C(0x20000000)
#define CR_FMODE_MAPPED UINT32_C(0x30000000)
#define SR_TEF          UINT32_C(0x01)
#define SR_TCF          UINT32_C(0x02)
#define SR_SMF          UINT32_C(0x08)
#define SR_BUSY         UINT32_C(0x20)
#define SR_FLEVEL       UINT32_C(0x7F00)
#define SR_FLEVEL_POS   8
#define FIFO_MASK       UINT32_C(0x7F)
#define FCR_ALL         UINT32_C(0x1B)
#define DCR1_CSHT_6     UINT32_C(0x00000500) /* 55 ns at 108 MHz; tCS is 50 ns [FMF] */
#define DCR1_DEVSIZE_4G UINT32_C(0x001F0000)
#define DCR1_MTYP_POS   24
#define CCR_IDTR        UINT32_C(0x00000008)
#define CCR_ISIZE_16    UINT32_C(0x00000010)
#define CCR_ADMODE      UINT32_C(0x00000700)
#define CCR_ADMODE_POS  8
#define CCR_ADDTR       UINT32_C(0x00000800)
#define CCR_ADSIZE_POS  12
#define CCR_ABMODE_POS  16
#define CCR_ABSIZE_POS  20
#define CCR_DMODE_POS   24
#define CCR_DDTR        UINT32_C(0x08000000)
#define CCR_DQSE        UINT32_C(0x20000000)
#define TCR_DHQC        UINT32_C(0x10000000)
#define FIFO_BYTES      UINT32_C(64)
#define BURST           UINT32_C(32)
#define FEED_BYTES      UINT32_C(4096) /* between two looks at a watchdog */
#define ANSWER_US       UINT32_C(10000)
#define SLOWEST         UINT32_C(255)
#define MEASURED_CLOCKS (8u + 8u * FIFO_BYTES)
#define MAPPED_IDLE     UINT32_C(0x200) /* clocks after the last access until CS# is released */

#define bus             (state->bus)

/* Armv7-M loads and stores words at any address of Normal memory. */
typedef uint32_t __attribute__((aligned(1), may_alias)) loose_word;

static bool fail(enum record_reason reason)
{
    volatile struct xspi_registers *xspi = bus.registers;
    return flight_fail(reason, xspi->SR, xspi->CR, xspi->DCR2);
}

/* Until low <= (SR & mask) <= low + span. */
static bool wait_status(uint32_t mask, uint32_t low, uint32_t span)
{
    volatile struct xspi_registers *xspi = bus.registers;
    if ((xspi->SR & mask) - low <= span) {
        return true;
    }
    uint32_t deadline = time_after_us(ANSWER_US);
    bool over;
    do {
        over = time_is_over(deadline);
        if ((xspi->SR & mask) - low <= span) {
            return true;
        }
    } while (!over);
    return false;
}

/* ABORT only while BUSY: on an idle controller it never raises TCF (betaflight PR #15246). */
static bool make_idle(void)
{
    volatile struct xspi_registers *xspi = bus.registers;
    __asm__ volatile("dsb" ::: "memory"); /* stores into the mapped window */
    if ((xspi->SR & SR_BUSY) == 0) {
        return true;
    }
    xspi->CR |= CR_ABORT;
    return wait_status(SR_BUSY, 0, 0) || fail(REASON_CONTROLLER_BUSY);
}

/* Every write of DCR2 calibrates the delay line anew. */
bool bus_set_prescaler(uint32_t prescaler)
{
    volatile struct xspi_registers *xspi = bus.registers;
    if (xspi->DCR2 == prescaler) {
        return true;
    }
    xspi->DCR2 = prescaler;
    return wait_status(SR_BUSY, 0, 0) || fail(REASON_KERNEL_CLOCK);
}

/* DEVSIZE is larger than any chip: the last 32 bytes of the mapped device cannot be read otherwise
 * (an erratum of ES0620, by Zephyr discussion 109834). */
bool bus_open(const struct controller_block *controller)
{
    volatile struct xspi_registers *xspi = (volatile struct xspi_registers *)controller->registers;
    bus.registers = xspi;
    bus.cr = CR_EN | (uint32_t)controller->lane_group << CR_MSEL_POS |
             (controller->chip_select != 0 ? CR_CSSEL : 0);
    if (!make_idle()) {
        return false;
    }
    xspi->CR = 0;
    xspi->DCR1 = (uint32_t)controller->memory_type << DCR1_MTYP_POS | DCR1_DEVSIZE_4G | DCR1_CSHT_6;
    if (!bus_set_prescaler(controller->prescaler_slow)) {
        return false;
    }
    xspi->CR = bus.cr;
    return true;
}

/* Lanes 0 1 2 4 8 have the codes 0 1 2 3 4. */
static uint32_t code(uint32_t lanes)
{
    return lanes > 2 ? lanes / 4 + 2 : lanes;
}

struct bus_frame bus_encode(const struct flash_command *command, unsigned address_bytes)
{
    uint32_t address_lanes = command->address_lanes;
    uint32_t ccr = code(command->command_lanes) | code(command->data_lanes) << CCR_DMODE_POS;
    uint32_t opcode = command->opcode, tcr = command->dummy_clocks;
    if (command->command_lanes == 8) {
        ccr |= CCR_ISIZE_16;
        opcode = opcode << 8 | opcode;
        opcode ^= (state->protocol & LANES_INVERSE) != 0 ? 0xFFu : 0;
    }
    if ((command->flags & FLASH_COMMAND_DTR) != 0) {
        /* DHQC wants DDTR even where there is no data. */
        ccr |= CCR_IDTR | CCR_ADDTR | CCR_DDTR;
        ccr |= (state->protocol & LANES_STROBE) != 0 ? CCR_DQSE : 0;
        tcr |= TCR_DHQC;
    }
    if (address_lanes != 0) {
        ccr |= code(address_lanes) << CCR_ADMODE_POS | (address_bytes - 1) << CCR_ADSIZE_POS;
    }
    return (struct bus_frame){ccr, tcr, opcode};
}

/* The frame starts at the write of AR, or of IR where there is no address, or later at that of DR.
 */
static void launch(const struct bus_frame *frame, uint32_t address, uint32_t size, uint32_t mode)
{
    volatile struct xspi_registers *xspi = bus.registers;
    xspi->FCR = FCR_ALL;
    xspi->CR = bus.cr | mode;
    xspi->DLR = size - 1;
    xspi->TCR = frame->tcr;
    xspi->CCR = frame->ccr;
    xspi->IR = frame->ir;
    if ((frame->ccr & CCR_ADMODE) != 0) {
        xspi->AR = address;
    }
}

static void start(const struct nor_op *op, unsigned address_bytes, uint32_t mode)
{
    const struct flash_command *command = &op->command;
    struct bus_frame frame = bus_encode(command, address_bytes);
    if (command->mode_clocks != 0) {
        uint32_t lanes = command->address_lanes, bytes = command->mode_clocks * lanes / 8;
        frame.ccr |= code(lanes) << CCR_ABMODE_POS | (bytes - 1) << CCR_ABSIZE_POS;
        bus.registers->ABR = command->mode_value * UINT32_C(0x01010101);
    }
    launch(&frame, op->address, op->size, mode);
}

/* A transfer does not move: says why and leaves the controller idle, if it can. */
static bool broken(void)
{
    fail((bus.registers->SR & SR_TEF) != 0 ? REASON_TRANSFER_ERROR : REASON_KERNEL_CLOCK);
    make_idle();
    return false;
}

/* No room in the FIFO, or nothing in it, for the next burst: waits for `least` bytes. */
static uint32_t wait_room(uint32_t least, bool out)
{
    uint32_t low = out ? 0 : least << SR_FLEVEL_POS;
    uint32_t span = out ? (FIFO_BYTES - least) << SR_FLEVEL_POS : SR_FLEVEL;
    return wait_status(SR_FLEVEL, low, span) ? least : broken();
}

/* TCF comes with the last bit, BUSY falls once the FIFO is empty too. */
static bool finish(void)
{
    return (bus.registers->SR & (SR_TCF | SR_BUSY)) == SR_TCF ||
           (wait_status(SR_TCF, SR_TCF, 0) && wait_status(SR_BUSY, 0, 0)) || broken();
}

/* Bytes that may be moved now, 0 after a failure: at least a burst, or all that are left. DR is
 * touched only when FLEVEL covers the access: one that the FIFO cannot serve would stall the core.
 * Here the code is inline, for it is most of what a byte costs.
 */
__attribute__((always_inline)) static inline uint32_t next_burst(
    volatile const struct xspi_registers *xspi, uint32_t left, bool out)
{
    const uint32_t least = left < BURST ? left : BURST;
    uint32_t level = xspi->SR >> SR_FLEVEL_POS & FIFO_MASK;
    uint32_t room = out ? FIFO_BYTES - level : level;
    if (!out && left % FEED_BYTES >= FEED_BYTES - FIFO_BYTES) { /* pages are short */
        time_feed();
    }
    if (room < least) {
        room = wait_room(least, out);
    }
    return left <= room ? left : room & ~3u;
}

bool bus_send(const struct bus_frame *frame, uint32_t address, uint32_t size, const uint8_t *bytes)
{
    volatile struct xspi_registers *xspi = bus.registers;
    volatile uint32_t *dr = &xspi->DR;
    launch(frame, address, size, 0);
    for (uint32_t left = size; left > 0;) {
        uint32_t burst = next_burst(xspi, left, true);
        if (burst == 0) {
            return false;
        }
        left -= burst;
        for (; burst >= 16; burst -= 16, bytes += 16) { /* unrolled, as in bus_digest() */
            *dr = ((const loose_word *)bytes)[0];
            *dr = ((const loose_word *)bytes)[1];
            *dr = ((const loose_word *)bytes)[2];
            *dr = ((const loose_word *)bytes)[3];
        }
        for (; burst >= 4; burst -= 4, bytes += 4) {
            *dr = *(const loose_word *)bytes;
        }
        for (; burst > 0; burst--) {
            *(volatile uint8_t *)dr = *bytes++;
        }
    }
    return finish();
}

bool bus_write(const struct nor_op *op, unsigned address_bytes, const uint8_t *bytes)
{
    const struct bus_frame frame = bus_encode(&op->command, address_bytes);
    return bus_send(&frame, op->address, op->size, bytes);
}

/* The two 16-bit sums of a word's bytes; 128 of them fit before they must be added up. */
static uint32_t pair_sum(uint32_t word)
{
    return (word & UINT32_C(0x00FF00FF)) + (word >> 8 & UINT32_C(0x00FF00FF));
}

static void note(struct bus_result *result, uint32_t left, uint32_t found)
{
    if (result->left == 0) {
        result->left = left;
        result->found = found;
    }
}

/* The whole words of a burst; what becomes of them is decided once, for speed. */
static uint8_t *take_words(enum bus_sink sink, uint8_t *bytes, uint32_t left, uint32_t words,
                           struct bus_result *result)
{
    volatile uint32_t *dr = &bus.registers->DR;
    if (sink == BUS_STORE) {
        for (; words > 0; words--, bytes += 4) {
            *(loose_word *)bytes = *dr;
        }
    } else if (sink == BUS_SUM) {
        uint32_t pairs = 0;
        for (; words > 0; words--) {
            pairs += pair_sum(*dr);
        }
        result->sum += (pairs & 0xFFFFu) + (pairs >> 16);
    } else {
        for (; words > 0; words--, left -= 4, bytes += 4) {
            uint32_t word = *dr;
            if (word != *(const loose_word *)bytes) {
                note(result, left, word);
            }
        }
    }
    return bytes;
}

bool bus_read(const struct nor_op *op, unsigned address_bytes, enum bus_sink sink, uint8_t *bytes,
              struct bus_result *result)
{
    *result = (struct bus_result){0};
    start(op, address_bytes, CR_FMODE_READ);
    for (uint32_t left = op->size; left > 0;) {
        uint32_t burst = next_burst(bus.registers, left, false);
        if (burst == 0) {
            return false;
        }
        bytes = take_words(sink, bytes, left, burst / 4, result);
        left -= burst & ~3u;
        for (burst &= 3u; burst > 0; burst--, left--) {
            uint8_t byte = *(volatile uint8_t *)&bus.registers->DR;
            if (sink == BUS_STORE) {
                *bytes++ = byte;
            } else if (sink == BUS_SUM) {
                result->sum += byte;
            } else if (byte != *bytes++) {
                note(result, left, byte);
            }
        }
    }
    return finish();
}

/* As bus_read(); what its inner loop needs stays in registers. */
__attribute__((noinline)) bool bus_digest(const struct nor_op *op, unsigned address_bytes,
                                          struct digest *digest)
{
    volatile struct xspi_registers *xspi = bus.registers;
    struct digest sum = *digest;
    uint32_t factor = DIGEST_FACTOR;
    __asm__("" : "+r"(factor)); /* not a constant to be loaded at each use */
    start(op, address_bytes, CR_FMODE_READ);
    for (uint32_t left = op->size; left > 0;) {
        uint32_t burst = xspi->SR >> SR_FLEVEL_POS & FIFO_MASK;
        if (burst < DIGEST_STEP) {
            burst = wait_room(DIGEST_STEP, false);
            if (burst == 0) {
                return false;
            }
        }
        if (left % FEED_BYTES >= FEED_BYTES - FIFO_BYTES) {
            time_feed();
        }
        for (; burst >= DIGEST_STEP; burst -= DIGEST_STEP, left -= DIGEST_STEP) {
            digest_take(&sum, xspi->DR, factor);
            digest_take(&sum, xspi->DR, factor);
            digest_take(&sum, xspi->DR, factor);
            digest_take(&sum, xspi->DR, factor);
        }
    }
    *digest = sum;
    return finish();
}

bool bus_poll(const struct nor_op *op, uint32_t mask, uint32_t interval, uint32_t us, bool *matched)
{
    volatile struct xspi_registers *xspi = bus.registers;
    bool over, found;
    xspi->PSMKR = mask;
    xspi->PSMAR = 0;
    xspi->PIR = interval < 0x400u ? interval : 0x400u;
    start(op, 4, CR_FMODE_POLL | CR_APMS);
    uint32_t deadline = time_after_us(us);
    do {
        over = time_is_over(deadline);
        found = (xspi->SR & SR_SMF) != 0;
    } while (!found && !over);
    *matched = found;
    return make_idle();
}

/* CS# is released when nobody has read for a while: a chip that stays selected would not hear the
 * first frame of whoever comes next. */
void bus_map(const struct flash_command *read, unsigned address_bytes)
{
    const struct nor_op op = {.command = *read, .size = 1};
    bus.registers->LPTR = MAPPED_IDLE;
    start(&op, address_bytes, CR_FMODE_MAPPED | CR_TCEN);
}

bool bus_calibrate(void)
{
    static const struct nor_op op = {
        .command = {.opcode = 0xFF, .command_lanes = 1, .data_lanes = 1}, .size = FIFO_BYTES};
    const struct controller_block *controller = &state->board->controller;
    bus.cr ^= CR_CSSEL;
    if (!bus_set_prescaler(SLOWEST)) {
        return false;
    }
    uint32_t before = time_now();
    start(&op, 0, CR_FMODE_READ);
    if (!wait_status(SR_TCF, SR_TCF, 0)) {
        return broken();
    }
    uint32_t cycles = time_now() - before;
    time_calibrate(cycles,
                   MEASURED_CLOCKS * (SLOWEST + 1) * 1000u / (controller->kernel_hz / 1000u));
    return bus_open(controller);
}

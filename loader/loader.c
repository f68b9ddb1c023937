/* SPDX-License-Identifier: MIT */
#include "loader.h"

#include "bringup/bringup.h"
#include "bus/bus.h"
#include "crc32.h"
#include "digest.h"
#include "guard/guard.h"
#include "nor/nor.h"
#include "place.h"
#include "record/flight.h"
#include "state.h"
#include "stream.h"
#include "time/time.h"

#include <stddef.h>

#define CRC_START (offsetof(struct board_block, crc) + sizeof(uint32_t))

__attribute__((section(".board_block"), used)) union board_reserve board_block;

struct loader_state loader_state;

static bool check_board_block(const struct board_block *block)
{
    uint32_t size = block->size - CRC_START;
    bool good = block->magic == BOARD_BLOCK_MAGIC && block->version == BOARD_BLOCK_VERSION &&
                size <= sizeof *block - CRC_START &&
                crc32((const uint8_t *)block + CRC_START, size) == block->crc;
    return good || flight_fail(REASON_BOARD_BLOCK, block->magic, block->size, block->crc);
}

/* Brings board, controller and flash up from any state. */
static bool init(const struct board_block *block)
{
    state->initialised = false;
    if (!check_board_block(block)) {
        return false;
    }
    flight_phase(PHASE_BRINGUP, 0);
    if (!bringup_run(block)) {
        return false;
    }
    flight_phase(PHASE_CONTROLLER, 0);
    if (!bus_open(&block->controller) || !bus_calibrate() || !nor_init(block)) {
        return false;
    }
    state->initialised = true;
    return nor_leave();
}

/* What a call that failed returns. The refusal in guard.S gives the same, but 1 for Verify of a
 * .stldr. */
static uint32_t failure(uint32_t function, const uint32_t arguments[4])
{
    uint32_t contract = function / FUNCTION_FLM;
    switch (function) {
    case FUNCTION_VERIFY: return arguments[0] | 1u; /* 0 would mean that all is equal */
    case FUNCTION_FLM_VERIFY: return arguments[0];
    default: return contract > 1 ? UINT32_MAX : contract;
    }
}

/* The bytes that a call is about, as offset and size; whatever cannot be right becomes a size that
 * no flash has. */
static uint32_t find_range(uint32_t function, const uint32_t arguments[4], uint32_t *size)
{
    const struct board_block *block = state->board;
    uint32_t address = arguments[0], sector = block->sector_size;
    *size = arguments[1];
    switch (function) {
    case FUNCTION_STREAM:
    case FUNCTION_DIGEST:
    case FUNCTION_FLM_UNINIT:
    case FUNCTION_OFL_RESTORE: *size = 0; return 0;
    case FUNCTION_MASS_ERASE:
    case FUNCTION_FLM_ERASE_CHIP:
    case FUNCTION_OFL_ERASE_CHIP:
    case FUNCTION_OWN_MASS_ERASE: *size = block->flash.size; return 0;
    case FUNCTION_OWN_SECTOR_ERASE:
        sector = UINT32_C(1) << block->flash.erase[0].size_log2;
        __attribute__((fallthrough));
    case FUNCTION_SECTOR_ERASE:
        address &= ~(sector - 1);
        *size = (*size & ~(sector - 1)) - address + sector;
        *size = *size == 0 ? UINT32_MAX : *size;
        break;
    case FUNCTION_FLM_ERASE_SECTOR:
        address &= ~(sector - 1);
        *size = sector;
        break;
    case FUNCTION_OFL_ERASE:
        address &= ~(sector - 1);
        *size = __builtin_mul_overflow(sector, arguments[2], size) ? UINT32_MAX : *size;
        break;
    case FUNCTION_VERIFY:
        *size = arguments[2] > block->flash.size / 4 ? UINT32_MAX : arguments[2] * 4;
        break;
    default: break;
    }
    return address;
}

static uint64_t verify(uint32_t offset, uint32_t size, const uint32_t arguments[4])
{
    struct bus_result sum, compared = {.left = size};
    uint32_t head = arguments[3] & 0xFu, tail = arguments[3] >> 16 & 0xFu;
    bool good = head + tail <= size &&
                nor_read(offset + head, size - head - tail, BUS_SUM, NULL, &sum) &&
                nor_read(offset, size, BUS_COMPARE, (const uint8_t *)arguments[1], &compared);
    uint32_t first = arguments[0] + size - compared.left;
    if (good && compared.left == 0) {
        first = 0;
    } else if (first == 0) {
        first = 1; /* 0 would mean success */
    }
    return (uint64_t)(good ? sum.sum : 0) << 32 | first;
}

/* What the call returns; `failed` unless it comes to something. */
static uint64_t carry_out(uint32_t function, uint32_t offset, uint32_t size,
                          const uint32_t arguments[4], uint32_t failed)
{
    struct bus_result result = {.left = size};
    uint8_t *bytes = (uint8_t *)arguments[2];
    uint32_t done = function < FUNCTION_FLM; /* 1 or 0; some functions say more */
    bool good = true;
    state->unproved = function >= FUNCTION_OWN;
    switch (function) {
    case FUNCTION_VERIFY: return verify(offset, size, arguments);
    case FUNCTION_CHECKSUM: /* a sum that is not true must not look like that of a blank flash */
        good = nor_fetch(offset, size, BUS_SUM, NULL, &result);
        done = arguments[2] + result.sum;
        break;
    case FUNCTION_FLM_VERIFY:
        good = nor_read(offset, size, BUS_COMPARE, bytes, &result);
        done = arguments[0] + size - result.left;
        break;
    case FUNCTION_DIGEST:
        good = digest_run((struct digest_range *)arguments[0], arguments[1]);
        break;
    case FUNCTION_STREAM: good = stream_run((volatile struct mailbox *)arguments[0]); break;
    case FUNCTION_FLM_UNINIT:
    case FUNCTION_OFL_RESTORE: break;
    default:
        switch (FUNCTION_KIND(function)) {
        case FUNCTION_WRITE: good = nor_write(offset, size, bytes); break;
        case FUNCTION_SECTOR_ERASE: good = nor_erase(offset, size); break;
        case FUNCTION_MASS_ERASE: good = nor_erase_chip(); break;
        case KIND_BLANK_CHECK: /* blank is what an erase leaves, whatever pattern is asked for */
            good = nor_look_for_zeros(offset, size, &done);
            done |= (uint8_t)arguments[2] != 0xFF;
            break;
        default: /* FUNCTION_READ */ good = nor_fetch(offset, size, BUS_STORE, bytes, &result);
        }
    }
    return good ? done : failed;
}

uint64_t loader_run(uint32_t function, const uint32_t arguments[4])
{
    const struct board_block *block = state->board;
    uint32_t failed = failure(function, arguments), size, offset;
    if (FUNCTION_KIND(function) == FUNCTION_INIT) {
        return init(block) ? function < FUNCTION_FLM : failed;
    }
    uint32_t address = find_range(function, arguments, &size);
    if (!state->initialised) {
        flight_fail(REASON_NOT_INITIALISED, 0, 0, 0);
        return failed;
    }
    if (!place_of(address, size, &offset) || !bus_open(&block->controller) || !nor_enter()) {
        return failed;
    }
    if ((FUNCTION_KIND(function) + 7u) % 8u >= FUNCTION_READ - 1u) {
        flight_phase(PHASE_READ, offset);
    }
    uint64_t value = carry_out(function, offset, size, arguments, failed);
    return nor_leave() || (function | 1u) == FUNCTION_CHECKSUM ? value : failed;
}

static bool may_run(uint32_t flags, uint32_t fastest_hz)
{
    if ((flags & GUARD_NON_SECURE) != 0) {
        return flight_fail(REASON_NON_SECURE, flags, 0, 0);
    }
    if ((flags & GUARD_VTOR_REFUSED) != 0) {
        return flight_fail(REASON_VECTOR_TABLE, 0, 0, 0);
    }
    return time_start(fastest_hz) || flight_fail(REASON_TIME_BASE, 0, 0, 0);
}

/* In Non-secure state the record's secure address would fault into the Secure world: use our own.
 */
uint64_t guard_body(uint32_t function, const struct guard_state *guard)
{
    const struct board_block *block = &board_block.block;
    bool stamped = block->magic == BOARD_BLOCK_MAGIC;
    bool outside = stamped && (guard->flags & GUARD_NON_SECURE) == 0;
    uint64_t result = failure(function, guard->r);
    state->board = block;
    if (FUNCTION_KIND(function) == FUNCTION_INIT) {
        time_forget();
    }
    flight_open(outside ? block->record_address : 0);
    flight_enter(function, guard);
    if (may_run(guard->flags, stamped ? block->fastest_cpu_hz : 0)) {
        result = loader_run(function, guard->r);
    }
    flight_leave((uint32_t)result);
    return result;
}

uint32_t guard_fault_body(const struct guard_state *guard, uint32_t again)
{
    uint32_t result = failure(guard->function, guard->r);
    if (!again) {
        flight_fault(&guard->fault);
        if (state->protocol != 0 && bus_open(&state->board->controller)) {
            nor_leave(); /* or the board would not boot */
        }
        flight_leave(result);
    }
    return result;
}

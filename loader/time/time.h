/* SPDX-License-Identifier: MIT */
/*
 * Time for deadlines: a count of CPU cycles from DWT CYCCNT, or from SysTick polled where
 * CYCCNT does not advance. No interrupt is used.
 *
 * Until time_calibrate() the CPU is taken to be as fast as its MCU allows, so that a deadline is
 * never too short; after it a deadline is right within the clock's own accuracy.
 */
#ifndef LOADER_TIME_TIME_H
#define LOADER_TIME_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* Starts a counter. False if neither advances. The guard puts DEMCR, DWT and SysTick back. */
bool time_start(uint32_t fastest_hz);
/* Takes the CPU for as fast as it may be again: Init, before the clock is known. */
void time_forget(void);
/* Cycles since time_start(); call at least once per 2^24 cycles for SysTick, 2^32 for CYCCNT. */
uint32_t time_now(void);
/* The longest time that a deadline may lie ahead, for the count wraps: good up to 2 GHz. */
#define TIME_PIECE_US UINT32_C(1048576)
/* The cycle count `us` from now; at most TIME_PIECE_US. */
uint32_t time_after_us(uint32_t us);
/* Keeps a watchdog that runs from resetting the chip; for what takes long and waits for nothing. */
void time_feed(void);
bool time_is_over(uint32_t deadline);
void time_delay_us(uint32_t us);
/* Sets the CPU frequency from a transfer of known length; refuses (keeps the old) if implausible:
 * below 1 MHz or above the fastest by more than an eighth. */
void time_calibrate(uint32_t cycles, uint32_t us);
uint32_t time_hz(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The system on chip around the CPU: RAMs, register banks with their clocks, resets and supplies,
 * pads, and the wiring from an XSPI controller through XSPIM and pads to the flash chip on the
 * board.
 *
 * The chip answers only if clock, reset, supply, pin mux, XSPIM route and power switch all lead to
 * it.
 */
#ifndef EXTLOAD_SIM_SOC_SOC_H
#define EXTLOAD_SIM_SOC_SOC_H

#include "report/error.h"
#include "sim/bus/xspi.h"
#include "sim/clock.h"
#include "sim/nor/nor.h"

#define SOC_WIRES_MAX 24

/* A copper connection from a pad to a pin of the flash chip. */
struct soc_wire {
    char pad[8];    /* "PN6" */
    char signal[8]; /* what it leads to on the chip: "CLK" "NCS" "IO0".."IO7" "DQS" "RESET" "POWER"
                     */
    bool cut;       /* broken track, for tests */
};

/* What a peripheral access does while its clock is gated: not established on silicon, hence a knob.
 */
enum soc_unclocked {
    SOC_UNCLOCKED_IGNORED,
    SOC_UNCLOCKED_FAULT,
    SOC_UNCLOCKED_STALL
};

struct soc_config {
    const char *mcu; /* "STM32N655X0" */
    struct soc_wire wires[SOC_WIRES_MAX];
    unsigned wire_count;
    enum soc_unclocked unclocked;
    uint8_t
        undriven; /* level of data lines that nobody drives, bit n = IOn; see docs/fidelity.md */
    bool power_switched; /* the flash is fed through the pad wired to POWER (high = on); else always
                            on */
    uint64_t seed;       /* of the poison in RAM */
    /* BSEC OTP word 124 as burnt: 17 to 13 HSLV of VDD, VDDIO2 to 5, 0 IWDG_HW [HDR]. */
    uint32_t fuse_word_124;
};

enum soc_access {
    SOC_OK,
    SOC_FAULT,
    SOC_STALL
};

/* One RAM and the addresses at which it is seen. */
struct soc_ram {
    const char *name;
    uint32_t base_ns; /* Non-secure alias */
    uint32_t base_s;  /* Secure alias, or 0 */
    uint32_t size;    /* bytes */
    uint8_t *bytes;
};

struct soc;

/* `chip` may be NULL (an empty footprint). Neither clock nor chip is owned. */
struct soc *soc_create(const struct soc_config *config, struct sim_clock *clock, struct nor *chip,
                       struct error *error);
void soc_destroy(struct soc *soc);

/* NRST: every register to its reset value, then what the boot ROM leaves in development boot. The
 * flash chip is not reset. RAM keeps its content. */
void soc_reset(struct soc *soc);

const struct soc_ram *soc_ram(const struct soc *soc, unsigned index); /* NULL past the end */

/* An access to a register bank or an external-memory window; not for RAM, not for the core's own
 * registers at 0xE0000000. Size 1, 2 or 4. Reads may have side effects. */
enum soc_access soc_read(struct soc *soc, uint32_t address, unsigned size, uint32_t *value);
enum soc_access soc_write(struct soc *soc, uint32_t address, unsigned size, uint32_t value);
bool soc_is_window(const struct soc *soc, uint32_t address);
/* Its controller maps it, so that a read of it gives data. */
bool soc_window_is_mapped(const struct soc *soc, uint32_t address);
/* True if reading `address` twice in a row without time passing gives the same and changes nothing.
 */
bool soc_read_is_pure(const struct soc *soc, uint32_t address);

/* The next time at which a register changes without an access, or PS_NEVER. */
uint64_t soc_next_event(struct soc *soc);
/* The frequency of the CPU as RCC selects it now. */
uint32_t soc_cpu_hz(const struct soc *soc);

/* For faults and tests: the bits of `mask` in the register at `address` keep `value` whatever is
 * written. */
void soc_stick(struct soc *soc, uint32_t address, uint32_t mask, uint32_t value);
/* HSI stops, whatever RCC says. What is clocked from it stands still, the CPU included:
 * soc_cpu_hz() is then 0 (cpu_config.hz_override keeps a core running for such a rehearsal). */
void soc_stop_oscillator(struct soc *soc);
/* Cuts the wire to the chip's signal ("IO2"). Returns false if there is none. */
bool soc_cut_wire(struct soc *soc, const char *signal);
/* Level of data lines that nobody drives, bit n = IOn, from now on. */
void soc_set_undriven(struct soc *soc, uint8_t level);
/* Exchanges the tracks to two signals of the chip. Returns false if one is not wired. */
bool soc_swap_wires(struct soc *soc, const char *one, const char *other);

/* What happens to the lines that the chip drives, on their way. */
enum soc_lines {
    SOC_LINES_GOOD,
    SOC_LINES_FLIP_ONCE,   /* one bit, within the next clocks that carry data */
    SOC_LINES_FLIP_ALWAYS, /* one bit in every eight clocks */
    SOC_LINES_HIGH,
    SOC_LINES_LOW
};
void soc_spoil_lines(struct soc *soc, enum soc_lines lines, uint64_t seed);
/* Kernel clocks of the controllers stand still, whatever RCC says. */
void soc_stop_kernel_clocks(struct soc *soc, bool stopped);
/* What the chip has under way has come `part` 256ths of its way. */
void soc_advance_chip(struct soc *soc, uint8_t part);
/* The chip's supply fails, whatever drives it. */
void soc_lose_power(struct soc *soc, bool lost);
/* Off, and on again at once: all that the chip keeps without its cells is lost. */
void soc_dip_power(struct soc *soc);
/* nor_fail() at the present of the chip. */
void soc_fail_chip(struct soc *soc, enum nor_failure failure);
/* soc_stick() on the status register of every XSPI controller. */
void soc_stick_status(struct soc *soc, uint32_t mask, uint32_t value);
/* Undoes every soc_stick(). */
void soc_release_stuck(struct soc *soc);
/* Called as CS# falls, with the opcode of the frame; NULL = none. From within, nothing but the
 * faults above that concern the chip and its lines may be set. */
void soc_watch_frames(struct soc *soc, void (*frame)(void *context, uint8_t opcode), void *context);

/* The frames of every XSPI controller, as xspi_watch_frames() tells them. */
void soc_trace_frames(struct soc *soc, xspi_watcher *watcher, void *context);

/* Name of a register, "XSPI2.SR", and of a bit or field, for reports; empty if unknown. */
void soc_register_name(const struct soc *soc, uint32_t address, char *buffer, size_t size);

/* What software had better not do: on silicon it has effects that are not carried out here. */
enum soc_finding {
    SOC_FINDING_PWR_CR1 = 1,       /* CR1 written: SDEN is write-once after power-on */
    SOC_FINDING_PWR_VOSCR = 2,     /* core voltage changed */
    SOC_FINDING_VRSEL = 4,         /* a 1.8 V range selected: damages pads on a 3.3 V rail */
    SOC_FINDING_OTP_PROGRAM = 8,   /* a fuse would have been burnt */
    SOC_FINDING_IWDG_EXPIRED = 16, /* the watchdog would have reset the system */
    SOC_FINDING_IWDG_EARLY = 32    /* so it would, fed while its window was closed */
};

/* What happened on the way: accesses to unclocked or unknown registers, a chip that was not
 * reached. */
struct soc_stats {
    uint64_t register_reads, register_writes, window_reads;
    uint64_t unclocked_accesses, unmodelled_accesses;
    uint32_t last_unclocked, last_unmodelled;
    uint64_t frames_unreached;     /* frames of a controller that ended before the chip */
    const char *unreached_because; /* of the last of them, in words; NULL if none */
    uint32_t findings;             /* enum soc_finding */
};
const struct soc_stats *soc_stats(const struct soc *soc);

/* What an access or a frame met, told as it happens, for the instruments. */
enum soc_notice {
    SOC_NOTICE_UNCLOCKED,  /* the register's clock is off */
    SOC_NOTICE_IN_RESET,   /* its peripheral is held in reset */
    SOC_NOTICE_UNSUPPLIED, /* a pad or cell whose supply is not declared valid */
    SOC_NOTICE_UNREACHED,  /* a frame that ended before the chip */
    SOC_NOTICE_WEDGED      /* a kernel clock changed under a controller that is enabled */
};
/* `address` is the register's, or 0; `what` says more ("PN1 (NCS)") or is "". NULL = nobody listens. */
void soc_observe(struct soc *soc,
                 void (*notice)(void *context, enum soc_notice notice, uint32_t address,
                                const char *what),
                 void *context);
/* "BUSY" for bit 5 of XSPI2.SR; empty if not known. Flags that software waits for, those of the core's
 * own registers included [SVD][HDR][ARM]. */
void soc_bit_name(const struct soc *soc, uint32_t address, unsigned bit, char *buffer, size_t size);

/* Holds the supply of a power-switched chip on, as an earlier boot stage would that runs from
 * elsewhere; `false` leaves it to the switch again. No effect on a chip that is always fed. */
void soc_feed_chip(struct soc *soc, bool on);

/* As the boot ROM does after NRST: sets up its own route to the chip on XSPI2/P2 (or the wired
 * port), 1-1-1, and reads `size` bytes from 0 by 03h. Registers are as after reset again when it
 * returns. */
void soc_rom_read(struct soc *soc, uint8_t opcode, uint32_t address, uint8_t *bytes, size_t size);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The inside of a modelled NOR chip; shared by the files of this folder and by nobody else.
 */
#ifndef EXTLOAD_SIM_NOR_CHIP_H
#define EXTLOAD_SIM_NOR_CHIP_H

#include "sim/clock.h"
#include "sim/nor/part.h"

enum {
    NOR_PAGE_MAX = 256,
    NOR_SECTOR = 4096,
    NOR_SECURITY_SIZE = 1024, /* four regions of 256 bytes */
    NOR_SECTORS_MAX = 16384,  /* 64 MiB */
    NOR_BPR_SIZE = 18         /* SST26VF064B: bytes of the block protection register */
};

/* Register bits, named as in the S25FL-L register tables. */
enum {
    SR1_SRP0 = 0x80,
    SR1_SEC = 0x40,
    SR1_TBPROT = 0x20,
    SR1_BP = 0x1C,
    SR1_TB4 = 0x40, /* NOR_PROTECTION_BP4 */
    SR1_BP4 = 0x3C,
    SR1_WEL = 0x02,
    SR1_WIP = 0x01,
    SR2_E_ERR = 0x40,
    SR2_P_ERR = 0x20,
    SR2_ES = 0x02,
    SR2_PS = 0x01,
    CR1_SUS = 0x80,
    CR1_CMP = 0x40,
    CR1_LB = 0x3C,
    CR1_QUAD = 0x02,
    CR1_SRP1 = 0x01,
    CR2_IO3R = 0x80,
    CR2_OI = 0x60,
    CR2_QPI = 0x08,
    CR2_WPS = 0x04,
    CR2_ADP = 0x02,
    CR2_ADS = 0x01,
    CR3_WL = 0x60,
    CR3_WE = 0x10, /* 1 = wrap disabled */
    CR3_RL = 0x0F,
    PR_NVLOCK = 0x01,
    IRP_PERMLB = 0x01,
    IRP_PSLMLB = 0x02,
    IRP_PWDMLB = 0x04,
    IRP_IBLLBB = 0x10
};

/* Addresses of Macronix' configuration register 2 that are modelled, as an index. */
enum nor_octal_register {
    NOR_OCTAL_MODE,  /* 000h */
    NOR_OCTAL_DQS,   /* 200h */
    NOR_OCTAL_DUMMY, /* 300h */
    NOR_OCTAL_REGISTERS
};

struct nor_registers {
    uint8_t sr1, cr1, cr2, cr3, dlr;
    uint8_t octal[NOR_OCTAL_REGISTERS]; /* volatile only */
    uint8_t ear;                        /* extended address register; volatile only */
    uint8_t read_parameters;            /* C0h; volatile only */
};

enum nor_phase {
    NOR_PHASE_DEAF, /* nothing is decoded: no power, reset, a rejected command, an overlong frame */
    NOR_PHASE_OPCODE,
    NOR_PHASE_ADDRESS,
    NOR_PHASE_MODE,
    NOR_PHASE_DUMMY,
    NOR_PHASE_IN,
    NOR_PHASE_OUT,
    NOR_PHASE_END /* complete; one more clock voids it */
};

struct nor_frame {
    enum nor_phase phase;
    const struct nor_command *command; /* NULL until the opcode is known */
    enum nor_protocol protocol;
    uint32_t pair_swap;  /* 1 if the odd byte of a pair comes first, else 0 */
    uint8_t lanes;       /* of the present phase */
    uint8_t bits;        /* shifted in, or left to shift out */
    uint8_t bits_wanted; /* of opcode, address or mode */
    bool selected;
    bool clocked;      /* at least one clock came */
    bool ddr;          /* the present phase uses both edges */
    bool skip_falling; /* the phase began at a rising edge; its falling edge is not part of it */
    bool corrupt;      /* the clock is too fast for this command */
    bool garbage;      /* the array is busy: what it streams means nothing */
    bool raw;          /* array bytes come straight from the cells */
    bool to_page;      /* data in goes to the program buffer */
    bool watch_reset;  /* IO3 is RESET# */
    bool watch_hold;   /* IO3 is HOLD# */
    bool rst_armed;    /* the frame before was a complete 66h */
    uint8_t level;     /* the lines at the last clock */
    uint8_t mode;
    uint8_t out;
    uint8_t first[8]; /* the first bytes of data in */
    uint32_t shift;
    uint32_t dummy_halves;
    uint32_t address;
    uint32_t wrap_mask; /* address bits that count; the others stay */
    uint32_t data_count;
    uint64_t period_ps;
    struct nor_lines held; /* what the chip drives until the next edge that counts */
};

enum nor_operation_kind {
    NOR_IDLE,
    NOR_OPERATION_PROGRAM,
    NOR_OPERATION_ERASE,
    NOR_OPERATION_CHIP_ERASE,
    NOR_OPERATION_SECURITY_PROGRAM,
    NOR_OPERATION_SECURITY_ERASE,
    NOR_OPERATION_REGISTERS, /* SR1, CR1..CR3 */
    NOR_OPERATION_OTHER_NV,  /* DLR, PRPR, IRP, password */
    NOR_OPERATION_PASSWORD   /* compare with what was given */
};

/* Values that a non-volatile write carries until its time is over. */
struct nor_nv {
    struct nor_registers registers;
    uint8_t password[8];
    uint16_t irp;
    uint32_t prpr;
    uint16_t nvcr; /* Micron: non-volatile configuration register */
};

struct nor_operation {
    enum nor_operation_kind kind;
    uint32_t address;
    uint32_t length;
    uint64_t duration_ps;
    uint64_t end_ps;
    uint64_t suspend_ps; /* when a requested suspend takes hold; PS_NEVER = none requested */
    uint64_t remaining_ps;
    uint8_t data[NOR_PAGE_MAX];     /* program: one byte per cell of the page, FF where none came */
    struct nor_nv nv;               /* non-volatile write */
    struct nor_registers volatiles; /* and what the volatile registers become */
};

struct nor {
    const struct nor_part *part;
    enum nor_timing timing;
    uint64_t random;
    uint64_t seed;
    uint8_t *array;
    uint8_t *marginal; /* per cell: bits that read either way; NULL until there are any */
    uint8_t *weak;     /* per cell: bits that nor_age() will make so; NULL until there are any */
    const struct nor_command *by_opcode[2][256]; /* of SPI and QPI; of the octal protocols */
    struct nor_command of_part[2 * (NOR_ERASE_TYPES + NOR_READ_TYPES)]; /* see command_set.c */

    bool powered;
    bool reset_low;
    bool deep_power_down;
    uint64_t deaf_until_ps;
    uint64_t cs_ready_ps; /* end of the CS# high time of the frame before */

    bool wel;
    bool wrenv;
    bool rst_armed;
    bool stuck;  /* an error holds WIP */
    bool shown;  /* a status read has seen the running operation */
    bool linger; /* fast timing: the operation is over but no status read has seen it */
    uint8_t sr2; /* error flags only; ES and PS come from `suspended`. Macronix: of the security
                    register, whose error flags are the same bits */
    uint8_t pr;
    struct nor_registers now; /* volatile registers */
    struct nor_nv nv;
    uint8_t security[NOR_SECURITY_SIZE];
    bool locked[NOR_SECTORS_MAX]; /* individual block locks, one per 4 KiB */
    uint8_t bpr[NOR_BPR_SIZE];    /* SST26: block protection register, as it is read */
    bool bpr_locked;

    const struct nor_command *continuous; /* read command that the next frame goes on with */
    struct nor_operation operation;
    struct nor_operation suspended;
    uint64_t resumed_ps;
    bool was_resumed;

    uint8_t page[NOR_PAGE_MAX]; /* program buffer; FF where nothing was loaded */
    struct nor_frame frame;
    enum nor_failure failure;
    bool strayed;
    uint32_t stray; /* cell that NOR_FAILURE_ASTRAY has changed */
    struct nor_stats stats;
    unsigned last_opcode;
    void (*notice)(void *context, enum nor_notice notice, uint8_t opcode, uint32_t address,
                   uint32_t length);
    void *notice_context;
};

/* command_set.c: fills nor->by_opcode from the tables of family and part. */
void nor_commands_make(struct nor *nor);
/* The erase type whose command this is. */
const struct nor_erase_type *nor_erase_type_of(const struct nor *nor,
                                               const struct nor_command *command);
/* The read whose command this is; NULL if it is not one of the part's. */
const struct nor_read_type *nor_read_type_of(const struct nor *nor,
                                             const struct nor_command *command);

/* nor.c: tells the observer, if there is one. */
void nor_tell(const struct nor *nor, enum nor_notice notice, uint32_t address, uint32_t length);

/* timing.c */
uint64_t nor_random(struct nor *nor);
uint64_t nor_time_fixed(const struct nor *nor, enum nor_time time);
uint64_t nor_time_draw(struct nor *nor, enum nor_time time);
uint64_t nor_time_draw_from(struct nor *nor, const struct nor_time_range *range);
/* Program time of `count` bytes in one page. */
uint64_t nor_time_program(struct nor *nor, uint32_t count);

/* array.c: the cells */
uint8_t nor_cell_read(struct nor *nor, uint32_t address);
void nor_cells_program(struct nor *nor, uint32_t page, const uint8_t *data);
void nor_cells_erase(struct nor *nor, uint32_t address, uint32_t length);
/* What is left when an operation is cut off. */
struct nor_progress {
    uint64_t elapsed_ps, duration_ps;
};
void nor_cells_tear_program(struct nor *nor, uint32_t page, const uint8_t *data,
                            const struct nor_progress *progress);
void nor_cells_tear_erase(struct nor *nor, uint32_t address, uint32_t length,
                          const struct nor_progress *progress);

/* operation.c: what WIP shows */
bool nor_is_busy(const struct nor *nor);
/* Lets everything happen that is due by now. */
void nor_settle(struct nor *nor, uint64_t now_ps);
void nor_operation_start(struct nor *nor, uint64_t now_ps, enum nor_operation_kind kind,
                         uint32_t address, uint32_t length, uint64_t duration_ps);

/* For nor_inherit(): an erase of the first 64 KiB (or the part's last erase type) or a program of
 * the first page is under way; what is under way was suspended halfway, long ago. */
void nor_inherit_erase(struct nor *nor, uint64_t now_ps);
void nor_inherit_program(struct nor *nor, uint64_t now_ps);
void nor_inherit_suspension(struct nor *nor);
/* One of the two, or what is left of it. */
void nor_inherit_operation(struct nor *nor, uint64_t now_ps, bool erase, bool suspended);
/* A refused program (SR2_P_ERR) or erase (SR2_E_ERR): the flag is set and WIP stays. */
void nor_operation_fail(struct nor *nor, uint8_t flag);
void nor_operation_suspend(struct nor *nor, uint64_t now_ps);
void nor_operation_resume(struct nor *nor, uint64_t now_ps);
/* Cuts off whatever runs or is suspended. */
void nor_operation_abort(struct nor *nor, uint64_t now_ps);
/* ES and PS. */
uint8_t nor_suspend_bits(const struct nor *nor);
/* Does the cell belong to what is suspended? */
bool nor_in_suspended(const struct nor *nor, uint32_t address);

/* fault.c */
/* An operation has just begun. */
void nor_failure_started(struct nor *nor, uint64_t now_ps);
/* What the operation does to the cells is done, and it is something else. */
bool nor_failure_replaces(struct nor *nor, const struct nor_operation *operation);
/* It has been done; so is more. */
void nor_failure_spoils(struct nor *nor, const struct nor_operation *operation);

/* protect.c */
/* True if any cell of this range is protected. */
bool nor_is_protected(const struct nor *nor, uint32_t address, uint32_t length);
/* The bits of SR1 that are BP. */
uint8_t nor_protection_bits(const struct nor_part *part);
/* The same by a code `bp` that protects 2^(bp - 1) blocks of 64 KiB, at most all, counted from the
 * top or the bottom. */
bool nor_blocks_protected(const struct nor *nor, unsigned bp, bool bottom, uint32_t address,
                          uint32_t length);
/* Sets the individual lock that covers the address. */
void nor_lock_set(struct nor *nor, uint32_t address, bool locked);
void nor_lock_all(struct nor *nor, bool locked);
bool nor_security_is_locked(const struct nor *nor, uint32_t address);
/* The compare of a PASSU is over. */
void nor_password_checked(struct nor *nor, const struct nor_operation *operation);
/* SRP1, or SRP0 with WP# low: SR1, CR1..CR3 and what changes them is refused. */
bool nor_registers_are_locked(const struct nor *nor);

/* registers.c */
/* SR1 as it stands. */
uint8_t nor_status1(const struct nor *nor);
/* SR1 as a status read sees it; ends the grace of fast timing. */
uint8_t nor_status1_show(struct nor *nor);
uint8_t nor_status2(const struct nor *nor);
uint8_t nor_config1(const struct nor *nor);
unsigned nor_latency(const struct nor *nor, const struct nor_command *command);
bool nor_register_read(struct nor *nor, uint32_t address, uint8_t *value);
void nor_registers_restore(struct nor *nor, bool hard);
/* 01h and 71h with the data of the frame that just ended. */
void nor_write_registers(struct nor *nor, uint64_t now_ps);
void nor_write_any_register(struct nor *nor, uint64_t now_ps);
/* Starts a non-volatile write that leaves `nv`. */
void nor_write_nv(struct nor *nor, uint64_t now_ps, enum nor_operation_kind kind,
                  const struct nor_nv *nv, uint64_t duration_ps);
/* A non-volatile register write was cut off: what was to change is old, new or factory value. */
void nor_registers_tear(struct nor *nor, const struct nor_operation *operation);
/* All non-volatile registers as the factory left them. */
void nor_registers_factory(struct nor *nor);

/* steps.c: what several families do alike. They refuse in different ways: */
struct nor_guard {
    bool (*is_protected)(const struct nor *nor, uint32_t address, uint32_t length);
    /* A refused program (SR2_P_ERR) or erase (SR2_E_ERR). */
    void (*refuse)(struct nor *nor, uint8_t flag);
};
/* Nothing but ABh in deep power-down; while busy what is marked so; what works while suspended; and
 * what needs it with the write-enable latch only. */
bool nor_hears(const struct nor *nor, const struct nor_command *command);
/* Of an array command: its whole address, its page buffer. */
void nor_begin_array(struct nor *nor);
void nor_program_page(struct nor *nor, uint64_t now_ps, const struct nor_guard *guard);
void nor_erase_unit(struct nor *nor, uint64_t now_ps, const struct nor_guard *guard, uint32_t unit,
                    enum nor_time time);
/* All but register writes, which go on to their end, is cut off; then the chip is deaf. */
bool nor_reset_all(struct nor *nor, uint64_t now_ps, bool hard);
void nor_power_up(struct nor *nor, uint64_t now_ps);
/* For parts that keep their address mode in CR2_ADS; and for those without a DQS pin. */
bool nor_long_address(const struct nor *nor);
bool nor_never_strobes(const struct nor *nor);
/* Write enable, suspend, reset, deep power-down, protocol and address mode. */
void nor_execute_mode(struct nor *nor, uint64_t now_ps);

/* mx_octal_commands.c */
extern const struct nor_command mx_octal_commands[];
/* mx_octal_inherit.c */
extern const char *const mx_octal_inheritable[];
void mx_octal_inherit(struct nor *nor, uint64_t now_ps, unsigned index);

/* s25fl_l_commands.c */
extern const struct nor_command s25fl_l_commands[];
/* s25fl_l_inherit.c */
extern const char *const s25fl_l_inheritable[];
void s25fl_l_inherit(struct nor *nor, uint64_t now_ps, unsigned index);

/* w25q_commands.c */
extern const struct nor_command w25q_commands[];
/* w25q_inherit.c */
extern const char *const w25q_inheritable[];
extern const uint32_t w25q_inheritable_if[];
void w25q_inherit(struct nor *nor, uint64_t now_ps, unsigned index);
/* w25q_registers.c */
uint8_t w25q_status1(const struct nor *nor);
uint8_t w25q_status2(const struct nor *nor);
uint8_t w25q_status3(const struct nor *nor);
/* 01h, 31h or 3Eh, 11h with the data of the frame that just ended. */
void w25q_write_register(struct nor *nor, uint64_t now_ps);
/* A non-volatile write that sets the quad-enable bit is put under way. */
void w25q_start_register_write(struct nor *nor, uint64_t now_ps);

/* frame.c */
/* The chip lets go of the lines for the rest of this frame. */
void nor_frame_drop(struct nor *nor);
/* The frame that just ended changes nothing: counted and forgotten. */
void nor_frame_reject(struct nor *nor);
bool nor_in_qpi(const struct nor *nor);
/* Byte `address` of the part's SFDP space. */
uint8_t nor_sfdp_byte(const struct nor_part *part, uint32_t address);

#endif

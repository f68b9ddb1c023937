/* SPDX-License-Identifier: MIT */
/* What numbers of SFDP are called, and what the rules say. */
#include "sfdp/sfdp.h"

static const struct {
    const char *name, *text;
} rules[SFDP_RULE_COUNT] = {
    [SFDP_RULE_NEWEST_BASIC] = {"newest-basic",
                                "more than one basic table: the newest revision counts"},
    [SFDP_RULE_CUT_OFF] = {"cut-off",
                           "a table goes past the end of the dump: what is missing counts as "
                           "unsupported"},
    [SFDP_RULE_READ_OPCODE] = {"read-opcode",
                               "a read that is said to be supported has opcode 00h or FFh: "
                               "unsupported"},
    [SFDP_RULE_UNUSED_READ] = {"unused-read",
                               "a read that is not supported has an opcode or ones: ignored"},
    [SFDP_RULE_RESERVED_ONES] = {"reserved-ones",
                                 "4-byte table: bits that mean nothing at this length are ones: "
                                 "ignored"},
    [SFDP_RULE_ERASE4_3BYTE] = {"erase4-3byte",
                                "4-byte table lists 20h or D8h: 21h and DCh are meant"},
    [SFDP_RULE_ERASE4_52] = {"erase4-52", "4-byte table lists 52h: 53h is meant, as in S25FL064L"},
    [SFDP_RULE_ERASE_SHARED] =
        {"erase-shared", "erase types of several sizes have one opcode: which size it erases "
                         "depends on the address or on a setting, so none of them is used"},
    [SFDP_RULE_ERASE_4K] =
        {"erase-4k", "4 KiB cannot be erased everywhere: used only if a sector map says that "
                     "it can"},
    [SFDP_RULE_ERASE_SIZE] = {"erase-size", "an erase type is larger than the chip: ignored"},
    [SFDP_RULE_PAGE_SMALL] = {"page-small", "page below 256 bytes: used as told"},
    [SFDP_RULE_PAGE_LARGE] = {"page-large",
                              "page above 256 bytes: 256 are used, which fit into it; some chips "
                              "have only these"},
    [SFDP_RULE_PAGE_UNKNOWN] = {"page-unknown", "no page size: 256 bytes are used"},
    [SFDP_RULE_NO_TIMES] = {"no-times", "no times: fixed limits are used"},
    [SFDP_RULE_POWER_DOWN_FF] = {"power-down-ff",
                                 "deep power-down is left by 00h or FFh, which are no opcodes: ABh "
                                 "is sent all the same"},
    [SFDP_RULE_QUAD_RESERVED] = {"quad-reserved",
                                 "quad enable 111 is reserved; chips with it need nothing"},
    [SFDP_RULE_MODE_ONES] = {"mode-ones",
                             "every way into 4-byte addresses is said to work: the field is filled "
                             "with ones and says nothing"},
    [SFDP_RULE_BUSY_70] = {"busy-70",
                           "busy is told by 70h bit 7; 05h bit 0 is polled, which chips with 70h "
                           "have, too [memory]"},
    [SFDP_RULE_REGION_SIZE] = {"region-size",
                               "sector map: a region of 3FFFFFF4h is 03FFFFF4h, as in S25FL512S"},
    [SFDP_RULE_ADDRESS_3_ONLY] = {"address-3-only",
                                  "more than 16 MiB, but 3-byte addresses only: the 4-byte table "
                                  "decides"},
};

const char *sfdp_rule_name(enum sfdp_rule rule)
{
    return rule < SFDP_RULE_COUNT ? rules[rule].name : "?";
}

const char *sfdp_rule_text(enum sfdp_rule rule)
{
    return rule < SFDP_RULE_COUNT ? rules[rule].text : "?";
}

const char *sfdp_table_name(uint16_t id)
{
    switch (id) {
    case SFDP_BASIC: return "basic flash parameters";
    case SFDP_SECTOR_MAP: return "sector map";
    case SFDP_ADDRESS4: return "4-byte address instructions";
    case SFDP_RPMC: return "replay protected counters [memory]";
    case SFDP_XSPI1: return "xSPI profile 1.0";
    case SFDP_XSPI2: return "xSPI profile 2.0";
    case SFDP_OCTAL_SEQUENCE: return "sequences to octal DDR";
    case SFDP_REGISTERS: return "status and control registers";
    case SFDP_REGISTERS_DIES: return "registers of further dies";
    case SFDP_REGISTERS2: return "status and control registers, profile 2 [memory]";
    case SFDP_SST: return "Microchip SST vendor table";
    default: return (id >> 8) == 0xFF ? "a table of JEDEC" : "a vendor's table";
    }
}

const char *sfdp_read_name(enum sfdp_read_kind kind)
{
    static const char *const names[SFDP_READ_KINDS] = {
        "1-1-2", "1-2-2", "1-1-4",    "1-4-4",    "2-2-2",    "4-4-4",
        "1-1-8", "1-8-8", "1S-1D-1D", "1S-2D-2D", "1S-4D-4D", "4S-4D-4D"};
    return kind < SFDP_READ_KINDS ? names[kind] : "?";
}

unsigned sfdp_speed_mhz(uint8_t nibble)
{
    static const uint16_t speeds[16] = {0,   33,  50,  66,  80,  100, 133, 166,
                                        200, 250, 266, 333, 400, 0,   0,   0};
    return speeds[nibble & 0xFu];
}

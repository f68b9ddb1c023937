/* SPDX-License-Identifier: MIT */
/*
 * Parts of Macronix' MX25L and MX25R and of ISSI's IS25LP, one row each.
 *
 * Identity: part tables of U-Boot, OpenOCD, flashrom and ufprog. Times:
 *   MX25L25645G  [memory]; MX25L12833F the same, half of its typical chip erase [INF]
 *   MX25R6435F   its SFDP table [SFDP]; maximum of the 32 KiB erase: ST's component driver [BSP]
 *   IS25LP128    [memory]
 *   IS25LP256    those of the IS25WP256's SFDP table [INF]
 * Register write, power-up, reset: [memory]; deaf for 100 ms after a cut erase [INF]. Clocks after an
 * address by dummy code, except those of code 0 [SFDP]; highest clocks by them: [memory].
 *
 * SFDP:
 *   MX25L25645G  the basic table and the 4-byte address table of its 1.8 V sister MX25U25645G [INF]
 *   MX25L12833F  the basic table of the MX25L25635F, its density and without QPI and 4-byte
 *                addresses [INF]
 *   MX25R6435F   its own basic table [SFDP]
 *   IS25LP128    the basic table of the SK25LP128, which has its design [SFDP]
 *   IS25LP256    the basic table of the IS25WP256 [SFDP]; it denies 4-byte addresses, wrongly
 * Where the tables lie is made up [INF].
 */
#include "sim/clock.h"
#include "sim/nor/mx25.h"
#include "sim/nor/sfdp_words.h"

enum {
    AT_BASIC = 0x30,
    AT_ADDRESS = 0x80
};

static const uint8_t mx25l12833f_sfdp[] = {
    HEADER(0, 1, 0xFF),
    TABLE(0x00, 0, 9, AT_BASIC),
};
static const uint8_t mx25l12833f_basic[] = {
    WORD(0xFFF120E5), WORD(0x07FFFFFF), WORD(0x6B08EB44), WORD(0xBB043B08), WORD(0xFFFFFFEE),
    WORD(0xFF00FFFF), WORD(0xFF00FFFF), WORD(0x520F200C), WORD(0xFF00D810),
};

static const uint8_t mx25l25645g_sfdp[] = {
    HEADER(6, 2, 0xFF),
    TABLE(0x00, 6, 16, AT_BASIC),
    TABLE(0x84, 0, 2, AT_ADDRESS),
};
static const uint8_t mx25l25645g_tables[] = {
    WORD(0xFFFB20E5), WORD(0x0FFFFFFF), WORD(0x6B08EB44), WORD(0xBB043B08), WORD(0xFFFFFFFE),
    WORD(0xFF00FFFF), WORD(0xEB44FFFF), WORD(0x520F200C), WORD(0xFF00D810), WORD(0x00B54987),
    WORD(0xD204D282), WORD(0x38670344), WORD(0xB030B030), WORD(0x5CD5BDF7), WORD(0xFF299E4A),
    WORD(0x85F950F0), WORD(0xFFFFFFFF), WORD(0xFFFFFFFF), WORD(0xFFFFFFFF), WORD(0xFFFFFFFF),
    WORD(0xFFFF8F7F), WORD(0xFFDC5C21),
};
_Static_assert(sizeof(mx25l25645g_tables) == AT_ADDRESS - AT_BASIC + 8,
               "the tables lie where the headers say");

static const uint8_t one_table_sfdp[] = {
    HEADER(6, 1, 0xFF),
    TABLE(0x00, 6, 16, AT_BASIC),
};
static const uint8_t mx25r6435f_basic[] = {
    WORD(0xFFF120E5), WORD(0x03FFFFFF), WORD(0x6B08EB44), WORD(0xBB043B08),
    WORD(0xFFFFFFEE), WORD(0xFF00FFFF), WORD(0xFF00FFFF), WORD(0x520F200C),
    WORD(0xFF00D810), WORD(0x00F57223), WORD(0xCC04ED82), WORD(0x44688344),
    WORD(0xB030B030), WORD(0x5CD5C4F7), WORD(0xFF29BE00), WORD(0xFFFFD0F0),
};
static const uint8_t is25lp128_basic[] = {
    WORD(0xFFF920E5), WORD(0x07FFFFFF), WORD(0x6B08EB44), WORD(0xBB803B08),
    WORD(0xFFFFFFFE), WORD(0xFF00FFFF), WORD(0xEB44FFFF), WORD(0x520F200C),
    WORD(0xFF00D810), WORD(0x00C94A23), WORD(0xC711D882), WORD(0x4668CDCC),
    WORD(0x757A757A), WORD(0x5CD5A2F7), WORD(0xFF2C424A), WORD(0x80C030F0),
};
static const uint8_t is25lp256_basic[] = {
    WORD(0xFFF920E5), WORD(0x0FFFFFFF), WORD(0x6B08EB44), WORD(0xBB803B08),
    WORD(0xFFFFFFFE), WORD(0xFF00FFFF), WORD(0xEB44FFFF), WORD(0x520F200C),
    WORD(0xFF00D810), WORD(0x00C94A23), WORD(0xCE11D882), WORD(0x4668CDCC),
    WORD(0x757A757A), WORD(0x5CD5AEF7), WORD(0xFF2C424A), WORD(0xA9FA30F0),
};

/* MHz by clocks after the address. */
static const uint8_t mx25l_limits[MX25_SPEEDS][MX25_CLOCKS] = {
    [NOR_SPEED_1_1_1] = {33, 33, 33, 33, 84, 84, 104, 104, 133, 133, 133, 133, 133, 133, 133, 133},
    [NOR_SPEED_1_1_2] = {33, 33, 33, 33, 84, 84, 104, 104, 133, 133, 133, 133, 133, 133, 133, 133},
    [NOR_SPEED_1_2_2] = {33, 33, 33, 33, 84, 84, 104, 104, 133, 133, 133, 133, 133, 133, 133, 133},
    [NOR_SPEED_QUAD] = {33, 33, 33, 33, 70, 70, 84, 84, 104, 104, 133, 133, 133, 133, 133, 133},
};
static const uint8_t is25lp_limits[MX25_SPEEDS][MX25_CLOCKS] = {
    [NOR_SPEED_1_1_1] = {33, 50, 60, 70, 84, 95, 104, 115, 133, 133, 133, 133, 133, 133, 133, 133},
    [NOR_SPEED_1_1_2] = {33, 50, 60, 70, 84, 95, 104, 115, 133, 133, 133, 133, 133, 133, 133, 133},
    [NOR_SPEED_1_2_2] = {33, 50, 60, 80, 104, 104, 115, 115, 133, 133, 133, 133, 133, 133, 133,
                         133},
    [NOR_SPEED_QUAD] = {33, 33, 40, 50, 60, 80, 104, 104, 115, 115, 133, 133, 133, 133, 133, 133},
};

static const struct mx25_traits mx25l_traits = {
    .status_bytes = 2,
    .bottom = 0x08,
    .code_mask = 0xC0,
    .clocks = {[NOR_SPEED_1_1_1] = {8, 6, 8, 10},
               [NOR_SPEED_1_1_2] = {8, 6, 8, 10},
               [NOR_SPEED_1_2_2] = {4, 6, 8, 10},
               [NOR_SPEED_QUAD] = {6, 4, 8, 10}},
    .limits = mx25l_limits,
};
static const struct mx25_traits mx25r_traits = {
    .ultra_low_power = true,
    .status_bytes = 3,
    .bottom = 0x08,
    .code_mask = 0x40,
    .clocks = {[NOR_SPEED_1_1_1] = {8, 8},
               [NOR_SPEED_1_1_2] = {8, 8},
               [NOR_SPEED_1_2_2] = {4, 8},
               [NOR_SPEED_QUAD] = {6, 10}},
};
static const struct mx25_traits is25lp_traits = {
    .issi = true,
    .status_bytes = 1,
    .bottom = IS25_TBS,
    .clocks = {[NOR_SPEED_1_1_1] = {8},
               [NOR_SPEED_1_1_2] = {8},
               [NOR_SPEED_1_2_2] = {4},
               [NOR_SPEED_QUAD] = {6}},
    .limits = is25lp_limits,
};

#define US(n)                                                                                      \
    {                                                                                              \
        (n) * PS_PER_US, (n)*PS_PER_US                                                             \
    }
#define US_2(t, m)                                                                                 \
    {                                                                                              \
        (t) * PS_PER_US, (m)*PS_PER_US                                                             \
    }
#define MS_2(t, m)                                                                                 \
    {                                                                                              \
        (t) * PS_PER_MS, (m)*PS_PER_MS                                                             \
    }
#define S_2(t, m)                                                                                  \
    {                                                                                              \
        (t) * PS_PER_SECOND, (m)*PS_PER_SECOND                                                     \
    }

/* What all of them share. */
#define INTERFACE_TIMES                                                                            \
    [NOR_TIME_REGISTER] = MS_2(10, 40), [NOR_TIME_POWER_UP] = US(800), [NOR_TIME_RESET] = US(40),  \
    [NOR_TIME_RESET_BUSY] = MS_2(100, 100), [NOR_TIME_DPD_ENTER] = US(10),                         \
    [NOR_TIME_CS_HIGH] = {30 * PS_PER_NS, 30 * PS_PER_NS}

const struct nor_part nor_part_mx25l12833f = {
    .name = "MX25L12833F",
    .id = {0xC2, 0x20, 0x18},
    .release_id = {0x17},
    .size = 16u << 20,
    .page = 256,
    .clock_hz = 133000000,
    .cr1_default = 0x07,
    .sfdp = {{0, sizeof(mx25l12833f_sfdp), mx25l12833f_sfdp},
             {AT_BASIC, sizeof(mx25l12833f_basic), mx25l12833f_basic}},
    .times =
        {
            [NOR_TIME_PAGE] = US_2(250, 750),
            [NOR_TIME_BYTE_FIRST] = US_2(32, 192),
            [NOR_TIME_BYTE_NEXT] = US_2(1, 6),
            [NOR_TIME_ERASE_4K] = MS_2(30, 400),
            [NOR_TIME_ERASE_32K] = MS_2(180, 1000),
            [NOR_TIME_ERASE_64K] = MS_2(380, 2000),
            [NOR_TIME_ERASE_CHIP] = S_2(55, 180),
            [NOR_TIME_SUSPEND] = US(25),
            [NOR_TIME_RESUME_TO_SUSPEND] = US(448),
            [NOR_TIME_DPD_EXIT] = US(30),
            INTERFACE_TIMES,
        },
    .family = &nor_family_mx25,
    .features = NOR_IF_WPSEL | NOR_KEEPS_CONTINUOUS,
    .traits = &mx25l_traits,
};

const struct nor_part nor_part_mx25l25645g = {
    .name = "MX25L25645G",
    .id = {0xC2, 0x20, 0x19},
    .release_id = {0x18},
    .size = 32u << 20,
    .page = 256,
    .clock_hz = 133000000,
    .cr1_default = 0x07,
    .sfdp = {{0, sizeof(mx25l25645g_sfdp), mx25l25645g_sfdp},
             {AT_BASIC, sizeof(mx25l25645g_tables), mx25l25645g_tables}},
    .times =
        {
            [NOR_TIME_PAGE] = US_2(250, 750),
            [NOR_TIME_BYTE_FIRST] = US_2(32, 192),
            [NOR_TIME_BYTE_NEXT] = US_2(1, 6),
            [NOR_TIME_ERASE_4K] = MS_2(30, 400),
            [NOR_TIME_ERASE_32K] = MS_2(180, 1000),
            [NOR_TIME_ERASE_64K] = MS_2(380, 2000),
            [NOR_TIME_ERASE_CHIP] = S_2(110, 180),
            [NOR_TIME_SUSPEND] = US(25),
            [NOR_TIME_RESUME_TO_SUSPEND] = US(448),
            [NOR_TIME_DPD_EXIT] = US(30),
            INTERFACE_TIMES,
        },
    .family = &nor_family_mx25,
    .features = NOR_IF_QPI | NOR_IF_4B_MODE | NOR_IF_4B_OPCODES | NOR_IF_EAR | NOR_IF_WPSEL |
                NOR_KEEPS_CONTINUOUS,
    .traits = &mx25l_traits,
};

const struct nor_part nor_part_mx25r6435f = {
    .name = "MX25R6435F",
    .id = {0xC2, 0x28, 0x17},
    .release_id = {0x17},
    .size = 8u << 20,
    .page = 256,
    .clock_hz = 80000000,
    .sfdp = {{0, sizeof(one_table_sfdp), one_table_sfdp},
             {AT_BASIC, sizeof(mx25r6435f_basic), mx25r6435f_basic}},
    .times =
        {
            [NOR_TIME_PAGE] = US_2(896, 5376),
            [NOR_TIME_BYTE_FIRST] = US_2(32, 192),
            [NOR_TIME_BYTE_NEXT] = US_2(1, 6),
            [NOR_TIME_ERASE_4K] = MS_2(48, 384),
            [NOR_TIME_ERASE_32K] = MS_2(240, 3000),
            [NOR_TIME_ERASE_64K] = MS_2(480, 3840),
            [NOR_TIME_ERASE_CHIP] = S_2(52, 312),
            [NOR_TIME_SUSPEND] = US(40),
            [NOR_TIME_RESUME_TO_SUSPEND] = US(448),
            [NOR_TIME_DPD_EXIT] = US(40),
            INTERFACE_TIMES,
        },
    .family = &nor_family_mx25,
    .features = NOR_KEEPS_CONTINUOUS,
    .traits = &mx25r_traits,
};

const struct nor_part nor_part_is25lp128 = {
    .name = "IS25LP128",
    .id = {0x9D, 0x60, 0x18},
    .release_id = {0x17},
    .size = 16u << 20,
    .page = 256,
    .clock_hz = 133000000,
    .sfdp = {{0, sizeof(one_table_sfdp), one_table_sfdp},
             {AT_BASIC, sizeof(is25lp128_basic), is25lp128_basic}},
    .times =
        {
            [NOR_TIME_PAGE] = US_2(200, 800),
            [NOR_TIME_BYTE_FIRST] = US_2(8, 48),
            [NOR_TIME_BYTE_NEXT] = US_2(3, 18),
            [NOR_TIME_ERASE_4K] = MS_2(70, 300),
            [NOR_TIME_ERASE_32K] = MS_2(100, 500),
            [NOR_TIME_ERASE_64K] = MS_2(150, 1000),
            [NOR_TIME_ERASE_CHIP] = S_2(30, 90),
            [NOR_TIME_SUSPEND] = US(56),
            [NOR_TIME_RESUME_TO_SUSPEND] = US(448),
            [NOR_TIME_DPD_EXIT] = US(3),
            INTERFACE_TIMES,
        },
    .family = &nor_family_is25,
    .features = NOR_IF_QPI | NOR_KEEPS_CONTINUOUS,
    .traits = &is25lp_traits,
};

const struct nor_part nor_part_is25lp256 = {
    .name = "IS25LP256",
    .id = {0x9D, 0x60, 0x19},
    .release_id = {0x18},
    .size = 32u << 20,
    .page = 256,
    .clock_hz = 133000000,
    .sfdp = {{0, sizeof(one_table_sfdp), one_table_sfdp},
             {AT_BASIC, sizeof(is25lp256_basic), is25lp256_basic}},
    .times =
        {
            [NOR_TIME_PAGE] = US_2(200, 1200),
            [NOR_TIME_BYTE_FIRST] = US_2(8, 48),
            [NOR_TIME_BYTE_NEXT] = US_2(3, 18),
            [NOR_TIME_ERASE_4K] = MS_2(48, 384),
            [NOR_TIME_ERASE_32K] = MS_2(160, 1280),
            [NOR_TIME_ERASE_64K] = MS_2(304, 2432),
            [NOR_TIME_ERASE_CHIP] = S_2(60, 360),
            [NOR_TIME_SUSPEND] = US(56),
            [NOR_TIME_RESUME_TO_SUSPEND] = US(448),
            [NOR_TIME_DPD_EXIT] = US(15),
            INTERFACE_TIMES,
        },
    .family = &nor_family_is25,
    .features = NOR_IF_QPI | NOR_IF_4B_MODE | NOR_IF_4B_OPCODES | NOR_IF_EAR | NOR_KEEPS_CONTINUOUS,
    .traits = &is25lp_traits,
};

/* SPDX-License-Identifier: MIT */
/* The instruction table against objdump: every 16-bit instruction, many 32-bit ones, and whatever the
 * build made for the target. */
#include "check/thumb.h"

#include <ctype.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RANDOM_INSTRUCTIONS 60000u

/* A line of objdump. */
struct line {
    uint32_t address;
    uint16_t first, second;
    unsigned length;
    char mnemonic[24]; /* without .n and .w */
    char operands[96];
};

static bool parse_line(const char *text, struct line *line)
{
    char *end;
    *line = (struct line){0};
    line->address = (uint32_t)strtoul(text, &end, 16);
    if (end == text || *end != ':') {
        return false;
    }
    const unsigned long first = strtoul(end + 1, &end, 16);
    if (first > UINT16_MAX) {
        return false; /* words of data */
    }
    line->first = (uint16_t)first;
    line->length = 2;
    if (*end == ' ' && isxdigit((unsigned char)end[1])) {
        line->second = (uint16_t)strtoul(end + 1, &end, 16);
        line->length = 4;
    }
    if (sscanf(end, " %23s %95[^\n@;]", line->mnemonic, line->operands) < 1) {
        return false;
    }
    char *dot = strrchr(line->mnemonic, '.');
    if (dot != NULL && (strcmp(dot, ".n") == 0 || strcmp(dot, ".w") == 0)) {
        *dot = '\0';
    }
    return isalpha((unsigned char)line->mnemonic[0]) != 0;
}

static bool is_one_of(const char *word, const char *list)
{
    char padded[32];
    snprintf(padded, sizeof padded, " %s ", word);
    return strstr(list, padded) != NULL;
}

static bool starts(const char *word, const char *start)
{
    return strncmp(word, start, strlen(start)) == 0;
}

/* What objdump prints of an encoding that no assembler writes. */
static bool is_no_instruction(const char *text)
{
    static const char *const marks[] = {
        "ndefined", "<unknown>", "bx\tpc",      "vmov.32",     "UNDEF",     "UNPREDICTABLE",
        "??",       "illegal",   "invalid reg", "ldmia.w\tpc", "orrs.w\t",  "subs\tpc, lr",
        "strex\t",  "vldrb.u64", "vldrb.s64",   "vldrh.u64",   "vldrh.s64", "vldrd.u64",
        "vstrb.64", "vstrh.64",  "vstrw.64",
    };
    const char *store = strstr(text, "\tstr");
    if (store != NULL && strstr(store, "[pc") != NULL) {
        return true;
    }
    for (unsigned i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (strstr(text, marks[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* Not of M-profile cores. */
static bool is_foreign(const struct line *line)
{
    bool blx_to_arm = strcmp(line->mnemonic, "blx") == 0 && line->length == 4;
    bool reserved_bits = (line->first & 0xFE80u) == 0xF800u && (line->second & 0x0FC0u) != 0 &&
                         (line->second & 0x0800u) == 0;
    reserved_bits = reserved_bits || ((line->first & 0xFF00u) == 0x4700u && line->first % 4 != 0);
    bool no_offset = starts(line->mnemonic, "bf") && line->operands[0] == '0';
    return blx_to_arm || reserved_bits || no_offset || starts(line->mnemonic, "crc32") ||
           starts(line->mnemonic, "srs") || starts(line->mnemonic, "rfe") ||
           is_one_of(line->mnemonic,
                     " hlt hvc smc setend setpan strexd ldrexd stlexd ldaexd bxj eret pldw"
                     " dcps1 dcps2 dcps3 ");
}

static const char conditional[] = " beq bne bcs bcc bmi bpl bvs bvc bhi bls bge blt bgt ble cbz "
                                  "cbnz wls wlstp.8 wlstp.16 wlstp.32"
                                  " wlstp.64 letp ";

static int expected_class(const struct line *line)
{
    static const struct {
        const char *list;
        enum thumb_class class;
    } table[] = {
        {conditional, THUMB_BRANCH_IF},
        {" b ", THUMB_BRANCH},
        {" bl ", THUMB_CALL},
        {" blx blxns ", THUMB_CALL_REGISTER},
        {" bx bxns bxaut ", THUMB_BRANCH_REGISTER},
        {" tbb tbh ", THUMB_TABLE_BRANCH},
        {" push stmdb stmia stmia.w ", THUMB_STORE_MULTIPLE},
        {" pop ldmdb ldmia ldmia.w ", THUMB_LOAD_MULTIPLE},
        {" str strb strh strt strbt strht stl stlb stlh ", THUMB_STORE},
        {" strd ", THUMB_STORE_PAIR},
        {" svc ", THUMB_SUPERVISOR_CALL},
        {" bkpt ", THUMB_BREAKPOINT},
        {" udf ", THUMB_PERMANENTLY_UNDEFINED},
        {" wfi wfe ", THUMB_WAIT},
        {" cpsie cpsid ", THUMB_CHANGE_STATE},
        {" msr ", THUMB_WRITE_SPECIAL},
        {" mrs ", THUMB_READ_SPECIAL},
        {" movt ", THUMB_MOVE_TOP},
        {" movw ", THUMB_MOVE_IMMEDIATE},
    };
    if (strcmp(line->mnemonic, "le") == 0) {
        return starts(line->operands, "lr") ? THUMB_BRANCH_IF : THUMB_BRANCH;
    }
    if (starts(line->mnemonic, "it") &&
        strspn(line->mnemonic + 1, "te") + 1 == strlen(line->mnemonic)) {
        return THUMB_IT;
    }
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (is_one_of(line->mnemonic, table[i].list)) {
            return (int)table[i].class;
        }
    }
    return -1;
}

static bool is_vector(const struct line *line)
{
    if (starts(line->mnemonic, "vpt") || starts(line->mnemonic, "vps") ||
        is_one_of(line->mnemonic,
                  " vpnot vctp.8 vctp.16 vctp.32 vctp.64 asrl lsll lsrl sqrshr sqrshrl"
                  " sqshl sqshll srshr srshrl uqrshl uqrshll uqshl uqshll urshr"
                  " urshrl letp lctp wlstp.8 wlstp.16 wlstp.32 wlstp.64 dlstp.8"
                  " dlstp.16 dlstp.32 dlstp.64 vmov.8 vmov.16 vmov.s8 vmov.u8"
                  " vmov.s16 vmov.u16 ")) {
        return true;
    }
    for (const char *at = line->operands; line->mnemonic[0] == 'v' && *at != '\0'; at++) {
        bool begins = at == line->operands || !isalnum((unsigned char)at[-1]);
        if (begins && *at == 'q' && isdigit((unsigned char)at[1])) {
            return true;
        }
    }
    return false;
}

/* -1: not told apart by the mnemonic. */
static int expected_needs(const struct line *line)
{
    if (is_vector(line)) {
        return THUMB_MVE;
    }
    if (is_one_of(
            line->mnemonic,
            " csel csinc csinv csneg cset csetm cinc cinv cneg clrm wls dls le bf bfx bfl bflx"
            " bfcsel vscclrm pacg autg bxaut ")) {
        return THUMB_ARMV81M;
    }
    if (is_one_of(line->mnemonic,
                  " tt tta ttt ttat sg lda ldab ldah ldaex ldaexb ldaexh stl stlb stlh"
                  " stlex stlexb stlexh bxns blxns vlstm vlldm ")) {
        return THUMB_ARMV8M;
    }
    if (line->mnemonic[0] == 'v') {
        bool neon = strstr(line->mnemonic, "dot") != NULL ||
                    strstr(line->mnemonic, "vfma") != NULL ||
                    strstr(line->mnemonic, "vfms") != NULL || strstr(line->mnemonic, "mm") != NULL;
        bool system = strstr(line->operands, "FPCXT") != NULL ||
                      strstr(line->operands, "FPSCR") != NULL ||
                      strstr(line->operands, "<impl") != NULL ||
                      strstr(line->operands, "VPR") != NULL || strstr(line->operands, "P0") != NULL;
        return neon || system ? -1 : (line->first & 0xEC00u) == 0xEC00u ? (int)THUMB_FPU : -1;
    }
    bool coprocessor = line->length == 4 && (line->first & 0xEC00u) == 0xEC00u;
    return coprocessor || is_one_of(line->mnemonic, " msr mrs ") ? -1 : (int)THUMB_ARMV7M;
}

static bool target_differs(const struct line *line, const struct thumb_insn *insn)
{
    if (insn->class != THUMB_BRANCH && insn->class != THUMB_BRANCH_IF &&
        insn->class != THUMB_CALL) {
        return false;
    }
    const char *at = strrchr(line->operands, ',');
    at = at != NULL ? at + 1 : line->operands;
    return strtoul(at, NULL, 16) != insn->target;
}

static bool agrees(const struct line *line, bool only_length)
{
    struct thumb_insn insn = thumb_decode(line->address, line->first, line->second);
    if (insn.length != line->length) {
        return false;
    }
    if (only_length || is_foreign(line)) {
        return true;
    }
    int class = expected_class(line), needs = expected_needs(line);
    bool wrong_class = class >= 0 ? class != (int)insn.class : insn.class == THUMB_UNDEFINED;
    if (wrong_class && class < 0 && (line->first & 0xEC00u) == 0xEC00u && line->length == 4) {
        wrong_class = false; /* coprocessors and vector forms that M-profile cores lack */
    }
    return !wrong_class &&
           (needs < 0 || insn.class == THUMB_UNDEFINED || needs == (int)insn.needs) &&
           !target_differs(line, &insn);
}

/* Returns how many instructions were compared. */
static unsigned compare(const char *options, const char *path, unsigned *wrong)
{
    char command[600], text[400];
    unsigned count = 0;
    snprintf(command, sizeof command, "arm-none-eabi-objdump %s %s", options, path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    while (fgets(text, sizeof text, pipe) != NULL) {
        struct line line;
        if (parse_line(text, &line)) {
            count++;
            if (!agrees(&line, is_no_instruction(text))) {
                (*wrong)++;
                printf("%s: %s", path, text);
            }
        }
    }
    assert_int_equal(pclose(pipe), 0);
    return count;
}

static void put(FILE *out, unsigned halfword)
{
    fputc((int)(halfword & 0xFFu), out);
    fputc((int)(halfword >> 8), out);
}

static void test_all_narrow_and_many_wide(void **state)
{
    (void)state;
    char path[] = "/tmp/extload-thumb-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *out = fdopen(descriptor, "wb");
    assert_non_null(out);
    for (unsigned first = 0; first < 0xE800u; first++) {
        put(out, first);
        for (unsigned i = 0; i < 4 && first >> 8 == 0xBF; i++) {
            put(out, 0xBF00); /* what an IT covers would have a condition in its name */
        }
    }
    uint32_t seed = 1;
    for (unsigned i = 0; i < RANDOM_INSTRUCTIONS; i++) {
        seed = seed * 1664525u + 1013904223u;
        put(out, 0xE800u + (seed >> 8) % 0x1800u);
        seed = seed * 1664525u + 1013904223u;
        put(out, seed >> 8 & 0xFFFFu);
    }
    fclose(out);
    unsigned wrong = 0;
    unsigned count = compare("-D -b binary -m armv8.1-m.main -M force-thumb", path, &wrong);
    remove(path);
    assert_true(count > 70000);
    assert_int_equal(wrong, 0);
}

static void test_whatever_was_built(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        EXTLOAD_FIXTURES "/*.stldr", EXTLOAD_FIXTURES "/*/*.stldr", EXTLOAD_FIXTURES "/*.o",
        EXTLOAD_FIXTURES "/../loader/*.elf", EXTLOAD_FIXTURES "/../example/*.elf"};
    unsigned count = 0, wrong = 0;
    for (unsigned i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        glob_t found;
        if (glob(patterns[i], 0, NULL, &found) != 0) {
            continue;
        }
        for (size_t j = 0; j < found.gl_pathc; j++) {
            count += compare("-d -M force-thumb", found.gl_pathv[j], &wrong);
        }
        globfree(&found);
    }
    assert_true(count > 5000);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_narrow_and_many_wide),
        cmocka_unit_test(test_whatever_was_built),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

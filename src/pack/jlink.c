/* SPDX-License-Identifier: MIT */
#include "pack/jlink.h"

#include "pack/algorithm.h"
#include "pack/text.h"

#include <string.h>

#define SFL_DEVICE_TYPE 1 /* ignored by J-Link, which recommends it [comm] */

static const struct algorithm_symbol ofl_symbols[] = {
    {"Init", "flm_Init"},
    {"UnInit", "flm_UnInit"},
    {"EraseSector", "flm_EraseSector"},
    {"ProgramPage", "flm_ProgramPage"},
    {"EraseChip", "flm_EraseChip"},
    {"BlankCheck", "flm_BlankCheck"},
    {"Verify", "flm_Verify"},
    {"SEGGER_OPEN_Program", "flm_ProgramPage"},
    {"SEGGER_OPEN_Erase", "ofl_Erase"},
    {NULL, NULL},
};

/* What they return after a failure is in no public text but examples, which return -1 or 1: -1 is both
 * negative and not 0. */
static const struct algorithm_symbol sfl_symbols[] = {
    {"SEGGER_FL_Prepare", "ofl_Prepare"},     {"SEGGER_FL_Restore", "ofl_Restore"},
    {"SEGGER_FL_Program", "ofl_Program"},     {"SEGGER_FL_Erase", "ofl_Erase"},
    {"SEGGER_FL_EraseChip", "ofl_EraseChip"}, {"SEGGER_FL_CheckBlank", "ofl_CheckBlank"},
    {"SEGGER_FL_Verify", "flm_Verify"},       {NULL, NULL},
};

static bool add_elf(const struct board *board, const struct algorithm *algorithm,
                    const struct algorithm_symbol *symbols, const char *suffix,
                    struct built_files *built, struct error *error)
{
    size_t size = 0;
    uint8_t *file = algorithm_write_elf(algorithm, board->loader_base, symbols, &size, error);
    return file != NULL && built_files_add(built, board->name, suffix, file, size, error);
}

static bool add_elfs(const struct board *board, const struct loader_image *image,
                     struct built_files *built, struct error *error)
{
    struct algorithm algorithm;
    bool good = algorithm_make(&algorithm, board, image, error) &&
                add_elf(board, &algorithm, ofl_symbols, ".ofl.elf", built, error);
    algorithm.device.type = SFL_DEVICE_TYPE;
    good = good && add_elf(board, &algorithm, sfl_symbols, ".sfl.elf", built, error);
    algorithm_release(&algorithm);
    return good;
}

/* "cortex-m55" as J-Link calls it: JLINK_CORE_CORTEX_M55. */
static void print_core(struct text *text, const char *core)
{
    const char *number = strstr(core, "-m");
    text_print(text, "JLINK_CORE_CORTEX_M%s", number != NULL ? number + 2 : "");
}

static bool add_device(const struct board *board, struct built_files *built, struct error *error)
{
    struct text text = {0};
    size_t size = 0;
    text_print(
        &text,
        "<!-- For J-Link: the folder with this file goes into SEGGER's folder JLinkDevices. -->\n"
        "<DataBase>\n"
        "  <Device>\n"
        "    <!-- The name as J-Link has it, for its own way to connect. J-Link software that "
        "does\n"
        "         not know the MCU wants the .JLinkScript beside this file as JLinkScriptFile "
        "here. -->\n"
        "    <ChipInfo Vendor=\"ST\" Name=\"%s\" Core=\"",
        board->mcu);
    print_core(&text, board->core);
    text_print(&text,
               "\"\n"
               "              WorkRAMAddr=\"0x%08X\" WorkRAMSize=\"0x%X\"/>\n"
               "    <!-- The .sfl.elf beside this file is the same as a SEGGER Flash Loader. -->\n"
               "    <FlashBankInfo Name=\"%s\" BaseAddr=\"0x%08X\" MaxSize=\"0x%08X\"\n"
               "                   Loader=\"%s.ofl.elf\" LoaderType=\"FLASH_ALGO_TYPE_OPEN\"\n"
               "                   AlwaysPresent=\"1\"/>\n"
               "  </Device>\n"
               "</DataBase>\n",
               board->loader_base, board->loader_size, board->name, board->window, board->part.size,
               board->name);
    uint8_t *bytes = (uint8_t *)text_take(&text, &size);
    return built_files_add(built, board->name, ".jlink.xml", bytes, size, error);
}

/* Names of SEGGER's script language as its knowledge base has them [memory]; the access ports are those of
 * the MCU's file. */
static bool add_script(const struct board *board, struct built_files *built, struct error *error)
{
    struct text text = {0};
    size_t size = 0;
    text_print(
        &text,
        "// %s: for J-Link software that does not know the MCU. The core is on access port %u.\n"
        "int ConfigTargetSettings(void) {\n"
        "  JLINK_CORESIGHT_AddAP(%u, CORESIGHT_APB_AP);\n"
        "  JLINK_CORESIGHT_AddAP(%u, CORESIGHT_AHB_AP);\n"
        "  CORESIGHT_IndexAHBAPToUse = %u;\n"
        "  return 0;\n"
        "}\n",
        board->name, board->debug.core_ap, board->debug.system_ap, board->debug.core_ap,
        board->debug.core_ap);
    uint8_t *bytes = (uint8_t *)text_take(&text, &size);
    return built_files_add(built, board->name, ".JLinkScript", bytes, size, error);
}

bool jlink_build(const struct board *board, const struct loader_image *image,
                 struct built_files *built, struct error *error)
{
    return add_elfs(board, image, built, error) && add_device(board, built, error) &&
           add_script(board, built, error);
}

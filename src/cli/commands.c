/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <stddef.h>

const struct command commands[] = {
    {"build", "--board BOARD [--format FORMATS] [-o DIR]", "make the loader files of a board",
     "Writes DIR/NAME.stldr for STM32CubeProgrammer, or the files of --format: all of them or "
     "none.\n"
     "The same board file gives the same bytes.",
     command_build},
    {"program", "--board BOARD IMAGE...", "erase what is needed, write, read back",
     "IMAGE is an ELF, Intel HEX or S-record file, or FILE.bin@ADDRESS. Several images go in one "
     "call.",
     command_program},
    {"verify", "--board BOARD IMAGE...", "compare the flash with images",
     "IMAGE is an ELF, Intel HEX or S-record file, or FILE.bin@ADDRESS.", command_verify},
    {"erase", "--board BOARD (RANGE... | --all)", "erase sectors",
     "RANGE is START+SIZE or START..END, whole sectors: 0x70000000+64K.", command_erase},
    {"read", "--board BOARD RANGE -o FILE", "read the flash into a file",
     "RANGE is START+SIZE or START..END. FILE.hex is written as Intel HEX, FILE.srec as\n"
     "S-records (.s19, .s28, .s37 and .mot too), FILE.bin raw.",
     command_read},
    {"info", "(--board BOARD | --sfdp FILE)", "initialise and say what is there",
     "With --sfdp: what a flash says of itself in a dump of its SFDP space; needs no board.",
     command_info},
    {"check", "FILE...", "what is wrong with a loader file, without running it",
     "Reads .stldr files of any STM32, .FLM files and loaders for J-Link. With --rehearse, the\n"
     "simulated board then runs them too.\n"
     "Status 0: no error among the findings; 1: there is; 2: a file is no loader.\n"
     "'extload list rules' prints what is looked for, docs/findings.md the evidence.",
     command_check},
    {"rehearse", "--board BOARD [--loader FILE] [--host HOST]...",
     "run a loader on the simulated board and say what is wrong with it",
     "Init, erase, write, verify and read, twice, as each host does it, then a boot. The "
     "instruments watch\n"
     "core, RAM, clocks and flash; each finding says what, why and what to try "
     "(docs/findings.md).\n"
     "Exit status 1 if one is an error.",
     command_rehearse},
    {"sweep", "--board BOARD [--loader FILE] [--op OP]... [--kind FAULT]...",
     "repeat a loader's calls with a fault at every moment of them",
     "Each register access, each frame on the bus and each 64 instructions of a call is a moment.\n"
     "Judged by the promise: docs/reliability.md. Exit status 1 if it is broken once.\n"
     "--op, --kind and --at of one line repeat that one and tell what happened;\n"
     "--trace FILE writes all of it.",
     command_sweep},
    {"selftest", "--board BOARD [--scratch RANGE]", "test a board: chip, wiring, every way to read",
     "Writes nothing unless --scratch gives it sectors: then they are erased and programmed, each "
     "call\nis held against the part's table, and calls are cut off and recovered from. What was "
     "in "
     "them is put\nback. With --json the result can be attached to a report (docs/bench.md).",
     command_selftest},
    {"trace", "--board BOARD [DUMP]", "print the loader's flight record in words",
     "DUMP holds the record's 340 bytes as a debugger saved them, or more RAM with --address.\n"
     "Without DUMP, Init runs on the simulated board and its record is printed; of a real board\n"
     "(--target gdb:PORT) the record that is there, without running anything.",
     command_trace},
    {"serve", "--board BOARD [--gdb PORT | --jtag PORT]",
     "put the simulated board behind a GDB server, or its JTAG behind OpenOCD",
     "Listens on 127.0.0.1 with the loader downloaded and the core halted. In gdb-multiarch:\n"
     "  file NAME.stldr\n  target remote :PORT\n  monitor help\n"
     "With --jtag nothing is downloaded, and the core waits in its boot ROM. OpenOCD then:\n"
     "  openocd -c \"adapter driver remote_bitbang; remote_bitbang port PORT\" -f NAME.cfg",
     command_serve},
    {"list", "KIND",
     "list boards, mcus, parts, formats, hosts, host-options, links, rules or faults", "",
     command_list},
    {NULL, NULL, NULL, NULL, NULL},
};

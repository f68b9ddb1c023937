/* SPDX-License-Identifier: MIT */
/*
 * The files of src/pack/scripts, made part of the program by cmake/scripts.cmake: what a script for another
 * tool has in common for all boards.
 */
#ifndef EXTLOAD_PACK_SCRIPTS_H
#define EXTLOAD_PACK_SCRIPTS_H

#include <stddef.h>

struct pack_script {
    const char *text;
    size_t size;
};

extern const struct pack_script pack_script_openocd_tcl, pack_script_record_gdb;

#endif

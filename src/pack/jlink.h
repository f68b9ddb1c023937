/* SPDX-License-Identifier: MIT */
/*
 * What J-Link takes from its JLinkDevices folder: NAME.jlink.xml, which adds the flash to a device that it
 * knows; NAME.ofl.elf, an Open Flashloader, and NAME.sfl.elf, the same as a SEGGER Flash Loader (J-Link
 * software V7.80 and later); NAME.JLinkScript. From public documentation: SEGGER's knowledge base, the J-Link
 * user guide UM08001, the templates of Open Flashloaders [comm]. No turbo mode, CalcCRC, Read, Flags or
 * GetFlashInfo:
 *   Start, CalcCRC   their protocol is a closed library's; a wrong CalcCRC gives false passes
 *   Read             the window is mapped after Init and UnInit; J-Link reads it as memory, also while a
 *                    program is debugged that runs from it
 *   GetFlashInfo     the struct that it fills is in no public source
 *   Flags            interrupts stay off, and the erase is not left to Program
 * J-Link may link and place a loader in ways that are not documented: the ELF is linked at the work RAM's
 * first address, as all public ones are, and runs anywhere.
 */
#ifndef EXTLOAD_PACK_JLINK_H
#define EXTLOAD_PACK_JLINK_H

#include "pack/format.h"

bool jlink_build(const struct board *board, const struct loader_image *image,
                 struct built_files *built, struct error *error);

#endif

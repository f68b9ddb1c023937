/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "board/sfdp_part.h"
#include "cli/describe.h"
#include "cli/describe_sfdp.h"
#include "cli/rig.h"
#include "host/record_text.h"
#include "sfdp/dump.h"
#include "sfdp/text.h"

#include <stdio.h>

static void print_file(const struct rig *rig)
{
    const struct storage_info *info = &rig->loader.info;
    printf("loader   %s: DeviceName %s, type %u, 0x%08x+0x%x, PageSize 0x%x\n", rig->loader.path,
           info->device_name, info->device_type, info->device_start_address, info->device_size,
           info->page_size);
    printf("exports ");
    for (int i = 0; i < LOADER_FUNCTION_COUNT; i++) {
        if (rig->loader.name[i] != NULL) {
            printf(" %s 0x%08x", rig->loader.name[i], rig->loader.entry[i]);
        }
    }
    printf("\nlayout   BKPT 0x%08x, image 0x%08x+0x%x, SP 0x%08x, buffer 0x%08x+0x%x\n",
           rig->session.layout.base, rig->session.layout.image, rig->session.layout.size,
           rig->session.layout.stack, rig->session.layout.buffer, rig->session.layout.buffer_size);
}

static void print_record(struct rig *rig)
{
    session_read_record(&rig->session);
    if (!rig->session.has_record) {
        printf("record   none: this loader leaves none, or it never ran\n");
        return;
    }
    record_text_print(stdout, &rig->session.record, &rig->board, rig->board.record_address,
                      RECORD_BRIEF, !rig->choice.is_gdb);
}

static int print_sfdp(const struct options *options, struct error *error)
{
    struct sfdp_dump dump;
    struct sfdp sfdp;
    struct part_file part;
    struct sfdp_refusal refusal = {NULL, NULL};
    if (options->board != NULL) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "info --sfdp FILE takes no --board");
        return 2;
    }
    if (!sfdp_dump_read(&dump, options->sfdp, error) ||
        !sfdp_dump_decode(&sfdp, &dump, options->sfdp, error)) {
        return error_exit_status(error->code);
    }
    bool driven = sfdp_part_make(&part, &sfdp, &refusal);
    sfdp_print(stdout, &sfdp);
    printf("board    `sfdp:` %s%s\n",
           driven ? "can drive it" : "cannot drive it: ", driven ? "" : refusal.why);
    document_set(options->document, "sfdp", describe_sfdp(&sfdp, options->sfdp, refusal.why));
    return 0;
}

int command_info(const struct options *options, struct error *error)
{
    struct rig rig;
    if (options->argument_count != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "info takes no arguments");
        return 2;
    }
    if (options->sfdp != NULL) {
        return print_sfdp(options, error);
    }
    bool good = rig_prepare(&rig, options, error) && rig_open(&rig, options, error);
    if (good) {
        document_set(rig.document, "layout", describe_layout(&rig.session.layout));
        print_file(&rig);
        good = session_begin(&rig.session, OPERATION_READ, error);
        print_record(&rig);
        good = good && rig_boot(&rig, error);
    }
    rig_close(&rig);
    return good ? 0 : error_exit_status(error->code);
}

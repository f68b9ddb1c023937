/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "cli/progress.h"
#include "cli/rig.h"
#include "host/explain.h"

#include <stdio.h>

static void print_file(const struct rig *rig)
{
    const struct storage_info *info = &rig->loader.info;
    printf("loader   %s: DeviceName %s, type %u, 0x%08x+0x%x, PageSize 0x%x\n", rig->loader.path,
           info->device_name, info->device_type, info->device_start_address, info->device_size,
           info->page_size);
    printf("exports ");
    for (int i = 0; i < LOADER_FUNCTION_COUNT; i++) {
        if (rig->loader.entry[i] != 0) {
            printf(" %s 0x%08x", loader_function_name((enum loader_function)i),
                   rig->loader.entry[i]);
        }
    }
    printf("\nlayout   BKPT 0x%08x, image 0x%08x+0x%x, SP 0x%08x, buffer 0x%08x+0x%x\n",
           rig->session.layout.base, rig->session.layout.image, rig->session.layout.size,
           rig->session.layout.stack, rig->session.layout.buffer, rig->session.layout.buffer_size);
}

static void print_record(struct rig *rig)
{
    char found[256];
    if (!session_read_record(&rig->session)) {
        printf("record   none: this loader leaves none, or it never ran\n");
        return;
    }
    const struct record *record = &rig->session.record;
    explain_found(record->found, found, sizeof found);
    printf("flash    ID %02x %02x %02x, SR1 0x%02x, CR1 0x%02x\n", record->jedec_id & 0xFFu,
           record->jedec_id >> 8 & 0xFFu, record->jedec_id >> 16 & 0xFFu, record->status & 0xFFu,
           record->status >> 16 & 0xFFu);
    printf("found    %s\n", found);
    printf("core     %u Hz as calibrated, entered with PRIMASK %u, MSPLIM 0x%08x, VTOR 0x%08x\n",
           record->cpu_hz, record->entry.primask & 1u, record->entry.msplim, record->entry.vtor);
    printf("record   at 0x%08x: %s, %s, reason %s\n", rig->board.record_address,
           explain_function_name(record->function), explain_phase_name(record->phase),
           explain_reason_name(record->reason));
}

int command_info(const struct options *options, struct error *error)
{
    struct rig rig;
    if (options->argument_count != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0, "info takes no arguments");
        return 2;
    }
    bool good = rig_prepare(&rig, options, error) && rig_open(&rig, options, error);
    if (good) {
        print_file(&rig);
        good = session_begin(&rig.session, OPERATION_READ, error);
        print_record(&rig);
        good = good && rig_boot(&rig, error);
    }
    rig_close(&rig);
    return good ? 0 : error_exit_status(error->code);
}

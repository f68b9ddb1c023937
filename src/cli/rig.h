/* SPDX-License-Identifier: MIT */
/*
 * All that a command needs to drive a loader: board, loader, lifecycle, target, session.
 */
#ifndef EXTLOAD_CLI_RIG_H
#define EXTLOAD_CLI_RIG_H

#include "cli/document.h"
#include "cli/options.h"
#include "cli/target_choice.h"
#include "host/instrument.h"
#include "host/session.h"
#include "image/image.h"
#include "sim/link.h"

struct rig {
    struct board board;
    struct loader_file loader;
    struct lifecycle lifecycle; /* the host's, with its options */
    bool own_loader;
    const struct link_model *link;
    struct target_choice choice;
    bool reset, run; /* at the end, of a real board */
    struct target target;
    struct session session;
    bool has_target;
    struct instrument instrument; /* if `watched`: with --loader, --json or `report_to` */
    struct findings findings;
    struct findings *report_to; /* set before rig_open(): the caller's list instead of `findings` */
    bool watched;
    bool unwatched;            /* set before rig_open(): no instruments */
    int boots;                 /* 1 yes, 0 no, -1 not tried */
    struct document *document; /* of --json: gets board, loader, host, findings, run and record */
};

/* Everything that can be refused without touching anything: board, host and its options, link,
 * loader. */
bool rig_prepare(struct rig *rig, const struct options *options, struct error *error);
/* For what looks into the board: USAGE unless it is the simulated one. */
bool rig_wants_simulated(const struct options *options, const char *command, struct error *error);
/* Opens the target (the --nor file is made or locked here, a GDB server is connected) and the session. */
bool rig_open(struct rig *rig, const struct options *options, struct error *error);
/* After an operation: does the simulated board still boot from this flash? A real one is reset, if that
 * was asked for. Prints a line; false if not. */
bool rig_boot(struct rig *rig, struct error *error);
/* Prints the findings, if anybody watched, on stderr; with --json they go into the document. */
void rig_close(struct rig *rig);

/* Adds every argument to the image: FILE, or FILE@ADDRESS for raw binaries. */
bool rig_read_images(struct image *image, const struct options *options, struct error *error);
/* Clips the image to the flash window as --only-window says, listing what is left out. */
bool rig_clip_image(const struct rig *rig, struct image *image, const struct options *options,
                    struct error *error);

/* A range of the flash; `text` is what the user wrote. IMAGE_OUTSIDE. */
bool rig_inside(const struct rig *rig, uint32_t start, uint32_t size, const char *text,
                struct error *error);
/* Grows nothing silently: a range that is not whole sectors is refused, with the range that would be.
 * USAGE. */
bool rig_whole_sectors(const struct rig *rig, uint32_t start, uint32_t size, struct error *error);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What the commands deal with, as JSON objects for the document of --json. Addresses and sizes are
 * numbers, times of the board in nanoseconds. Each returns a new reference, NULL if memory is out.
 */
#ifndef EXTLOAD_CLI_DESCRIBE_H
#define EXTLOAD_CLI_DESCRIBE_H

#include "board/board.h"
#include "host/plan.h"
#include "host/program.h"
#include "host/session.h"
#include "image/image.h"
#include "report/error.h"
#include "report/finding.h"

#include <jansson.h>

/* With the status that it ends the tool with. */
json_t *describe_error(const struct error *error);
json_t *describe_board(const struct board *board);
json_t *describe_loader(const struct loader_file *loader, bool built);
/* `options` as given on the command line, NULL ends them. */
json_t *describe_host(const struct lifecycle *lifecycle, const struct link_model *link,
                      const char *const *options);
json_t *describe_layout(const struct layout *layout);
json_t *describe_range(uint32_t address, uint32_t size);
/* A list of segments with their source. */
json_t *describe_segments(const struct image *image);
json_t *describe_image(const struct image *image);
json_t *describe_plan(const struct plan *plan, bool keep);
json_t *describe_progress(const struct program_report *report);
/* `boots`: 1 yes, 0 no, -1 not tried. */
json_t *describe_run(const struct session *session, int boots);
/* Findings as a list. */
json_t *describe_findings(const struct findings *findings);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the source.
 */
#ifndef EXTLOAD_REPORT_SARIF_H
#define EXTLOAD_REPORT_SARIF_H

#include "report/finding.h"

/* One run with every rule of the table and a result per finding. `version` is the tool's. Paths
 * become URIs. False if memory or the file gave out. */
bool sarif_print(FILE *out, const char *version, const struct finding_report *reports,
                 unsigned count);

#endif

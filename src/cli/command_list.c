/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include "board/board.h"
#include "host/host_option.h"
#include "host/lifecycle.h"
#include "report/finding.h"
#include "sim/link.h"

#include <stdio.h>
#include <string.h>

static void print_row(void *context, const char *name, const char *summary)
{
    (void)context;
    printf("%-28s %s\n", name, summary);
}

static void list_hosts(void)
{
    for (unsigned i = 0; lifecycle_at(i) != NULL; i++) {
        print_row(NULL, lifecycle_at(i)->name, lifecycle_at(i)->summary);
        print_row(NULL, "", lifecycle_at(i)->evidence);
    }
}

/* "native 128K, cubeprogrammer-jlink 64K": the hosts for which it is open. */
static void print_defaults(const struct host_option *option)
{
    printf("    default:  ");
    for (unsigned i = 0, printed = 0; lifecycle_at(i) != NULL; i++) {
        char value[32];
        if (host_option_is_open(option, lifecycle_at(i))) {
            host_option_format(option, host_option_get(option, lifecycle_at(i)), value,
                               sizeof value);
            printf("%s%s %s", printed++ > 0 ? ", " : "", lifecycle_at(i)->name, value);
        }
    }
    printf("\n");
}

static void list_host_options(void)
{
    for (unsigned i = 0; host_option_at(i) != NULL; i++) {
        const struct host_option *option = host_option_at(i);
        char values[160];
        host_option_format_values(option, values, sizeof values);
        printf("%s: %s\n    values:   %s\n", option->name, option->summary, values);
        print_defaults(option);
        printf("    evidence: %s\n", option->evidence);
    }
}

static void list_links(void)
{
    for (unsigned i = 0; link_at(i) != NULL; i++) {
        char summary[400];
        snprintf(summary, sizeof summary, "%u kB/s, %u us a transfer; %s",
                 link_at(i)->bytes_per_second / 1000, link_at(i)->transfer_us,
                 link_at(i)->evidence);
        print_row(NULL, link_at(i)->name, summary);
    }
}

/* Id, severity and why, one line each; those of a check first. */
static void list_rules(void)
{
    for (enum finding_maker maker = MADE_BY_CHECK; maker <= MADE_BY_REHEARSAL; maker++) {
        for (enum finding_id id = 0; id < FINDING_COUNT; id++) {
            if (finding_maker(id) == maker) {
                printf("%-24s %-8s %-9s %s\n", finding_name(id),
                       finding_severity_name(finding_severity(id)),
                       maker == MADE_BY_CHECK ? "check" : "rehearsal", finding_why(id));
            }
        }
    }
}

int command_list(const struct options *options, struct error *error)
{
    const char *kind = options->argument_count == 1 ? options->arguments[0] : "";
    if (strcmp(kind, "hosts") == 0) {
        list_hosts();
        return 0;
    }
    if (strcmp(kind, "host-options") == 0) {
        list_host_options();
        return 0;
    }
    if (strcmp(kind, "links") == 0) {
        list_links();
        return 0;
    }
    if (strcmp(kind, "rules") == 0) {
        list_rules();
        return 0;
    }
    if (strcmp(kind, "boards") != 0 && strcmp(kind, "mcus") != 0 && strcmp(kind, "parts") != 0) {
        error_set(error, ERROR_USAGE, NULL, 0, 0,
                  "list takes one of: boards mcus parts hosts host-options links rules");
        return 2;
    }
    return board_list(kind, print_row, NULL, error) ? 0 : error_exit_status(error->code);
}

/* SPDX-License-Identifier: MIT */
#include "manual/manual.h"

void manual_write_names(FILE *out, const char *function)
{
    fprintf(out,
            "# KIND : the names that `extload list KIND` prints; of host options each NAME=VALUE\n"
            "%s_names() {\n"
            "    local pick='/^[^ ]/ { print $1 }'\n"
            "    case $1 in\n"
            "        mcus) pick='{ for (i = 2; i <= NF; i++) print $i }' ;;\n"
            "        host-options)\n"
            "            pick='/^[^ ]/ { name = $1; sub(/:$/, \"\", name) }\n"
            "                /^ +values:/ {\n"
            "                    sub(/^ +values: */, \"\"); sub(/, or .*/, \"\")\n"
            "                    count = split($0, values, / [|] /)\n"
            "                    for (i = 1; i <= count; i++) print name \"=\" values[i]\n"
            "                }' ;;\n"
            "    esac\n"
            "    \"$tool\" list \"$1\" 2>/dev/null | awk \"$pick\"\n"
            "}\n\n",
            function);
}

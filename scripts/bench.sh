#!/bin/sh
# The figures: virtual time, instruction and access counts, bytes, the cost of a check. Only the wall ratio,
# on stderr, differs from run to run.
set -eu
"$1/bench_program"
scripts/check_cost.sh "$1"

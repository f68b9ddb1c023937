#!/bin/sh
# The figures: virtual time, instruction and access counts, bytes, what the host's own work costs. The same on every
# run; only what is said on stderr while it runs differs. In BUILD/bench: figures.txt, figures.csv, limits.csv, host.csv.
# BENCH=all measures every cell of bench/cells.c, for hours. Exit 1 if a limit is broken.
set -eu

build=$1
mkdir -p "$build/bench"
status=0
all=
[ "${BENCH:-}" != all ] || all=--all
"$build/bench_program" $all --out "$build/bench" "$build/fixtures" >"$build/bench/figures.txt" || status=$?
cat "$build/bench/figures.txt"
echo
scripts/host_cost.sh "$build" "$build/bench/host.csv" || status=1
exit "$status"

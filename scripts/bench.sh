#!/bin/sh
# The figures: virtual time, instruction and access counts, bytes, what the host's own work costs. The same on every
# run; only what is said on stderr while it runs differs. In BUILD/bench: figures.txt, figures.csv, limits.csv, host.csv.
# BENCH=all measures every cell of bench/cells.c, for hours. Exit 3 if a limit or a baseline is broken and all was
# measured; any other status is that of the step that failed, and CSVs may be missing.
set -eu

build=$1
broken=0
all=
[ "${BENCH:-}" != all ] || all=--all
mkdir -p "$build/bench"
for name in figures limits host; do
    rm -f "$build/bench/$name.csv"
done

# ended STATUS : what a step returned; 3 is kept for the end
ended() {
    case $1 in
    0) ;;
    3) broken=3 ;;
    *) exit "$1" ;;
    esac
}

status=0
"$build/bench_program" $all --out "$build/bench" "$build/fixtures" >"$build/bench/figures.txt" || status=$?
cat "$build/bench/figures.txt"
ended "$status"
echo
status=0
scripts/host_cost.sh "$build" "$build/bench/host.csv" || status=$?
ended "$status"
exit "$broken"

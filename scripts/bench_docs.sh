#!/bin/sh
# Measures, then writes figures, plots and tables of docs/performance.md anew. Limits that are broken are written down
# as such; after any other failure the page stays as it is.
# scripts/bench_docs.sh BUILD
set -eu

build=$1
status=0
BENCH='' scripts/bench.sh "$build" || status=$?
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || exit "$status"
for name in figures limits host; do
    cp "$build/bench/$name.csv" docs/performance
done
python3 bench/plot/make.py docs/performance docs/performance.md
echo "wrote docs/performance.md and docs/performance/"

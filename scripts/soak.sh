#!/bin/sh
# Our loader under every host, over all combinations of what is not known of it: several hours. And every
# moment of a loss of power with every record.
# scripts/soak.sh DIRECTORY GENERATOR [PARTS]: with PARTS only one of so many combinations.
set -eu

directory=$1
generator=$2
parts=${3:-1}
jobs=$(nproc)

cmake -S . -B "$directory" -G "$generator" -DCMAKE_BUILD_TYPE=Release -DEXTLOAD_TESTS=ON \
    >"$directory.log" 2>&1 || { cat "$directory.log"; exit 1; }
cmake --build "$directory" --target test_lifecycles test_power_loss test_algorithm_states -- --quiet
"$directory/test_power_loss" all
"$directory/test_algorithm_states" --full
workers=
job=0
while [ "$job" -lt "$jobs" ]; do
    "$directory/test_lifecycles" --full "$job" $((jobs * parts)) >"$directory/soak-$job.log" 2>&1 &
    workers="$workers $!"
    job=$((job + 1))
done
failed=0
for worker in $workers; do
    wait "$worker" || failed=1
done
cat "$directory"/soak-*.log
[ "$failed" = 0 ] || { echo "soak: a combination fails" >&2; exit 1; }
awk '/^[0-9]+ runs$/ { runs += $1 } END { print "soak: " runs " combinations, all good" }' "$directory"/soak-*.log

#!/bin/sh
# Fuzzes what reads files and packets, with libFuzzer under AddressSanitizer and UBSan: FUZZ_RUNS runs of each
# harness (100000 if not set), or FUZZ_SECONDS of each. A case that fails is left in DIRECTORY/found; once its
# cause is gone it belongs into tests/fuzz/seeds/NAME, which `make test` replays.
# scripts/fuzz.sh DIRECTORY GENERATOR [NAME]...
set -eu

directory=$1
generator=$2
shift 2

CC=clang cmake -S . -B "$directory" -G "$generator" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="-O2 -g" -DEXTLOAD_FUZZ=ON \
    -DEXTLOAD_SANITIZE=ON -DEXTLOAD_TESTS=ON >"$directory.log" 2>&1 || { cat "$directory.log"; exit 1; }
cmake --build "$directory" --target fuzz -- --quiet
limit=-runs=${FUZZ_RUNS:-100000}
[ -z "${FUZZ_SECONDS:-}" ] || limit=-max_total_time=$FUZZ_SECONDS
mkdir -p "$directory/found"
# What was freed stays poisoned for longer than a run; more of it only costs page faults. Where memory came from is told
# when the case is run alone.
export ASAN_OPTIONS="quarantine_size_mb=4:malloc_context_size=0:max_malloc_fill_size=64:allocator_may_return_null=1:${ASAN_OPTIONS:-}"
status=0
for program in "$directory"/fuzz_*.arguments; do
    program=${program%.arguments}
    name=${program##*/fuzz_}
    case " $* " in "  " | *" $name "*) ;; *) continue ;; esac
    corpus=$directory/corpus/$name
    mkdir -p "$corpus"
    # shellcheck disable=SC2046
    if "$program" "$limit" -timeout=20 -print_final_stats=1 -artifact_prefix="$directory/found/$name-" \
        "$corpus" $(cat "$program.arguments") >"$program.log" 2>&1; then
        awk -v name="$name" '/stat::number_of_executed_units/ { runs = $2 } /stat::average_exec_per_sec/ { rate = $2 }
            END { printf "%-8s %9d runs, %d a second\n", name, runs, rate }' "$program.log"
    else
        status=1
        tail -n 40 "$program.log"
        echo "fuzz: $name fails; the case is in $directory/found" >&2
    fi
done
exit "$status"

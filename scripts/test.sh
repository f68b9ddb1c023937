#!/bin/sh
# Runs every test: cmocka programs under sanitizers, then the command line as users type it.
set -eu

build=$1
test_build=$2
generator=$3

cmake -S . -B "$test_build" -G "$generator" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DEXTLOAD_SANITIZE=ON -DEXTLOAD_TESTS=ON >"$test_build.log" 2>&1 || { cat "$test_build.log"; exit 1; }
cmake --build "$test_build" -- --quiet
python3 tests/mutants/run.py . --check
# Which instructions of the loader all this executes; see tests/coverage/unreached.
EXTLOAD_LOADER_COVERAGE=$(realpath "$test_build")/loader.map
export EXTLOAD_LOADER_COVERAGE
python3 tests/coverage/loader.py map "$test_build/loader/loader.elf" "$EXTLOAD_LOADER_COVERAGE"
ctest --test-dir "$test_build" --output-on-failure --no-tests=error -j "$(nproc)"
EXTLOAD="$PWD/$build/extload" EXAMPLE="$PWD/$build/example" bats --jobs 1 tests/cli
python3 tests/coverage/loader.py check "$test_build/loader/loader.elf" "$EXTLOAD_LOADER_COVERAGE" "$test_build/loader.txt"

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
# Which instructions of the loader all this executes; a release carries the image ready made.
elf=$test_build/loader/loader.elf
map=$(realpath "$test_build")/loader.map
if [ -e "$elf" ]; then
    python3 tests/coverage/loader.py map "$elf" "$map"
    export EXTLOAD_LOADER_COVERAGE="$map"
fi
ctest --test-dir "$test_build" --output-on-failure --no-tests=error -j "$(nproc)"
EXTLOAD="$PWD/$build/extload" EXAMPLE="$PWD/$build/example" bats --jobs 1 tests/cli
[ ! -e "$elf" ] || python3 tests/coverage/loader.py check "$elf" "$map" "$test_build/loader.txt"

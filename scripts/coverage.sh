#!/bin/sh
# Every test once more, counted: the lines of src/ that they execute, at least 85 %, and the instructions of the
# loader, all but those in tests/coverage/unreached. Tables on stdout; the rest is in DIRECTORY/coverage.
# scripts/coverage.sh DIRECTORY GENERATOR
set -eu

directory=$1
generator=$2
out=$directory/coverage
limit=85 # percent

cmake -S . -B "$directory" -G "$generator" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O1 -DEXTLOAD_COVERAGE=ON \
    -DEXTLOAD_TESTS=ON >"$directory.log" 2>&1 || { cat "$directory.log"; exit 1; }
mkdir -p "$out"
find "$directory" -name '*.gcda' -delete # of other sources, perhaps
cmake --build "$directory" -- --quiet
find "$directory" -name '*.gcda' -delete # of programs that the build runs
python3 tests/coverage/loader.py map "$directory/loader/loader.elf" "$out/loader.map"
EXTLOAD_LOADER_COVERAGE=$(realpath "$out/loader.map")
export EXTLOAD_LOADER_COVERAGE
ctest --test-dir "$directory" --output-on-failure --no-tests=error -j "$(nproc)" >"$out/tests.log" 2>&1 ||
    { cat "$out/tests.log"; exit 1; }
# release.bats builds the program's folder anew, without counters.
EXTLOAD=$(realpath "$directory/extload") EXAMPLE=$(realpath "$directory/example") \
    bats --jobs 1 $(find tests/cli -name '*.bats' ! -name release.bats | sort) >"$out/cli.log" 2>&1 || { cat "$out/cli.log"; exit 1; }

gcovr --root . --object-directory "$directory" --filter src/ --txt "$out/lines.txt" --json-summary "$out/lines.json" \
    --html-details "$out/lines.html" "$directory"
status=0
python3 tests/coverage/lines.py "$out/lines.json" "$limit" || status=1
python3 tests/coverage/loader.py report "$directory/loader/loader.elf" "$out/loader.map" "$out/loader.txt" || status=1
echo "coverage: lines in $out/lines.txt and lines.html, the loader's instructions in $out/loader.txt"
exit "$status"

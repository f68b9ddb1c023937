#!/bin/sh
# Breaks the loader in every way that tests/mutants/list names, one at a time; a test must notice each.
# scripts/mutants.sh [DIRECTORY] [--filter NAME]... [--jobs N]
set -eu

directory=build-mutants
case "${1:-}" in
    '' | -*) ;;
    *) directory=$1; shift ;;
esac
tree=$directory/tree
rm -rf "$tree"
mkdir -p "$tree"
# -p: what is unchanged keeps its time and is not built again.
cp -Rp CMakeLists.txt abi bench cmake data examples loader src tests docs "$tree"
# The last run built its last mutant after these were written.
find "$tree/loader" -type f -exec touch {} +
# A mutant may be over the budget, and leaves things unused.
sed -i -e 's/\(LOADER_IMAGE_SOURCE} \)[0-9][0-9]*$/\116384/' -e 's/-Werror/-w/' "$tree/cmake/loader.cmake"
grep -q 'LOADER_IMAGE_SOURCE} 16384$' "$tree/cmake/loader.cmake" || { echo "no budget in cmake/loader.cmake" >&2; exit 2; }

cmake -S "$tree" -B "$directory/out" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE=-O2 \
    -DEXTLOAD_TESTS=ON -DEXTLOAD_SHARED_IMAGE=ON >"$directory/configure.log" 2>&1 || { cat "$directory/configure.log"; exit 2; }
exec python3 tests/mutants/run.py "$tree" "$directory/out" "$@"

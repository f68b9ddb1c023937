#!/bin/sh
# Instructions of `extload check` per KiB of loader file, counted by callgrind; fails when they are 10 % over the
# baseline. The same on every run of one build; another compiler or C library moves it by a few percent.
set -eu

build=$1
baseline=1750000 # instructions per KiB, GCC 12.2, -O2

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/extload" build --board data/boards/stm32n655-s25fl064l.yaml -o "$folder" >/dev/null
loader=$folder/stm32n655-s25fl064l.stldr
valgrind --tool=callgrind --toggle-collect=check_loader --callgrind-out-file=/dev/null \
    "$build/extload" check "$loader" >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
count=$(sed -n 's/^==[0-9]*== Collected : \([0-9]*\)$/\1/p' "$folder/log")
size=$(wc -c <"$loader")
cost=$((count * 1024 / size))
echo "check: $cost instructions per KiB of loader, baseline $baseline"
if [ "$cost" -eq 0 ] || [ $((cost * 10)) -gt $((baseline * 11)) ]; then
    echo "check: that is over the baseline by more than a tenth" >&2
    exit 1
fi

#!/bin/sh
# Instructions of this PC that a command spends on its own work, counted by callgrind: to read an image of 1 MiB, to
# build a loader file, to check one; by the KiB of that file. Written as CSV to FILE. Exit 3 when one is over its baseline
# by more than a tenth: one build gives the same figure on every run, another compiler or C library moves it by a few
# percent.
# scripts/host_cost.sh BUILD FILE
set -eu

build=$1
csv=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
board=data/boards/stm32n655-s25fl064l.yaml
address=0x70000000
over=0

# count NAME FILE BASELINE FUNCTION COMMAND... : instructions below FUNCTION for each KiB of FILE
count() {
    name=$1 size=$(wc -c <"$2") baseline=$3 function=$4
    shift 4
    valgrind --tool=callgrind --toggle-collect="$function" --callgrind-out-file=/dev/null "$@" >"$folder/log" 2>&1 ||
        { cat "$folder/log" >&2; exit 1; }
    found=$(sed -n 's/^==[0-9]*== Collected : \([0-9]*\)$/\1/p' "$folder/log")
    cost=$((${found:-0} * 1024 / size))
    [ "$cost" -ne 0 ] || { echo "$name: no instructions counted" >&2; exit 1; }
    echo "$name,$cost,$baseline" >>"$csv"
    printf '%-10s %8s instructions per KiB, baseline %s\n' "$name" "$cost" "$baseline"
    if [ $((cost * 10)) -gt $((baseline * 11)) ]; then
        echo "$name: over the baseline by more than a tenth" >&2
        over=3
    fi
}

"$build/bench_parse" make "$folder/image.bin"
arm-none-eabi-objcopy -I binary -O ihex --change-addresses $address "$folder/image.bin" "$folder/image.hex"
arm-none-eabi-objcopy -I binary -O srec --change-addresses $address "$folder/image.bin" "$folder/image.srec"
(cd "$folder" && arm-none-eabi-ld -b binary image.bin -o image.elf -Tdata=$address -e 0 --no-warn-rwx-segments)
"$build/extload" build --board $board -o "$folder" >/dev/null

echo "what,instructions per KiB,baseline" >"$csv"
loader=$folder/stm32n655-s25fl064l.stldr
parse=$build/bench_parse
# GCC 12.2, -O3.
count "read bin" "$folder/image.bin" 1110 image_add_file "$parse" "$folder/image.bin" $address
count "read elf" "$folder/image.bin" 1110 image_add_file "$parse" "$folder/image.elf"
count "read hex" "$folder/image.bin" 110400 image_add_file "$parse" "$folder/image.hex"
count "read srec" "$folder/image.bin" 122500 image_add_file "$parse" "$folder/image.srec"
count "build" "$loader" 466000 command_build "$build/extload" build --board $board -o "$folder"
count "check" "$loader" 2033000 check_loader "$build/extload" check "$loader"
exit $over

#!/bin/sh
# The main job as a newcomer sees it: a board file becomes a loader file, and that very file programs a
# firmware into the flash of a simulated board, the way STM32CubeProgrammer would over a J-Link.
set -eu

build=$1
board=data/boards/stm32n655-s25fl064l.yaml
out=$build/demo
loader=$out/stm32n655-s25fl064l.stldr
rm -rf "$out"
mkdir -p "$out"

step() {
    printf '\n\033[1m$ extload %s\033[0m\n' "$*"
    "$build/extload" "$@"
}

echo "1. A board file becomes a loader file for STM32CubeProgrammer."
step build --board "$board" --output "$out"

printf '\n2. That file programs an ELF into the simulated board, driven as STM32CubeProgrammer over J-Link.\n'
step program --board "$board" --loader "$loader" --host cubeprogrammer --nor "$out/flash.bin" \
    "$build/example/xip-blink.elf"

printf '\n3. The same firmware as Intel HEX, driven by our own host, into a second chip.\n'
step program --board "$board" --host native --nor "$out/flash2.bin" "$build/example/xip-blink.hex"

cmp "$out/flash.bin" "$out/flash2.bin"
printf '\nBoth chips hold the same bytes. The loader to hand to STM32CubeProgrammer: %s\n' "$loader"

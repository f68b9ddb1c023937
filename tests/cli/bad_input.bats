# Bad input gets one clear message with its exact place, exit status 2, and changes nothing.
load common

# build_refused LINE:COLUMN TEXT... for $T/board.yaml
build_refused() {
    local place=$1
    shift
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "board.yaml:$place: " "$@"
    [ -z "$(find "$T" -name '*.stldr*')" ]
}

@test "board: unknown key names the nearest" {
    board 's/^  lanes: 4/  lane: 4/'
    build_refused 13:3 "lane" "lanes"
}

@test "board: mistyped key at the top" {
    board 's/^mcu:/mcuu:/'
    build_refused 7:1 "mcuu" "mcu"
}

@test "board: duplicate key" {
    board 's/^mcu: \(.*\)/mcu: \1\nmcu: \1/'
    build_refused 8:1 "twice" "mcu"
}

@test "board: wrong type" {
    board 's/^  lanes: 4/  lanes: four/'
    build_refused 13:10 "four"
}

@test "board: missing key" {
    board '/^  part:/d'
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "board.yaml:" "part"
}

@test "board: pin that cannot carry the signal" {
    board 's/^  port: P2.*/  pins: {CLK: PN7, NCS: PN1, IO0: PN2, IO1: PN3, IO2: PN4, IO3: PN5}/'
    build_refused 12:15 "PN7" "CLK" "PN6"
}

@test "board: pin that is not on the package" {
    sed -e 's/^mcu: .*/mcu: STM32N657Z0/' data/boards/stm32n657-xspi1-power-switch.yaml >"$T/board.yaml"
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "board.yaml:" "package"
}

@test "board: pin used twice" {
    board 's/^  port: P2.*/  pins: {CLK: PN6, NCS: PN1, IO0: PN2, IO1: PN2, IO2: PN4, IO3: PN5}/'
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "board.yaml:12:45" "PN2"
}

@test "board: unknown MCU names the nearest" {
    board 's/^mcu: .*/mcu: STM32N655XO/'
    build_refused 7:6 "STM32N655XO" "STM32N655X0"
}

@test "board: unknown part names the nearest" {
    board 's/^  part: .*/  part: S25FL046L/'
    build_refused 10:9 "S25FL046L" "S25FL064L"
}

@test "board: clock above what the part allows" {
    board 's/^  clock: .*/  clock: 200MHz/'
    build_refused 14:10 "200"
}

@test "part: an erase unit that is smaller than a program page" {
    cp -r data "$T/data"
    sed -i -e 's/^page_size: .*/page_size: 4K/' -e 's/size: 4K, /size: 2K, /' "$T/data/parts/s25fl064l.yaml"
    run "$EXTLOAD" info --data "$T/data" --board "$BOARD"
    refused 2 "s25fl064l.yaml:43:46: " "less than \`page_size\`, which is 4096 bytes"
    sed -i -e 's/^page_size: .*/page_size: 2K/' "$T/data/parts/s25fl064l.yaml"
    run "$EXTLOAD" info --data "$T/data" --board "$BOARD"
    [ "$status" -eq 0 ]
}

@test "board: empty, binary, folder, missing" {
    : >"$T/empty.yaml"
    head -c 4096 /dev/urandom >"$T/noise.yaml"
    mkdir "$T/folder.yaml"
    for file in empty noise folder missing; do
        run "$EXTLOAD" build --board "$T/$file.yaml" -o "$T"
        refused 2 "$file.yaml"
    done
}

# program_refused TEXT... for the images in "${images[@]}"; the flash file must not appear
program_refused() {
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" "${images[@]}"
    refused 2 "$@"
    [ ! -e "$T/flash.bin" ]
}

@test "hex: truncated" {
    head -n 20 "$EXAMPLE/xip-blink.hex" >"$T/cut.hex"
    images=("$T/cut.hex")
    program_refused "cut.hex"
}

@test "hex: cut inside a record, with its line" {
    head -n 20 "$EXAMPLE/xip-blink.hex" | head -c -9 >"$T/cut.hex"
    images=("$T/cut.hex")
    program_refused "cut.hex:20:"
}

@test "hex: bad checksum, with its line" {
    sed '5s/..\r\{0,1\}$/00\r/' "$EXAMPLE/xip-blink.hex" >"$T/sum.hex"
    images=("$T/sum.hex")
    program_refused "sum.hex:5" "checksum"
}

@test "images: overlap names both files and the range" {
    head -c 64 /dev/zero >"$T/a.bin"
    cp "$T/a.bin" "$T/b.bin"
    images=("$T/a.bin@0x70000000" "$T/b.bin@0x70000020")
    program_refused "a.bin" "b.bin" "0x70000020"
}

@test "elf: wrong machine, wrong class, broken headers" {
    cp /bin/true "$T/host.elf"
    cp "$EXAMPLE/xip-blink.elf" "$T/machine.elf"
    printf '\x03' | dd of="$T/machine.elf" bs=1 seek=18 conv=notrunc 2>/dev/null
    head -c 60 "$EXAMPLE/xip-blink.elf" >"$T/cut.elf"
    for name in host machine cut; do
        images=("$T/$name.elf")
        program_refused "$name.elf"
    done
}

@test "images: empty" {
    : >"$T/empty.bin"
    images=("$T/empty.bin@0x70000000")
    program_refused "empty.bin"
}

@test "images: beyond the flash" {
    head -c 64 /dev/zero >"$T/a.bin"
    images=("$T/a.bin@0x707FFFE0")
    program_refused "a.bin" "0x707FFFE0"
}

@test "images: 0x07000000 is named as the likely slip for 0x70000000" {
    head -c 64 /dev/zero >"$T/a.bin"
    images=("$T/a.bin@0x07000000")
    program_refused "0x07000000" "0x70000000"
}

@test "images: 0x09000000 is named as the likely slip for 0x90000000" {
    BOARD=data/boards/stm32n657-xspi1-power-switch.yaml
    head -c 64 /dev/zero >"$T/a.bin"
    images=("$T/a.bin@0x09000000")
    program_refused "0x09000000" "0x90000000"
}

@test "images: --only-window programs the rest and lists what was left" {
    head -c 64 /dev/urandom >"$T/a.bin"
    head -c 64 /dev/urandom >"$T/b.bin"
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --only-window \
        "$T/a.bin@0x70000000" "$T/b.bin@0x08000000"
    [ "$status" -eq 0 ]
    grep -q "left out: .*b.bin: 0x08000000..0x0800003f, 64 bytes" <<<"$output"
    cmp -n 64 "$T/a.bin" "$T/flash.bin"
}

@test "loader: no ELF" {
    head -c 4096 /dev/zero >"$T/x.stldr"
    images=(--loader "$T/x.stldr" "$EXAMPLE/xip-blink.elf")
    program_refused "x.stldr" "no ELF"
}

@test "loader: an ELF without StorageInfo" {
    images=(--loader "$EXAMPLE/xip-blink.elf" "$EXAMPLE/xip-blink.elf")
    program_refused "xip-blink.elf"
}

@test "build: a folder that cannot be written" {
    run "$EXTLOAD" build --board "$BOARD" -o "$T/nowhere"
    refused 2 "nowhere"
    : >"$T/file"
    run "$EXTLOAD" build --board "$BOARD" -o "$T/file"
    refused 2 "file"
}

@test "flash file: held by a second process" {
    head -c 8388608 /dev/zero >"$T/flash.bin"
    sum=$(sha256sum <"$T/flash.bin")
    exec 9<>"$T/flash.bin"
    flock -x 9
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" "$EXAMPLE/xip-blink.elf"
    exec 9>&-
    refused 2 "flash.bin" "in use"
    [ "$sum" = "$(sha256sum <"$T/flash.bin")" ]
}

@test "flash file: wrong size stays as it is" {
    head -c 1000 /dev/zero >"$T/flash.bin"
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" "$EXAMPLE/xip-blink.elf"
    refused 2 "flash.bin" "1000 bytes"
    [ "$(stat -c %s "$T/flash.bin")" -eq 1000 ]
}

@test "command line: unknown command, option, host, range" {
    run "$EXTLOAD" burn
    refused 2 "burn"
    run "$EXTLOAD" program --bord x
    refused 2 "--bord"
    run "$EXTLOAD" build --board "$BOARD" --host native
    refused 2 "build" "--host"
    run "$EXTLOAD" info --board "$BOARD" --host cubeprog
    refused 2 "cubeprog" "list hosts"
    run "$EXTLOAD" erase --board "$BOARD" 0x70000000
    refused 2 "0x70000000" "range"
    run "$EXTLOAD" erase --board "$BOARD" 0x70000100+64K
    refused 2 "whole sectors" "0x70000000+0x20000"
}

@test "board: by name from any folder; a name that no board has names the nearest" {
    cd "$T"
    "$EXTLOAD" build --board stm32n655-s25fl064l
    "$EXTLOAD" build --board "$OLDPWD/$BOARD" -o "$BATS_FILE_TMPDIR"
    cmp stm32n655-s25fl064l.stldr "$BATS_FILE_TMPDIR/stm32n655-s25fl064l.stldr"
    rm stm32n655-s25fl064l.stldr
    run "$EXTLOAD" build --board stm32n655-s25fl06l
    refused 2 "stm32n655-s25fl06l: error" "stm32n655-s25fl064l; extload list boards"
    echo "no board" >stm32n655-s25fl064l # a file of that name comes first
    run "$EXTLOAD" build --board stm32n655-s25fl064l
    refused 2 "stm32n655-s25fl064l:1:"
    [ -z "$(find . -name '*.stldr*')" ]
}

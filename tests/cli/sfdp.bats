# SFDP dumps: printed, refused with their place, and instead of a part in a board file.
load common

DUMP=tests/fixtures/sfdp/s25fl064l.hex

# sfdp_board SED-SCRIPT : the first board with the dump as $T/dump.hex instead of its part
sfdp_board() {
    cp "$DUMP" "$T/dump.hex"
    board 's/^  part: .*/  sfdp: dump.hex\n  id: "01 60 17"/'
    sed -i -e "${1:-}" "$T/board.yaml"
}

# says TEXT... : the last output has each of them
says() {
    local text
    for text in "$@"; do
        grep -qF -- "$text" <<<"$output" || {
            echo "'$text' is not in: $output"
            return 1
        }
    done
}

@test "info --sfdp: what the chip says, in words" {
    run "$EXTLOAD" info --sfdp "$DUMP"
    [ "$status" -eq 0 ]
    says "JESD216B" "8 MiB, 3 or 4 address bytes, page 256 bytes" "1-1-4 6Bh, 0 mode and 8 dummy clocks" \
        "type 1: 4 KiB 20h, 21h with 4-byte addresses; 64 ms typical, 256 ms maximum" \
        "page 448 us typical, 1792 us maximum" "chip: 56 s typical, 224 s maximum" \
        "enable 101: SR2 bit 1" "entered by 38h" "entered by B7h" "reset    66h 99h" \
        "75h, resume 7Ah; within 40 us of a program" "left by ABh within 3 us" \
        "rule     erase4-52: 4-byte table lists 52h: 53h is meant" "board    \`sfdp:\` can drive it"
}

@test "info --sfdp: bytes and hex text say the same" {
    run "$EXTLOAD" info --sfdp "$DUMP"
    text=$output
    python3 - "$DUMP" "$T/dump.bin" <<'PYTHON'
import sys
space = bytearray(b"\xff" * 0x600)
for line in open(sys.argv[1]):
    if not line.startswith("#"):
        at, data = line.split(":")
        data = bytes.fromhex(data)
        space[int(at, 16):int(at, 16) + len(data)] = data
open(sys.argv[2], "wb").write(space)
PYTHON
    run "$EXTLOAD" info --sfdp "$T/dump.bin"
    [ "$status" -eq 0 ]
    [ "$output" = "$text" ]
}

@test "info --sfdp: bad text is refused with its place" {
    printf '53 46 44 50\n06 01 xx\n' >"$T/bad.hex"
    run "$EXTLOAD" info --sfdp "$T/bad.hex"
    refused 2 "bad.hex:2:7: " '`x` is no hex digit'
    printf '53 46 44 50 0' >"$T/bad.hex"
    run "$EXTLOAD" info --sfdp "$T/bad.hex"
    refused 2 "bad.hex:1:13: " "odd number"
}

@test "info --sfdp: what is no SFDP is refused with the reason" {
    printf '00 11 22 33 44 55 66 77 00 11 22 33 44 55 66 77\n' >"$T/bad.hex"
    run "$EXTLOAD" info --sfdp "$T/bad.hex"
    refused 2 "bad.hex: error: " "not \"SFDP\""
    grep '^00' "$DUMP" >"$T/bad.hex"
    run "$EXTLOAD" info --sfdp "$T/bad.hex"
    refused 2 "no basic flash parameter table"
    printf '50444653 ff010106 10010600 ff000300\n' >"$T/bad.hex"
    run "$EXTLOAD" info --sfdp "$T/bad.hex"
    refused 2 "words of 32"
    : >"$T/bad.hex"
    run "$EXTLOAD" info --sfdp "$T/bad.hex"
    refused 2 "16 bytes are the least"
    run "$EXTLOAD" info --sfdp "$T/none.hex"
    refused 2 "none.hex" "cannot read file"
}

@test "info --sfdp: a dump that is cut off is shown as far as it goes" {
    sed '/^0330/,$d' "$DUMP" >"$T/cut.hex"
    run "$EXTLOAD" info --sfdp "$T/cut.hex"
    [ "$status" -eq 0 ]
    says "16 words at 0x300, of which the dump has 12" "how it is enabled is not told" "rule     cut-off"
    sed 's/^0300: e5 20 fb ff ff ff ff 03/0300: e5 20 fb ff ff ff ff 1f/; /^0340/d' "$DUMP" >"$T/cut.hex"
    run "$EXTLOAD" info --sfdp "$T/cut.hex"
    [ "$status" -eq 0 ]
    says "board    \`sfdp:\` cannot drive it: it needs 4-byte addresses"
}

@test "board with sfdp: built and told what is assumed" {
    sfdp_board
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    [ "$status" -eq 0 ]
    says "$T/dump.hex: reads 6Bh, programs 32h, erases 20h (4 KiB) 52h (32 KiB) D8h (64 KiB)" \
        "rule     erase4-52" "assumed  protection" "assumed  supply"
}

@test "board with sfdp: programmed and verified" {
    sfdp_board '/^  id:/d'
    head -c 5001 /dev/urandom >"$T/image.bin"
    run "$EXTLOAD" program --board "$T/board.yaml" --nor "$T/nor.bin" "$T/image.bin@0x70012345"
    [ "$status" -eq 0 ]
    says "verify   8 KiB" "the ROM reads the flash"
    cmp -n 5001 -i 0:74565 "$T/image.bin" "$T/nor.bin"
}

@test "board with sfdp: part and sfdp, id alone, neither" {
    sfdp_board 's/^  sfdp: .*/&\n  part: S25FL064L/'
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "board.yaml:10:9: " "beside"
    sfdp_board 's/^  sfdp: .*/  part: S25FL064L/'
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "board.yaml:11:7: " "without"
    sfdp_board '/^  sfdp:/d; /^  id:/d'
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "board.yaml:10:3: " "part" "sfdp"
    sfdp_board 's/^  id: .*/  id: "01 60"/'
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "board.yaml:11:7: " "id"
    [ -z "$(find "$T" -name '*.stldr*')" ]
}

@test "board with sfdp: a dump that is missing, broken, or of a chip that cannot be driven" {
    sfdp_board
    rm "$T/dump.hex"
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "$T/dump.hex" "cannot read file"
    mkfifo "$T/dump.hex"
    run timeout 10 "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "$T/dump.hex" "no regular file"
    rm "$T/dump.hex"
    printf '53 46 44 5' >"$T/dump.hex"
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "dump.hex:1:10: "
    sfdp_board
    sed -i 's/^0300: e5 20 fb ff ff ff ff 03/0300: e5 20 fb ff ff ff ff 1f/; s/^0010: 84/0010: 85/' "$T/dump.hex"
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "board.yaml:10:9: " "4-byte addresses" "FF84h"
    sfdp_board 's/^  lanes: 4/  lanes: 8/'
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "board.yaml:" "eight lines"
    sfdp_board 's/^  clock: 50MHz/  clock: 80MHz/'
    run "$EXTLOAD" build --board "$T/board.yaml" -o "$T"
    refused 2 "board.yaml:" "50 MHz"
    [ -z "$(find "$T" -name '*.stldr*')" ]
}

@test "info --sfdp takes nothing else" {
    run "$EXTLOAD" info --sfdp "$DUMP" --board "$BOARD"
    refused 2 "--board"
    run "$EXTLOAD" info --sfdp "$DUMP" "$DUMP"
    refused 2 "no arguments"
    run "$EXTLOAD" build --sfdp "$DUMP" --board "$BOARD"
    refused 2 "--sfdp"
}

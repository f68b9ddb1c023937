# The flight record in words, from a dump and from the simulator.
load common

@test "trace: a fault, its registers and bits by name" {
    # Write, returned 0, reason FAULT: HardFault escalated from a precise BusFault
    record "$T/dump.bin" 3=7 4=2 5=0x70001000 6=0x100 7=0x34190000 9=13 10=0 11=24 12=3 13=0x8200 \
        14=0x34180abc 15=0x00176001 16=0x4002 18=64000000 19=1234 20=0x34180404 \
        21=0x341828e0 22=0x34180401 23=0x0100000f 28=0x341828e0 30=0x34180800 \
        37=0xfffffff9 38=3 39=0x8200 40=0x40000000 42=0x12345678 43=1 \
        44=1 45=2 46=3 47=4 48=5 49=0x341807f1 50=0x34180abc 51=0x01000000 \
        52=2 53=99 54=0x01000000 55=500 56=0x09000042
    run "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin"
    echo "$output"
    [ "$status" -eq 0 ]
    grep -q "^flash    ID 01 60 17, SR1 0x02, SR2 0x40$" <<<"$output"
    grep -q "^call     number 7: Write(0x70001000, 0x00000100, 0x34190000, 0x00000000), image at 0x34180404" <<<"$output"
    grep -q "^result   R0 = 0x00000000 after 1234 cycles" <<<"$output"
    grep -q "^reason   exception 3 inside the loader (CFSR 0x00008200, PC 0x34180abc)" <<<"$output"
    grep -q "^entry    SP 0x341828e0 LR 0x34180401 xPSR 0x0100000f (SysTick)" <<<"$output"
    grep -q "^fault    HardFault, EXC_RETURN 0xfffffff9" <<<"$output"
    grep -q "CFSR 0x00008200 PRECISERR BFARVALID" <<<"$output"
    grep -q "HFSR 0x40000000 FORCED" <<<"$output"
    grep -q "BFAR 0x12345678" <<<"$output"
    grep -q "R12 0x00000005 LR 0x341807f1 PC 0x34180abc" <<<"$output"
    grep -qE "^ +- +entered " <<<"$output"
    grep -qE "^ +500 +program +0x000042" <<<"$output"
}

@test "trace: a call that never returned; a reason with the board's own names" {
    record "$T/dump.bin" 3=1 4=1 9=5 11=12 12=0x102 13=0xffffff 14=0xaabbcc 20=0x34180404
    run "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin"
    [ "$status" -eq 0 ]
    grep -q "the call has not returned; it was at: identify" <<<"$output"
    grep -q "reason LINE_STUCK" <<<"$output"
    grep -q "data line IO2 (pin PN4)" <<<"$output"
    grep -q "^fault    none" <<<"$output"
}

@test "trace: a range that is not to be digested; an address behind what was programmed" {
    record "$T/dump.bin" 3=1 4=30 9=13 11=22 12=0x70000008 13=24 14=16
    run "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin"
    [ "$status" -eq 0 ]
    grep -q "^reason   address 0x70000008, 24 bytes to be digested: empty, or not a multiple of 16" <<<"$output"
    record "$T/dump.bin" 3=1 4=2 9=13 11=22 12=0x70000008 13=24 14=0x800000
    run "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin"
    grep -q "^reason   address 0x70000008, 24 bytes: outside the flash of 8388608 bytes" <<<"$output"
    record "$T/dump.bin" 3=1 4=2 9=13 11=16 12=0x200 13=0 14=0x40
    run "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin"
    grep -q "^reason   the flash reports a program error at or before 0x00000200 (SR1 0x00, SR2 0x40)" <<<"$output"
}

@test "trace: what to try after a packed buffer that does not unpack is something that helps" {
    record "$T/dump.bin" 3=1 4=26 9=13 11=35 12=3 13=0x8000
    run "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin"
    [ "$status" -eq 0 ]
    grep -q "reason PACKED" <<<"$output"
    grep -q "3 buffers before it; it should give 32768 bytes" <<<"$output"
    grep -q "try again: the link to the probe" <<<"$output"
    ! grep -qe "--verify" <<<"$output" # is about the proof, and packs as before
}

@test "trace: a larger dump, by --address and from the record on" {
    record "$T/record.bin" 3=1 4=1 9=13 10=1
    head -c 8192 /dev/urandom >"$T/dump.bin"
    dd if="$T/record.bin" of="$T/dump.bin" bs=1 seek=4096 conv=notrunc 2>/dev/null
    run "$EXTLOAD" trace --board "$BOARD" --address 0x341FD000 "$T/dump.bin"
    [ "$status" -eq 0 ]
    grep -q "^record   at 0x341fe000: Init, returned, reason NONE" <<<"$output"
    tail -c +4097 "$T/dump.bin" >"$T/tail.bin"
    run "$EXTLOAD" trace --board "$BOARD" "$T/tail.bin"
    [ "$status" -eq 0 ]
    run "$EXTLOAD" trace --board "$BOARD" --address 0x341FF000 "$T/dump.bin"
    refused 2 "does not hold the record at 0x341fe000"
    run "$EXTLOAD" trace --board "$BOARD" --address 0x341FC104 "$T/dump.bin"
    refused 2 "260 bytes from the record on, it has 340"
}

@test "trace: a record inside the image is searched for" {
    sed -e 's/^name: .*/name: board/' "$BOARD" >"$T/board.yaml"
    echo "record: image" >>"$T/board.yaml"
    record "$T/record.bin" 3=1 4=1 9=13 10=1
    head -c 8192 /dev/zero >"$T/dump.bin"
    dd if="$T/record.bin" of="$T/dump.bin" bs=1 seek=6148 conv=notrunc 2>/dev/null
    run "$EXTLOAD" trace --board "$T/board.yaml" --address 0x34180400 "$T/dump.bin"
    echo "$output"
    [ "$status" -eq 0 ]
    grep -q "^record   at 0x34181c04: Init" <<<"$output"
    head -c 8192 /dev/zero >"$T/dump.bin"
    run "$EXTLOAD" trace --board "$T/board.yaml" --address 0x34180400 "$T/dump.bin"
    refused 2 "no record in 8192 bytes"
}

@test "trace: what is no record is refused with the reason" {
    record "$T/good.bin" 3=1 4=1
    cp "$T/good.bin" "$T/bad.bin"
    printf '\x55' | dd of="$T/bad.bin" bs=1 seek=100 conv=notrunc 2>/dev/null
    run "$EXTLOAD" trace --board "$BOARD" "$T/bad.bin"
    refused 2 "bad.bin" "checksum" "while the core is halted"
    head -c 339 "$T/good.bin" >"$T/bad.bin"
    run "$EXTLOAD" trace --board "$BOARD" "$T/bad.bin"
    refused 2 "339 bytes from the record on, it has 340"
    head -c 340 /dev/zero >"$T/bad.bin"
    run "$EXTLOAD" trace --board "$BOARD" "$T/bad.bin"
    refused 2 "is not the record's first word" "has the loader run?"
    record "$T/bad.bin" 1=2
    run "$EXTLOAD" trace --board "$BOARD" "$T/bad.bin"
    refused 2 "version word 0x00000002, this tool reads 0x01540001"
    : >"$T/bad.bin"
    run "$EXTLOAD" trace --board "$BOARD" "$T/bad.bin"
    refused 2 "it is empty"
    run "$EXTLOAD" trace --board "$BOARD" "$T/none.bin"
    refused 2 "none.bin"
    run "$EXTLOAD" trace --board "$BOARD" a b
    refused 2 "at most one dump"
    run "$EXTLOAD" trace "$T/good.bin"
    refused 2 "--board BOARD"
    run "$EXTLOAD" trace --board "$BOARD" --address 0x1341FE000 "$T/good.bin"
    refused 2 "more than 32 bits"
}

# likely COUNT TEXT... : so many causes were told, beginning with these
likely() {
    local want=$1 text
    shift
    if [ "$(grep -c '^  likely: ' <<<"$output")" -ne "$want" ]; then
        echo "not $want causes: $output"
        return 1
    fi
    for text in "$@"; do
        grep -qF -- "  likely: $text" <<<"$output" || { echo "'$text' is not in: $output"; return 1; }
    done
}

@test "trace: a flash that did not answer: the likely causes, with the names of the lines" {
    record "$T/dump.bin" 3=1 4=1 9=13 11=8 12=0xFFFFFF 13=0x176001 14=0xFFFFFF
    run "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin"
    [ "$status" -eq 0 ]
    likely 5 "other pins or another port: the file has XSPI2 on port P2" "the flash has no supply" "IO1 (PN3) is open"
    "$EXTLOAD" trace --json --board "$BOARD" "$T/dump.bin" 2>/dev/null |
        python3 -c 'import json,sys; assert len(json.load(sys.stdin)["result"]["record"]["reason"]["causes"]) == 5'
    record "$T/dump.bin" 3=1 4=1 9=13 11=10 12=0x1840EF 13=0x176001 14=0x1840EF
    run "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin"
    likely 0
}

@test "trace: no record: the likely causes, by what the dump shows" {
    head -c 340 /dev/zero >"$T/dump.bin"
    run "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin"
    [ "$status" -eq 2 ]
    likely 5 "no development boot: BOOT1" "the wrong access port" "the wiring to the probe"
    head -c 340 /dev/urandom >"$T/dump.bin"
    run "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin"
    likely 3 "no development boot: BOOT1" "a reset since the loader ran: NRST"
    record "$T/dump.bin" 2=1
    run "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin"
    likely 0
}

@test "info: a supply that is not switched on is the likely cause on the simulated board, and no other" {
    sed 's/gpio PB3 high/gpio PB3 low/' data/boards/stm32n657-xspi1-power-switch.yaml >"$T/board.yaml"
    run "$EXTLOAD" info --board "$T/board.yaml"
    [ "$status" -eq 1 ]
    likely 2 "the flash has no supply: PB3 switches it"
    "$EXTLOAD" info --json --board "$T/board.yaml" 2>/dev/null >"$T/out.json" || true
    python3 - "$T/out.json" <<'END'
import json, sys
document = json.load(open(sys.argv[1]))
assert len(document["error"]["causes"]) == 1 and document["error"]["id"] == "INIT_FAILED"
assert document["result"]["record"]["reason"]["name"].startswith("FLASH_SILENT")
END
}

@test "trace: without a dump, Init runs on the simulator" {
    run "$EXTLOAD" trace --board "$BOARD"
    echo "$output"
    [ "$status" -eq 0 ]
    grep -q "^flash    ID 01 60 17" <<<"$output"
    grep -q "^call     number 1: Init(0x00000000" <<<"$output"
    grep -qE "identify +0x" <<<"$output"
    grep -q "^fault    none" <<<"$output"
}

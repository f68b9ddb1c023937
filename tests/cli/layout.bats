# The layout of a .stldr, rule by rule, by readelf: an oracle that shares no code with the tool.
load common

RECORD=340 # the record's own copy counts apart from the budget of 12 KiB

built() {
    "$EXTLOAD" build --board "$1" -o "$T" >/dev/null
    FILE=$T/$(basename "$1" .yaml).stldr
    readelf -lSsW "$FILE" >"$T/readelf"
}

field() { # field NAME : the value of a header line of readelf -h
    readelf -hW "$FILE" | sed -n "s/^ *$1: *//p"
}

check_layout() {
    built "$1"
    [ "$(field Class)" = ELF32 ]
    grep -q "little endian" <<<"$(field Data)"
    grep -q EXEC <<<"$(field Type)"
    [ "$(field Machine)" = ARM ]
    grep -q 0x5000000 <<<"$(field Flags)"

    # exactly two PT_LOADs: StorageInfo first, 200 bytes at 0; then the image at base + 4
    mapfile -t loads < <(grep -E '^ +LOAD ' "$T/readelf")
    [ "${#loads[@]}" -eq 2 ]
    read -r _ _ info_vaddr _ info_filesz info_memsz _ <<<"${loads[0]}"
    read -r _ _ vaddr _ filesz memsz flags <<<"${loads[1]}"
    [ $((info_vaddr)) -eq 0 ]
    [ $((info_filesz)) -eq 200 ]
    [ $((info_memsz)) -eq 200 ]
    [ $((vaddr)) -eq $((0x34180404)) ]
    [ $((filesz)) -eq $((memsz)) ]
    [ $((filesz % 8)) -eq 0 ]
    [ $((filesz)) -le $((12288 + RECORD)) ]

    # one section of code: alloc, write, exec, PROGBITS; no NOBITS, no relocation
    [ "$(grep -cE ' PROGBITS .* WAX ' "$T/readelf")" -eq 1 ]
    ! grep -q NOBITS "$T/readelf"
    ! grep -qE ' RELA? ' "$T/readelf"
    grep -qE ' SYMTAB ' "$T/readelf"

    # each export once, GLOBAL, FUNC, Thumb bit, inside the image; StorageInfo an OBJECT of 200 bytes at 0
    for name in Init Write SectorErase MassErase Read Verify CheckSum; do
        [ "$(grep -cE " $name\$" "$T/readelf")" -eq 1 ]
        read -r _ value _ type bind _ <<<"$(grep -E " $name\$" "$T/readelf")"
        [ "$type" = FUNC ] && [ "$bind" = GLOBAL ]
        [ $((16#$value & 1)) -eq 1 ]
        [ $((16#$value)) -gt $((vaddr)) ] && [ $((16#$value)) -lt $((vaddr + filesz)) ]
    done
    read -r _ value size type bind _ <<<"$(grep -E ' StorageInfo$' "$T/readelf" | grep OBJECT)"
    [ $((16#$value)) -eq 0 ] && [ "$size" -eq 200 ] && [ "$bind" = GLOBAL ]
}

# u32 OFFSET : a word of the StorageInfo bytes
u32() {
    od -An -tu4 -j"$(($1))" -N4 "$T/info.bin" | tr -d ' '
}

check_storage_info() {
    offset=$(grep -E '^ +LOAD ' "$T/readelf" | head -n 1 | awk '{print $2}')
    dd if="$FILE" of="$T/info.bin" bs=1 skip=$((offset)) count=200 2>/dev/null
    [ "$(tr -d '\0' <"$T/info.bin" | head -c "${#2}")" = "$2" ]
    [ "$(od -An -tu1 -j"${#2}" -N1 "$T/info.bin" | tr -d ' ')" -eq 0 ]
    [ "$(u32 100)" -eq 3 ]
    [ "$(u32 104)" -eq $(($3)) ]
    [ "$(u32 108)" -eq 8388608 ]
    [ "$(u32 112)" -eq 65536 ]
    [ "$(od -An -tx1 -j116 -N1 "$T/info.bin" | tr -d ' ')" = ff ]
    [ "$(u32 120)" -eq 128 ] && [ "$(u32 124)" -eq 65536 ] && [ "$(u32 128)" -eq 0 ]
}

@test "layout: the XSPI2 board" {
    check_layout data/boards/stm32n655-s25fl064l.yaml
    check_storage_info . stm32n655-s25fl064l 0x70000000
}

@test "layout: the XSPI1 board" {
    check_layout data/boards/stm32n657-xspi1-power-switch.yaml
    check_storage_info . stm32n657-xspi1-power-switch 0x90000000
}

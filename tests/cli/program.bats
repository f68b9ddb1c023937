# The main job as users type it; verdicts come from the flash file.
load common

# flash_holds FILE OFFSET : the raw bytes lie there, everything else is FF
flash_holds() {
    head -c 8388608 /dev/zero | tr '\0' '\377' >"$T/expected.bin"
    dd if="$1" of="$T/expected.bin" bs=1 seek="$2" conv=notrunc 2>/dev/null
    cmp "$T/expected.bin" "$T/flash.bin"
}

@test "program: HEX under every host, compared with the flash file" {
    arm-none-eabi-objcopy -O binary --gap-fill 0xff "$EXAMPLE/xip-blink.elf" "$T/raw.bin"
    for host in native cubeprogrammer cubeprogrammer-stlink cubeprogrammer-jlink; do
        rm -f "$T/flash.bin"
        run "$EXTLOAD" program --board "$BOARD" --host "$host" --nor "$T/flash.bin" "$EXAMPLE/xip-blink.hex"
        echo "$output"
        [ "$status" -eq 0 ]
        grep -q "^boot " <<<"$output"
        flash_holds "$T/raw.bin" 0
    done
}

@test "program: ELF through the built loader file" {
    "$EXTLOAD" build --board "$BOARD" -o "$T"
    arm-none-eabi-objcopy -O binary --gap-fill 0xff "$EXAMPLE/xip-blink.elf" "$T/raw.bin"
    "$EXTLOAD" program --board "$BOARD" --loader "$T/stm32n655-s25fl064l.stldr" --host cubeprogrammer \
        --nor "$T/flash.bin" "$EXAMPLE/xip-blink.elf"
    flash_holds "$T/raw.bin" 0
}

@test "program: a blank flash is erased, unless the user answers for it; a tool that does not look says so" {
    head -c 1000 /dev/urandom >"$T/a.bin"
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70012345"
    [ "$status" -eq 0 ]
    grep -q "^erased   4 KiB" <<<"$output"
    ! grep -q "^skipped" <<<"$output"
    rm "$T/flash.bin"
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --skip-blank "$T/a.bin@0x70012345"
    [ "$status" -eq 0 ]
    grep -q "^skipped  1 sectors" <<<"$output"
    flash_holds "$T/a.bin" $((0x12345))
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --skip-blank "$T/a.bin@0x70012345"
    [ "$status" -eq 0 ]
    grep -q "^same     4 KiB" <<<"$output"
    head -c 1000 /dev/urandom >"$T/a.bin"
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --skip-blank "$T/a.bin@0x70012345"
    [ "$status" -eq 0 ]
    grep -q "^erased   4 KiB" <<<"$output"
    run "$EXTLOAD" program --board "$BOARD" --host cubeprogrammer --nor "$T/flash.bin" --skip-blank "$T/a.bin@0x70012345"
    [ "$status" -eq 0 ]
    grep -q "cubeprogrammer-jlink erases every touched sector, blank or not" <<<"$output"
    flash_holds "$T/a.bin" $((0x12345))
}

@test "program: several images in one call; neighbours are kept by native only" {
    head -c 8388608 /dev/urandom >"$T/flash.bin"
    cp "$T/flash.bin" "$T/expected.bin"
    head -c 1000 /dev/urandom >"$T/a.bin"
    head -c 70000 /dev/urandom >"$T/b.bin"
    "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70012345" "$T/b.bin@0x70100001"
    dd if="$T/a.bin" of="$T/expected.bin" bs=1 seek=$((0x12345)) conv=notrunc 2>/dev/null
    dd if="$T/b.bin" of="$T/expected.bin" bs=1 seek=$((0x100001)) conv=notrunc 2>/dev/null
    cmp "$T/expected.bin" "$T/flash.bin"
    run "$EXTLOAD" program --board "$BOARD" --host cubeprogrammer --nor "$T/flash.bin" "$T/a.bin@0x70012345"
    [ "$status" -eq 0 ]
    grep -q "destroys 64536 bytes" <<<"$output"
}

@test "program: --dry-run prints the plan and touches nothing" {
    head -c 1000 /dev/urandom >"$T/a.bin"
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --dry-run "$T/a.bin@0x70012345"
    [ "$status" -eq 0 ]
    grep -q "0x70012000..0x70012fff: 4096 bytes, of which the image gives 1000" <<<"$output"
    grep -q "keeps .* 3096 bytes" <<<"$output"
    grep -qE "expected [0-9.]+ s typical, [0-9.]+ s at most" <<<"$output"
    [ ! -e "$T/flash.bin" ]
}

@test "program: the expected time comes within a fifth of the time it takes" {
    head -c 1048576 /dev/urandom >"$T/a.bin"
    head -c 8388608 /dev/urandom >"$T/flash.bin"
    expected=$("$EXTLOAD" program --board "$BOARD" --dry-run "$T/a.bin@0x70000000" |
        sed -n 's/^expected \([0-9]*\)\.\([0-9]\) s typical.*/\1\2/p')
    took=$("$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70000000" |
        sed -n 's/^done  *\([0-9]*\)\.\([0-9]\).*/\1\2/p')
    echo "expected $expected, took $took (tenths of a second)"
    [ "$took" -gt 100 ]
    [ $((expected * 5)) -gt $((took * 4)) ]
    [ $((expected * 5)) -lt $((took * 6)) ]
}

# Blocks take 524 s typically, the chip erase 192; the link some 400 s more.
@test "program: a whole octal chip is counted in blocks where our loader erases it so" {
    truncate -s 128M "$T/a.bin"
    seconds() {
        "$EXTLOAD" program --board stm32n6570-dk --host "$1" --dry-run "$T/a.bin@0x70000000" |
            sed -n 's/^expected \([0-9]*\)\..* s typical.*/\1/p'
    }
    tool=$(seconds cubeprogrammer)
    ours=$(seconds native)
    echo "$tool and $ours s"
    [ $((tool - ours)) -gt 600 ]
}

@test "program: what is there is left alone, one byte costs one sector; --rewrite and --verify full" {
    head -c 300000 /dev/urandom >"$T/a.bin"
    "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70012000" >/dev/null
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70012000"
    [ "$status" -eq 0 ]
    grep -q "^same     296 KiB" <<<"$output"
    grep -q "^compare  297.2 KiB " <<<"$output" # and 256 bytes of each block before
    ! grep -q "^verify" <<<"$output"
    grep -q "^erased   0 bytes" <<<"$output"
    grep -q "^proof    digests" <<<"$output"
    printf '\x00' | dd of="$T/a.bin" bs=1 seek=123456 conv=notrunc 2>/dev/null
    printf '\x01' | dd of="$T/flash.bin" bs=1 seek=$((0x12000 + 123456)) conv=notrunc 2>/dev/null
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --verify full "$T/a.bin@0x70012000"
    [ "$status" -eq 0 ]
    grep -q "^same     292 KiB" <<<"$output"
    grep -q "^verify   296 KiB" <<<"$output"
    grep -q "^erased   4 KiB" <<<"$output"
    grep -q "^proof    the bytes" <<<"$output"
    flash_holds "$T/a.bin" $((0x12000))
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --rewrite --verify digest "$T/a.bin@0x70012000"
    [ "$status" -eq 0 ]
    grep -q "^erased   296 KiB" <<<"$output"
    ! grep -q "^compare" <<<"$output"
    printf '\x01' | dd of="$T/flash.bin" bs=1 seek=$((0x12000 + 123456)) conv=notrunc 2>/dev/null
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70012000"
    [ "$status" -eq 0 ]
    grep -q "^verify   64 KiB" <<<"$output" # the block in which a sector was changed
    flash_holds "$T/a.bin" $((0x12000))
}

@test "program: --verify and --rewrite are refused where they can do nothing" {
    head -c 1000 /dev/urandom >"$T/a.bin"
    run "$EXTLOAD" program --board "$BOARD" --verify twice "$T/a.bin@0x70012345"
    refused 2 "--verify: 'twice'; digest or full"
    run "$EXTLOAD" program --board "$BOARD" --host cubeprogrammer --verify full "$T/a.bin@0x70012345"
    refused 2 "--verify is about digests, and this host asks for none" "leave it out"
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --rewrite --skip-blank "$T/a.bin@0x70012345"
    refused 2 "--rewrite erases everything, and --skip-blank what is not blank" "keep one of them"
    [ ! -e "$T/flash.bin" ]
    "$EXTLOAD" build --board "$BOARD" -o "$T" >/dev/null
    arm-none-eabi-objcopy --strip-symbol=extload_Digest "$T/stm32n655-s25fl064l.stldr" "$T/plain.stldr"
    run "$EXTLOAD" program --board "$BOARD" --loader "$T/plain.stldr" --rewrite "$T/a.bin@0x70012345"
    refused 2 "--rewrite is about digests, and this loader has no extload_Digest"
    run "$EXTLOAD" program --board "$BOARD" --loader "$T/plain.stldr" --verify digest "$T/a.bin@0x70012345"
    refused 2 "--verify is about digests"
    run "$EXTLOAD" program --board "$BOARD" --loader "$T/plain.stldr" --nor "$T/flash.bin" --verify full "$T/a.bin@0x70012345"
    [ "$status" -eq 0 ]
    grep -q "^erased   64 KiB" <<<"$output"
    grep -q "^proof    the bytes" <<<"$output"
    flash_holds "$T/a.bin" $((0x12345))
}

@test "program: a loader that was built for other erase units is used by its StorageInfo, and no neighbour is lost" {
    cp -r data "$T/data"
    sed -i '/size: 4K,\|size: 32K,/d' "$T/data/parts/s25fl064l.yaml"
    "$EXTLOAD" build --data "$T/data" --board "$BOARD" -o "$T" >/dev/null
    head -c 8388608 /dev/urandom >"$T/flash.bin"
    cp "$T/flash.bin" "$T/expected.bin"
    head -c 1000 /dev/urandom >"$T/a.bin"
    dd if="$T/a.bin" of="$T/expected.bin" bs=1 seek=$((0x12000)) conv=notrunc 2>/dev/null
    run "$EXTLOAD" program --board "$BOARD" --loader "$T/stm32n655-s25fl064l.stldr" --nor "$T/flash.bin" "$T/a.bin@0x70012000"
    [ "$status" -eq 0 ]
    cmp "$T/expected.bin" "$T/flash.bin"
    grep -q "^warning: .*was built for a flash of other size or erase units" <<<"$output"
    grep -q "try: build the loader anew" <<<"$output"
    run "$EXTLOAD" program --board "$BOARD" --loader "$T/stm32n655-s25fl064l.stldr" --rewrite "$T/a.bin@0x70012000"
    refused 2 "--rewrite is about digests, and this loader was built for other erase units" "build the loader anew"
    run "$EXTLOAD" program --data "$T/data" --board "$BOARD" --loader "$T/stm32n655-s25fl064l.stldr" --nor "$T/flash.bin" "$T/a.bin@0x70012000"
    [ "$status" -eq 0 ]
    ! grep -q "^warning: .*erase units" <<<"$output"
    grep -q "^same     64 KiB" <<<"$output"
}

@test "verify: equal, then one byte changed" {
    head -c 5000 /dev/urandom >"$T/a.bin"
    "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70000100"
    "$EXTLOAD" verify --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70000100"
    printf '\x00' | dd of="$T/a.bin" bs=1 seek=10 conv=notrunc 2>/dev/null
    printf '\x01' | dd of="$T/flash.bin" bs=1 seek=$((0x10a)) conv=notrunc 2>/dev/null
    run "$EXTLOAD" verify --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70000100"
    refused 1 "0x7000010a" "0x01 for 0x00"
}

@test "read gives back what lies there; erase leaves FF" {
    head -c 8388608 /dev/urandom >"$T/flash.bin"
    cp "$T/flash.bin" "$T/before.bin"
    "$EXTLOAD" read --board "$BOARD" --nor "$T/flash.bin" 0x70010123+70001 -o "$T/out.bin"
    cmp "$T/out.bin" <(tail -c +$((0x10124)) "$T/before.bin" | head -c 70001)
    "$EXTLOAD" erase --board "$BOARD" --nor "$T/flash.bin" 0x70020000+128K
    head -c 131072 /dev/zero | tr '\0' '\377' | dd of="$T/before.bin" bs=65536 seek=2 conv=notrunc 2>/dev/null
    cmp "$T/before.bin" "$T/flash.bin"
}

@test "build: same input, same bytes" {
    mkdir "$T/a" "$T/b"
    "$EXTLOAD" build --board "$BOARD" -o "$T/a"
    "$EXTLOAD" build --board "$BOARD" -o "$T/b"
    cmp "$T/a/stm32n655-s25fl064l.stldr" "$T/b/stm32n655-s25fl064l.stldr"
}

@test "Ctrl-C: exit 130, what is written is said, the flash file stays whole" {
    head -c 8388608 /dev/urandom >"$T/flash.bin"
    head -c 8388608 /dev/urandom >"$T/a.bin"
    "$EXTLOAD" program --board "$BOARD" --host cubeprogrammer --no-jump --timing maximum \
        --nor "$T/flash.bin" "$T/a.bin@0x70000000" >"$T/out" 2>"$T/err" &
    pid=$!
    sleep 2
    kill -INT $pid
    status=0
    wait $pid || status=$?
    cat "$T/err"
    [ "$status" -eq 130 ]
    grep -q "stopped during erase: 0 bytes erased, 0 of 8388608 bytes written; the rest is not" "$T/err"
    grep -q "halted inside SectorErase" "$T/err"
    [ "$(stat -c %s "$T/flash.bin")" -eq 8388608 ]
    "$EXTLOAD" info --board "$BOARD" --nor "$T/flash.bin"
}

@test "info names flash, core and layout" {
    run "$EXTLOAD" info --board "$BOARD"
    echo "$output"
    [ "$status" -eq 0 ]
    grep -q "ID 01 60 17" <<<"$output"
    grep -q "^boot " <<<"$output"
}

@test "list shows boards, mcus, parts, formats, hosts, links" {
    "$EXTLOAD" list boards | grep -q stm32n655-s25fl064l
    "$EXTLOAD" list mcus | grep -qi stm32n6
    "$EXTLOAD" list parts | grep -qi s25fl064l
    "$EXTLOAD" list hosts | grep -q cubeprogrammer-jlink
    "$EXTLOAD" list formats | grep -q '^stldr .*STM32CubeProgrammer'
    "$EXTLOAD" list links | grep -q jlink
}

@test "help of every command ends 0 and names its options" {
    for command in build program verify erase read info list; do
        run "$EXTLOAD" "$command" --help
        [ "$status" -eq 0 ]
        grep -q -- "--help" <<<"$output"
    done
}

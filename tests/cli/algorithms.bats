# Flash algorithms under the tools that take them: every command works, or says why not.
load common

# Runs extload; it must succeed, and say this on a line.
says() {
    wanted=$1
    shift
    run "$EXTLOAD" "$@"
    echo "$output"
    [ "$status" -eq 0 ]
    grep -q -- "$wanted" <<<"$output"
}

setup_file() {
    export NAME=stm32n655-s25fl064l
    export F=$BATS_FILE_TMPDIR
    "$EXTLOAD" build --board "$NAME" --format all --output "$F" >/dev/null
    head -c 40000 /dev/urandom >"$F/data.bin"
}

@test "flash algorithms: our own loader and its files program, verify, erase and read" {
    for host in flm probe-rs jlink-ofl; do
        for loader in "" "--loader $F/$NAME.FLM"; do
            # shellcheck disable=SC2086 # an option and its value, or nothing
            says "^boot " program --board "$NAME" --host "$host" $loader --nor "$F/$host.nor" \
                "$F/data.bin@0x70001235"
            # shellcheck disable=SC2086
            "$EXTLOAD" read --board "$NAME" --host "$host" $loader --nor "$F/$host.nor" \
                --output "$F/back.bin" 0x70001235+40000 >/dev/null
            cmp "$F/data.bin" "$F/back.bin"
            # shellcheck disable=SC2086
            "$EXTLOAD" erase --board "$NAME" --host "$host" $loader --nor "$F/$host.nor" \
                0x70000000+64K >/dev/null
            # shellcheck disable=SC2086
            run "$EXTLOAD" verify --board "$NAME" --host "$host" $loader --nor "$F/$host.nor" \
                "$F/data.bin@0x70001235"
            [ "$status" -eq 1 ]
        done
    done
}

@test "flash algorithms: J-Link takes our SEGGER loaders, pyOCD its own file" {
    for file in ofl.elf sfl.elf; do
        says "^boot " program --board "$NAME" --host jlink-ofl --loader "$F/$NAME.$file" \
            --host-option relocation=as-linked "$F/data.bin@0x70000000"
    done
    says "^boot " program --board "$NAME" --host flm --loader "$F/$NAME.pyocd.FLM" \
        --host-option ram-shift=0x1004 "$F/data.bin@0x70000000"
}

@test "flash algorithms: rehearse and check take the hosts of their kind" {
    run "$EXTLOAD" rehearse --board "$NAME" --loader "$F/$NAME.FLM"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(grep '^host ' <<<"$output" | tr -s ' ')" = $'host flm\nhost probe-rs\nhost jlink-ofl' ]
    grep -qx "findings none" <<<"$output"
    run "$EXTLOAD" rehearse --board "$NAME" --loader "$F/$NAME.stldr"
    [ "$status" -eq 0 ]
    [ "$(grep -c '^host ' <<<"$output")" -eq 4 ]
}

@test "flash algorithms: trace and info read the record in the image" {
    for host in flm probe-rs jlink-ofl; do
        says "Init(0x70000000, 0x00000000, 0x00000003" trace --board "$NAME" --host "$host"
        says "^exports .*Erase" info --board "$NAME" --host "$host"
    done
}

@test "flash algorithms: what does not go is refused in one message" {
    run "$EXTLOAD" sweep --board "$NAME" --host flm --sample 1
    [ "$status" -eq 2 ]
    grep -q "sweep calls .stldr loaders; host flm takes a flash algorithm" <<<"$output"
    run "$EXTLOAD" info --board "$NAME" --host flm --loader "$F/$NAME.stldr"
    [ "$status" -eq 2 ]
    grep -q "no symbol FlashDevice" <<<"$output"
    grep -q "a .stldr goes with --host cubeprogrammer" <<<"$output"
    run "$EXTLOAD" info --board "$NAME" --loader "$F/$NAME.FLM"
    [ "$status" -eq 2 ]
    grep -q "it is a flash algorithm: --host flm, probe-rs or jlink-ofl" <<<"$output"
    run "$EXTLOAD" info --board "$NAME" --host flm --host-option stack-size=65
    [ "$status" -eq 2 ]
    grep -q "a multiple of 8" <<<"$output"
    run "$EXTLOAD" info --board "$NAME" --host probe-rs --host-option placement=start
    [ "$status" -eq 2 ]
    grep -q "not open for host probe-rs" <<<"$output"
}

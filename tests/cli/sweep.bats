# Faults by enumeration, as users start it.
load common

@test "sweep: a sample of our own loader breaks no promise; two runs say the same" {
    "$EXTLOAD" sweep --board "$BOARD" --host cubeprogrammer-jlink --op read --sample 8 --jobs 2 --seed 4 >"$T/one"
    "$EXTLOAD" sweep --board "$BOARD" --host cubeprogrammer-jlink --op read --sample 8 --jobs 1 --seed 4 >"$T/two"
    cmp "$T/one" "$T/two"
    grep -q ', 0 broken promises$' "$T/one"
    grep -qE '^read +[0-9]+ events, +[0-9]+ loops, +[0-9]+ of [0-9]+ injections$' "$T/one"
    ! grep -q '^init' "$T/one"
}

@test "sweep: our own host on a board whose sectors are larger than what is swept" {
    { cat "$BOARD" && echo "sector_size: 512K"; } >"$T/board.yaml"
    run "$EXTLOAD" sweep --board "$T/board.yaml" --sample 4 --kind power-lost --op digest --op own-erase --op stream --op program
    echo "$output"
    [ "$status" -eq 0 ]
    grep -qE '^own-erase +[0-9]+ events' <<<"$output"
    grep -q ', 0 broken promises$' <<<"$output"
}

@test "sweep: one injection by its number" {
    run "$EXTLOAD" sweep --board "$BOARD" --op read --kind power-lost --at 20
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"one      --op read --kind power-lost --at 20: reported, RESTARTED"* ]]
    [[ "$output" == *"1 injections, 0 broken promises"* ]]
}

@test "sweep: every kind that is listed can be asked for, and no other" {
    local kind count=0
    while read -r kind _; do
        "$EXTLOAD" sweep --board "$BOARD" --op read --kind "$kind" --at 0 >/dev/null
        count=$((count + 1))
    done < <("$EXTLOAD" list faults)
    [ "$count" -eq 17 ]
    run "$EXTLOAD" sweep --board "$BOARD" --kind flip
    [ "$status" -eq 2 ]
    [[ "$output" == *"--kind 'flip' is unknown"*"one of: flip-once"* ]]
    run "$EXTLOAD" sweep --board "$BOARD" --op boot
    [ "$status" -eq 2 ]
    run "$EXTLOAD" sweep --board "$BOARD" --host cubeprogrammer --op read --op digest
    refused 2 "--op digest: host cubeprogrammer-jlink does not do that with this loader" "one of: init erase write verify read"
    "$EXTLOAD" build --board "$BOARD" -o "$T" >/dev/null
    arm-none-eabi-objcopy --strip-symbol=extload_Digest "$T/stm32n655-s25fl064l.stldr" "$T/plain.stldr"
    run "$EXTLOAD" sweep --board "$BOARD" --loader "$T/plain.stldr" --op own-erase
    refused 2 "--op own-erase: host native does not do that with this loader"
    run "$EXTLOAD" sweep --board "$BOARD" --jobs 0
    [ "$status" -eq 2 ]
    run "$EXTLOAD" sweep --board "$BOARD" image.hex
    [ "$status" -eq 2 ]
}

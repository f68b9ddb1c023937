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
        "$EXTLOAD" sweep --board "$BOARD" --op read --kind "$kind" --sample 2 >/dev/null
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

# first OP KIND : the first event of OP at which KIND can set in
first() {
    "$EXTLOAD" sweep --board "$BOARD" --op "$1" --kind "$2" --at 0 2>&1 | sed -n 's/.* is event //p'
}

@test "sweep: one injection, with its trace: a frame is marked, and two runs write the same" {
    local at
    at=$(first read power-lost)
    [ -z "$at" ] # it can at any
    at=$(first read lines-high)
    one=("$EXTLOAD" sweep --board "$BOARD" --op read --kind power-lost --at "$at")
    "${one[@]}" --trace "$T/frames" >"$T/told"
    cat "$T/told" "$T/frames"
    grep -qE '^moment +[0-9]+ ns after the call began, core at 0x341[0-9a-f]{5}$' "$T/told"
    grep -qE '^frame +[0-9A-F]{2}h [124]-' "$T/told"
    grep -q '^fault    power-lost: from then on the flash has no supply$' "$T/told"
    grep -qE '^call     Read\(0x70035003, .*\), R0 = 0x00000000 after [0-9]+ ns$' "$T/told"
    grep -q '^record   at 0x341fe000: Read, returned, reason RESTARTED$' "$T/told"

    [ "$(grep -c '^>' "$T/frames")" -eq 2 ]
    grep -qE "^> +[0-9.]+ us  fault   power-lost at event $at: " "$T/frames"
    frame=$(sed -n 's/^frame *//p' "$T/told")
    grep -qE '^> +[0-9.]+ us  frame   ' "$T/frames"
    grep -F "$frame" "$T/frames" | grep -q '^>'
    head -1 "$T/frames" | grep -qE '^ +0\.000 us  call    Read\('
    tail -1 "$T/frames" | grep -qE ' us  return  R0 = 0x00000000$'
    [ "$(grep -c ' us  frame ' "$T/frames")" -eq "$(sed -n 's/^traced .* \([0-9]*\) frames.*/\1/p' "$T/told")" ]

    "${one[@]}" --trace "$T/again" >/dev/null
    cmp "$T/frames" "$T/again"
    "${one[@]}" --trace "$T/all" -v --jobs 3 >/dev/null
    grep -vE ' us  (read|write|jumped) ' "$T/all" | cmp - "$T/frames"
    [ "$(grep -cE ' us  (read|write) ' "$T/all")" -eq "$(sed -n 's/^traced .* \([0-9]*\) register.*/\1/p' "$T/told")" ]
    "${one[@]}" | grep -vE '^traced ' | cmp - <(grep -v '^traced ' "$T/told")
}

@test "sweep: one injection at a register, and at a block" {
    local at
    at=$(first read bus-error)
    "$EXTLOAD" sweep --board "$BOARD" --op read --kind bus-error --at "$at" --trace "$T/all" -v >"$T/told"
    grep -qE '^register XSPI2\.[A-Z0-9]+ -> bus error$' "$T/told"
    grep -qE '^> .* us  read    XSPI2\.[A-Z0-9]+ -> bus error at 0x341' "$T/all"
    at=$(first read halt)
    "$EXTLOAD" sweep --board "$BOARD" --op read --kind halt --at "${at:-0}" --trace "$T/all" >"$T/told"
    grep -q '^block    64 instructions more$' "$T/told"
    grep -qE '^call .*, halted at 0x341[0-9a-f]+ after' "$T/told"
    tail -1 "$T/all" | grep -qE ' us  no end  halted at 0x341'
}

@test "sweep: what cannot be repeated or traced is refused, and no file is left" {
    one=(sweep --board "$BOARD" --op read --kind flip-once)
    run "$EXTLOAD" "${one[@]}" --trace "$T/t"
    refused 2 "--trace is the trace of one injection"
    run "$EXTLOAD" "${one[@]}" --op write --at 20 --trace "$T/t"
    refused 2 "--trace is the trace of one injection"
    run "$EXTLOAD" "${one[@]}" --kind halt --at 20 --trace "$T/t"
    refused 2 "--trace is the trace of one injection"
    run "$EXTLOAD" "${one[@]}" --at 99999999 --trace "$T/t"
    refused 2 "read has no event 99999999" "its events are 0 to "
    run "$EXTLOAD" "${one[@]}" --at 0 --trace "$T/t"
    refused 2 "event 0 of read is a block of instructions, where flip-once cannot set in" "is event "
    run "$EXTLOAD" sweep --board "$BOARD" --host cubeprogrammer --op stream --kind halt --at 0 --trace "$T/t"
    refused 2 "--op stream: host cubeprogrammer-jlink does not do that"
    [ ! -e "$T/t" ]
    run "$EXTLOAD" sweep --board "$BOARD" --op read --kind power-lost --at 20 --trace "$T/none/t"
    [ "$status" -ne 0 ]
    [[ "$output" == *"$T/none/t"* ]]
}

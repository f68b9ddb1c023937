# A board tested by the person who has it; here it is the simulated one.
load common

@test "selftest: nothing is written without --scratch, and everything is put back with it" {
    head -c 8388608 /dev/urandom >"$T/flash.bin"
    cp "$T/flash.bin" "$T/before.bin"
    "$EXTLOAD" selftest --board "$BOARD" --nor "$T/flash.bin" >"$T/out"
    cmp "$T/flash.bin" "$T/before.bin"
    ! grep -q '^bad' "$T/out"
    [ "$(grep -c '^good .*read mode' "$T/out")" -eq 4 ]
    "$EXTLOAD" selftest --board "$BOARD" --nor "$T/flash.bin" --scratch 0x707f0000+64K --keep-dir "$T" >"$T/out"
    cmp "$T/flash.bin" "$T/before.bin"
    grep -q '^good .*cut-off erase' "$T/out"
    [ -z "$(ls "$T" | grep kept || true)" ]
}

@test "selftest: another chip than the board's: the step that is bad says so, status 1" {
    # the simulated chip is what its model is: the part's file is changed, in a copy of the data
    cp -r data "$T/data"
    sed -i 's/^id: .*/id: "01 60 18"/' "$T/data/parts/s25fl064l.yaml"
    run "$EXTLOAD" selftest --board "$BOARD" --data "$T/data"
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"bad      init"*"ID 0x176001, the board expects 0x186001"* ]]
    refused 1 "1 of 3 steps are bad"
}

@test "selftest: a range that is not whole sectors, outside the flash or no range is refused, nothing runs" {
    local range
    for range in 0x70010000+60K 0x70000800+64K 0x60000000+64K 0x707f0000+128K scratch; do
        run "$EXTLOAD" selftest --board "$BOARD" --scratch "$range"
        refused 2 ""
        [[ "$output" != *"told"* ]]
    done
    run "$EXTLOAD" selftest --board "$BOARD" image.hex
    refused 2 "takes no arguments"
    run "$EXTLOAD" selftest
    refused 2 "--board BOARD is missing"
}

@test "selftest: what the scratch range holds is not erased before it lies in a file" {
    head -c 8388608 /dev/urandom >"$T/flash.bin"
    cp "$T/flash.bin" "$T/before.bin"
    run "$EXTLOAD" selftest --board "$BOARD" --nor "$T/flash.bin" --scratch 0x70010000+64K --keep-dir "$T/missing"
    refused 2 "extload-kept"
    cmp "$T/flash.bin" "$T/before.bin"
}

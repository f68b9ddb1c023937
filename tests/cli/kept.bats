# Bytes in erased sectors that no image gives: nothing of them is lost, whatever happens.
load common

# same_but_the_image FILE : it holds what $T/before.bin does, but for the image at 0x70012345+1000
same_but_the_image() {
    cmp <(head -c $((0x12345)) "$T/before.bin") <(head -c $((0x12345)) "$1") &&
        cmp <(tail -c +$((0x12345 + 1001)) "$T/before.bin") <(tail -c +$((0x12345 + 1001)) "$1")
}

a_used_flash() {
    head -c 8388608 /dev/urandom >"$T/flash.bin"
    cp "$T/flash.bin" "$T/before.bin"
    head -c 1000 /dev/urandom >"$T/a.bin"
    mkdir -p "$T/kept"
    KEPT=$T/kept/extload-kept-stm32n655-s25fl064l-0x70012000
}

@test "kept: the bytes around the image lie in a file, which is gone after success" {
    a_used_flash
    (cd "$T/kept" && "$EXTLOAD" program --board "$OLDPWD/$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70012345")
    [ -z "$(ls "$T/kept")" ]
    same_but_the_image "$T/flash.bin"
    cp "$T/before.bin" "$T/flash.bin"
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --keep-dir "$T/kept" --keep-file "$T/a.bin@0x70012345"
    [ "$status" -eq 0 ]
    grep -q "^kept: $KEPT.hex holds the 3096 bytes around the image" <<<"$output"
    "$EXTLOAD" verify --board "$BOARD" --nor "$T/flash.bin" "$KEPT.hex"
    srec_cat "$KEPT.hex" -Intel -offset -0x70012000 -fill 0 0 4096 -o "$T/kept.raw" -Binary
    cmp -n $((0x345)) <(tail -c +$((0x12001)) "$T/before.bin") "$T/kept.raw"
}

@test "kept: a write that fails midway leaves the file, and the command that is told puts the bytes back" {
    a_used_flash
    "$EXTLOAD" build --board "$BOARD" -o "$T" >/dev/null
    # A Write that fails at once: MOVS R0, #0; BX LR.
    python3 - "$T/stm32n655-s25fl064l.stldr" "$T/bad.stldr" <<'END'
import subprocess, sys
source, target = sys.argv[1:]
data = bytearray(open(source, "rb").read())
for line in subprocess.check_output(["readelf", "-sW", source], text=True).splitlines():
    if line.endswith(" Write"):
        address = int(line.split()[1], 16) & ~1
for line in subprocess.check_output(["readelf", "-lW", source], text=True).splitlines():
    fields = line.split()
    if fields[:1] == ["LOAD"] and int(fields[2], 16) > 0:
        at = int(fields[1], 16) + address - int(fields[2], 16)
data[at:at + 4] = b"\x00\x20\x70\x47"
open(target, "wb").write(data)
END
    : >"$KEPT.hex" # of an earlier failure, which nobody has put back yet
    run "$EXTLOAD" program --board "$BOARD" --loader "$T/bad.stldr" --nor "$T/flash.bin" --keep-dir "$T/kept" \
        "$T/a.bin@0x70012345"
    echo "$output"
    refused 1 "stopped during program: 4096 bytes erased, 0 of 4096 bytes written" \
        "kept: $KEPT-2.hex holds the 3096 bytes around the image" "Write returned 0"
    [ ! -s "$KEPT.hex" ]
    [ "$(tail -c +$((0x12001)) "$T/flash.bin" | head -c 4096 | tr -d '\377' | wc -c)" -eq 0 ]
    local command
    command=$(sed -n "s/^  put back: extload \(.*\)$/\1/p" <<<"$output" | sed "s/ --loader '[^']*'//")
    eval "'$EXTLOAD' $command"
    same_but_the_image "$T/flash.bin"
    "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70012345"
    same_but_the_image "$T/flash.bin"
}

@test "kept: Ctrl-C names the file" {
    a_used_flash
    head -c 8000000 /dev/urandom >"$T/a.bin"
    "$EXTLOAD" program --json --board "$BOARD" --no-jump --timing maximum --nor "$T/flash.bin" --keep-dir "$T/kept" \
        "$T/a.bin@0x70000100" >"$T/out" 2>"$T/err" &
    pid=$!
    for _ in $(seq 600); do
        [ -n "$(ls "$T/kept")" ] && break
        sleep 0.1
    done
    sleep 0.5
    kill -INT $pid
    status=0
    wait $pid || status=$?
    cat "$T/err"
    [ "$status" -eq 130 ]
    kept=$T/kept/extload-kept-stm32n655-s25fl064l-0x70000000.hex
    grep -q "^kept: $kept holds the [0-9]* bytes around the image" "$T/err"
    [ -s "$kept" ]
    python3 tests/cli/check_json.py data/schema/extload-1.json program "$T/out"
    python3 - "$T/out" "$kept" <<'END'
import json, sys
document = json.load(open(sys.argv[1]))
assert document["status"] == document["error"]["status"] == 130 and document["error"]["id"] == "INTERRUPTED"
assert document["result"]["progress"]["kept_file"] == sys.argv[2]
END
    srec_cat "$kept" -Intel -crop 0x70000000 0x70000100 -offset -0x70000000 -o "$T/kept.raw" -Binary
    cmp "$T/kept.raw" <(head -c 256 "$T/before.bin")
}

@test "kept: a folder that cannot be written stops it before anything is erased" {
    a_used_flash
    run "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --keep-dir "$T/none" "$T/a.bin@0x70012345"
    refused 2 "$T/none/extload-kept-stm32n655-s25fl064l-0x70012000.hex: error: cannot write file" "--keep-dir" "--no-preserve"
    cmp "$T/before.bin" "$T/flash.bin"
    "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --keep-dir "$T/none" --no-preserve "$T/a.bin@0x70012345"
    "$EXTLOAD" program --board "$BOARD" --nor "$T/flash.bin" --keep-dir "$T/none" "$T/before.bin@0x70000000"
    cmp "$T/before.bin" "$T/flash.bin"
}

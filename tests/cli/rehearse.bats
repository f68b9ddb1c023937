# Findings about a loader, as people and as programs read them.
load common

# faulty FILE : the board's own loader, whose Init has become an endless loop (b . at its first byte)
faulty() {
    "$EXTLOAD" build --board "$BOARD" -o "$T" >/dev/null
    python3 - "$T/stm32n655-s25fl064l.stldr" "$1" <<'END'
import subprocess, sys
source, target = sys.argv[1:]
data = bytearray(open(source, "rb").read())
for line in subprocess.check_output(["readelf", "-sW", source], text=True).splitlines():
    if line.endswith(" Init"):
        address = int(line.split()[1], 16) & ~1
for line in subprocess.check_output(["readelf", "-lW", source], text=True).splitlines():
    fields = line.split()
    if fields[:1] == ["LOAD"] and int(fields[2], 16) > 0:
        at = int(fields[1], 16) + address - int(fields[2], 16)
data[at:at + 2] = b"\xfe\xe7"
open(target, "wb").write(data)
END
}

@test "rehearse: our own loader has no finding, on any board, under any host" {
    for board in data/boards/*.yaml; do
        run "$EXTLOAD" rehearse --board "$board"
        echo "$output"
        [ "$status" -eq 0 ]
        grep -qx "findings none" <<<"$output"
        hosts=$("$EXTLOAD" list hosts | grep -c '^[a-z]')
        [ "$(grep -c '^host ' <<<"$output")" -eq "$hosts" ]
    done
}

@test "rehearse: --host may be given several times, and no other host is tried" {
    run "$EXTLOAD" rehearse --board "$BOARD" --host native --host cubeprogrammer-stlink
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(grep -c '^host ' <<<"$output")" -eq 2 ]
}

@test "rehearse: a hang, with status 1" {
    faulty "$T/bad.stldr"
    run "$EXTLOAD" rehearse --board "$BOARD" --loader "$T/bad.stldr" --host cubeprogrammer-jlink
    echo "$output"
    [ "$status" -eq 1 ]
    grep -q "^error: hang: Init: hang at Init+0x0 in a loop that reads no register" <<<"$output"
    grep -q "^  why: " <<<"$output"
    grep -q "^  try: " <<<"$output"
    grep -q "^  hosts: cubeprogrammer-jlink" <<<"$output"
    grep -q "^findings 1, of which 1 are errors" <<<"$output"
}

@test "rehearse: --json puts the findings into a document on stdout" {
    faulty "$T/bad.stldr"
    status=0
    "$EXTLOAD" rehearse --json --board "$BOARD" --loader "$T/bad.stldr" --host native \
        >"$T/findings.json" 2>"$T/stderr" || status=$?
    [ "$status" -eq 1 ]
    python3 - "$T/findings.json" <<'END'
import json, sys
findings = json.load(open(sys.argv[1]))["result"]["findings"]
assert [f["id"] for f in findings] == ["hang"], findings
assert findings[0]["severity"] == "error" and findings[0]["hosts"] == ["native"]
assert findings[0]["call"] == "Init" and findings[0]["why"] and findings[0]["try"]
END
    grep -q "^host " "$T/stderr"
}

@test "info --loader: findings on stderr, the command's own result as before" {
    faulty "$T/bad.stldr"
    run "$EXTLOAD" info --board "$BOARD" --loader "$T/bad.stldr"
    refused 1 "error: hang: Init: hang at Init+0x0" "the loader did not return in time"
    "$EXTLOAD" build --board "$BOARD" -o "$T" >/dev/null
    "$EXTLOAD" info --board "$BOARD" --loader "$T/stm32n655-s25fl064l.stldr" >/dev/null 2>"$T/stderr"
    [ ! -s "$T/stderr" ]
}

@test "every driving command takes --json and says on stderr what it says without" {
    printf 'some bytes' >"$T/image.bin"
    nor=$T/nor.bin
    for call in "program $T/image.bin@0x70000000" "verify $T/image.bin@0x70000000" \
        "read 0x70000000+10 -o $T/back.bin" "erase 0x70000000+64K" "info"; do
        # shellcheck disable=SC2086
        "$EXTLOAD" $call --json --board "$BOARD" --nor "$nor" >"$T/out.json" 2>"$T/stderr"
        [ "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["result"]["findings"])' "$T/out.json")" = "[]" ]
        grep -q "^boot " "$T/stderr"
    done
    cmp "$T/image.bin" "$T/back.bin"
}

@test "rehearse: a host that would not take the file does not keep the others from it" {
    "$EXTLOAD" build --board "$BOARD" --output "$T" >/dev/null
    arm-none-eabi-objcopy --strip-symbol=SectorErase "$T"/*.stldr "$T/less.stldr"
    run "$EXTLOAD" rehearse --board "$BOARD" --loader "$T/less.stldr"
    [ "$status" -eq 1 ]
    grep -qx "host     openocd-stldr would not take the file: no symbol SectorErase" <<<"$output"
    grep -q "^  hosts: native, cubeprogrammer-jlink, cubeprogrammer-stlink$" <<<"$output"
    ! grep -q "$T/less.stldr: error" <<<"$output"
    run "$EXTLOAD" rehearse --board "$BOARD" --loader "$T/less.stldr" --host openocd-stldr
    refused 2 "no symbol SectorErase"
}

@test "rehearse: wrong calls are refused" {
    run "$EXTLOAD" rehearse --board "$BOARD" something
    refused 2 "rehearse takes no arguments"
    run "$EXTLOAD" rehearse --board "$BOARD" --host nobody
    refused 2 "host 'nobody'"
    run "$EXTLOAD" rehearse --json --board "$BOARD" --loader "$T/missing.stldr"
    refused 2 "missing.stldr"
    run "$EXTLOAD" rehearse --nor "$T/nor.bin" --board "$BOARD"
    refused 2 "rehearse has no option --nor"
}

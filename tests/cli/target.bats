# --target gdb: a board behind a GDB server. The server is `extload serve`, as it is and made worse by rsp_proxy.py.
load common

setup_file() {
    export SHARED="$BATS_FILE_TMPDIR"
    "${EXTLOAD:-$PWD/build/extload}" serve --board stm32n655-s25fl064l --gdb 0 --nor "$SHARED/flash.bin" >"$SHARED/serve.out" 2>&1 3>&- &
    echo $! >"$SHARED/server.pid"
    local i
    for ((i = 0; i < 200; i++)); do
        UPSTREAM=$(sed -n 's/^gdb  *127\.0\.0\.1://p' "$SHARED/serve.out")
        [ -z "$UPSTREAM" ] || break
        sleep 0.1
    done
    export UPSTREAM
    [ -n "$UPSTREAM" ]
}

teardown_file() {
    kill "$(cat "$SHARED/server.pid")"
}

teardown() {
    if [ -n "${LISTENER:-}" ]; then
        kill "$LISTENER" 2>/dev/null || true
        wait "$LISTENER" 2>/dev/null || true
        LISTENER=
    fi
}

# through QUIRKS : a server with these quirks, on PORT
through() {
    teardown
    listen rsp_proxy.py "$UPSTREAM" "$1"
}

# drive COMMAND ARGUMENT... : on PORT
drive() {
    timeout 100 "$EXTLOAD" "$1" --board stm32n655-s25fl064l --target "gdb:$PORT" "${@:2}"
}

# cells OFFSET FILE : the flash holds the file there
cells() {
    cmp -n "$(stat -c %s "$2")" -i "$(($1)):0" "$SHARED/flash.bin" "$2"
}

# fails STATUS TEXT... : of the last run; one error, with these texts
fails() {
    [ "$status" -eq "$1" ] || { echo "status $status: $output"; return 1; }
    [ "$(grep -c 'error: ' <<<"$output")" -eq 1 ] || { echo "$output"; return 1; }
    local text
    for text in "${@:2}"; do
        grep -qF -- "$text" <<<"$output" || { echo "no '$text' in: $output"; return 1; }
    done
}

@test "target: program, verify, read, trace, erase; the flash file holds the bytes" {
    PORT=$UPSTREAM
    head -c 100000 /dev/urandom >"$T/a.bin"
    drive program "$T/a.bin@0x70010123" --keep-dir "$T" >"$T/out"
    grep -q "^target   extload at 127.0.0.1:$PORT$" "$T/out"
    grep -q "driven as native over a GDB server" "$T/out"
    cells 0x10123 "$T/a.bin"
    drive verify "$T/a.bin@0x70010123" --reset >"$T/out"
    grep -q "^reset    the core is halted" "$T/out"
    drive read 0x70010123+100000 -o "$T/b.bin"
    cmp "$T/a.bin" "$T/b.bin"
    drive trace >"$T/out"
    grep -q "^record   at 0x341fe000: Read, returned, reason NONE" "$T/out"
    drive erase 0x70010000+128K
    head -c 131072 /dev/zero | tr '\0' '\377' >"$T/ff.bin"
    cells 0x10000 "$T/ff.bin"
    run drive verify "$T/a.bin@0x70010123"
    fails 1 "flash differs from the image"
}

@test "target: an image of 70000 bytes, by servers of all kinds" {
    local quirk
    for quirk in noack,nox,noxml,nop noack,damage,console rle,split,notify small xfails,running nolimits,noack; do
        through "$quirk"
        head -c 70000 /dev/urandom >"$T/a.bin"
        drive program "$T/a.bin@0x70100000" --keep-dir "$T" >"$T/out" 2>&1 || { echo "$quirk"; cat "$T/out" "$T/listener.err"; return 1; }
        cells 0x100000 "$T/a.bin" || { echo "$quirk"; return 1; }
        [ ! -s "$T/listener.err" ] || { echo "$quirk"; cat "$T/listener.err"; return 1; }
    done
    grep -q "^target   .*, which does not give MSP PSP MSPLIM PSPLIM PRIMASK FAULTMASK BASEPRI CONTROL" "$T/out"
}

@test "target: a server that says OK and does nothing" {
    through drops
    run drive info
    fails 1 "of the loader was written there" "is this RAM of the board"
    through norun
    run drive info
    fails 1 "Init, halted away from the return address, at Init+0x0" "the server says 'T05thread:01;'"
    through lies,hides
    run drive info
    fails 1 "left no new record" "likely: the core locked up" "the server did not start the core"
    through hides
    run drive trace --address 0x60000000
    fails 2 "is not the record's first word" "likely: no development boot" "likely: the wrong access port"
}

@test "target: what extload's own server said, played again and cut off" {
    head -c 9000 /dev/zero | tr '\0' 'x' >"$T/a.bin"
    recorded "$UPSTREAM" program "$T/a.bin@0x70010100" --no-preserve
}

@test "target: what QEMU said of another core, played again" {
    local port qemu
    port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
    qemu-system-arm -M mps3-an547 -display none -serial none -monitor none -S -gdb "tcp:127.0.0.1:$port" \
        >"$T/qemu.out" 2>&1 3>&- & # it aborts when its core, which has no program, is let go
    qemu=$!
    for ((i = 0; i < 100; i++)); do
        (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
        sleep 0.1
    done
    listen rsp_transcript.py record "$port" "$T/transcript"
    run drive verify "$BOARD@0x70000000"
    wait "$LISTENER" || true
    kill "$qemu" 2>/dev/null || true
    wait "$qemu" || true
    fails 1 "QEMU" "it answers 'E14'"
    local said=${output//:$PORT/}
    listen rsp_transcript.py replay "$T/transcript"
    run drive verify "$BOARD@0x70000000"
    wait "$LISTENER" || { cat "$T/listener.err"; return 1; }
    LISTENER=
    [ "${output//:$PORT/}" = "$said" ]
}

@test "target: another target behind the port" {
    through cpuid=410fd214
    run drive info
    fails 2 "CPUID 0x410fd214 is cortex-m33, the core of an STM32N655X0 is cortex-m55"
    through idcode=20036450
    run drive info
    fails 2 "DBGMCU_IDCODE at 0x44001000 is device 0x450, an STM32N655X0 is 0x486"
    through idcode=0
    drive info
    through cpuid=0
    run drive info
    fails 1 "the server does not reach the core" "likely: no development boot" "likely: the wiring"
}

@test "target: a server that dies in the middle; what is written is said" {
    head -c 70000 /dev/urandom >"$T/a.bin"
    local count
    for count in 1 2 9 60; do
        through "die=$count"
        run drive program "$T/a.bin@0x70100000" --keep-dir "$T"
        fails 1 "the GDB server has hung up: 127.0.0.1:$PORT: the connection was closed" "try: "
    done
    through die=120
    run drive program "$T/a.bin@0x70100000" --keep-dir "$T"
    fails 1 "has hung up" "stopped during" "bytes written; the rest is not"
    through die=60
    run drive erase 0x70000000+512K
    fails 1 "has hung up" "stopped: the ranges before are erased, 0 bytes"
}

@test "target: garbage, too much, too little, too late" {
    local start=$SECONDS
    through banner
    run drive info --timeout 1
    fails 1 "this is no answer of a GDB server" "HTTP/1.1 400"
    through silent=30
    run drive info --timeout 1
    fails 1 "does not answer in time" "in 1000 ms" "--timeout SECONDS"
    through garbage=20
    run drive info --timeout 1
    fails 1 "this is no answer of a GDB server"
    through huge=20
    run drive info --timeout 1
    fails 1 "a packet of more than 16384 bytes"
    through flood=20
    run drive info --timeout 1
    fails 1 "does not answer in time"
    through twice=40
    run drive info --timeout 1
    fails 1 ""
    through badxml
    drive info
    through endless
    drive info
    [ $((SECONDS - start)) -lt 40 ]
}

@test "target: nobody listens; no such host; no such target" {
    PORT=1
    run drive info
    fails 2 "no GDB server answers there: 127.0.0.1:1: Connection refused" "try: start the server"
    run "$EXTLOAD" info --board "$BOARD" --target gdb:no.such.host.invalid:3333 --timeout 2
    fails 2 "no GDB server answers there: no.such.host.invalid"
    local target
    for target in gdb gdb: gdb:x gdb:0 gdb:65536 gdb::3333 gdb:::1:3333 "gdb:[]:1" jlink "gdb:3333 "; do
        run "$EXTLOAD" info --board "$BOARD" --target "$target"
        fails 2 "--target $target: " "gdb:HOST:PORT"
    done
}

@test "target: what has no meaning there is refused" {
    local option
    for option in "--nor x.bin" "--link jlink" "--timing typical" "--seed 1" "--core cortex-m7" "--cpu 64M" --no-jump; do
        # shellcheck disable=SC2086
        run "$EXTLOAD" info --board "$BOARD" --target gdb:1 $option
        fails 2 "${option%% *} is about the simulated board"
    done
    for option in --reset --run "--timeout 3"; do
        # shellcheck disable=SC2086
        run "$EXTLOAD" info --board "$BOARD" $option
        fails 2 "${option%% *} is about a real board"
    done
    for option in rehearse sweep serve; do
        run "$EXTLOAD" "$option" --board "$BOARD" --target gdb:1
        fails 2 "$option looks into the board"
    done
    run "$EXTLOAD" info --board "$BOARD" --target gdb:1 --host cubeprogrammer-stlink
    fails 2 "C_MASKINTS" "another --host"
    run "$EXTLOAD" info --board "$BOARD" --target gdb:1 --timeout 0
    fails 2 "1 to 3600 seconds"
    PORT=$UPSTREAM
    run drive info --run
    fails 1 "no command is known that resets the board and runs it"
    through noack
    run "$EXTLOAD" info --board "$BOARD" --target "gdb:localhost:$PORT"
    [ "$status" -eq 0 ]
}

@test "target: --json tells the server" {
    PORT=$UPSTREAM
    drive info --json >"$T/info.json" 2>/dev/null
    python3 tests/cli/check_json.py data/schema/extload-1.json info "$T/info.json"
    python3 - "$T/info.json" "$PORT" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))["result"]
assert r["target"] == {"kind": "gdb", "address": "127.0.0.1:" + sys.argv[2], "server": "extload"}, r["target"]
assert r["record"]["jedec_id"] == [1, 0x60, 0x17] and r["run"]["boots"] is None and r["findings"] == []
END
}

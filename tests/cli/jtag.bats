# The simulated board behind its JTAG wires, driven by the OpenOCD that Debian has: the configuration and the
# procedures that `build --format openocd` writes.
load common

teardown() {
    [ -z "${OPENOCD:-}" ] || { kill "$OPENOCD" 2>/dev/null || true; wait "$OPENOCD" || true; }
    if [ -n "${SERVER:-}" ]; then
        kill "$SERVER" 2>/dev/null || true
        wait "$SERVER" || true
    fi
}

# start OPTION... : builds the configuration and serves the board on a free port, PORT
start() {
    mkdir -p "$T/out"
    "$EXTLOAD" build --board "$BOARD" --format openocd -o "$T/out" >/dev/null
    NAME=$(basename "$T"/out/*.cfg .cfg)
    serve "$@"
}

serve() {
    : >"$T/serve.out"
    "$EXTLOAD" serve --board "$BOARD" --jtag 0 "$@" >"$T/serve.out" 2>"$T/serve.err" 3>&- &
    SERVER=$!
    local i
    for ((i = 0; i < 200; i++)); do
        PORT=$(sed -n 's/^jtag  *127\.0\.0\.1://p' "$T/serve.out")
        [ -z "$PORT" ] || return 0
        kill -0 "$SERVER" || break
        sleep 0.1
    done
    cat "$T/serve.out" "$T/serve.err"
    return 1
}

stop() {
    kill "$SERVER"
    wait "$SERVER" || true
    SERVER=
}

# openocd COMMAND... : after init; what it prints is in $T/log
openocd() {
    local arguments=() command
    for command in "$@"; do
        arguments+=(-c "$command")
    done
    timeout 120 openocd -c "adapter driver remote_bitbang; remote_bitbang port $PORT" \
        -c "gdb_port disabled; tcl_port disabled; telnet_port disabled" \
        -f "$T/out/$NAME.cfg" -c init "${arguments[@]}" -c shutdown </dev/null >"$T/log" 2>&1 || { cat "$T/log"; return 1; }
}

# openocd_for_gdb : OpenOCD that stays, with a GDB server for the core on a free port, GDB
openocd_for_gdb() {
    : >"$T/openocd.log"
    openocd_command=(openocd -c "adapter driver remote_bitbang; remote_bitbang port $PORT"
        -c "tcl_port disabled; telnet_port disabled; gdb_port disabled" -f "$T/out/$NAME.cfg"
        -c "[target current] configure -gdb-port 0" -c init -c halt)
    command "${openocd_command[@]}" </dev/null >"$T/openocd.log" 2>&1 3>&- &
    OPENOCD=$!
    local i
    for ((i = 0; i < 200; i++)); do
        GDB=$(sed -n 's/.*Listening on port \([0-9]*\) for gdb.*/\1/p' "$T/openocd.log" | head -n 1)
        [ -z "$GDB" ] || return 0
        kill -0 "$OPENOCD" || break
        sleep 0.1
    done
    cat "$T/openocd.log"
    return 1
}

says() {
    grep -qE -- "$1" "$T/log" || { echo "'$1' is not in:"; cat "$T/log"; return 1; }
}

# random BYTES : a file of them, the same every time
random() {
    python3 -c 'import random, sys; random.seed(9); sys.stdout.buffer.write(random.randbytes(int(sys.argv[1])))' "$1"
}

@test "jtag: OpenOCD finds the tap, both ports and the core, halts it, reads and writes" {
    start
    openocd targets halt "reg pc" "mdw 0xe000ed00" "mww 0x34180000 0x12345678" "mdw 0x34180000" \
        "mwb 0x34180001 0xaa" "mdh 0x34180000 2" "STM32N655X0.system mdw 0x44001000" \
        "STM32N655X0.system mdw 0x4400101c" "dump_image $T/dump.bin 0x34180000 1000"
    says 'tap/device found: 0x6ba00477 \(mfg: 0x23b \(ARM Ltd\)'
    says 'Cortex-M55 r1p1 processor detected'
    says 'target has 8 breakpoints, 0 watchpoints'
    says 'mem_ap .* running'
    says '^pc \(/32\): 0x18003514'
    says '^0xe000ed00: 411fd221'
    says '^0x34180000: 12345678'
    says '^0x34180000: aa78 1234'
    says '^0x44001000: 00006486'
    says '^0x4400101c: 00040000' # the watchdog stands still, as the configuration wants it
    [ "$(stat -c %s "$T/dump.bin")" -eq 1000 ]
    [ -z "$(grep -i error "$T/log")" ]
}

@test "jtag: the procedures program 100000 bytes at an odd address, verify and read them" {
    random 8388608 >"$T/flash.bin"
    cp "$T/flash.bin" "$T/before.bin"
    start --nor "$T/flash.bin"
    random 100000 >"$T/image.bin"
    openocd extload_init "extload_program $T/image.bin 0x70020003" "extload_verify $T/image.bin 0x70020003" \
        "extload_read $T/back.bin 0x70020003 100000" extload_record
    says '^flash    ID 01 60 17$'
    says "^programmed and verified $T/image.bin: 100000 bytes at 0x70020003$"
    says "^verified $T/image.bin: 100000 bytes at 0x70020003$"
    says '^record   at 0x341fe000: Init, returned$'
    cmp "$T/image.bin" "$T/back.bin"
    stop
    # the cells themselves: the image, the rest of its two sectors blank, all else as it was
    python3 - "$T" <<'END'
import pathlib, sys
before, after, image = ((pathlib.Path(sys.argv[1]) / f"{name}.bin").read_bytes() for name in ("before", "flash", "image"))
sectors = b"\xff" * 3 + image + b"\xff" * (0x20000 - 3 - len(image))
assert after == before[:0x20000] + sectors + before[0x40000:]
END
}

@test "jtag: what fails is said in the record's words, and is an error" {
    start --nor "$T/flash.bin"
    random 4000 >"$T/image.bin"
    openocd "extload_program $T/image.bin 0x70000000" "extload_erase 0x70000000 1" \
        "catch {extload_verify $T/image.bin 0x70000000} m; echo \"V \$m\"" \
        "catch {_extload_checked Write {0x60000000 16 0x34190000} 1} m; echo \"W \$m\"" \
        "extload_mass_erase"
    says '^V the flash holds something else from 0x70000000 on$'
    says '^W Write\(0x60000000, 16, 0x34190000\) failed with 0x00000000$'
    says '^RANGE: address 0x60000000, 16 bytes: outside the flash of 8388608 bytes$'
    says '^erased   the whole flash$'
    run openocd "extload_verify $T/image.bin 0x70000000"
    [ "$status" -ne 0 ] || { cat "$T/log"; return 1; }
}

@test "jtag: a flash that does not answer: Init's reason is the error" {
    board 's/part: S25FL064L/part: W25Q64JV/'
    BOARD=$T/board.yaml start # built for another part than is soldered
    mv "$T/out" "$T/other"
    BOARD=data/boards/stm32n655-s25fl064l.yaml
    stop
    start
    cp "$T/other/$NAME.cfg" "$T/other/$NAME-loader.elf" "$T/out/"
    run openocd extload_init
    [ "$status" -ne 0 ] || { cat "$T/log"; return 1; }
    says 'Init\(0, 0, 0\) failed with 0x00000000'
    says 'FLASH_WRONG_ID: another flash answers: ID 0x176001'
    says 'try: compare the part'
}

@test "jtag: files that do not belong together are noticed" {
    start
    "$EXTLOAD" build --board nucleo-n657x0-q --format openocd -o "$T/other" >/dev/null || {
        mkdir "$T/other"
        "$EXTLOAD" build --board nucleo-n657x0-q --format openocd -o "$T/other" >/dev/null
    }
    cp "$T/other/nucleo-n657x0-q-loader.elf" "$T/out/$NAME-loader.elf"
    run openocd extload_init
    [ "$status" -ne 0 ] || { cat "$T/log"; return 1; }
    says 'was not built with this configuration'
    rm "$T/out/$NAME-loader.elf"
    run openocd extload_init
    [ "$status" -ne 0 ] || { cat "$T/log"; return 1; }
    says "no $T/out/$NAME-loader.elf"
}

@test "jtag: reset, the port's lock, breakpoints, steps" {
    start
    openocd "reset halt" "reg pc" "mww 0x34180000 0x30013001" "mww 0x34180004 0xbe003001" "reg pc 0x34180000" \
        "reg r0 5" step "reg r0" "bp 0x34180004 2 hw" resume "wait_halt 1000" "reg pc" "rbp all" \
        resume "wait_halt 1000" "reg r0" "reset run" "extload_init"
    says '^pc \(/32\): 0x18003514'
    says '^r0 \(/32\): 0x00000006'
    says '^pc \(/32\): 0x34180004'
    says '^r0 \(/32\): 0x00000008'
    says '^Init     done'
}

@test "jtag: GDB on OpenOCD on the board: procedures, symbols, a function called, the record, bus errors" {
    start
    "$EXTLOAD" build --board "$BOARD" --format gdb -o "$T/out" >/dev/null
    openocd_for_gdb
    cat >"$T/commands.gdb" <<END
set confirm off
set \$extload_folder = "$T/out"
target extended-remote 127.0.0.1:$GDB
source $T/out/$NAME.gdb
monitor extload_init
maintenance flush register-cache
extload-record
set \$lr = 0x34180401
set \$r0 = 0x90000000
set \$r1 = 16
set *(unsigned *) 0x34188100 = 0xf000f8df
set *(unsigned *) 0x34188104 = (unsigned) &Write | 1
set \$pc = 0x34188100
hbreak *Write
continue
info symbol \$pc
continue
printf "at %08x, R0 %u\n", \$pc, \$r0
extload-record
x/wx 0xa0000000
END
    timeout 60 gdb-multiarch -nx -batch -x "$T/commands.gdb" </dev/null >"$T/log" 2>&1 || true
    says '^record   at 0x341fe000: Init, returned$'
    says '^Write in section \.loader'
    says '^at 34180400, R0 0$'
    says '^reason   RANGE: address 0x90000000, 16 bytes: outside the flash'
    says 'Cannot access memory at address 0xa0000000'
}

@test "jtag: extload on OpenOCD on the board: 64 KiB programmed and verified by our own host" {
    start --nor "$T/flash.bin"
    openocd_for_gdb
    random 65536 >"$T/image.bin"
    run timeout 100 "$EXTLOAD" program --board "$BOARD" --target "gdb:$GDB" "$T/image.bin@0x70030000"
    echo "$output"
    [ "$status" -eq 0 ]
    stop
    cmp -n 65536 -i $((0x30000)):0 "$T/flash.bin" "$T/image.bin"
}

@test "jtag: what OpenOCD said to extload, played again and cut off" {
    start
    openocd_for_gdb
    random 5000 >"$T/image.bin"
    recorded "$GDB" program "$T/image.bin@0x70030000" --no-preserve
}

@test "jtag: another client is turned away, garbage is hung up on, and the next is served" {
    start
    exec 7<>"/dev/tcp/127.0.0.1/$PORT"
    printf 'R' >&7
    [ "$(timeout 20 head -c 1 <&7)" = 1 ]
    exec 8<>"/dev/tcp/127.0.0.1/$PORT"
    [ -z "$(timeout 20 cat <&8)" ]
    printf 'RGET / HTTP/1.1\r\n\r\n' >&7
    [ "$(timeout 20 cat <&7 | tr -d '\0')" = 1 ]
    exec 7>&- 8>&-
    grep -q "hung up on: byte 0x47 is not of remote_bitbang" "$T/serve.err"
    openocd "mdw 0xe000ed00"
    says '411fd221'
}

@test "jtag: wrong calls" {
    run "$EXTLOAD" serve --board "$BOARD" --jtag 99999
    refused 2 "--jtag: 99999 is no port"
    run "$EXTLOAD" serve --board "$BOARD" --jtag 0 --gdb 0
    refused 2 "--gdb or --jtag, not both"
    start
    run "$EXTLOAD" serve --board "$BOARD" --jtag "$PORT"
    refused 2 "cannot listen on this port"
}

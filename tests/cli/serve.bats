# The simulated board behind a GDB server: gdb-multiarch as users drive it, and packets by hand.
load common

BASE=0x34180400

teardown() {
    if [ -n "${SERVER:-}" ]; then
        kill "$SERVER" 2>/dev/null || true
        wait "$SERVER" || true
    fi
}

# start OPTION... : serves on a free port, PORT; a call may have STACK and BUFFER
start() {
    # The server's shell makes the file some time later; until then sed would find none.
    : >"$T/serve.out"
    "$EXTLOAD" serve --board "$BOARD" --gdb 0 "$@" >"$T/serve.out" 2>"$T/serve.err" 3>&- &
    SERVER=$!
    local i
    for ((i = 0; i < 200; i++)); do
        PORT=$(sed -n 's/^gdb  *127\.0\.0\.1://p' "$T/serve.out")
        if [ -n "$PORT" ]; then
            STACK=$(sed -n 's/^layout .*SP \(0x[0-9a-f]*\).*/\1/p' "$T/serve.out")
            BUFFER=$(sed -n 's/^layout .*buffer \(0x[0-9a-f]*\).*/\1/p' "$T/serve.out")
            return 0
        fi
        kill -0 "$SERVER" || break
        sleep 0.1
    done
    cat "$T/serve.out" "$T/serve.err"
    return 1
}

# gdb : runs the commands on standard input in gdb, connected, with the loader's symbols
gdb() {
    "$EXTLOAD" build --board "$BOARD" -o "$T" >/dev/null
    {
        echo "set confirm off"
        echo "set remotetimeout 30"
        echo "file $T/stm32n655-s25fl064l.stldr"
        echo "target remote 127.0.0.1:$PORT"
        cat
    } >"$T/commands.gdb"
    timeout 120 gdb-multiarch -nx -batch -x "$T/commands.gdb" </dev/null >"$T/gdb.out" 2>&1
    cat "$T/gdb.out"
}

connect() { exec 7<>"/dev/tcp/127.0.0.1/$PORT"; }
hang_up() { exec 7>&-; }

# packet TEXT : frames and sends it
packet() {
    local sum=0 i
    for ((i = 0; i < ${#1}; i++)); do
        sum=$(((sum + $(printf '%d' "'${1:i:1}")) % 256))
    done
    printf '$%s#%02x' "$1" "$sum" >&7
}

# says TEXT : that is what the server sends next
says() {
    local got
    got=$(timeout 20 head -c "${#1}" <&7 || true)
    if [ "$got" != "$1" ]; then
        echo "'$got' is not '$1'"
        return 1
    fi
}

# answers PACKET PAYLOAD : with acknowledgement
answers() {
    local sum=0 i
    packet "$1"
    for ((i = 0; i < ${#2}; i++)); do
        sum=$(((sum + $(printf '%d' "'${2:i:1}")) % 256))
    done
    says "+\$$2#$(printf %02x "$sum")" || { echo "to $1"; return 1; }
    printf + >&7
}

@test "serve: gdb calls Init, breaks in Write, and reads the record" {
    start
    gdb <<END
break Write
set \$r0 = 1
set \$sp = $STACK
set \$lr = $BASE | 1
set \$xpsr = 0x01000000
set \$pc = Init
continue
printf "init pc %08x r0 %d\n", \$pc, \$r0
set {unsigned int[4]}$BUFFER = {0x11223344, 0x55667788, 0x99aabbcc, 0xddeeff00}
set \$r0 = 0x70000100
set \$r1 = 16
set \$r2 = $BUFFER
set \$sp = $STACK
set \$lr = $BASE | 1
set \$xpsr = 0x01000000
set \$pc = (unsigned int)Write & ~1
continue
printf "in write %d\n", \$r1
continue
printf "write pc %08x r0 %d\n", \$pc, \$r0
monitor record
x/16wx 0x341fe000
x/4wx 0x70000100
END
    grep -q "^init pc 34180400 r0 1" "$T/gdb.out"
    grep -q "^Breakpoint 1, .* in Write ()" "$T/gdb.out"
    grep -q "^in write 16" "$T/gdb.out"
    grep -q "^write pc 34180400 r0 1" "$T/gdb.out"
    grep -q "^record .*Write, returned, reason NONE" "$T/gdb.out"
    grep -q "^call .*Write(0x70000100, 0x00000010, $BUFFER" "$T/gdb.out"
    grep -q "^0x341fe000:.0x434c4658.0x01540001" "$T/gdb.out"
    grep -q "^0x70000100:.0x11223344.0x55667788.0x99aabbcc.0xddeeff00" "$T/gdb.out"
}

@test "serve: a breakpoint at a function's first instruction; single steps" {
    start
    gdb <<END
break *((unsigned int)Init & ~1)
set {unsigned int}0x34190000 = 0x4700bf00
set \$r0 = (unsigned int)Init | 1
set \$sp = $STACK
set \$lr = $BASE | 1
set \$xpsr = 0x01000000
set \$pc = 0x34190000
stepi
printf "stepped %08x\n", \$pc
continue
printf "hit %08x\n", \$pc
stepi
printf "inside %08x\n", \$pc
END
    grep -q "^stepped 34190002" "$T/gdb.out"
    grep -q "^Breakpoint 1, " "$T/gdb.out"
    local init
    init=$(sed -n 's/^Breakpoint 1 at 0x//p' "$T/gdb.out")
    grep -q "^hit $init" "$T/gdb.out"
    grep -q "^inside 3418" "$T/gdb.out"
    ! grep -q "^inside $init" "$T/gdb.out"
}

@test "serve: a write watchpoint stops at the store" {
    start
    gdb <<END
watch *(unsigned int *)0x341fe010
set \$r0 = 1
set \$sp = $STACK
set \$lr = $BASE | 1
set \$xpsr = 0x01000000
set \$pc = (unsigned int)Init & ~1
continue
monitor record
END
    grep -q "^Hardware watchpoint 1: " "$T/gdb.out"
    grep -q "^New value = " "$T/gdb.out"
    grep -q "the call has not returned\|never ran" "$T/gdb.out"
}

@test "serve: --loader is what is downloaded; registers of the stack limits are there" {
    "$EXTLOAD" build --board "$BOARD" -o "$T" >/dev/null
    start --loader "$T/stm32n655-s25fl064l.stldr"
    grep -q "^loader   $T/" "$T/serve.out"
    gdb <<END
dump binary memory $T/image.bin 0x34180404 0x34180504
info registers msp psp msplim psplim primask basepri faultmask control xpsr
set \$primask = 1
set \$msplim = 0x34180800
printf "%d %08x\n", \$primask, \$msplim
END
    grep -q "^1 34180800" "$T/gdb.out"
    arm-none-eabi-objcopy -O binary --only-section=.loader "$T/stm32n655-s25fl064l.stldr" "$T/file.bin"
    [ "$(stat -c %s "$T/image.bin")" -eq 256 ]
    cmp -n 256 "$T/image.bin" "$T/file.bin"
}

@test "serve: packets by hand: acks, NoAck, damage, oversize, what is not known" {
    start
    connect
    answers "qSupported:multiprocess+" \
        "PacketSize=4000;QStartNoAckMode+;qXfer:features:read+;vContSupported+"
    answers "?" "T05thread:01;"
    printf '$g#00' >&7
    says "-"
    answers "vMustReplyEmpty" ""
    answers "Z3,34182900,4" ""
    answers "Z4,34182900,4" ""
    answers "Z2,48000000,4" "E01"
    answers "p63" "E01"
    answers "m34180400,4" "00be0000"
    answers "M34190000,4:78563412" "OK"
    answers "M34190000,4:7856" "E01"
    answers "mdeadbe00,4" "E01"
    answers "m34190000,2" "7856"
    answers "Pf=01001934" "OK"
    answers "pf" "00001934"
    printf '$' >&7
    head -c 20000 /dev/zero | tr '\0' 0 >&7
    printf '#00' >&7
    says '+$E07#ac'
    printf + >&7
    answers "QStartNoAckMode" "OK"
    packet "qC"
    says '$QC1#c5'
    printf '$?#00' >&7 # damaged, and nobody is told
    packet "qfThreadInfo"
    says '$m1#9e'
    printf -- '-' >&7
    says '$m1#9e'
    hang_up
}

@test "serve: binary writes with every byte, read back" {
    start
    python3 - "$PORT" <<'END'
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
data = bytes(range(256)) * 30
body = b"X34190000,%x:" % len(data)
for b in data:
    body += bytes([0x7d, b ^ 0x20]) if b in b"#$}" else bytes([b])
s.sendall(b"$" + body + b"#%02x" % (sum(body) % 256))
answers = s.makefile("rb")
assert answers.read(7) == b"+$OK#9a"
for at in range(0, len(data), 256):
    request = b"m%x,100" % (0x34190000 + at)
    s.sendall(b"+$" + request + b"#%02x" % (sum(request) % 256))
    answer = answers.read(1 + 1 + 512 + 3)
    assert bytes.fromhex(answer[2:-3].decode()) == data[at:at + 256], at
END
}

@test "serve: 0x03 halts a core that runs for ever" {
    start
    connect
    answers "M34190000,2:fee7" "OK" # B .
    answers "Pf=00001934" "OK"
    packet "c"
    says "+"
    sleep 0.5
    printf '\x03' >&7
    says '$T02thread:01;#04'
    printf + >&7
    answers "pf" "00001934"
    answers "s" "T05thread:01;"
    packet "vCont;c:1"
    says "+"
    printf '\x03' >&7
    says '$T02thread:01;#04'
    hang_up
}

@test "serve: lockup is told with its reason" {
    start
    gdb <<END
set \$sp = 0x10
set \$xpsr = 0x01000000
set {unsigned int}0xe000ed08 = 0x50000000
set {unsigned short}0x34190000 = 0xde00
set \$pc = 0x34190000
continue
monitor fault
END
    grep -q "^extload: .*lockup" "$T/gdb.out"
    grep -q "SIGSEGV" "$T/gdb.out"
    grep -q "^CFSR .*UNDEFINSTR" "$T/gdb.out"
}

@test "serve: a fault inside the loader: decoded now, and from a dump" {
    start
    gdb <<END
set \$r0 = 1
set \$sp = $STACK
set \$lr = $BASE | 1
set \$xpsr = 0x01000000
set \$pc = (unsigned int)Init & ~1
continue
set \$r0 = 0x70000000
set \$r1 = 16
set \$r2 = 0xa0000000
set \$sp = $STACK
set \$lr = $BASE | 1
set \$xpsr = 0x01000000
set \$pc = (unsigned int)Write & ~1
continue
printf "write pc %08x r0 %d\n", \$pc, \$r0
monitor record
dump binary memory $T/dump.bin 0x341fe000 0x341fe154
END
    grep -q "^write pc 34180400 r0 0" "$T/gdb.out"
    "$EXTLOAD" trace --board "$BOARD" "$T/dump.bin" >"$T/trace.out"
    for file in "$T/gdb.out" "$T/trace.out"; do
        grep -q "Write, returned, reason FAULT" "$file"
        grep -q "CFSR 0x00008200 PRECISERR BFARVALID" "$file"
        grep -q "BFAR 0xa0000000" "$file"
    done
}

@test "serve: detach, come back, go, come back; one client at a time" {
    start
    gdb <<END
set \$r5 = 0x1234
break *0x34190000
set {unsigned int}0x34190000 = 0xbe00bf00
detach
END
    connect
    answers "p5" "34120000"
    answers "Z0,34190000,2" "OK"
    answers "Z2,34190010,4" "OK"
    hang_up # without removing them
    connect
    answers "Pf=feff1834" "OK"
    answers "M3418fffe,2:00bf" "OK"
    # the breakpoint of the client before is gone: both NOPs run, BKPT halts
    answers "c" "T05thread:01;"
    answers "pf" "02001934"
    exec 8<>"/dev/tcp/127.0.0.1/$PORT"
    timeout 10 cat <&8 >"$T/other"
    [ ! -s "$T/other" ]
    exec 8>&-
    packet "c"
    hang_up # in the middle of a command
    gdb <<END
monitor reset
maintenance flush register-cache
printf "parked %08x\n", \$pc
monitor time
monitor nonsense
kill
END
    grep -q "^parked 34180400" "$T/gdb.out"
    grep -q "^time " "$T/gdb.out"
    grep -q "^unknown: 'nonsense'" "$T/gdb.out"
    connect
    answers "?" "T05thread:01;"
    hang_up
}

@test "serve: signals end it with status 0, the flash file stays" {
    start --nor "$T/flash.bin"
    kill -INT "$SERVER"
    wait "$SERVER"
    SERVER=
    [ "$(stat -c %s "$T/flash.bin")" -eq 8388608 ]
    [ ! -s "$T/serve.err" ]
}

@test "serve: a port in use, no port, arguments" {
    start
    run "$EXTLOAD" serve --board "$BOARD" --gdb "$PORT"
    refused 2 "127.0.0.1:$PORT"
    run "$EXTLOAD" serve --board "$BOARD" --gdb 70000
    refused 2 "70000 is no port"
    run "$EXTLOAD" serve --board "$BOARD" --gdb abc
    refused 2 "--gdb: 'abc' is no number"
    run "$EXTLOAD" serve --board "$BOARD" something
    refused 2 "serve takes no arguments"
    run "$EXTLOAD" serve
    refused 2 "--board BOARD is missing"
    run "$EXTLOAD" serve --board "$BOARD" --loader "$T/none.stldr"
    refused 2 "none.stldr"
}

@test "serve: the self-test through the GDB server finds a good board, and leaves the flash as it was" {
    head -c 8388608 /dev/urandom >"$T/flash.bin"
    cp "$T/flash.bin" "$T/before.bin"
    start --nor "$T/flash.bin"
    run "$EXTLOAD" selftest --board "$BOARD" --target "gdb:$PORT" --scratch 0x70010000+64K --keep-dir "$T"
    echo "$output"
    [ "$status" -eq 0 ]
    # Whether a call can be cut off depends on how fast this machine simulates.
    [[ "$output" == *"good     sfdp"*"cut-off write"*"good     put back"* ]]
    kill "$SERVER"
    wait "$SERVER" || true
    SERVER=
    cmp "$T/flash.bin" "$T/before.bin"
}

# build --format gdb: the script, run by gdb-multiarch on the simulated board.
load common

teardown() {
    if [ -n "${SERVER:-}" ]; then
        kill "$SERVER" 2>/dev/null || true
        wait "$SERVER" || true
    fi
}

# start : builds the script and serves the board on a free port, PORT
start() {
    mkdir -p "$T/out"
    "$EXTLOAD" build --board "$BOARD" --format gdb -o "$T/out" >/dev/null
    : >"$T/serve.out"
    "$EXTLOAD" serve --board "$BOARD" --gdb 0 >"$T/serve.out" 2>"$T/serve.err" 3>&- &
    SERVER=$!
    local i
    for ((i = 0; i < 200; i++)); do
        PORT=$(sed -n 's/^gdb  *127\.0\.0\.1://p' "$T/serve.out")
        [ -z "$PORT" ] || return 0
        sleep 0.1
    done
    cat "$T/serve.out" "$T/serve.err"
    return 1
}

# gdb : runs the commands on standard input in the folder of the files, connected
gdb() {
    { echo "target remote 127.0.0.1:$PORT"; cat; } >"$T/commands.gdb"
    (cd "${FOLDER:-$T/out}" && timeout 60 gdb-multiarch -nx -batch -x "$T/commands.gdb" </dev/null >"$T/gdb.out" 2>&1)
    cat "$T/gdb.out"
}

says() {
    grep -qE -- "$1" "$T/gdb.out" || { echo "'$1' is not in:"; cat "$T/gdb.out"; return 1; }
}

# As the tool calls Init and Write; SP and LR are those of the layout that `serve` prints.
CALLS='
set $sp = 0x34184000
set $lr = 0x34180401
set $pc = Init
set $r0 = 1
continue'

@test "gdb script: symbols at the run address, breakpoints, the record of a call that worked" {
    start
    gdb <<END
source stm32n655-s25fl064l.gdb
info symbol &Init
info symbol nor_read
extload-record
extload-break
$CALLS
info breakpoints
bt 1
extload-record
monitor record
END
    says '^Init in section \.loader'
    says '^nor_read in section \.loader'
    says '^no record at 0x341fe000: the loader has not run'
    says 'hw breakpoint .* 0x341[0-9a-f]+ +<Write>'
    says 'hw breakpoint .* <guard_handler>'
    says '^record   at 0x341fe000: Init, returned$'
    says '^result   R0 = 0x00000001 after [0-9]+ cycles$'
    says '^flash    ID 01 60 17'
    # the same numbers as in the words of the program
    [ "$(grep -c '^call     number 1.*image at 0x34180404$' "$T/gdb.out")" -eq 2 ]
    [ "$(grep '^result ' "$T/gdb.out" | sort -u | wc -l)" -eq 1 ]
    [ "$(grep -c '^reason' "$T/gdb.out")" -eq 0 ]
}

@test "gdb script: a breakpoint in Write stops there; a refused call gives the program's own sentence" {
    start
    gdb <<END
source stm32n655-s25fl064l.gdb
$CALLS
extload-break
set \$lr = 0x34180401
set \$r0 = 0x90000000
set \$r1 = 16
set \$r2 = 0x34188000
set *(unsigned *) 0x34188100 = 0xf000f8df
set *(unsigned *) 0x34188104 = (unsigned) &Write | 1
set \$pc = 0x34188100
continue
info symbol \$pc
continue
extload-record
monitor record
END
    says '^Write in section' # LDR PC led there
    says '^record   at 0x341fe000: Write, returned$'
    says '^reason   RANGE: address 0x90000000, 16 bytes: outside the flash of 8388608 bytes$'
    says '^reason   address 0x90000000, 16 bytes: outside the flash of 8388608 bytes$'
}

@test "gdb script: from another folder, by \$extload_folder" {
    start
    FOLDER=/ gdb <<END
set \$extload_folder = "$T/out"
source $T/out/stm32n655-s25fl064l.gdb
info symbol &Write
help extload-record
END
    says '^Write in section'
    says "flight record"
}

@test "gdb script: a record inside the image is found there" {
    board '/^flash:/i record: image'
    BOARD="$T/board.yaml"
    start
    gdb <<END
source stm32n655-s25fl064l.gdb
$CALLS
extload-record
p/x (unsigned) &own_record == \$extload_record
END
    says ': Init, returned$'
    says '^\$[0-9]+ = 0x1$'
}

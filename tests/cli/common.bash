# What every suite needs: the tool under test and a clean folder.
setup() {
    EXTLOAD=${EXTLOAD:-$PWD/build/extload}
    EXAMPLE=${EXAMPLE:-$PWD/build/example}
    BOARD=data/boards/stm32n655-s25fl064l.yaml
    T=$BATS_TEST_TMPDIR
}

# refused STATUS TEXT... : the last `run` ended with STATUS and said each TEXT; nothing on stdout but
# what was printed before, and one "error:" line with a "try:" line after it.
refused() {
    local want=$1
    shift
    if [ "$status" -ne "$want" ]; then
        echo "status $status, not $want: $output"
        return 1
    fi
    local text
    for text in "$@" "error: " "try: "; do
        if ! grep -qF -- "$text" <<<"$output"; then
            echo "'$text' is not in: $output"
            return 1
        fi
    done
}

# board SED-SCRIPT : a copy of the first board with one thing changed, as $T/board.yaml
board() {
    sed -e "$1" "$BOARD" >"$T/board.yaml"
}

# record FILE [WORD-INDEX=VALUE...] : a record with a right checksum, by the layout documented in
# docs/tracing.md
record() {
    python3 - "$@" <<'END'
import struct, sys
words = [0] * 85
words[0], words[1] = 0x434C4658, 1 | 340 << 16
for setting in sys.argv[2:]:
    index, value = setting.split("=")
    words[int(index, 0)] = int(value, 0)
words[2] = ~sum(words[3:]) & 0xFFFFFFFF
open(sys.argv[1], "wb").write(struct.pack("<85I", *words))
END
}

# listen SCRIPT ARGUMENT... : a server of tests/cli, as LISTENER, on the port that it prints, PORT
listen() {
    : >"$T/listener.port"
    python3 "tests/cli/$1" "${@:2}" >"$T/listener.port" 2>"$T/listener.err" 3>&- &
    LISTENER=$!
    local i
    for ((i = 0; i < 100; i++)); do
        PORT=$(cat "$T/listener.port")
        [ -z "$PORT" ] || return 0
        sleep 0.05
    done
    return 1
}

# recorded SERVER-PORT COMMAND ARGUMENT... : the command on that server, recorded; then against the record alone,
# whole: the same is said and done; and cut off in 12 places before the farewell: one error, and never a hang
recorded() {
    local server=$1 command=$2 events at
    shift 2
    listen rsp_transcript.py record "$server" "$T/transcript"
    timeout 100 "$EXTLOAD" "$command" --board "$BOARD" --target "gdb:$PORT" "$@" >"$T/recorded.out"
    wait "$LISTENER"
    listen rsp_transcript.py replay "$T/transcript"
    timeout 100 "$EXTLOAD" "$command" --board "$BOARD" --target "gdb:$PORT" "$@" >"$T/replayed.out"
    wait "$LISTENER" || { cat "$T/listener.err"; return 1; }
    # times are real ones
    diff <(sed -E 's/[0-9.]+ (s|ms|us|KB\/s)\b/#/g; s/:[0-9]+//; s/ +/ /g' "$T/recorded.out") \
        <(sed -E 's/[0-9.]+ (s|ms|us|KB\/s)\b/#/g; s/:[0-9]+//; s/ +/ /g' "$T/replayed.out")
    events=$(wc -l <"$T/transcript")
    [ "$events" -gt 60 ]
    for ((at = 1; at < events - 10; at += events / 12)); do
        listen rsp_transcript.py replay "$T/transcript" "cut=$at"
        run timeout 100 "$EXTLOAD" "$command" --board "$BOARD" --target "gdb:$PORT" "$@"
        [ "$status" -eq 1 ] && [ "$(grep -c 'error: ' <<<"$output")" -eq 1 ] ||
            { echo "cut at $at of $events: status $status: $output"; return 1; }
        wait "$LISTENER" || true
    done
}

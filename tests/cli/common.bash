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

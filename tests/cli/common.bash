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

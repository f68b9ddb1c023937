# Figures that are shown are figures that were measured.
load common

check() {
    python3 tests/cli/check_performance.py "$1"
}

# noticed FILE SED TEXT : after a change in a copy of the documents the check fails and says TEXT
noticed() {
    rm -rf "$T/docs"
    cp -r README.md docs "$T"
    sed -i "$2" "$T/$1"
    ! cmp -s "$1" "$T/$1" || { echo "nothing changed in $1"; return 1; }
    run check "$T"
    if [ "$status" -ne 1 ] || ! grep -qF -- "$3" <<<"$output"; then
        echo "status $status, no '$3' in: $output"
        return 1
    fi
}

@test "performance: tables and plots show the figures that are kept" {
    run check .
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "performance: what was changed by hand is noticed" {
    noticed docs/performance/states.svg '0,/data-value="[0-9.]*"/s//data-value="0.001"/' "0.001 is shown for total"
    noticed docs/performance/states.svg '0,/class="ours"/s//class="plain"/' "drawn as plain"
    noticed docs/performance/states.svg 's/data-unit="[0-9.]*"/data-unit="1.0"/' "a mark at"
    noticed docs/performance/links.svg '0,/ cy="[0-9.]*"/s// cy="1.0"/' "a mark at 1.0"
    noticed docs/performance.md '0,/^| used | [0-9][0-9.]*/s//| used | 0.002/' "not 0.002, in"
    noticed docs/performance.md '/^| sparse |/d' "figures.csv has"
    noticed docs/performance.md '0,/\[memory\] |$/s//  |/' "trust is [memory], not"
    noticed docs/performance/figures.csv '/^stm32n6570/s/\[memory\]//' "the column trust is missing or too much"
    noticed docs/performance.md '0,/| held\|| BROKEN/s//| fine/' "limits.csv has"
    noticed docs/performance/figures.csv 's/^\(.*,native,own,jlink,1M,used,typical,64M,ours,.*,\)[0-9.]*\(,[0-9.]*,[0-9.]*,[0-9.]*,.*\)$/\199.000000\2/' "99.000"
}

@test "performance: README's figures are those that are kept" {
    noticed README.md '/^| 8 MiB, S25FL064L/,/^$/s/^| used | [0-9.]*/| used | 12.345/' "not: | used | 12.345"
    noticed README.md '/^| 8 MiB, S25FL064L/,/^$/s/[0-9] |$/& 1 |/' "not: | unchanged"
    noticed README.md '/^| one byte changed /d' "its table of figures is not of"
    noticed README.md 's/^| 8 MiB, S25FL064L | erase/| S25FL064L | erase/' "its table of figures is not of"
}

@test "performance: a limit that is broken or held against nothing is noticed" {
    noticed docs/performance/limits.csv '2s/held/BROKEN/' "BROKEN: used, whole quad"
    noticed docs/performance/limits.csv '$s/held/not run/' "not run: native over J-Link"
    noticed docs/performance/limits.csv '2s/^\([^|]*|\)[^|]*/\19.999/' "9.999 of"
    noticed docs/performance/limits.csv '$d' "6 limits"
}

# two_flashes : before.bin and after.bin in $T, 8 MiB that are the same on every run, and part.bin: 1 MiB of the second
# over the first
two_flashes() {
    python3 - "$T/before.bin" "$T/after.bin" <<'END'
import random, sys
for seed, path in enumerate(sys.argv[1:]):
    open(path, "wb").write(random.Random(seed).randbytes(8 << 20))
END
    (head -c 1M "$T/after.bin"; tail -c 7M "$T/before.bin") >"$T/part.bin"
}

# the_floor [OPTION...] AFTER : of the quad board over a J-Link, from before.bin to AFTER
the_floor() {
    "$(dirname "$EXTLOAD")/floor" "${@:1:$#-1}" "$BOARD" jlink "$T/before.bin" "$T/${!#}"
}

# on_the_page NUMBER : the NUMBER-th call of it that the page shows, typed in $T, prints what the page shows below it
on_the_page() {
    local call shown
    call=$(grep '^\$ build/floor' docs/performance.md | sed -n "$1s/^..//p")
    shown=$(awk -v n="$1" '/^\$ build\/floor/ { k++; if (k == n) { on = 1; next } } /^(```|\$)/ { on = 0 } on' \
        docs/performance.md)
    mkdir -p "$T/build"
    ln -sf "$(dirname "$EXTLOAD")/floor" "$T/build/floor"
    ln -sfn "$PWD/data" "$T/data"
    run env -C "$T" bash -c "$call"
    [ "$status" -eq 0 ] && [ -n "$shown" ] && [ "$output" = "$shown" ] || { echo "$ $call: $output"; return 1; }
}

@test "floor: the worked example, and 1 MiB into a used flash by a tool" {
    two_flashes
    on_the_page 1
    [ "${lines[5]}" = "floor       71.769600 s" ]
    grep -qF "| floor | | 71.770 |" docs/performance.md
    on_the_page 2
    [ "${lines[5]}" = "floor       12.376438 s" ]
    run the_floor --image 0+1M part.bin
    [ "${lines[0]}" = "erase        8.192000 s" ]
    [ "${lines[5]}" = "floor       10.163200 s" ]
    run the_floor --maximum --image 0+1M --host jlink-ofl --sector 64K --buffer 16K part.bin
    [ "${lines[0]}" = "erase       18.400000 s" ]
}

@test "floor: what makes no sense is refused" {
    two_flashes
    run the_floor --image 0+512K part.bin
    refused 2 "part.bin" "0x00080000"
    run the_floor --image 8M+1 after.bin
    refused 2 "the flash has 8388608 bytes"
    run the_floor --image 4M+8M after.bin
    refused 2 "the flash has 8388608 bytes"
    run the_floor --image 1M after.bin
    refused 2 "'1M' is no range"
    run the_floor --host native --sector 64K --buffer 64K after.bin
    refused 2 "no formula for host native"
    run the_floor --host jlink-ofl after.bin
    refused 2 "--sector SIZE --buffer SIZE"
    run the_floor --host jlink-ofl --sector 100 --buffer 16K after.bin
    refused 2 "a sector of 100"
    run the_floor --host jlink-ofl --sector 64K --buffer 0 after.bin
    refused 2 "a buffer of 0"
    head -c 1M "$T/after.bin" >"$T/short.bin"
    run the_floor short.bin
    refused 2 "it has 1048576 bytes, the flash has 8388608"
    run the_floor gone.bin
    refused 2 "gone.bin"
}

# a_bench FIGURES HOST : in $T/tree a bench whose steps write CSVs and return these statuses
a_bench() {
    rm -rf "$T/tree"
    mkdir -p "$T/tree/build/bench" "$T/tree/scripts" "$T/tree/bench"
    cp -r docs "$T/tree"
    cp -r bench/plot "$T/tree/bench"
    cp scripts/bench.sh scripts/bench_docs.sh "$T/tree/scripts"
    for name in figures limits host; do
        echo old >"$T/tree/build/bench/$name.csv"
    done
    { echo '#!/bin/sh'; echo "cp docs/performance/figures.csv docs/performance/limits.csv build/bench"
      echo "exit $1"; } >"$T/tree/build/bench_program"
    { echo '#!/bin/sh'; echo 'cp docs/performance/host.csv "$2"'; echo 'echo added,1,1 >>"$2"'
      echo "exit $2"; } >"$T/tree/scripts/host_cost.sh"
    chmod +x "$T/tree/build/bench_program" "$T/tree/scripts/host_cost.sh"
}

# bench_docs STATUS : it ends so in $T/tree
bench_docs() {
    run env -C "$T/tree" scripts/bench_docs.sh build
    [ "$status" -eq "$1" ] || { echo "status $status, not $1: $output"; return 1; }
}

@test "bench-docs: figures are kept when all was measured, broken limits or not" {
    local first second
    while read -r first second; do
        a_bench "$first" "$second"
        bench_docs 0
        grep -qF "| added | 1 |" "$T/tree/docs/performance.md"
        run env -C "$T/tree" scripts/bench.sh build
        [ "$status" -eq $((first + second)) ]
    done <<<$'0 0\n3 0\n0 3'
}

@test "bench-docs: a step that fails leaves the page as it is" {
    local first second
    while read -r first second; do
        a_bench "$first" "$second"
        bench_docs $((first == 0 || first == 3 ? second : first))
        diff -r docs/performance "$T/tree/docs/performance"
        cmp docs/performance.md "$T/tree/docs/performance.md"
        if grep -l old "$T/tree"/build/bench/*.csv; then
            return 1
        fi
    done <<<$'1 0\n2 0\n2 3\n1 3\n0 1\n3 1\n139 0'
}

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

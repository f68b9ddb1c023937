# Figures that are shown are figures that were measured.
load common

check() {
    python3 tests/cli/check_performance.py "$1"
}

# noticed FILE SED TEXT : after a change in a copy of the documents the check fails and says TEXT
noticed() {
    rm -rf "$T/docs"
    cp -r docs "$T/docs"
    sed -i "$2" "$T/docs/$1"
    ! cmp -s "docs/$1" "$T/docs/$1" || { echo "nothing changed in $1"; return 1; }
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
    noticed performance/states.svg '0,/data-value="[0-9.]*"/s//data-value="0.001"/' "0.001 is shown for total"
    noticed performance/states.svg '0,/class="ours"/s//class="plain"/' "drawn as plain"
    noticed performance/states.svg 's/data-unit="[0-9.]*"/data-unit="1.0"/' "a mark at"
    noticed performance/links.svg '0,/ cy="[0-9.]*"/s// cy="1.0"/' "a mark at 1.0"
    noticed performance.md '0,/^| used | [0-9][0-9.]*/s//| used | 0.002/' "not 0.002, in"
    noticed performance.md '/^| sparse |/d' "figures.csv has"
    noticed performance.md '0,/| held\|| BROKEN/s//| fine/' "limits.csv has"
    noticed performance/figures.csv 's/^\(.*,native,own,jlink,1M,used,typical,64M,ours,.*,\)[0-9.]*\(,[0-9.]*,[0-9.]*,[0-9.]*,.*\)$/\199.000000\2/' "99.000"
}

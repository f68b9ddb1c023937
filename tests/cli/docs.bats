# The documents name files, headings and tests that exist; what they tell to type works.
load common

check() {
    python3 tests/cli/check_docs.py "${1:-.}"
}

# a_copy : documents and tests in $T/tree, the rest of the tree beside them as links
a_copy() {
    rm -rf "$T/tree"
    mkdir "$T/tree"
    cp -r ./*.md docs tests "$T/tree"
    local entry
    for entry in abi bench cmake CMakeLists.txt data examples loader LICENSE scripts src; do
        ln -s "$PWD/$entry" "$T/tree/$entry"
    done
}

# noticed TEXT : after a change in the copy the check fails and says TEXT
noticed() {
    run check "$T/tree"
    if [ "$status" -ne 1 ] || ! grep -qF -- "$1" <<<"$output"; then
        echo "status $status, no '$1' in: $output"
        return 1
    fi
}

@test "docs: every file, heading and test that is named exists" {
    run check
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "docs: what is gone or renamed is noticed" {
    local seed=tests/sim/test_seed.c
    a_copy
    sed -i 's/the_reports_differ/the_reports_are_told_apart/' "$T/tree/$seed"
    noticed "no test the_reports_differ in $seed"
    a_copy
    sed -i '/cmocka_unit_test(the_reports_differ)/d' "$T/tree/$seed"
    noticed "no test the_reports_differ in $seed"
    a_copy
    sed -i 's/^@test "layout: the XSPI1 board"/@test "layout: the other board"/' "$T/tree/tests/cli/layout.bats"
    noticed "no test layout: the XSPI1 board in tests/cli/layout.bats"
    a_copy
    rm "$T/tree/tests/sim/test_pairs.c"
    noticed "no file ../tests/sim/test_pairs.c"
    a_copy
    rm "$T/tree/tests/fixtures/systick_unmasked.c"
    noticed "no file tests/fixtures/systick_unmasked.c"
    a_copy
    sed -i 's/^## Class B/## Beyond us/' "$T/tree/docs/fidelity.md"
    noticed "no heading fidelity.md#class-b"
    a_copy
    sed -i 's/^| `left-busy`/| `busy-on-return`/' "$T/tree/docs/findings.md"
    noticed "no finding left-busy"
    a_copy
    sed -i '0,/^\*\*Inferred\.\*\*/s///' "$T/tree/docs/answers.md"
    noticed "has no **Inferred.**"
    a_copy
    sed -i 's/^## 6\. /## /' "$T/tree/docs/answers.md"
    noticed "6 answers, not 7"
    a_copy
    echo "A page that nobody finds." >"$T/tree/docs/orphan.md"
    noticed "docs/orphan.md: no page leads here from README.md"
    a_copy
    sed -i 's/reset-armed/reset-pending/g' "$T/tree/docs/fidelity.md"
    noticed "no inherited state reset-armed"
    a_copy
    sed -i 's/^| `erase-end` |/| `end-of-erase` |/' "$T/tree/docs/fidelity.md"
    noticed "no host option erase-end"
    a_copy
    sed -i '1s/$/ [guess]/' "$T/tree/docs/use.md"
    noticed "no tag [guess] in fidelity.md"
    a_copy
    sed -i '/^\* \*\*YAML\*\*/d' "$T/tree/docs/glossary.md"
    noticed "no YAML, which README.md speaks of"
    a_copy
    sed -i 's/^\* \*\*octal\*\*/* **eight lines**/' "$T/tree/docs/glossary.md"
    noticed "eightlines stands behind nor"
    a_copy
    sed -i 's/^## \[0\.1\.0\].*/## [0.0.9] - 2026-01-01/' "$T/tree/CHANGELOG.md"
    noticed "its sections are not [Unreleased], then [0.1.0]"
    a_copy
    sed -i 's/28 extload_MassErase, //' "$T/tree/docs/tracing.md"
    noticed "function 28 is not that of abi/function.h"
    a_copy
    sed -i 's/, `extload_Digest` | function/ | function/' "$T/tree/docs/formats.md"
    noticed "the functions of a .stldr are not those of src/pack/stldr.c"
}

@test "README.md: its figures of reliability are those of the list of mutants and of reliability.md" {
    local all survive column one two
    all=$(grep -c '^mutant: ' tests/mutants/list)
    survive=$(grep -c '^survives: ' tests/mutants/list)
    grep -qF "| $all, of which $survive survive," README.md || { echo "$all mutants, $survive survive"; return 1; }
    for column in 3 4 5 6 7 8 9; do # events to unknowable
        one=$(awk -F ' *[|] *' -v column="$column" '$2 == "stm32n655-s25fl064l" { print $column }' docs/reliability.md)
        two=$(awk -F ' *[|] *' -v column="$column" '$2 == "stm32n6570-dk" { print $column }' docs/reliability.md)
        [ "$one" -ge 0 ]
        grep -qF "| $one | $two |" README.md || { echo "no | $one | $two |"; return 1; }
    done
}

# The program that writes the tables of keys is built beside the tool.
key_reference() {
    "$(dirname "$EXTLOAD")/key_reference" "$@"
}

@test "board-files.md: its tables of keys are those by which files are read" {
    key_reference --check docs/board-files.md
    sed 's/^| `clock` | yes | `1Hz` to /| `clock` | yes | `2Hz` to /' docs/board-files.md >"$T/page.md"
    run key_reference --check "$T/page.md"
    [ "$status" -eq 1 ]
    grep -q 'try: make keys' <<<"$output"
    key_reference "$T/page.md"
    cmp docs/board-files.md "$T/page.md"
    sed '/^<!-- lines of init: /d' docs/board-files.md >"$T/page.md"
    run key_reference "$T/page.md"
    [ "$status" -eq 2 ]
    grep -q 'no place for the lines of init' <<<"$output"
}

@test "board-files.md: a key that no table on the page has is noticed" {
    a_copy
    rm "$T/tree/src"
    cp -r src "$T/tree/src"
    sed -i 's/TEXT_KEY(part_values, vendor, "vendor"/TEXT_KEY(part_values, vendor, "maker"/' \
        "$T/tree/src/board/part_file.c"
    noticed "no row for key maker of part_file.c"
}

@test "docs: every host option that is named can be given" {
    local option count=0
    while read -r option; do
        "$EXTLOAD" rehearse --board "$BOARD" --host cubeprogrammer-jlink --host-option "$option" >"$T/out" 2>&1 ||
            { echo "$option"; cat "$T/out"; return 1; }
        count=$((count + 1))
    done < <(tr -s '\n ' ' ' <docs/answers.md | grep -oE -e '--host-option [a-z-]+=[a-z0-9]+' | cut -d ' ' -f 2 | sort -u)
    [ "$count" -ge 8 ]
}

# a_folder : a newcomer's folder of sources, built, with the files that the pages speak of as the reader's own
a_folder() {
    rm -rf "$T/folder"
    mkdir -p "$T/folder/build"
    local entry
    for entry in data Makefile scripts; do
        ln -s "$PWD/$entry" "$T/folder/$entry"
    done
    ln -s "$EXTLOAD" "$T/folder/build/extload"
    ln -s "$(dirname "$EXTLOAD")/floor" "$T/folder/build/floor"
    ln -s "$EXAMPLE" "$T/folder/build/example"
    cp "$EXAMPLE/xip-blink.hex" "$T/folder/firmware.hex"
    cp "$EXAMPLE/xip-blink.elf" "$T/folder/firmware.elf"
    cp "$EXAMPLE/asset.bin" "$T/folder/asset.bin"
    sed "s/^name: .*/name: my-board/" "$BOARD" >"$T/folder/my-board.yaml"
    cp tests/fixtures/sfdp/s25fl064l.hex "$T/folder/my-flash.hex"
    ln -s . "$T/folder/extload"
    local name
    for name in their my-loader; do
        board "s/^name: .*/name: $name/"
        "$EXTLOAD" build --board "$T/board.yaml" -o "$T/folder" >/dev/null
    done
    # Init, returned 0, reason LINE_STUCK; and a dump of RAM with it
    record "$T/folder/record.bin" 3=1 4=1 9=13 11=12 12=0x102 13=0xffffff 14=0xaabbcc 20=0x34180404
    { head -c $((0x341FE000 - 0x341F0000)) /dev/zero; cat "$T/folder/record.bin"; } >"$T/folder/ram.bin"
}

# typed PAGE COUNTS : each command of the page does what the page says, and so many there are
typed() {
    a_folder
    run python3 tests/cli/type_along.py "$1" "$T/folder"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$output" = "$2" ]
}

@test "README.md: each command does what the page says" {
    typed README.md "18 run, 1 not at hand, 4 elsewhere"
}

@test "use.md: each command does what the page says" {
    typed docs/use.md "21 run, 10 not at hand, 3 elsewhere"
}

@test "formats.md: each command does what the page says" {
    typed docs/formats.md "1 run, 0 not at hand, 0 elsewhere"
}

@test "board-files.md: each command does what the page says" {
    typed docs/board-files.md "5 run, 0 not at hand, 0 elsewhere"
}

@test "answers.md, ci.md, json.md, sfdp.md: each command does what the page says" {
    typed docs/answers.md "2 run, 0 not at hand, 0 elsewhere"
    typed docs/ci.md "3 run, 0 not at hand, 2 elsewhere"
    typed docs/json.md "2 run, 0 not at hand, 0 elsewhere"
    typed docs/sfdp.md "1 run, 0 not at hand, 0 elsewhere"
}

@test "tracing.md: each command does what the page says" {
    typed docs/tracing.md "6 run, 2 not at hand, 0 elsewhere"
}

@test "reliability.md: each command does what the page says" {
    typed docs/reliability.md "3 run, 0 not at hand, 5 elsewhere"
}

@test "bench.md: each command does what the page says" {
    typed docs/bench.md "4 run, 3 not at hand, 0 elsewhere"
}

@test "performance.md: each command does what the page says" {
    typed docs/performance.md "5 run, 0 not at hand, 3 elsewhere"
}

@test "debuggers.md: each command does what the page says" {
    typed docs/debuggers.md "4 run, 1 not at hand, 0 elsewhere"
}

@test "porting.md: each command does what the page says" {
    typed docs/porting.md "5 run, 0 not at hand, 0 elsewhere"
}

@test "docs: a command in running text exists, on every page" {
    a_folder
    local page
    for page in *.md docs/*.md data/*.md; do
        python3 tests/cli/type_along.py --inline "$page" "$T/folder"
    done
}

# mistyped PAGE SED-SCRIPT TEXT : a page with this change is refused, and TEXT says why
mistyped() {
    a_folder
    sed "$2" "$1" >"$T/page.md"
    if cmp -s "$1" "$T/page.md"; then
        echo "changes nothing: $2"
        return 1
    fi
    run python3 tests/cli/type_along.py "$T/page.md" "$T/folder"
    if [ "$status" -ne 1 ] || ! grep -qF -- "$3" <<<"$output"; then
        echo "not noticed: $2; status $status, no '$3' in: $output"
        return 1
    fi
}

@test "docs: another output, status or text is noticed" {
    local page=docs/use.md but="-- but the document has"
    mistyped $page 's/^clock    32 MHz: /clock    32 MHz from /' "$but"
    mistyped $page 's/^verify   233852 bytes are equal$/verify   all/' "$but"
    mistyped $page 's/^wrong.yaml:13:10: error: .*/board    my-board/' "$but"
    mistyped $page 's/^    IO3: PN5/    IO3: PN7/' "$but"
    mistyped $page 's/--dry-run //' "$but"
    mistyped $page 's/^wrote    ..my-board.stldr (1/&1/' "$but"
    mistyped docs/tracing.md 's/^set .r1 = 16/set $r1 = 8/' "not there: ['0x11223344"
    mistyped docs/tracing.md 's/int)Init/int)CheckSum/' "not there: ['1'"
    mistyped README.md 's/^image    build.example/wrote    build\/example/' "$but"
    mistyped README.md 's/0x70000000+64K/0x7F000000+64K/' "$but"
}

@test "docs: a command line that nothing executes is noticed" {
    local page=docs/use.md
    mistyped $page '0,/^```sh$/s//```/' "a block of no known kind"
    mistyped $page '0,/^```sh$/s//```text/' "a command line in a block of text"
    mistyped $page 's/^## 2\. .*/&\n\n    build\/extload build --board board.yaml\n/' "outside of a block"
    mistyped $page 's/^## 2\. .*/&\n\n$ build\/extload list mcus\n/' "outside of a block"
    mistyped $page 's/^STM32_Programmer_CLI -c/STM32CubeProgrammer -c/' "status 127"
    mistyped $page 's/ -vb 3 -el/ -vv 3 -el/' "is not known to have -vv"
    mistyped $page 's/ -r8 0x70000000 0x40$/ -r8 0x70000000/' "STM32_Programmer_CLI wants"
    mistyped $page 's/(not run by us, as all lines of this step)//' "does not say that this was not run"
    mistyped $page 's/^J-Link>savebin record.bin,/J-Link>savebin/' "not known of J-Link Commander"
    mistyped $page "s/ 0x341fe154'\$/ 0x341fe150'/" "has not the 340 bytes"
    mistyped $page 's/dump binary memory/save/' 'Undefined'
    mistyped README.md 's/`extload rehearse`/`extload repeat`/' "no command: extload repeat"
    mistyped README.md 's/`make bench` programs/`make figures` programs/' "no target: make figures"
    mistyped README.md 's/`extload list host-options`/`extload list --all host-options`/' "no option --all"
}

# step_of NAME : the script of a step of the example workflow
step_of() {
    python3 - "$1" <<'END'
import sys, yaml
workflow = yaml.safe_load(open("examples/github-actions/check-loader.yml"))
for step in workflow["jobs"]["check"]["steps"]:
    if step.get("name") == sys.argv[1]:
        print(step["run"])
END
}

@test "ci: the workflow is whole, and uses known actions only" {
    python3 - <<'END'
import yaml
workflow = yaml.safe_load(open("examples/github-actions/check-loader.yml"))
assert set(workflow[True]) == {"push", "pull_request"} # YAML 1.1 reads `on` as true
assert workflow["permissions"] == {"contents": "read", "security-events": "write"}
assert set(workflow["env"]) == {"EXTLOAD_REPOSITORY", "EXTLOAD_REF", "LOADER", "BOARD"}
job = workflow["jobs"]["check"]
assert job["container"] == "debian:12"
uses = [step["uses"] for step in job["steps"] if "uses" in step]
assert uses == ["actions/checkout@v4"] * 2 + ["github/codeql-action/upload-sarif@v3"], uses
assert all(("run" in step) != ("uses" in step) for step in job["steps"])
END
    local name
    for name in "Tools for the next steps" "Build extload" "Check and rehearse"; do
        step_of "$name" >"$T/step.sh"
        [ -s "$T/step.sh" ]
        sh -n "$T/step.sh"
    done
    for name in EXTLOAD_REPOSITORY EXTLOAD_REF LOADER BOARD; do
        grep -q "^| \`$name\` " docs/ci.md
    done
}

# The check itself is stood in for: what is tested is that its status and its file get on.
@test "ci: the workflow passes the check's status on, and uploads what was written" {
    step_of "Check and rehearse" >"$T/step.sh"
    mkdir -p "$T/runner/extload/build"
    cat >"$T/runner/extload/build/extload" <<'END'
#!/bin/sh
echo "$*" >called
[ "$WANTED" = 2 ] || echo '{}' >loader.sarif
exit "$WANTED"
END
    chmod +x "$T/runner/extload/build/extload"
    local wanted
    for wanted in 0 1 2; do
        rm -f "$T/runner/loader.sarif" "$T/output"
        : >"$T/output"
        run env -C "$T/runner" WANTED=$wanted LOADER="a loader.stldr" BOARD=board.yaml GITHUB_OUTPUT="$T/output" \
            sh -e "$T/step.sh"
        [ "$status" -eq "$wanted" ]
        [ "$(cat "$T/runner/called")" = "check a loader.stldr --rehearse --board board.yaml --sarif loader.sarif" ]
        [ "$(cat "$T/output")" = "$([ "$wanted" = 2 ] || echo written=yes)" ]
    done
}

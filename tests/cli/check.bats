# The checker as people, programs and code hosts meet it.
load common

setup_loader() { # the board's own loader, good, and the same under another name and without Thumb bit in Init
    "$EXTLOAD" build --board "$BOARD" -o "$T" >/dev/null
    GOOD=$T/stm32n655-s25fl064l.stldr
    BAD="$T/bad loader.stldr"
    python3 - "$GOOD" "$BAD" <<'END'
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
sections, count = struct.unpack_from("<I", data, 32)[0], struct.unpack_from("<H", data, 48)[0]
header = lambda i: struct.unpack_from("<10I", data, sections + 40 * i)
table = next(header(i) for i in range(count) if header(i)[1] == 2)
names = header(table[6])[4]
for at in range(table[4], table[4] + table[5], 16):
    name = names + struct.unpack_from("<I", data, at)[0]
    if data[name:name + 5] == b"Init\0":
        data[at + 4] &= 0xFE
open(sys.argv[2], "wb").write(data)
END
}

@test "check: our own loaders have no finding" {
    for board in data/boards/*.yaml; do
        "$EXTLOAD" build --board "$board" -o "$T" >/dev/null
        run "$EXTLOAD" check --board "$board" "$T/$(basename "$board" .yaml).stldr"
        echo "$output"
        [ "$status" -eq 0 ]
        [ "${lines[1]}" = "findings none" ]
    done
}

@test "check: findings with why and what to try, errors first, status 1; several files" {
    setup_loader
    run "$EXTLOAD" check "$GOOD" "$BAD"
    echo "$output"
    [ "$status" -eq 1 ]
    [ "${lines[0]}" = "check    $GOOD" ]
    [ "${lines[1]}" = "findings none" ]
    [ "${lines[2]}" = "check    $BAD" ]
    grep -q "^error: export-thumb: Init: its address 0x3418[0-9a-f]* is even$" <<<"${lines[3]}"
    grep -q "^warning: info-name-differs: DeviceName is 'stm32n655-s25fl064l', the file's name 'bad loader'" <<<"$output"
    [ "$(grep -c '^  why: ' <<<"$output")" -eq 2 ]
    [ "$(grep -c '^  try: ' <<<"$output")" -eq 2 ]
    [ "${lines[-1]}" = "findings 2, of which 1 are errors" ]
}

@test "check: warnings alone give status 0" {
    setup_loader
    cp "$GOOD" "$T/renamed.stldr"
    run "$EXTLOAD" check "$T/renamed.stldr"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "findings 1, of which 0 are errors" ]
}

@test "check: what is no loader is refused with status 2, and the other files are checked" {
    setup_loader
    echo "no loader" >"$T/text.stldr"
    run "$EXTLOAD" check "$T/text.stldr" "$GOOD"
    refused 2 "$T/text.stldr: error: loader file is no ELF"
    grep -q "^findings none" <<<"$output"
    run "$EXTLOAD" check "$EXAMPLE/xip-blink.elf"
    refused 2 "no symbol StorageInfo, Init, Write or SectorErase"
    run "$EXTLOAD" check "$T/missing.stldr"
    refused 2 "missing.stldr"
}

@test "check: wrong calls are refused" {
    run "$EXTLOAD" check
    refused 2 "check needs a FILE"
    run "$EXTLOAD" check --rehearse x.stldr
    refused 2 "--rehearse needs --board BOARD"
    run "$EXTLOAD" check --mcu N655 x.stldr
    refused 2 "unknown MCU: 'N655'" "STM32N655X0"
}

@test "check: --mcu decides about the address" {
    setup_loader
    run "$EXTLOAD" check --mcu STM32N655X0 "$GOOD"
    [ "$status" -eq 0 ]
    [ "${lines[1]}" = "findings none" ]
    run "$EXTLOAD" check --mcu STM32H743ZI "$GOOD"
    echo "$output"
    grep -q "^warning: link-address: the code is linked at 0x34180404; for STM32H74 STM32H75 the tool's base is 0x24000000" <<<"$output"
    run "$EXTLOAD" check --mcu STM32F407VG "$GOOD"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "note: where the tool loads on an STM32F407VG is not known here" ]
    [ "${lines[2]}" = "findings none" ]
}

@test "check: --json puts the findings of all files into one document on stdout" {
    setup_loader
    status=0
    "$EXTLOAD" check --json "$GOOD" "$BAD" >"$T/out.json" 2>"$T/stderr" || status=$?
    [ "$status" -eq 1 ]
    python3 - "$T/out.json" "$BAD" <<'END'
import json, sys
findings = json.load(open(sys.argv[1]))["result"]["findings"]
assert sorted(f["id"] for f in findings) == ["export-thumb", "info-name-differs"], findings
for f in findings:
    assert f["file"] == sys.argv[2] and f["why"] and f["try"] and f["evidence"] and f["count"] == 1
END
    grep -q "^findings none" "$T/stderr"
}

@test "check: --sarif writes what SARIF 2.1.0 requires" {
    setup_loader
    run "$EXTLOAD" check --sarif "$T/out.sarif" "$GOOD" "$BAD"
    [ "$status" -eq 1 ]
    "$EXTLOAD" list rules >"$T/rules"
    python3 - "$T/out.sarif" "$T/rules" <<'END'
import json, re, sys
from urllib.parse import unquote, urlparse
log = json.load(open(sys.argv[1]))
rules_listed = [line.split()[0] for line in open(sys.argv[2])]
assert log["version"] == "2.1.0" and log["$schema"].startswith("https://")  # 3.13
assert isinstance(log["runs"], list) and len(log["runs"]) == 1
run = log["runs"][0]
driver = run["tool"]["driver"]  # 3.14.6, 3.18.2
assert driver["name"] == "extload" and re.match(r"\d+\.\d+\.\d+$", driver["version"])  # 3.19.8
rules = driver["rules"]
assert sorted(r["id"] for r in rules) == sorted(rules_listed)
for rule in rules:
    assert rule["shortDescription"]["text"] and rule["help"]["text"]  # 3.49, 3.12.3
    assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")  # 3.50.3
    assert rule["properties"]["evidence"]
results = run["results"]
assert len(results) == 2
for result in results:
    assert result["message"]["text"]  # 3.27.11
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]  # 3.27.6
    assert result["level"] in ("note", "warning", "error")
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]  # 3.4.3
    assert " " not in uri and unquote(urlparse(uri).path).endswith("/bad loader.stldr"), uri
thumb = next(r for r in results if r["ruleId"] == "export-thumb")
assert thumb["level"] == "error"
assert thumb["locations"][0]["logicalLocations"][0]["name"] == "Init"
END
    run "$EXTLOAD" check --sarif "$T/no-folder/out.sarif" "$GOOD"
    refused 2 "cannot write file"
    "$EXTLOAD" check --sarif "$T/empty.sarif" "$GOOD"
    python3 -c 'import json,sys; assert json.load(open(sys.argv[1]))["runs"][0]["results"] == []' "$T/empty.sarif"
}

@test "check: --rehearse adds what the simulated board shows to the same list" {
    setup_loader
    run "$EXTLOAD" check --rehearse --board "$BOARD" --host cubeprogrammer-jlink "$GOOD"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "findings none" ]
    python3 - "$GOOD" "$T/hangs.stldr" <<'END'
import subprocess, sys
source, target = sys.argv[1:]
data = bytearray(open(source, "rb").read())
for line in subprocess.check_output(["readelf", "-sW", source], text=True).splitlines():
    if line.endswith(" Init"):
        address = int(line.split()[1], 16) & ~1
for line in subprocess.check_output(["readelf", "-lW", source], text=True).splitlines():
    fields = line.split()
    if fields[:1] == ["LOAD"] and int(fields[2], 16) > 0:
        at = int(fields[1], 16) + address - int(fields[2], 16)
data[at:at + 2] = b"\xfe\xe7"  # b .
open(target, "wb").write(data)
END
    status=0
    "$EXTLOAD" check --rehearse --board "$BOARD" --host native --host cubeprogrammer-jlink --json \
        --sarif "$T/out.sarif" "$T/hangs.stldr" >"$T/out.json" 2>"$T/stderr" || status=$?
    cat "$T/stderr"
    [ "$status" -eq 1 ]
    python3 - "$T/out.json" "$T/out.sarif" <<'END'
import json, sys
findings = json.load(open(sys.argv[1]))["result"]["findings"]
ids = [f["id"] for f in findings]
assert "info-name-differs" in ids and "hang" in ids, ids
assert next(f for f in findings if f["id"] == "hang")["hosts"] == ["native", "cubeprogrammer-jlink"]
assert sorted(r["ruleId"] for r in json.load(open(sys.argv[2]))["runs"][0]["results"]) == sorted(ids)
END
}

@test "check: what the rehearsal cannot drive keeps its findings" {
    setup_loader
    for name in Write Init; do
        python3 -c 'import sys; n = sys.argv[3].encode(); d = open(sys.argv[1], "rb").read().replace(b"\0" + n + b"\0", b"\0X" + n[1:] + b"\0"); open(sys.argv[2], "wb").write(d)' \
            "$GOOD" "$T/no-$name.stldr" "$name"
        run "$EXTLOAD" check --rehearse --board "$BOARD" "$T/no-$name.stldr"
        echo "$output"
        [ "$status" -eq 1 ]
        grep -q "^error: export-missing: no symbol $name" <<<"$output"
        grep -q "^host     openocd-stldr would not take the file: no symbol $name" <<<"$output"
        # Without Write the other hosts try; without Init none does.
        [ "$name" = Write ] || grep -q "^rehearsal not held: .*no symbol Init" <<<"$output"
    done
}

@test "check: a flash algorithm by its own rules, in text, JSON and SARIF" {
    algorithm() { # NAME FLAG... : $T/NAME.FLM of its source among the fixtures
        local source=tests/fixtures/check/flm/$1 target=$T/$(basename "$1").FLM
        shift
        arm-none-eabi-gcc -mcpu=cortex-m33 -mthumb -Os -ffreestanding -nostdlib -fPIC "$@" -I. \
            -T tests/fixtures/check/flm/algorithm.ld "$source.c" -o "$target" 2>"$T/linker"
    }
    algorithm good/gcc -fvisibility=hidden
    algorithm good/sfl -fvisibility=hidden -Wl,-e,SEGGER_FL_Prepare
    algorithm flm_got -Wl,--emit-relocs
    run "$EXTLOAD" check "$T/gcc.FLM" "$T/sfl.FLM"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "${lines[1]}" = "findings none" ] && [ "${lines[3]}" = "findings none" ]
    status=0
    "$EXTLOAD" check --json --sarif "$T/out.sarif" "$T/flm_got.FLM" >"$T/out.json" 2>"$T/stderr" || status=$?
    [ "$status" -eq 1 ]
    python3 - "$T/out.json" "$T/out.sarif" "$T/flm_got.FLM" <<'END'
import json, sys
finding, = json.load(open(sys.argv[1]))["result"]["findings"]
assert finding["id"] == "flm-got" and finding["file"] == sys.argv[3] and "'shared'" in finding["what"], finding
result, = json.load(open(sys.argv[2]))["runs"][0]["results"]
assert result["ruleId"] == "flm-got" and result["level"] == "error", result
END
}

@test "list rules: every id once, with severity and why; as many as docs/findings.md has" {
    run "$EXTLOAD" list rules
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq "$(grep -c '^| `' docs/findings.md)" ]
    [ "$(cut -d' ' -f1 <<<"$output" | sort -u | wc -l)" -eq "${#lines[@]}" ]
    [ -z "$(grep -vE '^[a-z0-9-]+ +(note|warning|error) +(check|rehearsal) +[^ ].{20,}' <<<"$output")" ]
    [ "$(grep -v '^flm-' <<<"$output" | grep -c ' check ')" -eq "$(find tests/fixtures/check -maxdepth 1 -name '*.c' | wc -l)" ]
    [ "$(grep -c '^flm-.* check ' <<<"$output")" -eq "$(find tests/fixtures/check/flm -maxdepth 1 -name 'flm_*.c' | wc -l)" ]
}

@test "the checker needs nothing but the file: no simulator, no host, no POSIX" {
    other=$(grep -hE '^#include "' src/check/*.[ch] | grep -vE '"(abi|check|elf|report)/' || true)
    other+=$(grep -hE '^#include <' src/check/*.[ch] |
        grep -vE '<(assert|inttypes|stdarg|stdbool|stddef|stdint|stdio|stdlib|string)\.h>' || true)
    other+=$(grep -hE '^#include "' src/report/*.[ch] | grep -vE '"(abi|report)/' || true)
    echo "$other"
    [ -z "$other" ]
}

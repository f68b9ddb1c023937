# --json: every command writes one document on stdout, on success and on failure, that the schema takes.
load common

SCHEMA=data/schema/extload-1.json

# json STATUS COMMAND ARGUMENT... : runs it with --json; the document goes to $T/COMMAND-N.json and is checked
json() {
    local want=$1 command=$2 file got=0
    shift 2
    count=$((${count:-0} + 1))
    file=$T/$command-$count.json
    "$EXTLOAD" "$command" --json "$@" >"$file" 2>"$T/stderr" || got=$?
    if [ "$got" -ne "$want" ]; then
        echo "$command $*: status $got, not $want"
        cat "$file" "$T/stderr"
        return 1
    fi
    run python3 tests/cli/check_json.py "$SCHEMA" "$command" "$file"
    [ "$status" -eq 0 ] || { echo "$command $*: $output"; return 1; }
    document=$file
    run holds "document['status'] == $want"
    [ "$status" -eq 0 ] || { echo "another status in the document"; return 1; }
}

# holds EXPRESSION : of the last document, as `document`, its result as `r`, its error as `e`
holds() {
    python3 - "$document" "$1" <<'END'
import json, sys
document = json.load(open(sys.argv[1]))
r, e = document["result"], document["error"]
if not eval(sys.argv[2]):
    print("not so:", sys.argv[2])
    print(json.dumps(document, indent=1))
    sys.exit(1)
END
}

# nothing_is_null EXCEPTION... : every member of the result is there but those
nothing_is_null() {
    holds "[k for k, v in r.items() if v is None] == '$*'.split()"
}

@test "json: build" {
    json 0 build --board "$BOARD" -o "$T"
    nothing_is_null
    holds "r['file_bytes'] == $(stat -c %s "$T/stm32n655-s25fl064l.stldr") and r['board']['pins']['NCS'] == 'PN1'"
    holds "r['loader_image']['address'] == 0x34180404 and 'guard' in [p['name'] for p in r['loader_image']['parts']]"
    holds "r['files'] == [{'format': 'stldr', 'file': r['file'], 'bytes': r['file_bytes']}]"
    [ -s "$T/stderr" ]
    holds "r['board']['part'] == 'S25FL064L' and r['board']['sfdp_file'] is None"
    cp tests/fixtures/sfdp/s25fl064l.hex "$T/dump.hex"
    board 's/^  part: .*/  sfdp: dump.hex\n  id: "01 60 17"/'
    json 0 build --board "$T/board.yaml" -o "$T"
    holds "r['board']['sfdp_file'].endswith('dump.hex')"
    json 0 build --board stm32n657-xspi1-power-switch --format flm,stldr -o "$T"
    holds "[f['format'] for f in r['files']] == ['stldr', 'flm'] and document['warnings'][0]['id'] == 'flm-name-long'"
    json 2 build --board "$BOARD" --format fml -o "$T"
    holds "e['id'] == 'UNKNOWN_NAME' and 'flm' in e['hint'] and r['files'] is None"
    json 2 build --board "$T/missing.yaml"
    holds "e['id'] == 'FILE_READ' and e['where']['file'].endswith('missing.yaml')"
    board 's/^  lanes: 4/  lane: 4/'
    json 2 build --board "$T/board.yaml" -o "$T"
    holds "e['id'] == 'UNKNOWN_KEY' and e['where']['line'] == 13 and e['where']['column'] == 3 and 'lanes' in e['hint']"
    json 2 build
    holds "e['id'] == 'USAGE' and e['where'] is None and r['board'] is None"
}

@test "json: program, dry and in earnest, and what comes of a call that fails" {
    head -c 8388608 /dev/urandom >"$T/flash.bin"
    head -c 5000 /dev/urandom >"$T/a.bin"
    json 0 program --dry-run --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70012345"
    nothing_is_null progress run record findings
    holds "r['dry_run'] and r['plan']['neighbour_bytes'] == 3192 and r['plan']['sectors'] == [{'address': 0x70012000, 'bytes': 8192, 'covered_bytes': 5000}]"
    json 0 program --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70012345" --keep-dir "$T"
    nothing_is_null
    holds "r['progress']['written_bytes'] == r['progress']['verified_bytes'] == 8192 and r['progress']['kept_bytes'] == 3192"
    holds "r['progress']['proof'] == 'digest' and r['progress']['unchanged_bytes'] == 0 < r['progress']['compare_ns']"
    holds "r['run']['boots'] and r['run']['time_ns'] > r['progress']['erase_ns'] > 0 and r['progress']['kept_file'] is None"
    holds "r['image']['segments'] == [{'address': 0x70012345, 'bytes': 5000, 'file': '$T/a.bin'}] and r['findings'] == []"
    holds "r['record']['function'] == 'extload_Digest' and r['record']['jedec_id'] == [0x01, 0x60, 0x17] and r['record']['events']['list'][0]['phase'] == 'entered'"
    head -c 16 /dev/zero | cat - "$T/a.bin" >"$T/b.bin"
    json 0 program --only-window --board "$BOARD" --host cubeprogrammer "$T/b.bin@0x6ffffff0"
    holds "r['left_out'] == [{'address': 0x6ffffff0, 'bytes': 16, 'file': '$T/b.bin'}] and not r['plan']['keeps_neighbours']"
    json 2 program --board "$BOARD" "$T/b.bin@0x6ffffff0"
    holds "e['id'] == 'IMAGE_OUTSIDE' and r['loader']['built'] and r['plan'] is None"
    "$EXTLOAD" build --board "$BOARD" -o "$T" >/dev/null
    python3 tests/cli/mutilate.py hangs "$T/stm32n655-s25fl064l.stldr" "$T/bad.stldr"
    json 1 program --board "$BOARD" --loader "$T/bad.stldr" "$T/a.bin@0x70012345"
    holds "e['id'] == 'CALL_TIMEOUT' and r['progress']['stage'] == 'compare' and r['findings'][0]['id'] == 'hang'"
    holds "r['record'] is None and r['run']['boots'] is None and not r['loader']['built']"
}

@test "json: verify, read, erase, info" {
    head -c 8388608 /dev/urandom >"$T/flash.bin"
    head -c 1000 "$T/flash.bin" >"$T/a.bin"
    json 0 verify --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70000000"
    nothing_is_null
    holds "r['verified_bytes'] == 1000"
    json 1 verify --board "$BOARD" --nor "$T/flash.bin" "$T/a.bin@0x70000001"
    holds "e['id'] == 'VERIFY_MISMATCH' and r['verified_bytes'] is None"
    json 0 read --board "$BOARD" --nor "$T/flash.bin" 0x70000000+1000 -o "$T/back.srec" --host-option buffer-size=4096
    nothing_is_null
    holds "r['range'] == {'address': 0x70000000, 'bytes': 1000} and r['host']['options'] == ['buffer-size=4096']"
    json 2 read --board "$BOARD" --nor "$T/flash.bin" 0x70000000+1000 -o "$T/back.txt"
    holds "r['file'] is None and r['run']['calls'] > 0"
    json 2 read --board "$BOARD" --nor "$T/flash.bin" 0x7zz
    json 0 erase --board "$BOARD" --nor "$T/flash.bin" 0x70000000+64K 0x70020000+128K
    nothing_is_null
    holds "r['erased_bytes'] == 3 * 65536 and len(r['ranges']) == 2 and not r['all']"
    json 0 erase --board "$BOARD" --nor "$T/flash.bin" --all
    nothing_is_null ranges
    holds "r['erased_bytes'] == 8388608"
    json 2 erase --board "$BOARD" --nor "$T/flash.bin" 0x70000000+1K
    json 0 info --board "$BOARD"
    nothing_is_null sfdp
    holds "r['layout']['breakpoint'] == 0x34180400 and set(r['loader']['exports']) >= {'Init', 'Write', 'CheckSum'}"
    json 2 info --board "$BOARD" --host nobody
    holds "r['board'] and r['host'] is None"
    json 0 info --sfdp tests/fixtures/sfdp/s25fl064l.hex
    nothing_is_null board loader host target layout run record findings
    holds "r['sfdp']['flash_bytes'] == 8388608 and r['sfdp']['quad_enable'] == 5 and r['sfdp']['refusal'] is None"
    holds "[x['time']['typical_ns'] for x in r['sfdp']['erases']] == [64000000, 304000000, 512000000]"
    holds "[x['opcode_4byte'] for x in r['sfdp']['erases']] == [0x21, 0x53, 0xDC]"
    python3 tests/cli/check_json.py --mutate "$SCHEMA" info "$document"
    echo '53 46 44 5x' >"$T/bad.hex"
    json 2 info --sfdp "$T/bad.hex"
    holds "e['id'] == 'SFDP_SYNTAX' and e['where']['column'] == 11 and r['sfdp'] is None"
}

@test "json: check and rehearse" {
    "$EXTLOAD" build --board "$BOARD" -o "$T" >/dev/null
    local good=$T/stm32n655-s25fl064l.stldr
    python3 tests/cli/mutilate.py hangs "$good" "$T/bad.stldr"
    echo nothing >"$T/no.stldr"
    json 0 check "$good"
    holds "r['files'] == [{'file': '$good', 'status': 0, 'error': None}] and r['findings'] == [] and r['hosts'] is None"
    json 2 check "$good" "$T/bad.stldr" "$T/no.stldr" "$T/missing.stldr"
    holds "[f['status'] for f in r['files']] == [0, 0, 2, 2] and e is None"
    holds "r['files'][2]['error']['id'] == 'LOADER_NOT_ELF' and r['findings'][0]['file'] == '$T/bad.stldr'"
    json 1 check --rehearse --board "$BOARD" --host native "$T/bad.stldr"
    holds "r['hosts'][0]['host'] == 'native' and 'hang' in [f['id'] for f in r['findings']]"
    json 0 check --mcu STM32F407VG "$good"
    holds "document['warnings'][0]['id'] == 'device-unknown'"
    json 2 check
    json 0 rehearse --board "$BOARD" --host native --host openocd-stldr
    holds "[h['host'] for h in r['hosts']] == ['native', 'openocd-stldr'] and r['findings'] == []"
    holds "{f['name'] for h in r['hosts'] for f in h['functions']} >= {'Init', 'Write', 'SectorErase', 'extload_Stream'}"
    json 1 rehearse --board "$BOARD" --loader "$T/bad.stldr" --host native
    holds "e is None and r['findings'][0]['id'] == 'hang'"
    arm-none-eabi-objcopy --strip-symbol=SectorErase "$good" "$T/less.stldr"
    json 1 rehearse --board "$BOARD" --loader "$T/less.stldr"
    holds "[h['refusal'] for h in r['hosts'] if h['host'] == 'openocd-stldr'] == ['no symbol SectorErase']"
    json 2 rehearse --board "$BOARD" --loader "$T/no.stldr"
}

@test "json: sweep, a sample and one injection" {
    json 0 sweep --board "$BOARD" --op read --sample 3
    holds "r['operations'][0]['name'] == 'read' and r['injections'] == r['operations'][0]['chosen'] and r['broken'] == []"
    json 0 sweep --board "$BOARD" --op read --kind power-lost --at 20
    holds "r['faults'] == [{'name': 'power-lost', 'success': 0, 'reported': 1, 'stopped': 0, 'unknowable': 0, 'broken': 0}]"
    holds "[(b['op'], b['kind'], b['at'], b['outcome'], b['reason']) for b in r['broken']] == [('read', 'power-lost', 20, 'reported', 'RESTARTED')]"
    holds "r['replay']['moment']['kind'] in ('frame', 'register', 'block') and r['replay']['trace'] is None"
    holds "r['replay']['call']['function'] == 'Read' and r['replay']['call']['result'] == 0 and r['replay']['call']['stopped_at'] is None"
    holds "r['replay']['record']['reason']['name'] == 'RESTARTED'"
    at=$("$EXTLOAD" sweep --board "$BOARD" --op read --kind lines-low --at 0 2>&1 | sed -n 's/.* is event //p')
    json 0 sweep --board "$BOARD" --op read --kind lines-low --at "$at" --trace "$T/trace.txt"
    holds "r['replay']['moment']['kind'] == 'frame' and r['replay']['moment']['opcode'] < 256 and r['replay']['trace'] == '$T/trace.txt'"
    [ "$(grep -c ' us  frame ' "$T/trace.txt")" -gt 2 ]
    json 0 sweep --board "$BOARD" --op read --kind halt --at 0
    holds "r['replay']['call']['returned'] is False and r['replay']['call']['stopped_at'].startswith('0x')"
    json 2 sweep --board "$BOARD" --op read --kind lines-low --at 0 --trace "$T/trace.txt"
    json 0 sweep --board "$BOARD" --op read --kind lines-low --sample 1
    holds "r['replay'] is None"
    json 2 sweep --board "$BOARD" --kind flip
}

@test "json: selftest, without and with a scratch range" {
    json 0 selftest --board "$BOARD"
    nothing_is_null
    holds "r['selftest']['bad'] == 0 and r['selftest']['times'] == [] and len(r['selftest']['sfdp_hex']) == 2 * 896"
    json 0 selftest --board "$BOARD" --scratch 0x70010000+64K --keep-dir "$T"
    holds "[t['what'] for t in r['selftest']['times']] == ['erase', 'program']"
    holds "{s['verdict'] for s in r['selftest']['steps']} == {'good', 'told'}"
    json 2 selftest --board "$BOARD" --scratch 0x70010000+60K
    holds "e['id'] == 'USAGE' and r['selftest'] is None"
}

@test "json: trace, of the simulated board and of a dump" {
    json 0 trace --board "$BOARD"
    nothing_is_null dump
    json 2 trace --board "$BOARD" "$T/missing"
    holds "r['dump']['file'] == '$T/missing' and r['board'] and r['record'] is None"
    cat "$document" >"$T/first"
    python3 - "$T/dump.bin" <<'END'
import struct, sys
words = [0x434C4658, 1 | 340 << 16, 0, 7, 2, 0x70000000, 256, 0x34187e20, 0, 13, 0, 24, 3, 0x100, 0x34180500]
words += [0x176001, 0, 0, 64000000, 1234, 0x34180404] + list(range(16))
words += [0xFFFFFFF9, 3, 0x8200, 0x40000000, 0, 0x58, 1, 0, 1, 2, 3, 12, 0x34180501, 0x34180500, 0x01000000]
words += [2, 0, 1 << 24, 400, 9 << 24 | 5] + [0] * 28
words[2] = ~sum(words[3:]) & 0xFFFFFFFF
open(sys.argv[1], "wb").write(struct.pack(f"<{len(words)}I", *words))
END
    json 0 trace --board "$BOARD" "$T/dump.bin"
    nothing_is_null loader host target run findings
    holds "r['record']['reason']['name'] == 'FAULT' and r['record']['fault']['cfsr_bits'] == 'PRECISERR BFARVALID'"
    holds "r['record']['fault']['frame']['pc'] == 0x34180500 and r['record']['arguments'] == [0x70000000, 256, 0x34187e20, 0]"
    holds "r['record']['events'] == {'whole': True, 'list': [{'cycles': 0, 'phase': 'entered', 'detail': 0}, {'cycles': 400, 'phase': 'program', 'detail': 5}]}"
}

@test "json: list" {
    local kind
    for kind in boards mcus parts formats hosts host-options links rules; do
        json 0 list "$kind"
        holds "r['kind'] == '$kind' and r['items']"
    done
    json 2 list something
    json 2 list boards --data "$T"
    holds "r['kind'] == 'boards'"
}

@test "json: serve writes its document when it listens, and goes on" {
    local file=$T/serve.json pid got=0
    "$EXTLOAD" serve --json --gdb 0 --board "$BOARD" >"$file" 2>"$T/stderr" &
    pid=$!
    for _ in $(seq 100); do
        [ -s "$file" ] && break
        sleep 0.1
    done
    kill -0 "$pid"
    sleep 0.2
    run python3 tests/cli/check_json.py "$SCHEMA" serve "$file"
    kill -INT "$pid"
    wait "$pid" || got=$?
    echo "$output, status $got"
    [ "$status" -eq 0 ]
    document=$file
    nothing_is_null
    holds "document['status'] is None and r['port'] > 0"
    json 2 serve --gdb 99999 --board "$BOARD"
    json 2 serve --board "$BOARD" something
}

@test "json: a call that cannot be parsed, and a command that does not exist" {
    local got=0
    "$EXTLOAD" nonesuch --json >"$T/null.json" 2>"$T/stderr" || got=$?
    [ "$got" -eq 2 ]
    python3 tests/cli/check_json.py "$SCHEMA" null "$T/null.json"
    grep -q "^error: wrong call: unknown command 'nonesuch'" "$T/stderr"
    json 2 info --bogus
    json 2 info --seed
    json 2 list --board x
    got=0
    "$EXTLOAD" list --bogus >"$T/out" 2>/dev/null || got=$?
    [ "$got" -eq 2 ]
    [ ! -s "$T/out" ]
}

@test "json: names that are not UTF-8 do not spoil the document" {
    local odd
    odd=$T/$(printf 'b\377ad\303\274')
    cp "$BOARD" "$odd.yaml"
    json 0 build --board "$odd.yaml" -o "$T"
    holds "r['board']['file'].endswith('b\ufffdad\u00fc.yaml')"
    json 2 program --board "$BOARD" "$odd.elf"
    holds "e['where']['file'].endswith('b\ufffdad\u00fc.elf')"
}

@test "json: a full disk is said, with status 2" {
    run bash -c '"$0" list --json rules >/dev/full' "$EXTLOAD"
    refused 2 "cannot write file: No space left on device"
}

@test "json: the schema notices each member that is missing, extra or wrong" {
    printf 'some bytes' >"$T/image.bin"
    json 0 program --board "$BOARD" "$T/image.bin@0x70100000"
    run python3 tests/cli/check_json.py --mutate "$SCHEMA" program "$document"
    echo "$output"
    [ "$status" -eq 0 ]
    json 2 read --board "$BOARD"
    python3 tests/cli/check_json.py --mutate "$SCHEMA" read "$document"
    json 0 list links
    python3 tests/cli/check_json.py --mutate "$SCHEMA" list "$document"
    python3 - "$SCHEMA" "$T/loose.json" <<'END'
import json, sys
schema = json.load(open(sys.argv[1]))
schema["$defs"]["run"]["additionalProperties"] = True
json.dump(schema, open(sys.argv[2], "w"))
END
    json 0 info --board "$BOARD"
    run python3 tests/cli/check_json.py --mutate "$T/loose.json" info "$document"
    [ "$status" -eq 1 ]
    grep -q "not noticed: an extra member in /result/run" <<<"$output"
}

@test "json: what docs/json.md tells of each result is what the schema has" {
    python3 - "$SCHEMA" docs/json.md <<'END'
import json, re, sys
schema = json.load(open(sys.argv[1]))
page = open(sys.argv[2]).read()
told = dict(re.findall(r"^\| `([a-z]+)` \| (.*) \|$", page, flags=re.M))
commands = [c for c in schema["properties"]["command"]["enum"] if c]
for command in commands:
    part = schema["$defs"][command]
    members = list((part["oneOf"][0] if "oneOf" in part else part)["properties"])
    assert re.findall(r"`([a-z_]+)`", told[command]) == members, (command, members)
for name in schema["required"]:
    assert f"`{name}`" in page, name
for name in ("error", "board", "loader", "host", "target", "layout", "image", "plan", "progress", "run", "record"):
    for member in schema["$defs"][name]["properties"]:
        assert re.search(rf"`{member}`", page), (name, member)
END
}

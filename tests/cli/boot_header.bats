# An image at the start of the flash that the boot ROM starts from: what the ROM will make of it.
load common

@test "boot header: an image without one is warned about, and programmed" {
    local call
    for call in "--dry-run" ""; do
        # shellcheck disable=SC2086
        "$EXTLOAD" program $call --board "$BOARD" --nor "$T/flash.bin" "$EXAMPLE/xip-blink.elf" >"$T/out" 2>"$T/err"
        cat "$T/err"
        [ "$(grep -c '^warning: ' "$T/err")" -eq 1 ]
        grep -q "^warning: $EXAMPLE/xip-blink.elf begins at 0x70000000 without a boot header .* the boot ROM will not start it" "$T/err"
        grep -q "^  try: STM32_SigningTool_CLI .*-align" "$T/err"
    done
    "$EXTLOAD" verify --board "$BOARD" --nor "$T/flash.bin" "$EXAMPLE/xip-blink.elf" 2>"$T/err"
    [ ! -s "$T/err" ]
    "$EXTLOAD" program --json --board "$BOARD" "$EXAMPLE/xip-blink.elf" >"$T/out.json" 2>"$T/err"
    python3 -c 'import json,sys; assert [w["id"] for w in json.load(open(sys.argv[1]))["warnings"]] == ["boot-header-missing"]' \
        "$T/out.json"
}

@test "boot header: a signed image, another place and another port are not warned about" {
    python3 - "$T/signed.bin" <<'END'
import struct, sys
image = bytearray(0x1000)
image[0:4] = b"STM2"
struct.pack_into("<II", image, 0x68, 0x00020300, len(image) - 576)
open(sys.argv[1], "wb").write(image)
END
    "$EXTLOAD" program --dry-run --board "$BOARD" "$T/signed.bin@0x70000000" 2>"$T/err" >/dev/null
    [ ! -s "$T/err" ]
    head -c 1000 /dev/urandom >"$T/a.bin"
    "$EXTLOAD" program --dry-run --board "$BOARD" "$T/a.bin@0x70100000" 2>"$T/err" >/dev/null
    [ ! -s "$T/err" ]
    "$EXTLOAD" program --dry-run --board data/boards/stm32n657-xspi1-power-switch.yaml "$T/a.bin@0x90000000" 2>"$T/err" >/dev/null
    [ ! -s "$T/err" ]
}

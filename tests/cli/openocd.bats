# build --format openocd, read by the OpenOCD that Debian has. No board is behind it here.
load common

# openocd COMMAND... : with the configuration that was built, and an adapter that is none
openocd() {
    local arguments=() command
    for command in "$@"; do
        arguments+=(-c "$command")
    done
    timeout 20 openocd -c "adapter driver dummy; transport select jtag" -f "$T/out/stm32n655-s25fl064l.cfg" \
        "${arguments[@]}" -c shutdown </dev/null 2>&1
}

build() {
    mkdir -p "$T/out"
    "$EXTLOAD" build --board "${1:-$BOARD}" --format openocd -o "$T/out" >"$T/build.out"
}

# complains TEXT... : the last `run` failed and said so
complains() {
    [ "$status" -ne 0 ] || { echo "no failure: $output"; return 1; }
    local text
    for text in "$@"; do
        grep -qF -- "$text" <<<"$output" || { echo "'$text' is not in: $output"; return 1; }
    done
}

@test "openocd: two files, the loader's ELF beside the configuration" {
    build
    [ "$(ls "$T/out" | tr '\n' ' ')" = "stm32n655-s25fl064l-loader.elf stm32n655-s25fl064l.cfg " ]
}

@test "openocd: stock OpenOCD reads the configuration of every board" {
    for board in $("$EXTLOAD" list boards | awk '{ print $1 }'); do
        build "$board"
        timeout 20 openocd -c "adapter driver dummy; transport select jtag" -f "$T/out/$board.cfg" \
            -c 'echo "cpu [target current] of [target names]"' -c shutdown </dev/null >"$T/log" 2>&1
        grep -q '^cpu STM32N6[0-9A-Z]*\.cpu of STM32N6[0-9A-Z]*\.system STM32N6[0-9A-Z]*\.cpu$' "$T/log"
        [ -z "$(grep -iE 'error|deprecated|unknown|invalid' "$T/log")" ]
    done
}

@test "openocd: access ports, IDs, work area and debug registers are those of the MCU" {
    build
    run openocd 'echo "ap [STM32N655X0.system cget -ap-num] [STM32N655X0.cpu cget -ap-num]"' \
        'echo "type [STM32N655X0.system cget -type] [STM32N655X0.cpu cget -type]"' \
        'echo "work [STM32N655X0.cpu cget -work-area-phys] [STM32N655X0.cpu cget -work-area-size]"' \
        'echo "freeze [dict get $extload(setup) 0x4400101c]"' \
        'echo "id $extload(jtag_id)"'
    [ "$status" -eq 0 ]
    grep -qx 'ap 0 1' <<<"$output"
    grep -qx 'type mem_ap cortex_m' <<<"$output"
    grep -qxE 'work (0x34000000|872415232) (0x10000|65536)' <<<"$output"
    grep -qx 'freeze 0x00040000' <<<"$output"
    grep -qx 'id 0x6ba00477' <<<"$output"
}

@test "openocd: bus errors are reported to GDB, by either spelling, and without it the user is told" {
    build
    for spelling in "proc gdb_report_data_abort {mode} { echo \"old \$mode\" }" \
        "rename gdb_report_data_abort {}; proc gdb {what mode} { echo \"new \$what \$mode\" }" \
        "rename gdb_report_data_abort {}"; do
        timeout 20 openocd -c "adapter driver dummy; transport select jtag" -c "$spelling" \
            -f "$T/out/stm32n655-s25fl064l.cfg" -c shutdown </dev/null >>"$T/log" 2>&1
    done
    [ "$(grep -cx 'old enable' "$T/log")" -eq 1 ]
    [ "$(grep -cx 'new report_data_abort enable' "$T/log")" -eq 1 ]
    [ "$(grep -cx 'Warn : this OpenOCD cannot report bus errors to GDB' "$T/log")" -eq 1 ]
}

@test "openocd: help names the procedures" {
    build
    run openocd "help extload_program" "usage extload_read" "help extload_record"
    [ "$status" -eq 0 ]
    grep -q '^extload_program file address' <<<"$output"
    grep -q '^extload_read file address size' <<<"$output"
    grep -q "flight record" <<<"$output"
}

@test "openocd: wrong files and ranges are refused before the board is touched" {
    build
    head -c 5000 /dev/zero >"$T/image.bin"
    run openocd "extload_program $T/none.bin 0x70000000"
    complains "no file $T/none.bin"
    run openocd "extload_program $T/image.bin 0x707ff000"
    complains "0x707ff000, 5000 bytes: not within the flash at 0x70000000..0x707fffff"
    run openocd "extload_verify $T/image.bin 0x08000000"
    complains "not within the flash"
    run openocd "extload_program $T/image.bin here"
    complains "address: 'here' is no number"
    run openocd "extload_erase 0x70000000 0"
    complains "nothing to do: 0 bytes"
    run openocd "extload_read $T/x.bin 0x70000000 -4"
    complains "size: '-4' is no number"
    run openocd "extload_program $T/out/stm32n655-s25fl064l-loader.elf 0x70000000"
    complains "is no file of raw bytes" "objcopy -O binary"
    printf ':10000000' >"$T/image.hex"
    run openocd "extload_program $T/image.hex 0x70000000"
    complains "is no file of raw bytes"
    : >"$T/empty.bin"
    run openocd "extload_program $T/empty.bin 0x70000000"
    complains "nothing to do: 0 bytes"
}

@test "openocd: an MCU that says nothing of its debug ports is refused" {
    cp -r data "$T/data"
    sed -i '/^debug:/,/^$/d' "$T/data/mcus/stm32n6.yaml"
    run "$EXTLOAD" build --data "$T/data" --board "$BOARD" --format openocd -o "$T"
    refused 2 "does not say how a debugger reaches the core" STM32N655X0
    "$EXTLOAD" build --data "$T/data" --board "$BOARD" --format gdb,stldr -o "$T"
}

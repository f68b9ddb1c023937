# Whatever is given as --loader ends in one clear message, in time, and touches no flash; and what is not
# known of a host can be chosen by every command that drives a loader.
load common

setup_file() {
    EXTLOAD=${EXTLOAD:-$PWD/build/extload}
    "$EXTLOAD" build --board data/boards/stm32n655-s25fl064l.yaml -o "$BATS_FILE_TMPDIR" >/dev/null
}

whole() {
    echo "$BATS_FILE_TMPDIR/stm32n655-s25fl064l.stldr"
}

mutilated() {
    python3 tests/cli/mutilate.py "$1" "$(whole)" "$T/$1.stldr"
}

# drive COMMAND OPTION... : one of the commands that drive a loader, with what else it needs
drive() {
    local command=$1
    shift
    case "$command" in
        program | verify) set -- "$@" "$EXAMPLE/xip-blink.elf" ;;
        erase) set -- "$@" 0x70000000+64K ;;
        read) set -- "$@" -o "$T/read.bin" 0x70000000+4K ;;
        serve) set -- "$@" --gdb 0 ;;
    esac
    run timeout 120 "$EXTLOAD" "$command" --board "$BOARD" "$@"
}

@test "loader: every way to damage the file is refused, by every command" {
    for how in empty cut-header cut-middle noise-file noise-behind-magic huge-program-count \
        huge-section-count huge-segment entry-outside init-outside no-info short-info info-in-code \
        no-sectors wrapping-device endless-name escape-in-name; do
        mutilated "$how"
        for command in program verify erase read info trace serve; do
            drive "$command" --loader "$T/$how.stldr" --nor "$T/flash.bin"
            refused 2 "$how.stldr" || { echo "$how, $command"; return 1; }
            [ ! -e "$T/flash.bin" ]
            if grep -q $'\x1b' <<<"$output"; then return 1; fi
        done
    done
}

@test "loader: overlapping segments are refused by segments, taken by sections" {
    mutilated overlap
    drive info --loader "$T/overlap.stldr"
    refused 2 "overlap.stldr" "StorageInfo"
    drive info --loader "$T/overlap.stldr" --host openocd-stldr
    [ "$status" -eq 0 ]
}

@test "loader: memory beyond the file is the host's to count" {
    mutilated huge-memory
    drive info --loader "$T/huge-memory.stldr" --host cubeprogrammer
    [ "$status" -eq 0 ]
    drive info --loader "$T/huge-memory.stldr" --host cubeprogrammer --host-option image-size=memory
    refused 2 "no room for stack and buffer"
    drive info --loader "$T/huge-memory.stldr" --host cubeprogrammer --host-option bss=zeroed
    refused 1 "bus error writing"
}

@test "loader: one that hangs is ended in virtual time, or by the budget" {
    mutilated hangs
    for command in program verify erase read info trace; do
        drive "$command" --loader "$T/hangs.stldr" --nor "$T/flash.bin"
        refused 1 "Init, still running when its time was over" || { echo "$command"; return 1; }
    done
    drive info --loader "$T/hangs.stldr" --host-option init-timeout=5
    refused 1 "it had 5 ms"
    mutilated noise-code
    drive info --loader "$T/noise-code.stldr" --host-option instruction-budget=20
    refused 1 "Init"
}

@test "host options: every command that drives a loader takes them, by the host that leaves them open" {
    for command in program verify erase read info; do
        if [ "$command" = verify ]; then
            drive program --nor "$T/flash.bin"
        fi
        drive "$command" --host cubeprogrammer-stlink --nor "$T/flash.bin" --host-option erase-end=last \
            --host-option download=once --host-option init=call --host-option verify=call \
            --host-option read=window --host-option load-address=moved --host-option buffers=2
        [ "$status" -eq 0 ] || { echo "$command: $output"; return 1; }
    done
    drive trace --host cubeprogrammer --host-option bss=poisoned
    [ "$status" -eq 0 ]
}

@test "host options: a record in the image is found where the image went" {
    echo "record: image" | cat "$BOARD" - >"$T/board.yaml"
    BOARD=$T/board.yaml
    drive info --host cubeprogrammer
    [ "$status" -eq 0 ]
    listed=$(sed -n 's/^record   at \(0x[0-9a-f]*\): Init, returned.*/\1/p' <<<"$output")
    drive info --host cubeprogrammer --host-option load-address=moved
    [ "$status" -eq 0 ]
    moved=$(sed -n 's/^record   at \(0x[0-9a-f]*\): Init, returned.*/\1/p' <<<"$output")
    [ $((moved - listed)) -eq $((0x4000)) ]
}

@test "host options: a wrong one gets the nearest valid one" {
    drive info --host cubeprogrammer --host-option erase-nd=last
    refused 2 "erase-nd" "erase-end"
    drive info --host cubeprogrammer --host-option download=onze
    refused 2 "onze" "download=once"
    drive info --host cubeprogrammer --host-option download
    refused 2 "NAME=VALUE"
    drive info --host cubeprogrammer --host-option buffer-size=1G
    refused 2 "1G" "256 to 262144 bytes"
    drive info --host openocd-stldr --host-option read=window
    refused 2 "not open for host openocd-stldr" "call"
    drive serve --host cubeprogrammer --host-option x=y
    refused 2 "'x'"
    run "$EXTLOAD" build --board "$BOARD" --host-option bss=left
    refused 2 "build" "--host-option"
}

@test "host options: the list names each with values, default and evidence" {
    run "$EXTLOAD" list host-options
    [ "$status" -eq 0 ]
    count=$(grep -c "^[a-z]" <<<"$output")
    [ "$count" -ge 18 ]
    for what in values default evidence; do
        [ "$(grep -c "^    $what: " <<<"$output")" -eq "$count" ]
    done
    "$EXTLOAD" list hosts | grep -q "^openocd-stldr "
}

@test "loader: STM32CubeProgrammer refuses a mass erase by a renamed file, others do it" {
    cp "$(whole)" "$T/renamed.stldr"
    run "$EXTLOAD" erase --board "$BOARD" --host cubeprogrammer --loader "$T/renamed.stldr" --all
    refused 2 "renamed.stldr" "DeviceName" "stm32n655-s25fl064l.stldr"
    run "$EXTLOAD" erase --board "$BOARD" --host openocd-stldr --loader "$T/renamed.stldr" --all
    [ "$status" -eq 0 ]
}

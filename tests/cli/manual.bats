# --help, man pages and completions come from one table: each command and option is in all of them, and
# what they offer is what the program takes.
load common

# The folders that the build has written. `extload` in PATH is the program under test.
manual() {
    MANUAL=${MANUAL:-$(dirname "$EXTLOAD")/manual}
    mkdir "$T/bin"
    ln -s "$(realpath "$EXTLOAD")" "$T/bin/extload"
    PATH=$T/bin:$PATH
    export EXTLOAD_DATA=$PWD/data
}

commands() {
    "$EXTLOAD" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# options [COMMAND] : "--name ARGUMENT" a line
options() {
    "$EXTLOAD" "$@" --help | sed -n '/^Options:/,$s/^  \(-., \|    \)\(--[a-z-]*\( [A-Z][A-Z=]*\)\?\).*/\2/p'
}

# offered WORD... : what bash offers for the last WORD of the line
offered() {
    # shellcheck disable=SC2034
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _extload
    printf '%s\n' "${COMPREPLY[@]}"
}

# shown PAGE : the page as people read it, on one line
shown() {
    man -l "$1" 2>/dev/null | col -b | tr -s ' \n' ' '
}

@test "manual: each command and option is in --help, man, bash and zsh, and is taken" {
    manual
    # shellcheck disable=SC1091
    source "$MANUAL/bash/extload"
    local command option page section
    [ "$(commands | wc -l)" -ge 11 ]
    for command in $(commands); do
        [ "$(offered extload "$command")" = "$command" ]
        grep -q "^ *'$command:" "$MANUAL/zsh/_extload"
        shown "$MANUAL/man1/extload.1" | grep -qF "extload-$command(1)"
        page=$(shown "$MANUAL/man1/extload-$command.1")
        section=$(sed -n "/^        $command)/,/;;/p" "$MANUAL/zsh/_extload")
        diff <(options "$command" | cut -d ' ' -f 1 | sort) <(offered extload "$command" -- | sort)
        while read -r option argument; do
            grep -qF -- " $option${argument:+ $argument} " <<<"$page" || { echo "man: $command $option"; return 1; }
            grep -qF -- "$option${argument:+=}[" <<<"$section" || { echo "zsh: $command $option"; return 1; }
            # shellcheck disable=SC2086
            run "$EXTLOAD" "$command" $option ${argument:+1M} --help
            [ "$status" -eq 0 ] || { echo "$command $option: $output"; return 1; }
        done < <(options "$command")
        [ "$(grep -c -- "'.*--[a-z-]*=*\[" <<<"$section")" -eq "$(options "$command" | wc -l)" ]
    done
    [ "$(ls "$MANUAL/man1" | wc -l)" -eq $(($(commands | wc -l) + 1)) ]
}

@test "manual: an option of another command is refused" {
    local command option
    for command in $(commands); do
        while read -r option argument; do
            options "$command" | grep -qx -- "$option${argument:+ $argument}" && continue
            # shellcheck disable=SC2086
            run "$EXTLOAD" "$command" $option ${argument:+1M} --help
            refused 2 "$option"
        done < <(for each in $(commands); do options "$each"; done | sort -u)
    done
}

@test "manual: troff has nothing to say about the pages" {
    manual
    for page in "$MANUAL"/man1/*.1; do
        problems=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
        [ -z "$problems" ] || { echo "$problems"; return 1; }
        head -n 1 "$page" | grep -q '^\.TH EXTLOAD.* "extload [0-9.]*"'
        man -l "$page" 2>/dev/null | col -b | grep -q "^ *extload[a-z-]* - ."
    done
}

@test "bash: values of options, with and without =" {
    manual
    bash -n "$MANUAL/bash/extload"
    # shellcheck disable=SC1091
    source "$MANUAL/bash/extload"
    complete -p extload
    [ "$(offered extload program --board stm32n655)" = stm32n655-s25fl064l ]
    [ "$(offered extload program --board = stm32n655)" = stm32n655-s25fl064l ]
    [ "$(offered extload program -b stm32n655)" = stm32n655-s25fl064l ]
    [ "$(offered extload program --timing "" | tr '\n' ' ')" = "typical maximum random " ]
    [ "$(offered extload check --mcu STM32N655L)" = STM32N655L0 ]
    [ "$(offered extload info --host-option erase-e | tr '\n' ' ')" = "erase-end=first erase-end=last " ]
    [ "$(offered extload info --host-option erase-end = l)" = last ]
    [ "$(offered extload info --host-option = erase-end = l)" = last ]
    [ "$(offered extload serve --gdb "")" = "" ]
    [ "$(offered extload list host)" = $'hosts\nhost-options' ]
    cd "$T"
    mkdir folder
    touch my-board.yaml "an image.hex"
    [ "$(offered extload build --board m)" = my-board.yaml ]
    [ "$(offered extload build --board an)" = "" ]
    [ "$(offered extload program an)" = "an image.hex" ]
    [ "$(offered extload build --data f)" = folder ]
}

@test "bash: the program takes every name that is offered" {
    manual
    # shellcheck disable=SC1091
    source "$MANUAL/bash/extload"
    local option value host
    for option in --host --link --timing --core --target; do
        [ -n "$(offered extload info "$option" "")" ]
        for value in $(offered extload info "$option" ""); do
            "$EXTLOAD" info --board "$BOARD" "$option" "$value" >/dev/null || { echo "$option $value"; return 1; }
        done
    done
    for value in $(offered extload info --host-option ""); do
        [[ $value == *=* ]]
        status=2
        for host in cubeprogrammer flm probe-rs jlink-ofl; do # an option is open for some of them
            [ "$status" -ne 2 ] || run "$EXTLOAD" info --board "$BOARD" --host "$host" --host-option "$value"
        done
        [ "$status" -ne 2 ] || { echo "$value: $output"; return 1; }
    done
    for value in $(offered extload list ""); do
        if [[ $value != -* ]]; then
            "$EXTLOAD" list "$value" >/dev/null
        fi
    done
    "$EXTLOAD" list list 2>&1 | grep -qF ": $(offered extload list "" | tr '\n' ' ' | sed 's/ $//')"
    run "$EXTLOAD" sweep --board "$BOARD" --op none
    grep -qxF "  try: one of: $(offered extload sweep --op "" | tr '\n' ' ' | sed 's/ $//')" <<<"$output"
    [ "$(offered extload sweep --op own)" = own-erase ]
    cd "$T"
    for value in $(offered extload build --board "" | grep -v '^bin$'); do
        "$EXTLOAD" build --board "$value" >/dev/null
    done
}

@test "zsh: a tab does it" {
    manual
    local line
    zsh -n "$MANUAL/zsh/_extload"
    while IFS='|' read -r line want; do
        run timeout 60 zsh -f tests/cli/complete.zsh "$MANUAL/zsh" "$line"
        [ "$output" = "$want" ] || { echo "'$line' became '$output'"; return 1; }
    done <<'END'
extload prog|extload program 
extload program --timing m|extload program --timing maximum 
extload program --timing=m|extload program --timing=maximum 
extload program --only|extload program --only-window 
extload info -b stm32n655|extload info -b stm32n655-s25fl064l 
extload check --mcu STM32N655L|extload check --mcu STM32N655L0 
extload info --host-option erase-end=l|extload info --host-option erase-end=last 
extload list host-|extload list host-options 
extload build --board data/boards/stm32n655|extload build --board data/boards/stm32n655-s25fl064l.yaml 
END
}

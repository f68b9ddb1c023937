# extload build --format: the files, their names, and that a refused call leaves nothing.
load common

# nothing_built : no file in $T but what the test put there, and none half written
nothing_built() {
    [ -z "$(find "$T" -type f ! -name board.yaml)" ]
}

@test "build: without --format it is the .stldr, byte for byte" {
    mkdir "$T/a" "$T/b"
    "$EXTLOAD" build --board "$BOARD" -o "$T/a"
    "$EXTLOAD" build --board "$BOARD" --format stldr -o "$T/b"
    [ "$(ls "$T/a")" = stm32n655-s25fl064l.stldr ]
    diff -r "$T/a" "$T/b"
}

@test "build: an unknown format names the nearest, and nothing is written" {
    run "$EXTLOAD" build --board "$BOARD" --format stlrd -o "$T"
    refused 2 "unknown name: --format 'stlrd'" "try: stldr; extload list formats"
    run "$EXTLOAD" build --board "$BOARD" -f stldr,uvprojx -o "$T"
    refused 2 "--format 'uvprojx'" "try: extload list formats"
    for list in "" "stldr," ",stldr" "stldr,,stldr" "stldr stldr" "STLDR"; do
        run "$EXTLOAD" build --board "$BOARD" --format "$list" -o "$T"
        refused 2 "unknown name: --format '"
    done
    run "$EXTLOAD" build --board "$BOARD" --format "$(printf 'stldr%.0s' {1..999})" -o "$T"
    refused 2 "unknown name: --format 'stldrstldr"
    nothing_built
}

@test "build: every format that is listed builds for every board, the same twice" {
    [ "$("$EXTLOAD" list boards | wc -l)" -ge 4 ]
    for board in $("$EXTLOAD" list boards | awk '{ print $1 }'); do
        mkdir -p "$T/all/$board" "$T/each/$board"
        "$EXTLOAD" build --board "$board" --format all -o "$T/all/$board"
        for format in $("$EXTLOAD" list formats | awk '{ print $1 }'); do
            "$EXTLOAD" build --board "$board" --format "$format" -o "$T/each/$board"
        done
    done
    diff -r "$T/all" "$T/each"
}

@test "build: all files or none" {
    mkdir -p "$T/out" "$T/out/stm32n655-s25fl064l.stldr"
    run "$EXTLOAD" build --board "$BOARD" --format all -o "$T/out"
    refused 2 "stm32n655-s25fl064l.stldr: error: cannot write file: Is a directory"
    nothing_built
    run "$EXTLOAD" build --board "$BOARD" --format all -o "$T/missing"
    refused 2 "cannot write file: No such file or directory"
    nothing_built
}

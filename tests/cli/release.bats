# What a stranger gets: a version that names its commit, an installed program with its data.
load common

version() {
    sed -n 's/^project(extload VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt
}

# commit_of FOLDER : what a build of that tree would call its commit
commit_of() {
    cmake -DSOURCE="$1" -DOUT="$T/commit.c" -P cmake/commit.cmake
    sed -n 's/^const char version_commit\[\] = "\(.*\)";$/\1/p' "$T/commit.c"
}

@test "version: number and commit of this tree" {
    [ -d .git ] || skip "no clone"
    [ "$(cat cmake/commit.txt)" = '$Format:%H$' ]
    run "$EXTLOAD" --version
    [ "$status" -eq 0 ]
    grep -Eqx "extload $(version) \($(git rev-parse HEAD | cut -c 1-7)(, modified)?\)" <<<"$output"
    [ "$("$EXTLOAD" build --version)" = "$output" ]
}

@test "version: a clone, a changed clone, an archive, neither" {
    local tree=$T/tree git="git -C $T/tree -c user.name=a -c user.email=a@b" head
    mkdir -p "$tree/cmake" "$tree/src" "$tree/notes"
    cp .gitattributes "$tree"
    echo '$Format:%H$' >"$tree/cmake/commit.txt" # as it is in a clone
    git init -q "$tree"
    [ "$(commit_of "$tree")" = "commit unknown" ]
    $git add .
    $git commit -qm one
    head=$($git rev-parse HEAD)
    [ "$(commit_of "$tree")" = "${head:0:7}" ]
    echo note >"$tree/notes/mine.txt"
    [ "$(commit_of "$tree")" = "${head:0:7}" ]
    echo new >"$tree/src/new.c"
    [ "$(commit_of "$tree")" = "${head:0:7}, modified" ]
    $git add src
    $git commit -qm two
    [ "$(commit_of "$tree")" = "$($git rev-parse HEAD | cut -c 1-7)" ]
    echo >>"$tree/src/new.c"
    [ "$(commit_of "$tree")" = "$($git rev-parse HEAD | cut -c 1-7), modified" ]
    mkdir "$T/archive"
    $git archive "$head" | tar -x -C "$T/archive"
    [ "$(commit_of "$T/archive")" = "${head:0:7}" ]
    rm -r "$tree/.git"
    [ "$(commit_of "$tree")" = "commit unknown" ]
}

# installed ARGUMENT... : runs the installed program as somebody who has no sources and no settings
installed() {
    (cd "$T" && env -i HOME="$T" PATH=/usr/bin:/bin "$PREFIX/bin/extload" "$@")
}

setup_installed() {
    PREFIX=$T/there/opt/extload
    (umask 077 && env -u MAKEFLAGS make install BUILD="$(dirname "$EXTLOAD")" PREFIX=/opt/extload DESTDIR="$T/there")
}

@test "install: program, data, man pages, completions, documents, for everybody" {
    setup_installed
    [ "$(find "$T/there" -type d ! -path "$T/there" ! -perm -005 -o -type f ! -perm -004)" = "" ]
    diff -r -x README.md data "$PREFIX/share/extload/data"
    local manual
    manual=$(dirname "$EXTLOAD")/manual
    diff -r "$manual/man1" "$PREFIX/share/man/man1"
    cmp "$manual/bash/extload" "$PREFIX/share/bash-completion/completions/extload"
    cmp "$manual/zsh/_extload" "$PREFIX/share/zsh/site-functions/_extload"
    diff -r docs "$PREFIX/share/doc/extload/docs"
    cmp LICENSE "$PREFIX/share/doc/extload/LICENSE"
    man -M "$PREFIX/share/man" extload-program | grep -q "extload program"
    grep -q -- "--prefix" <<<"$(env -u MAKEFLAGS make -n install)"
    local help
    help=$(env -u MAKEFLAGS make help)
    for target in all install dist deb check-deb demo test; do
        grep -q "^$target  *." <<<"$help"
    done
}

@test "install: the program uses the data that was installed with it, wherever that is moved" {
    setup_installed
    if grep -rqF "$PWD" "$T/there"; then return 1; fi
    "$EXTLOAD" build --board "$BOARD" -o "$BATS_FILE_TMPDIR"
    installed build --board stm32n655-s25fl064l
    cmp "$T/stm32n655-s25fl064l.stldr" "$BATS_FILE_TMPDIR/stm32n655-s25fl064l.stldr"
    mv "$T/there" "$T/elsewhere"
    PREFIX=$T/elsewhere/opt/extload
    sed 's/^name: .*/name: only-here/' "$BOARD" >"$PREFIX/share/extload/data/boards/only-here.yaml"
    installed list boards | grep -q ^only-here
    installed program --board only-here --nor flash.bin "$EXAMPLE/xip-blink.elf"
    installed verify --board only-here --nor flash.bin "$EXAMPLE/xip-blink.elf"
    ln -s "$PREFIX/bin/extload" "$T/link"
    (cd / && "$T/link" list boards) | grep -q ^only-here
    rm -r "$PREFIX/share/extload"
    run installed list boards
    refused 2 "$PREFIX/bin/../share/extload/data/boards" "--data DIR or EXTLOAD_DATA"
}

@test "dist: the same bytes from any clone; builds without a cross-compiler; a stale image is refused" {
    [ -d .git ] || skip "no clone"
    local name tree
    name=extload-$(version)
    tree=$T/$name
    scripts/dist.sh "$T/one"
    git clone -q . "$T/clone"
    git -C "$T/clone" checkout -q "$(git rev-parse HEAD)"
    (cd "$T/clone" && umask 077 && sleep 1 && scripts/dist.sh "$T/two")
    cmp "$T/one/$name.tar.gz" "$T/two/$name.tar.gz"

    tar -xf "$T/one/$name.tar.gz" -C "$T"
    diff -r -x .git -x carried -x commit.txt "$T/clone" "$tree"
    cmake -S "$tree" -B "$tree/build" -G Ninja -DLOADER_GCC=none-such
    if grep -q "arm-none-eabi\|none-such" "$tree/build/build.ninja"; then return 1; fi
    cmake --build "$tree/build" -- --quiet
    [ "$("$tree/build/extload" --version)" = "extload $(version) ($(git rev-parse HEAD | cut -c 1-7))" ]
    for board in data/boards/*.yaml; do
        "$tree/build/extload" build --board "$board" -o "$T/one"
        "$EXTLOAD" build --board "$board" -o "$T/two"
        cmp "$T/one/$(basename "$board" .yaml).stldr" "$T/two/$(basename "$board" .yaml).stldr"
    done

    echo >>"$tree/loader/loader.c"
    run cmake --build "$tree/build" -- --quiet
    echo "$output"
    [ "$status" -ne 0 ]
    grep -q "carried/loader_image.c was made from other sources" <<<"$output"
    rm -r "$tree/carried"
    run cmake -S "$tree" -B "$tree/build"
    [ "$status" -ne 0 ]
    grep -q "try: apt-get install gcc-arm-none-eabi" <<<"$output"
}

@test "deb: version, copyright and changelog are those of the sources" {
    grep -qx "extload ($(version)) [a-z]*; urgency=medium" <<<"$(head -n 1 debian/changelog)"
    diff <(sed -n '/^Permission/,$p' LICENSE) <(sed -n '/^Permission/,$p' debian/copyright)
    grep -qF "$(sed -n 's/^Copyright (c) \(.*\)/\1/p' LICENSE)" debian/copyright
}

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
    run "$EXTLOAD" --version
    [ "$status" -eq 0 ]
    grep -Eqx "extload $(version) \($(git rev-parse HEAD | cut -c 1-7)(, modified)?\)" <<<"$output"
    [ "$("$EXTLOAD" build --version)" = "$output" ]
}

@test "version: a clone, a changed clone, an archive, neither" {
    local tree=$T/tree git="git -C $T/tree -c user.name=a -c user.email=a@b" head
    mkdir -p "$tree/cmake" "$tree/src" "$tree/notes"
    cp .gitattributes "$tree"
    cp cmake/commit.txt "$tree/cmake"
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

#!/bin/sh
# Writes FOLDER/extload-VERSION.tar.gz: the sources of HEAD, the commit, and the loader image, so that it builds
# without a cross-compiler. The same commit gives the same bytes.
# scripts/dist.sh FOLDER
set -eu

folder=$1
version=$(sed -n 's/^project(extload VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt)
name=extload-$version
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -z "$(git status --porcelain --untracked-files=no)" ] ||
    echo "note: the archive holds HEAD; changes that are not committed are not in it" >&2
mkdir "$work/tree" "$work/$name"
git archive HEAD | tar -x -C "$work/tree"
if ! { cmake -S "$work/tree" -B "$work/out" -G Ninja && cmake --build "$work/out" --target loader_image.c; } >"$work/log" 2>&1; then
    cat "$work/log" >&2
    exit 1
fi

# Times and owners are of the commit, for added files, too.
git -c tar.umask=0022 archive --format=tar --prefix="$name/carried/" --add-file="$work/out/loader_image.c" \
    --add-file="$work/out/loader_image.sum" --prefix="$name/" -o "$work/archive.tar" HEAD
gzip -9n <"$work/archive.tar" >"$folder/$name.tar.gz.new"
mv "$folder/$name.tar.gz.new" "$folder/$name.tar.gz"
echo "wrote    $folder/$name.tar.gz, commit $(git rev-parse HEAD | cut -c 1-7)"

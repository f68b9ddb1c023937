#!/bin/sh
# Writes FOLDER/extload_VERSION_ARCH.deb and its sources, made from HEAD, and has lintian look at them.
# scripts/deb.sh FOLDER
set -eu

folder=$1
[ -e .git ] || { echo "make deb needs a clone; in an archive: dpkg-buildpackage -us -uc" >&2; exit 2; }
version=$(sed -n 's/^project(extload VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt)
[ "$(dpkg-parsechangelog -S Version)" = "$version" ] ||
    { echo "debian/changelog and CMakeLists.txt name different versions" >&2; exit 2; }
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -z "$(git status --porcelain --untracked-files=no)" ] ||
    echo "note: the package holds HEAD; changes that are not committed are not in it" >&2
git archive --prefix="extload-$version/" HEAD | tar -x -C "$work"
if ! (cd "$work/extload-$version" && dpkg-buildpackage -us -uc) >"$folder/deb.log" 2>&1; then
    tail -n 40 "$folder/deb.log" >&2
    exit 1
fi
rm -r "$work/extload-$version"
lintian --allow-root --display-info --fail-on error,warning,info "$work"/*.changes
mv "$work"/* "$folder"
echo "wrote    $folder/$(cd "$folder" && ls extload_"$version"_*.deb)"

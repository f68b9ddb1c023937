#!/bin/sh
# Installs the Debian packages that are missing for what is asked: build, test (and the demo), deb, coverage, fuzz.
# scripts/packages.sh [build] [test] [deb] [coverage] [fuzz]; build and test if nothing is named.
set -eu

packages=
for purpose in ${*:-build test}; do
    case $purpose in
        build)
            packages="$packages cmake ninja-build gcc pkg-config libc6-dev libunicorn-dev libyaml-dev libjansson-dev libexpat1-dev liblz4-dev"
            # An archive brings the loader image.
            [ -e carried/loader_image.c ] || packages="$packages gcc-arm-none-eabi" ;;
        test)
            packages="$packages git gcc-arm-none-eabi libcmocka-dev bats srecord clang-format python3-pyelftools
                python3-jsonschema python3-yaml gdb-multiarch libxml2-utils openocd qemu-system-arm valgrind man-db zsh" ;;
        deb) packages="$packages git build-essential debhelper fakeroot lintian" ;;
        coverage) packages="$packages gcovr" ;;
        fuzz) packages="$packages clang libclang-rt-14-dev" ;;
        *) echo "scripts/packages.sh: '$purpose' is none of build, test, deb, coverage, fuzz" >&2; exit 2 ;;
    esac
done

missing=
for package in $packages; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$status" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    run=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    run=sudo
else
    echo "These packages are missing, and neither root nor sudo is at hand:$missing" >&2
    echo "  try: apt-get install$missing" >&2
    exit 2
fi

echo "installing:$missing"
log=$(mktemp)
if ! { $run apt-get update && $run env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    exit 1
fi
rm -f "$log"

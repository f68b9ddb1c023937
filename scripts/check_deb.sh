#!/bin/sh
# Makes the Debian package from a clean clone in a clean Debian 12, installs it in another one, and programs a
# board that came with it. As root; needs debootstrap, or a clean root to copy.
# scripts/check_deb.sh [ROOT]
set -eu

[ "$(id -u)" = 0 ] || { echo "check_deb: chroot needs root" >&2; exit 2; }
work=$(mktemp -d)
builder=$work/builder
user=$work/user

clean_up() {
    for root in "$builder" "$user"; do
        for mount in dev proc; do
            ! mountpoint -q "$root/$mount" || umount "$root/$mount"
        done
    done
    rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

step() {
    printf '\n\033[1m%s\033[0m\n' "$*"
}

# in_root ROOT COMMAND... : in the folder /srv, in an environment of its own
in_root() {
    root=$1
    shift
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/srv LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        chroot "$root" sh -euc 'cd /srv; "$@"' sh "$@"
}

# apt ROOT PACKAGE... : without a word unless it fails
apt() {
    root=$1
    shift
    in_root "$root" sh -euc 'apt-get update && apt-get install -y --no-install-recommends "$@"' sh "$@" >"$work/log" 2>&1 ||
        { tail -n 20 "$work/log" >&2; exit 1; }
}

if [ $# -gt 0 ]; then
    step "Copies $1, twice."
    cp -a --one-file-system "$1" "$builder"
else
    step "Debian 12 by debootstrap, twice."
    debootstrap --variant=minbase bookworm "$builder" >"$work/log" || { tail -n 20 "$work/log" >&2; exit 1; }
fi
cp -a --one-file-system "$builder" "$user"
for root in "$builder" "$user"; do
    mkdir -p "$root/proc" "$root/dev"
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
done

step "In the first: make deb, from a clean clone."
apt "$builder" make
git clone -q . "$builder/srv/extload"
in_root "$builder" make -C extload deb
cp "$builder"/srv/extload/build/extload_*.deb "$user/srv"

step "In the second: apt install, and a board that came with it is programmed."
apt "$user" "./$(cd "$user/srv" && ls extload_*.deb)"
head -c 100001 /dev/urandom >"$user/srv/asset.bin"
in_root "$user" extload --version
in_root "$user" extload build --board stm32n655-s25fl064l
in_root "$user" extload program --board stm32n655-s25fl064l --loader stm32n655-s25fl064l.stldr \
    --host cubeprogrammer --nor flash.bin asset.bin@0x70012345
in_root "$user" extload read --board stm32n655-s25fl064l --nor flash.bin -o back.bin 0x70012345+100001

step "Seen from outside."
cmp "$user/srv/asset.bin" "$user/srv/back.bin"
tail -c +$((0x12345 + 1)) "$user/srv/flash.bin" | head -c 100001 | cmp - "$user/srv/asset.bin"
echo "the flash holds the image"
head=$(git -C "$builder/srv/extload" rev-parse HEAD)
version=$(in_root "$user" extload --version)
case $version in
    *" (${head%"${head#???????}"})") echo "the version is that of the clone" ;;
    *) echo "$version is not of $head" >&2; exit 1 ;;
esac
if grep -q 'root/extload\|/tmp/' "$user/usr/bin/extload"; then
    echo "the program holds a path of the machine that it was made on" >&2
    exit 1
fi
[ ! -e "$user/usr/bin/arm-none-eabi-gcc" ]
(cd "$user/usr/share/man/man1" && ls extload*.1.gz | wc -l) | sed 's/$/ man pages/'
in_root "$user" apt-get purge -y extload >"$work/log" 2>&1
[ ! -e "$user/usr/share/extload" ] && [ ! -e "$user/usr/share/doc/extload" ]
echo "purged without a trace"

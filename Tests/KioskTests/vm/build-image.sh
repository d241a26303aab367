#!/usr/bin/env bash
# Builds the kiosk's guest: a Debian 12 root, Debian's own kernel, a tiny initramfs.
#
# Needs a Debian 12 host, root, and apt reaching Debian's mirrors. It uses neither /dev/kvm nor loop
# devices nor modules of the host. Everything goes to $IMG (default ~/.cache/till-kiosk-vm/img).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
IMG=${IMG:-${XDG_CACHE_HOME:-$HOME/.cache}/till-kiosk-vm/img}
root_mb=1536
started=$(date +%s)
say() { printf 'kiosk image: [%3d s] %s\n' $(($(date +%s) - started)) "$*"; }

# The mirrors that apt on this host is set up with.
repository() {
    apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
        awk -v name="$1" '$2 == name { print $1; exit }'
}

# Where the packages and modules change, the image does: its key is kept beside it.
key=$(cat "$here"/{build-image.sh,guest-packages.txt,guest-modules.txt} \
    "$here"/guest-files/etc/systemd/system/* | sha256sum | cut -c 1-16)
if [[ -e $IMG/root.ext4 && $(cat "$IMG/key" 2>/dev/null) == "$key" ]]; then
    say "is there already"
    exit 0
fi

mkdir -p "$IMG/debs"
# Unpacking thousands of small files on a busy disk is what costs the time: in memory if there is some.
work=$IMG/work
free_mb=$(df -m --output=avail /dev/shm 2>/dev/null | tail -n 1)
if ((free_mb > 3000)); then work=$(mktemp -d /dev/shm/till-kiosk.XXXXXX); fi
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
cd "$work"

host_packages=(
    qemu-system-x86 qemu-utils mmdebstrap qrencode busybox-static cpio xz-utils zstd kmod
    e2fsprogs python3
)
missing=()
for package in "${host_packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
        missing+=("$package")
done
if ((${#missing[@]})); then
    say "installing: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    apt-get -qq install -y --no-install-recommends "${missing[@]}" >"$IMG/apt.log" 2>&1
fi

# The kernel is unpacked, never installed.
kernel_package=$(apt-cache depends linux-image-amd64 |
    awk '/Depends: linux-image-/ { print $2; exit }')
version=${kernel_package#linux-image-}
compgen -G "$IMG/debs/${kernel_package}_*.deb" >/dev/null ||
    (cd "$IMG/debs" && apt-get -qq download "$kernel_package" 2>/dev/null)
mkdir kernel
dpkg-deb -x "$IMG"/debs/"${kernel_package}"_*.deb kernel
# The uncompressed ELF is booted directly (PVH): under emulation unpacking xz costs 7 s.
python3 - "kernel/boot/vmlinuz-$version" "$IMG/vmlinux" <<'PY'
import lzma, struct, sys

data = open(sys.argv[1], "rb").read()
sectors = data[0x1F1] or 4
start = (sectors + 1) * 512 + struct.unpack_from("<I", data, 0x248)[0]
payload = data[start : start + struct.unpack_from("<I", data, 0x24C)[0]]
assert payload[:6] == b"\xfd7zXZ\0", "the kernel's payload is not xz"
kernel = lzma.LZMADecompressor().decompress(payload)
assert kernel[:4] == b"\x7fELF"
open(sys.argv[2], "wb").write(kernel)
PY
say "kernel $version unpacked"

packages=$(grep -v '^#' "$here/guest-packages.txt" | paste -sd ,)
mirror=$(repository bookworm)
security=$(repository bookworm-security)
mmdebstrap --mode=root --variant=minbase --components=main --include="$packages" \
    --aptopt='Apt::Install-Recommends "false"' --dpkgopt='force-unsafe-io' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    bookworm root "deb $mirror bookworm main" "deb $mirror bookworm-updates main" \
    "deb $security bookworm-security main" >"$IMG/mmdebstrap.log" 2>&1
say "root made: $(du -sm root | cut -f1) MiB"

# Of the kernel's modules, those that are listed and what they depend on.
depmod -b kernel "$version" 2>/dev/null || true
depends() {
    modprobe -d "$work/kernel" -S "$version" --show-depends --ignore-install "$1" 2>/dev/null |
        awk '/^insmod/ { print $2 }'
}
grep -v '^#' "$here/guest-modules.txt" | while read -r module; do depends "$module"; done |
    sort -u | while read -r file; do
    target=root${file#"$work"/kernel}
    mkdir -p "$(dirname "$target")"
    cp "$file" "$target"
done
cp kernel/lib/modules/"$version"/modules.{builtin,builtin.modinfo,order} \
    root/lib/modules/"$version"/ 2>/dev/null || true
depmod -b root "$version"

cp -a "$here"/guest-files/. root/
chown -R 0:0 root/etc/systemd/system
# Not needed here, and slow under emulation; nothing but Till draws on the screen.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer \
    e2scrub_all.timer getty@tty1.service e2scrub_reap.service systemd-pstore.service \
    modprobe@efi_pstore.service modprobe@fuse.service modprobe@loop.service \
    modprobe@dm_mod.service dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
    systemd-binfmt.service proc-sys-fs-binfmt_misc.automount proc-sys-fs-binfmt_misc.mount; do
    ln -sf /dev/null "root/etc/systemd/system/$unit"
done
chroot root systemctl -q enable serial-getty@ttyS0.service qemu-guest-agent.service 2>/dev/null ||
    true
chroot root passwd -q -d root
echo till-kiosk >root/etc/hostname
: >root/etc/machine-id
echo "tmpfs /tmp tmpfs nosuid,nodev 0 0" >root/etc/fstab
rm -rf root/var/lib/apt/lists/* root/var/cache/apt/*.bin root/var/cache/apt/archives/*.deb

# The initramfs: busybox, a few modules, switch_root.
mkdir -p initrd/{bin,dev,proc,sys,newroot,mod}
cp /bin/busybox initrd/bin/
for module in virtio_pci virtio_blk crc32c_generic ext4; do depends "$module"; done |
    awk '!seen[$0]++' | while read -r file; do
    cp "$file" initrd/mod/
    basename "$file" >>initrd/mod/order
done
cat >initrd/init <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
while read module; do /bin/busybox insmod /mod/$module 2>/dev/null; done </mod/order
n=0; while [ ! -b /dev/vda ] && [ $n -lt 100 ]; do /bin/busybox sleep 0.1; n=$((n+1)); done
/bin/busybox mount -t ext4 -o rw /dev/vda /newroot || exec /bin/busybox sh
/bin/busybox mount --move /dev /newroot/dev
/bin/busybox umount /proc /sys
exec /bin/busybox switch_root /newroot /sbin/init
INIT
chmod +x initrd/init
(cd initrd && find . | cpio -o -H newc -R 0:0 --quiet) >"$IMG/initrd.img"

# A whole-disk ext4, without a partition table.
rm -f "$IMG/root.ext4"
truncate -s "${root_mb}M" "$IMG/root.ext4"
mke2fs -q -t ext4 -L tillroot -E lazy_itable_init=0,lazy_journal_init=0 -d root "$IMG/root.ext4"
echo "$version" >"$IMG/kernel-version"
echo "$key" >"$IMG/key"
say "done: $(du -sm "$IMG" | cut -f1) MiB in $IMG"

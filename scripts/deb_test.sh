#!/usr/bin/env bash
# Installs Till's package on a machine of its own, operates it as docs/operating.md says, upgrades,
# rolls back, removes and purges it: deb_test.sh PROGRAMS
#
# The machine is a container with a systemd of its own over a minimal Debian 12, fetched once into
# .build/bookworm: what the package needs beside that it must name itself. Nothing that the machine
# writes is left. Needs root, systemd-nspawn, mmdebstrap, a Debian mirror, and programs that need no
# Swift runtime (`make deb`).
set -euo pipefail
cd "$(dirname "$0")/.."
programs=$(realpath "$1")

# The longest that a machine may take, in seconds: a slow disk and all payments.
limit=600

if [[ $(id -u) -ne 0 ]] || ! command -v systemd-nspawn >/dev/null ||
    ! command -v mmdebstrap >/dev/null; then
    echo "deb-test: it needs root, systemd-nspawn (package systemd-container) and mmdebstrap" >&2
    exit 1
fi
if [[ ${TILL_DEB_TEST:-} != inside ]]; then
    # What is mounted below goes with this process.
    exec unshare --mount env TILL_DEB_TEST=inside "$0" "$programs"
fi

# What a machine has before Till: systemd, and what the script below reads the journal with.
base=$PWD/.build/bookworm
if [[ ! -e $base/etc/debian_version ]]; then
    rm -rf "$base"
    mmdebstrap --quiet --variant=minbase bookworm "$base" \
        --include=systemd,systemd-sysv,dbus,udev,init-system-helpers,sqlite3
fi

work=$(mktemp -d)
# The terminal's state lies on the disk that the sources are on: no journal is kept on an overlay.
mkdir -p .build
disk=$(mktemp -d "$PWD/.build/deb-test.XXXXXX")
trap 'umount --recursive "$work" && rmdir "$work"; rm -rf "$disk"' EXIT
mount -t tmpfs -o size=4g,mode=755 tmpfs "$work"
mkdir "$work"/{upper,work,root,packages}

# The version before, this one, and one whose upgrade damages the queue.
version=$("$programs/tilld" --version)
TILL_DEB_COMPRESSION="-Zgzip -z1" scripts/make_deb.sh "$programs" "$work/packages/new" "$version-1"
repack() { # repack NAME VERSION, of $work/bad
    sed -i "s/^Version: .*/Version: $2/" "$work/bad/DEBIAN/control"
    mkdir "$work/packages/$1"
    dpkg-deb --root-owner-group -Zgzip -z1 --build "$work/bad" "$work/packages/$1" >/dev/null
}
dpkg-deb --raw-extract "$work"/packages/new/*.deb "$work/bad"
repack old "$version~before-1"
mv "$work/bad/usr/bin/tillctl" "$work/bad/usr/libexec/till/tillctl"
cat >"$work/bad/usr/bin/tillctl" <<'END'
#!/bin/sh
# Takes the acknowledgement of what waits for granted, as a broken migration would.
if [ "$1 $2" = "journal migrate" ] && [ "$3" != --dry-run ]; then
    : >>/var/lib/till/journal/touched
    /usr/libexec/till/tillctl "$@" | sed 's/"queuedCaptures":[0-9]*/"queuedCaptures":0/'
    exit 0
fi
exec /usr/libexec/till/tillctl "$@"
END
chmod 755 "$work/bad/usr/bin/tillctl"
repack bad "$version-2"

mount -t overlay overlay -o "lowerdir=$base,upperdir=$work/upper,workdir=$work/work" "$work/root"
root=$work/root
# The machine has no network: what the package depends on, and nothing that it only recommends, is
# fetched before it is switched on, by the names that the package gives; its own apt installs it.
cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
mkdir "$root/till-test"
cp -a "$work/packages" Tests/Vectors/journals/schema-1 docs/operating.md scripts/deb_test_inside.sh \
    "$root/till-test/"
echo 'APT::Install-Recommends "false";' >"$root/etc/apt/apt.conf.d/90till-test"
chroot "$root" apt-get update -qq
chroot "$root" sh -c 'apt-get install -y -qq --download-only /till-test/packages/new/*.deb' >/dev/null
rm -f "$root"/usr/sbin/policy-rc.d
cp -a "$root/var/lib/." "$disk/"
cat >"$root/etc/systemd/system/till-test.service" <<'END'
[Unit]
SuccessAction=exit-force
FailureAction=exit-force
After=basic.target dbus.service
Wants=dbus.service
[Service]
Type=oneshot
ExecStart=/bin/bash /till-test/deb_test_inside.sh
StandardOutput=file:/till-test/output
StandardError=file:/till-test/log
END

boot() { # boot UNIT: until that unit has ended
    : >"$root/till-test/output"
    timeout --kill-after=10 "$limit" systemd-nspawn --quiet --directory="$root" --boot \
        --bind="$disk:/var/lib" --register=no --keep-unit --private-network --machine=till-test "systemd.unit=$1" \
        </dev/null >"$work/console" 2>&1 || true
    grep -vx 'done' "$root/till-test/output" || true
    grep -qx 'done' "$root/till-test/output" && return
    tail -n 60 "$root/till-test/log" >&2
    [[ -s $root/till-test/log ]] || tail -n 30 "$work/console" >&2
    echo "deb-test: not so; see above" >&2
    exit 1
}

boot till-test.service
# The same machine switched on again, with what the package has enabled.
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -sf /etc/systemd/system/till-test.service "$root/etc/systemd/system/multi-user.target.wants/"
boot multi-user.target
echo "deb-test: all of it was so"

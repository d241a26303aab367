#!/usr/bin/env bash
# Makes Till's package for Debian 12: make_deb.sh PROGRAMS OUT [VERSION]
#
# PROGRAMS is a folder of programs that need no Swift runtime (`make deb` builds them so). The same
# programs and sources make the same package, to the byte. TILL_DEB_COMPRESSION ("-Zgzip -z1") is for
# tests, which want it soon.
set -euo pipefail
cd "$(dirname "$0")/.."

programs=$(realpath "$1")
out=$2
version=${3:-$("$programs/tilld" --version)-1}
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
umask 022

for program in tilld tillctl tillhub tillwallet; do
    install -D -m 755 "$programs/$program" "$root/usr/bin/$program"
done
install -D -m 755 "$programs/till-scanner" "$root/usr/libexec/till/till-scanner"
find "$root" -type f -exec strip --strip-unneeded --remove-section=.comment --remove-section=.note {} +

for unit in systemd/*.service systemd/*.timer; do
    install -D -m 644 "$unit" "$root/lib/systemd/system/$(basename "$unit")"
done
install -D -m 644 systemd/till.sysusers "$root/usr/lib/sysusers.d/till.conf"
install -D -m 644 systemd/till.tmpfiles "$root/usr/lib/tmpfiles.d/till.conf"
install -D -m 644 systemd/till.udev "$root/lib/udev/rules.d/60-till.rules"
for file in hardware-profiles/*.yaml hardware-profiles/profile.schema.json; do
    install -D -m 644 "$file" "$root/usr/share/till/$file"
done
for file in policies/*.yaml; do install -D -m 644 "$file" "$root/usr/share/till/$file"; done

scripts/completions.sh "$programs" "$root"
python3 scripts/man_pages.py --programs "$programs" --out "$root/usr/share/man" \
    --date "$(date --utc --date="@$SOURCE_DATE_EPOCH" +%F)"

document=$root/usr/share/doc/till
install -D -m 644 packaging/copyright "$document/copyright"
install -m 644 README.md SECURITY.md "$document/"
install -m 644 hardware-profiles/README.md "$document/hardware-profiles.md"
[ ! -e docs/operating.md ] || install -m 644 docs/operating.md "$document/"
{
    echo "till ($version) unstable; urgency=medium"
    echo
    echo "  * See /usr/share/doc/till/changelog.gz."
    echo
    echo " -- Till developers <till@example.invalid>  $(date --utc --rfc-email \
        --date="@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$document/changelog.Debian.gz"
gzip -9nc CHANGELOG.md >"$document/changelog.gz"
install -D -m 644 packaging/lintian-overrides "$root/usr/share/lintian/overrides/till"
find "$root" -type f ! -perm /111 -exec chmod 644 {} +

# dpkg-shlibdeps wants a source package's control file to look at.
mkdir -p "$work/debian"
printf 'Source: till\n\nPackage: till\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && find root -type f -perm /111 -print0 |
    xargs -0 dpkg-shlibdeps -O 2>/dev/null | sed 's/^shlibs:Depends=//')

mkdir -p "$root/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" \
    -e "s/@SIZE@/$(du --summarize --block-size=1K --apparent-size "$root" | cut -f1)/" \
    -e "s/@DEPENDS@/$depends/" packaging/control.in >"$root/DEBIAN/control"
for script in preinst postinst prerm postrm; do
    install -m 755 packaging/$script "$root/DEBIAN/$script"
done
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z |
    xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod 644 "$root/DEBIAN/md5sums"
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

mkdir -p "$out"
package=$out/till_${version}_${architecture}.deb
read -ra compression <<<"${TILL_DEB_COMPRESSION:--Zxz}"
dpkg-deb --root-owner-group "${compression[@]}" --build "$root" "$package" >/dev/null
echo "$package"

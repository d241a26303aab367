#!/bin/sh
# Checks systemd/: the units load without a warning, stay below an exposure score, and the users
# and folders they rely on can be made. Prints one line for each check; 0 if all pass.
set -eu
cd "$(dirname "$0")/.."

# systemd-analyze security scores 0.0 (closed) to 10.0 (open), times ten here. What keeps these
# services above 0 is that they speak to the Internet and that systemd cannot know to whom.
threshold=15
# The self-test runs as root, for what only root may look at.
self_test_threshold=30

if ! command -v systemd-analyze >/dev/null; then
    echo "units: skipped, systemd-analyze is missing (package systemd)"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for unit in systemd/*.service; do
    name=$(basename "$unit")
    # The programs need not be installed here: any existing one stands in for them.
    sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' "$unit" >"$work/$name"
    # An unknown key is only a warning to systemd, so any word at all about the unit fails.
    if ! systemd-analyze verify --man=no "$work/$name" >"$work/log" 2>&1 ||
        grep -F "$name" "$work/log" >&2; then
        cat "$work/log" >&2
        echo "units: $name does not load cleanly" >&2
        exit 1
    fi
    # What takes strangers' input feeds a watchdog; what runs once and looks has none.
    lines="NoNewPrivileges=yes ProtectSystem=strict"
    limit=$threshold
    case $name in
    till-self-test.service) limit=$self_test_threshold ;;
    *) lines="Type=notify WatchdogSec= $lines" ;;
    esac
    for line in $lines; do
        grep -q "^$line" "$unit" || { echo "units: $name lacks $line" >&2; exit 1; }
    done
    if ! systemd-analyze security --offline=true --threshold=$limit --no-pager \
        "$work/$name" >"$work/log" 2>&1; then
        cat "$work/log" >&2
        echo "units: $name is more exposed than $limit" >&2
        exit 1
    fi
    echo "units: $name loads;$(grep -o 'Overall exposure level.*: [0-9.]*' "$work/log" |
        sed 's/.*:/ exposure/')"
done

# A rule that udev cannot read is only a line in its log, so its own parser looks at the form.
python3 - systemd/till.udev <<'END'
import re
import sys

rules = open(sys.argv[1]).read().replace("\\\n", " ").splitlines()
rules = [line for line in rules if line.strip() and not line.startswith("#")]
part = re.compile(r'\s*[A-Z]+(\{[A-Za-z0-9_]+\})?(==|!=|=|\+=)"[^"]*"\s*$')
for rule in rules:
    for word in rule.split(", "):
        if not part.match(word):
            sys.exit(f"units: till.udev: {word.strip()} is no part of a rule")
print(f"units: {len(rules)} udev rules are well-formed")
END

systemd-analyze calendar --iterations=1 '*-*-* 03:30:00' >/dev/null

if [ "$(id -u)" -eq 0 ] && command -v systemd-sysusers >/dev/null &&
    command -v systemd-tmpfiles >/dev/null; then
    mkdir -p "$work/root/etc" "$work/root/var/lib"
    cp systemd/till.sysusers systemd/till.tmpfiles "$work/"
    systemd-sysusers --root="$work/root" "$work/till.sysusers" >"$work/log" 2>&1 ||
        { cat "$work/log" >&2; exit 1; }
    systemd-tmpfiles --create --root="$work/root" "$work/till.tmpfiles" >"$work/log" 2>&1 ||
        { cat "$work/log" >&2; exit 1; }
    mode=$(stat -c %a "$work/root/var/lib/till/camera")
    [ "$mode" = 2770 ] || { echo "units: camera folder has mode $mode" >&2; exit 1; }
    echo "units: users and folders can be made"
else
    echo "units: users and folders skipped (needs root and systemd-sysusers, systemd-tmpfiles)"
fi

#!/usr/bin/env bash
# Installs the Debian packages that Till is built and tested with; asks nothing, and does nothing
# where they are there already. Packages that only some of the tests want are given as arguments.
set -euo pipefail

packages=(
    pkg-config libzbar-dev libqrencode-dev libsqlite3-dev libpng-dev libturbojpeg0-dev
    libpango1.0-dev libdrm-dev libasound2-dev libgpiod-dev libsystemd-dev libseccomp-dev libzxing-dev linux-libc-dev   # linked
    fonts-dejavu-core fonts-wqy-zenhei                 # what the screen's text is drawn with
    python3 qrencode sqlite3                           # what the demo and the tests play with
    faketime util-linux systemd                        # clocks, other users, unit checks
    espeak-ng                                          # speaks amounts, where it is asked to
    patch                                              # mutants of the decision
)

packages+=("$@")

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
    [[ $status == "install ok installed" ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then as_root=(sudo); fi
echo "Installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

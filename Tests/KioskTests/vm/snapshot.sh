#!/usr/bin/env bash
# snapshot.sh FOLDER: boots once and saves the running guest (memory and disk), so that tests go on
# from it in a second or two. boot.sh's environment applies, and must be the same when resuming.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: snapshot.sh FOLDER}
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
"$here/boot.sh" "$folder"
"$here/guest.py" "$folder" wait
"$here/guest.py" "$folder" sh 'systemctl is-system-running --wait; systemctl --failed --no-legend
sync; echo 3 >/proc/sys/vm/drop_caches'
"$here/guest.py" "$folder" save "$folder/state.zst"
rm -f "$folder"/*.sock

#!/usr/bin/env bash
# Starts a hub and a terminal to play with by hand, in ./playground; Ctrl-C stops both.
set -euo pipefail
cd "$(dirname "$0")/.."
programs=$(cd "${1:-.build/release}" && pwd)
export PATH="$programs:$PATH"
folder=$PWD/playground
mkdir -p "$folder"
export TILL_HUB=$folder/hub TILL_STATE=$folder/till TILL_WALLET=$folder/wallet

if [[ ! -d $TILL_HUB ]]; then tillhub init; fi
rm -f "$folder/port"
tillhub serve --port 0 --port-file "$folder/port" 2>"$folder/hub.log" &
hub=$!
trap 'kill "$hub" "${terminal:-$hub}" 2>/dev/null || true; wait' EXIT
until [[ -s $folder/port ]]; do
    kill -0 "$hub" 2>/dev/null || { cat "$folder/hub.log" >&2; exit 1; }
    sleep 0.05
done
if [[ ! -e $TILL_STATE/configuration.till ]]; then
    tillctl enrol request --terminal till:m42/t7 --out "$folder/request.till"
    tillhub terminal enrol "$folder/request.till" --out "$folder/answer.till"
    tillctl enrol import "$folder/answer.till"
fi
if [[ ! -e $TILL_STATE/staff.json ]]; then tillctl staff add Ada --role supervisor <<<4711; fi
rm -f "$folder/console-port"
tilld --profile hardware-profiles/50-folder-camera-png-display.yaml \
    --hub-url "http://127.0.0.1:$(cat "$folder/port")" --console-port 0 \
    --console-port-file "$folder/console-port" 2>"$folder/till.log" &
terminal=$!
until [[ -s $folder/console-port ]]; do
    kill -0 "$terminal" 2>/dev/null || { cat "$folder/till.log" >&2; exit 1; }
    sleep 0.05
done
cat <<END

A hub and a terminal are running. In another window:

  export PATH=$programs:\$PATH
  export TILL_HUB=$TILL_HUB TILL_STATE=$TILL_STATE TILL_WALLET=$TILL_WALLET
  tillhub voucher issue fixed --amount 12.50 --out $folder/vouchers
  tillctl sale 12.50
  cp $folder/vouchers/*.png $TILL_STATE/camera/
  tillctl sale --wait
  tillctl sync && tillhub ledger

The cashier's console is http://127.0.0.1:$(cat "$folder/console-port")/ (Ada, PIN 4711).
The customer's screen is $TILL_STATE/display.png. Ctrl-C stops both.
END
wait "$terminal"

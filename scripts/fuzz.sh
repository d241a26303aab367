#!/bin/bash
# Runs every fuzz target for SECONDS (default 5) and prints a line for each; then the canary, whose
# planted fault must be found. Ends with 1 on a finding, or if the canary's is not found.
# FUZZ_CORPUS names a folder to keep what was learnt; inputs that break something are left in
# Fuzz/.build/findings.
set -euo pipefail
cd "$(dirname "$0")/.."
# Swift's own crash reporter would take the signal before libFuzzer can keep the input.
export SWIFT_BACKTRACE=enable=no

seconds=${1:-5}
canary_seconds=120 # it takes a second or two; this is for a machine that does other things too
targets=(FuzzBase45:base45 FuzzCBOR:cbor FuzzCOSE:cose FuzzVoucher:voucher FuzzEMV:emv
    FuzzHubMessages:hub FuzzJournalExport:export FuzzHotList:hotlist FuzzClock:clock
    FuzzScanner:scanner FuzzEngines:engines FuzzTrust:trust)

build=(swift build --package-path Fuzz -c release --sanitize=fuzzer)
started=$SECONDS
mkdir -p Fuzz/.build
"${build[@]}" >Fuzz/.build/build.log 2>&1 || { cat Fuzz/.build/build.log >&2; exit 1; }
programs=$("${build[@]}" --show-bin-path)
echo "fuzz: built in $((SECONDS - started)) s"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
corpus=${FUZZ_CORPUS:-$work/corpus}
findings=$PWD/Fuzz/.build/findings
mkdir -p "$findings"
python3 scripts/fuzz_seeds.py "$work/seeds"

# An input is slow after 5 s and greedy above 1 GiB; a code has at most 7,089 bytes,
# a message of the scanner 7,219.
options=(-timeout=5 -rss_limit_mb=1024 -max_len=7230 -print_final_stats=1)

stat_of() { grep -o "stat::$1: *[0-9]*" "$2" | grep -o '[0-9]*$' || echo '?'; }

failed=0
for target in "${targets[@]}"; do
    program=${target%%:*} seeds=${target##*:}
    mkdir -p "$corpus/$seeds"
    if "$programs/$program" "${options[@]}" -max_total_time="$seconds" \
        -artifact_prefix="$findings/$program-" "$corpus/$seeds" "$work/seeds/$seeds" \
        >"$work/log" 2>&1; then
        covered=$(grep -o 'cov: [0-9]*' "$work/log" | tail -n 1 | grep -o '[0-9]*')
        echo "fuzz: $program: $(stat_of number_of_executed_units "$work/log") executions," \
            "${covered:-?} edges, no finding"
    else
        failed=1
        tail -n 40 "$work/log" >&2
        echo "fuzz: $program: FINDING, see $findings"
    fi
done

mkdir -p "$work/canary"
if "$programs/FuzzCanary" "${options[@]}" -max_total_time=$canary_seconds \
    -artifact_prefix="$work/canary/" "$work/canary" >"$work/log" 2>&1; then
    echo "fuzz: FuzzCanary: its fault was NOT found in $canary_seconds s; the runs prove nothing"
    failed=1
else
    ls "$work/canary"/crash-* >/dev/null 2>&1 || {
        tail -n 40 "$work/log" >&2
        echo "fuzz: FuzzCanary: ended without finding its fault"
        exit 1
    }
    echo "fuzz: FuzzCanary: $(stat_of number_of_executed_units "$work/log") executions," \
        "its planted fault was found"
fi
exit $failed

#!/usr/bin/env bash
# Makes completions and man pages, and has each shell and mandoc read what is theirs.
# check-documents.sh PROGRAMS
set -euo pipefail
cd "$(dirname "$0")/.."
programs=$1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
scripts/completions.sh "$programs" "$work"
python3 scripts/man_pages.py --programs "$programs" --out "$work/usr/share/man"

for file in "$work"/usr/share/bash-completion/completions/*; do bash -n "$file"; done
# What a person at a prompt would be offered.
offered=$(bash -c 'source "$1"; COMP_WORDS=(tillctl doc); COMP_CWORD=1; COMP_LINE="tillctl doc"
    COMP_POINT=11; _tillctl tillctl doc tillctl 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' \
    - "$work/usr/share/bash-completion/completions/tillctl" || true)
grep -qx doctor <<<"$(tr -d ' ' <<<"$offered")" ||
    { echo "documents: bash is not offered tillctl doctor: $offered" >&2; exit 1; }
echo "documents: bash completes tillctl doctor"
if command -v zsh >/dev/null; then
    for file in "$work"/usr/share/zsh/vendor-completions/*; do zsh -n "$file"; done
    echo "documents: zsh reads its completions"
fi
if command -v fish >/dev/null; then
    for file in "$work"/usr/share/fish/vendor_completions.d/*; do fish -n "$file"; done
    offered=$(XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work fish -c "source \
        $work/usr/share/fish/vendor_completions.d/tillctl.fish; complete -C 'tillctl doc'" || true)
    grep -q '^doctor' <<<"$offered" ||
        { echo "documents: fish is not offered tillctl doctor: $offered" >&2; exit 1; }
    echo "documents: fish completes tillctl doctor"
fi
for file in "$work"/usr/share/man/man*/*.gz; do
    zcat "$file" >"$work/page"
    if command -v mandoc >/dev/null; then
        mandoc -T lint -W warning "$work/page" >"$work/log" ||
            { head -20 "$work/log" >&2; echo "documents: $(basename "$file")" >&2; exit 1; }
    fi
    LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$work/page" \
        >/dev/null 2>"$work/log"
    [ ! -s "$work/log" ] || { head -5 "$work/log" >&2; exit 1; }
done
# Every command has its place in its program's page.
for command in doctor bundle 'shift x' 'sync queue' 'profile explain' 'journal migrate' 'trust import'; do
    zgrep -qF ".Ss \"tillctl $command\"" "$work/usr/share/man/man1/tillctl.1.gz" ||
        { echo "documents: tillctl.1 lacks $command" >&2; exit 1; }
done
echo "documents: man pages are whole"

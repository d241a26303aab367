#!/usr/bin/env bash
# Writes the programs' completions for bash, zsh and fish, where Debian's shells look for them
# below a folder: completions.sh PROGRAMS FOLDER
set -euo pipefail

programs=$1
root=$2

bash=$root/usr/share/bash-completion/completions
zsh=$root/usr/share/zsh/vendor-completions
fish=$root/usr/share/fish/vendor_completions.d
mkdir -p "$bash" "$zsh" "$fish"
for program in tilld tillctl tillhub tillwallet; do
    "$programs/$program" --generate-completion-script bash |
        sed '1{/^#!/d}' >"$bash/$program"
    "$programs/$program" --generate-completion-script zsh >"$zsh/_$program"
    "$programs/$program" --generate-completion-script fish >"$fish/$program.fish"
done

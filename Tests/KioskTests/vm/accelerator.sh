#!/usr/bin/env bash
# accelerator.sh: prints kvm where a guest really runs under it, else tcg (emulation).
#
# That /dev/kvm is there is no proof: inside another virtual machine a guest may hang in its first
# instructions. So the kernel is started once, and must say its first line.
set -uo pipefail
IMG=${IMG:-${XDG_CACHE_HOME:-$HOME/.cache}/till-kiosk-vm/img}
seconds=6
if [[ -s $IMG/accelerator ]]; then
    cat "$IMG/accelerator"
    exit 0
fi
answer=tcg,thread=multi,tb-size=256
if [[ -w /dev/kvm ]] && timeout $seconds qemu-system-x86_64 -accel kvm -cpu host -m 256 \
    -nodefaults -no-user-config -display none -no-reboot -kernel "$IMG/vmlinux" \
    -append "console=ttyS0 panic=-1" -serial stdio </dev/null 2>/dev/null |
    grep -q -m 1 "Linux version"; then
    answer=kvm
fi
echo $answer | tee "$IMG/accelerator"

#!/usr/bin/env bash
# boot.sh RUN: boots the guest in the background; guest.py talks to it.
#
# RUN holds root.qcow2 (laid over the image, and thrown away with the folder), data.raw, qmp.sock,
# qga.sock, console.log, acks.log, qemu.pid, qemu.cmd and started. The environment says what is
# attached: MEM (MiB), SMP, GPU, DATA (raw, none, or nbd:SOCKET of volatile-disk.py), DATA_MB, RTC,
# RESTORE (a folder made by snapshot.sh: goes on from there; attach the same devices), EXTRA.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
run=${1:?usage: boot.sh RUN}
IMG=${IMG:-${XDG_CACHE_HOME:-$HOME/.cache}/till-kiosk-vm/img}
# Emulation where the host's KVM does not serve: the same kernel and drivers, some 20 times slower.
ACCEL=${ACCEL:-$(IMG=$IMG "$here/accelerator.sh")}
clock="clocksource=hpet no_timer_check"
cpu=max
if [[ $ACCEL == kvm ]]; then clock="" cpu=host; fi
GPU=${GPU:-bochs-display,xres=1280,yres=800}
DATA=${DATA:-raw}
RESTORE=${RESTORE:-}

mkdir -p "$run"
run=$(cd "$run" && pwd)
if [[ -s $run/qemu.pid ]] && kill -0 "$(cat "$run/qemu.pid")" 2>/dev/null; then
    echo "boot.sh: already running: pid $(cat "$run/qemu.pid")" >&2
    exit 1
fi
rm -f "$run"/{qmp,qga}.sock
if [[ ! -e $run/root.qcow2 ]]; then
    base=$IMG/root.ext4 format=raw
    if [[ -n $RESTORE ]]; then base=$RESTORE/root.qcow2 format=qcow2; fi
    qemu-img create -q -f qcow2 -b "$base" -F $format "$run/root.qcow2"
fi
append="root=/dev/vda rw console=ttyS0 mitigations=off nokaslr $clock quiet"
append+=" systemd.show_status=no vt.global_cursor_default=0 consoleblank=0"
arguments=(
    -name till-kiosk -nodefaults -no-user-config -machine q35,graphics=on -accel "$ACCEL"
    -cpu $cpu -smp "${SMP:-2}" -m "${MEM:-512}" -kernel "$IMG/vmlinux" -initrd "$IMG/initrd.img"
    -append "$append" -display none -vga none -nic none
    -blockdev "driver=file,node-name=rootfile,filename=$run/root.qcow2"
    -blockdev driver=qcow2,node-name=root,file=rootfile
    -device virtio-blk-pci,drive=root -device virtio-serial-pci
    -chardev "socket,id=qga,path=$run/qga.sock,server=on,wait=off"
    -device virtserialport,chardev=qga,name=org.qemu.guest_agent.0
    -chardev "file,id=ack,path=$run/acks.log,append=on"
    -device virtserialport,chardev=ack,name=till.ack
    -chardev "file,id=console,path=$run/console.log,append=on" -serial chardev:console
    -qmp "unix:$run/qmp.sock,server=on,wait=off" -monitor none
    -device virtio-rng-pci -device qemu-xhci,id=xhci
    -device pcie-root-port,id=hp1,chassis=1 -device pcie-root-port,id=hp2,chassis=2
    -rtc "${RTC:-base=utc,clock=host}" -pidfile "$run/qemu.pid" -daemonize
)
if [[ $GPU != none ]]; then arguments+=(-device "$GPU"); fi
case $DATA in
raw)
    if [[ ! -e $run/data.raw ]]; then
        truncate -s "${DATA_MB:-64}M" "$run/data.raw"
        mke2fs -q -t ext4 -L tilldata -E lazy_itable_init=0,lazy_journal_init=0 "$run/data.raw"
    fi
    arguments+=(
        -blockdev "driver=file,node-name=datafile,filename=$run/data.raw"
        -blockdev driver=raw,node-name=data,file=datafile
    )
    ;;
nbd:*)
    arguments+=(
        -blockdev "driver=nbd,node-name=data,server.type=unix,server.path=${DATA#nbd:}"
    )
    ;;
esac
if [[ $DATA != none ]]; then
    arguments+=(-device virtio-blk-pci,drive=data,serial=tilldata,write-cache=on)
fi
if [[ -n $RESTORE ]]; then arguments+=(-incoming "exec:zstd -dcq $RESTORE/state.zst"); fi
# shellcheck disable=SC2206
arguments+=(${EXTRA:-})
printf '%q ' qemu-system-x86_64 "${arguments[@]}" >"$run/qemu.cmd"
date +%s.%N >"$run/started"
qemu-system-x86_64 "${arguments[@]}"
if [[ -n $RESTORE ]]; then "$here/guest.py" "$run" resume; fi
echo "$run pid $(cat "$run/qemu.pid")"

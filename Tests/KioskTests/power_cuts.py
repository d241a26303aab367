#!/usr/bin/env python3
"""Power cuts in the middle of sales: every approval that the terminal told is there afterwards.

The real tilld runs in a virtual machine, its state on a disk with a volatile write cache
(vm/volatile-disk.py). Sales are made one after the other, paid by a printed voucher before the
camera; the daemon's trace leaves the machine by a virtio port, line by line, as each approval is
told. After a seeded number of disk writes the power goes: QEMU is killed and of the sectors that
were not flushed a seeded half is lost. The machine is started again on what is left, the same
daemon takes up its state (which audits the whole journal), and is asked for every receipt.

With --careless the daemon runs over a library that turns fsync and fdatasync into nothing, which is
what SQLite's synchronous=OFF does. That run must lose an approval, or the first proves nothing.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VM = HERE / "vm"
sys.path[:0] = [str(VM), str(ROOT / "scripts")]

from guest import Guest  # noqa: E402
from play import Failed, Hub, Programs, Terminal  # noqa: E402

PROFILE = ROOT / "hardware-profiles/50-folder-camera-png-display.yaml"
DISK_MIB = 64
CREDIT = "900.00"  # on the one voucher: more sales of 0.01 than a cycle makes
FEWEST_WRITES, MOST_WRITES = 150, 900  # of the disk, until the power goes: within some 20 sales
LONGEST_CYCLE_SECONDS = 300  # in emulation a start takes a minute
CARELESS_SALES = (2, 8)  # a careless daemon writes too little to be cut by count: by approvals

# Sales for ever. The commands' own files lie in the machine's memory, not on the disk.
SELLER = r"""
export LD_LIBRARY_PATH=/opt/till TILL_STATE=/data/till HOME=/tmp
mkdir -p /data; blockdev --flushbufs /dev/disk/by-id/virtio-tilldata
mount -o noatime /dev/disk/by-id/virtio-tilldata /data || exit 9
LD_PRELOAD=%(preload)s /opt/till/tilld --profile /opt/till/profile.yaml --sync-interval 0 --trace \
    >/tmp/tilld.log 2>/dev/virtio-ports/till.ack </dev/null &
until /opt/till/tillctl status >/tmp/status 2>&1; do sleep 0.05; done
number=0
while :; do
    number=$((number + 1))
    /opt/till/tillctl sale 0.01 >/tmp/sale 2>&1
    cp /opt/till/voucher.png /data/till/camera/.part
    mv /data/till/camera/.part /data/till/camera/$number.png
    /opt/till/tillctl sale --wait --timeout 20 >/tmp/verdict 2>&1
done
"""

# The daemon takes up what is left. `journal list` asks it for the entries.
WITNESS = r"""
export LD_LIBRARY_PATH=/opt/till TILL_STATE=/data/till HOME=/tmp
mkdir -p /data; blockdev --flushbufs /dev/disk/by-id/virtio-tilldata
mount -o noatime /dev/disk/by-id/virtio-tilldata /data || exit 9
/opt/till/tilld --profile /opt/till/profile.yaml --sync-interval 0 >/tmp/tilld.log 2>&1 </dev/null &
for i in $(seq 200); do
    /opt/till/tillctl status >/tmp/status 2>&1 && break
    kill -0 $! 2>/dev/null || { cat /tmp/tilld.log >&2; exit 8; }
    sleep 0.05
done
/opt/till/tillctl journal list --json
"""


class Cutter:
    def __init__(self, programs, work, count, seed, careless):
        self.programs, self.work, self.count, self.seed = programs, work, count, seed
        self.careless, self.lost, self.told, self.failures = careless, 0, 0, []

    def prepare(self):
        """A hub, an enrolled terminal, a voucher; the programs' folder; a saved machine."""
        hub = Hub(self.programs, self.work / "hub")
        hub.command("policy", "set", "--outstanding", "10000.00", "--outstanding-count", "100000")
        terminal = Terminal(self.programs, self.work / "till", hub, "till:m42/t7", PROFILE)
        picture = hub.command("voucher", "issue", "stored", "--amount", CREDIT, "--out",
                              self.work / "voucher")["picture"]
        (terminal.folder / "camera").mkdir(exist_ok=True)
        self.disk_root = self.work / "disk"
        self.disk_root.mkdir()
        shutil.copytree(terminal.folder, self.disk_root / "till")
        self.files = self.work / "files"
        self.files.mkdir()
        for name in ("tilld", "tillctl"):
            shutil.copy(self.programs.path(name), self.files / name)
            for library in libraries(self.programs.path(name)):
                shutil.copy(library, self.files / pathlib.Path(library).name)
        shutil.copy(PROFILE, self.files / "profile.yaml")
        shutil.copy(picture, self.files / "voucher.png")
        compiler = shutil.which("cc") or shutil.which("clang")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self.files / "nosync.so",
                        HERE / "nosync.c"], check=True)
        subprocess.run([VM / "build-image.sh"], check=True, stdout=sys.stderr)
        self.snapshot = self.work / "snapshot"
        empty = self.work / "empty.raw"
        self.make_disk(empty, None)
        with Volatile(empty, self.work / "snapshot.sock") as disk:
            subprocess.run([VM / "snapshot.sh", self.snapshot], check=True, stdout=sys.stderr,
                           env=dict(os.environ, DATA=f"nbd:{disk.socket}", GPU="none"))

    @staticmethod
    def make_disk(path, content):
        subprocess.run(["truncate", "-s", f"{DISK_MIB}M", path], check=True)
        subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-L", "tilldata", "-E",
                        "lazy_itable_init=0,lazy_journal_init=0"]
                       + (["-d", content] if content else []) + [path], check=True)

    def boot(self, run, disk):
        subprocess.run([VM / "boot.sh", run], check=True, stdout=subprocess.DEVNULL,
                       env=dict(os.environ, RESTORE=str(self.snapshot), GPU="none",
                                DATA=f"nbd:{disk.socket}"))
        guest = Guest(str(run))
        guest.adddir(str(self.files), "/opt/till")
        return guest

    def cycle(self, number):
        dice = random.Random(self.seed + number)
        run = self.work / f"run-{number}"
        run.mkdir()
        image = run / "data.raw"
        self.make_disk(image, self.disk_root)
        writes = dice.randint(FEWEST_WRITES, MOST_WRITES)
        cut = [] if self.careless else ["--kill-pidfile", str(run / "qemu.pid"),
                                        "--after-writes", str(writes)]
        with Volatile(image, run / "disk.sock", "--cut", "random", "--seed",
                      str(self.seed + number), *cut) as disk:
            guest = self.boot(run, disk)
            script = SELLER % {"preload": "/opt/till/nosync.so" if self.careless else ""}
            try:
                guest.put_text(script, "/tmp/seller.sh")
                guest.sh("setsid bash /tmp/seller.sh >/dev/null 2>&1 </dev/null &", timeout=30)
            except (OSError, EOFError):
                pass  # The power may go at once.
            if self.careless:
                wait_for_approvals(run / "acks.log", dice.randint(*CARELESS_SALES))
            elif guest.gone(LONGEST_CYCLE_SECONDS):
                writes = None
            if self.careless or writes is not None:
                guest.cut()
            counts = disk.counts()
        told = approvals(run / "acks.log")
        for name in ("qemu.pid", "root.qcow2", "hp1.img"):
            (run / name).unlink(missing_ok=True)
        found, problem = self.witness(run, image)
        missing = [receipt for receipt, one in told.items() if found.get(receipt) != one]
        self.told += len(told)
        self.lost += len(missing)
        if problem:
            self.failures.append(f"cut {number}: {problem}")
        print(f"cut {number}: {counts.get('writes')} writes, {counts.get('flushes')} flushes, "
              f"{counts.get('dropped')} sectors lost; {len(told)} approvals told, "
              f"{len(found)} found, {len(missing)} lost{'; ' + problem if problem else ''}",
              flush=True)
        shutil.rmtree(run)

    def witness(self, run, image):
        """What the journal holds after the cut, by receipt; and what is wrong with it."""
        with Volatile(image, run / "again.sock", "--cut", "all") as disk:
            guest = self.boot(run, disk)
            code, out, err = guest.sh(WITNESS, timeout=60)
            guest.cut()
        if code == 9:
            return {}, "the disk does not mount"
        if code != 0:
            return {}, f"the daemon does not start: {err.strip()[:300]}"
        entries = json.loads(out)
        captures = [entry for entry in entries if entry["kind"] == "capture"]
        if [entry["sequence"] for entry in entries] != list(range(1, len(entries) + 1)):
            return {}, "sequence numbers have a gap"
        if [entry["receipt"] for entry in captures] != list(range(1, len(captures) + 1)):
            return {}, "receipt numbers have a gap"
        return {entry["receipt"]: (entry["sale"], entry["amount"]["minorUnits"])
                for entry in captures}, None

    def run(self):
        self.prepare()
        for number in range(1, self.count + 1):
            self.cycle(number)
        print(f"{self.count} power cuts{' without fsync' if self.careless else ''} (seed "
              f"{self.seed}): {self.told} approvals told, {self.lost} lost, "
              f"{len(self.failures)} journals damaged")
        if self.careless:
            if not self.lost and not self.failures:
                raise Failed("without fsync nothing was lost: the cuts prove nothing")
        elif self.lost or self.failures:
            raise Failed("; ".join(self.failures) or f"{self.lost} approvals were lost")
        elif self.told < self.count:
            raise Failed(f"only {self.told} approvals were told: the cuts come too early")


class Volatile:
    """vm/volatile-disk.py over an image, ended with the machine that uses it."""

    def __init__(self, image, socket, *options):
        self.socket = socket
        self.process = subprocess.Popen([VM / "volatile-disk.py", image, socket, *options],
                                        stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        if self.process.stdout.readline().strip() != "ready":
            raise Failed("the volatile disk does not start")
        return self

    def counts(self):
        line = self.process.stdout.readline()
        self.process.wait(30)
        return json.loads(line) if line else {}

    def __exit__(self, *_):
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def libraries(program):
    """The shared libraries of the toolchain that a program loads: the machine has the others."""
    lines = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    paths = [line.split("=>")[1].split()[0] for line in lines.splitlines() if "=> /" in line]
    return [path for path in paths if "/swift/" in path]


def approvals(log):
    """Receipt numbers to (sale, minor units), of the trace lines that left the machine whole."""
    told = {}
    if not log.exists():
        return told
    for line in log.read_text(errors="replace").split("\n")[:-1]:
        words = line.split()
        if len(words) == 5 and words[:2] == ["trace", "approved"]:
            told[int(words[2])] = (words[3], int(words[4]))
    return told


def wait_for_approvals(log, count):
    end = time.monotonic() + LONGEST_CYCLE_SECONDS
    while len(approvals(log)) < count and time.monotonic() < end:
        time.sleep(0.05)


def put_text(self, text, remote):
    """Writes a text to a file in the machine."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
        file.write(text)
        file.flush()
        self.put(file.name, remote)


Guest.put_text = put_text


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", required=True, help="the folder of the built programs")
    parser.add_argument("--count", type=int, default=20, help="how many cuts")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--careless", action="store_true", help="without fsync: must lose")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="till-power-") as folder:
        cutter = Cutter(Programs(options.programs), pathlib.Path(folder), options.count,
                        options.seed, options.careless)
        try:
            cutter.run()
        except Failed as failure:
            print(f"power cuts failed (seed {options.seed}): {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

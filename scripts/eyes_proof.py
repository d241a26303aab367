#!/usr/bin/env python3
"""Frames through the real daemon and its decoder: how long a payment takes, and that memory stays flat.

usage: scripts/eyes_proof.py --programs DIR [--payments N] [--frames N]

A terminal looks at a pipe of grey frames of 1280 x 720. First N payments: a code appears in the
frames, and the time is taken until the daemon has told its approval, which is when it is durable
(`tilld --trace`). Then N frames while no sale is open: codes come and go, move, and leave. The
resident memory of daemon and decoder is looked at all along, for each decoder process from its
2,000th frame on (or its first fifth of a short run), and may grow by 1 MiB at the most.
"""

import argparse
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib

from play import Failed, Hub, Programs, Terminal

WIDTH, HEIGHT = 1280, 720
AMOUNT = "1.00"
PAYMENT_SECONDS = 30  # from the code to the approval, on a machine that does other things too
WARM_FRAMES = 2_000  # caches, code pages and the decoder's own buffers are there by then
ALLOWED_KIB = 1_024
AIM_P50_MS, AIM_P99_MS = 120, 400


def grey_png(path):
    """The sides and grey values of a PNG of 8-bit samples, as the hub draws vouchers' pictures."""
    data = path.read_bytes()
    place, packed, header = 8, b"", None
    while place < len(data):
        length, kind = int.from_bytes(data[place:place + 4], "big"), data[place + 4:place + 8]
        body = data[place + 8:place + 8 + length]
        header = body if kind == b"IHDR" else header
        packed += body if kind == b"IDAT" else b""
        place += 12 + length
    width, height = (int.from_bytes(header[i:i + 4], "big") for i in (0, 4))
    samples = {0: 1, 2: 3, 6: 4}[header[9]]
    raw, stride = zlib.decompress(packed), width * samples
    rows, last = [], bytearray(stride)
    for y in range(height):
        kind, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:][:stride])
        for x in range(stride):
            a = line[x - samples] if x >= samples else 0
            b, c = last[x], last[x - samples] if x >= samples else 0
            if kind == 4:
                p = a + b - c
                near = sorted(((abs(p - v), i, v) for i, v in enumerate((a, b, c))))[0][2]
            else:
                near = {0: 0, 1: a, 2: b, 3: (a + b) // 2}[kind]
            line[x] = (line[x] + near) & 255
        rows.append(bytes(line[::samples]))
        last = line
    return width, height, rows


def frame(picture=None, left=0, top=0):
    """A frame on a grey ground, with a picture laid into it."""
    rows = [bytearray(b"\xb4" * WIDTH) for _ in range(HEIGHT)]
    if picture:
        width, height, lines = picture
        for y in range(height):
            rows[top + y][left:left + width] = lines[y]
    return b"".join(rows)


def resident_kib(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as text:
        return int(text.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


class Trace:
    """The daemon's standard error: when each approval was told."""

    def __init__(self, process):
        self.process, self.times, self.log = process, [], []
        self.changed = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stderr:
            now = time.monotonic()
            with self.changed:
                self.log.append(line)
                if line.startswith(b"trace approved"):
                    self.times.append(now)
                self.changed.notify_all()

    def wait(self, count, seconds):
        with self.changed:
            return self.changed.wait_for(lambda: len(self.times) >= count, seconds)


class Memory:
    """What the daemon and each of its decoders have in memory, over the frames."""

    def __init__(self, daemon, frames):
        self.daemon, self.warm = daemon, min(WARM_FRAMES, frames // 5)
        self.first, self.last, self.since, self.decoders = {}, {}, {}, set()

    def note(self, count):
        for pid in [self.daemon, *self.children()]:
            self.since.setdefault(pid, count)
            try:
                resident = resident_kib(pid)
            except OSError:
                continue  # replaced in this moment
            if count - self.since[pid] >= self.warm:
                self.first.setdefault(pid, resident)
                self.last[pid] = max(self.last.get(pid, 0), resident)

    def children(self):
        found = []
        for task in pathlib.Path(f"/proc/{self.daemon}/task").iterdir():
            try:
                found += [int(pid) for pid in (task / "children").read_text().split()]
            except OSError:
                continue
        self.decoders.update(found)
        return found

    def growth(self):
        daemon = self.last.get(self.daemon, 0) - self.first.get(self.daemon, 0)
        decoders = [self.last[pid] - self.first[pid] for pid in self.first if pid != self.daemon]
        return daemon, max(decoders, default=None)


class Proof:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        programs = Programs(options.programs)
        self.hub = Hub(programs, folder / "hub")
        self.hub.command("policy", "set", "--outstanding", "10000.00", "--outstanding-count",
                         "100000")
        self.hub.start()
        self.pipe = folder / "frames"
        os.mkfifo(self.pipe)
        profile = folder / "eyes.yaml"
        profile.write_text(
            f"profile: 1\ncamera:\n  kind: pipe\n  path: {self.pipe}\n  format: grey\n"
            f"  width: {WIDTH}\n  height: {HEIGHT}\ndisplay: {{kind: none}}\n", encoding="utf-8")
        self.terminal = Terminal(programs, folder / "terminal", self.hub, "till:m42/t7", profile)
        self.process = subprocess.Popen(
            [programs.path("tilld"), "--state", str(self.terminal.folder), "--profile",
             str(profile), "--hub-url", self.hub.url, "--sync-interval", "0", "--trace"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, bufsize=0)
        self.trace = Trace(self.process)
        end = time.monotonic() + 60
        while not self.terminal.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failed(f"tilld does not start: {self.trace.log}")
            time.sleep(0.02)
        self.stream = open(self.pipe, "wb", buffering=0)
        self.empty = frame()

    def voucher(self):
        """A voucher's picture, and where in a frame it fits."""
        picture = self.hub.command("voucher", "issue", "fixed", "--amount", AMOUNT, "--out",
                                   self.folder / "vouchers")["picture"]
        return grey_png(pathlib.Path(picture))

    def write(self, data):
        view = memoryview(data)
        while view:
            view = view[self.stream.write(view):]

    def pay(self, number):
        """One payment; answers with the milliseconds from the code's first frame to its approval."""
        shown = frame(self.voucher(), 400, 60)
        sale = self.terminal.call("POST", "/v1/sales", {"amount": AMOUNT, "key": f"k{number}"})
        if not sale or sale.get("state") != "open":
            raise Failed(f"no sale was opened: {sale}")
        for _ in range(3):
            self.write(self.empty)
        start = time.monotonic()
        while len(self.trace.times) <= number:
            if time.monotonic() - start > PAYMENT_SECONDS:
                raise Failed(f"no approval within {PAYMENT_SECONDS} s: {self.trace.log[-5:]}")
            self.write(shown)
            self.trace.wait(number + 1, 0.03)  # a camera gives the next in some 30 ms
        return (self.trace.times[number] - start) * 1_000

    def look(self, count):
        """Frames while no sale is open: codes come, move, and leave."""
        choice = random.Random(2026)
        pictures = [self.voucher() for _ in range(4)]
        views = [self.empty] + [
            frame(picture, choice.randrange(WIDTH - picture[0]),
                  choice.randrange(HEIGHT - picture[1])) for picture in pictures for _ in range(4)]
        memory = Memory(self.process.pid, count)
        for number in range(count):
            self.write(views[choice.randrange(len(views))])
            if number % max(1, count // 500) == 0:
                memory.note(number)
        memory.note(count)
        return memory

    def stop(self):
        self.stream.close()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self.hub.stop()


def main():
    parser = argparse.ArgumentParser(description="Frames through the real daemon.")
    parser.add_argument("--programs", required=True)
    parser.add_argument("--payments", type=int, default=20)
    parser.add_argument("--frames", type=int, default=2_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="till-eyes-") as folder:
        proof = Proof(options, pathlib.Path(folder))
        try:
            times = sorted(proof.pay(number) for number in range(options.payments))
            p50 = statistics.median(times)
            p99 = times[min(len(times) - 1, len(times) * 99 // 100)]
            print(f"{len(times)} payments, from the code's first frame to the durable approval: "
                  f"p50 {p50:.0f} ms (aim {AIM_P50_MS}), p99 {p99:.0f} ms (aim {AIM_P99_MS})")
            start = time.monotonic()
            memory = proof.look(options.frames)
            daemon, decoder = memory.growth()
            print(f"{options.frames} frames in {time.monotonic() - start:.0f} s, "
                  f"{len(memory.decoders)} decoder(s): the daemon grew by {daemon} KiB, "
                  f"a decoder by {decoder} KiB at the most (allowed: {ALLOWED_KIB})")
            if proof.process.poll() is not None:
                raise Failed("the daemon ended")
            if decoder is None or daemon > ALLOWED_KIB or decoder > ALLOWED_KIB:
                raise Failed("memory grew, or no decoder was seen")
        except Failed as failure:
            print(f"FAILED: {failure}")
            return 1
        finally:
            proof.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

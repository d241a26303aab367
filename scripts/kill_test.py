"""The kill test: SIGKILL at random moments, and every approval that was told is found again.

The real daemon runs with --trace, which writes a line as the journal is about to record and a
line as an approval is told. Sales are made one after the other; after a random delay from a
random one of those lines (or from the picture) the daemon is killed. Then it is started again and
asked: every approval whose line was written must be in the journal once, receipts without a gap,
and no voucher redeemed above its credit. At the end the hub's ledger must equal the journal.

Every fourth life is struck while it takes a payment back instead: a cancellation or a refund is
asked for, and the daemon killed a moment later. The next life is asked again under the same key, as
a till that had no answer would: it is one undoing, whichever life wrote it.

Each kill is counted by the phase it hit:
  before     no record had begun
  recording  a record had begun, its approval had not been told
  told       the approval had been told
  undoing    money was to go back, and nobody had been told that it had
  undone     that it went back had been told
"""

import argparse
import collections
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

from play import Failed, Hub, Programs, Terminal

UNDOINGS = ("cancellation", "refund")
PROFILE = "hardware-profiles/50-folder-camera-png-display.yaml"
AMOUNT = "0.01"
CREDIT = 100_000  # minor units on the one voucher: more sales than any run makes
MINIMUM_RECORDING_SHARE = 0.15  # of all kills: 30 of 200
SALE_SECONDS = 30  # from the order to the approval, on a machine that does other things too
POLL_SECONDS = 0.05  # between two looks at a sale that is being paid
LONGEST_DELAY_SECONDS = 0.001  # after a trace line: about the length of a durable commit
# A terminal that writes another payment is asked again, so often and so soon.
BUSY_TRIES, BUSY_SECONDS = 100, 0.05
LONGEST_UNDOING = 1.5  # from the request to the kill: of what the last answered one took
UNDOING_EVERY = 4  # lives


def ended(process, seconds):
    try:
        process.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        return False


class Traced:
    """Reads the daemon's trace lines as they are written, and strikes where it is armed to."""

    def __init__(self, process):
        self.process, self.lines, self.changed = process, [], threading.Condition()
        self.target = None  # (how many lines, seconds after the last of them)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        rest = b""
        while chunk := os.read(self.process.stderr.fileno(), 1 << 16):
            *lines, rest = (rest + chunk).split(b"\n")
            found = [line.split()[1:] for line in lines if line.startswith(b"trace ")]
            if self.target and len(self.lines) + len(found) >= self.target[0]:
                # Struck from here: another thread would wake up when the commit is long over.
                if self.target[1]:
                    time.sleep(self.target[1])
                self.process.kill()
            with self.changed:
                self.lines += [[word.decode() for word in line] for line in found]
                self.changed.notify_all()

    def wait(self, count, seconds):
        with self.changed:
            return self.changed.wait_for(lambda: len(self.lines) >= count, seconds)


class Killer:
    def __init__(self, programs, folder, count, seed):
        self.programs, self.folder, self.count = programs, folder, count
        self.random, self.seed = random.Random(seed), seed
        self.phases, self.approved, self.sales = collections.Counter(), {}, 0
        self.opened, self.pictures, self.held_up = 0, 0, None
        self.lives, self.undoing_took, self.asked, self.undone = 0, 0.1, {}, {}  # by the key: (path, receipt undone), the answer told

    def prepare(self):
        root = pathlib.Path(__file__).resolve().parent.parent
        self.hub = Hub(self.programs, self.folder / "hub")
        self.hub.command("policy", "set", "--outstanding", "10000.00", "--outstanding-count",
                         "100000")
        self.hub.start()
        self.terminal = Terminal(self.programs, self.folder / "terminal", self.hub, "till:m42/t7",
                                 root / PROFILE)
        self.picture = self.hub.command("voucher", "issue", "stored", "--amount",
                                        f"{CREDIT // 100}.00", "--out",
                                        self.folder / "voucher")["picture"]

    def start(self):
        process = subprocess.Popen(
            [self.programs.path("tilld"), "--state", str(self.terminal.folder), "--profile",
             str(self.terminal.profile), "--hub-url", self.hub.url, "--sync-interval", "0",
             "--trace"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, bufsize=0)
        traced = Traced(process)
        end = time.monotonic() + 20
        while not self.terminal.answers():
            if process.poll() is not None or time.monotonic() > end:
                raise Failed(f"tilld does not start: {process.poll()}")
            time.sleep(0.01)
        return process, traced

    def sell(self, done):
        """Holds up the voucher to one sale after the other until `done` says so.

        One sale is not always enough: a sale left open by the life before may be paid by the
        picture of that life just as the next is to be struck, and its trace lines count or not.
        """
        end = time.monotonic() + SALE_SECONDS
        while not done():
            sale = self.terminal.call("GET", "/v1/sales/current")
            if not sale or sale.get("state") != "open":
                self.opened += 1
                sale = self.terminal.call(
                    "POST", "/v1/sales", {"amount": AMOUNT, "key": f"k{self.opened}"})
            reference = (sale or {}).get("reference")
            if reference and sale["state"] == "open" and reference != self.held_up:
                self.held_up = reference
                self.pictures += 1
                self.terminal.show(self.picture, f"{self.pictures:06}.png")
            if time.monotonic() > end:
                raise Failed(f"no sale came to its moment within {SALE_SECONDS} s: {sale}")

    def strike(self):
        """One life of the daemon, ended by SIGKILL."""
        process, traced = self.start()
        self.lives += 1
        before = self.random.randrange(3)  # whole sales before the one that is struck
        self.held_up = None
        for _ in range(before):
            had = len(traced.lines)
            self.sell(lambda: traced.wait(had + 2, POLL_SECONDS))
        had, self.held_up = len(traced.lines), None
        self.ask_again()
        if self.lives % UNDOING_EVERY == 0 and self.strike_undoing(process, traced):
            return
        aim = self.random.choice(("recording", "recording", "recording", "told", "picture"))
        if aim == "picture":
            self.sell(lambda: self.held_up or traced.wait(had + 1, 0))
            time.sleep(self.random.random() * 0.02)
            process.kill()
        else:
            delay = self.random.choice((0, 0, self.random.random() * LONGEST_DELAY_SECONDS))
            traced.target = (had + (1 if aim == "recording" else 2), delay)
            self.sell(lambda: ended(process, POLL_SECONDS))
        process.wait(SALE_SECONDS)
        traced.thread.join()
        begun = [line[0] for line in traced.lines[had:]]
        self.phases["told" if "approved" in begun else
                    "recording" if "recording" in begun else "before"] += 1
        self.keep(traced)

    def keep(self, traced):
        for line in traced.lines:
            if line[0] == "approved":
                self.approved[int(line[1])] = (line[2], int(line[3]))

    def undo(self, key):
        """Asks for an undoing, and keeps the answer; False where nobody answers any more."""
        path, receipt = self.asked[key]
        start = time.monotonic()
        for _ in range(BUSY_TRIES):
            answer = self.terminal.call("POST", path, {"key": key, "reason": "kill test"})
            if answer is None:
                return False
            # Another payment is being written just then: nothing was undone, and it says to ask again.
            if answer.get("reason") != "sale-busy":
                break
            time.sleep(BUSY_SECONDS)
        if answer.get("payment") != receipt:
            raise Failed(f"{path} under the key {key} is answered by {answer}")
        self.undoing_took = time.monotonic() - start
        told = self.undone.setdefault(key, answer["receipt"])
        if told != answer["receipt"]:
            raise Failed(f"the key {key} was answered by receipt {told}, then by {answer}")
        return True

    def ask_again(self):
        """What was asked for and not answered is asked for again, under the same key."""
        for key in self.asked.keys() - self.undone.keys():
            if not self.undo(key):
                raise Failed(f"the undoing {key} is not answered")

    def strike_undoing(self, process, traced):
        """Has a payment taken back, and kills; False where there is none left to take back."""
        free = sorted(set(self.approved) - {receipt for _, receipt in self.asked.values()})
        if not free:
            return False
        receipt, key = self.random.choice(free), f"u{self.lives}"
        way = self.random.choice(("cancel", "refund"))
        self.asked[key] = (f"/v1/receipts/{receipt}/{way}", receipt)
        outcome = []
        asking = threading.Thread(target=lambda: outcome.append(self.undo(key)))
        asking.start()
        time.sleep(self.random.random() * LONGEST_UNDOING * self.undoing_took)
        process.kill()
        process.wait(SALE_SECONDS)
        asking.join()
        traced.thread.join()
        if not outcome:
            raise Failed(f"the undoing {key} of receipt {receipt} was answered otherwise")
        self.phases["undone" if outcome[0] else "undoing"] += 1
        self.keep(traced)
        return True

    def entries(self):
        """The whole journal, page by page."""
        entries, after = [], 0
        while page := self.terminal.call("GET", f"/v1/journal?after={after}&limit=500"):
            entries += page
            after = page[-1]["sequence"]
        return entries

    def check(self, number):
        """Every approval that was told is in the journal, once, and nothing is doubled."""
        process, _ = self.start()
        try:
            entries = self.entries()
            captures = [e for e in entries if e["kind"] == "capture"]
            if [e["sequence"] for e in entries] != list(range(1, len(entries) + 1)):
                raise Failed(f"kill {number}: sequence numbers have a gap")
            receipts = [e["receipt"] for e in entries if e.get("receipt")]
            if receipts != list(range(1, len(receipts) + 1)):
                raise Failed(f"kill {number}: receipt numbers have a gap")
            back = {e["receipt"]: e["undone"] for e in entries if e["kind"] in UNDOINGS}
            if len(set(back.values())) != len(back):
                raise Failed(f"kill {number}: a payment was taken back twice")
            for key, receipt in self.undone.items():
                if receipt not in back:
                    raise Failed(f"kill {number}: receipt {receipt} of {key} is not there")
            held = {e["receipt"]: (e["sale"], e["amount"]["minorUnits"]) for e in captures}
            for receipt, told in self.approved.items():
                if held.get(receipt) != told:
                    raise Failed(f"kill {number}: receipt {receipt} was told as {told}, the "
                                 f"journal has {held.get(receipt)}")
            if len({e["sale"] for e in captures}) != len(captures):
                raise Failed(f"kill {number}: a sale was paid twice")
            self.sales = len(captures)
        finally:
            process.terminate()
            process.wait()

    def settle(self):
        process, _ = self.start()
        try:
            # A picture that was held up before the last kill may still pay: no more after this.
            end = time.monotonic() + SALE_SECONDS
            while (self.terminal.call("GET", "/v1/sales/current") or {}).get("state") == "open":
                self.terminal.call("DELETE", "/v1/sales/current")
                if time.monotonic() > end:
                    raise Failed("the last sale does not come to its end")
            self.ask_again()
            report = self.terminal.call("POST", "/v1/sync")
            if not report["complete"] or report["quarantined"]:
                raise Failed(f"the hub did not take everything: {report}")
            entries = self.entries()
            captures = [e for e in entries if e["kind"] == "capture"]
            ledger = self.hub.command("ledger")
            if sorted(c["receipt"] for c in ledger["captures"]) != [e["receipt"] for e in captures]:
                raise Failed("the hub's ledger is not the journal")
            back = [e["receipt"] for e in entries if e["kind"] in UNDOINGS]
            if sorted(u["receipt"] for u in ledger["undoings"]) != back \
                    or sorted(self.undone.values()) != back:
                raise Failed(f"the hub has not what was undone: {back}, {self.undone}")
            self.sales = len(captures)
        finally:
            process.terminate()
            process.wait()

    def run(self):
        self.prepare()
        try:
            for number in range(1, self.count + 1):
                self.strike()
                # A check is a start and a stop: every life begins with the journal anyway.
                if number % 5 == 0 or number == self.count:
                    self.check(number)
            self.settle()
        finally:
            self.hub.stop()
        needed = int(self.count * MINIMUM_RECORDING_SHARE)
        print(f"{self.count} kills (seed {self.seed}): "
              + ", ".join(f"{self.phases[p]} {p}"
                          for p in ("before", "recording", "told", "undoing", "undone"))
              + f"; {len(self.approved)} approvals told, all found; {self.sales} in journal "
              f"and ledger; {len(self.undone)} taken back, each once")
        if self.phases["recording"] < needed:
            raise Failed(f"only {self.phases['recording']} kills fell between a record's "
                         f"beginning and its approval; {needed} are needed")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="the folder of the built programs")
    parser.add_argument("--count", type=int, default=200, help="how many kills")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="till-kill-") as folder:
        killer = Killer(Programs(options.programs), pathlib.Path(folder), options.count,
                        options.seed)
        try:
            killer.run()
        except Failed as failure:
            print(f"kill test failed (seed {options.seed}): {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The proxy test: real daemons sell through a bad network while their hub is killed again and again.

Five daemons and a hub run as they do in a shop, but for the proxy between them (fault_proxy.py). Each
terminal sells as fast as it can; the hub is ended by SIGKILL at moments that are spread over the sales.
When all are made the weather turns calm, and within three exchanges of each terminal the hub must have
every payment that people were told of, to the cent, each once: by its ledger, by its report against each
terminal's own Z, and by the terminals' journals.
"""

import argparse
import collections
import http.client
import json
import pathlib
import random
import socket
import sys
import tempfile
import threading
import time

from fault_proxy import Proxy, Weather
from play import Failed, Hub, Programs, Terminal

DAEMONS = 5
CALM_ROUNDS = 3
LARGEST_AMOUNT = 400  # minor units of one sale
PROFILE = "hardware-profiles/50-folder-camera-png-display.yaml"
LONGEST_PAUSE_SECONDS = 0.5  # between a hub's end and its next start, and between two exchanges


class Till(Terminal):
    """A terminal with one connection to its control socket, which is kept."""

    connection = None

    def ask(self, method, path, body=None, codes=(200, 201)):
        for attempt in (1, 2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("till", timeout=120)
                    self.connection.sock = socket.socket(socket.AF_UNIX)
                    self.connection.sock.settimeout(120)
                    self.connection.sock.connect(str(self.folder / "tilld.sock"))
                self.connection.request(method, path, body and json.dumps(body),
                                        {"content-type": "application/json"})
                answer = self.connection.getresponse()
                said = json.loads(answer.read() or b"null")
                if answer.status not in codes:
                    raise Failed(f"{self.folder.name}: {method} {path}: {answer.status} {said}")
                return said
            except (OSError, http.client.HTTPException):
                self.connection = None
                if attempt == 2:
                    raise


class Shop:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.dice = random.Random(options.seed)
        self.programs = Programs(options.programs)
        self.sold, self.lock, self.failure = collections.Counter(), threading.Lock(), None
        self.told = {}  # (terminal, receipt) -> minor units
        self.online, self.kills, self.is_over = collections.Counter(), 0, False

    def prepare(self):
        self.hub = Hub(self.programs, self.folder / "hub")
        self.hub.command("policy", "set", "--outstanding", "1000000.00", "--outstanding-count",
                         "1000000")
        self.hub.start()
        loss = self.options.loss
        self.weather = Weather(lost=loss, truncated=0.05, flipped=0.05, repeated=0.1, late=0.05,
                               delayed=0.1)
        self.proxy = Proxy(self.hub.port, self.weather, self.options.seed)
        self.proxy.start()
        profile = self.folder / "small-screen.yaml"
        root = pathlib.Path(__file__).resolve().parent.parent
        profile.write_text((root / PROFILE).read_text().replace("800", "320").replace("600", "320"))
        self.tills = []
        for number in range(1, DAEMONS + 1):
            name = f"till:m42/t{number}"
            till = Till(self.programs, self.folder / f"t{number}", self.hub, name, profile)
            till.name = name
            card = self.hub.command("voucher", "issue", "stored", "--amount", "100000.00",
                                    "--name", f"card{number}", "--out", self.folder / "cards")
            till.card = pathlib.Path(card["picture"]).with_suffix(".txt").read_text().strip()
            self.tills.append(till)
        real = self.hub.port
        try:
            self.hub.port = self.proxy.port  # what the daemons are told
            for till in self.tills:
                till.start("--sync-interval", "1")
        finally:
            self.hub.port = real

    def sell(self, till, count, seed):
        dice = random.Random(seed)
        try:
            for number in range(count):
                if self.failure:
                    return
                amount = 1 + dice.randrange(LARGEST_AMOUNT)
                order = {"amount": f"{amount // 100}.{amount % 100:02}", "key": f"s{number}"}
                till.ask("POST", "/v1/sales", order)
                if dice.randrange(20) == 0:  # a program that has lost the answer asks again
                    till.ask("POST", "/v1/sales", order)
                view = till.ask("POST", "/v1/sales/current/codes", {"code": till.card.strip()})
                verdict = view["news"]
                if verdict["verdict"] != "approved":
                    raise Failed(f"{till.name} sale {number}: {verdict}")
                with self.lock:
                    self.told[(till.name, verdict["receipt"])] = amount
                    self.sold[till.name] += 1
                    self.online[verdict.get("online")] += 1
        except Exception as failure:  # the first is told by the main thread
            self.failure = self.failure or failure

    def exchange(self, till, seed):
        """Orders one exchange after the other, as somebody does who sees payments wait."""
        dice = random.Random(seed)
        while not self.is_over and not self.failure:
            till.call("POST", "/v1/sync")
            time.sleep(dice.random() * LONGEST_PAUSE_SECONDS)

    def kill_hub(self):
        """Ends the hub at moments that are spread over the sales, and starts it again."""
        total = self.options.captures
        for number in range(1, self.options.kills + 1):
            moment = total * (number - self.dice.random()) / self.options.kills
            while sum(self.sold.values()) < moment and not self.failure:
                time.sleep(0.005)
            if self.failure:
                return
            time.sleep(self.dice.random() * 0.1)
            self.hub.daemon.kill()
            time.sleep(self.dice.random() * LONGEST_PAUSE_SECONDS)
            self.hub.start()
            self.kills += 1

    def run(self):
        self.prepare()
        each = self.options.captures // DAEMONS
        threads = [threading.Thread(target=self.sell, args=(till, each, self.dice.random()))
                   for till in self.tills]
        clerks = [threading.Thread(target=self.exchange, args=(till, self.dice.random()))
                  for till in self.tills]
        began = time.monotonic()
        for thread in threads + clerks:
            thread.start()
        try:
            self.kill_hub()
        finally:
            for thread in threads:
                thread.join()
            self.is_over = True
            for thread in clerks:
                thread.join()
        if self.failure:
            raise self.failure
        self.seconds = time.monotonic() - began
        self.proxy.weather = Weather()
        for till in self.tills:
            till.ask("POST", "/v1/periods")
        self.settle()

    def settle(self):
        for till in self.tills:
            for _ in range(CALM_ROUNDS):
                report = till.call("POST", "/v1/sync") or {}
                if report.get("complete") and not report["queuedEntries"]:
                    break
            else:
                raise Failed(f"{till.name} has not sent everything in {CALM_ROUNDS} calm "
                             f"exchanges: {report}")
            if report["quarantined"]:
                raise Failed(f"{till.name}: the hub has put aside {report['quarantined']}")
        arrived = collections.Counter()
        sums = collections.Counter()
        for capture in self.hub.command("ledger")["captures"]:
            key = (capture["terminal"], capture["receipt"])
            arrived[key] += 1
            sums[key] += capture["amount"]["minorUnits"]
        twice = [key for key, count in arrived.items() if count > 1]
        if twice or dict(sums) != self.told:
            lost = sorted(self.told.keys() - sums.keys())[:5]
            more = sorted(sums.keys() - self.told.keys())[:5]
            raise Failed(f"the hub's ledger is not what was told: twice {twice[:5]}, "
                         f"lost {lost}, never told {more}")
        report = self.hub.command("report")
        wrong = [line for line in report if line.get("agrees") is False]
        if wrong:
            raise Failed(f"the hub's report does not agree: {wrong}")
        for till in self.tills:
            last = max(receipt for name, receipt in self.told if name == till.name)
            if last != self.sold[till.name]:
                raise Failed(f"{till.name}: receipts have a gap")

    def end(self):
        for till in self.tills:
            if till.daemon:
                till.daemon.stop()
        self.proxy.stop()
        self.hub.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="the folder of the built programs")
    parser.add_argument("--captures", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=5, help="how often the hub is killed")
    parser.add_argument("--loss", type=float, default=0.3, help="exchanges lost, 0 to 1")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="till-proxy-") as folder:
        shop = Shop(options, pathlib.Path(folder))
        try:
            shop.run()
        except Failed as failure:
            print(f"proxy test failed (seed {options.seed}): {failure}", file=sys.stderr)
            for log in sorted(pathlib.Path(folder).glob("*.log")):
                print(f"-- the end of {log.name}:\n{log.read_text()[-600:]}", file=sys.stderr)
            return 1
        finally:
            if hasattr(shop, "proxy"):
                shop.end()
        counts = ", ".join(f"{count} {what}" for what, count in sorted(shop.proxy.counts.items()))
        total = sum(shop.told.values())
        print(f"{len(shop.told)} payments of {DAEMONS} daemons, {total // 100}.{total % 100:02} in "
              f"all, each at the hub once; hub killed {shop.kills} times; exchanges: {counts}; "
              f"asked: {dict(shop.online)}; {shop.seconds:.0f} s of sales (seed {options.seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The second client against the real hub (second_client.py): two terminals enrol with `tillhub serve`,
send batches, repeat them, break the rules, and verify all that the hub tells.

The `cryptography` package comes from PyPI, into an environment of its own, where it is not there already.
"""

import argparse
import os
import pathlib
import sys
import tempfile

import pypi
from play import Failed, Hub, Programs

MERCHANT = "till:m42"
PACKAGES = ["cryptography==48.0.0"]
REVOKED = 60  # vouchers on the first hot list


def must(condition, what):
    if not condition:
        raise Failed(what)


class Trial:
    def __init__(self, programs, folder):
        self.folder, self.programs = folder, programs
        self.hub = Hub(programs, folder / "hub")
        self.hub.start()

    def client(self, number):
        from second_client import Client, now
        client = Client(f"{MERCHANT}/s{number}", MERCHANT)
        request, answer = (self.folder / f"{number}.{kind}" for kind in ("request", "answer"))
        request.write_text(client.request())
        self.programs.run("tillhub", "terminal", "enrol", request, "--out", answer, "--hub",
                          self.hub.folder)
        client.url = self.hub.url  # a test's hub listens on a free port
        client.enrol(answer.read_text(), now())
        return client

    def voucher(self, kind, amount, client):
        from second_client import voucher
        issued = self.hub.command("voucher", "issue", kind, "--amount", amount, "--out",
                                  self.folder / "vouchers")
        text = pathlib.Path(issued["picture"]).with_suffix(".txt").read_text()
        return voucher(text.strip("\n"), client.trust)

    def sell(self, client):
        """A batch of every kind of entry; what it comes to at the hub."""
        from second_client import now, sha256
        fixed = self.voucher("fixed", "5.00", client)
        card = self.voucher("stored", "40.00", client)
        at = now()
        client.capture(fixed, 450, at, "S1")
        client.capture(card, 1_250, at, "S2")
        client.decline(fixed, 100, at, "S3", "spent-here")
        third = client.capture(card, 700, at, "S4")
        client.cancel(third, card, 700, 700, at, "S4")
        client.close_period(at, (3, 2_400), (1, 700))
        batch = client.batch(at)
        log = client.log_grew()
        status, answer = client.deliver()
        must(status == 200, f"the batch was refused: {answer}")
        must(client.take_acknowledgement(answer) == [], "an entry was put aside")
        client.log_has(batch, answer, client.batches)
        must(client.log_grew(log)[0] == log[0] + 1, "the log has one leaf more")
        again = client.deliver(batch)
        must(again == (200, answer), "the same batch has another answer")
        self.hub.daemon.kill()
        self.hub.start()
        must(client.deliver(batch) == (200, answer), "after a kill it has another answer")
        must(sha256(batch) != sha256(answer), "an answer is no batch")
        return fixed, card

    def break_rules(self, client, card):
        """What a hub refuses, and by which reason."""
        from second_client import now
        at = now()
        client.capture(card, 100, at, "S5")
        client.batches += 1
        _, problem = client.deliver(client.batch(at))
        must(problem["reason"] == "batch-number-gap" and problem["expected"] == 2, str(problem))
        client.batches -= 2
        good = client.batch(at)
        _, problem = client.deliver(good[:-1] + bytes([good[-1] ^ 1]))
        must(problem["reason"] == "signature-bad", str(problem))
        _, problem = client.deliver(good[:len(good) // 2])
        must(problem["reason"] == "message-malformed", str(problem))
        status, answer = client.deliver()
        must(status == 200 and client.take_acknowledgement(answer) == [], str(answer))
        client.decline(card, 100, at, "S6", "spent-here")
        client.batches -= 1
        _, problem = client.deliver(client.batch(at))
        must(problem["reason"] == "batch-number-reused", str(problem))
        # More than the card ever held: the evidence does not bear it.
        client.capture(card, 4_100, at, "S7")
        status, answer = client.deliver(client.batch(at))
        aside = client.take_acknowledgement(answer)
        must(aside == [(9, "evidence-amount-differs")], f"put aside: {aside}")

    def listen(self, client, other, card, fixed):
        """What the hub tells: trust, time, others' redemptions, the answer to a question."""
        from second_client import now, redemption_name
        client.download_trust(now())
        must(abs(client.ask_time() - now()) <= 5, "the hub's time")
        must(client.get(f"{client.path}/configuration?newer-than={client.version}") is None,
             "a newer configuration than the newest")
        self.hub.command("policy", "set", "--outstanding-count", "77")
        client.take_configuration(client.get(
            f"{client.path}/configuration?newer-than={client.version}"))
        must(client.version == 2, "the configuration's version")
        told = other.download_redemptions()
        must(told.get(redemption_name(fixed)) == (500, client.terminal), f"told: {told}")
        must(told.get(redemption_name(card)) == (1_350, client.terminal), f"told: {told}")
        must(other.download_redemptions() == {}, "the same redemptions twice")
        answer = other.authorise(fixed, 450, now(), "T1")
        must((answer["verdict"], answer["reason"]) == (2, "spent-elsewhere"), str(answer))
        must(answer["other"][0] == client.terminal, f"who took it: {answer}")
        answer = other.authorise(card, 1_000, now(), "T2")
        must(answer["verdict"] == 1 and answer["until"] > now(), str(answer))
        answer = client.authorise(card, 2_000, now(), "S8")
        must((answer["verdict"], answer["reason"]) == (2, "spent-elsewhere"), str(answer))
        # A list that root keys have signed anew, and the statement that names it.
        before = client.trust.list["version"]
        self.hub.publish()
        client.download_trust(now())
        must(client.trust.list["version"] == before + 1, "the newer trust list")

    def hot_list(self, client, fixed, card):
        from hot_list_reader import HotList
        from second_client import decode
        # A list that is longer than the change to it.
        for _ in range(REVOKED):
            self.hub.command("hot-list", "add", "--cti", os.urandom(10).hex())
        self.hub.command("hot-list", "publish")
        first = HotList(client.get("/v1/hot-list?held=0"), client.hubs)
        must(first.says(fixed["issuer"], fixed["cti"]) == "clear", "a voucher is listed")
        self.hub.command("hot-list", "add", "--cti", fixed["cti"].hex())
        self.hub.command("hot-list", "publish")
        path = f"/v1/hot-list?held={first.version}&digest={first.digest.hex()}"
        delta = client.get(path)
        must(decode(decode(delta).value[0])[16] == "till-hot-list-delta/1", "a whole list")
        second = first.after(delta, client.hubs)
        whole = HotList(client.get("/v1/hot-list?held=0"), client.hubs)
        must(second.digest == whole.digest, "the delta leads elsewhere")
        must(whole.says(fixed["issuer"], fixed["cti"]) != "clear", "the revoked one is clear")
        must(whole.says(card["issuer"], card["cti"]) == "clear", "another one is listed")

    def settle(self, client):
        captures = self.hub.command("ledger")["captures"]
        own = sorted((c["receipt"], c["amount"]["minorUnits"]) for c in captures
                     if c["terminal"] == client.terminal)
        must(own == [(1, 450), (2, 1_250), (3, 700), (5, 100)], f"the ledger has {own}")
        closed = [line for line in self.hub.command("report") if line.get("period")]
        must([line["agrees"] for line in closed] == [True], f"the report says {closed}")

    def log(self, client, card):
        """More batches, and growth between every two sizes of the log."""
        from second_client import now
        sizes = [client.log_grew()]
        for number in range(1, 9):
            client.decline(card, number, now(), "S9", "expired")
            batch = client.batch(now())
            status, answer = client.deliver()
            must(status == 200, f"the batch was refused: {answer}")
            client.take_acknowledgement(answer)
            place = client.log_has(batch, answer, client.batches)
            sizes.append(client.log_grew(sizes[-1]))
            must(sizes[-1][0] == place + 1, "the newest leaf is the last")
            for old in sizes:
                client.log_grew(old)

    def run(self):
        client, other = self.client(1), self.client(2)
        fixed, card = self.sell(client)
        self.break_rules(client, card)
        self.listen(client, other, card, fixed)
        self.hot_list(client, fixed, card)
        self.settle(client)
        self.log(client, card)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="the folder of the built programs")
    options = parser.parse_args()
    pypi.enter("second-client", PACKAGES)
    from second_client import Wrong
    with tempfile.TemporaryDirectory(prefix="till-second-") as folder:
        trial = Trial(Programs(options.programs), pathlib.Path(folder))
        try:
            trial.run()
        except (Failed, Wrong) as failure:
            print(f"second client: {failure}", file=sys.stderr)
            return 1
        finally:
            trial.hub.stop()
    print("second client: enrolled, sent, was answered, asked, and verified all that the hub tells")
    return 0


if __name__ == "__main__":
    sys.exit(main())

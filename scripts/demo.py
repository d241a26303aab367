"""The demo: a sale from a picture to the hub's ledger, and everything around it.

Plays in a new temporary folder, prints what happened as the programs themselves report it, and
ends with 0 only if all of it was so.
"""

import argparse
import contextlib
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

from play import Failed, Hub, Programs, Terminal

PROFILE = "hardware-profiles/50-folder-camera-png-display.yaml"
WECHAT_CODE = "135112298638468293"  # a published sample of the form, worth nothing


class Demo:
    def __init__(self, programs, folder, forge=False):
        self.programs, self.folder, self.forge = programs, folder, forge
        self.rows, self.pictures = [], folder / "pictures"
        self.pictures.mkdir()

    def row(self, what, result):
        self.rows.append((what, result))
        print(f"  {what:<50} {result}", flush=True)

    def must(self, condition, what):
        if not condition:
            raise Failed(f"not so: {what}")

    def issue(self, hub, name, kind, *options):
        """Has a voucher issued; what leaves the hub for its holder is a picture."""
        folder = self.folder / "issued" / name
        answer = hub.command("voucher", "issue", kind, *options, "--out", folder)
        return pathlib.Path(answer["picture"])

    def play(self):
        root = pathlib.Path(__file__).resolve().parent.parent
        self.hub = Hub(self.programs, self.folder / "hub")
        self.hub.start()
        self.terminal = Terminal(self.programs, self.folder / "terminal", self.hub, "till:m42/t7",
                                 root / PROFILE)
        self.terminal.start("--sync-interval", "0")
        self.row("hub up, terminal enrolled and running", self.hub.url)
        try:
            self.wallet_answers_the_shop()
            self.printed_voucher()
            self.stored_value()
            self.undone()
            self.strangers()
            self.weathers()
            self.offline()
            self.killed()
            self.settled()
            self.tell()
        finally:
            self.terminal.daemon.stop()
            if self.hub.daemon.process.poll() is None:
                self.hub.stop()

    def wallet_answers_the_shop(self):
        wallet = self.folder / "wallet"
        run = lambda *a, **k: self.programs.json("tillwallet", *a, "--wallet", wallet, **k)
        run("init")
        certificate = self.issue(self.hub, "certificate", "certificate", "--per-payment", "50.00",
                                 "--offline-total", "200.00", "--holder", run("key")["publicKey"])
        run("add", certificate)
        request = self.pictures / "1-shop-qr.png"
        answer = self.pictures / "2-wallet-answer.png"
        sale = self.terminal.ctl("sale", "12.50")
        self.must(sale["symbolShown"], "the shop QR is shown, read back by the terminal's scanner")
        self.terminal.keep_screen(request)
        stranger = run("pay", request, "--out", answer, codes=(1,))
        self.must(stranger["reason"] == "unknown-terminal", "a stranger's shop QR is refused")
        self.row("wallet meets a terminal it does not know", stranger["reason"])
        published = self.hub.publish()
        documents = self.folder / "trust.till"
        self.hub.command("trust", "export", "--out", documents)
        listed = run("trust", "import", documents)
        self.must(listed["terminals"] == 1 and listed["list"] == published["list"],
                  "the wallet knows the terminal from the merchant's trust list")
        self.row("trust list signed by 2 of 3 root keys", f"list {listed['list']}, "
                 f"{listed['terminals']} terminal known to the wallet")
        run("pay", request, "--out", answer)
        self.terminal.show(answer)
        paid = self.terminal.ctl("sale", "--wait", "--timeout", 60)
        self.approved(paid, "12.50")
        self.terminal.keep_screen(self.pictures / "3-approved.png")
        self.row("12.50: shop QR -> wallet -> answer", self.verdict(paid))

    def printed_voucher(self):
        voucher = self.issue(self.hub, "printed", "fixed", "--amount", "8.00")
        paid = self.terminal.sale("8.00", voucher)
        self.approved(paid, "8.00")
        self.row("8.00: printed voucher", self.verdict(paid))
        again = self.terminal.sale("8.00", voucher, codes=(1,))
        spent = again["news"]["spent"]
        self.must(again["news"]["reason"] == "spent-here", "the same voucher again is spent here")
        self.must(spent["receipt"] == paid["news"]["receipt"], "the receipt is named")
        self.row("8.00: the same voucher again", f"spent-here, {spent['at']}, receipt "
                 f"{spent['receipt']}")

    def stored_value(self):
        card = self.issue(self.hub, "card", "stored", "--amount", "20.00")
        for amount in ("8.00", "7.00"):
            paid = self.terminal.sale(amount, card)
            self.approved(paid, amount)
            self.row(f"{amount}: stored value of 20.00", self.verdict(paid))
        part = self.terminal.sale("9.00", card, codes=(4,))
        news = part["news"]
        self.must(news["verdict"] == "approved-in-part" and part["due"]["amount"] == "4.00",
                  "the third pays what is left, by the policy")
        self.row("9.00: the same card, 5.00 left", self.verdict(part) + ", 4.00 due")
        ended = self.terminal.ctl("sale", "--cancel")
        self.must(ended["state"] == "partly-paid", "the part stays paid")

    def undone(self):
        gift = self.issue(self.hub, "gift", "fixed", "--amount", "6.00")
        first = self.terminal.sale("6.00", gift)
        self.approved(first, "6.00")
        receipt = first["news"]["receipt"]
        cancelled = self.terminal.ctl("cancel", receipt, "--reason", "wrong article")
        self.must(cancelled["kind"] == "cancellation" and cancelled["payment"] == receipt,
                  "the payment is cancelled")
        again = self.terminal.sale("6.00", gift)
        self.approved(again, "6.00")
        self.row("6.00: paid, cancelled, the same voucher again",
                 f"receipt {receipt}, {cancelled['receipt']}, {again['news']['receipt']}")
        card = self.issue(self.hub, "refund-card", "stored", "--amount", "9.00")
        paid = self.terminal.sale("9.00", card)
        self.approved(paid, "9.00")
        receipt = paid["news"]["receipt"]
        part = self.terminal.ctl("refund", receipt, "2.50", "--key", "demo-refund")
        once = self.terminal.ctl("refund", receipt, "2.50", "--key", "demo-refund")
        self.must(once["repeated"] and once["receipt"] == part["receipt"],
                  "the same key is the same refund")
        self.must(part["to"] == "stored-value" and part["refundable"]["amount"] == "6.50",
                  "2.50 are back on the card, 6.50 may follow")
        refused = self.terminal.ctl("refund", receipt, "6.51", "--to", "cash", codes=(1,))
        self.must(refused["reason"] == "more-than-paid", "never more than was paid")
        self.row("9.00: stored value, 2.50 refunded to it",
                 f"receipt {part['receipt']} for {receipt}; 6.51 more: {refused['reason']}")
        spent = self.terminal.sale("2.50", card)
        self.approved(spent, "2.50")
        self.row("2.50: the same card, what was refunded", self.verdict(spent))

    def strangers(self):
        other = Hub(self.programs, self.folder / "other-hub")
        foreign = self.issue(other, "foreign", "fixed", "--amount", "5.00")
        expired = self.issue(self.hub, "expired", "fixed", "--amount", "5.00", "--expires-in", "1s")
        wechat = self.pictures / "4-wechat.png"
        subprocess.run(["qrencode", "-s", "8", "-o", str(wechat), WECHAT_CODE], check=True)
        time.sleep(2)
        for what, picture, reason in (
                ("a code of another issuer", foreign, "issuer-unknown"),
                ("an expired voucher", expired, "expired"),
                ("a WeChat Pay code", wechat, "other-scheme-wechat-pay")):
            declined = self.terminal.sale("5.00", picture, codes=(1,))
            self.must(declined["news"]["reason"] == reason,
                      f"{what} is refused as {reason}, not {declined['news']['reason']}")
            self.row(f"5.00: {what}", reason)

    def weathers(self):
        """All four: the shop and the customer, each with a network and without."""
        wallet = lambda *a, **k: self.programs.json("tillwallet", *a, "--wallet",
                                                    self.folder / "wallet", **k)
        account = self.hub.command("account", "open", "--name", "Ada", "--holder",
                                   wallet("key")["publicKey"])["account"][:12]
        self.hub.command("account", "credit", account, "30.00")
        root = pathlib.Path(__file__).resolve().parent.parent
        other = Terminal(self.programs, self.folder / "other-terminal", self.hub, "till:m42/t8",
                         root / PROFILE)
        other.start("--sync-interval", "0")
        self.terminal.ctl("sale", "--cancel")  # the last stranger's
        nowhere = ("--hub-url", "http://127.0.0.1:1")  # nothing listens there
        table = []
        try:
            for shop, options in (("online", ()), ("offline", nowhere)):
                self.terminal.daemon.stop()
                self.terminal.start("--sync-interval", "0", *options)
                if shop == "online":
                    self.must(self.terminal.ctl("sync")["complete"], "the shop has a network")
                else:
                    self.terminal.ctl("sync", codes=(4,))
                table.append(self.customer_online(shop, wallet, other))
                table.append(self.customer_offline(shop, wallet, other))
        finally:
            other.daemon.stop()
        self.terminal.daemon.stop()
        self.terminal.start("--sync-interval", "0")
        shown = self.hub.command("account", "show", account)
        self.must(shown["account"]["balance"]["amount"] == "20.00" and len(shown["payments"]) == 2,
                  "two payments of 5.00 were taken from the account")
        self.by_app(wallet)
        width = max(len(cell) for cell in table) + 2
        print(f"\n  {'':<26}{'shop online':<{width}}shop offline")
        for name, cells in (("customer online", table[0::2]), ("customer offline", table[1::2])):
            print(f"  {name:<26}{cells[0]:<{width}}{cells[1]}")
        print(flush=True)

    def customer_online(self, shop, wallet, other):
        """The wallet's issuer pays the request; the shop takes its word, from the picture alone."""
        request = self.pictures / f"request-{shop}.png"
        word = self.pictures / f"confirmation-{shop}.png"
        self.terminal.ctl("sale", "5.00")
        self.terminal.keep_screen(request)
        for _ in range(2):  # as often as it is asked for, it is paid once
            wallet("pay", request, "--online", self.hub.url, "--out", word)
        self.terminal.show(word, f"confirmation-{shop}.png")
        paid = self.terminal.ctl("sale", "--wait", "--timeout", 60)
        self.approved(paid, "5.00")
        swaps = self.swapped(word, other)
        self.refused(f"shop {shop}, customer online", swaps,
                     ("audience", "request-nonce", "request-nonce"))
        return f"approved, issuer's word, receipt {paid['news']['receipt']}"

    def by_app(self, wallet):
        """An app pays the shop QR and shows the camera nothing: the hub's word, or none."""
        request = self.pictures / "request-by-app.png"
        self.terminal.ctl("sale", "5.00")
        self.terminal.keep_screen(request)
        wallet("pay", request, "--online", self.hub.url, "--out", self.pictures / "unseen.png")
        # The terminal asks by itself every few seconds while its code is on the screen.
        self.approved(self.terminal.ctl("sale", "--wait", "--timeout", 60), "5.00")
        sale = self.terminal.ctl("sale", "7.00")["reference"]
        said = self.terminal.ctl("sale", "--paid-by-app", codes=(1,))
        self.must((said["state"], said["news"]["reason"]) == ("open", "unconfirmed"),
                  "without a word nothing is approved")
        ended = self.terminal.ctl("sale", "--cancel")["state"]
        marked = self.terminal.ctl("sale", "--mark-paid", sale, "--by", "Ada")["state"]
        self.must((ended, marked) == ("unconfirmed", "marked-paid"), f"{ended}, {marked}")
        self.row("paid by an app: the hub's word, or none", f"approved; {ended}, then {marked}")

    def customer_offline(self, shop, wallet, other):
        """A printed voucher, asked about where there is a network; and a wallet's signed answer."""
        voucher = self.issue(self.hub, f"weather-{shop}", "fixed", "--amount", "5.00")
        paid = self.terminal.sale("5.00", voucher)
        self.approved(paid, "5.00")
        receipt = paid["news"]["receipt"]
        step = self.terminal.ctl("explain", receipt)["step"]
        self.must((step == "hub") == (shop == "online"), f"the hub was asked or away: {step}")
        request = self.pictures / f"answered-{shop}.png"
        answer = self.pictures / f"answer-{shop}.png"
        self.terminal.ctl("sale", "5.00")
        self.terminal.keep_screen(request)
        wallet("pay", request, "--out", answer)
        self.terminal.ctl("sale", "--cancel")
        swaps = self.swapped(answer, other)
        self.refused(f"shop {shop}, customer offline", swaps,
                     ("presentation-audience", "request-nonce", "request-nonce"))
        word = "the hub's word" if shop == "online" else "offline rules"
        return f"approved, {word}, receipt {receipt}"

    def swapped(self, code, other):
        """What comes of a code for one request, held up to another terminal, request, amount."""
        found = {}
        for what, terminal, amount in (("another terminal", other, "5.00"),
                                       ("another request", self.terminal, "5.00"),
                                       ("another amount", self.terminal, "50.00")):
            found[what] = terminal.sale(amount, code, codes=(1,))
            terminal.ctl("sale", "--cancel")
        return found

    def refused(self, where, swaps, reasons):
        found = [sale["news"]["reason"] for sale in swaps.values()]
        self.must(found == list(reasons), f"{where}: {list(swaps)} are refused as {reasons}, not "
                                          f"{found}")
        self.row(f"{where}: swapped for", ", ".join(f"{what} ({reason})"
                                                    for what, reason in zip(swaps, found)))

    def offline(self):
        report = self.terminal.ctl("sync")
        self.must(report["complete"], "everything so far is acknowledged")
        self.row("synchronised", f"{report['entries']} entries acknowledged")
        self.hub.stop()
        for amount in ("10.00", "20.00", "30.00"):
            voucher = self.issue(self.hub, f"offline-{amount}", "fixed", "--amount", amount)
            self.approved(self.terminal.sale(amount, voucher), amount)
        self.terminal.ctl("sync", codes=(4,))
        status = self.terminal.ctl("status")
        left = status["allowances"][0]["left"]
        self.must(status["networkStatus"] == "offline" and left["minorUnits"] == 94_000,
                  "three payments wait, 940.00 of 1,000.00 are left")
        self.row("hub stopped: three sales offline", f"{status['offlinePaymentsCount']} wait, "
                 f"{left['amount']} {left['currency']} and {status['paymentsLeft']} payments left")

    def killed(self):
        voucher = self.issue(self.hub, "killed", "fixed", "--amount", "11.00")
        before = len(self.terminal.ctl("journal", "list"))
        self.terminal.ctl("sale", "11.00", "--key", "demo-killed")
        self.terminal.show(voucher, "killed-1.png")
        time.sleep(random.uniform(0, 0.02))  # somewhere between the picture and the receipt
        self.terminal.daemon.kill()
        self.terminal.start("--sync-interval", "0")
        sale = self.terminal.ctl("sale", "11.00", "--key", "demo-killed")
        where = "was paid before" if sale["state"] == "paid" else "was still open"
        if sale["state"] == "open":
            self.terminal.show(voucher, "killed-2.png")
            sale = self.terminal.ctl("sale", "--wait", "--timeout", 60)
        self.must(sale["state"] == "paid", "the sale is paid after the restart")
        captures = [e for e in self.terminal.ctl("journal", "list")[before:]
                    if e["kind"] == "capture"]
        self.must(len(captures) == 1 and captures[0]["amount"]["amount"] == "11.00",
                  "the sale is in the journal exactly once")
        self.row("11.00: daemon killed (SIGKILL) in mid-sale", f"{where}; paid once, receipt "
                 f"{captures[0]['receipt']}")

    def settled(self):
        self.hub.start()
        report = self.terminal.ctl("sync")
        self.must(report["complete"] and not report["quarantined"], "the hub took everything")
        self.row("hub back: batch and acknowledgement", f"{report['entries']} entries, "
                 f"{report['queuedEntries']} waiting")
        if self.forge:
            forge(self.hub.folder / "ledger.sqlite")
        journal = [(e["receipt"], e["amount"]["minorUnits"], e["amount"]["currency"])
                   for e in self.terminal.ctl("journal", "list") if e["kind"] == "capture"]
        ledger = sorted((c["receipt"], c["amount"]["minorUnits"], c["amount"]["currency"])
                        for c in self.hub.command("ledger")["captures"])
        self.must(journal == ledger, f"hub ledger equals terminal journal:\n{ledger}\n{journal}")
        entries = self.terminal.ctl("journal", "list")
        receipts = [e["receipt"] for e in entries if e.get("receipt")]
        self.must(receipts == list(range(1, len(receipts) + 1)), "receipt numbers have no gap")
        undone = [(e["receipt"], e["kind"], e["amount"]["minorUnits"]) for e in entries
                  if e["kind"] in ("cancellation", "refund")]
        kept = [(u["receipt"], u["kind"], u["amount"]["minorUnits"])
                for u in self.hub.command("ledger")["undoings"]]
        self.must(undone == kept and len(undone) == 2,
                  f"the hub has every undoing:\n{kept}\n{undone}")
        self.row("undone: hub ledger = terminal journal",
                 ", ".join(f"{kind} {amount // 100}.{amount % 100:02}" for _, kind, amount in undone))
        total = sum(amount for _, amount, _ in journal)
        self.row("hub ledger = terminal journal", f"{len(journal)} payments, "
                 f"{total // 100}.{total % 100:02} EUR")

    def approved(self, sale, amount):
        self.must(sale["state"] == "paid" and sale["captured"]["amount"] == amount,
                  f"{amount} is approved, not {sale['news']}")

    @staticmethod
    def verdict(sale):
        news = sale["news"]
        captured = news["captured"]
        return (f"{news['verdict']}, {captured['amount']} {captured['currency']}, "
                f"receipt {news['receipt']}")

    def tell(self):
        """The table of what happened, read back from journal and ledger, and where all of it lies."""
        report = self.hub.command("ledger")
        ledger = {c["receipt"]: c for c in report["captures"]}
        undoings = {u["sequence"]: u for u in report["undoings"]}
        entries = self.terminal.ctl("journal", "list")
        lines = [f"{'entry':>5}  {'time (UTC)':<20}  {'amount':>12}  {'journal says':<30}  hub says"]
        for entry in entries:
            money = entry.get("amount")
            amount = f"{money['amount']} {money['currency']}" if money else ""
            what, there = entry.get("reason"), "declined, no money"
            if entry["kind"] == "capture":
                what = f"receipt {entry['receipt']}, {entry['voucher']}"
                mine = ledger[entry["receipt"]]["amount"]
                there = f"{mine['amount']} {mine['currency']}, receipt {entry['receipt']}"
            elif entry["kind"] in ("cancellation", "refund", "reversal"):
                what = f"{entry['kind']} of entry {entry['undone']}"
                there = f"{undoings[entry['sequence']]['kind']}, receipt {entry.get('receipt')}"
            elif entry["kind"] != "decline":
                what, there = entry["kind"], "kept"
            lines.append(f"{entry['sequence']:>5}  {entry['at']:<20}  {amount:>12}  {what:<30}  "
                         f"{there}")
        receipts = self.folder / "receipts.txt"
        receipts.write_text("\n".join(lines) + "\n")
        print("\n" + "\n".join(lines))
        print(f"\nIn {self.folder}:\n  {receipts.name} (the table above)")
        pictures = sorted(self.pictures.glob("*.png"))
        for picture in pictures + sorted(self.folder.glob("issued/*/*.png")):
            print(f"  {picture.relative_to(self.folder)}")


def forge(ledger):
    """Halves the first payment in a hub's ledger, past the triggers that forbid it."""
    with contextlib.closing(sqlite3.connect(ledger)) as database, database:
        database.execute("DROP TRIGGER captures_no_update")
        database.execute("UPDATE captures SET consumed = consumed / 2 WHERE receipt = 1")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="the folder of the built programs")
    parser.add_argument("--forge", action="store_true",
                        help="edit the hub's ledger before it is read; the demo must fail then")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="till-demo-"))
    print(f"Till: a sale, end to end, in {folder}")
    demo = Demo(Programs(options.programs), folder, options.forge)
    try:
        demo.play()
    except Failed as failure:
        print(f"\nThe demo failed: {failure}\nEverything is in {folder}", file=sys.stderr)
        return 1
    print(f"\nAll of it was so. Pictures, receipts, vouchers, journal and ledger are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

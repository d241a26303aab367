#!/usr/bin/env python3
"""Holds docs/spec/openapi.json against a real daemon, at the console's door.

A day at the counter is played, and each answer is held against the document: its status, its type,
its schema, and no member that the document does not know. Then Schemathesis makes requests of its
own from the document, right ones and wrong ones, as many for each operation as asked.

  api_test.py --programs .build/debug [--examples 5] [--seed 1]
"""

import argparse
import copy
import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from api_document import SECONDS, Document, check, fuzz
from play import Failed, Hub, Programs, Terminal

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/spec/openapi.json"
PROFILE = ROOT / "hardware-profiles/50-folder-camera-png-display.yaml"
PIN = "470815"
# Schemathesis does not call what streams for ever, what would end its own log-in, or what waits for
# a guessed name's PIN.
LEFT_OUT = "^(/console/(events|logout|login|grants)|/display/events)$"


class Door:
    """The console's port, as a program that drives the terminal sees it."""

    def __init__(self, port, document):
        self.port, self.document, self.cookie = port, document, None

    def ask(self, method, path, body=None, status=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        headers = {"cookie": self.cookie} if self.cookie else {}
        if body is not None:
            headers["content-type"] = "application/json"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        kind = answer.headers.get("content-type", "")
        self.document.judge(method, path.split("?")[0], answer.status, kind, content)
        check(status is None or answer.status == status,
              f"{method} {path} answers {status}, not {answer.status}: {content[:400]!r}")
        if cookie := answer.headers.get("set-cookie"):
            self.cookie = cookie.split(";")[0]
        return json.loads(content) if "json" in kind else content


def a_day(door, terminal, voucher):
    """Every operation once or more: the right answers, and the refusals that a caller may meet."""
    door.ask("GET", "/v1/status", status=401)
    door.ask("POST", "/console/login", {"name": "Tina", "pin": "111222"}, status=401)
    door.ask("POST", "/console/login", [], status=400)
    door.ask("POST", "/console/login", {"name": "Tina", "pin": PIN}, status=201)
    for path in ("/", "/display", "/display/picture", "/console/page/words.js",
                 "/console/session", "/v1/status", "/v1/clock"):
        door.ask("GET", path, status=200)
    door.ask("GET", "/console/page/none.js", status=404)
    door.ask("GET", "/v1/sales/current", status=404)
    door.ask("POST", "/v1/sales", {"amount": "12.5"}, status=409)
    door.ask("POST", "/v1/sales", {}, status=400)
    first = door.ask("POST", "/v1/sales", {"amount": "12.50", "key": "a"}, status=201)
    again = door.ask("POST", "/v1/sales", {"amount": "12.50", "key": "a"}, status=201)
    check(again["reference"] == first["reference"], "the same key is the same sale")
    door.ask("POST", "/v1/sales", {"amount": "1.00", "key": "b"}, status=409)
    door.ask("POST", "/v1/health-report", status=409)
    door.ask("POST", "/v1/sales/current/codes", {"code": "hello"}, status=200)
    door.ask("POST", "/v1/sales/current/codes", {}, status=400)
    terminal.show(voucher("fixed", "12.50"))
    while (sale := door.ask("GET", "/v1/sales/current?verdict=next&wait=30",
                            status=200))["state"] == "open":
        check(sale.get("news", {}).get("verdict") != "declined" or sale["verdicts"], "a verdict")
    check(sale["state"] == "paid" and sale["news"]["verdict"] == "approved", f"it is paid: {sale}")
    check("training" not in sale, "and it was money")
    door.ask("DELETE", "/v1/sales/current", status=409)
    door.ask("GET", "/v1/receipts/1", status=200)
    door.ask("GET", "/v1/receipts/99", status=404)
    door.ask("GET", "/v1/decisions?receipt=1", status=200)
    door.ask("GET", "/v1/decisions", status=400)
    door.ask("GET", "/v1/decisions?sequence=9999", status=404)
    back = door.ask("POST", "/v1/receipts/1/refund",
                    {"amount": "2.50", "to": "cash", "key": "r", "reason": "bun"}, status=201)
    check(back["refundable"]["minorUnits"] == 1000, "10.00 stay paid")
    twice = door.ask("POST", "/v1/receipts/1/refund",
                     {"amount": "2.50", "to": "cash", "key": "r"}, status=201)
    check(twice["repeated"] and twice["receipt"] == back["receipt"], "the same key is one refund")
    door.ask("POST", "/v1/receipts/1/cancel", {}, status=409)
    door.ask("POST", "/v1/receipts/99/reverse", {}, status=404)
    terminal.sale("8.00", voucher("stored", "20.00"))
    door.ask("POST", "/v1/receipts/3/cancel", {"key": "c"}, status=201)
    door.ask("POST", "/v1/sales", {"amount": "3.00"}, status=201)
    door.ask("DELETE", "/v1/sales/current?reference=none", status=409)
    door.ask("DELETE", "/v1/sales/current", status=200)
    said = door.ask("POST", "/v1/sales", {"amount": "4.00"}, status=201)["reference"]
    door.ask("POST", "/v1/sales/current/paid-by-app?reference=none", status=409)
    sale = door.ask("POST", "/v1/sales/current/paid-by-app", status=200)
    check((sale["state"], sale["news"]["reason"]) == ("open", "unconfirmed"), f"no word: {sale}")
    door.ask("POST", f"/v1/sales/{said}/mark-paid", {}, status=409)
    check(door.ask("DELETE", "/v1/sales/current", status=200)["state"] == "unconfirmed",
          "it ends unconfirmed")
    for _ in range(2):
        marked = door.ask("POST", f"/v1/sales/{said}/mark-paid", {}, status=200)
        check(marked["state"] == "marked-paid", f"once and for good: {marked}")
    door.ask("POST", "/v1/sales/none/mark-paid", {}, status=404)
    door.ask("POST", f"/v1/sales/{said}/mark-paid", {"by": "x" * 40}, status=409)
    apart = door.ask("GET", "/v1/periods/open", status=200)["markedPaid"]
    check([(sum["count"], sum["amount"]["minorUnits"]) for sum in apart] == [(1, 400)],
          f"what was marked stands apart on the X: {apart}")
    door.ask("POST", "/v1/sales/current/paid-by-app", status=409)
    door.ask("GET", "/v1/journal?limit=5", status=200)
    for question in ("/v1/journal?after=-1", "/v1/journal?limit=many", "/v1/journal?limit=0",
                     "/v1/sales/current?verdict=last", "/v1/sales/current?after=1.5",
                     "/v1/sales/current?wait=-3", "/v1/decisions?receipt=one"):
        check(door.ask("GET", question, status=400)["reason"] == "query-malformed", question)
    door.ask("GET", "/v1/journal/checkpoint", status=200)
    door.ask("GET", "/v1/journal/export", status=200)
    door.ask("POST", "/v1/clock/challenge", status=201)
    door.ask("POST", "/v1/clock/code", {"code": "TCT1:NO"}, status=409)
    door.ask("POST", "/v1/clock/code", {}, status=400)
    door.ask("GET", "/v1/hot-list", status=404)
    check(door.ask("GET", "/v1/queue", status=200)["waiting"], "something waits for the hub")
    check(door.ask("POST", "/v1/health-report", status=200)["shown"], "it stands on the screen")
    check(door.ask("POST", "/v1/sync", status=200)["complete"], "everything is at the hub")
    number = door.ask("GET", "/v1/periods/open", status=200)["number"]
    door.ask("POST", "/v1/periods", {"number": number + 7}, status=409)
    door.ask("POST", "/v1/periods", {"number": -1}, status=400)
    door.ask("POST", "/v1/periods", {"number": number}, status=200)
    door.ask("GET", f"/v1/periods/{number}", status=200)
    door.ask("GET", "/v1/periods/999", status=404)
    door.ask("POST", "/console/grants", {"name": "Tina", "pin": PIN}, status=201)


def tip(door, terminal, voucher):
    """A tip is asked for, answered once, paid with the bill and given back last (docs/spec/tip.md)."""
    door.ask("POST", "/console/tips", {}, status=400)
    door.ask("POST", "/console/tips", {"amount": "10"}, status=201)
    question = door.ask("POST", "/console/tips", {"amount": "10.70"}, status=201)
    check([choice["tip"]["amount"] for choice in question["choices"]] == ["0.54", "1.07"],
          f"shares are rounded half up: {question}")
    stranger = Door(door.port, door.document)
    stranger.ask("POST", "/console/tips", {"amount": "10.00"}, status=401)
    stranger.ask("DELETE", "/console/tips", status=401)
    for answer, status, reason in (({"id": question["id"] - 1, "percent": 5}, 409, "tip-not-asked"),
                                   ({"id": question["id"], "percent": 99}, 409, "tip-not-offered"),
                                   ({"percent": 5}, 400, "order-malformed")):
        refused = stranger.ask("POST", "/display/tip", answer, status=status)
        check(refused["reason"] == reason, f"{answer} is refused as {reason}, not {refused}")
    answered = stranger.ask("POST", "/display/tip", {"id": question["id"], "percent": 10},
                            status=200)
    check(answered["tip"]["amount"] == "1.07", f"the customer has chosen: {answered}")
    stranger.ask("POST", "/display/tip", {"id": question["id"], "percent": 5}, status=409)
    door.ask("DELETE", "/console/tips", status=204)
    bill = {"amount": "10.70", "vat": [{"rate": 700, "gross": "10.70"}]}
    refused = door.ask("POST", "/v1/sales", {**bill, "tip": "10.71"}, status=409)
    check(refused["reason"] == "tip-too-high", f"a digit too many is no tip: {refused}")
    sale = door.ask("POST", "/v1/sales", {**bill, "tip": "1.07"}, status=201)
    check((sale["total"]["amount"], sale["tip"]["amount"]) == ("11.77", "1.07"),
          f"both are asked for in one: {sale}")
    refused = door.ask("POST", "/console/tips", {"amount": "10.00"}, status=409)
    check(refused["reason"] == "sale-open", f"nobody is asked beside a sale: {refused}")
    terminal.show(voucher("fixed", "11.77"))
    while (sale := door.ask("GET", "/v1/sales/current?verdict=next&wait=30",
                            status=200))["state"] == "open":
        pass
    number = sale["verdicts"][-1]["receipt"]
    payment = door.ask("GET", f"/v1/receipts/{number}", status=200)
    check("Of it tip: 1.07 EUR" in payment["receiptText"], f"the receipt tells it: {payment}")
    first = door.ask("POST", f"/v1/receipts/{number}/refund", {"amount": "10.70", "to": "cash"},
                     status=201)
    check("tip" not in first and first["vat"][0]["tax"]["amount"] == "0.70",
          f"the bill goes back first: {first}")
    rest = door.ask("POST", f"/v1/receipts/{number}/refund", {"to": "cash"}, status=201)
    check(rest["tip"]["amount"] == "1.07" and "vat" not in rest, f"and then the tip: {rest}")
    tips = door.ask("GET", "/v1/periods/open", status=200)["tips"]
    check([(line["captured"]["amount"]["amount"], line["givenBack"]["count"]) for line in tips]
          == [("1.07", 1)], f"and the X tells both: {tips}")


def value_added_tax(door, terminal, voucher):
    """Lines come with a sale, and are refused, divided, printed and summed up (docs/spec/vat.md)."""
    taxed = {"amount": "17.25", "vat": [{"rate": 1900, "gross": "11.90"},
                                        {"code": "C", "rate": 700, "gross": "5.35", "tax": "0.35"}]}
    for vat, reason in (([{"rate": 1900, "gross": "17.24"}], "vat-sum-differs"),
                        ([{"rate": 0, "gross": "17.25", "tax": "0.01"}], "vat-tax-differs"),
                        ([{"rate": 10001, "gross": "17.25"}], "vat-malformed"),
                        ([{"rate": 1900, "gross": "17.2"}], "amount-wrong-decimals"),
                        ([{"code": "A", "rate": 0, "gross": "17.00"},
                          {"code": "A", "rate": 0, "gross": "0.25"}], "vat-code-twice"),
                        ([{"rate": 0, "gross": "1.00"}] * 7, "vat-too-many-lines")):
        refused = door.ask("POST", "/v1/sales", {**taxed, "vat": vat}, status=409)
        check(refused["reason"] == reason, f"{vat} is refused as {reason}, not {refused}")
    door.ask("POST", "/v1/sales", {**taxed, "vat": [{"rate": -1, "gross": "17.25"}]}, status=400)
    sale = door.ask("POST", "/v1/sales", {**taxed, "key": "vat"}, status=201)
    check([(line["code"], line["rate"], line["net"]["amount"], line["tax"]["amount"])
           for line in sale["vat"]] == [("A", 1900, "10.00", "1.90"), ("C", 700, "5.00", "0.35")],
          f"the sale has its VAT lines: {sale}")
    again = door.ask("POST", "/v1/sales", {"amount": "17.25", "key": "vat"}, status=409)
    check(again["reason"] == "key-used-otherwise", "other lines are another sale")
    terminal.show(voucher("fixed", "17.25"))
    while (sale := door.ask("GET", "/v1/sales/current?verdict=next&wait=30",
                            status=200))["state"] == "open":
        pass
    number = sale["verdicts"][-1]["receipt"]
    payment = door.ask("GET", f"/v1/receipts/{number}", status=200)
    check("A 19%      11.90   10.00    1.90" in payment["receiptText"],
          f"the receipt has its VAT: {payment}")
    refund = door.ask("POST", f"/v1/receipts/{number}/refund", {"amount": "5.75", "to": "cash"},
                      status=201)
    check([line["tax"]["amount"] for line in refund["vat"]] == ["0.63", "0.12"],
          f"a third goes back of each rate: {refund}")
    check("C 7%        1.79    1.67    0.12" in refund["receiptText"], f"and is printed: {refund}")
    period = door.ask("GET", "/v1/periods/open", status=200)
    check([(line["captured"]["tax"]["amount"], line["taxMinorUnits"]) for line in period["vat"]]
          == [("1.90", 127), ("0.35", 23)], f"and the X sums it up: {period}")
    tip(door, terminal, voucher)
    with tempfile.TemporaryDirectory(prefix="till-export-") as folder:
        export = pathlib.Path(folder) / "journal.till"
        terminal.ctl("journal", "export", "--out", export)
        report = json.loads(subprocess.run(
            [sys.executable, ROOT / "scripts/verify_journal.py", export, "--json"],
            capture_output=True, text=True, check=False).stdout)
        check(report["findings"] == [], f"the second verifier reads the lines: {report}")


def fuzz_daemon(document, door, folder, options):
    """Schemathesis at the console's door; answers as soon as they can be."""
    text = copy.deepcopy(document.text)
    # What waits for a change is asked in the day alone; what only the socket has is not here.
    del text["paths"]["/v1/sales/current"]["get"]["parameters"]
    # The session goes along with every request: its lack is the day's to try.
    del text["security"], text["components"]["securitySchemes"]
    for path, operations in text["paths"].items():
        text["paths"][path] = {method: operation for method, operation in operations.items()
                               if operation.get("x-till-door") != "socket"}
    fuzz(text, f"http://127.0.0.1:{door.port}", folder, options, "--header",
         f"Cookie: {door.cookie}", "--exclude-path-regex", LEFT_OUT)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/debug")
    parser.add_argument("--examples", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    programs = Programs(options.programs)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="till-api-") as name:
        folder = pathlib.Path(name)
        hub = Hub(programs, folder / "hub")
        hub.start()
        terminal = Terminal(programs, folder / "terminal", hub, "till:m42/t7", PROFILE)
        subprocess.run(
            [programs.path("tillctl"), "staff", "add", "Tina", "--role", "technician", "--state",
             str(terminal.folder)], input=PIN + "\n", text=True, check=True, capture_output=True)
        issued = 0

        def voucher(kind, amount):
            nonlocal issued
            issued += 1
            return hub.command("voucher", "issue", kind, "--amount", amount, "--out",
                               folder / f"issued{issued}")["picture"]

        ready = folder / "console-port"
        try:
            terminal.start("--sync-interval", "0", "--console-port", "0", "--console-port-file",
                           str(ready), "--tips", "5,10")
            while not ready.exists():
                terminal.daemon.must_run("tilld")
                time.sleep(0.05)
            document = Document(json.loads(DOCUMENT.read_text()))
            served = terminal.call("GET", "/openapi.json")
            check(served == document.text, "the daemon serves docs/spec/openapi.json")
            door = Door(int(ready.read_text()), document)
            check(door.ask("GET", "/openapi.json", status=200) == served, "at both doors")
            a_day(door, terminal, voucher)
            value_added_tax(door, terminal, voucher)
            print(f"  a day: {len(document.seen)} kinds of answer are as the document says "
                  f"({time.monotonic() - start:.1f} s)", flush=True)
            if options.examples:
                fuzz_daemon(document, door, folder, options)
            terminal.daemon.must_run("tilld")
        except Failed as failure:
            print(f"failed: {failure}", file=sys.stderr)
            print(terminal.log.read_text()[-2000:], file=sys.stderr)
            return 1
        finally:
            if terminal.daemon:
                terminal.daemon.stop()
            hub.stop()
    print(f"the API and its document agree ({time.monotonic() - start:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Holds docs/spec/hub-openapi.json against a real hub.

Two terminals of ours in Python, a real daemon and a real wallet speak to the hub through a door that
holds each answer against the document: its status, its type, its schema. Then Schemathesis makes requests of
its own, raw bytes are sent that HTTP servers are tricked with, and others slowly.

  hub_api_test.py --programs .build/debug [--examples 5] [--seed 1]
"""

import argparse
import http.client
import http.server
import json
import pathlib
import socket
import sys
import tempfile
import threading
import time

from api_document import SECONDS, Document, check, fuzz
from play import Daemon, Failed, Programs, Terminal, wait_for
from second_client_test import Trial

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/spec/hub-openapi.json"
PROFILE = ROOT / "hardware-profiles/50-folder-camera-png-display.yaml"
# Headers that are a connection's own.
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "date", "server"}


class Door:
    """A port that passes every request on to the hub, and judges what comes back."""

    def __init__(self, hub, document):
        self.hub, self.document, self.faults = hub, document, []
        door = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0))) or None
                connection = http.client.HTTPConnection("127.0.0.1", door.hub.port, timeout=SECONDS)
                headers = {name: value for name, value in self.headers.items()
                           if name.lower() not in HOP_BY_HOP | {"host"}}
                try:
                    connection.request(self.command, self.path, body, headers)
                    answer = connection.getresponse()
                    content = answer.read()
                except OSError:
                    # The hub is being started again: whoever asks finds nobody there.
                    self.close_connection = True
                    return
                finally:
                    connection.close()
                try:
                    door.document.judge(self.command, self.path.split("?")[0], answer.status,
                                        answer.headers.get("content-type", ""), content)
                except Failed as fault:
                    door.faults.append(str(fault))
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in HOP_BY_HOP:
                        self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = pass_on

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def ask(self, method, path, body=None, kind="application/cose", status=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=SECONDS)
        connection.request(method, path, body, {"content-type": kind} if body is not None else {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        check(status is None or answer.status == status,
              f"{method} {path} answers {status}, not {answer.status}: {content[:300]!r}")
        return json.loads(content) if "json" in answer.headers.get("content-type", "") else content


def a_day(trial, door, programs, folder):
    """Batches, questions, downloads, payments by account, and the refusals of each route."""
    client, other = trial.client(1), trial.client(2)
    client.url = other.url = door.url
    fixed, card = trial.sell(client)
    trial.break_rules(client, card)
    trial.listen(client, other, card, fixed)
    trial.hot_list(client, fixed, card)
    for route in ("batches", "authorisations", "payments", "confirmations"):
        check(door.ask("POST", f"/v1/{route}", b"{}", "application/json", 415)["reason"]
              == "media-type-unsupported", route)
        check(door.ask("POST", f"/v1/{route}", bytes(2 << 20), status=413)["reason"]
              == "message-too-long", route)
        door.ask("POST", f"/v1/{route}", b"\xd2", status=400)
    at = "/v1/terminals/m42"
    for path, reason in [
        (f"{at}/t9/configuration", "unknown-terminal"), (f"{at}/t9/time?question={'ab' * 8}", "unknown-terminal"),
        (f"{at}/t9/redemptions?journal={'ab' * 8}", "unknown-terminal"),
    ]:
        check(door.ask("GET", path, status=403)["reason"] == reason, path)
    for path, reason in [
        (f"{at}/s1/configuration?newer-than=-1", "version-malformed"),
        (f"{at}/s1/configuration?newer-than=%2B1", "version-malformed"),
        (f"{at}/$/configuration", "terminal-malformed"), (f"{at}/s1/time", "question-malformed"),
        (f"{at}/s1/time?question=%2Bf%2Bf%2Bf%2Bf%2Bf%2Bf%2Bf%2Bf", "question-malformed"),
        (f"{at}/s1/redemptions?journal=ab", "question-malformed"),
        ("/v1/hot-list?held=x", "version-malformed"), ("/v1/hot-list?digest=x", "digest-malformed"),
        ("/v1/documents/root?after=1e3", "version-malformed"),
    ]:
        check(door.ask("GET", path, status=400)["reason"] == reason, path)
    log = door.ask("GET", "/v1/log/checkpoint", status=200).decode().split("\n")
    check(log[0] == "till-hub-log/1/m42" and int(log[1]) > 2, "the log's checkpoint")
    check(door.ask("GET", f"/v1/log/consistency?from={int(log[1]) + 1}", status=409)["expected"] == int(log[1]),
          "a log that is shorter than asked")
    for path, reason, status in [
        (f"/v1/log/inclusion?leaf={'00' * 32}", "no-such-leaf", 404), ("/v1/log/inclusion", "leaf-malformed", 400),
        ("/v1/log/inclusion?leaf=ab", "leaf-malformed", 400), ("/v1/log/consistency?from=-1", "size-malformed", 400),
    ]:
        check(door.ask("GET", path, status=status)["reason"] == reason, path)
    check(door.ask("GET", "/v1/documents/none", status=404)["reason"] == "no-such-document", "none")
    check(door.ask("GET", "/v1/health", status=200) == {"status": "ok"}, "health")
    check(len(door.ask("GET", "/v1/identity", status=200)["key"]) > 60, "identity")
    by_account(trial, door, programs, folder)


def by_account(trial, door, programs, folder):
    """A real terminal's payment, from a real wallet's account."""
    terminal = Terminal(programs, folder / "terminal", trial.hub, "till:m42/t7", PROFILE)
    home = folder / "wallet"
    programs.run("tillwallet", "init", "--wallet", home)
    key = programs.run("tillwallet", "key", "--wallet", home).strip()
    account = trial.hub.command("account", "open", "--holder", key, "--name", "Ada")["account"]
    trial.hub.command("account", "credit", account, "50.00")
    trust = folder / "trust.till"
    trial.hub.publish()
    trial.hub.command("trust", "export", "--out", trust)
    programs.run("tillwallet", "trust", "import", trust, "--wallet", home)
    command = [programs.path("tilld"), "--state", str(terminal.folder), "--profile", str(PROFILE),
               "--hub-url", door.url, "--sync-interval", "1"]
    daemon = Daemon(command, folder / "terminal.log")
    try:
        wait_for(lambda: (terminal.folder / "tilld.sock").exists(), daemon, "tilld")
        deadline = time.monotonic() + SECONDS
        while terminal.ctl("status")["networkStatus"] != "online":
            check(time.monotonic() < deadline, "the daemon reaches the hub through the door")
            time.sleep(0.1)
        sale = terminal.ctl("sale", "12.50")
        programs.run("tillwallet", "pay", sale["screen"], "--online", door.url, "--out",
                     folder / "confirmation.png", "--wallet", home)
        terminal.show(folder / "confirmation.png")
        check(terminal.ctl("sale", "--wait", "--timeout", "30")["state"] == "paid", "it is paid")
        terminal.ctl("sync")
    finally:
        daemon.stop()


def tricks(hub):
    """Bytes by which one request is passed off as two, or a connection is held: no second request is
    ever answered, and the hub goes on."""
    batch = b"POST /v1/batches HTTP/1.1\r\nHost: h\r\nContent-Type: application/cose\r\n"
    second = b"GET /v1/identity HTTP/1.1\r\nHost: h\r\n\r\n"
    for name, request in [
        ("both lengths", batch + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % 5 + second),
        ("two lengths", batch + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(second) + second),
        ("a folded header", batch + b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n" + second),
        ("a length with a sign", batch + b"Content-Length: +0\r\n\r\n" + second),
        ("a space before the colon", batch + b"Content-Length : %d\r\n\r\n" % len(second) + second),
        ("a bad chunk", batch + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + second),
        ("another coding", batch + b"Transfer-Encoding: xchunked\r\n\r\n" + second),
    ]:
        with socket.create_connection(("127.0.0.1", hub.port), timeout=SECONDS) as connection:
            connection.sendall(request)
            connection.settimeout(3)
            answer = b""
            try:
                while piece := connection.recv(65536):
                    answer += piece
            except (TimeoutError, ConnectionResetError):
                pass
        check(b'"key"' not in answer, f"{name}: no second request is seen: {answer[:300]!r}")
    alive = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=SECONDS)
    alive.request("GET", "/v1/health")
    check(alive.getresponse().status == 200, "the hub goes on")


def drip(hub, start, limit, faults):
    """A byte now and then holds no connection for longer than `limit` seconds."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", hub.port), timeout=2) as connection:
        connection.sendall(start)
        while time.monotonic() - begun < limit:
            try:
                connection.sendall(b"a")
                connection.recv(4096)
                return
            except TimeoutError:
                continue
            except OSError:
                return
    faults.append(f"{start[:20]!r}… is waited for longer than {limit} s")


def slowly(hub):
    """Heads and bodies that come a byte at a time (slow loris), beside each other."""
    faults = []
    drips = [threading.Thread(target=drip, args=(hub, start, limit, faults)) for start, limit in [
        (b"GET /v1/health HTTP/1.1\r\nHost: h\r\nX: ", 45),
        (b"POST /v1/batches HTTP/1.1\r\nHost: h\r\nContent-Type: application/cose\r\n"
         b"Content-Length: 100000\r\n\r\n", 75)]]
    for one in drips:
        one.start()
    for one in drips:
        one.join()
    check(not faults, "; ".join(faults))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/debug")
    parser.add_argument("--examples", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    programs = Programs(options.programs)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="till-hub-api-") as name:
        folder = pathlib.Path(name)
        trial = Trial(programs, folder)
        try:
            document = Document(json.loads(DOCUMENT.read_text()))
            door = Door(trial.hub, document)
            served = door.ask("GET", "/openapi.json", status=200)
            check(served == document.text, "the hub serves docs/spec/hub-openapi.json")
            a_day(trial, door, programs, folder)
            check(not door.faults, "; ".join(door.faults[:5]))
            answered = {(method.lower(), path) for method, path, _ in document.seen}
            for path, operations in document.text["paths"].items():
                for method in operations:
                    check((method, path) in answered, f"the day has no {method} {path}")
            print(f"  a day: {len(document.seen)} kinds of answer are as the document says "
                  f"({time.monotonic() - start:.1f} s)", flush=True)
            tricks(trial.hub)
            if options.examples:
                slowly(trial.hub)
                fuzz(document.text, f"http://127.0.0.1:{trial.hub.port}", folder, options)
            trial.hub.daemon.must_run("tillhub")
        except Failed as failure:
            print(f"failed: {failure}", file=sys.stderr)
            return 1
        finally:
            trial.hub.stop()
    print(f"the hub's API and its document agree ({time.monotonic() - start:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""A hub that speaks TLS, its terminal and others, as processes: each is known by its key or is nobody.

  tls_test.py --programs .build/release
"""

import argparse
import http.client
import json
import pathlib
import socket
import ssl
import sys
import tempfile
import time

from play import Daemon, Failed, Hub, Programs, Terminal, wait_for

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROFILE = ROOT / "hardware-profiles/50-folder-camera-png-display.yaml"
SECONDS = 60
# The hub closes a connection on which nothing moves for 30 s (HTTPHubServer.idleSeconds).
IDLE_SECONDS = 30


def check(condition, what):
    if not condition:
        raise Failed(f"not so: {what}")
    print(f"  {what}", flush=True)


class SecureHub(Hub):
    """A hub that serves TLS on the loopback."""

    def start(self):
        ready = self.folder / "port"
        ready.unlink(missing_ok=True)
        self.daemon = Daemon([self.programs.path("tillhub"), "serve", "--hub", str(self.folder),
                              "--port", str(self.port), "--port-file", str(ready), "--tls",
                              "--requests-per-minute", "6000"],
                             self.folder.parent / f"{self.folder.name}.log")
        wait_for(lambda: ready.exists() and ready.read_text().strip(), self.daemon, "tillhub")
        self.port = int(ready.read_text())

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"


def anybody(**settings):
    """A client that trusts whoever answers, and shows nothing."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for name, value in settings.items():
        setattr(context, name, value)
    return context


def ask(hub, path, context=None):
    connection = http.client.HTTPSConnection("127.0.0.1", hub.port, timeout=SECONDS,
                                             context=context or anybody())
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def sold_and_delivered(terminal, hub, vouchers):
    hub.command("voucher", "issue", "fixed", "--amount", "3.00", "--out", vouchers)
    picture = next(vouchers.glob("*.png"))
    check(terminal.sale("3.00", picture)["state"] == "paid", "a sale is approved")
    report = terminal.ctl("sync")
    check(report["complete"] and report["queuedEntries"] == 0,
          "and delivered over TLS, known to each other by their keys")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/release")
    options = parser.parse_args()
    programs = Programs(options.programs.resolve())
    with tempfile.TemporaryDirectory(prefix="till-tls-") as text:
        folder = pathlib.Path(text)
        hub, other, terminal = None, None, None
        try:
            hub = SecureHub(programs, folder / "hub")
            hub.start()
            terminal = Terminal(programs, folder / "terminal", hub, "till:m42/t1", PROFILE)
            terminal.start("--sync-interval", "0")
            sold_and_delivered(terminal, hub, folder / "vouchers")

            status, body = ask(hub, "/v1/hot-list?held=0")
            check(status == 403 and json.loads(body)["reason"] == "client-certificate-missing",
                  "who shows no certificate gets nothing of the terminals'")
            for path in ("//v1/hot-list", "/v1//hot-list/", "/%761/hot-list", "/v1/./hot-list"):
                status, body = ask(hub, path)
                check(status in (403, 404), f"nor by another spelling ({path})")
            check(ask(hub, "/v1/health")[0] == 200, "but hears that the hub lives")
            try:
                ask(hub, "/v1/health", anybody(maximum_version=ssl.TLSVersion.TLSv1_2))
                check(False, "TLS 1.2 is not spoken")
            except ssl.SSLError:
                check(True, "TLS 1.2 is not spoken")
            plain = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=SECONDS)
            try:
                plain.request("GET", "/v1/health")
                plain.getresponse()
                check(False, "nor plain HTTP")
            except (http.client.HTTPException, OSError):
                check(True, "nor plain HTTP")
            with socket.create_connection(("127.0.0.1", hub.port), timeout=SECONDS) as silent:
                begin = time.monotonic()
                end = silent.recv(1)
                took = time.monotonic() - begin
                check(end == b"" and took < IDLE_SECONDS + 15,
                      f"a connection that says nothing is closed (after {took:.0f} s)")

            port = hub.port
            hub.command("voucher", "issue", "fixed", "--amount", "2.00", "--out",
                        folder / "more")
            hub.stop()
            other = SecureHub(programs, folder / "other")
            other.port = port
            other.start()
            terminal.sale("2.00", next((folder / "more").glob("*.png")))
            report = terminal.ctl("sync", codes=(0, 1, 4))
            check(report["reason"] == "hub-unreachable" and "not the hub" in report["message"],
                  "another hub at the same address is told from this one")
            check(report["queuedEntries"] > 0, "and what waits goes on waiting")
            other.stop()
            other = None
            hub.start()
            report = terminal.ctl("sync")
            check(report["complete"] and report["queuedEntries"] == 0,
                  "until its own is back, with another TLS key and the same hub's")
        except Failed as failure:
            print(f"failed: {failure}", file=sys.stderr)
            return 1
        finally:
            for daemon in (terminal and terminal.daemon, hub and hub.daemon,
                           other and other.daemon):
                if daemon:
                    daemon.stop()
    print("TLS: all was so")
    return 0


if __name__ == "__main__":
    sys.exit(main())

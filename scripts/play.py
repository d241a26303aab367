"""What the demo and the kill test play with: the real programs, started and stopped by their pid.

Between hub, wallet and terminal only files cross; no code's text passes through here.
"""

import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

START_SECONDS = 20  # a daemon that has not answered by then will not
STOP_SECONDS = 20


class Failed(Exception):
    """A step did not come out as it must."""


class Programs:
    """The programs of one build."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()

    def path(self, name):
        return str(self.folder / name)

    def run(self, name, *arguments, codes=(0,), env=None):
        """Runs a program to its end and returns its standard output."""
        done = subprocess.run([self.path(name), *map(str, arguments)], text=True, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
        if done.returncode not in codes:
            raise Failed(f"{name} {' '.join(map(str, arguments))}\n  ended with "
                         f"{done.returncode}, not {codes}\n{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, name, *arguments, codes=(0,)):
        """Runs a program with --json and returns what it said."""
        return json.loads(self.run(name, *arguments, "--json", codes=codes))


class Daemon:
    """One running program; stopped by its own pid and no other."""

    def __init__(self, command, log):
        self.log = open(log, "ab")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS)
        self.log.close()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(STOP_SECONDS)
        self.log.close()

    def must_run(self, what):
        if self.process.poll() is not None:
            raise Failed(f"{what} ended with {self.process.returncode}; see {self.log.name}")


class Hub:
    """A hub in a folder of its own."""

    def __init__(self, programs, folder, *init):
        self.programs, self.folder, self.port, self.daemon = programs, folder, 0, None
        programs.run("tillhub", "init", "--hub", folder, *init)

    def start(self):
        """Serves on a free port the first time, on the same port ever after."""
        ready = self.folder / "port"
        ready.unlink(missing_ok=True)
        self.daemon = Daemon([self.programs.path("tillhub"), "serve", "--hub", str(self.folder),
                              "--port", str(self.port), "--port-file", str(ready)],
                             self.folder.parent / "hub.log")
        wait_for(lambda: ready.exists() and ready.read_text().strip(), self.daemon, "tillhub")
        self.port = int(ready.read_text())

    def stop(self):
        self.daemon.stop()

    def command(self, *arguments, codes=(0,)):
        return self.programs.json("tillhub", *arguments, "--hub", self.folder, codes=codes)

    def publish(self):
        """Drafts the next trust list, has two root keys sign it, and puts it in force."""
        draft = self.folder.parent / f"{self.folder.name}-trust-list.till"
        self.command("trust", "publish", "--out", draft)
        for number in (1, 2):  # on the machines where the root keys are kept
            key = f"{self.folder}-root/root-{number}.key"
            self.programs.json("tillhub", "trust", "sign", draft, "--key", key)
        return self.command("trust", "import", draft)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


class Terminal:
    """A terminal in a folder of its own: its daemon, and tillctl to drive it."""

    def __init__(self, programs, folder, hub, name, profile):
        self.programs, self.folder, self.hub, self.profile = programs, folder, hub, profile
        self.daemon, self.log = None, folder.parent / f"{folder.name}.log"
        request, answer = folder.parent / "request.till", folder.parent / "answer.till"
        self.key = self.ctl("enrol", "request", "--terminal", name, "--out", request)["publicKey"]
        programs.run("tillhub", "terminal", "enrol", request, "--out", answer, "--hub", hub.folder)
        self.ctl("enrol", "import", answer)

    def start(self, *options):
        command = [self.programs.path("tilld"), "--state", str(self.folder), "--profile",
                   str(self.profile), "--hub-url", self.hub.url, *options]
        self.daemon = Daemon(command, self.log)
        wait_for(self.answers, self.daemon, "tilld")

    def answers(self):
        return self.call("GET", "/v1/status") is not None

    def call(self, method, path, body=None):
        """Asks the control socket directly; None where nobody answers."""
        connection = http.client.HTTPConnection("till", timeout=60)
        try:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(60)
            connection.sock.connect(str(self.folder / "tilld.sock"))
            connection.request(method, path, body and json.dumps(body),
                               {"content-type": "application/json"})
            return json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def ctl(self, *arguments, codes=(0,)):
        return self.programs.json("tillctl", *arguments, "--state", self.folder, codes=codes)

    def show(self, picture, name=None):
        """Holds a picture before the camera."""
        target = self.folder / "camera" / (name or pathlib.Path(picture).name)
        part = target.with_name("." + target.name + ".part")
        shutil.copyfile(picture, part)
        os.rename(part, target)

    def keep_screen(self, target):
        """Takes a photograph of the customer's screen."""
        shutil.copyfile(self.folder / "display.png", target)
        return target

    def sale(self, amount, picture, codes=(0,), key=None):
        """A whole sale: the amount, the picture before the camera, the verdict."""
        self.ctl("sale", amount, *(["--key", key] if key else []))
        self.show(picture)
        return self.ctl("sale", "--wait", "--timeout", 60, codes=codes)


def wait_for(condition, daemon, what):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        daemon.must_run(what)
        if condition():
            return
        time.sleep(0.02)
    raise Failed(f"{what} has not answered within {START_SECONDS} s; see {daemon.log.name}")

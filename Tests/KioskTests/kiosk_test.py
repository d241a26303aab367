#!/usr/bin/env python3
"""The kiosk test: the real daemon and its scanner in a virtual machine, behind a real USB camera.

Debian's own kernel drives a webcam that is made on the host; codes held before it are paid, it is
unplugged in the middle of a sale, it stalls, and the decoder is killed. The daemon runs under its
own unit, with everything that the unit forbids. Ends with 0 only if every step came out as it must.
"""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VM = HERE / "vm"
sys.path[:0] = [str(ROOT / "scripts"), str(VM)]

from guest import Guest  # noqa: E402
from play import Failed, Hub, Programs, Terminal  # noqa: E402

CAMERA = "/dev/v4l/by-id/usb-Till_test_Till_test_webcam_0001-video-index0"
SIZE = "640x480"
PROFILE = "60-usb-camera-png-display.yaml"
# Emulation is some 20 times slower than the machine: what is tested here is conduct, not speed.
FRAME_DEADLINE_MS = 8000
PAYMENT_SECONDS = 90
IN_GUEST = "/opt/till/bin"


class Kiosk:
    def __init__(self, programs, folder, snapshot):
        self.programs, self.folder, self.snapshot = programs, folder, snapshot
        self.run = folder / "run"
        self.camera_socket = str(folder / "camera.sock")
        self.guest, self.camera, self.frames, self.passed = Guest(str(self.run)), None, 0, 0
        self.started = time.monotonic()

    def step(self, what, result=""):
        self.passed += 1
        print(f"  [{time.monotonic() - self.started:5.1f} s] {what:<58} {result}", flush=True)

    def must(self, condition, what, seen=""):
        if not condition:
            raise Failed(f"not so: {what}\n{seen}\n{self.log()}")

    def log(self):
        try:
            return self.sh("journalctl -u tilld --no-pager -o cat | tail -n 30")
        except Exception as error:  # the guest may be what is broken
            return f"(no log: {error})"

    # The host's side

    def prepare(self):
        """A hub, an enrolled terminal, and everything that goes into the guest."""
        self.hub = Hub(self.programs, self.folder / "hub")
        terminal = Terminal(self.programs, self.folder / "state", self.hub, "till:m42/t7", None)
        stage = self.folder / "stage"
        for name in ("bin", "lib", "profiles", "systemd"):
            (stage / name).mkdir(parents=True)
        for name in ("tilld", "till-scanner", "tillctl"):
            shutil.copy(self.programs.path(name), stage / "bin")
            self.copy_libraries(stage / "bin" / name, stage / "lib")
        subprocess.run(["strip", *map(str, (stage / "bin").iterdir())], check=True)
        profile = (ROOT / "hardware-profiles" / PROFILE).read_text()
        # The panel of the guest in place of the picture file: what it shows is seen from outside.
        head = profile[:profile.index("display:")]
        (stage / "profiles" / PROFILE).write_text(
            head + "display:\n  kind: drm\n  path: /dev/dri\n")
        for file in (ROOT / "systemd").iterdir():
            shutil.copy(file, stage / "systemd")
        shutil.copytree(terminal.folder, stage / "state")
        return stage

    def copy_libraries(self, program, target):
        """The libraries that Debian has no package of: the language's own."""
        listing = subprocess.run(["ldd", str(program)], check=True, capture_output=True, text=True)
        for line in listing.stdout.splitlines():
            words = line.split()
            if "=>" in words and len(words) > 2 and not words[2].startswith(("/lib/", "/usr/lib/x")):
                shutil.copy(words[2], target)

    def voucher(self, amount):
        """A new voucher's text, as its picture says it."""
        answer = self.hub.command("voucher", "issue", "fixed", "--amount", amount, "--out",
                                  self.folder / "vouchers")
        scanned = self.programs.json("tillctl", "scan", answer["picture"])
        return scanned["symbols"][0]["text"]

    def frame(self, text):
        """A camera's frame with a code in it, or without."""
        self.frames += 1
        file = self.folder / f"frame{self.frames}.yuyv"
        blank = [] if text else ["--blank"]
        subprocess.run([str(VM / "qrframe.py"), text or "", SIZE, "YUYV", str(file), *blank],
                       check=True)
        return file

    def show(self, file):
        self.guest.camctl(self.camera_socket, f"frame {file}")

    def start_camera(self):
        with open(self.folder / "camera.log", "w") as log:
            self.camera = subprocess.Popen(
                [str(VM / "usbcam.py"), self.camera_socket, "--size", SIZE, "--fps", "10",
                 "--frame", str(self.blank)], stdout=subprocess.PIPE, stderr=log, text=True)
        self.must(self.camera.stdout.readline().strip() == "ready", "the camera is made")

    # The guest's side

    def sh(self, command, seconds=120, codes=(0,)):
        code, output, errors = self.guest.sh(command, seconds)
        if codes and code not in codes:
            raise Failed(f"in the guest: {command}\n  ended with {code}\n{output}{errors}")
        return output + errors

    def wait(self, what, command, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.guest.sh(command, 60)[0] == 0:
                return
            time.sleep(0.3)
        raise Failed(f"in the guest, not within {seconds} s: {what}\n{self.log()}")

    def ctl(self, *words, codes=(0,)):
        command = (f"LD_LIBRARY_PATH=/opt/till/lib {IN_GUEST}/tillctl {' '.join(words)} --json "
                   "--socket /run/till/tilld.sock")
        return self.sh(command, PAYMENT_SECONDS + 60, codes)

    def boot(self, stage):
        environment = dict(os.environ, RESTORE=str(self.snapshot))
        subprocess.run([str(VM / "boot.sh"), str(self.run)], env=environment, check=True,
                       stdout=subprocess.DEVNULL)
        self.guest.adddir(str(stage), "/opt/till")
        self.guest.addcam(self.camera_socket)
        self.wait("the kernel takes the camera", f"test -e {CAMERA}")
        self.step("the kernel drives the camera", "uvcvideo, " + SIZE)

    def install(self):
        override = f"""[Service]
Environment=LD_LIBRARY_PATH=/opt/till/lib
ExecStart=
ExecStart={IN_GUEST}/tilld --state /var/lib/till --socket /run/till/tilld.sock \
--profile /opt/till/profiles/{PROFILE} --frame-deadline {FRAME_DEADLINE_MS} --sync-interval 0
WatchdogSec=60s
"""
        self.sh("set -e; cp /opt/till/systemd/till.sysusers /usr/lib/sysusers.d/till.conf; "
                "systemd-sysusers; cp /opt/till/systemd/tilld.service /etc/systemd/system/; "
                "mkdir -p /etc/systemd/system/tilld.service.d; "
                f"cat >/etc/systemd/system/tilld.service.d/test.conf <<'END'\n{override}END\n"
                "mkdir -p /var/lib/till; cp -r /opt/till/state/. /var/lib/till/; "
                "chown -R till:till /var/lib/till; systemctl daemon-reload; systemctl start tilld")
        self.step("the daemon runs under its unit", "systemd, user till")

    def pay(self, amount, voucher, before=lambda: None):
        """A sale that a code held before the camera pays."""
        self.ctl("sale", amount)
        before()
        self.show(self.frame(voucher))
        paid = self.ctl("sale", "--wait", "--timeout", str(PAYMENT_SECONDS), codes=())
        self.must('"verdict":"approved"' in paid, f"{amount} is approved", paid)
        self.show(self.blank)

    def screen(self):
        """What the guest's panel shows, as a picture taken from outside."""
        picture = self.folder / "panel.png"
        self.guest.shot(str(picture))
        return picture

    def panel(self):
        """The shop QR on the panel is the request that the terminal made, and goes when it is paid."""
        self.ctl("sale", "7.00")
        shown = self.programs.json("tillctl", "scan", self.screen())["symbols"]
        self.must(len(shown) == 1, "the panel shows one code", shown)
        told = self.programs.json("tillctl", "code", "explain", shown[0]["text"])
        self.must("7.00" in str(told), "the code on the panel asks for 7.00", told)
        self.ctl("sale", "--cancel")
        after = self.programs.json("tillctl", "scan", self.screen())["symbols"]
        self.must(after == [], "the code has gone from the panel", after)

    def scanner(self):
        return self.sh("pgrep -x till-scanner").split()[0]

    def shut_in(self):
        process = self.scanner()
        status = self.sh(f"cat /proc/{process}/status")
        self.must("NoNewPrivs:\t1" in status, "the scanner gains no privileges", status)
        self.must("Seccomp:\t2" in status, "the scanner has a system call filter", status)
        sockets = self.sh(f"ls -l /proc/{process}/fd")
        self.must(sockets.count("socket:") == 1, "the scanner has one socket", sockets)
        self.must(sockets.count("/dev/video") == 1, "the scanner has the camera", sockets)
        log = self.sh("journalctl -u tilld --no-pager -o cat")
        self.must("scanner: ready" in log, "the daemon says that its scanner is ready", log)
        self.must("no Landlock" not in log, "Debian's kernel has Landlock", log)
        self.step("the scanner is shut in", "seccomp, Landlock, no new privileges")

    def unplug(self):
        self.guest.camctl(self.camera_socket, "unplug")
        self.wait("the camera is gone", f"test ! -e {CAMERA}")
        self.wait("the daemon says so", "journalctl -u tilld -o cat | grep -q unplugged")
        self.guest.camctl(self.camera_socket, "plug")
        self.wait("the camera is back", f"test -e {CAMERA}")

    def stall(self):
        self.guest.camctl(self.camera_socket, "stall on")
        self.wait("the daemon notices", "journalctl -u tilld -o cat | grep -q 'has shown nothing'")
        self.guest.camctl(self.camera_socket, "stall off")

    def truncate(self):
        self.guest.camctl(self.camera_socket, "truncate on")
        time.sleep(3)
        self.guest.camctl(self.camera_socket, "truncate off")

    def kill_scanner(self):
        old = self.scanner()
        self.sh(f"kill -KILL {old}")
        self.wait("another scanner runs", f"test \"$(pgrep -x till-scanner)\" != {old}")

    def play(self):
        stage = self.prepare()
        vouchers = [self.voucher(f"{amount}.00") for amount in range(1, 6)]
        self.blank = self.frame(None)
        self.start_camera()
        self.boot(stage)
        self.install()
        self.pay("1.00", vouchers[0])
        self.step("1.00: a code before the camera is approved", "approved")
        self.shut_in()
        self.panel()
        self.step("the shop QR on the panel (DRM), seen from outside", "decodes to the request")
        self.pay("2.00", vouchers[1], before=self.unplug)
        self.step("2.00: unplugged and plugged again in the sale", "approved")
        self.pay("3.00", vouchers[2], before=self.stall)
        self.step("3.00: the camera stalls in the sale, without an error", "approved")
        self.pay("4.00", vouchers[3], before=self.truncate)
        self.step("4.00: the camera sends half frames for a while", "approved")
        self.pay("5.00", vouchers[4], before=self.kill_scanner)
        self.step("5.00: the decoder is killed in the sale", "approved")
        journal = self.ctl("journal", "list")
        self.must(journal.count('"kind":"capture"') == 5 or journal.count("receipt") >= 5,
                  "the journal holds five captures", journal)
        restarts = self.sh("systemctl show tilld -p NRestarts --value").strip()
        self.must(restarts == "0", "the daemon never went down", restarts)
        self.step("five captures in the journal, the daemon never went down")

    def end(self):
        if (self.run / "qemu.pid").exists():
            self.guest.cut()
        if self.camera and self.camera.poll() is None:
            self.camera.send_signal(signal.SIGTERM)
            self.camera.wait(10)


def snapshot_of(folder):
    """Builds the guest where it is missing or old, and a snapshot of it running."""
    image = folder / "img"
    os.environ["IMG"] = str(image)
    subprocess.run([str(VM / "build-image.sh")], check=True)
    snapshot = folder / "snapshot"
    key, made = (image / "key").read_text(), snapshot / "key"
    if not made.exists() or made.read_text() != key or not (snapshot / "state.zst").exists():
        subprocess.run([str(VM / "snapshot.sh"), str(snapshot)], check=True,
                       stdout=subprocess.DEVNULL)
        made.write_text(key)
    return snapshot


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="the folder of the built programs")
    cache = os.environ.get("XDG_CACHE_HOME", str(pathlib.Path.home() / ".cache"))
    parser.add_argument("--machine", default=f"{cache}/till-kiosk-vm",
                        help="where the virtual machine is kept")
    options = parser.parse_args()
    machine = pathlib.Path(options.machine).resolve()
    machine.mkdir(parents=True, exist_ok=True)
    print("kiosk test: a USB camera, Debian's kernel, the real daemon")
    snapshot = snapshot_of(machine)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="till-kiosk-"))
    kiosk = Kiosk(Programs(options.programs), folder, snapshot)
    try:
        kiosk.play()
    except Failed as failure:
        print(f"kiosk test: FAILED after {kiosk.passed} steps\n{failure}\n(kept in {folder})")
        return 1
    finally:
        kiosk.end()
    shutil.rmtree(folder)
    print(f"kiosk test: all {kiosk.passed} steps came out as they must")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Training, at the console as on the customer's screen: nobody can take it for the real thing."""

import contextlib
import re
import socket
import subprocess
import urllib.request

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from shop import PINS, PROFILE, SECONDS, check

from play import Daemon, wait_for


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def strips(svg):
    """How many shapes of the customer's screen are filled with the training strips' yellow."""
    return len(re.findall(rb"rgb\(100%, ?76\.8\d*%, ?0%\)", svg))


@contextlib.contextmanager
def practice(shop):
    """A terminal in training with its console; the shop's page is this one's meanwhile."""
    folder, hub_port = shop.folder / "practice", free_port()
    shop.programs.run("tillhub", "training", "--state", folder, "--hub-port", hub_port)
    hub = Daemon([shop.programs.path("tillhub"), "serve", "--hub", str(folder / "hub"), "--port",
                  str(hub_port), "--port-file", str(folder / "hub-port")],
                 shop.folder / "practice-hub.log")
    daemon = None
    live = shop.port
    try:
        wait_for((folder / "hub-port").exists, hub, "tillhub")
        ready = folder / "console-port"
        daemon = Daemon([shop.programs.path("tilld"), "--training", "--state", str(folder),
                         "--profile", str(PROFILE), "--sync-interval", "0", "--console-port", "0",
                         "--console-port-file", str(ready)], shop.folder / "practice.log")
        wait_for(ready.exists, daemon, "tilld")
        shop.port = int(ready.read_text())
        yield folder
    finally:
        shop.port = live
        for running in filter(None, (daemon, hub)):
            running.stop()


def training_is_unmistakable_on_both_screens(shop):
    shop.open()
    check(not shop.find("#training").is_displayed(), "the real terminal claims no training")
    check("TRAINING" not in shop.browser.title, "nor does its title")
    with practice(shop) as folder:
        subprocess.run(
            [shop.programs.path("tillctl"), "staff", "add", "Bob", "--role", "cashier", "--state",
             str(folder)], input=PINS["Bob"] + "\n", text=True, check=True, capture_output=True)
        shop.open()
        shop.says("#training", "TRAINING")
        shop.log_in("Bob")
        shop.says("#training", "nothing here is money")
        check("TRAINING" in shop.browser.title, "the window's title says so")
        background = shop.find("#training").value_of_css_property("background-color")
        check("255, 196, 0" in background, f"the strip is yellow: {background}")
        edge = shop.find("body").value_of_css_property("border-top-color")
        check("255, 196, 0" in edge, f"and so is the frame: {edge}")
        # Nothing scrolls it away.
        shop.resize(400, 500)
        shop.browser.execute_script("window.scrollTo(0, document.body.scrollHeight)")
        check(shop.browser.execute_script(
            "const r = document.getElementById('training').getBoundingClientRect();"
            "return r.top >= 0 && r.bottom <= innerHeight"), "the strip stays in sight")
        shop.resize()
        for language, word in (("de", "ÜBUNG"), ("ar", "تدريب"), ("zh", "培训"), ("fr", "FORMATION"),
                               ("es", "PRÁCTICAS"), ("en", "TRAINING")):
            Select(shop.find("#self select.language")).select_by_value(language)
            shop.says("#training", word)
            shop.wait(lambda word=word: word in shop.browser.title, f"the title says {word}")
        shop.shoot("training")
        # From the choice of language back to the keypad.
        shop.browser.execute_script("document.activeElement.blur()")
        shop.type("1", "2", "5", "0", Keys.ENTER)
        shop.result("open")
        with urllib.request.urlopen(shop.url + "/display/picture", timeout=SECONDS) as answer:
            found = strips(answer.read())
        check(found == 2, f"the customer's screen has its strips: {found}")
        sell(shop, folder, "fixed-12.50.png")
        shop.result("paid")
    with urllib.request.urlopen(shop.url + "/display/picture", timeout=SECONDS) as answer:
        check(strips(answer.read()) == 0, "the real one has none")


def sell(shop, folder, picture):
    part = folder / "camera/.part"
    part.write_bytes((folder / "vouchers" / picture).read_bytes())
    part.rename(folder / "camera" / picture)


SCENARIOS = [training_is_unmistakable_on_both_screens]

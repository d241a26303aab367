"""What the scenarios play with: a hub, a terminal with a console, and a browser before it."""

import contextlib
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from play import Failed, Hub, Terminal  # noqa: E402
from selenium import webdriver  # noqa: E402
from selenium.common.exceptions import WebDriverException  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

PROFILE = ROOT / "hardware-profiles/50-folder-camera-png-display.yaml"
PINS = {"Ada": "4711", "Bob": "2580", "Zoë": "97531"}
ROLES = {"Ada": "cashier", "Bob": "cashier", "Zoë": "supervisor"}
# Everything waited for is a change that the page must show; a loaded machine may take its time.
SECONDS = 60


class Shop:
    """A hub, a terminal with a console, a wallet's vouchers, and a browser before it."""

    def __init__(self, programs, folder, screenshots):
        self.programs, self.folder, self.screenshots = programs, folder, screenshots
        self.hub = Hub(programs, folder / "hub")
        self.hub.start()
        self.terminal = Terminal(programs, folder / "terminal", self.hub, "till:m42/t7", PROFILE)
        self.start()
        self.issued = 0
        options = webdriver.ChromeOptions()
        for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900",
                       "--autoplay-policy=no-user-gesture-required"):
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(executable_path="/usr/bin/chromedriver")
        self.browser = webdriver.Chrome(options=options, service=service)

    def start(self, port=0, *more):
        file = self.folder / "console-port"
        file.unlink(missing_ok=True)
        self.terminal.start("--sync-interval", "0", "--console-port", str(port),
                            "--console-port-file", str(file), "--cashier-refund-limit", "5.00",
                            "--vat-rates", "A=19,B=5.5", *more)
        end = time.monotonic() + SECONDS
        while not file.exists():
            if time.monotonic() > end:
                raise Failed("the console does not listen")
            time.sleep(0.05)
        self.port = int(file.read_text())

    def close(self):
        with contextlib.suppress(WebDriverException):
            self.browser.quit()
        if self.terminal.daemon:
            self.terminal.daemon.stop()
        self.hub.stop()

    def staff(self, *arguments, pin=None):
        return subprocess.run(
            [self.programs.path("tillctl"), "staff", *arguments, "--state",
             str(self.terminal.folder)], input=pin and pin + "\n", text=True, check=True,
            capture_output=True).stdout

    def voucher(self, kind, amount):
        self.issued += 1
        folder = self.folder / "issued" / str(self.issued)
        answer = self.hub.command("voucher", "issue", kind, "--amount", amount, "--out", folder)
        return pathlib.Path(answer["picture"])

    # The page.

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def find(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, condition, what):
        def held(_):
            try:
                return condition()
            except WebDriverException:
                return False
        try:
            return WebDriverWait(self.browser, SECONDS, 0.1).until(held)
        except WebDriverException:
            self.shoot("failed")
            raise Failed(f"not so within {SECONDS} s: {what}; the page says: "
                         f"{self.find('body').text!r}") from None

    def shown(self, selector):
        return self.wait(lambda: (e := self.find(selector)).is_displayed() and e,
                         f"{selector} is shown")

    def says(self, selector, text):
        # Amounts are isolated from the direction of the text around them (U+2066, U+2069).
        self.wait(lambda: text in re.sub("[\u2066\u2069]", "", self.find(selector).text),
                  f"{selector} says {text!r}")

    def type(self, *keys):
        ActionChains(self.browser).send_keys(*keys).perform()

    def click(self, selector):
        def clicked():
            element = self.find(selector)
            self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
            element.click()
            return True

        # A list that is just read anew takes its lines away under the finger.
        self.wait(clicked, f"{selector} is clicked")

    def shoot(self, name):
        if self.screenshots:
            self.browser.save_screenshot(str(self.screenshots / f"{name}.png"))

    def resize(self, width=1280, height=900):
        """As narrow as a phone, which a window of Chromium is not."""
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def result(self, state):
        self.wait(lambda: state in self.find("#result").get_attribute("class").split(),
                  f"the result is {state}")

    def open(self, name=None):
        """The page, with nobody logged in; and then `name`, by keyboard."""
        self.browser.get(self.url)
        self.browser.delete_all_cookies()
        self.browser.execute_script("localStorage.clear(); sessionStorage.clear();"
                                    "localStorage.setItem('till-language', 'en')")
        self.browser.get(self.url)
        if name:
            self.log_in(name)

    def log_in(self, name):
        self.shown("#pin")
        # From the PIN back to the names, along them with the arrows, and forward again.
        choices = [e.get_attribute("value") for e in self.all("#staff input")]
        ActionChains(self.browser).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(
            Keys.SHIFT).perform()
        checked = next(i for i, e in enumerate(self.all("#staff input")) if e.is_selected())
        steps = choices.index(name) - checked
        self.type(*[Keys.ARROW_DOWN if steps > 0 else Keys.ARROW_UP] * abs(steps), Keys.TAB,
                  PINS[name], Keys.ENTER)
        self.wait(lambda: self.find("#name").text == name, f"{name} is logged in")
        self.wait(lambda: self.find("#network dd").text != "", "the strip is filled")

    def journal(self):
        return self.terminal.call("GET", "/v1/journal")

    def captured(self):
        return [e for e in self.journal() if e["kind"] == "capture"]


def check(condition, what):
    if not condition:
        raise Failed(f"not so: {what}")

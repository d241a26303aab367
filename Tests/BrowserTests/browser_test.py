#!/usr/bin/env python3
"""The cashier's console in a real browser, over a real hub, terminal and wallet.

Chromium is driven through Selenium as a cashier would drive it: by keyboard alone, and by touch.
Each scenario is a function whose name says what must be so; the first that is not ends the run.

  browser_test.py --programs .build/debug [--screenshots FOLDER] [--only NAME]
"""

import argparse
import contextlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from play import Failed, Hub, Programs, Terminal  # noqa: E402
from selenium import webdriver  # noqa: E402
from selenium.common.exceptions import WebDriverException  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402

PROFILE = ROOT / "hardware-profiles/50-folder-camera-png-display.yaml"
PINS = {"Ada": "4711", "Bob": "2580", "Zoë": "97531"}
ROLES = {"Ada": "cashier", "Bob": "cashier", "Zoë": "supervisor"}
LANGUAGES = ["en", "de", "fr", "es", "zh", "ar"]
# Everything waited for is a change that the page must show; a loaded machine may take its time.
SECONDS = 60
# The least size of a target in CSS pixels, and the least contrast of text (WCAG 2.2, 2.5.5, 1.4.3).
TARGET = 48
CONTRAST, LARGE_CONTRAST = 4.5, 3.0


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

    def start(self, port=0):
        file = self.folder / "console-port"
        file.unlink(missing_ok=True)
        self.terminal.start("--sync-interval", "0", "--console-port", str(port),
                            "--console-port-file", str(file), "--cashier-refund-limit", "5.00")
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
        self.wait(lambda: text in self.find(selector).text, f"{selector} says {text!r}")

    def type(self, *keys):
        ActionChains(self.browser).send_keys(*keys).perform()

    def click(self, selector):
        element = self.shown(selector)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def shoot(self, name):
        if self.screenshots:
            self.browser.save_screenshot(str(self.screenshots / f"{name}.png"))

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


# Who is let in.

def nobody_is_let_in_before_somebody_is_named(shop):
    shop.open()
    shop.shown("#nobody")
    for name, role in ROLES.items():
        shop.staff("add", name, "--role", role, pin=PINS[name])


def a_wrong_pin_is_told_and_locks_one_name_alone(shop):
    shop.open()
    shop.shown("#pin")
    check(shop.find("#staff input:checked").get_attribute("value") == "Ada", "the first is chosen")
    for attempt in range(5):
        shop.type("0000", Keys.ENTER)
        shop.wait(lambda: shop.find("#login-problem").text != ""
                  and shop.find("#pin").get_attribute("value") == "", "the wrong PIN is told")
        if attempt < 4:
            shop.browser.execute_script(
                "document.getElementById('login-problem').textContent = ''")
    shop.says("#login-problem", "others can log in meanwhile")
    shop.log_in("Zoë")
    shop.click("#log-out")
    shop.shown("#pin")


def strangers_are_kept_out(shop):
    def status(path, **headers):
        request = urllib.request.Request(shop.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.headers

    check(status("/v1/status")[0] == 401, "nobody logged in sees nothing")
    check(status("/v1/status", cookie="till-session=00")[0] == 401, "a made-up session is none")
    check(status("/", Host="shop.example")[0] == 421, "another host's name reaches nothing")
    check(status("/console/session", Origin="http://shop.example")[0] == 403,
          "another site's page reaches nothing")
    code, headers = status("/")
    check(code == 200 and "default-src 'none'" in headers["Content-Security-Policy"],
          "foreign script is kept out")
    check(headers["Cache-Control"] == "no-store", "the browser keeps nothing")


# Selling.

def a_sale_by_keyboard_alone(shop):
    shop.open("Bob")
    # Two items, the second mistyped and mended: 3.00 + 2.50.
    shop.type("3", "0", "0", "+", "2", "5", "9", Keys.BACKSPACE, "0")
    shop.says("#amount", "5.50")
    check([e.text for e in shop.all("#items li")] != [], "the items are listed")
    shop.type(Keys.ENTER)
    shop.result("open")
    shop.says("#result .word", "Waiting")
    shop.wait(lambda: shop.browser.execute_script(
        "const i = document.getElementById('customer'); return i.complete && i.naturalWidth > 0"),
        "the customer's screen is shown beside")
    shop.shoot("sale-open")
    shop.terminal.show(shop.voucher("fixed", "5.50"))
    shop.result("paid")
    shop.says("#result .figure", "5.50")
    shop.says("#result .detail", "Receipt")
    shop.shoot("sale-paid")
    shop.type(Keys.ENTER)
    shop.result("ready")
    shop.says("#amount", "0.00")


def a_sale_by_touch_in_parts(shop):
    shop.open("Bob")
    for key in ("1", "2", "00"):
        shop.click(f'#digits [data-key="{key}"]')
    shop.says("#amount", "12.00")
    shop.click("#charge")
    shop.result("open")
    shop.terminal.show(shop.voucher("stored", "8.00"))
    shop.result("part")
    shop.says("#result .word", "Approved in part")
    shop.says("#result .figure", "4.00")
    shop.shoot("sale-in-part")
    shop.terminal.show(shop.voucher("fixed", "4.00"))
    shop.result("paid")
    shop.says("#result .figure", "12.00")
    shop.find("#given").send_keys("20")
    shop.click("#next")


def the_change_is_counted(shop):
    shop.open("Bob")
    shop.type("7", "5", "0")
    shop.find("#given").send_keys("10")
    shop.says("#change", "2.50")


def a_code_is_typed_where_the_camera_fails(shop):
    shop.open("Bob")
    picture = shop.voucher("fixed", "2.00")
    text = json.loads(subprocess.run(
        [shop.programs.path("tillctl"), "scan", str(picture), "--json"], text=True,
        capture_output=True, check=True).stdout.splitlines()[0])
    codes = re.findall(r"TV1:[^\"]+", json.dumps(text))
    check(codes != [], f"the voucher's text can be read: {text}")
    shop.type("2", "0", "0", Keys.ENTER)
    shop.result("open")
    shop.type(Keys.F8, codes[0], Keys.ENTER)
    shop.result("paid")
    shop.type(Keys.ESCAPE)
    shop.result("ready")


def a_decline_says_why_and_the_sale_goes_on(shop):
    shop.open("Bob")
    used = shop.voucher("fixed", "1.00")
    shop.type("1", "0", "0", Keys.ENTER)
    shop.result("open")
    shop.terminal.show(used)
    shop.result("paid")
    shop.type(Keys.ENTER)
    shop.result("ready")
    shop.type("1", "0", "0", Keys.ENTER)
    shop.result("open")
    shop.terminal.show(used, "again.png")
    shop.result("declined")
    check(shop.find("#result .sign").text == "✕", "a decline has its sign")
    check(shop.find("#result .word").text != "", "and its word")
    shop.says("#result .detail", "receipt")
    shop.shoot("sale-declined")
    Select(shop.find("header select.language")).select_by_value("de")
    shop.says("#result .word", "Schon benutzt")
    shop.type(Keys.ESCAPE)
    shop.find("body").click()
    shop.type(Keys.ESCAPE)
    shop.result("cancelled")


def two_tabs_open_one_sale(shop):
    shop.open("Bob")
    before = len(shop.captured())
    first = shop.browser.current_window_handle
    shop.browser.switch_to.new_window("tab")
    shop.browser.get(shop.url)
    shop.wait(lambda: shop.find("#network dd").text != "", "the second tab is logged in too")
    shop.type("1", "5", "0", Keys.ENTER)
    shop.result("open")
    second = shop.browser.current_window_handle
    shop.browser.switch_to.window(first)
    shop.result("open")
    shop.says("#result .figure", "1.50")
    shop.type("9", "9", Keys.ENTER)
    check(shop.browser.execute_script("return document.getElementById('pad').inert"),
          "the pad waits for the sale")
    shop.terminal.show(shop.voucher("fixed", "1.50"))
    for tab in (first, second):
        shop.browser.switch_to.window(tab)
        shop.result("paid")
    check(len(shop.captured()) == before + 1, "one payment was made")
    shop.browser.close()
    shop.browser.switch_to.window(first)
    shop.browser.refresh()
    shop.result("paid")
    shop.type(Keys.ENTER)
    shop.result("ready")


def an_order_sent_twice_is_one_sale(shop):
    """The answer is lost on its way: the page sends the same order again, under the same key."""
    shop.open("Bob")
    shop.browser.execute_script("""
        const real = window.fetch; let lost = false;
        window.fetch = async (path, options) => {
          const answer = await real(path, options);
          if (!lost && path === "/v1/sales") { lost = true; throw new TypeError("lost"); }
          return answer;
        };""")
    shop.type("3", "3", "0", Keys.ENTER)
    shop.result("open")
    references = {shop.terminal.call("GET", "/v1/sales/current")["reference"]}
    shop.browser.execute_async_script("""
        const done = arguments[0];
        const { key } = JSON.parse(sessionStorage.getItem("till-pending"));
        fetch("/v1/sales", { method: "POST", headers: { "content-type": "application/json" },
          body: JSON.stringify({ amount: "3.30", currency: "EUR", key }) })
          .then((a) => a.json()).then((sale) => { window.again = sale.reference; done(); });""")
    references.add(shop.browser.execute_script("return window.again"))
    check(len(references) == 1, f"one sale: {references}")
    shop.find("body").click()
    shop.type(Keys.ESCAPE)
    shop.result("cancelled")


def a_daemon_that_dies_is_told_and_pays_nothing_twice(shop):
    shop.open("Bob")
    before = len(shop.captured())
    shop.type("6", "0", "0", Keys.ENTER)
    shop.result("open")
    shop.terminal.daemon.kill()
    shop.shown("#lost")
    shop.shoot("daemon-gone")
    shop.start(shop.port)
    # Sessions ended with the daemon: the page asks for the PIN, and shows the sale again.
    shop.wait(lambda: not shop.find("#lost").is_displayed(), "the page comes back by itself")
    shop.log_in("Bob")
    shop.result("open")
    shop.says("#result .figure", "6.00")
    shop.terminal.show(shop.voucher("fixed", "6.00"))
    shop.result("paid")
    check(len(shop.captured()) == before + 1, "it was paid once")
    shop.type(Keys.ENTER)


# Looking back.

def payments_are_found_and_explained(shop):
    shop.open("Bob")
    shop.type(Keys.F3)
    shop.wait(lambda: len(shop.all("#list li .entry")) > 5, "the payments are listed")
    every = len(shop.all("#list li .entry"))
    shop.find('input[value="decline"]').click()
    shop.wait(lambda: 0 < len(shop.all("#list li .entry")) < every, "declines alone are listed")
    shop.find('input[value="all"]').click()
    shop.find("#search").send_keys("5.50")
    shop.wait(lambda: len(shop.all("#list li .entry")) == 1, "one payment is found by its amount")
    shop.click("#list li .entry")
    shop.says("#list li pre", "COPY")
    shop.says("#list li", "Why?")
    shop.shoot("payments")


def a_refund_in_part_and_one_that_needs_a_supervisor(shop):
    shop.terminal.sale("6.20", shop.voucher("fixed", "6.20"))
    shop.open("Bob")
    shop.click('[data-view="payments"]')
    shop.shown("#list li .entry")
    shop.find("#search").send_keys("6.20")
    shop.wait(lambda: len(shop.all("#list li.capture")) == 1, "the payment is found")
    shop.click("#list li .entry")
    shop.wait(lambda: shop.all("#list .row button"), "what can be done is offered")
    shop.click("#list .row button")
    amount = shop.shown("#ask-amount")
    amount.clear()
    amount.send_keys("0.50")
    Select(shop.find("#ask-to")).select_by_value("cash")
    shop.find("#ask-reason").send_keys("one bun back", Keys.ENTER)
    shop.wait(lambda: not shop.all("dialog[open]"), "the refund is made")
    # The rest is above what a cashier may give back alone.
    shop.wait(lambda: len(shop.all("#list li.capture")) == 1, "the payment is found again")
    shop.click("#list li.capture .entry")
    shop.says("#list li pre", "Given back since: 0.50")
    shop.click("#list .row button")
    shop.wait(lambda: shop.find("#ask-amount").get_attribute("value") == "5.70", "the rest")
    Select(shop.find("#ask-to")).select_by_value("cash")
    shop.find("#ask-go").click()
    Select(shop.shown("#ask-name")).select_by_visible_text("Zoë")
    shop.find("#ask-pin").send_keys("1111", Keys.ENTER)
    shop.wait(lambda: shop.find("#ask-problem").text != "", "a wrong PIN is told")
    shop.find("#ask-pin").clear()
    shop.find("#ask-pin").send_keys(PINS["Zoë"], Keys.ENTER)
    shop.wait(lambda: not shop.all("dialog[open]"), "the supervisor has vouched")
    refunds = [e for e in shop.journal() if e["kind"] == "refund"]
    check([e["operatedBy"] for e in refunds]
          == [{"name": "Bob", "role": "cashier"}, {"name": "Zoë", "role": "supervisor"}],
          f"the journal names who gave back: {refunds}")
    check([e["amount"]["minorUnits"] for e in refunds] == [50, 570], "both were made, once")


def offline_is_an_ordinary_state(shop):
    shop.open("Bob")
    shop.hub.stop()
    try:
        shop.click('[data-view="payments"]')
        shop.click("#sync")
        shop.wait(lambda: "ffline" in shop.find("#network dd").text, "the strip says offline")
        check(shop.find("#lost").is_displayed() is False, "and nothing is wrong")
        colour = shop.find("#network dd").value_of_css_property("color")
        check(colour == shop.find("#queue dd").value_of_css_property("color"), "it is not red")
        shop.says("#queue dd", "wait for the hub")
        check(shop.find("#allowance dd").text and shop.find("#time dd").text,
              "what is left offline is told")
    finally:
        shop.hub.start()


# The period.

def x_and_z_with_the_drawer(shop):
    shop.open("Bob")
    shop.type(Keys.F4)
    shop.says("#x .totals", "Approved")
    shop.find("#float").send_keys("100.00")
    shop.find("#counted").send_keys("93.00")
    shop.says("#difference", "Short by")
    shop.click("#close")
    shop.click("#ask-go")
    Select(shop.shown("#ask-name")).select_by_visible_text("Zoë")
    shop.find("#ask-pin").send_keys(PINS["Zoë"], Keys.ENTER)
    shop.says("#z h2", "Period 1")
    shop.says("#z .checkpoint", "till")
    shop.says("#x .totals", "Nothing here")
    shop.shoot("shift")
    closed = [e for e in shop.journal() if e["kind"] == "period-closed"]
    check(len(closed) == 1 and closed[0]["operatedBy"]["name"] == "Zoë", f"one Z: {closed}")


# For everybody.

VIEWS = {"sale": "#view-sale", "payments": "#view-payments", "shift": "#view-shift"}

# Names, targets, contrast, ids and overflow, as a person without sight, with a trembling hand, or
# with an old screen meets them.
AUDIT = """
const [target, contrast, large] = arguments;
const problems = [];
const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length;
const luminance = (rgb) => {
  const [r, g, b] = rgb.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
};
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const ground = (e) => {
  for (; e; e = e.parentElement) {
    const colour = parse(getComputedStyle(e).backgroundColor);
    if (colour.length < 4 || colour[3] === 1) return colour.slice(0, 3);
  }
  return [255, 255, 255];
};
const name = (e) => (e.getAttribute("aria-label") || [...(e.labels ?? [])].map((l) => l.textContent).join(" ")
  || (e.matches("button, a, summary") ? e.textContent : "") || "").trim();
for (const e of document.querySelectorAll("button, a, input, select, textarea")) {
  if (!visible(e)) continue;
  if (!name(e)) problems.push(`no name: ${e.outerHTML.slice(0, 90)}`);
  const box = (e.matches("input[type=radio]") ? e.closest("label") : e).getBoundingClientRect();
  if (box.height < target - .5 || box.width < target - .5) {
    problems.push(`small: ${name(e)} ${box.width} x ${box.height}`);
  }
}
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; node = walker.nextNode();) {
  const e = node.parentElement;
  if (!node.data.trim() || !visible(e) || e.matches("script, option")) continue;
  if (e.closest("[inert], :disabled")) continue;
  const style = getComputedStyle(e);
  const [a, b] = [luminance(parse(style.color)), luminance(ground(e))].sort((x, y) => y - x);
  const size = parseFloat(style.fontSize);
  const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? large : contrast;
  const found = (a + .05) / (b + .05);
  if (found < least) problems.push(`contrast ${found.toFixed(2)}: ${node.data.trim().slice(0, 40)}`);
}
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) problems.push(`id twice: ${id}`);
if (document.documentElement.scrollWidth > innerWidth + 1) {
  problems.push(`runs out of the page: ${document.documentElement.scrollWidth} in ${innerWidth}`);
}
for (const e of document.querySelectorAll("[data-say]")) {
  if (!e.textContent.trim()) problems.push(`no words: ${e.dataset.say}`);
}
if (!document.documentElement.lang) problems.push("no language");
return problems;
"""


def audit(shop, what):
    problems = shop.browser.execute_script(AUDIT, TARGET, CONTRAST, LARGE_CONTRAST)
    check(problems == [], f"{what}: {problems}")


def everybody_can_use_it_in_every_language(shop):
    shop.open()
    shop.shown("#pin")
    audit(shop, "log-in")
    shop.log_in("Bob")
    for width, height in ((1280, 900), (1024, 768), (500, 900)):
        shop.browser.set_window_size(width, height)
        for theme in ("light", "dark"):
            if shop.browser.execute_script("return document.documentElement.dataset.theme") != theme:
                shop.click("#dark")
            for language in LANGUAGES:
                Select(shop.find("header select.language")).select_by_value(language)
                shop.wait(lambda: shop.browser.execute_script(
                    "return document.documentElement.lang") == language, language)
                direction = shop.browser.execute_script("return document.documentElement.dir")
                check(direction == ("rtl" if language == "ar" else "ltr"), f"{language} runs right")
                for view, selector in VIEWS.items():
                    shop.click(f'[data-view="{view}"]')
                    shop.shown(selector)
                    audit(shop, f"{view} in {language}, {theme}, {width} wide")
                    if width == 1024:
                        shop.shoot(f"{view}-{language}-{theme}")
    shop.browser.set_window_size(1280, 900)


def every_word_is_there_in_every_language(shop):
    shop.open()
    gaps = shop.browser.execute_async_script("""
        const done = arguments[0];
        import("/console/page/words.js").then((words) => done(words.gaps()));""")
    check(gaps == [], f"no word is missing: {gaps}")


def the_customers_screen_is_a_page_too(shop):
    shop.open("Bob")
    shop.type("4", "0", "0", Keys.ENTER)
    shop.result("open")
    shop.browser.get(shop.url + "/display")
    shop.wait(lambda: shop.browser.execute_script(
        "const i = document.getElementById('picture'); return i.complete && i.naturalWidth > 200"),
        "the screen is shown")
    shop.shoot("display")
    shop.terminal.ctl("sale", "--cancel")
    shop.browser.get(shop.url)
    shop.result("cancelled")


def nothing_was_wrong_in_the_browser(shop):
    """What is expected: answers of 4xx, and connections that the killed daemon cut."""
    expected = re.compile(r"Failed to load resource|net::ERR_|favicon")
    severe = [e for e in shop.log if e["level"] == "SEVERE" and not expected.search(e["message"])]
    check(severe == [], f"no fault of script or policy: {severe}")


SCENARIOS = [
    nobody_is_let_in_before_somebody_is_named, a_wrong_pin_is_told_and_locks_one_name_alone,
    strangers_are_kept_out, a_sale_by_keyboard_alone, a_sale_by_touch_in_parts,
    the_change_is_counted, a_code_is_typed_where_the_camera_fails,
    a_decline_says_why_and_the_sale_goes_on, two_tabs_open_one_sale,
    an_order_sent_twice_is_one_sale, a_daemon_that_dies_is_told_and_pays_nothing_twice,
    payments_are_found_and_explained, a_refund_in_part_and_one_that_needs_a_supervisor,
    offline_is_an_ordinary_state, x_and_z_with_the_drawer, every_word_is_there_in_every_language,
    everybody_can_use_it_in_every_language, the_customers_screen_is_a_page_too,
    nothing_was_wrong_in_the_browser,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/debug")
    parser.add_argument("--screenshots", type=pathlib.Path)
    parser.add_argument("--only", help="run the first scenario and those whose name contains this")
    options = parser.parse_args()
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="till-browser-") as folder:
        shop = Shop(Programs(options.programs.resolve()), pathlib.Path(folder), options.screenshots)
        shop.log = []
        try:
            for scenario in SCENARIOS:
                name = scenario.__name__.replace("_", " ")
                if options.only and scenario is not SCENARIOS[0] and options.only not in name:
                    continue
                start = time.monotonic()
                scenario(shop)
                shop.log += shop.browser.get_log("browser")
                print(f"  {name} ({time.monotonic() - start:.1f} s)", flush=True)
        except Failed as failure:
            print(f"failed: {name}: {failure}", file=sys.stderr)
            return 1
        finally:
            shop.close()
    print(f"{len(SCENARIOS)} scenarios in a browser: all was so")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Sales as a cashier makes them."""

import json
import re
import subprocess

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from shop import check


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


def an_order_whose_answer_was_lost_is_no_second_sale(shop):
    shop.open("Bob")
    before = len(shop.captured())
    shop.browser.execute_script("""
        const real = window.fetch;
        window.fetch = async (path, options) => {
          const answer = await real(path, options);
          if (path !== "/v1/sales") return answer;
          window.fetch = real;
          throw new TypeError("the answer is lost");
        };""")
    shop.type("330", Keys.ENTER)
    shop.result("open")
    shop.terminal.show(shop.voucher("fixed", "3.30"))
    shop.result("paid")
    shop.says("#amount", "0.00")
    check(shop.find("#pad-problem").text == "", "the pad is for the next one")
    # A page that has heard nothing since sends its order once more, under the same key.
    shop.browser.execute_script("""
        const real = window.fetch;
        window.fetch = async (path, options) => {
          if (path !== "/v1/sales") return real(path, options);
          window.fetch = real;
          window.order = JSON.parse(options.body);
          throw new TypeError("the line is cut");
        };""")
    shop.type(Keys.ENTER, "110", Keys.ENTER)
    shop.says("#pad-problem", "does not answer")
    order = shop.browser.execute_script("return window.order")
    held = shop.browser.execute_script("return sessionStorage.getItem('till-pending')")
    another = {"amount": "2.20", "currency": "EUR", "key": "another"}
    for amount, sent in (("1.10", order), ("2.20", another)):
        shop.terminal.call("POST", "/v1/sales", sent)
        shop.terminal.show(shop.voucher("fixed", amount))
        shop.says("#result .figure", amount)
        shop.result("paid")
    shop.browser.execute_script("""
        sessionStorage.setItem("till-pending", arguments[0]);
        sessionStorage.removeItem("till-begun");""", held)
    shop.browser.refresh()
    shop.result("ready")
    shop.type("110", Keys.ENTER)
    shop.says("#pad-problem", "Nothing was charged now")
    shop.says("#amount", "0.00")
    check(len(shop.captured()) == before + 3, "each was paid once")


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


def each_item_has_its_rate(shop):
    shop.open("Bob")
    offered = [re.sub("[\u2066\u2069]", "", e.text) for e in shop.all("#rates button")]
    check(offered == ["A 19 %", "B 5.5 %"], f"the shop's rates are offered: {offered}")
    check(shop.find('#rates [data-key="A"]').get_attribute("aria-pressed") == "true",
          "the first is the usual one")
    # 11.90 at the usual rate, 10.55 at the other by its letter, which is mended and goes on.
    shop.type("1", "1", "9", "0", "+", "b", "1", "0", "5", "0", "+", Keys.BACKSPACE, Keys.BACKSPACE)
    shop.click('#rates [data-key="B"]')
    shop.type("5", "+")
    check(["A" in e.text for e in shop.all("#items li")] == [True, False],
          "each item says its rate")
    shop.shoot("sale-with-rates")
    shop.click("#charge")
    shop.result("open")
    shop.terminal.show(shop.voucher("fixed", "22.45"))
    shop.result("paid")
    receipt = re.search(r"[0-9]+", shop.find("#result .detail").text).group()
    payment = json.loads(subprocess.run(
        [shop.programs.path("tillctl"), "receipt", receipt, "--json", "--state",
         str(shop.terminal.folder)], text=True, capture_output=True, check=True).stdout)
    check([(line["code"], line["rate"], line["gross"]["amount"], line["tax"]["amount"])
           for line in payment["vat"]]
          == [("A", 1900, "11.90", "1.90"), ("B", 550, "10.55", "0.55")],
          f"the receipt has both rates: {payment}")
    shop.type(Keys.ESCAPE, Keys.F4)
    shop.says("#x table.vat", "B 5.5 % 10.55 EUR 10.00 EUR 0.55 EUR")
    shop.shoot("shift-with-rates")


def a_tip_is_chosen_before_the_code(shop):
    shop.terminal.daemon.stop()
    shop.start(shop.port, "--tips", "5,10", "--language", "de")
    shop.open("Bob")
    # The customer's own screen: a button each.
    shop.type("1", "0", "0", "0", Keys.ENTER)
    shop.shown("#tip")
    shop.shoot("tip-asked")
    console = shop.browser.current_window_handle
    shop.browser.switch_to.new_window("tab")
    shop.browser.get(shop.url + "/display")
    shop.says("#tips h2", "Trinkgeld? 10,00")
    offered = [re.sub("[\u2066\u2069\\s]+", " ", e.text).strip()
               for e in shop.all("#tips button")]
    check(offered == ["Kein Trinkgeld", "5 % · 0,50 EUR", "10 % · 1,00 EUR"],
          f"the customer reads it in their language: {offered}")
    shop.shoot("tip-on-the-display")
    shop.click('#tips [data-percent="10"]')
    shop.wait(lambda: not shop.find("#tips").is_displayed(), "the question goes")
    shop.browser.close()
    shop.browser.switch_to.window(console)
    shop.result("open")
    shop.says("#result .figure", "11.00")
    shop.terminal.show(shop.voucher("fixed", "11.00"))
    shop.result("paid")
    # The cashier types what the customer says; Escape in the question opens no sale.
    shop.type("2", "0", "0", Keys.ENTER)
    shop.shown("#tip")
    shop.type(Keys.ESCAPE)
    shop.wait(lambda: not shop.find("#tip").is_displayed(), "the question is taken back")
    shop.result("ready")
    shop.says("#amount", "2.00")
    shop.type(Keys.ENTER)
    shop.shown("#tip")
    shop.type("0.30", Keys.ENTER)
    shop.result("open")
    shop.says("#result .figure", "2.30")
    shop.terminal.show(shop.voucher("fixed", "2.30"))
    shop.result("paid")
    # Enter alone is none.
    shop.type("3", "0", "0", Keys.ENTER)
    shop.shown("#tip")
    shop.type(Keys.ENTER)
    shop.result("open")
    shop.says("#result .figure", "3.00")
    shop.click("#cancel")
    shop.result("cancelled")
    shop.type(Keys.ESCAPE, Keys.F4)
    shop.says("#x .tips", "Tip: 2 · 1.30 EUR")
    shop.terminal.daemon.stop()
    shop.start(shop.port)


def the_change_is_counted(shop):
    shop.open("Bob")
    shop.type("7", "5", "0")
    shop.find("#given").send_keys("10")
    shop.says("#change", "2.50")
    shop.find("#given").clear()
    # Enter there counts, and sends nothing: the last scenario would find a form that was refused.
    shop.find("#given").send_keys("5", Keys.ENTER)
    shop.says("#change", "Still due: 2.50")
    check(shop.browser.current_url.rstrip("/") == shop.url, "the page is still there")
    shop.says("#amount", "7.50")


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
          if (!lost && path === "/v1/sales") {
            lost = true;
            window.order = options.body;
            throw new TypeError("lost");
          }
          return answer;
        };""")
    shop.type("3", "3", "0", Keys.ENTER)
    shop.result("open")
    references = {shop.terminal.call("GET", "/v1/sales/current")["reference"]}
    shop.browser.execute_async_script("""
        const done = arguments[0];
        fetch("/v1/sales", { method: "POST", headers: { "content-type": "application/json" },
          body: window.order })
          .then((a) => a.json()).then((sale) => { window.again = sale.reference; done(); });""")
    references.add(shop.browser.execute_script("return window.again"))
    check(len(references) == 1, f"one sale: {references}")
    shop.find("body").click()
    shop.type(Keys.ESCAPE)
    shop.result("cancelled")


def a_key_pressed_late_gives_up_no_other_sale(shop):
    """Escape is sent; before it comes, that sale has ended and the next is open."""
    shop.open("Bob")
    shop.type("1", "1", "0", Keys.ENTER)
    shop.result("open")
    first = shop.terminal.call("GET", "/v1/sales/current")["reference"]
    shop.browser.execute_script("""
        const real = window.fetch;
        window.fetch = async (path, options) => {
          if (options?.method === "DELETE") {
            window.asked = path;
            await real("/v1/sales/current", { method: "DELETE" });
            await real("/v1/sales", { method: "POST", headers: { "content-type": "application/json" },
              body: JSON.stringify({ amount: "2.20", currency: "EUR", key: "the-next-one" }) });
          }
          return real(path, options);
        };""")
    shop.type(Keys.ESCAPE)
    shop.says("#result .figure", "2.20")
    shop.says("#result .problem", "Another sale is open")
    check(first in shop.browser.execute_script("return decodeURIComponent(window.asked)"),
          "the page names the sale that it gives up")
    check(shop.terminal.call("GET", "/v1/sales/current")["state"] == "open", "the next is open yet")
    shop.browser.refresh()
    shop.result("open")
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


def impatience_opens_one_sale(shop):
    shop.open("Bob")
    shop.browser.execute_script("""
        const real = window.fetch; window.orders = 0;
        window.fetch = async (path, options) => {
          if (path !== "/v1/sales") return real(path, options);
          window.orders += 1;
          await new Promise((go) => { window.letGo = go; });
          return real(path, options);
        };""")
    shop.type("1", "1", "0", *[Keys.ENTER] * 3)
    shop.browser.execute_script("document.getElementById('charge').click(); window.letGo();")
    shop.result("open")
    check(shop.browser.execute_script("return window.orders") == 1, "one order was sent")
    shop.type(Keys.ENTER)
    shop.result("open")
    shop.click("#cancel")
    shop.result("cancelled")


def each_verdict_has_a_rhythm_of_its_own(shop):
    shop.open("Bob")
    shop.browser.execute_script("""
        window.tones = [];
        window.ends = [];
        const { start, stop } = OscillatorNode.prototype;
        OscillatorNode.prototype.start = function (at) {
          window.tones.push(at);
          start.call(this, at);
        };
        OscillatorNode.prototype.stop = function (at) {
          window.ends.push(at);
          stop.call(this, at);
        };""")

    def rhythm():
        shop.wait(lambda: shop.browser.execute_script("return window.tones.length") > 0, "a sound")
        return shop.browser.execute_script("""
            const first = window.tones[0];
            const heard = window.tones.map((at, i) =>
              `${(at - first).toFixed(2)}-${(window.ends[i] - first).toFixed(2)}`).join(" ");
            window.tones = []; window.ends = [];
            return heard;""")

    rhythms = {}
    card = shop.voucher("stored", "1.00")
    shop.type("1", "5", "0", Keys.ENTER)
    shop.result("open")
    shop.terminal.show(card, "card.png")
    shop.result("part")
    rhythms["in part"] = rhythm()
    shop.terminal.show(shop.voucher("fixed", "0.50"))
    shop.result("paid")
    rhythms["approved"] = rhythm()
    shop.type("1", "0", "0", Keys.ENTER)
    shop.result("open")
    shop.terminal.show(card, "card-again.png")
    shop.result("declined")
    rhythms["declined"] = rhythm()
    shop.click("#cancel")
    shop.result("cancelled")
    rhythms["ended"] = rhythm()
    check(len(set(rhythms.values())) == 4, f"no two sound alike: {rhythms}")
    shop.click("#sound")
    shop.type("1", "0", "0", Keys.ENTER)
    shop.result("open")
    shop.click("#cancel")
    shop.result("cancelled")
    check(shop.browser.execute_script("return window.tones.length") == 0, "sound can be turned off")


SCENARIOS = [
    a_sale_by_keyboard_alone, an_order_whose_answer_was_lost_is_no_second_sale,
    a_sale_by_touch_in_parts, each_item_has_its_rate, a_tip_is_chosen_before_the_code,
    the_change_is_counted,
    a_code_is_typed_where_the_camera_fails, a_decline_says_why_and_the_sale_goes_on,
    two_tabs_open_one_sale, impatience_opens_one_sale, an_order_sent_twice_is_one_sale,
    a_key_pressed_late_gives_up_no_other_sale,
    a_daemon_that_dies_is_told_and_pays_nothing_twice, each_verdict_has_a_rhythm_of_its_own,
]

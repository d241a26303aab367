"""Payments looked up and given back, the queue, the period."""

import re

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from shop import PINS, check


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
    # The payment stays open, and tells how it stands now.
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


def open_payment(shop, amount):
    """The payment of this amount, opened in the list."""
    shop.click('[data-view="payments"]')
    search = shop.shown("#search")
    search.clear()
    search.send_keys(amount)
    shop.wait(lambda: len(shop.all("#list li.capture")) == 1, f"{amount} is found")
    shop.click("#list li.capture .entry")
    shop.wait(lambda: shop.all("#list li.capture pre"), "its receipt is shown")


def press(shop, words):
    """A button of the opened payment, by what it says."""
    shop.wait(lambda: [b.click() or b for b in shop.all("#list .row button") if b.text == words],
              f"{words} is offered")


def a_refund_whose_answer_is_lost_is_made_once(shop):
    shop.terminal.sale("3.70", shop.voucher("fixed", "3.70"))
    shop.open("Bob")
    open_payment(shop, "3.70")
    press(shop, "Refund")
    # First the order is lost on its way, then its answer.
    shop.browser.execute_script("""
        const real = window.fetch; let times = 0; window.sent = [];
        window.fetch = async (path, options) => {
          if (!path.endsWith("/refund")) return real(path, options);
          window.sent.push(JSON.parse(options.body).key);
          times += 1;
          if (times === 2) await real(path, options);
          throw new TypeError("lost");
        };""")
    shop.shown("#ask-amount").clear()
    shop.find("#ask-amount").send_keys("1.20")
    Select(shop.find("#ask-to")).select_by_value("cash")
    shop.find("#ask-go").click()
    shop.says("#ask-problem", "does not answer")
    shop.click("#ask-back")
    press(shop, "Refund")
    shop.shown("#ask-amount").clear()
    shop.find("#ask-amount").send_keys("1.20")
    Select(shop.find("#ask-to")).select_by_value("cash")
    shop.find("#ask-go").click()
    shop.says("#ask-problem", "does not answer")
    sent = shop.browser.execute_script("return window.sent")
    check(len(sent) == 2 and len(set(sent)) == 1, f"sent again under its own key: {sent}")
    shop.browser.refresh()
    shop.wait(lambda: shop.find("#name").text == "Bob", "the page is back")
    open_payment(shop, "3.70")
    shop.says("#list li.capture pre", "Given back since: 1.20")
    press(shop, "Refund")
    shop.wait(lambda: shop.find("#ask-amount").get_attribute("value") == "2.50", "the rest is left")
    shop.click("#ask-back")
    made = [e for e in shop.journal() if e["kind"] == "refund" and e["amount"]["minorUnits"] == 120]
    check(len(made) == 1, f"it was made once: {made}")
    # What was given back past the page is known when it is asked for.
    shop.terminal.ctl("refund", made[0]["receipt"] - 1, "0.30", "--to", "cash")
    press(shop, "Refund")
    shop.wait(lambda: shop.find("#ask-amount").get_attribute("value") == "2.20",
              "the page looks again before it gives back")
    shop.click("#ask-back")


def a_payment_is_cancelled_with_its_reason(shop):
    shop.terminal.sale("4.40", shop.voucher("fixed", "4.40"))
    shop.open("Bob")
    open_payment(shop, "4.40")
    press(shop, "Cancel payment")
    shop.shown("#ask-reason").send_keys("wrong table", Keys.ENTER)
    shop.says("#made .text", "4.40")
    shop.find('input[value="undo"]').click()
    shop.click("#list li.cancellation .entry")
    shop.says("#list li.cancellation", "wrong table")
    made = [e for e in shop.journal() if e["kind"] == "cancellation"]
    check(len(made) == 1 and made[0]["operatedBy"]["name"] == "Bob", f"one cancellation: {made}")
    shop.find('input[value="all"]').click()
    open_payment(shop, "4.40")
    check([b.text for b in shop.all("#list .row button")] == ["Print"], "it is offered no more")


def scanned(shop, picture):
    """The texts of the codes that a picture holds."""
    file = shop.folder / "scanned.png"
    file.write_bytes(picture)
    return re.findall(r"TV1:[^\"]+", shop.programs.run("tillctl", "scan", file, "--json"))


def a_refund_voucher_is_shown_to_be_scanned_and_pays(shop):
    shop.hub.command("terminal", "refunds", "till:m42/t7", "--limit", "EUR:50.00")
    shop.hub.publish()
    shop.terminal.call("POST", "/v1/sync")
    shop.terminal.sale("2.90", shop.voucher("fixed", "2.90"))
    shop.open("Bob")
    open_payment(shop, "2.90")
    press(shop, "Refund")
    Select(shop.shown("#ask-to")).select_by_value("voucher")
    shop.find("#ask-go").click()
    shop.shown("#made .symbol")
    code = next(line for line in shop.find("#made .text").text.splitlines()
                if line.startswith("TV1:"))
    shop.shoot("refund-voucher")
    # The terminal's own scanner reads it from the page as a customer's telephone would.
    shop.wait(lambda: code in scanned(shop, shop.find("#made .symbol").screenshot_as_png),
              "the symbol reads as the code beside it")
    shop.type(Keys.F2)
    shop.type("2", "9", "0", Keys.ENTER)
    shop.result("open")
    shop.type(Keys.F8, code, Keys.ENTER)
    shop.result("paid")


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
        shop.find("#search").clear()
        shop.find('input[value="waits"]').click()
        shop.wait(lambda: shop.all("#list li .entry"), "what waits is listed")
    finally:
        shop.hub.start()
    shop.click("#sync")
    shop.says("#list-problem", "Exchanged")
    shop.wait(lambda: not shop.all("#list li .entry"), "nothing waits any more")
    shop.says("#network dd", "Online")
    shop.says("#queue dd", "Nothing waits")


def x_and_z_with_the_drawer(shop):
    shop.open("Bob")
    shop.type(Keys.F4)
    shop.says("#x .totals", "Approved")
    shop.find("#float").send_keys("100.00", Keys.ENTER)
    shop.says("#difference", "100.00")
    # The terminal keeps it: nothing is lost in a reload, and a second tab sees it.
    shop.browser.refresh()
    shop.wait(lambda: shop.find("#name").text == "Bob", "the page is back")
    shop.type(Keys.F4)
    shop.says("#difference", "Float at opening")
    here = shop.browser.current_window_handle
    shop.browser.switch_to.new_window("tab")
    shop.browser.get(shop.url)
    shop.wait(lambda: shop.find("#name").text == "Bob", "the second tab is in")
    shop.type(Keys.F4)
    shop.says("#difference", "100.00")
    # Counted blind: what should be there is told only now. Of 100.00, what was given back in cash:
    # 0.50, 5.70, 1.20 and 0.30.
    check("92.30" not in shop.find("#view-shift").text, "the count is blind")
    shop.find("#counted").send_keys("93.00", Keys.ENTER)
    shop.says("#difference", "Over by 0.70")
    shop.browser.close()
    shop.browser.switch_to.window(here)
    shop.type(Keys.F4)
    shop.says("#difference", "Over by 0.70")
    check(not shop.find("#float").is_enabled(), "the float is fixed once it was counted")
    shop.click("#close")
    shop.click("#ask-go")
    Select(shop.shown("#ask-name")).select_by_visible_text("Zoë")
    shop.find("#ask-pin").send_keys(PINS["Zoë"], Keys.ENTER)
    shop.says("#z h2", "Period 1")
    shop.says("#z .checkpoint", "till")
    shop.says("#x .totals", "Nothing here")
    shop.shoot("shift")
    # It is there again after a reload, with what was in the drawer.
    shop.browser.refresh()
    shop.wait(lambda: shop.find("#name").text == "Bob", "the page is back")
    shop.type(Keys.F4)
    shop.says("#z h2", "Period 1")
    shop.says("#z .drawer", "Over by 0.70")
    # What is looked at or printed again is signed too.
    shop.says("#z .checkpoint", "till")
    closed = [e for e in shop.journal() if e["kind"] == "period-closed"]
    check(len(closed) == 1 and closed[0]["operatedBy"]["name"] == "Zoë", f"one Z: {closed}")


def a_z_whose_answer_is_lost_closes_one_period(shop):
    shop.open("Zoë")
    shop.type(Keys.F4)
    shop.says("#z h2", "Period 1")
    shop.browser.execute_script("""
        const real = window.fetch; let lost = false;
        window.fetch = async (path, options) => {
          const answer = await real(path, options);
          if (lost || path !== "/v1/periods") return answer;
          lost = true;
          window.order = options.body;
          throw new TypeError("lost");
        };""")
    shop.click("#close")
    shop.click("#ask-go")
    shop.says("#ask-problem", "does not answer")
    shop.click("#ask-go")
    shop.says("#z h2", "Period 2")
    shop.click("#earlier")
    shop.says("#z h2", "Period 1")
    closed = [e["period"] for e in shop.journal() if e["kind"] == "period-closed"]
    check(closed == [1, 2], f"one more was closed: {closed}")
    check(shop.browser.execute_script("return window.order") == '{"number":2}', "it is named")


SCENARIOS = [
    payments_are_found_and_explained, a_refund_in_part_and_one_that_needs_a_supervisor,
    a_refund_whose_answer_is_lost_is_made_once, a_payment_is_cancelled_with_its_reason,
    a_refund_voucher_is_shown_to_be_scanned_and_pays, offline_is_an_ordinary_state,
    x_and_z_with_the_drawer, a_z_whose_answer_is_lost_closes_one_period,
]

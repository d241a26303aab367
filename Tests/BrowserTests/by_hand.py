"""A whole day without a network: once with the keys alone, once with a finger alone."""

import json
import re

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions import interaction
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.keys import Keys
from shop import PINS, check

# More than a page has places for the focus.
STEPS = 120


def tab_to(shop, selector, words=None):
    """With Tab until what is meant has the focus, as who has no mouse does."""
    for _ in range(STEPS):
        found = shop.browser.execute_script(
            "const e = document.activeElement;"
            "return e.matches(arguments[0]) && (!arguments[1] || e.textContent === arguments[1])",
            selector, words)
        if found:
            return
        shop.type(Keys.TAB)
    check(False, f"{selector} {words or ''} is reached with Tab")


def over(shop, text):
    """In place of what the field holds."""
    ActionChains(shop.browser).key_down(Keys.CONTROL).send_keys("a").key_up(
        Keys.CONTROL).send_keys(text).perform()


def tap(shop, selector, words=None):
    """With a finger: a touch, no mouse anywhere."""
    def tapped():
        element = next((e for e in shop.all(selector)
                        if e.is_displayed() and (words is None or e.text == words)), None)
        if not element:
            return False
        shop.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        finger = ActionBuilder(shop.browser,
                               mouse=PointerInput(interaction.POINTER_TOUCH, "finger"))
        finger.pointer_action.move_to(element).pointer_down().pointer_up()
        finger.perform()
        return True
    shop.wait(tapped, f"{selector} {words or ''} is tapped")


def entries(shop, kind):
    return [e for e in shop.journal() if e["kind"] == kind]


def without_a_network(day):
    def played(shop):
        vouchers = [shop.voucher("fixed", amount) for amount in ("1.30", "2.60", "0.90")]
        shop.hub.stop()
        try:
            day(shop, vouchers)
            shop.says("#network dd", "Offline")
        finally:
            shop.hub.start()
        check(shop.terminal.ctl("sync")["complete"], "and all of it goes out in the evening")
    played.__name__ = day.__name__
    return played


@without_a_network
def a_whole_day_offline_with_the_keys_alone(shop, vouchers):
    refunds, cancelled = len(entries(shop, "refund")), len(entries(shop, "cancellation"))
    closed = len(entries(shop, "period-closed"))
    shop.open("Zoë")
    for amount, voucher in zip(("130", "260"), vouchers):
        # The digits of a numeric pad, and its Enter.
        shop.type(*[getattr(Keys, f"NUMPAD{digit}") for digit in amount], Keys.ENTER)
        shop.result("open")
        shop.terminal.show(voucher)
        shop.result("paid")
        shop.type(Keys.ENTER)
        shop.result("ready")
    # A code that the camera does not see.
    shop.type("90", Keys.ENTER)
    shop.result("open")
    seen = json.dumps(shop.programs.json("tillctl", "scan", vouchers[2]))
    shop.type(Keys.F8, re.search(r"TV1:[^\"\\]+", seen).group(), Keys.ENTER)
    shop.result("paid")
    shop.type(Keys.ENTER)
    # A payment looked up, a part of it given back.
    shop.type(Keys.F3)
    tab_to(shop, "#search")
    shop.type("2.60")
    shop.wait(lambda: len(shop.all("#list li.capture")) == 1, "it is found")
    tab_to(shop, "#list li.capture .entry")
    shop.type(Keys.ENTER)
    shop.wait(lambda: shop.all("#list .row button"), "it is opened")
    tab_to(shop, "#list .row button", "Refund")
    shop.type(Keys.ENTER)
    shop.shown("#ask-amount")
    over(shop, "0.40")
    shop.type(Keys.TAB, "In c", Keys.TAB, "cold", Keys.ENTER)
    shop.wait(lambda: not shop.all("dialog[open]"), "the part is given back")
    shop.wait(lambda: len(entries(shop, "refund")) == refunds + 1, "it is in the journal")
    # Another given back whole.
    tab_to(shop, "#search")
    over(shop, "1.30")
    shop.wait(lambda: len(shop.all("#list li.capture")) >= 1
              and "1.30" in shop.find("#list li.capture").text, "the other is found")
    tab_to(shop, "#list li.capture .entry")
    shop.type(Keys.ENTER)
    shop.wait(lambda: shop.all("#list .row button"), "it is opened")
    tab_to(shop, "#list .row button", "Cancel payment")
    shop.type(Keys.ENTER)
    shop.shown("#ask-reason")
    tab_to(shop, "#ask-reason")
    shop.type("wrong table", Keys.ENTER)
    shop.wait(lambda: len(entries(shop, "cancellation")) == cancelled + 1, "it is given back")
    # X, the drawer, Z.
    shop.type(Keys.F4)
    shop.says("#x .totals", "Approved")
    tab_to(shop, "#counted")
    shop.type("50.00", Keys.ENTER)
    shop.says("#difference", "by")
    tab_to(shop, "#close")
    shop.type(Keys.ENTER)
    shop.shown("#ask-go")
    shop.type(Keys.ENTER)
    shop.wait(lambda: len(entries(shop, "period-closed")) == closed + 1, "the shift is closed")
    shop.type(Keys.F9)
    shop.says("#waiting-sum", "wait for the hub")
    tab_to(shop, "#send")
    shop.type(Keys.ENTER)
    shop.says("#queue-problem", "Nothing is lost")
    tab_to(shop, "#log-out")
    shop.type(Keys.ENTER)
    shop.shown("#pin")
    shop.log_in("Zoë")


@without_a_network
def a_whole_day_offline_with_a_finger_alone(shop, vouchers):
    undone, closed = len(entries(shop, "cancellation")), len(entries(shop, "period-closed"))
    shop.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        shop.open()
        shop.shown("#pin")
        tap(shop, "#staff label", "Zoë")
        tap(shop, "#pin")
        # The tablet's own keyboard.
        shop.type(PINS["Zoë"])
        tap(shop, "#login button.chief")
        shop.wait(lambda: shop.find("#name").text == "Zoë", "Zoë is logged in")
        for key in "130":
            tap(shop, f'#digits [data-key="{key}"]')
        shop.says("#amount", "1.30")
        tap(shop, "#charge")
        shop.result("open")
        shop.terminal.show(vouchers[0])
        shop.result("paid")
        tap(shop, "#next")
        shop.result("ready")
        tap(shop, '[data-view="payments"]')
        tap(shop, "#list li.capture .entry")
        tap(shop, "#list .row button", "Cancel payment")
        shop.shown("#ask-reason")
        tap(shop, "#ask-reason")
        shop.type("wrong table")
        tap(shop, "#ask-go")
        shop.wait(lambda: len(entries(shop, "cancellation")) == undone + 1, "it is given back")
        tap(shop, '[data-view="shift"]')
        shop.says("#x .totals", "Approved")
        tap(shop, "#close")
        tap(shop, "#ask-go")
        shop.wait(lambda: len(entries(shop, "period-closed")) == closed + 1, "the shift is closed")
        tap(shop, '[data-view="payments"]')
        tap(shop, 'label:has(input[value="shift"])')
        shop.wait(lambda: not shop.all("#list .entry"), "the new shift has no payments")
        tap(shop, 'label:has(input[value="all"])')
        shop.wait(lambda: shop.all("#list .entry"), "all are still there")
        tap(shop, '[data-view="queue"]')
        tap(shop, "#send")
        shop.says("#queue-problem", "Nothing is lost")
    finally:
        shop.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


SCENARIOS = [a_whole_day_offline_with_the_keys_alone, a_whole_day_offline_with_a_finger_alone]

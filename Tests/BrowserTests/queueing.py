"""The queue: what waits for the hub, and what the hub has put aside, why, and what to do."""

import time

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from shop import check


def what_waits_is_listed_and_goes_out(shop):
    shop.terminal.call("POST", "/v1/sync")
    shop.open("Bob")
    shop.type(Keys.F9)
    shop.says("#waiting-sum", "Nothing waits")
    shop.says("#refused .sum", "put nothing aside")
    picture = shop.voucher("fixed", "1.30")
    shop.hub.stop()
    try:
        shop.terminal.sale("1.30", picture)
        shop.click('[data-view="sale"]')
        shop.click('[data-view="queue"]')
        shop.says("#waiting-sum", "1 wait for the hub")
        shop.says("#waiting-sum", "Oldest")
        shop.says("#waiting .entries", "1.30 EUR")
        shop.click("#send")
        shop.says("#queue-problem", "Nothing is lost")
    finally:
        shop.hub.start()
    shop.click("#send")
    shop.says("#waiting-sum", "Nothing waits")
    shop.wait(lambda: not shop.all("#waiting .entries li"), "nothing is listed any more")
    check(shop.find("#queue-problem").text == "", "and nothing is wrong")


def how_the_terminal_is_stands_on_the_customers_screen_as_a_code(shop):
    shop.open("Bob")
    shop.type(Keys.F9)
    shop.click("#health")
    shop.says("#health-shown", "stands on the customer's screen")
    shop.terminal.call("POST", "/v1/sales", {"amount": "1.00"})
    shop.click("#health")
    shop.wait(lambda: shop.find("#queue-problem").text != "", "an open sale keeps the screen")
    check(shop.find("#health-shown").text == "", "and the code is not said to stand there")
    shop.terminal.call("DELETE", "/v1/sales/current")


def what_the_hub_has_put_aside_is_told_with_its_reason(shop):
    """The last scenario: the terminal's key is revoked in it."""
    picture = shop.voucher("fixed", "2.10")
    shop.hub.stop()
    shop.terminal.sale("2.10", picture)
    shop.hub.start()
    shop.hub.command("terminal", "revoke", "till:m42/t7", "--since", int(time.time()) - 3600)
    shop.open("Bob")
    shop.type(Keys.F9)
    shop.click("#send")
    shop.says("#refused .sum", "Not credited")
    shop.says("#refused .entries", "2.10 EUR")
    shop.says("#refused .entries", "revoked")
    shop.says("#refused .entries", "call the operator")
    number = shop.captured()[-1]["sequence"]
    shop.says(f'#refused li[data-sequence="{number}"]', f"Entry {number}")
    Select(shop.find("header select.language")).select_by_value("de")
    shop.says("#refused .sum", "Betreiber")
    shop.says("#refused .entries", "Dieses Terminal ist gesperrt")
    shop.shoot("queue")
    # It is known after a new start too: the hub's answer lies in the journal.
    shop.terminal.daemon.stop()
    shop.start(shop.port)
    shop.open("Bob")
    shop.type(Keys.F9)
    shop.says("#refused .entries", "2.10 EUR")


SCENARIOS = [
    what_waits_is_listed_and_goes_out,
    how_the_terminal_is_stands_on_the_customers_screen_as_a_code,
    what_the_hub_has_put_aside_is_told_with_its_reason,
]

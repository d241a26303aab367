"""Who is let in, and what is kept out."""

import urllib.error
import urllib.request

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from shop import PINS, ROLES, check


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
    for path in ("//v1/status", "/v1//status", "/v1/status/", "//v1/journal/export", "/%761/status"):
        check(status(path)[0] in (401, 404), f"nor by another spelling ({path})")
    check(status("/", Host="shop.example")[0] == 421, "another host's name reaches nothing")
    check(status("/console/session", Origin="http://shop.example")[0] == 403,
          "another site's page reaches nothing")
    code, headers = status("/")
    check(code == 200 and "default-src 'none'" in headers["Content-Security-Policy"],
          "foreign script is kept out")
    check(headers["Cache-Control"] == "no-store", "the browser keeps nothing")


def a_refusal_is_told_in_the_page_s_language(shop):
    shop.open()
    Select(shop.shown("#entry select.language")).select_by_value("de")
    shop.find('#staff input[value="Bob"]').click()
    shop.find("#pin").send_keys("0000", Keys.ENTER)
    shop.says("#login-problem", "Name und PIN passen nicht zusammen")
    check(shop.find("#login-problem span[lang=en]").text != "",
          "the terminal's own sentence is marked as English")


def the_page_knows_at_log_in_too_that_the_terminal_is_gone(shop):
    shop.open()
    shop.shown("#pin")
    shop.terminal.daemon.kill()
    shop.shown("#lost")
    shop.staff("add", "Eve", "--role", "cashier", pin="8642")
    shop.start(shop.port)
    shop.wait(lambda: not shop.find("#lost").is_displayed(), "the page comes back by itself")
    shop.wait(lambda: shop.all('#staff input[value="Eve"]'), "with those who may log in now")
    shop.staff("remove", "Eve")


def whoever_is_logged_out_is_asked_again_and_keeps_the_amount(shop):
    shop.open("Bob")
    shop.type("2", "4", "0")
    shop.browser.delete_all_cookies()
    shop.type(Keys.ENTER)
    shop.log_in("Bob")
    shop.says("#amount", "2.40")
    first = shop.browser.current_window_handle
    shop.browser.switch_to.new_window("tab")
    shop.browser.get(shop.url)
    shop.wait(lambda: shop.find("#name").text == "Bob", "the second tab is logged in too")
    shop.click("#log-out")
    shop.log_in("Zoë")
    shop.browser.close()
    shop.browser.switch_to.window(first)
    shop.wait(lambda: shop.find("#name").text == "Zoë", "the first tab knows who it is now")


def who_logs_out_in_one_tab_hears_nothing_in_another(shop):
    shop.open("Bob")
    first = shop.browser.current_window_handle
    shop.browser.switch_to.new_window("tab")
    shop.browser.get(shop.url)
    shop.wait(lambda: shop.find("#name").text == "Bob", "the second tab is logged in too")
    # By a request of its own: no word of the one page reaches the other but by the terminal.
    shop.browser.execute_async_script("""
        const done = arguments[0];
        fetch("/console/logout", { method: "POST" }).then(done, done);""")
    shop.browser.switch_to.window(first)
    shop.shown("#pin")
    shop.browser.switch_to.window(shop.browser.window_handles[-1])
    shop.shown("#pin")
    shop.browser.close()
    shop.browser.switch_to.window(first)


SCENARIOS = [
    nobody_is_let_in_before_somebody_is_named, a_wrong_pin_is_told_and_locks_one_name_alone,
    strangers_are_kept_out, a_refusal_is_told_in_the_page_s_language,
    the_page_knows_at_log_in_too_that_the_terminal_is_gone,
    whoever_is_logged_out_is_asked_again_and_keeps_the_amount,
    who_logs_out_in_one_tab_hears_nothing_in_another,
]

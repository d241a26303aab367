"""What holds for everybody: in every view, language, theme and width."""

import pathlib
import re

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from shop import check

LANGUAGES = ["en", "de", "fr", "es", "zh", "ar"]
# The least size of a target in CSS pixels, and the least contrast of text and of what else has to
# be seen (WCAG 2.2, 2.5.5, 1.4.3, 1.4.11).
TARGET = 48
CONTRAST, LARGE_CONTRAST = 4.5, 3.0
VIEWS = {"sale": "#view-sale", "payments": "#view-payments", "shift": "#view-shift",
         "queue": "#view-queue"}
# A desk, a tablet, a phone, and a page at 400 % (WCAG 2.2, 1.4.10).
SIZES = [(1280, 900), (1024, 768), (400, 800), (320, 640)]

HERE = pathlib.Path(__file__).parent
MEASURE = (HERE / "measure.js").read_text()
AUDIT = MEASURE + (HERE / "audit.js").read_text()
FOCUS = MEASURE + (HERE / "focus.js").read_text()


def audit(shop, what):
    problems = shop.browser.execute_script(AUDIT, TARGET, CONTRAST, LARGE_CONTRAST)
    check(problems == [], f"{what}: {problems}")


def walk(shop, what, steps):
    """With Tab through what can have the focus: it is seen wherever it is."""
    reached = []
    for _ in range(steps):
        shop.type(Keys.TAB)
        name, problems = shop.browser.execute_script(FOCUS, LARGE_CONTRAST)
        check(problems == [], f"{what}: the focus on {name}: {problems}")
        reached.append(name)
    return reached


def turn(shop, theme):
    if shop.browser.execute_script("return document.documentElement.dataset.theme") != theme:
        shop.click("#dark")


def everybody_can_use_it_in_every_language(shop):
    shop.open()
    shop.shown("#pin")
    for language in LANGUAGES[::-1]:
        Select(shop.find("#entry select.language")).select_by_value(language)
        audit(shop, f"log-in in {language}")
    shop.find("#pin").click()
    shop.log_in("Bob")
    for width, height in SIZES:
        shop.resize(width, height)
        for theme in ("light", "dark"):
            turn(shop, theme)
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
                    if width in (1024, 400):
                        shop.shoot(f"{view}-{language}-{theme}"
                                   + ("-phone" if width == 400 else ""))
    shop.resize()


def every_verdict_and_question_can_be_read_and_reached(shop):
    shop.open("Bob")
    for theme in ("light", "dark"):
        turn(shop, theme)
        card = shop.voucher("stored", "1.00")
        shop.click('[data-view="sale"]')
        shop.find("#view-sale").click()
        shop.type("1", "5", "0", Keys.ENTER)
        for state, picture in (("open", None), ("part", card), ("declined", card)):
            if picture:
                shop.terminal.show(picture, f"{state}-{theme}.png")
            shop.result(state)
            audit(shop, f"{state}, {theme}")
            reached = walk(shop, f"{state}, {theme}", 16)
            check({"code", "cancel"} <= set(reached), f"all can be reached: {reached}")
        shop.terminal.show(shop.voucher("fixed", "0.50"), f"rest-{theme}.png")
        shop.result("paid")
        audit(shop, f"paid, {theme}")
        check("next" in walk(shop, f"paid, {theme}", 30), "a new sale can be reached")
        shop.click("#next")
        shop.type("1", "0", "0")
        shop.click("#charge")
        shop.result("open")
        shop.click("#cancel")
        shop.result("cancelled")
        audit(shop, f"cancelled, {theme}")
        shop.click('[data-view="payments"]')
        shop.click("#list li.capture .entry")
        shop.wait(lambda: shop.all("#list .row button"), "what can be done is offered")
        audit(shop, f"an opened payment, {theme}")
        shop.click("#list .row button")
        shop.shown("#ask-amount")
        audit(shop, f"a question, {theme}")
        reached = walk(shop, f"a question, {theme}", 5)
        check({"ask-to", "ask-reason", "ask-back", "ask-go"} <= set(reached), f"{reached}")
        shop.click("#ask-back")


def questions_and_the_customers_page_are_for_everybody_too(shop):
    shop.terminal.sale("1.10", shop.voucher("fixed", "1.10"))
    shop.open("Bob")
    for language in ("ar", "zh", "de"):
        Select(shop.find("header select.language")).select_by_value(language)
        shop.click('[data-view="payments"]')
        if not shop.all("#list .row button"):
            shop.click("#list li.capture .entry")
        shop.wait(lambda: shop.all("#list .row button"), "what can be done is offered")
        audit(shop, f"an opened payment in {language}")
        shop.click("#list .row button")
        # A voucher that is spent whole takes nothing back: the refusal is told in the page's
        # language, and as the terminal put it.
        Select(shop.shown("#ask-to")).select_by_value("stored-value")
        shop.find("#ask-amount").send_keys(Keys.ENTER)
        shop.wait(lambda: shop.find("#ask-problem").text != "", "it is refused")
        audit(shop, f"a question in {language}")
        shop.click("#ask-back")
    shop.browser.get(shop.url + "/display")
    shop.wait(lambda: shop.find("#picture").is_displayed(), "the screen is shown")
    audit(shop, "the customer's page")


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
    every_word_is_there_in_every_language, everybody_can_use_it_in_every_language,
    every_verdict_and_question_can_be_read_and_reached,
    questions_and_the_customers_page_are_for_everybody_too, the_customers_screen_is_a_page_too,
    nothing_was_wrong_in_the_browser,
]

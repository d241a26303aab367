"""The console on a tablet of the shop's network: TLS by the shop's own authority."""

import hashlib
import http.client
import json
import os
import socket
import ssl
import subprocess

from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from everybody import audit
from shop import PINS, check

LONGEST = 30


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def ask(shop, method, path, body=None, host=None, trust=None, **fields):
    """An answer of the console on the network: status, headers, bytes."""
    context = ssl.create_default_context(cafile=str(trust or shop.authority))
    connection = http.client.HTTPSConnection("127.0.0.1", shop.network_port, timeout=LONGEST,
                                             context=context)
    headers = {"Host": host or f"127.0.0.1:{shop.network_port}", **fields}
    connection.request(method, path, body=json.dumps(body) if body else None, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


def refused_by_tls(shop, context, name):
    try:
        with socket.create_connection(("127.0.0.1", shop.network_port), timeout=LONGEST) as plain:
            with context.wrap_socket(plain, server_hostname=name):
                return False
    except ssl.SSLError:
        return True


def a_tablet_trusts_the_kiosk_by_the_shop_s_own_authority(shop):
    shop.terminal.daemon.stop()
    shop.network_port = free_port()
    shop.start(shop.port, "--console-network", f"127.0.0.1:{shop.network_port}",
               "--console-name", "till.lan")
    shop.authority = shop.folder / "authority.pem"
    told = json.loads(subprocess.run(
        [shop.programs.path("tillctl"), "console", "certificate", "--state",
         str(shop.terminal.folder), "--out", str(shop.authority), "--json"],
        check=True, capture_output=True, text=True).stdout)
    der = ssl.PEM_cert_to_DER_cert(shop.authority.read_text())
    digits = hashlib.sha256(der).hexdigest().upper()
    check(told["fingerprint"] == ":".join(digits[i:i + 2] for i in range(0, 64, 2)),
          "the fingerprint is the one that a browser shows")
    key = shop.terminal.folder / "console-authority.pem"
    check(os.stat(key).st_mode & 0o077 == 0, "the authority's key is nobody else's to read")
    status, _, offered = ask(shop, "GET", "/console/authority")
    check(status == 200 and offered.decode() == shop.authority.read_text(),
          "the tablet can fetch what it is to trust")

    def trusting(**settings):
        context = ssl.create_default_context(cafile=str(shop.authority))
        for name, value in settings.items():
            setattr(context, name, value)
        return context

    for name in ("127.0.0.1", "till.lan", "localhost"):
        check(not refused_by_tls(shop, trusting(), name), f"{name} is the kiosk")
    check(refused_by_tls(shop, trusting(), "shop.example"), "another name is not")
    check(refused_by_tls(shop, ssl.create_default_context(), "127.0.0.1"),
          "nobody trusts it who was not told to")
    check(refused_by_tls(shop, trusting(maximum_version=ssl.TLSVersion.TLSv1_2), "127.0.0.1"),
          "TLS 1.2 is not spoken")


def the_network_hears_of_nobody_and_nothing_before_a_log_in(shop):
    status, _, body = ask(shop, "GET", "/console/session")
    session = json.loads(body)
    check(status == 200 and session["staff"] == [] and session["asksForName"] is True,
          "no names are told")
    check(ask(shop, "GET", "/display/picture")[0] == 401, "nor the customer's screen shown")
    status, headers, _ = ask(shop, "GET", "/display")
    check(status == 303 and headers["Location"] == "/", "its page leads to the log-in")
    check(ask(shop, "GET", "/v1/status")[0] == 401, "nor how the terminal is")
    check(ask(shop, "GET", "/", host="shop.example")[0] == 421, "another's name reaches nothing")
    origin = f"http://127.0.0.1:{shop.network_port}"
    check(ask(shop, "GET", "/", Origin=origin)[0] == 403, "nor does a page that came without TLS")


def guessing_on_the_network_keeps_nobody_at_the_kiosk_out(shop):
    last = 0
    for _ in range(6):
        last = ask(shop, "POST", "/console/login", {"name": "Bob", "pin": "0000"})[0]
    check(last == 429, "the guesser waits")
    shop.open("Bob")
    shop.click("#log-out")


def a_cashier_sells_at_a_tablet(shop):
    """With a Chromium that was told of the authority, as a tablet is, and of nothing else."""
    home = shop.folder / "tablet"
    database = home / ".pki/nssdb"
    database.mkdir(parents=True)
    for arguments in (["-N", "--empty-password"],
                      ["-A", "-t", "C,,", "-n", "till", "-i", str(shop.authority)]):
        subprocess.run(["certutil", "-d", f"sql:{database}", *arguments], check=True,
                       capture_output=True)
    options = webdriver.ChromeOptions()
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1024,768"):
        options.add_argument(option)
    service = webdriver.ChromeService(
        executable_path="/usr/bin/chromedriver", env={**os.environ, "HOME": str(home)})
    kiosk, shop.browser = shop.browser, webdriver.Chrome(options=options, service=service)
    try:
        shop.browser.get(f"https://127.0.0.1:{shop.network_port}/")
        shop.shown("#typed-name")
        audit(shop, "the log-in on the network")
        check(shop.browser.execute_script("return window.isSecureContext"), "the browser trusts it")
        check(not shop.find("#lost").is_displayed(), "the terminal is heard before the log-in")
        shop.find("#typed-name").click()
        shop.type("Ada", Keys.TAB, PINS["Ada"], Keys.ENTER)
        shop.wait(lambda: shop.find("#name").text == "Ada", "Ada is logged in")
        cookie = shop.browser.get_cookie("till-session")
        check(cookie["secure"] and cookie["httpOnly"] and cookie["sameSite"] == "Strict",
              "the session is this door's alone")
        before = len(shop.captured())
        voucher = shop.voucher("fixed", "4.20")
        shop.type("420", Keys.ENTER)
        shop.result("open")
        shop.browser.switch_to.new_window("tab")
        shop.browser.get(f"https://127.0.0.1:{shop.network_port}/display")
        shop.wait(lambda: "4.20" in shop.find("body").get_attribute("innerHTML"),
                  "the tablet shows what customers see")
        shop.browser.close()
        shop.browser.switch_to.window(shop.browser.window_handles[0])
        shop.terminal.show(voucher)
        shop.result("paid")
        check(len(shop.captured()) == before + 1, "it is in the journal")
        shop.shoot("tablet")
    finally:
        shop.browser.quit()
        shop.browser = kiosk
        shop.terminal.daemon.stop()
        shop.start(shop.port)


SCENARIOS = [
    a_tablet_trusts_the_kiosk_by_the_shop_s_own_authority,
    the_network_hears_of_nobody_and_nothing_before_a_log_in,
    guessing_on_the_network_keeps_nobody_at_the_kiosk_out,
    a_cashier_sells_at_a_tablet,
]

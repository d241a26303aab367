#!/usr/bin/env python3
"""The cashier's console in a real browser, over a real hub, terminal and wallet.

Chromium is driven through Selenium as a cashier would drive it: by keyboard alone, and by touch.
Each scenario is a function whose name says what must be so; the first that is not ends the run.

  browser_test.py --programs .build/debug [--screenshots FOLDER] [--only NAME]
"""

import argparse
import pathlib
import sys
import tempfile
import time

import by_hand
import entry
import everybody
import from_the_network
import looking_back
import practising
import queueing
import selling
from shop import ROOT, Failed, Shop

from play import Programs

# In this order: each scenario finds what those before it have sold.
SCENARIOS = [
    *entry.SCENARIOS, *selling.SCENARIOS, *looking_back.SCENARIOS, *everybody.SCENARIOS,
    *practising.SCENARIOS, *by_hand.SCENARIOS, *from_the_network.SCENARIOS, *queueing.SCENARIOS,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/debug")
    parser.add_argument("--screenshots", type=pathlib.Path)
    parser.add_argument("--only", help="run the first scenario and those whose name contains this")
    options = parser.parse_args()
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    wanted = [scenario for index, scenario in enumerate(SCENARIOS) if index == 0
              or not options.only or options.only in scenario.__name__.replace("_", " ")]
    with tempfile.TemporaryDirectory(prefix="till-browser-") as folder:
        shop = Shop(Programs(options.programs.resolve()), pathlib.Path(folder), options.screenshots)
        shop.log = []
        try:
            for scenario in wanted:
                name = scenario.__name__.replace("_", " ")
                start = time.monotonic()
                scenario(shop)
                shop.log += shop.browser.get_log("browser")
                print(f"  {name} ({time.monotonic() - start:.1f} s)", flush=True)
        except Failed as failure:
            print(f"failed: {name}: {failure}", file=sys.stderr)
            return 1
        finally:
            shop.close()
    print(f"{len(wanted)} scenarios in a browser: all was so")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env bash
# Plays the cashier's console in Chromium. usage: browser_test.sh PROGRAMS [FOLDER-FOR-SCREENSHOTS]
# Installs Chromium and its driver from Debian and Selenium from PyPI, into an environment of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
# One font is what Chinese is drawn with in the pictures; the last tells a browser whom to trust.
scripts/setup.sh chromium chromium-driver python3-venv fonts-wqy-zenhei libnss3-tools
environment=.build/browser-environment
[[ -x $environment/bin/pip ]] || python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check selenium==4.51.0
exec "$environment/bin/python" Tests/BrowserTests/browser_test.py --programs "$1" \
    ${2:+--screenshots "$2"}

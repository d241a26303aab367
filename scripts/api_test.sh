#!/usr/bin/env bash
# Holds the APIs' documents against a real daemon and a real hub, which also speaks TLS. usage: api_test.sh PROGRAMS [EXAMPLES]
# Installs Schemathesis from PyPI into an environment of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh python3-venv
environment=.build/api-environment
[[ -x $environment/bin/pip ]] || python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5 cryptography==48.0.0
"$environment/bin/python" scripts/api_test.py --programs "$1" --examples "${2:-5}"
"$environment/bin/python" scripts/tls_test.py --programs "$1"
exec "$environment/bin/python" scripts/hub_api_test.py --programs "$1" --examples "${2:-5}"

#!/usr/bin/env bash
# Makes the project's own vectors anew, with a virtual environment of its own; asks nothing. Every
# scripts/*_vectors.py writes one file of Tests/Vectors from the specification alone.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=.build/vectors
if [[ ! -x $environment/bin/python3 ]]; then
    python3 -m venv "$environment"
    "$environment/bin/pip" --quiet install cryptography==48.0.0
fi
for script in scripts/*_vectors.py; do "$environment/bin/python3" "$script"; done

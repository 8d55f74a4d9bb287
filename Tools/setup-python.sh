#!/usr/bin/env bash
# Makes a private Python environment with stock libraries. Only checks and benchmarks use Python.
#
#   Tools/setup-python.sh [ENVIRONMENT REQUIREMENTS]      without them: .venv, for the interoperability checks
#
# Made anew whenever the requirements change.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=${1:-.venv}
requirements=${2:-Tools/setup-requirements.txt}
wanted=$(sha256sum "$requirements" | cut -d' ' -f1)
[ "$(cat "$environment/complete" 2> /dev/null || true)" = "$wanted" ] && exit 0

echo "setup: making $environment with the Python packages of $requirements" >&2
rm -rf "$environment"
python3 -m venv "$environment"
if ! "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >&2; then
    echo "setup: the Python packages of $requirements could not be installed; see the message above" >&2
    exit 69
fi
# Written last: an interrupted installation starts over.
echo "$wanted" > "$environment/complete"

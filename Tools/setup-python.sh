#!/usr/bin/env bash
# Makes .venv, a private Python environment with the libraries that the interoperability checks load our files with.
# Nothing else uses Python. Made anew whenever Tools/setup-requirements.txt changes.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=$(sha256sum Tools/setup-requirements.txt | cut -d' ' -f1)
[ "$(cat .venv/complete 2> /dev/null || true)" = "$wanted" ] && exit 0

echo "setup: making .venv with stock Keras, ONNX Runtime and h5py" >&2
rm -rf .venv
python3 -m venv .venv
if ! .venv/bin/pip install --quiet --disable-pip-version-check --requirement Tools/setup-requirements.txt >&2; then
    echo "setup: the Python packages of Tools/setup-requirements.txt could not be installed; see the message above" >&2
    exit 69
fi
# Written last: an interrupted installation starts over.
echo "$wanted" > .venv/complete

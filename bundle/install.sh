#!/bin/sh
# Installs the gateway from the unpacked bundle into the environment .venv beside it. Needs Python 3.11 and no internet.
# Another Python than python3.11 is named by PYTHON=/path/to/python sh bundle/install.sh
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3.11}" -m venv .venv
# --isolated: what the machine's own settings say of package indexes counts for nothing.
.venv/bin/python -m pip --isolated install --quiet --disable-pip-version-check \
  --no-index --find-links wheels --require-hashes -r requirements/run.txt
echo "Installed. Start it: .venv/bin/python gateway.py serve --sandbox"

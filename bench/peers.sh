#!/usr/bin/env bash
# Install the peers beside which `make bench` measures: Debian's as root, PyPI's into PEERS (.peers here).
# Whatever is missing is left out of the figures with a note.
set -euo pipefail
cd "$(dirname "$0")/.."
PEERS=${PEERS:-$PWD/.peers}
mkdir -p "$PEERS"
if [ "$(id -u)" = 0 ]; then
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends age >/dev/null
fi
# Libraries that are called in our own process.
python3 -m pip install -q --disable-pip-version-check --no-deps --target "$PEERS/python" --upgrade pyrage
echo "peers are in $PEERS"

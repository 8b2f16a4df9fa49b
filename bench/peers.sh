#!/usr/bin/env bash
# Install the peers beside which `make bench` measures: Debian's as root, PyPI's into PEERS (.peers here).
# Whatever is missing is left out of the figures with a note.
set -euo pipefail
cd "$(dirname "$0")/.."
PEERS=${PEERS:-$PWD/.peers}
mkdir -p "$PEERS"
if [ "$(id -u)" = 0 ]; then
	apt-get update -qq
	# Nothing is started, and mail gets no configuration: a bench brings its own.
	echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
	printf '#!/bin/sh\nexit 101\n' >"$PEERS/policy" && chmod +x "$PEERS/policy"
	[ -e /usr/sbin/policy-rc.d ] || { cp "$PEERS/policy" /usr/sbin/policy-rc.d && trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }
	apt-get install -y -qq --no-install-recommends age strace redis-server prosody lua-sec lua-dbi-sqlite3 postfix \
		dovecot-core dovecot-lmtpd >/dev/null
	# NATS syncs each message from 2.10 on, which Debian has since trixie: one static program, not installed.
	if [ ! -x "$PEERS/nats-server" ]; then
		from=$(apt-get indextargets --format '$(REPO_URI)' | grep -m1 '/debian/$')
		mkdir -p "$PEERS/apt/lists/partial" "$PEERS/apt/archives/partial"
		echo "deb $from trixie main" >"$PEERS/apt/sources.list"
		apt="apt-get -qq -o Dir::Etc::sourcelist=$PEERS/apt/sources.list -o Dir::Etc::sourceparts=- -o Dir::State::lists=$PEERS/apt/lists"
		$apt update && (cd "$PEERS/apt" && $apt download nats-server && dpkg -x nats-server_*.deb nats)
		cp "$PEERS/apt/nats/usr/sbin/nats-server" "$PEERS/"
	fi
fi
python3 -m venv "$PEERS/synapse" && "$PEERS/synapse/bin/python" -m pip install -q --disable-pip-version-check matrix-synapse
python3 -m venv "$PEERS/commands" && "$PEERS/commands/bin/python" -m pip install -q --disable-pip-version-check httpie magic-wormhole
# Libraries that are called in our own process.
python3 -m pip install -q --disable-pip-version-check --no-deps --target "$PEERS/python" --upgrade pyrage
echo "peers are in $PEERS"

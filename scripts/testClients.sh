#!/usr/bin/env bash
# Fetches what `npm run test:interop` needs beyond the servers: clients of other makes, from Debian, PyPI and the Go proxy.
# As root. Packages that cannot be had are said, and the tests that need them are skipped with the reason.
set -euo pipefail
cache=${TMPDIR:-/tmp}/causeway-interop
here=$(cd "$(dirname "$0")/.." && pwd)

missing=()
need() { # command or file, Debian package
  command -v "$1" >/dev/null || [ -e "$1" ] || missing+=("$2")
}
need javac default-jdk-headless
need mvn maven
need gcc gcc
need g++ g++
need go golang-go
need kcat kcat
need chromium chromium
need python3 python3
need /usr/include/MQTTClient.h libpaho-mqtt-dev
need /usr/include/mqtt/async_client.h libpaho-mqttpp-dev
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

python=$cache/python/bin/python
if ! "$python" -c 'import paho.mqtt.client, pika' 2>/dev/null; then
  python3 -m venv "$cache/python"
  "$cache/python/bin/pip" install -q 'paho-mqtt>=2,<3' 'pika>=1.3,<2'
fi

cd "$here/test/interop/devices/go"
GOPATH=$cache/go GOCACHE=$cache/go/cache GOFLAGS=-modcacherw go mod download

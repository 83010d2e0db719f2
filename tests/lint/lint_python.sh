#!/bin/sh
# ruff over the Python code, with .ruff.toml.
set -eu
cd "$(dirname "$0")/../.."
ruff=build/venv/bin/ruff
if echo 'import os' | $ruff check -q - >/dev/null; then
    echo "ruff did not notice an unused import"
    exit 1
fi
$ruff check -q ansible docker/*.py docker/entrypoint docker/supervisord nginx/monitoring/steady-top tests
$ruff format -q --check ansible docker/*.py docker/entrypoint docker/supervisord nginx/monitoring/steady-top tests

#!/usr/bin/env bash
# Sets Airflow up in an environment of its own, .venv-airflow: it never shares one with rekomenda.
# Safe to repeat and after any interruption; does nothing when the lock is that of the last time.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

lock=requirements/airflow.lock
made_from="$({ pwd; cat "$lock" scripts/airflow.sh; } | sha256sum | cut -d ' ' -f 1)"
[ "$(cat .venv-airflow/.made-from 2>/dev/null)" = "$made_from" ] && exit 0

echo "Making .venv-airflow: Airflow and what it needs, a minute or so." >&2
rm -rf .venv-airflow
.venv/bin/python -m venv .venv-airflow
.venv-airflow/bin/python -m pip --disable-pip-version-check --no-input --quiet \
    install --require-hashes --no-deps --requirement "$lock"
.venv-airflow/bin/python -m pip --disable-pip-version-check check >&2
echo "$made_from" >.venv-airflow/.made-from

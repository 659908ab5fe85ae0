#!/usr/bin/env bash
# Resolves the lock files again: names, versions and hashes only, no host. Needs uv on the PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

compile() { # compile OUTPUT ARGUMENTS...
    local output="$1"
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --output-file "requirements/$output" "$@"
}

compile base.lock pyproject.toml "$@"
compile build.lock --group build "$@"
# Developers run what users run: the other two bind the third.
compile dev.lock pyproject.toml --group dev \
    --constraint requirements/base.lock --constraint requirements/build.lock "$@"
# Airflow lives in an environment of its own: it shares nothing with ours.
compile airflow.lock deploy/airflow/requirements.in "$@"

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

compile build.lock --group build "$@"
# With every extra first: what a user starts with stays as it is when an extra is added.
compile extras.lock pyproject.toml --all-extras --constraint requirements/build.lock "$@"
compile base.lock pyproject.toml --constraint requirements/extras.lock "$@"
# Developers run what users run.
compile dev.lock pyproject.toml --all-extras --group dev \
    --constraint requirements/extras.lock --constraint requirements/build.lock "$@"
# Airflow lives in an environment of its own: it shares nothing with ours.
compile airflow.lock deploy/airflow/requirements.in "$@"
# What stands in the image and on a server that answers: see deploy/.
compile service.lock pyproject.toml --extra serve --extra postgres --extra s3 \
    --constraint requirements/extras.lock "$@"
# Airflow's way to a PostgreSQL, beside airflow.lock.
compile airflow-drivers.lock deploy/airflow/drivers.in --constraint requirements/airflow.lock "$@"

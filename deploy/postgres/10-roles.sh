#!/usr/bin/env bash
# Run once by PostgreSQL's image, on an empty volume: a database for the warehouse, one for Airflow.
set -euo pipefail
secrets="${SECRETS:-/run/secrets}"
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set=warehouse="$(cat "$secrets/REKOMENDA_WAREHOUSE_PASSWORD")" \
    --set=airflow="$(cat "$secrets/airflow-database-password")" <<'SQL'
CREATE ROLE rekomenda LOGIN PASSWORD :'warehouse';
CREATE DATABASE rekomenda OWNER rekomenda;
REVOKE ALL ON DATABASE rekomenda FROM PUBLIC;
CREATE ROLE airflow LOGIN PASSWORD :'airflow';
CREATE DATABASE airflow OWNER airflow;
REVOKE ALL ON DATABASE airflow FROM PUBLIC;
SQL

#!/usr/bin/env bash
# Makes every secret of compose.yaml that is not there yet, at random: make-secrets.sh [FOLDER]
#
# In deploy/secrets, or FOLDER. One file each; only the folder's owner gets in. Containers read their own
# files, each as another user, which is why the files themselves are open. Nothing is printed.
set -euo pipefail
folder="${1:-$(dirname "${BASH_SOURCE[0]}")/secrets}"
install -d -m 0700 "$folder"
cd "$folder"

random() { od -An -v -N"$1" -tx1 /dev/urandom | tr -d ' \n'; } # so many bytes, as text

# keep NAME VALUE: whole or not at all, and never over what is there.
keep() {
    [ ! -e "$1" ] || return 0
    (umask 077 && printf '%s' "$2" >".$1.part")
    chmod 0444 ".$1.part"
    mv -n ".$1.part" "$1"
}

for name in REKOMENDA_OPERATOR_TOKEN REKOMENDA_METRICS_TOKEN REKOMENDA_WAREHOUSE_PASSWORD \
    AIRFLOW__API_AUTH__JWT_SECRET postgres-password airflow-database-password grafana-password; do
    keep "$name" "$(random 32)"
done
# As long as those of Amazon.
keep AWS_ACCESS_KEY_ID "$(random 10)"
keep AWS_SECRET_ACCESS_KEY "$(random 20)"
# Fernet takes 32 bytes in the alphabet of URLs.
keep AIRFLOW__CORE__FERNET_KEY "$(head -c 32 /dev/urandom | base64 --wrap=0 | tr '+/' '-_')"
keep AIRFLOW__DATABASE__SQL_ALCHEMY_CONN \
    "postgresql+psycopg2://airflow:$(cat airflow-database-password)@postgres/airflow"
keep airflow-passwords.json "{\"operator\": \"$(random 32)\"}"

#!/usr/bin/env bash
# Airflow for rekomenda on this machine: api-server, dag-processor and scheduler, on loopback alone,
# with SQLite and the LocalExecutor. Ctrl-C ends all three. Where things are, see dags/rekomenda_airflow/where.py.
#
#   AIRFLOW_HOME, AIRFLOW_PORT   its state (default: .airflow in the repository), its port (default: 8080)
#   AIRFLOW_VENV                 its environment (default: .venv-airflow, made by scripts/airflow.sh)
set -euo pipefail
here="$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd -P "$here/../.." && pwd)"

port="${AIRFLOW_PORT:-8080}"
bin="${AIRFLOW_VENV:-$root/.venv-airflow}/bin"
export AIRFLOW_HOME="${AIRFLOW_HOME:-$root/.airflow}"
export REKOMENDA_PROGRAM="${REKOMENDA_PROGRAM:-$root/.venv/bin/rekomenda}"
export REKOMENDA_FOLDER="${REKOMENDA_FOLDER:-$root}"
export AIRFLOW__CORE__DAGS_FOLDER="$here/dags"
export AIRFLOW__CORE__LOAD_EXAMPLES=False
export AIRFLOW__CORE__EXECUTOR=LocalExecutor
export AIRFLOW__CORE__PARALLELISM="${AIRFLOW__CORE__PARALLELISM:-2}"
export AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS=True # whoever reaches loopback is on this machine
export AIRFLOW__CORE__EXECUTION_API_SERVER_URL="http://127.0.0.1:$port/execution/"
export AIRFLOW__API__HOST=127.0.0.1
export AIRFLOW__API__PORT="$port"
export AIRFLOW__API__WORKERS=1
export AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES=1

answers() { (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
if answers; then
    echo "Another program answers at 127.0.0.1:$port already. Another port: AIRFLOW_PORT=$((port + 1)) make airflow" >&2
    exit 1
fi

mkdir -p "$AIRFLOW_HOME"
(umask 077 && [ -s "$AIRFLOW_HOME/jwt-secret" ] \
    || "$bin/python" -c 'import secrets; print(secrets.token_hex(64))' >"$AIRFLOW_HOME/jwt-secret")
AIRFLOW__API_AUTH__JWT_SECRET="$(cat "$AIRFLOW_HOME/jwt-secret")"
export AIRFLOW__API_AUTH__JWT_SECRET

"$bin/airflow" db migrate >&2
"$bin/airflow" pools set rekomenda 1 "One process writes to a home at a time" >&2

# Each in a process group of its own, so that its children end with it.
set -m
started=()
end() {
    trap - EXIT INT TERM
    for each in "${started[@]}"; do kill -TERM -- "-$each" 2>/dev/null || true; done
    for each in "${started[@]}"; do
        for _ in $(seq 100); do kill -0 -- "-$each" 2>/dev/null || break; sleep 0.1; done
        kill -KILL -- "-$each" 2>/dev/null || true
    done
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A part that ran for a while and ended is started again, as systemd or a container would; one that
# ends at once (a port in use, say) is given up.
keep() {
    local begun
    while true; do
        begun=$SECONDS
        "$bin/airflow" "$1" >>"$AIRFLOW_HOME/$1.log" 2>&1 || true
        [ $((SECONDS - begun)) -ge 30 ] || exit 1
        echo "$1 ended and is started again; see $AIRFLOW_HOME/$1.log" >&2
    done
}
for part in api-server dag-processor scheduler; do
    keep "$part" &
    started+=("$!")
done

# Whoever reads an address opens it: it is said once somebody answers there.
greet() {
    until answers; do sleep 1; done
    echo "Airflow: http://127.0.0.1:$port (DAGs are paused until you start them). Ctrl-C ends it."
}
echo "Airflow starts, which takes half a minute or more. Logs: $AIRFLOW_HOME."
parts=("${started[@]}")
greet &
started+=("$!")
wait -n "${parts[@]}" # until one of them is given up: without it the others are of no use
echo "One of them does not start; see the logs in $AIRFLOW_HOME." >&2
exit 1

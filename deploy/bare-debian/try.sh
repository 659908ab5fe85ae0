#!/usr/bin/env bash
# Runs the installed wheel as deploy/systemd/rekomenda-serve.service would: in a bare Debian 12, as a
# user without rights, on a root that cannot be written to, without a network, under the unit's limits.
#
# Needs root, debootstrap, systemd-analyze, iproute2 and curl. Packages come from where apt and pip of this
# machine get theirs; nothing outside the folder is changed. try.sh [FOLDER] keeps and uses FOLDER again.
#
#   PYTHON      a Python 3.11 with pip and hatchling (default: .venv/bin/python)
#   LISTENERS   of the world that is made (default: 400)
set -euo pipefail
here="$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$here/../.."
unit=deploy/systemd/rekomenda-serve.service
. "$here/confine.sh"

say() { printf '== %s\n' "$*"; }

# mirror: that of this machine's own apt for this release, read now and written nowhere.
mirror() { apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | awk '$2 == "bookworm" { print $1; exit }'; }

make_root() {
    local http_proxy
    eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
    export http_proxy
    debootstrap --variant=minbase --include=python3,python3-venv,libgomp1 bookworm "$root" "$(mirror)" >"$folder/debootstrap.log"
    chroot "$root" useradd --system --home-dir /srv/rekomenda --shell /usr/sbin/nologin rekomenda
}

install_wheel() {
    local python="${PYTHON:-.venv/bin/python}" wheels="$root/var/tmp/wheels"
    [ "$("$python" -c 'import sys; print(sys.version_info[:2])')" = "(3, 11)" ] \
        || { echo "Debian 12 has Python 3.11, and wheels are chosen for it: set PYTHON to one." >&2; exit 2; }
    rm -rf "$wheels" "$root/srv/rekomenda"
    "$python" -m pip --quiet wheel --no-deps --no-build-isolation --wheel-dir "$wheels" .
    "$python" -m pip --quiet download --only-binary=:all: --no-deps --require-hashes \
        --requirement requirements/service.lock --dest "$wheels"
    cp requirements/service.lock "$wheels"
    in_root() { chroot "$root" env -i PATH=/usr/bin:/bin "$@"; }
    in_root python3 -m venv /srv/rekomenda/.venv
    local pip=(/srv/rekomenda/.venv/bin/pip --quiet install --no-index --no-deps --no-compile)
    in_root PIP_FIND_LINKS=/var/tmp/wheels "${pip[@]}" --require-hashes --requirement /var/tmp/wheels/service.lock
    in_root sh -c 'exec "$@" /var/tmp/wheels/rekomenda-*.whl' - "${pip[@]}"
    in_root /srv/rekomenda/.venv/bin/pip --quiet check
    rm -rf "$wheels"
}

# What follows runs in namespaces of its own: mounts, processes, network.
inside() {
    read_only_root
    take_limits
    say "confined: $(confined sh -c 'id -un; grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status' | tr '\n\t' '  ')"
    refused "Read-only file system" confined touch /srv/rekomenda/here
    # What anybody may do, if no filter of system calls stands in the way.
    refused "Operation not permitted" confined python3 -c 'import os; os.sched_setaffinity(0, os.sched_getaffinity(0))'

    local home=/srv/rekomenda/rekomenda-data world=(--listeners "${LISTENERS:-400}" --tracks 300 --artists 60 --days 40)
    local rekomenda=/srv/rekomenda/.venv/bin/rekomenda
    say "rekomenda demo ${world[*]}"
    confined "$rekomenda" --home "$home" demo "${world[@]}"
    say "rekomenda doctor"
    confined "$rekomenda" --home "$home" doctor

    say "ExecStart: $(of_unit ExecStart)"
    local -a start
    read -ra start <<<"$(of_unit ExecStart)"
    confined "${start[@]}" &
    local service=$! address=http://127.0.0.1:9470 route
    for _ in $(seq 300); do curl --silent --output /dev/null "$address/live" && break; sleep 0.2; done
    for route in live ready metrics operator; do
        curl --silent --show-error --fail --output "$folder/$route" --write-out \
            "/$route %{http_code} %{size_download} bytes %{time_total} s\n" "$address/$route"
    done
    grep -h -E '^rekomenda_release_info' "$folder/metrics"
    say "peak memory of the service: $(grep VmHWM "/proc/$(pgrep --uid "$user_id" --newest rekomenda)/status" | tr -s '\t ' ' ')"
    kill "$service"
    local left=0
    wait "$service" || left=$?
    [ "$left" -eq 143 ] || { echo "told to end, the service left with $left" >&2; exit 1; } # SIGTERM: systemd's success
    say "the service ended when it was told to"
}

if [ "${1:-}" = --inside ]; then
    folder="$2" root="$2/root"
    user_id="$(chroot "$root" id -u rekomenda)"
    inside
    exit
fi

[ "$(id -u)" -eq 0 ] || { echo "Needs root: it mounts, and changes its user." >&2; exit 2; }
folder="${1:-}"
[ -n "$folder" ] || { folder="$(mktemp -d)"; trap 'rm -rf "$folder"' EXIT; }
mkdir -p "$folder"
folder="$(cd -P "$folder" && pwd)" root="$folder/root"
[ -e "$root/srv" ] && [ -e "$root/usr/bin/python3" ] || { say "making a bare Debian 12"; make_root; }
say "installing the wheel from requirements/service.lock"
install_wheel
unshare --mount --mount-proc --pid --fork --net --ipc --uts --kill-child "$here/try.sh" --inside "$folder"
say "all of it ran"

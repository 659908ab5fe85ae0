"""A PostgreSQL of the tests' own, on a free port of this machine, gone when they end."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg

USER = "rekomenda"


@cache
def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest there is; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).parent if there else None


class PostgresServer:
    """A server whose files lie in a folder of its own; databases and roles are made at will."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._control("initdb", "--options", f"--username={USER} --auth=trust --encoding=UTF8")
        (self.folder / "data" / "postgresql.auto.conf").write_text(
            f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n"
            f"unix_socket_directories = '{folder}'\nfsync = off\nmax_connections = 40\n"
            "log_statement = none\nshared_buffers = 32MB\n"
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._control("start", "--wait", "--log", str(self.folder / "log"))

    def stop(self, how: str = "immediate") -> None:
        """Stop it; `immediate` is what a crash is like."""
        self._control("stop", "--wait", "--mode", how)

    def connect(self, database: str = "postgres", user: str = USER) -> psycopg.Connection:
        """Log in, each statement its own transaction."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=database, user=user, autocommit=True
        )

    def _control(self, *words: str) -> None:
        bin_folder = programs()
        assert bin_folder is not None
        command = [str(bin_folder / "pg_ctl"), "--silent", "--pgdata", str(self.folder / "data")]
        subprocess.run(
            [*command, *words],
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_as_who(),
        )


def _as_who() -> dict[str, object]:
    """Return who runs it: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    someone = pwd.getpwnam("postgres")
    return {"user": someone.pw_uid, "group": someone.pw_gid, "extra_groups": []}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextlib.contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Run a server for a `with` block. Its folder is one that another user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="rekomenda-postgres-"))
    who = _as_who()
    if who:
        os.chown(folder, int(str(who["user"])), int(str(who["group"])))
    try:
        server = PostgresServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)

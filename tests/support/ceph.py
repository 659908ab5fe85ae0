"""Ceph's object gateway on loopback, with everything behind it in memory: a store that checks signatures.

A monitor, a manager, one OSD and the gateway, started by hand as root from Debian's packages, and
ended together with their folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from support.s3_server import KEY, SECRET

PROGRAMS = ("ceph", "ceph-mon", "ceph-mgr", "ceph-osd", "radosgw", "radosgw-admin")
_CONF = """
[global]
fsid = {fsid}
mon host = v1:127.0.0.1:{mon}
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
mon allow pool size one = true
mon warn on pool no redundancy = false
osd objectstore = memstore
memstore device bytes = 2147483648
osd crush chooseleaf type = 0
run dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
pid file = {folder}/$name.pid
mon data = {folder}/mon
osd data = {folder}/osd
mgr data = {folder}/mgr
public addr = 127.0.0.1
cluster addr = 127.0.0.1
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{rgw}
rgw data = {folder}/rgw
"""


def installed() -> bool:
    """Whether the programs are there, and this user may run them."""
    return os.geteuid() == 0 and all(shutil.which(program) for program in PROGRAMS)


@contextmanager
def ceph(folder: Path) -> Iterator[str]:
    """Run a gateway for a `with` block; its address."""
    fsid, mon, rgw = str(uuid.uuid4()), _free_port(), _free_port()
    conf = folder / "ceph.conf"
    conf.write_text(_CONF.format(fsid=fsid, mon=mon, rgw=rgw, folder=folder))
    for name in ("mon", "osd", "mgr", "rgw"):
        (folder / name).mkdir()
    started: list[subprocess.Popen[bytes]] = []

    def do(*words: str) -> None:
        line = [words[0], "-c", str(conf), *words[1:]]
        subprocess.run(line, check=True, capture_output=True, timeout=120)

    def start(*words: str) -> None:
        with (folder / f"{words[0]}.out").open("wb") as out:
            line = [words[0], "-c", str(conf), "-f", *words[1:]]
            started.append(subprocess.Popen(line, stdout=out, stderr=out))

    try:
        monmap = str(folder / "monmap")
        address = f"[v1:127.0.0.1:{mon}]"
        do("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, monmap)
        do("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap)
        start("ceph-mon", "-i", "a")
        osd = str(uuid.uuid4())
        do("ceph", "--connect-timeout", "90", "osd", "new", osd)
        start("ceph-mgr", "-i", "x")
        do("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        start("ceph-osd", "-i", "0")
        user = ["--uid", "t", "--display-name", "T", "--access-key", KEY, "--secret-key", SECRET]
        do("radosgw-admin", "user", "create", *user)
        start("radosgw", "-n", "client.rgw")
        _wait_for(rgw)
        yield f"http://127.0.0.1:{rgw}"
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGTERM)
        for process in started:
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int) -> None:
    """Wait until somebody listens: there is nothing else to be told by."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise TimeoutError(f"no gateway on port {port}")

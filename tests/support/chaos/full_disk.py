"""A command on a disk of a chosen size, and then on one with room."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.chaos.jobs import Job, scratch_of
from support.chaos.strikes import Undisturbed

BLOCK = 4096


def may_mount() -> bool:
    """Whether a small disk can be made here."""
    return os.geteuid() == 0 and shutil.which("mount") is not None


def fill_up(case: Undisturbed, percent: int) -> list[str]:
    """Give a job so much of the room that it needs; return what is wrong then and after a rerun."""
    before, after = _blocks(case.job.before), _blocks(case.home)
    room = before + max(1, (after - before) * percent // 100)
    shutil.rmtree(case.home, ignore_errors=True)
    with _disk(case.home, room) as home:
        shutil.copytree(case.job.before, home, dirs_exist_ok=True)
        scratch_of(home).mkdir(exist_ok=True)
        code, err = in_child(case.job, home)
        last = err.strip().splitlines()[-1:] or [""]
        wrong = []
        if code not in (0, 73):
            wrong.append(f"it left with {code}: {last[0]}")
        if code == 73 and not (str(home) in last[0] and "MiB free" in last[0]):
            wrong.append(f"it does not say where and what is free: {last[0]}")
        wrong += case.job.torn(home, case.old, case.new)
        _mount("-o", f"remount,size={(after * 4 + 4096) * BLOCK}", str(home))
        return wrong + case.rerun()


def let_go_of(folder: Path) -> None:
    """Unmount what a run that was stopped left below a folder."""
    places = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    for place in (line.split()[1] for line in places):
        if place.startswith(f"{folder}/"):
            subprocess.run(["umount", "-l", place], check=True)


def in_child(job: Job, home: Path) -> tuple[int, str]:
    """Do a job in a child; return its exit code and what it said."""
    told, teller = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            answer = job.on(home)()
            os.write(teller, json.dumps(answer.err).encode())
            code = answer.code
        finally:
            os._exit(code)
    os.close(teller)
    said = b"".join(iter(lambda: os.read(told, 1 << 16), b""))
    os.close(told)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), json.loads(said) if said else ""


@contextmanager
def _disk(place: Path, blocks: int) -> Iterator[Path]:
    place.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={blocks * BLOCK}", "tmpfs", str(place))
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


def _blocks(folder: Path) -> int:
    sizes = [path.stat().st_size if path.is_file() else BLOCK for path in folder.rglob("*")]
    return sum(-(-size // BLOCK) for size in sizes) + 1

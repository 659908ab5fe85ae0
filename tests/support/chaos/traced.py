"""Work in a forked child whose system calls strace records, refuses or kills at.

What is counted are the calls the kernel sees, whether Python, Arrow, NumPy or DuckDB made them.
The child waits until strace is attached, so nothing is missed and nothing is waited for by time.
Fork only from a process that has not started an OpenMP region (see `support.crash`).
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from support.command import Answer

Work = Callable[[], Answer]

CHANGES = (
    *("openat", "write", "writev", "pwrite64", "fsync", "fdatasync", "ftruncate", "truncate"),
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "mkdir"),
    *("mkdirat", "unlink", "unlinkat", "rmdir", "copy_file_range", "sendfile", "fallocate"),
)
"""Calls that can change the disk."""
WRITES = {"write", "writev", "pwrite64", "copy_file_range", "sendfile"}
_LINE = re.compile(r"(?:(\d+) +)?(\w+)\((.*)\) += (-?\d+|\?)(.*)", re.DOTALL)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_FOLDER = re.compile(r"(?:AT_FDCWD|\b(\d+))<([^>]*)>")


class Call(NamedTuple):
    """One call: the `when`-th of its name in its thread (from 1), and the paths it is about."""

    name: str
    when: int
    thread: int
    paths: tuple[str, ...]
    arguments: str
    result: int

    def __str__(self) -> str:
        return f"{self.name} {' '.join(self.paths)}"


class Ended(NamedTuple):
    """How traced work ended: exit code (negative: the signal), what it said, what it did."""

    code: int
    err: str
    calls: list[Call]
    struck: list[Call]
    """The calls that were refused, or the one it was killed at."""


def record(work: Work, *, long: bool = False) -> Ended:
    """Run the work undisturbed; `long` keeps all bytes of what is written."""
    options = ["-s", str(1 << 26)] if long else []
    return _traced(work, "-f", *options, "-e", f"trace={','.join((*CHANGES, 'lseek'))}")


def strike(work: Work, call: Call, how: str, *, lasting: bool = False) -> Ended:
    """Run the work and let one call fail (`error=EIO`) or be the last (`signal=KILL`).

    `lasting`: all calls of this name that follow fail too.

    Calls are counted in each thread; what a worker's thread did is struck in every thread that
    comes so far.
    """
    aim = f"inject={call.name}:{how}:when={call.when}{'+' if lasting else ''}"
    threads = ["-f"] if call.thread else []
    return _traced(work, *threads, "-e", f"trace={call.name}", "-e", aim)


def boundaries(calls: Iterable[Call], *folders: Path) -> list[Call]:
    """Return the calls that changed something below some folders.

    Writes to one file between two flushes count once. Opening a file counts where it makes or
    empties it.
    """
    found, dirty = [], set()
    for call in calls:
        inside = [path for path in call.paths if any(_below(path, folder) for folder in folders)]
        if not inside or call.result < 0 or call.name not in CHANGES:
            continue
        if call.name in WRITES:
            if inside[-1] in dirty:
                continue
            dirty.add(inside[-1])
        if call.name in {"fsync", "fdatasync"}:
            dirty.discard(inside[0])
        if call.name == "openat" and not (
            "O_CREAT" in call.arguments or "O_TRUNC" in call.arguments
        ):
            continue
        found.append(call)
    return found


def spread(points: list[Call], most: int) -> list[Call]:
    """Choose at most so many, evenly spread, the last among them."""
    if len(points) <= most or not most:
        return points[:most]
    step = len(points) / most
    return [points[int((number + 1) * step) - 1] for number in range(most)]


def strace_works() -> bool:
    """Whether strace is here and may trace."""
    strace = shutil.which("strace")
    if strace is None:
        return False
    return subprocess.run([strace, "-o", os.devnull, "true"], check=False).returncode == 0


def _below(path: str, folder: Path) -> bool:
    return path == str(folder) or path.startswith(f"{folder}/")


def _traced(work: Work, *options: str) -> Ended:
    told, teller = os.pipe()
    gate, opener = os.pipe()
    log, writer = os.pipe()
    child = os.fork()
    if child == 0:
        for descriptor in (told, opener, log, writer):
            os.close(descriptor)
        _work_and_tell(work, gate, teller)
    os.close(gate)
    os.close(teller)
    command = ["strace", "-y", *options, "-o", f"/dev/fd/{writer}", "-p", str(child)]
    tracer = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=[writer], text=True
    )
    assert tracer.stderr is not None
    attached = tracer.stderr.readline()
    assert "attached" in attached, attached
    os.close(writer)
    os.close(opener)
    answer, lines = _read_both(told, log)
    _, status = os.waitpid(child, 0)
    tracer.communicate()
    code = os.waitstatus_to_exitcode(status)
    err = json.loads(answer)["err"] if answer else ""
    calls = list(parse(lines))
    struck = [call for call in calls if "INJECTED" in call.arguments]
    if code == -signal.SIGKILL and calls:
        struck = [call for call in calls if call.result == UNFINISHED][-1:] or calls[-1:]
    return Ended(code, err, calls, struck)


def _read_both(told: int, log: int) -> tuple[bytes, str]:
    """Read two pipes to their ends; neither may fill up while the other is read."""
    import selectors

    got: dict[int, list[bytes]] = {told: [], log: []}
    with selectors.DefaultSelector() as selector:
        for descriptor in got:
            selector.register(descriptor, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                data = os.read(key.fd, 1 << 20)
                got[key.fd].append(data)
                if not data:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    return b"".join(got[told]), b"".join(got[log]).decode("utf-8", "surrogateescape")


def _work_and_tell(work: Work, gate: int, teller: int) -> None:
    code = 1
    try:
        os.read(gate, 1)  # until strace is attached
        answer = work()
        code = answer.code
        os.write(teller, json.dumps({"err": answer.err}).encode())
    except BaseException as error:
        os.write(teller, json.dumps({"err": f"Traceback: {error!r}"}).encode())
    finally:
        sys.stdout.flush()
        os._exit(code)


UNFINISHED = -9999
"""Stands for the result of a call that never returned."""


def parse(log: str) -> Iterator[Call]:
    """Read strace's log; a call that another thread interrupted is put together again."""
    counts: Counter[tuple[str, str]] = Counter()
    threads: dict[str, int] = {}
    begun: dict[str, str] = {}
    for line in log.split("\n"):
        pid = line.partition(" ")[0] if line[:1].isdigit() else ""
        if line.endswith("<unfinished ...>"):
            begun[pid] = line.removesuffix("<unfinished ...>").rstrip()
            threads.setdefault(pid, len(threads))
            continue
        resumed = re.match(r"(?:\d+ +)?<\.\.\. \w+ resumed>(.*)", line, re.DOTALL)
        found = _LINE.match(begun.pop(pid, "") + resumed[1] if resumed else line)
        if found is None:
            continue
        thread = threads.setdefault(found[1] or "", len(threads))
        name, rest = found[2], found[3]
        counts[found[1] or "", name] += 1
        mark = "INJECTED" if "(INJECTED)" in found[5] else ""
        result = UNFINISHED if found[4] == "?" else int(found[4])
        when = counts[found[1] or "", name]
        yield Call(name, when, thread, tuple(_paths(name, rest)), rest + mark, result)


def text_of(arguments: str) -> list[bytes]:
    """Return the strings among a call's arguments, as bytes."""
    return [ast.literal_eval(f'b"{text}"') for text in _STRING.findall(arguments)]


def _paths(name: str, arguments: str) -> Iterator[str]:
    """Yield the paths a call is about: given as a string, below an open folder, or as a descriptor."""
    without_strings = _STRING.sub('""', arguments)
    folders = [found[1] for found in _FOLDER.findall(without_strings)]
    if name in {
        "write",
        "writev",
        "pwrite64",
        "fsync",
        "fdatasync",
        "ftruncate",
        "fallocate",
        "lseek",
    }:
        yield from folders[:1]
    elif name in {"copy_file_range", "sendfile"}:
        yield from reversed(folders[:2]) if name == "sendfile" else folders[:2]
    else:
        for place, text in enumerate(text_of(arguments)):
            base = folders[min(place, len(folders) - 1)] if folders else str(Path.cwd())
            yield os.path.normpath(Path(base, os.fsdecode(text)))

"""Kill a piece of work at any step that changes the disk, and see what is left.

The work runs in a forked child where the calls that change names or flush bytes are counted.
Each is a boundary; at a chosen one the child kills itself with SIGKILL, so neither `finally` nor
`atexit` runs, as when the machine takes the process. Fork only from a process that has not
started an OpenMP region (Arrow, DuckDB and OpenBLAS survive a fork, libgomp does not).
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

WATCHED = (
    "fsync",
    "replace",
    "rename",
    "link",
    "unlink",
    "remove",
    "rmdir",
    "mkdir",
    "ftruncate",
    "truncate",
)
Work = Callable[[], object]
When = Literal["before", "after"]


class Boundary(NamedTuple):
    """One call that changes the disk: its name and the paths it was given."""

    call: str
    paths: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.call} {' '.join(self.paths)}"


def boundaries(work: Work) -> list[Boundary]:
    """Run the work in a child, undisturbed, and return its boundaries in order."""
    status, seen = _in_child(work, kill_at=None, when="before")
    assert status == 0, f"the undisturbed work failed (status {status})"
    return seen


def crash(work: Work, number: int, when: When = "before") -> Boundary:
    """Run the work in a child that is killed before or after boundary `number` (from 0)."""
    status, seen = _in_child(work, kill_at=number, when=when)
    assert os.WIFSIGNALED(status), f"boundary {number} was never reached (status {status})"
    assert os.WTERMSIG(status) == signal.SIGKILL
    return seen[-1]


def exit_code(work: Work) -> int:
    """Run the work in a child and return what it left with: 1 where it raised."""
    status, _ = _in_child(work, kill_at=None, when="before")
    return os.waitstatus_to_exitcode(status)


def code_or_killed(work: Work, number: int) -> int | None:
    """Run the work in a child that is killed before boundary `number`: None; or what it left with.

    For boundaries that are drawn and not counted before: the work may end without reaching it.
    """
    status, _ = _in_child(work, kill_at=number, when="before")
    code = os.waitstatus_to_exitcode(status)
    return None if code == -signal.SIGKILL else code


def unflushed(seen: list[Boundary], home: Path) -> set[str]:
    """Return the files and new names below `home` that a power cut could still take back.

    A file is safe when it was flushed, under this or an earlier name; a name (of a rename or a
    new folder) when the folder it is in was flushed afterwards, under this or an earlier name.
    """
    flushed: set[str] = set()
    unsure: set[str] = set()
    for call, paths in seen:
        if call == "fsync":
            flushed.add(paths[0])
            unsure = {name for name in unsure if os.path.dirname(name) != paths[0]}  # noqa: PTH120
        elif call == "mkdir":
            unsure.add(paths[0])
        elif call in {"rename", "replace"}:
            flushed = {_moved(path, *paths) for path in flushed}
            unsure = {_moved(path, *paths) for path in unsure} | {paths[1]}
    files = {str(path) for path in home.rglob("*") if path.is_file()}
    return (files - flushed) | {name for name in unsure if os.path.lexists(name)}


def _moved(path: str, old: str, new: str) -> str:
    return new + path[len(old) :] if path == old or path.startswith(old + "/") else path


def _in_child(work: Work, *, kill_at: int | None, when: When) -> tuple[int, list[Boundary]]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _work_and_exit(work, _Counter(writer, kill_at, when))
    os.close(writer)
    told = b"".join(iter(lambda: os.read(reader, 1 << 16), b""))
    os.close(reader)
    _, status = os.waitpid(child, 0)
    records = [record.split("\0") for record in os.fsdecode(told).split("\x1e")[:-1]]
    return status, [Boundary(call, tuple(paths)) for call, *paths in records]


def _work_and_exit(work: Work, counter: _Counter) -> None:
    code = 1
    try:
        counter.watch()
        work()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class _Counter:
    """Counts the watched calls of this process, reports each, and kills at the chosen one."""

    def __init__(self, writer: int, kill_at: int | None, when: When) -> None:
        self.writer, self.kill_at, self.when = writer, kill_at, when
        self.count = 0

    def watch(self) -> None:
        for name in WATCHED:
            setattr(os, name, self._watched(name, getattr(os, name)))

    def _watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            number, self.count = self.count, self.count + 1
            record = "\0".join([name, *map(_path_of, args)]) + "\x1e"
            os.write(self.writer, os.fsencode(record))
            if number == self.kill_at and self.when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            result = call(*args, **kwargs)
            if number == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return counted


def _path_of(argument: object) -> str:
    if isinstance(argument, int):
        try:
            return str(Path(f"/proc/self/fd/{argument}").readlink())
        except OSError:
            return str(argument)
    return os.fsdecode(argument) if isinstance(argument, (str, bytes, os.PathLike)) else "?"

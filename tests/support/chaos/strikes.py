"""One command struck at one system call: killed, refused, or without power; then what a rerun makes of it."""

from __future__ import annotations

import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from rekomenda.errors import RekomendaError
from support.chaos.jobs import Job, scratch_of
from support.chaos.power import Disk, Mode
from support.chaos.traced import Call, Ended, boundaries, record, strike
from support.crash import exit_code
from support.tiny_home import visible

ERRORS = {"EIO": 74, "ENOSPC": 73, "EDQUOT": 73, "EMFILE": 73, "EROFS": 73, "EACCES": 77}
"""What the system may refuse with, and what a command then leaves with."""
DECISIVE = {"fsync", "rename", "unlink", "link", "mkdir"}


class NotReachedError(Exception):
    """The work made other calls this time: threads of a library share it out as they like."""


@dataclass(frozen=True)
class Undisturbed:
    """What a job does when nothing happens: its system calls, and what it leads from and to."""

    job: Job
    folder: Path
    calls: list[Call]
    old: dict[str, object]
    new: dict[str, object]
    expected: dict[str, object]

    @classmethod
    def of(cls, job: Job, folder: Path, *, long: bool = False) -> Undisturbed:
        """Do it once on a copy, recorded; `long` keeps the bytes that were written."""
        home = job.start(folder / job.name)
        old = visible(home)
        ended = record(job.on(home), long=long)
        assert ended.code == 0, ended.err
        return cls(job, folder, ended.calls, old, visible(home), job.seen(home))

    @property
    def home(self) -> Path:
        """Where it is tried: always the same path, so that the same calls are made."""
        return self.folder / self.job.name

    def points(self) -> list[Call]:
        """Return the calls at which the disk is changed."""
        return boundaries(self.calls, self.home, scratch_of(self.home))

    def rerun(self) -> list[str]:
        """Do it once more, plainly; return what is not as it is when nothing had happened."""
        code = exit_code(lambda: _leave(self.job.again(self.home)().code))
        if code != 0:
            return [f"the rerun left with {code}"]
        return self.lacking()

    def lacking(self) -> list[str]:
        """Return what is not as it is when nothing had happened."""
        try:
            reached = self.job.seen(self.home)
        except RekomendaError as error:
            return [str(error)]
        return [f"{key} differs" for key in reached if reached[key] != self.expected[key]]


def kill(case: Undisturbed, point: Call) -> list[str]:
    """Kill the job at a point, look at what is left, and do it again; return what is wrong."""
    home = case.job.start(case.home)
    ended = strike(case.job.on(home), point, "signal=KILL")
    if ended.code != -signal.SIGKILL:
        raise NotReachedError(str(point))
    wrong = case.job.torn(home, case.old, case.new)
    wrong += case.rerun()
    return [f"{line} ({_at(ended, point)})" for line in wrong]


def kill_twice(case: Undisturbed, first: Call, second: Call) -> list[str]:
    """Kill the job at a point and its rerun at another; a rerun that never comes so far is no try."""
    home = case.job.start(case.home)
    if strike(case.job.on(home), first, "signal=KILL").code != -signal.SIGKILL:
        raise NotReachedError(str(first))
    if strike(case.job.again(home), second, "signal=KILL").code != -signal.SIGKILL:
        raise NotReachedError(str(second))
    return case.job.torn(home, case.old, case.new) + case.rerun()


def refuse(case: Undisturbed, point: Call, error: str, *, lasting: bool = False) -> list[str]:
    """Let a point fail with an error of the system; return what is wrong then and after a rerun."""
    home = case.job.start(case.home)
    ended = strike(case.job.on(home), point, f"error={error}", lasting=lasting)
    folders = (home, scratch_of(home))
    if not boundaries(_as_if_done(ended.struck), *folders):
        raise NotReachedError(str(point))
    wrong = []
    if ended.code != 0:
        wrong += _wrongly_said(ended, error, (str(home), str(scratch_of(home))))
    elif case.job.torn(home, case.new, case.new):
        wrong.append("it left with 0 and had not done it")
    wrong += case.job.torn(home, case.old, case.new)
    wrong += case.rerun()
    return [f"{line} ({_at(ended, point)})" for line in wrong]


def cuts(case: Undisturbed) -> list[int]:
    """Return after how many calls the power may go: at each flush or change of a name, and at the end."""
    decisive = {id(call) for call in case.points() if call.name in DECISIVE}
    return [n for n, call in enumerate(case.calls, 1) if id(call) in decisive] + [len(case.calls)]


def cut_power(case: Undisturbed, after: int, mode: Mode, seed: int) -> list[str]:
    """Take the power after so many calls; return what is wrong then and after a rerun.

    At the end the command has said that it is done: nothing of it may be gone then, and who was
    forgotten must not be back.
    """
    clear(case)
    disk = Disk(case.home, case.job.before).play(case.calls[:after])
    home = disk.cut(mode, seed, case.home)
    scratch_of(home).mkdir()
    told = after == len(case.calls)
    wrong = case.job.torn(home, case.new if told else case.old, case.new)
    if told and case.job.name == "forget":  # an empty folder may be left; nobody is in it
        wrong += [line for line in case.lacking() if not line.startswith("staging ")]
    else:
        wrong += case.rerun()
    at = "the end" if told else str(case.calls[after - 1])
    return [f"{line} (after {at})" for line in wrong]


def clear(case: Undisturbed) -> None:
    """Remove what tries left."""
    shutil.rmtree(case.home, ignore_errors=True)
    shutil.rmtree(scratch_of(case.home), ignore_errors=True)


def _wrongly_said(ended: Ended, error: str, folders: tuple[str, str]) -> list[str]:
    last = ended.err.strip().splitlines()[-1] if ended.err.strip() else ""
    wrong = []
    if ended.code != ERRORS[error]:
        wrong.append(f"it left with {ended.code}, not {ERRORS[error]}: {last}")
    if not last.startswith("rekomenda: ") or not any(folder in last for folder in folders):
        wrong.append(f"it names no path: {last}")
    if error == "ENOSPC" and "free" not in last:
        wrong.append(f"it does not say what is free: {last}")
    return wrong


def _as_if_done(calls: list[Call]) -> list[Call]:
    return [call._replace(result=0) for call in calls]


def _at(ended: Ended, point: Call) -> str:
    return str(ended.struck[-1] if ended.struck else point)


def _leave(code: int) -> None:
    if code:
        raise SystemExit(code)

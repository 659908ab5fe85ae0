"""Killed, refused or without power at the system calls of any command, one plain rerun finishes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from rekomenda.storage import commit
from support.chaos import jobs
from support.chaos.full_disk import fill_up, may_mount
from support.chaos.memory import narrow
from support.chaos.power import MODES, Disk
from support.chaos.strikes import NotReachedError, Undisturbed, cut_power, cuts, kill, refuse
from support.chaos.traced import Call, spread
from support.tiny_home import in_fresh_process

pytestmark = [pytest.mark.slow, pytest.mark.needs_strace]

KILLS = {"ingest": 12, "run": 10, "rollback": 10, "rebuild": 10, "gc": 12, "forget": 10}
REFUSALS = {"ingest": 8, "run": 4, "rollback": 6, "rebuild": 6, "gc": 6, "forget": 4}
CUTS = {"ingest": 4, "run": 2, "rollback": 4, "rebuild": 3, "gc": 3, "forget": 2}
"""Points tried of each command; `make chaos` tries all of them."""


TOO_SMALL = (10, 40, 70, 95)
"""Per cent of the room that is needed."""
MEBIBYTES = (1, 64)
"""Memory that a command may take beyond what it begins with."""


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The homes that commands start from."""
    folder: Path = in_fresh_process(jobs.prepare, tmp_path_factory.mktemp("states"))
    return folder


def reached(
    points: list[Call], most: int, attempts: list[Callable[[Call], list[str]]]
) -> tuple[int, list[str]]:
    """Make every attempt at so many points; where a call was not made this time, at another point."""
    chosen = spread(points, most)
    tried, wrong = 0, []
    for point in [*chosen, *(point for point in points if point not in chosen)]:
        for attempt in attempts:
            try:
                wrong += attempt(point)
                tried += 1
            except NotReachedError:
                continue
        if tried >= most * len(attempts):
            break
    return tried, wrong


def kill_along(states: Path, folder: Path, name: str, most: int) -> tuple[int, list[str]]:
    case = Undisturbed.of(jobs.jobs(states)[name], folder)

    def killed(point: Call) -> list[str]:
        return [f"repro: kill {name} at {point.name} {point.when}: {w}" for w in kill(case, point)]

    return reached(case.points(), most, [killed])


def refuse_along(states: Path, folder: Path, name: str, most: int) -> tuple[int, list[str]]:
    case = Undisturbed.of(jobs.jobs(states)[name], folder)

    def refused(error: str, point: Call) -> list[str]:
        found = refuse(case, point, error)
        return [f"repro: {error} in {name} at {point.name} {point.when}: {w}" for w in found]

    return reached(case.points(), most, [partial(refused, error) for error in ("EIO", "ENOSPC")])


def cut_along(states: Path, folder: Path, name: str, most: int) -> tuple[int, list[str]]:
    """Cut at the end and at points before, each way in turn; the recorder must have seen all."""
    case = Undisturbed.of(jobs.jobs(states)[name], folder, long=True)
    files = {
        path.relative_to(case.home).as_posix(): path.read_bytes()
        for path in case.home.rglob("*")
        if path.is_file()
    }
    wrong = [] if Disk(case.home, case.job.before).play(case.calls).tree() == files else ["unseen"]
    chosen = [len(case.calls), *spread(cuts(case)[:-1], most - 1)][:most]
    for number, after in enumerate(chosen):
        mode = MODES[number % len(MODES)]
        found = cut_power(case, after, mode, seed=number)
        wrong += [f"repro: no power in {name} after {after} calls, {mode}: {w}" for w in found]
    return len(chosen), wrong


@pytest.mark.parametrize("name", jobs.NAMES)
def test_r5_killed_at_system_calls_one_plain_rerun_converges(
    states: Path, tmp_path: Path, name: str
):
    tried, wrong = in_fresh_process(kill_along, states, tmp_path, name, KILLS[name])
    assert wrong == []
    assert tried >= KILLS[name] - 2


@pytest.mark.parametrize("name", jobs.NAMES)
def test_r8_refused_by_the_system_it_says_where_and_a_rerun_converges(
    states: Path, tmp_path: Path, name: str
):
    tried, wrong = in_fresh_process(refuse_along, states, tmp_path, name, REFUSALS[name])
    assert wrong == []
    assert tried >= 2 * REFUSALS[name] - 3


@pytest.mark.parametrize("name", jobs.NAMES)
def test_r4_without_power_nothing_that_was_confirmed_is_gone(
    states: Path, tmp_path: Path, name: str
):
    tried, wrong = in_fresh_process(cut_along, states, tmp_path, name, CUTS[name])
    assert wrong == []
    assert tried == CUTS[name]


def fill_disks(states: Path, folder: Path) -> list[str]:
    """Give `ingest` disks that are too small; where none can be made, refuse all writes from a point on."""
    case = Undisturbed.of(jobs.jobs(states)["ingest"], folder)
    if not may_mount():
        writes = [point for point in case.points() if point.name == "write" and not point.thread]
        points = spread(writes, len(TOO_SMALL))
        return [w for point in points for w in refuse(case, point, "ENOSPC", lasting=True)]
    wrong = []
    for percent in TOO_SMALL:
        again = Undisturbed.of(case.job, folder)
        wrong += [f"repro: {percent} % of the room: {w}" for w in fill_up(again, percent)]
    return wrong


def test_a_disk_too_small_is_named_and_a_rerun_with_room_converges(states: Path, tmp_path: Path):
    assert in_fresh_process(fill_disks, states, tmp_path) == []


def limit_memory(states: Path, folder: Path) -> list[str]:
    case = Undisturbed.of(jobs.jobs(states)["ingest"], folder)
    return [f"repro: {m} MiB: {w}" for m in MEBIBYTES for w in narrow(case, m)]


def test_without_memory_it_says_what_needs_less_and_a_rerun_converges(states: Path, tmp_path: Path):
    assert in_fresh_process(limit_memory, states, tmp_path) == []


def cut_where_nothing_is_flushed(states: Path, folder: Path, forgotten: str) -> list[str]:
    """Leave one kind of flush out of the commit module; return what a power cut at the end breaks."""
    setattr(commit, forgotten, lambda path: None)
    case = Undisturbed.of(jobs.jobs(states)["ingest"], folder, long=True)
    return [w for mode in MODES for w in cut_power(case, len(case.calls), mode, seed=1)]


@pytest.mark.parametrize("forgotten", ["sync_file", "sync_folder"])
def test_a_flush_that_is_left_out_is_found(states: Path, tmp_path: Path, forgotten: str):
    assert in_fresh_process(cut_where_nothing_is_flushed, states, tmp_path, forgotten) != []

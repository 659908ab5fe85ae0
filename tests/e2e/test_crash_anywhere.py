"""Killed anywhere, `ingest` and `run` are finished by the same command, to the same content."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from rekomenda.errors import RekomendaError
from rekomenda.storage.lake import Lake
from support.command import done
from support.crash import boundaries, crash, exit_code
from support.tiny_home import SIZE, command, content, in_fresh_process, visible

pytestmark = pytest.mark.slow

DECISIVE = {"fsync", "replace", "rename"}
"""Calls that make bytes safe or names visible. Making and removing staged folders is tried at
every step of storage itself, in `tests/unit/storage/test_crash.py`."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "world"
    done("generate", "--out", folder, *SIZE)
    return folder


def kill_everywhere(
    world: Path, folder: Path, words: tuple[object, ...], share: tuple[int, int]
) -> tuple[int, list[str]]:
    """Kill a command at every n-th of its boundaries; return how many there are, and what broke."""
    os.chdir(folder)
    before, undisturbed = folder / "before", folder / "undisturbed"
    if words == ("run",):
        assert exit_code(lambda: command(before, "ingest", world)) == 0
    else:
        before.mkdir()
    shutil.copytree(before, undisturbed)
    seen = boundaries(lambda: command(undisturbed, *words))
    points = [number for number, boundary in enumerate(seen) if boundary.call in DECISIVE]
    old, new, expected = visible(before), visible(undisturbed), content(undisturbed)
    wrong = []
    first, step = share
    for number in points[first::step]:
        home = folder / f"killed-{number}"
        shutil.copytree(before, home)
        died_at = f"repro: kill {words[0]} before boundary {number}: {seen[number]}"
        if crash(lambda home=home: command(home, *words), number).call != seen[number].call:
            wrong.append(f"{died_at}: another boundary was met")
        try:
            left = visible(home)
            wrong += [f"{died_at}: {k} is torn" for k in left if left[k] not in {old[k], new[k]}]
        except RekomendaError as error:
            wrong.append(f"{died_at}: {error}")
        code = exit_code(lambda home=home: command(home, *words))
        if code != 0:
            wrong.append(f"{died_at}: the rerun left with {code}")
        else:
            reached = content(home)
            wrong += [f"{died_at}: {k} differs" for k in reached if reached[k] != expected[k]]
        shutil.rmtree(home)
    return len(points), wrong


def test_r5_ingest_killed_at_any_boundary_converges_by_one_plain_rerun(world: Path, tmp_path: Path):
    words = ("ingest", world)
    count, wrong = in_fresh_process(kill_everywhere, world, tmp_path, words, (0, 1))
    assert wrong == []
    assert count >= 40
    for record in Lake(tmp_path / "undisturbed").snapshot().inputs:  # R1
        assert record.rows_in == record.loaded + record.quarantined + record.deduplicated


@pytest.mark.parametrize("half", [0, 1])
def test_r5_run_killed_at_any_boundary_converges_by_one_plain_rerun(
    world: Path, tmp_path: Path, half: int
):
    """Learning, the release, the warehouse and both pointers; in halves, for two cores."""
    count, wrong = in_fresh_process(kill_everywhere, world, tmp_path, ("run",), (half, 2))
    assert wrong == []
    assert count >= 40

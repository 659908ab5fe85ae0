"""A home is restored from a copy that was taken while a publish was under way, with the guide's commands."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.homes import NOW, holding, ingest, publish_one
from support.markdown import blocks
from support.repository import ROOT
from support.tiny_home import visible

GUIDE = blocks(ROOT / "docs" / "production-guide.md")
(BACKUP,) = [block.text.splitlines() for block in GUIDE if "tar --create" in block.text]
(UNPACK,) = [
    [line for line in block.text.splitlines() if not line.startswith("rekomenda")]
    for block in GUIDE
    if "tar --extract" in block.text
]
POINTERS, REST = BACKUP


def shell(folder: Path, *lines: str) -> None:
    command = ["bash", "-euo", "pipefail", "-c", "\n".join(lines)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


NAMING = ("link", "mkdir", "rename", "replace")
"""Calls after which others may see something that they did not see before."""


@contextmanager
def at_every_step(look: Callable[[], None]) -> Iterator[None]:
    """Call `look` before every call that gives something a name, but for those of its own."""
    looking = False

    def watched(call: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object, **options: object) -> object:
            nonlocal looking
            if not looking:
                looking = True
                look()
                looking = False
            return call(*arguments, **options)

        return step

    with pytest.MonkeyPatch.context() as patched:
        for name in NAMING:
            patched.setattr(os, name, watched(getattr(os, name)))
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a home of one day and one release."""
    with holding(tmp_path / "rekomenda-data") as lease:
        ingest(tmp_path / "rekomenda-data", "monday", {NOW.date(): 3}, lease)
        publish_one(tmp_path / "rekomenda-data", "one", lease)
    return tmp_path


def next_day(folder: Path) -> None:
    """Load another day and publish another release."""
    with holding(folder / "rekomenda-data") as lease:
        ingest(folder / "rekomenda-data", "tuesday", {NOW.date(): 2}, lease)
        publish_one(folder / "rekomenda-data", "two", lease, label="n")


def restored(folder: Path, backup: Path) -> Path:
    place = folder / f"from-{backup.stem}"
    place.mkdir()
    shutil.copy(backup, place / "backup.tar")
    shell(place, *UNPACK)
    return place / "restored" / "rekomenda-data"


def begun_at_every_step(folder: Path, first: str) -> list[Path]:
    """Let a day go by; begin a copy at every step and after the last; return each."""
    begun: list[Path] = []

    def begin() -> None:
        shell(folder, first)
        begun.append((folder / "backup.tar").rename(folder / f"{len(begun)}.tar"))

    with at_every_step(begin):
        next_day(folder)
    begin()
    return begun


@pytest.mark.slow
def test_a_copy_begun_at_any_step_of_a_publish_and_ended_after_it_is_whole(folder):
    begun = begun_at_every_step(folder, POINTERS)
    assert len(begun) > 10
    served, shown = set(), set()
    for backup in begun:
        backup.rename(folder / "backup.tar")
        shell(folder, REST)
        home = restored(folder, (folder / "backup.tar").rename(backup))
        visible(home)  # verifies every byte
        served.add(Releases(home).current().release_id)
        shown.add(DuckDBWarehouse(home).current())
    assert served == shown == {"one", "two"}


@pytest.mark.slow
def test_a_restored_home_goes_on_as_the_other_does(folder):
    shell(folder, POINTERS, REST)
    home = restored(folder, folder / "backup.tar")
    assert visible(home) == visible(folder / "rekomenda-data")
    next_day(folder)
    next_day(home.parent)
    assert visible(home) == visible(folder / "rekomenda-data")


@pytest.mark.slow
def test_the_pointers_last_would_not_do(folder):
    rest_first = REST.replace("--append", "--create")
    pointers_last = POINTERS.replace("--create", "--append")
    broken = 0
    for backup in begun_at_every_step(folder, rest_first):
        backup.rename(folder / "backup.tar")
        shell(folder, pointers_last)
        home = restored(folder, (folder / "backup.tar").rename(backup))
        try:
            visible(home)
        except Exception:
            broken += 1
    assert broken

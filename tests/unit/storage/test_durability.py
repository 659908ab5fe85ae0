"""When a commit has ended, a power cut can take nothing of it back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from rekomenda.storage.publish import roll_back
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.crash import Boundary, boundaries, unflushed
from support.homes import holding, ingest, publish_one


def bring_a_file(home: Path) -> None:
    with holding(home) as lease:
        ingest(home, "a", {date(2024, 6, 3): 1, date(2024, 6, 4): 2}, lease)


def publish_two_and_go_back(home: Path) -> None:
    with holding(home) as lease:
        publish_one(home, "r1", lease)
        publish_one(home, "r2", lease)
        roll_back(Releases(home), DuckDBWarehouse(home), lease)


@pytest.mark.parametrize("work", [bring_a_file, publish_two_and_go_back])
def test_r4_every_file_and_every_name_was_flushed(tmp_path: Path, work: Callable[[Path], None]):
    home = tmp_path / "home"
    seen = boundaries(lambda: work(home))
    names_who_writes = str(home / "lease")  # shown to people only, and remade by the next writer
    left = unflushed(seen, home) - {names_who_writes}
    assert {name for name in left if not name.startswith(str(home / "staging"))} == set()


def test_what_was_not_flushed_is_found(tmp_path: Path):
    """The check itself: a file, a name and a folder that nobody flushed."""
    for name in ("safe", "torn", "nameless"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder").mkdir()
    home = str(tmp_path)
    seen = [
        Boundary("mkdir", (f"{home}/folder",)),
        Boundary("fsync", (f"{home}/staged",)),
        Boundary("replace", (f"{home}/staged", f"{home}/safe")),
        Boundary("fsync", (home,)),
        Boundary("replace", (f"{home}/other", f"{home}/torn")),
        Boundary("fsync", (home,)),
        Boundary("fsync", (f"{home}/named later",)),
        Boundary("replace", (f"{home}/named later", f"{home}/nameless")),
    ]
    assert unflushed(seen, tmp_path) == {f"{home}/torn", f"{home}/nameless"}
    assert unflushed(seen[:1], tmp_path) >= {f"{home}/folder"}
    shutil.rmtree(tmp_path)

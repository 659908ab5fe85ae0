"""Eight processes start the same job at once: one does it, seven say so and leave with 75."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from rekomenda.storage.publish import tables_of
from rekomenda.storage.reconcile import reconcile
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.chaos.race import race
from support.command import call, done
from support.tiny_home import SIZE, content, in_fresh_process

pytestmark = pytest.mark.slow

ROUNDS = 3


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("race") / "world"
    done("generate", "--out", folder, *SIZE)
    return folder


def test_r6_of_eight_that_ingest_at_once_one_loads_and_seven_leave(world: Path, tmp_path: Path):
    for number in range(ROUNDS):
        home = tmp_path / f"home-{number}"
        assert in_fresh_process(race, home, "ingest", world) == [0] + [75] * 7
    alone = tmp_path / "alone"
    done("--home", alone, "ingest", world)
    for number in range(ROUNDS):
        assert content(tmp_path / f"home-{number}") == content(alone)


def test_r6_of_eight_that_run_at_once_one_publishes_and_seven_leave(world: Path, tmp_path: Path):
    before = tmp_path / "before"
    done("--home", before, "ingest", world)
    for number in range(ROUNDS):
        home = tmp_path / f"home-{number}"
        shutil.copytree(before, home)
        assert in_fresh_process(race, home, "run") == [0] + [75] * 7
        (release,) = Releases(home).list()
        warehouse = DuckDBWarehouse(home)
        assert Releases(home).current() == release
        assert warehouse.current() == release.release_id
        compared = reconcile(release.release_id, tables_of(release), warehouse)
        assert {found.differences for found in compared.values()} == {0}


def test_r6_who_comes_second_is_told_who_is_first_in_either_language(world: Path, tmp_path: Path):
    from support.homes import holding

    with holding(tmp_path, "rekomenda run"):
        english = call("--home", tmp_path, "ingest", world)
        portuguese = call("--home", tmp_path, "run", language="pt-BR")
    assert (english.code, portuguese.code) == (75, 75)
    assert f"rekomenda run, pid {os.getpid()}" in english.err
    assert "está gravando" in portuguese.err

"""Clocks that are wrong or are turned during the work: leases hold, and nothing else comes out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.clock import environment, turn
from support.command import done
from support.repository import ROOT
from support.tiny_home import SETTINGS, SIZE

pytestmark = [pytest.mark.slow, pytest.mark.needs_faketime]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clock") / "world"
    done("generate", "--out", folder, *SIZE)
    return folder


def work(part: str, world: Path, folder: Path) -> Any:
    """Do a part of `support.clock_work` under a clock of its own."""
    turn(folder / "clock", "2024-07-01 12:00:00")
    ended = subprocess.run(
        [sys.executable, "-m", "support.clock_work", part, world, folder / "home"],
        env={
            **environment(folder / "clock"),
            **SETTINGS,
            "TZ": "UTC",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return json.loads(ended.stdout)


def test_f13_a_run_comes_out_the_same_when_the_clock_is_turned_during_it(
    world: Path, tmp_path: Path
):
    found = {}
    for part in ("steady", "turned_back", "turned_forward"):
        (tmp_path / part).mkdir()
        found[part] = work(part, world, tmp_path / part)
        shutil.rmtree(tmp_path / part)
    assert {part: each["ended"][:13] for part, each in found.items()} == {
        "steady": "2024-07-01T12",
        "turned_back": "2024-07-01T09",
        "turned_forward": "2034-07-01T12",
    }
    for each in found.values():
        assert each["codes"] == [0] * 6
        assert each["hashes"] == found["steady"]["hashes"]


def test_f13_plays_are_not_of_the_future_where_our_clock_is_less_than_an_hour_behind(
    tmp_path: Path,
):
    """The newest was at noon; half the log is of the half hour before."""
    rows = [f"2024-07-01T11:{30 + n % 29}:{n:02}Z,u{n},t{n % 7}" for n in range(59)]
    (tmp_path / "log.csv").write_text(
        "\n".join(["played_at,user_id,id_tracks", *rows, "2024-07-01T12:00:00Z,u59,t1"]) + "\n"
    )
    found = work("skewed", tmp_path / "log.csv", tmp_path)
    assert found["0"] == found["59"] == [0, 60, {}]
    assert found["61"] == [0, 59, {"E_DATE_FUTURE": 1}]


def test_f13_a_lease_holds_whatever_the_clock_says_and_is_free_when_its_holder_is_gone(
    world: Path, tmp_path: Path
):
    assert work("leased", world, tmp_path) == {
        "2024-07-01 10:00:00": 75,
        "2034-07-01 12:00:00": 75,
        "free 2024-07-01 10:00:00": 0,
        "free 2024-07-01 12:00:00": 0,
    }

"""`plan` says beforehand what `run` then does, and changes nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from support.chaos.full_disk import BLOCK, may_mount, small_disk
from support.command import call, done
from support.homes import holding
from support.tiny_home import SETTINGS, SIZE


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    done("generate", "--out", folder / "made", *SIZE)
    return folder / "made"


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "home"


def everything_in(home: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in home.rglob("*")
        if path.is_file()
    }


def plan(home: Path, *words: object) -> dict:
    before = everything_in(home) if home.exists() else None
    answer = call("--home", home, "plan", "--json", *words)
    assert (everything_in(home) if home.exists() else None) == before, "nothing is changed"
    assert answer.json["exit_code"] == answer.code
    return answer.json


def test_what_is_foreseen_is_what_happens(home, world):
    nothing = plan(home, world)
    assert nothing["exit_code"] == 65
    assert nothing["stops"][0]["code"] == "E_NO_DATA"
    assert {each["standing"] for each in nothing["files"]} == {"new"}
    assert ["plays"] in [each["tables"] for each in nothing["files"]]

    done("--home", home, "ingest", world)
    ahead = plan(home, world)
    assert (ahead["exit_code"], ahead["state"], ahead["served"]) == (0, "new", None)
    assert {each["standing"] for each in ahead["files"]} == {"loaded"}
    assert "plays.csv" in {each["name"] for each in ahead["new_files"]}
    assert len(ahead["new_days"]) == 6
    assert set(ahead["estimate"]["from"].values()) == {"size"}
    assert "would be made" in done("--home", home, "plan").out

    made = done("--home", home, "run", "--json").json
    assert (made["run_id"], made["as_of"]) == (ahead["run_id"], ahead["as_of"])
    assert made["last_attempt"]["rows"] == ahead["rows"]
    assert set(made["last_attempt"]["seconds"]) == set(ahead["estimate"]["seconds"])

    again = plan(home)
    assert (again["state"], again["reused"], again["estimate"]) == ("done", ["release"], None)
    assert (again["new_files"], again["new_days"]) == ([], [])
    assert "nada seria feito" in done("--home", home, "plan", language="pt-BR").out

    earlier = plan(home, "--as-of", ahead["new_days"][-2])
    assert earlier["state"] == "new"
    assert set(earlier["estimate"]["from"].values()) == {"last_run"}
    measured = made["last_attempt"]["seconds"]["recommend"] * earlier["rows"] / ahead["rows"]
    assert earlier["estimate"]["seconds"]["recommend"] == pytest.approx(measured, abs=0.05)

    with holding(home, "ingest"):
        busy = plan(home)
    assert busy["exit_code"] == 75
    assert f"pid {os.getpid()}" in busy["stops"][0]["message"]["en"]


def test_a_disk_that_is_too_small_and_a_tuning_that_is_not_kept_stop_it(home, world, monkeypatch):
    from datetime import UTC, datetime

    from rekomenda.pipeline.answering import room
    from rekomenda.pipeline.answering.foresee import foresee
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.settings import load_settings

    done("--home", home, "ingest", world)
    asked = {"as_of": None, "now": datetime.now(UTC)}
    house, settings = open_house(home), load_settings()
    needed = foresee(house, settings, **asked).reckoning.disk_bytes
    assert (
        foresee(house, settings, **asked, free_bytes=0).exit_code == 0
    )  # so little is not reckoned with
    monkeypatch.setattr(room, "NEGLIGIBLE", 0)
    enough = foresee(house, settings, **asked, free_bytes=int(room.SPARE * needed) + 1)
    assert (enough.exit_code, enough.stops) == (0, [])
    short = foresee(house, settings, **asked, free_bytes=int(room.SPARE * needed) - 1)
    assert short.exit_code == 73
    assert "precisa de cerca de" in short.stops[0].message("pt-BR")

    untuned = load_settings(
        flags={"model.algorithm": "auto", "model.tuning": "20240101-0123456789"}
    )
    assert foresee(house, untuned, **asked).exit_code == 69


@pytest.mark.skipif(not may_mount(), reason="a small disk takes the rights to mount one")
def test_a_run_says_that_the_disk_is_too_small_before_it_does_anything(
    home, world, tmp_path, monkeypatch
):
    from rekomenda.pipeline.answering import room

    monkeypatch.setattr(room, "NEGLIGIBLE", 0)
    done("--home", home, "ingest", world)
    used = sum(-(-path.stat().st_size // BLOCK) + 1 for path in home.rglob("*"))
    with small_disk(tmp_path / "disk", used + 100) as place:
        shutil.copytree(home, place, dirs_exist_ok=True)
        before = everything_in(place)
        stopped = call("--home", place, "run", language="en")
        assert stopped.code == call("--home", place, "plan").code == 73
        assert "the run needs about" in stopped.err
        assert "Traceback" not in stopped.err
        changed = {
            name for name, state in everything_in(place).items() if before.get(name) != state
        }
        assert {Path(name).name for name in changed} <= {"lease", "fence"}


def test_files_that_cannot_be_read_are_named_before_they_are_loaded(home, tmp_path):
    (tmp_path / "odd.csv").write_text("x,y\n1,2\n")
    found = plan(home, tmp_path / "odd.csv")
    assert [(each["file"], each["standing"]) for each in found["files"]] == [
        ("odd.csv", "rejected")
    ]
    assert "would be rejected" in call("--home", home, "plan", tmp_path / "odd.csv").out

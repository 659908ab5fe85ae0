"""What a run looks at before it publishes: the champion, the files, a person's word."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Interactions
from rekomenda.domain.training import TrainingData
from rekomenda.errors import FitError
from rekomenda.evaluation.gate.mechanics import (
    Rehearsal,
    Reproduction,
    rehearsal_checks,
    reproduction_check,
)
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.language import Text
from rekomenda.learning.recipe import Recipe
from rekomenda.pipeline.judging import rehearsal
from rekomenda.pipeline.judging.reproduce import repeat_training
from rekomenda.pipeline.takedowns import taken_down
from rekomenda.storage.documents import seal, unseal
from support.command import call, done
from support.evaluation_worlds import catalogue, histories

RULES = GateRules()
QUICK = {
    "REKOMENDA_MODEL__ALGORITHM": "item_knn",
    "REKOMENDA_MODEL__COMPARE": '["popularity"]',
    "REKOMENDA_EVALUATE__N_RESAMPLES": "100",
    "REKOMENDA_INTEGRATE__THREADS": "1",
    "REKOMENDA_GATE__MIN_LISTENERS": "5",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A home with plays of 12 listeners, 9 tracks by 3 artists, on 14 days, and its release."""
    folder = tmp_path_factory.mktemp("judging")
    plays = [
        f"2024-01-{day + 1:02d},u{user},t{(user * 5 + day * (user % 3 + 1)) % 9},{1 + day % 2}"
        for day in range(14)
        for user in range(12)
    ]
    tracks = [f"a{track % 3},t{track}" for track in range(9)]
    (folder / "plays.csv").write_text("\n".join(["id_date,user_id,id_tracks,plays", *plays]))
    (folder / "tracks.csv").write_text("\n".join(["id_artist,id_tracks", *tracks]))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in QUICK.items():
            patch.setenv(name, value)
        done("--home", folder / "home", "ingest", folder / "plays.csv", folder / "tracks.csv")
        done("--home", folder / "home", "run", "--force", "--reason", "{first} of all")
    return folder / "home"


@pytest.fixture
def home(made, tmp_path) -> Path:
    return shutil.copytree(made, tmp_path / "home")


def status(home):
    return done("--home", home, "status", "--json").json


def check_of(answer, name):
    return next(check for check in answer["gate"]["checks"] if check["name"] == name)


# --- force ----------------------------------------------------------------------------------


def test_what_a_person_forced_is_recorded_and_shown(home):
    answer = status(home)
    assert answer["gate"]["standing"] == "forced"
    assert answer["gate"]["forced"]["reason"] == "{first} of all"
    names = answer["gate"]["forced"]["overruled"]
    assert "beats_popularity" in names
    shown = done("--home", home, "status").out
    assert f"in spite of: {', '.join(names)}. Reason: {{first}} of all" in shown
    assert "apesar de: beats_popularity" in done("--home", home, "status", language="pt-BR").out
    metrics = (home / "metrics" / "rekomenda.prom").read_text(encoding="utf-8")
    assert "rekomenda_release_forced 1.0" in metrics
    assert 'rekomenda_gate_check{check="beats_popularity"} 0.0' in metrics


def test_forced_work_is_done(home):
    assert done("--home", home, "run", "--json").json["decision"] == "unchanged"


def test_a_candidate_that_popularity_stood_in_for_can_still_be_forced(made, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(made / "lake", home / "lake")
    first = done("--home", home, "run", "--json").json
    assert first["algorithm"] == "popularity"
    forced = done("--home", home, "run", "--force", "--accept-change", "--json").json
    assert (forced["decision"], forced["algorithm"]) == ("published", "item_knn")
    assert forced["run_id"] != first["run_id"]
    again = done("--home", home, "run", "--force", "--json").json
    assert (again["decision"], again["run_id"]) == ("unchanged", forced["run_id"])


# --- the release in service -----------------------------------------------------------------


@pytest.fixture
def more(monkeypatch):
    """Other work on the same data, by the same recipe."""
    monkeypatch.setenv("REKOMENDA_RECOMMEND__AGAIN", "7")


def damaged_list(home):
    path = next(home.glob("releases/*/lists/recommendations.parquet"))
    path.write_bytes(path.read_bytes()[:-9])


def gone(home):
    shutil.rmtree(next(path for path in home.glob("releases/*") if path.is_dir()))


def pointer_damaged(home):
    (home / "releases" / "current").write_text("{}")


@pytest.mark.usefixtures("more")
@pytest.mark.parametrize("harm", [damaged_list, gone, pointer_damaged])
def test_a_champion_that_cannot_be_trusted_is_said_and_replaced(home, harm):
    harm(home)
    done("--home", home, "run", "--force")
    answer = status(home)
    check = check_of(answer, "not_worse_than_served")
    assert check["passed"]
    assert check["text"]["en"].startswith("The release in service is damaged, so there is nothing")
    assert check["text"]["pt-BR"].startswith("A release no ar está danificada")
    assert answer["reconciliation"]["lagging"] is False
    assert check_of(answer, "lists_keep_something")["measured"] is None


@pytest.mark.usefixtures("more")
def test_a_recipe_that_this_version_does_not_have_is_said(home):
    path = next(home.glob("releases/*/manifest.json"))
    manifest = unseal(path.read_bytes(), path)
    manifest["about"]["recipe"]["algorithm"] = "of_another_time"
    path.write_bytes(seal(manifest))
    done("--home", home, "run", "--force")
    answer = status(home)
    said = check_of(answer, "not_worse_than_served")["text"]["en"]
    assert said.startswith("The recipe in service is of a model that this version does not have")
    assert "of_another_time" in said
    assert check_of(answer, "lists_keep_something")["measured"] == 1.0  # its lists still count


@pytest.mark.usefixtures("more")
def test_a_catalogue_that_grew_and_shrank_is_compared_where_both_could_show(home, tmp_path):
    names = [f"a{track % 3},t{track}" for track in range(2, 9)] + [f"a9,new{n}" for n in range(9)]
    (tmp_path / "tracks.csv").write_text("\n".join(["id_artist,id_tracks", *names]))
    done("--home", home, "ingest", tmp_path / "tracks.csv")
    done("--home", home, "run", "--force")
    assert check_of(status(home), "lists_keep_something")["passed"]


def test_a_release_that_cannot_be_read_leaves_with_three_and_why(home, monkeypatch, more):
    monkeypatch.setattr(rehearsal, "MODULE", "rekomenda.no_such_module")
    answer = call("--home", home, "run", "--force")
    assert answer.code == 3
    assert "A new process cannot read the release" in answer.err
    assert "no_such_module" in answer.err


# --- the rehearsal and the second training --------------------------------------------------


def by_name(found, rules=RULES):
    return {check.name: check for check in rehearsal_checks(found, rules)}


def test_quick_and_small_is_held_against_the_served_release_but_never_below_the_floor():
    quick = Rehearsal(None, 200, p99_ms=99, served_p99_ms=1, size=60_000_000, served_size=1)
    assert all(check.passed for check in by_name(quick).values())
    slow = Rehearsal(None, 200, p99_ms=301, served_p99_ms=200, size=151_000_000, served_size=10**8)
    found = by_name(slow)
    assert {name for name, check in found.items() if not check.passed} == {
        "answers_are_quick",
        "model_is_small",
    }
    assert (found["answers_are_quick"].limit, found["model_is_small"].limit) == (300, 150)
    alone = Rehearsal(None, 200, p99_ms=5000, size=10**12)
    assert all(check.passed for check in by_name(alone).values())


def test_answers_that_differ_or_are_no_numbers_fail():
    found = by_name(Rehearsal(None, 200, differing=1, bad_scores=2))
    assert not found["answers_are_the_same"].passed
    assert found["answers_are_the_same"].forceable
    assert not found["answers_are_numbers"].passed
    assert not found["answers_are_numbers"].forceable
    broken = by_name(Rehearsal(Text("gone", "sumiu")))
    assert set(broken) == {"loads_in_new_process"}
    assert not broken["loads_in_new_process"].forceable
    assert broken["loads_in_new_process"].text.pt.endswith("sumiu")


class Drawing:
    """A recipe whose training draws from a generator that nobody seeds again."""

    rng = np.random.default_rng(1)

    def fit(self, data):
        return self

    def arrays(self):
        return {"same": np.arange(3), "drawn": self.rng.random(3)}


class Demanding:
    """A recipe that cannot learn from so little."""

    def fit(self, data):
        raise FitError(algorithm="x", detail=f"{len(data.interactions.users)} are too few")


@pytest.fixture
def tiny_data():
    """Three listeners with plays and one without, four tracks."""
    songs = catalogue([0, 1, 1, 0])
    users = IdMap.of(["ana", "bia", "caio", "dora"])
    found = Interactions(users, songs.items, histories([[0, 1], [1, 3], [], [2, 0]], 4))
    return TrainingData(found, songs, 10)


def test_training_that_does_not_repeat_is_named(tiny_data):
    found = repeat_training(Drawing(), tiny_data, seconds=1, limit=20)
    assert found == Reproduction(listeners=3, differing=("drawn",))
    check = reproduction_check(found)
    assert not check.passed
    assert check.text.en.endswith("gave other bytes: drawn.")
    good = repeat_training(Recipe("item_knn"), tiny_data, seconds=1, limit=20)
    assert reproduction_check(good).passed


def test_a_sample_that_is_too_little_to_learn_from_is_said(tiny_data):
    found = repeat_training(Demanding(), tiny_data, seconds=1, limit=20)
    check = reproduction_check(found)
    assert check.passed
    assert "3 are too few" in check.text.en


def test_training_that_is_dear_is_not_repeated(tiny_data):
    found = repeat_training(Drawing(), tiny_data, seconds=21, limit=20)
    assert reproduction_check(found).passed
    assert "takes 21 s" in reproduction_check(found).text.en


# --- takedowns ------------------------------------------------------------------------------


def test_the_newest_word_on_a_takedown_holds_and_in_one_file_the_first(tmp_path):
    day = date(2024, 6, 30)

    def part(name, *rows):
        columns = dict(zip(("kind", "id", "until", "line"), zip(*rows, strict=True), strict=True))
        pq.write_table(pa.table(columns), tmp_path / name)
        return tmp_path / name

    old = part("old", ("artist", "a1", None, 2), ("track", "t1", day - timedelta(days=1), 3))
    new = part(
        "new",
        ("artist", "a1", day - timedelta(days=1), 9),
        ("track", "t2", day, 5),
        ("genre", "g", day - timedelta(days=3), 4),
        ("genre", "g", None, 2),
    )
    assert sorted(taken_down([old], day)["id"].to_pylist()) == ["a1"]
    assert sorted(taken_down([old, new], day)["id"].to_pylist()) == ["g", "t2"]
    assert taken_down([], day).num_rows == 0

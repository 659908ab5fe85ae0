"""A ranker is kept where it proves better on listeners it did not learn from, and only there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model_worlds import AS_OF, numbered
from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.training import TrainingData
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.tasks import Task
from rekomenda.models import registry
from rekomenda.tuning import ranker
from rekomenda.tuning.choice import Choice
from rekomenda.tuning.choose import Limits, Validation, choose
from rekomenda.tuning.grid import Candidate
from rekomenda.tuning.ranker import _first_to_gain, try_ranker
from rekomenda.tuning.ranker_trial import RankerTrial

N_USERS, N_ITEMS = 900, 60


def world(*, local: bool, n_users: int = N_USERS) -> Validation:
    """Everybody plays at random; later, tracks of their own region's artists, or at random again.

    Three regions; artist a is of region a % 3 and has three tracks.
    """
    rng = np.random.default_rng(12)
    region = (np.arange(n_users) * 7 % 11 % 3).astype(np.int32)
    artist_of = (np.arange(N_ITEMS) // 3).astype(np.int32)
    chances = np.linspace(2, 1, N_ITEMS)
    early, later = np.zeros((n_users, N_ITEMS), bool), np.zeros((n_users, N_ITEMS), bool)
    for user in range(n_users):
        tracks = rng.choice(N_ITEMS, 13, replace=False, p=chances / chances.sum())
        early[user, tracks[:8]] = True
        near = artist_of[tracks] % 3 == region[user]
        later[user, tracks[8:][near[8:] | ~np.bool_(local)]] = True
    items = numbered("t", N_ITEMS)
    catalogue = Catalogue.bare(
        items,
        artists=numbered("a", 20),
        regions=numbered("r", 3),
        artist_of=artist_of,
        region_of_artist=(np.arange(20) % 3).astype(np.int32),
    )

    def histories(played: np.ndarray, day: int) -> Histories:
        users, tracks = np.nonzero(played)
        days = np.full(len(users), day)
        return Histories.from_cells(
            users,
            tracks,
            n_users=n_users,
            n_items=N_ITEMS,
            first_day=days,
            last_day=days,
            region=region,
        )

    seen = histories(early, AS_OF - 3)
    data = TrainingData(Interactions(numbered("u", n_users), items, seen), catalogue, AS_OF)
    exam = Exam.of(
        seen,
        histories(later, AS_OF + 2),
        catalogue,
        tasks=(Task.UNHEARD, Task.AGAIN),
        cutoffs=(20,),
        bootstrap=Bootstrap(seed=3),
    )
    return Validation(data, exam, "time")


def tried(held: Validation, seconds: float = 100.0) -> RankerTrial:
    members = [{"algorithm": "popularity", "unheard": 1}, {"algorithm": "rp3beta", "unheard": 0.1}]
    blend = registry.create("blend", {"members": members}).fit(held.data)
    return try_ranker(blend, held.data, held.exam, seed=5, seconds=seconds)


@pytest.fixture(scope="module")
def local() -> Validation:
    return world(local=True)


def test_where_the_region_decides_the_ranker_finds_it_and_is_kept(local):
    found = tried(local)
    assert found.kept
    assert found.low > 0.1
    assert found.ranked_from == 0  # the region is known without any play
    assert next(iter(found.importance)) == "artist_near"
    assert found.ndcg - found.blend_ndcg == pytest.approx(found.gain, abs=2e-6)
    assert "kept" in found.why.render("en")


def test_what_it_promises_is_what_its_recipe_keeps(local):
    """Of the listeners it learned from it does better than promised, never worse than the blend."""
    grid = (Candidate("popularity", "popularity"), Candidate("rp3beta", "rp3beta"))
    choice = choose(local, local.data, Limits(200.0), grid=grid, seed=5, ranker=True)
    assert choice.algorithm == "ranked_blend"
    stored = json.loads(json.dumps(choice.to_json(), allow_nan=False))
    assert "trees" not in stored["hyperparameters"]
    assert stored["ranker"]["kept"]
    assert stored["ranker"]["ranked_from"] == stored["hyperparameters"]["ranked_from"] == 0
    assert stored["ranker"]["importance"][0]["title"]["pt-BR"] == "artista da região do ouvinte"
    knobs = json.loads(json.dumps(choice.hyperparameters))
    model = registry.create(choice.algorithm, knobs).fit(local.data)
    near = local.data.catalogue.region_of_artist[local.data.catalogue.artist_of]
    history = local.exam.train
    scores = model.score(history)
    scores[history.users_of_cells, history.items] = -np.inf
    best = np.argsort(-scores, axis=1)[:, :5]
    assert (near[best] == history.region[:, None]).mean() > 0.9


@pytest.mark.parametrize(
    ("none", "few", "wanted"),
    [(0.1, 0.1, 0), (0.0, 0.1, 1), (0.1, 0.0, 4), (0.0, 0.0, 4), (-0.1, 0.1, 1)],
)
def test_newcomers_are_ordered_anew_only_where_that_is_shown_to_gain(none, few, wanted):
    told = np.arange(2400) % 6
    noise = np.random.default_rng(7).normal(0, 0.1, 2400)
    adds = noise - np.array([noise[told == n].mean() for n in range(6)])[told]
    adds += np.array([none, few, few, few, 0.3, 0.3])[told]
    assert _first_to_gain(told, adds, Bootstrap(seed=1)) == wanted


def test_too_few_newcomers_show_nothing():
    told = np.repeat([0, 2, 9], [150, 250, 900])
    assert _first_to_gain(told, np.full(1300, 0.1), Bootstrap(seed=1)) == 1


@pytest.mark.parametrize(
    ("depths", "wanted"),
    [((5, 40), 40), ((60, 100), 60)],  # all 60 tracks are among the first 60
)
def test_more_candidates_are_put_in_order_only_where_they_gain(local, monkeypatch, depths, wanted):
    monkeypatch.setattr(ranker, "DEPTHS", depths)
    found = tried(local)
    assert found.n_candidates == wanted
    choice = Choice(hyperparameters={}, how="", kind="", listeners=0, budget=0.0, cost=0.0)
    assert choice.ranked(found).hyperparameters["n_candidates"] == wanted


def test_where_there_is_nothing_to_find_it_is_left_out_and_the_blend_serves():
    held = world(local=False)
    found = tried(held)
    assert not found.kept
    assert found.trees == ()
    assert found.low <= 0
    assert "left out" in found.why.render("en")
    grid = (Candidate("popularity", "popularity"), Candidate("rp3beta", "rp3beta"))
    choice = choose(held, held.data, Limits(200.0), grid=grid, seed=5, ranker=True)
    assert choice.algorithm == "blend"
    assert "trees" not in choice.hyperparameters


def test_few_hits_and_a_spent_budget_leave_it_untried():
    few = tried(world(local=True, n_users=300))
    assert not few.kept
    assert np.isnan(few.gain)
    assert "400" in few.why.render("en")
    dear = tried(world(local=True), seconds=0.5)
    assert not dear.kept
    assert "budget" in dear.why.render("en")


def test_without_lightgbm_the_blend_serves_and_it_is_said(local, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)  # as Python does where it cannot be imported
    found = tried(local)
    assert not found.kept
    assert "libgomp1" in found.why.render("pt-BR")


def test_tracks_that_no_list_may_hold_are_no_hits_and_no_candidates(local):
    hidden = local.data.catalogue.region_of_artist[local.data.catalogue.artist_of] == 0
    catalogue = replace(local.data.catalogue, blocked=hidden)
    exam = replace(local.exam, catalogue=catalogue)
    assert tried(replace(local, exam=exam)).blend_ndcg != tried(local).blend_ndcg


@pytest.mark.slow
def test_the_same_trees_grow_on_any_number_of_threads(local, tmp_path):
    program = tmp_path / "grow.py"
    here = Path(__file__)
    program.write_text(
        "import json, sys\n"
        f"sys.path[:0] = {[str(here.parent), str(here.parents[2])]!r}\n"
        "from test_ranker import tried, world\n"
        "found = tried(world(local=True))\n"
        "print(json.dumps([found.trees, found.gain, found.low]))\n"
    )
    grown = {
        subprocess.run(
            [sys.executable, str(program)],
            env={**os.environ, "OMP_NUM_THREADS": threads, "PYTHONHASHSEED": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "3")
    }
    assert len(grown) == 1
    assert json.loads(grown.pop())[1] > 0.1

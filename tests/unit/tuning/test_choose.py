"""What `auto` chooses: the same every time, within its budget, and who cannot learn is said."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from model_worlds import random_world
from rekomenda.domain.interactions import Histories
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.holdout import random_holdout
from rekomenda.evaluation.tasks import Task
from rekomenda.models import blocks, registry
from rekomenda.tuning import pool
from rekomenda.tuning.choose import Limits, Validation, choose
from rekomenda.tuning.grid import GRID, WIDE_GRID, Candidate
from rekomenda.tuning.pool import fill_pools

QUICK = (
    Candidate("relisten", "relisten", unheard=False),
    Candidate("popularity", "popularity"),
    Candidate("rp3beta", "rp3beta"),
    Candidate("ease", "ease", {"regularization": 20.0}),
)
BAD = Candidate("broken", "als", {"n_factors": 120, "regularization": 1e-300})
PLENTY = Limits(100.0)


@pytest.fixture(scope="module")
def validation() -> Validation:
    """300 listeners of two tastes; half of what each plays is asked for."""
    rng = np.random.default_rng(8)
    taste = np.arange(300) % 2
    items = np.stack([rng.choice(40, 12, replace=False) + 40 * t for t in taste])
    items[:, :3] = np.stack([rng.choice(80, 3, replace=False) for _ in taste])
    cells = np.unique(np.repeat(np.arange(300), 12) * 80 + items.ravel())
    histories = Histories.from_cells(cells // 80, cells % 80, n_users=300, n_items=80)
    world = random_world(n_users=300, n_items=80, n_cells=900, seed=1)
    split = random_holdout(histories, 0.5, seed=2)
    data = replace(world, interactions=replace(world.interactions, histories=split.train))
    tasks = (Task.UNHEARD, Task.AGAIN)
    exam = Exam.of(split.train, split.test, data.catalogue, tasks=tasks, cutoffs=(20,))
    return Validation(data, exam, "random")


def test_the_choice_is_a_blend_that_can_be_made(validation):
    choice = choose(validation, validation.data, PLENTY, grid=QUICK)
    assert choice.how == "searched"
    fitted = registry.create("blend", choice.hyperparameters).fit(validation.data)
    assert fitted.n_items == 80
    stored = json.loads(json.dumps(choice.to_json(), allow_nan=False))
    assert [trial["name"] for trial in stored["trials"]] == [each.name for each in QUICK]
    assert "%" in stored["sentence"]["pt-BR"]


def test_the_choice_is_the_same_again_and_on_one_core(validation, monkeypatch):
    first = choose(validation, validation.data, PLENTY, grid=QUICK)
    monkeypatch.setattr(blocks, "n_cores", lambda: 1)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 50_000)
    again = choose(validation, validation.data, PLENTY, grid=QUICK)
    assert json.dumps(again.to_json()) == json.dumps(first.to_json())


def test_what_candidates_say_is_kept_as_the_blend_would_say_it(validation):
    models = [
        registry.create(each.algorithm, each.hyperparameters).fit(validation.data)
        for each in QUICK[2:]
    ]
    pools = fill_pools(models, validation.exam)
    members = [
        each.member(weight, 0.0).to_json()
        for each, weight in zip(QUICK[2:], (0.3, 0.7), strict=True)
    ]
    blend = registry.create("blend", {"members": members}).fit(validation.data)
    scores = blend.score(validation.exam.train)
    kept = pools.unheard.blended(np.array([0.3, 0.7]))
    for row in (0, 17, 200):
        train = validation.exam.train.rows(slice(row, row + 1))
        new = np.setdiff1d(np.flatnonzero(np.isfinite(scores[row])), train.items)
        best = np.sort(scores[row, new])[::-1][:20]
        mine = np.sort(kept[row][pools.unheard.there[row]])[::-1][:20]
        np.testing.assert_allclose(mine, best, rtol=1e-5)


def test_of_a_large_catalogue_the_same_is_kept_without_scoring_all_of_it(validation, monkeypatch):
    models = [
        registry.create(each.algorithm, each.hyperparameters).fit(validation.data) for each in QUICK
    ]
    whole = fill_pools(models, validation.exam)
    monkeypatch.setattr(pool, "EXACT_UP_TO", 0)
    monkeypatch.setattr(pool, "LISTENERS", 70)
    few = fill_pools(models, validation.exam)
    for task in ("unheard", "heard"):
        mine, theirs = getattr(few, task), getattr(whole, task)
        np.testing.assert_array_equal(mine.n_relevant, theirs.n_relevant)
        for weights in ((1, 0, 0, 0), (0, 1, 0, 0), (0.2, 0.1, 0.3, 0.4)):
            found, right = (each.blended(np.array(weights)) for each in (mine, theirs))
            np.testing.assert_allclose(
                np.sort(found, axis=1)[:, -20:], np.sort(right, axis=1)[:, -20:], rtol=2e-5
            )
            np.testing.assert_allclose(mine.ndcg(found), theirs.ndcg(right), rtol=1e-4)


def test_who_cannot_learn_is_left_out_and_said(validation):
    choice = choose(validation, validation.data, PLENTY, grid=(BAD, *QUICK))
    broken = choice.trials[0]
    assert broken.left_out is not None
    assert "regularization" in broken.left_out.en
    assert (
        choice.hyperparameters
        == choose(validation, validation.data, PLENTY, grid=QUICK).hyperparameters
    )


def test_who_does_not_fit_into_the_budget_is_left_out_by_reckoning(validation):
    costs = [
        registry.create(each.algorithm, each.hyperparameters).cost(validation.data).seconds
        for each in QUICK
    ]
    choice = choose(validation, validation.data, Limits(sum(costs) - costs[-1] / 2), grid=QUICK)
    assert [trial.name for trial in choice.trials if trial.left_out] == ["ease"]
    assert choice.cost <= choice.budget


def test_a_catalogue_too_large_for_ease_leaves_it_out(validation):
    choice = choose(validation, validation.data, Limits(100.0, max_ease_items=79), grid=QUICK)
    assert [trial.name for trial in choice.trials if trial.left_out] == ["ease"]


def test_too_few_listeners_choose_nothing(validation):
    few = replace(
        validation,
        exam=Exam.of(
            validation.exam.train.rows(slice(0, 100)),
            validation.data.interactions.histories.rows(slice(100, 200)),
            validation.data.catalogue,
            tasks=(Task.UNHEARD, Task.AGAIN),
            cutoffs=(20,),
        ),
    )
    for held, how in ((few, "too few listeners"), (None, "no validation")):
        choice = choose(held, validation.data, PLENTY, grid=QUICK)
        assert choice.how == how
        assert choice.trials == ()
        assert [each["algorithm"] for each in choice.hyperparameters["members"]] == ["ease"]


@pytest.mark.parametrize("grid", [GRID, WIDE_GRID])
def test_every_candidate_can_be_created_and_has_a_name_of_its_own(grid):
    for each in grid:
        registry.create(each.algorithm, each.hyperparameters)
    assert len({each.name for each in grid}) == len(grid)

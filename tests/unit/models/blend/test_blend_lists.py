"""Lists made from candidates hold what lists made from all scores hold, or very nearly."""

from __future__ import annotations

import numpy as np
import pytest

from model_worlds import random_world
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.models import blocks, registry
from rekomenda.models.base import Fitted
from rekomenda.models.blend import fitted as blended
from rekomenda.models.blend import lists as blend_lists
from rekomenda.models.linear import asked

N_USERS, N_ITEMS = 160, 900
MEMBERS = (
    {"algorithm": "rp3beta", "unheard": 2.0},
    {
        "algorithm": "graph_filter",
        "hyperparameters": {"n_vectors": 24},
        "unheard": 1.0,
        "heard": 0.5,
    },
    {"algorithm": "als", "hyperparameters": {"n_factors": 80}, "unheard": 1.5},
    {"algorithm": "popularity", "unheard": 0.1},
    {"algorithm": "relisten", "heard": 1.0},
)


@pytest.fixture(scope="module")
def histories_and_blend():
    data = random_world(n_users=N_USERS, n_items=N_ITEMS, n_cells=6000, seed=21)
    fitted = registry.create("blend", {"members": MEMBERS}).fit(data)
    return data.interactions.histories, fitted


@pytest.fixture
def histories(histories_and_blend, monkeypatch):
    monkeypatch.setattr(blended, "EXACT_UP_TO", 0)
    return histories_and_blend[0]


@pytest.fixture
def blend(histories_and_blend):
    return histories_and_blend[1]


@pytest.fixture
def wanted(histories):
    """New tracks, anything, few tracks of which some were heard, and new tracks but hidden ones."""
    rng = np.random.default_rng(5)
    seen = ItemSets(histories.indptr, histories.items)
    few = ItemSets(np.arange(N_USERS + 1) * 90, rng.integers(0, N_ITEMS, 90 * N_USERS, np.int32))
    hidden = rng.random(N_ITEMS) < 0.5
    return [
        (20, Eligible(excluded=seen)),
        (40, Eligible()),
        (10, Eligible(only=few)),
        (15, Eligible(excluded=seen, hidden=hidden)),
    ]


def by_all_scores(blend, histories, rule, n):
    """Sort every eligible score: items, -1 behind the end."""
    scores = rule.apply(blend.score(histories))
    order = np.argsort(-scores, axis=1, kind="stable")[:, :n]
    return np.where(np.take_along_axis(scores, order, axis=1) > -np.inf, order, -1)


def test_reasons_weigh_members_as_the_lists_of_a_large_catalogue_do(
    histories_and_blend, blend, monkeypatch
):
    histories = histories_and_blend[0]
    items = np.random.default_rng(3).integers(0, N_ITEMS, (N_USERS, 12), np.int32)
    items[:, 0] = histories.items[histories.indptr[:-1]]  # heard before
    exact = blend.factors(histories, items)
    monkeypatch.setattr(blended, "EXACT_UP_TO", 0)
    proposes_by_its_scores = (True, False, False, True, True)
    for found, right, same in zip(
        blend.factors(histories, items), exact, proposes_by_its_scores, strict=True
    ):
        np.testing.assert_allclose(found, right, rtol=1e-4 if same else 0.2)


def test_nearly_everything_that_belongs_into_a_list_is_in_it(blend, histories, wanted):
    assert N_ITEMS > 4 * blend_lists.PROPOSED
    for best, (n, rule) in zip(blend.top_n_each(histories, wanted), wanted, strict=True):
        exact = by_all_scores(blend, histories, rule, n)
        found = [np.isin(row[row >= 0], best.items[user]) for user, row in enumerate(exact)]
        assert np.concatenate(found).mean() > 0.99
        assert ((best.items >= 0) == (exact >= 0)).all()


def test_with_everything_proposed_lists_are_exact_but_for_rounding(
    blend, histories, wanted, monkeypatch
):
    monkeypatch.setattr(blend_lists, "PROPOSED", N_ITEMS)
    monkeypatch.setattr(blend_lists, "FOR_SCALE", N_ITEMS)
    scores = blend.score(histories)
    for best, (n, rule) in zip(blend.top_n_each(histories, wanted), wanted, strict=True):
        exact = by_all_scores(blend, histories, rule, n)
        assert (best.items == exact).mean() > 0.99  # rounding swaps equals
        listed = best.items >= 0
        own = np.take_along_axis(scores, np.maximum(best.items, 0).astype(int), axis=1)
        np.testing.assert_allclose(best.scores[listed], own[listed], rtol=1e-3, atol=1e-4)


def test_no_list_holds_what_its_rule_forbids(blend, histories, wanted):
    for best, (_, rule) in zip(blend.top_n_each(histories, wanted), wanted, strict=True):
        allowed = rule.apply(np.zeros((N_USERS, N_ITEMS), np.float32)) == 0
        users, places = np.nonzero(best.items >= 0)
        items = best.items[users, places]
        assert allowed[users, items].all()
        assert len(np.unique(users * N_ITEMS + items)) == len(items)
        assert (np.diff(best.scores, axis=1)[best.items[:, 1:] >= 0] <= 0).all()


def test_what_a_rule_gives_does_not_depend_on_what_else_is_asked(blend, histories, wanted):
    for best, (n, rule) in zip(blend.top_n_each(histories, wanted), wanted, strict=True):
        alone = blend.top_n(histories, n, rule)
        np.testing.assert_array_equal(alone.items, best.items)
        np.testing.assert_array_equal(alone.scores, best.scores)


def test_a_shorter_list_is_the_beginning_of_a_longer_one(blend, histories, wanted):
    rule = wanted[0][1]
    longer = blend.top_n(histories, blend_lists.PROPOSED, rule).items
    np.testing.assert_array_equal(blend.top_n(histories, 7, rule).items, longer[:, :7])


def test_heard_tracks_have_the_scores_they_have_among_all(blend, histories):
    own = ItemSets(histories.indptr, histories.items)
    best = blend.top_n(histories, 30, Eligible(only=own))
    scores = blend.score(histories)
    users, places = np.nonzero(best.items >= 0)
    np.testing.assert_allclose(
        best.scores[users, places], scores[users, best.items[users, places]], rtol=1e-3, atol=1e-4
    )
    said = scores[histories.users_of_cells, histories.items] > -np.inf
    counts = np.bincount(histories.users_of_cells[said], minlength=N_USERS)
    assert (best.items >= 0).sum(axis=1).tolist() == np.minimum(counts, 30).tolist()


@pytest.mark.parametrize("place", range(len(MEMBERS)))
def test_a_member_scores_candidates_as_it_scores_all_but_for_rounding(blend, histories, place):
    model = blend.members[place].model
    assert type(model)._score_at is not Fitted._score_at
    candidates = np.random.default_rng(4).integers(-1, N_ITEMS, (N_USERS, 50)).astype(np.int32)
    candidates[:, :3] = histories.items[histories.indptr[:-1]][:, None]  # some that were heard
    everything = model.score(histories)
    wanted = np.take_along_axis(everything, np.maximum(candidates, 0).astype(int), axis=1)
    wanted[candidates < 0] = -np.inf
    found = model.score(histories, candidates)
    np.testing.assert_array_equal(np.isfinite(found), np.isfinite(wanted))
    said = np.isfinite(wanted)
    size = np.abs(wanted[said]).max()
    np.testing.assert_allclose(found[said], wanted[said], rtol=1e-4, atol=1e-6 * size)


@pytest.mark.parametrize("place", range(len(MEMBERS)))
def test_a_member_asked_for_a_block_scores_as_ever(blend, histories, wanted, place):
    model = blend.members[place].model
    candidates = np.random.default_rng(4).integers(-1, N_ITEMS, (N_USERS, 50)).astype(np.int32)
    question = model.ask(histories)
    proposed = question.propose(wanted)
    np.testing.assert_array_equal(question.score(candidates), model.score(histories, candidates))
    if question.exact:
        for found, right in zip(proposed, model.top_n_each(histories, wanted), strict=True):
            np.testing.assert_array_equal(found.items, right.items)
            np.testing.assert_array_equal(found.scores, right.scores)


def test_blocks_cores_and_what_is_kept_change_nothing(blend, histories, wanted, monkeypatch):
    before = blend.top_n_each(histories, wanted)
    monkeypatch.setattr(blended, "LISTENERS", 37)
    monkeypatch.setattr(blocks, "n_cores", lambda: 1)
    monkeypatch.setattr(asked, "KEPT_BYTES", 0)
    for best, again in zip(before, blend.top_n_each(histories, wanted), strict=True):
        np.testing.assert_array_equal(best.items, again.items)
        np.testing.assert_array_equal(best.scores, again.scores)


def test_what_was_heard_is_scored_alone_as_among_everything(blend, histories):
    places = np.arange(int(histories.lengths.max()))
    heard = np.full((N_USERS, len(places)), -1, np.int32)
    heard[places < histories.lengths[:, None]] = histories.items
    among = np.take_along_axis(blend.score(histories), np.maximum(heard, 0).astype(int), axis=1)
    found = blend.score(histories, heard)
    assert np.isneginf(found[heard < 0]).all()
    np.testing.assert_allclose(found[heard >= 0], among[heard >= 0], rtol=1e-4, atol=1e-4)

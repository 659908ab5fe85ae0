"""Members that need plays say less of newcomers, and what a member cannot place the others decide."""

from __future__ import annotations

import numpy as np
import pytest

from model_worlds import random_world
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import ReasonKind
from rekomenda.errors import HyperparameterError
from rekomenda.models import registry
from rekomenda.models.blend import fitted as fitted_blend
from rekomenda.models.blend.say import Say

EASE = {"algorithm": "ease", "hyperparameters": {"regularization": 9.0}, "unheard": 3.0}
RP3 = {"algorithm": "rp3beta", "unheard": 1.0}
CONTENT = {
    "algorithm": "content",
    "hyperparameters": {"n_factors": 6, "alpha": 0.7, "regularization": 0.5},
    "unheard": 1.0,
}


def blend(*members, **knobs):
    return registry.create("blend", {"members": list(members), **knobs})


def listeners(*liked: int) -> Histories:
    """Listeners with so many liked tracks each, and one seen track that nobody counts."""
    users = np.repeat(np.arange(len(liked)), [n + 1 for n in liked])
    items = np.concatenate([np.arange(n + 1) for n in liked])
    weights = np.concatenate([np.append(np.ones(n), 0) for n in liked])
    return Histories.from_cells(users, items, n_users=len(liked), n_items=13, weights=weights)


def say(prior: float, share: float = 0.0) -> Say:
    """Two members of own plays and one of all listeners; tracks 7 and 8 are beyond the first two."""
    unplaced = np.zeros((3, 13), bool)
    unplaced[:2, 8] = True
    unplaced[0, 7] = True
    weights = np.array([0.5, 0.25, 0.25], np.float32)
    return Say(weights, np.array([True, True, False]), unplaced, prior, share)


def test_shares_are_worked_by_hand():
    # κ = 4: nothing, half, three quarters believed; 0.5 and 0.25 times that, and 0.25 for the last.
    shares = say(4.0).shares(listeners(0, 4, 12))
    wanted = [[0, 0, 1], [0.4, 0.2, 0.4], [0.375 / 0.8125, 0.1875 / 0.8125, 0.25 / 0.8125]]
    np.testing.assert_allclose(shares, wanted, rtol=1e-6)


def test_without_a_prior_everybody_is_believed_alike():
    assert say(0.0).shares(listeners(0, 1, 7)).tolist() == [[0.5, 0.25, 0.25]] * 3


def test_what_is_made_up_is_worked_by_hand():
    # Track 7: half the say is absent, half of that made up: over 0.75. Track 8: over 1 - 0.5 * 0.75.
    told = say(0.0, 0.5)
    shares = told.shares(listeners(3))
    scores = np.ones((1, 13), np.float32)
    told.make_up(scores, shares)
    np.testing.assert_allclose(scores[0], [1] * 7 + [1 / 0.75, 1 / 0.625] + [1] * 4, rtol=1e-6)
    few = np.ones((1, 3), np.float32)
    told.make_up(few, shares, np.array([[8, -1, 2]], np.int32))
    np.testing.assert_allclose(few[0, [0, 2]], [1 / 0.625, 1], rtol=1e-6)


def test_of_a_newcomer_nobodys_silence_is_made_up():
    told = say(0.0, 1.0)  # who has no plays has no say of those who need them: nothing is absent
    scores = np.ones((1, 13), np.float32)
    told.make_up(scores, told.shares(listeners(0)))
    assert scores.tolist() == [[1.0] * 13]


def test_what_nobody_places_is_left_alone():
    nobody = Say(np.ones(1, np.float32), np.array([False]), np.ones((1, 13), bool), 0.0, 1.0)
    scores = np.full((1, 13), -np.inf, np.float32)
    nobody.make_up(scores, nobody.shares(listeners(1)))
    assert (scores == -np.inf).all()


@pytest.fixture(scope="module")
def data():
    return random_world(n_users=150, n_items=70, n_cells=900, seed=11)


@pytest.fixture(scope="module")
def model(data):
    return blend(EASE, RP3, CONTENT, listener_prior=6.0, absent_share=0.75).fit(data)


def test_who_needs_plays_and_what_they_cannot_place_is_found_out(data, model):
    liked = np.bincount(data.interactions.histories.items, minlength=70) > 0
    assert not liked.all()
    assert model.say.own.tolist() == [True, True, False]
    np.testing.assert_array_equal(model.say.unplaced, [~liked, ~liked, np.zeros(70, bool)])


def test_a_listener_without_plays_gets_the_order_of_who_needs_none(data, model):
    none = np.zeros(0, np.int32)
    stranger = Histories.from_cells(none, none, n_users=1, n_items=70)
    alone = model.members[2].model.top_n(stranger, 10, Eligible())
    np.testing.assert_array_equal(model.top_n(stranger, 10, Eligible()).items, alone.items)


def test_a_prior_takes_from_those_who_need_plays_and_the_more_the_less_is_known(data):
    histories = data.interactions.histories
    lists = {
        prior: blend(EASE, CONTENT, listener_prior=prior).fit(data) for prior in (0.0, 1e-6, 1e6)
    }
    new = Eligible(excluded=ItemSets(histories.indptr, histories.items))
    best = {prior: each.top_n(histories, 10, new).items for prior, each in lists.items()}
    np.testing.assert_array_equal(best[0.0], best[1e-6])
    alone = registry.create("content", CONTENT["hyperparameters"]).fit(data)
    assert (best[1e6] == alone.top_n(histories, 10, new).items).mean() > 0.99
    assert (best[0.0] == best[1e6]).mean() < 0.9


def test_plays_and_parts_still_add_up_to_the_score(data, model):
    histories, checked = data.interactions.histories, 0
    for user in (0, 3, 11, 40):
        one = histories.rows(slice(user, user + 1))
        scores = model.score(one)[0]
        for item in np.setdiff1d(np.flatnonzero(np.isfinite(scores)), one.items):
            parts = model.contributions(one, int(item))
            assert parts.sum() == pytest.approx(
                scores[item], rel=1e-5, abs=2e-6 * float(np.abs(parts).sum())
            )
            checked += 1
    assert checked > 150


def test_without_the_named_play_the_score_is_lower(data, model):
    histories, lower = data.interactions.histories, []
    new = Eligible(excluded=ItemSets(histories.indptr, histories.items))
    best = model.top_n(histories, 5, new)
    evidence, scores = model.explain(histories, best.items), model.score(histories)
    for user in range(0, 150, 3):
        one = histories.rows(slice(user, user + 1))
        for rank, item in enumerate(best.items[user]):
            if evidence.kind[user, rank] == ReasonKind.PLAYED:
                rest = one.cells(one.items != evidence.subject[user, rank])
                lower.append(model.score(rest)[0, item] < scores[user, item])
    assert len(lower) > 150
    assert np.mean(lower) > 0.95


def test_lists_from_candidates_are_those_of_all_scores(data, model, monkeypatch):
    histories = data.interactions.histories
    new = Eligible(excluded=ItemSets(histories.indptr, histories.items))
    exact = model.top_n(histories, 10, new)
    monkeypatch.setattr(fitted_blend, "EXACT_UP_TO", 0)
    quick = model.top_n(histories, 10, new)
    np.testing.assert_array_equal(quick.items, exact.items)
    np.testing.assert_allclose(quick.scores, exact.scores, rtol=1e-4)


def test_a_recipe_from_before_says_what_it_said(data):
    knobs = {"members": [EASE, CONTENT]}
    old, plain = (
        registry.create("blend", more).fit(data)
        for more in (knobs, {**knobs, "listener_prior": 0.0, "absent_share": 0.0})
    )
    again = registry.restore("blend", knobs, old.arrays())
    histories = data.interactions.histories
    assert again.say.listener_prior == again.say.absent_share == 0
    np.testing.assert_array_equal(again.score(histories), plain.score(histories))


def test_restored_it_is_the_same(data, model):
    knobs = {"members": [EASE, RP3, CONTENT], "listener_prior": 6.0, "absent_share": 0.75}
    again = registry.restore("blend", knobs, model.arrays())
    histories = data.interactions.histories
    np.testing.assert_array_equal(again.score(histories), model.score(histories))


@pytest.mark.parametrize(
    "knob",
    [
        {"listener_prior": -1},
        {"listener_prior": "much"},
        {"absent_share": 1.1},
        {"absent_share": True},
    ],
)
def test_numbers_out_of_range_are_refused(knob):
    with pytest.raises(HyperparameterError, match=next(iter(knob))):
        blend(EASE, **knob)

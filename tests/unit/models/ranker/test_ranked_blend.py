"""A ranked blend hands its candidates' scores out anew; everything else is the blend's."""

from __future__ import annotations

import numpy as np
import pytest

from model_worlds import random_world
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.errors import HyperparameterError
from rekomenda.models import blocks, registry
from rekomenda.models.blend import fitted as blended
from rekomenda.models.blend import lists as blend_lists
from rekomenda.models.ranker.features import FEATURES

MEMBERS = [
    {"algorithm": "ease", "hyperparameters": {"regularization": 9}, "unheard": 1, "heard": 1},
    {"algorithm": "rp3beta", "unheard": 0.5},
]
POPULARITY = list(FEATURES).index("popularity")
STEPS = [[POPULARITY, level, 0.0, -1.0] for level in np.linspace(-6, 0, 500).tolist()]
"""The less popular, the better."""
FOR_NEWCOMERS = {
    "members": [*MEMBERS, {"algorithm": "content", "unheard": 1}],
    "n_candidates": 10,
    "listener_prior": 8.0,
    "absent_share": 0.75,
    "ranked_from": 8,
}
"""Listeners differ in who has how much say, and in whose candidates the trees order."""


@pytest.fixture(scope="module")
def data():
    return random_world(n_users=90, n_items=60, n_cells=900, seed=2)


def ranked(**knobs):
    return registry.create("ranked_blend", {"members": MEMBERS, **knobs})


@pytest.fixture(scope="module")
def scores(data):
    """The blend's, (U, I), and those of a blend ranked by `STEPS` among ten candidates."""
    histories = data.interactions.histories
    blend = registry.create("blend", {"members": MEMBERS}).fit(data).score(histories)
    return blend, ranked(trees=STEPS, n_candidates=10).fit(data).score(histories)


def test_the_best_unheard_tracks_are_put_in_the_order_of_the_trees(data, scores):
    blend, anew = scores
    histories = data.interactions.histories
    listeners = np.bincount(histories.items, histories.weights > 0, 60)
    for user in range(90):
        heard = histories.rows(slice(user, user + 1)).items
        new = np.setdiff1d(np.flatnonzero(blend[user] > -np.inf), heard)
        best = new[np.argsort(-blend[user, new], kind="stable")][:10]
        wanted = sorted(best, key=lambda item: listeners[item])  # equals stay in the blend's order
        assert anew[user, wanted].tolist() == blend[user, best].tolist()


def test_all_other_scores_are_the_blends(data, scores):
    blend, anew = scores
    assert (np.count_nonzero(blend != anew, axis=1) <= 10).all()
    assert (blend != anew).any()
    cells = data.interactions.histories.users_of_cells, data.interactions.histories.items
    np.testing.assert_array_equal(blend[cells], anew[cells])
    np.testing.assert_array_equal(np.sort(blend, axis=1), np.sort(anew, axis=1))


def test_without_trees_it_is_the_blend(data, scores):
    plain = ranked().fit(data).score(data.interactions.histories)
    np.testing.assert_array_equal(plain, scores[0])


def test_listeners_with_too_few_liked_tracks_keep_the_blends_order(data, scores):
    histories = data.interactions.histories
    liked = np.bincount(histories.users_of_cells, histories.weights > 0, 90)
    least = int(np.median(liked))
    found = ranked(trees=STEPS, n_candidates=10, ranked_from=least).fit(data).score(histories)
    assert 20 < (liked < least).sum() < 70
    np.testing.assert_array_equal(found[liked < least], scores[0][liked < least])
    np.testing.assert_array_equal(found[liked >= least], scores[1][liked >= least])


def test_reasons_are_the_blends(data):
    histories = data.interactions.histories.rows(slice(0, 9))
    items = np.arange(27, dtype=np.int32).reshape(9, 3) * 2
    blend = registry.create("blend", {"members": MEMBERS}).fit(data).explain(histories, items)
    anew = ranked(trees=STEPS).fit(data).explain(histories, items)
    for name, values in vars(blend).items():
        np.testing.assert_array_equal(values, vars(anew)[name])


def test_blocks_and_cores_change_nothing(data, scores, monkeypatch):
    monkeypatch.setattr(blocks, "n_cores", lambda: 1)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 3_000)
    again = ranked(trees=STEPS, n_candidates=10).fit(data).score(data.interactions.histories)
    np.testing.assert_array_equal(again, scores[1])


def test_a_member_that_could_not_learn_leaves_its_place_in_the_trees_empty(data):
    broken = {"algorithm": "als", "hyperparameters": {"regularization": 1e-300, "n_factors": 59}}
    members = [MEMBERS[0], {**broken, "unheard": 1}]
    by_broken = [[len(FEATURES) + 1, 0.0, 0.0, 5.0]]
    model = ranked(members=members, trees=by_broken).fit(data)
    if not model.left_out:
        pytest.skip("this machine's arithmetic lets it learn")
    alone = ranked(members=members[:1]).fit(data)
    histories = data.interactions.histories
    np.testing.assert_array_equal(model.score(histories), alone.score(histories))


@pytest.mark.parametrize("exact_up_to", [0, 60])
@pytest.mark.parametrize("knobs", [{"n_candidates": 10}, {"n_candidates": 25}, FOR_NEWCOMERS])
def test_lists_are_in_the_order_of_the_scores(data, monkeypatch, exact_up_to, knobs):
    """With everything proposed that holds for large catalogues too, whose lists ask candidates only."""
    histories = data.interactions.histories
    model = ranked(trees=STEPS, **knobs).fit(data)
    scores = model.score(histories)
    monkeypatch.setattr(blended, "EXACT_UP_TO", exact_up_to)
    monkeypatch.setattr(blend_lists, "PROPOSED", 60)
    monkeypatch.setattr(blend_lists, "FOR_SCALE", 60)
    heard = ItemSets(histories.indptr, histories.items)
    hidden = np.random.default_rng(6).random(60) < 0.5
    wanted = [
        (7, Eligible(excluded=heard)),
        (12, Eligible(excluded=heard, hidden=hidden)),
        (15, Eligible()),
        (5, Eligible(only=heard)),
    ]
    for best, (n, rule) in zip(model.top_n_each(histories, wanted), wanted, strict=True):
        right = rule.apply(scores.copy())
        order = np.argsort(-right, axis=1, kind="stable")[:, :n]
        values = np.take_along_axis(right, order, axis=1)
        assert (
            np.where(values > -np.inf, order, -1) == best.items
        ).mean() > 0.99  # but for rounding
        np.testing.assert_allclose(best.scores, values, rtol=1e-4, atol=1e-5)


def test_trees_grow_on_the_candidates_that_lists_put_in_order(data, monkeypatch):
    """With everything proposed those of a large catalogue are those of all scores, block by block."""
    histories = data.interactions.histories
    model = ranked(trees=STEPS, n_candidates=10).fit(data)
    whole = model.candidates(histories)
    for name, value in (("EXACT_UP_TO", 0), ("LISTENERS", 7)):
        monkeypatch.setattr(blended, name, value)
    for name in ("PROPOSED", "FOR_SCALE"):
        monkeypatch.setattr(blend_lists, name, 60)
    found = model.candidates(histories)
    same = found.items == whole.items  # but for rounding
    assert same.mean() > 0.99
    np.testing.assert_allclose(found.scores, whole.scores, rtol=1e-4)
    np.testing.assert_allclose(found.features[same], whole.features[same], rtol=1e-4, atol=1e-5)
    assert len(found.ordered) == 90


def test_large_catalogues_share_nothing_between_blocks(data, monkeypatch):
    monkeypatch.setattr(blended, "EXACT_UP_TO", 0)
    histories = data.interactions.histories
    rule = Eligible(excluded=ItemSets(histories.indptr, histories.items))
    model = ranked(trees=STEPS, n_candidates=10).fit(data)
    before = model.top_n(histories, 15, rule)
    monkeypatch.setattr(blended, "LISTENERS", 7)
    again = model.top_n(histories, 15, rule)
    np.testing.assert_array_equal(again.items, before.items)
    np.testing.assert_array_equal(again.scores, before.scores)


@pytest.mark.parametrize(
    "knobs",
    [
        {"n_candidates": 0},
        {"n_candidates": 2.5},
        {"ranked_from": -1},
        {"ranked_from": True},
        {"trees": "many"},
        {"trees": [[0, 1.0, 2.0]]},
        {"trees": [[len(FEATURES) + 2, 1.0, 2.0, 3.0]]},
    ],
)
def test_what_cannot_be_is_refused(knobs):
    with pytest.raises(HyperparameterError):
        ranked(**knobs)

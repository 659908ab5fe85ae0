"""A blend adds up its members on a common scale, and says whose say its reasons are."""

from __future__ import annotations

import numpy as np
import pytest

from model_worlds import random_world, training
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import ReasonKind
from rekomenda.errors import FitError, HyperparameterError, UnknownAlgorithmError
from rekomenda.models import registry
from rekomenda.models.blend.scale import scale_of

EASE = {
    "algorithm": "ease",
    "hyperparameters": {"regularization": 9.0},
    "unheard": 2.0,
    "heard": 1.0,
}
RP3 = {"algorithm": "rp3beta", "unheard": 1.0}
RELISTEN = {"algorithm": "relisten", "heard": 3.0}


def blend(*members, **knobs):
    return registry.create("blend", {"members": list(members), **knobs})


@pytest.fixture(scope="module")
def data():
    return random_world(n_users=90, n_items=60, n_cells=900, seed=4)


def slow_blend(members, data, level, spread):
    """The formula of `fitted`, one listener and one track at a time, in float64."""
    histories = data.interactions.histories
    models = [registry.create(m["algorithm"], m.get("hyperparameters")).fit(data) for m in members]
    weights = {kind: np.array([m.get(kind, 0.0) for m in members]) for kind in ("unheard", "heard")}
    weights = {kind: values / values.sum() for kind, values in weights.items()}
    result = np.full((len(histories), histories.n_items), -np.inf)
    for user in range(len(histories)):
        one = histories.rows(slice(user, user + 1))
        heard = set(one.items.tolist())
        parts = {item: [] for item in range(histories.n_items)}
        for place, model in enumerate(models):
            scores = model.score(one)[0].astype(np.float64)
            new = [s for i, s in enumerate(scores) if i not in heard and s > -np.inf]
            scale = abs(np.mean(sorted(new, reverse=True)[:20] or [0.0])) or 1.0
            old = [scores[i] for i in heard if scores[i] > -np.inf]
            mean_old, spread_old = np.mean(old or [0.0]), np.std(old or [0.0])
            if spread_old <= 1e-6 * abs(mean_old):
                spread_old = abs(mean_old) or 1.0
            for item, found in parts.items():
                if item not in heard:
                    if weights["unheard"][place] and scores[item] > -np.inf:
                        found.append(weights["unheard"][place] * scores[item] / scale)
                elif weights["heard"][place] and old:
                    value = scores[item] if scores[item] > -np.inf else min(old)
                    found.append(weights["heard"][place] * (value - mean_old) / spread_old)
        for item, found in parts.items():
            if found:
                total = sum(found)
                result[user, item] = level + spread * total if item in heard else total
    return result


def test_it_is_the_weighted_sum_on_each_listeners_own_scale(data):
    members = [EASE, RP3, RELISTEN]
    fitted = blend(*members, heard_level=0.7, heard_spread=0.4).fit(data)
    fast, slow = fitted.score(data.interactions.histories), slow_blend(members, data, 0.7, 0.4)
    np.testing.assert_array_equal(np.isfinite(fast), np.isfinite(slow))
    said = np.isfinite(slow)
    assert said.mean() > 0.7
    np.testing.assert_allclose(fast[said], slow[said], rtol=2e-3, atol=2e-3)


def test_one_member_ranks_as_it_does_alone(data):
    alone = registry.create("ease", EASE["hyperparameters"]).fit(data)
    histories = data.interactions.histories
    new = Eligible(excluded=ItemSets(histories.indptr, histories.items))
    best = blend(EASE).fit(data).top_n(histories, 10, new)
    np.testing.assert_array_equal(best.items, alone.top_n(histories, 10, new).items)


def test_a_member_without_opinion_vetoes_nothing(data):
    fitted = blend(
        EASE, {"algorithm": "item_knn", "hyperparameters": {"n_neighbours": 1}, "unheard": 1}
    ).fit(data)
    histories = data.interactions.histories
    silent = fitted.members[1].model.score(histories) == -np.inf
    assert silent.mean() > 0.3
    ease = fitted.members[0].model.score(histories)
    new = np.ones(ease.shape, bool)
    new[histories.users_of_cells, histories.items] = False
    where = silent & np.isfinite(ease) & new
    assert np.isfinite(fitted.score(histories)[where]).all()


def test_plays_add_up_to_the_score_of_what_is_unheard(data):
    fitted = blend(EASE, RP3).fit(data)
    for user in (0, 3, 11):
        one = data.interactions.histories.rows(slice(user, user + 1))
        scores = fitted.score(one)[0]
        for item in np.setdiff1d(np.flatnonzero(np.isfinite(scores)), one.items)[::5]:
            parts = fitted.contributions(one, int(item))
            assert parts.sum() == pytest.approx(
                scores[item], rel=1e-4, abs=1e-5 * float(np.abs(parts).sum())
            )


def test_the_reason_is_the_play_that_adds_most_over_all_members(data):
    fitted = blend(EASE, RP3).fit(data)
    histories = data.interactions.histories
    best = fitted.top_n(histories, 6, Eligible())
    evidence = fitted.explain(histories, best.items)
    checked = 0
    for user in range(0, 40, 3):
        one = histories.rows(slice(user, user + 1))
        for rank, item in enumerate(best.items[user]):
            if item >= 0 and item not in one.items:
                parts = fitted.contributions(one, int(item))
                assert evidence.subject[user, rank] == one.items[parts.argmax()]
                share = parts.max() / parts[parts > 0].sum()
                assert evidence.share[user, rank] == pytest.approx(share, rel=1e-3)
                checked += 1
    assert checked > 20


def test_a_member_that_adds_more_than_any_play_gives_its_own_reason(data):
    popular = {"algorithm": "popularity", "unheard": 50.0}
    histories = data.interactions.histories
    fitted = blend(RP3, popular).fit(data)
    best = fitted.top_n(histories, 3, Eligible())
    kinds = fitted.explain(histories, best.items).kind[best.items >= 0]
    assert (kinds == ReasonKind.POPULAR).mean() > 0.9


def test_the_level_moves_heard_tracks_and_nothing_else(data):
    histories = data.interactions.histories
    low, high = (
        blend(EASE, RP3, heard_level=level).fit(data).score(histories) for level in (-2.0, 3.0)
    )
    heard = np.zeros(low.shape, bool)
    heard[histories.users_of_cells, histories.items] = True
    np.testing.assert_array_equal(low[~heard], high[~heard])
    said = heard & np.isfinite(low)
    np.testing.assert_allclose(high[said] - low[said], 5.0, rtol=1e-4)


@pytest.mark.parametrize(
    "knob", [{"heard_spread": 0}, {"heard_level": "high"}, {"heard_level": True}]
)
def test_numbers_out_of_range_are_refused(knob):
    with pytest.raises(HyperparameterError, match=next(iter(knob))):
        blend(EASE, **knob)


BAD = {
    "algorithm": "ease",
    "hyperparameters": {"regularization": 1e-30},
    "unheard": 5.0,
    "heard": 1.0,
}


def always_together():
    """Four tracks that are always played together: without a penalty EASE's matrix is singular."""
    users, items = np.divmod(np.arange(1200), 4)
    histories = Histories.from_cells(users, items, n_users=300, n_items=4)
    return training(histories, [0] * 4, n_genres=1, n_regions=1)


def test_a_member_that_cannot_learn_is_left_out_and_the_others_take_its_weight():
    data = always_together()
    members = [BAD, RP3, {"algorithm": "item_knn", "unheard": 3.0, "heard": 1.0}]
    fitted = blend(*members).fit(data)
    assert set(fitted.left_out) == {"ease"}
    assert "regularization" in fitted.left_out["ease"].en
    shares = [(each.place, each.unheard, each.heard) for each in fitted.members]
    assert shares == [(1, 0.25, 0.0), (2, 0.75, 1.0)]
    restored = registry.restore("blend", {"members": members}, fitted.arrays())
    histories = data.interactions.histories
    np.testing.assert_array_equal(restored.score(histories), fitted.score(histories))


def test_nobody_left_is_said():
    with pytest.raises(FitError, match="none of its members can"):
        blend(BAD).fit(always_together())


@pytest.mark.parametrize(
    "members",
    [
        [],
        "als",
        [{"algorithm": "als"}],
        [{"algorithm": "als", "unheard": -1.0}],
        [{"algorithm": "als", "unheard": float("nan")}],
        [{"algorithm": "als", "unheard": 1.0, "weight": 2}],
        [{"unheard": 1.0}],
    ],
)
def test_what_is_no_list_of_members_is_refused(members):
    with pytest.raises(HyperparameterError, match="members"):
        registry.create("blend", {"members": members})


def test_an_unknown_member_is_refused_by_name():
    with pytest.raises(UnknownAlgorithmError, match="als2"):
        blend({"algorithm": "als2", "unheard": 1.0})


def test_the_scale_is_the_mean_of_what_has_an_opinion():
    no = -np.inf
    scores = np.array([[3.0, no, 1.0, 5.0], [no] * 4, [-2.0, -2.0, no, -5.0]], np.float32)
    assert scale_of(scores).tolist() == [3.0, 1.0, 3.0]
    many = np.arange(30, dtype=np.float32)[None]
    assert scale_of(many).tolist() == [19.5]

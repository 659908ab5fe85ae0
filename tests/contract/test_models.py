"""Every model in the registry keeps the promises of `domain/models.py`."""

from __future__ import annotations

import numpy as np
import pytest

from model_worlds import crooked_world, random_world, training
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel, ReasonKind
from rekomenda.errors import FitError
from rekomenda.models import blocks, registry
from rekomenda.models.blend.fitted import FittedBlend
from rekomenda.models.factors.base import Factors
from rekomenda.models.linear.sparse_low_rank import SparsePlusLowRank

SMALL = {
    "als": {"n_factors": 6, "alpha": 0.7, "regularization": 0.5},
    "content": {"n_factors": 6, "alpha": 0.7, "regularization": 0.5},
    "graph_filter": {"n_vectors": 6},
    "item_knn": {"n_neighbours": 12},
    "blend": {
        "members": [
            {
                "algorithm": "ease",
                "hyperparameters": {"regularization": 9},
                "unheard": 1,
                "heard": 2,
            },
            {"algorithm": "rp3beta", "unheard": 0.5},
        ]
    },
}
SMALL["ranked_blend"] = {
    **SMALL["blend"],
    "n_candidates": 15,
    # By popularity, the track's trend, the artist's part and the second member.
    "trees": [[2, -2.5, 0.3, [3, 0.2, -0.1, 0.4]], [10, 0.1, -0.2, 0.2], [21, 0.05, 0.1, -0.3]],
}
SHRUNK = {
    "members": [
        *SMALL["blend"]["members"],
        {"algorithm": "content", "hyperparameters": SMALL["content"], "unheard": 0.5},
    ],
    "listener_prior": 6.0,
    "absent_share": 0.75,
}
VARIANTS = {
    **{name: (name, SMALL.get(name, {})) for name in registry.names()},
    "ease, weights": ("ease", {"values": "weights", "regularization": 9}),
    "item_knn, bm25": ("item_knn", {"weighting": "bm25", "n_neighbours": 30}),
    "blend, shrunk": ("blend", SHRUNK),
}
LINEAR_KINDS = ("ease", "item_knn", "rp3beta", "graph_filter", "slim", "next_play")
ADDITIVE = [name for name in VARIANTS if name.startswith((*LINEAR_KINDS, "als", "content"))]
LINEAR = [name for name in ADDITIVE if name.startswith(LINEAR_KINDS)]
OF_ALL_TRACKS = {"random", "content", "blend, shrunk"}
"""Models that place tracks without listeners too."""
OF_PLAYS = [*ADDITIVE, "blend", "blend, shrunk", "ranked_blend"]
"""Models where plays speak for what is listed; of a blend they make up the unheard tracks' scores."""
OF_STRANGERS = {"content", "blend, shrunk"}
"""Those of them that speak to listeners without plays too."""
OF_OWN_TRACKS = {"relisten"}
"""Models of what a listener played, which have nothing to say of anything else."""


def algorithm(variant: str):
    return registry.create(*VARIANTS[variant])


@pytest.fixture(scope="module")
def data():
    return random_world(n_users=150, n_items=70, n_cells=1500, seed=11)


@pytest.fixture(scope="module")
def strangers() -> Histories:
    """Listeners who were not there at training, the last two without anything liked."""
    rng = np.random.default_rng(99)
    users, items = np.nonzero(rng.random((40, 70)) < 0.12)
    kept = users < 38
    users, items = np.append(users[kept], 38), np.append(items[kept], 4)
    weights = np.where(users == 38, 0, rng.integers(1, 30, len(users)) / 8)
    return Histories.from_cells(
        users, items, n_users=40, n_items=70, weights=weights, region=rng.integers(-1, 3, 40)
    )


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def model(variant, data) -> FittedModel:
    return algorithm(variant).fit(data, seed=7)


@pytest.fixture(scope="module")
def eligible() -> Eligible:
    rng = np.random.default_rng(5)
    excluded, only = (rng.random((40, 70)) < share for share in (0.3, 0.5))
    only[3] = False
    hidden = np.zeros(70, bool)
    hidden[[2, 40]] = True
    return Eligible(excluded=sets_of(excluded), only=sets_of(only), hidden=hidden)


def sets_of(members: np.ndarray) -> ItemSets:
    counts = members.sum(axis=1)
    return ItemSets(
        np.concatenate([[0], np.cumsum(counts)]), np.nonzero(members)[1].astype(np.int32)
    )


def sorted_list(scores: np.ndarray, n: int) -> list[int]:
    """Rank one row by sorting everything."""
    best = sorted((-score, item) for item, score in enumerate(scores.tolist()) if score > -np.inf)
    return ([item for _, item in best] + [-1] * n)[:n]


def test_it_is_a_model(variant, model, data):
    assert isinstance(model, FittedModel)
    assert model.algorithm == VARIANTS[variant][0]
    assert model.n_items == len(data.catalogue)


def test_the_same_data_and_seed_give_the_same_arrays(variant, model, data):
    again = algorithm(variant).fit(data, seed=7).arrays()
    assert again.keys() == model.arrays().keys()
    for name, array in model.arrays().items():
        np.testing.assert_array_equal(again[name], array)


def test_fitting_leaves_the_data_alone(variant):
    data, untouched = crooked_world(), crooked_world().interactions.histories
    algorithm(variant).fit(data)
    for name in ("indptr", "items", "weights", "plays", "last_day", "region"):
        np.testing.assert_array_equal(
            getattr(data.interactions.histories, name), getattr(untouched, name)
        )


def test_scores_are_numbers_or_no_opinion(model, strangers):
    scores = model.score(strangers)
    assert scores.shape == (40, 70)
    assert scores.dtype == np.float32
    assert not np.isnan(scores).any()
    assert not np.isposinf(scores).any()


def test_listeners_who_were_not_there_get_lists_of_their_own(variant, model, strangers):
    best = model.top_n(strangers, 10, Eligible())
    assert (best.items[:38, 0] >= 0).sum() >= 37  # one only played what has no neighbours
    if variant not in {"popularity", "popularity_recent"}:
        assert len(np.unique(best.items[:38], axis=0)) > 2


def test_a_listener_without_history_gets_a_list_or_none_but_never_noise(model, strangers):
    best = model.top_n(strangers.rows(slice(38, 40)), 10, Eligible())
    assert best.items.shape == (2, 10)
    assert ((best.items >= 0) == np.isfinite(best.scores)).all()


@pytest.mark.parametrize("variant", set(OF_PLAYS) - OF_STRANGERS, indirect=True)
def test_models_of_ones_own_plays_have_no_opinion_without_any(model, strangers):
    assert (model.score(strangers.rows(slice(38, 40))) == -np.inf).all()


def test_candidates_get_the_scores_they_have_among_all(model, strangers):
    rng = np.random.default_rng(2)
    candidates = rng.integers(-1, 70, (40, 9)).astype(np.int32)
    scores = model.score(strangers, candidates)
    everything = model.score(strangers)
    wanted = np.where(candidates >= 0, np.take_along_axis(everything, candidates, axis=1), -np.inf)
    if not isinstance(model, Factors | SparsePlusLowRank | FittedBlend):
        assert scores.tolist() == wanted.tolist()
    # Products of factors are summed in an order that the processor chooses.
    np.testing.assert_allclose(scores, wanted, rtol=2e-5, atol=1e-6)


def test_top_n_is_what_sorting_the_eligible_scores_gives(model, strangers, eligible):
    best = model.top_n(strangers, 12, eligible)
    scores = eligible.apply(model.score(strangers))
    assert best.items.tolist() == [sorted_list(row, 12) for row in scores]
    for row in range(40):
        wanted = [scores[row, item] if item >= 0 else -np.inf for item in best.items[row]]
        assert best.scores[row].tolist() == wanted
    assert (best.items[3] == -1).all()
    assert not np.isin(best.items, [2, 40]).any()


def test_several_rules_asked_at_once_give_what_each_gives_alone(model, strangers, eligible):
    rng = np.random.default_rng(7)
    members = np.sort(rng.integers(0, 70, (40, 9)), axis=1)[:, ::-1].astype(np.int32)  # repeats
    few = ItemSets(np.arange(41) * 9, members.ravel())
    nine = Eligible(excluded=eligible.excluded, only=few, hidden=eligible.hidden)
    wanted = [(12, eligible), (3, Eligible()), (90, Eligible(only=few)), (5, nine)]
    lists = model.top_n_each(strangers, wanted)
    assert len(lists) == 4
    whole = model.score(strangers)
    for best, (n, rule) in zip(lists, wanted, strict=True):
        scores = rule.apply(whole.copy())
        assert best.items.tolist() == [sorted_list(row, n) for row in scores]
        listed = np.take_along_axis(scores, np.maximum(best.items, 0).astype(int), axis=1)
        np.testing.assert_array_equal(best.scores, np.where(best.items < 0, -np.inf, listed))
    assert model.top_n_each(strangers, []) == []


def test_lists_have_the_asked_length_even_beyond_the_catalogue(model, strangers):
    best = model.top_n(strangers, 90, Eligible())
    assert best.items.shape == best.scores.shape == (40, 90)
    assert (best.items[:, 70:] == -1).all()
    for row in best.items:
        listed = row[row >= 0]
        assert len(np.unique(listed)) == len(listed)


def test_nobody_gets_no_list(model, strangers):
    nobody = strangers.rows(slice(0, 0))
    assert model.top_n(nobody, 5, Eligible()).items.shape == (0, 5)
    assert model.score(nobody).shape == (0, 70)
    assert model.explain(nobody, np.zeros((0, 5), np.int32)).kind.shape == (0, 5)


def test_what_a_listener_gets_depends_on_nobody_else(model, strangers, monkeypatch):
    whole = model.score(strangers)
    best = model.top_n(strangers, 8, Eligible())
    evidence = model.explain(strangers, best.items)
    order = np.random.default_rng(1).permutation(40)
    np.testing.assert_array_equal(model.score(strangers.rows(order)), whole[order])
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 3000)  # many small blocks
    monkeypatch.setattr(blocks, "n_cores", lambda: 1)
    np.testing.assert_array_equal(model.score(strangers), whole)
    np.testing.assert_array_equal(model.top_n(strangers, 8, Eligible()).items, best.items)
    alone = model.explain(strangers, best.items)
    np.testing.assert_array_equal(alone.subject, evidence.subject)
    np.testing.assert_array_equal(alone.share, evidence.share)


def test_arrays_bring_back_the_same_model(variant, model, strangers):
    arrays = {name: array.copy() for name, array in model.arrays().items()}
    assert all(isinstance(array, np.ndarray) and array.dtype != object for array in arrays.values())
    restored = registry.restore(*VARIANTS[variant], arrays)
    best = model.top_n(strangers, 15, Eligible())
    again = restored.top_n(strangers, 15, Eligible())
    np.testing.assert_array_equal(again.items, best.items)
    np.testing.assert_array_equal(again.scores, best.scores)
    evidence, evidence_again = (each.explain(strangers, best.items) for each in (model, restored))
    np.testing.assert_array_equal(evidence_again.kind, evidence.kind)
    np.testing.assert_array_equal(evidence_again.subject, evidence.subject)
    np.testing.assert_array_equal(evidence_again.share, evidence.share)


def test_reasons_are_complete_and_within_their_ranges(variant, model, strangers):
    best = model.top_n(strangers, 20, Eligible())
    evidence = model.explain(strangers, best.items)
    assert evidence.kind.dtype == np.uint8
    assert evidence.subject.dtype == np.int32
    assert evidence.share.dtype == np.float32
    nothing = best.items < 0
    assert (evidence.kind[nothing] == ReasonKind.NONE).all()
    said = evidence.kind != ReasonKind.NONE
    assert said[~nothing].any() == (variant != "random")
    assert (evidence.subject[~said] == -1).all()
    shares = evidence.share[evidence.kind == ReasonKind.PLAYED]
    assert ((shares > 0) & (shares <= 1)).all()
    assert np.isnan(evidence.share[evidence.kind != ReasonKind.PLAYED]).all()


@pytest.mark.parametrize("variant", ADDITIVE, indirect=True)
def test_contributions_sum_to_the_score(model, strangers):
    scores = model.score(strangers)
    for user in range(0, 38, 3):
        one = strangers.rows(slice(user, user + 1))
        for item in range(0, 70, 7):
            if np.isfinite(scores[user, item]):
                parts = model.contributions(one, item)
                assert parts.shape == one.items.shape
                assert parts.sum() == pytest.approx(
                    scores[user, item], rel=1e-5, abs=1e-6 * float(np.abs(parts).sum()) + 1e-7
                )


@pytest.mark.parametrize("variant", ADDITIVE, indirect=True)
def test_the_reason_is_the_largest_contribution(model, strangers):
    best = model.top_n(strangers, 6, Eligible())
    evidence = model.explain(strangers, best.items)
    for user in range(0, 38, 5):
        one = strangers.rows(slice(user, user + 1))
        for rank, item in enumerate(best.items[user]):
            if evidence.kind[user, rank] == ReasonKind.PLAYED:
                parts = model.contributions(one, int(item))
                assert evidence.subject[user, rank] == one.items[parts.argmax()]
                share = parts.max() / parts[parts > 0].sum()
                assert evidence.share[user, rank] == pytest.approx(share, rel=1e-4)


def test_the_reason_of_an_item_does_not_depend_on_the_rest_of_the_list(model, strangers):
    best = model.top_n(strangers, 6, Eligible()).items
    evidence = model.explain(strangers, best)
    longer = np.concatenate([best[:, ::-1], np.full((40, 2), -1), best[:, :3]], axis=1)
    again = model.explain(strangers, longer.astype(np.int32))
    for name in ("kind", "subject", "share"):
        alone, among = getattr(evidence, name), getattr(again, name)
        np.testing.assert_array_equal(among[:, :6], alone[:, ::-1])
        np.testing.assert_array_equal(among[:, 8:], alone[:, :3])


@pytest.mark.parametrize("variant", LINEAR, indirect=True)
def test_without_the_named_play_the_score_is_lower(model, strangers):
    best = model.top_n(strangers, 5, Eligible())
    evidence = model.explain(strangers, best.items)
    scores = model.score(strangers)
    checked = 0
    for user in range(38):
        one = strangers.rows(slice(user, user + 1))
        for rank, item in enumerate(best.items[user]):
            if evidence.kind[user, rank] == ReasonKind.PLAYED:
                kept = one.items != evidence.subject[user, rank]
                without = Histories.from_cells(
                    np.zeros(kept.sum(), int),
                    one.items[kept],
                    n_users=1,
                    n_items=70,
                    weights=one.weights[kept],
                )
                assert model.score(without)[0, item] < scores[user, item]
                checked += 1
    assert checked > 100


@pytest.mark.parametrize("variant", set(VARIANTS) - set(OF_PLAYS) - OF_OWN_TRACKS, indirect=True)
def test_contributions_are_zero_where_the_history_plays_no_part(model, strangers):
    one = strangers.rows(slice(0, 1))
    assert model.contributions(one, 3).tolist() == [0] * len(one.items)


def test_similar_items_leave_the_item_itself_out(variant, model):
    asked = np.array([5, 0, 5, 69], np.int32)
    near = model.similar_items(asked, 8)
    assert near.items.shape == (4, 8)
    assert not (near.items == asked[:, None]).any()
    assert near.items[0].tolist() == near.items[2].tolist()
    assert ((near.items >= 0) == np.isfinite(near.scores)).all()
    assert (np.diff(np.where(near.items >= 0, near.scores, -9e9), axis=1) <= 0).all()
    assert (near.items[0] >= 0).any() == (variant in OF_PLAYS)


def test_only_what_places_all_tracks_recommends_those_without_listeners(variant):
    data = crooked_world()
    best = algorithm(variant).fit(data).top_n(data.interactions.histories, 9, Eligible())
    assert np.isin(best.items, [7, 8]).any() == (variant in OF_ALL_TRACKS)


def test_blocked_tracks_are_still_learned_from(variant, data):
    histories = data.interactions.histories
    data.catalogue.blocked[:5] = True
    try:
        blocked = algorithm(variant).fit(data, seed=7).score(histories)
    finally:
        data.catalogue.blocked[:5] = False
    np.testing.assert_array_equal(blocked, algorithm(variant).fit(data, seed=7).score(histories))


@pytest.mark.parametrize("variant", set(VARIANTS) - {"random"}, indirect=True)
def test_nothing_liked_cannot_be_learned_from(variant, data):
    histories = data.interactions.histories
    seen_only = Histories.from_cells(
        histories.users_of_cells,
        histories.items,
        n_users=len(histories),
        n_items=70,
        weights=np.zeros(len(histories.items)),
    )
    with pytest.raises(FitError, match="no listener has played any track"):
        algorithm(variant).fit(training(seen_only, [0] * 70, n_genres=1, n_regions=1))

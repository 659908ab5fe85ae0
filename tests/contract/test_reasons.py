"""Reasons are faithful: what is named does speak for the item, in every model that names plays."""

from __future__ import annotations

import numpy as np
import pytest

from model_worlds import random_world
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel, NamesArtists, Naming, ReasonKind
from rekomenda.models import registry
from rekomenda.models.naming import TOGETHER

N_ITEMS = 70
SMALL = {
    "als": {"n_factors": 6},
    "content": {"n_factors": 6},
    "graph_filter": {"n_vectors": 6},
    "item_knn": {"n_neighbours": 12},
    "blend": {
        "members": [
            {"algorithm": "ease", "hyperparameters": {"regularization": 9}, "unheard": 1},
            {"algorithm": "rp3beta", "unheard": 0.5},
        ]
    },
}
SMALL["ranked_blend"] = {
    **SMALL["blend"],
    "n_candidates": 15,
    # Most of what grown trees go by is the blend's score; popularity and a member add to it.
    "trees": [
        [0, 0.8, [0, 0.6, [0, 0.4, -3.0, -2.0], -1.0], [0, 1.0, 0.0, [0, 1.2, 1.0, 2.0]]],
        [2, -2.5, -0.2, [21, 0.3, -0.1, 0.3]],
    ],
}
ALWAYS = {"ease", "item_knn", "rp3beta", "graph_filter", "next_play", "slim"}
"""Linear in the plays: without a play that adds to it, a score is lower."""
WITHOUT_ARTISTS = {
    "random",
    "popularity",
    "popularity_recent",
    "popularity_genre",
    "popularity_region",
    "relisten",
}
"""They say of no play that it speaks for another track."""
LEAST = 0.95
"""Of the other models' reasons, the part whose removal has to lower the score."""


@pytest.fixture(scope="module")
def data():
    return random_world(n_users=150, n_items=N_ITEMS, n_cells=1500, seed=11)


@pytest.fixture(scope="module")
def strangers() -> Histories:
    """Listeners of three to a dozen tracks, of whom the models know nothing."""
    rng = np.random.default_rng(5)
    users, items = np.nonzero(rng.random((60, N_ITEMS)) < 0.12)
    weights = rng.integers(1, 30, len(users)) / 8
    return Histories.from_cells(users, items, n_users=60, n_items=N_ITEMS, weights=weights)


@pytest.fixture(scope="module")
def naming() -> Naming:
    """Nine artists and unknown ones; every seventh track is taken down."""
    artist_of = (np.arange(N_ITEMS) * 5 % 11 - 1).astype(np.int32)
    artist_of[artist_of == 9] = -1
    return Naming(artist_of, np.arange(N_ITEMS) % 7 == 3)


@pytest.fixture(scope="module", params=registry.names())
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def model(name, data) -> FittedModel:
    return registry.create(name, SMALL.get(name, {})).fit(data, seed=7)


@pytest.fixture(scope="module")
def unheard(model, strangers) -> np.ndarray:
    heard = ItemSets(strangers.indptr, strangers.items)
    return model.top_n(strangers, 8, Eligible(excluded=heard)).items


def reasons_of(evidence, kind):
    """(user, place, subject) of every reason of a kind."""
    users, places = np.nonzero(evidence.kind == kind)
    return zip(users.tolist(), places.tolist(), evidence.subject[users, places], strict=True)


def without(history: Histories, gone: np.ndarray) -> Histories:
    return history.cells(~gone)


def lowered(model, strangers, items, reasons) -> list[bool]:
    """Whether the score of each listed item is lower without what its reason names."""
    found = []
    for user, place, gone in reasons:
        history = strangers.rows(slice(user, user + 1))
        item = int(items[user, place])
        left = without(history, gone(history))
        found.append(model.score(left)[0, item] < model.score(history)[0, item])
    return found


def judge(name, found):
    if name in ALWAYS:
        assert all(found)
    elif found:
        assert np.mean(found) >= LEAST


def test_without_the_play_that_is_named_the_score_is_lower(name, model, strangers, unheard):
    evidence = model.explain(strangers, unheard)
    reasons = [
        (user, place, lambda history, subject=subject: history.items == subject)
        for user, place, subject in reasons_of(evidence, ReasonKind.PLAYED)
    ]
    judge(name, lowered(model, strangers, unheard, reasons))


def test_without_the_artist_that_is_named_the_score_is_lower(
    name, model, strangers, unheard, naming
):
    if name in WITHOUT_ARTISTS:
        assert not isinstance(model, NamesArtists)
        return
    evidence = model.explain_naming(strangers, unheard, naming)
    reasons = [
        (
            user,
            place,
            lambda history, subject=subject: (
                (naming.artist_of[history.items] == subject) & ~naming.hidden[history.items]
            ),
        )
        for user, place, subject in reasons_of(evidence, ReasonKind.ARTIST_LISTENERS)
    ]
    assert reasons, "this world is made so that some artist speaks more than any track"
    judge(name, lowered(model, strangers, unheard, reasons))


def test_nothing_taken_down_is_named_and_an_artist_only_where_that_says_more(
    name, model, strangers, unheard, naming
):
    if name in WITHOUT_ARTISTS:
        assert not isinstance(model, NamesArtists)
        return
    evidence = model.explain_naming(strangers, unheard, naming)
    for user in range(0, len(strangers), 4):
        history = strangers.rows(slice(user, user + 1))
        hidden = naming.hidden[history.items]
        for place, item in enumerate(unheard[user]):
            if item < 0:
                continue
            parts = model.contributions(history, int(item)).astype(np.float64)
            alone = np.where(hidden, -np.inf, parts)
            artists = np.where(hidden, -1, naming.artist_of[history.items])
            sums = {a: parts[artists == a].sum() for a in set(artists.tolist()) - {-1}}
            artist = max(sums, key=lambda a: (sums[a], -a), default=-1)
            kind, subject = evidence.kind[user, place], evidence.subject[user, place]
            clear = abs(sums.get(artist, 0) - TOGETHER * alone.max()) > 1e-4 * alone.max()
            if kind == ReasonKind.ARTIST_LISTENERS:
                assert subject == artist
                assert sums[artist] >= TOGETHER * alone.max() or not clear
            elif kind == ReasonKind.PLAYED:
                assert alone[history.items == subject] == pytest.approx(alone.max(), rel=1e-4)
                assert sums.get(artist, 0) < TOGETHER * alone.max() or not clear


def test_no_reason_names_the_item_itself_nor_what_was_not_played(model, strangers, unheard):
    evidence = model.explain(strangers, unheard)
    for user, place, subject in reasons_of(evidence, ReasonKind.PLAYED):
        assert subject != unheard[user, place]
        assert subject in strangers.rows(slice(user, user + 1)).items

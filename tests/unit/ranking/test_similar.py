"""Similar tracks and artists: near in taste, and never resting on a handful of listeners."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.schema import Table
from rekomenda.domain.warehouse_schema import SIMILAR_ARTISTS, SIMILAR_TRACKS
from rekomenda.ranking.similar import similar_artists, similar_tracks
from support.fitted_fakes import LinearFake

TRACKS = ["a1", "a2", "b1", "b1-live", "c1", "none"]
#  item     0     1     2       3        4      5
ARTISTS = ["A", "B", "C"]


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue.bare(
        IdMap(pa.array(TRACKS)),
        artists=IdMap(pa.array(ARTISTS)),
        artist_names=pa.array(ARTISTS),
        artist_of=np.array([0, 0, 1, 1, 2, -1], np.int32),
        song_of=np.array([0, 1, 2, 2, 4, 5], np.int32),
    )


def liked_by(*users: list[str], weights: float = 1.0) -> Interactions:
    cells = [(u, TRACKS.index(track)) for u, tracks in enumerate(users) for track in tracks]
    of, items = map(np.array, zip(*cells, strict=True))
    ids = IdMap(pa.array([f"u{u:02}" for u in range(len(users))]))
    histories = Histories.from_cells(
        of, items, n_users=len(users), n_items=6, weights=np.full(len(of), weights)
    )
    return Interactions(ids, IdMap(pa.array(TRACKS)), histories)


@pytest.fixture
def interactions() -> Interactions:
    """Listeners of both: a1 a2: 2 · a1 b1: 2 · a1 b1-live: 2 · a1 c1: 1 · a1 none: 2 · c1 none: 1."""
    return liked_by(
        ["a1", "a2", "b1", "b1-live"], ["a1", "a2", "none"], ["a1", "b1", "b1-live", "c1", "none"]
    )


NEAR = np.array(
    [
        [9, 1, 4, 5, 8, 3],
        [1, 9, 2, 3, 4, 5],
        [1, 2, 9, 8, 3, 4],
        [1, 2, 8, 9, 3, 4],
        [5, 4, 3, 2, 9, 1],
        [5, 4, 3, 2, 1, 9],
    ],
    np.float32,
)


def pairs(table: pa.Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for of, rank, similar in zip(*(column.to_pylist() for column in table.columns), strict=True):
        found.setdefault(of, []).append(similar)
        assert rank == len(found[of])
    return found


def tracks(interactions, catalogue, **changes):
    rules = {"n": 3, "max_per_artist": 2, "min_support": 2, **changes}
    return similar_tracks(LinearFake(NEAR), interactions, catalogue, **rules)


def test_similar_tracks_are_those_the_model_finds_with_enough_listeners_of_both(
    interactions, catalogue
):
    assert pairs(tracks(interactions, catalogue)) == {
        "a1": ["b1-live", "none", "a2"],  # c1 is nearer but rests on one; b1 is b1-live's song
        "a2": ["a1"],
        "b1": ["a1"],  # not b1-live, which is the same song
        "b1-live": ["a1"],
        "none": ["a1"],
    }


def test_no_pair_is_published_below_the_support(interactions, catalogue):
    assert tracks(interactions, catalogue, min_support=3).num_rows == 0
    liked = interactions.user_items.toarray() > 0
    for of, similar in pairs(tracks(interactions, catalogue, min_support=2)).items():
        for other in similar:
            both = liked[:, TRACKS.index(of)] & liked[:, TRACKS.index(other)]
            assert both.sum() >= 2


def test_no_pair_exists_through_one_listener_alone(interactions, catalogue):
    alone = liked_by(["a1", "c1"], ["a1", "a2"], ["a2", "c1"])
    assert tracks(alone, catalogue, min_support=2).num_rows == 0
    assert similar_artists(alone, catalogue, n=5, min_support=3).num_rows == 0


def test_cells_of_no_weight_support_nothing(catalogue):
    seen = liked_by(["a1", "a2"], ["a1", "a2"], weights=0.0)
    assert tracks(seen, catalogue).num_rows == 0
    assert similar_artists(seen, catalogue, n=3, min_support=1).num_rows == 0


def test_hidden_tracks_have_no_list_and_are_in_none(interactions, catalogue):
    blocked = np.array([False, False, False, True, False, False])
    found = pairs(tracks(interactions, replace(catalogue, blocked=blocked)))
    assert "b1-live" not in found
    assert found["a1"] == ["b1", "none", "a2"]


def test_an_artist_does_not_flood_a_list(interactions, catalogue):
    found = pairs(tracks(interactions, catalogue, min_support=1, max_per_artist=1))
    assert found["c1"] == ["a1", "b1", "none"]


def test_similar_artists_share_their_listeners(interactions, catalogue):
    # A: 3 listeners, B: 2, C: 1. A∩B = 2: 2/√6 = .82; B∩C = 1: 1/√2 = .71; A∩C: 1/√3 = .58
    assert pairs(similar_artists(interactions, catalogue, n=2, min_support=1)) == {
        "A": ["B", "C"],
        "B": ["A", "C"],
        "C": ["B", "A"],
    }
    assert pairs(similar_artists(interactions, catalogue, n=2, min_support=2)) == {
        "A": ["B"],
        "B": ["A"],
    }


def test_an_artist_whose_tracks_are_all_hidden_is_not_shown(interactions, catalogue):
    listed = np.array([True, True, False, False, True, True])
    dark = replace(catalogue, listed=listed)
    assert pairs(similar_artists(interactions, dark, n=2, min_support=1)) == {
        "A": ["C"],
        "C": ["A"],
    }


@pytest.mark.parametrize(
    ("make", "table"),
    [
        (tracks, SIMILAR_TRACKS),
        (lambda i, c: similar_artists(i, c, n=1, min_support=1), SIMILAR_ARTISTS),
    ],
)
def test_the_columns_are_those_of_the_warehouse_without_the_run(
    make, table: Table, interactions, catalogue
):
    made = make(interactions, catalogue)
    assert made.num_rows
    assert made.schema.equals(pa.schema(list(table.arrow)[1:]))


def test_where_the_model_knows_too_few_the_most_heard_together_follow(catalogue, interactions):
    # Of a1's company: b1 and b1-live (2 of 2 likers), a2 (2 of 2), none (2 of 2), c1 only 1 of 1.
    near = np.full((6, 6), -np.inf, np.float32)
    near[0, 5] = 1.0
    found = pairs(
        similar_tracks(
            LinearFake(near), interactions, catalogue, n=3, max_per_artist=2, min_support=2
        )
    )
    assert found["a1"] == ["none", "a2", "b1"]  # b1-live is another version of b1

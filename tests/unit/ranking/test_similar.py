"""Similar tracks and artists: shared beyond chance, and never resting on a handful of listeners."""

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
from rekomenda.ranking import beyond_chance, similar
from rekomenda.ranking.similar import similar_artists, similar_tracks

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


@pytest.fixture
def any_residual(monkeypatch) -> None:
    """Worlds of three listeners show the order; nothing in them is four deviations from chance."""
    monkeypatch.setattr(similar, "MIN_RESIDUAL", -np.inf)


def pairs(table: pa.Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for of, rank, near in zip(*(column.to_pylist() for column in table.columns), strict=True):
        found.setdefault(of, []).append(near)
        assert rank == len(found[of])
    return found


def tracks(interactions, catalogue, **changes):
    rules = {"n": 3, "max_per_artist": 2, "min_support": 2, **changes}
    return similar_tracks(interactions, catalogue, **rules)


@pytest.mark.usefixtures("any_residual")
def test_similar_tracks_are_shared_most_beyond_chance(interactions, catalogue):
    # Lengths 4, 3, 5: κ/N = 50/144. a1 has 3 listeners, a2, b1, b1-live and none 2 each, so chance
    # has 6 · 50/144 = 2.08 of a1 with each: z = -0.06 for all four, which stand by index. b1-live
    # is b1's song. a2 and none have but one listener in common, and so have a2 and b1.
    assert pairs(tracks(interactions, catalogue)) == {
        "a1": ["a2", "b1", "none"],
        "a2": ["a1"],
        "b1": ["a1"],
        "b1-live": ["a1"],
        "none": ["a1"],
    }


def crowd() -> Interactions:
    """A star that everybody plays, a small scene of two artists, and people without the scene.

    a1: 100 listeners, all. b1: 12, c1: 12, of whom 11 play both. The others play a1 and a2.
    """
    scene = [["a1", "b1", "c1"]] * 11 + [["a1", "b1"], ["a1", "c1"]]
    return liked_by(*scene, *[["a1", "a2"]] * 87)


def test_what_everybody_plays_is_near_to_nothing_in_particular(catalogue):
    # Of b1's 12 listeners all play a1: cosine 12 / √(12 · 100) = 0.35, which a cosine would list.
    # Lengths: 11 of 3, 89 of 2: Σ n = 211, Σ n² = 455; chance has 1200 · 455/211² = 12.3 of both.
    # b1 and c1: 144 · 455/211² = 1.47 by chance, 11 found: z = 7.9.
    assert pairs(tracks(crowd(), catalogue, min_support=10)) == {"b1": ["c1"], "c1": ["b1"]}
    assert pairs(similar_artists(crowd(), catalogue, n=5, min_support=10)) == {
        "B": ["C"],
        "C": ["B"],
    }


def test_a_pair_that_chance_may_explain_is_not_listed(catalogue, monkeypatch):
    monkeypatch.setattr(similar, "MIN_RESIDUAL", 7.8)
    assert pairs(tracks(crowd(), catalogue, min_support=10)) == {"b1": ["c1"], "c1": ["b1"]}
    monkeypatch.setattr(similar, "MIN_RESIDUAL", 7.9)
    assert tracks(crowd(), catalogue, min_support=10).num_rows == 0


def test_who_plays_much_meets_more_by_chance(catalogue):
    # 12 of 100 play everything there is and the rest one track each. Counting listeners alone,
    # 12 · 12 / 100 = 1.4 would share b1 and c1 by chance, and 12 do: 8.8 deviations. But those who
    # play all five tracks are expected to: Σ n = 148, Σ n² = 388, 144 · 388/148² = 2.55, z = 5.9.
    everything = [["a1", "a2", "b1", "c1", "none"]] * 12
    lists = pairs(tracks(liked_by(*everything, *[["a1"]] * 88), catalogue, min_support=10))
    assert "c1" in lists["b1"]
    # Twice as much of everything by the same people, and nothing is beyond what they would meet.
    heavy = liked_by(*everything, *[["a1"]] * 4)
    assert tracks(heavy, catalogue, min_support=10).num_rows == 0


@pytest.mark.usefixtures("any_residual")
def test_no_pair_is_published_below_the_support(interactions, catalogue):
    assert tracks(interactions, catalogue, min_support=3).num_rows == 0
    liked = interactions.user_items.toarray() > 0
    for of, others in pairs(tracks(interactions, catalogue, min_support=2)).items():
        for other in others:
            both = liked[:, TRACKS.index(of)] & liked[:, TRACKS.index(other)]
            assert both.sum() >= 2


@pytest.mark.usefixtures("any_residual")
def test_no_pair_exists_through_one_listener_alone(interactions, catalogue):
    alone = liked_by(["a1", "c1"], ["a1", "a2"], ["a2", "c1"])
    assert tracks(alone, catalogue, min_support=2).num_rows == 0
    assert similar_artists(alone, catalogue, n=5, min_support=3).num_rows == 0


@pytest.mark.usefixtures("any_residual")
def test_cells_of_no_weight_support_nothing(catalogue):
    seen = liked_by(["a1", "a2"], ["a1", "a2"], weights=0.0)
    assert tracks(seen, catalogue).num_rows == 0
    assert similar_artists(seen, catalogue, n=3, min_support=1).num_rows == 0


@pytest.mark.usefixtures("any_residual")
def test_hidden_tracks_have_no_list_and_are_in_none(interactions, catalogue):
    blocked = np.array([False, False, True, False, False, False])
    found = pairs(tracks(interactions, replace(catalogue, blocked=blocked)))
    assert "b1" not in found
    assert found["a1"] == ["a2", "b1-live", "none"]


@pytest.mark.usefixtures("any_residual")
def test_an_artist_does_not_flood_a_list(interactions, catalogue):
    found = pairs(tracks(interactions, catalogue, min_support=1, max_per_artist=1, n=5))
    assert found["none"] == ["c1", "a1", "b1"]  # not a2, and not b1-live: one of each artist


@pytest.mark.usefixtures("any_residual")
def test_similar_artists_share_their_listeners(interactions, catalogue):
    # A: 3 listeners, B: 2, C: 1. Artists a listener plays: 2, 1, 3, κ/N = 14/36.
    # A∩B = 2 of 2.33 by chance: z = -.22; B∩C: 1 of .78: .25; A∩C: 1 of 1.17: -.15
    assert pairs(similar_artists(interactions, catalogue, n=2, min_support=1)) == {
        "A": ["C", "B"],
        "B": ["C", "A"],
        "C": ["B", "A"],
    }
    assert pairs(similar_artists(interactions, catalogue, n=2, min_support=2)) == {
        "A": ["B"],
        "B": ["A"],
    }


@pytest.mark.usefixtures("any_residual")
def test_an_artist_whose_tracks_are_all_hidden_is_not_shown(interactions, catalogue):
    listed = np.array([True, True, False, False, True, True])
    dark = replace(catalogue, listed=listed)
    assert pairs(similar_artists(interactions, dark, n=2, min_support=1)) == {
        "A": ["C"],
        "C": ["A"],
    }


@pytest.mark.usefixtures("any_residual")
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


def crooked(rng: np.random.Generator) -> tuple[Interactions, Catalogue]:
    """Some listeners like nearly all, most one track; tracks liked by nobody, hidden, versions."""
    n_users, n_tracks = int(rng.integers(1, 40)), int(rng.integers(1, 25))
    taste = rng.random((n_users, 1)) ** 3 + rng.random(n_tracks) ** 2
    users, items = np.nonzero(taste > rng.uniform(0.3, 1.2))
    histories = Histories.from_cells(
        users,
        items,
        n_users=n_users,
        n_items=n_tracks,
        weights=rng.integers(0, 5, len(users)),
        known=rng.random(len(users)) > 0.1,
    )
    ids = IdMap(pa.array([f"t{item:02}" for item in range(n_tracks)]))
    names = pa.array(["A", "B", "C", "D"])
    catalogue = Catalogue.bare(
        ids,
        artists=IdMap(names),
        artist_names=names,
        artist_of=rng.integers(-1, 4, n_tracks).astype(np.int32),
        song_of=rng.integers(0, n_tracks, n_tracks).astype(np.int32),
    )
    people = IdMap(pa.array([f"u{user:02}" for user in range(n_users)]))
    blocked = replace(catalogue, blocked=rng.random(n_tracks) < 0.1)
    return Interactions(people, ids, histories), blocked


def slowly_nearest(liked: np.ndarray, of: int, support: int, least: float) -> list[int]:
    """All that is near, pair by pair: the largest residual first, equal ones by index."""
    lengths = liked.sum(axis=1).astype(float)
    ratio = (lengths**2).sum() / max(lengths.sum(), 1.0) ** 2
    residuals = {}
    for other in range(liked.shape[1]):
        both = int((liked[:, of] & liked[:, other]).sum())
        expected = float(liked[:, of].sum()) * float(liked[:, other].sum()) * ratio
        z = np.float32((both - expected) / np.sqrt(max(expected, 1e-12)))
        if both >= support and z >= least:
            residuals[other] = z
    return sorted(residuals, key=lambda other: (-residuals[other], other))


def slow_tracks(interactions, catalogue, support: int, least: float) -> dict[str, list[str]]:
    """At most 3 tracks, one of an artist, of the 15 nearest."""
    liked = interactions.histories.heard.user_items.toarray() > 0
    lists = {}
    for of in np.flatnonzero(~catalogue.hidden).tolist():
        near = slowly_nearest(liked, of, support, least)
        near = [i for i in near if not catalogue.hidden[i]]
        near = [i for i in near if catalogue.song_of[i] != catalogue.song_of[of]][:15]
        taken: list[int] = []
        for item in near:
            artist, song = catalogue.artist_of[item], catalogue.song_of[item]
            flooded = artist >= 0 and any(catalogue.artist_of[i] == artist for i in taken)
            if len(taken) < 3 and not flooded and all(catalogue.song_of[i] != song for i in taken):
                taken.append(item)
        if taken:
            lists[f"t{of:02}"] = [f"t{item:02}" for item in taken]
    return lists


def slow_artists(interactions, catalogue, support: int, least: float) -> dict[str, list[str]]:
    """At most 2 artists."""
    heard = interactions.histories.heard.user_items.toarray() > 0
    of = catalogue.artist_of
    liked = np.stack([heard[:, of == artist].any(axis=1) for artist in range(4)], axis=1)
    shown = {int(artist) for artist in of[~catalogue.hidden]} - {-1}
    near = {a: slowly_nearest(liked, a, support, least) for a in sorted(shown)}
    lists = {a: [b for b in found if b in shown and b != a][:2] for a, found in near.items()}
    return {"ABCD"[a]: ["ABCD"[b] for b in found] for a, found in lists.items() if found}


@pytest.mark.parametrize("pairs_of_block", [1, 2000, 4_000_000])
@pytest.mark.parametrize("least", [-np.inf, 0.2])
def test_lists_are_those_of_counting_pair_by_pair(pairs_of_block, least, monkeypatch):
    monkeypatch.setattr(beyond_chance, "_PAIRS_OF_BLOCK", pairs_of_block)
    monkeypatch.setattr(similar, "MIN_RESIDUAL", least)
    rng = np.random.default_rng(11)
    listed = 0
    for _ in range(25):
        interactions, catalogue = crooked(rng)
        support = int(rng.integers(1, 4))
        found = pairs(tracks(interactions, catalogue, max_per_artist=1, min_support=support))
        assert found == slow_tracks(interactions, catalogue, support, least)
        artists = pairs(similar_artists(interactions, catalogue, n=2, min_support=support))
        assert artists == slow_artists(interactions, catalogue, support, least)
        listed += len(found) + len(artists)
    assert listed > 100

"""The re-ranker keeps the order, caps artists and lets one version of a song in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.ranking.rerank import rerank


def world(artists: list[int], songs: list[int]) -> Catalogue:
    n_artists = max([*artists, -1]) + 1
    names = pa.array([f"artist {a:03}" for a in range(n_artists)], pa.string())
    return Catalogue.bare(
        IdMap(pa.array([f"t{i:03}" for i in range(len(artists))])),
        artists=IdMap(names),
        artist_names=names,
        artist_of=np.array(artists, np.int32),
        song_of=np.array(songs, np.int32),
    )


def lists(rows, artists, songs=None, *, n, cap) -> list[list[int]]:
    items = np.array(rows, np.int32)
    columns = rerank(
        items, world(artists, songs or list(range(len(artists)))), n=n, max_per_artist=cap
    )
    assert columns.shape == (len(items), n)
    return [[int(items[b, c]) if c >= 0 else -1 for c in row] for b, row in enumerate(columns)]


def test_the_order_of_the_candidates_is_kept_and_the_list_is_cut():
    assert lists([[4, 0, 3, 1], [2, 1, 0, 4]], [0, 1, 2, 3, 4], n=3, cap=1) == [
        [4, 0, 3],
        [2, 1, 0],
    ]


def test_an_artist_gets_no_more_than_the_cap_and_the_next_ones_move_up():
    #   items:     0  1  2  3  4
    artists = [7, 7, 7, 0, 7]
    assert lists([[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]], artists, n=3, cap=2) == [
        [0, 1, 3],
        [4, 3, 2],
    ]


def test_tracks_of_unknown_artists_are_not_capped():
    assert lists([[0, 1, 2, 3]], [-1, -1, -1, 0], n=4, cap=1) == [[0, 1, 2, 3]]


def test_only_the_first_version_of_a_song_stands_in_a_list():
    assert lists([[1, 0, 2, 3]], [0, 1, 2, 3], [0, 0, 0, 3], n=3, cap=9) == [[1, 3, -1]]


def test_a_version_refused_for_its_artist_does_not_keep_another_artists_version_out():
    artists, songs = [0, 0, 1, 2], [0, 1, 1, 3]
    assert lists([[0, 1, 2, 3]], artists, songs, n=4, cap=1) == [[0, 2, 3, -1]]


def test_a_second_version_does_not_use_up_its_artists_places():
    artists, songs = [0, 0, 0, 1], [0, 0, 2, 3]
    assert lists([[0, 1, 2, 3]], artists, songs, n=4, cap=2) == [[0, 2, 3, -1]]


def test_lists_that_end_early_are_padded_and_gaps_are_closed():
    assert lists([[-1, 2, -1, 0], [-1, -1, -1, -1]], [0, 1, 2], n=3, cap=1) == [
        [2, 0, -1],
        [-1, -1, -1],
    ]


def test_no_candidates_and_no_users_give_empty_lists():
    catalogue = world([0], [0])
    assert rerank(np.zeros((2, 0), np.int32), catalogue, n=2, max_per_artist=1).tolist() == [
        [-1, -1],
        [-1, -1],
    ]
    assert rerank(np.zeros((0, 3), np.int32), catalogue, n=2, max_per_artist=1).shape == (0, 2)


def slow_rerank(row, artists, songs, n, cap):
    """One list, one candidate after the other."""
    kept: list[int] = []
    for item in row:
        if item < 0 or len(kept) == n:
            continue
        of_artist = [k for k in kept if artists[k] == artists[item] >= 0]
        if songs[item] not in {songs[k] for k in kept} and len(of_artist) < cap:
            kept.append(item)
    return kept + [-1] * (n - len(kept))


@st.composite
def crowded_worlds(draw):
    n_items = draw(st.integers(1, 12))
    artists = draw(st.lists(st.integers(-1, 3), min_size=n_items, max_size=n_items))
    songs = [draw(st.integers(0, i)) for i in range(n_items)]
    width = draw(st.integers(0, 15))
    row = st.lists(st.integers(-1, n_items - 1), min_size=width, max_size=width)
    return artists, songs, draw(st.lists(row, min_size=1, max_size=4)), width


@settings(deadline=None, max_examples=300)
@given(crowded_worlds(), st.integers(1, 8), st.integers(1, 3))
def test_it_is_the_greedy_walk_of_a_slow_reference(crowded, n, cap):
    artists, songs, rows, width = crowded
    items = np.array(rows, np.int32).reshape(len(rows), width)
    columns = rerank(items, world(artists, songs), n=n, max_per_artist=cap)
    got = [[items[b, c] if c >= 0 else -1 for c in row] for b, row in enumerate(columns)]
    assert got == [slow_rerank(row, artists, songs, n, cap) for row in rows]


@settings(deadline=None, max_examples=100)
@given(crowded_worlds(), st.integers(1, 4), st.integers(1, 3))
def test_more_candidates_never_change_a_list_that_fewer_had_filled(crowded, n, cap):
    artists, songs, rows, width = crowded
    items = np.array(rows, np.int32).reshape(len(rows), width)
    catalogue = world(artists, songs)
    whole = rerank(items, catalogue, n=n, max_per_artist=cap)
    half = rerank(items[:, : width // 2], catalogue, n=n, max_per_artist=cap)
    full = half[:, -1] >= 0
    assert (half[full] == whole[full]).all()

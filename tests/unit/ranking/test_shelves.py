"""Each shelf holds what its name says, and nothing hidden."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.domain.recommendations import Shelf
from rekomenda.ranking.shelves import ShelfRules

# Item      0    1    2    3    4     5     6    7
TRACKS = ["a1", "a2", "b1", "b2", "b1v", "x1", "x2", "c1"]
ARTISTS = [0, 0, 1, 1, 2, -1, -1, 2]  # b1v is artist 2's version of artist 1's b1
SONGS = [0, 1, 2, 3, 2, 5, 6, 7]
GENRES = [0, 0, 1, 2, 1, 3, -1, 4]
RELEASED = [90, 99, 100, 101, -1, -1, 99, 98]
TODAY = 100


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue.bare(
        IdMap(pa.array(TRACKS)),
        artists=IdMap.of(["A", "B", "C"]),
        artist_names=IdMap.of(["A", "B", "C"]).ids,
        artist_of=np.array(ARTISTS, np.int32),
        song_of=np.array(SONGS, np.int32),
        genres=IdMap.of(["forró", "piseiro", "rap", "samba", "xote"]),
        genre_of=np.array(GENRES, np.int32),
        released_day=np.array(RELEASED, np.int32),
    )


def histories(*cells, n_users=3, **columns) -> Histories:
    users, items = zip(*cells, strict=True) if cells else ((), ())
    return Histories.from_cells(
        np.array(users, int), np.array(items, int), n_users=n_users, n_items=8, **columns
    )


def shown(catalogue: Catalogue, shelf: Shelf, of: Histories) -> list[list[str]]:
    rules = ShelfRules.of(catalogue, of, as_of_day=TODAY, fresh_days=3)
    eligible = rules.eligible_for(shelf, of)
    scores = eligible.apply(np.zeros((len(of), 8), np.float32))
    return [[TRACKS[item] for item in np.flatnonzero(row > -np.inf)] for row in scores]


def test_for_you_leaves_out_what_was_played_and_its_other_versions(catalogue):
    played = histories((0, 0), (0, 4), (2, 5))
    assert shown(catalogue, Shelf.FOR_YOU, played) == [
        ["a2", "b2", "x1", "x2", "c1"],  # b1 is the song of b1v
        TRACKS,
        ["a1", "a2", "b1", "b2", "b1v", "x2", "c1"],  # unknown artists are not one artist
    ]


def test_discover_holds_only_artists_never_played_and_no_unknown_ones(catalogue):
    played = histories((0, 0), (0, 4), (2, 5))
    assert shown(catalogue, Shelf.DISCOVER, played) == [
        ["b2"],  # a2: artist played; c1: artist played through b1v; b1: the song was heard
        ["a1", "a2", "b1", "b2", "b1v", "c1"],
        ["a1", "a2", "b1", "b2", "b1v", "c1"],
    ]


def test_again_holds_only_played_tracks_that_count_as_liked(catalogue):
    played = histories(
        (0, 6), (0, 1), (2, 3), (2, 7), plays=[3, 1, 2, 0], weights=[1.0, 0.5, 0.0, 1.0]
    )
    assert shown(catalogue, Shelf.AGAIN, played) == [["a2", "x2"], [], []]


def test_a_taste_that_is_only_implied_keeps_nothing_out_but_its_artist_of_discover(catalogue):
    # The first listener heard a1 and says they like artist B, which implies b1; the second only b1.
    tastes = histories((0, 0), (0, 2), (1, 2), plays=[2, 0, 0], known=[True, False, False])
    assert shown(catalogue, Shelf.FOR_YOU, tastes) == [
        ["a2", "b1", "b2", "b1v", "x1", "x2", "c1"],
        TRACKS,
        TRACKS,
    ]
    assert shown(catalogue, Shelf.DISCOVER, tastes)[:2] == [
        ["b1v", "c1"],
        ["a1", "a2", "b1v", "c1"],
    ]
    assert shown(catalogue, Shelf.AGAIN, tastes) == [["a1"], [], []]


def test_a_taste_that_is_only_implied_is_never_heard_again(catalogue):
    # Even where somebody counted plays for it.
    tastes = histories((0, 1), (0, 3), plays=[2, 5], known=[True, False])
    assert shown(catalogue, Shelf.AGAIN, tastes)[0] == ["a2"]


def test_explore_holds_none_of_the_three_genres_played_most_and_no_unknown_one(catalogue):
    weights = [3.0, 1.0, 1.0, 2.0, 9.0]
    played = histories((0, 0), (0, 2), (0, 3), (0, 5), (0, 6), weights=weights)
    assert shown(catalogue, Shelf.EXPLORE, played)[0] == ["c1"]  # rap, played least, comes after
    played = histories((0, 0), (0, 5))
    assert shown(catalogue, Shelf.EXPLORE, played)[0] == ["b1", "b2", "b1v", "c1"]


def test_of_genres_played_alike_the_first_ones_are_habits(catalogue):
    played = histories((0, 0), (0, 3), (0, 5), (0, 7))
    assert shown(catalogue, Shelf.EXPLORE, played)[0] == ["b1", "b1v"]


def test_fresh_holds_what_came_out_in_the_last_days_and_was_not_heard(catalogue):
    played = histories((0, 1), (1, 2), first_day=[50, 50])
    assert shown(catalogue, Shelf.FRESH, played) == [
        ["b1", "x2", "c1"],  # b2 comes out tomorrow; the first plays of others are not known
        ["a2", "x2", "c1"],
        ["a2", "b1", "x2", "c1"],
    ]


def test_without_a_release_date_the_first_play_tells_what_is_new_where_plays_reach_back(catalogue):
    cells = (0, 0), (1, 4), (0, 5)
    late = histories(*cells, first_day=[95, 98, 97])
    assert shown(catalogue, Shelf.FRESH, late)[2] == ["a2", "b1", "b1v", "x2", "c1"]
    # Plays that begin on day 96 cannot tell whether b1v was played on day 95.
    blind = histories(*cells, first_day=[96, 98, 97])
    assert shown(catalogue, Shelf.FRESH, blind)[2] == ["a2", "b1", "x2", "c1"]


@pytest.mark.parametrize("shelf", Shelf)
def test_nothing_hidden_is_on_any_shelf(catalogue, shelf):
    blocked, listed = np.zeros(8, bool), np.ones(8, bool)
    blocked[1], listed[2] = True, False
    dark = Catalogue(**{**vars(catalogue), "blocked": blocked, "listed": listed})
    played = histories((0, 1), (1, 2), (2, 7))
    everything = [track for row in shown(dark, shelf, played) for track in row]
    assert everything
    assert not {"a2", "b1"} & set(everything)


@pytest.mark.parametrize("shelf", Shelf)
def test_nobody_at_all_is_no_trouble(catalogue, shelf):
    assert shown(catalogue, shelf, histories(n_users=0)) == []


def test_a_catalogue_without_artists_discovers_nothing(catalogue):
    bare = Catalogue.bare(catalogue.items)
    assert shown(bare, Shelf.DISCOVER, histories((1, 3), n_users=2)) == [[], []]
    assert shown(bare, Shelf.FOR_YOU, histories((1, 3), n_users=2))[1] == [
        track for track in TRACKS if track != "b2"
    ]

"""What people say they like becomes cells: worked by hand on nine tracks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rekomenda.domain import tastes
from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.domain.tastes import Liked, Likes, histories_of, listeners_of, with_likes

# Track          0  1  2  3  4  5  6   7  8
ARTIST_OF = [0, 0, 0, 1, 1, 2, -1, 0, -1]
GENRE_OF = [0, 0, 1, 0, 1, 1, 0, 1, -1]
LISTENERS = np.array([3, 9, 9, 1, 0, 2, 5, 80, 4])


@pytest.fixture
def catalogue() -> Catalogue:
    blocked = np.zeros(9, bool)
    blocked[7] = True  # the most listened track of artist 0 is taken down
    return Catalogue.bare(
        IdMap.of([f"t{number}" for number in range(9)]),
        artists=IdMap.of(["a", "b", "c", "without tracks"]),
        artist_of=np.array(ARTIST_OF, np.int32),
        genres=IdMap.of(["g", "h"]),
        genre_of=np.array(GENRE_OF, np.int32),
        blocked=blocked,
    )


def likes(*said: tuple[int, Liked, int]) -> Likes:
    users, kinds, subjects = zip(*said, strict=True)
    return Likes(np.array(users, np.int32), np.array(kinds, np.uint8), np.array(subjects, np.int32))


def cells(of: Histories) -> dict[tuple[int, int], tuple[float, int, bool]]:
    return {
        (int(user), int(item)): (pytest.approx(weight), int(plays), bool(known))
        for user, item, weight, plays, known in zip(
            of.users_of_cells, of.items, of.weights, of.plays, of.known, strict=True
        )
    }


def test_an_artist_stands_for_its_most_listened_tracks_that_may_be_shown(catalogue, monkeypatch):
    monkeypatch.setattr(tastes, "TRACKS_PER_ARTIST", 2)
    # Of artist 0, tracks 1 and 2 have 9 listeners each, track 0 has 3; track 7 is taken down.
    found = histories_of(catalogue, LISTENERS, artists=[0])
    assert cells(found) == {(0, 1): (2.0, 0, False), (0, 2): (2.0, 0, False)}
    assert found.heard.lengths.tolist() == [0]


def test_a_genre_stands_for_tracks_of_different_artists(catalogue):
    # Genre 0: tracks 1 (artist 0, 9 listeners), 6 (unknown, 5), 3 (artist 1, 1); 0 is artist 0's too.
    found = histories_of(catalogue, LISTENERS, genres=[0], weight=6.0)
    assert cells(found) == {(0, item): (2.0, 0, False) for item in (1, 3, 6)}


def test_a_liked_track_is_known_to_whoever_likes_it(catalogue):
    found = histories_of(catalogue, LISTENERS, tracks=[8, 8], weight=3.0)
    assert cells(found) == {(0, 8): (3.0, 0, True)}


def test_likes_that_meet_in_a_track_are_added_up(catalogue):
    # Artist 1 has tracks 3 and 4 (2 each); genre 1 has 2, 5, 4 by artists 0, 2, 1 (4/3 each).
    found = histories_of(catalogue, LISTENERS, artists=[1], genres=[1], tracks=[4])
    assert cells(found) == {
        (0, 2): (4 / 3, 0, False),
        (0, 3): (2.0, 0, False),
        (0, 4): (4 + 2 + 4 / 3, 0, True),
        (0, 5): (4 / 3, 0, False),
    }
    assert found.weights.sum() == pytest.approx(12)  # three likes of 4


def test_an_artist_without_a_track_to_show_says_nothing(catalogue):
    assert len(histories_of(catalogue, LISTENERS, artists=[3]).items) == 0


def test_plays_keep_what_they_are_and_gain_the_weight_of_a_like(catalogue):
    played = Histories.from_cells(
        np.array([0, 0, 2]),
        np.array([3, 8, 5]),
        n_users=3,
        n_items=9,
        weights=np.array([1.5, 1.0, 2.0]),
        plays=np.array([4, 1, 2]),
        first_day=np.array([7, 8, 9]),
        last_day=np.array([17, 18, 19]),
        region=np.array([1, -1, 0]),
    )
    said = likes((0, Liked.ARTIST, 1), (1, Liked.TRACK, 0), (2, Liked.TRACK, 5))
    found = with_likes(played, said, catalogue, listeners=LISTENERS, weight=4.0)
    assert cells(found) == {
        (0, 3): (3.5, 4, True),  # played, and one of artist 1's two tracks
        (0, 4): (2.0, 0, False),
        (0, 8): (1.0, 1, True),
        (1, 0): (4.0, 0, True),
        (2, 5): (6.0, 2, True),
    }
    assert found.first_day.tolist() == [7, -1, 8, -1, 9]
    assert found.last_day.tolist() == [17, -1, 18, -1, 19]
    assert found.region.tolist() == [1, -1, 0]
    assert played.weights.tolist() == [1.5, 1.0, 2.0]


def test_without_likes_nothing_changes(catalogue):
    played = Histories.from_cells(np.array([0]), np.array([3]), n_users=2, n_items=9)
    assert with_likes(played, Likes.none(), catalogue, listeners=LISTENERS) is played
    assert len(histories_of(catalogue, LISTENERS)) == 1


def test_nobody_is_a_listener_of_a_taste_that_is_only_implied():
    cells = Histories.from_cells(
        np.array([0, 1, 2]), np.array([1, 1, 1]), n_users=3, n_items=2, plays=np.array([2, 0, 1])
    )
    assert listeners_of(cells).tolist() == [0, 2]
    assert listeners_of(replace(cells, known=np.array([False, True, True]))).tolist() == [0, 1]

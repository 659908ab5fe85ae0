"""Seven tracks of artists 0 0 1 1 2 2 and one unknown; track 3 is hidden."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from rekomenda.evaluation.tasks import (
    Task,
    cold_tracks,
    distinct,
    eligible,
    heard_artists,
    is_member,
    keys_of,
    relevant,
    tracks_of,
)
from support.evaluation_worlds import catalogue, histories

CATALOGUE = catalogue([0, 0, 1, 1, 2, 2, -1], hidden=[3])
TRAIN = histories([[0, 2], [4], [], [6]], n_items=7)
HOLDOUT = histories(
    [[0, 1, 3, 4, 6], [4, 5, 0], [2], [3, 6]],
    n_items=7,
    plays=[[1, 2, 1, 1, 1], [1, 0, 2], [1], [1, 1]],
)


def relevant_of(task):
    sets = relevant(task, TRAIN, HOLDOUT, CATALOGUE)
    return [sets.items[a:b].tolist() for a, b in pairwise(sets.indptr)]


def shown_of(task):
    scores = eligible(task, TRAIN, CATALOGUE).apply(np.zeros((4, 7), np.float32))
    return [np.flatnonzero(np.isfinite(row)).tolist() for row in scores]


def test_all_asks_for_everything_played_that_can_be_shown():
    assert relevant_of(Task.ALL) == [[0, 1, 4, 6], [0, 4], [2], [6]]
    assert shown_of(Task.ALL) == [[0, 1, 2, 4, 5, 6]] * 4


def test_again_asks_only_for_what_was_heard_before():
    assert relevant_of(Task.AGAIN) == [[0], [4], [], [6]]
    assert shown_of(Task.AGAIN) == [[0, 2], [4], [], [6]]


def test_unheard_asks_only_for_what_was_not_heard_before():
    assert relevant_of(Task.UNHEARD) == [[1, 4, 6], [0], [2], []]
    assert shown_of(Task.UNHEARD) == [
        [1, 4, 5, 6],
        [0, 1, 2, 5, 6],
        [0, 1, 2, 4, 5, 6],
        [0, 1, 2, 4, 5],
    ]


def test_cold_are_the_tracks_with_three_listeners_or_fewer_and_those_with_none():
    assert cold_tracks(np.array([0, 3, 4, 1, 900])).tolist() == [True, True, False, True, False]


COLD = np.array([False, True, True, True, True, False, True])


def test_cold_tracks_asks_for_hardly_known_tracks_among_themselves_or_among_all():
    # Unheard and played after the cut: 1 4 6, 0, 2 and nothing; 3 is hidden, 0 and 5 are well known.
    for task in (Task.COLD_TRACKS, Task.COLD_AMONG_ALL):
        sets = relevant(task, TRAIN, HOLDOUT, CATALOGUE, COLD)
        found = [sets.items[a:b].tolist() for a, b in pairwise(sets.indptr)]
        assert found == [[1, 4, 6], [], [2], []]
    scores = np.zeros((4, 7), np.float32)
    within = eligible(Task.COLD_TRACKS, TRAIN, CATALOGUE, COLD).apply(scores.copy())
    assert [np.flatnonzero(np.isfinite(row)).tolist() for row in within] == [
        [1, 4, 6],
        [1, 2, 6],
        [1, 2, 4, 6],
        [1, 2, 4],
    ]
    assert shown_of(Task.COLD_AMONG_ALL) == shown_of(Task.UNHEARD)


def test_a_taste_that_is_only_implied_counts_as_not_heard():
    # The first listener is taken to like tracks 1 and 4, the third track 2; nobody heard those.
    train = histories([[0, 1, 2, 4], [4], [2], [6]], n_items=7)
    train = replace(train, known=np.array([True, False, True, False, True, False, True]))
    for task in Task:
        with_tastes = relevant(task, train, HOLDOUT, CATALOGUE)
        assert [with_tastes.items[a:b].tolist() for a, b in pairwise(with_tastes.indptr)] == (
            relevant_of(task)
        )
        scores = np.zeros((4, 7), np.float32)
        shown = eligible(task, train, CATALOGUE).apply(scores.copy())
        assert [np.flatnonzero(np.isfinite(row)).tolist() for row in shown] == shown_of(task)


def test_new_artists_leaves_out_artists_heard_and_artists_unknown():
    # The first heard artists 0 and 1; the last heard a track of unknown artist, which says nothing.
    assert relevant_of(Task.NEW_ARTISTS) == [[4], [0], [2], []]
    assert shown_of(Task.NEW_ARTISTS) == [[4, 5], [0, 1, 2], [0, 1, 2, 4, 5], [0, 1, 2, 4, 5]]


def test_what_is_relevant_may_always_be_shown():
    for task in Task:
        for wanted, shown in zip(relevant_of(task), shown_of(task), strict=True):
            assert set(wanted) <= set(shown)


def test_heard_artists_and_their_tracks():
    artists = heard_artists(TRAIN, CATALOGUE)
    assert artists.indptr.tolist() == [0, 2, 3, 3, 3]
    assert artists.items.tolist() == [0, 1, 2]
    tracks = tracks_of(artists, CATALOGUE)
    assert tracks.indptr.tolist() == [0, 4, 6, 6, 6]
    assert tracks.items.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_catalogue_without_artists_has_no_new_ones():
    bare = catalogue([-1, -1, -1, -1, -1, -1, -1])
    assert len(bare.artists) == 0
    assert relevant(Task.NEW_ARTISTS, TRAIN, HOLDOUT, bare).items.tolist() == []
    scores = eligible(Task.NEW_ARTISTS, TRAIN, bare).apply(np.zeros((4, 7), np.float32))
    assert not np.isfinite(scores).any()


def test_membership_of_numbers_beyond_both_ends():
    assert is_member(np.array([[1, 5], [9, 4]]), np.array([4, 5])).tolist() == [
        [False, True],
        [False, True],
    ]
    assert is_member(np.array([3]), np.array([], int)).tolist() == [False]


def test_distinct_keys_ascend():
    assert distinct(np.array([7, 2, 7, 2, 9, 2])).tolist() == [2, 7, 9]
    assert distinct(np.array([], np.int64)).tolist() == []


def test_keys_number_users_and_items_together():
    assert keys_of(heard_artists(TRAIN, CATALOGUE), 3).tolist() == [0, 1, 5]

from dataclasses import replace

import numpy as np

from rekomenda.domain.interactions import Histories
from rekomenda.evaluation.holdout import RANDOM_LEAKS, SESSION_LEAKS, random_holdout, split_sessions
from support.evaluation_worlds import histories


def cells(found: Histories) -> set[tuple[int, int]]:
    return set(zip(found.users_of_cells.tolist(), found.items.tolist(), strict=True))


def test_random_holdout_divides_each_history_and_loses_nothing():
    given = histories([list(range(10)), [3], [], [1, 5, 9], [0, 2]], 12)
    split = random_holdout(given, 0.3, seed=4)
    assert split.test.lengths.tolist() == [3, 0, 0, 1, 1]
    assert cells(split.train) | cells(split.test) == cells(given)
    assert not cells(split.train) & cells(split.test)
    assert split.train.region.tolist() == split.test.region.tolist() == [0, 1, 2, 3, 4]
    assert split.leaks is RANDOM_LEAKS


def test_random_holdout_never_takes_a_whole_history():
    given = histories([[0], [0, 1], [0, 1, 2]], 3)
    assert random_holdout(given, 0.99, seed=0).test.lengths.tolist() == [0, 1, 2]


def test_random_holdout_never_asks_for_what_nobody_heard():
    given = histories([[0, 1, 2, 3, 4, 5]] * 30, 6)
    given = replace(given, known=given.items < 4)
    split = random_holdout(given, 0.5, seed=0)
    assert split.test.lengths.tolist() == [2] * 30  # half of the four that were heard
    assert split.test.known.all()
    assert np.count_nonzero(~split.train.known) == 60


def test_random_holdout_is_drawn_by_its_seed():
    given = histories([list(range(40))] * 3, 40)
    first, again, other = (cells(random_holdout(given, 0.5, seed).test) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_random_holdout_takes_every_track_equally_often():
    given = histories([[0, 4, 7, 9]] * 4000, 10)
    counts = np.bincount(random_holdout(given, 0.25, seed=9).test.items, minlength=10)
    assert counts[[0, 4, 7, 9]].sum() == 4000
    assert abs(counts[[0, 4, 7, 9]] - 1000).max() < 120  # 4 standard deviations


def test_values_stay_with_their_cells():
    given = histories([[0, 1, 2, 3]], 4, plays=[[10, 11, 12, 13]])
    split = random_holdout(given, 0.5, seed=3)
    for part in (split.train, split.test):
        assert part.plays.tolist() == [10 + item for item in part.items]
        assert part.weights.tolist() == [10 + item for item in part.items]


def sessions() -> Histories:
    """Day 5 is the cut. Sessions: before it, across it, after it, after it with one track."""
    return Histories.from_cells(
        np.array([0, 0, 1, 1, 2, 2, 2, 3]),
        np.array([4, 1, 0, 2, 3, 0, 1, 2]),
        n_users=4,
        n_items=5,
        first_day=np.array([3, 5, 5, 6, 8, 7, 7, 9]),
        last_day=np.array([4, 5, 5, 6, 8, 7, 7, 9]),
    )


def test_sessions_that_ended_by_the_cut_are_learned_from_and_the_others_are_halved():
    split = split_sessions(sessions(), cut_day=5)
    assert split.train_rows.tolist() == [0]
    assert split.test_rows.tolist() == [1, 2, 3]
    assert cells(split.train) == {(0, 4), (0, 1)}
    assert split.train.last_day.max() <= 5
    # By first day, then by item: 0 | 2; 0 1 | 3; 2 |
    assert cells(split.later.train) == {(0, 0), (1, 0), (1, 1), (2, 2)}
    assert cells(split.later.test) == {(0, 2), (1, 3)}
    assert split.later.leaks is SESSION_LEAKS


def test_the_order_within_a_session_can_be_given():
    # Cells stand by user and item: (0,1) (0,4) (1,0) (1,2) (2,0) (2,1) (2,3) (3,2)
    order = np.array([1, 0, 9, 4, 30, 10, 20, 0])
    split = split_sessions(sessions(), cut_day=5, order=order)
    assert cells(split.later.train) == {(0, 2), (1, 1), (1, 3), (2, 2)}
    assert cells(split.later.test) == {(0, 0), (1, 0)}


def test_no_session_after_the_cut_gives_an_empty_half():
    split = split_sessions(sessions(), cut_day=9)
    assert split.train_rows.tolist() == [0, 1, 2, 3]
    assert len(split.later.train) == len(split.later.test) == 0

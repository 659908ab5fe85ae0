"""What goes together is held out together, and nobody but those who are asked loses anything."""

from __future__ import annotations

import numpy as np

from rekomenda.domain.interactions import Histories
from rekomenda.evaluation.holdout_together import holdout_together


def quartets(n_users=60, n_groups=10, seed=2) -> Histories:
    """Tracks come in groups of four that are always played together; everybody plays five groups."""
    rng = np.random.default_rng(seed)
    groups = np.stack([rng.choice(n_groups, 5, replace=False) for _ in range(n_users)])
    items = (groups[:, :, None] * 4 + np.arange(4)).reshape(n_users, 20)
    users = np.repeat(np.arange(n_users), 20)
    return Histories.from_cells(users, items.ravel(), n_users=n_users, n_items=n_groups * 4)


def test_a_whole_group_is_on_one_side():
    split = holdout_together(quartets(), 0.4, seed=3, n_users=60)
    for user in range(60):
        cells = slice(split.test.indptr[user], split.test.indptr[user + 1])
        groups, counts = np.unique(split.test.items[cells] // 4, return_counts=True)
        assert (len(groups), counts.tolist()) == (2, [4, 4])


def test_the_share_is_rounded_and_never_everything():
    split = holdout_together(quartets(), 0.33, seed=3, n_users=60)
    assert set(split.test.lengths) == {7}
    two = Histories.from_cells([0, 0, 1], [0, 1, 1], n_users=2, n_items=2)
    assert holdout_together(two, 0.9, seed=0, n_users=2).test.lengths.tolist() == [1, 0]


def test_nobody_else_loses_anything_and_nothing_is_on_both_sides():
    histories = quartets()
    split = holdout_together(histories, 0.25, seed=5, n_users=9)
    assert (split.test.lengths > 0).sum() == 9
    np.testing.assert_array_equal(split.train.lengths + split.test.lengths, histories.lengths)
    both = split.train.binary.multiply(split.test.binary)
    assert both.sum() == 0


def test_the_same_seed_gives_the_same_split_and_another_another():
    one, same, other = (
        holdout_together(quartets(), 0.25, seed=seed, n_users=30).test.items for seed in (1, 1, 2)
    )
    assert one.tolist() == same.tolist() != other.tolist()


def test_what_is_only_implied_is_never_asked_for():
    histories = quartets()
    known = histories.items % 4 != 0
    told = Histories(
        **{
            name: getattr(histories, name)
            for name in ("indptr", "items", "weights", "plays", "first_day", "last_day", "region")
        },
        n_items=histories.n_items,
        known=known,
    )
    assert not (holdout_together(told, 0.4, seed=3, n_users=60).test.items % 4 == 0).any()

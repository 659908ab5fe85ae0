"""The validation cut of `auto` is made as the exam's is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_worlds import AS_OF, crooked_world, random_world
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.evaluation.tasks import Task
from rekomenda.learning import auto
from rekomenda.learning.auto import random_validation


@pytest.fixture(scope="module")
def data():
    return random_world(n_users=120, n_items=50, n_cells=1400, seed=6)


def test_at_random_only_the_listeners_who_are_asked_lose_tracks(data):
    found = random_validation(data, 0.2, seed=4, n_users=30)
    lost = data.interactions.histories.lengths - found.data.interactions.histories.lengths
    longer = data.interactions.histories.lengths > 3
    assert (lost > 0).sum() <= 30
    assert (lost > 0).sum() >= 30 - (~longer).sum()
    asked = found.exam.relevant[Task.UNHEARD].counts
    assert np.flatnonzero(lost > 0).tolist() == found.exam.rows.tolist()
    assert asked.sum() <= lost.sum()


def test_nothing_that_is_asked_is_learned_from(data):
    found = random_validation(data, 0.3, seed=1)
    learned = found.data.interactions.histories
    keys = set((learned.users_of_cells.astype(int) * 50 + learned.items).tolist())
    asked = found.exam.relevant[Task.UNHEARD].keys
    rows, items = np.divmod(asked, 50)
    assert len(asked)
    assert not keys & set((found.exam.rows[rows] * 50 + items).tolist())


def test_data_where_nothing_can_be_held_out_has_no_validation():
    world = crooked_world()
    one = Histories.from_cells(np.arange(4), np.arange(4), n_users=4, n_items=9)
    few = Interactions(world.interactions.users, world.interactions.items, one)
    assert random_validation(replace(world, interactions=few, as_of_day=AS_OF), 0.2, seed=0) is None


def test_of_very_many_cells_candidates_learn_from_a_sample_of_listeners(data, monkeypatch):
    everything = data.interactions
    n_cells = len(everything.histories.items)
    monkeypatch.setattr(auto, "MAX_CELLS", n_cells // 4)
    whole = random_validation(data, 0.2, seed=1)
    drawn = whole.data.interactions
    assert 0.15 * n_cells < len(drawn.histories.items) < 0.3 * n_cells
    assert drawn.items is everything.items
    rows = everything.users.index_of(drawn.users.ids)
    learned = random_validation(data, 0.2, seed=1).data.interactions
    assert learned.users.ids.equals(drawn.users.ids)
    assert (np.diff(rows) > 0).all()
    assert len(whole.exam) > len(drawn.users), "listeners are asked as many as ever"
    kept = drawn.histories
    for place, row in enumerate(rows):
        theirs = everything.histories.rows(np.array([row]))
        own = slice(kept.indptr[place], kept.indptr[place + 1])
        assert set(kept.items[own]) <= set(theirs.items)

"""The validation cut of `auto` is made as the exam's is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_worlds import AS_OF, crooked_world, random_world
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.evaluation.tasks import Task
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

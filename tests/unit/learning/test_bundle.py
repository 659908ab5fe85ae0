"""What a release keeps of a model comes back whole, and so does what an older version kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_worlds import crooked_world
from rekomenda.domain.training import TrainingData
from rekomenda.learning import bundle
from rekomenda.learning.bundle import Bundle
from rekomenda.learning.recipe import Recipe

COLUMNS = (
    "indptr",
    "items",
    "weights",
    "plays",
    "first_day",
    "last_day",
    "region",
    "known",
    "order",
)


@pytest.fixture
def data() -> TrainingData:
    """The crooked world, where track 3 is only implied and cells were played in some order."""
    world = crooked_world()
    told = world.interactions.histories
    told = replace(
        told, known=told.items != 3, order=np.arange(len(told.items), dtype=np.int32) % 5
    )
    return replace(world, interactions=replace(world.interactions, histories=told))


def test_every_column_of_a_history_comes_back(data, tmp_path):
    made = Bundle.fit(Recipe("item_knn"), data)
    made.write(tmp_path)
    found = Bundle.read(tmp_path).interactions
    for name in COLUMNS:
        kept, given = getattr(found.histories, name), getattr(data.interactions.histories, name)
        np.testing.assert_array_equal(kept, given)
        assert kept.dtype == given.dtype
    assert found.users.ids.equals(data.interactions.users.ids)
    assert not found.histories.known.all()


def test_a_bundle_of_before_there_were_likes_counts_everything_as_heard(
    data, tmp_path, monkeypatch
):
    monkeypatch.setattr(bundle, "_CELLS", COLUMNS[:7])
    Bundle.fit(Recipe("item_knn"), data).write(tmp_path)
    found = Bundle.read(tmp_path)
    assert not (tmp_path / "histories" / "known.npy").exists()
    assert found.interactions.histories.known.all()
    assert (found.interactions.histories.order == -1).all()
    assert np.isfinite(found.model.score(found.interactions.histories)).any()

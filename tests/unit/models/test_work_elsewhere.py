"""Models that let somebody else go through the rows find the same bits as alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from model_worlds import crooked_world, random_world
from rekomenda.models.registry import create


@dataclass
class InPieces:
    """Goes through rows a few at a time, as tasks do, and sends them as bytes."""

    size: int
    asked: list[int] = field(default_factory=list)

    def rows(
        self, kernel: Any, matrices: Any, n: int, schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        self.asked.append(n)
        for start in range(0, n, self.size):
            for batch in kernel(matrices, start, min(start + self.size, n)):
                assert batch.schema.equals(schema)
                yield batch


WORLDS = {
    "crooked": crooked_world(),
    "random": random_world(n_users=61, n_items=23, n_cells=300, seed=5),
}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("algorithm", "hyperparameters"),
    [
        ("ease", {}),
        ("ease", {"values": "weights"}),
        ("item_knn", {"n_neighbours": 3}),
        ("item_knn", {"weighting": "bm25"}),
        ("slim", {"n_neighbours": 4}),
        ("popularity", {}),
        ("popularity_recent", {"window_days": 5}),
        ("popularity_genre", {}),
        ("popularity_region", {}),
    ],
)
def test_the_bits_are_those_of_one_process(algorithm, hyperparameters, size, world):
    data, work = WORLDS[world], InPieces(size)
    model = create(algorithm, hyperparameters)
    alone = model.fit(data, seed=3).arrays()
    elsewhere = model.fit(replace(data, work=work), seed=3).arrays()
    assert work.asked
    assert alone.keys() == elsewhere.keys()
    for name, values in alone.items():
        assert np.array_equal(values, elsewhere[name], equal_nan=True), name
        assert values.dtype == elsewhere[name].dtype

"""Lists that tasks make of ranges of listeners come back as they would have been made at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from model_worlds import random_world
from rekomenda.domain.recommendations import LIST_SCHEMA, Shelf
from rekomenda.learning.bundle import Bundle
from rekomenda.learning.recipe import POPULARITY_IN_REGION, Recipe
from rekomenda.pipeline.releasing.spread import all_lists
from rekomenda.ranking.impressions import keys_of
from rekomenda.ranking.lists import ListMaker


@dataclass
class Tasks:
    """Ranges of two steps each, whose rows come in batches that know nothing of listeners."""

    rows: int

    @property
    def work(self) -> Any:
        return self

    def over_ranges(self, work: Any, n: int, *, step: int, schema: pa.Schema) -> Iterator[Any]:
        made = []
        for start in range(0, n, 2 * step):
            made += list(work(start, min(start + 2 * step, n)))
        table = pa.Table.from_batches(made, schema).combine_chunks()
        yield from table.to_batches(max_chunksize=self.rows)


def maker_of(bundle: Bundle) -> ListMaker:
    users = len(bundle.interactions.users)
    return ListMaker(
        model=bundle.model,
        interactions=bundle.interactions,
        catalogue=bundle.catalogue,
        fallback=Recipe(POPULARITY_IN_REGION).fit(random_world(**WORLD)),
        shelves=dict.fromkeys(Shelf, 4),
        max_per_artist=9,
        min_support=1,
        n_candidates=20,
        as_of_day=19_800,
        emerging_share=1.0,
        dial=np.linspace(0, 1, users),
        batch_size=3,
    )


WORLD = {"n_users": 23, "n_items": 17, "n_cells": 120, "seed": 4}


@pytest.mark.parametrize("rows", [1, 7, 10_000])
def test_rows_codes_and_order_are_the_same(tmp_path: Path, rows: int):
    bundle = Bundle.fit(Recipe("item_knn", {"n_neighbours": 5}), random_world(**WORLD))
    bundle.write(tmp_path)
    maker = maker_of(bundle)
    whole = list(maker.batches())
    came = list(all_lists(Tasks(rows), maker, tmp_path))
    assert [row for batch in came for row in batch.to_pylist()] == [
        row for batch in whole for row in batch.to_pylist()
    ]
    assert all(batch.schema.equals(LIST_SCHEMA) for batch in came)
    for name in ("user_id", "track_id", "shelf", "reason_kind"):
        one, other = (
            [code for batch in batches for code in batch[name].indices.to_pylist()]
            for batches in (whole, came)
        )
        assert one == other, name
    owners = [set(batch["user_id"].to_pylist()) for batch in came[:-1]]
    assert sum(map(len, owners)) == len(set().union(*owners))
    keys, others = (np.concatenate([keys_of(batch) for batch in b]) for b in (whole, came))
    assert np.array_equal(np.sort(keys), np.sort(others))

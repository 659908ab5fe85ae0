"""Cells that an engine's tasks add up, a piece each, are those that are added up at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.joining.integrate import integrate
from rekomenda.settings import IntegrateSettings
from support.crooked_lake import crooked_lake
from support.lake_parts import day

OPTIONS = IntegrateSettings(heavy_plays_per_day=5, bot_plays_per_day=100, half_life_days=3)


@dataclass
class InPieces:
    """The embedded engine, which hands a step's rows out one listener and track at a time."""

    engine: EmbeddedEngine
    pieces: int = 0

    @property
    def work(self) -> InPieces:
        return self

    def sql(self, steps, tables):
        found = self.engine.sql([step for step in steps if step.making is None], tables)
        for step in steps:
            if step.making is not None:
                plain = [each for each in steps if each.making is None]
                rows = self.engine.sql(
                    [*plain, type(step)(step.name, step.text, step.parameters, "rows")], tables
                )["rows"]
                found[step.result] = self._made(step.making(found), rows)
        return found

    def _made(self, work, rows: pa.Table) -> pa.Table:
        keys = np.stack([rows["listener_index"].to_numpy(), rows["item_index"].to_numpy()])
        starts = np.flatnonzero(np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0)))
        ends = [*starts[1:], rows.num_rows]
        self.pieces = len(starts)
        made = [work(rows.slice(a, b - a)) for a, b in zip(starts, ends, strict=True)]
        return pa.concat_tables([work(rows.slice(0, 0)), *made])


@pytest.mark.parametrize("cut", [None, day(6)])
def test_pieces_make_the_same_matrix(tmp_path, cut):
    parts = crooked_lake(tmp_path / "lake", 9)
    engine = InPieces(EmbeddedEngine(tmp_path / "spill", memory_limit="200MB", threads=1))
    whole, pieces = (
        integrate(each, parts, home=tmp_path, as_of=day(8), cut=cut, options=OPTIONS)
        for each in (engine.engine, engine)
    )
    assert engine.pieces > 50
    assert pieces.listeners.equals(whole.listeners)
    assert pieces.report == whole.report
    for side in ("data",) if cut is None else ("data", "at_cut"):
        one, other = (getattr(each, side).interactions.histories for each in (whole, pieces))
        for name in ("indptr", "items", "weights", "plays", "first_day", "last_day", "order"):
            left, right = getattr(one, name), getattr(other, name)
            assert np.array_equal(left, right), name
            assert left is None or left.dtype == right.dtype
    if cut is not None:
        assert np.array_equal(whole.holdout.histories.weights, pieces.holdout.histories.weights)

"""Both engines join the same lake to the same tables, row by row and bit by bit."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.joining.extent import extent_of
from rekomenda.joining.integrate import Integrated, integrate
from rekomenda.settings import IntegrateSettings
from support.crooked_lake import crooked_lake
from support.lake_parts import day
from support.recording import Recording

pytestmark = [pytest.mark.slow, pytest.mark.needs_java]

WORLDS = {
    1: IntegrateSettings(heavy_plays_per_day=8, bot_plays_per_day=100, half_life_days=3),
    2: IntegrateSettings(near_copies_seconds=1, heavy_plays_per_day=3, bot_plays_per_day=2000),
    3: IntegrateSettings(near_copies_seconds=90, like_weight=0, max_plays_per_day=2),
}


def joined(
    engine, parts, home, options, *, weighing: bool = False
) -> tuple[Integrated, dict[str, pa.Table]]:
    recording = Recording(engine, weighing)
    integrated = integrate(
        recording,
        parts,
        home=home,
        as_of=day(8),
        cut=day(6),
        validation_cut=day(4),
        options=options,
        moments=True,
    )
    return integrated, recording.tables()


def in_utc(table: pa.Table) -> pa.Table:
    """Name the zone of moments alike: DuckDB calls it as the machine does. The moments stay."""
    fields = [
        pa.field(
            each.name, pa.timestamp("us", "UTC") if pa.types.is_timestamp(each.type) else each.type
        )
        for each in table.schema
    ]
    return table.cast(pa.schema(fields)).combine_chunks()


@pytest.mark.parametrize("seed", WORLDS)
def test_integrated_tables_are_identical_row_by_row(spark, embedded, tmp_path, seed):
    parts = crooked_lake(tmp_path / "a lake, 100 % [odd]", seed)
    ours, _ = joined(embedded, parts, tmp_path, WORLDS[seed])
    _, ours_found = joined(embedded, parts, tmp_path, WORLDS[seed], weighing=True)
    theirs, theirs_found = joined(spark, parts, tmp_path, WORLDS[seed])
    assert theirs_found.keys() == ours_found.keys()
    for name, table in ours_found.items():
        assert in_utc(theirs_found[name]).equals(in_utc(table)), name
    assert ours_found["in_order"].num_rows > 100
    assert theirs.report == ours.report
    assert theirs.plays_daily.to_pydict() == ours.plays_daily.to_pydict()
    for side in ("data", "at_cut", "before"):
        one, other = (getattr(each, side).interactions.histories for each in (ours, theirs))
        assert np.array_equal(one.weights, other.weights)
        assert np.array_equal(one.order, other.order)
        assert np.array_equal(one.plays, other.plays)


def test_the_extent_is_counted_alike(spark, embedded, tmp_path):
    parts = crooked_lake(tmp_path / "lake", 4)
    assert extent_of(spark, parts) == extent_of(embedded, parts)


def test_nothing_stays_behind(spark, tmp_path):
    extent_of(spark, crooked_lake(tmp_path / "lake", 5))
    assert list(spark.folder.iterdir()) == []

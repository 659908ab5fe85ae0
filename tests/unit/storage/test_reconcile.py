"""A warehouse that differs from its release is told apart from one that agrees, by how many rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from rekomenda.domain.warehouse_schema import WAREHOUSE
from rekomenda.storage.publish import tables_of
from rekomenda.storage.reconcile import reconcile
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.homes import holding, lists, publish_one

ROWS = lists(4)


def differences(home: Path, stored: pa.Table) -> int:
    warehouse = DuckDBWarehouse(home)
    warehouse.append("r1", {"recommendations": stored})
    compared = reconcile("r1", {"recommendations": ROWS}, warehouse)
    assert {name for name, found in compared.items() if found.differences} <= {"recommendations"}
    return compared["recommendations"].differences


def test_a_published_release_agrees_in_every_table(tmp_path: Path):
    with holding(tmp_path) as lease:
        release = publish_one(tmp_path, "r1", lease)
    compared = reconcile("r1", tables_of(release), DuckDBWarehouse(tmp_path))
    assert set(compared) == set(WAREHOUSE)
    assert {found.differences for found in compared.values()} == {0}
    assert compared["recommendations"].release.rows == 30
    assert compared["runs"].warehouse.rows == 1


def test_order_does_not_matter(tmp_path: Path):
    assert differences(tmp_path, ROWS.take(list(range(30))[::-1])) == 0


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (ROWS.slice(0, 27), 3),
        (pa.concat_tables([ROWS, ROWS.slice(3, 2)]), 2),
        (ROWS.slice(0, 0), 30),
    ],
    ids=["three lost", "two doubled", "all lost"],
)
def test_lost_and_doubled_rows_are_counted(tmp_path: Path, stored: pa.Table, expected: int):
    assert differences(tmp_path, stored) == expected


def test_a_changed_row_counts_on_both_sides(tmp_path: Path):
    places = pa.array(range(30))
    scores = pc.if_else(pc.equal(places, 7), pa.scalar(0.75, pa.float32()), ROWS["score"])
    changed = ROWS.set_column(4, "score", scores)
    assert differences(tmp_path, changed) == 2

"""Rows with intervals, and the published lists as matrices."""

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.ids import IdMap
from rekomenda.domain.recommendations import LIST_SCHEMA, Shelf
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.exam import Relevant
from rekomenda.evaluation.exposure import measures
from rekomenda.evaluation.exposure_rows import rows_of, to_table
from rekomenda.evaluation.ground import Ground
from rekomenda.evaluation.served import ServedLists
from support.evaluation_worlds import catalogue, histories

approx = pytest.approx
QUICK = Bootstrap(n_resamples=200, seed=5)


@pytest.fixture
def ground():
    """180 listeners of 40 tracks by 20 artists; some tracks are played by many, some by few."""
    rng = np.random.default_rng(2)
    chances = 1 / np.arange(2, 42)
    chances /= chances.sum()
    cells = [rng.choice(40, user % 5 + 2, replace=False, p=chances).tolist() for user in range(180)]
    train = histories([sorted(row) for row in cells], 40)
    keys = np.array([user * 40 + (user * 11) % 40 for user in range(0, 180, 2)])
    counts = np.bincount(keys // 40, minlength=180)
    known = catalogue([item // 2 for item in range(40)])
    return Ground(train, known, train, relevant=Relevant(keys, counts))


@pytest.fixture
def lists():
    rng = np.random.default_rng(3)
    return np.stack([rng.permutation(40)[:6] for _ in range(180)]).astype(np.int32)


def test_rows_say_the_same_as_the_plain_mapping(lists, ground):
    rows = rows_of("exam:unheard", "ease", lists, ground, QUICK)
    found = {
        row.measure if row.segment == "overall" else f"{row.measure}:{row.segment}": row.value
        for row in rows
    }
    plain = measures(lists, ground)
    assert found.keys() == plain.keys()
    assert list(found.values()) == approx([plain[name] for name in found])


def test_intervals_of_listeners_hold_the_value_and_are_wider_for_fewer(lists, ground):
    rows = rows_of("exam:unheard", "ease", lists, ground, QUICK)
    of_listeners = [row for row in rows if row.measure in {"novelty", "discovery", "tail_share"}]
    assert len(of_listeners) == 3 * 4  # everybody and three thirds
    widths = {(row.measure, row.segment): row.high - row.low for row in of_listeners}
    for row in of_listeners:
        assert row.low <= row.value <= row.high
    assert widths["novelty", "overall"] < widths["novelty", "mainstream:low"]
    assert {row.k for row in rows} == {6}


def test_the_table_has_every_row(lists, ground):
    rows = rows_of("served:for_you", "ease", lists, ground, QUICK)
    table = to_table(rows)
    assert table.num_rows == len(rows)
    assert set(table["lists"].to_pylist()) == {"served:for_you"}


def batch(rows: list[tuple[str | None, str, int, str]]) -> pa.Table:
    columns = {
        "user_id": [row[0] for row in rows],
        "shelf": [row[1] for row in rows],
        "rank": [row[2] for row in rows],
        "track_id": [row[3] for row in rows],
        "score": [1.0 for _ in rows],
        "personalised": [True for _ in rows],
    }
    missing = {name: [None] * len(rows) for name in LIST_SCHEMA.names if name not in columns}
    plain = pa.table(columns | missing).select(LIST_SCHEMA.names)
    return plain.cast(LIST_SCHEMA)


def test_published_lists_come_back_as_matrices_whatever_the_batches():
    users = IdMap.of(["ana", "bia", "caio"])
    served = ServedLists(users, catalogue([0, 0, 1, 2]), [Shelf.FOR_YOU, Shelf.DISCOVER], k=2)
    served.see(batch([("ana", "again", 1, "t0000"), ("ana", "discover", 1, "t0003")]))
    served.see(batch([]))
    served.see(
        batch(
            [
                ("caio", "for_you", 1, "t0002"),
                ("caio", "for_you", 2, "t0001"),
                ("caio", "for_you", 3, "t0000"),
                (None, "for_you", 1, "t0003"),
            ]
        )
    )
    assert served.items(Shelf.FOR_YOU).tolist() == [[-1, -1], [-1, -1], [2, 1]]
    assert served.items(Shelf.DISCOVER).tolist() == [[3, -1], [-1, -1], [-1, -1]]

"""The checksum does not mind order, and notices every other change."""

from __future__ import annotations

import hashlib
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.schema import Column, Kind, Table
from rekomenda.language import Text
from rekomenda.storage import fingerprint as fingerprints
from rekomenda.storage.fingerprint import A, P, fingerprint, row_marks
from rekomenda.storage.fingerprint_sql import marks_sql

NOTHING = Text("", "")
TABLE = Table(
    "small",
    (
        Column("name", Kind.TEXT, NOTHING),
        Column("plays", Kind.COUNT, NOTHING),
        Column("day", Kind.DAY, NOTHING),
        Column("score", Kind.NUMBER, NOTHING),
        Column("flag", Kind.FLAG, NOTHING),
    ),
    key=(),
)
ROWS = [
    ("Forró", 3, date(2024, 6, 3), 0.5, True),
    (None, -2, date(1970, 1, 1), None, False),
    ("a", None, None, -1.25, None),
    ("a", None, None, -1.25, None),
]


def batches(rows: list[tuple]) -> list[pa.RecordBatch]:
    names = [column.name for column in TABLE.columns]
    return [
        pa.RecordBatch.from_pylist(
            [dict(zip(names, row, strict=True)) for row in rows], TABLE.arrow
        )
    ]


def by_hand(row: tuple) -> int:
    """The definition in the module's first lines, one value at a time."""
    name, plays, day, score, flag = row
    codes = [
        0 if name is None else 1 + int(hashlib.md5(name.encode()).hexdigest()[:7], 16),
        0 if plays is None else 1 + plays % P,
        0 if day is None else 1 + (day - date(1970, 1, 1)).days % P,
        0 if score is None else 1 + int(score * 10**6) % P,
        0 if flag is None else 1 + int(flag),
    ]
    mark = 1
    for code in codes:
        mark = (mark * A + code) % P
    return mark * mark % P


def test_the_checksum_is_the_sum_of_its_definition():
    assert fingerprint(TABLE, batches(ROWS)) == (4, sum(map(by_hand, ROWS)))


def test_order_and_cutting_into_batches_do_not_matter():
    whole = fingerprint(TABLE, batches(ROWS))
    assert fingerprint(TABLE, batches(ROWS[::-1])) == whole
    assert fingerprint(TABLE, [*batches(ROWS[2:]), *batches(ROWS[:2])]) == whole


def test_text_may_come_as_dictionaries():
    (plain,) = batches(ROWS)
    encoded = plain.set_column(0, "name", plain.column(0).dictionary_encode())
    assert fingerprint(TABLE, [encoded]) == fingerprint(TABLE, [plain])


@pytest.mark.parametrize("known", [1, 2, 100])
def test_each_batch_may_bring_a_dictionary_of_its_own(known: int, monkeypatch):
    monkeypatch.setattr(fingerprints, "_TEXTS_KNOWN", known)
    dictionaries = [["a", "Forró", "b"], ["b", "a", None], ["x", "y", "b", "z", "Forró"]]
    places = [[0, 1, None, 2, 0, 1], [0, 1, 2, 1], [2, 4, None]]  # of the last, few are in use
    rows, cut = [], []
    for texts, of in zip(dictionaries, places, strict=True):
        names = [None if place is None else texts[place] for place in of]
        rows += [(name, 1, None, None, None) for name in names]
        (batch,) = batches(rows[-len(of) :])
        encoded = pa.DictionaryArray.from_arrays(pa.array(of, pa.int32()), pa.array(texts))
        cut.append(batch.set_column(0, "name", encoded))
    assert fingerprint(TABLE, cut) == (13, sum(map(by_hand, rows)))


@pytest.mark.parametrize("column", range(5))
def test_two_rows_that_trade_a_value_are_noticed(column: int):
    first, second = list(ROWS[0]), list(ROWS[1])
    first[column], second[column] = second[column], first[column]
    traded = [tuple(first), tuple(second), *ROWS[2:]]
    assert fingerprint(TABLE, batches(traded)) != fingerprint(TABLE, batches(ROWS))


@pytest.mark.parametrize(
    ("column", "value"),
    [(0, "forró"), (0, ""), (1, 4), (2, date(2024, 6, 4)), (3, 0.500001), (4, False)],
)
def test_a_small_change_is_noticed(column: int, value: object):
    changed = list(ROWS[0])
    changed[column] = value
    assert fingerprint(TABLE, batches([tuple(changed), *ROWS[1:]])) != fingerprint(
        TABLE, batches(ROWS)
    )


def test_empty_text_is_not_a_missing_one():
    empty, missing = ("", 1, None, None, None), (None, 1, None, None, None)
    assert fingerprint(TABLE, batches([empty])) != fingerprint(TABLE, batches([missing]))


def test_a_row_twice_is_not_a_row_once():
    assert fingerprint(TABLE, batches(ROWS)) != fingerprint(TABLE, batches(ROWS[:3]))


def test_numbers_of_any_size_have_one_code_in_arrow_and_in_sql():
    scores = [1e300, -1e300, 9.1e12, -7e12, 1e15, float("inf"), float("nan"), -0.4, None]
    (batch,) = batches([("x", 1, None, score, None) for score in scores])
    with duckdb.connect() as connection:
        connection.register("rows", pa.Table.from_batches([batch]))
        marks = connection.execute(marks_sql(TABLE, "rows")).fetchnumpy()["mark"]
    np.testing.assert_array_equal(np.asarray(marks), row_marks(TABLE, batch))
    assert len(set(marks.tolist())) == 5  # too large either way, -7e12, -0.4, and no number

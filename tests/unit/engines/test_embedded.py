"""The embedded engine: scripts of SQL, Gram matrices, batches of users."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rekomenda.engines.base import Parts, Step
from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.errors import CannotWriteError, CorruptError, MemoryLimitError

SCHEMA = pa.schema([("name", pa.string()), ("n", pa.int64())])


@pytest.fixture
def engine(tmp_path) -> EmbeddedEngine:
    return EmbeddedEngine(tmp_path / "temp", memory_limit="200MB", threads=2)


def write(path: Path, **columns) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def test_steps_read_tables_and_earlier_steps(engine):
    steps = [
        Step("doubled", "SELECT n * $by AS n FROM numbers", {"by": 2}),
        Step("total", "SELECT CAST(SUM(n) AS BIGINT) AS total FROM doubled", result="answer"),
    ]
    found = engine.sql(steps, {"numbers": pa.table({"n": [1, 2, 4]})})
    assert {name: table.to_pydict() for name, table in found.items()} == {"answer": {"total": [14]}}


def test_a_result_can_be_read_on_and_a_later_step_of_the_same_name_replaces_it(engine):
    def limited(limit: int) -> list[Step]:
        return [
            Step(
                "kept", "SELECT n FROM numbers WHERE n <= $limit", {"limit": limit}, f"kept_{limit}"
            ),
            Step("counted", "SELECT COUNT(*) AS n FROM kept", result=f"counted_{limit}"),
        ]

    found = engine.sql([*limited(1), *limited(3)], {"numbers": pa.table({"n": [1, 2, 3]})})
    assert {name: table["n"].to_pylist() for name, table in found.items()} == {
        "kept_1": [1],
        "counted_1": [1],
        "kept_3": [1, 2, 3],
        "counted_3": [3],
    }


def test_a_result_that_is_read_on_keeps_its_order(engine):
    """Tables have none of their own: read back on two threads, large ones come out shuffled."""
    n_rows = 500_000  # several row groups of DuckDB's
    shuffled = np.random.default_rng(3).permutation(n_rows)
    steps = [
        Step("ranked", "SELECT n FROM numbers ORDER BY n", result="ranked"),
        Step("counted", "SELECT COUNT(*) AS n FROM ranked", result="counted"),
    ]
    found = engine.sql(steps, {"numbers": pa.table({"n": shuffled})})
    assert np.array_equal(found["ranked"]["n"].to_numpy(), np.arange(n_rows))
    assert found["counted"]["n"].to_pylist() == [n_rows]


@pytest.mark.parametrize("name", ["a*b", "a?b", "a[x]b"])
def test_a_path_is_no_pattern(engine, tmp_path, name):
    write(tmp_path / "axb" / "part.parquet", name=["a neighbour's"], n=[1])
    own = write(tmp_path / name / "part.parquet", name=["own"], n=[2])
    step = Step("all", "SELECT name, n FROM things", result="all")
    found = engine.sql([step], {"things": Parts(SCHEMA, [own])})["all"]
    assert found.to_pydict() == {"name": ["own"], "n": [2]}
    own.unlink()
    with pytest.raises(CorruptError) as caught:
        engine.sql([step], {"things": Parts(SCHEMA, [own])})
    assert caught.value.facts["path"] == own


def test_parts_come_with_their_place_in_the_order_given(engine, tmp_path):
    paths = [
        write(tmp_path / "z.parquet", name=["first"], n=[1]),
        write(tmp_path / "a.parquet", name=["second"], n=[2]),
    ]
    step = Step("all", "SELECT part, name FROM things ORDER BY part", result="all")
    found = engine.sql([step], {"things": Parts(SCHEMA, paths)})["all"]
    assert found.to_pydict() == {"part": [0, 1], "name": ["first", "second"]}
    assert found.schema.field("part").type == pa.int32()


def test_a_table_without_parts_is_empty_and_has_its_columns(engine):
    step = Step("all", "SELECT name, n, part FROM things", result="all")
    found = engine.sql([step], {"things": Parts(SCHEMA)})["all"]
    assert found.num_rows == 0
    assert found.schema.types == [pa.string(), pa.int64(), pa.int32()]


def test_a_column_older_than_the_schema_is_null(engine, tmp_path):
    old = write(tmp_path / "old.parquet", name=["a"])
    step = Step("all", "SELECT name, n FROM things", result="all")
    found = engine.sql([step], {"things": Parts(SCHEMA, [old])})["all"]
    assert found.to_pydict() == {"name": ["a"], "n": [None]}


def test_paths_are_names_not_patterns(engine, tmp_path):
    wanted = write(
        tmp_path / "it's [a] home?" / "dia=2024-01-01" / "x*.parquet", name=["this"], n=[1]
    )
    write(tmp_path / "it's [a] home?" / "dia=2024-01-01" / "xy.parquet", name=["not this"], n=[2])
    step = Step("all", "SELECT * FROM things", result="all")
    found = engine.sql([step], {"things": Parts(SCHEMA, [wanted])})["all"]
    assert found.to_pydict() == {"name": ["this"], "n": [1], "part": [0]}


BIG = "SELECT a.n * 1000 + b.n AS n, CAST(a.n AS VARCHAR) AS text FROM numbers a, numbers b ORDER BY text, n"


def test_what_does_not_fit_is_spilled_and_no_file_stays_behind(engine):
    tight = EmbeddedEngine(engine.temp_directory, memory_limit="30MB", threads=1)
    numbers = pa.table({"n": np.arange(1500)})
    steps = [Step("big", BIG), Step("n", "SELECT COUNT(*) AS n FROM big", result="n")]
    assert tight.sql(steps, {"numbers": numbers})["n"]["n"].to_pylist() == [2_250_000]
    assert list(engine.temp_directory.iterdir()) == []


def test_too_little_memory_is_said_with_what_to_do(engine):
    tiny = EmbeddedEngine(engine.temp_directory, memory_limit="1MB", threads=1)
    with pytest.raises(MemoryLimitError, match="memory_limit") as caught:
        tiny.sql([Step("big", BIG, result="big")], {"numbers": pa.table({"n": np.arange(3000)})})
    assert caught.value.facts["step"] == "big"
    assert list(engine.temp_directory.iterdir()) == []


@pytest.mark.parametrize("damage", ["garbled", "missing"])
def test_a_damaged_part_is_named(engine, tmp_path, damage):
    good = write(tmp_path / "good.parquet", name=["a"], n=[1])
    bad = tmp_path / "bad.parquet"
    if damage == "garbled":
        bad.write_bytes(b"PAR1" + b"\0" * 100)
    step = Step("all", "SELECT * FROM things", result="all")
    with pytest.raises(CorruptError) as caught:
        engine.sql([step], {"things": Parts(SCHEMA, [good, bad])})
    assert caught.value.facts["path"] == bad
    assert list(engine.temp_directory.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotWriteError):
        EmbeddedEngine(tmp_path / "file" / "temp").sql([], {})


def test_each_goes_through_items_one_after_the_other_when_asked(engine):
    seen = []
    answers = engine.each(lambda item: seen.append(item) or item * 2, [3, 1])
    assert seen == []
    assert next(answers) == 6
    assert seen == [3]
    assert list(answers) == [2]


def test_ranges_are_one_range_here(engine):
    asked = []

    def work(start: int, stop: int):
        asked.append((start, stop))
        yield pa.RecordBatch.from_pydict({"n": list(range(start, stop))})

    schema = pa.schema([("n", pa.int32())])
    (batch,) = engine.over_ranges(work, 5, step=2, schema=schema)
    assert asked == [(0, 5)]
    assert batch.schema == schema
    assert batch["n"].to_pylist() == [0, 1, 2, 3, 4]
    assert engine.work is None

"""The embedded engine: scripts of SQL, Gram matrices, batches of users."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.sparse import csr_array
from threadpoolctl import threadpool_info

from rekomenda.domain.interactions import Histories
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


@pytest.mark.parametrize("threads", [1, 2])
def test_gram_is_the_product_of_the_transpose_with_itself(tmp_path, threads):
    dense = np.array([[4, 2, 0, 0, 0], [3, 1, 5, 0, 0], [0, 0, 2, 7, 1]], np.float32)
    gram = EmbeddedEngine(tmp_path, threads=threads).gram(csr_array(dense))
    assert gram.dtype == np.float32
    np.testing.assert_array_equal(gram, dense.T @ dense)


def test_gram_of_more_items_than_a_block_holds(tmp_path):
    rng = np.random.default_rng(3)
    dense = (rng.integers(0, 40, (30, 2500)) == 0).astype(np.float32)
    gram = EmbeddedEngine(tmp_path, threads=2).gram(csr_array(dense))
    np.testing.assert_array_equal(gram, dense.T @ dense)


@pytest.fixture
def histories() -> Histories:
    users, items = [0, 0, 2, 3, 3, 3, 6], [1, 4, 0, 2, 3, 4, 1]
    return Histories.from_cells(np.array(users), np.array(items), n_users=7, n_items=5)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("batch_size", [1, 3, 7, 100])
def test_users_are_mapped_in_their_order(tmp_path, histories, threads, batch_size):
    engine = EmbeddedEngine(tmp_path, threads=threads)
    found = np.full(7, -1)
    starts = []
    for rows, lengths in engine.map_users(histories, lambda h: h.lengths, batch_size=batch_size):
        found[rows] = lengths
        starts.append(rows.start)
    assert found.tolist() == [2, 0, 1, 3, 0, 0, 1]
    assert starts == list(range(0, 7, batch_size))


def test_only_a_few_batches_are_under_way_at_a_time(tmp_path, histories):
    started = []
    walk = EmbeddedEngine(tmp_path, threads=1).map_users(histories, started.append, batch_size=1)
    next(walk)
    assert len(started) <= 3  # the one that was taken, one waiting, one under way
    walk.close()


def test_batches_run_side_by_side_and_blas_leaves_them_the_cores(tmp_path, histories):
    together = threading.Barrier(2, timeout=30)  # breaks unless two batches are under way at once

    def work(_: Histories) -> list[int]:
        together.wait()
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    walk = EmbeddedEngine(tmp_path, threads=2).map_users(histories, work, batch_size=2)
    for _, blas_threads in walk:
        assert set(blas_threads) <= {1}


def test_what_the_function_raises_comes_out(tmp_path, histories):
    def fail(batch: Histories) -> None:
        raise LookupError(len(batch))

    with pytest.raises(LookupError):
        list(EmbeddedEngine(tmp_path, threads=2).map_users(histories, fail, batch_size=2))

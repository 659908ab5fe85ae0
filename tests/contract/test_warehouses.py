"""What every warehouse holds to: appended by run, shown by pointer, checked by its own sums."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rekomenda.domain.warehouse_schema import MODEL_METRICS, RECOMMENDATIONS, WAREHOUSE
from rekomenda.errors import CorruptError, FencedError, NoReleaseError
from rekomenda.storage.fingerprint import fingerprint, row_marks
from rekomenda.storage.lease import Lease
from rekomenda.storage.warehouse.base import Warehouse
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from rekomenda.storage.warehouse.run_files import batches, conform
from support.homes import NOW, holding, lists
from support.warehouses import Make, ask


def metrics_table(*values: float | None) -> pa.Table:
    rows = [
        {
            "algorithm": "als",
            "task": "unheard",
            "segment": "overall",
            "metric": "ndcg",
            "k": k,
            "value": value,
            "low": None,
            "high": value,
            "n_users": 7,
        }
        for k, value in enumerate(values, start=1)
    ]
    columns = [field for field in MODEL_METRICS.arrow if field.name != "run_id"]
    return pa.Table.from_pylist(rows, pa.schema(columns))


def test_an_empty_warehouse_shows_nothing(warehouse: Warehouse):
    assert warehouse.current() is None
    assert warehouse.runs() == []
    with pytest.raises(NoReleaseError):
        warehouse.connect_read_only()


def test_appended_rows_are_counted_and_not_yet_shown(warehouse: Warehouse, tmp_path: Path):
    with holding(tmp_path) as lease:
        warehouse.append("r1", {"recommendations": lists(4)})
        warehouse.set_current("r1", lease)
        appended = warehouse.append("r2", {"recommendations": lists(1)})
    assert appended == warehouse.counts("r2")
    assert appended == {**dict.fromkeys(WAREHOUSE, 0), "recommendations": 12}
    assert warehouse.runs() == ["r1", "r2"]
    assert warehouse.current() == "r1"
    assert ask(warehouse, "SELECT DISTINCT run_id FROM recommendations") == [("r1",)]


def test_the_current_views_hold_one_run_and_the_tables_all(warehouse: Warehouse, tmp_path: Path):
    with holding(tmp_path) as lease:
        for run_id, n_users in (("r1", 4), ("r2", 1)):
            warehouse.append(run_id, {"recommendations": lists(n_users)})
            warehouse.set_current(run_id, lease)
    assert ask(warehouse, "SELECT run_id FROM current_run") == [("r2",)]
    counts = "SELECT run_id, count(*) FROM {} GROUP BY run_id ORDER BY run_id"
    assert ask(warehouse, counts.format("recommendations")) == [("r1", 30), ("r2", 12)]
    assert ask(warehouse, counts.format("current_recommendations")) == [("r2", 12)]


@pytest.mark.parametrize("name", ["a*b", "a?b", "a[x]b"])
def test_a_home_is_not_mixed_up_with_one_whose_name_its_own_would_match_as_a_pattern(
    make: Make, tmp_path: Path, name: str
):
    for home, n_users in ((tmp_path / "axb", 1), (tmp_path / name, 4)):
        filled = make(home)
        with holding(home) as lease:
            filled.append("r1", {"recommendations": lists(n_users)})
            filled.set_current("r1", lease)
    own = make(tmp_path / name)
    assert own.counts("r1")["recommendations"] == 30
    assert own.fingerprints("r1")["recommendations"].rows == 30
    assert len(own.row_marks("r1", "recommendations")) == 30
    for shown in ("recommendations", "current_recommendations"):
        assert ask(own, f"SELECT count(*) FROM {shown}") == [(30,)]


def test_every_table_has_the_columns_of_the_schema_even_when_empty(
    warehouse: Warehouse, tmp_path: Path
):
    with holding(tmp_path) as lease:
        warehouse.append("r1", {})
        warehouse.set_current("r1", lease)
    with warehouse.connect_read_only() as connection:
        for name, table in WAREHOUSE.items():
            for shown in (name, f"current_{name}"):
                cursor = connection.cursor()
                cursor.execute(f"SELECT * FROM {shown}")
                assert [c[0] for c in cursor.description] == [c.name for c in table.columns]


def test_values_come_back_as_they_went_in(warehouse: Warehouse, tmp_path: Path):
    run = pa.table(
        {
            "as_of": [date(2024, 6, 29)],
            "created_at": pa.array([NOW], pa.timestamp("us", tz="UTC")),
            "snapshot_id": ["s"],
            "algorithm": ["als"],
            "listeners": [2],
            "recommendations": [3],
            "content_hash": ["h"],
        }
    )
    with holding(tmp_path) as lease:
        warehouse.append("r1", {"recommendations": lists(1), "runs": run})
        warehouse.set_current("r1", lease)
    columns = "run_id, user_id, rank, score, reason_id, reason_share, personalised"
    query = f"SELECT {columns} FROM recommendations WHERE shelf = 'again' ORDER BY user_id, rank"
    rows = ask(warehouse, query)
    assert rows[0] == ("r1", "u000", 1, 1.0, "forró", 0.25, True)
    assert rows[3] == ("r1", None, 1, 1.0, "forró", 0.25, False)
    assert rows[5][3:] == (pytest.approx(1 / 3), None, None, False)
    assert ask(warehouse, "SELECT as_of, created_at, gate FROM runs") == [
        (date(2024, 6, 29), NOW.replace(tzinfo=None), None)
    ]


def test_r2_appending_twice_leaves_the_same_rows(warehouse: Warehouse, tmp_path: Path):
    with holding(tmp_path) as lease:
        first = warehouse.append("r1", {"recommendations": lists(4)})
        warehouse.set_current("r1", lease)
        sums = warehouse.fingerprints("r1")["recommendations"]
        assert warehouse.append("r1", {"recommendations": lists(4)}) == first
        warehouse.set_current("r1", lease)
    assert warehouse.fingerprints("r1")["recommendations"] == sums
    assert ask(warehouse, "SELECT count(*) FROM recommendations") == [(30,)]


def test_appending_other_rows_replaces_those_of_the_run(warehouse: Warehouse, tmp_path: Path):
    warehouse.append("r1", {"recommendations": lists(4)})
    warehouse.append("r1", {"recommendations": lists(1)})
    assert warehouse.counts("r1")["recommendations"] == 12


def test_rows_may_come_as_a_table_or_as_a_file(warehouse: Warehouse, tmp_path: Path):
    path = tmp_path / "lists.parquet"
    pq.write_table(lists(4), path, row_group_size=7)
    warehouse.append("file", {"recommendations": path})
    warehouse.append("table", {"recommendations": lists(4)})
    marks = [warehouse.fingerprints(run)["recommendations"].rows for run in ("file", "table")]
    assert marks == [30, 30]


def test_columns_that_the_warehouse_does_not_know_stay_out(warehouse: Warehouse, tmp_path: Path):
    similar = pa.table({"track_id": ["a"], "rank": [1], "similar_id": ["b"], "score": [0.123]})
    with holding(tmp_path) as lease:
        warehouse.append("r1", {"similar_tracks": similar})
        warehouse.set_current("r1", lease)
    assert ask(warehouse, "SELECT * FROM similar_tracks") == [("r1", "a", 1, "b")]


def test_an_unknown_table_is_refused(warehouse: Warehouse):
    with pytest.raises(ValueError, match="no table listens"):
        warehouse.append("r1", {"listens": lists(1)})
    assert warehouse.runs() == []


@pytest.mark.parametrize("how", ["missing", "null"])
def test_a_required_column_must_be_there(warehouse: Warehouse, how: str):
    rows = lists(1)
    place = rows.column_names.index("track_id")
    rows = rows.remove_column(place)
    if how == "null":
        rows = rows.append_column("track_id", pa.nulls(rows.num_rows, pa.string()))
    with pytest.raises(ValueError, match=r"recommendations\.track_id"):
        warehouse.append("r1", {"recommendations": rows})
    assert warehouse.runs() == []


def test_a_run_that_was_not_appended_cannot_be_shown(warehouse: Warehouse, tmp_path: Path):
    with holding(tmp_path) as lease, pytest.raises(CorruptError):
        warehouse.set_current("r1", lease)


def test_an_overtaken_writer_cannot_show_anything(warehouse: Warehouse, tmp_path: Path):
    with holding(tmp_path) as lease:
        warehouse.append("r1", {})
        warehouse.append("r2", {})
        warehouse.set_current("r1", lease)
    with pytest.raises(FencedError):
        warehouse.set_current("r2", Lease(tmp_path, token=lease.token - 1))
    assert warehouse.current() == "r1"


def test_deleted_runs_are_gone_and_the_rest_stays(warehouse: Warehouse, tmp_path: Path):
    with holding(tmp_path) as lease:
        for run_id in ("r1", "r2", "r3"):
            warehouse.append(run_id, {"recommendations": lists(1)})
        warehouse.set_current("r3", lease)
        warehouse.delete(["r1", "never"], lease)
        warehouse.delete(["r1"], lease)
        with pytest.raises(ValueError, match="current"):
            warehouse.delete(["r2", "r3"], lease)
    assert warehouse.runs() == ["r2", "r3"]
    assert ask(warehouse, "SELECT DISTINCT run_id FROM recommendations ORDER BY 1") == [
        ("r2",),
        ("r3",),
    ]


def test_the_database_computes_the_checksum_that_arrow_computes(warehouse: Warehouse):
    """Nulls, NaN, negative numbers, accents, days: every kind of value, by two independent ways."""
    tables = {
        "recommendations": lists(5),
        "model_metrics": metrics_table(0.25, float("nan"), -3.5, 1e6, 0.1 + 0.2, float("inf")),
        "plays_daily": pa.table(
            {
                "day": [date(1969, 12, 31), date(2024, 2, 29)],
                "track_id": ["", "São João 🎶"],
                "plays": [2**31 - 1, 2**40],
                "listeners": [0, -1],
                "bot_plays": [2**31 - 2, 5],
            }
        ),
    }
    warehouse.append("r1", tables)
    for name, rows in tables.items():
        table = WAREHOUSE[name]
        conformed = [conform(table, batch, "r1") for batch in batches(table, rows)]
        assert warehouse.fingerprints("r1")[name] == fingerprint(table, conformed)
        ours = np.concatenate([row_marks(table, batch) for batch in conformed])
        np.testing.assert_array_equal(np.sort(warehouse.row_marks("r1", name)), np.sort(ours))


def test_an_empty_table_has_the_checksum_zero(warehouse: Warehouse):
    warehouse.append("r1", {})
    assert warehouse.fingerprints("r1")[RECOMMENDATIONS.name] == (0, 0)


def test_a_moved_home_answers_from_its_new_place(tmp_path: Path, monkeypatch):
    """Also from another working folder, and with characters that globs and lists would mind."""
    old, new = tmp_path / "old", tmp_path / "são, [novo]* 'x'"
    with holding(old) as lease:
        DuckDBWarehouse(old).append("r1", {"recommendations": lists(4)})
        DuckDBWarehouse(old).set_current("r1", lease)
    old.rename(new)
    monkeypatch.chdir("/")
    assert ask(DuckDBWarehouse(new), "SELECT count(*) FROM current_recommendations") == [(30,)]
    with DuckDBWarehouse(new).connect_read_only() as connection:
        cursor = connection.cursor()
        assert cursor.execute("SELECT count(*) FROM recommendations").fetchone() == (30,)


def test_the_views_work_for_whoever_opens_the_file_from_its_folder(tmp_path: Path, monkeypatch):
    import duckdb

    warehouse = DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        warehouse.append("r1", {"recommendations": lists(4)})
        warehouse.set_current("r1", lease)
    monkeypatch.chdir(warehouse.path)
    (path,) = warehouse.path.glob("*.duckdb")
    with duckdb.connect(path.name, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM recommendations").fetchone() == (30,)


def test_a_reader_that_opened_the_old_views_goes_on_reading_them(tmp_path: Path):
    warehouse = DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        warehouse.append("r1", {"recommendations": lists(4)})
        warehouse.set_current("r1", lease)
        with warehouse.connect_read_only() as connection:
            warehouse.append("r2", {"recommendations": lists(1)})
            warehouse.set_current("r2", lease)
            shown = connection.execute("SELECT DISTINCT run_id FROM current_recommendations")
            assert shown.fetchall() == [("r1",)]
    assert ask(warehouse, "SELECT DISTINCT run_id FROM current_recommendations") == [("r2",)]


def test_a_warehouse_cannot_be_written_through_its_connection(tmp_path: Path):
    import duckdb

    warehouse = DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        warehouse.append("r1", {})
        warehouse.set_current("r1", lease)
    with (
        warehouse.connect_read_only() as connection,
        pytest.raises(duckdb.Error, match="read-only"),
    ):
        connection.execute("UPDATE current_run SET run_id = 'x'")


@pytest.mark.parametrize("damage", [b"", b"not a database"])
def test_a_damaged_view_file_is_named(tmp_path: Path, damage: bytes):
    warehouse = DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        warehouse.append("r1", {})
        warehouse.set_current("r1", lease)
    (path,) = warehouse.path.glob("*.duckdb")
    path.write_bytes(damage)
    with pytest.raises(CorruptError, match=r"rekomenda rebuild"):
        ask(warehouse, "SELECT * FROM current_run")


def test_a_lost_view_file_is_named(tmp_path: Path):
    warehouse = DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        warehouse.append("r1", {})
        warehouse.set_current("r1", lease)
        for path in warehouse.path.glob("*.duckdb"):
            path.unlink()
        with pytest.raises(CorruptError, match="duckdb"):
            warehouse.connect_read_only()
        warehouse.set_current("r1", lease)  # and comes back
    assert ask(warehouse, "SELECT run_id FROM current_run") == [("r1",)]

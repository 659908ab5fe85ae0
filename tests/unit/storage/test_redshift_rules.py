"""F11: nothing is said to Redshift that it lacks; what it refuses comes back by name.

Redshift here is an emulation (`support/redshift_alike`), not Redshift.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rekomenda.domain.warehouse_schema import WAREHOUSE
from rekomenda.errors import (
    WarehouseLoadError,
    WarehouseNotReadyError,
    WarehouseRefusedError,
    WarehouseUnreachableError,
)
from rekomenda.storage.fingerprint_sql import marks_sql
from rekomenda.storage.warehouse.bucket import Bucket
from rekomenda.storage.warehouse.layout import SPREAD, Layout, checks_of
from rekomenda.storage.warehouse.redshift import RedshiftWarehouse
from support.homes import holding, lists
from support.redshift_alike.lacks import LACKS, lacking
from support.redshift_alike.server import BUCKET, RedshiftAlike, client_of
from support.warehouses import on_redshift_alike, ready

EXAMPLES = {
    "ON CONFLICT (INSERT)": "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
    "RETURNING": "DELETE FROM t RETURNING a",
    "TRUNCATE commits the transaction (TRUNCATE)": "TRUNCATE TABLE t",
    "MERGE, of which only a part is there (MERGE)": "MERGE INTO t USING s ON t.a = s.a",
    "indexes": "CREATE INDEX i ON t (a)",
    "keys that look enforced and are not": "CREATE TABLE t (a INT PRIMARY KEY)",
    "CHECK and exclusion constraints": "CREATE TABLE t (a INT CHECK (a > 0))",
    "serial types": "CREATE TABLE t (a BIGSERIAL)",
    "generated columns": "CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a + 1) STORED)",
    "JSON types": "CREATE TABLE t (a JSONB)",
    "array types and functions": "SELECT * FROM t WHERE a = ANY(%s)",
    "types: bit, bytea, money, uuid, xml, inet, enum": "CREATE TABLE t (a UUID)",
    "TEXT is VARCHAR(256) there": "CREATE TABLE t (a TEXT)",
    "table partitioning, inheritance, tablespaces": "CREATE TABLE t PARTITION OF s",
    "unlogged tables": "CREATE UNLOGGED TABLE t (a INT)",
    "LATERAL": "SELECT * FROM t, LATERAL (SELECT 1) AS s",
    "FOR UPDATE and FOR SHARE": "SELECT a FROM t FOR UPDATE",
    "lock modes": "LOCK TABLE t IN EXCLUSIVE MODE",
    "savepoints": "SAVEPOINT here",
    "advisory locks, LISTEN and NOTIFY": "SELECT pg_advisory_lock(1)",
    "triggers, rules, sequences, domains": "CREATE SEQUENCE s",
    "anonymous blocks": "DO $$ BEGIN END $$",
    "FILTER and WITHIN GROUP of aggregates": "SELECT count(*) FILTER (WHERE a > 1) FROM t",
    "DISTINCT ON": "SELECT DISTINCT ON (a) a, b FROM t",
    "generate_series, string_agg, format, lpad of bits": "SELECT ('x' || a)::bit(64)::bigint FROM t",
    "COPY from the client": "COPY t FROM STDIN",
    "COPY of columnar files takes no such option": "COPY t FROM 's3://b' FORMAT PARQUET REGION 'x'",
    "credentials in a statement": "COPY t FROM 's3://b' ACCESS_KEY_ID 'x' SECRET_ACCESS_KEY 'y'",
}


@pytest.mark.parametrize("name", LACKS)
def test_f11_the_lint_sees_each_thing_that_redshift_lacks(name: str):
    assert name in lacking(EXAMPLES[name])
    assert lacking("SELECT 'ON CONFLICT; TRUNCATE; 1::bit', \"TEXT\" FROM t") == []


def written() -> list[str]:
    """Return every statement that is written for Redshift, without a server."""
    layout = Layout("rekomenda", "redshift")
    statements = [*layout.create("owner", ("public", "analysts")), layout.lock()]
    statements += [*layout.show_staged(2), *layout.forget(3)]
    for table in WAREHOUSE.values():
        statements.append(checks_of(layout, table)[0])
        statements.append(marks_sql(table, layout.rows_of(table), "redshift"))
    return statements


@pytest.mark.parametrize("statement", written(), ids=lambda text: re.sub(r"\W+", "-", text)[:60])
def test_f11_no_statement_uses_what_redshift_lacks(statement: str):
    assert lacking(statement) == []


def test_f11_the_same_statements_for_postgresql_would_not_pass():
    """The lint can fail: PostgreSQL's have TEXT, indexes and bits."""
    layout = Layout("rekomenda", "postgres")
    found = {name for text in layout.create("o", ()) for name in lacking(text)}
    assert found == {"indexes", "TEXT is VARCHAR(256) there"}
    table = WAREHOUSE["runs"]
    assert lacking(marks_sql(table, "t", "postgres"))


def test_each_table_is_spread_and_sorted_by_columns_that_it_has():
    assert set(SPREAD) == set(WAREHOUSE)
    for name, spread in SPREAD.items():
        said = re.findall(r"KEY\(([^)]*)\)", spread)
        columns = {column.strip() for each in said for column in each.split(",")}
        assert columns <= {column.name for column in WAREHOUSE[name].columns}
        assert re.search(r"SORTKEY\(run_id\b", spread)


# --- through the driver ---------------------------------------------------------------------


@pytest.fixture
def alike(
    redshift_alike: RedshiftAlike, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> RedshiftAlike:
    for name, value in redshift_alike.environment.items():
        monkeypatch.setenv(name, value)
    redshift_alike.proxy.watch()
    return redshift_alike


def objects(alike: RedshiftAlike) -> list[str]:
    found = client_of(alike.s3).list_objects_v2(Bucket=BUCKET)
    return [item["Key"] for item in found.get("Contents", [])]


@pytest.mark.needs_postgres
def test_f11_all_that_is_said_in_a_life_passes_the_lint(alike: RedshiftAlike, tmp_path: Path):
    warehouse = ready(on_redshift_alike(alike, tmp_path))
    with holding(tmp_path) as lease:
        warehouse.append("r1", {"recommendations": lists(4)})
        warehouse.set_current("r1", lease)
        warehouse.append("r1", {"recommendations": lists(1)})  # shown, and other rows
        warehouse.append("r2", {"recommendations": lists(2)})
        warehouse.set_current("r2", lease)
        warehouse.row_marks("r2", "recommendations")
        warehouse.counts("r2")
        assert warehouse.named_outside(["u000", "nobody"]) == {"recommendations": 12}
        warehouse.delete(["r1"], lease)
        warehouse.connect_read_only().close()
    said = alike.proxy.seen
    assert {lacks for text in said for lacks in lacking(text)} == set()
    words = {text.split()[0].upper() for text in said}
    assert words == {
        *("SET", "BEGIN", "COMMIT", "LOCK", "CREATE", "INSERT", "SELECT"),
        *("DELETE", "COPY", "UPDATE"),
    }
    assert sum("DISTKEY(user_id)" in text for text in said) == 4
    assert all(
        "IAM_ROLE" in text and "MANIFEST" in text for text in said if text.startswith("COPY")
    )
    told = [text for text in said if not text.startswith("SET ")]
    first = [told[n + 1] for n, text in enumerate(told) if text.lower().startswith("begin tr")]
    writes = [text for text in first if text.startswith(("LOCK", "DELETE", "INSERT", "UPDATE"))]
    assert writes
    assert {text.split()[0] for text in writes} == {"LOCK"}  # a lock taken later comes too late
    assert objects(alike) == []


@pytest.mark.needs_postgres
def test_copy_is_given_a_manifest_that_names_sizes(alike: RedshiftAlike, tmp_path: Path):
    path = tmp_path / "lists.parquet"
    pq.write_table(lists(1), path)
    bucket = Bucket(f"s3://{BUCKET}/some/prefix", "home_x")
    manifest = bucket.put("r1", {"recommendations": path})["recommendations"]
    assert manifest.startswith(f"s3://{BUCKET}/some/prefix/home_x/r1/")
    key = manifest.removeprefix(f"s3://{BUCKET}/")
    body = client_of(alike.s3).get_object(Bucket=BUCKET, Key=key)["Body"].read()
    (entry,) = json.loads(body)["entries"]
    assert entry["mandatory"] is True
    assert entry["meta"] == {"content_length": path.stat().st_size}
    assert bucket.clear() == 2
    assert objects(alike) == []


@pytest.mark.needs_postgres
def test_f11_a_failed_copy_says_file_and_column(alike: RedshiftAlike, tmp_path: Path):
    """The emulation counts bytes as Redshift does: a label of 4,001 bytes is one too long."""
    warehouse = ready(on_redshift_alike(alike, tmp_path))
    with pytest.raises(WarehouseLoadError) as caught:
        warehouse.append("r1", {"recommendations": lists(1, "é" * 2000)})
    facts = caught.value.facts
    assert (facts["table"], facts["column"], facts["line"]) == ("recommendations", "track_id", "-")
    assert re.fullmatch(r"s3://staging/.*/r1/.*/recommendations\.parquet", facts["file"])
    assert facts["detail"] == "String length exceeds DDL length"
    assert warehouse.runs() == []
    assert objects(alike) == []


@pytest.mark.needs_postgres
def test_a_line_that_the_system_table_knows_is_said(
    alike: RedshiftAlike, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from support.redshift_alike import files

    def fail(*_: object) -> bytes:
        raise files.LoadError("s3://staging/x.parquet", 17, "plays", "Invalid digit")

    monkeypatch.setattr(files, "copied", fail)
    warehouse = ready(on_redshift_alike(alike, tmp_path))
    with pytest.raises(WarehouseLoadError, match=r"x\.parquet, line 17, column plays"):
        warehouse.append("r1", {"recommendations": lists(1)})


@pytest.mark.needs_postgres
def test_a_role_that_may_not_read_is_named(alike: RedshiftAlike, tmp_path: Path):
    other = "arn:aws:iam::123456789012:role/other"
    warehouse = ready(on_redshift_alike(alike, tmp_path, iam_role=other))
    with pytest.raises(WarehouseLoadError, match="Not authorized to assume role"):
        warehouse.append("r1", {"recommendations": lists(1)})


@pytest.mark.needs_postgres
def test_a_bucket_that_is_not_there_is_named(alike: RedshiftAlike, tmp_path: Path):
    warehouse = ready(on_redshift_alike(alike, tmp_path, staging="s3://no-such-bucket/x"))
    with pytest.raises(WarehouseRefusedError, match=r"s3://no-such-bucket/x.*NoSuchBucket"):
        warehouse.append("r1", {"recommendations": lists(1)})


@pytest.mark.needs_postgres
def test_a_schema_that_was_not_made_asks_for_it(alike: RedshiftAlike, tmp_path: Path):
    with pytest.raises(WarehouseNotReadyError, match="rekomenda warehouse init"):
        on_redshift_alike(alike, tmp_path).runs()


@pytest.mark.needs_postgres
def test_a_database_that_is_not_there_is_no_reason_to_try_again(
    alike: RedshiftAlike, tmp_path: Path
):
    from dataclasses import replace

    known = on_redshift_alike(alike, tmp_path)
    other = RedshiftWarehouse(tmp_path, replace(known.server, database="nowhere"), known.cluster)
    with pytest.raises(WarehouseUnreachableError, match=r"nowhere.*does not exist"):
        other.runs()

"""Tables between Arrow and Spark, always as Parquet: nothing is sent through the driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.engines.base import Parts

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PART: Final = "part"
_FILE: Final = "_file"
UriOf = Callable[[Path], str]


def expose(
    session: SparkSession, name: str, table: Parts | pa.Table, folder: Path, uri_of: UriOf
) -> None:
    """Let SQL read a table under a name."""
    if isinstance(table, pa.Table):
        rows = hand_over(session, table, folder / name, uri_of)
    elif not table.paths:
        schema = table.schema.append(pa.field(PART, pa.int32()))
        rows = hand_over(session, schema.empty_table(), folder / name, uri_of)
    else:
        rows = _of_parts(session, table, folder / name, uri_of)
    rows.createOrReplaceTempView(name)


def hand_over(session: SparkSession, table: pa.Table, folder: Path, uri_of: UriOf) -> DataFrame:
    """Write an Arrow table down for executors to read."""
    folder.mkdir(parents=True)
    pq.write_table(table, folder / "table.parquet")
    return read_files(session, table.schema, [uri_of(folder / "table.parquet")])


def _of_parts(session: SparkSession, parts: Parts, folder: Path, uri_of: UriOf) -> DataFrame:
    """Read parts, each row with the place of its file among them."""
    from pyspark.sql import functions as f  # noqa: PLC0415 - an extra

    uris = [uri_of(path) for path in parts.paths]
    rows = read_files(session, parts.schema, list(dict.fromkeys(uris)))
    if len(uris) == 1:
        return rows.withColumn(PART, f.lit(0).cast("int"))
    qualified = _qualified(session, uris)
    places = pa.table({_FILE: qualified, PART: pa.array(range(len(uris)), pa.int32())})
    known = f.broadcast(hand_over(session, places, folder, uri_of))
    of_file = rows.withColumn(_FILE, f.col("_metadata.file_path"))
    return of_file.join(known, _FILE).select(*parts.schema.names, PART)


def _named(session: SparkSession, uris: list[str]) -> list[str]:
    """Return files by the names that Hadoop's own paths have, which are not escaped."""
    java = _java(session)
    path_of, parse = java.org.apache.hadoop.fs.Path, java.java.net.URI.create
    return [path_of(parse(uri)).toString() for uri in uris]


def _java(session: SparkSession) -> Any:
    java: Any = session.sparkContext._jvm
    assert java is not None
    return java


def _qualified(session: SparkSession, uris: list[str]) -> list[str]:
    """Return files as Spark names them in `_metadata.file_path`: escaped, in Hadoop's way."""
    path_of = _java(session).org.apache.hadoop.fs.Path
    return [path_of(name).toUri().toString() for name in _named(session, uris)]


def read_files(session: SparkSession, schema: pa.Schema, uris: list[str]) -> DataFrame:
    """Read Parquet files whose names are names, not patterns; a column that one lacks is null."""
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - an extra

    names = _named(session, uris)
    reader = session.read.schema(from_arrow_schema(schema))
    return (
        reader.option("__globPaths__", "false")
        .option("recursiveFileLookup", "true")  # a folder `dia=...` is no column
        .parquet(*names)
    )


def read_ordered(folder: Path) -> pa.Table:
    """Return what Spark wrote, in the order of its rows, as an engine returns tables."""
    pieces = [pq.ParquetFile(path).read() for path in _files(folder)]
    table = pa.concat_tables(pieces)
    plain = pa.schema([pa.field(column.name, column.type) for column in table.schema])
    return pa.table(table.columns, schema=plain)


def stream_ordered(folder: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield what Spark wrote, in the order of its rows."""
    for path in _files(folder):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield pa.RecordBatch.from_arrays(batch.columns, names=schema.names).cast(schema)


def _files(folder: Path) -> list[Path]:
    """Return the files of a result; their names are in the order of its rows."""
    return sorted(folder.glob("part-*.parquet"))

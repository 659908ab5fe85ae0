"""Everybody's lists as one file for somebody else's application."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.errors import UnknownFileKindError
from rekomenda.pipeline.answering.lookup import everybodys_lists
from rekomenda.pipeline.bootstrap import House
from rekomenda.refusals import guard
from rekomenda.storage import commit
from rekomenda.storage.release_manifest import Release


def hand_over(house: House, release: Release, out: Path, *, today: date) -> int:
    """Write all lists of a release, whole or not at all; return the rows written.

    Parameters
    ----------
    house : House
    release : Release
    out : Path
        `.parquet`, or `.jsonl` for one JSON object a line. An existing file is replaced.
    today : date
        What is taken down then is left out.

    Raises
    ------
    UnknownFileKindError
        For another ending.
    CannotWriteError, NoPermissionError
        If it cannot be written; an existing file stays as it was.
    """
    writers = {".parquet": _write_parquet, ".jsonl": _write_json_lines}
    if out.suffix not in writers:
        raise UnknownFileKindError(path=out, kinds=", ".join(writers))
    aside = out.with_name(f".{out.name}.part")
    try:
        with guard(out):
            rows = writers[out.suffix](everybodys_lists(house, release, today), aside)
        commit.sync_file(aside)
        commit.replace_file(aside, out)
    finally:
        commit.discard(aside)
    return rows


def _write_parquet(batches: Iterator[pa.RecordBatch], path: Path) -> int:
    rows = 0
    writer: pq.ParquetWriter | None = None
    try:
        for batch in batches:
            writer = writer or pq.ParquetWriter(path, batch.schema, compression="zstd")
            writer.write_batch(batch)
            rows += batch.num_rows
    finally:
        if writer is not None:
            writer.close()
    return rows


def _write_json_lines(batches: Iterator[pa.RecordBatch], path: Path) -> int:
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        for batch in batches:
            frame = pa.Table.from_batches([batch]).to_pandas()
            frame.to_json(file, orient="records", lines=True, force_ascii=False)
            rows += batch.num_rows
    return rows

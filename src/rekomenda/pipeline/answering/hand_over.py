"""Everybody's lists as one file for somebody else's application."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.errors import UnknownFileKindError
from rekomenda.pipeline.answering.lookup import everybodys_lists
from rekomenda.storage import commit
from rekomenda.storage.release_manifest import Release


def hand_over(release: Release, out: Path) -> int:
    """Write all lists of a release, whole or not at all; return the rows written.

    Parameters
    ----------
    release : Release
    out : Path
        `.parquet`, or `.jsonl` for one JSON object a line. An existing file is replaced.

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
        with commit.guard(out):
            rows = writers[out.suffix](release, aside)
        commit.sync_file(aside)
        commit.replace_file(aside, out)
    finally:
        commit.discard(aside)
    return rows


def _write_parquet(release: Release, path: Path) -> int:
    rows = 0
    writer: pq.ParquetWriter | None = None
    try:
        for batch in everybodys_lists(release):
            writer = writer or pq.ParquetWriter(path, batch.schema, compression="zstd")
            writer.write_batch(batch)
            rows += batch.num_rows
    finally:
        if writer is not None:
            writer.close()
    return rows


def _write_json_lines(release: Release, path: Path) -> int:
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        for batch in everybodys_lists(release):
            frame = pa.Table.from_batches([batch]).to_pandas()
            frame.to_json(file, orient="records", lines=True, force_ascii=False)
            rows += batch.num_rows
    return rows

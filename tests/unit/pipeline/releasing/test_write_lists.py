"""How lists are laid out in their file."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.domain.recommendations import LIST_SCHEMA
from rekomenda.language import Text
from rekomenda.pipeline.releasing import lists
from rekomenda.telemetry.progress import Silent
from support.homes import lists as hand_made


def two_listeners_at_a_time(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    """Hand hand-made lists out, with the ids of everybody."""
    rows = rows.combine_chunks()
    for start in range(0, rows.num_rows, 12):
        (batch,) = rows.slice(start, 12).to_batches()
        yield batch


class Inspector:
    def __init__(self) -> None:
        self.seen = 0

    def see(self, batch: pa.RecordBatch) -> None:
        self.seen += batch.num_rows


def test_small_batches_become_row_groups_with_the_text_they_use(tmp_path, monkeypatch):
    monkeypatch.setattr(lists, "ROW_GROUP", 20)
    rows, inspector, path = hand_made(6), Inspector(), tmp_path / "lists.parquet"
    with Silent().step("recommend", Text("", "")) as step:
        counts = lists.write_lists(
            two_listeners_at_a_time(rows), inspector, path, step, n_listeners=7
        )
    file = pq.ParquetFile(path)
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [24, 18]
    assert file.schema_arrow.equals(LIST_SCHEMA)
    assert pq.read_table(path).to_pylist() == rows.to_pylist()
    first = file.read_row_group(0)["user_id"].chunk(0)
    assert len(first.dictionary) < 6
    assert inspector.seen == rows.num_rows
    assert (counts.listeners, counts.tracks) == (6, 3)
    assert counts.rows == {"again": 21, "for_you": 21}


def test_scores_have_no_dictionary_and_listeners_have_bounds(tmp_path):
    rows, path = hand_made(6), tmp_path / "lists.parquet"
    with Silent().step("recommend", Text("", "")) as step:
        lists.write_lists(
            rows.combine_chunks().to_batches(), Inspector(), path, step, n_listeners=7
        )
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = {name: group.column(number) for number, name in enumerate(LIST_SCHEMA.names)}
    encoded = {name for name, column in columns.items() if column.has_dictionary_page}
    assert "track_id" in encoded
    assert not encoded & {"score", "reason_share"}
    bounds = columns["user_id"].statistics
    users = [user for user in rows["user_id"].to_pylist() if user is not None]
    assert (bounds.min, bounds.max) == (min(users), max(users))
    assert not columns["reason_pt"].is_stats_set

"""Parts depend on the rows alone: not on blocks, threads, spills or the order of rows."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rekomenda.data import catalogue_parts
from rekomenda.data.layout import Source
from rekomenda.data.parts import PlaysWriter
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.verdict import Limits
from rekomenda.data.staging import stage

NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)
LAKE_PLAYS = pa.schema(
    [
        ("day", pa.date32()),
        ("user_id", pa.string()),
        ("track_id", pa.string()),
        ("plays", pa.int64()),
        ("played_at", pa.timestamp("us", "UTC")),
    ]
)


@pytest.fixture
def totals() -> list[str]:
    """Three thousand daily totals of five days in no order, some of them repeated."""
    rng = random.Random(7)
    ids = ["0", "00", "a", "Z", "é", "ação", "u,1"]
    rows = [
        f'2024-02-0{rng.randint(1, 5)},"{rng.choice(ids)}{rng.randint(0, 60)}",'
        f"t{rng.randint(0, 300)},{rng.randint(0, 9)}"
        for _ in range(3000)
    ]
    return [*rows, *rows[:40]]


def staged(tmp_path, rows, *, header="id_date,user_id,id_tracks,plays", memory=1 << 30, **options):
    folder = tmp_path / f"run-{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    path = folder / "plays.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return stage(
        Source("plays.csv", path),
        folder / "staged",
        ReadOptions(now=NOW, **options),
        limits=Limits(),
        memory_bytes=memory,
    )


def fingerprint(result) -> dict[tuple[str, date | None], str]:
    return {
        (part.table, part.day): hashlib.sha256(part.path.read_bytes()).hexdigest()
        for part in result.parts
    }


def test_r11_the_same_rows_give_the_same_bytes_however_they_are_read(tmp_path, totals, monkeypatch):
    expected = staged(tmp_path, totals)
    small = staged(tmp_path, totals, block_bytes=700, threads=1, sample_bytes=300)
    monkeypatch.setattr("rekomenda.data.parts.BATCH_ROWS", 500)
    spilled = staged(tmp_path, totals, memory=1, block_bytes=2000)
    shuffled = staged(tmp_path, random.Random(1).sample(totals, len(totals)), threads=3)
    assert len(expected.parts) == 5
    for other in (small, spilled, shuffled):
        assert fingerprint(other) == fingerprint(expected)
        assert (other.loaded, other.merged) == (expected.loaded, expected.merged)


def test_b51_totals_of_one_listener_track_and_day_are_added_up(tmp_path, totals):
    slow: dict[tuple[str, str, str], int] = {}
    for row in totals:
        day, rest = row.split(",", 1)
        user, _, others = rest[1:].partition('"')
        track, plays = others[1:].split(",")
        slow[day, user, track] = slow.get((day, user, track), 0) + int(plays)
    result = staged(tmp_path, totals)
    table = pa.concat_tables([pq.read_table(part.path) for part in result.parts])
    assert table.schema.equals(LAKE_PLAYS)
    rows = table.to_pylist()
    assert {(str(r["day"]), r["user_id"], r["track_id"]): r["plays"] for r in rows} == slow
    assert result.merged == len(totals) - len(slow)
    assert table["played_at"].null_count == len(table)


def test_rows_of_a_part_ascend_by_the_bytes_of_listener_and_track(tmp_path, totals):
    for part in staged(tmp_path, totals).parts:
        rows = pq.read_table(part.path).to_pylist()
        keys = [(row["user_id"].encode(), row["track_id"].encode()) for row in rows]
        assert keys == sorted(keys)
        assert {row["day"] for row in rows} == {part.day}


def timed(*rows: tuple[str, str, str]) -> pa.Table:
    moments = pa.array([datetime.fromisoformat(f"{row[2]}+00:00") for row in rows])
    return pa.table(
        {
            "day": pa.array([date(2024, 2, 19)] * len(rows)),
            "user_id": [row[0] for row in rows],
            "track_id": [row[1] for row in rows],
            "plays": pa.array([1] * len(rows), pa.int64()),
            "played_at": moments.cast(pa.timestamp("us", "UTC")),
        }
    )


@pytest.mark.parametrize("memory", [1 << 30, 1])
def test_b51_a_play_that_is_twice_in_a_file_is_written_once(tmp_path, memory):
    noon, later = "2024-02-19T12:00:00", "2024-02-19T12:00:01"
    writer = PlaysWriter(tmp_path, timed=True, memory_bytes=memory)
    writer.add(timed(("u", "t", noon), ("u", "t", later), ("v", "t", noon)))
    writer.add(timed(("u", "t", later), ("v", "other", noon), ("v", "t", noon)))
    (part,) = writer.finish()
    kept = pq.read_table(part.path).to_pylist()
    assert [(row["user_id"], row["track_id"], row["played_at"].second) for row in kept] == [
        ("u", "t", 0),
        ("u", "t", 1),
        ("v", "other", 0),
        ("v", "t", 0),
    ]
    assert (writer.deduplicated, part.rows) == (2, 4)


def test_totals_beyond_32_bits_are_added_up_the_same_when_spilled(tmp_path, monkeypatch):
    rows = ["2024-02-19,u,t,1000000000"] * 5 + ["2024-02-19,v,t,7"]
    expected = staged(tmp_path, rows)
    assert pq.read_table(expected.parts[0].path)["plays"].to_pylist() == [5_000_000_000, 7]
    monkeypatch.setattr("rekomenda.data.parts.BATCH_ROWS", 3)
    spilled = staged(tmp_path, rows, memory=1, block_bytes=90)
    assert fingerprint(spilled) == fingerprint(expected)


def test_a_joined_file_feeds_three_tables_and_says_each_thing_once(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue_parts, "COMPACT_ROWS", 2)
    header = "id_date,user_id,id_tracks,plays,id_artist,id_genre,Feature1"
    rows = [
        "2024-02-19,u1,t1,3,a1,g1,0.5",
        "2024-02-19,u2,t1,1,a1,g1,0.5",
        "2024-02-19,u2,t2,1,a1,g2,0.5",
        "2024-02-19,u2,t3,1,,,",
        "2024-02-19,u3,t1,1,a1,g1,0.5",
    ]
    result = staged(tmp_path, rows, header=header, block_bytes=40)
    by_table = {part.table: pq.read_table(part.path).to_pylist() for part in result.parts}
    assert (result.rows_in, result.loaded) == (5, 5)
    assert len(by_table["plays"]) == 5
    tracks = [(row["track_id"], row["genre_id"], row["line"]) for row in by_table["tracks"]]
    assert tracks == [("t1", "g1", 2), ("t2", "g2", 4)]
    artists = [(row["artist_id"], row["feature_1"], row["line"]) for row in by_table["artists"]]
    assert artists == [("a1", 0.5, 2)]


def test_b50_catalogue_rows_are_all_kept_with_their_line(tmp_path):
    rows = ["a1,t1,g1", "a2,t1,", "a1,t1,g1"]
    result = staged(tmp_path, rows, header="id_artist,id_tracks,id_genre")
    (part,) = result.parts
    kept = pq.read_table(part.path).to_pylist()
    assert [(row["artist_id"], row["genre_id"], row["line"]) for row in kept] == [
        ("a1", "g1", 2),
        ("a2", None, 3),
        ("a1", "g1", 4),
    ]
    assert (result.loaded, result.merged, part.day) == (3, 0, None)

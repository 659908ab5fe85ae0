"""How far the newest week and the newest scores lie from those before."""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rekomenda.domain.recommendations import LIST_SCHEMA
from rekomenda.pipeline.measuring.drift import drift_of
from rekomenda.storage.release_manifest import Release, describe
from support.homes import manifest

AS_OF = date(2024, 6, 29)
TRACKS = {"t1": ("a", "forró"), "t2": ("b", "brega"), "t3": ("b", None)}


def release(
    folder: Path,
    *,
    plays: dict[tuple[int, str], int] | None = None,
    scores: list[float] | None = None,
    number: int = 1,
    algorithm: str = "als",
) -> Release:
    """Write a release; `plays` are by days before the last one and by track."""
    folder.mkdir()
    tables = {}
    if plays is not None:
        rows = [
            {"day": AS_OF - timedelta(days=back), "track_id": track, "plays": count}
            for (back, track), count in plays.items()
        ]
        named = [
            {"track_id": track, "artist_id": artist, "genre_id": genre}
            for track, (artist, genre) in TRACKS.items()
        ]
        pq.write_table(pa.Table.from_pylist(rows), folder / "plays.parquet")
        pq.write_table(pa.Table.from_pylist(named), folder / "tracks.parquet")
        tables |= {"plays_daily": "plays.parquet", "tracks": "tracks.parquet"}
    if scores is not None:
        lists = [
            {"user_id": f"u{n}", "shelf": "for_you", "rank": 1 + n % 12, "score": score}
            | {"track_id": "t1", "personalised": True, "reason_pt": "x", "reason_en": "x"}
            | {"reason_kind": "popular", "reason_id": None, "reason_share": None}
            for n, score in enumerate(scores)
        ]
        pq.write_table(pa.Table.from_pylist(lists, LIST_SCHEMA), folder / "lists.parquet")
        tables |= {"recommendations": "lists.parquet"}
    said = manifest(f"r{number}", tables=tables, as_of=AS_OF, algorithm=algorithm)
    return Release(folder, number, said, describe(folder), "hash")


def by_hand(before: list[int], recent: list[int]) -> float:
    """The definition, number by number."""
    p = [(n + 0.5) / (sum(before) + 0.5 * len(before)) for n in before]
    q = [(n + 0.5) / (sum(recent) + 0.5 * len(recent)) for n in recent]
    return sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))


def test_the_last_seven_days_are_held_against_the_twenty_eight_before(tmp_path):
    plays = {
        (35, "t1"): 10_000,  # too long ago
        (34, "t1"): 600, (7, "t2"): 250, (20, "t3"): 150,
        (6, "t1"): 100, (0, "t2"): 290, (3, "t3"): 10,
        (-1, "t1"): 10_000,  # later than the release knows
    }  # fmt: skip
    found = drift_of(release(tmp_path / "r", plays=plays), [])
    assert found["artists"] == pytest.approx(by_hand([600, 400], [100, 300]))
    assert found["genres"] == pytest.approx(by_hand([600, 250, 150], [100, 290, 10]))
    assert "scores" not in found


def test_the_same_week_again_is_no_drift(tmp_path):
    plays = {(back, track): n for back in range(35) for track, n in (("t1", 30), ("t2", 50))}
    assert drift_of(release(tmp_path / "r", plays=plays), [])["artists"] < 1e-4


def test_where_chance_alone_would_do_it_nothing_is_said(tmp_path):
    few = {(10, "t1"): 20, (10, "t2"): 20, (0, "t1"): 10, (0, "t2"): 10}
    assert drift_of(release(tmp_path / "few", plays=few), []) == {}
    assert drift_of(release(tmp_path / "none", plays={(10, "t1"): 9000}), []) == {}


def test_scores_are_held_against_the_newest_release_before(tmp_path):
    steady = [n / 3000 for n in range(3000)]
    old = release(tmp_path / "old", scores=[5.0] * 3000, number=1)
    before = release(tmp_path / "before", scores=steady, number=2)
    same = release(tmp_path / "same", scores=steady, number=3)
    assert drift_of(same, [old, before, same])["scores"] == pytest.approx(0, abs=1e-9)
    higher = release(tmp_path / "higher", scores=[1 + s for s in steady], number=4)
    assert drift_of(higher, [old, before, same, higher])["scores"] > 5


def test_scores_of_two_algorithms_are_not_compared(tmp_path):
    steady = [n / 3000 for n in range(3000)]
    before = release(tmp_path / "before", scores=steady, algorithm="als")
    served = release(tmp_path / "served", scores=steady, number=2, algorithm="ease")
    assert drift_of(served, [before, served]) == {}

"""What two logs both hold counts once, and goes only when neither of them holds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.command import done

LOG = "played_at,user_id,id_tracks"
SHARED = ["2024-01-13 10:00:00,ana,shared", "2024-01-14 10:00:00,ana,shared"]
OWN_OF_A, OWN_OF_B = "2024-01-14 11:00:00,ana,own-of-a", "2024-01-14 12:00:00,ana,own-of-b"


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A home with a log of 12 listeners on 14 days."""
    monkeypatch.setenv("REKOMENDA_MODEL__ALGORITHM", "item_knn")
    monkeypatch.setenv("REKOMENDA_MODEL__COMPARE", '["popularity"]')
    monkeypatch.setenv("REKOMENDA_EVALUATE__N_RESAMPLES", "100")
    rows = [
        f"2024-01-{day + 1:02d} {hour:02d}:00:00,u{user},t{(user * 5 + day * (user % 3 + 1)) % 9}"
        for day in range(14)
        for user in range(12)
        for hour in range(9, 10 + day % 2)
    ]
    load(tmp_path / "home", "base.csv", rows)
    return tmp_path / "home"


def load(home: Path, name: str, rows: list[str]) -> dict:
    path = home.parent / name
    path.write_text("\n".join([LOG, *rows]) + "\n")
    return done("--home", home, "ingest", path, "--json").json["files"][0]


def plays_after_a_run(home: Path) -> dict[tuple[int, str], int]:
    """Return the published plays of the tracks at stake, by day of January."""
    done("--home", home, "run")
    with DuckDBWarehouse(home).connect_read_only() as connection:
        query = "SELECT day(day), track_id, plays FROM current_plays_daily"
        rows = connection.execute(query).fetchall()
    return {(day, track): plays for day, track, plays in rows if not track.startswith("t")}


def test_r1_b53_a_play_that_two_logs_hold_counts_once_and_outlives_the_correction_of_one(home):
    load(home, "a.csv", [*SHARED, OWN_OF_A])
    answer = load(home, "b.csv", [*SHARED, OWN_OF_B])
    assert (answer["rows_in"], answer["loaded"], answer["deduplicated"]) == (3, 3, 0)
    once = {(13, "shared"): 1, (14, "shared"): 1, (14, "own-of-b"): 1}
    assert plays_after_a_run(home) == {**once, (14, "own-of-a"): 1}
    other_days = ["2024-01-13 10:00:00,ana,corrected", OWN_OF_A]
    load(home, "a.csv", other_days)
    corrected = {**once, (14, "own-of-a"): 1, (13, "corrected"): 1}
    assert plays_after_a_run(home) == corrected
    load(home, "b.csv", ["2024-01-13 11:00:00,ana,other", OWN_OF_B])
    assert plays_after_a_run(home) == {
        (13, "corrected"): 1,
        (13, "other"): 1,
        (14, "own-of-a"): 1,
        (14, "own-of-b"): 1,
    }


@pytest.mark.parametrize(("window", "counted"), [(None, 5), ("53", 5), ("54", 4)])
def test_b52_plays_that_two_programs_told_seconds_apart_count_once_only_if_asked_for(
    home, monkeypatch, window, counted
):
    """Within one log nothing is a copy: two plays of 20 seconds after each other are two."""
    if window:
        monkeypatch.setenv("REKOMENDA_INTEGRATE__NEAR_COPIES_SECONDS", window)
    load(home, "a.csv", ["2024-01-14 10:00:00,ana,short", "2024-01-14 10:00:20,ana,short"])
    apart = ["2024-01-14 09:59:06,ana,short", "2024-01-14 10:02:00,ana,short"]
    load(home, "b.csv", [*apart, "2024-01-14 10:00:00,bia,short"])
    assert plays_after_a_run(home) == {(14, "short"): counted}

"""A run on what a service may really have: settings that differ, data that is thin or odd."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from support.command import call, done

QUICK = {
    "REKOMENDA_MODEL__ALGORITHM": "item_knn",
    "REKOMENDA_MODEL__COMPARE": '["popularity"]',
    "REKOMENDA_EVALUATE__N_RESAMPLES": "100",
    "REKOMENDA_INTEGRATE__THREADS": "1",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def home(tmp_path):
    """A home with plays of 12 listeners, 9 tracks by 3 artists, on 14 days."""
    plays = [
        f"2024-01-{day + 1:02d},u{user},t{(user * 5 + day * (user % 3 + 1)) % 9},{1 + day % 2}"
        for day in range(14)
        for user in range(12)
    ]
    tracks = [f"a{track % 3},t{track}" for track in range(9)]
    (tmp_path / "plays.csv").write_text("\n".join(["id_date,user_id,id_tracks,plays", *plays]))
    (tmp_path / "tracks.csv").write_text("\n".join(["id_artist,id_tracks", *tracks]))
    done("--home", tmp_path / "home", "ingest", tmp_path / "plays.csv", tmp_path / "tracks.csv")
    return tmp_path / "home"


def test_the_gate_may_judge_at_a_cutoff_that_is_not_among_the_reports(home, monkeypatch):
    monkeypatch.setenv("REKOMENDA_GATE__CUTOFF", "3")
    answer = call("--home", home, "run", "--json")
    assert answer.code in {0, 3}, answer.err
    assert "unexpected" not in answer.err.lower()


def test_lists_without_a_row_are_handed_over_as_a_file_without_rows(home, tmp_path):
    blocked = [f"track,t{track}," for track in range(9)]
    (tmp_path / "blocked.csv").write_text("\n".join(["kind,id,until", *blocked]))
    done("--home", home, "ingest", tmp_path / "blocked.csv")
    done("--home", home, "run")
    done("--home", home, "recommend", "--all", "--out", tmp_path / "lists.parquet")
    lists = pq.read_table(tmp_path / "lists.parquet")
    assert lists.num_rows == 0
    assert {"user_id", "shelf", "rank", "track_id", "title", "artist"} <= {*lists.column_names}


def test_what_keeps_a_failure_from_being_recorded_does_not_hide_it(home):
    (home / "attempts").write_text("in the way")
    answer = call("--home", home, "run", "--as-of", "2024-02-20")
    assert answer.code == 65
    assert "Nothing can be measured" in answer.err


def test_a_release_that_was_only_kept_is_not_remembered_as_published(home, monkeypatch):
    monkeypatch.setenv("REKOMENDA_EVALUATE__HOLDOUT_DAYS", "3")
    served = done("--home", home, "run", "--json").json["run_id"]
    done("--home", home, "run", "--as-of", "2024-01-10")
    for attempt in (home / "attempts").iterdir():
        attempt.unlink()  # as if a crash had kept them from being written
    done("--home", home, "run", "--as-of", "2024-01-10")
    answer = done("--home", home, "status", "--json").json
    assert (answer["run_id"], answer["last_attempt"]["decision"]) == (served, "kept")

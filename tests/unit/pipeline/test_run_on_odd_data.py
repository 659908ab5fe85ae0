"""A run on what a service may really have: settings that differ, data that is thin or odd."""

from __future__ import annotations

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

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


def test_what_keeps_a_failure_from_being_recorded_does_not_hide_it(home, tmp_path):
    (tmp_path / "tracks.csv").write_text("id_artist,id_tracks\na1,of-another-service\n")
    done("--home", home, "ingest", tmp_path / "tracks.csv")
    (home / "attempts").write_text("in the way")
    answer = call("--home", home, "run")
    assert answer.code == 65
    assert "None of the 9 played tracks" in answer.err


def test_a_day_after_the_last_plays_is_the_work_of_the_last_day_with_plays(home):
    served = done("--home", home, "run", "--as-of", "2034-02-20", "--json").json
    assert served["as_of"] == "2024-01-14"
    again = done("--home", home, "run", "--json").json
    assert (again["decision"], again["run_id"]) == ("unchanged", served["run_id"])


def test_a_genre_that_is_taken_down_is_in_no_list(tmp_path):
    plays = [
        f"2024-01-{day + 1:02d},u{u},t{(u + day) % 9},1" for day in range(14) for u in range(9)
    ]
    tracks = [f"a{track},t{track},g{track % 3}" for track in range(9)]
    (tmp_path / "plays.csv").write_text("\n".join(["id_date,user_id,id_tracks,plays", *plays]))
    (tmp_path / "tracks.csv").write_text("\n".join(["id_artist,id_tracks,id_genre", *tracks]))
    (tmp_path / "blocked.csv").write_text("kind,id,until\ngenre,g1,\n")
    home = tmp_path / "home"
    files = (tmp_path / name for name in ("plays.csv", "tracks.csv", "blocked.csv"))
    done("--home", home, "ingest", *files)
    done("--home", home, "run")
    done("--home", home, "recommend", "--all", "--out", tmp_path / "lists.parquet")
    listed = set(pq.read_table(tmp_path / "lists.parquet")["track_id"].to_pylist())
    assert listed
    assert not listed & {"t1", "t4", "t7"}


def test_a_replaced_version_of_a_file_is_not_counted_as_in_the_lake(home, tmp_path):
    before = done("--home", home, "status", "--json").json["lake"]
    (tmp_path / "tracks.csv").write_text("id_artist,id_tracks\na1,t1\na1,t2\n")
    done("--home", home, "ingest", tmp_path / "tracks.csv")
    after = done("--home", home, "status", "--json").json["lake"]
    assert after["loaded"] == before["loaded"] - 9 + 2
    assert after["files"] == before["files"]


def test_work_that_is_asked_for_again_counts_as_a_success_now(home):
    done("--home", home, "run")
    attempt = done("--home", home, "status", "--json").json["last_attempt"]
    done("--home", home, "run")
    again = done("--home", home, "status", "--json").json["last_attempt"]
    assert again["attempted_at"] == attempt["attempted_at"]
    assert again["repeated_at"] > attempt["attempted_at"]


def test_a_release_that_was_only_kept_is_not_remembered_as_published(home, monkeypatch):
    monkeypatch.setenv("REKOMENDA_EVALUATE__HOLDOUT_DAYS", "3")
    served = done("--home", home, "run", "--json").json["run_id"]
    done("--home", home, "run", "--as-of", "2024-01-10")
    for attempt in (home / "attempts").iterdir():
        attempt.unlink()  # as if a crash had kept them from being written
    done("--home", home, "run", "--as-of", "2024-01-10")
    answer = done("--home", home, "status", "--json").json
    assert (answer["run_id"], answer["last_attempt"]["decision"]) == (served, "kept")


def test_b48_who_takes_part_in_a_track_is_found_by_it_and_takes_it_along(tmp_path, monkeypatch):
    monkeypatch.setenv("REKOMENDA_INTEGRATE__ARTIST_SEPARATORS", '[" feat. "]')
    monkeypatch.setenv("REKOMENDA_INTEGRATE__GENRE_SEPARATORS", '["|"]')
    plays = [
        f"2024-01-{day + 1:02d},u{u},t{(u + day * (u % 3 + 1)) % 12},1"
        for day in range(14)
        for u in range(9)
    ]
    tracks = [f"a{t},t{t},g{t % 3}" for t in range(12)]
    tracks[2], tracks[5] = "a2 feat. guest,t2,g2|extra", "a5 feat. guest,t5,extra"
    (tmp_path / "plays.csv").write_text("\n".join(["id_date,user_id,id_tracks,plays", *plays]))
    (tmp_path / "tracks.csv").write_text("\n".join(["id_artist,id_tracks,id_genre", *tracks]))
    home = tmp_path / "home"
    done("--home", home, "ingest", tmp_path / "plays.csv", tmp_path / "tracks.csv")
    done("--home", home, "run")

    def listed() -> set[tuple[str, str]]:
        done("--home", home, "recommend", "--all", "--out", tmp_path / "lists.parquet")
        rows = pq.read_table(tmp_path / "lists.parquet").to_pylist()
        return {(row["track_id"], row["artist"]) for row in rows}

    assert {("t2", "a2, guest"), ("t5", "a5, guest")} <= listed()
    for_guest = done("--home", home, "recommend", "--artist", "guest", "--json", language="en").json
    assert for_guest["personalised"]
    assert for_guest["tracks"]
    done("--home", home, "block", "artist:guest")
    assert {track for track, _ in listed()}.isdisjoint({"t2", "t5"})
    done("--home", home, "unblock", "artist:guest")
    done("--home", home, "block", "genre:extra")
    done("--home", home, "run")
    assert {track for track, _ in listed()}.isdisjoint({"t2", "t5"})


def test_a_file_that_is_corrected_and_then_as_it_was_serves_the_release_of_that_data(
    home, tmp_path
):
    file = tmp_path / "plays.csv"
    as_it_was = file.read_text()
    first = done("--home", home, "run", "--json").json["run_id"]
    file.write_text(as_it_was.replace(",u3,t4,", ",u3,t5,"))
    done("--home", home, "ingest", file)
    second = done("--home", home, "run", "--json").json["run_id"]
    file.write_text(as_it_was)
    done("--home", home, "ingest", file)
    assert done("--home", home, "plan", "--json").json["state"] == "to_serve"
    back = done("--home", home, "run", "--json").json
    assert first != second
    assert (back["decision"], back["run_id"]) == ("published", first)
    assert done("--home", home, "run", "--json").json["decision"] == "unchanged"
    done("--home", home, "rollback", "--to", second)  # a person's word holds against a rerun
    rerun = done("--home", home, "run", "--json").json
    assert (rerun["decision"], rerun["run_id"]) == ("unchanged", second)

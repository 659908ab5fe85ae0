"""A home as metrics: what is said of it, what a failure cannot take back, and how many series."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from prometheus_client import generate_latest

from rekomenda.pipeline.bootstrap import open_house
from rekomenda.pipeline.measuring.exporter import Exporter
from rekomenda.pipeline.releasing.serve import roll_back_to
from rekomenda.storage.erasures import Erasures, Request
from rekomenda.storage.publish import publish
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.homes import NOW, draft, holding, ingest, manifest, publish_one

LATER = NOW + timedelta(days=3)


def value(exporter: Exporter, name: str, now: datetime = LATER, **labels: str) -> float | None:
    return exporter.collect(now).registry.get_sample_value(f"rekomenda_{name}", labels)


def attempt(home: Path, run_id: str, decision: str, when: datetime, **more: object) -> None:
    document = {"decision": decision, "attempted_at": when.isoformat(), "as_of": "2024-06-29"}
    open_house(home).attempts.record(run_id, {**document, "seconds": {}, **more})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two files in the lake and one release of four listeners in service."""
    with holding(tmp_path) as lease:
        ingest(tmp_path, "one", {date(2024, 6, 27): 5, date(2024, 6, 28): 2}, lease)
        ingest(tmp_path, "two", {date(2024, 6, 29): 4}, lease)
        publish_one(tmp_path, "r1", lease)
    return tmp_path


@pytest.fixture
def exporter(home: Path) -> Exporter:
    return Exporter(open_house(home))


def test_a_home_that_holds_nothing_has_metrics_and_is_whole(tmp_path):
    exporter = Exporter(open_house(tmp_path / "not there yet"))
    assert value(exporter, "intact", part="release") == 1
    assert value(exporter, "intact", part="lake") == 1
    assert value(exporter, "last_success_timestamp_seconds", command="run") is None
    assert not (tmp_path / "not there yet").exists()


def test_rows_days_and_releases_are_those_of_the_manifests(exporter):
    assert value(exporter, "ingest_rows", verdict="loaded") == 11
    assert value(exporter, "ingest_rows_unaccounted") == 0
    assert value(exporter, "ingest_files", verdict="loaded") == 2
    assert value(exporter, "data_day_rows", day="last") == 4
    assert value(exporter, "release_recommendations", shelf="for_you") == 15
    assert value(exporter, "release_info", release="r1", algorithm="als") == 1
    assert value(exporter, "last_success_timestamp_seconds", command="ingest") == NOW.timestamp()


def test_what_is_remembered_between_two_looks_follows_every_commit(home, exporter):
    assert value(exporter, "runs", decision="refused") == 0
    attempt(home, "a", "refused", NOW)
    assert value(exporter, "runs", decision="refused") == 1
    attempt(home, "a", "failed", NOW)  # the same run again, in the same file
    assert value(exporter, "runs", decision="refused") == 0
    with holding(home) as lease:
        ingest(home, "three", {date(2024, 6, 30): 9}, lease)
        assert value(exporter, "ingest_files", verdict="loaded") == 3
        publish_one(home, "r2", lease, label="b")
    assert value(exporter, "release_info", release="r2", algorithm="als") == 1
    assert value(exporter, "release_info", release="r1", algorithm="als") is None
    roll_back_to(open_house(home), "r1", now=LATER)
    assert value(exporter, "release_info", release="r1", algorithm="als") == 1


def test_nothing_is_read_again_while_nothing_was_committed(exporter):
    first = exporter.collect(LATER)
    assert exporter.collect(LATER + timedelta(minutes=1)) is first


def test_a_day_that_is_not_over_everywhere_is_not_the_last_complete_one(exporter):
    evening = datetime(2024, 6, 30, 2, 0, tzinfo=UTC)  # still the 29th in Fortaleza
    assert value(exporter, "data_day_rows", evening, day="last") == 2


def test_answers_are_counted_by_what_known_listeners_would_get(exporter):
    # four listeners with lists of their own; the list of everybody is not a listener
    assert value(exporter, "release_answers", kind="personal") == 4
    assert value(exporter, "release_answers", kind="popular") == 0
    assert value(exporter, "release_answers", kind="none") == 0


def test_a_failure_takes_no_success_back(home, exporter):
    done = {"integrate": 2.0, "evaluate": 5.0}
    attempt(home, "a", "published", NOW + timedelta(hours=1), seconds=done)
    attempt(home, "b", "refused", NOW + timedelta(hours=2), seconds={"integrate": 3.0})
    attempt(home, "c", "failed", NOW + timedelta(hours=3))
    good, last = NOW + timedelta(hours=1), NOW + timedelta(hours=3)
    assert value(exporter, "last_success_timestamp_seconds", command="run") == good.timestamp()
    assert value(exporter, "last_attempt_timestamp_seconds", command="run") == last.timestamp()
    step = "step_last_success_timestamp_seconds"
    assert value(exporter, step, step="evaluate") == good.timestamp()
    refused_there = NOW + timedelta(hours=2)
    assert value(exporter, step, step="integrate") == refused_there.timestamp()
    assert value(exporter, "runs", decision="failed") == 1


def test_many_failures_that_push_attempts_out_still_leave_the_success_of_a_kept_release(home):
    for number in range(60):
        attempt(home, f"f{number}", "failed", NOW + timedelta(days=number + 1))
    exporter = Exporter(open_house(home))
    assert value(exporter, "last_success_timestamp_seconds", command="run") == NOW.timestamp()


@pytest.mark.parametrize(
    ("decisions", "in_a_row"),
    [("rrr", 3), ("prr", 2), ("rrp", 0), ("rfr", 1), ("", 0)],
)
def test_refusals_are_counted_back_from_the_newest_run(tmp_path, decisions, in_a_row):
    words = {"r": "refused", "p": "published", "f": "failed"}
    for number, letter in enumerate(decisions):
        attempt(tmp_path, f"n{number}", words[letter], NOW + timedelta(hours=number))
    assert value(Exporter(open_house(tmp_path)), "runs_refused_in_a_row") == in_a_row


def test_a_byte_that_is_not_as_written_is_seen_at_the_next_look(home, exporter):
    assert value(exporter, "intact", part="release") == 1
    assert exporter.served(LATER) is not None
    path = home / "releases" / "r1" / "lists" / "recommendations.parquet"
    bytes_there = bytearray(path.read_bytes())
    bytes_there[100] ^= 1
    path.write_bytes(bytes_there)
    assert value(exporter, "intact", part="release") == 0
    assert exporter.served(LATER) is None


def test_rot_that_leaves_no_trace_is_seen_within_the_hour(home, exporter):
    assert value(exporter, "intact", part="release") == 1
    path = home / "releases" / "r1" / "report.json"
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"r1", b"r2"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert value(exporter, "intact", LATER + timedelta(minutes=59), part="release") == 1
    assert value(exporter, "intact", LATER + timedelta(minutes=61), part="release") == 0


def test_who_only_looks_at_sizes_sees_a_file_that_was_cut_and_reads_no_byte(home):
    exporter = Exporter(open_house(home), every_byte=False)
    path = home / "releases" / "r1" / "report.json"
    path.write_bytes(path.read_bytes().replace(b"r1", b"r2"))
    assert value(exporter, "intact", part="release") == 1
    path.write_bytes(path.read_bytes()[:-1])
    assert value(exporter, "intact", part="release") == 0


def test_a_damaged_pointer_leaves_the_other_figures_standing(home):
    (home / "lake" / "current").write_text("{}")
    (home / "releases" / "current").write_text("not json")
    exporter = Exporter(open_house(home))
    assert value(exporter, "intact", part="lake") == 0
    assert value(exporter, "intact", part="release") == 0
    assert value(exporter, "releases_kept") == 1
    assert value(exporter, "last_success_timestamp_seconds", command="run") == NOW.timestamp()


def test_a_part_of_the_lake_that_is_gone_is_seen(home):
    next((home / "lake" / "plays").rglob("*.parquet")).unlink()
    assert value(Exporter(open_house(home)), "intact", part="lake") == 0


def test_an_open_erasure_grows_old_and_ends(home, exporter):
    erasures = Erasures(home)
    assert value(exporter, "erasures_open") == 0
    found = {"listeners": 1, "rows": {}, "files": {}}
    erasures.bury(["u001"])
    erasures.begin(Request(("u001",), NOW.isoformat(), found))
    assert value(exporter, "erasures_open") == 1
    assert value(exporter, "erasure_age_seconds") == 3 * 24 * 3600
    with holding(home) as lease:
        erasures.finish(erasures.open(), lease, LATER)
    assert value(exporter, "erasures_open") == 0
    assert value(exporter, "erasure_age_seconds") == 0
    assert value(exporter, "erasures_finished") == 1


def test_the_lease_has_an_age_only_while_it_is_held(home, exporter):
    assert value(exporter, "lease_age_seconds") == 0
    with holding(home):  # since NOW
        assert value(exporter, "lease_age_seconds") == 3 * 24 * 3600
    assert value(exporter, "lease_age_seconds") == 0


def _large(home: Path, n_users: int) -> int:
    """Publish a release measured in every way there is, and return how many series it makes."""
    regions = [f"region:{number:02}" for number in range(27)]
    segments = ["overall", "activity:new", "activity:light", "activity:heavy", *regions]
    rows = [
        {"algorithm": algorithm, "task": task, "segment": segment, "metric": metric, "k": k}
        | {"value": 0.5, "low": 0.4, "high": 0.6, "n_users": 90}
        for algorithm in ("als", "popularity", *(f"other{n}" for n in range(10)))
        for task in ("all", "unheard", "again", "new_artists", "cold_tracks")
        for segment in segments
        for metric in (
            "ndcg",
            "recall",
            "precision",
            "mrr",
            "map",
            "hit_rate",
            "coverage",
            "novelty",
        )
        for k in (10, 20, 50)
    ]
    checks = [
        {"name": f"check_{n}", "passed": True, "measured": 1.0, "limit": 2.0} for n in range(35)
    ]
    releases = Releases(home)
    written = draft(releases, "r1", n_users=n_users)
    pq.write_table(pa.Table.from_pylist(rows), written.path / "metrics.parquet")
    about = manifest(
        "r1",
        n_users=n_users,
        tables={
            "recommendations": "lists/recommendations.parquet",
            "model_metrics": "metrics.parquet",
        },
    )
    steps = (
        "integrate",
        "choose",
        "evaluate",
        "refit",
        "recommend",
        "judge",
        "publish",
        "reconcile",
    )
    with holding(home) as lease:
        publish(releases, DuckDBWarehouse(home), written, about, lease)
    attempt(
        home, "r1", "published", NOW,
        seconds=dict.fromkeys(steps, 1.0), gate={"checks": checks},
        reconciliation=dict.fromkeys(map(str, range(9)), 0),
    )  # fmt: skip
    text = generate_latest(Exporter(open_house(home)).collect(LATER).registry).decode()
    return len([line for line in text.splitlines() if not line.startswith("#")])


def test_series_stay_under_a_thousand_and_do_not_grow_with_listeners(tmp_path):
    few, many = _large(tmp_path / "few", 3), _large(tmp_path / "many", 3000)
    assert few == many
    assert 200 < few < 500  # the service's own come to it


def test_no_id_of_a_listener_or_a_track_is_in_the_text(home, exporter):
    text = generate_latest(exporter.collect(LATER).registry).decode()
    assert "u001" not in text
    assert '"t1"' not in text
    assert json.dumps("r1") in text  # the release itself is named

"""A listener is handed everything and forgotten for good; a track is taken down at once."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from rekomenda.domain.warehouse_schema import RUNS
from rekomenda.learning.bundle import Bundle
from rekomenda.pipeline.bootstrap import open_house
from rekomenda.storage.publish import tables_of
from rekomenda.storage.reconcile import reconcile
from support.byte_scan import hits
from support.command import call, done
from support.homes import holding
from support.tiny_home import SETTINGS, SIZE

pytestmark = pytest.mark.slow

SOMEBODY = "U03é.conceição@ex"
"""Accents and marks; in the order of ids it stands in the middle, between U039 and U040."""
FRIEND = "U057"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two releases, rows in quarantine, exported lists and a log: all of them name somebody."""
    folder = tmp_path_factory.mktemp("privacy")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        done("generate", "--out", folder / "world", *SIZE)
        for path in (folder / "world").glob("*.csv"):
            path.write_text(path.read_text().replace("U058", SOMEBODY))
        with (folder / "world" / "plays.csv").open("a") as plays:
            plays.write(f"2024-06-29,{SOMEBODY},T001,-3\n2024-06-29,U001,T001,-4\n")
        home = folder / "home"
        done("--home", home, "ingest", folder / "world")
        done("--home", home, "run", "--as-of", "2024-06-29")
        done("--home", home, "run")
        done("--home", home, "recommend", "--all", "--out", home / "lists.parquet")
        (home / "exports").mkdir()
        done("--home", home, "recommend", "--all", "--out", home / "exports" / "lists.jsonl")
        packed = gzip.compress((home / "exports" / "lists.jsonl").read_bytes())
        (home / "exports" / "lists.jsonl.gz").write_bytes(packed)
        (home / "app.log").write_text(f"shown to {SOMEBODY}\nshown to U001\n")
        done("--home", home, "export", SOMEBODY, "--out", home / "exports" / "theirs.zip")
        (home / "staging" / "left").mkdir(parents=True)
        (home / "staging" / "left" / "half.txt").write_text(SOMEBODY)
        yield folder


@pytest.fixture
def home(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    return shutil.copytree(prepared / "home", tmp_path / "home")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def lists_of(home: Path) -> dict[str, list[dict[str, object]]]:
    return {
        release.release_id: pq.read_table(release.table("recommendations")).to_pylist()
        for release in open_house(home).releases.list()
    }


def accounted(home: Path) -> bool:
    lake = done("--home", home, "status", "--json").json["lake"]
    return lake["rows_in"] == sum(
        lake[name] for name in ("loaded", "quarantined", "deduplicated", "erased")
    )


# --- forget ---------------------------------------------------------------------------------


def test_r9_who_is_forgotten_stands_nowhere_and_everybody_else_keeps_everything(home: Path):
    before, served = lists_of(home), done("--home", home, "status", "--json").json["run_id"]
    places = {hit.split("/")[0] for hit in hits(home, SOMEBODY)}
    assert places == {
        *("lake", "releases", "warehouse", "exports", "lists.parquet", "app.log", "staging"),
    }
    answer = done("--home", home, "forget", SOMEBODY, "--yes", "--json").json
    assert hits(home, SOMEBODY) == []
    after = lists_of(home)
    for release_id, rows in before.items():
        assert after[release_id] == [row for row in rows if row["user_id"] != SOMEBODY]
    assert (home / "app.log").read_text() == "shown to U001\n"
    assert not (home / "exports" / "theirs.zip").exists()
    lines = (home / "exports" / "lists.jsonl").read_bytes()
    assert gzip.decompress((home / "exports" / "lists.jsonl.gz").read_bytes()) == lines
    assert len(lines.splitlines()) == len(after[served])
    status = done("--home", home, "status", "--json").json
    assert status["run_id"] == served
    assert status["erasures"]["open"] is None
    assert status["erasures"]["receipts"] == [answer["receipts"][0]["receipt_id"]]


def test_releases_and_warehouse_are_whole_and_agree_after_somebody_is_forgotten(home: Path):
    old = {r.release_id: Bundle.read(r.path) for r in open_house(home).releases.list()}
    histories = {
        (name, user): bundle.interactions.histories.rows(np.array([row]))
        for name, bundle in old.items()
        for row, user in enumerate(bundle.interactions.users.ids.to_pylist())
    }
    done("--home", home, "forget", SOMEBODY, "--yes")
    house = open_house(home)
    house.lake.verify()
    assert len(house.releases.list()) == 2
    for release in house.releases.list():
        release.verify()
        compared = reconcile(release.release_id, tables_of(release), house.warehouse)
        assert {name: c.differences for name, c in compared.items()} == dict.fromkeys(compared, 0)
        assert sum(release.manifest.counts.values()) == compared["recommendations"].release.rows
        bundle = Bundle.read(release.path)
        users = bundle.interactions.users.ids.to_pylist()
        assert len(users) == len(old[release.release_id].interactions.users) - 1
        for row, user in enumerate(users):
            mine = bundle.interactions.histories.rows(np.array([row]))
            theirs = histories[release.release_id, user]
            assert mine.items.tolist() == theirs.items.tolist()
            assert mine.weights.tolist() == theirs.weights.tolist()
            assert mine.region.tolist() == theirs.region.tolist()
    with house.warehouse.connect_read_only() as connection:
        (shown,) = connection.execute(f"SELECT content_hash FROM current_{RUNS.name}").fetchall()
    assert shown == (house.releases.current().content_hash,)


def test_every_row_of_the_forgotten_is_counted_as_erased(home: Path, prepared: Path):
    plays = [r for r in rows_of(prepared / "world" / "plays.csv") if r["user_id"] == SOMEBODY]
    friends = [r for r in rows_of(prepared / "world" / "friends.csv") if SOMEBODY in r.values()]
    likes = [r for r in rows_of(prepared / "world" / "likes.csv") if r["user_id"] == SOMEBODY]
    assert friends
    assert FRIEND in {name for row in friends for name in row.values()}
    done("--home", home, "forget", SOMEBODY, "--yes")
    assert accounted(home)
    inputs = {record.name: record for record in open_house(home).lake.snapshot().inputs}
    # Of the daily totals those of one listener, track and day were one row in the lake.
    merged = len(plays) - len({(r["id_date"], r["id_tracks"]) for r in plays})
    assert inputs["plays.csv"].erased == len(plays) - merged
    assert inputs["plays.csv"].quarantined == 1
    assert inputs["plays.csv"].reasons == {"E_PLAYS_NEGATIVE": 1}
    assert inputs["friends.csv"].erased == len(friends)
    assert inputs["likes.csv"].erased == len(likes)
    assert inputs["users.csv"].erased == 1


def test_r9_no_old_file_brings_the_forgotten_back(home: Path, prepared: Path, tmp_path: Path):
    done("--home", home, "forget", SOMEBODY, "--yes")
    again = done("--home", home, "ingest", prepared / "world", "--json").json
    assert {file["loaded"] for file in again["files"]} == {0}
    more = tmp_path / "more"
    more.mkdir()
    rows = rows_of(prepared / "world" / "plays.csv")
    with (more / "plays-2.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["id_date", "user_id", "id_tracks", "plays"])
        writer.writeheader()
        writer.writerows({**row, "id_date": "2024-07-01"} for row in rows)
    (more / "friends.csv").write_text(f"user_id,friend_id\nU001,{SOMEBODY}\nU001,U002\n")
    answer = done("--home", home, "ingest", more, "--accept-quarantine", "--json").json
    files = {file["file"]: file for file in answer["files"]}
    theirs = [row for row in rows if row["user_id"] == SOMEBODY]
    assert files["plays-2.csv"]["erased"] == len(theirs) > 2  # the row in quarantine among them
    assert files["plays-2.csv"]["quarantined"] == 1
    assert files["friends.csv"]["erased"] == 1
    for file in files.values():
        kept = file["loaded"] + file["quarantined"] + file["deduplicated"] + file["erased"]
        assert file["rows_in"] == kept
    assert accounted(home)
    assert hits(home, SOMEBODY) == []
    said = done("--home", home, "ingest", more / "friends.csv").out
    assert "erased" not in said  # loaded before: nothing is erased again


def test_r9_a_run_and_a_rollback_do_not_bring_the_forgotten_back(home: Path):
    done("--home", home, "forget", SOMEBODY, "--yes")
    done("--home", home, "rollback")
    assert hits(home, SOMEBODY) == []
    assert not done("--home", home, "recommend", SOMEBODY, "--json").json["personalised"]
    done("--home", home, "run")
    done("--home", home, "gc")
    done("--home", home, "rebuild")
    assert hits(home, SOMEBODY) == []
    assert SOMEBODY not in str(lists_of(home))


def test_forgetting_again_changes_nothing_and_shows_the_same_receipt(home: Path):
    first = done("--home", home, "forget", SOMEBODY, "--yes", "--json").json

    def state() -> dict[str, bytes]:
        kept = {"fence", "lease", "metrics/rekomenda.prom"}
        files = (path for path in home.rglob("*") if path.is_file())
        named = {path.relative_to(home).as_posix(): path.read_bytes() for path in files}
        return {name: data for name, data in named.items() if name not in kept}

    before = state()
    again = done("--home", home, "forget", SOMEBODY, "--yes", "--json").json
    assert again == first
    assert state() == before


def test_one_after_another_can_be_forgotten(home: Path):
    for somebody in (SOMEBODY, FRIEND):
        done("--home", home, "forget", somebody, "--yes")
    assert hits(home, SOMEBODY) == []
    assert FRIEND not in str(lists_of(home))
    house = open_house(home)
    for release in house.releases.list():
        release.verify()
        assert release.manifest.about["erased_listeners"] == 2
    assert len(done("--home", home, "status", "--json").json["erasures"]["receipts"]) == 2
    assert accounted(home)


def test_a_receipt_says_when_and_how_much_and_names_nobody(home: Path):
    answer = call("--home", home, "forget", SOMEBODY, "--yes", "--json")
    (receipt,) = answer.json["receipts"]
    (kept,) = (home / "erasures").glob("*.json")
    assert SOMEBODY not in kept.read_text() + answer.out + answer.err
    assert json.loads(kept.read_text())["found"] == receipt["found"]
    assert receipt["found"]["listeners"] == 1
    assert receipt["found"]["rows"]["lake/users"] == 1
    assert receipt["found"]["rows"]["lake/quarantine"] == 1
    assert receipt["found"]["files"]["releases/recommendations"] == 2
    assert receipt["asked_at"] <= receipt["finished_at"]
    assert len(receipt["hashes"]) == 1


def test_without_yes_it_only_says_what_would_go(home: Path):
    before = hits(home, SOMEBODY)
    answer = call("--home", home, "forget", SOMEBODY, "Nobody")
    assert answer.code == 2
    assert "1 of 2 listeners found" in answer.out
    assert "lake/plays" in answer.out
    assert "--yes" in answer.err
    assert hits(home, SOMEBODY) == before
    assert not (home / "erasures").exists()


def test_ids_come_from_a_file_too_and_in_either_spelling_of_an_accent(home: Path, tmp_path: Path):
    ids = tmp_path / "ids.txt"
    ids.write_text(f"  {unicodedata.normalize('NFD', SOMEBODY)}\n\n{FRIEND}\n")
    answer = done("--home", home, "forget", "--file", ids, "--yes", "--json").json
    assert answer["receipts"][0]["found"]["listeners"] == 2
    assert hits(home, SOMEBODY) == []
    assert FRIEND not in str(lists_of(home))


def test_nobody_named_is_a_usage_error_and_a_busy_home_is_left_alone(home: Path):
    assert call("--home", home, "forget", "--yes").code == 2
    with holding(home):
        assert call("--home", home, "forget", SOMEBODY, "--yes").code == 75
    assert hits(home, SOMEBODY)
    assert not (home / "erasures").exists()


def test_a_damaged_release_that_is_not_served_goes_whole(home: Path):
    releases = open_house(home).releases
    old = next(r for r in releases.list() if r.release_id != releases.current().release_id)
    lists = old.table("recommendations")
    lists.write_bytes(lists.read_bytes()[:-300])
    done("--home", home, "forget", SOMEBODY, "--yes")
    assert hits(home, SOMEBODY) == []
    assert not old.path.exists()


def test_an_unfinished_erasure_is_shown_and_finished_without_naming_anybody(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    served = open_house(home).releases.current()
    lists = served.table("recommendations")
    whole = lists.read_bytes()
    lists.write_bytes(whole[:-300])
    refused = call("--home", home, "forget", SOMEBODY, "--yes")
    assert refused.code == 74
    lists.write_bytes(whole)
    status = done("--home", home, "status", "--json").json
    assert status["erasures"]["open"]["listeners"] == 1
    assert "not finished" in done("--home", home, "status").out
    assert "não terminou" in call("--home", home, "doctor", language="pt-BR").out
    done("--home", home, "forget", "--yes")
    assert hits(home, SOMEBODY) == []
    assert done("--home", home, "status", "--json").json["erasures"]["open"] is None


# --- export ---------------------------------------------------------------------------------


def unzipped(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_an_export_holds_all_that_the_files_said_and_the_lists_with_their_reasons(
    home: Path, prepared: Path, tmp_path: Path
):
    out = tmp_path / "theirs.zip"
    done("--home", home, "export", SOMEBODY, "--out", out)
    held = unzipped(out)
    tables = {name: list(csv.DictReader(io.StringIO(text))) for name, text in held.items()}
    world = prepared / "world"
    plays = [r for r in rows_of(world / "plays.csv") if r["user_id"] == SOMEBODY]
    good = [r for r in plays if int(r["plays"]) >= 0]
    assert sum(int(r["plays"]) for r in tables["plays.csv"]) == sum(int(r["plays"]) for r in good)
    assert {r["track_id"] for r in tables["plays.csv"]} == {r["id_tracks"] for r in good}
    friends = [r for r in rows_of(world / "friends.csv") if SOMEBODY in r.values()]
    assert len(tables["friends.csv"]) == len(friends)
    (aside,) = tables["quarantine.csv"]
    assert (aside["rule"], SOMEBODY in aside["text"]) == ("E_PLAYS_NEGATIVE", True)
    for release_id, rows in lists_of(home).items():
        mine = [row for row in rows if row["user_id"] == SOMEBODY]
        shown = tables[f"releases/{release_id}/lists.csv"]
        assert {(r["shelf"], int(r["rank"]), r["track_id"], r["reason_pt"]) for r in shown} == {
            (r["shelf"], r["rank"], r["track_id"], r["reason_pt"]) for r in mine
        }
    assert "O que você ouviu" in held["LEIAME.md"]
    assert "What you played" in held["README.md"]
    origin = json.loads(held["origin.json"])
    assert {"plays.csv", "users.csv", "friends.csv"} <= {file["name"] for file in origin["files"]}
    assert "U001," not in held["plays.csv"]


def test_the_same_home_gives_the_same_bytes_and_nothing_held_is_said(home: Path, tmp_path: Path):
    for name in ("one.zip", "two.zip"):
        done("--home", home, "export", SOMEBODY, "--out", tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    answer = call("--home", home, "export", "Nobody", "--out", tmp_path / "no.zip", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, "E_NOTHING_HELD")
    assert not (tmp_path / "no.zip").exists()


# --- block ----------------------------------------------------------------------------------


def everybodys(home: Path, out: Path) -> list[dict[str, object]]:
    done("--home", home, "recommend", "--all", "--out", out)
    return pq.read_table(out).to_pylist()


def test_what_is_blocked_is_gone_from_the_next_answer_and_the_rest_moves_up(
    home: Path, tmp_path: Path
):
    ask = ("--home", home, "recommend", "U001", "--n", "10", "--json")
    before = done(*ask).json["tracks"]
    track, artist = before[0]["track_id"], before[2]["artist_id"]
    everything = everybodys(home, tmp_path / "all.parquet")
    done("--home", home, "block", f"track:{track}", f"artist:{artist}", "--reason", "asked")
    after = done(*ask).json["tracks"]
    assert track not in {row["track_id"] for row in after}
    assert artist not in {row["artist_id"] for row in after}
    assert [row["rank"] for row in after] == list(range(1, len(after) + 1))
    rest = everybodys(home, tmp_path / "rest.parquet")

    def identity(row):
        return row["user_id"], row["shelf"], row["track_id"], row["score"]

    gone = {track} | {r["track_id"] for r in everything if r["artist_id"] == artist}
    assert [identity(r) for r in rest] == [
        identity(r) for r in everything if r["track_id"] not in gone
    ]
    seen: dict[object, int] = {}
    for row in rest:
        key = (row["user_id"], row["shelf"], row["reason_id"] if row["user_id"] is None else None)
        seen[key] = seen.get(key, 0) + 1
        assert row["rank"] == seen[key]
    assert not gone & {row["reason_id"] for row in rest}
    assert artist not in {r["reason_id"] for r in rest}
    dialled = done("--home", home, "recommend", "U001", "--dial", "0.3", "--json").json["tracks"]
    assert not gone & {row["track_id"] for row in dialled}
    status = done("--home", home, "status", "--json").json["blocked"]
    assert (status["artists"], status["by_hand"][0]["reason"]) == (1, "asked")
    assert f"artist:{artist}" in done("--home", home, "status").out


def test_explain_shows_what_is_blocked_on_no_shelf_and_the_rest_further_up(home: Path):
    first, _, third = done("--home", home, "recommend", "U001", "--n", "3", "--json").json["tracks"]
    done("--home", home, "block", f"track:{first['track_id']}")
    gone = done("--home", home, "explain", "U001", first["track_id"], "--json").json
    assert (gone["listed"], gone["position"]) == ([], None)
    told = done("--home", home, "explain", "U001", third["track_id"], "--json").json
    assert {row["shelf"]: row["rank"] for row in told["listed"]}["for_you"] == 2


def test_a_later_release_is_that_of_a_file_that_says_the_same(home: Path, tmp_path: Path):
    other = shutil.copytree(home, tmp_path / "other")
    done("--home", home, "block", "artist:A05")
    (tmp_path / "blocked-2.csv").write_text("kind,id,until\nartist,A05,\n")
    done("--home", other, "ingest", tmp_path / "blocked-2.csv")
    for each in (home, other):
        done("--home", each, "run", "--as-of", "2024-06-30")
    mine, theirs = (open_house(each).releases.current() for each in (home, other))
    assert mine.content_hash == theirs.content_hash
    tracks = pq.read_table(mine.table("tracks"))
    down = tracks.filter(pc.equal(tracks["artist_id"], "A05"))["track_id"]
    shown = pq.read_table(mine.table("recommendations"))["track_id"].cast(pa.string())
    assert len(down) > 0
    assert not pc.any(pc.is_in(shown, value_set=down.combine_chunks())).as_py()


def test_a_block_ends_when_it_was_to_end_or_is_lifted(home: Path):
    ask = ("--home", home, "recommend", "U001", "--n", "10", "--json")
    before = done(*ask).json["tracks"]
    track = before[0]["track_id"]
    done("--home", home, "block", f"track:{track}", "--until", "2024-07-01")  # long gone
    assert done(*ask).json["tracks"] == before
    done("--home", home, "block", f"track:{track}", "--until", "2999-12-31")
    assert done(*ask).json["tracks"] != before
    done("--home", home, "unblock", f"track:{track}")
    assert done(*ask).json["tracks"] == before
    assert "T024" not in str(before)  # by a file
    snapshot = open_house(home).lake.snapshot().snapshot_id
    done("--home", home, "unblock", f"track:{track}")
    assert open_house(home).lake.snapshot().snapshot_id == snapshot


def test_what_is_not_named_as_it_must_be_is_refused_in_both_languages(home: Path):
    assert "track:ID" in call("--home", home, "block", "T001").err
    answer = call("--home", home, "block", "album:T001", language="pt-BR")
    assert answer.code == 2
    assert "não diz o que é" in answer.err

"""Public listening data through the whole job: what docs/real-data.md says of it is true."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from support.command import done
from support.real_data import real_data
from support.repository import ROOT

pytestmark = pytest.mark.real

EXAMPLES = ROOT / "examples" / "real_data"


class Home:
    """A home with one data set, ingested and run with its settings."""

    def __init__(self, folder: Path, settings: str, *files: Path) -> None:
        self.folder, self.settings = folder, EXAMPLES / settings
        self.files = {
            found["file"]: found for found in self.do("ingest", *files, "--json").json["files"]
        }
        self.do("run")
        self.status: dict[str, Any] = self.do("status", "--json").json

    def do(self, *arguments: object):
        return done("--home", self.folder, "--config", self.settings, *arguments)

    def ndcg(self, model: str) -> tuple[float, float, float]:
        """Return NDCG@20 on unheard tracks: low end, value and high end."""
        (row,) = (
            row
            for row in self.status["metrics"]
            if (row["algorithm"], row["task"], row["metric"], row["k"])
            == (model, "unheard", "ndcg", 20)
        )
        return row["low"], row["value"], row["high"]

    def accounting(self, file: str) -> tuple[int, int, int, int]:
        """Return rows in, loaded, repeated and set aside of one file."""
        found = self.files[file]
        names = ("rows_in", "loaded", "deduplicated", "quarantined")
        return tuple(found[name] for name in names)

    def release(self, file: str):
        (path,) = self.folder.glob(f"releases/*/{file}")
        return pq.read_table(path)

    def report(self) -> dict[str, Any]:
        (path,) = self.folder.glob("releases/*/report.json")
        return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def hetrec(tmp_path_factory) -> Home:
    raw = real_data("hetrec2011-lastfm-2k")
    folder = tmp_path_factory.mktemp("hetrec")
    converted = folder / "hetrec-input"
    command = [sys.executable, str(EXAMPLES / "hetrec.py"), str(raw), str(converted)]
    subprocess.run(command, check=True, capture_output=True)
    return Home(folder / "home", "hetrec.toml", converted)


@pytest.fixture(scope="module")
def nowplaying(tmp_path_factory) -> Home:
    raw = real_data("nowplaying1m")
    home = tmp_path_factory.mktemp("nowplaying") / "home"
    return Home(home, "nowplaying.toml", raw / "train.csv", raw / "valid.csv")


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("plays.csv", 92_834),
        ("tracks.csv", 17_632),
        ("artists.csv", 17_632),
        ("genres.csv", 11_946),
        ("friends.csv", 25_434),
    ],
)
def test_every_row_of_hetrec_is_loaded(hetrec, file, rows):
    assert hetrec.accounting(file) == (rows, rows, 0, 0)


def test_every_play_of_hetrec_is_learned_from(hetrec):
    report = hetrec.report()["integration"]
    assert report["plays"] == 69_183_975
    assert (report["listeners"], report["played_tracks"]) == (1_892, 17_632)
    assert (report["bots"], report["unmatched_tracks"]) == (0, 0)
    assert hetrec.status["holdout"]["kind"] == "random"


@pytest.mark.parametrize("model", ["popularity_genre", "item_knn", "als"])
def test_on_hetrec_what_is_learned_beats_popularity(hetrec, model):
    low, _, _ = hetrec.ndcg(model)
    _, _, high = hetrec.ndcg("popularity")
    assert low > high


def test_on_hetrec_als_and_item_knn_are_far_ahead_and_chance_far_behind(hetrec):
    assert hetrec.ndcg("als")[1] > 0.24
    assert hetrec.ndcg("item_knn")[1] > 0.24
    assert hetrec.ndcg("random")[2] < 0.01


def test_every_listener_of_hetrec_has_lists_with_reasons_that_name_real_artists(hetrec):
    lists = hetrec.release("lists/recommendations.parquet")
    listeners = pc.drop_null(pc.unique(lists["user_id"].cast("string")))
    assert len(listeners) == 1_892
    assert hetrec.status["listeners"] == {"total": 1_892, "personalised": 1_892, "popular": 0}
    artists = hetrec.release("catalogue/artists.parquet")
    names = set(artists["name"].to_pylist())
    assert {"Madonna", "Sigur Rós", "Legião Urbana"} <= names
    played = lists.filter(pc.equal(lists["reason_kind"].cast("string"), "played"))
    assert played.num_rows > 100_000
    reasons = pc.unique(played["reason_en"].cast("string")).to_pylist()
    named = [
        reason.partition("because you played “")[2].partition("” by ")[0] for reason in reasons
    ]
    assert len(named) > 2_000
    assert set(named) <= names


def test_no_list_of_hetrec_shows_what_its_listener_has_played(hetrec):
    lists = hetrec.release("lists/recommendations.parquet").to_pandas()
    new = lists[lists["shelf"].isin(["for_you", "discover"])]
    (played,) = hetrec.folder.glob("lake/plays/*/*.parquet")
    heard = pq.read_table(played).to_pandas()
    assert new.merge(heard, on=["user_id", "track_id"]).empty
    again = lists[lists["shelf"] == "again"]
    assert len(again.merge(heard, on=["user_id", "track_id"])) == len(again)


def test_friends_and_tags_of_hetrec_are_in_the_lake(hetrec):
    (friends,) = hetrec.folder.glob("lake/friends/*.parquet")
    (genres,) = hetrec.folder.glob("lake/genres/*.parquet")
    assert pq.read_metadata(friends).num_rows == 25_434
    assert {"forró", "tropicália", "die Ärzte"} & set(pq.read_table(genres)["name"].to_pylist())


@pytest.mark.parametrize(
    ("file", "accounting"),
    [
        ("train.csv", (489_367, 488_248, 1_119, 0)),
        ("valid.csv", (58_277, 57_936, 341, 0)),
    ],
)
def test_every_row_of_nowplaying_is_accounted_for(nowplaying, file, accounting):
    assert nowplaying.accounting(file) == accounting


def test_nowplaying_is_learned_from_without_a_catalogue(nowplaying):
    report = nowplaying.report()["integration"]
    assert report["plays"] == 488_248 + 57_936
    assert (report["listeners"], report["played_tracks"]) == (56_511, 121_206)
    assert report["catalogue_tracks"] == 0


def test_the_second_halves_of_later_sessions_of_nowplaying_are_asked_for(nowplaying):
    assert nowplaying.status["holdout"]["kind"] == "sessions"
    exam = nowplaying.report()["exam"]
    assert (exam["listeners"], exam["listeners_examined"]) == (7_956, 7_403)
    assert exam["relevant"]["unheard"] == 27_212


@pytest.mark.parametrize("model", ["item_knn", "als"])
def test_on_nowplaying_what_is_learned_beats_popularity(nowplaying, model):
    assert nowplaying.ndcg(model)[0] > nowplaying.ndcg("popularity")[2]


def test_on_nowplaying_neighbours_are_ahead_of_factors(nowplaying):
    assert nowplaying.ndcg("item_knn")[0] > nowplaying.ndcg("als")[2]


def test_every_session_of_nowplaying_has_a_list_and_nothing_is_said_of_artists(nowplaying):
    assert nowplaying.status["listeners"]["total"] == 56_511
    assert nowplaying.status["recommendations"].get("discover", 0) == 0
    track = nowplaying.do("recommend", "48970", "--json").json["tracks"][0]
    assert track["reason_en"].startswith("because you played track ")

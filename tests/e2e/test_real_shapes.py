"""Data of the shapes that public sets have, through the whole job: counts without time, sessions."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rekomenda.settings import Settings, load_settings
from support.command import call, done
from support.repository import ROOT

pytestmark = pytest.mark.slow

HETREC = ROOT / "examples" / "real_data" / "hetrec.py"
LIFETIMES = """
[integrate]
bot_plays_per_day = 1_000_000
heavy_plays_per_day = 1_000_000
max_plays_per_day = 86_400
[evaluate]
n_resamples = 200
[recommend]
min_support = 3
[model.hyperparameters.als]
n_factors = 4
"""
SESSIONS = """
[ingest]
timezone = "UTC"
[evaluate]
holdout = "sessions"
holdout_days = 3
n_resamples = 200
[model]
algorithm = "item_knn"
"""


@pytest.mark.parametrize("file", sorted(HETREC.parent.glob("*.toml")), ids=lambda path: path.name)
def test_settings_that_come_with_the_examples_are_settings(file):
    assert load_settings(file=file, environment={}) != Settings()


def lines(path: Path, rows: list[tuple[object, ...]], encoding: str = "utf-8") -> None:
    """Write a file as HetRec's are: tab-separated, CRLF, quotes as they come."""
    text = "".join("\t".join(map(str, row)) + "\r\n" for row in rows)
    path.write_bytes(text.encode(encoding))


def raw_hetrec(folder: Path) -> int:
    """Write 120 listeners in two camps of 20 artists each; return how many counts there are."""
    folder.mkdir()
    draw = random.Random(5)
    counts = []
    for user in range(2, 122):
        camp = 100 * (user % 2)
        for artist in sorted(draw.sample(range(1, 21), 8)):
            counts.append((user, camp + artist, draw.choice([1, 40, 700, 352_698])))
    names = {n: f"Artist {n}" for n in (*range(1, 21), *range(101, 121))} | {7: 'Say "Olá", já'}
    lines(folder / "user_artists.dat", [("userID", "artistID", "weight"), *counts])
    lines(
        folder / "artists.dat",
        [("id", "name", "url", "pictureURL"), *((n, name, "u", "") for n, name in names.items())],
    )
    tags = [("tagID", "tagValue"), (9, "forró"), (10, "rock"), (11, "seen live")]
    lines(folder / "tags.dat", tags, "latin-1")
    when = (1, 4, 2009)
    taggings = [
        (2, 7, 10, *when),
        (3, 7, 9, *when),
        (4, 7, 9, *when),
        (2, 8, 10, *when),  # one each: rock is in wider use than seen live
        (3, 8, 11, *when),
        (2, 101, 10, *when),
        (2, 999, 9, *when),  # an artist nobody knows
    ]
    lines(
        folder / "user_taggedartists.dat",
        [("userID", "artistID", "tagID", "day", "month", "year"), *taggings],
    )
    lines(folder / "user_friends.dat", [("userID", "friendID"), (2, 3), (3, 2)])
    return len(counts)


@pytest.fixture(scope="module")
def lifetimes(tmp_path_factory) -> Path:
    """A home with a small HetRec, ingested and run; the number of counts stands in `counts`."""
    folder = tmp_path_factory.mktemp("lifetimes")
    (folder / "counts").write_text(str(raw_hetrec(folder / "raw")))
    (folder / "settings.toml").write_text(LIFETIMES)
    command = [sys.executable, str(HETREC), str(folder / "raw"), str(folder / "input")]
    subprocess.run(command, check=True, capture_output=True)
    at_home(folder, "ingest", folder / "input")
    at_home(folder, "run")
    return folder


def at_home(folder: Path, *arguments: object, language: str = "en"):
    where = ("--home", folder / "home", "--config", folder / "settings.toml")
    return done(*where, *arguments, language=language)


def test_counts_without_time_become_plays_of_one_day(lifetimes):
    lake = at_home(lifetimes, "status", "--json").json["lake"]
    counts = int((lifetimes / "counts").read_text())
    assert lake["rows_in"] == lake["loaded"] == counts + 40 + 40 + 3 + 2
    assert lake["first_day"] == lake["last_day"] == "2011-05-01"


def test_an_artists_genre_is_the_tag_that_most_gave_it(lifetimes):
    (path,) = lifetimes.glob("home/releases/*/catalogue/tracks.parquet")
    tracks = {row["track_id"]: row for row in pq.read_table(path).to_pylist()}
    assert tracks["7"]["title"] == 'Say "Olá", já'
    assert [tracks[name]["genre_id"] for name in ("7", "8", "101", "1")] == ["9", "10", "10", None]
    (genres,) = lifetimes.glob("home/lake/genres/*.parquet")
    assert "forró" in pq.read_table(genres)["name"].to_pylist()


def test_data_without_time_is_measured_at_random_and_says_what_leaks(lifetimes):
    status = at_home(lifetimes, "status", "--json").json
    assert status["holdout"]["kind"] == "random"
    shown = at_home(lifetimes, "status").out
    assert "NDCG@20 on tracks held back at random" in shown
    assert "Random holdout: this data has no time" in shown
    mostrado = at_home(lifetimes, "status", language="pt-BR").out
    assert "NDCG@20 em faixas reservadas ao acaso" in mostrado
    assert "estes dados não têm tempo" in mostrado


def test_counts_of_a_lifetime_are_learned_from_once_a_person_says_so(lifetimes):
    assert at_home(lifetimes, "recommend", "3", "--json").json["personalised"] is False
    at_home(lifetimes, "run", "--force", "--reason", "the list of listener 3 was looked at")
    status = at_home(lifetimes, "status", "--json").json
    ndcg = {
        row["algorithm"]: (row["low"], row["high"])
        for row in status["metrics"]
        if (row["task"], row["metric"], row["k"]) == ("unheard", "ndcg", 20)
    }
    for name in ("item_knn", "ease", "als"):
        assert ndcg[name][0] > ndcg["popularity"][1]
    odd = at_home(lifetimes, "recommend", "3", "--json").json["tracks"]
    assert all(int(track["track_id"]) > 100 for track in odd[:5])  # its own camp first


def log_of_sessions(path: Path) -> int:
    """Write 300 sessions of 6 tracks in a row from two rings of 30; return the number of plays."""
    draw = random.Random(8)
    start = date(2024, 5, 1).toordinal() - date(1970, 1, 1).toordinal()
    rows = ["session_id\titem_id\ttimestamp"]
    for session in range(300):
        at = (start + session // 30) * 86_400 + draw.randrange(3600, 70_000)
        ring, first = 100 * draw.randrange(2), draw.randrange(30)
        tracks = [ring + (first + step) % 30 for step in range(6)]
        rows += [f"s{session}\t{track}\t{at + 200 * n}" for n, track in enumerate(tracks)]
    path.write_text("\n".join(rows) + "\n")
    return len(rows) - 1


@pytest.fixture(scope="module")
def sessions(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sessions")
    (folder / "counts").write_text(str(log_of_sessions(folder / "log.csv")))
    (folder / "settings.toml").write_text(SESSIONS)
    at_home(folder, "ingest", folder / "log.csv")
    at_home(folder, "run")
    return folder


def test_a_log_of_sessions_needs_no_names_and_no_catalogue(sessions):
    status = at_home(sessions, "status", "--json").json
    assert status["lake"]["loaded"] == int((sessions / "counts").read_text())
    assert status["listeners"]["personalised"] == 300
    first = at_home(sessions, "recommend", "s7", "--json").json["tracks"][0]
    assert first["reason_en"].startswith("because you played track ")
    assert first["artist"] is None


def test_the_second_halves_of_later_sessions_are_what_is_measured(sessions):
    status = at_home(sessions, "status", "--json").json
    assert status["holdout"]["kind"] == "sessions"
    assert "the second halves of later sessions" in at_home(sessions, "status").out
    ndcg = {
        row["algorithm"]: row
        for row in status["metrics"]
        if (row["task"], row["metric"], row["k"]) == ("unheard", "ndcg", 20)
    }
    assert ndcg["item_knn"]["n_users"] == 90  # the 30 of each of the last three days
    assert ndcg["item_knn"]["low"] > ndcg["popularity"]["high"]


def test_sessions_need_a_cut_in_time(sessions, tmp_path):
    settings = tmp_path / "long.toml"
    settings.write_text(SESSIONS.replace("holdout_days = 3", "holdout_days = 30"))
    answer = call("--home", sessions / "home", "--config", settings, "run")
    assert answer.code == 65
    assert "set a smaller evaluate.holdout_days" in answer.err

"""Files in, explained and published recommendations out: the whole job, through the command line."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from support.command import call, done

pytestmark = pytest.mark.slow

LEARNED = ("popularity_genre", "item_knn", "ease", "als")
SMALL = ("--listeners", 900, "--tracks", 260, "--artists", 60, "--days", 30)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """A home with one small believable world, ingested and run."""
    folder = tmp_path_factory.mktemp("small")
    done("generate", "--out", folder / "world", *SMALL)
    done("--home", folder / "home", "ingest", folder / "world")
    done("--home", folder / "home", "run")
    return folder


@pytest.fixture
def home(small, tmp_path) -> Path:
    """A copy of that home that a test may change; a home can be moved as a whole."""
    return shutil.copytree(small / "home", tmp_path / "home")


def status(home):
    return done("--home", home, "status", "--json").json


def intervals(answer, task="unheard", metric="ndcg", k=20):
    return {
        row["algorithm"]: (row["low"], row["value"], row["high"])
        for row in answer["metrics"]
        if (row["task"], row["metric"], row["k"]) == (task, metric, k)
    }


def listeners_of(home, n=40):
    lists = pq.read_table(next(home.glob("releases/*/lists/recommendations.parquet")))
    return [user for user in lists["user_id"].unique().to_pylist() if user is not None][:n]


def test_status_says_what_is_served_how_good_it_is_and_that_the_warehouse_agrees(home):
    answer = status(home)
    assert answer["run_id"].startswith("20240630-")
    assert answer["as_of"] == "2024-06-30"
    shelves = {"for_you", "again", "discover", "explore", "fresh"}
    assert set(answer["recommendations"]) == shelves
    assert answer["gate"]["decision"] == "publish"
    assert answer["reconciliation"]["lagging"] is False
    assert set(answer["reconciliation"]["differences"].values()) == {0}
    assert answer["reconciliation"]["rows"]["recommendations"] == sum(
        answer["recommendations"].values()
    )
    for low, value, high in intervals(answer).values():
        assert low <= value <= high


def test_every_input_row_is_accounted_for(home):
    lake = status(home)["lake"]
    assert lake["rows_in"] == lake["loaded"] + lake["quarantined"] + lake["deduplicated"]
    assert lake["rows_in"] > 10_000


def test_the_same_numbers_stand_on_the_screen_in_both_languages(home):
    answer = status(home)
    shown = done("--home", home, "status").out
    mostrado = done("--home", home, "status", language="pt-BR").out
    _, value, _ = intervals(answer)[answer["algorithm"]]
    assert f"{value:.4f} (" in shown
    assert f"{value:.4f} (".replace(".", ",") in mostrado
    assert "30/06/2024" in mostrado
    assert answer["run_id"] in shown


def test_shelves_keep_their_word(small, home):
    """Compared with the plays as they were generated, not with anything the product made."""
    heard: dict[str, set[str]] = {}
    with (small / "world" / "plays.csv").open(encoding="utf-8") as file:
        next(file)
        for line in file:
            _, user, track, _ = line.rstrip("\n").split(",")
            heard.setdefault(user, set()).add(track)
    artist_of = {}
    tracks = (small / "world" / "tracks.csv").read_text(encoding="utf-8").splitlines()
    columns = tracks[0].split(",")
    for line in tracks[1:]:
        row = dict(zip(columns, line.split(","), strict=True))
        artist_of[row["id_tracks"]] = row["id_artist"]
    for user in listeners_of(home, 25):
        lists = {
            shelf: done("--home", home, "recommend", user, "--shelf", shelf, "--json").json[
                "tracks"
            ]
            for shelf in ("for_you", "again", "discover", "explore", "fresh")
        }
        known = heard.get(user, set())
        artists = {artist_of[track] for track in known if track in artist_of}
        assert lists["for_you"], user
        for shelf in ("for_you", "discover", "explore", "fresh"):
            assert not {row["track_id"] for row in lists[shelf]} & known
        new = [row["track_id"] for s in ("discover", "explore", "fresh") for row in lists[s]]
        assert len(new) == len(set(new)), user
        assert {row["track_id"] for row in lists["again"]} <= known
        assert not {artist_of[row["track_id"]] for row in lists["discover"]} & artists
        for rows in lists.values():
            assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
            assert all(row["reason_pt"] and row["reason_en"] for row in rows)
            by_artist = [artist_of[row["track_id"]] for row in rows]
            assert max(map(by_artist.count, by_artist), default=0) <= 3


def test_a_reason_names_a_track_that_the_listener_played_and_explain_agrees(home):
    user = listeners_of(home)[3]
    row = done("--home", home, "recommend", user, "--json").json["tracks"][0]
    assert row["reason_kind"] == "played"
    told = done("--home", home, "explain", user, row["track_id"], "--json").json
    largest = told["contributions"][0]
    assert largest["track_id"] == row["reason_id"]
    assert told["additive"] is True
    assert sum(part["amount"] for part in told["contributions"]) == pytest.approx(
        told["score"], rel=1e-4
    )
    assert told["score"] == pytest.approx(row["score"], rel=1e-4)
    assert (
        "porque você ouviu"
        in done("--home", home, "explain", user, row["track_id"], language="pt-BR").out
    )


def test_somebody_unknown_gets_what_is_popular_and_is_told_so(home):
    answer = done("--home", home, "recommend", "nobody-at-all", "--json").json
    assert answer["personalised"] is False
    assert len(answer["tracks"]) == 20
    assert "No history of this listener" in done("--home", home, "recommend", "nobody-at-all").out


def test_a_track_or_listener_that_is_not_there_is_a_usage_error_in_words(home):
    user = listeners_of(home)[0]
    answer = call("--home", home, "explain", user, "no-such-track")
    assert (answer.code, "no-such-track" in answer.err) == (2, True)
    answer = call("--home", home, "explain", "no-such-listener", "x", language="pt-BR")
    assert (answer.code, "O ouvinte" in answer.err) == (2, True)


def test_running_again_changes_nothing(home):
    before = status(home)
    files = {path: path.stat().st_mtime_ns for path in home.glob("releases/**/*") if path.is_file()}
    answer = done("--home", home, "run", "--json").json
    assert answer["decision"] == "unchanged"
    assert answer["content_hash"] == before["content_hash"]
    assert files == {
        path: path.stat().st_mtime_ns for path in home.glob("releases/**/*") if path.is_file()
    }


def test_a_run_from_the_same_files_elsewhere_has_the_same_content(small, tmp_path):
    done("--home", tmp_path / "home", "ingest", small / "world")
    answer = done("--home", tmp_path / "home", "run", "--json").json
    assert answer["content_hash"] == status(small / "home")["content_hash"]


def test_a_worse_candidate_is_refused_and_the_served_release_stays(home):
    before = status(home)
    answer = call("--home", home, "run", "--algorithm", "random")
    assert answer.code == 3
    assert before["run_id"] in answer.err
    after = status(home)
    assert after["run_id"] == before["run_id"]
    assert after["last_attempt"]["decision"] == "refused"
    said = after["last_attempt"]["gate"]["reasons"][0]
    assert "not proven ahead of popularity" in said["en"]
    assert said["pt-BR"] in done("--home", home, "status", language="pt-BR").out
    assert (
        'rekomenda_gate_check{check="beats_popularity"} 0.0'
        in (home / "metrics" / "rekomenda.prom").read_text()
    )


def test_rollback_serves_the_release_before_and_a_rerun_leaves_it_so(home, monkeypatch):
    first = status(home)
    monkeypatch.setenv("REKOMENDA_RECOMMEND__AGAIN", "7")
    second = done("--home", home, "run", "--json").json
    assert second["decision"] == "published"
    assert second["run_id"] != first["run_id"]
    done("--home", home, "rollback")
    assert status(home)["run_id"] == first["run_id"]
    assert status(home)["reconciliation"]["warehouse_run"] == first["run_id"]
    rerun = done("--home", home, "run", "--json").json
    assert (rerun["decision"], rerun["run_id"]) == ("unchanged", first["run_id"])
    done("--home", home, "rollback", "--to", second["run_id"])
    assert status(home)["run_id"] == second["run_id"]


def test_a_release_of_an_earlier_day_is_kept_and_not_served(home):
    before = status(home)
    answer = done("--home", home, "run", "--as-of", "2024-06-23", "--json").json
    assert answer["decision"] == "kept"
    assert answer["run_id"] == before["run_id"]
    kept = {release["run_id"]: release["served"] for release in answer["releases"]}
    assert sorted(kept.values()) == [False, True]


def test_the_warehouse_can_be_thrown_away_and_made_again(home):
    before = status(home)
    shutil.rmtree(home / "warehouse")
    assert status(home)["reconciliation"]["lagging"] is True
    assert call("--home", home, "doctor").code == 1
    done("--home", home, "rebuild")
    assert status(home)["reconciliation"]["rows"] == before["reconciliation"]["rows"]
    assert call("--home", home, "doctor").code == 0


def test_everybodys_lists_are_handed_over_as_parquet_and_json_lines(home, tmp_path):
    rows = sum(status(home)["recommendations"].values())
    done("--home", home, "recommend", "--all", "--out", tmp_path / "lists.parquet")
    lists = pq.read_table(tmp_path / "lists.parquet")
    assert lists.num_rows == rows
    assert {"user_id", "shelf", "rank", "track_id", "title", "artist"} <= set(lists.column_names)
    done("--home", home, "recommend", "--all", "--out", tmp_path / "lists.jsonl")
    with (tmp_path / "lists.jsonl").open(encoding="utf-8") as file:
        assert sum(1 for _ in file) == rows
    answer = call("--home", home, "recommend", "--all", "--out", tmp_path / "lists.xlsx")
    assert (answer.code, ".parquet" in answer.err) == (2, True)


def test_without_plays_or_releases_the_way_on_is_said(tmp_path):
    answer = call("--home", tmp_path / "new", "run")
    assert (answer.code, "rekomenda ingest" in answer.err) == (65, True)
    answer = call("--home", tmp_path / "new", "recommend", "u", language="pt-BR")
    assert (answer.code, "`rekomenda run`" in answer.err) == (69, True)


def test_b77_a_catalogue_that_shares_no_track_with_the_plays_stops_the_run(tmp_path):
    (tmp_path / "plays.csv").write_text(
        "id_date,user_id,id_tracks,plays\n"
        + "".join(f"2024-06-{d:02},u{d},00{d},2\n" for d in range(1, 20))
    )
    (tmp_path / "tracks.csv").write_text(
        "id_artist,id_tracks,id_genre\n" + "".join(f"a{d},{d},1\n" for d in range(1, 20))
    )
    home = tmp_path / "home"
    done("--home", home, "ingest", tmp_path / "plays.csv", tmp_path / "tracks.csv")
    answer = call("--home", home, "run", language="pt-BR")
    assert answer.code == 65
    assert "Zeros à esquerda" in answer.err
    assert "001" in answer.err
    assert call("--home", home, "run", "--json").json["error"]["code"] == "E_NO_OVERLAP"
    after = status(home)
    assert after["run_id"] is None
    assert after["last_attempt"]["decision"] == "failed"
    assert after["last_attempt"]["error"]["code"] == "E_NO_OVERLAP"
    assert "Última" in done("--home", home, "status", language="pt-BR").out
    metrics = (home / "metrics" / "rekomenda.prom").read_text()
    assert 'rekomenda_last_attempt_timestamp_seconds{command="run"}' in metrics
    assert 'rekomenda_last_success_timestamp_seconds{command="run"}' not in metrics
    assert 'rekomenda_last_success_timestamp_seconds{command="ingest"}' in metrics


def test_a_run_that_died_before_it_could_say_so_is_recorded_by_the_next(home):
    shutil.rmtree(home / "attempts")
    assert status(home)["reconciliation"]["differences"] is None
    assert done("--home", home, "run", "--json").json["decision"] == "unchanged"
    after = status(home)
    assert set(after["reconciliation"]["differences"].values()) == {0}
    assert after["last_attempt"]["decision"] == "published"


def test_on_a_believable_world_every_learned_model_beats_popularity(tmp_path):
    done(
        "generate", "--out", tmp_path / "w", "--listeners", 4000, "--tracks", 1500, "--artists", 200
    )
    done("--home", tmp_path / "h", "ingest", tmp_path / "w")
    answer = done("--home", tmp_path / "h", "run", "--json").json
    found = intervals(answer)
    for algorithm in LEARNED:
        assert found[algorithm][0] > found["popularity"][2], algorithm
    assert found["popularity"][0] > found["random"][2]
    assert answer["algorithm"] in {"blend", "ranked_blend"}
    assert found[answer["algorithm"]][1] >= max(found[algorithm][1] for algorithm in LEARNED)


def test_on_uniform_noise_nothing_beats_popularity_and_popularity_is_published(tmp_path):
    noise = ("--shape", "original", "--listeners", 2500, "--tracks", 1500, "--artists", 200)
    done("generate", "--out", tmp_path / "w", *noise)
    done("--home", tmp_path / "h", "ingest", tmp_path / "w", "--on-overlap", "sum")
    answer = done("--home", tmp_path / "h", "run", "--json").json
    found = intervals(answer)
    for algorithm in (*LEARNED, "popularity_recent", "popularity_region"):
        assert found[algorithm][0] <= found["popularity"][2], algorithm
    assert answer["algorithm"] == "popularity"
    assert answer["gate"]["decision"] == "publish"
    assert "popularity" in done("--home", tmp_path / "h", "status").out


def reasons_of(told):
    return {each["shelf"]: (each["rank"], each["reason"]["en"]) for each in told["listed"]}


@pytest.mark.parametrize("shelf", ["for_you", "again", "discover", "explore", "fresh"])
def test_explain_gives_the_reason_that_stands_on_the_shelf(home, shelf):
    """Compared with the published rows, place by place, in both languages."""
    for user in listeners_of(home, 40):
        rows = done("--home", home, "recommend", user, "--shelf", shelf, "--json").json["tracks"]
        if len(rows) > 2:
            break
    row = rows[2]
    told = done("--home", home, "explain", user, row["track_id"], "--json").json
    assert reasons_of(told)[shelf] == (3, row["reason_en"])
    said = done("--home", home, "explain", user, row["track_id"]).out
    assert f"On `{shelf}`, place 3: {row['reason_en']}." in said
    dito = done("--home", home, "explain", user, row["track_id"], language="pt-BR").out
    assert f"Em `{shelf}`, lugar 3: {row['reason_pt']}." in dito


def test_explain_says_when_a_track_is_on_no_list(home):
    user = listeners_of(home)[3]
    lists = pq.read_table(next(home.glob("releases/*/lists/recommendations.parquet"))).to_pylist()
    listed = {row["track_id"] for row in lists if row["user_id"] == user}
    track = next(row["track_id"] for row in lists if row["track_id"] not in listed)
    told = done("--home", home, "explain", user, track, "--json").json
    assert told["listed"] == []
    assert "On none of this listener's lists" in done("--home", home, "explain", user, track).out


def test_explain_tells_somebody_without_plays_of_their_popular_list(home):
    path = next(home.glob("releases/*/strangers.parquet"))
    user = pq.read_table(path)["user_id"][0].as_py()
    row = done("--home", home, "recommend", user, "--json").json["tracks"][1]
    told = done("--home", home, "explain", user, row["track_id"], "--json").json
    assert reasons_of(told) == {"for_you": (2, row["reason_en"])}
    assert (told["score"], told["contributions"]) == (None, [])
    said = done("--home", home, "explain", user, row["track_id"]).out
    assert "no plays by this listener" in said

"""Data sets that are odd as a whole (B70 to B78): a run says so, and everybody has a list or a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from support.command import Answer, call, done

QUICK = {
    "REKOMENDA_MODEL__ALGORITHM": "item_knn",
    "REKOMENDA_MODEL__COMPARE": '["popularity"]',
    "REKOMENDA_EVALUATE__N_RESAMPLES": "100",
    "REKOMENDA_GATE__REHEARSAL_LISTENERS": "0",
    "REKOMENDA_INTEGRATE__THREADS": "1",
}
DAYS = [f"2024-01-{day:02d}" for day in range(1, 15)]
World = Callable[..., Path]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def world(tmp_path) -> World:
    """Load plays and tracks; return the home."""

    def load(plays: Iterable[str], tracks: Iterable[str], home: str = "home") -> Path:
        header = "id_artist,id_tracks,id_genre,released_on"
        tracks = [row + "," * (3 - row.count(",")) for row in tracks]
        (tmp_path / "tracks.csv").write_text("\n".join([header, *tracks]) + "\n")
        (tmp_path / "plays.csv").write_text(
            "\n".join(["id_date,user_id,id_tracks,plays", *plays]) + "\n"
        )
        paths = (tmp_path / "plays.csv", tmp_path / "tracks.csv")
        done("--home", tmp_path / home, "ingest", *paths)
        return tmp_path / home

    return load


def tracks(n: int, artists: int = 3) -> list[str]:
    return [f"a{track % artists},t{track},g{track % 2}" for track in range(n)]


def some_plays(plays: int | None = None) -> list[str]:
    """Return plays of 12 listeners, who know five or so of nine tracks each, on 14 days."""
    return [
        f"{day},u{user},t{(user * 5 + n * (user % 3 + 1)) % 9},{plays or 1 + n % 2}"
        for n, day in enumerate(DAYS)
        for user in range(12)
    ]


def run(home: Path) -> Answer:
    answer = call("--home", home, "run", language="en")
    assert answer.code == 0, answer.err
    assert "nan%" not in answer.err + answer.out
    return answer


def shelves(home: Path) -> dict[tuple[str, str], list[str]]:
    """Return everybody's lists: tracks in order, by listener and shelf."""
    path = home.parent / "lists.parquet"
    done("--home", home, "recommend", "--all", "--out", path)
    found: dict[tuple[str, str], list[str]] = {}
    for row in pq.read_table(path).sort_by("rank").to_pylist():
        found.setdefault((row["user_id"], row["shelf"]), []).append(row["track_id"])
        assert row["reason_en"]
        assert row["reason_pt"]
    for listed in found.values():
        assert len(set(listed)) == len(listed)
    return found


def test_b70_one_listener_gets_popular_lists_until_a_person_says_otherwise(world):
    home = world([f"{day},u0,t{n * 3 % 9},{1 + n % 3}" for n, day in enumerate(DAYS)], tracks(9))
    answer = run(home)
    assert "one listener only" in answer.err
    assert "Not measurable: 0 listeners can be measured" in answer.out
    gate = done("--home", home, "status", "--json").json["gate"]
    assert (gate["level"], gate["standing"]) == ("manual", "unproven")
    lists = shelves(home)
    assert sorted(lists["u0", "again"]) == ["t0", "t3", "t6"]
    assert ("u0", "for_you") not in lists
    shown = done("--home", home, "recommend", "u0", language="en")
    assert "nothing is left that it may hold" in shown.out + shown.err
    stranger = done("--home", home, "recommend", "somebody-else", "--json").json
    assert stranger["tracks"]
    assert not stranger["personalised"]
    forced = done("--home", home, "run", "--force", "--reason", "I am that listener", "--json")
    assert forced.json["decision"] == "published"
    assert done("--home", home, "status", "--json").json["gate"]["standing"] == "forced"


def test_b71_one_track_makes_lists_of_one_and_one_artist_lists_of_the_cap(world):
    home = world([f"{d},u{u},t0,{1 + u % 3}" for d in DAYS for u in range(12)], tracks(1))
    run(home)
    assert {tuple(listed) for listed in shelves(home).values()} == {("t0",)}


def test_b71_one_artist_has_as_many_tracks_in_a_list_as_an_artist_may(world):
    home = world(some_plays(), tracks(9, artists=1))
    answer = run(home)
    assert "100% of the plays are of one artist" in answer.err
    assert max(len(listed) for listed in shelves(home).values()) == 3


def test_b72_equal_counts_are_told_and_ties_are_broken_alike_each_time(world):
    plays = [
        f"{DAYS[u % 3]},u{u},t{(u * 5 + k * (u % 3 + 1)) % 9},1"
        for u in range(12)
        for k in range(3)
    ]
    first, second = world(plays, tracks(9)), world(reversed(plays), tracks(9), home="second")
    assert "play counts hold no signal of preference" in run(first).err
    run(second)
    assert shelves(first) == shelves(second)


def test_b73_who_heard_everything_hears_again_and_is_told_why_there_is_nothing_new(world):
    plays = [
        f"{day},u{user},t{(user + n) % 5},{1 + (user + n) % 4}"
        for n, day in enumerate(DAYS)
        for user in range(12)
    ]
    home = world(plays, tracks(5))
    run(home)
    lists = shelves(home)
    assert all(len(lists[f"u{user}", "again"]) == 5 for user in range(12))
    shown = done("--home", home, "recommend", "u3", language="pt-BR")
    assert "Nada nesta lista" in shown.out + shown.err


def test_b73_a_track_that_nobody_plays_does_not_keep_a_release_back(world):
    """Found by B70: whoever heard all that anybody plays was taken for not being served."""
    plays = [f"{day},u{u},t{(u + n) % 5},1" for n, day in enumerate(DAYS) for u in range(12)]
    run(world(plays, tracks(8)))


def test_b74_newcomers_get_what_is_popular_and_new_tracks_are_on_a_shelf(world):
    home = world(some_plays(), [*tracks(9), "a0,new,g0,2024-01-12"])
    run(home)
    lists = shelves(home)
    assert any("new" in listed for (_, shelf), listed in lists.items() if shelf == "fresh")
    newcomer = done("--home", home, "recommend", "nobody-yet", "--json").json
    assert len(newcomer["tracks"]) > 3
    assert not newcomer["personalised"]


def test_b75_one_day_is_split_at_random_and_the_screen_says_what_that_means(world):
    plays = [f"2024-01-01,u{u},t{u * k % 9},{1 + u % 3}" for u in range(30) for k in range(1, 5)]
    home = world(plays, tracks(9))
    answer = run(home)
    assert "Random holdout" in answer.out
    assert "Not measurable: the days of the plays allow no cut in time" in answer.out
    shown = done("--home", home, "recommend", "u3", "--json").json
    assert shown["tracks"]
    assert not shown["personalised"]


def test_b75_a_gap_of_ten_days_leaves_a_cut_in_time(world):
    days = dict(zip(DAYS, [*DAYS[:4], *(f"2024-01-{d}" for d in range(16, 26))], strict=True))
    late = [days[row[:10]] + row[10:] for row in some_plays()]
    answer = run(world(late, tracks(9)))
    assert "on the days held back" in answer.out


def test_b76_a_listener_with_most_plays_is_told_of_and_does_not_own_the_lists(world):
    boss = [f"{day},boss,t{track},40" for day in DAYS for track in range(9)]
    home = world([*some_plays(), *boss], [f"{'star' if n < 6 else 'b'},t{n},g" for n in range(9)])
    answer = run(home)
    assert "% of the plays are of one listener" in answer.err
    assert "% of the plays are of one artist" in answer.err
    artist_of = {f"t{n}": "star" if n < 6 else "b" for n in range(9)}
    for (_, shelf), listed in shelves(home).items():
        if shelf != "again":
            assert Counter(artist_of[track] for track in listed)["star"] <= 3


def test_b77_ids_that_lost_their_zeros_stop_a_run_with_examples_of_both(world):
    home = world(
        [row.replace(",t", ",7") for row in some_plays()], [f"a,00{n},g" for n in range(9)]
    )
    answer = call("--home", home, "run", language="pt-BR")
    assert answer.code == 65
    for words in ("Nenhuma das 9 faixas", "70, 71, 72", "000, 001, 002", "Zeros à esquerda"):
        assert words in answer.err


def test_b78_who_lost_all_their_tracks_still_has_lists(world):
    plays = [*some_plays(), *(f"{day},lone,gone{n % 3},2" for n, day in enumerate(DAYS))]
    home = world(plays, tracks(9))
    run(home)
    lists = shelves(home)
    assert lists["lone", "for_you"]
    assert not any(track.startswith("gone") for listed in lists.values() for track in listed)

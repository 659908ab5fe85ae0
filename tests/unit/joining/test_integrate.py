"""One crooked world, worked by hand, through every table of the integration."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.errors import NoDataError, NoOverlapError
from rekomenda.joining.integrate import Integrated, integrate, last_complete_day
from rekomenda.settings import IntegrateSettings
from support.lake_parts import day, plays, write_plays, write_table

AS_OF = day(11)
OPTIONS = IntegrateSettings(
    half_life_days=5,
    max_plays_per_day=3,
    heavy_plays_per_day=8,
    bot_plays_per_day=20,
)
# damp: 1 play 1000, 2 plays 1585, 3 or more 2000. decay on day 11: day 11 1000, day 10 871,
# day 6 500, day 1 250. On day 6 (the cut): day 6 1000, day 1 500.


@pytest.fixture(scope="module")
def engine(tmp_path_factory) -> EmbeddedEngine:
    return EmbeddedEngine(tmp_path_factory.mktemp("spill"), memory_limit="200MB", threads=1)


def crooked_world(lake: Path) -> dict[str, list[Path]]:
    """Four listeners and a bot; a track nobody catalogued; a catalogue that was corrected once."""
    listened = [
        plays(1, "zé", "t2", 2),
        plays(6, "zé", "t2", 5),
        plays(6, "ana", "0010", 1),
        plays(10, "ana", "t2", 1),
        plays(11, "ana", "ghost", 1),
        plays(10, "bot-1", "t2", 21),
        plays(11, "bot-1", "only-bot", 1),
        plays(11, "heavy", "t2", 6),
        plays(11, "heavy", "t1", 3),
        plays(12, "later", "t1", 1),  # after the as-of day: not there yet
    ]
    first = [
        {"track_id": "t1", "artist_id": "wrong", "genre_id": "g9", "title": "Old title"},
        {"track_id": "t2", "artist_id": "a2", "genre_id": "g1", "version_of": "t1"},
        {"track_id": "t2", "artist_id": "a1", "genre_id": "g2"},  # B50: given away twice
        {"track_id": "0010", "artist_id": "a3", "title": "Zero"},
    ]
    newer = [
        {
            "track_id": "t1",
            "artist_id": "a1",
            "genre_id": "g1",
            "title": "Água",
            "released_on": day(3),
            "duration_ms": 180_000,
            "cover_url": "https://example.org/c.jpg",
            "play_url": "https://example.org/p",
        },
        {"track_id": "quiet", "artist_id": "a1"},
    ]
    artists = [
        {"artist_id": "a1", "name": "Banda Um", "region": "PE", "feature_1": 0.5, "feature_3": 2.0},
        {"artist_id": "a1", "name": "second line", "region": "SP"},
        {"artist_id": "a2", "name": "Dois", "feature_1": -1.0},
        {"artist_id": "silent", "name": "No tracks", "region": "BA"},
    ]
    users = [
        {"user_id": "ana", "region": "PB", "birth_year": 1990},
        {"user_id": "never", "region": "PE"},
    ]
    genres = [{"genre_id": "g1", "name": "forró"}, {"genre_id": "g7", "name": "arrocha"}]
    blocked = [
        {"kind": "track", "id": "quiet", "until": day(11)},
        {"kind": "track", "id": "t1", "until": day(10)},
        {"kind": "artist", "id": "a3"},
    ]
    return {
        "plays": write_plays(lake, listened),
        "tracks": [write_table(lake, "tracks", first), write_table(lake, "tracks", newer)],
        "artists": [write_table(lake, "artists", artists)],
        "users": [write_table(lake, "users", users)],
        "genres": [write_table(lake, "genres", genres)],
        "blocked": [write_table(lake, "blocked", blocked)],
    }


@pytest.fixture
def parts(tmp_path) -> dict[str, list[Path]]:
    return crooked_world(tmp_path / "lake")


@pytest.fixture(scope="module")
def world(engine, tmp_path_factory) -> Integrated:
    home = tmp_path_factory.mktemp("home")
    parts = crooked_world(home / "lake")
    return integrate(engine, parts, home=home, as_of=AS_OF, cut=day(6), options=OPTIONS)


def cells(interactions) -> dict[tuple[str, str], tuple[float, int, int, int]]:
    """Return (weight, plays, first, last day of June) by listener and track."""
    h = interactions.histories
    users = interactions.users.take(h.users_of_cells).to_pylist()
    tracks = interactions.items.take(h.items).to_pylist()
    june = int(np.datetime64("2024-05-31").astype(int))
    numbers = zip(h.weights, h.plays, h.first_day - june, h.last_day - june, strict=True)
    return {
        (user, track): (pytest.approx(float(w), abs=1e-6), int(n), int(a), int(b))
        for user, track, (w, n, a, b) in zip(users, tracks, numbers, strict=True)
    }


def test_users_are_everybody_who_played_and_is_no_bot(world):
    assert world.data.interactions.users.ids.to_pylist() == ["ana", "heavy", "zé"]


def test_items_are_every_track_that_plays_or_catalogue_name(world):
    expected = ["0010", "ghost", "only-bot", "quiet", "t1", "t2"]
    assert world.data.interactions.items.ids.to_pylist() == expected
    assert world.catalogue.items is world.data.interactions.items


def test_weights_are_damped_decayed_and_on_heavy_days_capped(world):
    assert cells(world.data.interactions) == {
        ("ana", "0010"): (0.5, 1, 6, 6),
        ("ana", "ghost"): (1.0, 1, 11, 11),
        ("ana", "t2"): (0.871, 1, 10, 10),
        # 9 plays on day 11 weigh like 8: 2 000 000 * 8 / 9, rounded down
        ("heavy", "t1"): (1.777777, 3, 11, 11),
        ("heavy", "t2"): (1.777777, 6, 11, 11),
        # 2 plays at a quarter and 5, counted as 3, at a half
        ("zé", "t2"): (0.25 * 1.585 + 0.5 * 2, 7, 1, 6),
    }
    assert world.data.as_of_day == 19_885  # 2024-06-11


def test_the_matrix_at_the_cut_knows_nothing_of_later_plays(world):
    assert world.at_cut is not None
    assert cells(world.at_cut.interactions) == {
        ("ana", "0010"): (1.0, 1, 6, 6),
        ("zé", "t2"): (0.5 * 1.585 + 2, 7, 1, 6),
    }
    assert world.at_cut.as_of_day == 19_880
    assert world.at_cut.catalogue is world.catalogue
    assert len(world.at_cut.interactions.histories) == 3  # "heavy" came later: an empty row
    assert world.at_cut.interactions.items is world.catalogue.items


def test_the_holdout_is_the_plays_after_the_cut_without_bots(world):
    assert world.holdout is not None
    assert {key: cell[1:] for key, cell in cells(world.holdout).items()} == {
        ("ana", "ghost"): (1, 11, 11),
        ("ana", "t2"): (1, 10, 10),
        ("heavy", "t1"): (3, 11, 11),
        ("heavy", "t2"): (6, 11, 11),
    }


def test_without_a_cut_nothing_is_held_out(engine, parts, tmp_path):
    whole = integrate(engine, parts, home=tmp_path, as_of=AS_OF, options=OPTIONS)
    assert whole.at_cut is None
    assert whole.holdout is None
    assert whole.report.holdout_listeners == 0


def test_the_newest_file_names_a_track_and_in_a_file_the_first_line(world):
    catalogue = world.catalogue
    assert catalogue.artists.take(catalogue.artist_of).to_pylist() == [
        "a3",
        None,
        None,
        "a1",
        "a1",
        "a2",
    ]
    genres = [catalogue.genres.ids[i].as_py() if i >= 0 else None for i in catalogue.genre_of]
    assert genres == [None, None, None, None, "g1", "g1"]
    assert catalogue.titles.to_pylist() == ["Zero", None, None, None, "Água", None]


def test_tracks_that_only_plays_know_are_kept_but_not_listed(world):
    assert world.catalogue.listed.tolist() == [True, False, False, True, True, True]


def test_a_block_holds_through_its_last_day_and_an_artist_takes_all_their_tracks_along(world):
    assert world.catalogue.blocked.tolist() == [True, False, False, True, False, False]


def test_a_newer_file_lifts_a_block(engine, parts, tmp_path):
    lifted = [{"kind": "artist", "id": "a3", "until": day(2)}]
    parts["blocked"].append(write_table(tmp_path / "lake", "blocked", lifted))
    catalogue = integrate(engine, parts, home=tmp_path, as_of=AS_OF).catalogue
    assert catalogue.blocked.tolist() == [False, False, False, True, False, False]


def test_the_rest_of_the_catalogue_comes_through(world):
    catalogue = world.catalogue
    assert catalogue.released_day.tolist() == [-1, -1, -1, -1, 19_877, -1]
    assert catalogue.song_of.tolist() == [0, 1, 2, 3, 4, 4]  # t2 is a version of t1
    assert catalogue.artists.ids.to_pylist() == ["a1", "a2", "a3", "silent"]
    assert catalogue.artist_names.to_pylist() == ["Banda Um", "Dois", None, "No tracks"]
    assert catalogue.genres.ids.to_pylist() == ["g1", "g2", "g7"]
    assert catalogue.genre_names.to_pylist() == ["forró", None, "arrocha"]
    assert catalogue.regions.ids.to_pylist() == ["BA", "PB", "PE"]
    assert catalogue.region_of_artist.tolist() == [2, -1, -1, 0]
    nan = np.nan
    features = [[0.5, 2.0], [-1.0, nan], [nan, nan], [nan, nan]]  # columns 1 and 3 hold something
    np.testing.assert_array_equal(catalogue.features, np.array(features, np.float32))
    assert catalogue.details is not None
    assert catalogue.details.slice(4, 1).to_pylist() == [
        {
            "duration_ms": 180_000,
            "cover_url": "https://example.org/c.jpg",
            "play_url": "https://example.org/p",
        }
    ]


def test_regions_of_users_are_numbers_of_the_catalogue(world):
    assert world.data.interactions.histories.region.tolist() == [1, -1, -1]


def test_listeners_are_everybody_whom_plays_or_their_file_name(world):
    columns = world.listeners.to_pydict()
    assert columns == {
        "user_id": ["ana", "bot-1", "heavy", "never", "zé"],
        "region": ["PB", None, None, "PE", None],
        "birth_year": [1990, None, None, None, None],
        "plays": [3, 22, 9, 0, 7],
        "n_tracks": [3, 2, 2, 0, 1],
        "bot": [False, True, False, False, False],
        "heavy": [False, False, True, False, False],
        "first_day": [day(6), day(10), day(11), None, day(1)],
        "last_day": [day(11), day(11), day(11), None, day(6)],
    }


def test_daily_plays_are_complete_and_bots_stand_apart(world):
    rows = world.plays_daily.to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        (day(1), "t2", 2, 1, 0),
        (day(6), "0010", 1, 1, 0),
        (day(6), "t2", 5, 1, 0),
        (day(10), "t2", 1, 1, 21),
        (day(11), "ghost", 1, 1, 0),
        (day(11), "only-bot", 0, 0, 1),
        (day(11), "t1", 3, 1, 0),
        (day(11), "t2", 6, 1, 0),
    ]
    assert world.plays_daily.column_names == ["day", "track_id", "plays", "listeners", "bot_plays"]


def test_days_count_people_once_and_bots_apart(world):
    assert world.days.to_pydict() == {
        "day": [day(1), day(6), day(10), day(11)],
        "plays": [2, 6, 1, 10],
        "listeners": [1, 2, 1, 2],
        "tracks": [1, 2, 1, 3],
        "bot_plays": [0, 0, 21, 1],
    }


def test_the_report_counts_what_was_found(world):
    report = world.report
    assert (report.first_day, report.last_day) == (day(1), day(11))
    assert (report.plays, report.listeners) == (41, 3)
    assert (report.bots, report.bot_plays, report.heavy_listeners) == (1, 22, 1)
    assert (report.played_tracks, report.catalogue_tracks) == (5, 4)
    assert (report.unmatched_tracks, report.unmatched_plays) == (2, 2)
    assert (report.disputed_tracks, report.shared_tracks) == (1, 1)
    assert report.tracks_without_genre == 2
    assert report.artists_without_features == 2
    assert report.blocked_tracks == 2
    assert (report.holdout_listeners, report.holdout_newcomers) == (2, 1)


@pytest.mark.parametrize(
    ("n", "bot", "heavy"),
    [(8, False, False), (9, False, True), (20, False, True), (21, True, False)],
)
def test_flags_start_over_their_limits_not_at_them(engine, tmp_path, n, bot, heavy):
    parts = {
        "plays": write_plays(tmp_path / "lake", [plays(1, "u", "a", n - 1), plays(1, "u", "b")])
    }
    found = integrate(engine, parts, home=tmp_path, as_of=day(1), options=OPTIONS).listeners
    assert (found["bot"].to_pylist(), found["heavy"].to_pylist()) == ([bot], [heavy])


def test_several_parts_and_single_plays_of_a_day_are_added_up_before_damping(engine, tmp_path):
    lake = tmp_path / "lake"
    moments = [datetime(2024, 6, 2, hour, tzinfo=UTC) for hour in (12, 13)]
    parts = {
        "plays": [
            *write_plays(lake, [plays(1, "u", "t", 1)]),
            *write_plays(lake, [plays(1, "u", "t", 2)]),
            *write_plays(lake, [{**plays(2, "u", "t"), "played_at": at} for at in moments]),
        ]
    }
    found = integrate(engine, parts, home=tmp_path, as_of=day(2), options=OPTIONS)
    # 3 plays on day 1 (2000) at an age of 1 day (871), 2 plays on day 2 (1585)
    assert cells(found.data.interactions) == {("u", "t"): (2 * 0.871 + 1.585, 5, 1, 2)}
    assert found.plays_daily["listeners"].to_pylist() == [1, 1]


def test_the_order_of_plays_is_told_by_moments_where_there_are_and_by_days_elsewhere(
    engine, tmp_path
):
    def at(when: int, hour: int, user: str, track: str) -> dict:
        return {**plays(when, user, track), "played_at": datetime(2024, 6, when, hour, tzinfo=UTC)}

    lake = tmp_path / "lake"
    parts = {
        "plays": [
            *write_plays(lake, [at(1, 9, "u", "a"), at(2, 8, "u", "b"), at(2, 7, "u", "c")]),
            *write_plays(lake, [at(2, 8, "u", "b"), at(2, 9, "u", "c"), at(3, 1, "u", "d")]),
            *write_plays(lake, [at(4, 9, "v", "a"), plays(4, "v", "b"), at(4, 8, "v", "c")]),
            *write_plays(lake, [at(4, 9, "w", "a"), at(4, 8, "w", "b"), plays(4, "w", "b")]),
            *write_plays(lake, [at(5, 1, "u", "a"), plays(5, "x", "b"), plays(3, "x", "a")]),
        ]
    }
    found = integrate(engine, parts, home=tmp_path, as_of=day(5), cut=day(4))

    def places(interactions) -> dict[str, dict[str, int]]:
        histories = interactions.histories
        found: dict[str, dict[str, int]] = {}
        users = interactions.users.take(histories.users_of_cells).to_pylist()
        tracks = interactions.items.take(histories.items).to_pylist()
        for user, track, place in zip(users, tracks, histories.order.tolist(), strict=True):
            found.setdefault(user, {})[track] = place
        return found

    assert places(found.data.interactions) == {
        "u": {"b": 0, "c": 1, "d": 2, "a": 3},
        "v": {"a": 0, "b": 0, "c": 0},  # when b was played that day, nobody knows
        "w": {"a": 0, "b": 0},
        "x": {"a": 0, "b": 1},
    }
    # What came after the cut changes nothing before it.
    assert places(found.at_cut.interactions)["u"] == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert places(found.at_cut.interactions)["x"] == {"a": 0}


@pytest.mark.parametrize("threads", [1, 2])
def test_b53_a_play_that_several_logs_hold_counts_once(engine, tmp_path, threads):
    lake = tmp_path / "lake"

    def play(when: int, user: str, minute: int, n: int = 1) -> dict:
        at = datetime(2024, 6, when, 12, minute, tzinfo=UTC)
        return {**plays(when, user, "t", n), "played_at": at}

    files = [
        [play(1, "u", 0), play(1, "u", 1), play(2, "u", 0)],
        [play(1, "u", 1), play(1, "u", 2), play(1, "v", 1), play(1, "u", 1, n=2)],
        [play(1, "v", 1), play(1, "u", 1), play(3, "u", 0)],
        [plays(1, "u", "t", 3), plays(2, "u", "t", 1)],  # totals beside them are no repeats
        [plays(1, "u", "t", 3)],
    ]
    parts = {"plays": [path for rows in files for path in write_plays(lake, rows)]}
    engine = EmbeddedEngine(engine.temp_directory, memory_limit="200MB", threads=threads)
    found = integrate(engine, parts, home=tmp_path, as_of=day(3))
    # u on day 1: minutes 0, 1 and 2, the two plays of minute 1, and 3 + 3; on day 2 1 + 1
    assert [tuple(row.values()) for row in found.plays_daily.to_pylist()] == [
        (day(1), "t", 12, 2, 0),
        (day(2), "t", 2, 1, 0),
        (day(3), "t", 1, 1, 0),
    ]
    assert {key: cell[1] for key, cell in cells(found.data.interactions).items()} == {
        ("u", "t"): 14,
        ("v", "t"): 1,
    }
    assert found.report.plays == 15


def test_plays_alone_are_enough_and_then_every_track_is_listed(engine, tmp_path):
    parts = {"plays": write_plays(tmp_path / "lake", [plays(1, "u", "b"), plays(1, "u", "a", 2)])}
    found = integrate(engine, parts, home=tmp_path, as_of=day(1))
    assert found.catalogue.listed.tolist() == [True, True]
    assert found.catalogue.features.shape == (0, 0)
    assert found.catalogue.artist_of.tolist() == [-1, -1]
    assert found.report.unmatched_plays == 3


def test_numbers_follow_the_bytes_of_the_ids(engine, tmp_path):
    names = ["é", "e\u0301", "z", "Z", "🎵", "ﬀ", "10", "9", "", "a b", "A"]
    parts = {"plays": write_plays(tmp_path / "lake", [plays(1, n, n) for n in names])}
    found = integrate(engine, parts, home=tmp_path, as_of=day(1)).data.interactions
    expected = sorted(names, key=lambda name: name.encode())
    assert found.users.ids.to_pylist() == expected
    assert found.items.ids.to_pylist() == expected
    np.testing.assert_array_equal(found.histories.items, np.arange(len(names)))


def test_plays_are_matched_when_a_later_catalogue_names_their_track(engine, parts, tmp_path):
    late = [{"track_id": "ghost", "artist_id": "a9"}]
    parts["tracks"].append(write_table(tmp_path / "lake", "tracks", late))
    catalogue = integrate(engine, parts, home=tmp_path, as_of=AS_OF).catalogue
    ghost = int(catalogue.items.index_of(["ghost"])[0])
    assert catalogue.listed[ghost]
    assert catalogue.artists[catalogue.artist_of[ghost]] == "a9"


def test_a_catalogue_without_any_played_track_stops_the_run(engine, tmp_path):
    lake = tmp_path / "lake"
    parts = {
        "plays": write_plays(lake, [plays(1, "u", "12"), plays(1, "u", "7")]),
        "tracks": [write_table(lake, "tracks", [{"track_id": "0012", "artist_id": "a"}])],
    }
    with pytest.raises(NoOverlapError) as caught:
        integrate(engine, parts, home=tmp_path, as_of=day(1))
    assert caught.value.facts == {"plays": 2, "tracks": 1, "play_ids": "12, 7", "track_ids": "0012"}


@pytest.mark.parametrize("rows", [[], [plays(5, "u", "t")]], ids=["none", "only later ones"])
def test_no_plays_up_to_the_day_is_said(engine, tmp_path, rows):
    parts = {"plays": write_plays(tmp_path / "lake", rows)}
    with pytest.raises(NoDataError, match="2024-06-04"):
        integrate(engine, parts, home=tmp_path, as_of=day(4))


def test_a_column_that_older_parts_lack_is_empty_there(engine, parts, tmp_path):
    old = parts["tracks"][0]
    pq.write_table(pq.read_table(old).drop_columns(["title"]), old)
    catalogue = integrate(engine, parts, home=tmp_path, as_of=AS_OF).catalogue
    assert catalogue.titles.to_pylist() == [None, None, None, None, "Água", None]


def test_the_last_complete_day_is_before_today():
    days = [day(3), day(1), day(2)]
    assert last_complete_day(days, today=day(3)) == day(2)
    assert last_complete_day(days, today=day(9)) == day(3)
    assert last_complete_day([day(3)], today=day(3)) == day(3)
    assert last_complete_day([], today=day(3)) is None


def test_the_number_of_threads_does_not_show(engine, parts, tmp_path):
    one, two = (
        integrate(
            EmbeddedEngine(engine.temp_directory, memory_limit="200MB", threads=threads),
            parts,
            home=tmp_path,
            as_of=AS_OF,
            cut=day(6),
            options=OPTIONS,
        )
        for threads in (1, 2)
    )
    for name in ("listeners", "plays_daily", "days"):
        left, right = getattr(one, name), getattr(two, name)
        assert isinstance(left, pa.Table)
        assert left.equals(right)
    for name in ("indptr", "items", "weights", "plays", "first_day", "last_day", "region"):
        left = getattr(one.data.interactions.histories, name)
        np.testing.assert_array_equal(left, getattr(two.data.interactions.histories, name))

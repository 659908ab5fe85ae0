"""A generated world is what was asked for, is the same each time, and looks like listening."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from rekomenda.data.world.generate import World, generate_world
from rekomenda.data.world.spec import WorldSpec
from rekomenda.domain.schema import INPUTS
from rekomenda.errors import WorldSizeError

TINY = {"listeners": 30, "tracks": 40, "artists": 12, "days": 21}
FESTIVE = {"forro", "xote", "pe-de-serra", "quadrilha"}


@pytest.fixture(scope="module")
def world() -> World:
    """Big enough for shares to settle, small enough to be made in a moment."""
    return generate_world(WorldSpec.of(listeners=3000, tracks=1500, artists=200, days=60, seed=11))


@pytest.fixture(scope="module")
def plays(world) -> pd.DataFrame:
    """The plays with what the catalogue says of the track."""
    tracks = world.tables["tracks"].to_pandas()[
        ["id_tracks", "id_artist", "id_genre", "released_on"]
    ]
    plays = world.tables["plays"].to_pandas().astype({"user_id": str, "id_tracks": str})
    plays["day"] = pd.to_datetime(plays["id_date"])
    plays["in_day"] = plays.groupby(["user_id", "day"])["plays"].transform("sum")
    return plays.merge(tracks, how="left", on="id_tracks")


@pytest.fixture(scope="module")
def human(plays) -> pd.DataFrame:
    """Without bots and obsessive days."""
    return plays[plays["in_day"] < 500]


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    one, same, other = (generate_world(WorldSpec.of(**TINY, seed=seed)) for seed in (5, 5, 6))
    assert all(table.equals(same.tables[name]) for name, table in one.tables.items())
    np.testing.assert_array_equal(one.truth.preference(), same.truth.preference())
    assert not one.tables["plays"].equals(other.tables["plays"])
    assert not one.tables["tracks"].equals(other.tables["tracks"])


def test_sizes_are_as_asked(world, human):
    spec, tables = world.spec, world.tables
    assert (
        tables["users"].num_rows
        == spec.listeners
        == len(set(tables["users"]["user_id"].to_pylist()))
    )
    assert (
        tables["tracks"].num_rows
        == spec.tracks
        == len(set(tables["tracks"]["id_tracks"].to_pylist()))
    )
    assert (
        tables["artists"].num_rows
        == spec.artists
        == len(set(tables["tracks"]["id_artist"].to_pylist()))
    )
    assert (human["id_date"].min(), human["id_date"].max()) == (date(2024, 5, 2), date(2024, 6, 30))
    # 3,000 listeners x 60 days x 5/3 by people; what the day filter takes with the obsessed is little
    assert 299_000 < human["plays"].sum() <= 300_000 + 5_000


def test_a_given_number_of_plays_is_met_exactly_where_nobody_is_odd():
    world = generate_world(WorldSpec.of(listeners=19, tracks=23, artists=7, days=9, plays=777))
    assert world.tables["plays"]["plays"].to_numpy().sum() == 777


def test_tables_have_the_services_spellings_and_every_input(world):
    assert set(world.tables) == set(INPUTS) - {"dials"}  # nobody in a made world turns a dial
    for name, table in world.tables.items():
        accepted = {
            spelling.lower()
            for column in INPUTS[name].columns
            for spelling in (column.name, *column.aliases)
        }
        assert {column.lower() for column in table.column_names} <= accepted, name
    assert world.tables["plays"].column_names == ["id_date", "user_id", "id_tracks", "plays"]
    assert world.tables["artists"].column_names[-1] == "Feature10"


def test_each_listener_track_and_day_comes_once_in_order_and_with_a_play(plays):
    assert not plays.duplicated(["id_date", "user_id", "id_tracks"]).any()
    assert plays["id_date"].is_monotonic_increasing
    assert plays["plays"].min() >= 1


def test_every_played_id_is_known_but_for_the_planned_share(world, plays):
    assert set(plays["user_id"]) <= set(world.tables["users"]["user_id"].to_pylist())
    unknown = plays["id_artist"].isna()
    assert 0.006 < unknown.mean() < 0.025
    assert plays.loc[unknown, "id_tracks"].nunique() <= 15  # 1 % of 1,500


def test_nothing_is_played_before_it_is_released_and_some_is_new(plays):
    known = plays.dropna(subset=["released_on"])
    assert (known["released_on"] <= known["id_date"]).all()
    assert (known["released_on"] >= date(2024, 6, 23)).any()  # cold when the last week is held out


def test_popularity_has_a_long_tail(human):
    by_track = human.groupby("id_tracks")["plays"].sum().sort_values(ascending=False)
    head = by_track.head(300).sum() / by_track.sum()  # 20 % of 1,500 tracks
    assert 0.65 < head < 0.88
    assert by_track.iloc[0] / by_track.sum() < 0.1


def test_weekends_are_busier(human):
    by_day = human.groupby("day")["plays"].sum()
    weekend = by_day.index.day_of_week >= 4
    assert 1.3 < by_day[weekend].mean() / by_day[~weekend].mean() < 1.75


def test_june_is_the_month_of_forro(human):
    festive = human["id_genre"].isin(FESTIVE)
    in_party = (human["day"] >= "2024-06-12") & (human["day"] < "2024-06-30")
    in_may = human["day"] < "2024-06-01"
    share = [
        human["plays"][days & festive].sum() / human["plays"][days].sum()
        for days in (in_may, in_party)
    ]
    assert share[1] > 1.15 * share[0]


def test_versions_are_of_an_older_original_by_the_same_artist(world):
    tracks = world.tables["tracks"].to_pandas().set_index("id_tracks")
    versions = tracks.dropna(subset=["version_of"])
    originals = tracks.loc[versions["version_of"]]
    assert len(versions) > 50
    assert originals["version_of"].isna().all()
    assert (originals["id_artist"].to_numpy() == versions["id_artist"].to_numpy()).all()
    pairs = zip(versions["title"], originals["title"], strict=True)
    assert all(version.startswith(original + " (") for version, original in pairs)
    assert (versions["released_on"].to_numpy() >= originals["released_on"].to_numpy()).all()


def test_bots_obsessed_silent_and_cold_listeners_are_among_them(world, plays):
    in_day = plays.drop_duplicates(["user_id", "day"])["in_day"]
    assert (in_day > 15_000).sum() == 3  # one bot for 3,000 listeners, three days
    assert ((in_day > 500) & (in_day < 2_000)).any()
    total = plays.groupby("user_id")["plays"].sum()
    assert 3_000 - len(total) >= 60  # 2 % never play
    assert 0.05 < (total <= 3).mean() < 0.15


def test_people_come_back_to_what_they_know_and_go_on_finding_new(human):
    last_week = human["day"] > "2024-06-23"
    before = set(zip(human["user_id"][~last_week], human["id_tracks"][~last_week], strict=True))
    pairs = human[last_week].drop_duplicates(["user_id", "id_tracks"])
    known = np.array(
        [pair in before for pair in zip(pairs["user_id"], pairs["id_tracks"], strict=True)]
    )
    assert 0.3 < known.mean() < 0.75


def test_names_are_distinct_and_need_no_quotes(world):
    for table, column in (("artists", "name"), ("tracks", "title")):
        names = world.tables[table][column].to_pylist()
        assert len(set(names)) == len(names)
        assert not any(set(name) & set(',;"\n\t') for name in names)


def test_friends_share_taste_and_place(world):
    users = world.tables["users"].to_pandas().set_index("user_id")["region"]
    friends = world.tables["friends"].to_pandas()
    assert (friends["user_id"] != friends["friend_id"]).all()
    assert not friends.duplicated().any()
    left, right = users[friends["user_id"]].to_numpy(), users[friends["friend_id"]].to_numpy()
    by_chance = (users.value_counts(normalize=True) ** 2).sum()
    assert (left == right).mean() > 3 * by_chance


def test_likes_and_blocks_name_what_exists(world):
    ids = {
        "track": set(world.tables["tracks"]["id_tracks"].to_pylist()),
        "artist": set(world.tables["artists"]["id_artist"].to_pylist()),
        "genre": set(world.tables["genres"]["id_genre"].to_pylist()),
    }
    likes = world.tables["likes"].to_pylist()
    assert all(like["id"] in ids[like["kind"]] for like in likes)
    assert {like["kind"] for like in likes} == set(ids)
    blocked = world.tables["blocked"].to_pylist()
    assert blocked
    assert all(block["id"] in ids[block["kind"]] for block in blocked)


def test_genres_name_a_parent_that_is_a_genre(world):
    genres = world.tables["genres"].to_pylist()
    assert {genre["parent"] for genre in genres} - {None} <= {genre["id_genre"] for genre in genres}
    assert set(world.tables["tracks"]["id_genre"].to_pylist()) <= {
        genre["id_genre"] for genre in genres
    }


def test_features_tell_the_genre_and_some_artists_have_none(world):
    artists = world.tables["artists"].to_pandas()
    tracks = world.tables["tracks"].to_pandas()
    silent = artists["Feature1"].isna()
    assert silent.sum() == 8  # 4 % of 200
    assert (
        artists.loc[silent, [f"Feature{number}" for number in range(1, 11)]].isna().all(axis=None)
    )
    genre = tracks.groupby("id_artist")["id_genre"].agg(lambda genres: genres.mode().iloc[0])
    known = artists[~silent]
    feature = known["Feature1"].astype(float)
    within = feature.groupby(genre[known["id_artist"]].to_numpy()).transform("mean")
    assert within.var() / feature.var() > 0.4  # by chance 22 of 191: 0.12


def test_one_listener_drifts_only_so_far_as_groups_allow(world):
    weights = world.truth.group_weights
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, rtol=1e-5)
    drifted = weights[:, -1] > 0
    assert 0.25 < drifted.mean() < 0.35


@pytest.mark.parametrize("seed", range(4))
def test_tiny_worlds_are_well_formed(seed):
    world = generate_world(WorldSpec.of(**TINY, seed=seed))
    sizes = {name: table.num_rows for name, table in world.tables.items()}
    assert (sizes["users"], sizes["tracks"], sizes["artists"]) == (30, 40, 12)
    assert all(sizes.values())
    assert len(set(world.tables["plays"]["id_date"].to_pylist())) == 21
    np.testing.assert_allclose(world.truth.preference().sum(axis=1), 1.0, rtol=1e-4)


def test_the_smallest_world_can_be_made():
    world = generate_world(WorldSpec.of(listeners=5, tracks=5, artists=2, days=2, plays=5))
    assert world.tables["plays"]["plays"].to_numpy().sum() == 5


@pytest.mark.parametrize(
    ("sizes", "name"),
    [
        ({"listeners": 4}, "listeners"),
        ({"tracks": 10**9}, "tracks"),
        ({"artists": 50, "tracks": 49}, "artists"),
        ({"days": 1}, "days"),
        ({"seed": -1}, "seed"),
        ({"listeners": 5_000_000, "days": 3_650}, "plays"),
        ({"shape": "original", "plays": 7}, "plays"),
    ],
)
def test_sizes_that_cannot_be_are_refused_in_both_languages(sizes, name):
    with pytest.raises(WorldSizeError) as refused:
        WorldSpec.of(**sizes)
    assert refused.value.exit_code == 2
    assert f"{name} = " in refused.value.message("en")
    assert f"{name} = " in refused.value.message("pt-BR")


def test_progress_ends_at_the_whole():
    seen: list[tuple[int, int]] = []
    generate_world(WorldSpec.of(**TINY, plays=600), lambda done, total: seen.append((done, total)))
    assert seen[-1] == (600, 600)

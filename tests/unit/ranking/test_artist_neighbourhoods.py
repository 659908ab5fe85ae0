"""Where no genre says who is alike, artists that the same people play are one neighbourhood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.recommendations import Shelf
from rekomenda.ranking.artist_neighbourhoods import ArtistNeighbourhoods
from rekomenda.ranking.lists import ListMaker
from rekomenda.ranking.shelves import ShelfRules
from support.fitted_fakes import LinearFake, PopularFake

SCENES, ARTISTS, TRACKS = 8, 5, 2
"""Eight scenes of five artists of two tracks; the artist of a track is not its number over two."""
N_ARTISTS = SCENES * ARTISTS
N_TRACKS = N_ARTISTS * TRACKS
ARTIST_OF = (np.arange(N_TRACKS) * 7 % N_ARTISTS).astype(np.int32)
SCENE_OF = np.arange(N_ARTISTS) * 3 % SCENES
N_USERS = 240


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    names = IdMap.of([f"a{a:02}" for a in range(N_ARTISTS)])
    items = IdMap.of([f"t{i:03}" for i in range(N_TRACKS)])
    return Catalogue.bare(items, artists=names, artist_names=names.ids, artist_of=ARTIST_OF)


@pytest.fixture(scope="module")
def interactions(catalogue) -> Interactions:
    """Everybody plays most of one scene, some of the next and now and then anything."""
    rng = np.random.default_rng(5)
    home = np.arange(N_USERS) % SCENES
    scene = SCENE_OF[ARTIST_OF]
    chance = np.full((N_USERS, N_TRACKS), 0.02)
    chance[scene == home[:, None]] = 0.7
    chance[scene == (home[:, None] + 1) % SCENES] = 0.25
    users, items = np.nonzero(rng.random(chance.shape) < chance)
    plays = rng.integers(1, 20, len(users))
    histories = Histories.from_cells(
        users, items, n_users=N_USERS, n_items=N_TRACKS, plays=plays, weights=np.sqrt(plays)
    )
    return Interactions(IdMap.of([f"u{u:03}" for u in range(N_USERS)]), catalogue.items, histories)


@pytest.fixture(scope="module")
def near(catalogue, interactions) -> ArtistNeighbourhoods:
    return ArtistNeighbourhoods.of(interactions.histories, catalogue)


def test_artists_of_one_neighbourhood_are_played_by_the_same_people(near):
    for group in range(near.n_groups):
        assert len(set(SCENE_OF[near.group_of == group])) <= 2  # six groups for eight scenes
    of_scene = [set(near.group_of[scene == SCENE_OF].tolist()) for scene in range(SCENES)]
    assert all(len(groups) == 1 for groups in of_scene)


def test_artists_that_hardly_anybody_plays_are_in_none(catalogue, interactions):
    histories = interactions.histories
    rare = ARTIST_OF[histories.items] == 3
    kept = ~rare | (np.cumsum(rare) <= 4)
    fewer = Histories.from_cells(
        histories.users_of_cells[kept],
        histories.items[kept],
        n_users=N_USERS,
        n_items=N_TRACKS,
    )
    found = ArtistNeighbourhoods.of(fewer, catalogue)
    assert np.flatnonzero(found.group_of < 0).tolist() == [3]


def test_the_lift_of_two_artists_is_the_count_of_people_against_chance(near, interactions):
    fans = [
        set(interactions.histories.users_of_cells[ARTIST_OF[interactions.histories.items] == a])
        for a in range(N_ARTISTS)
    ]
    first = np.array([[0, 7, -1], [12, 3, 5]], np.int32)
    second = np.array([[8, 2, 4], [12, -1, 6]], np.int32)
    expected = [
        0.0
        if min(a, b) < 0
        else (len(fans[a] & fans[b]) + 10) / (len(fans[a]) * len(fans[b]) / N_USERS + 10)
        for a, b in zip(first.ravel(), second.ravel(), strict=True)
    ]
    assert near.lift(first, second).ravel() == pytest.approx(expected, rel=1e-6)


def test_a_neighbourhood_is_led_by_the_artist_whose_tracks_weigh_most(near, interactions):
    one = interactions.histories.rows(slice(17, 18))
    groups = np.arange(-1, near.n_groups, dtype=np.int32)[None]
    artists = ARTIST_OF[one.items]
    expected = [-1]
    for group in range(near.n_groups):
        weights = {
            artist: one.weights[artists == artist].sum()
            for artist in sorted(set(artists.tolist()))
            if near.group_of[artist] == group
        }
        expected.append(max(weights, key=lambda artist: weights[artist], default=-1))
    assert near.leading(one, groups)[0].tolist() == expected


def test_explore_leaves_the_listener_s_neighbourhoods_and_names_an_artist_of_theirs(
    catalogue, interactions, near
):
    maker = ListMaker(
        model=LinearFake(np.random.default_rng(1).random((N_TRACKS,) * 2).astype(np.float32)),
        interactions=interactions,
        catalogue=catalogue,
        fallback=PopularFake(np.arange(N_TRACKS, dtype=np.float32)),
        shelves={Shelf.EXPLORE: 6},
        max_per_artist=1,
        min_support=1,
        n_candidates=40,
        as_of_day=-1,
    )
    rows = pa.Table.from_batches(maker.batches()).to_pylist()
    histories, of = (
        interactions.histories,
        dict(zip(catalogue.items.ids.to_pylist(), ARTIST_OF, strict=True)),
    )
    index = {f"u{u:03}": u for u in range(N_USERS)}
    heard = [set(ARTIST_OF[histories.rows(slice(u, u + 1)).items].tolist()) for u in range(N_USERS)]
    assert len(rows) > 3 * N_USERS
    steps = 0
    for row in rows:
        user, artist = index[row["user_id"]], of[row["track_id"]]
        one = histories.rows(slice(user, user + 1))
        groups = near.group_of[ARTIST_OF[one.items]]
        weights = np.bincount(groups, one.weights, minlength=near.n_groups)
        most = np.argsort(-weights, kind="stable")[:3]
        assert near.group_of[artist] not in most[weights[most] > 0]
        assert artist not in heard[user]
        if row["reason_kind"] == "artist_listeners":
            assert int(row["reason_id"][1:]) in heard[user]
            steps += 1
    assert steps > 0


def test_one_genre_is_enough_for_genres_to_count_and_without_artists_there_is_nothing(
    catalogue, interactions
):
    genre_of = np.full(N_TRACKS, -1, np.int32)
    genre_of[5] = 1
    ids = IdMap.of(["g0", "g1"])
    tagged = replace(catalogue, genres=ids, genre_names=ids.ids, genre_of=genre_of)
    rules = ShelfRules.of(tagged, interactions.histories)
    assert rules.graph.neighbourhoods is None
    assert (len(rules.graph.lift), rules.graph.genre_ids.tolist()) == (1, [1])
    unknown = replace(catalogue, artist_of=np.full(N_TRACKS, -1, np.int32))
    rules = ShelfRules.of(unknown, interactions.histories)
    eligible = rules.eligible_for(Shelf.EXPLORE, interactions.histories)
    assert eligible.hidden.all()


def test_without_any_artist_there_is_no_neighbourhood_to_step_from():
    nobody = Catalogue.bare(IdMap.of(["a", "b", "c"]))
    played = Histories.from_cells([0, 1], [2, 0], n_users=2, n_items=3)
    near = ArtistNeighbourhoods.of(played, nobody)
    assert near.leading(played, np.array([[-1, 0], [0, -1]], np.int32)).tolist() == [[-1, -1]] * 2

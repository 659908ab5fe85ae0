"""Making a world: the parts in their order, each with its own stream of random numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from rekomenda.data.world.catalogue import Music, make_music, make_sounds
from rekomenda.data.world.listeners import People, make_people
from rekomenda.data.world.original import make_original
from rekomenda.data.world.plays import Advance, make_plays, n_missing
from rekomenda.data.world.seasons import make_seasons
from rekomenda.data.world.social import blocked_table, friends_table, likes_table
from rekomenda.data.world.spec import WorldSpec
from rekomenda.data.world.tables import (
    Ids,
    artists_table,
    genres_table,
    make_ids,
    plays_table,
    tracks_table,
    users_table,
)
from rekomenda.data.world.taste import Attraction, attraction, make_groups
from rekomenda.data.world.truth import Truth


@dataclass(frozen=True, eq=False)
class World:
    """A world in memory.

    Parameters
    ----------
    spec : WorldSpec
    tables : dict of str to pyarrow.Table
        By the names of `domain.schema.INPUTS`, in the spellings of the files. The original
        shape has plays, tracks and artists only.
    truth : Truth
        Never among the inputs.
    """

    spec: WorldSpec
    tables: dict[str, pa.Table]
    truth: Truth


def generate_world(spec: WorldSpec, advance: Advance = lambda _done, _total: None) -> World:
    """Make a world.

    Parameters
    ----------
    spec : WorldSpec
    advance : callable(done, total)
        Told how many plays are made, of how many.
    """
    if spec.shape == "original":
        tables, truth = make_original(spec, np.random.default_rng(spec.seed))
        return World(spec, tables, truth)
    return _believable(spec, advance)


def _believable(spec: WorldSpec, advance: Advance) -> World:
    # A stream a part: a change in one leaves the others as they were.
    streams = iter(np.random.default_rng(spec.seed).spawn(12))
    seasons = make_seasons(spec.first_day, spec.days, next(streams))
    sounds = make_sounds(next(streams))
    music = make_music(spec, sounds, seasons.fridays, next(streams))
    groups = make_groups(music, next(streams))
    people = make_people(spec, groups, next(streams))
    plays = make_plays(
        people=people,
        music=music,
        groups=groups,
        seasons=seasons,
        rng=next(streams),
        advance=advance,
    )
    n_ids = spec.tracks + n_missing(spec.tracks)
    ids = make_ids(spec.listeners, spec.artists, n_ids, next(streams))
    first = spec.first_day
    tables = {
        "plays": plays_table(plays, ids, first),
        "tracks": tracks_table(music, ids, first, next(streams)),
        "artists": artists_table(music, ids, next(streams)),
        "users": users_table(people, ids),
        "genres": genres_table(),
        "likes": likes_table(
            people=people, music=music, groups=groups, plays=plays, ids=ids, rng=next(streams)
        ),
        "friends": friends_table(people, ids, next(streams)),
        "blocked": blocked_table(music, ids, first, spec.days, next(streams)),
    }
    last = attraction(groups, music, seasons.spans[-1])
    return World(spec, tables, _truth(people, music, ids, last))


def _truth(people: People, music: Music, ids: Ids, last: Attraction) -> Truth:
    """Set down what everybody likes in the last season."""
    sums = np.bincount(music.track_artist, weights=last.track_weights)
    return Truth(
        user_ids=ids.users,
        track_ids=ids.tracks[: len(music.track_artist)],
        groups=people.groups.astype(np.int32),
        group_weights=people.end_weights.astype(np.float32),
        favourites=people.favourites.astype(np.int32),
        favourite_weights=people.favourite_weights.astype(np.float32),
        favourite_share=people.favourite_share.astype(np.float32),
        festive_share=last.festive_share,
        group_artists=last.group_artists.astype(np.float32),
        track_artist=music.track_artist.astype(np.int32),
        track_share=(last.track_weights / sums[music.track_artist]).astype(np.float32),
    )

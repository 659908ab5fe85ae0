"""What a ranker is told: counted again by hand, one candidate at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_worlds import AS_OF, crooked_world, numbered
from rekomenda.models.ranker.features import FEATURES, LONGEST, Facts

NAMES = list(FEATURES)


@pytest.fixture(scope="module")
def data():
    """The crooked world with four artists, of two regions and of none, and days of release."""
    world = crooked_world()
    catalogue = replace(
        world.catalogue,
        artists=numbered("a", 4),
        artist_of=np.array([0, 0, 1, 2, 2, -1, 3, 3, 1], np.int32),
        region_of_artist=np.array([1, 0, -1, 1], np.int32),
        released_day=np.array(
            [-1, AS_OF - 9, AS_OF, AS_OF + 5, AS_OF - 900, 5, -1, 1, 2], np.int32
        ),
    )
    return replace(world, catalogue=catalogue)


CANDIDATES = np.array(
    [[8, 2, 5], [4, 6, -1], [0, 1, 8], [1, 4, 7], [2, 8, 5], [0, 3, 6], [3, 1, 5], [1, 8, 4]],
    np.int32,
)
SCORES = (np.arange(24).reshape(8, 3)[:, ::-1] / 8).astype(np.float32)


def by_hand(data, user: int, item: int) -> dict[str, float]:
    """Everything but score and place, with loops."""
    h, c = data.interactions.histories, data.catalogue
    cells = [
        (int(u), int(i), float(w), int(first), int(last))
        for u, i, w, first, last in zip(
            h.users_of_cells, h.items, h.weights, h.first_day, h.last_day, strict=True
        )
    ]
    likes = [cell for cell in cells if cell[2] > 0]
    people = len({u for u, *_ in likes})
    own = [cell for cell in cells if cell[0] == user]

    def fame(track):
        return np.log((sum(i == track for _, i, *_ in likes) + 0.5) / people)

    of_item = [cell for cell in likes if cell[1] == item]
    artist, genre = c.artist_of[item], c.genre_of[item]
    of_artist = [cell for cell in likes if artist >= 0 and c.artist_of[cell[1]] == artist]
    mine = [cell for cell in own if artist >= 0 and c.artist_of[cell[1]] == artist]
    in_genre = [cell for cell in own if genre >= 0 and c.genre_of[cell[1]] == genre]
    heard = sum(w for _, _, w, *_ in own) + 2
    region = h.region[user]
    local = [cell for cell in likes if region >= 0 and h.region[cell[0]] == region]
    part = len(of_item) / len(likes)
    prior = 100 * part + 0.5
    lift = np.log((sum(i == item for _, i, *_ in local) + prior) / (len(local) * part + prior))
    home = c.region_of_artist[artist] if artist >= 0 else -1
    released = c.released_day[item]
    mainstream = np.mean([fame(i) for _, i, *_ in own]) if own else 0.0
    count = max(len(own), 1)
    return {
        "popularity": fame(item),
        "trend": sum(AS_OF - last < 14 for *_, last in of_item) / (len(of_item) + 2),
        "newcomers": sum(AS_OF - first < 14 for *_, first, _ in of_item) / (len(of_item) + 2),
        "age": -1 if released < 0 else min(max(AS_OF - released, 0), LONGEST),
        "first_heard": max((AS_OF - first for *_, first, _ in of_item), default=-1),
        "artist_popularity": np.log((len(of_artist) + 0.5) / people),
        "region": lift if region >= 0 else 0.0,
        "artist_near": float(home == region) if home >= 0 and region >= 0 else -1.0,
        "artist_part": sum(w for _, _, w, *_ in mine) / heard,
        "artist_tracks": np.log1p(len(mine)),
        "artist_rest": min((AS_OF - last for *_, last in mine), default=LONGEST),
        "genre_part": sum(w for _, _, w, *_ in in_genre) / heard,
        "fame_gap": fame(item) - mainstream,
        "activity": np.log1p(len(own)),
        "rest": min((AS_OF - last for *_, last in own), default=LONGEST),
        "mainstream": mainstream,
        "curiosity": sum(AS_OF - first < 14 for *_, first, _ in own) / count,
        "artists": len({a for _, i, *_ in own if (a := c.artist_of[i]) >= 0}) / count,
    }


def test_every_feature_is_what_counting_by_hand_gives(data):
    found = Facts.of(data).features(data.interactions.histories, CANDIDATES, SCORES)
    assert found.shape == (8, 3, len(NAMES))
    assert found.dtype == np.float32
    for user, row in enumerate(CANDIDATES):
        for place, item in enumerate(row):
            if item < 0:
                continue
            wanted = by_hand(data, user, int(item))
            wanted |= {"score": SCORES[user, place], "place": np.log1p(place)}
            mine = dict(zip(NAMES, found[user, place].tolist(), strict=True))
            assert mine == pytest.approx(wanted, rel=1e-5, abs=1e-6), (user, item)


def test_no_candidate_and_no_time_give_numbers_too(data):
    timeless = replace(data, as_of_day=-1)
    for world in (data, timeless):
        found = Facts.of(world).features(world.interactions.histories, CANDIDATES, SCORES)
        assert np.isfinite(found).all()


def test_a_listener_is_told_the_same_whoever_else_is_asked_for(data):
    facts, everybody = Facts.of(data), data.interactions.histories
    together = facts.features(everybody, CANDIDATES, SCORES)
    for user in range(8):
        few = slice(user, user + 1)
        alone = facts.features(everybody.rows(few), CANDIDATES[few], SCORES[few])
        np.testing.assert_array_equal(alone, together[few])


def test_facts_are_made_again_from_their_arrays(data):
    facts = Facts.of(data)
    again = Facts.restore(facts.arrays())
    histories = data.interactions.histories
    np.testing.assert_array_equal(
        again.features(histories, CANDIDATES, SCORES), facts.features(histories, CANDIDATES, SCORES)
    )
    assert again.as_of_day == AS_OF

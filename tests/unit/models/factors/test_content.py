"""Content places tracks by what is known of them, each step checked against plain loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_worlds import AS_OF, crooked_world, numbered
from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.models import ReasonKind
from rekomenda.domain.training import TrainingData
from rekomenda.models.factors.attributes import attributes_of
from rekomenda.models.factors.content import Content
from rekomenda.models.factors.release_lift import release_lift

NAN = np.nan
ARTIST_OF = [0, 0, 1, 1, 2, -1, 2, 0, 1]
RELEASED = [-1, AS_OF - 900, AS_OF - 10, AS_OF - 400, AS_OF - 300, -1, AS_OF - 3, AS_OF + 2, 4]
FEATURES = [[0.5, NAN], [1.5, 3.0], [NAN, 5.0]]
SMALL = {"n_factors": 5, "regularization": 0.7, "alpha": 0.9}


def world() -> TrainingData:
    """The crooked world with artists, whose features have gaps, and days of release."""
    data = crooked_world()
    catalogue = replace(
        data.catalogue,
        artists=numbered("a", 3),
        artist_of=np.array(ARTIST_OF, np.int32),
        region_of_artist=np.array([1, -1, 0], np.int32),
        features=np.array(FEATURES, np.float32),
        released_day=np.array(RELEASED, np.int32),
    )
    return replace(data, catalogue=catalogue)


def slow_attributes() -> np.ndarray:
    rows = []
    for item, artist in enumerate(ARTIST_OF):
        genre, region = [0.0] * 3, [0.0] * 2
        if (of := [0, 0, 1, 1, 2, -1, 2, 0, 1][item]) >= 0:
            genre[of] = 1.0
        if artist >= 0 and (home := [1, -1, 0][artist]) >= 0:
            region[home] = 1.0
        # Feature 1: 0.5 and 1.5, mean 1, deviation 0.5; feature 2: 3 and 5, mean 4, deviation 1.
        features = {-1: [0, 0], 0: [-1, 0], 1: [1, -1], 2: [0, 1]}[artist]
        rows.append([1.0, *genre, *region, *features])
    return np.array(rows)


def slow_lift(exponent: float, prior: float) -> np.ndarray:
    histories = world().interactions.histories
    lately = [0.0] * 9
    for item, plays, last in zip(histories.items, histories.plays, histories.last_day, strict=True):
        lately[item] += plays > 0 and last > AS_OF - 28
    usual = {-1: 0.0}
    for artist in range(3):
        old = [
            lately[item]
            for item in range(9)
            if ARTIST_OF[item] == artist and (RELEASED[item] < 0 or AS_OF - RELEASED[item] > 28)
        ]
        usual[artist] = sum(old) / len(old) if old else 0.0
    lift = np.ones(9)
    for low, high in ((-(10**9), 7), (7, 14), (14, 28)):
        group = [i for i in range(9) if RELEASED[i] >= 0 and low < AS_OF - RELEASED[i] <= high]
        found, expected = prior, prior
        for item in group:
            share = min(max((AS_OF - RELEASED[item] + 1) / 28, 0), 1)
            expected += share * usual[ARTIST_OF[item]]
            found += lately[item] * (usual[ARTIST_OF[item]] > 0)
        for item in group:
            lift[item] = min(max(found / expected, 1), 8) ** exponent
    return lift


def slow_place(own: np.ndarray, algorithm: Content) -> np.ndarray:
    """Place every track with loops and a solver for one factor at a time."""
    data = world()
    histories = data.interactions.histories
    listeners = [
        len({u for u, i, w in zip(histories.users_of_cells, histories.items, histories.weights,
                                  strict=True) if i == item and w > 0})
        for item in range(9)
    ]  # fmt: skip
    weight = [n / (n + algorithm.track_prior) for n in listeners]
    rows = slow_attributes()
    prior = np.zeros_like(own)
    for factor in range(own.shape[1]):
        # Ridge as least squares with a row more for each attribute.
        tall = np.vstack(
            [
                [np.sqrt(w) * row for w, row in zip(weight, rows, strict=True)],
                np.sqrt(algorithm.attribute_penalty) * np.eye(rows.shape[1]),
            ]
        )
        aim = np.concatenate([np.sqrt(weight) * own[:, factor], np.zeros(rows.shape[1])])
        prior[:, factor] = rows @ np.linalg.lstsq(tall, aim, rcond=None)[0]
    for artist in range(3):
        theirs = [item for item in range(9) if ARTIST_OF[item] == artist]
        total = sum(weight[item] * (own[item] - prior[item]) for item in theirs)
        apart = total / (sum(weight[item] for item in theirs) + algorithm.artist_prior)
        for item in theirs:
            prior[item] = prior[item] + apart
    lift = slow_lift(algorithm.release_exponent, algorithm.track_prior)
    return np.array([weight[i] * own[i] + (1 - weight[i]) * lift[i] * prior[i] for i in range(9)])


def test_attributes_are_what_the_catalogue_says():
    np.testing.assert_allclose(attributes_of(world().catalogue).toarray(), slow_attributes())


def test_a_catalogue_that_knows_nothing_has_a_constant_only():
    assert attributes_of(Catalogue.bare(numbered("t", 4))).toarray().tolist() == [[1]] * 4


@pytest.mark.parametrize("exponent", [1.0, 0.35])
def test_a_release_is_lifted_as_much_as_releases_were(exponent):
    found = release_lift(world(), 0.25) ** exponent
    np.testing.assert_allclose(found, slow_lift(exponent, 0.25))
    assert found.max() > 1  # or nothing would have been compared


def test_two_releases_of_an_artist_with_ten_usual_listeners_worked_by_hand():
    # Artist 0: tracks 0 and 1 are old and have 12 and 8 listeners, so 10 is usual. Track 2 came out
    # six days ago: it was out for 7 of 28 days and has 9 listeners where 2.5 were expected.
    # (9 + 2) / (2.5 + 2) = 22/9. Track 3 comes out tomorrow and is expected to do as well.
    users = np.concatenate([np.arange(12), np.arange(8), np.arange(9)])
    items = np.repeat([0, 1, 2], [12, 8, 9])
    histories = Histories.from_cells(
        users, items, n_users=12, n_items=5, last_day=np.full(29, AS_OF - 1)
    )
    catalogue = Catalogue.bare(
        numbered("t", 5),
        artists=numbered("a", 1),
        artist_of=np.array([0, 0, 0, 0, -1], np.int32),
        released_day=np.array([-1, 100, AS_OF - 6, AS_OF + 1, AS_OF - 20], np.int32),
    )
    data = TrainingData(
        Interactions(numbered("u", 12), catalogue.items, histories), catalogue, AS_OF
    )
    # The last one's artist is unknown: nothing can be compared, so nothing is gained.
    np.testing.assert_allclose(release_lift(data, 2.0), [1, 1, 22 / 9, 22 / 9, 1])
    np.testing.assert_allclose(release_lift(replace(data, as_of_day=-1), 2.0), 1)


@pytest.mark.parametrize(
    "knobs", [{}, {"track_prior": 0.5, "artist_prior": 3.0, "attribute_penalty": 0.1}]
)
def test_every_track_is_placed_as_plain_loops_place_it(knobs):
    algorithm = Content(**SMALL, **knobs)
    own = np.random.default_rng(3).normal(size=(9, 5)).astype(np.float32)
    np.testing.assert_allclose(algorithm.place(own, world()), slow_place(own, algorithm), rtol=2e-5)


def test_a_track_that_nobody_played_stands_with_the_others_of_its_artist():
    model = Content(**SMALL, track_prior=0.2).fit(world())
    # Item 8 was never played; artist 1 made 2 and 3 too, which listener 2 plays most.
    scores = model.score(world().interactions.histories)
    assert np.isfinite(scores).all()
    likes_artist_1, likes_artist_0 = scores[2], scores[0]
    assert likes_artist_1[8] > likes_artist_0[8]
    assert model.similar_items(np.array([8], np.int32), 2).items[0].tolist() in ([2, 3], [3, 2])


def test_a_well_known_track_keeps_its_own_place():
    sure, unsure = (Content(**SMALL, track_prior=prior) for prior in (1e-6, 1e6))
    own = np.random.default_rng(3).normal(size=(9, 5)).astype(np.float32)
    played = [0, 1, 2, 3, 4, 5, 6]
    np.testing.assert_allclose(sure.place(own, world())[played], own[played], rtol=1e-4, atol=1e-4)
    assert np.abs(unsure.place(own, world()) - own).max() > 0.1


def test_people_without_plays_get_the_mean_taste_of_their_region():
    data = world()
    model = Content(**SMALL, region_prior=2.0).fit(data)
    histories = data.interactions.histories
    liking = [user for user in range(8) if histories.user_items[[user]].sum() > 0]
    tastes = {user: model.user_factors(histories.rows(np.array([user])))[0] for user in liking}
    everybody = np.mean([tastes[user] for user in liking], axis=0)
    for region in (-1, 0, 1):
        theirs = [tastes[user] for user in liking if histories.region[user] == region]
        wanted = (sum(theirs) + 2 * everybody) / (len(theirs) + 2) if region >= 0 else everybody
        nobody = Histories.from_cells(
            np.zeros(0, int), np.zeros(0, int), n_users=1, n_items=9, region=np.array([region])
        )
        np.testing.assert_allclose(model.user_factors(nobody)[0], wanted, rtol=1e-4, atol=1e-6)
        listed = model.top_n(nobody, 3, Eligible()).items
        evidence = model.explain(nobody, listed)
        kind = ReasonKind.POPULAR if region < 0 else ReasonKind.POPULAR_IN_REGION
        assert (evidence.kind == kind).all()
        assert (evidence.subject == region).all()


def test_an_implied_taste_moves_the_listener_but_makes_no_track_better_known():
    data = world()
    histories = data.interactions.histories
    implied = replace(histories, known=histories.items != 4)
    algorithm = Content(**SMALL)
    assert algorithm._weights(histories)[4] > 0
    assert algorithm._weights(implied)[4] == 0

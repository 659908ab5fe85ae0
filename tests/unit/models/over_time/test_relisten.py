"""`relisten` ranks a listener's own tracks by memory, and learns how fast they forget."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_worlds import training
from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.domain.memory import activation
from rekomenda.domain.models import ReasonKind
from rekomenda.domain.training import TrainingData
from rekomenda.models.over_time.relisten import Relisten, RelistenModel, fit_decay

LAST = 20_000


def histories_of(rows, *, n_users: int, n_items: int) -> Histories:
    """Make histories of (user, item, plays, first, last), days counted back from LAST."""
    users, items, plays, first, last = np.array(rows).T
    return Histories.from_cells(
        users,
        items,
        n_users=n_users,
        n_items=n_items,
        plays=plays,
        first_day=LAST - first,
        last_day=LAST - last,
    )


def dated(histories: Histories, as_of_day: int = LAST) -> TrainingData:
    data = training(histories, [0] * histories.n_items, n_genres=1, n_regions=1)
    return replace(data, as_of_day=as_of_day)


def forgetting_world(decay: float, *, seed: int, n_users: int = 400) -> Histories:
    """Everybody first heard 12 tracks on known days; one of them comes back by g^-decay."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(n_users):
        first = rng.integers(8, 120, 12)
        chance = (first - 3.0) ** -decay
        back = rng.choice(12, p=chance / chance.sum())
        for item in range(12):
            again = item == back
            rows.append((user, item, 1 + again, first[item], 2 if again else first[item]))
    return histories_of(rows, n_users=n_users, n_items=12)


@pytest.mark.parametrize("decay", [0.0, 0.4, 1.3])
def test_how_fast_people_forget_is_learned(decay):
    assert fit_decay(forgetting_world(decay, seed=3), LAST, 7) == pytest.approx(decay, abs=0.12)


def test_it_is_the_most_likely_value_by_an_independent_search():
    histories = forgetting_world(0.8, seed=5, n_users=25)

    def log_posterior(d: float) -> float:
        total = -((d - 0.5) ** 2) / (2 * 0.25**2)
        for user in range(25):
            own = histories.rows(slice(user, user + 1))
            waits = (LAST - 3) - own.first_day  # days to the middle of the last week
            chances = waits**-d / (waits**-d).sum()
            total += float(np.log(chances[own.plays == 2]).sum())
        return total

    grid = np.linspace(0, 2, 2001)
    best = grid[np.argmax([log_posterior(d) for d in grid])]
    assert fit_decay(histories, LAST, 7) == pytest.approx(best, abs=1e-3)


def test_where_nothing_tells_people_forget_as_in_the_literature():
    nobody_came_back = histories_of([(0, 0, 1, 30, 30), (0, 3, 9, 40, 20)], n_users=2, n_items=5)
    assert fit_decay(nobody_came_back, LAST, 7) == 0.5
    timeless = Histories.from_cells(
        np.array([0, 1]), np.array([2, 0]), n_users=2, n_items=3, plays=np.array([2, 1])
    )
    assert Relisten().fit(dated(timeless, -1)).arrays()["decay"] == 0.5


def test_what_was_heard_first_in_the_window_or_never_says_nothing_of_coming_back():
    world = forgetting_world(0.9, seed=1)
    users = np.arange(len(world))
    extra = Histories.from_cells(
        np.concatenate([world.users_of_cells, users, users]),
        np.concatenate([world.items, users * 0 + 12, users * 0 + 13]),
        n_users=len(world),
        n_items=14,
        plays=np.concatenate([world.plays, users * 0 + 2, users * 0 + 1]),
        first_day=np.concatenate([world.first_day, users * 0 + LAST - 4, users * 0 - 1]),
        last_day=np.concatenate([world.last_day, users * 0 + LAST - 1, users * 0 - 1]),
        known=np.concatenate([world.plays > 0, users >= 0, users < 0]),
    )
    assert fit_decay(extra, LAST, 7) == pytest.approx(fit_decay(world, LAST, 7), rel=1e-6)


def test_scores_are_the_activation_of_own_tracks_and_nothing_else_has_one():
    rows = [(0, 1, 4, 30, 2), (0, 4, 1, 9, 9), (2, 0, 2, 50, 0)]
    histories = histories_of(rows, n_users=3, n_items=5)
    model = RelistenModel("relisten", 5, 0.6, 0.9, LAST)
    scores = model.score(histories)
    expected = np.full((3, 5), -np.inf, np.float32)
    expected[[0, 0, 2], [1, 4, 0]] = activation(histories, LAST, decay=0.9, growth=0.6)
    np.testing.assert_array_equal(scores, expected)
    best = model.top_n(histories, 3, Eligible())
    assert best.items.tolist() == [[1, 4, -1], [-1, -1, -1], [0, -1, -1]]
    evidence = model.explain(histories, np.array([[4, 2], [0, -1], [-1, 0]], np.int32))
    assert evidence.kind.tolist() == [[ReasonKind.AGAIN, 0], [0, 0], [0, ReasonKind.AGAIN]]
    assert evidence.subject.tolist() == [[4, -1], [-1, -1], [-1, 0]]


def test_a_taste_that_is_only_implied_was_not_heard_and_has_no_score():
    histories = Histories.from_cells(
        np.array([0, 0]), np.array([1, 2]), n_users=1, n_items=3, known=np.array([True, False])
    )
    model = Relisten().fit(dated(histories, -1))
    assert model.score(histories).tolist() == [[-np.inf, 1, -np.inf]]


def test_the_only_play_that_speaks_for_a_track_is_its_own():
    histories = histories_of([(0, 1, 4, 30, 2), (0, 4, 1, 9, 9)], n_users=1, n_items=5)
    model = Relisten().fit(dated(histories))
    assert model.knows_repeats
    assert model.contributions(histories, 4).tolist() == [0, model.score(histories)[0, 4]]
    assert model.contributions(histories, 2).tolist() == [0, 0]

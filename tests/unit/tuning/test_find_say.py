"""A prior is taken where short histories mislead, a share where cold tracks are played, else neither."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from model_worlds import numbered
from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.tasks import Task
from rekomenda.models.base import Fitted
from rekomenda.models.blend.member import BlendedMember
from rekomenda.tuning.say import find_say

N_USERS, N_ITEMS, NEW = 400, 120, 10
"""The last `NEW` tracks nobody liked before the cut."""


@dataclass(frozen=True, eq=False)
class Told(Fitted):
    """Says of listeners with at least `least` liked tracks what a table says; by region r, row r."""

    table: np.ndarray
    least: int = 0
    noise: float = 0.0
    blind: int = 0

    @property
    def n_items(self) -> int:
        return self.table.shape[1]

    @property
    def placed(self) -> np.ndarray:
        return np.arange(self.n_items) < self.n_items - self.blind

    def _score(self, histories: Histories) -> np.ndarray:
        scores = self.table[histories.region].astype(np.float32)
        short = histories.lengths <= 3
        rng = np.random.default_rng(0)
        scores[short] += (self.noise * rng.random((short.sum(), self.n_items))).astype(np.float32)
        scores[histories.lengths < self.least] = -np.inf
        scores[:, ~self.placed] = -np.inf
        return scores

    def explain(self, histories: Histories, items: np.ndarray) -> Evidence:
        raise NotImplementedError

    def arrays(self) -> dict:
        return {}


def exam(new_part: float) -> Exam:
    """Listener u, of region u, has heard tracks 0 to 7 and later plays six of the others."""
    rng = np.random.default_rng(1)
    heard = np.repeat(np.arange(N_USERS), 8), np.tile(np.arange(8), N_USERS)
    later = np.zeros((N_USERS, N_ITEMS), bool)
    for row in later:
        fresh = rng.random(6) < new_part
        row[rng.choice(np.arange(8, N_ITEMS - NEW), 6, replace=False)[~fresh]] = True
        row[rng.choice(np.arange(N_ITEMS - NEW, N_ITEMS), 6, replace=False)[fresh]] = True
    region = np.arange(N_USERS, dtype=np.int32)
    size = {"n_users": N_USERS, "n_items": N_ITEMS}
    seen = Histories.from_cells(*heard, **size, region=region)
    asked = Histories.from_cells(*np.nonzero(later), **size)
    catalogue = Catalogue.bare(numbered("t", N_ITEMS))
    return Exam.of(seen, asked, catalogue, tasks=(Task.UNHEARD,), cutoffs=(20,))


def knowing(held: Exam, right: float, seed: int) -> np.ndarray:
    """Noise, with so much more for what is played later."""
    scores = np.random.default_rng(seed).random((N_USERS, N_ITEMS))
    scores.ravel()[held.relevant[Task.UNHEARD].keys] += right
    return scores


def members(*models: Fitted) -> list[BlendedMember]:
    return [
        BlendedMember(place, model, unheard=1 / len(models), heard=0.0)
        for place, model in enumerate(models)
    ]


@pytest.fixture(scope="module")
def held() -> Exam:
    return exam(0.0)


def test_where_few_plays_mislead_they_are_believed_less(held):
    """Of long histories the first knows more than the second, of short ones it knows nothing."""
    own = Told("own", knowing(held, 0.8, 2), least=1, noise=20.0)
    found, weights = find_say(members(own, Told("all", knowing(held, 0.3, 3))), held, seed=0)
    assert found.listener_prior >= 8
    assert found.short_histories == N_USERS
    assert found.short_adds > 0.05
    assert found.prior_adds >= 0
    assert weights.sum() == pytest.approx(1, abs=2e-3)
    assert weights[0] >= 0.5


def test_where_few_plays_tell_as_much_as_many_they_are_believed(held):
    own = Told("own", knowing(held, 0.9, 2), least=1)
    found, weights = find_say(members(own, Told("all", knowing(held, 0.0, 3))), held, seed=0)
    assert found.listener_prior <= 1
    assert weights[0] > 0.5


def test_where_all_need_plays_there_is_nobody_to_believe_instead(held):
    own = [Told("own", knowing(held, 0.5, seed), least=1, noise=9.0) for seed in (2, 3)]
    found, weights = find_say(members(*own), held, seed=0)
    assert found.listener_prior == 0
    assert weights.tolist() == [0.5, 0.5]


def blind_and_seeing(held: Exam) -> list[BlendedMember]:
    first = Told("own", knowing(held, 0.6, 2), blind=NEW)
    return members(first, Told("all", knowing(held, 0.6, 3)))


def test_where_new_tracks_are_played_those_who_can_place_them_decide():
    held = exam(0.5)
    found, _ = find_say(blind_and_seeing(held), held, seed=0)
    assert found.absent_share == 1
    assert found.absent_adds > 0
    assert found.cold_adds > 0


def test_where_nobody_plays_them_nothing_is_made_up(held):
    found, _ = find_say(blind_and_seeing(held), held, seed=0)
    assert found.absent_share == 0

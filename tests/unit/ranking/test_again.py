"""The shelf `again` is ranked by a model that knows about repeats, else by memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import ReasonKind
from rekomenda.ranking.again import again_lists, of_cells
from rekomenda.ranking.fill import Filler
from rekomenda.ranking.shelves import ShelfRules

TODAY = 20_000


@dataclass(frozen=True)
class OwnTracks:
    """Scores the tracks of each row as one row of a matrix says; asked for candidates only."""

    scores: np.ndarray
    knows_repeats: bool

    def score(self, histories, candidates=None):
        assert candidates is not None
        found = np.take_along_axis(self.scores, np.maximum(candidates, 0), axis=1)
        return np.where(candidates >= 0, found, -np.inf).astype(np.float32)


def world() -> tuple[Histories, Catalogue]:
    """Three listeners, the second without plays; track 3 is only implied for the first."""
    histories = Histories.from_cells(
        np.array([0, 0, 0, 0, 2, 2]),
        np.array([0, 1, 3, 5, 2, 5]),
        n_users=3,
        n_items=6,
        plays=np.array([9, 1, 1, 2, 1, 1]),
        first_day=TODAY - np.array([50, 3, 4, 60, 1, 2]),
        last_day=TODAY - np.array([40, 3, 4, 1, 1, 2]),
        known=np.array([True, True, False, True, True, True]),
    )
    return histories, Catalogue.bare(IdMap.of(list("abcdef")))


def lists(knows: bool, scores: np.ndarray):
    histories, catalogue = world()
    model = OwnTracks(scores, knows)
    rules = ShelfRules.of(catalogue)
    filler = Filler(catalogue, max_per_artist=9, n_candidates=2)
    return again_lists(model, histories, rules, filler, n=3, as_of_day=TODAY)


def test_a_model_that_knows_about_repeats_ranks_what_was_heard():
    scores = np.arange(18.0).reshape(3, 6)
    scores[2, 5] = -np.inf  # no opinion: not listed
    ranked = lists(True, scores)
    assert ranked.items.tolist() == [[5, 1, 0], [-1, -1, -1], [2, -1, -1]]
    assert ranked.scores.tolist() == [[5, 1, 0], [-np.inf] * 3, [14, -np.inf, -np.inf]]
    assert ranked.kind[0].tolist() == [ReasonKind.AGAIN] * 3


def test_of_any_other_model_memory_ranks_it():
    # 0: 2 plays, the last yesterday; 9 plays long ago; one of three days ago
    # 5: 2^-.5 + .62 · (61^.5 - 2^.5) / (.5 · 59) = .84; 0: 41^-.5 + 3.66 · .1476 = .70; 1: 4^-.5
    ranked = lists(False, np.zeros((3, 6)))
    assert ranked.items.tolist() == [[5, 0, 1], [-1, -1, -1], [2, 5, -1]]
    assert ranked.scores[0] == pytest.approx([0.84, 0.70, 0.5], abs=0.005)


def test_each_cell_gets_the_score_of_its_own_item():
    histories, _ = world()
    found = of_cells(OwnTracks(np.arange(18.0).reshape(3, 6), True), histories)
    assert found.tolist() == [0, 1, 3, 5, 14, 17]
    nobody = histories.rows(slice(1, 2))
    assert of_cells(OwnTracks(np.zeros((1, 6)), True), nobody).tolist() == []

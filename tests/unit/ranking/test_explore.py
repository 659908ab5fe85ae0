"""The order of `explore` and the step its reasons name."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, ReasonKind
from rekomenda.domain.top_n import TopN
from rekomenda.ranking.explore import step_by_step, step_reasons
from rekomenda.ranking.genre_graph import GenreGraph

# Genre 0 is what both listeners play; 1 is near it, 2 far, 3 a little nearer than chance.
LIFT = np.array([[0, 4, 0.25, 1.21], [4, 0, 1, 1], [0.25, 1, 0, 1], [1.21, 1, 1, 0]], np.float32)
GENRE_OF = np.array([0, 1, 1, 1, 1, 2, 2, 3, 3, -1], np.int32)


@pytest.fixture
def graph() -> GenreGraph:
    return GenreGraph(LIFT, GENRE_OF)


@pytest.fixture
def played() -> Histories:
    return Histories.from_cells(np.array([0, 1]), np.array([0, 0]), n_users=2, n_items=10)


def candidates(*rows) -> TopN:
    items = np.array(rows, np.int32)
    places = np.arange(items.shape[1], 0, -1, dtype=np.float32)
    return TopN(items, np.where(items >= 0, places, np.float32(-np.inf)))


def test_a_near_genre_overtakes_what_the_model_puts_a_little_higher(graph, played):
    # By hand: 2 / 62, then 1.1 / 61, then 0.5 / 60.
    found = step_by_step(candidates([5, 7, 1], [1, 7, 5]), played, graph, n=10)
    assert found.items.tolist() == [[1, 7, 5], [1, 7, 5]]
    assert found.scores[0] == pytest.approx([2 / 62, 1.1 / 61, 0.5 / 60])


def test_no_genre_gets_more_than_three_tenths_before_the_others_had_their_turn(graph, played):
    rows = [1, 2, 3, 4, 7, 8], [1, 2, -1, -1, -1, -1]
    found = step_by_step(candidates(*rows), played, graph, n=10)
    assert found.items.tolist() == [[1, 2, 3, 7, 8, 4], [1, 2, -1, -1, -1, -1]]
    short = step_by_step(candidates(*rows), played, graph, n=4)  # one at a time
    assert short.items.tolist() == [[1, 7, 2, 8, 3, 4], [1, 2, -1, -1, -1, -1]]


def test_a_step_is_named_only_where_listeners_of_the_habit_play_the_genre_more_than_others(
    graph, played
):
    items = np.array([[1, 5, 7, -1]] * 2, np.int32)
    own = Evidence(
        np.full((2, 4), ReasonKind.PLAYED, np.uint8),
        np.full((2, 4), 6, np.int32),
        np.full((2, 4), 0.5, np.float32),
    )
    said = step_reasons(own, items, played, graph)
    step, track = int(ReasonKind.GENRE_LISTENERS), int(ReasonKind.PLAYED)
    assert said.kind[0].tolist() == [step, track, step, track]
    assert said.subject[0].tolist() == [0, 6, 0, 6]
    assert np.isnan(said.share[0]).tolist() == [True, False, True, False]

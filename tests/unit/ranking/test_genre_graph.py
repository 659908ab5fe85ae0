"""Neighbouring genres, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.ranking.genre_graph import GenreGraph

GENRES = IdMap.of(["a", "b", "c", "d"])
ITEMS = IdMap.of([f"t{i}" for i in range(6)])
GENRE_OF = np.array([0, 0, 1, 2, 3, -1], np.int32)


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue.bare(ITEMS, genres=GENRES, genre_of=GENRE_OF)


@pytest.fixture
def everybody() -> Histories:
    """Five listeners: a and b together twice, c alone, d never liked, one of no known genre."""
    cells = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 3), (2, 4), (3, 0), (4, 5)]
    weights = [5, 1, 2, 1, 1, 4, 0, 1, 9]
    users, items = np.array(cells).T
    return Histories.from_cells(users, items, n_users=5, n_items=6, weights=np.array(weights))


def test_lift_is_common_listeners_over_chance_drawn_towards_one(catalogue, everybody):
    lift = GenreGraph.of(everybody, catalogue).lift
    # Four listeners have a genre: a three, b two, c one, d none.
    assert lift[0, 1] == pytest.approx((2 + 10) / (3 * 2 / 4 + 10))
    assert lift[0, 2] == pytest.approx((0 + 10) / (3 * 1 / 4 + 10))
    assert lift[0, 3] == pytest.approx(1.0)
    assert np.array_equal(lift, lift.T)
    assert not lift.diagonal().any()


def test_habits_are_the_three_genres_with_most_weight_and_their_shares(catalogue, everybody):
    genres, shares = GenreGraph.of(everybody, catalogue).habits(everybody)
    assert genres.tolist() == [[0, 1, -1], [0, 1, -1], [2, -1, -1], [0, -1, -1], [-1, -1, -1]]
    assert shares[0].tolist() == pytest.approx([6 / 8, 2 / 8, 0])
    assert shares[4].tolist() == [0, 0, 0]


def test_pull_is_the_mean_lift_of_the_habits_and_names_the_one_that_gives_most(
    catalogue, everybody
):
    graph = GenreGraph.of(everybody, catalogue)
    items = np.array([[3, 4, 5, -1]] * 5, np.int32)
    pull, start, lift = graph.pull(everybody, items)
    assert pull[0, 0] == pytest.approx(0.75 * graph.lift[0, 2] + 0.25 * graph.lift[1, 2])
    assert start[0].tolist() == [0, 0, -1, -1]
    assert lift[0, 0] == graph.lift[0, 2]
    assert pull[:, 2:].tolist() == [[0, 0]] * 5  # unknown genre, no item
    assert pull[4].tolist() == [0] * 4  # no habits


def test_a_catalogue_without_genres_has_no_habits_and_no_neighbours(everybody):
    graph = GenreGraph.of(everybody, Catalogue.bare(ITEMS))
    genres, shares = graph.habits(everybody)
    assert (genres == -1).all()
    assert not shares.any()
    pull, start, _ = graph.pull(everybody, np.zeros((5, 2), np.int32))
    assert not pull.any()
    assert (start == -1).all()

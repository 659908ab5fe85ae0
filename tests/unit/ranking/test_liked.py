"""A reason never says that somebody played what they only say they like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, ReasonKind
from rekomenda.domain.shares import Shares
from rekomenda.ranking.explain_one import explain_one
from rekomenda.ranking.liked import only_said, with_likes_named
from support.fitted_fakes import LinearFake

PLAYED, LIKED, NONE, POPULAR = (
    ReasonKind.PLAYED,
    ReasonKind.LIKED,
    ReasonKind.NONE,
    ReasonKind.POPULAR,
)


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue.bare(
        IdMap.of([f"t{number}" for number in range(5)]),
        artists=IdMap.of(["x", "y"]),
        artist_names=IdMap.of(["Xis", "Ypsilon"]).ids,
        artist_of=np.array([1, 0, 1, -1, 0], np.int32),
    )


@pytest.fixture
def histories() -> Histories:
    """Two listeners: 0 played t0, is taken to like t2, said they like t3; 1 played t2."""
    return Histories.from_cells(
        np.array([0, 0, 0, 1]),
        np.array([0, 2, 3, 2]),
        n_users=2,
        n_items=5,
        weights=np.ones(4),
        plays=np.array([2, 0, 0, 1]),
        known=np.array([True, False, True, True]),
    )


def test_only_what_was_not_played_was_only_said(histories):
    assert only_said(histories).tolist() == [False, True, True, False]


def test_each_reason_speaks_of_plays_only_where_there_are_any(histories, catalogue):
    kind = np.array([[PLAYED, PLAYED, PLAYED, POPULAR], [PLAYED, NONE, NONE, NONE]], np.uint8)
    subject = np.array([[0, 2, 3, -1], [2, -1, -1, -1]], np.int32)
    share = np.array([[0.5, 0.25, 0.75, np.nan], [1, np.nan, np.nan, np.nan]], np.float32)
    found = with_likes_named(Evidence(kind, subject, share), histories, catalogue)
    # t2 is artist 1's; of t3 nobody knows the artist; the second listener did play t2.
    assert found.kind.tolist() == [[PLAYED, LIKED, NONE, POPULAR], [PLAYED, NONE, NONE, NONE]]
    assert found.subject.tolist() == [[0, 1, -1, -1], [2, -1, -1, -1]]
    np.testing.assert_array_equal(
        found.share, np.array([[0.5, 0.25, np.nan, np.nan], [1, np.nan, np.nan, np.nan]])
    )


def test_where_everything_was_played_nothing_changes(histories, catalogue):
    given = Evidence(*(np.zeros((1, 2), dtype) for dtype in (np.uint8, np.int32, np.float32)))
    assert with_likes_named(given, histories.rows(np.array([1])), catalogue) is given


def test_an_explanation_tells_likes_from_plays(histories, catalogue):
    weights = np.zeros((5, 5))
    weights[0, 1], weights[2, 1], weights[3, 1] = 1.0, 3.0, 2.0
    one = histories.rows(np.array([0]))
    found = explain_one(LinearFake(weights), one, 1, catalogue, as_of_day=-1)
    assert found.kind is LIKED
    assert found.reason.en == "goes with what you like, such as Ypsilon"
    assert [part.reason.en for part in found.contributions] == [
        "goes with what you like, such as Ypsilon",
        "completes the list: nothing you played speaks for it",
        "because you played track t0 by Ypsilon",
    ]
    assert found.position == 1


def test_a_liked_track_is_said_to_be_known(histories, catalogue):
    one = histories.rows(np.array([0]))
    found = explain_one(LinearFake(np.ones((5, 5))), one, 3, catalogue, as_of_day=-1)
    assert "You said that you like it" in found.lines("en")[1]
    assert "Você disse que curte" in found.lines("pt-BR")[1]


@pytest.mark.parametrize(
    ("shared", "named"),
    [
        ([(2, 0), (2, 1)], 0),  # t2 by x and y, t3 by x too: x is whom the listener likes
        ([(2, 1), (2, 0)], 0),
    ],
)
def test_of_several_artists_the_one_behind_most_likes_is_named(histories, catalogue, shared, named):
    pairs = np.array([(0, 1), (1, 0), *shared, (3, 0), (4, 0)])
    several = replace(
        catalogue, shared_artists=Shares.of_pairs(pairs[:, 0], pairs[:, 1].astype(np.int32), 5)
    )
    found = with_likes_named(said_of(2), histories.rows(np.array([0])), several)
    assert (found.kind.tolist(), found.subject.tolist()) == ([[LIKED]], [[named]])


def test_where_two_are_liked_alike_nobody_is_named(histories, catalogue):
    pairs = np.array([(0, 1), (1, 0), (2, 0), (2, 1), (4, 0)])  # of t3 nobody knows the artist
    several = replace(
        catalogue, shared_artists=Shares.of_pairs(pairs[:, 0], pairs[:, 1].astype(np.int32), 5)
    )
    found = with_likes_named(said_of(2), histories.rows(np.array([0])), several)
    assert (found.kind.tolist(), found.subject.tolist()) == ([[NONE]], [[-1]])


def said_of(item: int) -> Evidence:
    return Evidence(
        np.array([[PLAYED]], np.uint8), np.array([[item]], np.int32), np.ones((1, 1), np.float32)
    )

"""One track explained to one listener: every part, in order, and honest where there are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import ReasonKind
from rekomenda.ranking.explain_one import explain_one
from support.fitted_fakes import LinearFake, PopularFake

TODAY = 20_000
WEIGHTS = np.array(  # row: played item; column: item that it speaks for
    [
        [0, 1, 6, 0, 9],
        [0, 0, -2, 0, 1],
        [0, 0, 0, 0, 0],
        [0, 0, 7, 0, 1],
        [0, 0, 0, 0, 0],
    ],
    np.float32,
)


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue.bare(
        IdMap(pa.array(["a", "b", "c", "d{}", "e"])),
        song_of=np.array([0, 1, 2, 3, 3], np.int32),
        titles=pa.array(["Xote {1}", None, "Baião", None, None]),
    )


@pytest.fixture
def history() -> Histories:
    """Played a twice, b once and d{} once: c gets 2 · 6 - 2 + 7 = 17."""
    return Histories.from_cells(
        np.zeros(3, int),
        np.array([0, 1, 3]),
        n_users=1,
        n_items=5,
        plays=np.array([2, 1, 1]),
        last_day=np.array([TODAY - 8, TODAY, TODAY]),
    )


def test_parts_stand_in_order_and_add_up_to_the_score(history, catalogue):
    explained = explain_one(LinearFake(WEIGHTS), history, 2, catalogue, as_of_day=TODAY)
    parts = [(part.track_id, part.amount, part.plays) for part in explained.contributions]
    assert parts == [("a", 12, 2), ("d{}", 7, 1), ("b", -2, 1)]
    assert [part.share for part in explained.contributions] == pytest.approx(
        [12 / 19, 7 / 19, -2 / 19]
    )
    assert explained.score == pytest.approx(17)
    assert explained.additive
    assert (explained.kind, explained.position, explained.eligible) == (ReasonKind.PLAYED, 1, 1)


def test_it_is_told_in_both_languages(history, catalogue):
    explained = explain_one(LinearFake(WEIGHTS), history, 2, catalogue, as_of_day=TODAY)
    assert explained.lines("pt-BR") == [
        "Nota 17,0000: porque você ouviu “Xote {1}”.",
        "Posição 1 de 1 entre as faixas que `for_you` pode ter.",
        "Partes da nota, faixa por faixa; a soma delas é a nota:",
        "  +63,2%  porque você ouviu “Xote {1}” (2 plays)",
        "  +36,8%  porque você ouviu a faixa d{} (1 play)",
        "  -10,5%  porque você ouviu a faixa b (1 play)",
    ]
    assert explained.lines("en")[3] == "  +63.2%  because you played “Xote {1}” (2 plays)"


def test_a_played_track_is_explained_too(history, catalogue):
    explained = explain_one(LinearFake(WEIGHTS), history, 0, catalogue, as_of_day=TODAY)
    assert explained.position is None
    assert explained.lines("en")[1] == (
        "Already played, so no list for new tracks holds it: "
        "you played it a few times, last a week ago or more."
    )


def test_what_keeps_a_track_from_every_shelf_is_said(history, catalogue):
    version = explain_one(LinearFake(WEIGHTS), history, 4, catalogue, as_of_day=TODAY)
    assert version.lines("en")[1] == "Another version of it was played, so no shelf holds it."
    assert version.contributions[0].amount == 18
    gone = replace(catalogue, blocked=np.arange(5) == 2)
    taken_down = explain_one(LinearFake(WEIGHTS), history, 2, gone, as_of_day=TODAY)
    assert taken_down.lines("pt-BR")[1].startswith("Fora do ar")


def test_a_score_that_has_no_parts_says_so(history, catalogue):
    popular = PopularFake(np.array([3, 1, 2, 9, 4], np.float32))
    explained = explain_one(popular, history, 2, catalogue, as_of_day=TODAY)
    assert not explained.additive
    assert explained.contributions == ()
    assert explained.lines("pt-BR") == [
        "Nota 2,0000: popular entre todos os ouvintes.",
        "Posição 1 de 1 entre as faixas que `for_you` pode ter.",
        "A nota não vem de plays um a um, então não tem partes.",
    ]


def test_parts_that_do_not_add_up_are_not_said_to(history, catalogue):
    class Bent(LinearFake):
        def score(self, histories, candidates=None):
            return np.sqrt(np.maximum(super().score(histories), 0))

    explained = explain_one(Bent(WEIGHTS), history, 2, catalogue, as_of_day=TODAY)
    assert not explained.additive
    assert explained.lines("en")[2].endswith("these do not add up to the score:")


def test_a_model_without_an_opinion_says_so(history, catalogue):
    class Silent(LinearFake):
        def score(self, histories, candidates=None):
            return np.full((len(histories), 5), -np.inf, np.float32)

    explained = explain_one(Silent(np.zeros((5, 5))), history, 2, catalogue, as_of_day=TODAY)
    assert explained.score is None
    assert explained.lines("en") == [
        "The model has no opinion of this track for this listener.",
        "The score does not come from single plays, so it has no parts.",
    ]


def test_a_reason_of_hearing_again_says_how_often_and_how_long_ago(history, catalogue):
    class Remembers(LinearFake):
        def explain(self, histories, items):
            found = super().explain(histories, items)
            found.kind[:] = ReasonKind.AGAIN
            found.subject[:] = items
            return found

    # a was played twice, the last time eight days ago; b once, today
    twice = explain_one(Remembers(WEIGHTS), history, 0, catalogue, as_of_day=TODAY)
    once = explain_one(Remembers(WEIGHTS), history, 1, catalogue, as_of_day=TODAY)
    assert twice.reason.en == "you played it a few times, last a week ago or more"
    assert once.reason.en != twice.reason.en
    assert twice.lines("en")[1].endswith(f"{twice.reason.en}.")


def test_places_are_counted_as_lists_are_ranked_ties_by_id(catalogue):
    nobody = Histories.from_cells([], [], n_users=1, n_items=5)
    popular = PopularFake(np.array([3, 4, 3, 9, 3], np.float32))
    gone = replace(catalogue, listed=np.arange(5) != 3)
    places = [
        explain_one(popular, nobody, item, gone, as_of_day=TODAY).position for item in range(5)
    ]
    assert places == [2, 1, 3, None, 4]

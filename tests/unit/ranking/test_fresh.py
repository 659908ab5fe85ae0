"""The order of `fresh`, what its reasons say, and what counts as new."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, ReasonKind
from rekomenda.domain.top_n import TopN
from rekomenda.ranking.fresh import NewTracks
from rekomenda.ranking.reason_words import HEARD_LATELY, OWN_ARTIST, STARTED

TODAY = 1000
# Old tracks 0 to 2, new ones 3 to 7; 7 has no date and was first played three days ago.
ARTIST_OF = np.array([0, 1, 1, 0, 1, 2, 2, -1], np.int32)
GENRE_OF = np.array([0, 1, 1, 0, 1, 0, 2, -1], np.int32)
RELEASED = np.array([10, 10, -1, 990, 995, 1000, 999, -1], np.int32)


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue.bare(
        IdMap.of([f"t{i}" for i in range(8)]),
        artists=IdMap.of(["a", "b", "c"]),
        artist_names=IdMap.of(["a", "b", "c"]).ids,
        artist_of=ARTIST_OF,
        genres=IdMap.of(["g", "h", "i"]),
        genre_of=GENRE_OF,
        released_day=RELEASED,
    )


@pytest.fixture
def played() -> Histories:
    """One who plays artist a (genre g) for long and b (genre h) since lately; one stranger to all."""
    cells = [(0, 0, 6, 500), (0, 1, 2, 995), (1, 7, 1, 997), (2, 2, 3, 400)]
    users, items, weights, first = np.array(cells).T
    return Histories.from_cells(
        users, items, n_users=3, n_items=8, weights=weights, first_day=first, last_day=first
    )


@pytest.fixture
def new(catalogue, played) -> NewTracks:
    return NewTracks.of(played, catalogue, as_of_day=TODAY, days=30)


NOTHING = Evidence(
    np.zeros((3, 5), np.uint8), np.full((3, 5), -1, np.int32), np.full((3, 5), np.nan, np.float32)
)


def test_new_is_what_came_out_lately_or_was_first_played_lately(new):
    assert new.items.tolist() == [3, 4, 5, 6, 7]


def test_what_comes_out_after_the_day_of_the_lists_is_not_new_yet(catalogue, played):
    # As of day 997: 3 and 4 are out, 5 and 6 come later, 7 was first played that day.
    assert NewTracks.of(played, catalogue, as_of_day=997, days=30).items.tolist() == [3, 4, 7]


def test_without_days_nothing_is_new(catalogue, played):
    assert len(NewTracks.of(played, catalogue, as_of_day=-1, days=30).items) == 0


def test_affinity_adds_the_parts_of_artist_genre_and_audience(new, played):
    affinity = new.affinity(played, Eligible())
    # Listener 0: artist a 6/8, b 2/8; genre g 6/8, h 2/8. Of 3 listeners 1 likes a, 2 like b.
    assert affinity[0] == pytest.approx(
        [0.75 + 0.075 + 0.01 / 3, 0.25 + 0.025 + 0.02 / 3, 0.075, 0.0, 0.0]
    )
    assert affinity[1] == pytest.approx([0.01 / 3, 0.02 / 3, 0, 0, 0])


def test_what_may_not_be_shown_is_not_ranked(new, played):
    hidden = np.zeros(8, bool)
    hidden[3] = True
    sets = ItemSets(np.array([0, 2, 2, 2]), np.array([0, 6], np.int32))
    affinity = new.affinity(played, Eligible(excluded=sets, hidden=hidden))
    assert np.isinf(affinity).tolist() == [
        [True, False, False, True, False],
        [True, False, False, False, False],
        [True, False, False, False, False],
    ]


def test_the_models_order_and_that_of_kind_are_joined_by_rank(new, played):
    model = TopN(
        np.array([[6, 5, -1], [-1] * 3, [-1] * 3], np.int32),
        np.array([[9, 8, -np.inf], [-np.inf] * 3, [-np.inf] * 3], np.float32),
    )
    found = new.fused(model, played, Eligible(), 4)
    # By kind 3, 4, 5, 6, 7; by model 6, 5. 5: 1/63 + 1/62; 6: 1/64 + 1/61; 3: 1/61.
    assert found.items[0].tolist() == [6, 5, 3, 4]
    assert found.scores[0] == pytest.approx([1 / 64 + 1 / 61, 1 / 63 + 1 / 62, 1 / 61, 1 / 62])
    assert found.items[1].tolist() == [4, 3, 5, 6]  # the better known artist first
    assert new.fused(model, played, Eligible(), 7).items[2].tolist() == [4, 3, 5, 6, 7, -1, -1]


def test_a_reason_says_whose_release_it_is_or_in_which_genre_it_is_new(new, played):
    items = np.array([[3, 4, 5, 6, 7]] * 3, np.int32)
    said, detail = new.reasons(NOTHING, items, played)
    release, in_genre = int(ReasonKind.NEW_RELEASE), int(ReasonKind.NEW_IN_GENRE)
    assert said.kind[0].tolist() == [release, release, in_genre, release, release]
    assert said.subject[0].tolist() == [0, 1, 0, 2, -1]
    assert detail[0].tolist() == [OWN_ARTIST, OWN_ARTIST, 0, 0, HEARD_LATELY]
    assert said.kind[1].tolist() == [release] * 5
    assert detail[1].tolist() == [0, 0, 0, 0, HEARD_LATELY]


def test_a_genre_first_played_these_weeks_is_one_the_listener_started(catalogue, played):
    artist_of = np.array([0, 1, 1, 0, 2, 2, 2, -1], np.int32)
    lately = Catalogue(**{**vars(catalogue), "artist_of": artist_of})
    new = NewTracks.of(played, lately, as_of_day=TODAY, days=30)
    said, detail = new.reasons(NOTHING, np.array([[4, 5, -1, -1, -1]] * 3, np.int32), played)
    assert said.kind[0, 0] == ReasonKind.NEW_IN_GENRE
    assert detail[0].tolist() == [STARTED, 0, 0, 0, 0]
    assert detail[2, 0] == 0  # listener 2 has played that genre for long


def test_what_the_model_says_counts_where_the_listener_knows_neither_artist_nor_genre(new, played):
    own = Evidence(
        np.full((3, 5), ReasonKind.PLAYED, np.uint8),
        np.full((3, 5), 1, np.int32),
        np.full((3, 5), 0.4, np.float32),
    )
    said, detail = new.reasons(own, np.array([[3, 6, -1, -1, -1]] * 3, np.int32), played)
    assert said.kind[0, :2].tolist() == [ReasonKind.NEW_RELEASE, ReasonKind.PLAYED]
    assert said.subject[0, 1] == 1
    assert detail[0].tolist() == [OWN_ARTIST, 0, 0, 0, 0]

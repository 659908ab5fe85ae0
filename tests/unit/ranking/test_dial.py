"""The dial from familiar to new, worked out by hand and over random lists."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.models import ReasonKind
from rekomenda.ranking.dial import Sources
from rekomenda.ranking.ranked import Ranked

FAMILIAR, SUITING, NEW = [0, 1, 2, 3], [10, 11, 20, 21], [20, 21, 22, 23]
CATALOGUE = Catalogue.bare(IdMap.of([f"t{i:02}" for i in range(30)]))


def ranked(items, kind: ReasonKind, n_rows: int) -> Ranked:
    table = np.tile(np.array(items, np.int32), (n_rows, 1))
    scores = np.where(table >= 0, 9.0 - np.arange(len(items)), -np.inf).astype(np.float32)
    return Ranked(
        items=table,
        scores=scores,
        kind=np.full(table.shape, kind, np.uint8),
        subject=table,
        share=np.full(table.shape, 0.5, np.float32),
        detail=np.zeros(table.shape, np.uint8),
    )


def sources(n_rows, familiar=FAMILIAR, suiting=SUITING, new=NEW) -> Sources:
    return Sources(
        ranked(familiar, ReasonKind.AGAIN, n_rows),
        ranked(suiting, ReasonKind.PLAYED, n_rows),
        ranked(new, ReasonKind.PLAYED, n_rows),
    )


def mixed(*dials, n=4, cap=9, catalogue=CATALOGUE, **kinds) -> Ranked:
    dial = np.array(dials)
    return sources(len(dials), **kinds).mixed(dial, catalogue, n=n, max_per_artist=cap)


def test_lists_at_every_stop_of_the_dial():
    found = mixed(0.0, 0.25, 0.5, 0.75, 1.0)
    assert found.items.tolist() == [
        [0, 1, 2, 3],
        [0, 10, 1, 11],  # half and half
        SUITING,
        [20, 10, 21, 11],  # 20 and 21 are in both and stand once
        NEW,
    ]


def test_in_the_middle_the_list_is_for_you_with_its_own_scores_and_reasons():
    found, own = mixed(0.5), sources(1).suiting
    for name, values in vars(own).items():
        assert np.array_equal(getattr(found, name), values), name


def test_every_track_keeps_its_own_reason():
    found = mixed(0.25)
    again, played = int(ReasonKind.AGAIN), int(ReasonKind.PLAYED)
    assert found.kind.tolist() == [[again, played, again, played]]
    assert found.subject.tolist() == found.items.tolist()
    assert (np.diff(found.scores) < 0).all()


def test_where_one_kind_runs_out_the_other_goes_on():
    found = mixed(0.0, 0.9, familiar=[5, -1, -1, -1], new=[-1] * 4)
    assert found.items.tolist() == [[5, 10, 11, 20], SUITING]
    nothing = mixed(0.0, familiar=[-1] * 4, suiting=[-1] * 4)
    assert nothing.items.tolist() == [[-1] * 4]
    assert np.isinf(nothing.scores).all()


def test_the_cap_on_an_artist_holds_for_the_whole_mix():
    artist_of = np.full(30, -1, np.int32)
    artist_of[[0, 1, 10, 11]] = 0
    names = IdMap.of(["a"])
    one = Catalogue.bare(
        CATALOGUE.items, artists=names, artist_names=names.ids, artist_of=artist_of
    )
    assert mixed(0.25, cap=2, catalogue=one).items.tolist() == [[0, 10, 2, 20]]


@pytest.mark.parametrize("dial", [0.0, 0.1, 0.25, 0.4, 0.5])
def test_every_stretch_of_the_list_has_the_share_of_the_familiar_that_the_dial_says(dial):
    wide = Catalogue.bare(IdMap.of([f"t{i:02}" for i in range(60)]))
    kinds = {"familiar": range(20), "suiting": range(20, 40), "new": range(40, 60)}
    found = mixed(dial, n=20, catalogue=wide, **kinds)
    familiar = (found.items[0] < 20).cumsum()
    assert (np.abs(familiar - (1 - 2 * dial) * np.arange(1, 21)) < 1).all()

"""Only groups of many tracks get a column: a catalogue with a tag a track stays quick."""

from __future__ import annotations

import numpy as np

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.models.factors import attributes


def test_the_largest_genres_have_columns_and_the_rest_is_unknown(monkeypatch) -> None:
    monkeypatch.setattr(attributes, "MOST_GROUPS", 2)
    genres = IdMap.of(["brega", "forró", "rock", "xote"])
    of = np.array([3, 1, 3, 0, -1, 1, 3], np.int32)  # xote 3, forró 2, brega 1, rock none
    catalogue = Catalogue.bare(
        IdMap.of([f"t{n}" for n in range(7)]),
        genres=genres,
        genre_of=of,
        genre_names=genres.ids,
    )
    dense = attributes.attributes_of(catalogue).toarray()
    np.testing.assert_array_equal(dense[:, 0], np.ones(7))
    np.testing.assert_array_equal(dense[:, 1], [0, 1, 0, 0, 0, 1, 0])  # forró
    np.testing.assert_array_equal(dense[:, 2], [1, 0, 1, 0, 0, 0, 1])  # xote
    assert dense.shape[1] == 3

"""A catalogue survives being kept."""

import numpy as np
import pyarrow as pa

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.catalogue_tables import from_tables, to_tables
from rekomenda.domain.ids import IdMap


def crooked_catalogue() -> Catalogue:
    return Catalogue.bare(
        IdMap.of(["t9", "0012", "x", "t1", "ção"]),
        artists=IdMap.of(["b", "a7"]),
        genres=IdMap.of(["4", "03", "2"]),
        regions=IdMap.of(["PE", "CE"]),
        artist_of=np.array([1, -1, 0, 1, 1], np.int32),
        genre_of=np.array([2, 0, -1, 1, 1], np.int32),
        song_of=np.array([0, 1, 2, 2, 4], np.int32),
        released_day=np.array([19000, -1, 3, 0, 18000], np.int32),
        region_of_artist=np.array([-1, 1], np.int32),
        features=np.array([[1.5, np.nan, 3], [0, -2, np.nan]], np.float32),
        blocked=np.array([False, True, False, False, False]),
        listed=np.array([True, True, True, False, True]),
        titles=pa.array(["Forró", None, "x", "", "São João"]),
        artist_names=pa.array(["Aço", None]),
        genre_names=pa.array(["forró", None, "piseiro"]),
        details=pa.table({"duration_ms": pa.array([1, None, 3, 4, 5], pa.int64())}),
    )


def test_a_catalogue_comes_back_from_its_tables_as_it_was():
    before = crooked_catalogue()
    after = from_tables(to_tables(before))
    for name in (
        "artist_of",
        "genre_of",
        "song_of",
        "released_day",
        "region_of_artist",
        "blocked",
        "listed",
    ):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name), err_msg=name)
    np.testing.assert_array_equal(after.features, before.features)
    for name in ("titles", "artist_names", "genre_names"):
        assert getattr(after, name).equals(getattr(before, name)), name
    for name in ("items", "artists", "genres", "regions"):
        assert getattr(after, name).ids.equals(getattr(before, name).ids), name
    assert after.details.equals(before.details)


def test_a_version_is_written_as_the_id_of_its_original():
    tracks = to_tables(crooked_catalogue())["tracks"]
    ids = tracks["track_id"].to_pylist()
    assert tracks["version_of"].to_pylist() == [None, None, None, ids[2], None]


def test_a_bare_catalogue_has_no_features_and_comes_back():
    after = from_tables(to_tables(Catalogue.bare(IdMap.of(["q", "p"]))))
    assert after.features.shape == (0, 0)
    assert after.details is None
    assert len(after) == 2

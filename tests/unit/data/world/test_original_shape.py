"""The control: uniform noise with the shape of the first sketch."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from rekomenda.data.world.generate import World, generate_world
from rekomenda.data.world.spec import WorldSpec


@pytest.fixture(scope="module")
def noise() -> World:
    return generate_world(WorldSpec.of("original", listeners=3000, tracks=350, artists=50, seed=8))


def test_unasked_sizes_are_those_of_the_sketch():
    world = generate_world(WorldSpec.of("original"))
    plays = world.tables["plays"].to_pandas()
    assert plays.columns.tolist() == ["id_date", "user_id", "id_tracks", "plays"]
    assert (str(plays["id_date"].min()), str(plays["id_date"].max())) == (
        "2023-01-01",
        "2023-01-31",
    )
    assert 31 * 5 * 2 <= len(plays) <= 31 * 5 * 5
    assert (world.tables["tracks"].num_rows, world.tables["artists"].num_rows) == (3500, 500)
    assert plays["user_id"].astype(int).between(1, 49).all()


@pytest.mark.parametrize(("column", "values"), [("id_tracks", 400), ("plays", 19)])
def test_every_value_is_as_likely_as_any_other(noise, column, values):
    numbers = noise.tables["plays"].to_pandas()[column].astype(int)
    counts = np.bincount(numbers, minlength=values + 1)[1:]
    assert len(counts) == values
    assert chisquare(counts).pvalue > 0.01


def test_every_listener_comes_as_often_as_any_other(noise):
    plays = noise.tables["plays"].to_pandas()
    days = plays.drop_duplicates(["id_date", "user_id"])["user_id"].astype(int)
    # 300 visits a day by 3,000 listeners, with replacement: on average 31 x 0.0952 days each.
    counts = np.bincount(days, minlength=3001)[1:]
    assert counts.mean() == pytest.approx(2.95, abs=0.01)
    assert counts.var() == pytest.approx(31 * 0.0952 * 0.9048, rel=0.1)  # binomial


def test_a_join_loses_an_eighth(noise):
    plays = noise.tables["plays"].to_pandas()
    known = (
        plays["id_tracks"].astype(str).isin(set(noise.tables["tracks"]["id_tracks"].to_pylist()))
    )
    assert 1 - known.mean() == pytest.approx(0.125, abs=0.01)


def test_there_are_four_genres_and_ten_features(noise):
    assert set(noise.tables["tracks"]["id_genre"].to_pylist()) == {1, 2, 3, 4}
    assert noise.tables["artists"].column_names == [
        "id_artist",
        *(f"Feature{number}" for number in range(1, 11)),
    ]


def test_the_truth_is_indifference(noise):
    np.testing.assert_allclose(noise.truth.preference(["1", "2"]), 1 / 350, rtol=1e-4)


def test_the_same_seed_gives_the_same_noise(noise):
    again = generate_world(noise.spec)
    assert all(table.equals(again.tables[name]) for name, table in noise.tables.items())

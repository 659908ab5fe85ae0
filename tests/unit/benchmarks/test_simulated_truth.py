"""The simulations on a tiny world, and their arithmetic by hand."""

import sys

import numpy as np
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.training import TrainingData
from support.repository import ROOT

approx = pytest.approx
SIZES = {"listeners": 120, "tracks": 90, "artists": 60, "days": 30}


@pytest.fixture(scope="module")
def benchmarks():
    """The scripts of the folder, imported as they import each other."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import bots
        import feedback
        import simulated
        import truth

        yield {"bots": bots, "feedback": feedback, "simulated": simulated, "truth": truth}
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))


@pytest.fixture(scope="module")
def world(benchmarks):
    return benchmarks["simulated"].make_world(**SIZES)


def test_a_place_is_chosen_by_preference_and_rank(benchmarks):
    chances = np.array([[0.2, 0.1, 0.0, 0.7], [0.0, 0.0, 0.0, 1.0]], np.float32)
    lists = np.array([[1, 0, 2], [0, 1, -1]], np.int32)
    found = benchmarks["feedback"]._by_rank(lists, chances)
    second = 1 / np.log2(3)
    # preference 0.1 at the first place, 0.2 at the second, none at the third
    assert found[0] == approx([0.1 / (0.1 + 0.2 * second), 0.2 * second / (0.1 + 0.2 * second), 0])
    # the other likes nothing of the list: by rank alone, and nothing behind its end
    assert found[1] == approx([1 / (1 + second), second / (1 + second), 0])


def test_a_round_adds_plays_and_older_ones_lose_weight(benchmarks):
    before = Histories.from_cells(
        [0, 1],
        [0, 2],
        n_users=2,
        n_items=3,
        weights=[2.0, 4.0],
        plays=[3, 5],
        first_day=[90, 95],
        last_day=[99, 100],
    )
    played = Histories.from_cells(
        [0, 0], [0, 1], n_users=2, n_items=3, plays=[1, 3], weights=[1, 2]
    )
    items = IdMap.of(["a", "b", "c"])
    data = TrainingData(
        Interactions(IdMap.of(["u", "v"]), items, before), Catalogue.bare(items), 100
    )
    after = benchmarks["feedback"]._learn(data, played)
    histories = after.interactions.histories
    fade = 0.5 ** (7 / 60)
    assert after.as_of_day == 107
    assert histories.items.tolist() == [0, 1, 2]
    assert histories.plays.tolist() == [4, 3, 5]
    assert histories.weights == approx([2 * fade + 1, 2, 4 * fade])
    assert histories.first_day.tolist() == [90, 107, 95]
    assert histories.last_day.tolist() == [107, 107, 100]


@pytest.mark.slow
def test_true_preferences_stand_under_the_right_tracks(benchmarks, world):
    names = world.truth.user_ids[[5, 40]]
    found = world.preferences(names)
    items = world.integrated.catalogue.items.ids.to_pylist()
    for row, name in enumerate(names):
        direct = world.truth.preference([str(name)], [items[3], items[50]])
        assert found[row, [3, 50]] == approx(direct[0])
    assert found.sum(axis=1) == approx(np.ones(2), abs=1e-4)


@pytest.mark.slow
def test_nothing_is_better_than_the_best_lists(benchmarks, world):
    found = benchmarks["truth"].measure(world, ["random", "popularity_genre"])
    reached = {name: row["expected"] for name, row in found["lists"].items()}
    assert 0 < reached["random"] < reached["popularity_genre"] < 1
    assert found["best"] > found["lists"]["popularity_genre"]["ndcg"] > 0


@pytest.mark.slow
def test_a_loop_runs_its_rounds_and_the_same_seed_goes_the_same_way(benchmarks, world):
    feedback = benchmarks["feedback"]
    variant = feedback.Variant("pop", benchmarks["truth"].recipe_of(world, "popularity"), 0.0)
    rows = feedback.simulate(world, variant, rounds=2, organic=0.5, seed=3)
    assert [row["round"] for row in rows] == [0, 1, 2]
    assert feedback.simulate(world, variant, rounds=2, organic=0.5, seed=3) == rows
    other = feedback.simulate(world, variant, rounds=2, organic=0.5, seed=4)
    assert other[0] == rows[0]
    assert other[1:] != rows[1:]


@pytest.mark.slow
def test_popular_lists_narrow_what_is_played_where_nobody_chooses_alone(benchmarks, world):
    feedback = benchmarks["feedback"]
    variant = feedback.Variant("pop", benchmarks["truth"].recipe_of(world, "popularity"), 0.0)
    led = feedback.simulate(world, variant, rounds=1, organic=0.0, seed=3)[1]
    free = feedback.simulate(world, variant, rounds=1, organic=1.0, seed=3)[1]
    assert led["played_artist_entropy"] < free["played_artist_entropy"]


@pytest.mark.slow
def test_loud_fakes_are_flagged_and_quiet_ones_are_not(benchmarks, world):
    bots = benchmarks["bots"]
    found = bots.measure(world, SIZES, 0.03)
    assert found["attacks"]["loud"] == {"share": 0.0, "lists": 0, "flagged": found["fake"]}
    assert found["attacks"]["quiet"]["flagged"] == 0

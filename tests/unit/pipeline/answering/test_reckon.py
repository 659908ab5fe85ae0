"""An estimate grows with the data, follows the settings, and gives way to what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rekomenda.joining.extent import Extent
from rekomenda.models.cost import Size
from rekomenda.pipeline.answering.reckon import Measured, measured_before, reckon
from rekomenda.settings import Settings

SMALL = Extent(60_000, Size(1_000, 800, 30_000, 1_500_000, 400_000))
LARGE = Extent(1_500_000, Size(20_000, 5_000, 670_000, 144_000_000, 25_000_000))


def of(**model: object) -> Settings:
    return Settings.model_validate({"model": model})


def test_every_hop_of_the_plan_is_reckoned_and_more_data_takes_longer():
    small, large = reckon(SMALL, Settings()), reckon(LARGE, Settings())
    hops = [
        "integrate",
        "choose",
        "evaluate",
        "refit",
        "recommend",
        "judge",
        "publish",
        "reconcile",
    ]
    assert list(small.seconds) == hops
    assert all(small.seconds[hop] < large.seconds[hop] for hop in hops)
    assert small.peak_bytes < large.peak_bytes
    assert small.disk_bytes < large.disk_bytes
    assert small.basis == "size"


def test_what_grows_with_rows_and_recommendations_is_worked_by_hand():
    found = reckon(LARGE, Settings())
    assert found.seconds["integrate"] == 1.5  # 0.3 + 1.5 M x 0.8 µs
    listed = 20_000 * (50 + 20 + 20 + 20 + 20)
    assert found.seconds["reconcile"] == pytest.approx(0.5 + listed / 1e6)
    assert found.peak_bytes == 450_000_000 + 700_000_000 + 330 * listed
    assert found.disk_bytes == 2_000_000 + 30 * listed + 30 * 670_000 + 5 * 25_000_000


def test_memory_grows_with_what_is_held_and_not_with_what_is_written():
    many = replace(LARGE.size, n_users=1_000_000, n_cells=50_000_000, n_linked=10**10)
    found = reckon(Extent(60_000_000, many), Settings())
    assert found.peak_bytes == 450_000_000 + 700_000_000 + 330 * 2_600_000 + 240 * 49_000_000
    assert found.disk_bytes == 2_000_000 + 30 * 130_000_000 + 30 * 50_000_000 + 5 * 2**27


def test_lists_of_a_large_catalogue_take_no_longer_than_those_of_8000_tracks():
    seconds = [
        reckon(Extent(LARGE.n_rows, replace(LARGE.size, n_items=n)), Settings()).seconds[
            "recommend"
        ]
        for n in (5_000, 8_000, 100_000)
    ]
    assert seconds[0] < seconds[1] == seconds[2]


def test_a_named_algorithm_is_not_searched_for_and_a_tuning_is_not_either():
    assert reckon(LARGE, of(algorithm="als")).seconds["choose"] == 0
    assert reckon(LARGE, of(tuning="20240623-0123456789")).seconds["choose"] == 0
    plain, ranked = reckon(LARGE, of(ranker="off")), reckon(LARGE, Settings())
    assert plain.seconds["recommend"] < ranked.seconds["recommend"]


def test_the_budget_bounds_what_choosing_costs():
    tight = reckon(LARGE, of(budget_seconds=0.5)).seconds["choose"]
    assert 19 <= tight <= 19 + 0.7 * 0.5
    assert tight < reckon(LARGE, Settings()).seconds["choose"]


def attempt(asked_for: str, rows: int, **seconds: float) -> dict[str, object]:
    return {"asked_for": asked_for, "rows": rows, "seconds": seconds, "peak_bytes": 7e8}


def test_a_run_of_the_same_algorithm_is_taken_in_proportion_to_its_rows():
    attempts = [
        {"decision": "published", "seconds": {"refit": 99.0}},  # of a version that noted less
        attempt("auto", 100, integrate=1.0, choose=10.0, evaluate=5.0),
        attempt("als", 100, integrate=77.0),
        attempt("auto", 200, integrate=3.0),
    ]
    found = measured_before(attempts, Settings(), 300)
    assert found == Measured({"integrate": 4.5, "choose": 30.0, "evaluate": 15.0}, 7e8)
    assert measured_before(attempts, of(algorithm="ease"), 300) is None


def test_what_was_measured_takes_the_place_of_what_was_reckoned_hop_by_hop():
    from_size = reckon(SMALL, Settings())
    found = reckon(SMALL, Settings(), Measured({"choose": 41.0, "unknown": 3.0}, 9e8))
    assert found.seconds == {**from_size.seconds, "choose": 41.0}
    assert found.bases["choose"] == "last_run"
    assert found.bases["refit"] == "size"
    assert found.basis == "size", "as long as one hop is not known"
    assert found.peak_bytes == 900_000_000

import numpy as np
import pytest

from rekomenda.evaluation import bootstrap as module
from rekomenda.evaluation import metrics
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.segments import Partition, everybody

approx = pytest.approx


def interval_of_mean(values, bootstrap):
    (sums,) = bootstrap.sums(values[:, None], [everybody(len(values))])
    low, high = bootstrap.interval(sums[:, 0, 0] / len(values))
    return float(low), float(high)


def test_a_resample_draws_as_many_as_there_are():
    counts = np.concatenate(list(Bootstrap(n_resamples=70, seed=3).draws(40)))
    assert counts.shape == (70, 40)
    assert (counts.sum(axis=1) == 40).all()
    assert counts.max() > 1
    assert counts.mean(axis=0) == approx(np.ones(40), abs=0.6)


def test_draws_do_not_depend_on_how_many_are_held_at_once(monkeypatch):
    whole = np.concatenate(list(Bootstrap(n_resamples=20, seed=3).draws(15)))
    monkeypatch.setattr(module, "KEPT_DRAWS", 0)
    monkeypatch.setattr(module, "BLOCK_DRAWS", 50)
    blocks = list(Bootstrap(n_resamples=20, seed=3).draws(15))
    assert len(blocks) == 7
    assert (np.concatenate(blocks) == whole).all()


def test_the_same_seed_gives_the_same_interval_and_another_another():
    values = np.random.default_rng(0).random(50)
    first, again, other = (interval_of_mean(values, Bootstrap(200, 0.95, s)) for s in (1, 1, 2))
    assert first == again
    assert first != other


def test_intervals_of_a_mean_hold_the_truth_as_often_as_they_say():
    """300 samples of 80 from a skewed population of mean 1, at 90 %."""
    rng = np.random.default_rng(11)
    bootstrap = Bootstrap(n_resamples=400, confidence=0.9, seed=2)
    held = 0
    for _ in range(300):
        low, high = interval_of_mean(rng.exponential(1.0, 80), bootstrap)
        held += low <= 1.0 <= high
    # Binomial(300, 0.9) has a standard deviation of 5.2; percentile intervals of a skewed mean
    # are known to be a little short.
    assert 250 <= held <= 286


def test_an_interval_is_as_wide_as_the_standard_error_says():
    values = np.random.default_rng(4).normal(3.0, 2.0, 400)
    low, high = interval_of_mean(values, Bootstrap(n_resamples=2000, seed=7))
    assert (low + high) / 2 == approx(values.mean(), abs=0.02)
    assert high - low == approx(2 * 1.96 * values.std() / 20, rel=0.06)


def test_sums_of_groups_are_those_of_the_drawn_members():
    rng = np.random.default_rng(6)
    values = rng.random((30, 4))
    halves = Partition(("a", "b"), (np.arange(30) % 2).astype(np.int32), {})
    some = Partition(("x", "y", "nobody"), rng.integers(-1, 2, 30).astype(np.int32), {})
    bootstrap = Bootstrap(n_resamples=9, seed=1)
    counts = np.concatenate(list(bootstrap.draws(30)))
    found = bootstrap.sums(values, [everybody(30), halves, some])
    for partition, sums in zip([everybody(30), halves, some], found, strict=True):
        assert sums.shape == (9, len(partition.names), 4)
        for group in range(len(partition.names)):
            members = partition.labels == group
            assert sums[:, group] == approx(counts[:, members] @ values[members])


def test_nobody_gives_sums_of_zero():
    (sums,) = Bootstrap(n_resamples=5).sums(np.zeros((0, 2)), [everybody(0)])
    assert sums.tolist() == np.zeros((5, 1, 2)).tolist()


def test_resamples_without_a_value_are_left_out_of_the_interval():
    resampled = np.array([[np.nan, np.nan, 1.0], [2.0, np.nan, 1.0], [4.0, np.nan, 1.0]])
    low, high = Bootstrap(confidence=0.5).interval(resampled)
    assert low == approx(np.array([2.5, np.nan, 1.0]), nan_ok=True)
    assert high == approx(np.array([3.5, np.nan, 1.0]), nan_ok=True)


def test_the_interval_of_a_share_is_that_of_the_mean_of_its_indicator():
    bootstrap = Bootstrap(n_resamples=4000, seed=3)
    indicator = np.r_[np.ones(30), np.zeros(170)]
    assert bootstrap.interval_of_share(30, 200) == approx(
        interval_of_mean(indicator, bootstrap), abs=0.011
    )
    assert np.isnan(bootstrap.interval_of_share(0, 0)).all()
    assert bootstrap.interval_of_share(7, 7) == (1.0, 1.0)


def test_the_interval_of_gini_is_that_of_the_gini_of_each_resample():
    rng = np.random.default_rng(12)
    exposures = np.round(rng.exponential(2.0, 60), 1) * rng.integers(0, 2, 60)
    bootstrap = Bootstrap(n_resamples=150, seed=8)
    each = [
        metrics.gini(np.repeat(exposures, counts.astype(int)))
        for block in bootstrap.draws(60)
        for counts in block
    ]
    low, high = bootstrap.interval(np.array(each))
    other = rng.random(60)
    found = bootstrap.interval_of_gini([exposures, other])
    assert found[0] == approx((float(low), float(high)), abs=1e-9)
    assert found[1] != found[0]


def test_the_interval_of_gini_of_nothing_is_nan():
    assert np.isnan(Bootstrap(n_resamples=10).interval_of_gini([np.zeros(4), np.zeros(4)])).all()
    assert np.isnan(Bootstrap().interval_of_gini([np.array([])])).all()


def test_ends_over_resamples_with_gaps_are_those_of_the_resamples_without():
    resampled = np.random.default_rng(8).random((40, 3))
    resampled[::3, 1] = np.nan
    resampled[1:, 2] = np.nan
    low, high = Bootstrap(confidence=0.9).interval(resampled)
    for column in range(3):
        known = resampled[~np.isnan(resampled[:, column]), column]
        assert (low[column], high[column]) == approx(np.quantile(known, [0.05, 0.95]), abs=1e-9)


def test_sums_do_not_depend_on_whether_draws_are_kept(monkeypatch):
    values = np.random.default_rng(2).random((37, 2))
    (kept,) = Bootstrap(n_resamples=11, seed=5).sums(values, [everybody(37)])
    monkeypatch.setattr(module, "KEPT_DRAWS", 0)
    monkeypatch.setattr(module, "BLOCK_DRAWS", 100)
    (drawn_again,) = Bootstrap(n_resamples=11, seed=5).sums(values, [everybody(37)])
    assert drawn_again == approx(kept)


def test_groups_too_small_for_a_number_are_left_out():
    labels = np.repeat([0, 1, 2, -1, 3], [50, 49, 60, 5, 2]).astype(np.int32)
    shown = Partition(("region:a", "region:b", "region:c"), labels, {"border": 1}).shown()
    assert shown.names == ("region:a", "region:c")
    assert np.bincount(shown.labels + 1).tolist() == [56, 50, 60]
    assert shown.labels[[0, 60, 120, 161, 165]].tolist() == [0, -1, 1, -1, -1]
    assert everybody(3).shown().names == ("overall",)

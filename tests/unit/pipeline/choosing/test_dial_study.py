"""What a stop of the dial is said to give: shares, means and their intervals, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.pipeline.choosing.dial_study import _mean, _share


def test_the_share_is_of_the_tracks_that_are_there_and_unknown_for_an_empty_list():
    listed = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]], bool)
    of = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]], bool)
    assert _share(of, listed) == pytest.approx([0.25, 1.0, np.nan], nan_ok=True)


def test_a_mean_leaves_out_who_cannot_be_measured_and_says_how_sure_it_is():
    # By hand: mean 0.5, deviation 0.5, three listeners: 1.96 · 0.5 / sqrt(3) = 0.5658.
    found = _mean(np.array([0.0, np.nan, 0.5, 1.0]))
    expected = {"value": 0.5, "low": 0.5 - 0.5658, "high": 0.5 + 0.5658, "listeners": 3}
    assert found == pytest.approx(expected, abs=1e-4)


def test_one_listener_has_no_interval_and_nobody_no_mean():
    assert _mean(np.array([0.3])) == {"value": 0.3, "low": 0.3, "high": 0.3, "listeners": 1}
    nothing = {"value": None, "low": None, "high": None, "listeners": 0}
    assert _mean(np.array([np.nan])) == nothing

"""How far two distributions lie apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rekomenda.evaluation.psi import psi


def test_a_known_shift_by_hand():
    # shares 1/4 and 3/4 against 3/4 and 1/4, once halves are added: (0.5, 1.5) and (1.5, 0.5)
    found = psi(np.array([0, 1]), np.array([1, 0]))
    assert found == pytest.approx(2 * 0.5 * math.log(3))


def test_the_same_shares_are_no_shift_however_many_are_counted():
    assert psi(np.array([30, 50, 20]), np.array([30, 50, 20])) == 0
    assert psi(np.array([3000, 5000, 2000]), np.array([300, 500, 200])) < 1e-4


def test_it_is_the_same_whichever_side_comes_first():
    one, other = np.array([5, 0, 9, 40]), np.array([7, 3, 0, 11])
    assert psi(one, other) == pytest.approx(psi(other, one))


def test_a_bin_that_is_empty_on_one_side_is_finite_and_large():
    found = psi(np.array([1000, 0]), np.array([0, 1000]))
    assert math.isfinite(found)
    assert found > 10

"""The inverse in place is the inverse, whatever the size of its blocks."""

import numpy as np
import pytest

from rekomenda.models.linear.inverse import invert_in_place


def positive_definite(n: int, seed: int = 3) -> np.ndarray:
    factor = np.random.default_rng(seed).standard_normal((n, 2 * n))
    return (factor @ factor.T / n + 0.1 * np.eye(n)).astype(np.float32)


@pytest.mark.parametrize(("n", "pivot"), [(1, 4), (7, 1), (7, 3), (8, 4), (9, 16), (130, 32)])
def test_it_is_the_inverse(n, pivot):
    matrix = positive_definite(n)
    expected = np.linalg.inv(matrix.astype(np.float64))
    inverse = invert_in_place(matrix, pivot=pivot)
    assert inverse is matrix
    np.testing.assert_allclose(inverse, expected, rtol=0, atol=2e-5 * abs(expected).max())


def test_only_the_lower_half_is_read():
    matrix = positive_definite(50)
    expected = np.linalg.inv(matrix.astype(np.float64))
    matrix[:16, 16:] = np.nan
    np.testing.assert_allclose(invert_in_place(matrix, pivot=16), expected, atol=1e-4)


def test_a_matrix_that_is_not_positive_definite_is_refused():
    matrix = positive_definite(40)
    matrix[33, 33] = -1
    with pytest.raises(np.linalg.LinAlgError):
        invert_in_place(matrix, pivot=8)

"""How wide somebody's listening is: how near its artists lie to one another.

Artists are placed by who plays them: the more listeners two of them share, the nearer they lie.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]

N_FACTORS: Final = 32
_OVERSAMPLING: Final = 8
_PASSES: Final = 3


def artist_vectors(user_artists: csr_array, *, seed: int = 0) -> NDArray[np.float32]:
    """Place the artists in a space by their listeners.

    The right singular vectors, times their singular values, of the (U, A) matrix with rows and
    columns divided by the roots of their sums, by randomised subspace iteration (N. Halko,
    P.-G. Martinsson, J. Tropp, "Finding Structure with Randomness", SIAM Review 2011, alg. 4.4),
    scaled to length 1. The first one, which says only how popular an artist is, is left out.

    Parameters
    ----------
    user_artists : csr_array of float, shape (U, A)
        How much each listener plays each artist, >= 0.
    seed : int

    Returns
    -------
    ndarray of float32, shape (A, K)
        Rows have length 1, or 0 for artists whom nobody plays. Time O(K nnz).
    """
    n_artists = user_artists.shape[1]
    rows, columns = user_artists.sum(axis=1), user_artists.sum(axis=0)
    scaled = user_artists.astype(np.float64)
    scaled = scaled.multiply(_inverse_root(rows)[:, None]).multiply(_inverse_root(columns)).tocsr()
    width = min(N_FACTORS + _OVERSAMPLING, n_artists, user_artists.shape[0])
    if width < 2:
        return np.zeros((n_artists, 1), np.float32)
    basis = np.random.default_rng(seed).standard_normal((n_artists, width))
    with threadpool_limits(1, "blas"):  # on several threads it rounds differently
        for _ in range(_PASSES):
            basis = np.linalg.qr(scaled.T @ (scaled @ basis))[0]
        _, values, right = np.linalg.svd(scaled @ basis, full_matrices=False)
    kept = slice(1, min(N_FACTORS + 1, width))
    placed = basis @ right[kept].T * values[kept]
    lengths = np.linalg.norm(placed, axis=1, keepdims=True)
    placed[lengths[:, 0] < 1e-9] = 0.0
    return np.asarray(placed / np.maximum(lengths, 1e-9), np.float32)


def narrowness(
    rows: NDArray[Any],
    artists: NDArray[Any],
    weights: NDArray[Any],
    vectors: NDArray[np.float32],
    n_rows: int,
) -> Floats:
    """Generalist-specialist score: weighted mean of the cosine of each artist with their centre.

    GS(u) = sum_j w_j cos(v_j, mu_u) / sum_j w_j, mu_u = sum_j w_j v_j / sum_j w_j (I. Waller,
    A. Anderson, "Generalists and Specialists", WWW 2019; on music: A. Anderson et al., WWW 2020).

    Parameters
    ----------
    rows, artists : ndarray of int, shape (n,)
        Whose, and which artist; -1 for an unknown artist, which is left out.
    weights : ndarray of number, shape (n,)
        Plays, or how much a place in a list is seen.
    vectors : ndarray of float32, shape (A, K)
        From `artist_vectors`; artists at the origin are left out.
    n_rows : int

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        High: all of a kind (1: one artist). Low: scattered. NaN where nothing is known.
    """
    known = (artists >= 0) & (weights > 0)
    known[known] = (vectors[artists[known]] != 0).any(axis=1)
    artists = artists[known]
    shape = n_rows, len(vectors)
    # Doubles add up: a listener's tracks of one artist become that artist's weight.
    played = csr_array((weights[known].astype(np.float64), (rows[known], artists)), shape=shape)
    centres = np.asarray(played @ vectors)  # (n_rows, K), not divided: only its direction counts
    # The sum of w_j v_j · mu / |mu| is |mu| itself, mu being that sum.
    totals: Floats = np.asarray(played.sum(axis=1)).ravel()
    return np.asarray(np.linalg.norm(centres, axis=1) / np.where(totals > 0, totals, np.nan))


def _inverse_root(sums: NDArray[Any]) -> Floats:
    return np.where(sums > 0, 1 / np.sqrt(np.maximum(sums, 1e-12)), 0.0)

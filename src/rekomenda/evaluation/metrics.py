"""How good lists are, computed for whole batches of lists at once.

Two kinds of functions: those that judge each listener's list against what was played after the
cut (they take `hits`), and those that judge what the lists together show (they take items).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]


def discounts(k: int) -> Floats:
    """Return 1 / log2(1 + rank) for ranks 1 to k, shape (k,): how much each place is seen."""
    return 1 / np.log2(np.arange(2, k + 2))


def ndcg(hits: Bools, n_relevant: Ints) -> Floats:
    """Normalised discounted cumulative gain of each list, with binary relevance.

    K. Järvelin, J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 2002;
    the ideal list has min(n_relevant, k) hits, all on top.

    Parameters
    ----------
    hits : ndarray of bool, shape (B, k)
        True where the item at that rank is relevant; False where the list has ended.
    n_relevant : ndarray of int, shape (B,)
        Number of relevant items of each user, listed or not.

    Returns
    -------
    ndarray of float64, shape (B,)
        0 (no hit) to 1 (all hits on top); NaN for a user with nothing relevant, who is left out
        of the mean rather than counted as a failure. So with all functions that take `hits`.
    """
    k = hits.shape[1]
    return np.asarray(hits @ discounts(k) / ideal_dcg(n_relevant, k))


def ideal_dcg(n_relevant: Ints, k: int) -> Floats:
    """Return the DCG@k of the best list each user could have, (B,): all hits on top; NaN for none."""
    ideal = np.concatenate([[np.nan], np.cumsum(discounts(k))])  # (k + 1,)
    return np.asarray(ideal[np.minimum(n_relevant, k)])


def recall(hits: Bools, n_relevant: Ints) -> Floats:
    """Share of the relevant items that the list holds, shape (B,): hits / n_relevant."""
    return np.asarray(hits.sum(axis=1) / _or_nan(n_relevant))


def precision(hits: Bools, n_relevant: Ints) -> Floats:
    """Share of the k places that hold a relevant item, shape (B,).

    The divisor is k, also where the list is shorter: an empty place is no hit.
    """
    return np.asarray(np.where(n_relevant > 0, hits.sum(axis=1) / hits.shape[1], np.nan))


def reciprocal_rank(hits: Bools, n_relevant: Ints) -> Floats:
    """1 / rank of the first hit, 0 without one, shape (B,); its mean is the MRR.

    E. Voorhees, "The TREC-8 question answering track report", 1999.
    """
    first = np.where(hits.any(axis=1), 1 / (hits.argmax(axis=1) + 1.0), 0.0)
    return np.asarray(np.where(n_relevant > 0, first, np.nan))


def average_precision(hits: Bools, n_relevant: Ints) -> Floats:
    """Mean of the precision at each hit, over min(n_relevant, k), shape (B,); its mean is MAP.

    C. Manning, P. Raghavan, H. Schütze, "Introduction to Information Retrieval", 2008, eq. 8.8,
    cut at k: a list whose first min(n_relevant, k) places are all hits scores 1.
    """
    k = hits.shape[1]
    precisions = hits.cumsum(axis=1) / np.arange(1, k + 1)  # (B, k)
    return np.asarray((precisions * hits).sum(axis=1) / _or_nan(np.minimum(n_relevant, k)))


def hit_rate(hits: Bools, n_relevant: Ints) -> Floats:
    """1 if the list holds at least one relevant item, else 0, shape (B,)."""
    return np.asarray(np.where(n_relevant > 0, hits.any(axis=1).astype(float), np.nan))


ACCURACY = {
    "ndcg": ndcg,
    "recall": recall,
    "precision": precision,
    "mrr": reciprocal_rank,
    "map": average_precision,
    "hit_rate": hit_rate,
}
"""Metrics of one listener's list against what that listener played after the cut."""


def novelty(items: Ints, listeners: Ints, n_listeners: int) -> Floats:
    """Mean surprise of each list: the mean of -log2(phi(i) / N) over its items.

    S. Vargas, P. Castells, "Rank and relevance in novelty and diversity metrics", RecSys 2011.

    Parameters
    ----------
    items : ndarray of int, shape (B, k)
        -1 behind the end of a list.
    listeners : ndarray of int, shape (I,)
        phi: how many people played each item in training. An item that nobody played counts as
        played by one, so that it is the most novel there is and not infinitely so.
    n_listeners : int
        N: how many people played anything in training.

    Returns
    -------
    ndarray of float64, shape (B,)
        In bits, 0 (everybody knows them) to log2 N; NaN for an empty list.
    """
    surprise = -np.log2(np.maximum(listeners, 1) / max(n_listeners, 1))
    return _mean_over_lists(items, surprise)


def list_popularity(items: Ints, listeners: Ints) -> Floats:
    """Mean over each list of phi(i), the number of its listeners in training, shape (B,)."""
    return _mean_over_lists(items, np.asarray(listeners, dtype=np.float64))


def profile_popularity(train: Histories, listeners: Ints) -> Floats:
    """Mean phi of what each user played in training (plays > 0), shape (B,); NaN without plays."""
    played = (train.plays > 0).astype(np.float64)
    users, n_users = train.users_of_cells, len(train)
    counts = np.bincount(users, played, n_users)
    return np.asarray(
        np.bincount(users, played * listeners[train.items], n_users) / _or_nan(counts)
    )


def popularity_lift(of_lists: Floats, of_profiles: Floats) -> float:
    """How much more popular the lists are than what these people play: (GAP_r - GAP_p) / GAP_p.

    H. Abdollahpouri et al., "The unfairness of popularity bias in recommendation", RMSE 2019.

    Parameters
    ----------
    of_lists, of_profiles : ndarray of float, shape (U,)
        Mean phi over each user's list and over each user's training tracks. Users for whom one
        of them is NaN (no list, no history) count in neither mean.

    Returns
    -------
    float
        -1 to infinity; 0: no lift; NaN without users.
    """
    both = ~(np.isnan(of_lists) | np.isnan(of_profiles))
    profiles = float(of_profiles[both].sum())
    return float(of_lists[both].sum()) / profiles - 1 if profiles > 0 else np.nan


def exposure(items: Ints, n_items: int) -> Floats:
    """Sum over the lists of 1 / log2(1 + rank) for each item, shape (I,)."""
    listed = items >= 0
    weights = np.broadcast_to(discounts(items.shape[1]), items.shape)
    return np.asarray(np.bincount(items[listed], weights[listed], n_items), np.float64)


def coverage(exposures: Floats) -> float:
    """Share of the items (or artists) that stand in at least one list; NaN if there are none."""
    return float(np.count_nonzero(exposures) / len(exposures)) if len(exposures) else np.nan


def gini(exposures: Floats) -> float:
    """Inequality of exposure, those never shown included with 0.

    G = sum_j (2j - n - 1) e_j / (n sum e), e ascending, j from 1 to n (Gini 1912; as used for
    recommenders in G. Adomavicius, Y. Kwon, TKDE 2012).

    Returns
    -------
    float
        0 (all shown alike) to 1 - 1/n (one has it all); NaN if nothing was shown.
    """
    n, total = len(exposures), float(exposures.sum())
    if total <= 0:
        return np.nan
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return float(ranks @ np.sort(exposures) / (n * total))


def _mean_over_lists(items: Ints, values: Floats) -> Floats:
    """Mean of `values[item]` over each row of items, -1 left out; NaN for empty rows."""
    listed = items >= 0
    lengths = listed.sum(axis=1)
    sums = np.where(listed, values[np.where(listed, items, 0)], 0.0).sum(axis=1)
    return np.asarray(sums / _or_nan(lengths))


def _or_nan(counts: NDArray[Any]) -> Floats:
    """Return the counts as divisors: NaN instead of 0, so that 0 / 0 is NaN without a warning."""
    return np.where(counts > 0, counts, np.nan)

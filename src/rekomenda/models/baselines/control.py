"""A control: lists drawn at random, for whatever a real model must beat.

The numbers come from a hash of seed, history and item, so they depend on no order of calls.

Sources of the mixers: G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number
Generators", OOPSLA 2014 (SplitMix64); A. Appleby, MurmurHash3, 2011 (the 32-bit finalizer).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, FittedModel, ReasonKind
from rekomenda.domain.training import TrainingData
from rekomenda.models.base import Algorithm, Arrays, Fitted, Float32, Int32

UInt32 = NDArray[np.uint32]
UInt64 = NDArray[np.uint64]
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MASK: Final = (1 << 64) - 1


@dataclass(frozen=True)
class Random(Algorithm):
    """Give every item of the catalogue a random score, the same for the same history and seed.

    Notes
    -----
    Time: one hash for each listener and item. Memory: none to speak of.
    """

    algorithm: ClassVar[str] = "random"

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:
        return RandomScores(self.algorithm, data.interactions.histories.n_items, seed)

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        return RandomScores(self.algorithm, int(arrays["n_items"]), int(arrays["seed"]))


@dataclass(frozen=True, eq=False)
class RandomScores(Fitted):
    """Scores in [0, 1) out of a hash.

    Parameters
    ----------
    count : int
        I, the number of items.
    seed : int
    """

    count: int
    seed: int

    @property
    def n_items(self) -> int:
        """I, the number of items it scores."""
        return self.count

    def _score(self, histories: Histories) -> Float32:
        start = _mixed(np.array([self.seed & _MASK], np.uint64))
        item_hash = _mixed(np.arange(1, self.count + 1, dtype=np.uint64) * _GOLDEN ^ start)
        sums = np.zeros(len(histories.items) + 1, np.uint64)
        np.cumsum(item_hash[histories.items], out=sums[1:])
        user_hash = _mixed(sums[histories.indptr[1:]] - sums[histories.indptr[:-1]] + start)
        halves = (user_hash >> np.uint64(32)).astype(np.uint32), item_hash.astype(np.uint32)
        bits = _mixed_in_place(halves[0][:, None] ^ halves[1])
        bits >>= np.uint32(8)
        scores = bits.astype(np.float32)
        scores *= np.float32(2**-24)
        return scores

    def explain(self, histories: Histories, items: Int32) -> Evidence:  # noqa: ARG002 - chance has no reason
        """Say nothing: there is no reason."""
        return Evidence(
            np.full(items.shape, ReasonKind.NONE, np.uint8),
            np.full(items.shape, -1, np.int32),
            np.full(items.shape, np.nan, np.float32),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return `n_items` and `seed`, one int64 each."""
        return {"n_items": np.array(self.count), "seed": np.array(self.seed)}


def _mixed(values: UInt64) -> UInt64:
    """Scatter 64-bit numbers so that neighbours have nothing in common; wraps around."""
    mixed = values + _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _mixed_in_place(values: UInt32) -> UInt32:
    """Scatter 32-bit numbers likewise; one number for each listener and item, so it must be quick."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        values ^= values >> np.uint32(shift)
        values *= np.uint32(factor)
    return values

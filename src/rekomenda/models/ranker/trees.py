"""Regression trees as plain numbers: a recipe can hold them, and any machine adds them up alike.

Whoever grew them is not needed again: they are walked by a kernel of our own, row by row and tree
by tree, so that what they say does not depend on cores, versions or who else is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rekomenda.models.base import Float32

if TYPE_CHECKING:
    from rekomenda.models.ranker.tree_kernels import Grown

DEEPEST = 64
"""Splits above a leaf; deeper trees are refused."""
MOST_LEAVES = 32
"""Of a tree that the quick kernel takes."""


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees whose leaves add up.

    Parameters
    ----------
    roots : ndarray of int32, shape (T,)
        The node each tree begins at.
    feature : ndarray of int32, shape (N,)
        Which feature a node asks for; -1 for a leaf.
    threshold : ndarray of float32, shape (N,)
        Values up to it go left.
    left, right : ndarray of int32, shape (N,)
    value : ndarray of float64, shape (N,)
        Of a leaf; 0 elsewhere.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: Float32
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]

    @classmethod
    def from_json(cls, stored: Any, n_features: int) -> Trees:
        """Read trees as a recipe writes them.

        Parameters
        ----------
        stored : sequence
            A tree each: a leaf's value, or `[feature, threshold, left, right]` of further trees.
        n_features : int
            F; a tree may ask for features 0 to F - 1.

        Raises
        ------
        ValueError
            If it is nothing of the kind.
        """
        if isinstance(stored, str) or not isinstance(stored, Sequence):
            raise ValueError("no list of trees")  # noqa: TRY004 - whoever reads a recipe expects one error
        nodes = _Nodes(n_features)
        roots = [nodes.add(tree, DEEPEST) for tree in stored]
        return cls(
            np.array(roots, np.int32),
            np.array(nodes.feature, np.int32),
            np.array(nodes.threshold, np.float32),
            np.array(nodes.left, np.int32),
            np.array(nodes.right, np.int32),
            np.array(nodes.value, np.float64),
        )

    def __len__(self) -> int:
        return len(self.roots)

    def add_up(self, features: Float32) -> NDArray[np.float64]:
        """Return the sum over the trees for each row of features (..., F); without NaN."""
        from rekomenda.models.ranker.tree_kernels import Nodes, add_up, walk  # noqa: PLC0415 - numba takes a while to import

        rows = np.ascontiguousarray(features.reshape(-1, features.shape[-1]), np.float32)
        total = np.zeros(len(rows))
        if self._grown is None:
            arrays = {known.name: getattr(self, known.name) for known in fields(self)}
            walk(Nodes(**arrays), rows, total)
        else:
            add_up(self._grown, rows, total)
        return total.reshape(features.shape[:-1])

    @cached_property
    def _grown(self) -> Grown | None:
        """The same for the quick kernel, if no tree is too large for it."""
        from rekomenda.models.ranker.tree_kernels import Grown  # noqa: PLC0415 - numba takes a while to import

        splits, leaves = [0], [0]
        rows: list[tuple[int, float, int]] = []
        values: list[float] = []
        for root in self.roots.tolist():
            n_leaves = self._lay_out(root, 0, rows, values)
            if n_leaves > MOST_LEAVES:
                return None
            splits.append(len(rows))
            leaves.append(len(values))
        feature, threshold, left_over = zip(*rows, strict=True) if rows else ((), (), ())
        return Grown(
            np.array(splits, np.int32),
            np.array(leaves, np.int32),
            np.array(feature, np.int32),
            np.array(threshold, np.float32),
            np.array(left_over, np.uint32),
            np.array(values, np.float64),
        )

    def _lay_out(
        self, node: int, before: int, rows: list[tuple[int, float, int]], values: list[float]
    ) -> int:
        """Append what is below a node with `before` leaves on its left; return how many leaves."""
        if self.feature[node] < 0:
            values.append(float(self.value[node]))
            return 1
        here = len(rows)
        rows.append((0, 0.0, 0))
        on_left = self._lay_out(int(self.left[node]), before, rows, values)
        gone = ((1 << on_left) - 1) << before
        rows[here] = int(self.feature[node]), float(self.threshold[node]), ~gone & 0xFFFFFFFF
        return on_left + self._lay_out(int(self.right[node]), before + on_left, rows, values)


@dataclass
class _Nodes:
    """Nodes as they are read."""

    n_features: int
    feature: list[int] = field(default_factory=list)
    threshold: list[float] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def add(self, tree: Any, depth: int) -> int:
        """Read a tree and return where it begins."""
        if _is_number(tree):
            return self._put(-1, 0.0, float(tree))
        if isinstance(tree, str) or not isinstance(tree, Sequence) or len(tree) != 4 or not depth:
            raise ValueError("no tree")
        feature, threshold, left, right = tree
        known = isinstance(feature, int) and 0 <= feature < self.n_features
        if not known or not _is_number(threshold):
            raise ValueError("no split of a tree")
        place = self._put(feature, float(threshold), 0.0)
        self.left[place] = self.add(left, depth - 1)
        self.right[place] = self.add(right, depth - 1)
        return place

    def _put(self, feature: int, threshold: float, value: float) -> int:
        self.feature.append(feature)
        self.threshold.append(threshold)
        self.left.append(-1)
        self.right.append(-1)
        self.value.append(value)
        return len(self.value) - 1


def _is_number(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value)

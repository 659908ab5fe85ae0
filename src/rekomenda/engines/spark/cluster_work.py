"""What models let Spark do for them: rows of sparse matrices, and factors by MLlib."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.training import RowKernel
from rekomenda.engines.spark.tables import hand_over, read_ordered

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CELLS_A_BLOCK: Final = 2_000_000
"""Cells of a block of ALS. From the size of the data alone, never from that of the cluster: the order
in which sums are made is then the same on any."""
MAX_BLOCKS: Final = 200
CHECKPOINT: Final = 5
"""Rounds after which what was found so far is written down, so that a lost executor costs a few rounds."""


@dataclass(frozen=True)
class ClusterWork:
    """See `HeavyWork`.

    Parameters
    ----------
    folder : Path
        Where matrices are handed over, on storage that all executors see.
    over_ranges : callable
        As `Engine.over_ranges`.
    at_work : callable
        Gives a session, a folder and a place to note what is under way.
    uri_of : callable
        Says where executors find a file.
    """

    folder: Path
    over_ranges: Callable[..., Iterator[pa.RecordBatch]]
    at_work: Callable[..., AbstractContextManager[Any]]
    uri_of: Callable[[Path], str]

    def rows(
        self, kernel: RowKernel, matrices: Sequence[csr_array], n: int, schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        """See `HeavyWork.rows`: a task for some rows, each with the matrices mapped into its memory."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            for place, matrix in enumerate(matrices):
                _write(matrix, Path(name), place)
            work = _Rows(kernel, name, tuple(matrix.shape for matrix in matrices))
            yield from self.over_ranges(work, n, step=1, schema=schema)

    def factorise(
        self,
        weights: csr_array,
        *,
        n_factors: int,
        n_iterations: int,
        regularization: float,
        alpha: float,
        seed: int,
    ) -> NDArray[np.float32]:
        """See `HeavyWork.factorise`: MLlib's implicit ALS.

        MLlib's penalty on a row is λ times its cells, on both sides. With λ = Λ / √(n̄ m̄), n̄ the mean cells
        of a listener and m̄ of an item, the product of both sides' penalties, which is what shapes the
        fit, is on average that of a penalty Λ on every row.
        """
        from pyspark.ml.recommendation import ALS  # noqa: PLC0415 - an extra

        n_items = weights.shape[1]
        of_user, of_item = (_mean_cells(weights.nonzero()[side]) for side in (0, 1))
        blocks = min(MAX_BLOCKS, 2 + weights.nnz // CELLS_A_BLOCK)
        with self.at_work({}) as (session, folder, at):
            at[0] = "als"
            learner = ALS(
                rank=n_factors,
                maxIter=n_iterations,
                regParam=regularization / float(np.sqrt(of_user * of_item)),
                implicitPrefs=True,
                alpha=alpha,
                userCol="user",
                itemCol="item",
                ratingCol="weight",
                seed=seed,
                numUserBlocks=blocks,
                numItemBlocks=blocks,
                checkpointInterval=CHECKPOINT,
            )
            cells = hand_over(session, _cells(weights), folder / "cells", self.uri_of)
            found: DataFrame = learner.fit(cells).itemFactors
            found.orderBy("id").write.parquet(self.uri_of(folder / "factors"))
            rows = read_ordered(folder / "factors")
        factors = np.zeros((n_items, n_factors), np.float32)
        values = rows["features"].combine_chunks().flatten().to_numpy()
        factors[rows["id"].to_numpy()] = values.reshape(-1, n_factors)
        return factors


@dataclass(frozen=True)
class _Rows:
    """A kernel with the matrices it works on, as an executor takes it."""

    kernel: RowKernel
    folder: str
    shapes: tuple[tuple[int, int], ...]

    def __call__(self, start: int, stop: int) -> Iterator[pa.RecordBatch]:
        matrices = [
            _read(Path(self.folder), place, shape) for place, shape in enumerate(self.shapes)
        ]
        yield from self.kernel(matrices, start, stop)


def _write(matrix: csr_array, folder: Path, place: int) -> None:
    for name in ("data", "indices", "indptr"):
        np.save(folder / f"{place}-{name}.npy", getattr(matrix, name))


def _read(folder: Path, place: int, shape: tuple[int, int]) -> csr_array:
    parts = [
        np.load(folder / f"{place}-{name}.npy", mmap_mode="r", allow_pickle=False)
        for name in ("data", "indices", "indptr")
    ]
    return csr_array(tuple(parts), shape=shape)


def _cells(weights: csr_array) -> pa.Table:
    """Return the cells one below the other."""
    users = np.repeat(np.arange(weights.shape[0], dtype=np.int32), np.diff(weights.indptr))
    items = weights.indices.astype(np.int32)
    return pa.table({"user": users, "item": items, "weight": weights.data.astype(np.float32)})


def _mean_cells(rows: NDArray[np.integer[Any]]) -> float:
    """Return the mean number of cells of the rows that have any."""
    counts = np.bincount(rows)
    return float(counts[counts > 0].mean()) if len(rows) else 1.0

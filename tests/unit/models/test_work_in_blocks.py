"""Blocks cover everybody once, stay within their memory, and hand errors on."""

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from model_worlds import crooked_histories, random_world
from rekomenda.models import blocks


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_slices_cover_every_row_once_within_the_memory(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1000)
    cut = blocks.slices(23, 150)
    assert [row for rows in cut for row in range(rows.start, rows.stop)] == list(range(23))
    assert max(rows.stop - rows.start for rows in cut) == 6
    assert len(blocks.slices(3, 5000)) == 3  # a row larger than the memory still gets its turn
    assert blocks.slices(0, 8) == []


def test_padded_rows_take_everybody_with_plays_once_within_the_memory(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4000)
    data = random_world(n_users=150, n_items=70, n_cells=1500, seed=11)
    histories = data.interactions.histories
    groups = list(blocks.padded_rows(histories, 50, 10))
    taken = np.concatenate([rows for rows, _ in groups])
    assert sorted(taken.tolist()) == np.flatnonzero(histories.lengths).tolist()
    for rows, length in groups:
        assert histories.lengths[rows].max() <= length < 2 * histories.lengths[rows].min()
        assert len(rows) == 1 or len(rows) * (length * 50 + 10) <= 4000


def test_padding_is_empty_and_cells_keep_their_place():
    histories = crooked_histories()
    users = blocks.pad(histories, np.array([4, 0]), 6)
    assert users.filled.sum(axis=1).tolist() == [4, 3]
    assert users.items.tolist() == [[1, 3, 4, 6, 0, 0], [0, 1, 5, 0, 0, 0]]
    assert users.weights.tolist() == [[3, 1, 4, 2, 0, 0], [4, 2, 0.5, 0, 0, 0]]
    assert histories.weights[users.cells[users.filled]].tolist() == [3, 1, 4, 2, 4, 2, 0.5]


def test_blas_keeps_to_one_thread_in_a_block_and_is_set_free_after_it():
    before, within = blas_threads(), []
    blocks.run_blocks(lambda _: within.append(blas_threads()), [1, 2, 3])
    assert within == [{1}] * 3
    assert blas_threads() == before


@pytest.mark.parametrize("cores", [1, 3])
def test_an_error_in_one_block_is_raised(monkeypatch, cores):
    monkeypatch.setattr(blocks, "n_cores", lambda: cores)

    def work(block: int) -> None:
        if block == 2:
            raise np.linalg.LinAlgError(f"in {threading.current_thread().name}")

    with pytest.raises(np.linalg.LinAlgError):
        blocks.run_blocks(work, [1, 2, 3])

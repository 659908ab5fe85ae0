"""Whether the warehouse holds exactly the rows of a release."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from rekomenda.domain.warehouse_schema import WAREHOUSE
from rekomenda.storage.fingerprint import Fingerprint, Int64, fingerprint, marks_of_batches
from rekomenda.storage.warehouse.base import Rows, Warehouse
from rekomenda.storage.warehouse.run_files import conformed


class Comparison(NamedTuple):
    """One table, in the release and in the warehouse. `differences` is 0 when they agree."""

    release: Fingerprint
    warehouse: Fingerprint
    differences: int


def reconcile(
    run_id: str, tables: Mapping[str, Rows], warehouse: Warehouse
) -> dict[str, Comparison]:
    """Compare the tables of a release with the rows of its run.

    The release's side is computed from its own files in Arrow, the warehouse's by its database,
    both at a time, so that neither can be wrong in the way the other is.

    Returns
    -------
    dict
        By table. `differences` counts the rows that one side has and the other has not: a
        changed row counts twice, a lost one once.
    """
    with ThreadPoolExecutor(1) as database:  # its work is not Python's
        counting = database.submit(warehouse.fingerprints, run_id)
        ours = {
            name: fingerprint(table, conformed(run_id, table, tables.get(name)))
            for name, table in WAREHOUSE.items()
        }
        theirs = counting.result()
    compared = {}
    for name, table in WAREHOUSE.items():
        differences = 0
        if ours[name] != theirs[name]:
            marks = marks_of_batches(table, conformed(run_id, table, tables.get(name)))
            mine = np.concatenate([*marks, np.zeros(0, np.int64)])
            differences = _not_shared(mine, warehouse.row_marks(run_id, name))
        compared[name] = Comparison(ours[name], theirs[name], differences)
    return compared


def _not_shared(one: Int64, other: Int64) -> int:
    values, places = np.unique(np.concatenate([one, other]), return_inverse=True)
    n_one = np.bincount(places[: len(one)], minlength=len(values))
    n_other = np.bincount(places[len(one) :], minlength=len(values))
    return int(np.abs(n_one - n_other).sum())

"""Small crooked worlds for models: not square, not symmetric, every odd case in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.time_order import places_in_time
from rekomenda.domain.training import TrainingData

AS_OF = 19_800

# Rows: listeners; columns: tracks. "." was never played; 0 was seen but has no weight.
# Track 8 has no listener, track 7 only one that does not like it; listener 5 has nothing liked,
# listener 6 nothing at all.
WEIGHTS = """
    4.0  2.0  .    .    .    0.5  .    .    .
    3.0  1.0  5.0  .    .    .    .    0    .
    .    .    2.0  7.0  1.0  .    .    .    .
    1.0  .    .    2.5  .    1.5  0.25 .    .
    .    3.0  .    1.0  4.0  .    2.0  .    .
    .    0    .    .    .    .    .    0    .
    .    .    .    .    .    .    .    .    .
    2.0  .    1.0  .    .    3.0  .    .    .
"""
GENRE_OF = [0, 0, 1, 1, 2, -1, 2, 0, 1]
REGION = [1, 1, 0, 0, 1, -1, 0, -1]


def weights_table() -> np.ndarray:
    """The weights with NaN where nothing was played, (U, I)."""
    rows = [line.split() for line in WEIGHTS.strip().splitlines()]
    return np.array([[np.nan if cell == "." else float(cell) for cell in row] for row in rows])


def crooked_histories() -> Histories:
    table = weights_table()
    users, items = np.nonzero(~np.isnan(table))
    age = (users * 5 + items * 3) % 31
    return Histories.from_cells(
        users,
        items,
        n_users=len(table),
        n_items=table.shape[1],
        weights=table[users, items],
        plays=np.ceil(table[users, items]).astype(int) + 1,
        first_day=AS_OF - age - 2,
        last_day=AS_OF - age,
        region=np.array(REGION),
    )


def crooked_world(*, timed: bool = True) -> TrainingData:
    """Eight listeners, nine tracks, three genres and no genre, two regions and none."""
    return training(crooked_histories(), GENRE_OF, n_genres=3, n_regions=2, timed=timed)


def random_world(*, n_users: int, n_items: int, n_cells: int, seed: int) -> TrainingData:
    """Uneven listeners and tracks, drawn at random; weights are multiples of 1/8 up to 5."""
    rng = np.random.default_rng(seed)
    users = np.minimum(rng.geometric(4 / n_users, n_cells * 2) - 1, n_users - 1)
    items = np.minimum(rng.geometric(4 / n_items, n_cells * 2) - 1, n_items - 1)
    cells = rng.permutation(np.unique(users * n_items + items))[:n_cells]
    day = AS_OF - rng.integers(0, 60, len(cells))
    histories = Histories.from_cells(
        cells // n_items,
        cells % n_items,
        n_users=n_users,
        n_items=n_items,
        weights=rng.integers(0, 41, len(cells)) / 8,
        plays=rng.integers(1, 30, len(cells)),
        first_day=day - rng.integers(0, 30, len(cells)),
        last_day=day,
        region=rng.integers(-1, 3, n_users),
    )
    return training(histories, rng.integers(-1, 5, n_items), n_genres=5, n_regions=3)


def training(
    histories: Histories,
    genre_of: list[int] | np.ndarray,
    *,
    n_genres: int,
    n_regions: int,
    timed: bool = True,
) -> TrainingData:
    items = numbered("t", histories.n_items)
    catalogue = Catalogue.bare(
        items,
        genres=numbered("g", n_genres),
        regions=numbered("r", n_regions),
        genre_of=np.array(genre_of, np.int32),
    )
    order = places_in_time(histories.indptr, histories.last_day)
    histories = replace(histories, order=order) if timed else histories
    interactions = Interactions(numbered("u", len(histories)), items, histories)
    return TrainingData(interactions, catalogue, AS_OF if timed else -1)


def numbered(letter: str, count: int) -> IdMap:
    return IdMap.of([f"{letter}{number:06d}" for number in range(count)])

"""A fitted model with all it needs to answer, as a folder: what a release keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.domain import catalogue_tables
from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.models import FittedModel
from rekomenda.domain.training import TrainingData
from rekomenda.errors import CorruptError
from rekomenda.learning.recipe import Recipe
from rekomenda.models.registry import restore
from rekomenda.storage.arrays import about_arrays, read_arrays, write_arrays
from rekomenda.storage.documents import CHANGED, MISSING, RESTORE, sha256_of

LISTENERS = "listeners.parquet"
HISTORIES = "histories"
_TABLES = ("tracks", "artists", "genres", "regions")
_CELLS = (
    *("indptr", "items", "weights", "plays", "first_day", "last_day", "region"),
    *("known", "order"),  # not in the oldest bundles
)


@dataclass(frozen=True, eq=False)
class Bundle:
    """A model, how it was made, and the histories and catalogue it speaks of."""

    recipe: Recipe
    model: FittedModel
    interactions: Interactions
    catalogue: Catalogue

    @classmethod
    def fit(cls, recipe: Recipe, data: TrainingData) -> Bundle:
        """Let a recipe learn from all of the data.

        Raises
        ------
        FitError
            If the data does not allow it.
        """
        return cls(recipe, recipe.fit(data), data.interactions, data.catalogue)

    def write(self, folder: Path) -> None:
        """Write everything below a staged folder."""
        write_arrays(folder, "model", self.model.arrays(), self.recipe.to_json())
        histories = self.interactions.histories
        cells = {name: getattr(histories, name) for name in _CELLS}
        users = pa.table({"user_id": self.interactions.users.ids})
        pq.write_table(users, folder / LISTENERS)
        (folder / "catalogue").mkdir()
        for name, table in catalogue_tables.to_tables(self.catalogue).items():
            pq.write_table(table, folder / "catalogue" / f"{name}.parquet")
        about = {"n_items": histories.n_items, "tables": hashes_of(folder)}
        write_arrays(folder, HISTORIES, cells, about)

    @classmethod
    def read(cls, folder: Path) -> Bundle:
        """Read what `write` wrote; the large arrays are mapped, not read.

        Raises
        ------
        CorruptError
            If any of it is damaged.
        """
        about, arrays = read_arrays(folder / "model")
        recipe = Recipe.from_json(about)
        catalogue = read_catalogue(folder)
        shape, cells = read_arrays(folder / HISTORIES)
        users = pq.read_table(_checked(folder, LISTENERS, shape))["user_id"].combine_chunks()
        return cls(
            recipe=recipe,
            model=restore(recipe.algorithm, recipe.hyperparameters, arrays),
            interactions=Interactions(
                users=IdMap(users),
                items=catalogue.items,
                histories=Histories(**cells, n_items=shape["n_items"]),
            ),
            catalogue=catalogue,
        )


def read_catalogue(folder: Path) -> Catalogue:
    """Read the catalogue of a bundle alone.

    Raises
    ------
    CorruptError
        If it is damaged.
    """
    about = about_arrays(folder / HISTORIES)
    return catalogue_tables.from_tables(
        {
            name: pq.read_table(_checked(folder, f"catalogue/{name}.parquet", about))
            for name in _TABLES
        }
    )


def hashes_of(folder: Path) -> dict[str, str]:
    """Return the hash of every table of a bundle, which the manifest of its histories keeps."""
    names = (LISTENERS, *(f"catalogue/{name}.parquet" for name in _TABLES))
    return {name: sha256_of(folder / name) for name in names}


def _checked(folder: Path, name: str, about: Mapping[str, Any]) -> Path:
    """Return a table's path once its bytes are those that were written; the oldest bundles know no hash."""
    path = folder / name
    if not path.is_file():
        raise CorruptError(path=path, detail=MISSING, hint=RESTORE)
    known = about.get("tables")
    if known is not None and sha256_of(path) != known.get(name):
        raise CorruptError(path=path, detail=CHANGED, hint=RESTORE)
    return path

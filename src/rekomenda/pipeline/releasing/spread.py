"""Everybody's lists made on executors: the model is read from the draft's files, the ranking is the same code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rekomenda.domain.interactions import Interactions
from rekomenda.domain.recommendations import LIST_SCHEMA
from rekomenda.engines.base import Engine
from rekomenda.learning.bundle import Bundle
from rekomenda.ranking.lists import ListMaker
from rekomenda.ranking.ranked import KIND_NAMES, SHELF_NAMES

_NUMBERED: Final = {
    "user_id": pa.int32(),
    "track_id": pa.int32(),
    "shelf": pa.int8(),
    "reason_kind": pa.int8(),
}
"""Columns of which executors send the numbers: the driver has the names, and they are the same in all batches."""


def _sent(column: pa.Field) -> pa.Field:
    text = pa.string() if pa.types.is_dictionary(column.type) else column.type
    return pa.field(column.name, _NUMBERED.get(column.name, text))


_SENT: Final = pa.schema([_sent(column) for column in LIST_SCHEMA])
_FROM_FILES: Final = ("model", "interactions", "catalogue")


def all_lists(engine: Engine, maker: ListMaker, folder: Path) -> Iterator[pa.RecordBatch]:
    """Yield what `maker.batches` does, made wherever the engine works.

    Parameters
    ----------
    engine : Engine
    maker : ListMaker
    folder : Path
        Where its bundle is written, on storage that executors see.
    """
    if engine.work is None:
        yield from maker.batches()
        return
    rest = {
        each.name: getattr(maker, each.name)
        for each in fields(maker)
        if each.name not in _FROM_FILES
    }
    work = ListsOf(folder.absolute(), {**rest, "found_floor": maker.floor, "threads": 1})
    n = len(maker.interactions.users)
    sent = engine.over_ranges(work, n, step=maker.listeners_a_batch, schema=_SENT)
    yield from _received(sent, maker.interactions)
    yield from maker.general_batches()


@dataclass(frozen=True, eq=False)
class ListsOf:
    """The lists of a range of listeners, as an executor makes them.

    Parameters
    ----------
    folder : Path
        Of the bundle.
    rest : mapping
        What else a `ListMaker` is made of.
    """

    folder: Path
    rest: Mapping[str, Any]

    def __call__(self, start: int, stop: int) -> Iterator[pa.RecordBatch]:
        """Yield their rows as they are sent."""
        bundle = _bundle(str(self.folder))
        maker = ListMaker(
            model=bundle.model,
            interactions=bundle.interactions,
            catalogue=bundle.catalogue,
            **self.rest,
        )
        for batch in maker.batches_of(np.arange(start, stop, dtype=np.int32)):
            yield _to_send(batch)


@lru_cache(maxsize=1)
def _bundle(folder: str) -> Bundle:
    """Read a bundle once in each process of an executor."""
    return Bundle.read(Path(folder))


def _to_send(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [
        batch[name].indices if name in _NUMBERED else batch[name].cast(_SENT.field(name).type)
        for name in _SENT.names
    ]
    return pa.RecordBatch.from_arrays(columns, schema=_SENT)


def _received(
    batches: Iterator[pa.RecordBatch], interactions: Interactions
) -> Iterator[pa.RecordBatch]:
    """Give numbers their ids back; no listener is in two batches."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        if not batch.num_rows:
            continue
        users = batch["user_id"]
        last = int(np.searchsorted(users.to_numpy(), users[-1].as_py()))
        if last:
            yield _with_ids([*waiting, batch.slice(0, last)], interactions)
            waiting = []
        waiting.append(batch.slice(last))
    if waiting:
        yield _with_ids(waiting, interactions)


def _with_ids(batches: list[pa.RecordBatch], interactions: Interactions) -> pa.RecordBatch:
    batch = pa.concat_batches(batches)
    names_of = {
        "user_id": interactions.users.ids,
        "track_id": interactions.items.ids,
        "shelf": SHELF_NAMES,
        "reason_kind": KIND_NAMES,
    }
    columns = [
        pa.DictionaryArray.from_arrays(batch[name], names_of[name])
        if name in names_of
        else pc.cast(batch[name], LIST_SCHEMA.field(name).type)
        for name in LIST_SCHEMA.names
    ]
    return pa.RecordBatch.from_arrays(columns, schema=LIST_SCHEMA)

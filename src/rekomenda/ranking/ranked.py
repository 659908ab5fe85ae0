"""Ranked lists of one batch as matrices, and their rows as Arrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.models import Evidence, ReasonKind
from rekomenda.domain.recommendations import LIST_SCHEMA, Shelf
from rekomenda.ranking.explain import Reasons
from rekomenda.ranking.reason_words import OWN_ARTIST, PERSONAL

Value = TypeVar("Value", bound=np.generic)

SHELF_NAMES: Final = pa.array([shelf.value for shelf in Shelf])
KIND_NAMES: Final = pa.array([kind.name.lower() for kind in ReasonKind])


@dataclass(frozen=True, eq=False)
class Ranked:
    """Lists of one shelf with their reasons: B rows, n places, item -1 where a place is empty.

    Parameters
    ----------
    items, subject : ndarray of int32, shape (B, n)
    scores, share : ndarray of float32, shape (B, n)
        `share` is NaN where the evidence is not additive.
    kind, detail : ndarray of uint8, shape (B, n)
        As in `explain.Reasons`.
    """

    items: NDArray[np.int32]
    scores: NDArray[np.float32]
    kind: NDArray[np.uint8]
    subject: NDArray[np.int32]
    share: NDArray[np.float32]
    detail: NDArray[np.uint8]

    def where(self, rows: NDArray[np.bool_], other: Ranked) -> Ranked:
        """Return these lists, but `other`'s (B rows too) where `rows`, shape (B,), is True."""
        return Ranked(
            **{
                name: np.where(rows[:, None], getattr(other, name), mine)
                for name, mine in vars(self).items()
            }
        )

    @classmethod
    def stack(cls, blocks: Sequence[Ranked]) -> Ranked:
        """Return the lists of all blocks, one below the other."""
        return cls(
            **{
                field.name: np.concatenate([getattr(block, field.name) for block in blocks])
                for field in fields(cls)
            }
        )

    def rows(self, rows: NDArray[np.int32]) -> Ranked:
        """Return some lists, in the order asked for."""
        return Ranked(**{name: values[rows] for name, values in vars(self).items()})


def place(values: NDArray[Value], columns: NDArray[np.int64], missing: float) -> NDArray[Value]:
    """Return `values[b, columns[b, i]]`, and `missing` where the column is -1."""
    taken = np.take_along_axis(values, np.maximum(columns, 0), axis=1)
    return np.where(columns < 0, values.dtype.type(missing), taken)


def either(first: NDArray[np.bool_], yes: Evidence, no: Evidence) -> Evidence:
    """Return one model's evidence where `first`, shape (B, n), is True, else the other's."""
    return Evidence(
        kind=np.where(first, yes.kind, no.kind),
        subject=np.where(first, yes.subject, no.subject),
        share=np.where(first, yes.share, no.share),
    )


def to_arrow(
    shelves: Mapping[Shelf, Ranked],
    users: NDArray[np.int32],
    user_ids: IdMap,
    catalogue: Catalogue,
) -> pa.RecordBatch:
    """Return one row for each place taken, ordered by row of the batch, shelf and rank.

    Parameters
    ----------
    shelves : mapping of Shelf to Ranked
        B lists each; the order of the mapping is that of the rows.
    users : ndarray of int32, shape (B,)
        Index of each listener in `user_ids`; -1 gives a null id.

    Returns
    -------
    pa.RecordBatch with `LIST_SCHEMA`
        The dictionaries of user and track ids are those of the id maps themselves.
    """
    lists = list(shelves.values())
    taken = np.concatenate([of.items >= 0 for of in lists], axis=1)
    ranks = np.concatenate([np.cumsum(of.items >= 0, axis=1) for of in lists], axis=1)
    lengths = [of.items.shape[1] for of in lists]
    codes = np.repeat([list(Shelf).index(shelf) for shelf in shelves], lengths).astype(np.int8)
    values: dict[str, NDArray[Any]] = {
        field.name: np.concatenate([getattr(of, field.name) for of in lists], axis=1)[taken]
        for field in fields(Ranked)
    }
    reasons = Reasons(values["kind"], values["subject"], values["detail"], values["items"])
    columns = {
        "user_id": _encoded(np.broadcast_to(users[:, None], taken.shape)[taken], user_ids.ids),
        "shelf": _encoded(np.broadcast_to(codes, taken.shape)[taken], SHELF_NAMES),
        "rank": pa.array(ranks[taken].astype(np.int16)),
        "track_id": _encoded(values["items"], catalogue.items.ids),
        "score": pa.array(values["scores"]),
        "personalised": pa.array(_personal(values["kind"], values["detail"])),
        "reason_kind": _encoded(values["kind"].astype(np.int8), KIND_NAMES),
        "reason_share": pa.array(values["share"], mask=np.isnan(values["share"])),
        **reasons.arrow(catalogue),
    }
    return pa.RecordBatch.from_arrays(
        [columns[name] for name in LIST_SCHEMA.names], schema=LIST_SCHEMA
    )


def _personal(kind: NDArray[np.uint8], detail: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which reasons speak of the listener's own plays or likes."""
    own_artist = (kind == ReasonKind.NEW_RELEASE) & (detail >= OWN_ARTIST)
    personal: NDArray[np.bool_] = np.isin(kind, PERSONAL) | own_artist
    return personal


def _encoded(index: NDArray[Any], names: pa.StringArray) -> pa.DictionaryArray:
    """Return `names[index]` without copying a name; null for -1."""
    return pa.DictionaryArray.from_arrays(pa.array(index, mask=index < 0), names)

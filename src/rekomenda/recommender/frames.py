"""Frames of any kind as Arrow, and Arrow as a frame of the same kind."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from rekomenda.errors import FrameKindError, FrameTypeError

Library = Literal["pandas", "polars", "pyarrow"]
LIBRARIES: Final[dict[str, Library]] = {name: name for name in get_args(Library)}
_OF_ARROW: Final = "ArrowDtype"
_EXACT: Final = 2**53
"""Whole floats below are the numbers they were."""


@dataclass(frozen=True)
class IdColumn:
    """A column of ids as the caller has it.

    Parameters
    ----------
    name : str
    arrow : str
        Its type in Arrow, e.g. `int64`.
    native : str
        Its type in a pandas frame, by name; `ArrowDtype` for one of Arrow's; empty elsewhere.
    """

    name: str
    arrow: str
    native: str = ""

    @property
    def dtype(self) -> Any:
        """Its type in a pandas frame."""
        if self.native == _OF_ARROW:
            return pd.ArrowDtype(pa.type_for_alias(self.arrow))
        return self.native

    def restore(self, ids: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """Return ids, which are text, with the type that they came with."""
        wanted = pa.type_for_alias(self.arrow)
        if pa.types.is_floating(wanted):
            ids = ids.cast(pa.int64())  # text of whole numbers
        return ids.cast(wanted)


@dataclass(frozen=True)
class FrameKind:
    """What the frames that go out are like.

    Parameters
    ----------
    library : {"pandas", "polars", "pyarrow"}
    lazy : bool
        A Polars `LazyFrame` came in.
    user, track : IdColumn
        Of the plays.
    """

    library: Library
    lazy: bool
    user: IdColumn
    track: IdColumn

    def frame(self, table: pa.Table) -> Any:
        """Return a table as a frame of this kind."""
        frame = nw.from_arrow(table, backend=self.library)
        if self.lazy:
            return frame.lazy().to_native()
        native = frame.to_native()
        if self.library == "pandas":
            types = {each.name: each.dtype for each in (self.user, self.track)}
            return native.astype({name: kind for name, kind in types.items() if name in native})
        return native

    def to_json(self) -> dict[str, Any]:
        """Return what a stored recommender keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> FrameKind:
        """Read what `to_json` gave."""
        user, track = IdColumn(**stored["user"]), IdColumn(**stored["track"])
        return cls(stored["library"], stored["lazy"], user, track)


@dataclass(frozen=True, eq=False)
class Given:
    """A frame that came in.

    Parameters
    ----------
    name : str
        What it is called in messages: `plays`, `tracks`…
    table : pa.Table
    library : str
    lazy : bool
    natives : mapping
        Types of pandas columns by name; empty elsewhere.
    """

    name: str
    table: pa.Table
    library: Library
    lazy: bool
    natives: Mapping[str, str]

    def id_column(self, place: int) -> IdColumn:
        """Describe the id column at this place."""
        field = self.table.schema.field(place)
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        text = "string" if self.library != "pyarrow" else str(kind)
        known = number or pa.types.is_large_string(kind)
        return IdColumn(
            field.name, _alias(kind) if known else _plain(text), self.natives.get(field.name, "")
        )


def take_in(name: str, frame: Any) -> Given:
    """Read a frame.

    Raises
    ------
    FrameKindError
        If it is no frame of a known kind.
    FrameTypeError
        If a column holds values of several kinds.
    """
    try:
        known = nw.from_native(frame)
    except TypeError as error:
        raise FrameKindError(name=name, kind=type(frame).__name__) from error
    lazy = isinstance(known, nw.LazyFrame)
    library = LIBRARIES.get(known.implementation.value)
    if library is None:
        raise FrameKindError(name=name, kind=type(frame).__name__)
    try:
        eager = known.collect() if isinstance(known, nw.LazyFrame) else known
        table = eager.to_arrow()
    except (pa.ArrowException, TypeError) as error:
        detail = " ".join(map(str, error.args)).splitlines()[0]
        raise FrameTypeError(name=name, detail=detail) from error
    natives = {}
    if library == "pandas":
        native: Any = eager.to_native()
        natives = {str(column): _name_of(native[column].dtype) for column in native.columns}
        table = table.select([column for column in table.column_names if column in natives])
    return Given(name, table, library, lazy, natives)


def ids_as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return ids ready for the checks: whole floats, which a missing id makes of numbers, as numbers."""
    if not pa.types.is_floating(column.type):
        return column
    values = np.asarray(column.cast(pa.float64()).fill_null(np.nan))
    known = ~np.isnan(values)
    if not (
        np.all(values[known] == np.floor(values[known])) and np.all(np.abs(values[known]) < _EXACT)
    ):
        return column
    numbers = np.where(known, values, 0).astype(np.int64)
    return pa.chunked_array([pa.array(numbers, mask=~known)])


def wanted_ids(ids: Any) -> list[str]:
    """Return the ids somebody asks for, one or many of any type, as text, each once and in order."""
    one = isinstance(ids, str) or not isinstance(ids, Iterable)
    return list(dict.fromkeys(_as_text(each) for each in ([ids] if one else ids)))


def _as_text(value: Any) -> str:
    value = value.as_py() if isinstance(value, pa.Scalar) else value
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return unicodedata.normalize("NFC", str(value).strip())


def _name_of(dtype: Any) -> str:
    return _OF_ARROW if isinstance(dtype, pd.ArrowDtype) else str(dtype)


def _alias(kind: pa.DataType) -> str:
    """Return the name by which Arrow finds a type again: `float64` and not `double`."""
    return {"double": "float64", "float": "float32", "halffloat": "float16"}.get(
        str(kind), str(kind)
    )


def _plain(kind: str) -> str:
    return kind if kind in {"string", "large_string"} else "string"

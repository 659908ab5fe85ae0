"""Frames through the same checks as files: parts of right rows, and an account of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.data.layout import Source
from rekomenda.data.reading.dates import EPOCH, OLDEST_PLAY
from rekomenda.data.reading.mapping import plain, recognise
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.rules import RULES
from rekomenda.data.reading.verdict import Limits
from rekomenda.data.staging import Refusal, Staged, stage
from rekomenda.domain.schema import INPUTS, LIKES, PLAYS, Kind
from rekomenda.errors import FrameColumnError, FrameUnclearError, NoRowsLeftError
from rekomenda.language import Language, Text
from rekomenda.recommender.frames import FrameKind, Given, ids_as_text

UNDATED: Final = EPOCH + timedelta(days=OLDEST_PLAY)
"""The day that plays without one are given until they are joined."""
_ALL_BUT_RIGHT: Final = Limits(hold=1.0, reject=1.0, accept=True)
"""Bad rows never cost the good ones."""
_MAIN: Final = {PLAYS.name: ("user_id", "track_id")}


@dataclass(frozen=True)
class Account:
    """What became of the rows of one frame: `given = learned + repeated + set_aside`.

    Parameters
    ----------
    name : str
    given, learned, repeated, set_aside : int
        Repeated: one play, with its moment, that stands there twice.
    reasons : mapping
        Rows set aside by the words for why.
    """

    name: str
    given: int
    learned: int
    repeated: int
    set_aside: int
    reasons: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class CheckedRows:
    """Everything that is to be learned from, as Parquet files.

    Parameters
    ----------
    parts : mapping of table to paths
    kind : FrameKind
        Of the plays.
    accounts : tuple of Account
    first, last : date
        Of the plays.
    dated : bool
        Whether the plays say when.
    set_aside : pa.Table
        `frame`, `row` (from 0), `column`, `why`.
    """

    parts: Mapping[str, Sequence[Path]]
    kind: FrameKind
    accounts: tuple[Account, ...]
    first: date
    last: date
    dated: bool
    set_aside: pa.Table


@dataclass(frozen=True)
class Checking:
    """How frames are checked.

    Parameters
    ----------
    folder : Path
        Where parts are written.
    columns : mapping
        Our column to the caller's name for it.
    now : datetime, with zone
        Plays more than an hour later are from the future.
    language : {"en", "pt-BR"}
    """

    folder: Path
    columns: Mapping[str, str]
    now: datetime
    language: Language = "en"
    _aside: list[pa.Table] = field(default_factory=list)

    def check(self, frames: Sequence[Given]) -> CheckedRows:
        """Check all frames, the plays first.

        Raises
        ------
        FrameColumnError
            If a column is missing, or one is named that no frame has.
        FrameUnclearError
            If values have two readings.
        NoRowsLeftError
            If nothing of the plays is right.
        """
        self._require_names(frames)
        plays = frames[0]
        places = self._places(plays)
        staged = {given.name: self._staged(given) for given in frames}
        accounts = tuple(_account(name, s, self.language) for name, s in staged.items())
        if not accounts[0].learned:
            raise _nothing_left(staged[PLAYS.name], plays.name)
        days = staged[PLAYS.name].days
        return CheckedRows(
            parts={name: [part.path for part in s.parts] for name, s in staged.items()},
            kind=FrameKind(
                plays.library,
                plays.lazy,
                plays.id_column(places["user_id"]),
                plays.id_column(places["track_id"]),
            ),
            accounts=accounts,
            first=days[0],
            last=days[-1],
            dated=bool({"day", "played_at"} & places.keys()),
            set_aside=pa.concat_tables(self._aside) if self._aside else _ASIDE.empty_table(),
        )

    def _require_names(self, frames: Sequence[Given]) -> None:
        """Make sure that every column that was named is in some frame."""
        there = {plain(name) for given in frames for name in given.table.column_names}
        for ours, yours in self.columns.items():
            if plain(yours) not in there:
                raise _missing(frames[0], ours, named=yours)

    def _places(self, given: Given) -> dict[str, int]:
        places = recognise(given.name, given.table.column_names, self.columns)
        required = _MAIN.get(given.name) or [
            column.name for column in INPUTS[given.name].columns if column.required
        ]
        for name in required:
            if name not in places:
                raise _missing(given, name)
        return places

    def _staged(self, given: Given) -> Staged:
        """Take a frame as a file through the readers' checks."""
        given = _with_kinds(given, self.columns)
        places = self._places(given)
        rows = {name: given.table.column(place) for name, place in places.items()}
        ids = {column.name for column in INPUTS[given.name].columns if column.kind is Kind.ID}
        rows = {name: ids_as_text(rows[name]) if name in ids else rows[name] for name in rows}
        if given.name == PLAYS.name:
            rows = _complete(rows, given.table.num_rows)
        path = self.folder / f"{given.name}.parquet"
        pq.write_table(pa.table(rows), path)
        staged = stage(
            Source(given.name, path),
            self.folder / given.name,
            ReadOptions(now=self.now),
            limits=_ALL_BUT_RIGHT,
        )
        if staged.refusal is not None:
            raise _unclear(staged.refusal, given, places) from staged.refusal
        if staged.quarantine is not None:
            names = {name: given.table.column_names[place] for name, place in places.items()}
            self._aside.append(_set_aside(staged.quarantine, given.name, names, self.language))
        return staged


def _complete(rows: dict[str, pa.ChunkedArray], n_rows: int) -> dict[str, pa.ChunkedArray]:
    """Add what the checks ask of plays: a row counts once unless it says otherwise, and on some day."""
    if "played_at" in rows:
        rows = {name: column for name, column in rows.items() if name != "day"}
    elif "day" not in rows:
        rows["day"] = pa.chunked_array([pa.repeat(pa.scalar(UNDATED, pa.date32()), n_rows)])
    if "plays" not in rows:
        rows["plays"] = pa.chunked_array([pa.repeat(pa.scalar(1, pa.int64()), n_rows)])
    return rows


def _with_kinds(given: Given, columns: Mapping[str, str]) -> Given:
    """Give likes that only name a track, an artist or a genre the columns that say so."""
    if given.name != LIKES.name or "id" in recognise(LIKES.name, given.table.column_names, columns):
        return given
    for table, kind in (("tracks", "track"), ("artists", "artist"), ("genres", "genre")):
        place = recognise(table, given.table.column_names, columns).get(f"{kind}_id")
        if place is not None:
            ids = ids_as_text(given.table.column(place))
            kinds = pa.chunked_array([pa.repeat(pa.scalar(kind), given.table.num_rows)])
            table_of = given.table.append_column("kind", kinds).append_column("id", ids)
            return Given(given.name, table_of, given.library, given.lazy, given.natives)
    return given


_ASIDE: Final = pa.schema(
    [("frame", pa.string()), ("row", pa.int64()), ("column", pa.string()), ("why", pa.string())]
)
_WORDS: Final = {str(rule): rule.words for rule in RULES}


def _set_aside(path: Path, name: str, names: Mapping[str, str], language: Language) -> pa.Table:
    """Return the rows of a quarantine file as they are shown: `row` counts from 0."""
    rows = pq.read_table(path).sort_by("line")
    columns = [names.get(column, column) for column in rows["column"].to_pylist()]
    why = [_WORDS[rule].render(language) for rule in rows["rule"].to_pylist()]
    places = np.asarray(rows["line"]) - 1
    return pa.table([[name] * len(rows), places, columns, why], schema=_ASIDE)


def _account(name: str, staged: Staged, language: Language) -> Account:
    reasons = {_WORDS[rule].render(language): n for rule, n in staged.reasons.items()}
    return Account(
        name, staged.rows_in, staged.loaded, staged.deduplicated, staged.quarantined, reasons
    )


_TWO_READINGS: Final = Text(
    "{bad:n} {bad:value has|values have} two readings, such as in {example!r}",
    "{bad:n} {bad:valor tem|valores têm} duas leituras, como em {example!r}",
)
_TYPE: Final = Text("column {column!r} has type {type}", "a coluna {column!r} tem o tipo {type}")


def _unclear(refusal: Refusal, given: Given, places: Mapping[str, int]) -> FrameUnclearError:
    """Say what cannot be read, without the options that only files have."""
    facts = dict(refusal.facts)
    if "column" in facts:
        facts["column"] = given.table.column_names[places[facts["column"]]]
    text = _TYPE if "type" in facts else _TWO_READINGS if "example" in facts else refusal.text
    return FrameUnclearError(name=given.name, detail=text.filled(**facts))


def _missing(given: Given, column: str, named: str = "") -> FrameColumnError:
    return FrameColumnError(
        name=given.name,
        wanted=named or column,
        column=column,
        columns=", ".join(map(str, given.table.column_names)),
    )


def _nothing_left(staged: Staged, name: str) -> NoRowsLeftError:
    def said(language: Language) -> str:
        words = [f"{n} × {_WORDS[rule].render(language)}" for rule, n in staged.reasons.items()]
        return "; ".join(words) or "0"

    reasons = Text(said("en"), said("pt-BR"))
    return NoRowsLeftError(name=name, rows=staged.rows_in, reasons=reasons)

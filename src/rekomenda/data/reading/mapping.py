"""Which tables a file feeds and which of its columns are which, told from its header alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from rekomenda.domain.schema import INPUTS, N_FEATURES, USERS, Column
from rekomenda.errors import ColumnMissingError, UnknownColumnError
from rekomenda.language import Text

_FEATURES = frozenset(f"feature_{number}" for number in range(1, N_FEATURES + 1))
_ABOUT_USERS = frozenset(column.name for column in USERS.columns) - {"user_id"}
_IGNORED_MARKS = str.maketrans("", "", " _-.\t\ufeff\xa0")

_GUESS = Text(
    en="did you mean {guess!r}? Use --map {column}={guess}",
    pt="você quis dizer {guess!r}? Use --map {column}={guess}",
)
_NO_GUESS = Text(
    en="name yours with --map {column}=YOURS",
    pt="diga qual é com --map {column}=SUA_COLUNA",
)


_DID_YOU_MEAN = Text(en=" Did you mean {name}?", pt=" Você quis dizer {name}?")


@dataclass(frozen=True)
class ColumnMap:
    """What the columns of a file are.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    tables : tuple of str
        Input tables it feeds; more than one for an already joined file.
    header : tuple of str
        Its column names, as written.
    places : mapping
        Canonical column to its place in the header.
    """

    file: str
    tables: tuple[str, ...]
    header: tuple[str, ...]
    places: Mapping[str, int]

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns that nothing is made of."""
        used = set(self.places.values())
        return tuple(name for place, name in enumerate(self.header) if place not in used)

    @property
    def timed(self) -> bool:
        """Whether its plays carry their moment: one row a play, not daily totals."""
        return "played_at" in self.places

    @property
    def names(self) -> dict[str, str]:
        """Canonical column to the file's own name for it."""
        return {canonical: self.header[place] for canonical, place in self.places.items()}

    def settled(self, *, day_has_time: bool) -> ColumnMap:
        """Settle what the values of the day column decide: moments, or days of daily totals.

        Raises
        ------
        ColumnMissingError
            If the plays have neither a moment nor a count.
        """
        if "plays" not in self.tables or self.timed:
            return self
        if day_has_time:
            places = {name: place for name, place in self.places.items() if name != "day"}
            return replace(self, places={**places, "played_at": self.places["day"]})
        if "plays" not in self.places:
            raise _missing(self.file, "plays", self.header, self.ignored)
        return self


def printable(name: str) -> str:
    """Return a name of the user's as it can be shown: it neither breaks lines nor commands."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)


def plain(name: str) -> str:
    """Return a column name as it is compared: without case, accents, spaces and `_-.`."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c)).translate(_IGNORED_MARKS)


def _spellings() -> dict[str, frozenset[str]]:
    """Return every accepted spelling with the canonical columns it can mean."""
    found: dict[str, set[str]] = {}
    for table in INPUTS.values():
        for column in table.columns:
            for name in (column.name, *column.aliases):
                found.setdefault(plain(name), set()).add(column.name)
    return {name: frozenset(columns) for name, columns in found.items()}


SPELLINGS = _spellings()


def known(names: Sequence[str], columns: Mapping[str, str]) -> int:
    """Count the names of a header that mean something."""
    given = {plain(name) for name in columns.values()}
    return sum(plain(name) in SPELLINGS or plain(name) in given for name in names)


def check_columns(columns: Mapping[str, str]) -> None:
    """Make sure that every column somebody maps onto is one of ours.

    Raises
    ------
    UnknownColumnError
        With the closest of ours.
    """
    ours = sorted({column.name for table in INPUTS.values() for column in table.columns})
    for name in columns:
        if plain(name) not in SPELLINGS:
            close = get_close_matches(name, ours, n=1)
            hint = _DID_YOU_MEAN.filled(name=close[0]) if close else ""
            raise UnknownColumnError(column=name, hint=hint, columns=", ".join(ours))


def detect(file: str, header: Sequence[str], columns: Mapping[str, str]) -> ColumnMap:
    """Find out what a file is from its column names.

    Parameters
    ----------
    file : str
        For messages.
    header : sequence of str
    columns : mapping
        Canonical column (or any spelling of it) to the file's own name; names that this file
        does not have are left alone, for they may be another file's.

    Raises
    ------
    ColumnMissingError
        If a column is missing without which the file means nothing.
    """
    names = [plain(name) for name in header]
    given = _given(names, columns)
    meant = set(given)
    for place, name in enumerate(names):
        if place not in given.values():
            meant |= SPELLINGS.get(name, frozenset())
    tables = _tables(frozenset(meant))
    places: dict[str, int] = {}
    for table in tables:
        for column in INPUTS[table].columns:
            if column.name not in places:
                taken = {*given.values(), *places.values()}
                place = given.get(column.name, -1)
                place = _place(column, names, taken) if place < 0 else place
                if place >= 0:
                    places[column.name] = place
    found = ColumnMap(file, tables, tuple(header), places)
    for column_name in _required(tables, places):
        if column_name not in places:
            raise _missing(file, column_name, header, found.ignored)
    return found


def recognise(table: str, header: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Return the place in a header of each column of one table that it has.

    Parameters
    ----------
    table : str
        An input table that the header is known to be of.
    header : sequence of str
    columns : mapping
        As in `detect`.
    """
    names = [plain(name) for name in header]
    given = _given(names, columns)
    places: dict[str, int] = {}
    for column in INPUTS[table].columns:
        taken = {*given.values(), *places.values()}
        place = given[column.name] if column.name in given else _place(column, names, taken)
        if place >= 0:
            places[column.name] = place
    return places


def _given(names: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Return the place of each declared column; a declared spelling means its canonical column."""
    canonical_names = {column.name for table in INPUTS.values() for column in table.columns}
    given = {}
    for name, yours in columns.items():
        meanings = (name,) if name in canonical_names else sorted(SPELLINGS.get(plain(name), ()))
        for meaning in meanings:
            if plain(yours) in names:
                given[meaning] = names.index(plain(yours))
    return given


def _place(column: Column, names: Sequence[str], taken: set[int]) -> int:
    """Return where a column stands: by its own name, then its aliases in their order; or -1."""
    for spelling in (column.name, *column.aliases):
        for place, name in enumerate(names):
            if name == plain(spelling) and place not in taken:
                return place
    return -1


def _tables(found: frozenset[str]) -> tuple[str, ...]:
    """Return the input tables that columns of these meanings feed, the main one first."""
    user, track, artist = "user_id" in found, "track_id" in found, "artist_id" in found
    listened = "played_at" in found or "day" in found
    described = ("artists",) if artist and found & _FEATURES else ()
    turned = ("dials",) if "dial" in found else ()
    rules: tuple[tuple[bool, tuple[str, ...]], ...] = (
        (user and not track and "friend_id" in found, ("friends",)),
        (not track and {"kind", "id"} <= found, ("likes",) if user else ("blocked",)),
        (
            (user and track) or sum((user, track, listened, "plays" in found)) >= 3,
            ("plays", *(("tracks",) if track and artist else ()), *described),
        ),
        (track and (artist or not listened), ("tracks", *described)),
        (artist, ("artists",)),
        (user and not listened and bool(found & _ABOUT_USERS), ("users", *turned)),
        (user and not listened, turned or ("users",)),
        ({"genre_id", "name"} <= found, ("genres",)),
    )
    return next((tables for holds, tables in rules if holds), ("plays",))


def _required(tables: tuple[str, ...], places: Mapping[str, int]) -> list[str]:
    """Return what the main table cannot do without. What only joined rows lack is no loss."""
    if tables[0] == "plays":
        return ["user_id", "track_id", *([] if "played_at" in places else ["day"])]
    return [column.name for column in INPUTS[tables[0]].columns if column.required]


def _missing(
    file: str, column: str, header: Sequence[str], spare: Sequence[str]
) -> ColumnMissingError:
    spellings = {plain(name): name for name in spare}
    wanted = next(c for table in INPUTS.values() for c in table.columns if c.name == column)
    close = [
        spellings[match]
        for name in (column, *wanted.aliases)
        for match in get_close_matches(plain(name), list(spellings), n=1)
    ]
    guess = close[0] if close else (spare[0] if len(spare) == 1 else None)
    hint = _GUESS if guess else _NO_GUESS
    facts = {"guess": printable(guess or ""), "column": column}
    hint = replace(hint, en=hint.render("en", facts), pt=hint.render("pt-BR", facts))
    return ColumnMissingError(
        file=file, column=column, hint=hint, columns=", ".join(map(printable, header))
    )

"""What a file promises by the one of its kind before it: the same columns, ids that look alike.

Two files are of a kind when they feed the same table and their names differ in digits only, as those
of two days do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rekomenda.data.reading.mapping import plain, printable
from rekomenda.errors import SchemaChangedError
from rekomenda.language import Text
from rekomenda.pipeline.loading.preview import HEADER
from rekomenda.storage.snapshots import InputRecord

SHAPES = "shapes"
"""The fact that says what the ids of a file look like, by canonical column."""
SCHEMA_CHANGE = "schema_change"
"""The fact that says how the columns of a file differ from those of the one before."""


@dataclass(frozen=True)
class Change:
    """How a file differs from the one of its kind before it.

    Parameters
    ----------
    before : str
        Name of that one.
    new, gone : tuple of str
        Columns, as written.
    altered : tuple of (column, shape before, shape now)
        Columns of ids.
    """

    before: str
    new: tuple[str, ...]
    gone: tuple[str, ...]
    altered: tuple[tuple[str, str, str], ...]

    def refusal(self, file: str) -> SchemaChangedError:
        """Return the error that holds the file, with the differences."""
        changes = [
            _ALTERED.filled(column=printable(column), was=_SHAPES[was], now=_SHAPES[now])
            for column, was, now in self.altered
        ]
        joined = Text("; ".join(c.en for c in changes), "; ".join(c.pt for c in changes))
        return SchemaChangedError(file=file, before=self.before, changes=joined)

    def to_json(self) -> dict[str, Any]:
        """Return it as a fact."""
        return asdict(self)


def change_since(records: Sequence[InputRecord], record: InputRecord) -> Change | None:
    """Compare a file with the last one of its kind that was loaded; None where nothing differs."""
    before = next((r for r in reversed(records) if _of_a_kind(r, record)), None)
    if before is None:
        return None
    had, has = ({plain(name): name for name in r.facts[HEADER] if name} for r in (before, record))
    shapes, now = before.facts.get(SHAPES, {}), record.facts.get(SHAPES, {})
    change = Change(
        before=before.name,
        new=tuple(name for key, name in has.items() if key not in had),
        gone=tuple(name for key, name in had.items() if key not in has),
        altered=tuple(
            (record.facts["columns"].get(column, column), shape, now[column])
            for column, shape in shapes.items()
            if now.get(column, shape) != shape
        ),
    )
    return change if change.new or change.gone or change.altered else None


def words_of_change(change: Mapping[str, Any]) -> Iterator[tuple[Text, Mapping[str, Any]]]:
    """Yield what a person reads of a change that was accepted."""
    for text, key in ((_NEW, "new"), (_GONE, "gone")):
        if change[key]:
            columns = ", ".join(map(printable, change[key]))
            yield text, {"before": change["before"], "columns": columns}
    for column, was, now in change["altered"]:
        facts = {"column": printable(column), "was": _SHAPES[was], "now": _SHAPES[now]}
        yield _ACCEPTED, {"change": _ALTERED.filled(**facts), "before": change["before"]}


def _of_a_kind(one: InputRecord, other: InputRecord) -> bool:
    return (
        one.verdict == "loaded"
        and HEADER in one.facts
        and HEADER in other.facts
        and one.tables[:1] == other.tables[:1]
        and _without_digits(one.name) == _without_digits(other.name)
    )


def _without_digits(name: str) -> str:
    return re.sub(r"\d+", "#", name)


_SHAPES = {
    "numbers": Text("whole numbers", "números inteiros"),
    "uuids": Text("UUIDs", "UUIDs"),
    "words": Text("words", "palavras"),
}
_ALTERED = Text(
    "column {column!r} had {was}, now {now}", "a coluna {column!r} tinha {was}, agora {now}"
)
_NEW = Text("  new since {before}: {columns}", "  novas desde {before}: {columns}")
_GONE = Text("  gone since {before}: {columns}", "  sumiram desde {before}: {columns}")
_ACCEPTED = Text(
    "  accepted as asked: {change} (since {before})",
    "  aceito como pedido: {change} (desde {before})",
)

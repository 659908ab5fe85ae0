"""What a page is built from: sections of blocks, each a figure, a table or a few people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go


@dataclass(frozen=True)
class Column:
    """A table's column; `kind` is `number`, `mark` (a `Mark` in each cell) or empty for text."""

    title: str
    kind: str = ""


@dataclass(frozen=True)
class Mark:
    """A short word with a colour: `passed`, `failed`, `yes`, `no`, `undecided`, `not_measurable`."""

    kind: str
    words: str


@dataclass(frozen=True)
class Row:
    """A table's row; `ours` as its kind makes it stand out."""

    cells: Sequence[Any]
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """Columns and rows, every cell said already."""

    columns: Sequence[Column]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Tile:
    """One number that everybody looks at first; `kind` is `good`, `bad` or empty."""

    value: str
    words: str
    kind: str = ""


@dataclass(frozen=True)
class Block:
    """A part of a section; whatever is empty is left out."""

    title: str = ""
    lead: str = ""
    figure: str = ""
    table: Table | None = None
    folded: str = ""
    """Words to click on before the table is seen."""
    people: Sequence[Any] = ()


@dataclass(frozen=True)
class Section:
    """A chapter of the page; one without blocks is not shown."""

    name: str
    title: str
    lead: str = ""
    blocks: Sequence[Block] = field(default_factory=tuple)


def figure_html(figure: go.Figure | None, name: str) -> str:
    """Return a figure as a piece of HTML that needs Plotly's script on its page."""
    if figure is None:
        return ""
    html: str = figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        div_id=f"figure-{name}",
        config={"displayModeBar": False, "responsive": True},
    )
    return html

"""How tables and figures of all chapters are said and gathered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import plotly.graph_objects as go

from rekomenda.language import Language, Text
from rekomenda.report.block import Block, Column, figure_html
from rekomenda.report.content import Content

NUMBER: Final = Text("{value:.4f}", "{value:.4f}")
INTERVAL: Final = Text("{low:.4f} – {high:.4f}", "{low:.4f} – {high:.4f}")


def figure_block(
    title: Text, name: str, figure: go.Figure | None, language: Language
) -> list[Block]:
    """Return a figure as a block; no block where there is nothing to draw."""
    html = figure_html(figure, name)
    return [Block(title=title.render(language), figure=html)] if html else []


def drawn(
    figures: Sequence[tuple[Text, str, Callable[[Content, Language], go.Figure | None]]],
    content: Content,
    language: Language,
) -> list[Block]:
    """Return a block for each figure that there is something to draw in."""
    return [
        block
        for title, name, draw in figures
        for block in figure_block(title, name, draw(content, language), language)
    ]


def named(track: Any) -> str:
    """Return a track as people name it: title, and artist where known."""
    title = track["title"] or track["track_id"]
    return f"“{title}”" + (f" ({track['artist']})" if track["artist"] else "")


def count(value: int, language: Language) -> str:
    """Return a whole number as the language writes it."""
    return Text("{value:n}", "{value:n}").render(language, {"value": value})


def columns(titles: Sequence[Text], kinds: Sequence[str], language: Language) -> list[Column]:
    """Return a table's columns; kinds as in `Column`."""
    return [Column(title.render(language), kind) for title, kind in zip(titles, kinds, strict=True)]


def capital(text: str) -> str:
    """Return a text as the start of a sentence."""
    return text[:1].upper() + text[1:]

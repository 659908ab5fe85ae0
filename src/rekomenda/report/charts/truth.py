"""How near lists come to what people truly like, where a made world knows it."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from rekomenda.language import Language, Text
from rekomenda.report.content import Content
from rekomenda.report.theme import OTHER, SERVED, axis, layout

_LISTS: Final = {
    "for_you": Text("the lists in this release", "as listas desta release"),
    "popularity": Text("the most popular tracks", "as faixas mais populares"),
    "random": Text("drawn at random", "sorteadas"),
}
_SHARE: Final = Text("of the best possible", "do melhor possível")


def nearness(content: Content, language: Language) -> go.Figure | None:
    """Draw which share of the best possible lists' worth these lists reach."""
    if not content.truth:
        return None
    rows = list(content.truth)[::-1]
    figure = go.Figure(layout=layout(language, height=110 + 40 * len(rows), showlegend=False))
    figure.add_scatter(
        x=[row["value"] for row in rows],
        y=[_LISTS[row["lists"]].render(language) for row in rows],
        mode="markers",
        marker={
            "color": [SERVED if row["lists"] == "for_you" else OTHER for row in rows],
            "size": 12,
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [row["high"] - row["value"] for row in rows],
            "arrayminus": [row["value"] - row["low"] for row in rows],
            "color": OTHER,
            "thickness": 2,
            "width": 0,
        },
        customdata=[row["listeners"] for row in rows],
        hovertemplate="%{y}: %{x:.1%} (n = %{customdata:,})<extra></extra>",
    )
    figure.update_layout(
        xaxis=axis(tickformat=".0%", range=[-0.03, 1.03], title=_SHARE.render(language)),
        yaxis=axis(ticklabelstandoff=8),
    )
    return figure

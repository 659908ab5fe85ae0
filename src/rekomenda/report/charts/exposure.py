"""Who is shown: the dial from what is known to what is new, and the floor for emerging artists."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from rekomenda.language import Language, Text
from rekomenda.report.content import Content
from rekomenda.report.shelf_titles import SHELF_TITLES
from rekomenda.report.theme import ACCENT, OTHER, SECOND, SERVED, axis, layout

_SYMBOLS: Final = ("circle", "diamond", "square", "triangle-up")
_STOPS: Final = Text("dial: 0 familiar, 1 new", "dial: 0 conhecido, 1 novo")
_CURVES: Final = (
    ("never_heard", Text("tracks never heard", "faixas nunca ouvidas"), SERVED, "y"),
    ("new_artists", Text("artists never heard", "artistas nunca ouvidos"), SECOND, "y"),
    ("ndcg_all", Text("NDCG@20, all tracks", "NDCG@20, todas as faixas"), ACCENT, "y2"),
    ("ndcg_unheard", Text("NDCG@20, unheard tracks", "NDCG@20, faixas não ouvidas"), OTHER, "y2"),
)
_SHARE: Final = Text("share of the list", "parte da lista")
_BEFORE: Final = Text("without the floor", "sem o piso")
_AFTER: Final = Text("with the floor", "com o piso")
_TARGET: Final = Text("their share of the plays", "a parte deles nos plays")


def dial(content: Content, language: Language) -> go.Figure | None:
    """Draw what each stop of the dial gives and what it costs."""
    stops = content.report.get("dial") or []
    if len(stops) < 2:
        return None
    figure = go.Figure(layout=layout(language, hovermode="x unified"))
    for name, words, color, side in _CURVES:
        figure.add_scatter(
            x=[stop["dial"] for stop in stops],
            y=[stop[name]["value"] for stop in stops],
            name=words.render(language),
            yaxis=side,
            mode="lines+markers",
            marker={"size": 9, "symbol": _SYMBOLS[len(figure.data)]},
            line={"color": color, "width": 3, "dash": "solid" if side == "y" else "dot"},
            hovertemplate="%{y:.1%}" if side == "y" else "%{y:.4f}",
        )
    figure.update_layout(
        xaxis=axis(tickvals=[stop["dial"] for stop in stops], title=_STOPS.render(language)),
        yaxis=axis(tickformat=".0%", rangemode="tozero", title=_SHARE.render(language)),
        yaxis2=axis(
            overlaying="y",
            side="right",
            rangemode="tozero",
            showgrid=False,
            title="NDCG@20",
            tickmode="auto",
            nticks=5,
            tickformat=".2f",
        ),
    )
    return figure


def floor(content: Content, language: Language) -> go.Figure | None:
    """Draw the share of emerging artists in each shelf, before and after the floor."""
    floors = (content.report.get("exposure") or {}).get("floor") or []
    if not floors:
        return None
    shelves = [SHELF_TITLES[row["shelf"]].render(language) for row in floors]
    figure = go.Figure(layout=layout(language, height=110 + 60 * len(floors), barmode="group"))
    for name, words, color in (("before", _BEFORE, OTHER), ("after", _AFTER, SERVED)):
        figure.add_bar(
            y=shelves,
            x=[row[name] for row in floors],
            orientation="h",
            name=words.render(language),
            marker_color=color,
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    figure.add_scatter(
        y=shelves,
        x=[row["target"] for row in floors],
        mode="markers",
        name=_TARGET.render(language),
        marker={"symbol": "line-ns", "size": 34, "line": {"color": ACCENT, "width": 3}},
        hovertemplate="%{x:.1%}<extra></extra>",
    )
    figure.update_layout(
        xaxis=axis(tickformat=".0%", rangemode="tozero"),
        yaxis=axis(showgrid=False, ticklabelstandoff=8),
    )
    return figure

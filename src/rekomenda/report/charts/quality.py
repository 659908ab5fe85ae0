"""How good the models are: against each other, by group of listeners, and for what they cost."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from rekomenda.language import Language, Text
from rekomenda.report.content import Content
from rekomenda.report.naming import model_name
from rekomenda.report.theme import OTHER, SERVED, axis, layout

TASKS = (
    ("unheard", Text("tracks not heard before", "faixas não ouvidas")),
    ("again", Text("heard tracks, again", "faixas já ouvidas, de novo")),
    ("new_artists", Text("artists never heard", "artistas nunca ouvidos")),
)
_PARTITIONS = (
    ("activity:new", Text("at most 3 plays", "no máximo 3 plays")),
    ("activity:light", Text("light listeners", "ouvintes leves")),
    ("activity:heavy", Text("heavy listeners", "ouvintes intensos")),
    ("mainstream:low", Text("little mainstream", "fora do mainstream")),
    ("mainstream:medium", Text("in between", "no meio")),
    ("mainstream:high", Text("very mainstream", "mainstream")),
)
LEAST_COST = 0.01
"""Seconds; a logarithm has no zero."""
_SYMBOLS = ("circle", "diamond")
_BLEND = Text("the blend of the green ones", "a mistura dos verdes")
_SECONDS = Text("seconds to learn (log scale)", "segundos para aprender (log)")


def models(content: Content, language: Language) -> go.Figure | None:
    """Draw NDCG of every model with its interval, a panel for each task.

    The panels stand side by side, on narrow pages under each other.
    """
    order = list(content.measured("ndcg", "unheard", content.k)["algorithm"])[::-1]
    if not order:
        return None
    figure = go.Figure(layout=layout(language, height=110 + 30 * len(order), showlegend=False))
    names = [model_name(name, language) for name in order]
    marked = [
        f"<b>{name}</b>" if algorithm == content.algorithm else name
        for name, algorithm in zip(names, order, strict=True)
    ]
    axes: dict[str, Any] = {}
    for place, (task, words) in enumerate(TASKS):
        found = content.measured("ndcg", task, content.k).set_index("algorithm").reindex(order)
        number = "" if place == 0 else str(place + 1)
        figure.add_trace(_points(order, found, content.algorithm, number))
        title = {"text": words.render(language), "font": {"size": 13}}
        axes[f"xaxis{number}"] = axis(
            domain=_part(place), rangemode="tozero", title=title, nticks=5, anchor=f"y{number}"
        )
        axes[f"yaxis{number}"] = axis(
            anchor=f"x{number}",
            tickvals=order,
            ticktext=marked,
            ticklabelstandoff=8,
            showticklabels=place == 0,
        )
    figure.update_layout(**axes, meta={"wide": _beside(len(order)), "narrow": _under(len(order))})
    return figure


def _part(place: int, gap: float = 0.04) -> list[float]:
    width = (1 - gap * (len(TASKS) - 1)) / len(TASKS)
    return [place * (width + gap), place * (width + gap) + width]


def _beside(n_models: int) -> dict[str, Any]:
    """Return what puts the panels side by side."""
    changes: dict[str, Any] = {"height": 110 + 30 * n_models}
    for place in range(len(TASKS)):
        number = "" if place == 0 else str(place + 1)
        changes |= {
            f"xaxis{number}.domain": _part(place),
            f"yaxis{number}.domain": [0, 1],
            f"yaxis{number}.showticklabels": place == 0,
        }
    return changes


def _under(n_models: int) -> dict[str, Any]:
    """Return what puts the panels under each other."""
    changes: dict[str, Any] = {"height": 110 + len(TASKS) * (80 + 24 * n_models)}
    for place in range(len(TASKS)):
        number = "" if place == 0 else str(place + 1)
        changes |= {
            f"xaxis{number}.domain": [0, 1],
            f"yaxis{number}.domain": _part(len(TASKS) - 1 - place, gap=0.1),
            f"yaxis{number}.showticklabels": True,
        }
    return changes


def segments(content: Content, language: Language) -> go.Figure | None:
    """Draw NDCG on unheard tracks of each group of listeners: the served model and popularity."""
    drawn: list[tuple[str, str, float, pd.DataFrame]] = []
    for algorithm, color, shift in (
        (content.algorithm, SERVED, 0.12),
        ("popularity", OTHER, -0.12),
    ):
        rows = _by_segment(content, algorithm)
        if len(rows) and algorithm not in [name for name, *_ in drawn]:
            drawn.append((algorithm, color, shift, rows))
    groups = [(name, words) for name, words in _PARTITIONS[::-1]
              if any(name in rows.index for *_, rows in drawn)]  # fmt: skip
    if not groups:
        return None
    figure = go.Figure(layout=layout(language, height=110 + 44 * len(groups)))
    for algorithm, color, shift, rows in drawn:
        here = rows.reindex([name for name, _ in groups])
        figure.add_scatter(
            x=here["value"],
            y=[place + shift for place in range(len(groups))],
            name=model_name(algorithm, language),
            mode="markers",
            marker={"color": color, "size": 11, "symbol": _SYMBOLS[len(figure.data)]},
            error_x=_error(here, color),
            customdata=here["n_users"],
            hovertemplate="%{x:.4f} (n = %{customdata:,})",
        )
    figure.update_layout(
        xaxis=axis(rangemode="tozero", title=f"NDCG@{content.k}"),
        yaxis=axis(
            tickvals=list(range(len(groups))),
            ticktext=[words.render(language) for _, words in groups],
            showgrid=False,
            zeroline=False,
            ticklabelstandoff=8,
        ),
    )
    return figure


def quality_and_cost(content: Content, language: Language) -> go.Figure | None:
    """Draw NDCG on the validation's unheard tracks against what learning costs, by candidate."""
    trials = (content.report.get("choice") or {}).get("trials") or []
    tried = [trial for trial in trials if trial["unheard_ndcg"] is not None]
    if len(tried) < 2:
        return None
    figure = go.Figure(layout=layout(language, showlegend=False))
    figure.add_scatter(
        x=[max(float(trial["cost"]), LEAST_COST) for trial in tried],
        y=[trial["unheard_ndcg"] for trial in tried],
        mode="markers+text",
        text=[_numbered(place) for place in range(len(tried))],
        textfont={"color": "white", "size": 11},
        customdata=[trial["name"] for trial in tried],
        marker={"color": [SERVED if trial["unheard"] else OTHER for trial in tried], "size": 19},
        hovertemplate="%{customdata}: %{y:.4f}, %{x:.3~f} s<extra></extra>",
        cliponaxis=False,
    )
    blend = content.report["choice"]["unheard_ndcg"]
    if blend is not None:
        figure.add_hline(
            y=blend,
            line={"color": SERVED, "dash": "dot", "width": 2},
            annotation={"text": _BLEND.render(language), "font": {"color": SERVED}},
            annotation_position="bottom left",
        )
    figure.update_layout(
        xaxis=axis(type="log", dtick=1, title=_SECONDS.render(language)),
        yaxis=axis(title="NDCG@20", tickformat=".2f"),
    )
    return figure


def _numbered(place: int) -> str:
    """Return the number under which the table names a candidate that was tried."""
    return str(place + 1)


def _points(order: list[str], found: pd.DataFrame, served: str, number: str) -> go.Scatter:
    return go.Scatter(
        x=found["value"],
        y=order,
        xaxis=f"x{number}",
        yaxis=f"y{number}",
        mode="markers",
        marker={"color": [SERVED if name == served else OTHER for name in order], "size": 11},
        error_x={**_error(found, OTHER), "width": 0},
        hovertemplate="%{y}: %{x:.4f}<extra></extra>",
    )


def _error(found: pd.DataFrame, color: str) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": found["high"] - found["value"],
        "arrayminus": found["value"] - found["low"],
        "color": color,
        "thickness": 2,
        "width": 0,
    }


def _by_segment(content: Content, algorithm: str) -> pd.DataFrame:
    rows = content.metrics
    return rows[
        (rows["algorithm"] == algorithm)
        & (rows["metric"] == "ndcg")
        & (rows["task"] == "unheard")
        & (rows["k"] == content.k)
    ].set_index("segment")

"""How good the models are: against each other, by group of listeners, and for what they cost."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from rekomenda.language import Language, Text
from rekomenda.report.content import Content
from rekomenda.report.theme import FAINT, OTHER, SERVED, axis, layout

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
_BESIDE = ("top center", "bottom center", "middle right", "middle left")
"""Where names stand, in turn: points of the same cost lie close together."""
_SECONDS = Text("estimated cost of learning (log scale)", "custo estimado de aprender (escala log)")


def models(content: Content, language: Language) -> go.Figure | None:
    """Draw NDCG of every model with its interval, a panel for each task."""
    order = list(content.measured("ndcg", "unheard", content.k)["algorithm"])[::-1]
    if not order:
        return None
    figure = go.Figure(layout=layout(language, height=110 + 30 * len(order), showlegend=False))
    gap = 0.04
    width = (1 - gap * (len(TASKS) - 1)) / len(TASKS)
    axes: dict[str, Any] = {}
    for place, (task, words) in enumerate(TASKS):
        found = content.measured("ndcg", task, content.k).set_index("algorithm").reindex(order)
        name = "" if place == 0 else str(place + 1)
        figure.add_trace(_points(order, found, content.algorithm, f"x{name}"))
        start = place * (width + gap)
        title = {"text": words.render(language), "font": {"size": 13}}
        axes[f"xaxis{name}"] = axis(
            domain=[start, start + width], rangemode="tozero", title=title, nticks=5
        )
    served = [f"<b>{name}</b>" if name == content.algorithm else name for name in order]
    figure.update_layout(
        **axes, yaxis=axis(showgrid=True, tickvals=order, ticktext=served, ticklabelstandoff=8)
    )
    return figure


def segments(content: Content, language: Language) -> go.Figure | None:
    """Draw NDCG on unheard tracks of each group of listeners: the served model and popularity."""
    figure = go.Figure(layout=layout(language))
    shown: list[str] = []
    names = [str(words.render(language)) for _, words in _PARTITIONS]
    for algorithm, color, shift in (
        (content.algorithm, SERVED, -0.12),
        ("popularity", OTHER, 0.12),
    ):
        rows = _by_segment(content, algorithm)
        if algorithm in shown or not len(rows):
            continue
        shown.append(algorithm)
        places = [
            (place + shift, name)
            for place, (name, _) in enumerate(_PARTITIONS)
            if name in rows.index
        ]
        here = rows.reindex([name for _, name in places])
        figure.add_scatter(
            x=[place for place, _ in places],
            y=here["value"],
            name=algorithm,
            mode="markers",
            marker={"color": color, "size": 11},
            error_y=_error(here, color),
            customdata=here["n_users"],
            hovertemplate="%{y:.4f} (n = %{customdata:,})",
        )
    present = sorted({round(x) for trace in figure.data for x in trace.x})
    if not present:
        return None
    figure.update_layout(
        xaxis=axis(
            tickvals=present,
            ticktext=[names[place] for place in present],
            showgrid=False,
            zeroline=False,
        ),
        yaxis=axis(rangemode="tozero", title=f"NDCG@{content.k}"),
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
        text=[trial["name"] for trial in tried],
        textposition=[_BESIDE[place % len(_BESIDE)] for place in range(len(tried))],
        textfont={"color": FAINT},
        marker={"color": [SERVED if trial["unheard"] else OTHER for trial in tried], "size": 12},
        hovertemplate="%{text}: %{y:.4f}, %{x:.3~f} s<extra></extra>",
        cliponaxis=False,
    )
    blend = content.report["choice"]["unheard_ndcg"]
    if blend is not None:
        figure.add_hline(y=blend, line={"color": SERVED, "dash": "dot", "width": 2})
    figure.update_layout(
        xaxis=axis(type="log", dtick=1, title=_SECONDS.render(language)),
        yaxis=axis(title="NDCG@20"),
    )
    return figure


def _points(order: list[str], found: pd.DataFrame, served: str, axis_name: str) -> go.Scatter:
    return go.Scatter(
        x=found["value"],
        y=order,
        xaxis=axis_name,
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

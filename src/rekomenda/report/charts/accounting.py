"""Where the rows went: every one of every file."""

from __future__ import annotations

import plotly.graph_objects as go

from rekomenda.language import Language, Text
from rekomenda.report.content import Content
from rekomenda.report.theme import ACCENT, FAINT, OTHER, SERVED, THIRD, axis, layout

_PARTS = (
    ("loaded", Text("loaded", "carregadas"), SERVED),
    ("merged", Text("merged into one day", "somadas no mesmo dia"), OTHER),
    ("deduplicated", Text("repeated", "repetidas"), THIRD),
    ("quarantined", Text("in quarantine", "em quarentena"), ACCENT),
    ("erased", Text("erased", "apagadas"), FAINT),
)
MOST_FILES = 25


def rows_by_file(content: Content, language: Language) -> go.Figure | None:
    """Draw each file's rows by what became of them, the largest files."""
    files = content.files.sort_values("rows_in").tail(MOST_FILES)
    if not len(files):
        return None
    figure = go.Figure(layout=layout(language, height=100 + 26 * len(files), barmode="stack"))
    rest = files["rows_in"].clip(lower=1)
    for column, words, color in _PARTS:
        if column != "loaded" and not files[column].any():
            continue
        figure.add_bar(
            y=files["name"],
            x=files[column] / rest,
            customdata=files[column],
            orientation="h",
            name=words.render(language),
            marker_color=color,
            hovertemplate="%{y}: %{customdata:,} (%{x:.2%})<extra></extra>",
        )
    figure.update_layout(
        xaxis=axis(tickformat=".0%", range=[0, 1.01]),
        yaxis=axis(showgrid=False, ticklabelstandoff=8),
    )
    return figure

"""The colours and type of every picture, on the page and as files."""

from __future__ import annotations

from typing import Any, Final

from rekomenda.language import Language

INK: Final = "#1d2433"
FAINT: Final = "#6b7586"
GRID: Final = "#e6e9ef"
PAPER: Final = "#ffffff"
DARK_PAPER: Final = "#171c27"
SERVED: Final = "#0f7b6c"
"""What is in service, and whatever the picture is about."""
OTHER: Final = "#8391a7"
"""What it is compared with."""
ACCENT: Final = "#e4572e"
"""What to look at: a limit, a loss, a bot."""
SECOND: Final = "#3f6fe6"
THIRD: Final = "#a04fa8"
SERIES: Final = (SERVED, SECOND, THIRD, ACCENT, "#7a4fa3", "#3a9bc1", "#8a6d3b", OTHER)
"""Told apart by people who see few colours too, on white and on dark paper."""
FONT: Final = "Inter, 'Segoe UI', 'Helvetica Neue', Ubuntu, 'DejaVu Sans', sans-serif"


def layout(language: Language, **more: Any) -> dict[str, Any]:
    """Return what all figures of a page share; `more` wins."""
    shared: dict[str, Any] = {
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "separators": ",." if language == "pt-BR" else ".,",
        "margin": {"l": 10, "r": 16, "t": 34, "b": 40},
        "colorway": list(SERIES),
        "hoverlabel": {"bgcolor": PAPER, "font": {"color": INK}},
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "title": None},
        "height": 340,
        "dragmode": False,
    }
    axis = {"gridcolor": GRID, "zerolinecolor": GRID, "automargin": True, "fixedrange": True}
    return {**shared, "xaxis": dict(axis), "yaxis": dict(axis), **more}


def axis(**more: Any) -> dict[str, Any]:
    """Return an axis in the theme's colours; its title is no larger than its numbers."""
    if isinstance(more.get("title"), str):
        more["title"] = {"text": more["title"], "font": {"size": 13}}
    return {
        "gridcolor": GRID,
        "zerolinecolor": GRID,
        "automargin": True,
        "fixedrange": True,
        **more,
    }


MATPLOTLIB: Final[dict[str, Any]] = {
    "figure.figsize": (9, 4.8),
    "figure.dpi": 150,
    "savefig.dpi": 150,
    "savefig.facecolor": PAPER,
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": GRID,
    "axes.labelcolor": INK,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlesize": 13,
    "axes.titlepad": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": FAINT,
    "ytick.color": INK,
    "ytick.left": False,
    "legend.frameon": False,
    "svg.hashsalt": "rekomenda",
}
"""Settings of the figures that are written as files."""

"""Quality against cost, a panel for each data set, from docs/data/models.json alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import Bbox

from comparison.words import QUESTION, number, title
from rekomenda.language import LANGUAGES, Language, Text
from rekomenda.report.theme import GRID, INK, OTHER, SERVED

_SECONDS: Final = Text("seconds to fit", "segundos de ajuste")
Point = tuple[float, dict[str, float], str]
_FLOOR: Final = 0.01
"""Seconds: what takes less stands there, for the axis has no zero."""
_STYLE: Final[dict[str, Any]] = {
    "svg.hashsalt": "rekomenda",
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GRID,
    "xtick.color": INK,
    "ytick.color": INK,
}


def draw(result: dict[str, Any], folder: Path) -> None:
    """Write `quality-and-cost.svg` and its Portuguese twin."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        twin = "" if language == "en" else f".{language}"
        with mpl.rc_context(_STYLE):
            _draw(result["data"], language, folder / f"quality-and-cost{twin}.svg")


def _draw(data: dict[str, Any], language: Language, path: Path) -> None:
    rows = -(-len(data) // 2)
    figure, axes = plt.subplots(rows, 2, figsize=(10, 3.9 * rows), squeeze=False)
    for place, ax in enumerate(axes.flat):
        ax.set_visible(place < len(data))
    for ax, (name, entry) in zip(axes.flat, data.items(), strict=False):
        _panel(ax, entry["models"], language)
        ax.set_title(title(name).render(language), loc="left", fontsize=10, fontweight="bold")
    figure.tight_layout()
    for ax, entry in zip(axes.flat, data.values(), strict=False):
        _name(ax, _points(entry["models"]))  # when the axes have their final place
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _panel(ax: Axes, models: dict[str, Any], language: Language) -> None:
    for seconds, found, name in _points(models):
        color = SERVED if name == "auto" else OTHER
        ends = [[found["value"] - found["low"]], [found["high"] - found["value"]]]
        ax.errorbar(seconds, found["value"], yerr=ends, fmt="o", ms=5, lw=1.2, color=color)
    ax.set_xscale("log")
    ax.set_ylim(bottom=0)
    ax.margins(x=0.3)
    ax.grid(color=GRID, lw=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_xlabel(_SECONDS.render(language))
    ax.set_ylabel(QUESTION["unheard"].render(language))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda x, _: f"{x:g}".replace(".", _point(language)))
    )
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: number(y, 2, language)))


def _points(models: dict[str, Any]) -> list[Point]:
    """Return seconds, NDCG and name of each model with an opinion of unheard tracks."""
    return [
        (max(row["fit_seconds"], _FLOOR), row["metrics"]["unheard"], name)
        for name, row in models.items()
        if (row.get("metrics", {}).get("unheard") or {"value": 0})["value"] > 0
    ]


def _name(ax: Axes, points: list[Point]) -> None:
    """Write each name beside its point, on the first side where nothing stands yet."""
    dots = ax.transData.transform([(seconds, found["value"]) for seconds, found, _ in points])
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in dots]
    for (_, _, name), (x, y) in sorted(
        zip(points, dots, strict=True), key=lambda each: -each[1][1]
    ):
        width, height = 5.6 * len(name), 11.0
        boxes = [
            Bbox.from_bounds(left, low, width, height)
            for low in _heights(y - height / 2)
            for left in (x + 7, x - 7 - width)
        ]
        box = next((each for each in boxes if not _hits(each, taken)), boxes[0])
        taken.append(box)
        place = ax.transData.inverted().transform((box.x0, (box.y0 + box.y1) / 2))
        served = {"color": SERVED, "fontweight": "bold"} if name == "auto" else {"color": INK}
        ax.text(*place, name, va="center", fontsize=8, **served)


def _heights(middle: float) -> list[float]:
    """Return heights nearer and nearer the limit of what still looks beside the point."""
    return [middle + sign * step for step in range(0, 70, 6) for sign in (1, -1)]


def _hits(box: Bbox, taken: list[Bbox]) -> bool:
    return any(box.overlaps(each) for each in taken)


def _point(language: Language) -> str:
    return "," if language == "pt-BR" else "."

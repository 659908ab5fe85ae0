"""Draw the picture of the README from real figures.

`rekomenda --lang en status --json | python scripts/draw_quality.py` writes docs/img/quality.svg and
its Portuguese twin: every model of the last release on unheard tracks, with its interval.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from rekomenda.language import LANGUAGES, Language, Text

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "img"
K = 20
WIDTH, LEFT, RIGHT, TOP, ROW = 760, 176, 76, 84, 34

_TITLE = Text(
    en="Which model finds tracks that people had not heard?",
    pt="Qual modelo encontra faixas que as pessoas não tinham ouvido?",
)
_SUBTITLE = Text(
    en="NDCG@{k} on the days held back, {listeners:n} listeners, the whole catalogue ranked",
    pt="NDCG@{k} nos dias reservados, {listeners:n} ouvintes, o catálogo inteiro ordenado",
)
_INTERVALS = Text(
    en="lines are 95% intervals; {served} is in service",
    pt="as linhas são intervalos de 95%; {served} está no ar",
)
_NUMBER = Text(en="{value:.3f}", pt="{value:.3f}")
_STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-size: 17px; font-weight: 600 }
.quiet { fill: #57606a }
.grid { stroke: #d0d7de }
.other { stroke: #6e7781; fill: #6e7781 }
.served { stroke: #0a7d4f; fill: #0a7d4f }
.name.served, .value.served { stroke: none; font-weight: 600 }
.name.other, .value.other { stroke: none; fill: #24292f }
@media (prefers-color-scheme: dark) {
  text, .name.other, .value.other { fill: #e6edf3 }
  .quiet { fill: #9198a1 }
  .grid { stroke: #3d444d }
  .other { stroke: #9198a1; fill: #9198a1 }
  .served { stroke: #3fb97f; fill: #3fb97f }
}"""


@dataclass(frozen=True)
class Measured:
    """One model's number with its interval."""

    name: str
    value: float
    low: float
    high: float
    served: bool


def main() -> None:
    status = json.load(sys.stdin)
    rows = [
        row
        for row in status["metrics"]
        if (row["task"], row["metric"], row["k"]) == ("unheard", "ndcg", K)
    ]
    models = [
        Measured(row["algorithm"], row["value"], row["low"], row["high"], served)
        for row in sorted(rows, key=lambda row: -row["value"])
        for served in [row["algorithm"] == status["algorithm"]]
    ]
    for language in LANGUAGES:
        ending = ".pt-BR.svg" if language == "pt-BR" else ".svg"
        picture = draw(models, max(row["n_users"] for row in rows), language)
        (FOLDER / f"quality{ending}").write_text(picture, encoding="utf-8")


def draw(models: Sequence[Measured], listeners: int, language: Language) -> str:
    """Return the picture as SVG, for light and dark pages."""
    height = TOP + ROW * len(models) + 44
    title = _TITLE.render(language)
    served = next(model.name for model in models if model.served)
    facts = {"k": K, "listeners": listeners, "served": served}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>\n{_STYLE}\n</style>",
        _text(16, 28, title, "title"),
        _text(16, 50, _SUBTITLE.render(language, facts), "quiet"),
        *_axis(models, language),
        *(
            line
            for place, model in enumerate(models)
            for line in _row(place, model, models, language)
        ),
        _text(16, height - 14, _INTERVALS.render(language, facts), "quiet"),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _axis(models: Sequence[Measured], language: Language) -> Iterator[str]:
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2) if _most(models) / step <= 6)
    for number in range(int(_most(models) / step) + 1):
        x = _x(number * step, models)
        bottom = TOP + ROW * len(models)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>'
        label = f"{number * step:.2f}".replace(".", "," if language == "pt-BR" else ".")
        yield _text(x, TOP - 8, label, "quiet", anchor="middle")


def _row(
    place: int, model: Measured, models: Sequence[Measured], language: Language
) -> Iterator[str]:
    kind = "served" if model.served else "other"
    y = TOP + ROW * place + ROW / 2
    low, value, high = (_x(number, models) for number in (model.low, model.value, model.high))
    yield _text(LEFT - 14, y + 4, model.name, f"name {kind}", anchor="end")
    yield (
        f'<line class="{kind}" x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" '
        'stroke-width="3" stroke-linecap="round"/>'
    )
    yield f'<circle class="{kind}" cx="{value:.1f}" cy="{y}" r="6"/>'
    number = _NUMBER.render(language, {"value": model.value})
    yield _text(high + 12, y + 4, number, f"value {kind}")


def _x(value: float, models: Sequence[Measured]) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * value / _most(models)


def _most(models: Sequence[Measured]) -> float:
    return max(model.high for model in models)


def _text(x: float, y: float, words: Any, kind: str, *, anchor: str = "start") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(str(words))}</text>"
    )


if __name__ == "__main__":
    main()

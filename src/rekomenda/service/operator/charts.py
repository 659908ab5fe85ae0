"""Charts as SVG, drawn here: a page needs no script, and every chart has its numbers as a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup, escape

WIDTH: Final = 380
HEIGHT: Final = 190
LEFT: Final = 46
RIGHT: Final = 8
TOP: Final = 8
BOTTOM: Final = 24
TICKS: Final = 4
"""At most so many intervals on the axis of values."""
WIDEST_BAR: Final = 26.0

Say = Callable[[float], str]


@dataclass(frozen=True)
class Series:
    """One line, or one colour of the bars.

    Parameters
    ----------
    name : str
    kind : str
        Class of its colour in the style sheet.
    values : sequence of float or None
        One for each place on the axis; None: nothing is known there.
    bands : sequence of (float, float) or None
        Intervals of a line, place by place.
    """

    name: str
    kind: str
    values: Sequence[float | None]
    bands: Sequence[tuple[float, float] | None] = ()


@dataclass(frozen=True)
class Chart:
    """A chart with everything around it.

    Parameters
    ----------
    name : str
        Its anchor.
    title, lead : str
    places : sequence of str
        Labels of the axis below.
    series : sequence of Series
    say : callable
        A value in words.
    svg : Markup
    marks : sequence of str
        A sign under each place, or none at all.
    """

    name: str
    title: str
    lead: str
    places: Sequence[str]
    series: Sequence[Series]
    say: Say
    svg: Markup
    marks: Sequence[str] = field(default=())

    def rows(self) -> Iterator[tuple[str, str, list[str]]]:
        """Give the numbers behind it: place, mark, value by value."""
        for number, place in enumerate(self.places):
            values = (series.values[number] for series in self.series)
            said = ["–" if value is None else self.say(value) for value in values]
            yield place, self.marks[number] if self.marks else "", said


def lines(
    name: str,
    title: str,
    lead: str,
    *,
    places: Sequence[str],
    series: Sequence[Series],
    say: Say,
    top: float | None = None,
) -> Chart:
    """Draw a line for each series, from 0; `top` is the largest value that can be."""
    known = [value for each in series for value in each.values if value is not None]
    known += [band[1] for each in series for band in each.bands if band is not None]
    scale = _Scale(max(known, default=0.0) if top is None else top, len(places))
    drawn = [*scale.axes(places, say)]
    for each in series:
        drawn += _band(each, scale)
        drawn += _line(each, scale)
    return Chart(name, title, lead, places, series, say, _svg(title, lead, drawn))


def bars(
    name: str,
    title: str,
    lead: str,
    *,
    places: Sequence[str],
    series: Sequence[Series],
    say: Say,
    tick: Say | None = None,
    marks: Sequence[tuple[str, str]] = (),
) -> Chart:
    """Draw the series on top of each other; `marks` are a sign and its class under each bar.

    `tick` says a value on the axis, where there is less room than in the table.
    """
    totals = [sum(each.values[n] or 0.0 for each in series) for n in range(len(places))]
    scale = _Scale(max(totals, default=0.0), len(places), foot=16 if marks else 0)
    drawn = [*scale.axes(places, tick or say)]
    for number in range(len(places)):
        drawn += _stack(series, number, scale)
    for number, (sign, kind) in enumerate(marks):
        drawn.append(_text(sign, scale.x(number), HEIGHT - BOTTOM - 2, f"mark {kind}", "middle"))
    svg = _svg(title, lead, drawn)
    return Chart(name, title, lead, places, series, say, svg, [sign for sign, _ in marks])


class _Scale:
    """Where a value stands on the paper."""

    def __init__(self, top: float, n_places: int, foot: int = 0) -> None:
        step = _nice(top / TICKS) if top > 0 else 0.25
        self.ticks = [step * n for n in range(math.ceil(round(top / step, 9)) + 1)] or [0.0]
        self.top = self.ticks[-1] or 1.0
        self.n_places = n_places
        self.floor = HEIGHT - BOTTOM - foot

    def x(self, number: int) -> float:
        """Return the middle of a place."""
        return LEFT + (WIDTH - LEFT - RIGHT) * (number + 0.5) / max(self.n_places, 1)

    def y(self, value: float) -> float:
        """Return the height of a value."""
        return self.floor - (self.floor - TOP) * min(value / self.top, 1.0)

    def axes(self, places: Sequence[str], say: Say) -> Iterator[Markup]:
        """Draw the grid, and name the first, the middle and the last place."""
        for tick in self.ticks:
            y = self.y(tick)
            yield Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
                LEFT, WIDTH - RIGHT, y, y
            )
            yield _text(say(tick), LEFT - 6, y + 4, "axis", "end")
        shown = sorted({0, len(places) // 2, len(places) - 1}) if len(places) > 4 else None
        for number in range(len(places)) if shown is None else shown:
            anchor = "middle"
            if shown is not None and number in {0, len(places) - 1}:
                anchor = "start" if number == 0 else "end"
            x = {"start": float(LEFT), "end": float(WIDTH - RIGHT)}.get(anchor, self.x(number))
            yield _text(places[number], x, HEIGHT - 6, "axis", anchor)


def _nice(step: float) -> float:
    """Return the next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * each for each in (1, 2, 2.5, 5, 10) if step <= power * each * (1 + 1e-9))


def _line(series: Series, scale: _Scale) -> Iterator[Markup]:
    points = [
        (scale.x(n), scale.y(value)) for n, value in enumerate(series.values) if value is not None
    ]
    if len(points) > 1:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield Markup('<polyline class="line {}" points="{}"/>').format(series.kind, path)
    for x, y in points:
        yield Markup('<circle class="dot {}" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(
            series.kind, x, y
        )


def _band(series: Series, scale: _Scale) -> Iterator[Markup]:
    for number, band in enumerate(series.bands):
        if band is not None:
            x = scale.x(number)
            low, high = scale.y(band[0]), scale.y(band[1])
            yield Markup(
                '<line class="whisker {}" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>'
            ).format(series.kind, x, x, low, high)


def _stack(series: Sequence[Series], number: int, scale: _Scale) -> Iterator[Markup]:
    width = min((WIDTH - LEFT - RIGHT) / max(scale.n_places, 1) * 0.7, WIDEST_BAR)
    below = 0.0
    for each in series:
        value = each.values[number] or 0.0
        if value <= 0:
            continue
        high, low = scale.y(below + value), scale.y(below)
        yield Markup(
            '<rect class="bar {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
        ).format(each.kind, scale.x(number) - width / 2, high, width, max(low - high, 0.5))
        below += value


def _text(words: str, x: float, y: float, kind: str, anchor: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        kind, x, y, anchor, words
    )


def _svg(title: str, lead: str, drawn: Sequence[Markup]) -> Markup:
    label = escape(f"{title}. {lead}")
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, label, Markup("").join(drawn)
    )

"""Charts: where things stand on the paper, and that words stay words."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from rekomenda.service.operator.charts import Series, bars, lines


def say(value: float) -> str:
    return f"{value:g}"


def numbers(svg: str, tag: str, attribute: str) -> list[float]:
    return [float(each.get(attribute)) for each in ElementTree.fromstring(svg).iter(tag)]


def test_a_line_rises_with_its_values_and_skips_what_is_not_known():
    series = [Series("a", "first", [1.0, None, 2.0, 4.0])]
    chart = lines("n", "T", "L", places=["p", "q", "r", "s"], series=series, say=say)
    x, y = numbers(chart.svg, "circle", "cx"), numbers(chart.svg, "circle", "cy")
    assert x == sorted(x)
    assert y == sorted(y, reverse=True)
    assert len(x) == 3
    assert (y[0] - y[1]) * 2 == pytest.approx(y[1] - y[2], abs=0.3)


def test_bars_stand_on_each_other_and_their_heights_are_their_values():
    series = [Series("a", "first", [3, 0]), Series("b", "bad", [1, 2])]
    chart = bars("n", "T", "L", places=["p", "q"], series=series, say=say)
    y, height = numbers(chart.svg, "rect", "y"), numbers(chart.svg, "rect", "height")
    assert height[0] == pytest.approx(3 * height[1], abs=0.3)
    assert y[1] + height[1] == pytest.approx(y[0], abs=0.3)
    assert len(height) == 3  # nothing is drawn for 0


def test_the_axis_holds_every_value_and_begins_at_nothing():
    series = [Series("a", "first", [0.43])]
    chart = lines("n", "T", "L", places=["p"], series=series, say=say)
    said = [float(t) for t in re.findall(r'class="axis"[^>]*>([0-9.]+)<', chart.svg)]
    assert said[0] == 0
    assert said[-1] >= 0.43


def test_nothing_at_all_is_drawn_without_complaint():
    ElementTree.fromstring(lines("n", "T", "L", places=[], series=[], say=say).svg)
    zeros = [Series("a", "first", [0, 0])]
    ElementTree.fromstring(bars("n", "T", "L", places=["p", "q"], series=zeros, say=say).svg)


def test_words_of_others_are_escaped():
    series = [Series("a", "first", [1.0])]
    chart = lines("n", '"><script>', "L", places=["<b>&"], series=series, say=say)
    assert "<script>" not in chart.svg
    assert ElementTree.fromstring(chart.svg) is not None


def test_the_table_says_what_the_picture_shows():
    series = [Series("a", "first", [1.0, None])]
    chart = bars(
        "n", "T", "L", places=["p", "q"], series=series, say=say, marks=[("●", "x"), ("▲", "y")]
    )
    assert list(chart.rows()) == [("p", "●", ["1"]), ("q", "▲", ["–"])]

"""The operator's charts from a history: what stands where."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from rekomenda.pipeline.answering.history import History, Run
from rekomenda.service.operator.drawing import Drawing

NOW = datetime(2024, 7, 1, 3, tzinfo=UTC)


def run(day: date, hours: int, quality: float) -> Run:
    measured = {"unheard": {"value": quality, "low": None, "high": None}}
    headline = {"k": 20, "quality": measured, "coverage": {"tracks": quality}}
    when = NOW + timedelta(hours=hours)
    checks = ({"name": "c", "passed": True},)
    return Run(f"r{hours}", "published", day, when, "als", {"evaluate": 60.0}, headline, checks)


def test_an_older_week_that_was_done_later_stands_where_its_days_are():
    history = History((run(date(2024, 6, 30), 0, 0.4), run(date(2024, 6, 23), 1, 0.3)))
    charts = {chart.name: chart for chart in Drawing(history, "en").charts()}
    for name in ("quality", "coverage"):
        assert charts[name].places == ["06-23", "06-30"]
        assert list(charts[name].series[0].values) == [0.3, 0.4]
    for name in ("gate", "durations"):
        assert charts[name].places == ["06-30", "06-23"]


def test_quick_runs_have_an_axis_on_which_no_two_values_read_alike():
    quick = replace(run(date(2024, 6, 30), 0, 0.4), seconds={"evaluate": 4.8})
    charts = {chart.name: chart for chart in Drawing(History((quick,)), "en").charts()}
    svg = str(charts["durations"].svg)
    ticks = re.findall(r'class="axis"[^>]*>([^<]*)<', svg)
    assert "0.08" in charts["durations"].say(4.8 / 60)
    assert len(set(ticks)) == len(ticks) > 2

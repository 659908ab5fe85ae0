"""The charts of the operator's page, from the history of a home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rekomenda.language import Language, Text
from rekomenda.pipeline.answering.history import VERDICTS, History, Run
from rekomenda.service.operator import words
from rekomenda.service.operator.charts import Chart, Series, bars, lines

SHOWN: Final = 30
"""Runs that a chart has room for: the newest."""
STEPS: Final = ("integrate", "evaluate", "recommend")
KINDS: Final = ("first", "second", "third", "fourth", "fifth")
_DAY: Final = Text("{day:%m-%d}", "{day:%d/%m}")
_SCORE: Final = Text("{value:.2f}", "{value:.2f}")
_SHARE: Final = Text("{value:.0%}", "{value:.0%}")
_COUNT: Final = Text("{value:n}", "{value:n}")
_MINUTES: Final = Text("{value:.2f}", "{value:.2f}")
_THOUSANDS: Final = Text("{value} k", "{value} mil")
_MILLIONS: Final = Text("{value} M", "{value} mi")


class Drawing:
    """Draws for one language.

    Parameters
    ----------
    history : History
    language : {"pt-BR", "en"}
    """

    def __init__(self, history: History, language: Language) -> None:
        self.history = history
        self.language: Language = language
        self.runs = history.runs[-SHOWN:]

    def charts(self) -> list[Chart]:
        """Return those that have something to show."""
        drawn = []
        measured = [run for run in self.runs if run.headline.get("quality")]
        measured.sort(key=lambda run: (run.as_of, run.when))  # an older week may be done later
        if measured:
            drawn += [self._quality(measured), self._coverage(measured)]
        if any(run.checks for run in self.runs):
            drawn.append(self._gate())
        if self.history.loads:
            drawn.append(self._accounting())
        if any(run.seconds for run in self.runs):
            drawn.append(self._durations())
        return drawn

    def _quality(self, runs: Sequence[Run]) -> Chart:
        series = []
        for kind, (task, name) in zip(KINDS, words.TASKS.items(), strict=False):
            found = [run.headline["quality"].get(task) for run in runs]
            values = [each["value"] if each else None for each in found]
            bands = [
                (each["low"], each["high"]) if each and each["low"] is not None else None
                for each in found
            ]
            series.append(Series(name.render(self.language), kind, values, bands))
        title, lead = words.CHARTS["quality"]
        said = self._say(lead, k=runs[-1].headline["k"])
        return lines(
            "quality",
            self._say(title),
            said,
            places=self._days(runs),
            series=series,
            say=lambda value: self._say(_SCORE, value=value),
        )

    def _coverage(self, runs: Sequence[Run]) -> Chart:
        series = [
            Series(
                name.render(self.language),
                kind,
                [run.headline.get("coverage", {}).get(of) for run in runs],
            )
            for kind, (of, name) in zip(KINDS, words.COVERAGE.items(), strict=False)
        ]
        return lines(
            "coverage",
            *self._titles("coverage"),
            places=self._days(runs),
            series=series,
            say=lambda value: self._say(_SHARE, value=value),
            top=1.0,
        )

    def _gate(self) -> Chart:
        passed = [sum(bool(check["passed"]) for check in run.checks) for run in self.runs]
        others = [len(run.checks) - n for run, n in zip(self.runs, passed, strict=True)]
        series = [
            Series(self._say(words.CHECKS["passed"]), "first", passed),
            Series(self._say(words.CHECKS["not_passed"]), "bad", others),
        ]
        signs = [(words.SIGNS[run.decision], run.decision) for run in self.runs]
        return bars(
            "gate",
            *self._titles("gate"),
            places=self._days(self.runs),
            series=series,
            say=lambda value: self._say(_COUNT, value=round(value)),
            marks=signs,
        )

    def _accounting(self) -> Chart:
        loads = self.history.loads
        kinds = ("first", "fourth", "bad", "third", "second")
        series = [
            Series(self._say(words.VERDICTS[verdict]), kind, [load.rows[verdict] for load in loads])
            for kind, verdict in zip(kinds, VERDICTS, strict=True)
            if any(load.rows[verdict] for load in loads)
        ]
        return bars(
            "accounting",
            *self._titles("accounting"),
            places=[self._say(_DAY, day=load.day) for load in loads],
            series=series,
            say=lambda value: self._say(_COUNT, value=round(value)),
            tick=self._short,
        )

    def _durations(self) -> Chart:
        told = {step: [run.seconds.get(step, 0.0) / 60 for run in self.runs] for step in STEPS}
        told["other"] = [
            sum(seconds for step, seconds in run.seconds.items() if step not in STEPS) / 60
            for run in self.runs
        ]
        series = [
            Series(self._say(words.STEPS[step]), kind, values)
            for kind, (step, values) in zip(KINDS, told.items(), strict=False)
        ]
        return bars(
            "durations",
            *self._titles("durations"),
            places=self._days(self.runs),
            series=series,
            say=lambda value: self._say(_MINUTES, value=value),
        )

    def _titles(self, chart: str) -> tuple[str, str]:
        title, lead = words.CHARTS[chart]
        return self._say(title), self._say(lead)

    def _days(self, runs: Sequence[Run]) -> list[str]:
        return [self._say(_DAY, day=run.as_of) for run in runs]

    def _short(self, value: float) -> str:
        """Say a number of rows in the room that an axis has."""
        for unit, text in ((1_000_000, _MILLIONS), (1000, _THOUSANDS)):
            if value >= unit:
                return self._say(text, value=f"{value / unit:g}")
        return self._say(_COUNT, value=round(value))

    def _say(self, text: Text, **facts: object) -> str:
        return text.render(self.language, facts)

"""Progress on standard error: a bar on a terminal, one line a step otherwise."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rekomenda.language import Language, Text
from rekomenda.telemetry.progress import Progress, Step

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


def progress_for(language: Language) -> Progress:
    """Choose by what standard error is."""
    return _Bars(language) if sys.stderr.isatty() else _Lines(language)


class _LineStep:
    """A step that speaks when it ends."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self.notes: list[str] = []

    def advance(self, done: int, total: int | None = None) -> None:
        """Say nothing in between: logs stay readable."""

    def note(self, text: Text, **facts: object) -> None:
        """Keep a note for the end of the step."""
        self.notes.append(text.render(self._language, facts))


class _Lines:
    """One line a step."""

    def __init__(self, language: Language) -> None:
        self._language = language

    @contextmanager
    def step(self, name: str, title: Text, **facts: object) -> Iterator[Step]:  # noqa: ARG002 - the protocol's signature
        """Run the block and say how long it took."""
        started = time.perf_counter()
        step = _LineStep(self._language)
        yield step
        _write_line(self._language, title.render(self._language, facts), started, step.notes)


_PACE = Text(
    en="{rate:n} {unit}/s, {left} left",
    pt="{rate:n} {unit}/s, faltam {left}",
)
_UNITS = {"ingest": Text(en="rows", pt="linhas")}
"""By name of a step, what its pace is told in; others only move their bar."""


class _BarStep(_LineStep):
    """A step shown as a bar while it lasts."""

    def __init__(self, language: Language, bar: RichProgress, task: TaskID, name: str) -> None:
        super().__init__(language)
        self._bar, self._task, self._unit = bar, task, _UNITS.get(name)
        self._started = time.perf_counter()

    def advance(self, done: int, total: int | None = None) -> None:
        """Move the bar."""
        seconds = time.perf_counter() - self._started
        pace = pace_of(done, total, seconds, self._unit, self._language) if self._unit else ""
        self._bar.update(self._task, completed=done, total=total, pace=pace)


def pace_of(
    done: int, total: int | None, seconds: float, unit: Text | None, language: Language
) -> str:
    """Say how fast work goes, and how long it still takes; nothing while that cannot be told.

    Examples
    --------
    >>> pace_of(3_000_000, 9_000_000, 2.0, Text("rows", "linhas"), "en")
    '1,500,000 rows/s, 0:04 left'
    """
    if not done or not total or seconds < 1:
        return ""
    left = round(seconds * (total - done) / done)
    clock = f"{left // 3600}:{left // 60 % 60:02d}:" if left >= 3600 else f"{left // 60}:"
    facts = {"rate": round(done / seconds), "unit": unit, "left": f"{clock}{left % 60:02d}"}
    return _PACE.render(language, facts)


class _Bars:
    """A bar, or a spinner where no total is known, replaced by its line when the step ends."""

    def __init__(self, language: Language) -> None:
        self._language = language

    @contextmanager
    def step(self, name: str, title: Text, **facts: object) -> Iterator[Step]:
        """Run the block under a bar."""
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        started = time.perf_counter()
        words = title.render(self._language, facts)
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("{task.fields[pace]}", markup=False),
        )
        with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(words, total=None, pace="")
            step = _BarStep(self._language, bar, task, name)
            yield step
        _write_line(self._language, words, started, step.notes)


_LINE = Text(en="{words} ({seconds:.1f} s)", pt="{words} ({seconds:.1f} s)")


def _write_line(language: Language, words: str, started: float, notes: list[str]) -> None:
    facts = {"words": words, "seconds": time.perf_counter() - started}
    print(_LINE.render(language, facts), file=sys.stderr)
    for note in notes:
        print(f"  {note}", file=sys.stderr)

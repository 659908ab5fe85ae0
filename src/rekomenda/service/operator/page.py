"""The operator's page as HTML, in the language of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from rekomenda.evaluation.exposure_words import EXPOSURE_DEFINITIONS
from rekomenda.language import Language, Text
from rekomenda.pipeline.answering.comparing import Line, Value
from rekomenda.pipeline.answering.history import History, Run
from rekomenda.pipeline.measuring.headline import headline_of
from rekomenda.report.naming import model_name
from rekomenda.service.operator import words
from rekomenda.service.operator.drawing import Drawing
from rekomenda.storage.release_manifest import Release
from rekomenda.telemetry.metrics import RunMetrics

REFUSALS: Final = 5
"""Runs that published nothing whose reasons are told: the newest."""
QUARANTINE_LIMIT: Final = 0.05
ENOUGH_GB: Final = 1.0
_PERCENT: Final = Text("{value:.2%}", "{value:.2%}")
_SCORE: Final = Text("{value:.4f}", "{value:.4f}")
_SHARE: Final = Text("{value:.1%}", "{value:.1%}")
_COUNT: Final = Text("{value:n}", "{value:n}")
_SIZE: Final = Text("{value:.1f}", "{value:.1f}")
_CHANGE: Final = Text("{value:+.4f}", "{value:+.4f}")
_SPAN: Final = Text("{low:.4f}–{high:.4f}", "{low:.4f}–{high:.4f}")
_MOMENT: Final = Text("{when:%Y-%m-%d %H:%M} UTC", "{when:%d/%m/%Y %H:%M} UTC")


@dataclass(frozen=True)
class Tile:
    """One figure that is looked at first; `kind` is `good`, `bad` or empty."""

    value: str
    words: str
    kind: str = ""


@dataclass(frozen=True)
class Viewer:
    """Who looks: their language, and what they may do.

    Parameters
    ----------
    language : {"pt-BR", "en"}
    may_change : bool
        Whether they showed the operator's token.
    has_token : bool
        Whether the service has one at all.
    """

    language: Language
    may_change: bool = False
    has_token: bool = False

    @property
    def other(self) -> Language:
        """The language they could change to."""
        return "en" if self.language == "pt-BR" else "pt-BR"

    def say(self, text: Text, **facts: object) -> str:
        """Say something in their language."""
        return text.render(self.language, facts)


def overview(
    viewer: Viewer,
    history: History,
    metrics: RunMetrics,
    now: datetime,
    *,
    told: str = "",
    wrong: str = "",
) -> str:
    """Return the page that begins it: state, charts, releases, refusals.

    `told` is what came of what was just asked for, `wrong` what went wrong with it.
    """
    served = [r for r in history.releases if r.release_id == history.served]
    idle = [run for run in history.runs if run.decision in {"refused", "failed"}]
    return _render(
        "overview.html.j2",
        viewer,
        served=_row(viewer, served[0], history) if served else None,
        tiles=_tiles(viewer, history, metrics, now),
        charts=Drawing(history, viewer.language).charts(),
        releases=[_row(viewer, each, history) for each in reversed(history.releases)],
        refusals=[_refusal(viewer, run) for run in reversed(idle[-REFUSALS:])],
        told=told,
        wrong=wrong,
    )


def comparison(
    viewer: Viewer, releases: Sequence[Release], one: str, other: str, lines: Sequence[Line]
) -> str:
    """Return two releases side by side."""
    groups: dict[str, list[Mapping[str, str]]] = {}
    for line in lines:
        groups.setdefault(viewer.say(words.ABOUT[line.about]), []).append(_line(viewer, line))
    return _render(
        "compare.html.j2",
        viewer,
        one=one,
        other=other,
        groups=groups,
        kept=[release.release_id for release in reversed(releases)],
    )


def login(viewer: Viewer, *, wrong: bool = False) -> str:
    """Return the form that asks for the token."""
    return _render("login.html.j2", viewer, wrong=wrong)


def style() -> str:
    """Return the style sheet."""
    return _source("operator.css")


def icon() -> str:
    """Return the picture that stands on a browser's tab."""
    return _source("icon.svg")


def _render(name: str, viewer: Viewer, **facts: Any) -> str:
    def say(key: str, **more: object) -> str:
        return viewer.say(words.PAGE[key], **more)

    return _template(name).render(
        viewer=viewer,
        language=viewer.language,
        say=say,
        columns=words.COLUMNS,
        title=viewer.say(words.TITLE),
        **facts,
    )


@cache
def _template(name: str) -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(_source),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _source(name: str) -> str:
    return files("rekomenda.service.operator").joinpath(name).read_text(encoding="utf-8")


def _tiles(viewer: Viewer, history: History, metrics: RunMetrics, now: datetime) -> list[Tile]:
    def value(name: str, **labels: str) -> float:
        found = metrics.registry.get_sample_value(f"rekomenda_{name}", labels)
        return 0.0 if found is None else found

    def tile(name: str, said: str, kind: str = "", **facts: object) -> Tile:
        return Tile(said, viewer.say(words.TILES[name], **facts), kind)

    whole = value("intact", part="release") == 1
    rows = {key: value("ingest_rows", verdict=key) for key in words.VERDICTS}
    read = sum(rows.values()) - rows["unread"]
    share = rows["quarantined"] / read if read else 0.0
    lost, open_now = value("ingest_rows_unaccounted"), value("erasures_open")
    free = value("disk_free_bytes") / 1e9
    return [
        tile("healthy", viewer.say(words.TILES["whole"]), "good")
        if whole
        else tile("damaged", viewer.say(words.TILES["broken"]), "bad"),
        *([_last_run(viewer, history.runs[-1], now)] if history.runs else []),
        tile("rows", viewer.say(_COUNT, value=round(lost)), "bad" if lost else "good"),
        tile(
            "quarantine",
            viewer.say(_PERCENT, value=share),
            "bad" if share > QUARANTINE_LIMIT else "",
        ),
        tile("erasures", viewer.say(_COUNT, value=round(open_now)), "bad" if open_now else ""),
        tile("free", viewer.say(_SIZE, value=free), "bad" if free < ENOUGH_GB else ""),
    ]


def _last_run(viewer: Viewer, run: Run, now: datetime) -> Tile:
    bad = run.decision in {"refused", "failed"}
    when = viewer.say(_MOMENT, when=run.when)
    decision = viewer.say(words.DECISIONS[run.decision])
    text = viewer.say(words.TILES["last"], decision=decision, when=when)
    return Tile(_age(viewer, now - run.when), text, "bad" if bad else "")


def _age(viewer: Viewer, age: timedelta) -> str:
    minutes = max(round(age.total_seconds() / 60), 0)
    if minutes < 120:
        return viewer.say(words.AGES["minutes"], n=minutes)
    if minutes < 48 * 60:
        return viewer.say(words.AGES["hours"], n=minutes // 60)
    return viewer.say(words.AGES["days"], n=minutes // (24 * 60))


def _row(viewer: Viewer, release: Release, history: History) -> dict[str, Any]:
    manifest, headline = release.manifest, headline_of(release)
    quality = headline["quality"].get("unheard")
    artists = headline["coverage"].get("artists")
    standing = str(manifest.gate.get("verdict"))
    known = words.STANDINGS.get(standing)
    return {
        "release_id": release.release_id,
        "served": release.release_id == history.served,
        "withdrawn": release.release_id in history.withdrawn,
        "k": headline["k"],
        "cells": {
            "as_of": viewer.say(Text("{day}", "{day}"), day=manifest.as_of),
            "created_at": viewer.say(_MOMENT, when=manifest.created_at),
            "algorithm": model_name(manifest.algorithm, viewer.language),
            "listeners": viewer.say(_COUNT, value=manifest.listeners),
            "quality": viewer.say(_SCORE, value=quality["value"]) if quality else "–",
            "coverage": viewer.say(_SHARE, value=artists) if artists is not None else "–",
            "gate": viewer.say(known) if known else standing,
        },
    }


def _refusal(viewer: Viewer, run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "when": viewer.say(_MOMENT, when=run.when),
        "decision": viewer.say(words.DECISIONS[run.decision]),
        "why": [viewer.say(text) for text in run.why],
    }


def _line(viewer: Viewer, line: Line) -> dict[str, str]:
    change = ""
    if isinstance(line.one, float | int) and isinstance(line.other, float | int):
        change = (
            viewer.say(_CHANGE, value=float(line.other - line.one)) if line.about != "size" else ""
        )
        if line.about == "size" and line.other != line.one:
            change = f"{'+' if line.other > line.one else '−'}{_number(viewer, line, abs(line.other - line.one))}"
    elif line.one != line.other:
        change = viewer.say(words.PAGE["differ"])
    return {
        "name": _name(viewer, line),
        "note": _note(viewer, line),
        "one": _number(viewer, line, line.one),
        "other": _number(viewer, line, line.other),
        "one_span": _interval(viewer, line.intervals[0]),
        "other_span": _interval(viewer, line.intervals[1]),
        "change": change,
    }


def _note(viewer: Viewer, line: Line) -> str:
    """Say what a measure of exposure means; no such number stands without it."""
    meaning = EXPOSURE_DEFINITIONS.get(line.name[0]) if line.about == "exposure" else None
    return "" if meaning is None else viewer.say(meaning)


def _name(viewer: Viewer, line: Line) -> str:
    if line.about == "quality":
        metric, k, task = line.name
        return f"{metric}@{k}, {viewer.say(words.TASKS[task])}"
    field = line.name[0].removeprefix("shelf:")
    known = words.FIELDS.get(field)
    return viewer.say(known) if known and line.about != "exposure" else field


def _number(viewer: Viewer, line: Line, value: Value) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        known = words.OUTCOMES.get(value)
        return viewer.say(known) if known and line.about == "gate" else value
    if line.name == ("bytes",):
        return viewer.say(_SIZE, value=value / 1e6)
    if line.about == "size":
        return viewer.say(_COUNT, value=round(value))
    return viewer.say(_SHARE if line.about == "coverage" else _SCORE, value=float(value))


def _interval(viewer: Viewer, span: tuple[float, float] | None) -> str:
    return "" if span is None else viewer.say(_SPAN, low=span[0], high=span[1])

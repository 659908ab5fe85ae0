"""What is an aim, and how numbers judge it: met, not met, or not measured.

A target is met if its number says so, from docs/data/models.json (`models.py`) or from
docs/data/targets.json (what `targets.py --measure` took from the other benchmarks and tests). Where there
is no number it is not measured, whatever anybody believes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from comparison.words import interval
from rekomenda.language import LANGUAGES, Text

ALS_AT_ITS_BEST: Final = 0.1453
"""NDCG@20 of implicit's ALS on Gowalla, 256 factors, 5 rounds."""


@dataclass(frozen=True)
class Facts:
    """What was measured.

    Parameters
    ----------
    data : dict
        `data` of models.json.
    figures : dict
        Of targets.json, by name: value, date, commit.
    """

    data: dict[str, Any]
    figures: dict[str, Any]

    def row(self, data: str, model: str) -> dict[str, Any] | None:
        """Return a model that was measured on a data set; None if it was not."""
        row: dict[str, Any] | None = self.data.get(data, {}).get("models", {}).get(model)
        return row if row and "metrics" in row else None

    def gains(self, data: str, question: str) -> dict[str, dict[str, Any]]:
        """Return what `auto` is ahead of the others, by name."""
        found = self.data.get(data, {}).get("differences", [])
        return {each["other"]: each for each in found if each["question"] == question}


@dataclass(frozen=True)
class Judged:
    """What was measured, in words, whether that is enough, and of which day and commit it is."""

    shown: Text
    met: bool
    when: str


WITHOUT_RANKER: Final = "auto/without-ranker"
Judge = Callable[[Facts], Judged | None]


@dataclass(frozen=True)
class Target:
    """One aim.

    Parameters
    ----------
    name, aim : Text
    command : str
        What measures it, as the page's list of commands names it.
    judge : callable
        Facts -> Judged, None where it was not measured.
    """

    name: Text
    aim: Text
    command: str
    judge: Judge


def _when(row: dict[str, Any]) -> str:
    return f"{row['date']}, `{row['commit']}`"


def of_auto(
    name: str, pick: Callable[[dict[str, Any]], float], shown: Text, enough: Callable[[float], bool]
) -> Judge:
    """Judge a number of `auto` on a data set."""

    def judge(facts: Facts) -> Judged | None:
        row = facts.row(name, "auto")
        if row is None:
            return None
        value = pick(row)
        return Judged(shown.filled(value=value), enough(value), _when(row))

    return judge


def mean(question: str) -> Callable[[dict[str, Any]], float]:
    return lambda row: float(row["metrics"][question]["value"])


def ahead(name: str, question: str, others: tuple[str, ...]) -> Judge:
    """Judge whether the whole interval of `auto` less each other is above 0."""

    def judge(facts: Facts) -> Judged | None:
        gains, row = facts.gains(name, question), facts.row(name, "auto")
        if row is None or not all(other in gains for other in others):
            return None
        return _judged({other: gains[other] for other in others}, "low", row)

    return judge


def members(name: str, question: str, *, above: bool) -> Judge:
    """Judge `auto` against its own members: ahead of each of them, or below none."""

    def judge(facts: Facts) -> Judged | None:
        gains, row = facts.gains(name, question), facts.row(name, "auto")
        inside = {other: gain for other, gain in gains.items() if gain["member"]}
        if row is None or not inside:
            return None
        return _judged(inside, "low" if above else "high", row)

    return judge


def nearest_rival(name: str, question: str) -> Judge:
    """Judge whether `auto` is ahead of every model alone; the nearest one is shown."""

    def judge(facts: Facts) -> Judged | None:
        gains, row = facts.gains(name, question), facts.row(name, "auto")
        gains.pop(WITHOUT_RANKER, None)  # not a model by itself
        if row is None or not gains:
            return None
        nearest = min(gains, key=lambda other: float(gains[other]["low"]))
        return _judged({nearest: gains[nearest]}, "low", row)

    return judge


def ranker_pays(name: str) -> Judge:
    """Judge whether a ranker is clearly ahead of the blend alone, or is not used."""

    def judge(facts: Facts) -> Judged | None:
        gains, row = facts.gains(name, "unheard"), facts.row(name, "auto")
        if row is None or not row.get("rankers_kept"):  # none was tried
            return None
        if WITHOUT_RANKER not in gains:
            return Judged(Text("switched off by `auto`", "desligado pelo `auto`"), True, _when(row))
        return _judged({WITHOUT_RANKER: gains[WITHOUT_RANKER]}, "low", row)

    return judge


def _judged(gains: dict[str, dict[str, Any]], end: str, row: dict[str, Any]) -> Judged:
    met = all(gain["low"] > 0 if end == "low" else gain["high"] >= 0 for gain in gains.values())
    words = [
        "; ".join(
            f"`{other}` {interval(gain, language, signed=True)}" for other, gain in gains.items()
        )
        for language in LANGUAGES
    ]
    return Judged(Text(**dict(zip(("pt", "en"), words, strict=True))), met, _when(row))


def large_catalogue(facts: Facts) -> Judged | None:
    rows = {
        name: row
        for name in ("rp3beta", "graph_filter", "slim", "auto")
        if (row := facts.row("nowplaying", name))
    }
    if len(rows) < 4:
        return None
    name = max(rows, key=lambda each: rows[each]["peak_mb"])
    tracks = facts.data["nowplaying"]["facts"]["tracks"]
    gigabytes = rows[name]["peak_mb"] / 1024
    shown = Text(
        "{value:.1f} GB at most (`{name}`), {tracks:n} tracks",
        "{value:.1f} GB no máximo (`{name}`), {tracks:n} faixas",
    )
    return Judged(
        shown.filled(value=gigabytes, name=name, tracks=tracks),
        gigabytes <= 8 and tracks >= 100_000,
        _when(rows[name]),
    )


def time_of_auto(facts: Facts) -> Judged | None:
    row = facts.row("gowalla", "auto")
    if row is None:
        return None
    seconds = (
        row["fit_seconds"] + facts.data["gowalla"]["facts"]["listeners"] / row["lists_per_second"]
    )
    ndcg = row["metrics"]["unheard"]["value"]
    shown = Text("{seconds:.0f} s, NDCG {ndcg:.4f}", "{seconds:.0f} s, NDCG {ndcg:.4f}")
    met = seconds <= 7 and ndcg > ALS_AT_ITS_BEST
    return Judged(shown.filled(seconds=float(seconds), ndcg=ndcg), met, _when(row))


def blended_lists(facts: Facts) -> Judged | None:
    """Judge how many lists a second `auto` makes, and whether they are as good as those of all scores."""
    row = facts.row("gowalla", "auto")
    if row is None or row.get("ndcg_kept") is None:
        return None
    shown = Text(
        "{speed:n} listeners/s, {kept:.2%} of the NDCG", "{speed:n} ouvintes/s, {kept:.2%} do NDCG"
    )
    speed, kept = row["lists_per_second"], float(row["ndcg_kept"])
    return Judged(shown.filled(speed=speed, kept=kept), speed >= 5000 and kept >= 0.99, _when(row))


def figures(shown: Text, enough: Callable[..., bool], *names: str) -> Judge:
    """Judge figures of targets.json; `shown` names them."""

    def judge(facts: Facts) -> Judged | None:
        if not all(name in facts.figures for name in names):
            return None
        values = {name: facts.figures[name]["value"] for name in names}
        return Judged(
            shown.filled(**values), enough(*values.values()), _when(facts.figures[names[0]])
        )

    return judge


def held(key: str) -> Judge:
    """Judge tests: some passed, none failed."""
    shown = Text(
        f"{{{key}_passed:n}} tests pass, {{{key}_failed:n}} fail",
        f"{{{key}_passed:n}} testes passam, {{{key}_failed:n}} falham",
    )
    return figures(
        shown, lambda passed, failed: passed > 0 and failed == 0, f"{key}_passed", f"{key}_failed"
    )

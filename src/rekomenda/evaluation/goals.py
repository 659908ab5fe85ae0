"""What a release is meant to reach for artists and listeners, and whether it does.

The goals are reported, not enforced: what may not get worse is the gate's business. A goal that
this data cannot tell about is said to be not measurable, never counted as met.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from rekomenda.evaluation.artist_exposure import EMERGING
from rekomenda.evaluation.exposure_rows import Row
from rekomenda.evaluation.goal_list import GOALS, Goal
from rekomenda.evaluation.segments import MIN_LISTENERS, OVERALL
from rekomenda.language import Text


class Met(StrEnum):
    """Whether a goal is reached."""

    YES = "yes"
    NO = "no"
    NOT_MEASURABLE = "not_measurable"


@dataclass(frozen=True)
class Finding:
    """What was measured for a goal; NaN where nothing was.

    The interval is NaN where there is none: of a count, or of one measure over another's. `note`
    says why there is no number, or which group it is of.
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    note: Text | None = None


@dataclass(frozen=True)
class GoalRow:
    """A goal beside its finding."""

    goal: Goal
    finding: Finding

    @property
    def met(self) -> Met:
        """Whether the measured value is on the right side of the limit."""
        if math.isnan(self.finding.value):
            return Met.NOT_MEASURABLE
        reached = (
            self.finding.value >= self.goal.limit
            if self.goal.direction == "at_least"
            else self.finding.value <= self.goal.limit
        )
        return Met.YES if reached else Met.NO

    def to_json(self) -> dict[str, Any]:
        """Return it ready for JSON; NaN becomes null."""
        finding = self.finding
        ends = {"measured": finding.value, "low": finding.low, "high": finding.high}
        return {
            "goal": self.goal.name,
            "text": self.goal.text.both(),
            "limit": self.goal.limit,
            "direction": self.goal.direction,
            **{name: None if math.isnan(value) else value for name, value in ends.items()},
            "met": str(self.met),
            "note": None if finding.note is None else finding.note.both(),
        }


_GROUP = Text("{name}", "{name}")
_NO_ALS = Text("als took no part", "o als não participou")
_NO_NUMBER = Text(
    "too few listeners or artists, or the data does not say it",
    "ouvintes ou artistas de menos, ou os dados não dizem",
)
_NOT_DECLARED = Text(
    "the data has no declared gender, and none is inferred",
    "os dados não têm gênero declarado, e nenhum é deduzido",
)
_SIMULATED = Text(
    "only a simulated world can tell: benchmarks/feedback.py",
    "só um mundo simulado pode dizer: benchmarks/feedback.py",
)
BASELINE: Final = "als"
"""What is called plain als: its lists as they come, with its default hyperparameters."""


def of_run(
    rows: Iterable[Row],
    *,
    quality: Sequence[Mapping[str, Any]],
    candidate: str,
    floor_price: Finding,
    artists_discovered: float,
    min_support: int,
) -> tuple[GoalRow, ...]:
    """Hold the measures of one run against the goals.

    Parameters
    ----------
    rows : iterable of Row
        Of the lists `exam:for_you` and `exam:discover`, which are made as they are served, from
        what was known at the cut; and of `exam:unheard` of plain als.
    quality : sequence of mapping
        Rows of `summary.SCHEMA`.
    candidate : str
        The model whose lists they are.
    floor_price : Finding
        NDCG@10 given up, relative to the same lists without the floor.
    artists_discovered : float
        Share of the artists with enough listeners in enough published `discover` lists; NaN if
        there is no such artist.
    min_support : int
        Listeners behind what is public.
    """
    numbers = _Numbers(rows, candidate)
    found = {
        "floor_price": floor_price,
        "low_mainstream_lift": numbers.of("popularity_lift", "mainstream:low"),
        "emerging_exposure": numbers.of("exposure_ratio_heldout", EMERGING),
        "emerging_exposure_worst": numbers.worst_emerging(),
        "artists_shown": numbers.of("known_artist_coverage"),
        "artists_discovered": _value(artists_discovered),
        "artist_gini": numbers.over_baseline("artist_gini"),
        "local_share": numbers.of("local_share_kept"),
        "genre_calibration": numbers.over_baseline("miscalibration_genre"),
        "worst_group": worst_group(quality, candidate),
        "useful_discovery": numbers.over_baseline("useful_discovery", shelf="discover"),
        "declared_women": Finding(math.nan, note=_NOT_DECLARED),
        "bot_influence": Finding(math.nan, note=_SIMULATED),
        "k_anonymity": _value(float(min_support)),
    }
    return tuple(GoalRow(goal, found[goal.name]) for goal in GOALS)


def worst_group(quality: Sequence[Mapping[str, Any]], candidate: str) -> Finding:
    """Return the worst group's NDCG@10 on unheard tracks, over the mean of everybody."""
    found = {
        row["segment"]: float(row["value"])
        for row in quality
        if (row["algorithm"], row["task"], row["metric"], row["k"])
        == (candidate, "unheard", "ndcg", 10)
        and row["n_users"] >= MIN_LISTENERS
    }
    groups = {
        name: value
        for name, value in found.items()
        if name.startswith(("activity:", "mainstream:"))
    }
    overall = found.get(OVERALL, 0.0)
    if not groups or overall <= 0:
        return _value(math.nan)
    worst = min(groups, key=groups.__getitem__)
    return Finding(groups[worst] / overall, note=_GROUP.filled(name=worst))


class _Numbers:
    """Rows by lists, model, segment and measure."""

    def __init__(self, rows: Iterable[Row], candidate: str) -> None:
        self._candidate = candidate
        self._rows = {(row.lists, row.algorithm, row.segment, row.measure): row for row in rows}

    def of(self, measure: str, segment: str = OVERALL, shelf: str = "for_you") -> Finding:
        """Return a measure of the lists as they are served."""
        row = self._rows.get((f"exam:{shelf}", self._candidate, segment, measure))
        return _value(math.nan) if row is None else _finding(row)

    def worst_emerging(self) -> Finding:
        """Return the lowest exposure ratio of the emerging artists of a region or genre."""
        groups = [
            row
            for (lists, algorithm, segment, measure), row in self._rows.items()
            if (lists, algorithm) == ("exam:for_you", self._candidate)
            and measure == "exposure_ratio_heldout"
            and segment.startswith(f"{EMERGING}:")
        ]
        if not groups:
            return _value(math.nan)
        worst = min(groups, key=lambda row: row.value)
        return replace(_finding(worst), note=_GROUP.filled(name=worst.segment))

    def over_baseline(self, measure: str, shelf: str = "for_you") -> Finding:
        """Return a measure over that of the baseline's plain lists."""
        ours = self.of(measure, shelf=shelf)
        theirs = self._rows.get(("exam:unheard", BASELINE, OVERALL, measure))
        if theirs is None:
            return Finding(math.nan, note=_NO_ALS)
        return _value(ours.value / theirs.value if theirs.value > 0 else math.nan)


def _finding(row: Row) -> Finding:
    low, high = (math.nan if end is None else end for end in (row.low, row.high))
    return Finding(row.value, low, high)


def _value(value: float) -> Finding:
    return Finding(value, note=_NO_NUMBER if math.isnan(value) else None)

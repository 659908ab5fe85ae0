"""Everything a report shows of one release, as plain frames: no chart looks anything up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True, eq=False)
class Sample:
    """A listener as an example: what they played most, and the start of each of their lists.

    Parameters
    ----------
    listener : str
    plays : int
        All that they played.
    favourites : sequence of dict
        `title, artist, plays` of the tracks they played most.
    shelves : mapping of shelf to sequence of dict
        `rank, title, artist, genre, reason_pt, reason_en` of the first rows of each list.
    """

    listener: str
    plays: int
    favourites: Sequence[Mapping[str, Any]]
    shelves: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, eq=False)
class Changes:
    """What is new against the release that was served before.

    Parameters
    ----------
    since : str
        That release's id.
    kept : float
        Median share of a listener's first ten tracks of `for_you` that stayed; NaN without anybody
        in both.
    listeners : tuple of int
        With lists before, and now.
    tracks : tuple of int
        In the catalogue before, and now.
    risen, fallen : sequence of dict
        `title, artist, before, now`: tracks whose number of listeners with it in `for_you` changed
        most.
    """

    since: str
    kept: float
    listeners: tuple[int, int]
    tracks: tuple[int, int]
    risen: Sequence[Mapping[str, Any]]
    fallen: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Content:
    """One release, ready to be drawn.

    Parameters
    ----------
    release : mapping
        `run_id, as_of, created_at, algorithm, listeners, recommendations, coverage`.
    lake : mapping
        As `rekomenda status --json` has it.
    files : DataFrame
        A row for each input file: `name, verdict, rows_in, loaded, merged, quarantined,
        deduplicated, erased`.
    days : DataFrame
        `day, plays, listeners, tracks, bot_plays`.
    tracks : DataFrame
        A row for each track that may be shown: `title, artist, genre, region, plays, listeners,
        shown` (times it stands in a list of somebody).
    regions : DataFrame
        `region, listeners`.
    metrics : DataFrame
        The release's `model_metrics`.
    gate : sequence of dict
        Its checks.
    report : mapping
        Its `report.json`.
    samples : sequence of Sample
    changes : Changes or None
        None for the first release.
    tuning : mapping or None
        The newest tuning of the home, as `rekomenda status --json` has it; None before the first.
    set_aside : mapping of str to int
        Rows in quarantine by the rule that they broke.
    truth : sequence of mapping
        Of a made world: `lists` (whose), `value`, `low`, `high` (how much of the best possible they
        are worth, 1 is the best) and `listeners`. Empty where nobody knows what people truly like.
    """

    release: Mapping[str, Any]
    lake: Mapping[str, Any]
    files: pd.DataFrame
    days: pd.DataFrame
    tracks: pd.DataFrame
    regions: pd.DataFrame
    metrics: pd.DataFrame
    gate: Sequence[Mapping[str, Any]]
    report: Mapping[str, Any]
    samples: Sequence[Sample] = field(default_factory=tuple)
    changes: Changes | None = None
    tuning: Mapping[str, Any] | None = None
    set_aside: Mapping[str, int] = field(default_factory=dict)
    truth: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    @property
    def algorithm(self) -> str:
        """Name of the model that is served."""
        return str(self.release["algorithm"])

    def measured(self, metric: str, task: str, k: int, segment: str = "overall") -> pd.DataFrame:
        """Return one number of every model, best first: `algorithm, value, low, high, n_users`."""
        found = self.metrics
        rows = found[
            (found["metric"] == metric)
            & (found["task"] == task)
            & (found["k"] == k)
            & (found["segment"] == segment)
        ]
        return rows.sort_values(["value", "algorithm"], ascending=[False, True])

    @property
    def k(self) -> int:
        """The cutoff of the pictures: 20 where it was measured, else the longest."""
        cutoffs = set(self.metrics["k"])
        return 20 if 20 in cutoffs else int(max(cutoffs, default=10))

"""What a candidate must show, as numbers that can be set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GateRules:
    """Every limit of the gate.

    Parameters
    ----------
    task : {"all", "again", "unheard", "new_artists"}
        What the comparison is about.
    metric : str
        One of `metrics.ACCURACY`.
    cutoff, recall_cutoff : int
        Its k; and that of recall, which has to hold as well.
    tolerance : float
        Relative loss against the served release that still counts as equal.
    group_tolerance : float
        The same for the worst group of listeners, beyond what so few can show.
    min_listeners : int
        With fewer nothing is proven.
    min_gain : float
        By how much popularity must be beaten, relative.
    power : float
        The power limit is the loss that so many listeners would show with this probability.
    max_margin : float
        However few listeners, a greater loss than this never counts as equal.
    rehearsal_listeners : int
        Answered from the files by a new process; 0: no rehearsal.
    reproduce_seconds : float
        Two trainings are compared where one takes at most so long; 0: never.
    max_slowdown, max_growth : float
        Answer time and size of the model, as multiples of the served release's.
    always_fast_ms, always_small_mb : float
        What is faster, or smaller, is never held against a release.
    min_rows, max_rows : float
        Rows of each of the last days, as multiples of the median of the same weekday.
    max_quarantine : float
        Share of all rows that may have been set aside.
    max_age_days : int
        Days that the newest plays may be older than they used to be when they came.
    max_top_share : float
        Share of the lists that the most recommended track stands in, as a multiple.
    min_overlap : float
        Median Jaccard overlap of the first ten of `for_you` with the served release's.
    accept_change : bool
        A person has said yes to lists that are mostly new.
    max_listeners_lost : float
        Share of the served release's listeners who may be without lists now.
    max_exposure_loss : float
        Relative loss of each measure of exposure against the served release.
    """

    task: str = "unheard"
    metric: str = "ndcg"
    cutoff: int = 20
    recall_cutoff: int = 50
    tolerance: float = 0.01
    group_tolerance: float = 0.03
    min_listeners: int = 50
    min_gain: float = 0.1
    power: float = 0.9
    max_margin: float = 0.1
    rehearsal_listeners: int = 200
    reproduce_seconds: float = 20.0
    max_slowdown: float = 1.5
    max_growth: float = 1.5
    always_fast_ms: float = 100.0
    always_small_mb: float = 64.0
    min_rows: float = 0.5
    max_rows: float = 2.0
    max_quarantine: float = 0.05
    max_age_days: int = 14
    max_top_share: float = 2.0
    min_overlap: float = 0.3
    accept_change: bool = False
    max_listeners_lost: float = 0.05
    max_exposure_loss: float = 0.25

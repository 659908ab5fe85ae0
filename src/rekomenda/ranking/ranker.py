"""How much a played track is worth hearing again.

`for_you` and `discover` are ranked by the model's score. `again` is ranked by what each listener's
own plays say about memory and boredom, which no model of taste sees.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories

DECAY = 0.5
"""d of the base-level equation; the value ACT-R uses throughout."""
REST_DAYS = 7.0
"""After so many days a track has recovered 63 % of its appeal, after three times as many 95 %."""


def again_scores(histories: Histories, as_of_day: int) -> NDArray[np.float32]:
    """Score each played cell for the shelf `again`; larger is better.

    The score is log(1 + S) · (1 - exp(-g / REST_DAYS)).

    S is the strength of the memory: the sum of t^-d over all plays, t days ago, which is the
    base-level activation of ACT-R before its logarithm. It predicts which tracks are heard again
    (Reiter-Haas, Parada-Cabaleiro, Schedl, Motamedi, Tkalčič, Lex: "Predicting Music Relistening
    Behavior Using the ACT-R Framework", RecSys 2021, the base-level component). The days between
    the first and the last play are not kept, so it is approximated as in Petrov, "Computationally
    Efficient Approximation of the Base-Level Learning Equation in ACT-R" (ICCM 2006), the hybrid
    form with one exact term: the last play as it was, the others spread evenly back to the first,

        S = t_1^-d + (n - 1) · (t_n^(1-d) - t_1^(1-d)) / ((1 - d) · (t_n - t_1)).

    The second factor lets a track rest: g days after its last play the listener is less likely to
    be tired of it (Kapoor, Subbian, Srivastava, Schrater: "Just in Time Recommendations: Modeling
    the Dynamics of Boredom in Activity Streams", WSDM 2015). Its constant is a choice: who played a
    track this week finds it without a list. The logarithm keeps a thousand plays of one track in a
    week from outweighing the rest it needs.

    Parameters
    ----------
    histories : Histories
    as_of_day : int
        Days since 1970-01-01 of the day the lists are for. Plays after it count as of that day.

    Returns
    -------
    ndarray of float32, shape (nnz,)
        >= 0; 0 for a track last played today, and for one without plays. Where the data has no
        time (last day -1) it is log(1 + plays).
    """
    plays = histories.plays.astype(np.float64)
    dated = histories.last_day >= 0
    gap = np.maximum(as_of_day - histories.last_day, 0).astype(np.float64)
    newest = gap + 1.0  # a play of the same day is one day old: t^-d stays finite
    oldest = np.maximum(as_of_day - histories.first_day, 0) + 1.0
    span = np.maximum(oldest - newest, 0.0)
    mean_of_others = np.where(
        span > 0,
        (oldest ** (1 - DECAY) - newest ** (1 - DECAY)) / ((1 - DECAY) * np.maximum(span, 1.0)),
        newest**-DECAY,
    )
    strength = newest**-DECAY + np.maximum(plays - 1, 0) * mean_of_others
    rested = np.log1p(strength) * -np.expm1(-gap / REST_DAYS)
    score = np.where(dated, rested, np.log1p(plays))
    return np.where(plays > 0, score, 0.0).astype(np.float32)

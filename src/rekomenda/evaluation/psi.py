"""How far two distributions lie apart: the population stability index."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

HALF: Final = 0.5
"""Added to each count, so that a bin that is empty on one side does not make it infinite."""


def psi(reference: NDArray[Any], recent: NDArray[Any]) -> float:
    """Return the population stability index of two histograms over the same bins.

    PSI = Σ_b (q_b − p_b) · ln(q_b / p_b), p and q the shares of the reference and of what is
    recent (N. Siddiqi, "Credit Risk Scorecards", 2006, ch. 6). Each count is raised by a half first.
    By custom, below 0.1 is no change to speak of and above 0.25 a large one. By chance alone it is
    about (B − 1)(1/n + 1/m) for B bins and n and m counts.

    Parameters
    ----------
    reference, recent : ndarray of number, shape (B,)
        Counts, 0 or more; at least one bin.

    Returns
    -------
    float
        0 (the same shares) upwards; the same whichever side is called the reference.
    """
    p = (reference + HALF) / (reference + HALF).sum()
    q = (recent + HALF) / (recent + HALF).sum()
    return float(((q - p) * np.log(q / p)).sum())

"""The states of Brazil: how many listeners live in each, and which lie near each other."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

STATES: Final[dict[str, tuple[float, str]]] = {
    "PE": (13.0, "NE"),
    "BA": (12.5, "NE"),
    "CE": (11.5, "NE"),
    "PA": (7.5, "N"),
    "MA": (7.0, "NE"),
    "PB": (6.0, "NE"),
    "RN": (5.0, "NE"),
    "AL": (5.0, "NE"),
    "PI": (5.0, "NE"),
    "SP": (5.0, "SE"),
    "SE": (3.5, "NE"),
    "AM": (3.0, "N"),
    "MG": (3.0, "SE"),
    "RJ": (2.5, "SE"),
    "GO": (2.0, "CO"),
    "TO": (1.3, "N"),
    "DF": (1.2, "CO"),
    "MT": (1.0, "CO"),
    "RO": (0.9, "N"),
    "AP": (0.9, "N"),
    "ES": (0.8, "SE"),
    "PR": (0.7, "S"),
    "AC": (0.6, "N"),
    "MS": (0.6, "CO"),
    "RR": (0.5, "N"),
    "RS": (0.5, "S"),
    "SC": (0.4, "S"),
}
"""By state (UF): weight, in listeners of a service at home in the North-East; macro-region."""

CODES: Final = tuple(STATES)
WEIGHTS: Final[NDArray[np.float64]] = np.array([weight for weight, _ in STATES.values()])
_MACRO: Final = np.array([macro for _, macro in STATES.values()])
CLOSENESS: Final[NDArray[np.float64]] = (
    1.0 + 2.5 * (_MACRO[:, None] == _MACRO[None, :]) + 6.0 * np.eye(len(CODES))
)
"""How much likelier a listener of one state is to take to the music of another, (R, R)."""

"""Exposure: artists, the long tail and the regions keep the room that they have today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from rekomenda.evaluation.check import Check, Outcome, say
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.language import Text

_NOTHING: Final = Text(
    "{what}: {ours:.3f}; nothing in service to compare with.",
    "{what}: {ours:.3f}; nada no ar para comparar.",
)
_FOUND: Final = Text(
    "{what}: {ours:.3f}, {theirs:.3f} in service; {limit:.3f} or better is asked for.",
    "{what}: {ours:.3f}, {theirs:.3f} na release no ar; pede-se {limit:.3f} ou melhor.",
)


@dataclass(frozen=True)
class Limit:
    """One measure of exposure that may not fall.

    Parameters
    ----------
    name : str
        Of the check.
    measure : str
        Its key in the measures of the lists.
    what : Text
    worst : float
        The value from which nothing can get worse: what is lost is counted towards it. 0 for a
        share, of which more is better; 1 for a Gini index, of which less is better.
    """

    name: str
    measure: str
    what: Text
    worst: float = 0.0


LIMITS: Final = (
    Limit(
        "artists_are_covered",
        "artist_coverage",
        Text("Share of the artists that are shown", "Parte dos artistas que aparece"),
    ),
    Limit(
        "artists_share_the_room",
        "artist_gini",
        Text("Concentration on few artists (Gini)", "Concentração em poucos artistas (Gini)"),
        worst=1.0,
    ),
    Limit(
        "the_tail_is_shown",
        "tail_share",
        Text("Share of long-tail tracks", "Parte das faixas da cauda longa"),
    ),
    Limit(
        "regions_are_shown",
        "local_share_kept",
        Text(
            "Music from the listener's region, against what they play of it",
            "Música da região do ouvinte, contra o que ele ouve dela",
        ),
    ),
)


def exposure_checks(
    ours: Mapping[str, float], theirs: Mapping[str, float] | None, rules: GateRules
) -> tuple[Check, ...]:
    """Check that no measure loses more than `max_exposure_loss` of its distance to the worst.

    Parameters
    ----------
    ours, theirs : mapping of measure to value
        Of the lists that would be published, and of those in service, over the same listeners.
        None: nothing is in service. A measure that one of them lacks has no meaning here, and has
        no check.
    rules : GateRules
    """
    found = []
    for limit in LIMITS:
        if limit.measure in ours and (theirs is None or limit.measure in theirs):
            served = None if theirs is None else theirs[limit.measure]
            found.append(_check(limit, ours[limit.measure], served, rules))
    return tuple(found)


def _check(limit: Limit, ours: float, theirs: float | None, rules: GateRules) -> Check:
    if theirs is None:
        text = say(_NOTHING, what=limit.what, ours=ours)
        return Check(limit.name, Outcome.PASSED, ours, np.nan, text, "exposure")
    room, kept = abs(theirs - limit.worst), abs(ours - limit.worst)
    least = (1 - rules.max_exposure_loss) * room
    floor = limit.worst + least if limit.worst <= theirs else limit.worst - least
    text = say(_FOUND, what=limit.what, ours=ours, theirs=theirs, limit=floor)
    outcome = Outcome.PASSED if kept >= least else Outcome.FAILED
    return Check(limit.name, outcome, ours, floor, text, "exposure")

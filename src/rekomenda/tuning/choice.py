"""What was chosen, out of what, and why: ready for a manifest and for people."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from rekomenda.domain.models import FittedModel
from rekomenda.language import LANGUAGES, Text
from rekomenda.tuning.ranker_trial import RankerTrial
from rekomenda.tuning.say import SayTrial

How = Literal["searched", "too few listeners", "no validation"]

_SEARCHED = Text(
    en="auto chose {members} on {listeners:n} {listeners:listener|listeners} of a validation cut",
    pt="auto escolheu {members} com {listeners:n} {listeners:ouvinte|ouvintes} de um corte de validação",
)
_FIXED = Text(
    en="auto took {members}: {listeners:n} {listeners:listener|listeners} of a validation cut are "
    "too few to choose by",
    pt="auto ficou com {members}: {listeners:n} {listeners:ouvinte|ouvintes} de um corte de "
    "validação são poucos para escolher",
)
_RANKER = Text(en="{said}; ranker {why}", pt="{said}; ranker {why}")


@dataclass(frozen=True)
class Trial:
    """One candidate and how it did; every number is of the validation, NaN where not measured.

    Parameters
    ----------
    name, algorithm : str
    hyperparameters : dict
    cost : float
        Reckoned seconds of its fit.
    unheard_ndcg, heard_ndcg : float
        Alone, on tracks not heard and on tracks heard before.
    unheard, heard : float
        Its weights in the blend, 0 where it is not a member.
    unheard_adds, heard_adds : float
        What the blend's NDCG loses without it.
    unheard_error, heard_error : float
        Standard error of that over the listeners.
    left_out : Text or None
        Why it was not tried or could not learn.
    """

    name: str
    algorithm: str
    hyperparameters: dict[str, Any]
    cost: float
    unheard_ndcg: float = math.nan
    heard_ndcg: float = math.nan
    unheard: float = 0.0
    heard: float = 0.0
    unheard_adds: float = math.nan
    heard_adds: float = math.nan
    unheard_error: float = math.nan
    heard_error: float = math.nan
    left_out: Text | None = None


@dataclass(frozen=True)
class Choice:
    """A blend, and what it was chosen from.

    Parameters
    ----------
    hyperparameters : dict
        Of the algorithm.
    how : str
        Whether there was a search, or why not.
    kind : str
        How the validation was held out; empty without one.
    listeners : int
        In the validation, with anything relevant that is unheard.
    unheard_ndcg, heard_ndcg : float
        NDCG@20 of the blend on the validation.
    budget, cost : float
        Reckoned seconds that may be spent on fits, and that were.
    trials : tuple of Trial
        In the order of the grid.
    ranker : RankerTrial or None
        What came of ordering the blend's candidates anew; None where it was not asked for.
    say : SayTrial or None
        How far short histories are believed and cold tracks judged alone; None without a search.
    model : FittedModel or None
        What was chosen, as it was fitted to the days before the validation; None where nothing was
        fitted. It is in no manifest.
    """

    hyperparameters: dict[str, Any]
    how: How
    kind: str
    listeners: int
    budget: float
    cost: float
    unheard_ndcg: float = math.nan
    heard_ndcg: float = math.nan
    trials: Sequence[Trial] = ()
    ranker: RankerTrial | None = None
    say: SayTrial | None = None
    model: FittedModel | None = field(default=None, compare=False, repr=False)

    @property
    def algorithm(self) -> str:
        """`blend`, or `ranked_blend` where a ranker was kept."""
        return "ranked_blend" if self.ranker is not None and self.ranker.kept else "blend"

    def ranked(self, ranker: RankerTrial) -> Choice:
        """Return the choice with a ranker that was tried, and if it was kept its trees."""
        added: dict[str, Any] = {}
        if ranker.kept:
            added = {
                "trees": list(ranker.trees),
                "ranked_from": ranker.ranked_from,
                "n_candidates": ranker.n_candidates,
            }
        return replace(self, ranker=ranker, hyperparameters={**self.hyperparameters, **added})

    @property
    def members(self) -> str:
        """The members for unheard tracks with their parts, largest first: `rp3beta 58 % + als 42 %`."""
        parts = sorted(self.hyperparameters["members"], key=lambda each: -each["unheard"])
        total = sum(each["unheard"] for each in parts) or 1.0
        return " + ".join(
            f"{each['algorithm']} {each['unheard'] / total:.0%}"
            for each in parts
            if each["unheard"]
        )

    @property
    def sentence(self) -> Text:
        """What was chosen, in words."""
        text = _SEARCHED if self.how == "searched" else _FIXED
        said = text.filled(members=self.members, listeners=self.listeners)
        return said if self.ranker is None else _RANKER.filled(said=said, why=self.ranker.why)

    def to_json(self) -> dict[str, Any]:
        """Return what a manifest keeps; numbers that there are none of are null.

        A ranker's trees stand in the recipe only.
        """
        stored = asdict(replace(self, ranker=None, say=None, model=None))
        del stored["model"]
        stored["hyperparameters"].pop("trees", None)
        stored["algorithm"] = self.algorithm
        stored["ranker"] = None if self.ranker is None else self.ranker.to_json()
        stored["say"] = None if self.say is None else self.say.to_json()
        stored["trials"] = [_without_nan(asdict(trial)) for trial in self.trials]
        sentence = {name: self.sentence.render(name) for name in LANGUAGES}
        return {**_without_nan(stored), "sentence": sentence}


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in values.items()
    }

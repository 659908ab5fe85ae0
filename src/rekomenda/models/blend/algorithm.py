"""Blend: several models' scores added up, tracks heard before and all others weighted apart.

Sources: R. Caruana, A. Niculescu-Mizil, G. Crew, A. Ksikes, "Ensemble Selection from Libraries of
Models", ICML 2004 (a weighted sum of few models out of many); E. A. Fox, J. A. Shaw, "Combination of
Multiple Searches", TREC-2, 1994 (sums of scores on a common scale, CombSUM; a model without an
opinion adds nothing).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.models import FittedModel
from rekomenda.domain.training import TrainingData
from rekomenda.errors import FitError, HyperparameterError
from rekomenda.language import Text
from rekomenda.models.base import Algorithm, Arrays, knob
from rekomenda.models.blend.fitted import FittedBlend
from rekomenda.models.blend.member import BlendedMember
from rekomenda.models.blend.say import Say
from rekomenda.models.singles import create
from rekomenda.telemetry.logs import get_logger

log = get_logger(__name__)

NO_MEMORY: Final = Text(en="it does not fit in memory", pt="não cabe na memória")
_NOBODY: Final = Text(en="none of its members can: {why}", pt="nenhum membro pode: {why}")
_MEMBERS: Final = Text(
    en="a list of {algorithm, hyperparameters, unheard, heard}, weights >= 0 and one above 0",
    pt="uma lista de {algorithm, hyperparameters, unheard, heard}, pesos >= 0 e um acima de 0",
)
_NUMBERS: Final[tuple[tuple[str, Callable[[float], bool], Text], ...]] = (
    ("heard_level", lambda _: True, Text(en="a number", pt="um número")),
    ("heard_spread", lambda value: value > 0, Text(en="a number > 0", pt="um número > 0")),
    ("listener_prior", lambda value: value >= 0, Text(en="a number >= 0", pt="um número >= 0")),
    ("absent_share", lambda value: 0 <= value <= 1, Text(en="0 to 1", pt="de 0 a 1")),
)


@dataclass(frozen=True)
class BlendMember:
    """One model of a blend, before it has learned.

    Parameters
    ----------
    algorithm : str
        Its name in the registry.
    unheard, heard : float
        Its weight for tracks not heard before and for those that were, >= 0, one of them > 0. What
        counts is its part of the sum over the members.
    hyperparameters : mapping
        Those that differ from the algorithm's defaults.
    """

    algorithm: str
    unheard: float
    heard: float
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: Any) -> BlendMember:
        """Read a member as a settings file or a manifest writes it.

        Raises
        ------
        ValueError
            If it is nothing of the kind.
        """
        names = {"algorithm", "unheard", "heard", "hyperparameters"}
        if not isinstance(stored, Mapping) or not names >= set(stored) >= {"algorithm"}:
            raise ValueError("not a member")
        unheard, heard = (float(stored.get(name, 0.0)) for name in ("unheard", "heard"))
        knobs = stored.get("hyperparameters", {})
        sound = all(math.isfinite(weight) and weight >= 0 for weight in (unheard, heard))
        if not sound or unheard + heard == 0 or not isinstance(knobs, Mapping):
            raise ValueError("weights or hyperparameters of a member")
        return cls(str(stored["algorithm"]), unheard, heard, dict(knobs))

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {
            "algorithm": self.algorithm,
            "hyperparameters": dict(self.hyperparameters),
            "unheard": self.unheard,
            "heard": self.heard,
        }


DEFAULT_MEMBERS: Final[tuple[Mapping[str, Any], ...]] = (
    {"algorithm": "als", "unheard": 1.0, "heard": 1.0},
    {"algorithm": "rp3beta", "unheard": 1.0, "heard": 1.0},
)


@dataclass(frozen=True)
class Blend(Algorithm):
    """Add up what several models say, each on a scale of its own for every listener.

    Tracks a listener has heard and tracks they have not are two questions with weights of their own:
    a model that only repeats answers the first one well, and says nothing about the second. `auto`
    chooses members and weights; see `blend/fitted.py` for what becomes of the scores.

    Parameters
    ----------
    members : list of tables
        `algorithm`, `hyperparameters`, and the weights `unheard` and `heard` (0 where left out).
    heard_level : float, default 1.0
        Where a listener's average heard track stands among the others; the 20 best unheard ones
        lie about 1. Matters only for lists that hold both.
    heard_spread : float, default 0.25
        How far apart heard tracks stand: one standard deviation of theirs, > 0.
    listener_prior : float, default 0.0
        κ >= 0: of a listener with so many liked tracks, members that need plays have half their say;
        members that do not have the rest. 0: their whole say from the first track on.
    absent_share : float, default 0.0
        0 to 1: how much of the say of members that cannot place a track, as nobody liked it, goes to
        those that can. 0: they count as saying that it is worth nothing.

    Notes
    -----
    A member that cannot learn from the data is left out and the others' weights take its place.
    Time and memory: those of the members together; scoring holds two blocks of scores at once.
    """

    algorithm: ClassVar[str] = "blend"

    members: tuple[Mapping[str, Any], ...] = DEFAULT_MEMBERS
    heard_level: float = knob(1.0)
    heard_spread: float = knob(0.25, above=0)
    listener_prior: float = knob(0.0, least=0)
    absent_share: float = knob(0.0, least=0, most=1)

    def __post_init__(self) -> None:
        """Check the members, and each one's hyperparameters as that algorithm does.

        Raises
        ------
        HyperparameterError
            If the members are no such list, or one of their values is out of range.
        UnknownAlgorithmError, UnknownHyperparameterError
            If a member, or one of its hyperparameters, is not known.
        """
        try:
            members = [BlendMember.from_json(member) for member in self.members]
        except (TypeError, ValueError) as error:
            raise self._refused("members", self.members, _MEMBERS) from error
        if not members:
            raise self._refused("members", self.members, _MEMBERS)
        object.__setattr__(self, "members", tuple(member.to_json() for member in members))
        self._check_numbers()
        self._algorithms()

    def _check_numbers(self) -> None:
        for name, in_range, words in _NUMBERS:
            value = getattr(self, name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not math.isfinite(value) or not in_range(value):
                raise self._refused(name, value, words)
            object.__setattr__(self, name, float(value))

    def _refused(self, name: str, value: Any, allowed: Text) -> HyperparameterError:
        return HyperparameterError(
            algorithm=self.algorithm, name=name, value=value, allowed=allowed
        )

    def _algorithms(self) -> list[Algorithm]:
        return [create(each["algorithm"], each["hyperparameters"]) for each in self.members]

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:
        fitted: dict[int, FittedModel] = {}
        left_out: dict[str, Text] = {}
        for place, algorithm in enumerate(self._algorithms()):
            try:
                fitted[place] = algorithm.fit(data, seed=seed)
            except FitError as error:
                left_out[algorithm.algorithm] = Text(error.message("en"), error.message("pt-BR"))
            except MemoryError:
                left_out[algorithm.algorithm] = NO_MEMORY
        for name, why in left_out.items():
            log.warning("member left out", algorithm=name, why=why.en)
        if not fitted:
            why = next(iter(left_out.values()))
            raise FitError(algorithm=self.algorithm, detail=_NOBODY.filled(why=why))
        return self._blended(fitted, left_out)

    def _blended(
        self, fitted: Mapping[int, FittedModel], left_out: Mapping[str, Text]
    ) -> FittedBlend:
        """Put those together that learned; their weights of each kind are made to sum to 1."""
        sums = {
            kind: sum(self.members[place][kind] for place in fitted) or 1.0
            for kind in ("unheard", "heard")
        }
        members = tuple(
            BlendedMember(
                place,
                model,
                unheard=self.members[place]["unheard"] / sums["unheard"],
                heard=self.members[place]["heard"] / sums["heard"],
            )
            for place, model in fitted.items()
        )
        return FittedBlend(
            self.algorithm,
            members,
            self.heard_level,
            self.heard_spread,
            Say.of(members, self.listener_prior, self.absent_share),
            dict(left_out),
        )

    def joined(self, fitted: Mapping[int, FittedModel]) -> FittedBlend:
        """Put models together that have learned already, each at its place among the members."""
        return self._blended(fitted, {})

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays; who was left out then is left out again."""
        parts: dict[int, dict[str, NDArray[Any]]] = {}
        for name, array in arrays.items():
            place, _, own = name.partition(".")
            parts.setdefault(int(place), {})[own] = np.asarray(array)
        algorithms = self._algorithms()
        return self._blended(
            {place: algorithms[place].restore(own) for place, own in sorted(parts.items())}, {}
        )

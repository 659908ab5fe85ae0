"""A tuning: a wider search that is kept, and its winner as the candidate of a later run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from rekomenda import __version__
from rekomenda.errors import TuningTooLateError
from rekomenda.language import Text
from rekomenda.learning.recipe import Recipe
from rekomenda.pipeline.work import Work
from rekomenda.ranking.floor_price import FloorPrice
from rekomenda.settings import Settings
from rekomenda.settings.sections import ModelSettings
from rekomenda.storage.documents import digest
from rekomenda.tuning.choice import Choice

_ORIGIN: Final = ("tuning_id", "as_of", "cut", "snapshot_id", "code")
"""What a release says of the tuning that its candidate came from."""
_TOLD: Final = Text(
    en="{said} (tuning {tuning_id}, data up to {as_of})",
    pt="{said} (tuning {tuning_id}, dados até {as_of})",
)


@dataclass(frozen=True)
class Chosen:
    """The candidate of a run: the algorithm that was named, or what `auto` stands for.

    Parameters
    ----------
    recipe : Recipe
    facts : mapping or None
        What a manifest keeps of the choice: the trials, the weights, and where they are from. None
        where an algorithm was named.
    floor_price : FloorPrice or None
        What the floor for emerging artists may cost it.
    """

    recipe: Recipe
    facts: Mapping[str, Any] | None = None
    floor_price: FloorPrice | None = None

    @classmethod
    def by_name(cls, model: ModelSettings) -> Chosen:
        """Take the algorithm that the settings name."""
        return cls(
            Recipe(model.algorithm, model.hyperparameters.get(model.algorithm, {}), model.seed)
        )

    @classmethod
    def in_this_run(cls, choice: Choice, seed: int) -> Chosen:
        """Take what was chosen on the validation cut of the run itself."""
        return cls(Recipe(choice.algorithm, choice.hyperparameters, seed), choice.to_json())

    @classmethod
    def by_tuning(cls, tuning: Mapping[str, Any], work: Work) -> Chosen:
        """Take the winner of an earlier tuning.

        Raises
        ------
        TuningTooLateError
            If it saw days that the exam of this run holds back.
        """
        cut = None if tuning["cut"] is None else date.fromisoformat(tuning["cut"])
        if cut is not None and (work.cut is None or cut > work.cut):
            held_from = work.cut or work.as_of
            raise TuningTooLateError(tuning=tuning["tuning_id"], cut=cut, held_from=held_from)
        origin = {name: tuning[name] for name in _ORIGIN}
        facts = {**tuning["choice"], "tuning": origin, "sentence": sentence_of(tuning).both()}
        return cls(Recipe.from_json(tuning["recipe"]), facts)


def sentence_of(tuning: Mapping[str, Any]) -> Text:
    """Say what a tuning chose, and which tuning it was."""
    said = tuning["choice"]["sentence"]
    facts = {"tuning_id": tuning["tuning_id"], "as_of": date.fromisoformat(tuning["as_of"])}
    return _TOLD.filled(said=Text(said["en"], said["pt-BR"]), **facts)


def tuning_of(
    choice: Choice, work: Work, settings: Settings, *, now: datetime
) -> tuple[str, dict[str, Any]]:
    """Return the id of a tuning and all that is kept of it, ready for JSON.

    The id is the day and the start of a hash of everything but the moment: the same search of the
    same data is the same tuning.
    """
    model = settings.model
    kept = {
        "as_of": work.as_of.isoformat(),
        "cut": None if work.cut is None else work.cut.isoformat(),
        "snapshot_id": work.snapshot.snapshot_id,
        "code": __version__,
        "seed": model.seed,
        "recipe": Recipe(choice.algorithm, choice.hyperparameters, model.seed).to_json(),
        "choice": choice.to_json(),
    }
    tuning_id = f"{work.as_of:%Y%m%d}-{digest(kept)[:10]}"
    return tuning_id, {**kept, "tuned_at": now.astimezone(UTC).isoformat()}

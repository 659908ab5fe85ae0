"""The release in service as a run meets it: there, not yet, or gone bad."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rekomenda.errors import ConfigError, CorruptError
from rekomenda.evaluation.gate.quality import FIRST_RUN
from rekomenda.language import Text
from rekomenda.learning.recipe import Recipe
from rekomenda.models.registry import create
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.releases import Releases
from rekomenda.telemetry.logs import get_logger

log = get_logger(__name__)

_DAMAGED = Text(
    en="The release in service is damaged, so there is nothing to compare with: {why}",
    pt="A release no ar está danificada, e não há com o que comparar: {why}",
)
_LATER = Text(
    en="The release in service knows a later day: this one will be kept beside it, not in its place.",
    pt="A release no ar conhece um dia posterior: esta ficará guardada ao lado dela, não no lugar.",
)
_UNKNOWN = Text(
    en="The recipe in service is of a model that this version does not have: {why}",
    pt="A receita no ar é de um modelo que esta versão não tem: {why}",
)


@dataclass(frozen=True)
class Champion:
    """Whom a candidate has to match.

    Parameters
    ----------
    release : Release or None
        In service, every byte of it as it was written; None: there is none to trust.
    recipe : Recipe or None
        How to fit it again; None: it cannot be.
    why : Text
        Why one of the two is missing.
    """

    release: Release | None = None
    recipe: Recipe | None = None
    why: Text = FIRST_RUN


def find_champion(releases: Releases, as_of: date) -> Champion:
    """Return the release that a day's would replace, read whole once; a damaged one is none.

    Raises
    ------
    NewerFormatError
        If a later version wrote it.
    """
    try:
        release = releases.current()
        if release is None:
            return Champion()
        if release.manifest.as_of > as_of:
            return Champion(why=_LATER)
        release.verify()
    except CorruptError as error:
        log.warning("release in service is damaged", error=str(error))
        why = Text(en=error.message("en"), pt=error.message("pt-BR"))
        return Champion(why=_DAMAGED.filled(why=why))
    recipe = Recipe.from_json(release.manifest.about["recipe"])
    try:
        create(recipe.algorithm, recipe.hyperparameters)
    except ConfigError as error:
        why = Text(en=error.message("en"), pt=error.message("pt-BR"))
        return Champion(release, why=_UNKNOWN.filled(why=why))
    return Champion(release, recipe)


def trusted_release(releases: Releases) -> Release | None:
    """Return the release in service without reading its files; None where it cannot be trusted."""
    try:
        return releases.current()
    except CorruptError:
        return None

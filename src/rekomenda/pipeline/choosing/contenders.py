"""Who takes part in a run: the candidate, the models beside it, and the release in service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from rekomenda.evaluation.check import Check, Outcome, say
from rekomenda.evaluation.compare import Evaluation
from rekomenda.evaluation.gate.level import measurable
from rekomenda.evaluation.gate.quality import FIRST_RUN, quality
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.evaluation.gate.verdict import Force, Verdict, decide
from rekomenda.language import Text
from rekomenda.learning.recipe import Recipe
from rekomenda.pipeline.choosing.contest import Contest

POPULARITY = "popularity"
SERVED = "served"
"""Name of the served recipe where another of the same algorithm takes part."""

_KEPT = Text(
    en="The recipe in service ({champion}) learns the new days and stays, for {candidate} is not "
    "shown to be as good: {why}.",
    pt="A receita no ar ({champion}) aprende os dias novos e fica, pois não se mostrou que {candidate} "
    "é tão boa: {why}.",
)
_NOT_FITTED = Text(
    en="The recipe in service ({name}) can no longer be fitted: {why}",
    pt="A receita no ar ({name}) não pode mais ser ajustada: {why}",
)


@dataclass(frozen=True)
class Contenders:
    """Recipes by the name they are shown under.

    Parameters
    ----------
    recipes : dict of name to Recipe
    candidate : str
        Name of the one that wants to be published.
    champion : str or None
        Name of the one in service; may be the candidate's. None before the first release.
    left_out : tuple of str
        Algorithms that this catalogue is too large for.
    no_champion : Text
        Why nobody is in service, where nobody is.
    """

    recipes: dict[str, Recipe]
    candidate: str
    champion: str | None
    left_out: tuple[str, ...]
    no_champion: Text = FIRST_RUN

    @classmethod
    def of(
        cls,
        candidate: Recipe,
        beside: Sequence[Recipe],
        served: Recipe | None,
        left_out: tuple[str, ...] = (),
        no_champion: Text = FIRST_RUN,
    ) -> Contenders:
        """Name everybody; a recipe that stands twice takes part once."""
        recipes = {recipe.algorithm: recipe for recipe in (candidate, *beside)}
        champion = None
        if served is not None:
            same = [name for name, recipe in recipes.items() if recipe == served]
            champion = same[0] if same else f"{SERVED}:{served.algorithm}"
            recipes.setdefault(champion, served)
        return cls(recipes, candidate.algorithm, champion, left_out, no_champion)

    def choose(
        self,
        contest: Contest,
        rules: GateRules,
        *,
        about_data: Sequence[Check] = (),
        force: Force | None = None,
    ) -> tuple[str, Verdict]:
        """Choose what is to be published, and judge it by its numbers.

        The candidate, if it may be published. Where the data cannot tell whether it is as good as
        the recipe in service, that recipe, which then learns the new days: nobody is left with old
        lists because two models are alike. Else popularity, if that may: a model that is not better
        than popularity is not shown to anybody as personal taste, nor is one of which nothing can be
        measured, until a person says so. If none may, the candidate with
        the verdict that refuses it.

        Parameters
        ----------
        contest : Contest
        rules : GateRules
        about_data : sequence of Check
            What holds for all of them alike.
        force : Force or None
        """
        verdicts = {}
        for name in dict.fromkeys((self.candidate, POPULARITY)):
            if name in contest.evaluations:
                checks = (*self.quality(name, contest, rules), *about_data)
                verdicts[name] = decide(checks, force=force)
                if verdicts[name].decision == "publish":
                    return name, verdicts[name]
                if name == self.candidate and verdicts[name].undecided:
                    kept = self._keep(verdicts[name], contest, rules, about_data)
                    if kept is not None:
                        return kept
        return next(iter(verdicts.items()))

    def _keep(
        self, held: Verdict, contest: Contest, rules: GateRules, about_data: Sequence[Check]
    ) -> tuple[str, Verdict] | None:
        """Choose the recipe in service in the place of a candidate that is held, if it may be."""
        name = self.champion
        if name is None or name == self.candidate or name not in contest.evaluations:
            return None
        why = Text(en=held.reasons_in("en"), pt=held.reasons_in("pt-BR"))
        text = say(_KEPT, candidate=self.candidate, champion=name, why=why)
        said = Check("candidate_held", Outcome.PASSED, nan, nan, text)
        verdict = decide((*self.quality(name, contest, rules), *about_data, said))
        return (name, verdict) if verdict.decision == "publish" else None

    def quality(self, name: str, contest: Contest, rules: GateRules) -> tuple[Check, ...]:
        """Check what one of them did on the exam, and whether that can tell anything."""
        champion, why = self.champion_in(contest)
        own, popularity = contest.evaluations[name], contest.evaluations[POPULARITY]
        stand_in, served = contest.examination.stand_in, name == self.champion
        return (
            *measurable(own, popularity, rules, stand_in=stand_in, in_service=served),
            *quality(own, popularity, champion, rules, no_champion=why),
        )

    def champion_in(self, contest: Contest) -> tuple[Evaluation | None, Text]:
        """Return what the recipe in service did; without one, why there is none."""
        if self.champion is None:
            return None, self.no_champion
        if self.champion in contest.evaluations:
            return contest.evaluations[self.champion], FIRST_RUN
        why = contest.left_out[self.champion]
        return None, _NOT_FITTED.filled(name=self.champion, why=why)

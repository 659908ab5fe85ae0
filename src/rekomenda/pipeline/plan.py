"""The hops of a run and their order, as data: the command line and a scheduler read the same."""

from __future__ import annotations

from dataclasses import dataclass

from rekomenda.language import Text


@dataclass(frozen=True)
class Hop:
    """One step of a run.

    Parameters
    ----------
    name : str
        Its label in metrics and logs.
    title : Text
        What a person reads while it lasts.
    """

    name: str
    title: Text


INTEGRATE = Hop("integrate", Text("Joining plays with the catalogue", "Juntando plays e catálogo"))
CHOOSE = Hop(
    "choose",
    Text("Choosing what to blend, on earlier days", "Escolhendo a mistura, em dias anteriores"),
)
EVALUATE = Hop(
    "evaluate",
    Text("Comparing models on the days held back", "Comparando modelos nos dias reservados"),
)
REFIT = Hop("refit", Text("Learning from every day", "Aprendendo com todos os dias"))
RECOMMEND = Hop("recommend", Text("Making everybody's lists", "Fazendo as listas de todos"))
JUDGE = Hop("judge", Text("Judging the release", "Julgando a release"))
PUBLISH = Hop("publish", Text("Publishing", "Publicando"))
RECONCILE = Hop(
    "reconcile", Text("Comparing release and warehouse", "Conferindo release e warehouse")
)

PLAN: tuple[Hop, ...] = (INTEGRATE, CHOOSE, EVALUATE, REFIT, RECOMMEND, JUDGE, PUBLISH, RECONCILE)

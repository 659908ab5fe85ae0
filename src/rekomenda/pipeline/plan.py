"""The hops of a run and their order, as data: the command line and a scheduler read the same.

A run hands everything from hop to hop in memory, and leaves something on disk in three places only:
a release that is judged and kept, that release in service, and what its comparison with the
warehouse found. What lies between two of them is a stage. `rekomenda run` does all three in one
process; a scheduler may start each by itself, again and again.
"""

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


@dataclass(frozen=True)
class Stage:
    """Hops that one process does, from what is on disk to what is on disk.

    Parameters
    ----------
    name : str
        Its task in a scheduler.
    title : Text
    hops : tuple of Hop
    arguments : tuple of str
        The command line that does it alone; `{as_of}` and `{release}` are filled in by the scheduler.
    """

    name: str
    title: Text
    hops: tuple[Hop, ...]
    arguments: tuple[str, ...]


LEARN = Stage(
    "learn",
    Text(
        "Join, choose, evaluate, learn, make everybody's lists, judge; keep the release",
        "Juntar, escolher, avaliar, aprender, fazer as listas, julgar; guardar a release",
    ),
    (INTEGRATE, CHOOSE, EVALUATE, REFIT, RECOMMEND, JUDGE),
    ("run", "--until", JUDGE.name, "--as-of", "{as_of}"),
)
SERVE = Stage(
    "publish",
    Text("Put the judged release into service", "Colocar no ar a release julgada"),
    (PUBLISH,),
    ("publish", "{release}"),
)
COMPARE = Stage(
    "reconcile",
    Text(
        "Compare release and warehouse, row by row", "Comparar release e warehouse, linha a linha"
    ),
    (RECONCILE,),
    ("reconcile", "{release}"),
)

STAGES: tuple[Stage, ...] = (LEARN, SERVE, COMPARE)
PLAN: tuple[Hop, ...] = tuple(hop for stage in STAGES for hop in stage.hops)

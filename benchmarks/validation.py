"""Validation cuts: what settings are compared on, made of the training part of each data set alone.

A cut is kept as one `.npz`: what models learn from, what they see of the listeners examined, and
what those are asked for. Test parts are left unread (Gowalla has a file of its own) or are cut off
first and dropped, as a run does before `auto` chooses.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from comparison.cases import LONG_AGO, prepare
from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.models import FittedModel
from rekomenda.domain.training import TrainingData
from rekomenda.evaluation.metrics import ndcg, recall
from rekomenda.evaluation.tasks import Task, is_member
from rekomenda.joining.integrate import integrate
from rekomenda.learning.auto import random_validation, validation_of
from rekomenda.learning.exam import set_exam
from rekomenda.pipeline.bootstrap import open_engine, open_house
from rekomenda.pipeline.work import plan_work
from rekomenda.tuning.choose import Validation
from split import read

K: Final = 20
GOWALLA_LISTENERS: Final = 6_000
"""Examined of its 29,858; all are learned from."""
SHARE: Final = 0.2


@dataclass(frozen=True, eq=False)
class Cut:
    """A validation cut, as it is kept.

    Parameters
    ----------
    data : TrainingData
        What models learn from; nothing is known of its tracks but their numbers.
    seen : Histories, n listeners
        What models see of those examined.
    keys : ndarray of int64
        Relevant (listener, item) as listener * I + item, ascending.
    """

    data: TrainingData
    seen: Histories
    keys: NDArray[np.int64]

    def measure(self, model: FittedModel) -> dict[str, float]:
        """Return the mean NDCG and recall at 20 of unheard items, over who has relevant ones."""
        heard, n_items = self.seen.heard, self.seen.n_items
        lists = model.top_n(self.seen, K, Eligible(excluded=ItemSets(heard.indptr, heard.items)))
        hits = is_member(lists.items + np.arange(len(self.seen))[:, None] * n_items, self.keys)
        hits &= lists.items >= 0
        n_relevant = np.bincount(self.keys // n_items, minlength=len(self.seen))
        return {
            "ndcg": float(np.nanmean(ndcg(hits, n_relevant))),
            "recall": float(np.nanmean(recall(hits, n_relevant))),
        }


def store_cut(name: str, data: Path, work: Path) -> Path:
    """Make the cut of a data set, unless it is there; return its file.

    Parameters
    ----------
    name : str
        `world-4000` (listeners), `hetrec`, `nowplaying`, `gowalla`, or `gowalla-6000` for a part
        of it with so many users.
    data, work : Path
        The folder of the public sets, and where homes and cuts are kept.
    """
    path = work / "cuts" / f"{name}.npz"
    if path.exists():
        return path
    if name.startswith("gowalla"):
        n_users = int(name.partition("-")[2] or 0)
        validation = _gowalla(data / "gowalla", n_users)
    else:
        validation = _of_home(name, data, work)
    if validation is None:
        raise SystemExit(f"{name}: nothing is left to ask for")
    arrays = _flat("learned", validation.data.interactions.histories)
    arrays |= _flat("seen", validation.exam.train)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part.npz")
    np.savez(unfinished, keys=validation.exam.relevant[Task.UNHEARD].keys, **arrays)
    unfinished.rename(path)
    return path


def load_cut(path: Path) -> Cut:
    """Read a cut."""
    with np.load(path) as stored:
        learned, seen = (_histories(each, stored) for each in ("learned", "seen"))
        keys = stored["keys"]
    return Cut(_training(learned), seen, keys)


def _gowalla(folder: Path, n_users: int) -> Validation | None:
    """Read the training file, or of it only some users, drawn at random."""
    users, items = read(folder / "train.txt")
    n_all, n_items = int(users.max()) + 1, int(items.max()) + 1
    histories = Histories.from_cells(users, items, n_users=n_all, n_items=n_items)
    if n_users:
        histories = histories.rows(np.random.default_rng(0).permutation(n_all)[:n_users])
    return random_validation(_training(histories), SHARE, seed=0, n_users=GOWALLA_LISTENERS)


def _of_home(name: str, data: Path, work: Path) -> Validation | None:
    """Cut the training part of a home as `auto` does; of HetRec, of its split 0."""
    home, settings = prepare(name, data, work)
    house = open_house(home)
    plan = plan_work(house.lake.snapshot(), settings, home=home, as_of=None, today=LONG_AGO)
    with tempfile.TemporaryDirectory() as spill:
        integrated = integrate(
            open_engine(settings, Path(spill)),
            plan.parts,
            home=home,
            as_of=plan.as_of,
            cut=plan.cut,
            validation_cut=plan.validation_cut,
            options=settings.integrate,
            moments=settings.evaluate.holdout == "sessions",
        )
    examination = set_exam(integrated, settings.evaluate, seed=0)
    return validation_of(integrated, examination, settings)


def _training(histories: Histories) -> TrainingData:
    users, items = (
        IdMap.of([f"{row:09d}" for row in range(count)])
        for count in (len(histories), histories.n_items)
    )
    return TrainingData(Interactions(users, items, histories), Catalogue.bare(items), as_of_day=-1)


def _flat(name: str, histories: Histories) -> dict[str, Any]:
    return {f"{name}_{each.name}": getattr(histories, each.name) for each in fields(histories)}


def _histories(name: str, stored: Mapping[str, NDArray[Any]]) -> Histories:
    values: dict[str, Any] = {
        each.name: stored[f"{name}_{each.name}"] for each in fields(Histories)
    }
    return Histories(**values | {"n_items": int(values["n_items"])})

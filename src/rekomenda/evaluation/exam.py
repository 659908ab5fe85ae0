"""One exam that every model sits: the same listeners, tracks, cutoffs and draws for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.metrics import profile_popularity
from rekomenda.evaluation.segments import (
    Partition,
    by_activity,
    by_mainstreaminess,
    by_region,
    everybody,
)
from rekomenda.evaluation.tasks import (
    Task,
    cold_tracks,
    heard_artists,
    is_member,
    keys_of,
    relevant,
)

Int64 = NDArray[np.int64]
MAX_USERS: Final = 50_000
"""Of more listeners a sample is examined, unless another number is asked for."""


@dataclass(frozen=True, eq=False)
class Relevant:
    """What one task holds to be right.

    Parameters
    ----------
    keys : ndarray of int64
        Each relevant (user, item) as user * I + item, ascending.
    counts : ndarray of int64, shape (n,)
        Relevant items of each user.
    """

    keys: Int64
    counts: Int64


@dataclass(frozen=True, eq=False)
class Exam:
    """Made once by `Exam.of`, taken by each model through `evaluate`.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        The listeners examined, as rows of the histories that were given.
    train : Histories, n users
        Theirs before the cut: what the models see.
    catalogue : Catalogue
    relevant : dict of Task to Relevant
        Its keys are the tasks.
    cutoffs : tuple of int
        k of the metrics, ascending.
    artists : ItemSets, n users
        Artists each of them has heard.
    listeners : ndarray of int64, shape (I,)
        phi: people who played each track in training.
    n_listeners : int
        N: people who played anything in training.
    plays_after : ndarray of int64, shape (I,)
        Plays of each track after the cut by those examined.
    partitions : tuple of Partition over the n listeners
        The first holds everybody.
    bootstrap : Bootstrap
    facts : dict
        How many were left out and why, where the segments' borders lie; JSON-able.
    """

    rows: Int64
    train: Histories
    catalogue: Catalogue
    relevant: dict[Task, Relevant]
    cutoffs: tuple[int, ...]
    artists: ItemSets
    listeners: Int64
    n_listeners: int
    plays_after: Int64
    partitions: tuple[Partition, ...]
    bootstrap: Bootstrap
    facts: dict[str, Any]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(
        cls,
        train: Histories,
        holdout: Histories,
        catalogue: Catalogue,
        *,
        tasks: Sequence[Task] = tuple(Task),
        cutoffs: Sequence[int] = (10, 20),
        bootstrap: Bootstrap | None = None,
        fitted_on: Histories | None = None,
        max_users: int = MAX_USERS,
        partitions: Sequence[Partition] = (),
    ) -> Exam:
        """Set an exam.

        Parameters
        ----------
        train, holdout : Histories, the same U users over the same I items
            Before and after the cut. Only users who played something after it are examined.
        catalogue : Catalogue of I items
        tasks, cutoffs : sequences
        bootstrap : Bootstrap, optional
        fitted_on : Histories, optional
            What the models were fitted on where it is not `train` (sessions): the source of
            phi and N.
        max_users : int, default 50,000
            Of more users a sample is examined, drawn with the bootstrap's seed; `facts` says so.
        partitions : sequence of Partition over the U users, optional
            Further groups to measure apart, besides activity, mainstreaminess and region.

        Raises
        ------
        ValueError
            If the histories do not have the same users or items, or there is no cutoff.
        """
        if (len(train), train.n_items) != (len(holdout), holdout.n_items) or not cutoffs:
            raise ValueError("train and holdout must have the same users and items, k at least one")
        bootstrap = bootstrap or Bootstrap()
        fitted_on = train if fitted_on is None else fitted_on
        played_after = np.bincount(holdout.users_of_cells, holdout.plays > 0, len(holdout)) > 0
        rows = _sample(np.flatnonzero(played_after), max_users, bootstrap.seed)
        before, after = train.rows(rows), holdout.rows(rows)
        listeners = np.bincount(fitted_on.items[fitted_on.plays > 0], minlength=len(catalogue))
        groups = (
            everybody(len(rows)),
            by_activity(before),
            by_mainstreaminess(profile_popularity(before, listeners)),
            by_region(before, catalogue),
            *(Partition(p.names, p.labels[rows], p.facts) for p in partitions),
        )
        cold = cold_tracks(listeners)
        answers = {
            task: _answers(task, before, after, catalogue, cold) for task in Task if task in tasks
        }
        return cls(
            rows=rows,
            train=before,
            catalogue=catalogue,
            relevant=answers,
            cutoffs=tuple(sorted(set(cutoffs))),
            artists=heard_artists(before, catalogue),
            listeners=listeners,
            n_listeners=int(np.count_nonzero(fitted_on.heard.lengths)),
            plays_after=np.bincount(after.items, after.plays, len(catalogue)).astype(np.int64),
            partitions=groups,
            bootstrap=bootstrap,
            facts={
                "listeners": len(train),
                "listeners_after_cut": int(played_after.sum()),
                "listeners_examined": len(rows),
                "sampled": len(rows) < int(played_after.sum()),
                "plays_after_cut": int(after.plays.sum()),
                "tracks_after_cut": int((after.plays > 0).sum()),
                "tracks_after_cut_hidden": _hidden(after, catalogue),
                "relevant": {str(task): len(found.keys) for task, found in answers.items()},
                "listeners_by_task": {
                    str(task): int((found.counts > 0).sum()) for task, found in answers.items()
                },
                **{name: fact for group in groups for name, fact in group.facts.items()},
            },
        )

    def hits(
        self, task: Task, rows: slice | NDArray[np.intp], items: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        """Return where `items` (B, k), lists of the users `rows`, are relevant; False for -1."""
        users = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
        keys = users.astype(np.int64)[:, None] * self.train.n_items + items
        return is_member(keys, self.relevant[task].keys) & (items >= 0)

    def artists_of(self, rows: slice) -> ItemSets:
        """Return the artists that the users `rows` have heard."""
        starts = self.artists.indptr[rows.start : rows.stop + 1]
        return ItemSets(starts - starts[0], self.artists.items[starts[0] : starts[-1]])

    def partition(self, about: str) -> Partition:
        """Return the partition whose groups are named `about:…`.

        Raises
        ------
        KeyError
            If there is none.
        """
        for partition in self.partitions:
            if partition.names and partition.names[0].startswith(f"{about}:"):
                return partition
        raise KeyError(about)

    def same_as(self, other: Exam) -> bool:
        """Whether results of the two may be compared listener by listener."""
        return self is other or (
            np.array_equal(self.rows, other.rows)
            and self.relevant.keys() == other.relevant.keys()
            and all(
                np.array_equal(found.keys, other.relevant[task].keys)
                for task, found in self.relevant.items()
            )
        )


def _answers(
    task: Task,
    train: Histories,
    holdout: Histories,
    catalogue: Catalogue,
    cold: NDArray[np.bool_],
) -> Relevant:
    sets = relevant(task, train, holdout, catalogue, cold)
    return Relevant(keys_of(sets, train.n_items), np.diff(sets.indptr))


def _sample(rows: Int64, limit: int, seed: int) -> Int64:
    if len(rows) <= limit:
        return rows
    return np.sort(np.random.default_rng([seed, len(rows)]).choice(rows, limit, replace=False))


def _hidden(holdout: Histories, catalogue: Catalogue) -> int:
    return int(((holdout.plays > 0) & catalogue.hidden[holdout.items]).sum())

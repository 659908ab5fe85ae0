"""What all models share: checked hyperparameters, and top-N for everybody in blocks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, FittedModel
from rekomenda.domain.top_n import TopN
from rekomenda.domain.training import TrainingData
from rekomenda.errors import FitError, HyperparameterError
from rekomenda.language import Text
from rekomenda.models.blocks import run_blocks, slices
from rekomenda.models.cost import Cost, Size
from rekomenda.models.lists.asked import Asked, AskedTwice
from rekomenda.models.lists.rules import Rules, Wanted, in_order

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]
Arrays = Mapping[str, NDArray[Any]]


def knob(
    default: float | str,
    *,
    above: float | None = None,
    least: float | None = None,
    most: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare a hyperparameter: its default (whose type it must have) and its range.

    Parameters
    ----------
    default : float, int or str
    above, least, most : float, optional
        The value must be > `above`, >= `least`, <= `most`.
    choices : tuple of str
        The values a text may take.
    """
    bounds = {"above": above, "least": least, "most": most, "choices": choices}
    return field(default=default, metadata=bounds)


@dataclass(frozen=True)
class Algorithm(ABC):
    """Base of every algorithm: a frozen dataclass whose fields are its hyperparameters."""

    algorithm: ClassVar[str]

    def __post_init__(self) -> None:
        """Check every hyperparameter.

        Raises
        ------
        HyperparameterError
            If one has the wrong type or is out of its range.
        """
        for known in fields(self):
            value = _plain(getattr(self, known.name), type(known.default))
            object.__setattr__(self, known.name, value)
            if type(value) is not type(known.default) or not _within(value, known.metadata):
                raise HyperparameterError(
                    algorithm=self.algorithm,
                    name=known.name,
                    value=value,
                    allowed=_words(known.default, known.metadata),
                )

    def fit(self, data: TrainingData, *, seed: int = 0) -> FittedModel:
        """Learn. The same data and seed give the same arrays.

        Raises
        ------
        FitError
            If there is nothing to learn from, or it does not fit these hyperparameters.
        """
        if not (data.interactions.histories.weights > 0).any():
            raise FitError(algorithm=self.algorithm, detail=_NOTHING_LIKED)
        return self._learn(data, seed)

    def cost(self, data: TrainingData) -> Cost:
        """Reckon what `fit` will take, from the size of the data alone."""
        return self.cost_of(Size.of(data))

    def cost_of(self, size: Size) -> Cost:
        """Reckon what `fit` will take on data of this size."""
        return self._cost(size)

    def _cost(self, size: Size) -> Cost:
        """Reckon from the sizes; by default a model only counts."""
        return size.cost(n_bytes=16 * size.n_items)

    @abstractmethod
    def _learn(self, data: TrainingData, seed: int) -> FittedModel:
        """Learn from data where something is liked."""

    @abstractmethod
    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from what its `arrays()` returned."""


_NOTHING_LIKED = Text(
    en="no listener has played any track with a weight above zero",
    pt="nenhum ouvinte tocou faixa alguma com peso acima de zero",
)


def _plain(value: Any, wanted: type) -> Any:
    """Make NumPy's numbers plain ones, and 80 as good as 80.0; True is no number."""
    if isinstance(value, bool):
        return value
    if wanted is float and isinstance(value, Real):
        return float(value)
    if wanted is int and isinstance(value, Integral):
        return int(value)
    return value


def _within(value: Any, bounds: Mapping[str, Any]) -> bool:
    if isinstance(value, str):
        return value in bounds["choices"]
    return (
        (bounds["above"] is None or value > bounds["above"])
        and (bounds["least"] is None or value >= bounds["least"])
        and (bounds["most"] is None or value <= bounds["most"])
    )


def _words(default: Any, bounds: Mapping[str, Any]) -> Text:
    if isinstance(default, str):
        listed = ", ".join(bounds["choices"])
        return Text(en=f"one of {listed}", pt=f"um destes: {listed}")
    signs = {"above": ">", "least": ">=", "most": "<="}
    limits = [
        f" {sign} {bounds[name]:g}" for name, sign in signs.items() if bounds[name] is not None
    ]
    whole = isinstance(default, int)
    return Text(
        en=("a whole number" if whole else "a number") + ",".join(limits),
        pt=("um número inteiro" if whole else "um número") + ",".join(limits),
    )


def best_of_scores(scores: Float32, wanted: Wanted) -> list[TopN]:
    """Rank every item by its score, (B, I), by several rules."""
    from rekomenda.models.lists.picking import Desk, pick_each  # noqa: PLC0415 - numba takes a while to import

    rules = Rules.as_given(wanted, *scores.shape)
    best = rules.heaps(len(scores))
    pick_each(scores, rules, best, Desk.of(scores.shape[1]))
    return in_order(rules.lengths, best)


@dataclass(frozen=True, eq=False)
class Fitted(ABC):
    """Base of every fitted model.

    Parameters
    ----------
    algorithm : str
        Name in the registry of what it was learned with.
    """

    algorithm: str

    @property
    @abstractmethod
    def n_items(self) -> int:
        """I, the number of items it scores."""

    @property
    def knows_repeats(self) -> bool:
        """Whether what it says of tracks heard before is about hearing them again: it is not."""
        return False

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Tracks that it can have an opinion of, (I,): all, by default."""
        return np.ones(self.n_items, np.bool_)

    @abstractmethod
    def _score(self, histories: Histories) -> Float32:
        """Score every item for a block of users, (B, I); a new array, without NaN."""

    @abstractmethod
    def explain(self, histories: Histories, items: Int32) -> Evidence:
        """Return the strongest reason for each of `items` (B, n)."""

    @abstractmethod
    def arrays(self) -> Arrays:
        """Return everything learned, by name."""

    def score(self, histories: Histories, candidates: Int32 | None = None) -> Float32:
        """Score items for each history: see `rekomenda.domain.models.FittedModel.score`."""
        width = self.n_items if candidates is None else candidates.shape[1]
        scores = np.empty((len(histories), width), np.float32)

        def work(rows: slice) -> None:
            block = histories.rows(rows)
            if candidates is None:
                scores[rows] = self._score(block)
            else:
                wanted = candidates[rows]
                found = self._score_at(block, np.ascontiguousarray(wanted, np.int32))
                scores[rows] = np.where(wanted >= 0, found, np.float32(-np.inf))

        alone = candidates is not None and type(self)._score_at is not Fitted._score_at
        run_blocks(work, slices(len(histories), 4 * (width if alone else self.n_items)))
        return scores

    def _score_at(self, histories: Histories, candidates: Int32) -> Float32:
        """Score candidates (B, C) for a block of users; what stands at -1 means nothing."""
        found: Float32 = np.take_along_axis(
            self._score(histories), np.maximum(candidates, 0).astype(np.intp), axis=1
        )
        return found

    def ask(self, histories: Histories) -> Asked:
        """Get ready to propose items to a block of users, quickly, and to score what is proposed.

        By default proposals are those of `top_n_each`.
        """
        return AskedTwice(
            exact=True,
            proposing=lambda wanted: self.top_n_each(histories, wanted),
            scoring=lambda items: self.score(histories, items),
        )

    def top_n(self, histories: Histories, n: int, eligible: Eligible) -> TopN:
        """Return the n best eligible items of each history, ties by item index."""
        return self.top_n_each(histories, [(n, eligible)])[0]

    def top_n_each(self, histories: Histories, wanted: Wanted) -> list[TopN]:
        """Rank by several rules: see `rekomenda.domain.models.FittedModel.top_n_each`.

        Memory: a few blocks of `blocks.BLOCK_BYTES` beside the lists themselves.
        """
        lists = [TopN.empty(len(histories), n) for n, _ in wanted]
        bytes_per_row, most = self._block_shape

        def work(rows: slice) -> None:
            found = self._ranked(histories.rows(rows), [(n, e.rows(rows)) for n, e in wanted])
            for best, block in zip(lists, found, strict=True):
                best.items[rows], best.scores[rows] = block.items, block.scores

        run_blocks(work, slices(len(histories), bytes_per_row, most=most))
        return lists

    @property
    def _block_shape(self) -> tuple[int, int]:
        """Memory of `_ranked` for one user, in bytes, and how many users to rank at most at once."""
        return 4 * self.n_items, 4096

    def _ranked(self, histories: Histories, wanted: Wanted) -> list[TopN]:
        """Rank a block of users by several rules."""
        return best_of_scores(self._score(histories), wanted)

    def contributions(self, history: Histories, item: int) -> Float32:  # noqa: ARG002 - for those that have any
        """Return how much each cell of one history speaks for an item: nothing, by default."""
        return np.zeros(len(history.items), np.float32)

    def similar_items(self, items: Int32, n: int) -> TopN:
        """Return the n nearest items of each given item: none, by default."""
        return TopN.empty(len(items), n)

"""Grow a ranker on the validation, and keep it only where it proves better than the blend alone.

LambdaMART (C. J. C. Burges, "From RankNet to LambdaRank to LambdaMART: An Overview", MSR-TR-2010-82,
section 7) by LightGBM. Listeners are divided in two; trees grown on either half are tried on the
other, so that nobody is asked who was learned from. If the paired interval of the gain is above
zero, trees grown on everybody go into the recipe.

How many candidates to put in order is settled on the same listeners, the fewer where that makes no
difference: more cost time wherever lists are made. With each number of them a gain has to be shown, or
trying two would be a second chance for chance.

What is right for listeners of whom much is known need not be right for newcomers, of whom a validation
has few. So others are asked again with no more than their last tracks told, and
listeners with so few keep the blend's order unless the interval of their gain is above zero too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.domain.training import TrainingData
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.segments import everybody
from rekomenda.evaluation.tasks import Task
from rekomenda.language import Text
from rekomenda.models.additive import liked_tracks
from rekomenda.models.blend.fitted import FittedBlend
from rekomenda.models.blend.scale import Heard
from rekomenda.models.ranker.features import FEATURES, Facts
from rekomenda.models.ranker.ranked_blend import N_CANDIDATES, Candidates, FittedRankedBlend
from rekomenda.models.ranker.trees import Trees
from rekomenda.tuning.pool import ndcg_of
from rekomenda.tuning.ranker_trial import RankerTrial
from rekomenda.tuning.short import LEAST_SHORT, MOST_TRACKS, short_histories

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MIN_LISTENERS: Final = 400
"""With a hit among their candidates, in both halves together; fewer teach noise."""
DEPTHS: Final = (60, N_CANDIDATES)
"""Of how many candidates it is tried, ascending."""
N_TREES: Final = 100
GROWING: Final[Mapping[str, Any]] = {
    "objective": "lambdarank",
    "lambdarank_norm": False,  # a listener with many hits teaches more than one with a single hit
    "lambdarank_truncation_level": 40,
    "learning_rate": 0.05,
    "num_leaves": 7,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.7,
    "lambda_l2": 1.0,
    "use_missing": False,  # every feature is a number
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,  # sums of floats depend on who adds them up; it takes seconds
    "verbose": -1,
}
"""One setting for all data: shallow trees, for a validation holds few listeners."""
_ROWS_A_SECOND: Final = 40_000
"""Candidates that all trees grow on in a second of the machine of `models.cost`."""
_DIGITS: Final = 6
"""Significant digits of a number in a recipe."""

_PAYS: Final = Text(
    en="kept: NDCG@20 of unheard tracks gains {gain:+.4f} ({low:+.4f} to {high:+.4f}) on "
    "{listeners:n} {listeners:listener|listeners} it did not learn from",
    pt="mantido: o NDCG@20 das faixas não ouvidas muda {gain:+.4f} ({low:+.4f} a {high:+.4f}) em "
    "{listeners:n} {listeners:ouvinte|ouvintes} com que não aprendeu",
)
_DOES_NOT: Final = Text(
    en="left out: it is not shown to gain; NDCG@20 of unheard tracks {gain:+.4f} ({low:+.4f} to "
    "{high:+.4f}) on {listeners:n} {listeners:listener|listeners} it did not learn from",
    pt="de fora: não há prova de ganho; NDCG@20 das faixas não ouvidas {gain:+.4f} ({low:+.4f} a "
    "{high:+.4f}) em {listeners:n} {listeners:ouvinte|ouvintes} com que não aprendeu",
)
_FEW: Final = Text(
    en="not tried: {listeners:n} {listeners:listener has|listeners have} a hit among the "
    "candidates, and it takes {least:n}",
    pt="não testado: {listeners:n} {listeners:ouvinte tem|ouvintes têm} acerto entre os "
    "candidatos, e são necessários {least:n}",
)
_DEAR: Final = Text(
    en="not tried: the budget has {left:.0f} s left and it takes {cost:.0f} s",
    pt="não testado: restam {left:.0f} s do orçamento e ele precisa de {cost:.0f} s",
)
_NO_LIBRARY: Final = Text(
    en="not tried: LightGBM cannot be loaded ({error}); on Debian it needs the package libgomp1",
    pt="não testado: o LightGBM não carrega ({error}); no Debian ele precisa do pacote libgomp1",
)


@dataclass(frozen=True, eq=False)
class _Asked:
    """Candidates of n listeners, which of them were played, and liked tracks told; C each."""

    candidates: Candidates
    hits: Bools
    n_relevant: NDArray[np.int64]
    n_liked: NDArray[np.int64]

    @classmethod
    def of(
        cls, model: FittedRankedBlend, exam: Exam, asked: NDArray[np.intp], told: Histories
    ) -> _Asked:
        """Let the blend find the candidates of some listeners, `told` what is known of them."""
        found = model.candidates(told)
        items, scores = found.items, found.scores
        shown = (items >= 0) & ~exam.catalogue.hidden[items]
        shown &= ~Heard.of(exam.train.rows(asked)).holds(items)
        items = np.where(shown, items, np.int32(-1))
        scores = np.where(shown, scores, np.float32(-np.inf))
        candidates = Candidates(items, scores, found.features, np.ones(len(items), np.bool_))
        hits = exam.hits(Task.UNHEARD, asked, items)
        counts = exam.relevant[Task.UNHEARD].counts[asked]
        return cls(candidates, hits, counts, liked_tracks(told))

    @property
    def teaching(self) -> Bools:
        """Listeners with a hit, (n,): the others' order teaches nothing."""
        return np.asarray(self.hits.any(axis=1))

    def rows(self, rows: NDArray[np.intp]) -> _Asked:
        parts = self.candidates
        few = Candidates(*(each[rows] for each in vars(parts).values()))
        return _Asked(few, self.hits[rows], self.n_relevant[rows], self.n_liked[rows])

    def first(self, depth: int) -> _Asked:
        """Return the same of each listener's first candidates."""
        parts = self.candidates
        few = Candidates(
            parts.items[:, :depth],
            parts.scores[:, :depth],
            parts.features[:, :depth],
            parts.ordered,
        )
        return _Asked(few, self.hits[:, :depth], self.n_relevant, self.n_liked)

    def ndcg(self, trees: Trees | None) -> Floats:
        """Return NDCG@20 of the blend's order, or of that of the trees, (n,)."""
        scores = self.candidates.scores
        if trees is not None:
            ordered = np.full(scores.shape, -np.inf, np.float32)
            places = np.arange(scores.shape[1], 0, -1, dtype=np.float32)
            np.put_along_axis(
                ordered, self.candidates.order(trees), np.broadcast_to(places, scores.shape), axis=1
            )
            scores = np.where(self.candidates.items >= 0, ordered, np.float32(-np.inf))
        return ndcg_of(scores, self.hits, self.n_relevant)


def try_ranker(
    blend: FittedModel, data: TrainingData, exam: Exam, *, seed: int, seconds: float
) -> RankerTrial:
    """Grow trees on one half of the listeners, ask the other, and the other way round.

    Parameters
    ----------
    blend : FittedBlend
        What was chosen, fitted to `data`.
    data : TrainingData
        Up to the validation cut.
    exam : Exam
        The days after it.
    seed : int
    seconds : float
        What is left of the budget.
    """
    assert isinstance(blend, FittedBlend), "a ranker stands behind a blend"
    plain = FittedRankedBlend(
        **vars(blend), facts=Facts.of(data), trees=Trees.from_json([], 0), n_candidates=DEPTHS[-1]
    )
    asked = _Asked.of(plain, exam, np.arange(len(exam)), exam.train)
    teaching = int(asked.teaching.sum())
    if teaching < MIN_LISTENERS:
        why = _FEW.filled(listeners=teaching, least=MIN_LISTENERS)
        return RankerTrial(kept=False, why=why)
    cost = round(2 * teaching * sum(DEPTHS) / _ROWS_A_SECOND, 3)
    if cost > seconds:
        return RankerTrial(kept=False, why=_DEAR.filled(left=max(seconds, 0.0), cost=cost))
    try:
        import lightgbm  # noqa: F401, PLC0415 - the system may lack what it needs
    except (ImportError, OSError) as error:
        return RankerTrial(kept=False, why=_NO_LIBRARY.filled(error=str(error)))
    rows, told = short_histories(exam, seed, least=0)
    return _judged(asked, rows, _Asked.of(plain, exam, rows, told), exam.bootstrap, seed)


def _judged(
    asked: _Asked, rows: NDArray[np.intp], short: _Asked, bootstrap: Bootstrap, seed: int
) -> RankerTrial:
    """Tell what trees gain on those they did not learn from; `short` are `rows` with less told."""
    measured = asked.n_relevant > 0
    tried = [
        _tried(asked.first(depth), rows, short.first(depth), bootstrap, seed) for depth in DEPTHS
    ]
    intervals = [_interval(each.adds[measured], bootstrap) for each in tried]
    kept = all(low > 0 for low, _ in intervals)
    means = [float(each.adds[measured].mean()) for each in tried]
    place = int(np.argmax(means) if kept else np.argmin([low for low, _ in intervals]))
    found, (low, high) = tried[place], intervals[place]
    alone, adds = asked.ndcg(None)[measured], found.adds[measured]
    numbers = {"gain": means[place], "low": low, "high": high}
    words = (_PAYS if kept else _DOES_NOT).filled(listeners=len(alone), **numbers)
    trees, importance = _grown(asked.first(found.depth), seed)
    return RankerTrial(
        kept=kept,
        why=words,
        trees=trees if kept else (),
        ranked_from=found.ranked_from,
        n_candidates=found.depth,
        listeners=len(alone),
        blend_ndcg=round(float(alone.mean()), 6),
        ndcg=round(float((alone + adds).mean()), 6),
        importance=importance,
        **{name: round(value, 6) for name, value in numbers.items()},
    )


@dataclass(frozen=True, eq=False)
class _Tried:
    """What trees add to the NDCG of each listener, (n,), where they order `depth` candidates."""

    depth: int
    adds: Floats
    ranked_from: int


def _tried(
    asked: _Asked, rows: NDArray[np.intp], short: _Asked, bootstrap: Bootstrap, seed: int
) -> _Tried:
    """Grow trees on either half of the listeners and ask the other."""
    n = len(asked.hits)
    half = np.random.default_rng([seed, n]).permutation(n) % 2
    adds, short_adds = np.full(n, np.nan), np.full(len(rows), np.nan)
    for part in (0, 1):
        grown, _ = _grown(asked.rows(np.flatnonzero(half != part)), seed)
        learned = Trees.from_json(grown, asked.candidates.features.shape[2])
        for found, whose, of in ((adds, asked, half), (short_adds, short, half[rows])):
            mine = np.flatnonzero(of == part)
            found[mine] = whose.rows(mine).ndcg(learned) - whose.rows(mine).ndcg(None)
    told = np.append(asked.n_liked, short.n_liked)
    ranked_from = _first_to_gain(told, np.append(adds, short_adds), bootstrap)
    return _Tried(asked.hits.shape[1], np.where(asked.n_liked >= ranked_from, adds, 0), ranked_from)


def _first_to_gain(told: NDArray[np.int64], adds: Floats, bootstrap: Bootstrap) -> int:
    """Return from how many liked tracks on the trees order: fewer only where a gain is shown."""
    for least, most in ((1, MOST_TRACKS), (0, 0)):
        few = adds[(told >= least) & (told <= most) & ~np.isnan(adds)]
        if len(few) < LEAST_SHORT or _interval(few, bootstrap)[0] <= 0:
            return most + 1
    return 0


def _interval(adds: Floats, bootstrap: Bootstrap) -> tuple[float, float]:
    """Return the interval of the mean, (n,)."""
    pairs = np.stack([adds, np.ones(len(adds))], axis=1)
    sums = bootstrap.sums(pairs, [everybody(len(pairs))])[0][:, 0]
    low, high = bootstrap.interval(sums[:, 0] / sums[:, 1])
    return float(low), float(high)


def _grown(asked: _Asked, seed: int) -> tuple[tuple[Any, ...], dict[str, float]]:
    """Grow trees on what these listeners played: the trees, and what each feature brings."""
    import lightgbm  # noqa: PLC0415 - it takes a while to import

    there = (asked.candidates.items >= 0) & asked.teaching[:, None]
    groups = there.sum(axis=1)
    rows = lightgbm.Dataset(
        asked.candidates.features[there],
        asked.hits[there].astype(np.int32),
        group=groups[groups > 0],
        params={"verbose": -1, "feature_pre_filter": False},
    )
    booster = lightgbm.train({**GROWING, "seed": seed % 2**31}, rows, N_TREES)
    trees = tuple(_plain(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"])
    gains = booster.feature_importance("gain")
    names = [*FEATURES, *(f"member_{place}" for place in range(len(gains) - len(FEATURES)))]
    parts = gains / max(gains.sum(), 1e-30)
    order = np.argsort(-parts, kind="stable")
    return trees, {names[place]: round(float(parts[place]), 4) for place in order}


def _plain(node: Mapping[str, Any]) -> Any:
    """Write a tree as a recipe holds it."""
    if "leaf_value" in node:
        return _short(node["leaf_value"])
    left, right = _plain(node["left_child"]), _plain(node["right_child"])
    return [int(node["split_feature"]), _short(node["threshold"]), left, right]


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")

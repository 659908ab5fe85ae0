"""On the generated world, cold listeners and cold tracks are served far better than by popularity."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from rekomenda.domain.tastes import Liked, Likes, listeners_of, with_likes
from rekomenda.evaluation.compare import Evaluation, evaluate
from rekomenda.evaluation.difference import difference
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.summary import Measure
from rekomenda.evaluation.tasks import Task
from rekomenda.joining.integrate import Integrated, integrate
from rekomenda.language import Text
from rekomenda.learning.auto import choose_blend
from rekomenda.learning.exam import Examination, set_exam
from rekomenda.models import registry
from rekomenda.pipeline.bootstrap import open_engine, open_house
from rekomenda.pipeline.work import plan_work
from rekomenda.settings import Settings
from rekomenda.telemetry.progress import Silent
from support.command import done

pytestmark = pytest.mark.slow

NDCG = "ndcg"
K = 20


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Integrated:
    folder = tmp_path_factory.mktemp("cold")
    done("generate", "--out", folder / "world", "--listeners", 4000)
    done("--home", folder / "home", "ingest", folder / "world")
    house, settings = open_house(folder / "home"), Settings()
    work = plan_work(
        house.lake.snapshot(), settings, home=house.home, as_of=None, today=date(2026, 1, 1)
    )
    return integrate(
        open_engine(settings, folder / "spill"),
        work.parts,
        home=house.home,
        as_of=work.as_of,
        cut=work.cut,
        validation_cut=work.validation_cut,
        options=settings.integrate,
    )


@pytest.fixture(scope="module")
def examination(world) -> Examination:
    return set_exam(world, Settings().evaluate, seed=1)


@pytest.fixture(scope="module")
def auto(world, examination) -> Evaluation:
    """What is chosen by default, on the validation cut."""
    settings = Settings()
    with Silent().step("choose", Text("Choosing", "Escolhendo")) as step:
        choice = choose_blend(world, examination, settings, step)
    model = registry.create(choice.algorithm, choice.hyperparameters).fit(examination.data, seed=1)
    return evaluate(model, "auto", examination.exam)


@pytest.fixture(scope="module")
def results(examination) -> dict[str, Evaluation]:
    return {
        name: evaluate(registry.create(name).fit(examination.data, seed=1), name, examination.exam)
        for name in ("popularity", "als", "content")
    }


def of_new(exam: Exam, found: Evaluation) -> np.ndarray:
    """NDCG on unheard tracks of the listeners with three plays or fewer."""
    groups = next(p for p in exam.partitions if "activity:new" in p.names)
    values = found.values[Measure(Task.UNHEARD, NDCG, K)].astype(np.float64)
    return values[groups.labels == groups.names.index("activity:new")]


def interval(differences: np.ndarray) -> tuple[float, float]:
    known = differences[~np.isnan(differences)]
    draws = np.random.default_rng(0).choice(known, (2000, len(known))).mean(axis=1)
    return float(np.quantile(draws, 0.025)), float(np.quantile(draws, 0.975))


@pytest.mark.parametrize("other", ["popularity", "als"])
@pytest.mark.parametrize("task", [Task.COLD_TRACKS, Task.COLD_AMONG_ALL])
def test_cold_tracks_find_their_listeners(results, task, other):
    found = difference(results["content"], results[other], Measure(task, NDCG, K))
    assert found.n_listeners > 300
    assert found.low > 0.03


def test_cold_listeners_are_served_better_than_by_popularity(results, examination):
    content, popular = (
        of_new(examination.exam, results[name]) for name in ("content", "popularity")
    )
    assert np.isfinite(content).sum() > 100
    assert interval(content - popular)[0] > 0


def test_by_default_cold_listeners_are_served_better_than_by_popularity(auto, results, examination):
    ours, popular, content = (
        of_new(examination.exam, each) for each in (auto, results["popularity"], results["content"])
    )
    assert interval(ours - popular)[0] > 0
    assert interval(ours - content)[1] > 0  # nor shown to be worse than who needs no plays


def test_by_default_cold_tracks_find_their_listeners_among_all(auto, results):
    found = difference(auto, results["popularity"], Measure(Task.COLD_AMONG_ALL, NDCG, K))
    assert found.low > 0.02


def test_by_default_nobody_else_pays_for_it(auto, results):
    found = difference(auto, results["content"], Measure(Task.UNHEARD, NDCG, K))
    assert found.low > 0


def test_likes_of_cold_listeners_are_worth_more_than_their_region(world, examination):
    # Favourite artists and genres of the world are what listeners are, not what they then played.
    said = world.likes.kinds != Liked.TRACK
    likes = Likes(*(column[said] for column in vars(world.likes).values()))
    data, exam = examination.data, examination.exam
    before = data.interactions.histories
    told = with_likes(before, likes, data.catalogue, listeners=listeners_of(before))
    plays = np.bincount(exam.train.users_of_cells, exam.train.plays, len(exam))
    cold = exam.rows[(plays <= 3) & np.isin(exam.rows, likes.users)]
    asked = Exam.of(
        told.rows(cold), world.holdout.histories.rows(cold), data.catalogue, fitted_on=before
    )
    model = registry.create("content").fit(data, seed=1)
    with_them = evaluate(model, "with likes", asked).values[Measure(Task.UNHEARD, NDCG, K)]
    without = Exam.of(
        before.rows(cold), world.holdout.histories.rows(cold), data.catalogue, fitted_on=before
    )
    values = evaluate(model, "without", without).values[Measure(Task.UNHEARD, NDCG, K)]
    assert len(cold) > 80
    assert interval((with_them - values).astype(np.float64))[0] > 0

"""Who is published: the candidate, popularity, or nobody."""

import numpy as np
import pytest

from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.compare import evaluate
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.evaluation.gate.verdict import Force, decide
from rekomenda.language import Text
from rekomenda.learning.exam import NO_TIME, TIME_LEAKS, Examination
from rekomenda.learning.recipe import Recipe
from rekomenda.pipeline.choosing.contenders import Contenders
from rekomenda.pipeline.choosing.contest import Contest
from support.evaluation_worlds import WrittenScores, catalogue, histories

N = 300
RULES = GateRules(cutoff=20, recall_cutoff=30)
EASE, POPULARITY, ALS = Recipe("ease"), Recipe("popularity"), Recipe("als")


def contest(n=N, stand_in=None, **shares_of_hits):
    """A contest in which each model puts the right track first for a share of the listeners."""
    world = histories([[0]] * n, 4), histories([[1]] * n, 4), catalogue([0, 1, 2, 3])
    exam = Exam.of(*world, cutoffs=[20, 30], bootstrap=Bootstrap(300, seed=1))
    examination = Examination(None, exam, "time", TIME_LEAKS, stand_in=stand_in)
    held = Contest(examination, {}, {})
    for name, share in shares_of_hits.items():
        scores = np.tile([0.0, 1.0, 3.0, 2.0], (n, 1))
        scores[: int(share * n), 1] = 4.0
        name = name.replace("__", ":")  # noqa: PLW2901 - a keyword cannot hold a colon
        held.evaluations[name] = evaluate(WrittenScores(scores, name), name, exam)
    return held


@pytest.fixture
def first_run():
    return Contenders.of(EASE, (POPULARITY, ALS), served=None)


def test_a_candidate_ahead_of_popularity_is_chosen(first_run):
    name, verdict = first_run.choose(contest(ease=0.9, popularity=0.3), RULES)
    assert (name, verdict.decision, verdict.standing) == ("ease", "publish", "proven")


def test_popularity_is_chosen_when_the_candidate_is_not_ahead_of_it(first_run):
    name, verdict = first_run.choose(contest(ease=0.3, popularity=0.3), RULES)
    assert (name, verdict.decision) == ("popularity", "publish")


def test_popularity_is_chosen_when_the_candidate_could_not_learn(first_run):
    held = contest(popularity=0.3)
    held.left_out["ease"] = Text("no", "não")
    assert first_run.choose(held, RULES)[0] == "popularity"


def test_nobody_is_chosen_when_all_are_worse_than_the_release_in_service():
    contenders = Contenders.of(EASE, (POPULARITY,), served=ALS)
    assert contenders.champion == "served:als"
    name, verdict = contenders.choose(contest(ease=0.6, popularity=0.3, served__als=0.9), RULES)
    assert (name, verdict.decision) == ("ease", "refuse")
    assert "worse than served:als" in verdict.reasons_in("en")
    assert "pior que served:als" in verdict.reasons_in("pt-BR")


def test_the_recipe_in_service_stays_where_nobody_can_tell_whether_the_candidate_is_as_good():
    contenders = Contenders.of(EASE, (POPULARITY,), served=ALS)
    held = contest(ease=0.84, popularity=0.3, served__als=0.9)
    assert decide(contenders.quality("ease", held, RULES)).undecided
    name, verdict = contenders.choose(held, RULES)
    assert (name, verdict.decision, verdict.reasons) == ("served:als", "publish", ())
    said = next(check.text for check in verdict.checks if check.name == "candidate_held")
    assert said.en.startswith("The recipe in service (served:als) learns the new days and stays")
    assert "ease" in said.pt


def test_a_served_recipe_that_takes_part_anyway_is_fitted_once():
    contenders = Contenders.of(EASE, (POPULARITY, ALS), served=ALS)
    assert list(contenders.recipes) == ["ease", "popularity", "als"]
    assert contenders.champion == "als"


def test_the_same_algorithm_with_other_hyperparameters_competes_under_another_name():
    served = Recipe("ease", {"regularization": 9.0})
    contenders = Contenders.of(EASE, (POPULARITY,), served=served)
    assert contenders.recipes["served:ease"] == served
    assert contenders.recipes["ease"] == EASE


def test_a_served_recipe_that_cannot_be_fitted_any_more_is_said_and_does_not_block():
    contenders = Contenders.of(EASE, (POPULARITY,), served=ALS)
    held = contest(ease=0.9, popularity=0.3)
    held.left_out["served:als"] = Text("no room.", "sem espaço.")
    name, verdict = contenders.choose(held, RULES)
    assert (name, verdict.decision) == ("ease", "publish")
    assert any("no longer be fitted: no room." in check.text.en for check in verdict.checks)


def of_level(verdict) -> list[tuple[str, str]]:
    return [(check.name, str(check.outcome)) for check in verdict.checks if not check.passed]


@pytest.mark.parametrize(
    ("n", "stand_in", "why"),
    [
        (1, None, "1 listener can be measured"),
        (N, NO_TIME, "the days of the plays allow no cut in time"),
    ],
)
def test_b70_b75_where_nothing_can_be_measured_popular_lists_go_out_until_a_person_says(
    first_run, n, stand_in, why
):
    held = contest(n, stand_in, ease=1.0, popularity=0.0)
    name, verdict = first_run.choose(held, RULES)
    assert (name, verdict.decision) == ("popularity", "publish")
    assert (verdict.standing, verdict.level) == ("unproven", "manual")
    assert of_level(verdict) == [("measurable", "unproven")]
    assert verdict.checks[0].text.en.startswith(f"Not measurable: {why}")
    assert "Popular lists go out" in verdict.checks[0].text.en
    assert verdict.to_json()["level"] == "manual"
    name, verdict = first_run.choose(held, RULES, force=Force("I looked at it"))
    assert (name, verdict.decision, verdict.standing) == ("ease", "publish", "forced")
    assert [check.name for check in verdict.overruled] == ["measurable"]


def test_two_listeners_are_few_but_can_be_measured(first_run):
    name, verdict = first_run.choose(contest(2, ease=1.0, popularity=0.0), RULES)
    assert (name, verdict.standing, verdict.level) == ("ease", "unproven", "automatic")


def test_what_is_in_service_goes_on_where_nothing_can_be_measured():
    held = contest(N, NO_TIME, ease=1.0, popularity=0.0, served__als=0.5)
    name, verdict = Contenders.of(EASE, (POPULARITY,), served=ALS).choose(held, RULES)
    assert (name, verdict.decision, verdict.level) == ("served:als", "publish", "manual")
    name, verdict = Contenders.of(EASE, (POPULARITY,), served=EASE).choose(held, RULES)
    assert (name, verdict.decision, verdict.standing) == ("ease", "publish", "unproven")


def test_a_model_that_fails_is_not_published_because_nothing_could_be_measured_either(first_run):
    held = contest(N, NO_TIME, ease=0.1, popularity=0.5)
    assert first_run.choose(held, RULES)[0] == "popularity"
    assert not first_run.choose(held, RULES)[1].undecided

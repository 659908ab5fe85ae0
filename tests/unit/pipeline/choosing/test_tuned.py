"""A tuning's winner as a candidate: with its origin, and never where it would know the answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rekomenda.errors import TuningTooLateError
from rekomenda.language import Text
from rekomenda.pipeline.choosing.tuned import Chosen, tuning_of
from rekomenda.pipeline.work import Work
from rekomenda.settings import Settings
from rekomenda.storage.lake import Lake
from rekomenda.tuning.choice import Choice, Trial
from rekomenda.tuning.ranker_trial import RankerTrial

NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)
MEMBER = {"algorithm": "als", "hyperparameters": {"n_factors": 64}, "unheard": 1.0, "heard": 0.5}


@pytest.fixture
def choice() -> Choice:
    ranker = RankerTrial(True, Text("kept: it pays", "mantido: compensa"), trees=(0.25,))
    found = Choice(
        hyperparameters={"members": [MEMBER]},
        how="searched",
        kind="time",
        listeners=700,
        budget=600.0,
        cost=12.5,
        trials=(Trial("als-64", "als", {"n_factors": 64}, cost=12.5, unheard_ndcg=0.2),),
    )
    return found.ranked(ranker)


def work_of(tmp_path: Path, cut: date | None, as_of: date = date(2024, 6, 30)) -> Work:
    return Work(Lake(tmp_path).snapshot(), as_of, cut, "0" * 64)


def test_the_winner_comes_back_with_its_trees_and_says_where_it_is_from(tmp_path, choice):
    work = work_of(tmp_path, date(2024, 6, 23))
    tuning_id, kept = tuning_of(choice, work, Settings(), now=NOON)
    chosen = Chosen.by_tuning({**kept, "tuning_id": tuning_id}, work)
    assert chosen.recipe.algorithm == "ranked_blend"
    assert chosen.recipe.hyperparameters["trees"] == [0.25]
    origin = chosen.facts["tuning"]
    assert (origin["tuning_id"], origin["as_of"]) == (tuning_id, "2024-06-30")
    assert (origin["snapshot_id"], origin["code"]) == (work.snapshot.snapshot_id, kept["code"])
    assert tuning_id in chosen.facts["sentence"]["en"]
    assert tuning_id in chosen.facts["sentence"]["pt-BR"]
    assert [trial["name"] for trial in chosen.facts["trials"]] == ["als-64"]
    assert "trees" not in chosen.facts["hyperparameters"]


def test_the_same_search_has_the_same_id_at_another_moment_and_another_one_has_not(
    tmp_path, choice
):
    work = work_of(tmp_path, date(2024, 6, 23))
    first, kept = tuning_of(choice, work, Settings(), now=NOON)
    again, later = tuning_of(choice, work, Settings(), now=NOON.replace(hour=15))
    assert first == again
    assert kept["tuned_at"] != later["tuned_at"]
    other, _ = tuning_of(choice, work_of(tmp_path, date(2024, 6, 20)), Settings(), now=NOON)
    assert other != first
    assert first.startswith("20240630-")


@pytest.mark.parametrize("cut", [date(2024, 6, 22), None])
def test_who_saw_the_days_of_the_exam_may_not_sit_it(tmp_path, choice, cut):
    tuning_id, kept = tuning_of(choice, work_of(tmp_path, date(2024, 6, 23)), Settings(), now=NOON)
    with pytest.raises(TuningTooLateError) as raised:
        Chosen.by_tuning({**kept, "tuning_id": tuning_id}, work_of(tmp_path, cut))
    assert tuning_id in raised.value.message("en")


@pytest.mark.parametrize("cut", [date(2024, 6, 23), date(2024, 7, 30)])
def test_on_the_same_and_on_later_days_it_may(tmp_path, choice, cut):
    tuning_id, kept = tuning_of(choice, work_of(tmp_path, date(2024, 6, 23)), Settings(), now=NOON)
    assert Chosen.by_tuning({**kept, "tuning_id": tuning_id}, work_of(tmp_path, cut)).facts

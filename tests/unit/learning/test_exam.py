"""What models may learn and are asked, in each way of holding out; one crooked lake for all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.errors import NotMeasurableError
from rekomenda.evaluation.tasks import Task
from rekomenda.joining.integrate import Integrated, integrate
from rekomenda.learning.exam import Examination, set_exam
from rekomenda.settings import EvaluateSettings, IntegrateSettings
from support.lake_parts import day, plays, write_plays

LAST = day(12)
OPTIONS = IntegrateSettings(half_life_days=1)


def at(when: int, minute: int, user: str, track: str) -> dict[str, Any]:
    """Return one play of a log, so many minutes after 09:00 of a day."""
    start = datetime.combine(day(when), datetime.min.time(), UTC) + timedelta(hours=9)
    return {**plays(when, user, track), "played_at": start + timedelta(minutes=minute)}


# Sessions in no order of their names: "z" ended on day 6, the cut; "m" was under way then.
LOG = [
    at(6, 0, "z", "t1"),
    at(6, 4, "z", "t3"),
    at(5, 0, "z", "t2"),
    at(6, 50, "m", "t9"),
    at(7, 1, "m", "t2"),
    at(7, 2, "m", "t1"),
    at(12, 9, "a", "t3"),
    at(12, 3, "a", "t5"),
    at(12, 20, "a", "t5"),  # again: its first time counts
    at(12, 6, "a", "t1"),
    at(12, 12, "a", "t2"),
    at(12, 15, "a", "t4"),
    at(11, 0, "lone", "t2"),
    {**plays(10, "total", "t4"), "played_at": None},
    at(10, 0, "total", "t1"),  # after midnight, so after the total
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("lake")


@pytest.fixture(scope="module")
def parts(lake) -> dict[str, list[Path]]:
    return {"plays": write_plays(lake, LOG)}


@pytest.fixture(scope="module")
def sessions(lake, parts) -> Integrated:
    return _integrated(lake, parts, cut=day(6), moments=True)


def _integrated(lake: Path, parts: dict[str, list[Path]], **wanted: Any) -> Integrated:
    engine = EmbeddedEngine(lake / "spill", memory_limit="200MB", threads=1)
    return integrate(engine, parts, home=lake, as_of=LAST, options=OPTIONS, **wanted)


def _tracks(items: IdMap, histories: Histories) -> list[list[str]]:
    """Return the tracks of each row."""
    return [
        items.take(histories.items[start:stop]).to_pylist()
        for start, stop in zip(histories.indptr[:-1], histories.indptr[1:], strict=True)
    ]


def _asked(examination: Examination) -> list[list[str]]:
    exam = examination.exam
    found: list[list[str]] = [[] for _ in range(len(exam))]
    for key in exam.relevant[Task.UNHEARD].keys:
        row, item = divmod(int(key), exam.train.n_items)
        found[row].append(exam.catalogue.items[item])
    return found


def test_each_cell_knows_when_it_was_first_played(sessions):
    interactions = sessions.data.interactions
    users = interactions.users.take(interactions.histories.users_of_cells).to_pylist()
    tracks = interactions.items.take(interactions.histories.items).to_pylist()
    minutes = (sessions.first_played - sessions.first_played.min()) // 60_000_000
    found = dict(zip(zip(users, tracks, strict=True), minutes.tolist(), strict=True))
    assert len(found) == 14
    assert [found["a", track] - found["a", "t5"] for track in ("t1", "t3", "t2", "t4")] == [
        3, 6, 9, 12,
    ]  # fmt: skip
    assert found["m", "t2"] - found["z", "t1"] == 24 * 60 + 1
    assert found["total", "t1"] - found["total", "t4"] == 9 * 60


def test_nobody_reads_the_moments_who_does_not_need_them(lake, parts):
    assert _integrated(lake, parts, cut=day(6)).first_played is None


def test_models_learn_from_sessions_that_ended_by_the_cut(sessions):
    examination = set_exam(sessions, EvaluateSettings(holdout="sessions"), seed=1)
    learned = examination.data.interactions
    assert examination.kind == "sessions"
    assert learned.users.ids.to_pylist() == ["z"]
    assert _tracks(learned.items, learned.histories) == [["t1", "t2", "t3"]]
    # Day 6 is the cut: a play of it weighs 1, one of the day before a half.
    np.testing.assert_allclose(learned.histories.weights, [1, 0.5, 1])
    assert examination.exam.n_listeners == 1


def test_of_later_sessions_the_first_half_is_seen_and_the_rest_asked_for(sessions):
    examination = set_exam(sessions, EvaluateSettings(holdout="sessions"), seed=1)
    assert _tracks(examination.exam.catalogue.items, examination.exam.train) == [
        ["t1", "t3", "t5"],  # a
        ["t2", "t9"],  # m
        ["t4"],  # total
    ]  # "lone" has one track and is asked for nothing
    assert _asked(examination) == [["t2", "t4"], ["t1"], ["t1"]]


def test_the_seen_half_is_in_the_order_of_first_plays_whatever_was_heard_again(sessions):
    seen = set_exam(sessions, EvaluateSettings(holdout="sessions"), seed=1).exam.train
    # a: t5 (again at minute 20, in the half that is asked for), t1, t3; m: t9, t2; total: t4
    assert seen.order.tolist() == [1, 2, 0, 1, 0, 0]
    learned = set_exam(sessions, EvaluateSettings(holdout="sessions"), seed=1).data.interactions
    assert learned.histories.order.tolist() == [1, 0, 2]  # z: t2 the day before, t1, t3


def test_the_days_after_the_cut_are_the_default(lake, parts):
    integrated = _integrated(lake, parts, cut=day(6))
    examination = set_exam(integrated, EvaluateSettings(), seed=1)
    assert examination.kind == "time"
    assert _tracks(examination.exam.catalogue.items, examination.exam.train)[2] == ["t9"]
    assert _asked(examination)[2] == ["t1", "t2"]  # m


def test_without_a_cut_in_time_tracks_are_held_out_at_random(lake, parts):
    integrated = _integrated(lake, parts)
    examination = set_exam(integrated, EvaluateSettings(random_share=0.4), seed=1)
    assert examination.kind == "random"
    assert [len(asked) for asked in _asked(examination)] == [2, 1, 1, 1]  # a, m, total, z


def test_random_may_be_asked_for_where_there_is_a_cut(sessions):
    examination = set_exam(sessions, EvaluateSettings(holdout="random"), seed=1)
    assert examination.kind == "random"
    assert "Random holdout" in examination.leaks.en


@pytest.mark.parametrize("holdout", ["time", "sessions"])
def test_a_cut_that_lies_before_all_plays_is_refused(lake, parts, holdout):
    integrated = _integrated(lake, parts, moments=holdout == "sessions")
    with pytest.raises(NotMeasurableError) as raised:
        set_exam(integrated, EvaluateSettings(holdout=holdout, holdout_days=30), seed=1)
    assert "no plays up to the cut, 30 days earlier" in raised.value.message("en")
    assert "não há plays até o corte, 30 dias antes" in raised.value.message("pt-BR")


def test_sessions_that_all_ended_by_the_cut_leave_nothing_to_ask(lake, parts):
    everything = _integrated(lake, parts, cut=day(11), moments=True)
    only_lone = EvaluateSettings(holdout="sessions")
    before = write_plays(lake / "early", [row for row in LOG if row["user_id"] in {"z", "lone"}])
    early = _integrated(lake, {"plays": before}, cut=day(10), moments=True)
    assert len(set_exam(everything, only_lone, seed=1).exam) == 1
    with pytest.raises(NotMeasurableError, match="nobody played anything"):
        set_exam(early, only_lone, seed=1)

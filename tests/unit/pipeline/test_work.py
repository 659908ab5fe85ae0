"""What a run is about, and when two runs are the same work."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rekomenda.errors import NoDataError
from rekomenda.pipeline.work import day_in, plan_work
from rekomenda.settings import Settings
from rekomenda.storage.snapshots import Part, Snapshot
from support.homes import record

TODAY = date(2024, 7, 1)
SETTINGS = Settings.model_validate({"evaluate": {"holdout_days": 2}})


def part(day, input_id="f1", table="plays"):
    name = f"{table}-{day}-{input_id}"
    return Part(table, day, Path(name), 3, 100, name, input_id)


def lake(*days, **more):
    parts = tuple(part(date(2024, 6, day)) for day in days)
    values = {"parts": parts, "inputs": (record("f1"),), **more}
    return Snapshot("000001-x", 1, None, "k", datetime(2024, 7, 1, tzinfo=UTC), **values)


def plan(snapshot, settings=SETTINGS, as_of=None, today=TODAY):
    return plan_work(snapshot, settings, home=Path("h"), as_of=as_of, today=today)


def test_the_default_day_is_the_last_complete_one_and_the_holdout_ends_there():
    work = plan(lake(3, 5, 6))
    assert (work.as_of, work.cut) == (date(2024, 6, 6), date(2024, 6, 4))
    assert work.run_id.startswith("20240606-")


def test_today_is_not_complete():
    assert plan(lake(3, 5, 6), today=date(2024, 6, 6)).as_of == date(2024, 6, 5)


def test_days_that_leave_nothing_before_the_holdout_make_no_cut():
    assert plan(lake(5, 6)).cut is None
    assert plan(lake(4, 6)).cut == date(2024, 6, 4)


def test_nothing_after_the_day_is_read():
    names = [path.name for path in plan(lake(3, 5, 6), as_of=date(2024, 6, 5)).parts["plays"]]
    assert names == ["plays-2024-06-03-f1", "plays-2024-06-05-f1"]


def test_catalogue_files_come_in_the_order_they_were_ingested():
    parts = (part(None, "b", "tracks"), part(None, "a", "tracks"), part(date(2024, 6, 3)))
    snapshot = lake(parts=parts, inputs=(record("b"), record("f1"), record("a")))
    assert [path.name for path in plan(snapshot).parts["tracks"]] == [
        "tracks-None-b",
        "tracks-None-a",
    ]
    other = replace(snapshot, inputs=(record("a"), record("f1"), record("b")))
    assert [path.name for path in plan(other).parts["tracks"]] == ["tracks-None-a", "tracks-None-b"]


def test_no_plays_up_to_the_day_is_said_with_the_day():
    with pytest.raises(NoDataError, match="2024-06-02"):
        plan(lake(3, 5), as_of=date(2024, 6, 2))
    with pytest.raises(NoDataError) as caught:
        plan(lake(3, 5), as_of=date(2024, 6, 2))
    assert "≤ 02/06/2024" in caught.value.message("pt-BR")
    with pytest.raises(NoDataError):
        plan(lake())


def test_how_fast_is_not_part_of_the_work_and_how_is():
    def key(values):
        return plan(lake(3, 5, 6), Settings.model_validate(values)).run_key

    same = key({})
    assert key({"integrate": {"threads": 3, "memory_limit": "1GB"}}) == same
    assert key({"log": {"level": "debug"}, "keep": {"releases": 9}}) == same
    assert key({"model": {"seed": 3}}) != same
    assert key({"recommend": {"again": 3}}) != same
    assert key({"integrate": {"half_life_days": 3}}) != same


def test_other_plays_or_another_day_are_other_work():
    assert plan(lake(3, 5, 6)).run_key != plan(lake(3, 6)).run_key
    assert plan(lake(3, 5, 6)).run_key != plan(lake(3, 5, 6), as_of=date(2024, 6, 5)).run_key


def test_what_no_run_reads_does_not_make_other_work():
    """Else a rejected file would publish the same lists anew, and a rollback would go back to them."""
    same = plan(lake(3, 5, 6)).run_key
    held = replace(record("f2"), verdict="held", name="other.csv")
    assert plan(lake(3, 5, 6, inputs=(record("f1"), held))).run_key == same
    set_aside = part(None, "f1", "quarantine")
    more = lake(3, 5, 6)
    assert plan(replace(more, parts=(*more.parts, set_aside))).run_key == same
    as_of = date(2024, 6, 5)
    assert plan(lake(3, 5, 6), as_of=as_of).run_key == plan(lake(3, 5), as_of=as_of).run_key


def test_the_day_is_that_of_the_time_zone():
    late = datetime(2024, 7, 1, 2, 30, tzinfo=UTC)
    assert day_in("America/Fortaleza", late) == date(2024, 6, 30)
    assert day_in("UTC", late) == date(2024, 7, 1)


@pytest.mark.parametrize(
    ("holdout_days", "validation_cut"), [(2, date(2024, 6, 6)), (4, date(2024, 6, 4)), (8, None)]
)
def test_a_long_holdout_leaves_two_thirds_of_the_days_before_it_to_choose_by(
    holdout_days, validation_cut
):
    settings = Settings.model_validate({"evaluate": {"holdout_days": holdout_days}})
    assert plan(lake(*range(1, 11)), settings).validation_cut == validation_cut

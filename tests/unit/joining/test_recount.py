"""A release held against the lake, by plays that are counted by hand."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.joining.integrate import integrate
from rekomenda.joining.recount import Recount, compare_days, recount
from support.crooked_lake import crooked_lake
from support.lake_parts import day

DAYS = [date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 3)]


def lake(plays: list[int], overlapping: tuple[bool, ...] = (False, False, False)) -> pa.Table:
    return pa.table({"day": DAYS, "plays": plays, "overlapping": list(overlapping)})


def release(*rows: tuple[int, int, int]) -> pa.Table:
    """Rows of (place of the day, plays, bot plays), several a day."""
    return pa.table(
        {
            "day": [DAYS[place] for place, _, _ in rows],
            "plays": [plays for _, plays, _ in rows],
            "bot_plays": [bots for _, _, bots in rows],
        }
    )


def test_people_and_bots_of_all_tracks_of_a_day_are_added_up():
    told = release((0, 4, 0), (0, 1, 2), (1, 3, 0), (2, 0, 9))
    assert compare_days(lake([7, 3, 9]), told) == Recount(3, 19, 19, 0, 0)


@pytest.mark.parametrize(
    ("told", "release_plays"),
    [
        ([(0, 7, 0), (1, 4, 0), (2, 9, 0)], 20),  # one more
        ([(0, 7, 0), (1, 2, 0), (2, 9, 0)], 18),  # one fewer
        ([(0, 7, 0), (2, 9, 0)], 16),  # a day is gone
    ],
)
def test_a_day_that_differs_is_counted(told, release_plays):
    assert compare_days(lake([7, 3, 9]), release(*told)) == Recount(3, 19, release_plays, 0, 1)


def test_two_differences_that_even_out_are_two():
    found = compare_days(lake([7, 3, 9]), release((0, 8, 0), (1, 2, 0), (2, 9, 0)))
    assert (found.lake_plays, found.release_plays, found.differences) == (19, 19, 2)


def test_a_day_that_the_lake_lacks_differs():
    found = compare_days(lake([7, 3, 9]).slice(0, 2), release((0, 7, 0), (1, 3, 0), (2, 9, 0)))
    assert found == Recount(3, 10, 19, 0, 1)


def test_where_logs_overlap_fewer_are_copies_and_more_are_not():
    several = lake([7, 3, 9], (True, True, False))
    assert compare_days(several, release((0, 5, 0), (1, 4, 0), (2, 9, 0))) == Recount(
        3, 19, 18, 2, 1
    )


def test_a_lake_of_every_oddity_agrees_with_what_was_joined_from_it(tmp_path):
    engine = EmbeddedEngine(tmp_path / "spill")
    parts = crooked_lake(tmp_path / "lake", 7)
    joined = integrate(engine, parts, home=tmp_path, as_of=day(8))
    found = recount(engine, parts["plays"], joined.plays_daily, as_of=day(8))
    assert found.differences == 0
    assert found.lake_plays == found.release_plays + found.copies > 0
    fewer = recount(engine, parts["plays"][1:], joined.plays_daily, as_of=day(8))
    assert fewer.differences > 0

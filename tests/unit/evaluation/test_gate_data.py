from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Interactions
from rekomenda.evaluation.gate.data import DataFacts, data_checks, usual_rows
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.evaluation.leaks import leaked_cells, leaked_in_time, leaked_people
from support.evaluation_worlds import histories

RULES = GateRules()
LAST = date(2024, 6, 30)  # a Sunday
WEEKS = {LAST - timedelta(days=back): 10_000 if back % 7 else 3_000 for back in range(40)}
GOOD = DataFacts(WEEKS, LAST, rows_in=1000, loaded=960, quarantined=10, deduplicated=30, leaked=0)


def failed(facts, rules=RULES):
    return {check.name for check in data_checks(facts, rules) if not check.passed}


def check_of(facts, name):
    return next(check for check in data_checks(facts, RULES) if check.name == name)


def test_usual_data_passes():
    assert failed(GOOD) == set()
    assert {check.about for check in data_checks(GOOD, RULES)} == {"data"}


@pytest.mark.parametrize(
    ("rows", "passes"), [(4999, False), (5000, True), (20_000, True), (20_001, False), (0, False)]
)
def test_a_day_is_held_against_the_same_weekday(rows, passes):
    odd = GOOD.rows_by_day | {LAST - timedelta(days=3): rows}
    assert (failed(replace(GOOD, rows_by_day=odd)) == set()) is passes
    quiet = GOOD.rows_by_day | {LAST: rows}  # Sundays have 3,000
    assert check_of(replace(GOOD, rows_by_day=quiet), "rows_are_as_usual").passed == (
        1500 <= rows <= 6000
    )


def test_a_day_that_is_missing_has_no_rows():
    gap = {day: rows for day, rows in WEEKS.items() if day != LAST - timedelta(days=2)}
    check = check_of(replace(GOOD, rows_by_day=gap), "rows_are_as_usual")
    assert (check.measured, check.limit) == (0.0, 0.5)
    assert check.text.en.startswith("2024-06-28 brought 0 rows, 0% of the median")
    assert check.text.pt.startswith("28/06/2024 trouxe 0 linhas")


def test_what_is_usual_is_said_only_where_it_is_known():
    assert usual_rows(WEEKS, LAST) == 3_000
    assert usual_rows(WEEKS, LAST - timedelta(days=1)) == 10_000
    assert usual_rows({LAST - timedelta(weeks=1): 5000, LAST: 5000}, LAST) is None  # one week
    assert usual_rows(dict.fromkeys(WEEKS, 999), LAST) is None  # chance rules small days
    assert usual_rows({}, LAST) is None
    young = dict.fromkeys(WEEKS, 5)
    assert failed(replace(GOOD, rows_by_day=young | {LAST: 500})) == set()


def test_the_accounting_has_to_add_up_and_quarantine_to_be_small():
    assert failed(replace(GOOD, loaded=959)) == {"rows_are_accounted_for"}
    assert failed(replace(GOOD, quarantined=50, loaded=920)) == set()
    assert failed(replace(GOOD, quarantined=51, loaded=919)) == {"quarantine_is_small"}
    assert failed(replace(GOOD, rows_in=0, loaded=0, quarantined=0, deduplicated=0)) == set()


def test_age_is_held_against_the_age_at_which_plays_used_to_come():
    assert failed(replace(GOOD, age_days=15, usual_age_days=1)) == set()
    assert failed(replace(GOOD, age_days=16, usual_age_days=1)) == {"plays_are_fresh"}
    assert failed(replace(GOOD, age_days=900, usual_age_days=890)) == set()
    assert failed(replace(GOOD, age_days=15, usual_age_days=-3)) == {"plays_are_fresh"}
    stale = check_of(replace(GOOD, age_days=40, usual_age_days=1), "plays_are_fresh")
    assert "--as-of 2024-06-30" in stale.text.en
    assert "40 dias" in stale.text.pt


# --- leaks, counted by key ------------------------------------------------------------------


def timed(cells, days, plays=None):
    """Histories of four tracks, every cell of a user first and last played on one day."""
    found = histories(cells, 4, plays)
    when = np.array([day for row in days for day in row], np.int32)
    return replace(found, first_day=when, last_day=when)


LEARNED = timed([[0, 2], [1], []], [[3, 9], [10]], [[2, 1], [4]])
ASKED = timed([[2, 3], [], [1]], [[11, 12], [], [14]], [[5, 1], [], [1]])
WHOLE = histories([[0, 2, 3], [1], [1]], 4, [[2, 6, 1], [4], [1]])


def test_a_cut_in_time_leaks_nothing():
    assert leaked_in_time(LEARNED, ASKED, WHOLE, cut_day=10) == 0


def test_a_play_on_the_wrong_side_of_the_cut_is_found_by_its_day():
    assert leaked_in_time(LEARNED, ASKED, WHOLE, cut_day=9) == 1
    assert leaked_in_time(LEARNED, ASKED, WHOLE, cut_day=11) == 1


def test_a_play_that_is_learned_and_asked_is_found_by_its_key_even_where_its_day_was_lost():
    both = timed([[0, 2, 3], [1], []], [[3, 9, 9], [10]], [[2, 1, 1], [4]])
    assert leaked_in_time(both, ASKED, WHOLE, cut_day=10) == 1
    more = timed([[0, 2], [1], []], [[3, 9], [10]], [[2, 3], [4]])
    assert leaked_in_time(more, ASKED, WHOLE, cut_day=10) == 1


def test_what_was_moved_from_one_listener_to_another_does_not_cancel_out():
    moved = timed([[0], [1, 2], []], [[3], [10, 9]], [[2], [4, 1]])
    assert leaked_in_time(moved, ASKED, WHOLE, cut_day=10) == 2


def test_nothing_at_all_leaks_nothing():
    empty = histories([[], []], 4)
    assert leaked_in_time(empty, empty, empty, cut_day=3) == 0
    assert leaked_cells(empty, empty) == 0


def test_cells_on_both_sides_are_counted_where_they_were_played():
    assert leaked_cells(LEARNED, ASKED) == 1
    never = histories([[0, 2], [1], []], 4, [[2, 0], [4]])  # seen, not played
    assert leaked_cells(never, ASKED) == 0


def test_people_on_both_sides_are_counted():
    learned = Interactions(IdMap.of(["ana", "bia", "caio"]), IdMap.of(list("wxyz")), LEARNED)
    assert leaked_people(learned, pa.array(["dora", "bia", "caio"]), ASKED) == 0  # caio: no plays
    assert leaked_people(learned, pa.array(["ana", "bia", "eva"]), ASKED) == 1

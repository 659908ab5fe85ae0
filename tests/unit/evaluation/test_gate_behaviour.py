from dataclasses import replace

import numpy as np
import pytest

from rekomenda.evaluation.check import Outcome
from rekomenda.evaluation.gate.behaviour import BehaviourFacts, Shown, behaviour_checks, top_share
from rekomenda.evaluation.gate.exposure import exposure_checks
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.evaluation.gate.support import liked_artists, liked_tracks, support
from support.evaluation_worlds import catalogue, histories

RULES = GateRules()
NOTHING = BehaviourFacts(
    ours=np.zeros((0, 5), np.int32),
    shown=None,
    listeners_then=0,
    listeners_lost=0,
    erased=0,
    blocked=(),
    pairs=0,
    weak_pairs=0,
    min_support=10,
)


def lists(*rows):
    width = max(map(len, rows))
    return np.array([[*row, *[-1] * (width - len(row))] for row in rows], np.int32)


def beside(ours, theirs, *, heard=None, personal=None, hidden=(), new=(), n_items=40):
    """Two releases beside each other; `new` tracks were not there then."""
    known_then, not_shown = np.ones(n_items, bool), np.zeros(n_items, bool)
    known_then[list(new)] = False
    not_shown[list(hidden)] = True
    n = len(ours)
    return Shown(
        ours=ours,
        theirs=theirs,
        personal=np.ones(n, bool) if personal is None else np.array(personal),
        barred=np.array(
            [user * n_items + item for user, row in enumerate(heard or []) for item in row],
            np.int64,
        ),
        known_then=known_then,
        hidden=not_shown,
    )


def outcomes(facts, rules=RULES):
    return {c.name: c.outcome for c in behaviour_checks(facts, rules) if not c.passed}


def of(facts, name, rules=RULES):
    return next(check for check in behaviour_checks(facts, rules) if check.name == name)


# --- what stays in the lists ----------------------------------------------------------------


def test_overlap_is_that_of_the_sets_whatever_the_order():
    shown = beside(lists([1, 2, 3], [1, 2, 3], [7]), lists([3, 2, 1], [3, 4, 5], [8]))
    assert shown.overlaps().tolist() == pytest.approx([1, 1 / 5, 0])


def test_only_the_first_ten_count():
    ours = lists([*list(range(10)), 30, 31])
    assert beside(ours, lists([*list(range(10)), 20, 21])).overlaps().tolist() == [1]


def test_what_could_not_stand_in_both_is_no_change():
    # Then 1 to 4; now 1 was heard, 2 taken down, and 9 is new: what both could show is the same.
    shown = beside(lists([9, 3, 4]), lists([1, 2, 3, 4]), heard=[[1]], hidden=[2], new=[9])
    assert shown.overlaps().tolist() == [1]
    gone = beside(lists([3, 4]), lists([-1, 3, -1, 4]))
    assert gone.overlaps().tolist() == [1]


def test_what_was_heard_by_one_may_stay_for_another():
    shown = beside(lists([5], [5]), lists([5, 6], [5, 6]), heard=[[6], []])
    assert shown.overlaps().tolist() == [1, 0.5]


def test_a_list_without_a_common_track_is_left_out():
    assert beside(lists([9]), lists([1]), heard=[[1]], new=[9]).overlaps().tolist() == []


def test_lists_that_are_mostly_new_wait_for_a_person():
    ours, theirs = lists([1, 2], [1, 2], [1, 2]), lists([1, 2], [8, 9], [7, 9])
    facts = replace(NOTHING, ours=ours, shown=beside(ours, theirs))
    assert outcomes(facts) == {"lists_keep_something": Outcome.UNDECIDED}
    assert "--accept-change" in of(facts, "lists_keep_something").text.en
    accepted = of(facts, "lists_keep_something", replace(RULES, accept_change=True))
    assert accepted.passed
    assert "a person has said yes" in accepted.text.en
    assert "uma pessoa disse sim" in accepted.text.pt


def test_popular_lists_may_be_replaced_by_lists_of_their_own():
    ours, theirs = lists([1, 2], [3, 4]), lists([8, 9], [8, 9])
    shown = beside(ours, theirs, personal=[False, False])
    assert of(replace(NOTHING, ours=ours, shown=shown), "lists_keep_something").passed
    mixed = beside(ours, theirs, personal=[False, True])
    assert mixed.overlaps().tolist() == [0]


# --- one track for all ----------------------------------------------------------------------


def test_the_share_of_the_most_recommended_track():
    assert top_share(lists([1, 2], [3, 1], [4], [5])) == 0.5
    assert top_share(lists([-1], [4])) == 1.0  # who has no list is not counted
    assert top_share(np.full((0, 3), -1, np.int32)) == 0
    assert top_share(lists([*range(10), 20], [*range(10, 20), 20])) == 0.5  # the first ten


@pytest.mark.parametrize(
    ("ours", "theirs", "passes"),
    [(40, 20, True), (41, 20, False), (5, 1, True), (6, 1, False), (100, 60, True)],
)
def test_no_track_may_be_in_twice_as_many_lists_as_today(ours, theirs, passes):
    """Of 100 listeners so many have track 0, the others a track of their own."""

    def showing(count):
        return np.array([[0] if user < count else [user + 1] for user in range(100)], np.int32)

    shown = beside(showing(ours), showing(theirs), n_items=120)
    rules = replace(RULES, accept_change=True)
    facts = replace(NOTHING, ours=showing(ours), shown=shown)
    assert of(facts, "no_track_is_everywhere", rules).passed is passes


# --- people, takedowns, support -------------------------------------------------------------


def test_listeners_may_not_vanish():
    assert outcomes(replace(NOTHING, listeners_then=100, listeners_lost=5)) == {}
    lost = replace(NOTHING, listeners_then=100, listeners_lost=10)
    assert outcomes(lost) == {"listeners_are_kept": Outcome.FAILED}
    assert "10 of 100 listeners served today (10.0%)" in of(lost, "listeners_are_kept").text.en


def test_the_forgotten_and_the_blocked_cannot_be_forced():
    for name, facts in {
        "erased_are_gone": replace(NOTHING, erased=1),
        "nothing_is_blocked": replace(NOTHING, blocked=("a{7}", "t1")),
    }.items():
        assert outcomes(facts) == {name: Outcome.FAILED}
        assert not of(facts, name).forceable
    assert "such as a{7}" in of(
        replace(NOTHING, blocked=("a{7}",)), "nothing_is_blocked"
    ).text.render("en")


def test_weak_similarities_are_counted():
    weak = replace(NOTHING, pairs=50, weak_pairs=2)
    assert outcomes(weak) == {"similarities_have_support": Outcome.FAILED}


def test_support_counts_the_listeners_of_both():
    found = histories([[0, 1], [0, 1, 2], [1, 2], [0]], 3)
    tracks = liked_tracks(found)
    ones, others = np.array([0, 0, 1]), np.array([1, 2, 2])
    assert support(tracks, ones, others).tolist() == [2, 1, 2]
    # Tracks 0 and 2 are by one artist: everybody likes it, three of them track 1's too.
    artists = liked_artists(found, catalogue([0, 1, 0]))
    assert support(artists, np.array([0]), np.array([1])).tolist() == [3]
    assert support(tracks, np.array([], int), np.array([], int)).tolist() == []


# --- exposure -------------------------------------------------------------------------------


def of_exposure(ours, theirs):
    return {c.name: c.passed for c in exposure_checks(ours, theirs, RULES)}


def test_no_measure_of_exposure_loses_more_than_a_quarter():
    served = {
        "artist_coverage": 0.6,
        "artist_gini": 0.8,
        "tail_share": 0.2,
        "local_share_kept": 1.2,
    }
    kept = {
        "artist_coverage": 0.45,
        "artist_gini": 0.84,
        "tail_share": 0.16,
        "local_share_kept": 0.9,
    }
    lost = {
        "artist_coverage": 0.44,
        "artist_gini": 0.86,
        "tail_share": 0.14,
        "local_share_kept": 0.89,
    }
    assert of_exposure(kept, served) == dict.fromkeys(
        ("artists_are_covered", "artists_share_the_room", "the_tail_is_shown", "regions_are_shown"),
        True,
    )
    assert set(of_exposure(lost, served).values()) == {False}
    assert set(of_exposure(served, lost).values()) == {True}


def test_the_limit_is_said_on_its_own_scale():
    (gini,) = exposure_checks({"artist_gini": 0.9}, {"artist_gini": 0.8}, RULES)
    assert (gini.measured, gini.limit) == (0.9, pytest.approx(0.85))
    assert "0.900, 0.800 in service; 0.850 or better" in gini.text.en


def test_what_has_no_meaning_has_no_check_and_a_first_release_passes():
    assert of_exposure({"tail_share": 0.1}, {"artist_gini": 0.9}) == {}
    assert of_exposure({"tail_share": 0.1}, None) == {"the_tail_is_shown": True}

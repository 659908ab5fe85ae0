"""Four listeners, seven tracks of artists 0 0 1 1 2 2 3; 1 is a version of 0, 5 is taken down.

ana heard 0 and 2; bia heard 4; caio has no history; davi has heard every song there is.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.recommendations import LIST_SCHEMA
from rekomenda.domain.shares import Shares
from rekomenda.evaluation.mechanics import FAULTS, Inspector, inspect
from support.evaluation_worlds import catalogue, histories

CATALOGUE = replace(
    catalogue([0, 0, 1, 1, 2, 2, 3], hidden=[5]),
    song_of=np.array([0, 0, 2, 3, 4, 5, 6], np.int32),
)
INTERACTIONS = Interactions(
    IdMap.of(["ana", "bia", "caio", "davi"]),
    CATALOGUE.items,
    histories([[0, 2], [4], [], [1, 2, 3, 4, 6]], 7),
)

SOUND = [
    ("ana", "again", 1, "t0002"),
    ("ana", "again", 2, "t0000"),
    ("ana", "discover", 1, "t0006"),
    ("ana", "for_you", 1, "t0003"),
    ("ana", "for_you", 2, "t0004"),
    ("ana", "for_you", 3, "t0006"),
    ("bia", "for_you", 1, "t0000"),
    ("caio", "for_you", 1, "t0004"),
    ("davi", "again", 1, "t0001"),
    (None, "for_you", 1, "t0000"),
    (None, "for_you", 2, "t0002"),
    (None, "for_you", 1, "t0000"),
]


def table(rows, **changed):
    columns = {
        "user_id": [row[0] for row in rows],
        "shelf": [row[1] for row in rows],
        "rank": [row[2] for row in rows],
        "track_id": [row[3] for row in rows],
        "score": [0.5] * len(rows),
        "personalised": [True] * len(rows),
        "reason_kind": ["popular"] * len(rows),
        "reason_id": [None] * len(rows),
        "reason_share": [None] * len(rows),
        "reason_pt": ["Muita gente ouve."] * len(rows),
        "reason_en": ["Many people play it."] * len(rows),
        **changed,
    }
    arrays = [pa.array(columns[field.name]).cast(field.type) for field in LIST_SCHEMA]
    return pa.Table.from_arrays(arrays, schema=LIST_SCHEMA)


def counts(lists):
    found = inspect(lists, CATALOGUE, INTERACTIONS)
    return {check.name: int(check.measured) for check in found.checks if not check.passed}


def changed(row, place):
    return [*SOUND[:place], row, *SOUND[place + 1 :]]


def test_sound_lists_pass_every_check():
    found = inspect(table(SOUND), CATALOGUE, INTERACTIONS)
    assert found.sound
    assert found.rows == 12
    assert [check.name for check in found.checks] == [*FAULTS, "listeners_are_served"]


@pytest.mark.parametrize(
    ("row", "place", "expected"),
    [
        (("ana", "for_you", 1, "t9999"), 3, {"tracks_are_known": 1}),
        (("ana", "for_you", 1, "t0005"), 3, {"tracks_may_be_shown": 1}),
        (("ana", "for_you", 2, "t0003"), 4, {"songs_do_not_repeat": 1}),
        ((None, "for_you", 2, "t0001"), 10, {"songs_do_not_repeat": 1}),
        (("ana", "for_you", 4, "t0004"), 4, {"ranks_are_complete": 1}),
        (("ana", "for_you", 2, "t0003"), 3, {"ranks_are_complete": 1}),
        ((None, "for_you", 3, "t0002"), 10, {"ranks_are_complete": 1}),
        (("ana", "for_you", 1, "t0001"), 3, {"shelves_keep_their_word": 1}),
        (("ana", "for_you", 1, "t0002"), 3, {"shelves_keep_their_word": 1}),
        (("ana", "again", 1, "t0003"), 0, {"shelves_keep_their_word": 1}),
        (("ana", "discover", 1, "t0003"), 2, {"shelves_keep_their_word": 1}),
        (("eva", "for_you", 1, "t0000"), 7, {"listeners_are_known": 1}),
    ],
)
def test_each_fault_is_found_and_only_it(row, place, expected):
    assert counts(table(changed(row, place))) == expected


def test_a_listener_with_history_and_no_list_is_missed_unless_everything_was_heard():
    # davi, who heard a version of every song, and caio, without history, need none.
    without = [row for row in SOUND if row[0] != "caio"]
    assert counts(table(without)) == {}
    without = [row for row in SOUND if row[:2] != ("ana", "for_you")]
    assert counts(table(without)) == {"listeners_are_served": 1}
    assert counts(table(without[:0])) == {"listeners_are_served": 2}


@pytest.mark.parametrize("score", [float("nan"), float("inf"), None])
def test_scores_have_to_be_numbers(score):
    scores = [0.5] * 12
    scores[4] = score
    schema = [field.with_nullable(True) for field in LIST_SCHEMA]
    lists = table(SOUND)
    lists = lists.set_column(4, schema[4], pa.array(scores, pa.float32()))
    assert counts(lists) == {"scores_are_numbers": 1}


@pytest.mark.parametrize("language", ["reason_pt", "reason_en"])
def test_every_row_has_its_reason_in_both_languages(language):
    reasons = ["Porque sim."] * 12
    reasons[2], reasons[7] = None, ""
    assert counts(table(SOUND, **{language: reasons})) == {"reasons_are_given": 2}


def test_a_second_list_of_the_same_shelf_is_a_fault_within_a_batch_and_across_batches():
    again = [*SOUND, ("ana", "for_you", 1, "t0006")]
    assert counts(table(again)) == {"ranks_are_complete": 1}
    inspector = Inspector(CATALOGUE, INTERACTIONS)
    inspector.see(table(SOUND))
    inspector.see(table([("ana", "for_you", 1, "t0006")]))
    found = {check.name: check.measured for check in inspector.findings().checks}
    assert found["ranks_are_complete"] == 1
    assert sum(found.values()) == 1


def test_batches_add_up_to_the_whole():
    faulty = changed(("bia", "for_you", 1, "t0005"), 6)
    inspector = Inspector(CATALOGUE, INTERACTIONS)
    for rows in (faulty[:6], faulty[6:9], faulty[9:]):
        for batch in table(rows).to_batches():
            inspector.see(batch)
    assert inspector.findings() == inspect(table(faulty), CATALOGUE, INTERACTIONS)


def test_dictionaries_in_another_order_mean_the_same():
    lists = table(SOUND)
    names = pa.array(["davi", "caio", "bia", "ana"])
    codes = [None if row[0] is None else names.to_pylist().index(row[0]) for row in SOUND]
    users = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), names)
    assert counts(lists.set_column(0, LIST_SCHEMA.field("user_id"), users)) == {}
    chunked = pa.concat_tables([table(SOUND[:5]), table(SOUND[5:])])
    assert counts(chunked) == {}


def test_a_finding_names_a_track_in_both_languages_and_never_a_listener():
    found = inspect(table(changed(("bia", "for_you", 1, "t0005"), 6)), CATALOGUE, INTERACTIONS)
    check = next(check for check in found.checks if not check.passed)
    assert check.text.render("en").endswith("1 of 12 rows, such as track t0005.")
    assert check.text.render("pt-BR").endswith("1 de 12 linhas, como a da faixa t0005.")
    assert "bia" not in str(check.to_json())
    assert check.to_json()["passed"] is False


def test_an_id_with_braces_does_not_break_the_sentence():
    rows = changed(("bia", "for_you", 1, "{x}"), 6)
    found = inspect(table(rows), CATALOGUE, INTERACTIONS)
    check = next(check for check in found.checks if check.name == "tracks_are_known")
    assert "such as track {x}." in check.text.render("en")


GENRES = replace(
    CATALOGUE,
    genres=IdMap.of(["g0", "g1", "g2", "g3"]),
    genre_of=np.array([0, 0, 1, 2, 3, 3, -1], np.int32),
)


@pytest.mark.parametrize(
    ("track", "faults"),
    [("t0003", 0), ("t0004", 0), ("t0006", 1), ("t0002", 1), ("t0001", 1)],
)
def test_explore_keeps_out_of_habits_of_unknown_genres_and_of_what_was_heard(track, faults):
    # ana plays 0 and 2, of g0 and g1; 1 is a version of 0; nobody knows the genre of 6.
    lists = table([("ana", "explore", 1, track)])
    found = {c.name: c.measured for c in inspect(lists, GENRES, INTERACTIONS).checks}
    assert found["shelves_keep_their_word"] == faults


@pytest.mark.parametrize(("track", "faults"), [("t0006", 0), ("t0000", 1), ("t0003", 1)])
def test_without_genres_explore_keeps_out_artists_that_were_heard(track, faults):
    bare = replace(GENRES, genre_of=np.full(7, -1, np.int32))
    found = inspect(table([("ana", "explore", 1, track)]), bare, INTERACTIONS)
    assert {c.name: c.measured for c in found.checks}["shelves_keep_their_word"] == faults


def test_only_the_three_genres_played_most_are_habits():
    # davi's weights: g0 3, g1 5, g2 1, g3 2; each genre has a track that he has not heard.
    catalogue = replace(GENRES, song_of=np.arange(7, dtype=np.int32), blocked=np.zeros(7, bool))
    cells = Histories.from_cells(
        np.array([0] * 4),
        np.array([0, 2, 3, 5]),
        n_users=1,
        n_items=7,
        weights=np.array([3, 5, 1, 2]),
    )
    davi = Interactions(IdMap.of(["davi"]), catalogue.items, cells)
    more = replace(catalogue, genre_of=np.array([0, 0, 1, 2, 2, 3, 3], np.int32))
    for track, faults in (("t0001", 1), ("t0004", 0), ("t0006", 1)):
        found = inspect(table([("davi", "explore", 1, track)]), more, davi)
        assert {c.name: c.measured for c in found.checks}["shelves_keep_their_word"] == faults


def test_only_who_turned_their_dial_to_the_familiar_may_find_there_what_they_heard():
    lists = table([("ana", "for_you", 1, "t0000"), ("davi", "for_you", 1, "t0001")])
    for familiar, faults in ((None, 2), ([1, 0, 0, 0], 1), ([0, 1, 1, 0], 2), ([1] * 4, 0)):
        whose = None if familiar is None else np.array(familiar, bool)
        inspector = Inspector(CATALOGUE, INTERACTIONS, familiar=whose)
        inspector.see(lists)
        found = {check.name: check.measured for check in inspector.findings().checks}
        assert found["shelves_keep_their_word"] == faults


def test_fresh_and_discover_hold_nothing_heard():
    for shelf in ("fresh", "discover", "explore"):
        found = inspect(table([("ana", shelf, 1, "t0000")]), GENRES, INTERACTIONS)
        assert {c.name: c.measured for c in found.checks}["shelves_keep_their_word"] == 1


def test_a_track_in_which_somebody_heard_takes_part_does_not_stand_in_discover():
    artists = Shares.of_pairs(
        np.array([0, 1, 2, 3, 4, 5, 6, 6]), np.array([0, 0, 1, 1, 2, 2, 3, 0], np.int32), 7
    )
    shared = replace(CATALOGUE, shared_artists=artists)
    found = inspect(table(SOUND), shared, INTERACTIONS)  # ana heard artist 0
    assert [c.name for c in found.checks if not c.passed] == ["shelves_keep_their_word"]

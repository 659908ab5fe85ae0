"""What was shown is remembered, and what was passed over for weeks rests."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.domain.recommendations import Shelf
from rekomenda.ranking import impressions
from rekomenda.ranking.impressions import Impressions, RestRule

USERS = IdMap.of(["ana", "bia", "zé"])
ITEMS = IdMap.of(["a", "b", "c", "d"])
SONGS = np.array([0, 1, 1, 3], np.int32)  # c is a version of b
RULE = RestRule(after_weeks=3, weeks=4)
SHELVES = list(Shelf)


def keys(*rows) -> np.ndarray:
    """(user, shelf, item) by name."""
    return np.array(
        [
            (int(USERS.index_of([user])[0]) * len(SHELVES) + SHELVES.index(Shelf(shelf))) * 4
            + int(ITEMS.index_of([item])[0])
            for user, shelf, item in rows
        ],
        np.int64,
    )


def shown(day, *rows) -> Impressions:
    return Impressions.of_lists([keys(*rows)], USERS, ITEMS, day)


def rows(impressions: Impressions) -> list[tuple]:
    table = impressions.to_table()
    columns = [
        table[name].cast(pa.string()).to_pylist() for name in ("user_id", "shelf", "track_id")
    ]
    days = [table[name].cast(pa.int32()).to_pylist() for name in ("first_day", "last_day")]
    return list(zip(*columns, *days, table["times"].to_pylist(), strict=True))


def nobody_played() -> Histories:
    nothing = np.zeros(0, np.int64)
    return Histories.from_cells(nothing, nothing, n_users=3, n_items=4)


def resting(impressions: Impressions, day, histories=None, rule=RULE) -> dict[str, list[tuple]]:
    sets = impressions.resting(histories or nobody_played(), SONGS, day, rule)
    return {
        shelf.value: [
            (USERS[user], ITEMS[item])
            for user, item in zip(of.users_of_cells, of.items, strict=True)
        ]
        for shelf, of in sets.items()
    }


def test_a_stretch_goes_on_while_the_track_stands_there_and_counts_its_releases():
    first = shown(100, ("ana", "for_you", "b"), ("zé", "again", "a"))
    second = shown(107, ("ana", "for_you", "b"), ("ana", "discover", "b"))
    assert rows(first.then(second)) == [
        ("ana", "for_you", "b", 100, 107, 2),
        ("ana", "discover", "b", 107, 107, 1),
        ("zé", "again", "a", 100, 100, 1),
    ]


def test_what_was_last_shown_longer_ago_than_a_rest_is_forgotten():
    both = shown(100, ("ana", "for_you", "a")).then(shown(101, ("ana", "for_you", "b")))
    assert [row[2] for row in rows(both.until(128, RULE))] == ["a", "b"]
    assert [row[2] for row in rows(both.until(129, RULE))] == ["b"]


def test_a_track_rests_after_three_weekly_releases_for_four_weeks():
    row = ("ana", "for_you", "b")
    two = shown(100, row).then(shown(107, row))
    three = two.then(shown(114, row))
    assert resting(two, 114) == {}
    assert resting(three, 121) == {"for_you": [("ana", "b")]}
    assert resting(three, 142) == {"for_you": [("ana", "b")]}
    assert resting(three, 149) == {}


def test_daily_releases_wear_a_track_out_no_faster_than_weekly_ones():
    row = ("ana", "for_you", "b")
    daily = shown(100, row)
    for day in range(101, 114):
        daily = daily.then(shown(day, row))
    assert resting(daily, 114) == {}
    assert resting(daily.then(shown(114, row)), 115) == {"for_you": [("ana", "b")]}


@pytest.mark.parametrize(
    ("track", "day", "rests"), [(1, 101, 0), (2, 101, 0), (1, 100, 1), (0, 120, 1)]
)
def test_whoever_played_it_or_another_version_since_did_not_pass_it_over(track, day, rests):
    row = ("bia", "again", "b")
    three = shown(100, row).then(shown(114, row))
    played = Histories.from_cells(
        np.array([1]), np.array([track]), n_users=3, n_items=4, last_day=np.array([day])
    )
    assert len(resting(three, 121, played).get("again", [])) == rests


def test_a_quarter_of_a_list_goes_to_rest_at_a_time_the_longest_shown_first():
    users, items = IdMap.of(["ana", "bia"]), IdMap.of([f"t{i:02}" for i in range(20)])
    nobody = Histories.from_cells(np.zeros(0, int), np.zeros(0, int), n_users=2, n_items=20)

    def shows(day, ana, bia=()):
        of_bia = len(SHELVES) * 20
        codes = np.array([*ana, *(of_bia + item for item in bia)], np.int64)
        return Impressions.of_lists([codes], users, items, day)

    early = shows(100, [3, 7]).then(shows(107, range(10), [1])).then(shows(114, range(10), [1]))
    now = early.then(shows(121, range(10), [1]))
    first = now.resting(nobody, np.arange(20, dtype=np.int32), 128, RULE)[Shelf.FOR_YOU]
    ana = set(first.items[first.users_of_cells == 0].tolist())
    assert len(ana) == 3  # a quarter of ten, rounded up
    assert {3, 7} < ana
    assert first.items[first.users_of_cells == 1].tolist() == [1]
    later = now.then(shows(128, set(range(12)) - ana, []))
    second = later.resting(nobody, np.arange(20, dtype=np.int32), 135, RULE)[Shelf.FOR_YOU]
    rested = set(second.items[second.users_of_cells == 0].tolist())
    assert ana < rested  # these rest on
    assert len(rested - ana) == 3
    assert not {10, 11} & rested


def test_each_shelf_rests_for_itself():
    rule = RestRule(after_weeks=1, weeks=1)
    once = shown(100, ("ana", "for_you", "b"), ("zé", "fresh", "d"))
    assert resting(once, 107, rule=rule) == {"for_you": [("ana", "b")], "fresh": [("zé", "d")]}
    assert resting(once, 108, rule=rule) == {}


def test_the_table_is_read_back_over_other_ids_and_the_unknown_is_forgotten():
    table = shown(
        100, ("ana", "for_you", "b"), ("bia", "explore", "d"), ("zé", "fresh", "a")
    ).to_table()
    users, items = IdMap.of(["aa", "bia", "zé"]), IdMap.of(["0", "a", "d"])
    there = Impressions.from_table(table, users, items)
    again = there.to_table()
    assert again["user_id"].cast(pa.string()).to_pylist() == ["bia", "zé"]
    assert again["track_id"].cast(pa.string()).to_pylist() == ["d", "a"]
    assert again["shelf"].cast(pa.string()).to_pylist() == ["explore", "fresh"]
    assert again["times"].to_pylist() == [1, 1]
    assert (np.diff(there.keys) > 0).all()


def test_nothing_shown_is_no_trouble():
    nothing = Impressions.none(USERS, ITEMS)
    assert rows(nothing.then(Impressions.of_lists([], USERS, ITEMS, 5))) == []
    assert resting(nothing, 5) == {}
    assert len(Impressions.from_table(nothing.to_table(), USERS, ITEMS).keys) == 0


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_some_listeners_at_a_time_come_to_what_all_at_once_do(at_once, monkeypatch):
    monkeypatch.setattr(impressions, "_AT_ONCE", at_once)
    before = shown(
        100,
        ("ana", "for_you", "b"),
        ("bia", "again", "a"),
        ("zé", "again", "a"),
        ("zé", "fresh", "b"),
    )
    batches = [
        keys(("ana", "for_you", "b"), ("ana", "discover", "a")),
        keys(),
        keys(("bia", "for_you", "b")),
    ]
    whole = [("ana", "for_you", "b"), ("ana", "discover", "a"), ("bia", "for_you", "b")]
    together = before.then(shown(107, *whole))
    found = [row for some in before.then_each(batches, 107) for row in rows(some)]
    assert found == rows(together)
    assert found[-1] == ("zé", "fresh", "b", 100, 100, 1), "who was shown nothing now is kept"
    assert [row for some in before.then_each([], 107) for row in rows(some)] == rows(before)

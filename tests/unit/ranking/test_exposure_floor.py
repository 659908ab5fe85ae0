"""The lift of emerging artists, the choice of its size, and reserved places."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.recommendations import LIST_SCHEMA, Shelf
from rekomenda.domain.top_n import TopN
from rekomenda.ranking import floor_setting, nearness
from rekomenda.ranking.exposure_floor import (
    Emerging,
    leeway,
    lifted,
    own_shares,
)
from rekomenda.ranking.floor_price import FloorPrice
from rekomenda.ranking.floor_setting import set_floor
from rekomenda.ranking.lists import ListMaker
from rekomenda.ranking.reserved_places import (
    artists_to_show,
    reserve,
    reserve_nearest,
    with_reserved,
)
from support.fitted_fakes import LinearFake, PopularFake

approx = pytest.approx


def catalogue_of(artist_of: list[int], **more) -> Catalogue:
    return Catalogue.bare(
        IdMap.of([f"t{number:04d}" for number in range(len(artist_of))]),
        artists=IdMap.of([f"a{number:03d}" for number in range(max(artist_of) + 1)]),
        artist_of=np.array(artist_of, np.int32),
        **more,
    )


# --- the lift -------------------------------------------------------------------------------


def test_a_lifted_track_passes_those_within_its_push_and_no_others():
    found = TopN(
        np.array([[5, 3, 8, 1, -1]], np.int32),
        np.array([[9.0, 6.0, 5.0, 4.0, -np.inf]], np.float32),
    )
    tracks = np.zeros(9, bool)
    tracks[[8, 1]] = True
    best = lifted(found, tracks, np.array([1.5]), first=5)
    assert best.items.tolist() == [[5, 8, 3, 1, -1]]  # 8 rises to 6.5, 1 only to 5.5
    assert best.scores[0, :4].tolist() == [9.0, 6.5, 6.0, 5.5]


def test_what_stands_behind_the_first_candidates_stays_there():
    found = TopN(np.array([[2, 1, 0]], np.int32), np.array([[3.0, 2.0, 1.0]], np.float32))
    best = lifted(found, np.array([True, False, False]), np.array([99.0]), first=2)
    assert best.items.tolist() == [[2, 1, 0]]


def test_equal_scores_keep_their_order():
    found = TopN(np.array([[4, 7, 2]], np.int32), np.array([[2.0, 1.0, 1.0]], np.float32))
    tracks = np.zeros(8, bool)
    tracks[2] = True
    assert lifted(found, tracks, np.array([1.0]), first=3).items.tolist() == [[4, 2, 7]]
    assert lifted(found, tracks, np.array([0.0]), first=3).items.tolist() == [[4, 7, 2]]


def test_the_leeway_is_the_spread_of_the_first_twenty_by_own_taste():
    scores = np.full((4, 30), -np.inf, np.float32)
    scores[0] = 100 - np.arange(30)  # first 100, twentieth 81
    scores[1, :3] = [5.0, 4.0, 1.0]  # a short list: its last
    scores[2, 0] = 7.0
    own = np.array([0.1, 0.4, 0.2, np.nan])
    # (1 + own / usual) / 2 with usual 0.2: 0.75, 1.5, 1, and 1 for who played nothing
    assert leeway(scores, own, 0.2) == approx([19 * 0.75, 4 * 1.5, 0.0, 0.0])


def test_own_shares_go_by_weight():
    histories = Histories.from_cells(
        [0, 0, 1], [0, 1, 0], n_users=3, n_items=2, weights=[3.0, 1.0, 2.0]
    )
    found = own_shares(histories, np.array([False, True]))
    assert found[:2] == approx([0.25, 0.0])
    assert np.isnan(found[2])


def test_emerging_artists_are_outside_four_fifths_of_the_plays():
    histories = Histories.from_cells(
        [0, 0, 1, 1], [0, 1, 0, 2], n_users=2, n_items=4, plays=[6, 1, 2, 1], weights=[3, 1, 1, 1]
    )
    emerging = Emerging.of(histories, catalogue_of([0, 1, 1, 2]))
    # artist 0 has 8 of 10 plays, artist 1 two, artist 2 none
    assert emerging.tracks.tolist() == [False, True, True, True]
    assert emerging.share_of_plays == approx(0.2)
    assert emerging.usual == approx((0.25 + 0.5) / 2)


# --- its size -------------------------------------------------------------------------------


class AnyRules:
    """Rules that allow what was not played."""

    def eligible_for(self, shelf, histories):
        return Eligible(excluded=ItemSets(histories.indptr, histories.items))


@pytest.fixture
def lopsided():
    """60 artists of 3 tracks; a few have most of the plays, and a model that follows the plays."""
    rng = np.random.default_rng(1)
    artist_of = np.repeat(np.arange(60), 3)
    chances = np.exp(-np.arange(60) / 9.0)[artist_of]
    taste = rng.random((300, 60))[:, artist_of] ** 2
    cells = [rng.choice(180, 12, replace=False, p=row / row.sum()) for row in taste * chances]
    histories = Histories.from_cells(
        np.repeat(np.arange(300), 12), np.concatenate(cells), n_users=300, n_items=180
    )
    together = (histories.binary.T @ histories.binary).toarray()
    np.fill_diagonal(together, 0.0)
    return histories, catalogue_of(artist_of.tolist()), LinearFake(together.astype(np.float32))


def set_up(lopsided, **changed):
    histories, catalogue, model = lopsided
    asked = {
        "lengths": {Shelf.FOR_YOU: 20, Shelf.DISCOVER: 10, Shelf.AGAIN: 5},
        "max_per_artist": 3,
        "n_candidates": 100,
        "share": 1.0,
        "min_listeners": 10,
    }
    return set_floor(model, histories, catalogue, AnyRules(), **(asked | changed))


def test_the_floor_is_reached_by_the_smallest_lift(lopsided):
    floor, (for_you, _) = set_up(lopsided)
    assert for_you.before < for_you.target <= for_you.after
    assert for_you.reached
    assert floor.lifts[Shelf.FOR_YOU] == for_you.lift
    less, (again, _) = set_up(lopsided, share=0.98)
    assert less.lifts[Shelf.FOR_YOU] < for_you.lift
    # a lift smaller by the last step would not have done
    assert again.after < for_you.target + 0.02


def steep(limit: float) -> FloorPrice:
    """Places whose worth halves from one to the next: to move a track costs much."""
    return FloorPrice({Shelf.FOR_YOU: 0.5 ** np.arange(100)}, limit)


def test_a_floor_that_would_cost_too_much_takes_the_largest_lift_that_does_not(lopsided):
    floor, (free, _) = set_up(lopsided, price=steep(1.0))
    assert free.reached
    assert free.expected_price > 0.02
    held, (dear, discover) = set_up(lopsided, price=steep(0.02))
    assert dear.before < dear.after < dear.target
    assert not dear.reached
    assert 0.01 < dear.expected_price <= 0.02
    assert 0 < held.lifts[Shelf.FOR_YOU] < floor.lifts[Shelf.FOR_YOU]
    # nothing is known of what `discover` costs: it has its whole target
    assert discover.reached
    assert discover.expected_price is None


def test_a_floor_that_may_cost_nothing_leaves_the_lists_nearly_as_they_are(lopsided):
    _, (for_you, _) = set_up(lopsided, price=steep(0.0))
    assert for_you.expected_price == approx(0.0, abs=1e-9)
    assert for_you.after == approx(for_you.before, abs=0.01)


def test_a_limit_that_is_not_met_changes_nothing(lopsided):
    free, _ = set_up(lopsided)
    floor, (for_you, _) = set_up(lopsided, price=steep(0.9))
    assert floor.lifts == free.lifts
    assert for_you.reached


def test_no_lift_where_nothing_is_asked_for(lopsided):
    floor, reports = set_up(lopsided, share=0.0)
    assert floor.lifts == {}
    assert all(report.lift == 0 and report.before == report.after for report in reports)
    found = TopN(np.array([[3, 1]], np.int32), np.array([[2.0, 1.0]], np.float32))
    one = lopsided[0].rows(slice(0, 1))
    assert floor.lift(Shelf.FOR_YOU, found, one, first=2) is found


def test_places_do_not_depend_on_how_many_artists_are_asked_about_together(lopsided, monkeypatch):
    few = {"n_candidates": 12, "min_listeners": 14}  # so that candidates do not do
    monkeypatch.setattr(floor_setting, "_ARTISTS", 3)
    found = []
    for n_artists in (0, 4, 1000):  # whose nearness is kept
        monkeypatch.setattr(nearness, "IN_MEMORY", 300 * n_artists)
        floor, (_, report) = set_up(lopsided, **few)
        found.append(floor.reserved[Shelf.DISCOVER])
    assert report.reserved > 20
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])


def test_a_floor_out_of_reach_is_said_to_be_so(lopsided):
    _, (for_you, _) = set_up(lopsided, share=9.0)
    assert not for_you.reached
    assert for_you.after < for_you.target


def test_the_shelves_of_ones_own_doing_have_no_floor(lopsided):
    floor, reports = set_up(lopsided)
    assert [report.shelf for report in reports] == ["for_you", "discover"]
    assert Shelf.AGAIN not in floor.lifts


def test_the_same_data_give_the_same_floor(lopsided):
    first, second = set_up(lopsided), set_up(lopsided)
    assert first[1] == second[1]
    assert np.array_equal(first[0].reserved[Shelf.DISCOVER], second[0].reserved[Shelf.DISCOVER])


def test_the_lift_of_a_batch_is_that_of_its_listeners_alone(lopsided):
    histories, _, model = lopsided
    floor, _ = set_up(lopsided)
    whole = floor.lift(Shelf.FOR_YOU, model.top_n(histories, 100, Eligible()), histories, first=100)
    for user in (0, 17, 299):
        one = histories.rows(slice(user, user + 1))
        alone = floor.lift(Shelf.FOR_YOU, model.top_n(one, 100, Eligible()), one, first=100)
        assert np.array_equal(alone.items[0], whole.items[user])


# --- reserved places ------------------------------------------------------------------------


def test_artists_shown_to_too_few_get_the_nearest_listeners():
    catalogue = catalogue_of([0, 0, 1, 2])
    candidates = np.array([[0, 1, 2], [0, 2, 1], [0, 1, 3], [1, 0, 2]], np.int32)
    lists = candidates[:, :1].copy()
    wanted = np.array([True, True, True])
    kept, unseen = reserve(candidates, lists, catalogue, wanted, min_listeners=2)
    # artist 1 (track 2) is nearest to listener 1, then to listener 0; artist 2 only to listener 2
    assert kept.tolist() == [2, 2, 3, -1]
    # afterwards artist 0 stands in one list, artist 1 in two, artist 2 in one
    assert unseen.tolist() == [True, False, True]


def test_an_artist_nobody_wants_to_see_gets_no_place():
    candidates = np.array([[0, 2]], np.int32)
    kept, unseen = reserve(
        candidates, candidates[:, :1], catalogue_of([0, 0, 1]), np.array([True, False]), 1
    )
    assert (kept.tolist(), unseen.tolist()) == ([-1], [False, False])


def test_artists_among_nobodys_candidates_take_turns_for_the_nearest_free_lists():
    catalogue = catalogue_of([0, 1, 2])
    lists = np.array([[0], [0], [0], [0]], np.int32)
    near = np.array([[-1, -2], [-3, -1], [-5, -9], [-np.inf, -np.inf]], np.float32)
    found = reserve_nearest(
        np.full(4, -1, np.int32),
        lists,
        near,
        np.array([1, 2], np.int32),
        catalogue=catalogue,
        min_listeners=2,
    )
    # first turn: list 0 to artist 1, list 1 to artist 2; second: list 2 to artist 1, none is left
    assert found.tolist() == [1, 2, 1, -1]
    taken = np.array([2, -1, -1, -1], np.int32)
    found = reserve_nearest(
        taken, lists, near, np.array([1, 2], np.int32), catalogue=catalogue, min_listeners=1
    )
    # artist 2 stands in a list already; list 0 is taken, so artist 1 gets list 1
    assert found.tolist() == [2, 1, -1, -1]


def test_only_the_lists_that_are_asked_give_places():
    catalogue = catalogue_of([0, 1, 2])
    lists = np.array([[0], [0], [2], [0], [0]], np.int32)
    near = np.array([[-5, -1], [-3, -2], [-4, -9]], np.float32)  # of lists 4, 1 and 2
    found = reserve_nearest(
        np.full(5, -1, np.int32),
        lists,
        near,
        np.array([1, 2], np.int32),
        catalogue=catalogue,
        min_listeners=2,
        rows=np.array([4, 1, 2]),
    )
    # list 1 to artist 1, list 4 to artist 2, who stands in list 2 as well: enough; then list 2 to artist 1
    assert found.tolist() == [-1, 1, 1, -1, 2]


def test_where_not_all_can_be_kept_in_mind_some_free_lists_are_asked(lopsided, monkeypatch):
    monkeypatch.setattr(floor_setting, "_ARTISTS", 3)
    monkeypatch.setattr(nearness, "IN_MEMORY", 0)
    monkeypatch.setattr(floor_setting, "_MIN_SAMPLE", 45)
    asked = []
    choose = floor_setting._asked

    def noted(kept, n):
        rows = choose(kept, n)
        asked.append((n, rows, (kept[rows] < 0).all()))
        return rows

    monkeypatch.setattr(floor_setting, "_asked", noted)
    _, (_, report) = set_up(lopsided, n_candidates=12, min_listeners=5)
    assert report.reserved > 20
    assert report.unseen == 0
    assert all(len(rows) <= max(n, 45) and free for n, rows, free in asked)
    assert any(len(rows) in {n, 45} for n, rows, _ in asked)  # fewer than are free


def test_a_reserved_track_takes_the_last_place_or_the_first_empty_one():
    lists = np.array([[0, 1], [0, -1], [0, 2], [0, 1]], np.int32)
    reserved = np.array([2, 2, 2, -1], np.int32)
    catalogue = catalogue_of([0, 0, 1])
    assert with_reserved(lists, reserved, catalogue).tolist() == [[0, 2], [0, 2], [0, 2], [0, 1]]
    assert lists.tolist()[0] == [0, 1]  # what was given is not changed


def test_no_place_is_taken_for_a_version_of_a_song_in_the_list():
    catalogue = catalogue_of([0, 0, 1], song_of=np.array([0, 1, 0], np.int32))
    lists = np.array([[0, 1]], np.int32)
    assert with_reserved(lists, np.array([2], np.int32), catalogue).tolist() == [[0, 1]]


def test_artists_to_show_have_listeners_and_something_to_show():
    histories = Histories.from_cells([0, 0, 1, 1, 2], [0, 1, 0, 2, 3], n_users=3, n_items=5)
    catalogue = catalogue_of([0, 0, 1, 1, 2], listed=np.array([True, True, False, False, True]))
    # artist 0: two listeners; artist 1: two, but nothing may be shown; artist 2: none
    assert artists_to_show(histories, catalogue, 2).tolist() == [True, False, False]


def test_every_artist_with_listeners_is_seen_where_candidates_allow(lopsided):
    _, (_, discover) = set_up(lopsided)
    assert discover.reserved > 0
    assert discover.unseen == 0


# --- in the lists ---------------------------------------------------------------------------


def maker_of(lopsided, **changed):
    histories, catalogue, model = lopsided
    users = IdMap.of([f"u{number:04d}" for number in range(len(histories))])
    asked = {
        "fallback": PopularFake(np.linspace(2.0, 1.0, 180).astype(np.float32)),
        "shelves": {Shelf.FOR_YOU: 20, Shelf.DISCOVER: 10},
        "max_per_artist": 3,
        "min_support": 5,
        "n_candidates": 100,
        "as_of_day": 100,
        "emerging_share": 1.0,
        "artist_listeners": 10,
    }
    interactions = Interactions(users, catalogue.items, histories)
    return ListMaker(model, interactions, catalogue, **(asked | changed))


def rows_of(maker):
    table = pa.Table.from_batches(list(maker.batches()), LIST_SCHEMA).unify_dictionaries()
    return table.filter(pc.is_valid(table["user_id"])).to_pylist()


def emerging_share_of(rows, catalogue, histories, shelf):
    tracks = Emerging.of(histories, catalogue).tracks
    names = np.array(catalogue.items.ids.to_pylist())[tracks]
    seen = [
        (1 / np.log2(1 + row["rank"]), row["track_id"] in set(names))
        for row in rows
        if row["shelf"] == shelf and row["rank"] <= 10
    ]
    return sum(worth for worth, marked in seen if marked) / sum(worth for worth, _ in seen)


def test_the_lists_give_emerging_artists_their_share(lopsided):
    histories, catalogue, _ = lopsided
    plain = rows_of(maker_of(lopsided, emerging_share=0.0, artist_listeners=0))
    lifted_rows = rows_of(maker_of(lopsided))
    due = Emerging.of(histories, catalogue).share_of_plays
    before, after = (
        emerging_share_of(rows, catalogue, histories, "for_you") for rows in (plain, lifted_rows)
    )
    assert before < due - 0.02
    assert after == approx(due, abs=0.01)


def test_lists_with_a_floor_are_the_same_whatever_the_batches_and_threads(lopsided):
    whole = rows_of(maker_of(lopsided))
    assert rows_of(maker_of(lopsided, batch_size=7, threads=2)) == whole


def test_every_lifted_or_reserved_track_has_a_score_and_a_reason(lopsided):
    for row in rows_of(maker_of(lopsided)):
        assert np.isfinite(row["score"])
        assert row["reason_en"]
        assert row["reason_pt"]


def test_reserved_artists_stand_in_the_discover_lists(lopsided):
    maker = maker_of(lopsided)
    shown = {}
    for row in rows_of(maker):
        if row["shelf"] == "discover":
            shown.setdefault(row["user_id"], []).append(row["track_id"])
    reserved = maker.floor[0].reserved[Shelf.DISCOVER]
    assert (reserved >= 0).sum() > 0
    for user in np.flatnonzero(reserved >= 0):
        assert shown[f"u{user:04d}"][-1] == f"t{reserved[user]:04d}"

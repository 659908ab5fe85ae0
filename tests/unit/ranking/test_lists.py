"""From histories to published rows, on worlds small enough to work out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import ItemSets
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.recommendations import LIST_SCHEMA, Shelf
from rekomenda.ranking.lists import ListMaker, make_lists
from support.fitted_fakes import LinearFake, PopularFake

TODAY = 20_000
TRACKS = ["0a", "0b", "m1", "m2", "m2-live", "q", "x"]
#  item      0    1     2     3        4       5    6
ARTISTS = IdMap(pa.array(["Ana", "Bia", "Caju"]))
WEIGHTS = np.array(  # row: played item; column: item that it speaks for
    [
        [0, 9, 2, 3, 1, 4, 5],
        [1, 0, 1, 6, 7, 2, 8],
        [0, 0, 0, 0, 0, 0, 0],
        [5, 1, 2, 0, 9, 3, 1],
        [0, 0, 0, 0, 0, 0, 0],
        [1, 2, 3, 4, 5, 0, 6],
        [-1, -2, -3, -4, -5, -6, 0],
    ],
    np.float32,
)
SHELVES = {Shelf.FOR_YOU: 3, Shelf.AGAIN: 2, Shelf.DISCOVER: 2}


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue.bare(
        IdMap(pa.array(TRACKS)),
        artists=ARTISTS,
        artist_names=ARTISTS.ids,
        artist_of=np.array([0, 0, 1, 1, 1, 2, -1], np.int32),
        song_of=np.array([0, 1, 2, 3, 3, 5, 6], np.int32),
        titles=pa.array([f"Canção {track}" for track in TRACKS]),
        regions=IdMap(pa.array(["BA", "CE", "PE"])),
    )


@pytest.fixture
def interactions(catalogue: Catalogue) -> Interactions:
    """Ana-fan b07, a listener of two things, one without history, one who knows it all but q."""
    cells = [
        # user, item, plays, first, last (days ago)
        (0, 0, 3, 40, 30),
        (1, 3, 5, 90, 20),
        (1, 0, 1, 2, 2),
        (3, 0, 9, 9, 9),
        (3, 1, 8, 9, 9),
        (3, 2, 7, 9, 9),
        (3, 3, 6, 9, 9),
        (3, 6, 1, 9, 9),
    ]
    users, items, plays, first, last = map(np.array, zip(*cells, strict=True))
    histories = Histories.from_cells(
        users,
        items,
        n_users=4,
        n_items=7,
        plays=plays,
        first_day=TODAY - first,
        last_day=TODAY - last,
        region=np.array([1, 1, 1, 2]),
    )
    return Interactions(IdMap(pa.array(["Zé", "b07", "novo", "tudo"])), catalogue.items, histories)


@pytest.fixture
def fallback() -> PopularFake:
    """Everywhere m1, q, 0a, m2-live, ...; in CE x, m2, q, m2-live, 0b, 0a, m1; no other region."""
    regional = np.full((3, 7), np.nan, np.float32)
    regional[1] = [1, 2, 0, 6, 3, 5, 7]
    return PopularFake(np.array([5, 1, 7, 2, 3, 6, 0], np.float32), regional)


def run(interactions, catalogue, fallback, **changes) -> pa.Table:
    return make_lists(
        LinearFake(WEIGHTS),
        interactions,
        catalogue,
        **{
            "fallback": fallback,
            "shelves": SHELVES,
            "max_per_artist": 2,
            "min_support": 1,
            "n_candidates": 5,
            "as_of_day": TODAY,
            **changes,
        },
    ).table


def lists_of(table: pa.Table) -> dict[tuple[str | None, str], list[str]]:
    lists: dict[tuple[str | None, str], list[str]] = {}
    for row in table.to_pylist():
        lists.setdefault((row["user_id"], row["shelf"]), []).append(row["track_id"])
        assert row["user_id"] is None or row["rank"] == len(lists[row["user_id"], row["shelf"]])
    return lists


def test_everybody_gets_the_lists_worked_out_by_hand(interactions, catalogue, fallback):
    assert lists_of(run(interactions, catalogue, fallback)) == {
        # Zé played 0a: 0b 9, x 5, q 4, m2 3, ...
        ("Zé", "again"): ["0a"],
        ("Zé", "discover"): ["q", "m2"],
        ("Zé", "for_you"): ["0b", "x", "q"],
        # b07 played m2 five times (m2-live is out) and 0a once: 5 · row m2 + row 0a
        # 0a once, two days ago: 3^-.5 = .58; m2 five times, 20 days ago and before: .51
        ("b07", "again"): ["0a", "m2"],
        ("b07", "discover"): ["q"],
        ("b07", "for_you"): ["q", "0b", "m1"],
        ("novo", "for_you"): ["m2", "0a", "m1"],  # no history: what CE plays, then everybody
        ("tudo", "again"): ["0a", "0b"],
        ("tudo", "discover"): ["q"],
        ("tudo", "for_you"): ["q"],  # nothing else remains
        (None, "for_you"): ["m1", "q", "0a", "m2", "0a"],  # everywhere, then CE
    }


def test_the_table_keeps_its_schema_and_its_order(interactions, catalogue, fallback):
    table = run(interactions, catalogue, fallback, batch_size=1)
    assert table.schema.equals(LIST_SCHEMA)
    table.validate(full=True)
    keys = [(r["user_id"], r["shelf"], r["rank"]) for r in table.to_pylist() if r["user_id"]]
    assert keys == sorted(keys, key=lambda key: (key[0].encode(), *key[1:]))
    assert len(set(keys)) == len(keys)


def test_ids_are_encoded_with_the_id_maps_themselves(interactions, catalogue, fallback):
    table = run(interactions, catalogue, fallback)
    assert table["track_id"].chunk(0).dictionary.equals(catalogue.items.ids)
    assert table["user_id"].chunk(0).dictionary.equals(interactions.users.ids)


def test_a_row_names_the_played_track_that_speaks_most_for_it(interactions, catalogue, fallback):
    rows = run(interactions, catalogue, fallback).to_pylist()
    reasons = {(r["user_id"], r["shelf"], r["track_id"]): r for r in rows}
    # for m1: 5 · 2 from m2 against 1 · 2 from 0a
    m1 = reasons["b07", "for_you", "m1"]
    assert (m1["reason_kind"], m1["reason_id"]) == ("played", "m2")
    assert m1["reason_share"] == pytest.approx(10 / 12)
    assert m1["score"] == pytest.approx(12)
    assert m1["reason_pt"] == "porque você ouviu “Canção m2”, de Bia"
    assert m1["reason_en"] == "because you played “Canção m2” by Bia"
    # for 0b: 9 · 1 from 0a against 1 · 5 from m2, although m2 was played five times
    assert reasons["b07", "for_you", "0b"]["reason_id"] == "0a"


def test_again_gives_the_track_itself_as_its_reason(interactions, catalogue, fallback):
    rows = run(interactions, catalogue, fallback, shelves={Shelf.AGAIN: 5}).to_pylist()
    assert {r["shelf"] for r in rows} == {"again"}
    assert all(r["reason_kind"] == "again" and r["reason_id"] == r["track_id"] for r in rows)
    assert all(r["personalised"] and r["reason_share"] is None for r in rows)
    row = next(r for r in rows if r["user_id"] == "Zé")
    assert row["reason_pt"] == "você ouviu algumas vezes; a última, há um mês ou mais"
    scores = [r["score"] for r in rows if r["user_id"] == "tudo"]
    assert scores == sorted(scores, reverse=True)


def test_lists_of_people_without_history_say_that_they_are_popular_and_not_personal(
    interactions, catalogue, fallback
):
    rows = run(interactions, catalogue, fallback).to_pylist()
    general = [r for r in rows if r["user_id"] in (None, "novo")]
    assert not any(r["personalised"] for r in general)
    assert all("não pessoal" in r["reason_pt"] for r in general)
    assert all("not a personal one" in r["reason_en"] for r in general)
    nobody = [(r["rank"], r["reason_kind"], r["reason_id"]) for r in rows if r["user_id"] is None]
    assert nobody == [
        (1, "popular", None),
        (2, "popular", None),
        (3, "popular", None),
        (1, "popular_in_region", "CE"),
        (2, "popular_in_region", "CE"),
    ]
    assert all(r["personalised"] for r in rows if r["user_id"] not in (None, "novo"))


def test_where_the_model_has_no_evidence_the_row_does_not_claim_any(
    interactions, catalogue, fallback
):
    dull = replace(LinearFake(WEIGHTS), weights=np.zeros((7, 7), np.float32))
    table = make_lists(
        dull,
        interactions,
        catalogue,
        fallback=fallback,
        shelves={Shelf.FOR_YOU: 1},
        max_per_artist=1,
        min_support=1,
        n_candidates=1,
        as_of_day=TODAY,
    ).table
    row = table.to_pylist()[0]
    assert (row["user_id"], row["track_id"], row["reason_kind"]) == ("Zé", "0b", "popular")
    assert not row["personalised"]
    assert row["reason_pt"] == "popular entre todos os ouvintes"


def test_hidden_tracks_are_nowhere_but_still_speak_for_others(interactions, catalogue, fallback):
    blocked = np.zeros(7, bool)
    blocked[[0, 5]] = True
    table = run(interactions, replace(catalogue, blocked=blocked), fallback)
    assert not {"0a", "q"} & set(table["track_id"].to_pylist())
    # Zé played nothing but 0a, whose weights still rank: 0b, x, m2.
    assert lists_of(table)["Zé", "for_you"] == ["0b", "x", "m2"]
    assert not {"0a", "q"} & set(table["reason_id"].to_pylist())


def test_few_candidates_do_not_make_a_list_shorter(interactions, catalogue, fallback):
    changes = {"shelves": {Shelf.FOR_YOU: 4, Shelf.AGAIN: 4}, "max_per_artist": 1}
    few = run(interactions, catalogue, fallback, n_candidates=1, **changes)
    assert few.equals(run(interactions, catalogue, fallback, n_candidates=7, **changes))
    # 0b is Ana's, of m1, m2 and m2-live Bia may have one, and x has no known artist
    assert lists_of(few)["Zé", "for_you"] == ["0b", "x", "q", "m2"]
    assert lists_of(few)["tudo", "again"] == ["0a", "m1", "x"]


@pytest.mark.parametrize("changes", [{"batch_size": 1}, {"batch_size": 3, "threads": 2}])
def test_batches_and_threads_do_not_change_a_row(interactions, catalogue, fallback, changes):
    assert run(interactions, catalogue, fallback, **changes).equals(
        run(interactions, catalogue, fallback)
    )


def test_batches_can_be_written_one_by_one(interactions, catalogue, fallback):
    maker = ListMaker(
        LinearFake(WEIGHTS),
        interactions,
        catalogue,
        fallback,
        SHELVES,
        max_per_artist=2,
        min_support=1,
        n_candidates=5,
        as_of_day=TODAY,
        batch_size=3,
    )
    batches = list(maker.batches())
    assert [batch.num_rows for batch in batches] == [15, 4, 5]
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert rows == run(interactions, catalogue, fallback).to_pylist()


def test_without_listeners_there_are_still_popular_lists(catalogue, fallback):
    nobody = Histories.from_cells([], [], n_users=0, n_items=7)
    table = run(Interactions(IdMap.of([]), catalogue.items, nobody), catalogue, fallback)
    assert lists_of(table) == {(None, "for_you"): ["m1", "q", "0a"]}


def test_listeners_without_any_history_at_all_get_only_for_you(catalogue, fallback):
    quiet = Histories.from_cells([], [], n_users=2, n_items=7, region=np.array([-1, 0]))
    users = IdMap(pa.array(["a", "b"]))
    lists = lists_of(run(Interactions(users, catalogue.items, quiet), catalogue, fallback))
    assert {key: tracks for key, tracks in lists.items() if key[0]} == {
        ("a", "for_you"): ["m1", "q", "0a"],
        ("b", "for_you"): ["m1", "q", "0a"],  # BA has no list of its own
    }


def test_a_region_lists_only_what_enough_of_its_listeners_play(interactions, catalogue, fallback):
    # In CE two people play 0a and one plays m2: the list must not tell what that one plays.
    rows = run(interactions, catalogue, fallback, min_support=2).to_pylist()
    local = [r["track_id"] for r in rows if r["reason_kind"] == "popular_in_region"]
    assert local == ["0a", "0a"]  # novo's list, and that of CE
    assert [r["track_id"] for r in rows if r["user_id"] == "novo"] == ["0a", "m1", "q"]


def test_a_regions_list_keeps_its_order_where_it_agrees_with_everybody(
    interactions, catalogue, fallback
):
    class OnlySpecialities(PopularFake):
        """Says "region" only of what the region plays more than everybody does."""

        def explain(self, histories, items):
            evidence = super().explain(histories, items)
            return replace(evidence, kind=np.where(items == 0, evidence.kind, 2).astype(np.uint8))

    speciality = OnlySpecialities(fallback.scores, fallback.regional)
    rows = run(interactions, catalogue, speciality).to_pylist()
    ce = [(r["track_id"], r["reason_id"]) for r in rows if r["user_id"] is None][3:]
    assert ce == [("m2", "CE"), ("0a", "CE")]


def test_a_list_the_model_cannot_fill_goes_on_with_what_is_popular(
    interactions, catalogue, fallback
):
    class Shy(LinearFake):
        def score(self, histories, candidates=None):
            scores = super().score(histories)
            return np.where(scores >= 15, scores, -np.inf).astype(np.float32)

    table = make_lists(
        Shy(WEIGHTS),
        interactions,
        catalogue,
        fallback=replace(fallback, scores=100 * fallback.scores),
        shelves={Shelf.FOR_YOU: 4},
        max_per_artist=2,
        min_support=1,
        n_candidates=1,
        as_of_day=TODAY,
    ).table
    lists = lists_of(table)
    assert lists["Zé", "for_you"] == ["0b", "x", "m1", "q"]  # 27 and 15; q has but 12
    assert lists["b07", "for_you"] == ["q", "m1", "0b", "x"]  # 19; 0b has but 14
    rows = [row for row in table.to_pylist() if row["user_id"] == "b07"]
    assert [row["reason_kind"] for row in rows] == ["played", "popular", "popular", "popular"]
    assert [row["personalised"] for row in rows] == [True, False, False, False]
    assert rows[1]["reason_pt"] == "popular entre todos os ouvintes"
    scores = [row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)


def test_the_control_model_says_that_its_order_means_nothing(interactions, catalogue, fallback):
    class Dice(PopularFake):
        algorithm = "random"

        def explain(self, histories, items):
            evidence = super().explain(histories, items)
            return replace(evidence, kind=np.zeros(items.shape, np.uint8))

    table = make_lists(
        Dice(np.arange(7.0)),
        interactions,
        catalogue,
        fallback=fallback,
        shelves={Shelf.DISCOVER: 1},
        max_per_artist=1,
        min_support=1,
        n_candidates=9,
        as_of_day=TODAY,
    ).table
    assert set(table["reason_pt"].to_pylist()) == {"modelo de controle: ordem ao acaso"}
    assert set(table["reason_kind"].to_pylist()) == {"none"}


@pytest.fixture
def varied() -> tuple[Interactions, Catalogue]:
    """Forty tracks by ten artists of five genres, half of them new; twelve listeners."""
    rng = np.random.default_rng(7)
    names = IdMap.of([f"a{a}" for a in range(10)])
    genres = IdMap.of([f"g{g}" for g in range(5)])
    artist_of = rng.integers(0, 10, 40).astype(np.int32)
    catalogue = Catalogue.bare(
        IdMap.of([f"t{i:02}" for i in range(40)]),
        artists=names,
        artist_names=names.ids,
        artist_of=artist_of,
        genres=genres,
        genre_names=genres.ids,
        genre_of=(artist_of // 2).astype(np.int32),
        released_day=np.where(np.arange(40) % 2, TODAY - 3, TODAY - 300).astype(np.int32),
    )
    users, items = np.nonzero(rng.random((12, 40)) < 0.15)
    histories = Histories.from_cells(
        users, items, n_users=12, n_items=40, plays=rng.integers(1, 9, len(users))
    )
    users = IdMap.of([f"u{u:02}" for u in range(12)])
    return Interactions(users, catalogue.items, histories), catalogue


def varied_lists(varied, **changes) -> dict[tuple[str | None, str], list[str]]:
    interactions, catalogue = varied
    weights = np.random.default_rng(8).random((40, 40)).astype(np.float32)
    table = make_lists(
        LinearFake(weights),
        interactions,
        catalogue,
        **{
            "fallback": PopularFake(np.arange(40, dtype=np.float32)),
            "shelves": dict.fromkeys(Shelf, 4),
            "max_per_artist": 2,
            "min_support": 1,
            "n_candidates": 5,
            "as_of_day": TODAY,
            **changes,
        },
    ).table
    return lists_of(table)


DISCOVERY = (Shelf.FRESH, Shelf.EXPLORE, Shelf.DISCOVER)


def test_a_track_stands_on_one_shelf_of_discovery_at_most(varied):
    lists = varied_lists(varied)
    for user in varied[0].users.ids.to_pylist():
        shown = [track for shelf in DISCOVERY for track in lists.get((user, shelf), [])]
        assert len(shown) == len(set(shown)), user
        assert all(len(lists[user, shelf]) == 4 for shelf in DISCOVERY), user


def test_for_you_is_the_same_whatever_stands_beside_it(varied):
    together, alone = varied_lists(varied), varied_lists(varied, shelves={Shelf.FOR_YOU: 4})
    assert {key: row for key, row in together.items() if key[1] == "for_you"} == alone


def test_where_too_little_is_left_shelves_share_a_track_rather_than_fall_short(varied):
    alone = {
        (user, shelf): len(tracks)
        for one in DISCOVERY
        for (user, shelf), tracks in varied_lists(
            varied, shelves={Shelf.FOR_YOU: 1, one: 30}
        ).items()
        if user is not None
    }
    together = varied_lists(varied, shelves={Shelf.FOR_YOU: 1} | dict.fromkeys(DISCOVERY, 30))
    for key, length in alone.items():
        assert len(together[key]) == length, key


@st.composite
def worlds(draw):
    n_items = draw(st.integers(1, 9))
    n_users = draw(st.integers(1, 4))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    heard = rng.random((n_users, n_items)) < draw(st.floats(0, 1))
    users, items = np.nonzero(heard)
    n_artists = draw(st.integers(1, 3))
    names = pa.array([f"a{a}" for a in range(n_artists)])
    catalogue = Catalogue.bare(
        IdMap(pa.array([f"t{i}" for i in range(n_items)])),
        artists=IdMap(names),
        artist_names=names,
        artist_of=rng.integers(-1, n_artists, n_items).astype(np.int32),
        song_of=np.minimum(np.arange(n_items), rng.integers(0, 9, n_items)).astype(np.int32),
        blocked=rng.random(n_items) < 0.2,
        listed=rng.random(n_items) < 0.8,
    )
    histories = Histories.from_cells(
        users,
        items,
        n_users=n_users,
        n_items=n_items,
        plays=rng.integers(0, 9, len(users)),
        first_day=np.full(len(users), TODAY - 50),
        last_day=rng.integers(TODAY - 50, TODAY, len(users)),
    )
    ids = IdMap(pa.array([f"u{u}" for u in range(n_users)]))
    weights = rng.integers(0, 4, (n_items, n_items)).astype(np.float32)
    return Interactions(ids, catalogue.items, histories), catalogue, weights


def slow_model_list(shelf, user, world, n, cap):
    """One list of one listener by the rules' own words."""
    interactions, catalogue, weights = world
    history = interactions.histories.rows(slice(user, user + 1))
    played = history.items.tolist()
    if not played:
        return []
    songs, artists = catalogue.song_of, catalogue.artist_of
    heard_songs, heard_artists = {songs[i] for i in played}, {artists[i] for i in played}
    scores = history.weights @ weights[played]
    kept: list[int] = []
    for item in sorted(range(len(catalogue)), key=lambda i: (-scores[i], i)):
        if catalogue.hidden[item] or songs[item] in heard_songs | {songs[k] for k in kept}:
            continue
        if shelf is Shelf.DISCOVER and (artists[item] < 0 or artists[item] in heard_artists):
            continue
        if sum(artists[k] == artists[item] >= 0 for k in kept) < cap and len(kept) < n:
            kept.append(item)
    return [f"t{i}" for i in kept]


@settings(deadline=None, max_examples=150)
@given(worlds(), st.integers(1, 5), st.integers(1, 2), st.integers(1, 9))
def test_lists_are_those_of_a_slow_reference(world, n, cap, n_candidates):
    interactions, catalogue, weights = world
    table = make_lists(
        LinearFake(weights),
        interactions,
        catalogue,
        fallback=PopularFake(np.arange(len(catalogue), dtype=np.float32)),
        shelves=dict.fromkeys(Shelf, n),
        max_per_artist=cap,
        min_support=1,
        n_candidates=n_candidates,
        as_of_day=TODAY,
    ).table
    lists = lists_of(table)
    for user, user_id in enumerate(interactions.users.ids.to_pylist()):
        if len(interactions.histories.rows(slice(user, user + 1)).items) == 0:
            continue
        for shelf in (Shelf.FOR_YOU, Shelf.DISCOVER):
            expected = slow_model_list(shelf, user, world, n, cap)
            assert lists.get((user_id, shelf.value), []) == expected
    hidden = catalogue.items.ids.filter(pa.array(catalogue.hidden))
    assert not pc.any(pc.is_in(table["track_id"].cast(pa.string()), hidden)).as_py()


@pytest.mark.parametrize("batch_size", [None, 7])
def test_each_listener_has_the_list_of_their_own_dial_and_nobody_else_s_changes(varied, batch_size):
    interactions, _ = varied
    n_users = len(interactions.users)
    dials = np.array([0.5, 0.0, 1.0, 0.25])[np.arange(n_users) % 4]
    of_each = dialled_lists(varied, dials, batch_size)
    of_all = {dial: dialled_lists(varied, dial) for dial in (0.5, 0.0, 1.0, 0.25)}
    for user, dial in zip(interactions.users.ids.to_pylist(), dials.tolist(), strict=True):
        for shelf in Shelf:
            assert of_each.get((user, shelf)) == of_all[dial].get((user, shelf)), (user, shelf)
    everybodys = {key for key in of_each if key[0] is None}
    assert {key: of_each[key] for key in everybodys} == {
        key: of_all[0.5][key] for key in everybodys
    }
    first = interactions.users.ids[0].as_py()
    assert len({tuple(found[first, Shelf.FOR_YOU]) for found in of_all.values()}) > 2


def dialled_lists(varied, dial, batch_size=None) -> dict:
    interactions, catalogue = varied
    maker = ListMaker(
        model=LinearFake(np.random.default_rng(8).random((40, 40)).astype(np.float32)),
        interactions=interactions,
        catalogue=catalogue,
        fallback=PopularFake(np.arange(40, dtype=np.float32)),
        shelves=dict.fromkeys(Shelf, 4),
        max_per_artist=2,
        min_support=1,
        n_candidates=5,
        as_of_day=TODAY,
        dial=dial,
        batch_size=batch_size,
    )
    return lists_of(pa.Table.from_batches(maker.batches()).unify_dictionaries())


def test_what_rests_gives_way_to_the_next_best_and_comes_last_where_nothing_else_is_left(varied):
    interactions, _ = varied
    before = varied_lists(varied)
    shown = {key: row for key, row in before.items() if key[0] is not None}
    sets = {}
    for shelf in Shelf:
        rows = [shown.get((user, shelf), [])[:2] for user in interactions.users.ids.to_pylist()]
        indptr = np.cumsum([0, *map(len, rows)])
        items = interactions.items.index_of([track for row in rows for track in row])
        sets[shelf] = ItemSets(indptr, items)
    interactions, catalogue = varied
    maker = ListMaker(
        model=LinearFake(np.random.default_rng(8).random((40, 40)).astype(np.float32)),
        interactions=interactions,
        catalogue=catalogue,
        fallback=PopularFake(np.arange(40, dtype=np.float32)),
        shelves=dict.fromkeys(Shelf, 4),
        max_per_artist=2,
        min_support=1,
        n_candidates=5,
        as_of_day=TODAY,
        resting=sets,
    )
    after = lists_of(pa.Table.from_batches(maker.batches()).unify_dictionaries())
    gave_way = 0
    for key, tracks in shown.items():
        assert len(after[key]) == len(tracks), key
        rested = [place for place, track in enumerate(after[key]) if track in tracks[:2]]
        # Behind everything that does not rest: at the end, if at all.
        assert rested == list(range(len(tracks) - len(rested), len(tracks))), key
        gave_way += not rested
    assert gave_way > len(shown) / 2
    assert {row for row in after if row[0] is None} == {row for row in before if row[0] is None}

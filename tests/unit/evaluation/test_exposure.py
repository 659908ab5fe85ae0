"""Three listeners, four tracks, three artists, two genres and two regions: every number by hand."""

import numpy as np
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.evaluation import segments
from rekomenda.evaluation.artist_exposure import exposure_ratio, of_artists
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.exam import Exam, Relevant
from rekomenda.evaluation.exposure import hits_by_band, measures, of_listeners, opportunity_gap
from rekomenda.evaluation.exposure_words import EXPOSURE_DEFINITIONS
from rekomenda.evaluation.ground import Ground
from rekomenda.evaluation.tasks import Task

approx = pytest.approx
W2 = 1 / np.log2(3)  # what the second place is worth: 0.6309


def small_ground(**more) -> Ground:
    """Plays by track: 8, 4, 2, 0. Track 2 is by the artist of region 1, track 3 by nobody known."""
    items = IdMap.of(["t0", "t1", "t2", "t3"])
    catalogue = Catalogue.bare(
        items,
        artists=IdMap.of(["a", "b", "c"]),
        genres=IdMap.of(["forró", "samba"]),
        regions=IdMap.of(["CE", "PA"]),
        artist_of=np.array([0, 1, 2, -1], np.int32),
        genre_of=np.array([0, 0, 1, 1], np.int32),
        region_of_artist=np.array([0, 0, 1], np.int32),
    )
    histories = Histories.from_cells(
        [0, 0, 1, 2, 2],
        [0, 1, 0, 0, 2],
        n_users=3,
        n_items=4,
        plays=[3, 4, 4, 1, 2],
        weights=[3, 1, 4, 2, 2],
        region=[0, 0, 1],
    )
    return Ground(histories, catalogue, histories, **more)


# Nobody is shown what they played: listener 0 two tracks, listener 1 two, listener 2 one.
LISTS = np.array([[2, 3], [2, 1], [1, -1]], np.int32)


def mean(name: str, ground: Ground | None = None) -> float:
    return of_listeners(LISTS, ground or small_ground())[name].value()


def test_coverage_counts_what_may_be_shown_and_is():
    found = {row.measure: (row.value, row.n) for row in of_artists(LISTS, small_ground())}
    assert found["coverage"] == (3 / 4, 4)
    assert found["artist_coverage"] == (approx(2 / 3), 3)
    assert found["genre_coverage"] == (1.0, 2)
    assert found["region_coverage"] == (1.0, 2)
    # no artist has five listeners, so none is one whom a recommender could know
    assert np.isnan(found["known_artist_coverage"][0])


def test_gini_of_artists_has_those_never_shown_in_it():
    # exposures: a 0, b 0.6309 + 1, c 1 + 1; ascending 0, 1.6309, 2 with weights -2, 0, 2
    found = {row.measure: row.value for row in of_artists(LISTS, small_ground())}
    assert found["artist_gini"] == approx((2 * 2.0) / (3 * (1 + W2 + 2)))


def test_one_artist_with_everything_and_all_alike_are_the_ends_of_gini():
    ground = small_ground()
    alone = np.array([[0, -1], [0, -1], [0, -1]], np.int32)
    alike = np.array([[0, -1], [1, -1], [2, -1]], np.int32)
    ends = [
        next(row.value for row in of_artists(lists, ground) if row.measure == "artist_gini")
        for lists in (alone, alike)
    ]
    assert ends == approx([1 - 1 / 3, 0.0])


def test_popularity_of_lists_and_the_lift_over_what_people_play():
    # listeners of the tracks: 3, 1, 1, 0
    assert small_ground().listeners.tolist() == [3, 1, 1, 0]
    assert mean("list_popularity") == approx((0.5 + 1 + 1) / 3)
    # their histories: (3 + 1) / 2, 3, (3 + 1) / 2
    assert mean("popularity_lift") == approx((0.5 + 1 + 1) / (2 + 3 + 2) - 1)


def test_the_long_tail_is_outside_four_fifths_of_the_plays():
    # 8 and 4 of 14 plays are ahead of track 2: 12 / 14 >= 0.8, so it and track 3 are tail
    assert small_ground().bands.tolist() == [0, 1, 2, 2]
    assert mean("tail_share") == approx((2 / 2 + 1 / 2 + 0 / 1) / 3)


def test_novelty_is_in_bits_and_what_nobody_played_counts_as_played_by_one():
    assert mean("novelty") == approx(np.log2(3))


def test_discovery_is_by_artists_not_played_and_an_unknown_artist_is_none():
    # listener 0: track 2 of [2, 3]; listener 1: both; listener 2: track 1
    assert mean("discovery") == approx((1 / 2 + 1 + 1) / 3)


def held_back(cells: list[tuple[int, int]]) -> Relevant:
    keys = np.sort([user * 4 + item for user, item in cells])
    counts = np.bincount([user for user, _ in cells], minlength=3)
    return Relevant(keys, counts)


def test_useful_discovery_and_serendipity_ask_what_was_played_afterwards():
    ground = small_ground(relevant=held_back([(0, 2), (0, 3), (1, 3)]))
    # listener 0: track 2 is new and played, 3 by nobody known; listener 1: no hit; 2: not asked
    assert mean("useful_discovery", ground) == approx((1 / 2 + 0) / 2)
    # popularity ranks 1, 2, 3, 4: track 2 at rank 1 surprises by 1 - 2/4, track 3 at rank 2 by 3/4 - 1/4
    assert mean("serendipity", ground) == approx(((0.5 + 0.5) / 2 + 0) / 2)
    assert "useful_discovery" not in of_listeners(LISTS, small_ground())


def test_chances_of_head_middle_and_tail_and_how_unequal_they_are():
    ground = small_ground(relevant=held_back([(0, 2), (0, 3), (1, 1), (1, 3), (2, 1)]))
    counts = hits_by_band(LISTS, ground).sum(axis=0)
    assert counts.tolist() == [[0, 2, 2], [0, 2, 3]]
    # chances 1 and 2/3 (nothing of the head was asked for): std 1/6 over mean 5/6
    assert opportunity_gap(counts) == approx(1 / 5)
    assert measures(LISTS, ground)["popularity_opportunity"] == approx(1 / 5)


def test_variety_within_lists():
    # genres [1, 1], [1, 0], one alone; artists: one known, two, one
    assert mean("genre_diversity") == approx((0 + 1) / 2)
    assert mean("distinct_artists") == approx((1 + 2 + 1) / 3)


def test_genre_calibration_worked_by_hand():
    # p: listener 0 all genre 0 (weights 3 and 1), 1 all genre 0, 2 half and half
    # q: all genre 1; genre 1 then 0 by what places are worth; all genre 0
    far = np.log(1 / 0.01)
    share = W2 / (1 + W2)
    near = np.log(1 / (0.99 * share + 0.01))
    half = 0.5 * np.log(0.5 / (0.99 + 0.005)) + 0.5 * np.log(0.5 / 0.005)
    assert mean("miscalibration_genre") == approx((far + near + half) / 3)


def test_a_list_in_the_listeners_own_proportions_is_calibrated():
    ground = small_ground()
    same = np.array([[0, 1], [0, 1], [-1, -1]], np.int32)  # all genre 0, as they play
    ratio = of_listeners(same, ground)["miscalibration_genre"]
    assert ratio.value() == approx(0.0, abs=1e-12)
    assert ratio.n_listeners == 2  # no list, no number


def test_local_share_beside_that_of_the_own_history():
    # regions listed: 0: PA and unknown, at home in CE: 0; 1: PA then CE; 2: CE, at home in PA: 0
    assert mean("local_share") == approx((0 + W2 / (1 + W2) + 0) / 3)
    # own histories: all CE; all CE; half PA
    assert mean("local_share_own") == approx((1 + 1 + 0.5) / 3)
    assert mean("local_share_kept") == approx((W2 / (1 + W2)) / 2.5)


def test_first_positions_count_only_lists_that_have_one():
    found = of_listeners(LISTS, small_ground())
    assert found["first_local"].value() == 2  # listener 1 alone
    assert found["first_local"].n_listeners == 1
    # plays of the artists: 8, 4, 2 of 14: only c is emerging
    assert small_ground().emerging.tolist() == [False, False, True]
    assert found["first_emerging"].value() == 1
    assert found["emerging_share"].value() == approx((1 / (1 + W2) * 2 + 0) / 3)


def test_exposure_ratio_compares_shares():
    exposed, merit = np.array([1.0, 3.0, 0.0]), np.array([2.0, 2.0, 4.0])
    members = np.array([True, True, False])
    assert exposure_ratio(exposed, merit, members) == approx(1 / 0.5)
    assert exposure_ratio(exposed, merit, ~members) == 0.0
    assert np.isnan(exposure_ratio(exposed, np.array([1.0, 1.0, 0.0]), ~members))


def wide_ground(n_artists: int = 130, n_users: int = 60) -> Ground:
    """Two tracks an artist, half of the artists of genre 0; artist a has plays like 1 / (a + 1)."""
    rng = np.random.default_rng(5)
    n_items = 2 * n_artists
    chances = 1 / (np.arange(n_items) // 2 + 1.0)
    picked = [
        rng.choice(n_items, 20, replace=False, p=chances / chances.sum()) for _ in range(n_users)
    ]
    histories = Histories.from_cells(
        np.repeat(np.arange(n_users), 20), np.concatenate(picked), n_users=n_users, n_items=n_items
    )
    artist_of = np.repeat(np.arange(n_artists), 2).astype(np.int32)
    catalogue = Catalogue.bare(
        IdMap.of([f"t{number:04d}" for number in range(n_items)]),
        artists=IdMap.of([f"a{number:04d}" for number in range(n_artists)]),
        genres=IdMap.of(["g0", "g1"]),
        artist_of=artist_of,
        genre_of=(artist_of % 2).astype(np.int32),
    )
    return Ground(histories, catalogue, histories)


def test_random_lists_give_every_group_its_share_of_the_catalogue():
    ground = wide_ground()
    lists = np.stack(
        [np.random.default_rng(user).permutation(260)[:20] for user in range(60)]
    ).astype(np.int32)
    found = measures(lists, ground)
    for group in ("emerging", "genre:g0", "genre:g1"):
        assert found[f"exposure_ratio_catalogue:artists:{group}"] == approx(1.0, abs=0.12)
    # and so more than their share of the plays to artists whom few play
    assert found["exposure_ratio_training:artists:emerging"] > 2


def test_popular_lists_give_emerging_artists_next_to_nothing_and_lift_the_least_mainstream_most():
    ground = wide_ground(n_users=180)
    top = np.argsort(-ground.listeners, kind="stable")[:10].astype(np.int32)
    found = measures(np.tile(top, (180, 1)), ground)
    assert found["exposure_ratio_training:artists:emerging"] == 0
    lifts = [found[f"popularity_lift:mainstream:{group}"] for group in ("low", "middle", "high")]
    assert lifts == sorted(lifts, reverse=True)
    assert lifts[2] > 0


def test_no_group_under_fifty_has_a_number():
    ground = wide_ground(n_artists=98)  # 49 artists a genre
    found = measures(np.zeros((60, 1), np.int32), ground)
    assert not [name for name in found if ":genre:" in name]
    assert not [name for name in found if "mainstream" in name]  # 20 listeners in each third
    assert segments.MIN_LISTENERS == 50


def test_intervals_over_artists_hold_the_value():
    ground = wide_ground()
    lists = np.stack(
        [np.random.default_rng(user).permutation(260)[:10] for user in range(60)]
    ).astype(np.int32)
    rows = list(of_artists(lists, ground, Bootstrap(n_resamples=300, seed=4)))
    for row in rows:
        if row.measure not in {"genre_coverage", "region_coverage", "artist_gini"}:
            assert row.low <= row.value <= row.high, row
    (catalogue_ratio,) = (row for row in rows if row.key.endswith("catalogue:artists:emerging"))
    # 130 artists, about nine in ten of them emerging: a wide interval would be a wrong one
    assert 0 < catalogue_ratio.high - catalogue_ratio.low < 0.4


def test_the_numbers_do_not_depend_on_how_many_listeners_are_measured_together(monkeypatch):
    ground = wide_ground()
    lists = np.stack(
        [np.random.default_rng(user).permutation(260)[:10] for user in range(60)]
    ).astype(np.int32)
    whole = measures(lists, ground)
    monkeypatch.setattr("rekomenda.evaluation.exposure._BLOCK", 7)
    blocks = measures(lists, ground)
    assert whole.keys() == blocks.keys()
    assert list(whole.values()) == approx(list(blocks.values()))


def test_an_exam_is_ground_enough():
    ground = wide_ground()
    later = Histories.from_cells([0, 1, 1], [3, 4, 255], n_users=60, n_items=260, plays=[2, 5, 1])
    exam = Exam.of(ground.train, later, ground.catalogue, cutoffs=(10,))
    under = Ground.of_exam(exam, ground.train, Task.UNHEARD)
    assert len(under) == 2
    assert under.plays_after.sum() == 8
    found = measures(np.array([[3, 9], [255, 4]], np.int32), under)
    assert "serendipity" in found


def test_every_measure_has_a_definition():
    ground = wide_ground()
    later = Histories.from_cells([0, 1, 1], [3, 4, 255], n_users=60, n_items=260, plays=[2, 5, 1])
    exam = Exam.of(ground.train, later, ground.catalogue, cutoffs=(10,))
    under = Ground.of_exam(exam, ground.train, Task.UNHEARD)
    found = set(measures(np.array([[3, 9], [255, 4]], np.int32), under)) | set(
        measures(LISTS, small_ground())
    )
    assert {name.split(":")[0] for name in found} <= set(EXPOSURE_DEFINITIONS)
    # and nothing is defined that no list can have
    assert set(EXPOSURE_DEFINITIONS) - {name.split(":")[0] for name in found} <= {
        "known_artist_coverage"
    }

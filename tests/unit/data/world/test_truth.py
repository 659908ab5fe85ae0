"""The truth kept aside is what the plays follow, and survives its file."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.data.world.generate import generate_world
from rekomenda.data.world.spec import WorldSpec
from rekomenda.data.world.truth import Truth
from rekomenda.errors import CorruptError


@pytest.fixture
def by_hand() -> Truth:
    """Two listeners, three tracks by two artists, two groups and the party."""
    return Truth(
        user_ids=np.array(["u9", "u1"]),
        track_ids=np.array(["t3", "t1", "t2"]),
        groups=np.array([[0, 1], [1, 0]], np.int32),
        group_weights=np.array([[0.75, 0.25], [1.0, 0.0]], np.float32),
        favourites=np.array([[1, 1], [0, 1]], np.int32),
        favourite_weights=np.array([[0.5, 0.5], [1.0, 0.0]], np.float32),
        favourite_share=np.array([0.5, 0.0], np.float32),
        festive_share=0.2,
        group_artists=np.array([[1.0, 0.0], [0.4, 0.6], [0.0, 1.0]], np.float32),
        track_artist=np.array([0, 1, 1], np.int32),
        track_share=np.array([1.0, 0.25, 0.75], np.float32),
    )


def test_preference_is_the_chance_of_a_fresh_choice(by_hand):
    # u9: groups give 0.75*(1, 0) + 0.25*(0.4, 0.6) = (0.85, 0.15); half of it and half the favourite
    # artist 1: (0.425, 0.575); 0.8 of that and 0.2 of the party (0, 1): (0.34, 0.66).
    # u1: (0.4, 0.6) -> (0.32, 0.68).
    expected = [[0.34, 0.66 * 0.25, 0.66 * 0.75], [0.32, 0.68 * 0.25, 0.68 * 0.75]]
    np.testing.assert_allclose(by_hand.preference(), expected, rtol=1e-6)
    np.testing.assert_allclose(by_hand.preference(["u1"], ["t2", "t3"]), [[0.51, 0.32]], rtol=1e-6)


def test_best_lists_rank_by_preference_and_leave_out_what_was_heard(by_hand):
    assert by_hand.best_lists(2).tolist() == [["t2", "t3"], ["t2", "t3"]]
    heard = (["u1", "u9", "u1", "nobody"], ["t2", "nothing", "t2", "t3"])
    assert by_hand.best_lists(2, ["u1", "u9"], heard).tolist() == [["t3", "t1"], ["t2", "t3"]]


def test_an_unknown_id_is_an_error(by_hand):
    with pytest.raises(KeyError, match="t7"):
        by_hand.preference(None, ["t1", "t7"])


def test_truth_survives_its_file(by_hand, tmp_path):
    by_hand.save(tmp_path, {"spec": {}})
    np.testing.assert_array_equal(Truth.load(tmp_path).preference(), by_hand.preference())


def test_a_damaged_truth_is_said_to_be_so(by_hand, tmp_path):
    by_hand.save(tmp_path, {})
    (tmp_path / "truth.npz").write_bytes(b"PK no more")
    with pytest.raises(CorruptError):
        Truth.load(tmp_path)


def test_fresh_plays_follow_the_truth():
    """First plays of a track on the last days, against their chance: as often as the truth says."""
    world = generate_world(WorldSpec.of(listeners=2000, tracks=300, artists=40, days=40, seed=3))
    plays = world.tables["plays"].to_pandas().astype({"user_id": str, "id_tracks": str})
    in_day = plays.groupby(["user_id", "id_date"])["plays"].transform("sum")
    plays = plays[(in_day < 500) & plays["id_tracks"].isin(set(world.truth.track_ids))]
    first = plays.drop_duplicates(["user_id", "id_tracks"])
    late = first[first["id_date"] > first["id_date"].max().replace(day=16)]
    preference = world.truth.preference()
    users = {user: row for row, user in enumerate(world.truth.user_ids.tolist())}
    tracks = {track: column for column, track in enumerate(world.truth.track_ids.tolist())}
    rows = late["user_id"].map(users).to_numpy()
    columns = late["id_tracks"].map(tracks).to_numpy()
    chosen = preference[rows, columns]
    someone_elses = preference[np.random.default_rng(0).permutation(rows), columns]
    assert np.log(chosen + 1e-9).mean() > np.log(someone_elses + 1e-9).mean() + 1.0
    assert (chosen > 0).all()

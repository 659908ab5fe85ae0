"""Likes of the lake become part of what the model in service learns from, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.joining.integrate import Integrated, integrate
from rekomenda.settings import IntegrateSettings
from support.lake_parts import day, plays, write_plays, write_table

ROWS = [
    plays(1, "ana", "t1", 3),
    plays(2, "ana", "t2"),
    plays(2, "bia", "t2"),
    plays(3, "bia", "t4"),
    plays(3, "bot", "t1", 99),
]
TRACKS = [
    {"track_id": "t1", "artist_id": "a", "genre_id": "g"},
    {"track_id": "t2", "artist_id": "a", "genre_id": "g"},
    {"track_id": "t3", "artist_id": "b", "genre_id": "g"},
    {"track_id": "t4", "artist_id": "c", "genre_id": "h"},
]
FIRST = [
    {"user_id": "ana", "kind": "artist", "id": "b"},
    {"user_id": "ana", "kind": "track", "id": "t4"},
    {"user_id": "new", "kind": "genre", "id": "h"},
    {"user_id": "new", "kind": "track", "id": "no such track"},
    {"user_id": "bot", "kind": "track", "id": "t4"},
    {"user_id": "lost", "kind": "artist", "id": "nobody"},
    {"user_id": "late", "kind": "track", "id": "t1"},
]
SECOND = [
    {"user_id": "late", "kind": "track", "id": "t1", "until": day(2)},  # taken back
    {"user_id": "ana", "kind": "artist", "id": "b", "until": day(3)},  # until today: still liked
]


def joined(folder: Path, likes: list[list[dict]], weight: float = 4.0) -> Integrated:
    engine = EmbeddedEngine(folder / "temp", memory_limit="200MB", threads=1)
    parts = {
        "plays": write_plays(folder, ROWS),
        "tracks": [write_table(folder, "tracks", TRACKS)],
        "likes": [write_table(folder, "likes", rows) for rows in likes],
    }
    options = IntegrateSettings(bot_plays_per_day=50, half_life_days=36_500, like_weight=weight)
    return integrate(engine, parts, home=folder, as_of=day(3), cut=day(2), options=options)


def cells(interactions) -> dict[tuple[str, str], tuple[float, bool]]:
    histories = interactions.histories
    return {
        (interactions.users[user], interactions.items[item]): (pytest.approx(weight, 1e-3), known)
        for user, item, weight, known in zip(
            histories.users_of_cells.tolist(),
            histories.items.tolist(),
            histories.weights.tolist(),
            histories.known.tolist(),
            strict=True,
        )
    }


PLAYED = {
    ("ana", "t1"): (2.0, True),
    ("ana", "t2"): (1.0, True),
    ("bia", "t2"): (1.0, True),
    ("bia", "t4"): (1.0, True),
}


def test_what_people_like_is_served_and_never_examined(tmp_path):
    found = joined(tmp_path, [FIRST, SECOND])
    assert found.data.interactions.users.ids.to_pylist() == ["ana", "bia", "new"]
    assert cells(found.data.interactions) == PLAYED
    assert cells(found.at_cut.interactions) == {
        key: value for key, value in PLAYED.items() if key != ("bia", "t4")
    }
    assert cells(found.to_serve.interactions) == PLAYED | {
        ("ana", "t3"): (4.0, False),  # artist b's only track
        ("ana", "t4"): (4.0, True),
        ("new", "t4"): (4.0, False),  # the only track of genre h, of somebody who played nothing
    }


def test_the_order_of_files_decides_what_is_still_liked(tmp_path):
    found = joined(tmp_path, [SECOND, FIRST])
    assert "late" in found.data.interactions.users.ids.to_pylist()
    assert cells(found.to_serve.interactions)["late", "t1"] == (4.0, True)


def test_a_weight_of_nothing_leaves_likes_alone(tmp_path):
    found = joined(tmp_path, [FIRST], weight=0)
    assert found.data.interactions.users.ids.to_pylist() == ["ana", "bia"]
    assert cells(found.to_serve.interactions) == PLAYED


def test_the_same_likes_give_the_same_cells_again(tmp_path):
    once, again = joined(tmp_path / "1", [FIRST]), joined(tmp_path / "2", [FIRST[::-1]])
    assert cells(once.to_serve.interactions) == cells(again.to_serve.interactions)
    assert len(once.likes) == len(again.likes) == 4

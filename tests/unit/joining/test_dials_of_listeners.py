"""Dials of the lake: where each listener has turned theirs, the newest word counting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.joining.integrate import integrate
from rekomenda.settings import IntegrateSettings
from support.lake_parts import day, plays, write_plays, write_table

ROWS = [
    plays(1, "ana", "t1", 3),
    plays(2, "bia", "t2"),
    plays(2, "caio", "t2"),
    plays(3, "davi", "t1"),
    plays(3, "bot", "t1", 99),
]
FIRST = [
    {"user_id": "caio", "dial": 0.9},
    {"user_id": "ana", "dial": 0.0},
    {"user_id": "bia", "dial": 1.0},
    {"user_id": "bot", "dial": 0.1},
    {"user_id": "nobody", "dial": 0.2},
]
SECOND = [{"user_id": "bia", "dial": None}, {"user_id": "caio", "dial": 0.25}]


def dials(folder: Path, files: list[list[dict]]) -> dict[str, float]:
    engine = EmbeddedEngine(folder / "temp", memory_limit="200MB", threads=1)
    parts = {
        "plays": write_plays(folder, ROWS),
        "dials": [write_table(folder, "dials", rows) for rows in files],
    }
    options = IntegrateSettings(bot_plays_per_day=50)
    found = integrate(engine, parts, home=folder, as_of=day(3), options=options)
    return dict(zip(found.data.interactions.users.ids.to_pylist(), found.dials, strict=True))


NONE = pytest.approx(np.nan, nan_ok=True)


def test_who_is_not_named_has_no_dial_of_their_own(tmp_path):
    expected = {"ana": 0.0, "bia": 1.0, "caio": 0.9, "davi": NONE}
    assert dials(tmp_path, [FIRST]) == expected


def test_the_newest_file_replaces_a_dial_and_an_empty_one_takes_it_back(tmp_path):
    expected = {"ana": 0.0, "bia": NONE, "caio": 0.25, "davi": NONE}
    assert dials(tmp_path / "1", [FIRST, SECOND]) == expected
    expected = {"ana": 0.0, "bia": 1.0, "caio": 0.9, "davi": NONE}
    assert dials(tmp_path / "2", [SECOND, FIRST]) == expected


def test_without_dials_nobody_has_one(tmp_path):
    assert all(np.isnan(dial) for dial in dials(tmp_path, []).values())

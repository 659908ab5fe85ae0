"""Which tracks are versions of one recording."""

from __future__ import annotations

import pyarrow as pa
import pytest

from rekomenda.domain.ids import IdMap
from rekomenda.joining.assemble import songs


def groups(version_of: dict[str, str | None]) -> dict[str, str]:
    """Return the recording of each track."""
    items = IdMap.of(list(version_of))
    column = pa.chunked_array([[version_of[name] for name in items.ids.to_pylist()]], pa.string())
    return dict(
        zip(items.ids.to_pylist(), items.take(songs(items, column)).to_pylist(), strict=True)
    )


def test_a_version_of_a_version_goes_back_to_the_first_recording():
    chain = {"z": None, "m": "z", "a": "m", "b": "m", "other": None}
    assert groups(chain) == {"z": "z", "m": "z", "a": "z", "b": "z", "other": "other"}


def test_a_track_that_is_a_version_of_itself_is_a_recording():
    assert groups({"b": "b", "a": "b"}) == {"a": "b", "b": "b"}


@pytest.mark.parametrize("length", [2, 3])
def test_versions_in_a_circle_are_one_song_and_its_smallest_id_stands_for_it(length):
    circle = {f"c{n}": f"c{(n + 1) % length}" for n in range(length)}
    assert groups({**circle, "b": "c1"}) == dict.fromkeys([*circle, "b"], "b")


def test_versions_of_a_track_nobody_knows_are_still_one_song():
    assert groups({"b": "lost", "a": "lost", "c": "also lost"}) == {"a": "a", "b": "a", "c": "c"}


def test_no_track_has_no_song():
    assert groups({}) == {}

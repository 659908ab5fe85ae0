"""What is taken down is out of lists as they are read, and the places behind it move up."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.recommendations import LIST_SCHEMA
from rekomenda.pipeline.takedowns import ShownLists, Takedowns

ARTISTS = pa.table(
    {"track_id": ["t1", "t2", "t3", "t3", "t5"], "artist_id": ["a1", "a1", "a2", "a4", "a3"]}
)
GENRES = pa.table(
    {"track_id": ["t1", "t2", "t3", "t5", "t5"], "genre_id": ["g1", "g2", "g2", "g3", "g4"]}
)


def takedowns(*down: str) -> Takedowns:
    kinds, ids = zip(*(name.split(":") for name in down), strict=True) if down else ((), ())
    return Takedowns.of(
        pa.table({"kind": pa.array(kinds, pa.string()), "id": pa.array(ids, pa.string())})
    )


def rows(*lists: tuple[str | None, str, str], reasons: dict[str, tuple[str, str]] | None = None):
    """Lists as (user, shelf, tracks by their figures); a track's reason by its id."""
    said = reasons or {}
    return pa.Table.from_pylist(
        [
            {
                "user_id": user,
                "shelf": shelf,
                "rank": rank,
                "track_id": f"t{figure}",
                "score": 1 / rank,
                "personalised": user is not None,
                "reason_kind": said.get(f"t{figure}", ("popular", None))[0],
                "reason_id": said.get(f"t{figure}", ("popular", None))[1],
                "reason_share": 0.5,
                "reason_pt": "porque sim",
                "reason_en": "because",
            }
            for user, shelf, tracks in lists
            for rank, figure in enumerate(tracks, start=1)
        ],
        LIST_SCHEMA,
    )


def read(table: pa.Table, *down: str, sizes: list[int]) -> list[tuple[object, ...]]:
    shown = ShownLists(takedowns(*down), ARTISTS, GENRES)
    edges = np.cumsum([0, *sizes])
    pieces = [shown.of(table.slice(a, b - a)) for a, b in pairwise(edges)]
    names = ("user_id", "shelf", "rank", "track_id")
    return [tuple(r[n] for n in names) for piece in pieces for r in piece.to_pylist()]


@pytest.mark.parametrize(
    ("down", "gone"),
    [
        ((), ""),
        (("track:t2",), "2"),
        (("artist:a1",), "12"),
        (("genre:g2",), "23"),
        (("artist:a4", "genre:g4"), "35"),  # who takes part in a track takes it along
        (("track:t4", "artist:a3"), "45"),
        (("track:a1", "artist:t1"), ""),
        (("artist:a1", "artist:a2", "track:t4", "track:t5"), "12345"),
    ],
)
@pytest.mark.parametrize("sizes", [[13], [1] * 13, [3, 6, 4], [0, 7, 6], [5, 1, 7]])
def test_each_list_closes_up_whatever_pieces_it_is_read_in(down, gone, sizes):
    lists = ((None, "for_you", "51"), ("u", "again", "12345"), ("u", "for_you", "421"))
    lists = (*lists, ("v", "again", "325"))
    expected = [
        (user, shelf, rank, f"t{figure}")
        for user, shelf, tracks in lists
        for rank, figure in enumerate((f for f in tracks if f not in gone), start=1)
    ]
    assert read(rows(*lists), *down, sizes=sizes) == expected


def test_a_reason_does_not_name_what_is_taken_down():
    reasons = {
        "t3": ("played", "t1"),
        "t4": ("artist_listeners", "a1"),
        "t5": ("popular_in_genre", "a1"),
    }
    shown = ShownLists(takedowns("artist:a1"), ARTISTS, GENRES)
    found = shown.of(rows(("u", "for_you", "345"), reasons=reasons))
    assert found.schema == LIST_SCHEMA
    assert found["reason_kind"].to_pylist() == ["none", "none", "popular_in_genre"]
    assert found["reason_id"].to_pylist() == [None, None, "a1"]
    assert found["reason_share"].to_pylist() == [None, None, 0.5]
    assert found["reason_en"].to_pylist()[0].startswith("completes the list")
    assert found["reason_pt"].to_pylist()[2] == "porque sim"

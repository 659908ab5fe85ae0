"""How large the lake is: the same numbers as counting in plain Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.domain.schema import PLAYS, TRACKS
from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.joining.extent import Extent, extent_of
from rekomenda.models.cost import Size

ROWS = [("ana", "t1"), ("ana", "t2"), ("ana", "t1"), ("bia", "t1"), ("caio", "t9"), ("bia", "t1")]


def test_rows_listeners_tracks_and_pairs_are_counted(tmp_path):
    plays = [
        {"day": date(2024, 6, 1), "user_id": user, "track_id": track, "plays": 1}
        for user, track in ROWS
    ]
    tracks = [{"track_id": "t1"}, {"track_id": "t5"}, {"track_id": "t5"}]
    paths = {"plays": [tmp_path / "a.parquet", tmp_path / "b.parquet"]}
    for path, rows in zip(paths["plays"], (plays[:4], plays[4:]), strict=True):
        pq.write_table(pa.Table.from_pylist(rows, PLAYS.arrow), path)
    paths["tracks"] = [tmp_path / "t.parquet"]
    pq.write_table(pa.Table.from_pylist(tracks, TRACKS.arrow), paths["tracks"][0])

    heard = set(ROWS)
    of_user = defaultdict(set)
    for user, track in heard:
        of_user[user].add(track)
    items = {track for _, track in heard} | {"t1", "t5"}
    links = {t: sum(len(own) for own in of_user.values() if t in own) for _, t in heard}
    expected = Size(
        n_users=3,
        n_items=len(items),
        n_cells=len(heard),
        n_pairs=sum(len(own) ** 2 for own in of_user.values()),
        n_linked=sum(min(n, len(items)) for n in links.values()),
    )
    assert expected == Size(3, 4, 4, 6, 6)
    assert extent_of(EmbeddedEngine(tmp_path), paths) == Extent(6, expected)


def test_nothing_is_nothing(tmp_path):
    assert extent_of(EmbeddedEngine(tmp_path), {}) == Extent(0, Size(0, 0, 0, 0, 0))

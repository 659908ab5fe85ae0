"""From a frame come the lists that a run makes of the same plays."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq
import pytest

from rekomenda import Recommender
from rekomenda.storage.releases import Releases
from support.command import done
from support.tiny_home import SETTINGS

FRAMES = ("plays", "tracks", "artists", "likes")
FORCED = ("--force", "--reason", "so few listeners prove nothing")
AS_THE_MODEL_RANKS = {
    "REKOMENDA_RECOMMEND__EMERGING_SHARE": "0",
    "REKOMENDA_RECOMMEND__ARTIST_LISTENERS": "0",
    "REKOMENDA_RECOMMEND__CANDIDATES": "200",
}
"""A floor for emerging artists is a release's: it looks at everybody's lists together."""


@pytest.fixture
def world(tmp_path, monkeypatch):
    for name, value in (SETTINGS | AS_THE_MODEL_RANKS).items():
        monkeypatch.setenv(name, value)
    sizes = ("--listeners", 60, "--tracks", 40, "--artists", 8, "--days", 6)
    done("generate", "--out", tmp_path / "world", *sizes)
    files = [tmp_path / "world" / f"{name}.csv" for name in FRAMES]
    done("--home", tmp_path / "home", "ingest", *files)
    done("--home", tmp_path / "home", "run", "--as-of", "2024-06-29", *FORCED)
    return tmp_path


def read(world, name: str) -> pd.DataFrame:
    return pd.read_csv(world / "world" / f"{name}.csv", dtype=str)


def test_a_frame_gives_the_lists_of_a_run(world):
    release = Releases(world / "home").current()
    assert release is not None
    served = pq.read_table(release.table("recommendations")).to_pandas()
    plays, tracks, artists, likes = (read(world, name) for name in FRAMES)
    plays = plays[plays["id_date"] <= "2024-06-29"]
    recommender = Recommender("item_knn").fit(plays, tracks=tracks, artists=artists, likes=likes)
    for shelf, n in (("for_you", 50), ("again", 20)):
        mine = recommender.recommend(n=n, shelf=shelf)
        user, track = mine.columns[0], mine.columns[2]
        theirs = served[(served["shelf"] == shelf) & served["user_id"].notna()]
        key = ["user_id", "rank", "track_id"]
        mine = mine.rename(columns={user: "user_id", track: "track_id"})[key].astype(str)
        theirs = theirs[key].astype(str)
        assert len(mine) > 100
        pd.testing.assert_frame_equal(
            mine.sort_values(key, ignore_index=True), theirs.sort_values(key, ignore_index=True)
        )

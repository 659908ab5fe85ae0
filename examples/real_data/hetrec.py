"""HetRec 2011 Last.fm as input files of rekomenda: artists stand for tracks, tags for genres.

    python examples/real_data/hetrec.py hetrec2011-lastfm-2k hetrec-input

The data is for non-commercial use and is not in this repository: see docs/real-data.md.
"""

from __future__ import annotations

import argparse
import csv
from datetime import date
from pathlib import Path

import pandas as pd

WHEN_PUBLISHED = date(2011, 5, 1)
"""The play counts have no time, so all of them are put on one day: when the data came out."""


def read(folder: Path, name: str, encoding: str = "utf-8") -> pd.DataFrame:
    """Read one of its files: tab-separated, ids kept as text, quotes mean nothing."""
    return pd.read_csv(
        folder / name, sep="\t", dtype="string", quoting=csv.QUOTE_NONE, encoding=encoding
    )


def most_used_tag(taggings: pd.DataFrame) -> pd.Series:
    """Return the tag that most people gave each artist; of equals, the one in wider use.

    Returns
    -------
    pd.Series
        `tagID` by `artistID`; artists that nobody tagged are not in it.
    """
    uses = taggings.groupby(["artistID", "tagID"], as_index=False).size()
    uses["everywhere"] = uses["tagID"].map(taggings["tagID"].value_counts())
    ranked = uses.sort_values(["size", "everywhere", "tagID"], ascending=[False, False, True])
    return ranked.drop_duplicates("artistID").set_index("artistID")["tagID"]


def convert(folder: Path, day: date) -> dict[str, pd.DataFrame]:
    """Turn the raw folder into tables named as the input files are."""
    artists = read(folder, "artists.dat")
    listened = read(folder, "user_artists.dat")
    friends = read(folder, "user_friends.dat")
    genres = most_used_tag(read(folder, "user_taggedartists.dat"))
    tags = read(folder, "tags.dat", encoding="latin-1")
    return {
        "plays": pd.DataFrame(
            {
                "day": day.isoformat(),
                "user_id": listened["userID"],
                "track_id": listened["artistID"],
                "plays": listened["weight"],
            }
        ),
        "tracks": pd.DataFrame(
            {
                "track_id": artists["id"],
                "artist_id": artists["id"],
                "genre_id": artists["id"].map(genres),
                "title": artists["name"],
            }
        ),
        "artists": pd.DataFrame({"artist_id": artists["id"], "name": artists["name"]}),
        "genres": tags.rename(columns={"tagID": "genre_id", "tagValue": "name"}),
        "friends": friends.rename(columns={"userID": "user_id", "friendID": "friend_id"}),
    }


def main() -> None:
    """Convert the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw", type=Path, help="the unpacked hetrec2011-lastfm-2k")
    parser.add_argument("out", type=Path, help="where the input files go")
    parser.add_argument("--day", type=date.fromisoformat, default=WHEN_PUBLISHED)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, table in convert(arguments.raw, arguments.day).items():
        path = arguments.out / f"{name}.csv"
        table.to_csv(path, index=False)
        print(f"{path}: {len(table):,} rows")


if __name__ == "__main__":
    main()

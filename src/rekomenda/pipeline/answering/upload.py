"""The joined daily table of a release, a file a day, into a bucket for whoever works on from there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from rekomenda.errors import FencedError, HomeUriError
from rekomenda.mirror import SCHEME, bucket_and_prefix
from rekomenda.pipeline.releasing.draft import TABLES
from rekomenda.refusals import guard
from rekomenda.storage.documents import sha256_of
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.remote import bucket_named

Format = Literal["parquet", "csv"]
NAME: Final = "plays_daily"
_TRACK: Final = ["track_id", "title", "artist_id", "genre_id"]


class Uploaded(NamedTuple):
    """A day's file; `sent` is False where the bucket had these very bytes."""

    day: date
    uri: str
    rows: int
    sent: bool


def upload(
    release: Release, target: str, *, kind: Format = "parquet", since: date | None = None
) -> list[Uploaded]:
    """Put each day's plays by track, joined with the catalogue, at `TARGET/dia=DAY/plays_daily.KIND`.

    The same release gives the same bytes, and what is there already is not sent again: doing it
    once more changes nothing, and after a crash sends the rest. Each file appears whole or not at
    all, and is looked at once it was sent.

    Parameters
    ----------
    release : Release
    target : str
        `s3://BUCKET/PREFIX`.
    kind : {"parquet", "csv"}
    since : date, optional
        First day; default: all that the release knows.

    Raises
    ------
    HomeUriError
        If the target is no such URI.
    FencedError
        If somebody else writes the same file now.
    """
    try:
        name, prefix = bucket_and_prefix(target)
    except ValueError as error:
        raise HomeUriError(home=target) from error
    bucket = bucket_named(name)
    done = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{NAME}.{kind}"
        for day, rows in _days(release, since):
            with guard(path):
                pq.write_table(rows, path, compression="zstd") if kind == "parquet" else (
                    csv.write_csv(rows, path)
                )
            key = f"{prefix}dia={day.isoformat()}/{path.name}"
            sha256, there = sha256_of(path), bucket.head(key)
            sent = there is None or there.sha256 != sha256
            if sent:
                bucket.put(key, path, replacing=there.etag if there else None)
                there = bucket.head(key)
            if there is None or there.sha256 != sha256:
                raise FencedError(home=f"{SCHEME}{name}/{key}", token=0, newest=0)
            done.append(Uploaded(day, f"{SCHEME}{name}/{key}", rows.num_rows, sent))
    return done


def _days(release: Release, since: date | None) -> Iterator[tuple[date, pa.Table]]:
    """Yield each day's rows, by track."""
    plays = pq.read_table(release.table(NAME))
    for column in ("track_id",):
        plays = plays.set_column(
            plays.column_names.index(column), column, plays[column].cast(pa.string())
        )
    joined = plays.join(_catalogue(release), "track_id").sort_by(
        [("day", "ascending"), ("track_id", "ascending")]
    )
    for day in sorted(pc.unique(joined["day"]).to_pylist()):
        if since is None or day >= since:
            yield day, joined.filter(pc.equal(joined["day"], day))


def _catalogue(release: Release) -> pa.Table:
    """Return what a row is joined with: of the track, and the name of its artist."""
    tracks = _plain(pq.read_table(release.file(TABLES["tracks"])))
    artists = _plain(pq.read_table(release.file(TABLES["artists"]), columns=["artist_id", "name"]))
    kept = tracks.select([name for name in _TRACK if name in tracks.column_names])
    return kept.join(artists.rename_columns(["artist_id", "artist"]), "artist_id")


def _plain(table: pa.Table) -> pa.Table:
    """Spell out what is kept as a dictionary: tables are joined by their text."""
    fields = [
        pa.field(field.name, field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))

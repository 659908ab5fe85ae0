"""What the release in service says to one listener."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from rekomenda.domain.recommendations import Shelf
from rekomenda.errors import NoReleaseError
from rekomenda.language import Text
from rekomenda.learning.bundle import Bundle
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.releasing.draft import STRANGERS, TABLES
from rekomenda.pipeline.takedowns import ShownLists, takedowns_of
from rekomenda.storage.release_manifest import Release


@dataclass(frozen=True)
class ListenerList:
    """One list as it is shown.

    Parameters
    ----------
    release : Release
    listener : str
    shelf : Shelf
    known : bool
        Whether the release has lists for this very listener.
    rows : list of dict
        `rank, track_id, title, artist_id, artist, score, personalised, reason_kind, reason_id,
        reason_pt, reason_en`.
    """

    release: Release
    listener: str
    shelf: Shelf
    known: bool
    rows: list[dict[str, Any]]


def of_release(release_id: str) -> Text:
    """Say in a message of which release a catalogue is."""
    return _OF_RELEASE.filled(release_id=release_id)


_OF_RELEASE = Text(" of release {release_id}", " da release {release_id}")


def served_release(house: House) -> Release:
    """Return the release in service.

    Raises
    ------
    NoReleaseError
        If there is none yet.
    """
    release = house.releases.current()
    if release is None:
        raise NoReleaseError(home=house.home)
    return release


def list_of(house: House, listener: str, *, shelf: Shelf, n: int, today: date) -> ListenerList:
    """Return the first n tracks of a listener's shelf that are not taken down today.

    Somebody without history gets a popular list on `for_you`, which says so, and nothing on the
    other shelves: that of their region where it is known, else the one for everybody.

    Raises
    ------
    NoReleaseError
        If nothing is published yet.
    """
    release = served_release(house)
    lists = ds.dataset(release.table("recommendations"))
    wanted = pc.field("shelf") == shelf.value
    rows = lists.to_table(filter=wanted & (pc.field("user_id") == listener))
    known = bool(rows.num_rows) or _has_lists(lists, listener)
    if not known and shelf is Shelf.FOR_YOU:
        rows = popular_for(
            release, lists.to_table(filter=wanted & pc.field("user_id").is_null()), listener
        )
    shown = shown_lists(house, release, today).of(rows.sort_by("rank")).slice(0, n)
    return ListenerList(release, listener, shelf, known, with_names(shown, release).to_pylist())


def shown_lists(house: House, release: Release, today: date) -> ShownLists:
    """Return what takes today's takedowns out of a release's lists."""
    columns = ["track_id", "artist_id", "genre_id"]
    tracks = pq.read_table(release.file(TABLES["tracks"]), columns=columns)
    return ShownLists(takedowns_of(house, today), tracks)


def bundle_of(house: House, release: Release, today: date) -> Bundle:
    """Read a release's model and all it needs, with a catalogue that knows today's takedowns.

    Raises
    ------
    CorruptError
        If any of it is damaged.
    """
    bundle = Bundle.read(release.path)
    return replace(bundle, catalogue=takedowns_of(house, today).hide_in(bundle.catalogue))


def first_list(house: House) -> dict[str, str]:
    """Return the first listener with a list, and its first track: an example to try.

    Raises
    ------
    NoReleaseError
        If nothing is published yet.
    """
    lists = pq.ParquetFile(served_release(house).table("recommendations"))
    for batch in lists.iter_batches(columns=["user_id", "shelf", "rank", "track_id"]):
        rows = pa.Table.from_batches([batch]).filter(
            (pc.field("shelf") == Shelf.FOR_YOU.value) & pc.field("user_id").is_valid()
        )
        if rows.num_rows:
            return {"listener": rows["user_id"][0].as_py(), "track": rows["track_id"][0].as_py()}
    return {"listener": "LISTENER", "track": "TRACK"}


def everybodys_lists(house: House, release: Release, today: date) -> Iterator[pa.RecordBatch]:
    """Yield all rows of a release's lists in their order, with titles and artists' names.

    What is taken down today is not among them.

    Without any row there is one batch without rows: whoever writes a file knows its columns.
    """
    names = _names(release)
    shown = shown_lists(house, release, today)
    lists = pq.ParquetFile(release.table("recommendations"))
    for batch in lists.iter_batches():
        yield from _joined(shown.of(pa.Table.from_batches([batch])), names).to_batches()
    if not lists.metadata.num_rows:
        nothing = _joined(lists.schema_arrow.empty_table(), names)
        yield pa.RecordBatch.from_pylist([], schema=nothing.schema)


def popular_for(release: Release, rows: pa.Table, listener: str) -> pa.Table:
    """Choose among the lists of nobody in particular; the one that names no region is for all."""
    known = ds.dataset(release.file(STRANGERS)).to_table(filter=pc.field("user_id") == listener)
    region = known["region"][0].as_py() if known.num_rows else None
    if region is not None:
        local = rows.filter(pc.equal(rows["reason_id"].cast(pa.string()), region))
        if local.num_rows:
            return local
    return rows.filter(pc.is_null(rows["reason_id"].cast(pa.string())))


def _has_lists(lists: ds.Dataset, listener: str) -> bool:
    return bool(lists.head(1, filter=pc.field("user_id") == listener).num_rows)


def with_names(rows: pa.Table, release: Release) -> pa.Table:
    """Add `title`, `artist_id` and `artist` to rows with a `track_id` of a release."""
    return _joined(rows, _names(release))


def _names(release: Release) -> pa.Table:
    """Return `track_id, title, artist_id, artist` of every track of a release."""
    tracks = pq.read_table(
        release.file(TABLES["tracks"]), columns=["track_id", "title", "artist_id"]
    )
    artists = pq.read_table(release.file(TABLES["artists"]), columns=["artist_id", "name"])
    places = pc.index_in(tracks["artist_id"], value_set=artists["artist_id"].combine_chunks())
    return tracks.append_column("artist", artists["name"].take(places))


def _joined(rows: pa.Table, names: pa.Table) -> pa.Table:
    """Put title and artist behind the track of each row; the order stays."""
    ids = rows["track_id"].cast(pa.string())
    places = pc.index_in(ids, value_set=names["track_id"].combine_chunks())
    found = names.take(places.combine_chunks() if isinstance(places, pa.ChunkedArray) else places)
    for name in ("title", "artist_id", "artist"):
        rows = rows.append_column(name, found[name])
    return rows

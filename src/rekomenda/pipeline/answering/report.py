"""What a report shows of a release, gathered from its files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from rekomenda.domain.recommendations import Shelf
from rekomenda.learning.bundle import Bundle
from rekomenda.pipeline.answering.lookup import served_release, with_names
from rekomenda.pipeline.answering.status import lake_of, last_tuning
from rekomenda.pipeline.answering.truth import truth_of
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.releasing.draft import DAYS, TABLES
from rekomenda.report.content import Changes, Content, Sample
from rekomenda.storage.release_manifest import Release

_SAMPLE_PLACES: Final = (0.15, 0.5, 0.85)
"""Where the examples stand among the listeners, from few plays to many."""
_SAMPLE_ROWS: Final = 5
_MOVED: Final = 8
_FIRST: Final = 10


def content_of(
    house: House, release_id: str | None = None, *, truth: Path | None = None
) -> Content:
    """Gather what is to be shown of a release, the served one by default.

    Parameters
    ----------
    house : House
    release_id : str, optional
    truth : Path, optional
        Folder of what the listeners of a made world truly like; default: that of the home's demo.

    Raises
    ------
    NoReleaseError
        If nothing is published yet.
    ReleaseNotFoundError
        If the named release is not kept.
    CorruptError
        If any of its files is damaged.
    """
    release = served_release(house) if release_id is None else house.releases.get(release_id)
    release.verify()
    bundle = Bundle.read(release.path)
    manifest = release.manifest
    return Content(
        release={
            "run_id": release.release_id,
            "as_of": manifest.as_of.isoformat(),
            "created_at": manifest.created_at.isoformat(),
            "algorithm": manifest.algorithm,
            "listeners": {"total": manifest.listeners, **manifest.about["listeners"]},
            "recommendations": dict(manifest.counts),
            "coverage": manifest.about["coverage"],
            "content_hash": release.content_hash,
        },
        lake=lake_of(house.lake.snapshot()),
        files=_files(house),
        days=pq.read_table(release.file(DAYS)).to_pandas(),
        tracks=_tracks(release, bundle),
        regions=_regions(bundle),
        metrics=pq.read_table(release.table("model_metrics")).to_pandas(),
        gate=list(manifest.gate["checks"]),
        report=manifest.about["report"],
        samples=_samples(release, bundle),
        changes=_changes(_before(house, release), release),
        tuning=last_tuning(house, release),
        set_aside=_set_aside(house),
        truth=truth_of(house.home, release, bundle, truth),
    )


def _files(house: House) -> pd.DataFrame:
    counts = ("rows_in", "loaded", "merged", "quarantined", "deduplicated", "erased")
    columns = ("name", "verdict", *counts)
    records = house.lake.snapshot().inputs
    return pd.DataFrame(
        [[getattr(record, column) for column in columns] for record in records],
        columns=list(columns),
    )


def _set_aside(house: House) -> dict[str, int]:
    """Count the rows in quarantine by the rule that they broke."""
    found: Counter[str] = Counter()
    for record in house.lake.snapshot().inputs:
        found.update(record.reasons)
    return dict(found)


def _tracks(release: Release, bundle: Bundle) -> pd.DataFrame:
    """Return what may be shown: who made it, how much it is played and how often it is listed."""
    catalogue, cells = bundle.catalogue, bundle.interactions.histories
    n_items = len(catalogue)
    artists = catalogue.artist_of
    region_of = np.append(catalogue.region_of_artist, -1)[artists]
    frame = pd.DataFrame(
        {
            "track_id": catalogue.items.ids.to_pandas(),
            "title": catalogue.titles.to_pandas(),
            "artist": catalogue.artist_names.take(pa.array(artists, mask=artists < 0)).to_pandas(),
            "genre": _named(catalogue.genre_names, catalogue.genre_of),
            "region": _named(catalogue.regions.ids, region_of),
            "plays": np.bincount(cells.items, cells.plays, n_items).astype(np.int64),
            "listeners": np.bincount(cells.items[cells.plays > 0], minlength=n_items),
            "shown": _shown(release, bundle),
        }
    )
    return frame[~catalogue.hidden]


def _named(names: pa.StringArray, index: np.ndarray[Any, Any]) -> Any:
    return names.take(pa.array(index, mask=index < 0)).to_pandas()


def _shown(release: Release, bundle: Bundle) -> np.ndarray[Any, Any]:
    """Count the places that each track has in lists of what is new to somebody."""
    lists = ds.dataset(release.table("recommendations"))
    rows = lists.to_table(columns=["track_id"], filter=pc.field("shelf") != Shelf.AGAIN.value)
    counts = pc.value_counts(rows["track_id"].cast(pa.string()).combine_chunks())
    places = bundle.catalogue.items.index_of(counts.field("values"))
    shown = np.zeros(len(bundle.catalogue), np.int64)
    shown[places] = counts.field("counts").to_numpy()
    return shown


def _regions(bundle: Bundle) -> pd.DataFrame:
    regions = bundle.catalogue.regions
    of = bundle.interactions.histories.region
    counts = np.bincount(of[of >= 0], minlength=len(regions))
    return pd.DataFrame({"region": regions.ids.to_pandas(), "listeners": counts})


def _samples(release: Release, bundle: Bundle) -> tuple[Sample, ...]:
    """Choose listeners by their place among all who have lists, fewest plays first."""
    cells = bundle.interactions.histories
    plays = np.bincount(cells.users_of_cells, cells.plays, len(cells))
    order = np.argsort(plays, kind="stable")
    order = order[plays[order] > 0]
    if not len(order):
        return ()
    rows = [int(order[int(place * (len(order) - 1))]) for place in _SAMPLE_PLACES]
    return tuple(_sample(release, bundle, row) for row in dict.fromkeys(rows))


def _sample(release: Release, bundle: Bundle, row: int) -> Sample:
    listener = bundle.interactions.users.ids[row].as_py()
    cells = bundle.interactions.histories.rows(np.array([row]))
    best = np.lexsort((cells.items, -cells.plays))[:3]
    favourites = with_names(
        pa.table(
            {
                "track_id": bundle.catalogue.items.take(cells.items[best]),
                "plays": pa.array(cells.plays[best]),
            }
        ),
        release,
    )
    wanted = (pc.field("user_id") == listener) & (pc.field("rank") <= _SAMPLE_ROWS)
    lists = ds.dataset(release.table("recommendations")).to_table(filter=wanted)
    listed = with_names(lists, release).sort_by("rank").to_pylist()
    return Sample(
        listener=listener,
        plays=int(cells.plays.sum()),
        favourites=favourites.to_pylist(),
        shelves={
            shelf.value: [track for track in listed if track["shelf"] == shelf.value]
            for shelf in Shelf
        },
    )


def _before(house: House, release: Release) -> Release | None:
    """Return the release that was made before this one, if it is kept."""
    earlier = [kept for kept in house.releases.list() if kept.number < release.number]
    return earlier[-1] if earlier else None


def _changes(before: Release | None, now: Release) -> Changes | None:
    if before is None:
        return None
    both = {"before": _for_you(before), "now": _for_you(now)}
    shown = {name: lists.groupby("track_id")["user_id"].nunique() for name, lists in both.items()}
    moved = pd.DataFrame(shown).fillna(0)
    moved = moved.astype(np.int64).assign(rise=moved["now"] - moved["before"]).reset_index()
    ordered = moved.sort_values(["rise", "track_id"], ascending=[False, True])
    return Changes(
        since=before.release_id,
        kept=_kept(**both),
        listeners=(before.manifest.listeners, now.manifest.listeners),
        tracks=(_n_tracks(before), _n_tracks(now)),
        risen=_moved(ordered[ordered["rise"] > 0].head(_MOVED), now),
        fallen=_moved(ordered[ordered["rise"] < 0].tail(_MOVED).iloc[::-1], before),
    )


def _for_you(release: Release) -> pd.DataFrame:
    """Return `user_id, track_id` of everybody's first tracks."""
    wanted = (
        (pc.field("shelf") == Shelf.FOR_YOU.value)
        & (pc.field("rank") <= _FIRST)
        & pc.field("user_id").is_valid()
    )
    rows = ds.dataset(release.table("recommendations")).to_table(
        columns=["user_id", "track_id"], filter=wanted
    )
    return pd.DataFrame(
        {name: rows[name].cast(pa.string()).to_pandas() for name in ("user_id", "track_id")}
    )


def _kept(before: pd.DataFrame, now: pd.DataFrame) -> float:
    """Median share of their earlier first tracks that listeners of both still have."""
    both = before[before["user_id"].isin(now["user_id"])]
    if not len(both):
        return float("nan")
    stayed = both.merge(now, on=["user_id", "track_id"]).groupby("user_id").size()
    listed = both.groupby("user_id").size()
    return float((stayed.reindex(listed.index).fillna(0) / listed).median())


def _moved(rows: pd.DataFrame, release: Release) -> list[dict[str, Any]]:
    table = pa.Table.from_pandas(rows[["track_id", "before", "now"]], preserve_index=False)
    return list(with_names(table, release).to_pylist())


def _n_tracks(release: Release) -> int:
    return int(pq.read_metadata(release.file(TABLES["tracks"])).num_rows)

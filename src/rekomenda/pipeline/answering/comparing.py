"""Two releases side by side, from their manifests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from rekomenda.domain.recommendations import Shelf
from rekomenda.pipeline.bootstrap import House
from rekomenda.storage.release_manifest import Release

METRICS: Final = ("ndcg", "recall", "hit_rate", "coverage")
TASKS: Final = ("unheard", "again", "new_artists")
OVERALL: Final = "overall"

Value = float | str | None


@dataclass(frozen=True)
class Line:
    """One thing said of both releases.

    Parameters
    ----------
    about : {"release", "size", "quality", "coverage", "exposure", "gate"}
    name : tuple of str
        What it is: a field, or metric, cutoff and task.
    one, other : float, str or None
    intervals : pair of (low, high), each None where there is none
    """

    about: Literal["release", "size", "quality", "coverage", "exposure", "gate"]
    name: tuple[str, ...]
    one: Value
    other: Value
    intervals: tuple[tuple[float, float] | None, tuple[float, float] | None] = (None, None)


def compare_releases(house: House, one: str, other: str) -> list[Line]:
    """Return what two kept releases say of themselves, line by line.

    Raises
    ------
    ReleaseNotFoundError
        If one of them is not kept.
    CorruptError
        If a manifest is damaged.
    """
    pair = house.releases.get(one), house.releases.get(other)
    return [
        *_release(*pair),
        *_numbers("size", *(_size(release) for release in pair)),
        *_quality(*pair),
        *_numbers("coverage", *(dict(r.manifest.about.get("coverage", {})) for r in pair)),
        *_numbers("exposure", *(_exposure(release) for release in pair)),
        *_numbers("gate", *(_gate(release) for release in pair)),
    ]


def _release(one: Release, other: Release) -> Iterator[Line]:
    for name in ("as_of", "algorithm", "snapshot_id"):
        said = (str(getattr(each.manifest, name)) for each in (one, other))
        yield Line("release", (name,), next(said), next(said))
    yield Line("release", ("created_at",), _made(one), _made(other))


def _made(release: Release) -> str:
    return f"{release.manifest.created_at:%Y-%m-%d %H:%M}"


def _size(release: Release) -> dict[str, Value]:
    manifest = release.manifest
    return {
        "listeners": manifest.listeners,
        **{f"shelf:{shelf}": count for shelf, count in manifest.counts.items()},
        "bytes": sum(file.bytes for file in release.files.values()),
    }


def _exposure(release: Release) -> dict[str, Value]:
    found = release.manifest.about.get("report", {}).get("exposure", {}).get("served", ())
    return {
        row["measure"]: row["value"]
        for row in found
        if row["lists"] == f"served:{Shelf.FOR_YOU}" and row["segment"] == OVERALL
    }


def _gate(release: Release) -> dict[str, Value]:
    return {check["name"]: check["outcome"] for check in release.manifest.gate.get("checks", ())}


def _quality(one: Release, other: Release) -> Iterator[Line]:
    first, second = _measured(one), _measured(other)
    cutoffs = {key[2] for key in (*first, *second)}
    judged = {each.manifest.about.get("cutoff") for each in (one, other)}
    shown = sorted(k for k in cutoffs if k == min(cutoffs) or k in judged)
    for task in TASKS:
        for metric in METRICS:
            for k in shown:
                a, b = first.get((task, metric, k)), second.get((task, metric, k))
                if a is not None or b is not None:
                    yield Line(
                        "quality",
                        (metric, str(k), task),
                        None if a is None else a["value"],
                        None if b is None else b["value"],
                        (_interval(a), _interval(b)),
                    )


def _measured(release: Release) -> dict[tuple[str, str, int], dict[str, Any]]:
    return {
        (row["task"], row["metric"], row["k"]): row
        for row in release.manifest.metrics.get("rows", ())
        if row["algorithm"] == release.manifest.algorithm and row["segment"] == OVERALL
    }


def _interval(row: dict[str, Any] | None) -> tuple[float, float] | None:
    if row is None or row["low"] is None or row["high"] is None:
        return None
    return row["low"], row["high"]


def _numbers(
    about: Literal["size", "coverage", "exposure", "gate"],
    one: dict[str, Value],
    other: dict[str, Value],
) -> Iterator[Line]:
    for name in dict.fromkeys((*one, *other)):
        yield Line(about, (name,), one.get(name), other.get(name))

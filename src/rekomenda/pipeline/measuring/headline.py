"""The few figures of a release that its history is drawn from, kept after the release is gone."""

from __future__ import annotations

from typing import Any, Final

from rekomenda.storage.release_manifest import Release

TASKS: Final = ("unheard", "again", "new_artists")
METRIC: Final = "ndcg"


def headline_of(release: Release) -> dict[str, Any]:
    """Return quality by task with its interval, coverage, and the gate's cutoff, ready for JSON."""
    about = release.manifest.about
    rows = [
        row
        for row in release.manifest.metrics.get("rows", ())
        if row["algorithm"] == release.manifest.algorithm and row["metric"] == METRIC
    ]
    cutoffs = {row["k"] for row in rows}
    cutoff = about.get("cutoff")
    k = cutoff if cutoff in cutoffs else max(cutoffs, default=None)
    return {
        "k": k,
        "quality": {
            row["task"]: {name: row[name] for name in ("value", "low", "high")}
            for row in rows
            if row["k"] == k and row["task"] in TASKS
        },
        "coverage": dict(about.get("coverage", {})),
    }

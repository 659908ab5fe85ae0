"""Cells become numbers with intervals: what stands in docs/data/models.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from comparison.stamp import machine
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.segments import everybody

Array = NDArray[np.float32]
Columns = dict[str, Array]

QUESTIONS: Final = {
    "unheard": "unheard.ndcg",
    "unheard_recall": "unheard.recall",
    "cold_listeners": "unheard.ndcg",
    "again": "again.ndcg",
    "new_artists": "new_artists.ndcg",
    "cold_tracks": "cold_tracks.ndcg",
    "cold_among_all": "cold_among_all.ndcg",
}
"""What is reported, and the metric at 20 that it is the mean of."""
_MEMBER: Final = "auto/"
"""What the name of a member begins with: `auto/unheard.als-10`."""


def table(folders: list[Path]) -> dict[str, Any]:
    """Sum up the cells in some folders, in the order of their data sets and models."""
    data: dict[str, Any] = {}
    columns: dict[str, dict[str, Columns]] = {}
    for folder in folders:
        cell = json.loads((folder / "cell.json").read_text(encoding="utf-8"))
        found = columns.setdefault(cell["data"], {})
        for name in cell["models"]:
            own = cell["model"] if name == "values" else f"{cell['model']}/{name}"
            with np.load(folder / f"{name}.npz") as stored:
                found[own] = dict(stored)
        entry = data.setdefault(cell["data"], {"facts": {}, "models": {}})
        entry["facts"] |= _facts(cell)
        entry["models"][cell["model"]] = _row(cell, found.get(cell["model"]))
    for name, entry in data.items():
        entry["differences"] = _differences(columns[name])
    return {"k": 20, "machine": machine(), "data": data}


def estimate(values: Array) -> dict[str, float] | None:
    """Return the mean over people with its interval; values are (S, U), NaN where not asked.

    The splits of one person are averaged first: a person is what is drawn.
    """
    pooled = _pooled(values)
    if not len(pooled):
        return None
    bootstrap = Bootstrap()
    (sums,) = bootstrap.sums(pooled[:, None], [everybody(len(pooled))])
    low, high = bootstrap.interval(sums[:, 0, 0] / len(pooled))
    ends = {"value": float(pooled.mean()), "low": float(low), "high": float(high)}
    return {**{name: round(end, 6) for name, end in ends.items()}, "people": len(pooled)}


def asked(columns: Columns, question: str) -> Array | None:
    """Return the values (S, U) of a question, None where the data set does not ask it."""
    values = columns.get(QUESTIONS[question])
    if values is not None and question == "cold_listeners":
        values = np.where(columns["cold"] > 0, values, np.nan)
    return values


def _pooled(values: Array) -> NDArray[np.float64]:
    known = ~np.isnan(values)
    there = known.any(axis=0)
    sums = np.where(known, values, 0).sum(axis=0, dtype=np.float64)[there]
    return np.asarray(sums / known.sum(axis=0)[there])


def _facts(cell: dict[str, Any]) -> dict[str, Any]:
    facts = cell["facts"]
    return {
        "listeners": facts["listeners"],
        "examined": facts["listeners_examined"],
        "tracks": cell["items"],
        "splits": max(1, len(cell["splits"])),
    }


def _row(cell: dict[str, Any], columns: Columns | None) -> dict[str, Any]:
    about = {name: cell[name] for name in ("date", "commit")}
    if columns is None:
        return about | {"left_out": cell["left_out"]}
    splits = cell["splits"]
    found = {name: asked(columns, name) for name in QUESTIONS}
    return about | {
        "fit_seconds": round(float(np.mean([each["fit_seconds"] for each in splits])), 2),
        "lists_per_second": round(float(np.median([each["lists_per_second"] for each in splits]))),
        "peak_mb": max(each["peak_mb"] for each in splits),
        "before_mb": min(each["before_mb"] for each in splits),
        "load": max(each["load"] for each in splits),
        "ndcg_kept": min(
            (each["ndcg_kept"] for each in splits if each.get("ndcg_kept")), default=None
        ),
        "rankers_kept": [
            each["choice"]["ranker"]["kept"]
            for each in splits
            if each["choice"] and each["choice"].get("ranker")
        ],
        "choices": [each["choice"]["sentence"] for each in splits if each["choice"]],
        "metrics": {name: estimate(values) for name, values in found.items() if values is not None},
    }


def _differences(columns: dict[str, Columns]) -> list[dict[str, Any]]:
    """Hold `auto` against its members, where they have a say, and every other model, person by person."""
    ours = columns.get("auto")
    if ours is None:
        return []
    members = [each for each in columns if each.startswith(_MEMBER) and "." in each]
    known = {_shown(each) for each in members}
    others = [each for each in columns if each not in known | {"auto"} and each not in members]
    found = []
    for name in [*members, *others]:
        for question in QUESTIONS:
            mine, theirs = asked(ours, question), asked(columns[name], question)
            if mine is None or theirs is None or not _has_a_say(name, question):
                continue
            gain = estimate(mine - theirs)
            if gain is not None:
                about = {"other": _shown(name), "member": name in members, "question": question}
                found.append(about | gain)
    return found


def _has_a_say(name: str, question: str) -> bool:
    roles, dot, _ = name.removeprefix(_MEMBER).partition(".")
    return not dot or ("heard" if question == "again" else "unheard") in roles.split("+")


def _shown(name: str) -> str:
    """Name a member as it was tried: `als-10`."""
    return name.partition(".")[2] or name

"""A small release as a report sees it: three tracks, two models, one listener."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from rekomenda.report.content import Changes, Content, Sample

LEAKS = {"en": "Cut in time.", "pt-BR": "Corte no tempo."}


def measured(algorithm: str, task: str, value: float, segment: str = "overall") -> dict[str, Any]:
    return {
        "algorithm": algorithm,
        "task": task,
        "segment": segment,
        "metric": "ndcg",
        "k": 20,
        "value": value,
        "low": value - 0.01,
        "high": value + 0.02,
        "n_users": 1234,
    }


def trial(name: str, cost: float, ndcg: float | None, **more: Any) -> dict[str, Any]:
    parts = ("heard_ndcg", "unheard_adds", "heard_adds", "unheard_error", "heard_error", "left_out")
    weights = {"unheard": 0.0, "heard": 0.0}
    found = {"name": name, "cost": cost, "unheard_ndcg": ndcg}
    return {**dict.fromkeys(parts), **weights, **found, **more}


def stop(dial: float, share: float) -> dict[str, Any]:
    names = ("never_heard", "new_artists", "ndcg_all", "ndcg_unheard", "artist_novelty")
    found = {name: {"value": share, "low": share, "high": share, "listeners": 60} for name in names}
    return {"dial": dial, **found}


def part(feature: str, value: float, en: str, pt: str) -> dict[str, Any]:
    """Return what a feature brings to a ranker."""
    return {"feature": feature, "part": value, "title": {"en": en, "pt-BR": pt}}


def small_content(**parts: Any) -> Content:
    track = {"track_id": "t9", "title": "Chão & <Céu>", "artist": "Zé do Baião"}
    listed = {
        **track,
        "rank": 1,
        "reason_pt": "porque você ouviu",
        "reason_en": "because you played",
    }
    content = Content(
        release={
            "run_id": "20240630-abc",
            "as_of": "2024-06-30",
            "created_at": "2024-07-01T03:00:00+00:00",
            "algorithm": "als",
            "listeners": {"total": 9, "personalised": 7, "popular": 2},
            "recommendations": {"for_you": 70},
            "coverage": {"tracks": 0.5, "artists": 0.75},
            "content_hash": "0123456789abcdef",
        },
        lake={
            "rows_in": 12345,
            "loaded": 12000,
            "quarantined": 300,
            "deduplicated": 45,
            "erased": 0,
        },
        files=pd.DataFrame(
            [["plays.csv", "loaded", 12345, 12000, 0, 300, 45, 0]],
            columns=[
                "name",
                "verdict",
                "rows_in",
                "loaded",
                "merged",
                "quarantined",
                "deduplicated",
                "erased",
            ],
        ),
        days=pd.DataFrame(
            {
                "day": [date(2024, 6, 29), date(2024, 6, 30)],
                "plays": [100, 260],
                "listeners": [10, 11],
                "tracks": [3, 3],
                "bot_plays": [0, 60],
            }
        ),
        tracks=pd.DataFrame(
            {
                "track_id": ["t2", "t9", "t5"],
                "title": ["A", "Chão & <Céu>", None],
                "artist": ["X", "Zé do Baião", None],
                "genre": ["Forró", "Xote", None],
                "region": ["CE", None, None],
                "plays": [10, 70, 20],
                "listeners": [3, 6, 2],
                "shown": [5, 1, 4],
            }
        ),
        regions=pd.DataFrame({"region": ["CE", "PB"], "listeners": [6, 3]}),
        metrics=pd.DataFrame(
            [
                measured("als", "unheard", 0.30),
                measured("popularity", "unheard", 0.12),
                measured("als", "again", 0.5),
                measured("als", "unheard", 0.28, "activity:heavy"),
                measured("popularity", "unheard", 0.11, "activity:heavy"),
                measured("als", "unheard", 0.33, "region:CE"),
            ]
        ),
        gate=[
            {
                "name": "beats_popularity",
                "outcome": "passed",
                "text": {"en": "als is ahead", "pt-BR": "als está à frente"},
            }
        ],
        report={
            "integration": {"plays": 360, "first_day": "2024-06-29", "last_day": "2024-06-30"},
            "holdout": {"kind": "time", "leaks": LEAKS},
            "choice": {
                "sentence": {"en": "auto chose als", "pt-BR": "auto escolheu als"},
                "unheard_ndcg": 0.21,
                "ranker": {
                    "kept": True,
                    "importance": [
                        part("score", 0.9, "score of the blend", "pontuação da mistura"),
                        part("age", 0.096, "days since its release", "dias desde o lançamento"),
                        part("trend", 0.004, "its listeners these days", "ouvintes recentes"),
                    ],
                },
                "trials": [
                    trial("als-256", 4.0, 0.2, unheard=1.0, unheard_adds=0.2, unheard_error=0.01),
                    trial("popularity_recent", 0.0, 0.05),
                    trial("ease", 90.0, None, left_out={"en": "too dear", "pt": "caro demais"}),
                ],
            },
            "dial": [stop(0.0, 0.2), stop(1.0, 0.9)],
            "exposure": {
                "floor": [{"shelf": "for_you", "before": 0.1, "after": 0.3, "target": 0.25}],
                "goals": [
                    {
                        "goal": "artist_coverage",
                        "text": {"en": "Artists shown", "pt-BR": "Artistas mostrados"},
                        "limit": 0.6,
                        "direction": "at_least",
                        "measured": 0.75,
                        "low": 0.7,
                        "high": 0.8,
                        "met": "yes",
                        "note": None,
                    }
                ],
            },
        },
        samples=(
            Sample("ouvinte 1", 31, [{**track, "plays": 20}], {"for_you": [listed], "again": []}),
        ),
        changes=Changes(
            "20240623-xyz", 0.4, (8, 9), (3, 3), [{**track, "before": 1, "now": 5}], []
        ),
    )
    return replace(content, **parts)

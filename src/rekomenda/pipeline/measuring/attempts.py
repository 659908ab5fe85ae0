"""What was done, and how it ended, in figures. A failure never takes back an earlier success."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from statistics import median
from typing import Any

from rekomenda.pipeline.plan import PLAN
from rekomenda.storage.erasures import Receipt
from rekomenda.storage.release_manifest import Release
from rekomenda.telemetry.metrics import RunMetrics

DECISIONS = ("published", "ready", "unchanged", "kept", "refused", "failed")
WITHOUT_SUCCESS = frozenset({"ready", "refused", "failed"})

Attempt = Mapping[str, Any]


def say_runs(metrics: RunMetrics, attempts: Sequence[Attempt], releases: Sequence[Release]) -> None:
    """State what became of the runs that are remembered.

    Attempts are forgotten after a while and releases are not, as long as they are kept: each of
    them is a run that ended well, too.
    """
    moments = [_moment(attempt) for attempt in attempts]
    done = [_moment(each) for each in attempts if each["decision"] not in WITHOUT_SUCCESS]
    undone = {each["run_id"] for each in attempts if each["decision"] in WITHOUT_SUCCESS}
    done += [
        release.manifest.created_at.timestamp()
        for release in releases
        if release.release_id not in undone
    ]
    if done:
        metrics.last_success.labels(command="run").set(max(done))
    if moments or done:
        metrics.last_attempt.labels(command="run").set(max(moments + done))
    decided = Counter(attempt["decision"] for attempt in attempts)
    for decision in DECISIONS:
        metrics.runs.labels(decision=decision).set(decided[decision])
    refused = takewhile(lambda each: each["decision"] == "refused", reversed(attempts))
    metrics.refused_in_a_row.set(len(list(refused)))
    whole = [sum(each["seconds"].values()) for each in attempts if each["seconds"]]
    if whole:
        metrics.usual_run.set(median(whole))
    _say_steps(metrics, attempts)
    if attempts:
        _say_gate(metrics, attempts[-1].get("gate", {}).get("checks", ()))
    compared = [each for each in attempts if "reconciliation" in each]
    for each in compared[-1:]:
        lake = {"lake": each["lake"]["differences"]} if each.get("lake") else {}
        for table, differences in (each["reconciliation"] | lake).items():
            metrics.reconciliation.labels(table=table).set(differences)


def say_others(
    metrics: RunMetrics, tunings: Sequence[Attempt], receipts: Sequence[Receipt]
) -> None:
    """State when other commands that leave a record ended well."""
    if tunings:
        newest = max(_parsed(tuning["tuned_at"]) for tuning in tunings)
        metrics.last_success.labels(command="tune").set(newest)
    if receipts:
        newest = max(_parsed(receipt.finished_at) for receipt in receipts)
        metrics.last_success.labels(command="forget").set(newest)
    metrics.erasures_done.set(len(receipts))


def _say_steps(metrics: RunMetrics, attempts: Sequence[Attempt]) -> None:
    known = {hop.name for hop in PLAN}
    for attempt in attempts:
        for step, seconds in attempt["seconds"].items():
            if step in known:
                metrics.step_duration.labels(step=step).set(seconds)
                metrics.step_success.labels(step=step).set(_moment(attempt))


def _say_gate(metrics: RunMetrics, checks: Sequence[Attempt]) -> None:
    for check in checks:
        metrics.gate_check.labels(check=check["name"]).set(float(bool(check["passed"])))
        for gauge, found in (
            (metrics.gate_measured, check.get("measured")),
            (metrics.gate_limit, check.get("limit")),
        ):
            if found is not None:
                gauge.labels(check=check["name"]).set(found)


def _moment(attempt: Attempt) -> float:
    return _parsed(attempt.get("repeated_at", attempt["attempted_at"]))


def _parsed(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()

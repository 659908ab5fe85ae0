"""Every Prometheus metric, by name. Labels come from short closed lists, never from an id."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    write_to_textfile,
)

disable_created_metrics()  # type: ignore[no-untyped-call] # a series more for each counter, which nobody asks for

PREFIX: Final = "rekomenda_"
SECONDS: Final = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
"""Upper bounds of the buckets of a request's duration: few, for each is a series a route."""


class RunMetrics:
    """The metrics of one home, on a registry of their own.

    All are gauges: a batch run states how things are, and a scraper sees the last statement.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

        def gauge(name: str, meaning: str, *labels: str) -> Gauge:
            return Gauge(f"{PREFIX}{name}", meaning, labels, registry=self.registry)

        self.build_info = gauge("build_info", "1, with the version as label", "version")
        self.intact = gauge(
            "intact", "1 if this part of the home is what was written, 0 if it is damaged", "part"
        )
        # the lake
        self.rows = gauge("ingest_rows", "Rows of the lake's inputs by verdict", "verdict")
        self.rows_unaccounted = gauge(
            "ingest_rows_unaccounted", "Rows of which nothing is known: always 0"
        )
        self.files = gauge("ingest_files", "Files that were ever offered, by verdict", "verdict")
        self.quarantine_ratio = gauge(
            "ingest_quarantine_ratio", "Quarantined share of all rows, 0 to 1", "table"
        )
        self.data_last_day = gauge(
            "data_last_day_timestamp_seconds", "Last day of plays in the lake", "table"
        )
        self.day_rows = gauge(
            "data_day_rows",
            "Rows of plays: of the last complete day, and of a usual day of that weekday",
            "day",
        )
        self.drift = gauge(
            "data_drift_psi",
            "How far the last week lies from the four before it, or scores from the release before",
            "of",
        )
        # what was done
        self.last_success = gauge(
            "last_success_timestamp_seconds", "When the command last ended well", "command"
        )
        self.last_attempt = gauge(
            "last_attempt_timestamp_seconds", "When the command last ended", "command"
        )
        self.step_duration = gauge(
            "step_duration_seconds", "Wall time of a step in its last run", "step"
        )
        self.step_success = gauge(
            "step_last_success_timestamp_seconds", "When a run last got past this step", "step"
        )
        self.runs = gauge("runs", "Runs that are remembered, by what became of them", "decision")
        self.usual_run = gauge(
            "run_usual_duration_seconds", "Median wall time of the runs that are remembered"
        )
        self.refused_in_a_row = gauge(
            "runs_refused_in_a_row", "Newest runs, one after the other, that the gate refused"
        )
        # the release in service
        self.release_info = gauge(
            "release_info", "1, with the served release as labels", "release", "algorithm"
        )
        self.release_as_of = gauge(
            "release_as_of_timestamp_seconds", "Last day the served release knows"
        )
        self.release_created = gauge(
            "release_created_timestamp_seconds", "When the served release was made"
        )
        self.release_bytes = gauge("release_bytes", "Size of the served release")
        self.releases_kept = gauge("releases_kept", "Releases that can be served again")
        self.listeners = gauge("release_listeners", "Listeners in the served release", "kind")
        self.answers = gauge(
            "release_answers",
            "Known listeners by what they would be answered: a list of their own, a popular one, none",
            "kind",
        )
        self.recommendations = gauge(
            "release_recommendations", "Recommendations in the served release", "shelf"
        )
        self.generated = gauge(
            "generated_recommendations",
            "Recommendations in the newest release, served or not",
            "shelf",
        )
        self.coverage = gauge(
            "release_coverage_ratio", "Share shown to at least one listener, 0 to 1", "of"
        )
        self.exposure = gauge(
            "release_exposure", "Who is shown in the served lists, as the report says it", "measure"
        )
        self.goals = gauge(
            "release_goals", "Goals for artists and listeners, by whether they are met", "met"
        )
        self.model_quality = gauge(
            "model_quality",
            "Quality on the holdout: the served model and popularity; groups by the gate's measure",
            "algorithm", "task", "segment", "metric", "k",
        )  # fmt: skip
        self.release_forced = gauge(
            "release_forced", "1 if a person published the served release in spite of the gate"
        )
        # the gate
        self.gate_check = gauge("gate_check", "1 if the check passed in the last run", "check")
        self.gate_measured = gauge(
            "gate_measured", "What the check found in the last run, where that is a number", "check"
        )
        self.gate_limit = gauge(
            "gate_limit", "What the check was held against, where that is a number", "check"
        )
        # the warehouse
        self.reconciliation = gauge(
            "reconciliation_differences",
            "Rows that release and warehouse disagree on; lake: days that it and the release do",
            "table",
        )
        self.warehouse_lags = gauge(
            "warehouse_lagging", "1 if the warehouse shows another run than the one in service"
        )
        # upkeep
        self.erasures_open = gauge(
            "erasures_open", "Listeners whose erasure was asked for and is not finished"
        )
        self.erasure_age = gauge(
            "erasure_age_seconds", "How long ago the unfinished erasure was asked for; 0: none"
        )
        self.erasures_done = gauge("erasures_finished", "Receipts of finished erasures")
        self.lease_age = gauge(
            "lease_age_seconds", "How long somebody has been writing to the home; 0: nobody is"
        )
        self.disk_free = gauge("disk_free_bytes", "Free space where the home is")
        self.disk_size = gauge("disk_size_bytes", "All space where the home is")

    def write(self, path: Path) -> None:
        """Write all of them as Prometheus' text format, whole or not at all."""
        write_to_textfile(str(path), self.registry)


class ServiceMetrics:
    """What `rekomenda serve` counts of its own work, on a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            f"{PREFIX}http_request_duration_seconds",
            "How long answers took, by route, method and class of status",
            ("route", "method", "code"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.refused = Counter(
            f"{PREFIX}http_refused",
            "Requests that were turned away before they did anything, by why",
            ("reason",),
            registry=self.registry,
        )
        self.collecting = Gauge(
            f"{PREFIX}collect_duration_seconds",
            "How long reading the home took for the last scrape",
            registry=self.registry,
        )

"""Every Prometheus metric, by name. Labels come from short closed lists, never from an id."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile


class RunMetrics:
    """The metrics of one home, on a registry of their own.

    All are gauges: a batch run states how things are, and a scraper sees the last statement.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

        def gauge(name: str, meaning: str, labels: tuple[str, ...] = ()) -> Gauge:
            return Gauge(f"rekomenda_{name}", meaning, labels, registry=self.registry)

        self.build_info = gauge("build_info", "1, with the version as label", ("version",))
        self.rows = gauge("ingest_rows", "Rows of the lake's inputs by verdict", ("verdict",))
        self.rows_unaccounted = gauge(
            "ingest_rows_unaccounted", "Rows of which nothing is known: always 0"
        )
        self.quarantine_ratio = gauge(
            "ingest_quarantine_ratio", "Quarantined share of all rows, 0 to 1", ("table",)
        )
        self.erasures_open = gauge(
            "erasures_open", "Listeners whose erasure was asked for and is not finished"
        )
        self.data_last_day = gauge(
            "data_last_day_timestamp_seconds", "Last day of plays in the lake", ("table",)
        )
        self.step_duration = gauge(
            "step_duration_seconds", "Wall time of a step in its last run", ("step",)
        )
        self.last_success = gauge(
            "last_success_timestamp_seconds", "When the command last ended well", ("command",)
        )
        self.last_attempt = gauge(
            "last_attempt_timestamp_seconds", "When the command last ended", ("command",)
        )
        self.release_info = gauge(
            "release_info", "1, with the served release as labels", ("release", "algorithm")
        )
        self.release_as_of = gauge(
            "release_as_of_timestamp_seconds", "Last day the served release knows"
        )
        self.listeners = gauge("release_listeners", "Listeners in the served release", ("kind",))
        self.recommendations = gauge(
            "release_recommendations", "Recommendations in the served release", ("shelf",)
        )
        self.coverage = gauge(
            "release_coverage_ratio", "Share shown to at least one listener, 0 to 1", ("of",)
        )
        self.model_quality = gauge(
            "model_quality",
            "Quality on the holdout of the last run",
            ("algorithm", "task", "segment", "metric", "k"),
        )
        self.gate_check = gauge("gate_check", "1 if the check passed in the last run", ("check",))
        self.gate_measured = gauge(
            "gate_measured",
            "What the check found in the last run, where that is a number",
            ("check",),
        )
        self.gate_limit = gauge(
            "gate_limit", "What the check was held against, where that is a number", ("check",)
        )
        self.release_forced = gauge(
            "release_forced", "1 if a person published the served release in spite of the gate"
        )
        self.reconciliation = gauge(
            "reconciliation_differences", "Rows that release and warehouse disagree on", ("table",)
        )
        self.disk_free = gauge("disk_free_bytes", "Free space where the home is")

    def write(self, path: Path) -> None:
        """Write all of them as Prometheus' text format, whole or not at all."""
        write_to_textfile(str(path), self.registry)

"""The metrics page, from the registry that a run writes."""

from __future__ import annotations

from prometheus_client import Gauge

from reference.markdown import code, page, table
from rekomenda.telemetry.metrics import RunMetrics

_INTRODUCTION = """\
`rekomenda ingest` and `rekomenda run` leave these in `metrics/rekomenda.prom` of the home, in
Prometheus' text format: point node_exporter's textfile collector at that folder. All are gauges,
because a batch job states how things are. Labels come from short closed lists; no metric carries
the id of a listener, a track or an artist."""


def metrics_page() -> str:
    """Return the page: a row a metric."""
    gauges = [value for value in vars(RunMetrics()).values() if isinstance(value, Gauge)]
    rows = []
    for gauge in gauges:
        (family,) = gauge.describe()
        labels = ", ".join(code(label) for label in gauge._labelnames)
        rows.append((code(family.name), labels, family.documentation))
    return page("Metrics", [_INTRODUCTION, table(("metric", "labels", "meaning"), rows)])

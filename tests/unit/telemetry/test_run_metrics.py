"""What a run leaves for Prometheus."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from rekomenda.telemetry.metrics import RunMetrics, ServiceMetrics

CLOSED_LABELS = {
    "algorithm", "check", "command", "day", "decision", "k", "kind", "measure", "met", "metric", "of",
    "part", "release", "segment", "shelf", "step", "table", "task", "verdict", "version",
}  # fmt: skip
"""Labels whose values come from a short list; never the id of a listener, track or artist."""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    metrics = RunMetrics()
    for gauge in _gauges(metrics):
        labels = [f"some_{label}" for label in gauge._labelnames]
        (gauge.labels(*labels) if labels else gauge).set(1.5)
    path = tmp_path / "rekomenda.prom"
    metrics.write(path)
    return path


def _gauges(metrics: RunMetrics):
    return [value for name, value in vars(metrics).items() if name != "registry"]


def test_every_metric_is_in_the_file(written):
    families = {family.name for family in text_string_to_metric_families(written.read_text())}
    assert len(families) == len(_gauges(RunMetrics()))


def test_names_are_few_enough_to_be_read():
    ours = [metrics.registry.collect() for metrics in (RunMetrics(), ServiceMetrics())]
    assert len({family.name for families in ours for family in families}) <= 50


def test_names_carry_our_prefix_and_no_suffix_of_counters(written):
    for family in text_string_to_metric_families(written.read_text()):
        assert re.fullmatch(r"rekomenda_[a-z]+(_[a-z]+)*", family.name)
        assert not family.name.endswith(("_total", "_count", "_sum", "_bucket"))


def test_labels_come_from_closed_lists():
    used = {label for gauge in _gauges(RunMetrics()) for label in gauge._labelnames}
    assert used <= CLOSED_LABELS


def test_two_homes_do_not_share_a_registry():
    one, other = RunMetrics(), RunMetrics()
    one.rows_unaccounted.set(3)
    assert other.registry.get_sample_value("rekomenda_ingest_rows_unaccounted") == 0


def test_writing_again_replaces_the_file(tmp_path):
    path = tmp_path / "rekomenda.prom"
    for rows in (3, 0):
        metrics = RunMetrics()
        metrics.rows_unaccounted.set(rows)
        metrics.write(path)
    assert "rekomenda_ingest_rows_unaccounted 0.0" in path.read_text()
    assert [entry.name for entry in tmp_path.iterdir()] == ["rekomenda.prom"]


@pytest.mark.needs_promtool
def test_promtool_finds_nothing_to_complain_about(written):
    command = ["promtool", "check", "metrics"]
    with written.open() as text:
        result = subprocess.run(command, stdin=text, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout + result.stderr) == (0, "")

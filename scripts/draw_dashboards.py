"""Write deploy/grafana/*.json: dashboards for Grafana, built with its own foundation SDK.

`--check` writes nothing and fails, naming the files, if any differs from what it would write.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DataSourceRef

FOLDER = Path(__file__).resolve().parents[1] / "deploy" / "grafana"
SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")


@dataclass(frozen=True)
class Panel:
    """One panel: its title, its queries by legend, and how it is drawn."""

    title: str
    queries: dict[str, str]
    unit: str = "short"
    columns: int = 8
    number: bool = False
    about: str = ""


OPERATIONS = (
    Panel("Since a run ended well", {"": 'time() - rekomenda_last_success_timestamp_seconds{command="run"}'}, "s", 4, True),
    Panel("Since a run ended at all", {"": 'time() - rekomenda_last_attempt_timestamp_seconds{command="run"}'}, "s", 4, True),
    Panel("Age of what is served", {"": "time() - rekomenda_release_as_of_timestamp_seconds"}, "s", 4, True),
    Panel("Parts that are not whole", {"": "count(rekomenda_intact == 0) or vector(0)"}, "short", 4, True),
    Panel("Rows unaccounted for", {"": "rekomenda_ingest_rows_unaccounted"}, "short", 4, True, "Anything but 0 should be impossible."),
    Panel("Refused in a row", {"": "rekomenda_runs_refused_in_a_row"}, "short", 4, True),
    Panel("In service", {"{{release}} ({{algorithm}})": "rekomenda_release_info"}, "short", 12),
    Panel("Runs that are remembered", {"{{decision}}": "rekomenda_runs"}, "short", 12),
    Panel("Steps of the last run", {"{{step}}": "rekomenda_step_duration_seconds"}, "s", 12),
    Panel("Since each step was got past", {"{{step}}": "time() - rekomenda_step_last_success_timestamp_seconds"}, "s", 12),
    Panel("Rows by verdict", {"{{verdict}}": "rekomenda_ingest_rows"}),
    Panel("Quarantined share", {"all": "rekomenda:quarantine:ratio", "{{table}}": "rekomenda_ingest_quarantine_ratio"}, "percentunit"),
    Panel("Rows of the last complete day", {"{{day}}": "rekomenda_data_day_rows"}),
    Panel("Files ever offered", {"{{verdict}}": "rekomenda_ingest_files"}),
    Panel("Checks of the gate", {"{{check}}": "rekomenda_gate_check"}, "short", 8, False, "1: passed in the last run."),
    Panel("Warehouse against release", {"{{table}}": "rekomenda_reconciliation_differences", "lagging": "rekomenda_warehouse_lagging"}),
    Panel("Disk", {"free": "rekomenda_disk_free_bytes", "what a publish needs": "rekomenda:publish:bytes"}, "bytes"),
    Panel("Erasures", {"open": "rekomenda_erasures_open", "finished": "rekomenda_erasures_finished"}),
    Panel("Age of the unfinished erasure", {"": "rekomenda_erasure_age_seconds"}, "s"),
    Panel("Somebody is writing since", {"now": "rekomenda_lease_age_seconds", "a run, usually": "rekomenda_run_usual_duration_seconds"}, "s"),
    Panel("Answers a second", {"{{route}} {{code}}": "sum by (route, code) (rate(rekomenda_http_request_duration_seconds_count[$__rate_interval]))"}, "reqps"),
    Panel("Slowest in a hundred", {"{{route}}": "histogram_quantile(0.99, sum by (route, le) (rate(rekomenda_http_request_duration_seconds_bucket[$__rate_interval])))"}, "s"),
    Panel("A scrape", {"reading the home": "rekomenda_collect_duration_seconds", "whole": 'scrape_duration_seconds{job="rekomenda"}'}, "s"),
    Panel("Series of a scrape", {"": 'scrape_samples_scraped{job="rekomenda"}'}),
)  # fmt: skip
QUALITY = (
    Panel("NDCG, tracks not heard before", {"{{algorithm}} @{{k}}": 'rekomenda_model_quality{metric="ndcg",task="unheard",segment="overall"}'}, "short", 12),
    Panel("Gain over popularity", {"@{{k}} {{task}}": 'sum by (task, k) (rekomenda_model_quality{metric="ndcg",segment="overall",algorithm!="popularity"}) / (sum by (task, k) (rekomenda_model_quality{metric="ndcg",segment="overall",algorithm="popularity"}) > 0) - 1'}, "percentunit", 12, False, "No data where popularity itself is served."),
    Panel("NDCG by task", {"{{task}} {{algorithm}} @{{k}}": 'rekomenda_model_quality{metric="ndcg",segment="overall"}'}, "short", 12),
    Panel("NDCG by group of listeners", {"{{segment}}": 'rekomenda_model_quality{metric="ndcg"}'}, "short", 12, False, "Groups too small for a number have none."),
    Panel("Recall and hits", {"{{metric}} @{{k}} {{algorithm}}": 'rekomenda_model_quality{metric=~"recall|hit_rate",task="unheard",segment="overall"}'}, "percentunit", 12),
    Panel("Coverage", {"{{of}}": "rekomenda_release_coverage_ratio"}, "percentunit"),
    Panel("Exposure", {"{{measure}}": "rekomenda_release_exposure"}, "short", 12),
    Panel("Goals", {"{{met}}": "rekomenda_release_goals"}, "short", 8),
    Panel("What known listeners would be answered", {"{{kind}}": "rekomenda_release_answers"}, "short", 8),
    Panel("Listeners", {"{{kind}}": "rekomenda_release_listeners"}, "short", 8),
    Panel("Recommendations served", {"{{shelf}}": "rekomenda_release_recommendations"}, "short", 12),
    Panel("Recommendations generated", {"{{shelf}}": "rekomenda_generated_recommendations"}, "short", 12),
    Panel("Drift", {"{{of}}": "rekomenda_data_drift_psi"}, "short", 12, False, "Population stability index; above 0.25 is large."),
    Panel("What checks measured", {"{{check}}": "rekomenda_gate_measured"}, "short", 12),
)  # fmt: skip
BOARDS = {
    "operations": ("rekomenda · operations", OPERATIONS),
    "model-quality": ("rekomenda · model quality", QUALITY),
}


def files() -> dict[str, str]:
    """Return the content of every dashboard by its file's name."""
    return {f"{name}.json": _board(name, title, panels) for name, (title, panels) in BOARDS.items()}


def outdated() -> list[str]:
    """Return the files that are missing or differ from what is built here."""
    return [
        name
        for name, content in files().items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != content
    ]


def _board(name: str, title: str, panels: tuple[Panel, ...]) -> str:
    board = (
        dashboard.Dashboard(title)
        .uid(f"rekomenda-{name}")
        .tags(["rekomenda"])
        .refresh("1m")
        .time("now-90d", "now")
        .timezone("browser")
        .with_variable(
            dashboard.DatasourceVariable("source").type("prometheus").label("Prometheus")
        )
    )
    for panel in panels:
        board = board.with_panel(_panel(panel))
    built = json.loads(JSONEncoder(sort_keys=True).encode(board.build()))
    return json.dumps(_said(built), indent=1) + "\n"


def _said(value: Any) -> Any:
    """Leave out what is null: Grafana has defaults for what is not there, not for null."""
    if isinstance(value, dict):
        return {key: _said(each) for key, each in value.items() if each is not None}
    return [_said(each) for each in value] if isinstance(value, list) else value


def _panel(panel: Panel) -> stat.Panel | timeseries.Panel:
    builder = stat.Panel() if panel.number else timeseries.Panel()
    builder = (
        builder.title(panel.title)
        .description(panel.about)
        .datasource(SOURCE)
        .unit(panel.unit)
        .span(panel.columns)
        .height(4 if panel.number else 8)
    )
    for number, (legend, expression) in enumerate(panel.queries.items()):
        query = (
            prometheus.Dataquery()
            .expr(expression)
            .legend_format(legend)
            .ref_id(chr(ord("A") + number))
        )
        builder = builder.with_target(query)
    return builder


def main() -> None:
    differing, contents = outdated(), files()
    if "--check" in sys.argv[1:]:
        sys.exit(
            f"Run `python scripts/draw_dashboards.py`: {', '.join(differing)}" if differing else 0
        )
    for name in differing:
        (FOLDER / name).write_text(contents[name], encoding="utf-8")
        print(name)


if __name__ == "__main__":
    main()

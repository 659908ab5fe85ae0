"""What a load came to, on the screen."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.pipeline.loading.report import IngestReport
from rekomenda.pipeline.loading.words import lines_of


def show_load(door: Door, report: IngestReport) -> None:
    """Print the accounting of each file, or all of it as JSON."""
    if door.as_json:
        door.print_json(report.to_json())
        return
    for line in lines_of(report, door.language):
        door.print(line)

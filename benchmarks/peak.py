"""Peak memory of each step of the whole job: the kernel's high-water mark, set back before each.

    python benchmarks/peak.py --listeners 5000 --tracks 2000 --json

A world is invented, loaded and run on in one process, as `rekomenda demo` does it. A step's peak holds what
stays from the steps before it; `held` is what the process held when the step began.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rekomenda.data.world.generate import generate_world
from rekomenda.data.world.spec import WorldSpec
from rekomenda.data.world.write import write_world
from rekomenda.language import Text
from rekomenda.pipeline.bootstrap import open_house
from rekomenda.pipeline.loading.ingest import ingest
from rekomenda.pipeline.run import run
from rekomenda.settings import load_settings
from rekomenda.telemetry.progress import Silent, Step

ME = Path("/proc/self")


class Peaks:
    """Progress that keeps each step's peak, in MB."""

    def __init__(self) -> None:
        self.peaks: dict[str, dict[str, float]] = {}

    @contextmanager
    def step(self, name: str, title: Text, **facts: object) -> Iterator[Step]:
        """Measure one step."""
        (ME / "clear_refs").write_text("5")  # the mark goes back to what is held now
        held = _memory("VmRSS")
        with Silent().step(name, title, **facts) as step:
            yield step
        self.peaks[name] = {"held": held, "peak": _memory("VmHWM")}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--listeners", type=int, default=20_000)
    parser.add_argument("--tracks", type=int, default=5_000)
    parser.add_argument("--artists", type=int, default=800)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    peaks = Peaks()
    with tempfile.TemporaryDirectory() as folder:
        work(Path(folder), options, peaks)
    if options.json:
        print(json.dumps(peaks.peaks))
    else:
        for name, found in peaks.peaks.items():
            print(f"{name:<12} {found['held']:>7.0f} MB held  {found['peak']:>7.0f} MB peak")
    return 0


def work(folder: Path, options: argparse.Namespace, peaks: Peaks) -> None:
    """Invent, load and run."""
    size = {name: getattr(options, name) for name in ("listeners", "tracks", "artists")}
    with peaks.step("generate", Text("", "")):
        write_world(generate_world(WorldSpec.of(**size)), folder / "world")
    settings, house = load_settings(), open_house(folder / "home")
    now = datetime.now(UTC)
    ingest(house, [folder / "world"], settings.ingest, now=now, progress=peaks)
    run(house, settings, as_of=None, now=now, progress=peaks)


def _memory(name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", (ME / "status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1e3


if __name__ == "__main__":
    raise SystemExit(main())

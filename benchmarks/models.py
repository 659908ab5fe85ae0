"""Every model on every data set: seconds, memory, quality with intervals. Fills docs/models.md.

    python benchmarks/models.py --data PUBLIC_SETS
    python benchmarks/models.py --data PUBLIC_SETS --only 'world-5000/*' 'hetrec/auto'
    python benchmarks/models.py --data PUBLIC_SETS --missing
    python benchmarks/models.py --render

PUBLIC_SETS is the folder that docs/real-data.md tells of; `--sets` names fewer sets, or a larger world
(`world-20000`). Each model on each set is a cell: a process of its own, so that its peak of memory is
its own. A cell is kept in the work folder and measured again only when a module that it used has
changed, or when `--only` names it; then everything else stays as it is, with the commit it is of.
`--missing` measures what was never measured. The tables are made of all cells in the work folder.
Numbers go to docs/data/models.json, tables into docs/models.md and its twin, pictures to docs/img.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

from comparison.cases import prepare
from comparison.cell import models_for
from comparison.page import fill_pages
from comparison.pictures import draw
from comparison.stamp import ROOT, is_current
from comparison.table import table

SETS: Final = ("world-5000", "hetrec", "nowplaying", "gowalla")
PATIENCE: Final = 1200
"""Seconds that a cell may take."""
DOCS: Final = ROOT / "docs"


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    stored = options.docs / "data" / "models.json"
    failed: list[str] = []
    if not options.render:
        if options.data is None:
            print("models.py: --data says where the public sets are", file=sys.stderr)
            return 2
        cells = [(name, model) for name in options.sets for model in models_for(name)]
        failed = measure_all(cells, options)
        result = table(measured(options.work / "cells"))
        if stored.exists():  # a set of which nothing was measured here stays as it is
            known = json.loads(stored.read_text(encoding="utf-8"))["data"]
            result["data"] = ordered(known | result["data"])
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    result = json.loads(stored.read_text(encoding="utf-8"))
    draw(result, options.docs / "img")
    fill_pages(result, options.docs)
    return 1 if failed else 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--sets", nargs="+", default=list(SETS), help=" ".join(SETS))
    parser.add_argument("--only", nargs="+", metavar="SET/MODEL", help="measure these, as patterns")
    parser.add_argument("--missing", action="store_true", help="measure what is not there yet")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "models")
    parser.add_argument("--docs", type=Path, default=DOCS)
    parser.add_argument("--render", action="store_true", help="measure nothing, draw what is known")
    return parser.parse_args(arguments)


def measure_all(cells: list[tuple[str, str]], options: argparse.Namespace) -> list[str]:
    """Measure what is wanted and not there; return the cells that failed, of which it is told."""
    failed = []
    for name, model in cells:
        folder = options.work.resolve() / "cells" / name / model
        if not _wanted(f"{name}/{model}", folder, options):
            continue
        if name != "gowalla":
            prepare(name, options.data.resolve(), options.work.resolve())
        started = time.perf_counter()
        places = map(str, (options.data.resolve(), options.work.resolve(), folder))
        command = [sys.executable, "-m", "comparison.cell", name, model, *places]
        wrong = _do(command)
        failed += [f"{name}/{model}"] if wrong else []
        seconds = time.perf_counter() - started
        print(f"{name}/{model} {seconds:.0f} s{wrong}", file=sys.stderr, flush=True)
    return failed


def _do(command: list[str]) -> str:
    """Run a cell; return what went wrong, nothing if all went well."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT / "benchmarks",
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return f": stopped after {PATIENCE} s"
    return "" if done.returncode == 0 else f": {' '.join(done.stderr.strip().splitlines()[-1:])}"


def measured(cells: Path) -> list[Path]:
    """Return the folders of all cells that were ever measured, of models that are still compared."""
    names = [folder.name for folder in cells.iterdir()]
    folders = [cells / name / model for name in names for model in models_for(name)]
    return [folder for folder in folders if (folder / "cell.json").exists()]


def ordered(data: dict[str, Any]) -> dict[str, Any]:
    """Put data sets in the order of `SETS`, larger worlds behind."""
    last = len(SETS)
    places = {name: SETS.index(name) if name in SETS else last for name in data}
    return {name: data[name] for name in sorted(data, key=lambda name: (places[name], name))}


def _wanted(name: str, folder: Path, options: argparse.Namespace) -> bool:
    if options.only is not None:
        return any(fnmatch(name, pattern) for pattern in options.only)
    stored = folder / "cell.json"
    if options.missing or not stored.exists():
        return not stored.exists()
    return not is_current(json.loads(stored.read_text(encoding="utf-8"))["sources"])


if __name__ == "__main__":
    sys.exit(main())

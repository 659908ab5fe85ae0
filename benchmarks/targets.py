"""Which aims are met: fills docs/targets.md and its twin from numbers, and measures what is lacking.

    python benchmarks/targets.py                                  # judge what is known
    python benchmarks/targets.py --data PUBLIC_SETS --measure all # measure first, then judge
    python benchmarks/targets.py --data PUBLIC_SETS --measure topn time

What `models.py` measures it takes from docs/data/models.json; the rest it keeps, with day, commit and
load, in docs/data/targets.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from comparison.measurements import MEASUREMENTS, run
from comparison.stamp import ROOT, stamp
from comparison.target_page import fill_pages
from comparison.targets import Facts


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    stored = options.docs / "data" / "targets.json"
    figures = _read(stored)
    failed = False
    for name in MEASUREMENTS if options.measure == ["all"] else options.measure:
        try:
            found = run(name, options.data.resolve(), options.work.resolve())
        except ValueError as error:
            print(f"targets.py: {error}", file=sys.stderr)
            failed = True
            continue
        about = {key: value for key, value in stamp().items() if key != "sources"}
        figures |= {key: {"value": value, **about} for key, value in found.items()}
        print(f"{name}: {found}", file=sys.stderr)
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    models = _read(options.docs / "data" / "models.json")
    fill_pages(Facts(models.get("data", {}), figures), options.docs)
    return 1 if failed else 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--measure",
        nargs="+",
        default=[],
        metavar="NAME",
        help="all, or some of " + ", ".join(MEASUREMENTS),
    )
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "models")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    options = parser.parse_args(arguments)
    unknown = set(options.measure) - {*MEASUREMENTS, "all"}
    if unknown:
        parser.error(f"nothing is called {', '.join(sorted(unknown))}")
    if options.measure and options.data is None:
        parser.error("--measure needs --data")
    return options


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    sys.exit(main())

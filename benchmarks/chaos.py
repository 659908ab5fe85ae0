"""Puts every fault of docs/reliability.md into real commands, and writes the table there and in its twin.

    python benchmarks/chaos.py                                  # go on where it was, until all is tried
    python benchmarks/chaos.py --only kill errno --points 50    # so many of each, evenly spread
    python benchmarks/chaos.py --at "kill ingest fsync 17 0"    # one again: what `repro:` says
    python benchmarks/chaos.py --table                          # only write the pages

What was tried with this code is kept in build/chaos and not tried twice; `--fresh` forgets it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from comparison.stamp import ROOT, stamp
from unrest.faults import FAULTS
from unrest.lab import Lab
from unrest.page import fill_pages


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    stored = options.docs / "data" / "chaos.json"
    figures = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
    if options.table:
        fill_pages(figures, options.docs)
        return 0
    lab = Lab(options.work, fresh=options.fresh)
    if options.at:
        name, _, point = options.at.partition(" ")
        wrong = FAULTS[name].attempt(lab, point)
        print("\n".join(wrong) if wrong else f"{options.at}: as it should be")
        return 1 if wrong else 0
    failed = False
    for name in options.only or FAULTS:
        figures[name] = {**lab.measure(name, FAULTS[name], options.points), **_about()}
        failed |= bool(figures[name]["wrong"])
        stored.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        fill_pages(figures, options.docs)
    return 1 if failed else 0


def _about() -> dict[str, object]:
    return {key: value for key, value in stamp().items() if key in {"date", "commit"}}


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = ", ".join(FAULTS)
    parser.add_argument("--only", nargs="+", choices=list(FAULTS), metavar="FAULT", help=names)
    parser.add_argument("--points", type=int, help="at most so many of each fault")
    parser.add_argument("--at", metavar="POINT", help="try one point again")
    parser.add_argument("--fresh", action="store_true", help="forget what was tried")
    parser.add_argument("--table", action="store_true", help="only write the pages")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "chaos")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

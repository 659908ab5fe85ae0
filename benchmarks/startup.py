"""Time how long every command takes to start: CPU seconds of `rekomenda COMMAND --help`, the least of a few.

    python benchmarks/startup.py --rounds 5 --json

Each is a process of its own; CPU seconds, since the clock also tells what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import click

from rekomenda.cli.main import cli


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    found = {
        name or "rekomenda": min(cpu_of(*name.split(), "--help") for _ in range(options.rounds))
        for name in ("", *cli.list_commands(click.Context(cli)))
    }
    if options.json:
        print(json.dumps(found))
    else:
        for name, seconds in sorted(found.items(), key=lambda each: each[1]):
            print(f"{name:<18} {seconds:.3f} s")
    return 0


def cpu_of(*words: str) -> float:
    """Return the CPU seconds of one process, its own start included."""
    program = [str(Path(sys.executable).with_name("rekomenda")), *words]
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, words
    return round(usage.ru_utime + usage.ru_stime, 3)


if __name__ == "__main__":
    raise SystemExit(main())

"""The whole job in this process, as a program: files in, lists out, and the hash of all of it.

`python -m support.whole_job WORLD HOME` prints one JSON object: by name of a table or list, a hash.
"""

from __future__ import annotations

import hashlib
import json
import locale
import sys
from pathlib import Path

from rekomenda.domain.warehouse_schema import RUNS, WAREHOUSE
from rekomenda.storage.lake import Lake
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.command import done

CLOCKS = {(RUNS.name, "created_at")}
"""Columns of the warehouse that say when a run was made; all others are compared."""


def main(world: Path, home: Path) -> None:
    """Do the job and print the hashes."""
    locale.setlocale(locale.LC_ALL, "")
    job(world, home)
    sys.stdout.write(json.dumps(hashes(home)))


def job(world: Path, home: Path) -> None:
    """Load, learn, publish, hand over."""
    done("--home", home, "ingest", world)
    done("--home", home, "run")
    done("--home", home, "recommend", "--all", "--out", home / "lists.jsonl")
    done("--home", home, "recommend", "--all", "--out", home / "lists.parquet")


def hashes(home: Path) -> dict[str, str]:
    """Return the hash of everything that a run makes, by name."""
    served = Releases(home).current()
    assert served is not None
    found = {
        "lake": Lake(home).snapshot().content_hash,
        "release": served.release_id,
        "content": served.content_hash,
    }
    for name in ("lists.jsonl", "lists.parquet"):
        found[name] = hashlib.sha256((home / name).read_bytes()).hexdigest()
    with DuckDBWarehouse(home).connect_read_only() as connection:
        for table in WAREHOUSE.values():
            columns = [c.name for c in table.columns if (table.name, c.name) not in CLOCKS]
            rows = connection.execute(
                f"SELECT {', '.join(columns)} FROM current_{table.name}"
            ).fetchall()
            text = "\n".join(sorted(map(repr, rows)))
            found[f"warehouse {table.name}"] = hashlib.sha256(text.encode()).hexdigest()
    return found


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))

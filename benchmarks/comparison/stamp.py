"""When, from which code and on what machine something was measured."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]


def stamp() -> dict[str, Any]:
    """Return the day, the commit, the load, and a hash of each module of ours that was used."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "load": round(os.getloadavg()[0], 1),
        "sources": {str(path.relative_to(ROOT)): _hash(path) for path in _used()},
    }


def commit() -> str:
    """Name the commit, with a `+` if the package differs from it; `unknown` outside a repository."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=7", "--exclude=*"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    changes = ["git", "-C", str(ROOT), "status", "--porcelain", "-uno", "--", "src", "benchmarks"]
    changed = subprocess.run(changes, capture_output=True, text=True, check=False).stdout.strip()
    return (found.stdout.strip() or "unknown") + ("+" if changed else "")


def machine() -> dict[str, Any]:
    """Return what the machine is, as far as it matters."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(pages * size / 2**30),
        "python": platform.python_version(),
    }


def is_current(sources: dict[str, str]) -> bool:
    """Whether every module that was used is still what it was."""
    return all(
        (ROOT / name).exists() and _hash(ROOT / name) == known for name, known in sources.items()
    )


def _used() -> list[Path]:
    """Return the files of the package, and of the benchmarks, that this process has imported."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    paths = {Path(file).resolve() for file in files if file}
    return sorted(
        path
        for path in paths
        if path.is_relative_to(ROOT / "src") or path.is_relative_to(ROOT / "benchmarks")
    )


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]

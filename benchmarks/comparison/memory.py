"""The most memory that this process has used, in MB."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_UNITS_PER_MB: Final = 2**20 if sys.platform == "darwin" else 2**10
"""Of `ru_maxrss`."""


def forget_peak() -> float:
    """Begin the peak of memory anew where the system can; return what is in use now, in MB."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _status_mb("VmRSS") or peak_mb()


def peak_mb() -> float:
    return _status_mb("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNITS_PER_MB


def _status_mb(field: str) -> float:
    """Read a line of the kernel's status of this process; 0 where there is none."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) / 1024
    return 0.0

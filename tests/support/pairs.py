"""Surroundings in which a run must not notice where it is: every pair of two settings, in 24 runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

ZONES = (
    "UTC",
    "America/Fortaleza",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
)
"""From twelve hours behind to fourteen ahead, one off by three quarters of an hour."""
LOCALES = ("C", "pt_BR.UTF-8", "tr_TR.UTF-8", "ar_SA.UTF-8")
"""None at all; a decimal comma; an `i` whose capital is another letter; another script."""
HASH_SEEDS = ("0", "1", "4294967295")
THREADS = ("1", "2")


class Around(NamedTuple):
    """What surrounds one run."""

    zone: str
    locale: str
    hash_seed: str
    threads: str

    def environment(self, locales: Path) -> dict[str, str]:
        """Return the environment of its process; `locales` is where they were compiled."""
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith("LC_")},
            "TZ": self.zone,
            "LC_ALL": self.locale,
            "LANG": self.locale,
            "LOCPATH": str(locales),
            "PYTHONHASHSEED": self.hash_seed,
            "REKOMENDA_INGEST__THREADS": self.threads,
            "REKOMENDA_INTEGRATE__THREADS": self.threads,
            "NUMBA_NUM_THREADS": self.threads,
            "OMP_NUM_THREADS": self.threads,
            "OPENBLAS_NUM_THREADS": self.threads,
        }


def every_pair() -> list[Around]:
    """Return 24 surroundings in which every two values of two settings meet: fewer cannot."""
    return [_around(zone, locale) for zone in range(len(ZONES)) for locale in range(len(LOCALES))]


def extremes() -> list[Around]:
    """Return six of them that hold every value of every setting."""
    return [_around(zone, (zone + 1) % len(LOCALES)) for zone in range(len(ZONES))]


def _around(zone: int, locale: int) -> Around:
    seed = (zone + locale) % len(HASH_SEEDS)
    threads = (zone // 3 + locale) % len(THREADS)
    return Around(ZONES[zone], LOCALES[locale], HASH_SEEDS[seed], THREADS[threads])

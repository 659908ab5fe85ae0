"""A generated world in the shape models learn from, beside the truth about its listeners.

Shared by `truth.py`, `feedback.py` and `bots.py`. The way is the product's own: the files are
written, ingested and integrated, so that bots are flagged and plays are damped as in a real run.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.data.world.truth import Truth
from rekomenda.joining.integrate import Integrated, integrate
from rekomenda.pipeline.bootstrap import open_engine, open_house
from rekomenda.pipeline.work import plan_work
from rekomenda.settings import Settings

Play = tuple[str, str, str, int]
"""Day, listener, track, plays: a row of plays.csv."""
LONG_AGO: Final = date(2999, 1, 1)
"""A today on which every day of a generated world is over."""


@dataclass(frozen=True, eq=False)
class SimulatedWorld:
    """What is known of a world, and what is true of it.

    Parameters
    ----------
    settings : Settings
    integrated : Integrated
    truth : Truth
    """

    settings: Settings
    integrated: Integrated
    truth: Truth

    def preferences(self, names: NDArray[np.str_]) -> NDArray[np.float32]:
        """Return the true chances of fresh choices of some listeners, by id, over the items: (B, I).

        0 for tracks that the truth does not know (not in the catalogue), and for listeners
        it does not know.
        """
        items = self.integrated.catalogue.items
        known = np.isin(names, self.truth.user_ids)
        chances = np.zeros((len(names), len(items)), np.float32)
        columns = items.index_of(list(self.truth.track_ids))
        there = columns >= 0
        liked = self.truth.preference(names[known].tolist())
        chances[np.flatnonzero(known)[:, None], columns[there]] = liked[:, there]
        return chances


def make_world(
    *, extra: Sequence[Play] = (), settings: Settings | None = None, **sizes: int
) -> SimulatedWorld:
    """Generate, ingest and integrate a world; `extra` plays come as one more file.

    Parameters
    ----------
    extra : sequence of Play
    settings : Settings, optional
    sizes
        Options of `rekomenda generate`: listeners, tracks, artists, days, seed.
    """
    settings = settings or Settings()
    with tempfile.TemporaryDirectory() as folder:
        files, home, spill = (Path(folder) / name for name in ("world", "home", "spill"))
        options = [word for name, size in sizes.items() for word in (f"--{name}", str(size))]
        _rekomenda("generate", "--out", str(files), *options)
        loaded = [files]
        if extra:
            loaded.append(_write(Path(folder) / "extra" / "plays_extra.csv", extra))
        _rekomenda("--home", str(home), "ingest", "--on-overlap", "sum", *map(str, loaded))
        spill.mkdir()
        house = open_house(home)
        work = plan_work(house.lake.snapshot(), settings, home=home, as_of=None, today=LONG_AGO)
        integrated = integrate(
            open_engine(settings, spill),
            work.parts,
            home=home,
            as_of=work.as_of,
            cut=work.cut,
            validation_cut=work.validation_cut,
            options=settings.integrate,
            moments=False,
        )
        return SimulatedWorld(settings, integrated, Truth.load(files / "truth"))


def _write(path: Path, plays: Sequence[Play]) -> Path:
    path.parent.mkdir()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id_date", "user_id", "id_tracks", "plays"])
        writer.writerows(plays)
    return path


def _rekomenda(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rekomenda", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"rekomenda {' '.join(arguments)}: {done.stderr.strip()}")


def list_options(settings: Settings) -> dict[str, Any]:
    """Return what a `ListMaker` wants to know of the settings, the floor not among it."""
    recommend = settings.recommend
    return {
        "max_per_artist": recommend.max_per_artist,
        "min_support": recommend.min_support,
        "n_candidates": recommend.candidates,
        "fresh_days": recommend.fresh_days,
    }

"""The whole weekly job at the size of a large service, step by step, beside pandas and implicit.

    python benchmarks/scale.py --folder /tmp/scale --json                      # a million listeners
    python benchmarks/scale.py --folder /tmp/scale --listeners 100000 --tracks 20000 --plays 10000000

Plays are made in partitions, a day at a time, with NumPy: nothing is held but the listeners' traits.
Listeners are long-tailed in activity; each has three of a few hundred scenes, a library of their own in
them that they come back to, and now and then a hit of everybody's. So there is something to learn, and
much that repeats. `rekomenda ingest` and `rekomenda run` then run as their users run them; hops and
their seconds are those that the run recorded, memory is the peak the kernel saw (ru_maxrss).

What stands beside it reads the same CSV files: pandas adds up plays, `implicit` fits and lists 50 tracks
for everybody; Spark on the cores of this machine does the same with MLlib and its `recommendForAllUsers`.
They check nothing, compare nothing, explain nothing and publish nothing. What was made is kept in the
folder: the same command goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from comparison.unaided import mllib, pandas_and_implicit
from etl import run

LAST_DAY = np.datetime64("2024-06-30")
N_SCENES = 300
LIBRARY = 40
"""Tracks that a listener comes back to."""
PIECE = 4_000_000
PLAYS = pa.schema(
    [
        ("id_date", pa.date32()),
        ("user_id", pa.string()),
        ("id_tracks", pa.string()),
        ("plays", pa.int64()),
    ]
)
UNQUOTED = csv.WriteOptions(quoting_style="none")
Ints = NDArray[np.int64]


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    if options.task:
        print(json.dumps(TASKS[options.task](options)))
        return 0
    result = {
        "listeners": options.listeners,
        "tracks": options.tracks,
        "cores": len(os.sched_getaffinity(0)),
        **{step: STEPS[step](options) for step in options.only},
    }
    print(json.dumps(result) if options.json else "\n".join(f"{k}: {v}" for k, v in result.items()))
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--listeners", type=int, default=1_000_000)
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--plays", type=int, default=100_000_000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, required=True, help="where everything goes")
    parser.add_argument("--engine", choices=("embedded", "spark"), default="embedded")
    parser.add_argument("--only", nargs="+", choices=sorted(STEPS), default=list(ASKED))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--task", choices=sorted(TASKS), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def generate(options: argparse.Namespace) -> dict[str, Any]:
    """Write the files, unless they are there."""
    return in_own_process("generate", options)


def ingest(options: argparse.Namespace) -> dict[str, Any]:
    """Load every file into a new lake."""
    shutil.rmtree(options.folder / "home", ignore_errors=True)
    output, spent = run([*rekomenda(options), "ingest", str(options.folder / "input"), "--json"])
    files = json.loads(output)["files"]
    lake = sum(path.stat().st_size for path in (options.folder / "home").rglob("*.parquet"))
    rows = sum(file["loaded"] for file in files)
    return {**spent, "files": len(files), "rows": rows, "lake_gb": round(lake / 1e9, 2)}


def weekly(options: argparse.Namespace) -> dict[str, Any]:
    """Do the run; a release from before makes room."""
    home = options.folder / "home"
    for leftover in ("releases", "warehouse", "attempts"):
        shutil.rmtree(home / leftover, ignore_errors=True)
    command = ["run", "--json"]
    if options.engine != "embedded":
        command += ["--engine", options.engine]
    output, spent = run([*rekomenda(options), *command])
    told = json.loads(output)
    return {**spent, **{key: told[key] for key in ("seconds",) if key in told}, "told": told}


def beside(options: argparse.Namespace) -> dict[str, Any]:
    """Let pandas and implicit do what they can of it."""
    return in_own_process("pandas_and_implicit", options)


def beside_spark(options: argparse.Namespace) -> dict[str, Any]:
    """Let Spark do what MLlib has ready for it."""
    return in_own_process("mllib", options)


STEPS = {
    "generate": generate,
    "ingest": ingest,
    "run": weekly,
    "beside": beside,
    "beside_spark": beside_spark,
}
ASKED = ("generate", "ingest", "run", "beside")
"""Without `--only`: Spark is an extra."""


def rekomenda(options: argparse.Namespace) -> list[str]:
    return [sys.executable, "-m", "rekomenda", "--home", str(options.folder / "home")]


def in_own_process(task: str, options: argparse.Namespace) -> dict[str, Any]:
    """Run a task of this file in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--task", task, "--folder", str(options.folder)]
    for name in ("listeners", "tracks", "plays", "days", "seed"):
        command += [f"--{name}", str(getattr(options, name))]
    output, spent = run(command)
    return {**spent, **json.loads(output)}


@dataclass(frozen=True)
class World:
    """Who listens to what: traits of listeners and the tracks of each scene, by fame."""

    rng: np.random.Generator
    user_ids: pa.Array
    track_ids: pa.Array
    reach: NDArray[np.float64]
    """Listeners' activity, added up."""
    scenes_of: NDArray[np.int16]
    """Three scenes of each listener."""
    in_scene: Ints
    """Tracks, scene by scene, the famous first."""
    starts: Ints
    fame: NDArray[np.float64]
    """Tracks' fame with everybody, added up."""

    @classmethod
    def of(cls, options: argparse.Namespace) -> World:
        """Draw everybody's traits."""
        rng = np.random.default_rng(options.seed)
        n_users, n_tracks = options.listeners, options.tracks
        scene_of = rng.choice(N_SCENES, n_tracks, p=_shares(N_SCENES, 0.7))
        in_scene = np.argsort(scene_of, kind="stable")
        starts = np.searchsorted(scene_of[in_scene], np.arange(N_SCENES + 1))
        liked = rng.choice(N_SCENES, (n_users, 3), p=_shares(N_SCENES, 0.7))
        return cls(
            rng=rng,
            user_ids=pa.array([f"u{n * 2_654_435_761 % 2**32:010d}" for n in range(n_users)]),
            track_ids=pa.array([f"BR{n * 40_503 % 1_000_003:07d}" for n in range(n_tracks)]),
            reach=np.cumsum(rng.pareto(1.6, n_users) + 0.15),
            scenes_of=liked.astype(np.int16),
            in_scene=in_scene,
            starts=starts,
            fame=np.cumsum(rng.permutation(np.arange(1, n_tracks + 1) ** -0.9)),
        )

    def day(self, n_plays: int) -> Iterator[tuple[Ints, Ints]]:
        """Draw the (listener, track) of a day's plays, a piece at a time."""
        for begun in range(0, n_plays, PIECE):
            n = min(PIECE, n_plays - begun)
            users = np.searchsorted(self.reach, self.rng.random(n) * self.reach[-1])
            kind = self.rng.random(n)
            tracks = self._of_scene(users, self.rng.integers(0, 3, n), self.rng.random(n))
            slot = self.rng.integers(0, LIBRARY, n)
            again = np.flatnonzero(kind < 0.55)
            tracks[again] = self._of_scene(
                users[again], slot[again] % 3, _hashed(users[again], slot[again])
            )
            hits = np.flatnonzero(kind > 0.9)
            tracks[hits] = np.searchsorted(self.fame, self.rng.random(len(hits)) * self.fame[-1])
            yield users, tracks

    def _of_scene(self, users: Ints, which: Ints, chance: NDArray[np.float64]) -> Ints:
        scene = self.scenes_of[users, which]
        first, size = self.starts[scene], np.diff(self.starts)[scene]
        place = first + (np.maximum(size, 1) * chance**3).astype(np.int64)
        return self.in_scene[np.minimum(place, len(self.in_scene) - 1)]


def _shares(n: int, exponent: float) -> NDArray[np.float64]:
    shares = np.arange(1, n + 1) ** -exponent
    return np.asarray(shares / shares.sum())


def _hashed(users: Ints, slots: Ints) -> NDArray[np.float64]:
    """Return a number in [0, 1) that is a listener's and a place's own (splitmix64's mixer)."""
    x = (users * LIBRARY + slots).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(11)) / 2.0**53


def write_files(options: argparse.Namespace) -> dict[str, Any]:
    """Write a file of plays for each day, tracks.csv and artists.csv."""
    folder = options.folder / "input"
    done = folder / "done.json"
    if done.exists():
        return dict(json.loads(done.read_text()))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    world = World.of(options)
    write_catalogue(world, options, folder)
    rows = size = 0
    for day in LAST_DAY - np.arange(options.days)[::-1]:
        path = folder / f"plays-{day}.csv"
        rows += write_day(world, day, options, path)
        size += path.stat().st_size
    facts = {"rows": rows, "csv_gb": round(size / 1e9, 2)}
    done.write_text(json.dumps(facts))
    return facts


def write_day(world: World, day: np.datetime64, options: argparse.Namespace, path: Path) -> int:
    """Write the totals of a day, one row a listener and track; return how many."""
    n_tracks = len(world.track_ids)
    drawn = [u * n_tracks + t for u, t in world.day(options.plays // options.days)]
    cells, plays = np.unique(np.concatenate(drawn), return_counts=True)
    with csv.CSVWriter(path, PLAYS, write_options=UNQUOTED) as writer:
        for start in range(0, len(cells), PIECE):
            piece = cells[start : start + PIECE]
            columns = [
                pa.array(np.full(len(piece), day)).cast(pa.date32()),
                world.user_ids.take(pa.array(piece // n_tracks)),
                world.track_ids.take(pa.array(piece % n_tracks)),
                pa.array(plays[start : start + PIECE]),
            ]
            writer.write_table(pa.table(columns, schema=PLAYS))
    return len(cells)


def write_catalogue(world: World, options: argparse.Namespace, folder: Path) -> None:
    """Write tracks and artists: an artist belongs to a scene, a scene to a genre."""
    rng = np.random.default_rng([options.seed, 2])
    n_tracks = options.tracks
    scene_of = np.empty(n_tracks, np.int64)
    scene_of[world.in_scene] = np.repeat(np.arange(N_SCENES), np.diff(world.starts))
    artist_of = scene_of + N_SCENES * rng.integers(0, n_tracks // (8 * N_SCENES) + 1, n_tracks)
    artists = np.unique(artist_of)
    tracks = {
        "id_artist": [f"a{n:06d}" for n in artist_of],
        "id_tracks": world.track_ids,
        "id_genre": [f"genre-{n % 25:02d}" for n in scene_of],
    }
    csv.write_csv(pa.table(tracks), folder / "tracks.csv", UNQUOTED)
    middle = rng.normal(size=(N_SCENES, 10))[artists % N_SCENES]
    features = (middle + 0.5 * rng.normal(size=(len(artists), 10))).round(4)
    table = {"id_artist": [f"a{n:06d}" for n in artists]}
    named = {f"Feature{n + 1}": features[:, n] for n in range(10)}
    csv.write_csv(pa.table({**table, **named}), folder / "artists.csv", UNQUOTED)


TASKS = {"generate": write_files, "pandas_and_implicit": pandas_and_implicit, "mllib": mllib}


if __name__ == "__main__":
    sys.exit(main())

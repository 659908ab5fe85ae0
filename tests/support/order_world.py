"""The files of a world for the order of work: who sends which days, in which versions."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from pathlib import Path

USERS = tuple(f"ouvinte-{number}" for number in range(8))
TRACKS = tuple(f"t{number}" for number in range(10))
COVERS: dict[str, tuple[tuple[int, ...], ...]] = {
    "early": ((1, 2), (1, 2), (2,)),
    "third": ((3,), (3,)),
    "stray": ((3, 4),),
    "fourth": ((4,), (4,), (4, 5)),
    "late": ((5, 6), (5, 6)),
}
"""By file, the days of June 2024 that each of its versions covers. `stray` brings days of others."""
VERSIONS = tuple(
    (name, version) for name, all_of in COVERS.items() for version in range(len(all_of))
)
Key = tuple[int, str, str]
"""Day, listener, track."""


@cache
def rows_of(name: str, version: int) -> tuple[tuple[int, str, str, int], ...]:
    """Return the rows of plays in a version of a file, one of them twice, as they are written."""
    drawn = random.Random(f"{name} {version}")
    rows = []
    for day in COVERS[name][version]:
        for user in USERS:
            for track in sorted(drawn.sample(TRACKS, 4)):
                rows.append((day, user, track, drawn.randint(1, 4)))
    return (*rows, rows[0])


def totals(name: str, version: int) -> Counter[Key]:
    """Return the plays that a version brings, those of a row that stands twice added up."""
    summed: Counter[Key] = Counter()
    for day, user, track, plays in rows_of(name, version):
        summed[day, user, track] += plays
    return summed


def path_of(folder: Path, name: str, version: int) -> Path:
    """Return where a version lies: versions of a file have one name, in folders of their own."""
    return folder / f"version-{version}" / f"{name}.csv"


def write_world(folder: Path) -> None:
    """Write every version of every file, each with a row that nobody can count, and a catalogue."""
    for name, version in VERSIONS:
        path = path_of(folder, name, version)
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            f"2024-06-{day:02},{user},{track},{n}" for day, user, track, n in rows_of(name, version)
        ]
        bad = f"2024-06-01,{USERS[version]},t0,-{1 + version}"
        path.write_text("\n".join(["id_date,user_id,id_tracks,plays", *lines, bad]) + "\n")
    tracks = [f"a{number % 4},{track},g{number % 2}" for number, track in enumerate(TRACKS)]
    (folder / "tracks.csv").write_text("\n".join(["id_artist,id_tracks,id_genre", *tracks]) + "\n")

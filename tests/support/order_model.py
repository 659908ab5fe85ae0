"""What must be true of a home, whatever was done in whichever order: a plain model, no storage."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from support.order_world import Key, totals

HELD, NO_DATA, NO_EARLIER = 4, 65, 69
KEEP = 2
"""Releases that `gc` keeps, besides the one in service and the one before."""


@dataclass
class Model:
    """The truth about one home."""

    brought_by: dict[int, tuple[str, int]] = field(default_factory=dict)  # day -> file, version
    offered: set[tuple[str, int]] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)
    takedowns: list[tuple[str, bool]] = field(default_factory=list)  # track, down; newest last
    made: dict[object, str] = field(default_factory=dict)  # work -> release, also refused ("")
    kept: list[tuple[str, int]] = field(default_factory=list)  # release, as-of day; newest last
    served: str | None = None
    previous: str | None = None
    withdrawn: set[str] = field(default_factory=set)

    def plays(self, until: int = 99) -> Counter[Key]:
        """Return what the lake must hold up to a day: R1, R2 and R9 in one."""
        found: Counter[Key] = Counter()
        for day, (name, version) in self.brought_by.items():
            if day <= until:
                found.update(self._rows(name, version, day))
        return found

    def _rows(self, name: str, version: int, day: int) -> dict[Key, int]:
        rows = totals(name, version).items()
        return {key: n for key, n in rows if key[0] == day and key[1] not in self.forgotten}

    def ingest(self, name: str, version: int) -> int:
        """Take a file: a later version takes the days that it covers, another's are not touched."""
        self.offered.add((name, version))
        days = {key[0] for key in totals(name, version) if key[1] not in self.forgotten}
        if any(day in self.brought_by and self.brought_by[day][0] != name for day in days):
            return HELD
        self.brought_by |= dict.fromkeys(days, (name, version))
        return 0

    def forget(self, user: str) -> int:
        """Forget somebody for good; a day that was theirs alone is free again."""
        self.forgotten.add(user)
        days = {key[0] for key in self.plays()}
        self.brought_by = {day: source for day, source in self.brought_by.items() if day in days}
        return 0

    def take_down(self, track: str, *, down: bool) -> int:
        """Decide about a track; the newest word on it holds."""
        if self.takedowns[-1:] != [(track, down)]:
            self.takedowns = [word for word in self.takedowns if word[0] != track]
            self.takedowns.append((track, down))
        return 0

    def down(self) -> set[str]:
        """Return the tracks that may not be shown."""
        return {track for track, down in self.takedowns if down}

    def work(self, until: int) -> object:
        """Return what names a run's work: the same rows and takedowns up to the same last day."""
        return frozenset(self.plays(until).items()), tuple(self.takedowns)

    def publish(self, release: str, day: int) -> None:
        """Serve a new release, unless one of a later day is in service."""
        self.kept.append((release, day))
        if self.served is None or dict(self.kept)[self.served] <= day:
            self.previous, self.served, self.withdrawn = self.served, release, set()

    def serve_again(self, release: str) -> None:
        """Serve the release of work that was done before, unless a person went away from it."""
        day = dict(self.kept)[release]
        if self.served is None or (
            release != self.served
            and release not in self.withdrawn
            and dict(self.kept)[self.served] <= day
        ):
            self.previous, self.served, self.withdrawn = self.served, release, set()

    def go_back(self, release: str | None) -> int:
        """Serve the release before (once), or a named one."""
        if self.served is None or (release is None and self.previous is None):
            return NO_EARLIER
        release = release or (self.served if self.withdrawn else self.previous)
        if release != self.served:
            self.withdrawn = (self.withdrawn | {self.served}) - {release}
            self.previous, self.served = self.served, release
        return 0

    def collect(self) -> int:
        """Let go of old releases."""
        newest = {name for name, _ in self.kept[-KEEP:]}
        needed = {self.served, self.previous, *self.withdrawn, *newest}
        self.kept = [each for each in self.kept if each[0] in needed]
        return 0

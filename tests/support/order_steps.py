"""Steps on a home and on the model of it, each a command in a process of its own, some killed."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from rekomenda.errors import RekomendaError
from rekomenda.storage.gc import plan
from rekomenda.storage.lake import Lake
from rekomenda.storage.publish import tables_of
from rekomenda.storage.reconcile import reconcile
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.byte_scan import hits
from support.command import call
from support.crash import code_or_killed, exit_code
from support.order_model import KEEP, NO_DATA, Model
from support.order_world import path_of, rows_of
from support.tiny_home import SETTINGS, content, visible

REFUSED = 3
CALM = {
    **SETTINGS,
    "REKOMENDA_EVALUATE__HOLDOUT_DAYS": "1",
    "REKOMENDA_KEEP__RELEASES": str(KEEP),
    "REKOMENDA_KEEP__SNAPSHOTS": "2",
    "REKOMENDA_RECOMMEND__REST_AFTER_WEEKS": "0",
    "REKOMENDA_GATE__REPRODUCE_SECONDS": "0",
    "REKOMENDA_GATE__MIN_ROWS": "0",
    "REKOMENDA_GATE__MAX_ROWS": "100",
    "REKOMENDA_GATE__MIN_OVERLAP": "0",
    "REKOMENDA_GATE__MAX_LISTENERS_LOST": "1",
    "REKOMENDA_GATE__MAX_EXPOSURE_LOSS": "1",
    "REKOMENDA_GATE__MAX_TOP_SHARE": "100",
}
"""A gate that has little to say about so small a world; what a list holds does not depend on what
was shown before."""


@dataclass(frozen=True)
class Step:
    """One command, and the boundaries at which it and its reruns are killed before it may end.

    As text: `run 4 !17 !3`, killed before boundary 17, run again, killed before 3, run again.
    """

    words: tuple[str, ...]
    kills: tuple[int, ...] = ()

    @classmethod
    def read(cls, text: str) -> Step:
        """Read the text of one."""
        words, *kills = text.split(" !")
        return cls(tuple(words.split()), tuple(map(int, kills)))

    def __str__(self) -> str:
        return " ".join([*self.words, *(f"!{number}" for number in self.kills)])


@dataclass
class Played:
    """A home to which steps are done, and what must be true of it."""

    folder: Path
    world: Path
    lists: dict[object, str] = field(default_factory=dict)
    """By work, what a release made of it; shared by all homes: R2 holds across orders too."""
    model: Model = field(default_factory=Model)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home = self.folder / "home"
        assert self._command("ingest", self.world / "tracks.csv") == 0

    def do(self, step: Step) -> None:
        """Do a step to the home and to the model, and compare them."""
        self.done.append(str(step))
        try:
            self._do(step)
        except (AssertionError, RekomendaError) as error:
            raise AssertionError(f"{self.repro}: {error!r}") from error

    def end(self) -> None:
        """Hold what must be true of every home that is left alone."""
        try:
            self._end()
        except (AssertionError, RekomendaError) as error:
            raise AssertionError(f"{self.repro} (at the end): {error!r}") from error

    @property
    def repro(self) -> str:
        """The line that replays what was done."""
        return (
            f'repro: REKOMENDA_ORDER="{"; ".join(self.done)}" '
            "pytest tests/property/test_order_of_work.py"
        )

    def _do(self, step: Step) -> None:
        if step.words == ("rebuild",):
            shutil.rmtree(self.home / "warehouse", ignore_errors=True)
        words = self._words(step.words)
        if words is None:  # nothing of the kind is there
            return
        code = self._killed(step.kills, words) if step.kills else self._command(*words)
        getattr(self, f"_after_{step.words[0]}")(code, *step.words[1:])
        self._hold()

    def _killed(self, kills: tuple[int, ...], words: tuple[object, ...]) -> int:
        """Kill a command and its reruns, let the last one end, and compare with an undisturbed one."""
        calm = shutil.copytree(self.home, self.folder / "calm")
        undisturbed = self._command(*words, home=calm)
        old, new, expected = visible(self.home), visible(calm), content(calm)
        shutil.rmtree(calm)
        for number in kills:
            code = code_or_killed(lambda: command(self.home, *words), number)
            if code is not None:
                break
            left = visible(self.home)
            torn = {k: v for k, v in left.items() if v not in {old[k], new[k]}}
            assert not torn, f"R3: neither as before nor as after: {torn}"
        else:
            code = self._command(*words)
        assert code == undisturbed, f"R5: left with {code}, undisturbed with {undisturbed}"
        reached = content(self.home)
        assert reached == expected, f"R5: {_difference(reached, expected)}"
        return code

    def _words(self, words: tuple[str, ...]) -> tuple[object, ...] | None:
        """Return the command line of a step, None where it makes no sense now."""
        match words:
            case ("ingest", name, version):
                line = "ingest", path_of(self.world, name, int(version))
            case ("run", day):
                line = "run", "--as-of", f"2024-06-{int(day):02}"
            case ("serve", place):
                kept = self.model.kept
                line = ("rollback", "--to", kept[int(place) % len(kept)][0]) if kept else None
            case ("forget", user):
                line = "forget", user, "--yes"
            case ("block" | "unblock" as command, track):
                line = command, f"track:{track}"
            case _:
                line = words
        return line

    def _command(self, *words: object, home: Path | None = None) -> int:
        return exit_code(lambda: command(home or self.home, *words))

    def _after_ingest(self, code: int, name: str, version: str) -> None:
        assert code == self.model.ingest(name, int(version)), f"left with {code}"

    def _after_run(self, code: int, until: str = "99") -> None:
        days = [day for day in self.model.brought_by if day <= int(until)]
        if not days:
            assert code == NO_DATA, f"R1: without plays left with {code}"
            return
        assert code in {0, REFUSED}, f"left with {code}"
        self._hold_release(code, max(days))

    def _hold_release(self, code: int, last: int) -> None:
        work, kept = self.model.work(last), {name for name, _ in self.model.kept}
        new = {release.release_id for release in Releases(self.home).list()} - kept
        done = self.model.made.get(work)
        if done in kept:
            assert (code, new) == (0, set()), f"R2: left with {code}, made {new} again"
            self.model.serve_again(str(done))
            return
        assert len(new) == (code == 0), f"left with {code}, new are {new}"
        for name in new:
            release = Releases(self.home).get(name)
            lists = release.files["lists/recommendations.parquet"].sha256
            assert self.lists.setdefault(work, lists) == lists, "R2: other lists from the same rows"
            self.model.made[work] = name
            self.model.publish(name, last)
            _hold_what_is_in(release, self.model, last)

    def _after_rollback(self, code: int) -> None:
        assert code == self.model.go_back(None), f"left with {code}"

    def _after_serve(self, code: int, place: str) -> None:
        names = [name for name, _ in self.model.kept]
        assert code == self.model.go_back(names[int(place) % len(names)]), f"left with {code}"

    def _after_gc(self, code: int) -> None:
        assert code == self.model.collect()
        assert plan(self.home, snapshots=2, releases=KEEP) == []
        assert list((self.home / "staging").iterdir()) == []

    def _after_rebuild(self, code: int) -> None:
        assert code == 0

    def _after_forget(self, code: int, user: str) -> None:
        assert code == self.model.forget(user), f"left with {code}"
        self._hold_forgotten()

    def _after_block(self, code: int, track: str) -> None:
        assert code == self.model.take_down(track, down=True)

    def _after_unblock(self, code: int, track: str) -> None:
        assert code == self.model.take_down(track, down=False)

    def _hold(self) -> None:
        """Hold what is true after every command that was let finish."""
        lake, releases, warehouse = Lake(self.home), Releases(self.home), DuckDBWarehouse(self.home)
        held = plays_in(lake)
        assert held == self.model.plays(), (
            f"R1, R2: the lake differs in {_sides(held, self.model.plays())}"
        )
        for record in lake.snapshot().inputs:
            parts = record.loaded + record.quarantined + record.deduplicated + record.erased
            assert record.rows_in == parts, f"R1: rows of {record.name} are unaccounted for"
        kept = [release.release_id for release in releases.list()]
        assert kept == [name for name, _ in self.model.kept], f"kept are {kept}"
        served = releases.current()
        name = served.release_id if served else None
        assert name == self.model.served, f"{name} is served and not {self.model.served}"
        if served is not None:
            served.verify()
            assert warehouse.current() == name, f"R5: the warehouse shows {warehouse.current()}"
            assert warehouse.runs() == sorted(kept), f"R5: the warehouse holds {warehouse.runs()}"

    def _hold_forgotten(self) -> None:
        for user in sorted(self.model.forgotten):
            assert hits(self.home, user) == [], f"R9: {user} is in {hits(self.home, user)}"

    def _end(self) -> None:
        before = content(self.home)
        for name, version in sorted(self.model.offered):
            days = {
                day for day, source in self.model.brought_by.items() if source == (name, version)
            }
            if days == {row[0] for row in rows_of(name, version)}:
                assert self._command("ingest", path_of(self.world, name, version)) == 0
        assert content(self.home) == before, "R2: loading again changed something"
        shutil.rmtree(self.home / "warehouse", ignore_errors=True)
        assert self._command("rebuild") == 0
        assert content(self.home) == before, "R12: what was rebuilt differs"
        served, warehouse = Releases(self.home).current(), DuckDBWarehouse(self.home)
        if served is not None:
            compared = reconcile(served.release_id, tables_of(served), warehouse)
            assert {found.differences for found in compared.values()} == {0}, "R12"
        self._hold_forgotten()


def command(home: Path, *words: object) -> None:
    """Do one command; leave this process with its exit code, and tell why where it is no known one."""
    answer = call("--home", home, *words)
    if answer.code == 1:
        sys.stderr.write(answer.err)
    raise SystemExit(answer.code)


def plays_in(lake: Lake) -> Counter[tuple[int, str, str]]:
    """Return the plays that the lake holds, by day, listener and track."""
    found: Counter[tuple[int, str, str]] = Counter()
    for part in lake.parts("plays"):
        for row in pq.read_table(part.path).to_pylist():
            assert row["day"] == part.day
            found[row["day"].day, row["user_id"], row["track_id"]] += row["plays"]
    return found


def _hold_what_is_in(release: Release, model: Model, last: int) -> None:
    plays = model.plays(last)
    lists = pq.read_table(release.table("recommendations"))
    users = set(lists["user_id"].to_pylist()) - {None}
    assert users == {user for _, user, _ in plays}, f"R1: listeners with lists are {sorted(users)}"
    shown = set(lists["track_id"].to_pylist())
    assert not shown & model.down(), f"a track that is taken down is shown: {shown & model.down()}"
    daily = pq.read_table(release.table("plays_daily")).to_pylist()
    assert sum(row["plays"] for row in daily) == sum(plays.values()), "R1: plays differ"


def _sides(one: Counter[tuple[int, str, str]], other: Counter[tuple[int, str, str]]) -> str:
    return f"{dict(list((one - other).items())[:3])} | {dict(list((other - one).items())[:3])}"


def _difference(one: dict[str, object], other: dict[str, object]) -> str:
    return "; ".join(f"{k}: {one[k]} and not {other[k]}" for k in one if one[k] != other[k])

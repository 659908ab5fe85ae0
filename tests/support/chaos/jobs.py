"""Every command that changes a home, as a job: from which state, and what it has to reach."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from rekomenda.domain.warehouse_schema import RUNS
from rekomenda.errors import RekomendaError
from rekomenda.storage.erasures import Erasures
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.byte_scan import hits
from support.chaos.traced import Work
from support.command import Answer, call
from support.crash import exit_code
from support.tiny_home import SIZE, command, content, visible

SOMEBODY = "listener-058"
FORGET = ("forget", SOMEBODY, "--yes")
NAMES = ("ingest", "run", "rollback", "rebuild", "gc", "forget")


@dataclass(frozen=True)
class Job:
    """A command on a home.

    Parameters
    ----------
    name : str
    before : Path
        The home it starts from; copied for each try.
    words : tuple of str
    seen : callable
        What a home holds for this job, without clocks.
    """

    name: str
    before: Path
    words: tuple[str, ...]
    seen: Callable[[Path], dict[str, object]]

    def on(self, home: Path) -> Work:
        """Return the work of doing it once on a home."""
        return lambda: self.do(home, self.words)

    def again(self, home: Path) -> Work:
        """Return the work of one plain rerun."""
        words = forget_again(home) if self.name == "forget" else self.words
        return lambda: self.do(home, words)

    def do(self, home: Path, words: tuple[str, ...]) -> Answer:
        """Call the command; temporary files go beside the home, where they are watched too."""
        tempfile.tempdir = str(scratch_of(home))
        return call("--home", home, *words)

    def start(self, home: Path) -> Path:
        """Make a fresh copy of the state it starts from."""
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(scratch_of(home), ignore_errors=True)
        shutil.copytree(self.before, home)
        scratch_of(home).mkdir()
        return home

    def torn(self, home: Path, old: dict[str, object], new: dict[str, object]) -> list[str]:
        """Say what of the visible is neither what it was nor what it will be."""
        try:
            left = visible(home)
        except RekomendaError as error:
            return [str(error)]
        return [f"{key} is torn" for key in left if left[key] not in (old[key], new[key])]


def scratch_of(home: Path) -> Path:
    """Return the folder for temporary files of commands on a home."""
    return home.with_name(f"{home.name}.tmp")


def prepare(folder: Path) -> Path:
    """Make the states that jobs start from, below a folder."""
    ready(folder)
    world, second = folder / "world", folder / "second"
    for place, seed in ((world, 1), (second, 2)):
        assert call("generate", "--out", place, "--seed", seed, *SIZE).code == 0
    for path in world.glob("*.csv"):
        path.write_text(path.read_text().replace("U058", SOMEBODY))
    with (world / "plays.csv").open("a") as plays:
        plays.write(f"2024-06-29,{SOMEBODY},T001,-3\n")
    empty, loaded, served, twice = (
        folder / name for name in ("empty", "loaded", "served", "twice")
    )
    empty.mkdir()
    _after(empty, loaded, ("ingest", world))
    _after(loaded, served, ("run", "--as-of", "2024-06-28"))
    _after(served, twice, ("run", "--as-of", "2024-06-29"))
    _after(twice, folder / "bare")
    shutil.rmtree(folder / "bare" / "warehouse")
    full = folder / "full"
    lists = ("recommend", "--all", "--out")
    exported = [(*lists, full / "lists.parquet"), (*lists, full / "lists.jsonl")]
    _after(twice, full, ("run",), *exported)
    rubbish = folder / "rubbish"
    _after(full, rubbish, ("ingest", second / "users.csv"))
    (rubbish / "staging" / "left").mkdir()
    (rubbish / "staging" / "left" / "half.parquet").write_text("half")
    return folder


def ready(folder: Path) -> None:
    """Load what commands need, so that forked processes need not, and keep little."""
    for name in ("forget", "gc", "rebuild", "rollback"):
        import_module(f"rekomenda.cli.commands.{name}")
    import_module("rekomenda.pipeline.privacy.forget")
    os.chdir(folder)
    os.environ.update({"REKOMENDA_KEEP__RELEASES": "2", "REKOMENDA_KEEP__SNAPSHOTS": "1"})


def jobs(folder: Path) -> dict[str, Job]:
    """Return the jobs on what `prepare` made."""
    ready(folder)
    first = Releases(folder / "twice").list()[0].release_id
    states = {
        "ingest": ("empty", ("ingest", str(folder / "world")), content),
        "run": ("served", ("run",), content),
        "rollback": ("twice", ("rollback", "--to", first), content),
        "rebuild": ("bare", ("rebuild",), content),
        "gc": ("rubbish", ("gc",), kept),
        "forget": ("full", FORGET, erased),
    }
    return {
        name: Job(name, folder / state, words, seen)
        for name, (state, words, seen) in states.items()
    }


def kept(home: Path) -> dict[str, object]:
    """What a home holds, and the files it is in."""
    files = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    return {**content(home), "files": files}


def erased(home: Path) -> dict[str, object]:
    """What is left after an erasure: everything, and where the forgotten is still found."""
    exported = {path.name: path.read_bytes() for path in sorted(home.glob("lists.*"))}
    warehouse = DuckDBWarehouse(home)
    return {
        **content(home),
        **exported,
        "runs": {run: warehouse.fingerprints(run)[RUNS.name] for run in warehouse.runs()},
        "staging": sorted((home / "staging").iterdir()),
        "receipts": [receipt.found for receipt in Erasures(home).receipts()],
        "hits": hits(home, SOMEBODY),
    }


def forget_again(home: Path) -> tuple[str, ...]:
    """Return the words that finish an erasure: where it had begun, nobody need be named again."""
    return FORGET if Erasures(home).open() is None else ("forget", "--yes")


def _after(before: Path, home: Path, *steps: tuple[object, ...]) -> None:
    shutil.copytree(before, home)
    for words in steps:
        assert exit_code(lambda words=words: command(home, *words)) == 0, words

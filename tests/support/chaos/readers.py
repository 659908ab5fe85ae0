"""Processes that read release and warehouse all the while another one publishes."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from rekomenda.storage.commit import Fence
from rekomenda.storage.publish import publish
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.command import call
from support.homes import holding

LISTENER = "U003"
AT_LEAST = 2
"""Reads of each reader between two publishes."""


class Read(NamedTuple):
    """How many answers there were, and what was wrong with which."""

    answers: int
    wrong: list[str]


Answer = tuple[str, object]
"""The release that an answer is of, and what it says."""


def ask_release(home: Path) -> Answer:
    """Ask for a listener's list, as an application would."""
    answer = call("--home", home, "recommend", LISTENER, "--json")
    assert answer.code == 0, answer.err
    said = answer.json
    return said["run_id"], [row["track_id"] for row in said["tracks"]]


def ask_warehouse(home: Path) -> Answer:
    """Ask SQL for the same list; every row says of which run it is."""
    with DuckDBWarehouse(home).connect_read_only() as connection:
        rows = connection.execute(
            "SELECT r.run_id, track_id, c.run_id FROM current_recommendations r, current_run c "
            f"WHERE user_id = '{LISTENER}' AND shelf = 'for_you' ORDER BY rank"
        ).fetchall()
    runs = {run for first, _, second in rows for run in (first, second)}
    assert len(runs) == 1, f"rows of {runs} in one answer"
    return runs.pop(), [track for _, track, _ in rows]


ASKED: dict[str, Callable[[Path], Answer]] = {"release": ask_release, "warehouse": ask_warehouse}


def publish_while_read(home: Path, times: int) -> dict[str, Read]:
    """Publish a home's two releases in turn, so many times, under new names, while both are asked.

    Each publish waits until every reader has read since the last; nobody waits for a clock.
    """
    one, two = Releases(home).list()
    said: dict[str, dict[str, object]] = {name: {} for name in ASKED}
    with holding(home) as lease:
        for kept in (one, two):
            _serve(home, f"{kept.release_id}-first", kept.release_id, lease)
            for name, ask in ASKED.items():
                said[name][kept.release_id] = ask(home)[1]
        assert said["release"][one.release_id] != said["release"][two.release_id]
        readers = {name: _Reader(name, home) for name in ASKED}
        for number in range(times):
            for reader in readers.values():
                reader.wait_for(AT_LEAST)
            source = (one, two)[number % 2].release_id
            _serve(home, f"{source}-{number}", source, lease)
    return {name: reader.stop(said[name]) for name, reader in readers.items()}


def _serve(home: Path, release_id: str, source: str, lease: Fence) -> None:
    releases = Releases(home)
    release, draft = releases.get(source), releases.draft(release_id)
    shutil.copytree(release.path, draft.path, dirs_exist_ok=True)
    (draft.path / "manifest.json").unlink()
    manifest = replace(release.manifest, release_id=release_id, run_key=release_id)
    publish(releases, DuckDBWarehouse(home), draft, manifest, lease)


class _Reader:
    """A process of its own that asks until it is told to stop, with a dot for each answer."""

    def __init__(self, name: str, home: Path) -> None:
        command = [sys.executable, "-m", __name__, name, str(home)]
        paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **paths}
        )
        assert self._process.stdout is not None
        self._dots = self._process.stdout.fileno()

    def wait_for(self, answers: int) -> None:
        """Wait for so many answers that end after those that are told of already."""
        while select.select([self._dots], [], [], 0)[0]:
            assert os.read(self._dots, 1 << 16), "the reader has died"
        for _ in range(answers):
            assert os.read(self._dots, 1), "the reader has died"

    def stop(self, said: dict[str, object]) -> Read:
        """End it, and compare every answer with what its release says."""
        told, _ = self._process.communicate()
        found = json.loads(told.lstrip(b"."))
        wrong = [
            f"rows that are not of {run_id}"
            for run_id, answer in found["answers"]
            if answer != said[run_id.rpartition("-")[0]]
        ]
        return Read(len(found["answers"]), found["wrong"] + wrong)


def main(name: str, home: Path) -> None:
    """Ask until standard input ends; then tell of every answer."""
    answers: list[Answer] = []
    wrong: list[str] = []
    while not select.select([0], [], [], 0)[0]:
        try:
            answers.append(ASKED[name](home))
        except Exception as error:
            wrong.append(f"answer {len(answers)}: {error!r}")
        os.write(1, b".")
    os.write(1, json.dumps({"answers": answers, "wrong": wrong}).encode())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

"""Processes that read release and warehouse all the while another one publishes."""

from __future__ import annotations

import json
import os
import select
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from rekomenda.storage.publish import publish
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.command import call
from support.homes import holding

LISTENER = "U004"
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
    return said["run_id"], [row["track_id"] for row in said["recommendations"]]


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
        readers = {name: _Reader(ask, home, said[name]) for name, ask in ASKED.items()}
        for number in range(times):
            for reader in readers.values():
                reader.wait_for(AT_LEAST)
            source = (one, two)[number % 2].release_id
            _serve(home, f"{source}-{number}", source, lease)
    return {name: reader.stop() for name, reader in readers.items()}


def _serve(home: Path, release_id: str, source: str, lease) -> None:  # type: ignore[no-untyped-def]
    releases = Releases(home)
    release, draft = releases.get(source), releases.draft(release_id)
    shutil.copytree(release.path, draft.path, dirs_exist_ok=True)
    (draft.path / "manifest.json").unlink()
    manifest = replace(release.manifest, release_id=release_id, run_key=release_id)
    publish(releases, DuckDBWarehouse(home), draft, manifest, lease)


class _Reader:
    """A process that asks until it is told to stop, and says after each answer that it has one."""

    def __init__(self, ask: Callable[[Path], Answer], home: Path, said: dict[str, object]) -> None:
        self._ticks, ticker = os.pipe()
        self._found, finder = os.pipe()
        stop, self._stop = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(self._stop)
            _read_on(ask, home, said, stop, ticker, finder)
        for descriptor in (ticker, finder, stop):
            os.close(descriptor)

    def wait_for(self, answers: int) -> None:
        """Wait for so many answers that begin after what was read of before."""
        os.set_blocking(self._ticks, False)
        while select.select([self._ticks], [], [], 0)[0] and os.read(self._ticks, 1 << 16):
            continue
        os.set_blocking(self._ticks, True)
        for _ in range(answers):
            assert os.read(self._ticks, 1), "the reader has died"

    def stop(self) -> Read:
        os.close(self._stop)
        found = b"".join(iter(lambda: os.read(self._found, 1 << 16), b""))
        os.waitpid(self._child, 0)
        os.close(self._ticks)
        os.close(self._found)
        return Read(**json.loads(found))


def _read_on(
    ask: Callable[[Path], Answer],
    home: Path,
    said: dict[str, object],
    stop: int,
    ticker: int,
    finder: int,
) -> None:
    answers, wrong = 0, []
    try:
        while not select.select([stop], [], [], 0)[0]:
            try:
                run_id, answer = ask(home)
                if answer != said[run_id.rpartition("-")[0]]:
                    wrong.append(f"answer {answers}: rows that are not of {run_id}")
            except Exception as error:
                wrong.append(f"answer {answers}: {error!r}")
            answers += 1
            os.write(ticker, b".")
        os.write(finder, json.dumps({"answers": answers, "wrong": wrong[:20]}).encode())
    finally:
        os._exit(0)

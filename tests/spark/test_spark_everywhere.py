"""R11 and F12 on Spark: one hash whatever surrounds the process, and whoever killed the driver on the way.

`make test` tries two surroundings that share no value; with `REKOMENDA_EVERYWHERE=all` it is all six.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.command import done
from support.compiled_locales import compile_locales
from support.pairs import Around, extremes
from support.repository import ROOT
from support.spark import on_spark
from support.tiny_home import SETTINGS, SIZE

pytestmark = [pytest.mark.slow, pytest.mark.needs_locales, pytest.mark.needs_java]

ALL = os.environ.get("REKOMENDA_EVERYWHERE") == "all"
AROUND = extremes()
TRIED = AROUND if ALL else (AROUND[1], AROUND[4])
KILLED_AT = (("run", "step=daily"), ("run", "hop=refit"))
"""Where the driver is killed: as it joins, and as lists are being made; of all, also as tasks read files."""


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_locales(tmp_path_factory.mktemp("locales"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("everywhere") / "world"
    done("generate", "--out", folder, *SIZE)
    return folder


def environment(around: Around, locales: Path) -> dict[str, str]:
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    settings = {name: value for name, value in SETTINGS.items() if "THREADS" not in name}
    return {**around.environment(locales), **settings, **on_spark(), "PYTHONPATH": paths}


def whole_job(world: Path, home: Path, around: Around, locales: Path) -> dict[str, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "support.whole_job", world, home],
        env=environment(around, locales),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 0, f"{around}: {ended.stderr[-2000:]}"
    return json.loads(ended.stdout)


def kill(words: tuple[object, ...], mark: str, settings: dict[str, str]) -> None:
    """Start a command and kill it as soon as its log says something."""
    command = [sys.executable, "-m", "rekomenda", "--log-level", "debug", *map(str, words)]
    running = subprocess.Popen(
        command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert running.stderr is not None
    said = []
    for line in running.stderr:
        said.append(line)
        if mark in line:
            running.send_signal(signal.SIGKILL)
            break
    assert running.wait() == -signal.SIGKILL, "".join(said[-5:])


def test_r11_f12_one_hash_everywhere_and_after_the_driver_was_killed(
    world: Path, locales: Path, tmp_path: Path
):
    found = [
        whole_job(world, tmp_path / f"home-{number}", around, locales)
        for number, around in enumerate(TRIED)
    ]
    killed = tmp_path / "killed"
    for command, mark in ((("ingest", "spark session"),) if ALL else ()) + KILLED_AT:
        where = (world,) if command == "ingest" else ()
        if command == "run" and not (killed / "lake").exists():
            done("--home", killed, "ingest", world)
        kill(("--home", killed, command, *where), mark, environment(AROUND[0], locales))
    found.append(whole_job(world, killed, AROUND[0], locales))
    assert len(found[0]) > 8
    for other in found[1:]:
        assert other == found[0]
    done("--home", killed, "gc")
    assert list((killed / "staging").iterdir()) == []

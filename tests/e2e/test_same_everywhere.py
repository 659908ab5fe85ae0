"""R11: the same files give the same tables and lists, whatever surrounds the process.

`make test` tries six surroundings that hold every value; with `REKOMENDA_EVERYWHERE=all` it is 24,
in which every two values meet.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from itertools import combinations, product
from pathlib import Path

import pytest

from support.command import done
from support.compiled_locales import compile_locales
from support.pairs import HASH_SEEDS, LOCALES, THREADS, ZONES, every_pair, extremes
from support.repository import ROOT

ALL = os.environ.get("REKOMENDA_EVERYWHERE") == "all"
VALUES = (ZONES, LOCALES, HASH_SEEDS, THREADS)
SIZE = ("--listeners", "200", "--tracks", "80", "--artists", "20", "--days", "16")
IN_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the locales for these tests alone."""
    return compile_locales(tmp_path_factory.mktemp("locales"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made world, and a log whose times carry no zone, with letters that capitals differ in."""
    folder = tmp_path_factory.mktemp("everywhere") / "world"
    done("generate", "--out", folder, *SIZE)
    log = [
        f"0{1 + n % 9}/06/2024 {(7 * n) % 24:02}:{n % 60:02};{who}{n % 5};T{n % 40:04}"
        for n, who in enumerate(["Işıl", "INGRID", "ışıl", "João", "مريم"] * 40)
    ]
    text = "\n".join(["data_hora;user_id;id_tracks", *log]) + "\n"
    (folder / "log.csv").write_text(text, encoding="utf-8")
    return folder


def test_every_two_values_meet_and_the_six_hold_every_value():
    rows = every_pair()
    assert len(rows) == 24
    for one, other in combinations(range(4), 2):
        met = {(row[one], row[other]) for row in rows}
        assert met == set(product(VALUES[one], VALUES[other]))
    assert len(extremes()) == 6
    assert [{row[place] for row in extremes()} for place in range(4)] == list(map(set, VALUES))


@pytest.mark.slow
@pytest.mark.needs_locales
def test_r11_one_hash_of_tables_and_lists_everywhere(world: Path, locales: Path, tmp_path: Path):
    place = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else tmp_path
    home = place / f"everywhere-{os.getpid()}"
    found: dict[str, list[object]] = {}
    for around in every_pair() if ALL else extremes():
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "support.whole_job", world, home],
                env={
                    **around.environment(locales),
                    "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
                    "REKOMENDA_INGEST__LOCALE": "pt-BR",
                    "REKOMENDA_EVALUATE__N_RESAMPLES": "100",
                    "REKOMENDA_GATE__MIN_LISTENERS": "20",
                    "REKOMENDA_MODEL__COMPARE": '["popularity", "als"]',
                },
                capture_output=True,
                text=True,
                encoding="utf-8",
                check=False,
            )
        finally:
            shutil.rmtree(home, ignore_errors=True)
        assert ended.returncode == 0, f"{around}: {ended.stderr[-2000:]}"
        for name, found_hash in json.loads(ended.stdout).items():
            found.setdefault(f"{name} {found_hash}", []).append(around)
    differing = sorted(
        name for name, where in found.items() if len(where) < len(max(found.values(), key=len))
    )
    assert not differing, "\n".join(f"{name}: {found[name]}" for name in differing)
    assert len(found) > 12

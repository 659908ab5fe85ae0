"""Killed anywhere, `forget` is finished by the same command, to the same content, and nobody is left."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from rekomenda.errors import RekomendaError
from support.byte_scan import hits
from support.chaos.jobs import FORGET, SOMEBODY, erased, forget_again
from support.command import done
from support.crash import boundaries, crash, exit_code
from support.tiny_home import SIZE, command, in_fresh_process, visible

pytestmark = pytest.mark.slow

DECISIVE = {"fsync", "replace", "rename", "unlink"}
MOST = 60
"""Points that are tried, evenly spread over all."""


def prepare(folder: Path) -> Path:
    """Make a home with two releases, rows in quarantine and exported lists."""
    world, home = folder / "world", folder / "before"
    done("generate", "--out", world, *SIZE)
    for path in world.glob("*.csv"):
        path.write_text(path.read_text().replace("U058", SOMEBODY))
    with (world / "plays.csv").open("a") as plays:
        plays.write(f"2024-06-29,{SOMEBODY},T001,-3\n")
    steps = (
        ("ingest", world),
        ("run", "--as-of", "2024-06-29"),
        ("run",),
        ("recommend", "--all", "--out", home / "lists.parquet"),
        ("recommend", "--all", "--out", home / "lists.jsonl"),
    )
    for words in steps:
        assert exit_code(lambda words=words: command(home, *words)) == 0
    return home


def kill_forget_everywhere(folder: Path) -> tuple[int, list[str]]:
    """Kill it at boundaries all along; return how many were tried, and what broke."""
    import rekomenda.cli.commands.forget
    import rekomenda.pipeline.privacy.forget  # noqa: F401 - so that forked processes need not

    os.chdir(folder)
    before = prepare(folder)
    assert hits(before, SOMEBODY)
    undisturbed = shutil.copytree(before, folder / "undisturbed")
    seen = boundaries(lambda: command(undisturbed, *FORGET))
    points = [number for number, boundary in enumerate(seen) if boundary.call in DECISIVE]
    points = points[:: max(1, -(-len(points) // MOST))]
    expected = erased(undisturbed)
    wrong = [f"undisturbed: {path}" for path in expected["hits"]]
    for number in points:
        home = shutil.copytree(before, folder / f"killed-{number}")
        died_at = f"repro: kill forget before boundary {number}: {seen[number]}"
        if crash(lambda home=home: command(home, *FORGET), number).call != seen[number].call:
            wrong.append(f"{died_at}: another boundary was met")
        try:
            visible(home)
        except RekomendaError as error:
            wrong.append(f"{died_at}: {error}")
        code = exit_code(lambda home=home: command(home, *forget_again(home)))
        if code != 0:
            wrong.append(f"{died_at}: the rerun left with {code}")
        else:
            reached = erased(home)
            wrong += [f"{died_at}: {k} differs" for k in reached if reached[k] != expected[k]]
        shutil.rmtree(home)
    return len(points), wrong


def test_r9_r5_forget_killed_at_any_boundary_is_finished_by_a_rerun(tmp_path: Path):
    count, wrong = in_fresh_process(kill_forget_everywhere, tmp_path)
    assert wrong == []
    assert 40 <= count <= MOST

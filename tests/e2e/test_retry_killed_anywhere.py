"""Killed anywhere, `quarantine retry` is finished by the same command: each row is loaded once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from rekomenda.storage.lake import Lake
from support.command import done
from support.crash import boundaries, crash, exit_code
from support.tiny_home import command, content, in_fresh_process, visible

pytestmark = pytest.mark.slow

DECISIVE = {"fsync", "replace", "rename"}
RETRY = ("quarantine", "retry", "plays.csv", "fix.csv")


def kill_everywhere(folder: Path) -> tuple[int, list[str]]:
    """Kill a retry at every step that makes bytes safe or names visible; return what broke."""
    os.chdir(folder)
    before, undisturbed = Path("before"), Path("undisturbed")
    shutil.copytree(before, undisturbed)
    seen = boundaries(lambda: command(undisturbed, *RETRY))
    points = [number for number, boundary in enumerate(seen) if boundary.call in DECISIVE]
    old, new, expected = visible(before), visible(undisturbed), content(undisturbed)
    wrong = []
    for number in points:
        home = Path(f"killed-{number}")
        shutil.copytree(before, home)
        died_at = f"repro: kill retry before boundary {number}: {seen[number]}"
        crash(lambda home=home: command(home, *RETRY), number)
        if visible(home)["lake"] not in {old["lake"], new["lake"]}:
            wrong.append(f"{died_at}: the lake is torn")
        if exit_code(lambda home=home: command(home, *RETRY)) != 0:
            wrong.append(f"{died_at}: the rerun failed")
        elif content(home) != expected:
            wrong.append(f"{died_at}: the rerun reached something else")
        shutil.rmtree(home)
    return len(points), wrong


def test_r5_retry_killed_at_any_boundary_converges_by_one_plain_rerun(tmp_path: Path):
    good = [f"2024-02-{day:02d},u{day % 5},t{day % 3},2" for day in range(1, 29)]
    bad = ["2024-02-30,u1,t1,3", "2024-02-09,u4,t0,n/d", "2024-02-10,u1,t1,-1"]
    rows = ["id_date,user_id,id_tracks,plays", *good, *bad]
    plays, fixes, home = (tmp_path / name for name in ("plays.csv", "fix.csv", "before"))
    plays.write_text("\n".join(rows) + "\n")
    done("--home", home, "ingest", plays, "--accept-quarantine")
    done("--home", home, "quarantine", "show", "plays.csv", "--out", fixes)
    fixes.write_text(fixes.read_text().replace("2024-02-30", "2024-02-29").replace("n/d", "7"))

    count, wrong = in_fresh_process(kill_everywhere, tmp_path)
    assert wrong == []
    assert count >= 8
    (record,) = Lake(tmp_path / "undisturbed").snapshot().inputs
    accounts = (record.rows_in, record.loaded, record.merged, record.quarantined)
    assert accounts == (31, 30, 1, 1)

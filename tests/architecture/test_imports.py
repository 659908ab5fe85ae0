"""Imports point down, and asking for help is cheap."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.repository import ROOT

HEAVY = {"numpy", "pandas", "pyarrow", "duckdb", "scipy", "implicit", "pydantic", "rich"}


def test_every_import_contract_is_kept():
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_the_command_line_starts_without_any_heavy_package():
    program = "import sys, rekomenda.cli.main; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "rekomenda.cli.main" in loaded
    assert HEAVY.isdisjoint(loaded)

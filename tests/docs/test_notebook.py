"""The analysis notebook works on a demo, cell after cell, and is kept without its outputs."""

from __future__ import annotations

import json

import pytest

from support.command import done
from support.repository import ROOT
from support.tiny_home import SETTINGS

NOTEBOOK = ROOT / "docs" / "notebooks" / "analysis.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
CODE = [cell for cell in CELLS if cell["cell_type"] == "code"]
SIZE = ("--listeners", 300, "--tracks", 80, "--artists", 16, "--days", 10)


def test_no_output_is_kept():
    assert CODE
    assert not [cell["outputs"] for cell in CODE if cell["outputs"] or cell["execution_count"]]


@pytest.fixture
def demo(tmp_path, monkeypatch):
    """A home where the notebook looks for one, and pictures that need no screen."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.chdir(tmp_path)
    done("generate", "--out", "world", *SIZE)
    done("--home", "rekomenda-data", "ingest", "world")
    done("--home", "rekomenda-data", "run")


def test_every_cell_runs_in_order(demo):
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    names: dict[str, object] = {}
    for cell in CODE:
        text = "".join(cell["source"])
        exec(compile(text, f"{NOTEBOOK.name}: {cell['id']}", "exec"), names)
    assert len(plt.get_fignums()) == 4
    titles = [axis.get_title() for number in plt.get_fignums() for axis in plt.figure(number).axes]
    assert [title for title in titles if "have half of the plays" in title]
    assert len(names["best"]) == 5
    plt.close("all")

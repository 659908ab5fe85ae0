"""Eight tasks take no more lines than with the shortest of three libraries, and the scripts run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reference.python_tasks import LIBRARIES, SCRIPTS, lines, snippets

OTHERS = [library for library in LIBRARIES if library != "rekomenda"]
OURS = snippets("rekomenda")


def test_comments_and_empty_lines_do_not_count():
    assert lines("import a\n\n# why\na.b(\n    c,\n)\n") == 4


@pytest.mark.parametrize("number", range(1, 9))
def test_no_task_is_longer_than_with_the_shortest_of_the_others(number):
    theirs = [found[number] for library in OTHERS if number in (found := snippets(library))]
    assert theirs
    assert lines(OURS[number]) <= min(map(lines, theirs))


def test_a_line_holds_one_statement():
    for snippet in OURS.values():
        assert ";" not in snippet
        assert max(map(len, snippet.splitlines())) <= 100


@pytest.mark.parametrize("library", ["rekomenda", "implicit"])
def test_a_script_runs_whole(library, tmp_path):
    command = [sys.executable, "-B", str(SCRIPTS / f"with_{library}.py")]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr

"""The repository says nothing of the machine or network it was written on."""

from __future__ import annotations

import re

import pytest

from support.repository import committed_files, relative, source_files

OF_A_MACHINE = re.compile(
    r"index[-_]url|find[-_]links|trusted[-_]host|https?://[^\s/]*(pypi|mirror)|"
    r"(?<![\w.$}/])/(root|home|work|Users)/\w|/opt/py"
)
SAYS_THE_WORDS = {"tests/architecture/test_repository.py"}
MAX_LINES = 350
LONG = {"src/rekomenda/domain/schema.py"}
"""Tables of facts, not of logic: one entry a column."""

files = pytest.mark.parametrize("path", committed_files(), ids=relative)


@files
def test_no_host_or_path_of_a_machine_is_written_down(path):
    if relative(path) in SAYS_THE_WORDS:
        return
    assert not OF_A_MACHINE.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", source_files(), ids=relative)
def test_a_file_holds_one_thing_and_says_which(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines
    assert lines[0].startswith('"""')
    assert len(lines) <= MAX_LINES or relative(path) in LONG


def test_names_of_test_files_are_unique():
    names = [path.name for path in committed_files() if path.name.startswith("test_")]
    assert sorted(names) == sorted(set(names))

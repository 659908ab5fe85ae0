"""The repository says nothing of the machine or network it was written on."""

from __future__ import annotations

import re
from collections import Counter

from support.repository import committed_files, relative, source_files

OF_A_MACHINE = re.compile(
    r"index[-_]url|find[-_]links|trusted[-_]host|https?://[^\s/]*(pypi|mirror)|"
    r"(?<![\w.$}/])/(root|home|work|Users)/\w"
)
SAYS_THE_WORDS = {"tests/architecture/test_repository.py"}
MAX_LINES = 350
LONG = {"src/rekomenda/domain/schema.py", "src/rekomenda/errors.py"}
"""Tables of facts, not of logic: one entry a column, one class an error."""


def test_no_host_or_path_of_a_machine_is_written_down():
    found = {
        relative(path): [m.group() for m in OF_A_MACHINE.finditer(path.read_text("utf-8"))]
        for path in committed_files()
        if relative(path) not in SAYS_THE_WORDS
    }
    assert not {path: words for path, words in found.items() if words}


def test_a_file_says_what_it_holds():
    silent = [path for path in source_files() if not path.read_text().startswith('"""')]
    assert not [relative(path) for path in silent]


def test_a_file_holds_one_thing():
    lengths = {relative(path): path.read_text().count("\n") for path in source_files()}
    assert not {path: n for path, n in lengths.items() if n > MAX_LINES and path not in LONG}


def test_names_of_test_files_are_unique():
    names = [path.name for path in committed_files() if path.name.startswith("test_")]
    assert not [name for name, n in Counter(names).items() if n > 1]

"""How a shown output is compared with the real one."""

from __future__ import annotations

import pytest

from support.markdown import Block
from support.sessions import Session, differs

REAL = "read 1,204 rows\nloaded  1,200\n\nrelease 20240301T120000-ab12 published (3.2 s)\n"


@pytest.mark.parametrize(
    "shown",
    [
        [],
        ["read 7 rows", "loaded 6", "release 20250101T000000-ffff published (12.0 s)"],
        ["...", "release ... published (1 s)"],
        ["read 7 rows", "…"],
        ["...", "loaded 6", "..."],
        ["...", "...", "release ... (2 s)"],
    ],
)
def test_figures_ids_and_gaps_may_differ(shown):
    assert differs(shown, REAL) is None


@pytest.mark.parametrize(
    ("shown", "lacking"),
    [
        (["read 7 lines", "..."], "read 7 lines"),
        (["loaded 6"], "loaded 6"),
        (["...", "release published"], "release published"),
        (["...", "loaded 6", "read 7 rows", "..."], "read 7 rows"),
        (["read 7 rows"], "(more was printed than is shown)"),
        (["...", "release ... refused"], "release ... refused"),
    ],
)
def test_words_and_their_order_may_not(shown, lacking):
    assert differs(shown, REAL) == lacking


def test_a_gap_reaches_as_far_as_it_must():
    assert differs(["{", "...", "}"], "{\n a {\n }\n b\n}\n") is None


def test_a_console_block_is_commands_with_the_output_under_each():
    text = "$ one \\\n    --two\nfirst\nsecond\n$ three\n"
    block = Block(1, "console", text, {})
    assert block.commands == [("one \\\n    --two", ["first", "second"]), ("three", [])]


def test_a_command_finds_the_program_and_stays_in_its_folder(tmp_path):
    session = Session(tmp_path, "pt-BR")
    session.run("echo kept > here.txt")
    assert session.run("cat here.txt; rekomenda --version").stdout.startswith("kept\nrekomenda ")

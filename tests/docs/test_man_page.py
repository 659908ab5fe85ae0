"""The manual page is one that `man` shows without complaint, and it names every command."""

from __future__ import annotations

import re
import subprocess

import pytest

from reference.man import escaped, man_page
from rekomenda.language import LANGUAGES
from support.commands import commands


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_its_part_with_examples_and_options(language):
    page = man_page(language)
    parts = re.split(r"(?m)^\.SS ", page)[1:]
    assert [re.split(r" [A-Z\[{]|\n", part)[0] for part in parts] == [
        escaped(f"rekomenda {name}") for name in commands()
    ]
    for part, command in zip(parts, commands().values(), strict=True):
        assert all(escaped(example) in part for example in command.examples)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_taken_for_a_request_that_is_none(language):
    requests = {
        line.split()[0] for line in man_page(language).splitlines() if line[:1] in {".", "'"}
    }
    assert requests <= {'.\\"', ".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".nf", ".fi", ".RS", ".RE"}


def test_what_means_something_to_troff_is_escaped():
    assert escaped(r"a\b --c `d`") == r"a\eb \-\-c d"
    assert escaped(".gitignore") == r"\&.gitignore"


@pytest.mark.needs_groff
@pytest.mark.parametrize("language", LANGUAGES)
def test_groff_has_nothing_to_complain_of(language):
    command = ["groff", "-man", "-Kutf8", "-Tutf8", "-ww", "-z"]
    answer = subprocess.run(
        command, input=man_page(language), capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stderr) == (0, "")

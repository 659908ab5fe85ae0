"""Help: what a command does, how, with examples and exit codes, in both languages, at once."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys

import pytest

from rekomenda.cli.exits import EXIT_CODES
from rekomenda.cli.main import cli, run
from rekomenda.errors import RekomendaError
from rekomenda.language import LANGUAGES
from support.commands import commands

COMMANDS = commands()
every_command = pytest.mark.parametrize("name", COMMANDS)
SECTIONS = {
    "en": ["Usage:", "Examples:", "How it works:", "Options:", "Everywhere:", "Exit codes:"],
    "pt-BR": ["Uso:", "Exemplos:", "Como funciona:", "Opções:", "Em todo comando:", "Códigos de saída:"],
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@every_command
def test_help_says_what_how_with_examples_and_exit_codes(name, language, capsys):
    assert run(["--lang", language, *name.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    expected = [line for line in SECTIONS[language] if line not in {"Options:", "Opções:"}]
    places = [shown.find(section) for section in expected]
    assert -1 not in places
    assert places == sorted(places)
    assert COMMANDS[name].words.render(language) in " ".join(shown.split())


@every_command
def test_the_first_words_are_one_sentence_and_more_follows(name):
    command = COMMANDS[name]
    for language in LANGUAGES:
        sentence = command.words.render(language)
        assert re.fullmatch(r"[^.]+\.", sentence), sentence
        assert len(command.how.render(language)) > len(sentence)


@every_command
def test_there_are_two_examples_and_one_at_least_is_of_this_command(name):
    examples = [shlex.split(example) for example in COMMANDS[name].examples]
    assert len(examples) >= 2
    assert all("rekomenda" in words for words in examples)
    assert any(set(name.split()) <= set(words) for words in examples)


@every_command
def test_exit_codes_are_those_that_errors_leave_with(name):
    of_errors = {error.exit_code for error in _tree(RekomendaError)} | {0, 1, 2, 130}
    codes = [each.code for each in COMMANDS[name].exits]
    assert codes == sorted(set(codes))
    assert set(codes) <= of_errors & set(EXIT_CODES)


def _tree(base):
    return [base, *(each for child in base.__subclasses__() for each in _tree(child))]


HEAVY = {
    "duckdb", "implicit", "jinja2", "lightgbm", "matplotlib", "narwhals", "numba", "numpy", "pandas", "plotly",
    "prometheus_client", "pyarrow", "pydantic", "rich", "scipy", "structlog",
}  # fmt: skip
PROGRAM = """
import contextlib, io, json, os, sys
from rekomenda.cli.main import run
from rekomenda.cli.main import cli
found = {}
for line in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()):
        assert run(line) == 0, line
    found[" ".join(line)] = sorted(set(json.loads(sys.argv[2])) & set(sys.modules))
print(json.dumps(found))
"""


def test_help_imports_nothing_heavy():
    lines = [["--help"], *([*name.split(), "--help"] for name in COMMANDS), ["config", "--help"]]
    command = [sys.executable, "-c", PROGRAM, json.dumps(lines), json.dumps(sorted(HEAVY))]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(answer.stdout)
    assert len(found) == len(lines)
    assert not {line: names for line, names in found.items() if names}


def test_the_table_of_commands_names_each_once():
    assert set(cli.entries) == {name.split()[0] for name in COMMANDS}

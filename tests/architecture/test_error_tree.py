"""Every error can be told from the others, by a person and by a script."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from rekomenda import errors
from rekomenda.errors import RekomendaError
from support.repository import source_files

EXIT_CODES = {1, 2, 3, 4, 65, 69, 73, 74, 75, 77, 78}


def _subclasses(base: type[RekomendaError]) -> list[type[RekomendaError]]:
    below = [cls for child in base.__subclasses__() for cls in _subclasses(child)]
    return [base, *below]


CLASSES = _subclasses(RekomendaError)
every_error = pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)


def test_codes_are_unique():
    repeated = [code for code, n in Counter(error.code for error in CLASSES).items() if n > 1]
    assert not repeated


@every_error
def test_a_code_is_a_stable_name(error):
    assert re.fullmatch(r"E_[A-Z]+(_[A-Z]+)*", error.code)


@every_error
def test_an_exit_code_is_one_of_the_documented(error):
    assert error.exit_code in EXIT_CODES


@every_error
def test_only_what_may_pass_by_itself_is_retryable(error):
    if error.exit_code == 75:
        assert error.retryable
    assert not error.retryable or error.exit_code in {69, 74, 75}


@every_error
def test_an_error_lives_in_the_one_tree(error):
    assert error.__module__ == errors.__name__


@every_error
def test_an_error_is_raised_somewhere(error):
    if error.__subclasses__():
        return  # a branch of the tree: its leaves are raised
    uses = [
        path
        for path in source_files()
        if path.name != "errors.py" and error.__name__ in path.read_text(encoding="utf-8")
    ]
    assert uses

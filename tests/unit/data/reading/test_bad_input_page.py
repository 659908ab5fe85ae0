"""The page on bad input and the tests speak of the same catalogue."""

from __future__ import annotations

import re

import pytest

from rekomenda import errors
from rekomenda.data.reading.rules import Rule
from support.bad_input import CASES, CATALOGUE
from support.repository import ROOT

PAGES = ("bad-input.md", "bad-input.pt-BR.md")
WARNINGS = {
    "E_NO_ROWS",
    "E_ENCODING_GUESSED",
    "E_OTHER_DAYS",
    "E_ALREADY_LOADED",
    "E_TEXT_TWICE_ENCODED",
    "E_COLUMNS_CHANGED",
    "E_ROWS_QUARANTINED",
}


def _tested() -> set[str]:
    """Return the ids that a case, or a test by its name, carries."""
    names = re.findall(
        r"def test_((?:b\d\d_)+)",
        "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")),
    )
    named = {part.upper() for name in names for part in name.split("_") if part}
    return named | {case.id[:3] for case in CASES}


def test_the_whole_catalogue_is_tested():
    assert len(CATALOGUE) == 67
    assert CATALOGUE - _tested() == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_input_on_the_page_has_a_test_and_every_test_is_on_the_page(page):
    text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    assert set(re.findall(r"^\| (B\d\d) ", text, re.MULTILINE)) == _tested()


@pytest.mark.parametrize("page", PAGES)
def test_every_code_on_the_page_exists(page):
    text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    known = {getattr(error, "code", None) for error in vars(errors).values()} | {*Rule} | WARNINGS
    assert set(re.findall(r"`(E_[A-Z_]+)`", text)) <= known

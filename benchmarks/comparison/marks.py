"""The part of a page that a command writes: whatever stands between two marks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rekomenda.language import Language

BEGIN: Final = "<!-- measured: a command writes what follows, from docs/data -->"
END: Final = "<!-- measured: end -->"


def page_of(docs: Path, name: str, language: Language) -> Path:
    """Return the page of a language."""
    return docs / (f"{name}.md" if language == "en" else f"{name}.{language}.md")


def fill(docs: Path, name: str, language: Language, text: str) -> None:
    """Write a text between the marks of a page."""
    page = page_of(docs, name, language)
    page.write_text(filled(page.read_text(encoding="utf-8"), text), encoding="utf-8")


def filled(page: str, text: str) -> str:
    """Return a page with another text between its marks.

    Raises
    ------
    ValueError
        If a mark is not there.
    """
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the page lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n\n{text}\n{end}{after}"

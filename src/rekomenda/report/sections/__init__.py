"""The chapters of a report, in the order in which people ask."""

from __future__ import annotations

from rekomenda.language import Language
from rekomenda.report.block import Section
from rekomenda.report.content import Content
from rekomenda.report.sections import (
    changes,
    choice,
    exposure,
    gate,
    listening,
    lists,
    quality,
    rows,
    truth,
    tuning,
)

_CHAPTERS = (quality, truth, choice, tuning, lists, exposure, gate, listening, changes, rows)


def sections_of(content: Content, language: Language) -> list[Section]:
    """Return the chapters that this release has something to say in."""
    made = (chapter.section(content, language) for chapter in _CHAPTERS)
    return [section for section in made if section.blocks]

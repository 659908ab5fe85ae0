"""The chapter of what people listen to."""

from __future__ import annotations

from typing import Final

from rekomenda.language import Language, Text
from rekomenda.report.block import Section
from rekomenda.report.charts import listening
from rekomenda.report.content import Content
from rekomenda.report.sections.words import drawn

_LISTENING: Final = Text("What people listen to", "O que as pessoas ouvem")
_BY_DAY: Final = Text("Plays by day", "Plays por dia")
_BY_GENRE: Final = Text("Genres: played and shown", "Gêneros: tocados e mostrados")
_TAIL: Final = Text("The long tail", "A cauda longa")


def section(content: Content, language: Language) -> Section:
    """Say what people listen to."""
    figures = (
        (_BY_DAY, "days", listening.by_day),
        (_BY_GENRE, "genres", listening.by_genre),
        (_TAIL, "tail", listening.long_tail),
    )
    blocks = drawn(figures, content, language)
    return Section("listening", _LISTENING.render(language), blocks=blocks)

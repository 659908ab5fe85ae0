"""The chapter of the gate's checks."""

from __future__ import annotations

from typing import Final

from rekomenda.language import Language, Text
from rekomenda.report.block import Block, Mark, Row, Section, Table
from rekomenda.report.content import Content
from rekomenda.report.sections.words import columns

_GATE: Final = Text("What the gate checked", "O que o portão conferiu")
_CHECK_COLUMNS: Final = (Text("outcome", "resultado"), Text("check", "conferência"))
_OUTCOMES: Final = {
    "passed": Text("passed", "passou"),
    "failed": Text("failed", "reprovou"),
    "undecided": Text("undecided", "indeciso"),
    "unproven": Text("unproven", "sem prova"),
}


def section(content: Content, language: Language) -> Section:
    """Say what the gate checked."""
    rows = [
        Row(
            (
                Mark(check["outcome"], _OUTCOMES[check["outcome"]].render(language)),
                check["text"][language],
            )
        )
        for check in content.gate
    ]
    heads = columns(_CHECK_COLUMNS, ("mark", ""), language)
    blocks = [Block(table=Table(heads, rows))] if rows else []
    return Section("gate", _GATE.render(language), blocks=blocks)
